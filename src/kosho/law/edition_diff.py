"""What changed between two editions of a tariff schedule: lines, duties, and the law cited behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from kosho.display import Card, Shown
from kosho.language import _
from kosho.law.register import Register
from kosho.law.schedules.duty import Duty
from kosho.law.schedules.lines import ADDITIONAL, GENERAL, STATUTORY, Line

__all__ = ["Change", "EditionDiff", "editions_diff"]

LINE = 8
What = Literal["added", "removed", "duty", "chapter 99"]


@dataclass(frozen=True, slots=True)
class Change(Shown):
    """One line in one column."""

    hs: str
    what: What
    column: str
    old: str
    """As the old edition prints it; empty where it has none."""
    new: str
    law: tuple[str, ...] = ()
    """Legal bases of the measures whose heading of chapter 99 came or went; the agreement of a column."""
    trade: float | None = None
    """Imports of the line, where weights were given."""


@dataclass(frozen=True, slots=True)
class EditionDiff(Shown):
    """Changes between two editions, in order of code."""

    compared: int
    """Lines of eight digits that both have."""
    changes: tuple[Change, ...]
    trade: float | None = None
    """Imports of all changed lines; None without weights."""
    trade_of_all: float | None = None
    notes: tuple[str, ...] = ()
    """What could not be compared."""

    def card(self) -> Card:
        """How many lines changed."""
        rows = [
            ("lines in both", f"{self.compared:,}"),
            ("changed", f"{len({one.hs for one in self.changes}):,}"),
        ]
        if self.trade is not None and self.trade_of_all:
            rows.append(("trade", f"{self.trade:,.0f} ({self.trade / self.trade_of_all:.1%})"))
        return Card("Two editions of a schedule", rows)


def editions_diff(
    old: Mapping[str, Line],
    new: Mapping[str, Line],
    register: Register | None = None,
    trade: Mapping[str, float] | None = None,
) -> EditionDiff:
    """Lines that came, went or bear another duty; duties are compared as read, not as printed.

    Chapters that one edition does not hold are left out, and columns that it does not print.

    Args:
        old: Lines of the earlier edition by code.
        new: Those of the later one.
        register: Whose measures tell the law behind a heading of chapter 99.
        trade: Imports by code of 6 to 10 digits.

    >>> from kosho.law.schedules.lines import Line
    >>> before, after = (Line("87032301", "cars", "No.", duty) for duty in ("2.5%", "3 %"))
    >>> found = editions_diff({before.code: before}, {after.code: after})
    >>> [(one.hs, one.column, one.old, one.new) for one in found.changes]
    [('87032301', 'general', '2.5%', '3 %')]
    """
    chapters = {code[:2] for code in old} & {code[:2] for code in new}
    before, after = ({c: one for c, one in _folded(some).items() if c[:2] in chapters} for some in (old, new))
    notes: list[str] = []
    specials = all(any(line.special_texts for line in some.values()) for some in (before, after))
    cites = all(any(line.references for line in some.values()) for some in (before, after))
    if not specials:
        notes.append(_("preferences are not compared: one edition prints none"))
    if not cites:
        notes.append(_("citations of chapter 99 are not compared: one edition holds no footnotes"))
    changes: list[Change] = []
    for code in sorted(before.keys() | after.keys()):
        one, other = _counterpart(code, before), _counterpart(code, after)
        if one is None or other is None:
            line = one or other
            rows = after if one else before
            if line is not None and not any(f"{code}{n:02}" in rows for n in range(100)):
                what: What = "removed" if other is None else "added"
                text = line.general_text or line.additional_text
                changes.append(Change(code, what, GENERAL, text if one else "", text if other else ""))
            continue
        changes += _duties(code, one, other, specials=specials)
        if cites:
            changes += _citations(code, one, other, register)
    both = len({code[:LINE] for code in before} & {code[:LINE] for code in after})
    left_out = len({code[:2] for code in (*old, *new)}) - len(chapters)
    if left_out:
        notes.append(_("{left_out} chapters that only one edition holds are left out", left_out=left_out))
    return _weighed(EditionDiff(both, tuple(changes), notes=tuple(notes)), trade)


def _folded(lines: Mapping[str, Line]) -> dict[str, Line]:
    """Lines at eight digits; statistical rows that bear other duties than their line stay apart."""
    rows: dict[str, list[Line]] = {}
    for code, line in lines.items():
        if len(code) >= LINE:
            rows.setdefault(code[:LINE], []).append(line)
    found: dict[str, Line] = {}
    for code, some in rows.items():
        own = next((line for line in some if line.code == code), None)
        if own is not None and own.general_text:
            found[code] = own
        elif len({line.duties() for line in some}) == 1:
            found[code] = some[0]
        else:
            found |= {line.code: line for line in some}
    return found


def _counterpart(code: str, lines: Mapping[str, Line]) -> Line | None:
    return lines.get(code) or lines.get(code[:LINE])


def _duties(code: str, one: Line, other: Line, *, specials: bool) -> Iterator[Change]:
    columns = [
        (GENERAL, one.general_text, other.general_text),
        (STATUTORY, one.statutory_text, other.statutory_text),
        (ADDITIONAL, one.additional_text, other.additional_text),
    ]
    pairs = [(column, before, after) for column, before, after in columns if before and after]
    if specials:
        names = dict.fromkeys([*one.special_texts, *other.special_texts])
        pairs += [(name, one.special_texts.get(name, ""), other.special_texts.get(name, "")) for name in names]
    for column, before, after in pairs:
        if before != after and _read(before) != _read(after):
            yield Change(code, "duty", column, before, after, _agreement(column))


def _read(text: str) -> Duty | None:
    from kosho.law.schedules.notation import parse_duty  # noqa: PLC0415 - the grammar is compiled when needed

    return parse_duty(text) if text else None


def _agreement(column: str) -> tuple[str, ...]:
    from kosho.law.schedules.preferences import preferences  # noqa: PLC0415 - read when needed

    name = column.partition(" [")[0]
    titles = (one.title for one in preferences() if one.id == name)
    return tuple(dict.fromkeys(titles))


def _citations(code: str, one: Line, other: Line, register: Register | None) -> Iterator[Change]:
    for column in dict.fromkeys([*one.references, *other.references]):
        before, after = one.references.get(column, ()), other.references.get(column, ())
        if set(before) != set(after):
            turned = set(before) ^ set(after)
            law = _law_behind(turned, register) if register is not None else ()
            yield Change(code, "chapter 99", column, ", ".join(before), ", ".join(after), law)


def _law_behind(headings: set[str], register: Register) -> tuple[str, ...]:
    lists = {name for name, item in register.lists.items() if item.heading in headings}
    found = [
        f"{measure.title}: {measure.legal_basis}"
        for measure in register.measures
        if (measure.scope is not None and not lists.isdisjoint(measure.scope.lists))
        or any(heading in (measure.legal_basis or "") for heading in headings)
    ]
    return tuple(dict.fromkeys(found))


def _weighed(diff: EditionDiff, trade: Mapping[str, float] | None) -> EditionDiff:
    if not trade:
        return diff
    by_line: dict[str, float] = {}
    for code, value in trade.items():
        for length in {6, LINE, len(code)}:
            if length <= len(code):
                by_line[code[:length]] = by_line.get(code[:length], 0.0) + value
    changes = tuple(
        Change(one.hs, one.what, one.column, one.old, one.new, one.law, by_line.get(one.hs))
        for one in diff.changes
    )
    covered = sum({one.hs: one.trade or 0.0 for one in changes}.values())
    return EditionDiff(diff.compared, changes, covered, sum(trade.values()), diff.notes)
