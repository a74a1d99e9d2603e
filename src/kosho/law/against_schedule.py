"""Where register and schedule differ, line by line: the duties of chapter 99 that its footnotes cite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kosho.codes import country_name
from kosho.display import Card, Shown
from kosho.errors import KoshoError
from kosho.language import SOURCE, _, use
from kosho.law.headings import Place, place
from kosho.law.rate_table import added_as_listed
from kosho.law.register import Register
from kosho.law.schedules.lines import Line

__all__ = ["Comparison", "Difference", "Heading", "against_schedule", "headings_of"]

LINE = 8
_ADDED = re.compile(
    r"applicable\s+subheading\s*(?:\+|plus)\s*(?:a duty of\s*)?(\d+(?:\.\d+)?)\s*%", re.IGNORECASE
)
_DAY = r"([A-Z][a-z]+ \d{1,2}, \d{4})"
_FIRST = re.compile(rf"on or after {_DAY}")
_THROUGH = re.compile(rf"through {_DAY}")
_BEFORE = re.compile(rf"before {_DAY}")
_SUSPENDED = re.compile(r"provision suspended", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading(Shown):
    """A heading of chapter 99 that adds to the duty of other lines.

    >>> from kosho.law.against_schedule import Heading
    >>> Heading("9903.88.03", 25.0, "articles the product of China").code
    '9903.88.03'
    """

    code: str
    added: float
    """Percent of the customs value."""
    text: str
    first: date | None = None
    last: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day, as far as its words say."""
        inside = (self.first is None or self.first <= on) and (self.last is None or on <= self.last)
        return inside and not _SUSPENDED.search(self.text)


@dataclass(frozen=True, slots=True)
class Difference(Shown):
    """A line on which register and schedule do not say the same."""

    hs: str
    schedule: tuple[float, ...]
    """Percent that the schedule adds; of more than one, each holds for some of the goods."""
    register: float
    """Percent that the register adds."""
    why: str
    explained: bool
    """Whether the schedule itself leaves open which of its rates holds, and the register has one of them."""


@dataclass(frozen=True, slots=True)
class Comparison(Shown):
    """What came of comparing a register with a schedule."""

    on: date
    exporter: str
    headings: tuple[str, ...]
    """Headings of chapter 99 whose scope was compared."""
    lines: int
    different: tuple[Difference, ...]

    @property
    def equal(self) -> int:
        """Lines on which both say the same."""
        return self.lines - len(self.different)

    @property
    def explained(self) -> int:
        """Lines that differ because a footnote leaves open for which goods of the line it holds."""
        return sum(one.explained for one in self.different)

    def card(self) -> Card:
        """How many lines agree."""
        rows = [("lines", f"{self.lines:,}"), ("equal", f"{self.equal:,}"), ("explained", str(self.explained))]
        return Card(f"Register against schedule, {self.exporter} on {self.on}", rows)


def headings_of(lines: Mapping[str, Line]) -> dict[str, Heading]:
    """Headings of chapter 99 in a schedule, with what each adds and when.

    >>> from kosho.law.schedules.lines import Line
    >>> text = "The duty provided in the applicable subheading + 25%"
    >>> one = Line("99039101", "on or after September 27, 2024, articles the product of China", "", text)
    >>> headings_of({one.code: one})["9903.91.01"].added
    25.0
    """
    found: dict[str, Heading] = {}
    for code, line in lines.items():
        if code.startswith("9903") and len(code) == LINE:
            added = _ADDED.search(line.general_text)
            dotted = f"{code[:4]}.{code[4:6]}.{code[6:]}"
            text = f"{line.description} {line.general_text}"
            first, last = _days(line.description)
            found[dotted] = Heading(dotted, float(added[1]) if added else 0.0, text, first, last)
    return found


def _days(text: str) -> tuple[date | None, date | None]:
    first, through, before = (pattern.search(text) for pattern in (_FIRST, _THROUGH, _BEFORE))
    last = _day(through[1]) if through else None
    if last is None and before is not None and (end := _day(before[1])) is not None:
        last = end - timedelta(days=1)
    return (_day(first[1]) if first else None), last


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%B %d, %Y").date()
    except ValueError:
        return None


