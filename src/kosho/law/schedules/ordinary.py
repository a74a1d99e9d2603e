"""What the schedules alone say goods pay: the duty before any measure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from kosho.display import Shown
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _
from kosho.law.schedules import preferences
from kosho.law.schedules.duty import AdValorem, ConditionalDuty, Duty
from kosho.law.schedules.embedded import EDITION, embedded
from kosho.law.schedules.embedded import spans as embedded_spans
from kosho.law.schedules.lines import GENERAL, STATUTORY, Credit, Line, Schedule
from kosho.law.schedules.notation import parse_duty
from kosho.law.schedules.store import imported
from kosho.provenance import Status

__all__ = [
    "Ordinary",
    "dated",
    "in_force",
    "later_than",
    "lookup",
    "ordinary",
    "refuse_rivals",
    "rivals",
    "season_turns",
    "turns",
    "undated",
]


@dataclass(frozen=True, slots=True)
class Ordinary(Shown):
    """The duty of a line on goods of an origin, and where it stands."""

    duty: Duty
    column: str
    """`general`, `statutory`, or the preference, with `/EXPORTER` where that exporter has its own."""
    line: Line
    schedule: Schedule
    note: str = ""
    """Why it is not the preference that was claimed."""
    answered: bool = True
    """False where no schedule at hand says what the preference gives."""

    @property
    def credit(self) -> Credit:
        """Where the duty was read."""
        return self.line.credits.get(self.column) or Credit(self.schedule.source, "fact")

    @property
    def source(self) -> str:
        """Where the duty was read, in words."""
        return self.credit.source

    @property
    def status(self) -> Status:
        """Standing of the duty."""
        return self.credit.status

    def later_than(self, known: date) -> bool:
        """Whether it was read in an edition of a later day, or in one that applies from a later day."""
        return later_than(self.source, self.schedule, known)

    @property
    def undated(self) -> bool:
        """Whether neither the source nor the edition tells since when the duty is known."""
        return undated(self.source, self.schedule)


def dated(source: str) -> str:
    """The day, month or year that a source names first, as ISO 8601 has it; nothing where it names none.

    >>> from kosho.law.schedules.ordinary import dated
    >>> dated("USITC, HTSUS 2025"), dated("Japan Customs, schedule of 2026-07-09"), dated("aec.utcc.ac.th")
    ('2025', '2026-07-09', '')
    """
    found = re.search(r"(?<![\w.-])(?:19|20)\d{2}(?:-\d{2}(?:-\d{2})?)?(?![\w-])", source)
    return found[0] if found else ""


def later_than(source: str, schedule: Schedule, known: date) -> bool:
    """Whether a source says that it is of a later day than one, or its edition applies from a later day on."""
    day, since = dated(source), schedule.valid_from
    return day > known.isoformat()[: len(day)] or (since is not None and since > known)


def undated(source: str, schedule: Schedule) -> bool:
    """Whether neither a source nor its edition tells since when it is known."""
    return not dated(source) and schedule.valid_from is None


def in_force(importer: str, on: date) -> list[Schedule]:
    """Schedules of an importer on a day: imported ones, the latest first, then the lines that ship."""
    where = preferences.territory(importer)
    valid = [
        schedule
        for schedule in imported(where)
        if (schedule.valid_from is None or schedule.valid_from <= on)
        and (schedule.valid_to is None or on <= schedule.valid_to)
    ]
    valid.sort(key=lambda schedule: schedule.valid_from or date.min, reverse=True)
    shipped = embedded(where, on)
    return [*valid, shipped] if shipped else valid


def rivals(one: Schedule, other: Schedule) -> InputError:
    """What is said of two editions of which nothing tells which is the later, and which differ.

    >>> from kosho.law.schedules.lines import Schedule
    >>> str(rivals(Schedule("KOR", "a", {}), Schedule("KOR", "b", {})))
    "editions 'a' and 'b' of KOR begin on the same day, or on none that is known (give the later its first day: kosho schedule import ... --from)"
    """  # noqa: E501 - as it is printed
    told = _(
        "editions {one!r} and {other!r} of {importer} begin on the same day, or on none that is known",
        one=one.edition,
        other=other.edition,
        importer=one.importer,
    )
    return InputError(Problem(told, _("give the later its first day: kosho schedule import ... --from")))


def refuse_rivals(lines: list[tuple[Schedule, Line]]) -> None:
    """See to it that what two editions that nothing puts in order both say of a line is the same.

    Args:
        lines: The line as each edition in force has it, the latest first.

    Raises:
        InputError: it is not.
    """
    for (one, first), (other, second) in combinations(lines, 2):
        if one.valid_from != other.valid_from or other.edition == EDITION:  # lines that ship come last
            continue
        texts = [(first.general_text, second.general_text), (first.statutory_text, second.statutory_text)]
        texts += [(text, second.special_texts.get(name, "")) for name, text in first.special_texts.items()]
        if any(said and otherwise and parse_duty(said) != parse_duty(otherwise) for said, otherwise in texts):
            raise rivals(one, other)


def turns(importer: str, hs: str, first: date, last: date) -> set[date]:
    """Days after `first` up to `last` on which the duty of a line may change: editions, dates, seasons."""
    where = preferences.territory(importer)
    spans = {(schedule.valid_from, schedule.valid_to) for schedule in imported(where)} | embedded_spans(where)
    bounds = {begin for begin, _end in spans if begin} | {
        end + timedelta(days=1) for _begin, end in spans if end
    }
    bounds = {day for day in bounds if first < day <= last}
    days = set(bounds)
    for on in {first, *bounds}:
        for schedule in in_force(importer, on):
            with suppress(KoshoError):
                line = schedule.find(hs)
                if line is not None:
                    days |= season_turns(line, first, last)
    return days


def season_turns(line: Line, first: date, last: date) -> set[date]:
    """Days after `first` up to `last` on which a season of the line begins or has ended."""
    texts = (line.general_text, line.statutory_text, *line.special_texts.values())
    seasons = {season for text in texts if text for season in parse_duty(text).seasons}
    days: set[date] = set()
    for year in range(first.year - 1, last.year + 1):
        for begin, end in seasons:
            days |= {date.fromisoformat(f"{year}-{begin}"), _day_after(year, end)}
    return {day for day in days if first < day <= last}


def _day_after(year: int, end: str) -> date:
    if end == "02-29":
        return date(year, 3, 1)
    return date.fromisoformat(f"{year}-{end}") + timedelta(days=1)


def lookup(
    importer: str,
    exporter: str,
    hs: str,
    on: date,
    preference: str = preferences.NONE,
    in_quota: bool | None = None,
) -> Ordinary | None:
    """What a schedule says goods pay; None where no schedule at hand has the line.

    A claim the line does not honour, or that would cost more, leaves the duty without a claim, with a note.

    Args:
        importer: ISO 3166 alpha-3; members of the European Union share a schedule.
        exporter: origin of the goods.
        hs: 2 to 10 digits.
        on: day of entry; duties with seasons are those of the day.
        preference: id of the preference claimed.
        in_quota: whether the goods are within a quota; None leaves duties that depend on it conditional.

    Raises:
        InputError: not a code, one that a whole schedule has not, a preference that they cannot claim, or
            editions of which nothing tells which is the later differ.
        KoshoError: the lines under a short code bear different duties.
    """
    if preferences.territory(importer) == preferences.territory(exporter):
        return None
    if preference != preferences.NONE:
        preferences.claim(preference, importer, exporter, on)
    lines = [
        (schedule, line)
        for schedule in in_force(importer, on)
        for line in [schedule.find(hs)]
        if line is not None
    ]
    refuse_rivals(lines)
    entry = _Entry(exporter, on, in_quota)
    plain = _without_claim(lines, importer, entry)
    if preference == preferences.NONE:
        return plain
    claimed, complete = _claimed(lines, entry, preference)
    if claimed and plain and _costs_more(claimed.duty, plain.duty):
        above = _(
            "under {preference} the duty would be {duty}, above that without a claim",
            preference=preference,
            duty=claimed.duty,
        )
        return replace(plain, note=above)
    if claimed or not plain:
        return claimed
    if complete:
        given = _(
            "the line gives no duty under {preference}; the duty without a claim applies", preference=preference
        )
        return replace(plain, note=given)
    note = _(
        "the duty under {preference} is not at hand; the one without a claim is shown: import the schedule",
        preference=preference,
    )
    return replace(plain, note=note, answered=False)


@dataclass(frozen=True, slots=True)
class _Entry:
    """Goods that enter."""

    exporter: str
    on: date
    in_quota: bool | None

    def duty(self, text: str) -> Duty | None:
        """What a printed duty is for them; None where it is for other goods."""
        duty = parse_duty(text).on(self.on) if text else None
        if duty is None or self.in_quota is None:
            return duty
        return duty.under(in_quota=self.in_quota)


def _without_claim(lines: list[tuple[Schedule, Line]], importer: str, entry: _Entry) -> Ordinary | None:
    favoured = preferences.is_most_favoured(importer, entry.exporter, entry.on)
    for schedule, line in lines:
        duty = entry.duty(line.general_text if favoured else line.statutory_text)
        if duty:
            return Ordinary(duty, GENERAL if favoured else STATUTORY, line, schedule)
    return None


def _claimed(
    lines: list[tuple[Schedule, Line]], entry: _Entry, preference: str
) -> tuple[Ordinary | None, bool]:
    """The duty under a preference, and whether a line or schedule that lists its preferences was asked."""
    for schedule, line in lines:
        column = line.column(preference, entry.exporter)
        by_symbol = None if column else _by_symbol(line.symbols(preference), entry)
        if by_symbol is not None:
            return Ordinary(by_symbol, preference, line, schedule), True
        duty = entry.duty(line.special_texts[column]) if column else None
        if column and duty:
            return Ordinary(duty, column, line, schedule), True
        if column or schedule.complete:
            return None, True
    return None, False


def _by_symbol(texts: dict[str, str], entry: _Entry) -> Duty | None:
    """The duty of a preference whose symbols differ on the line, a case a symbol; None where they do not."""
    cases = [
        ConditionalDuty(f"symbol {symbol}", duty)
        for symbol, text in texts.items()
        if (duty := entry.duty(text)) is not None
    ]
    printed = "; ".join(f"{text} ({symbol})" for symbol, text in texts.items())
    return Duty(cases=tuple(cases), text=printed) if cases else None


def _costs_more(duty: Duty, other: Duty) -> bool:
    rates = [_percent(one) for one in (duty, other)]
    return rates[0] is not None and rates[1] is not None and rates[0] > rates[1]


def _percent(duty: Duty) -> Decimal | None:
    """The rate of a plain ad valorem duty."""
    match duty:
        case Duty(sums=((),), at_least=(), at_most=()):
            return Decimal(0)
        case Duty(sums=((AdValorem(percent=percent, basis=""),),), at_least=(), at_most=()):
            return percent
        case _:
            return None


def ordinary(
    importer: str,
    exporter: str,
    hs: str,
    on: date,
    preference: str = preferences.NONE,
    in_quota: bool | None = None,
) -> Duty | None:
    """The duty that `lookup` finds, None where no schedule at hand has the line."""
    found = lookup(importer, exporter, hs, on, preference, in_quota)
    return found.duty if found else None
