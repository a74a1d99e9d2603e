"""Rates of whole schedules at once: all lines, partners and days.

Lines that lie alike to every list of headings share a signature, partners that every measure in force treats
alike another. One stack is put together for each pair of signatures that occurs; what remains is a gather and,
for floors, a maximum against the ordinary duty. A line that lists tell apart further has several signatures:
it has a rate where they all pay the same, and bounds where they do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np

from kosho.arrays import Index
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.law.day_law import DayLaw, DayLaws
from kosho.law.edition_scope import in_edition
from kosho.law.forms import Array, paid_under
from kosho.law.possible_rates import as_line
from kosho.law.query import CODE_HINT, NONE, Facts, is_code, note_sides
from kosho.law.register import Register
from kosho.law.signatures import Signature, signatures

__all__ = ["RateTable", "added_as_listed", "rate_bounds", "rates"]

ALIKE = 1e-6
"""Largest difference between rates that are the same, in single precision."""


@dataclass(frozen=True, eq=False)
class RateTable(Shown):
    """Rates of lines, partners and days, and their bounds; fractions `[date, line, partner]`.

    >>> from datetime import date
    >>> from kosho.law import Register, rate_bounds
    >>> found = rate_bounds(Register.load(), "USA", [("8703.23.01", 0.025)], ["JPN"], [date(2025, 6, 1)])
    >>> found.rate.shape, round(float(found.high[0, 0, 0]), 3)
    ((1, 1, 1), 0.275)
    """

    rate: Array
    """NaN where no total is known."""
    low: Array
    high: Array
    """Infinite where something that is not held may add to it."""

    def __iter__(self) -> Iterator[Array]:
        """Rates, least and most."""
        return iter((self.rate, self.low, self.high))


@as_declared
def rates(
    register: Register,
    importer: str,
    lines: Sequence[tuple[str, float]],
    partners: Sequence[str],
    dates: Sequence[date],
    known: date | None = None,
) -> Array:
    """Rates on all lines from all partners on all days, as `kosho.law.quote` gives them one by one.

    Shipments tell nothing beyond their code and claim no preference.

    Args:
        register: Dated measures and lists.
        importer: ISO 3166 alpha-3 code.
        lines: Codes of 4 to 10 digits with their ordinary duty as a fraction; NaN makes the rate NaN.
        partners: ISO 3166 alpha-3 codes.
        dates: Days in force.
        known: Day of knowledge of all of them; the latest by default.

    Returns:
        Fractions `[date, line, partner]` in single precision; NaN where goods under the code pay differently
        or a list is missing that may free or burden them (`rate_bounds` says between what). A product that is
        prohibited has the rate it would pay. Four bytes a cell: 13,000 lines from 80 partners on 40 days are
        166 MB.

    Raises:
        InputError: a code or an economy is none, or a measure in force is a specific duty, which needs unit
            values.

    >>> from datetime import date
    >>> from kosho.law import Register, rates
    >>> lines, days = [("8703.23.01", 0.025), ("0901.11.00", 0.0)], [date(2025, 3, 1), date(2025, 6, 1)]
    >>> found = rates(Register.load(), "USA", lines, ["JPN", "BRA"], days)
    >>> found.shape, found[:, 0, 0].round(3)
    ((2, 2, 2), array([0.025, 0.275], dtype=float32))
    """
    _refuse(register, importer, partners)
    result = np.empty((len(dates), len(lines), len(partners)), np.float32)
    if not result.size:
        return result
    for scoped, places in _editions(register, importer, dates):
        table = _Table.of(scoped, importer, lines)
        for k, state in table.states(partners, [dates[place] for place in places], known):
            if isinstance(state, int):
                result[places[k]] = result[places[state]]
            else:
                narrow = table.narrow(state)
                np.take(narrow, state.column, axis=1, out=result[places[k]], mode="clip")  # others buffer
    return result


@as_declared
def rate_bounds(  # noqa: PLR0913 - as `rates`, and a claim
    register: Register,
    importer: str,
    lines: Sequence[tuple[str, float]],
    partners: Sequence[str],
    dates: Sequence[date],
    known: date | None = None,
    *,
    preference: str = NONE,
) -> RateTable:
    """The same rates with the least and the most that goods under each code may pay. See `rates`.

    Args:
        register: See `rates`, as all that follow.
        importer: See there.
        lines: The ordinary duty is that under the preference, where one is claimed.
        partners: See there.
        dates: See there.
        known: See there.
        preference: Id of the one that all goods claim, such as `usmca`.

    >>> from datetime import date
    >>> from kosho.law import Register, rate_bounds
    >>> found = rate_bounds(Register.load(), "USA", [("7616.99", 0.0)], ["BRA"], [date(2026, 5, 1)])
    >>> [float(one[0, 0, 0]) for one in found]
    [nan, 0.25, 0.5]
    """
    _refuse(register, importer, partners, preference)
    shape = len(dates), len(lines), len(partners)
    result = RateTable(*(np.empty(shape, np.float32) for _other in range(3)))
    if not result.rate.size:
        return result
    for scoped, places in _editions(register, importer, dates):
        table = _Table.of(scoped, importer, lines, preference)
        days = [dates[place] for place in places]
        for k, state in table.states(partners, days, known):
            found = (
                (one[places[state]] for one in result)
                if isinstance(state, int)
                else (one[:, state.column] for one in table.bounds(state))
            )
            for whole, one in zip(result, found, strict=True):
                whole[places[k]] = one
    return result


def _refuse(register: Register, importer: str, partners: Sequence[str], preference: str = NONE) -> None:
    problems = Problems()
    note_sides(problems, importer, *dict.fromkeys(partners))
    register.note_preference(problems, preference)
    problems.raise_if_any()


def added_as_listed(register: Register, importer: str, codes: Sequence[str], exporter: str, on: date) -> Array:
    """The most that measures add to the duty of each line, a fraction, by the lists of the register as they
    stand.

    No edition of the schedule takes their place, and no list is doubted.
    """
    table = _Table.of(register, importer, [(code, 0.0) for code in codes])
    ((_other, state),) = table.states([exporter], [on], None)
    assert isinstance(state, DayLaw)  # noqa: S101 - there is no earlier day
    return table.most(state)[:, 0]


def _editions(register: Register, importer: str, dates: Sequence[date]) -> Iterator[tuple[Register, list[int]]]:
    """The register with its lists as editions of the schedule have them, and the places of the days of each."""
    scoped = [in_edition(register, importer, day) for day in dates]
    for one in dict.fromkeys(scoped):
        yield one, [k for k, other in enumerate(scoped) if other is one]


@dataclass(frozen=True)
class _Table:
    """Lines and the parts under them."""

    register: Register
    importer: str
    ordinary: Array
    """Of every line."""
    groups: list[Signature]
    first: Index
    """Signature of one part of each line."""
    owner: Index
    """Lines that have more parts, once for each other part."""
    other: Index
    """Signatures of these."""
    preference: str
    """That all goods claim."""

    @staticmethod
    def of(
        register: Register, importer: str, lines: Sequence[tuple[str, float]], preference: str = NONE
    ) -> _Table:
        codes = [code.replace(".", "") for code, _other in lines]
        for code in codes:
            if not is_code(code):
                raise InputError(Problem(_("{code!r} is not an HS code", code=code), _(CODE_HINT)))
        codes = [as_line(register, importer, code) for code in codes]
        ordinary = np.array([duty for _other, duty in lines], np.float32)
        return _Table(register, importer, ordinary, *signatures(register, importer, codes), preference)

    def states(
        self, partners: Sequence[str], dates: Sequence[date], known: date | None
    ) -> Iterator[tuple[int, DayLaw | int]]:
        """The law of each day, or the place of an earlier day with the same."""
        seen: dict[tuple[tuple[tuple[str, float], ...], tuple[int, ...]], int] = {}
        facts = Facts(preference=self.preference)
        maker = DayLaws(self.register, self.importer, self.groups, partners, facts)
        for k, day in enumerate(dates):
            law = [m for m in self.register.in_force(day, known) if m.imposed_by(self.importer)]
            missing = [
                bit
                for bit, one in enumerate(self.register.not_covered)
                if one.decides
                and one.matters_under(self.preference)
                and any(one.concerns(self.importer, partner, day) for partner in partners)
            ]
            state = tuple((measure.id, measure.reached) for measure in law), tuple(missing)
            if state in seen:
                yield k, seen[state]
            else:
                seen[state] = k
                yield k, maker.state(law, missing)

    def narrow(self, state: DayLaw) -> Array:
        """Rates `[line, kind of partner]`; NaN where there is none."""
        kinds = state.row[self.first]
        found = self._settled(state, kinds, self.ordinary)
        others = state.row[self.other]
        apart = np.flatnonzero(others != kinds[self.owner])
        if apart.size:
            owner = self.owner[apart]
            second = self._settled(state, others[apart], self.ordinary[owner])
            where, column = np.nonzero(~(np.abs(second - found[owner]) <= ALIKE))
            found[owner[where], column] = np.nan
        return found

    def _settled(self, state: DayLaw, kinds: Index, ordinary: Array) -> Array:
        """As the register has it, NaN where a list that was not read in full, or something that is not held,
        decides.
        """
        found = paid_under([[one[0] for one in row] for row in state.ways], kinds, ordinary)
        raises = np.array(state.raised) > -inf
        deep = np.array([max(map(len, columns)) for columns in state.ways])
        lines = np.flatnonzero(((deep > 1) | raises.any(axis=1))[kinds])
        kinds, ordinary = kinds[lines], ordinary[lines]
        least, most = found[lines], found[lines]
        number = np.zeros(len(deep), np.intp)
        for depth in range(1, int(deep.max(initial=1))):
            rows = np.flatnonzero(deep > depth)
            number[rows] = np.arange(len(rows))
            here = np.flatnonzero((deep > depth)[kinds])
            forms = [[one[min(depth, len(one) - 1)] for one in state.ways[row]] for row in rows.tolist()]
            paid = paid_under(forms, number[kinds[here]], ordinary[here])
            least[here] = np.minimum(least[here], paid)
            most[here] = np.maximum(most[here], paid)
        found[lines] = np.where(raises[kinds] | ~(most - least <= ALIKE), np.float32(np.nan), found[lines])
        return found

    def most(self, state: DayLaw) -> Array:
        """The highest of the parts of each line, as the register has it: `[line, kind of partner]`."""
        forms = [[one[0] for one in row] for row in state.ways]
        found = paid_under(forms, state.row[self.first], self.ordinary)
        np.maximum.at(found, self.owner, paid_under(forms, state.row[self.other], self.ordinary[self.owner]))
        return found

    def bounds(self, state: DayLaw) -> tuple[Array, Array, Array]:
        """Rates, least and most `[line, kind of partner]`."""
        kinds, others = state.row[self.first], state.row[self.other]
        low, high = self._ends(state, kinds, self.ordinary)
        least, most = self._ends(state, others, self.ordinary[self.owner])
        np.minimum.at(low, self.owner, least)
        np.maximum.at(high, self.owner, most)
        return self.narrow(state), low, high

    def _ends(self, state: DayLaw, kinds: Index, ordinary: Array) -> tuple[Array, Array]:
        deepest = max(len(one) for row in state.ways for one in row)
        low = high = None
        for depth in range(deepest):
            forms = [[one[min(depth, len(one) - 1)] for one in row] for row in state.ways]
            values = paid_under(forms, kinds, ordinary)
            low = values if low is None else np.minimum(low, values)
            high = values if high is None else np.maximum(high, values)
        assert low is not None  # noqa: S101 - there is always the way that the register has it
        assert high is not None  # noqa: S101
        raised = np.array(state.raised, np.float32)[kinds]
        return low, high + np.maximum(np.float32(0.0), raised - ordinary[:, None])