def against_schedule(
    register: Register, lines: Mapping[str, Line], importer: str, on: date | None = None
) -> Comparison:
    """Compare what a register adds to the duties of each line with what the schedule says it does.

    Compared are the headings of chapter 99 that lists of the register name (`heading`), and others that add to
    the duties on goods of the same origin.

    Args:
        register: Dated measures and lists.
        lines: A schedule's lines by code, those of chapter 99 among them.
        importer: ISO 3166 alpha-3 code.
        on: Day in force; by default the last day from which a cited heading holds.

    Raises:
        KoshoError: no line cites such a heading.
    """
    named = {item.heading: name for name, item in register.lists.items() if item.heading is not None}
    measures = [
        measure
        for measure in register.measures
        if measure.imposed_by(importer)
        and measure.scope is not None
        and not set(named.values()).isdisjoint(measure.scope.lists)
    ]
    exporters = {code for measure in measures for code in measure.partners.include}
    if len(exporters) != 1:
        raise KoshoError(
            _("the register has no list of {importer} that lines of a schedule cite", importer=importer)
        )
    exporter = exporters.pop()
    chapter = headings_of(lines)
    compared = _compared(chapter, set(named), exporter)
    rows = _rows(lines)
    cited = {line: _cited(some, compared) for line, some in rows.items()}
    used = {heading for found in cited.values() for heading in found}
    if not used:
        all_of = ", ".join(sorted(set(named)))
        raise KoshoError(
            _("no line cites {all_of}: the file holds no footnotes, or is of before them", all_of=all_of)
        )
    day = on or max(
        (one.first for one in chapter.values() if one.code in used and one.first), default=date.today()
    )
    authorities = {measure.authority for measure in measures}
    own = replace(register, measures=tuple(m for m in register.measures if m.authority in authorities))
    codes = sorted(rows)
    found = added_as_listed(own, importer, codes, exporter, day)
    different: list[Difference] = []
    for code, rate in zip(codes, found, strict=True):
        printed = _printed(cited[code], compared, day)
        told = round(100 * float(rate), 4)
        if printed != (told,):
            different.append(_difference(own, code, cited[code], printed, told))
    return Comparison(day, exporter, tuple(sorted(used)), len(codes), tuple(different))


def _compared(chapter: dict[str, Heading], named: set[str], exporter: str) -> dict[str, tuple[Heading, ...]]:
    """What each heading that lines may cite stands for: itself, or those under it (`9903.92`)."""
    with use(SOURCE):  # the words of the schedule, whatever language the question is in
        origin = _("product of {country}", country=country_name(exporter))
    found: dict[str, tuple[Heading, ...]] = {
        code: (one,) for code, one in chapter.items() if code in named or (one.added and origin in one.text)
    }
    for code in named - found.keys():
        found[code] = tuple(one for other, one in chapter.items() if other.startswith(code))
    return found


def _rows(lines: Mapping[str, Line]) -> dict[str, list[Line]]:
    rows: dict[str, list[Line]] = {}
    for code, line in lines.items():
        if len(code) >= LINE and code < "98":
            rows.setdefault(code[:LINE], []).append(line)
    return rows


def _cited(rows: Sequence[Line], compared: Mapping[str, object]) -> dict[str, bool]:
    """Headings that rows of a line cite, and whether each holds for all of its goods."""
    found: dict[str, bool] = {}
    for row in rows:
        for heading in row.references.get("general", ()):
            if heading in compared:
                found[heading] = found.get(heading, True) and all(
                    heading in one.references.get("general", ()) for one in rows
                )
        for heading in row.references.get("part", ()):
            if heading in compared:
                found[heading] = False
    return found


def _printed(cited: dict[str, bool], compared: dict[str, tuple[Heading, ...]], day: date) -> tuple[float, ...]:
    """Rates that the schedule adds to a line, lowest first."""
    rates_of = [
        ({one.added for one in compared[heading] if one.holds(day)}, whole) for heading, whole in cited.items()
    ]
    held = [(added, whole) for added, whole in rates_of if added]
    found = {rate for added, _other in held for rate in added}
    if not any(whole for _other, whole in held):
        found.add(0.0)
    return tuple(sorted(found))


def _difference(
    own: Register, code: str, cited: dict[str, bool], printed: tuple[float, ...], told: float
) -> Difference:
    lists = [
        item.title
        for item in own.lists.values()
        if item.heading and place(code, item.prefixes, item.without) is not Place.OUT
    ]
    notes = _(" and ").join(cited) or _("none of them")
    if len(printed) > 1 and told in printed:
        why = _("the footnote cites {notes}, each for goods that only a note describes", notes=notes)
        return Difference(code, printed, told, why, explained=True)
    why = _(
        "the footnote cites {notes}; the register has it on {value}",
        notes=notes,
        value=", ".join(lists) or _("no list"),
    )
    return Difference(code, printed, told, why, explained=False)
