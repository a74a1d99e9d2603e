"""Rates of lines by the law in force on a day: what the register lays on the ordinary duty of each line.

The ordinary duty is the schedule's: a partner's own column where the schedule at hand has it, else the general
one. Two things a schedule does not tell are taken from trade where it has the duty collected, in a year in
which the register laid nothing else on the line: what a duty of money a unit came to, and what a partner paid
that enters by an agreement whose column is not at hand. Goods of Canada and Mexico pay a mean by the share that
claims USMCA (`preference_use`). A rate that facts no code shows decide, or that is not known, is not a number:
its bounds are kept, and nothing is guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kosho import formatting
from kosho.arrays import Array, Mask
from kosho.codes import blocs, countries, country_name
from kosho.declared import as_declared
from kosho.display import Card, Shown
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law import Register, rate_bounds
from kosho.law.days_of_change import days_of_change
from kosho.law.query import NONE
from kosho.law.rate_table import ALIKE
from kosho.law.schedules.ordinary import in_force, rivals
from kosho.law.schedules.preferences import preferences
from kosho.lines.shipped import SCHEDULES, preference_use, schedule_rates, shipped_rates

if TYPE_CHECKING:
    import polars as pl

__all__ = ["LawRates", "law_rates", "ordinary_rates"]

CLAIMED = "usmca"
"""The preference whose use by line is known."""


@dataclass(frozen=True, eq=False)
class LawRates(Shown):
    """Rates by line and partner on a day. Make them with `law_rates`.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.lines import law_rates, shipped_trade
    >>> trade = shipped_trade("USA", 8).of_year().filter(hs="87032301")
    >>> found = law_rates(Register.load(), "USA", trade, date(2025, 7, 22))
    >>> [round(rate, 3) for rate in found.frame.filter(exporter="JPN").select("rate", "low", "high").row(0)]
    [0.275, 0.275, 0.275]
    """

    frame: pl.DataFrame
    """`importer`, `exporter`, `hs`, `rate` (null where it is none), `low`, `high` (infinite where nothing
    bounds it); fractions."""
    on: date
    told: tuple[str, ...]
    """What the ordinary duties rest on, in words."""

    def card(self) -> Card:
        """How many rates, and how many are none."""
        known = self.frame["rate"].count()
        return Card(
            f"Rates by the law of {self.on}",
            [
                ("rates", f"{self.frame.height:,}"),
                ("known", f"{known:,}"),
                *(("told", one) for one in self.told),
            ],
        )

    def between(self, code: str) -> tuple[float, float]:
        """Least and most that the rates under a code that are none may be."""
        codes, bounds = self._unknown
        some = bounds[bisect_left(codes, code) : bisect_left(codes, code + ":")]  # the character after 9
        return (float(some[:, 0].min()), float(some[:, 1].max())) if len(some) else (0.0, float("inf"))

    @cached_property
    def _unknown(self) -> tuple[list[str], Array]:
        """Lines with rates that are none, in order, and `[line, end]` between what these are."""
        import polars as pl

        none = self.frame.filter(pl.col("rate").is_null()).sort("hs")
        return none["hs"].to_list(), none.select("low", "high").to_numpy()


@as_declared
def ordinary_rates(importer: str, on: date) -> tuple[pl.DataFrame, str] | None:
    """Ordinary duties by line, and what they were read in: an imported edition in force, else what ships.

    >>> from datetime import date
    >>> from kosho.lines import ordinary_rates
    >>> ordinary_rates("FRA", date(2025, 7, 22)) is None
    True
    """
    editions = [one for one in in_force(importer, on) if one.whole]
    if len(editions) > 1 and editions[0].valid_from == editions[1].valid_from:
        raise rivals(editions[0], editions[1])
    if editions:
        return schedule_rates(editions[0]), editions[0].edition
    if importer in SCHEDULES:
        return shipped_rates(importer), SCHEDULES[importer]
    return None


@as_declared
def law_rates(  # noqa: PLR0913 - one question, told whole
    register: Register,
    importer: str,
    trade: pl.DataFrame,
    on: date,
    ordinary: tuple[pl.DataFrame, str] | None = None,
    *,
    known: date | None = None,
    year: int | None = None,
) -> LawRates:
    """The rate of every line from every partner that the trade has.

    Args:
        register: Dated measures.
        importer: Whose imports.
        trade: `exporter`, `hs`, `value` and `duty`, as `TradeFile.of_year` gives them.
        on: Day in force.
        ordinary: Duties by line as `shipped_rates` has them, and their name; `ordinary_rates` if not given.
        known: Day of knowledge; the latest by default.
        year: Of the trade, where it has the duty collected; without it what was collected tells nothing.

    Raises:
        InputError: no schedule of the importer is at hand.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.lines import law_rates, shipped_trade
    >>> trade = shipped_trade("USA", 8).of_year().filter(hs="73044130")  # steel tubes
    >>> found = law_rates(Register.load(), "USA", trade, date(2025, 7, 22))
    >>> found.frame.filter(exporter="JPN")["rate"].round(2).to_list()
    [0.5]
    """
    duties = ordinary or ordinary_rates(importer, on)
    if duties is None:
        hint = _("import one with `kosho schedule import`, or give --rates a file")
        told = _("no schedule of {importer} in force on {on} is at hand", importer=importer, on=on)
        raise InputError(Problem(told, hint, key="--rates"))
    paid = _Paid.of(register, importer, trade, duties[0], (on, known, year))
    return LawRates(paid.frame(), on, (_("ordinary duties of {name}", name=duties[1]), *paid.told()))


class _Bounds(NamedTuple):
    """Rates `[line, partner]`, not a number where there is none, with the least and the most."""

    rate: Array
    low: Array
    high: Array

    def settled(self) -> _Bounds:
        """With a rate where least and most are the same."""
        return self._replace(rate=np.where(self.high - self.low <= ALIKE, self.low, self.rate))


@dataclass(frozen=True)
class _Paid:
    """What each partner pays, at the lines of the schedule."""

    register: Register
    importer: str
    on: date
    known: date | None
    codes: tuple[str, ...]
    """Lines of the schedule that are traded."""
    partners: tuple[str, ...]
    """As the trade names them, those whose law can be asked."""
    others: tuple[str, ...]
    """The rest of the world, and names that are no economy's."""
    ordinary: Array
    """`[line, partner]`, not a number where it is not known."""
    general: Array
    """`[line]`."""
    collected: Mapping[tuple[str, str], float]
    """Share of the value, by partner and code of the trade."""
    preferred: frozenset[str]
    """Partners whose agreement the schedule at hand has no column for."""
    own: frozenset[str]
    """Partners that have a column of their own."""

    @staticmethod
    def of(
        register: Register,
        importer: str,
        trade: pl.DataFrame,
        duties: pl.DataFrame,
        days: tuple[date, date | None, int | None],
    ) -> _Paid:
        on, known, year = days
        rows = trade.filter(trade["exporter"] != importer)  # goods that come back are no partner's
        names = rows["exporter"].unique().sort().to_list()
        partners = tuple(name for name in names if _members(name))
        every = dict(_pairs(duties, ""))
        codes = _traded(every, rows["hs"].unique().to_list())
        own = {name: dict(_pairs(duties, name)) for name in partners}
        general = _numbers([every[code] for code in codes])
        ordinary = (
            np.array([_own(codes, general, own[name]) for name in partners])
            .reshape(len(partners), len(codes))
            .T
        )
        preferred = frozenset(
            name for name in partners if not own[name] and _has_preference(importer, name, on)
        )
        for k, name in enumerate(partners):
            if name in preferred:
                ordinary[general > 0, k] = np.nan
        found = _Paid(
            register, importer, on, known, codes, partners, tuple(n for n in names if n not in partners),
            ordinary, general, _collected(rows) if year else {}, preferred,
            frozenset(name for name in partners if own[name]),
        )  # fmt: skip
        return found._with_collected(year) if year and found.collected else found

    def _with_collected(self, year: int) -> _Paid:
        """Duties that the schedule does not tell as what was collected, where nothing else lay on the line."""
        filled = self.ordinary.copy()
        asked = np.isnan(filled) & np.array([not self._uses(name) for name in self.partners], bool)
        for line, k in np.argwhere(asked & ~self._laid(year, asked)).tolist():
            share, most = self._share(self.partners[k], self.codes[line]), self.general[line]
            filled[line, k] = share if np.isnan(most) or np.isnan(share) else min(share, most)
        return replace(self, ordinary=filled)

    def _laid(self, year: int, asked: Mask) -> Mask:
        """Whether the register lays anything, on some day of a year, on those that are asked about."""
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = {first, *days_of_change(self.register, self.importer, first, last, self.known)}
        found = np.zeros_like(asked)
        for day in sorted(days, reverse=True):  # less is left to ask: more has been laid than taken away
            lines = np.flatnonzero((asked & ~found).any(axis=1))
            zero = [(self.codes[line], 0.0) for line in lines.tolist()]
            found[lines] |= self._of_duties(zero, self.partners, day).high > ALIKE
        return found

    def _share(self, partner: str, code: str) -> float:
        """What was collected of a line, by the code of the trade that it is or lies under."""
        for digits in range(len(code), 5, -1):
            if (found := self.collected.get((partner, code[:digits]))) is not None:
                return found
        return float("nan")

    def _law(self, ordinary: Sequence[Array], partners: Sequence[str], preference: str = NONE) -> list[_Bounds]:
        """Rates under ordinary duties `[line, partner]`; several at once, since most of them are the same."""
        asked = np.where(np.isnan(ordinary), -1.0, np.stack(ordinary))
        rates, which = np.unique(asked, return_inverse=True)
        cells = np.arange(len(self.codes))[:, None] * len(rates) + which.reshape(asked.shape)
        pairs, at = np.unique(cells, return_inverse=True)
        lines, found = np.divmod(pairs, len(rates))
        duties = [
            (self.codes[line], float("nan") if rate < 0 else rate)
            for line, rate in zip(lines.tolist(), rates[found].tolist(), strict=True)
        ]
        law = self._of_duties(duties, partners, self.on, preference)
        places = at.reshape(asked.shape)
        return [_Bounds(*(np.take_along_axis(one, place, axis=0) for one in law)) for place in places]

    def _of_duties(
        self,
        duties: Sequence[tuple[str, float]],
        partners: Sequence[str],
        on: date,
        preference: str = NONE,
    ) -> _Bounds:
        """Rates `[line, partner]` of lines with their ordinary duty on a day."""
        rate, low, high = (np.full((len(duties), len(partners)), np.nan) for _other in range(3))
        economies = list(dict.fromkeys(code for name in partners for code in _members(name)))
        if not economies or not duties:
            return _Bounds(rate, low, high)
        law = rate_bounds(
            self.register, self.importer, duties, economies, [on], self.known, preference=preference
        )
        for k, name in enumerate(partners):
            columns = [economies.index(code) for code in _members(name)]
            each = law.rate[0][:, columns]
            alike = np.ptp(each, axis=1) <= ALIKE  # not so where one is not a number
            rate[:, k] = np.where(alike, each[:, 0], np.nan)
            low[:, k], high[:, k] = law.low[0][:, columns].min(axis=1), law.high[0][:, columns].max(axis=1)
        return _Bounds(rate, low, high)

    def frame(self) -> pl.DataFrame:
        """Rows of every line and partner; and of partners without a law of their own what was collected."""
        import polars as pl

        unknown = np.isnan(self.ordinary)
        whole = np.where(unknown, self.general[:, None], self.ordinary)
        known, least, most = self._law(
            [self.ordinary, np.where(unknown, 0.0, self.ordinary), whole], self.partners
        )
        # What is not known is between free of duty and the general duty.
        found = _Bounds(
            known.rate, np.where(unknown, least.low, known.low), np.where(unknown, most.high, known.high)
        )
        rate, low, high = self._claimed(found.settled(), most)
        count = len(self.partners)
        rows = pl.DataFrame(
            {
                "exporter": list(self.partners) * len(self.codes),
                "hs": [code for code in self.codes for _other in range(count)],
                "rate": rate.ravel(),
                "low": np.nan_to_num(low.ravel(), nan=0.0),
                "high": np.nan_to_num(high.ravel(), nan=np.inf, posinf=np.inf),
            },
            schema_overrides={"exporter": pl.String, "hs": pl.String},  # there may be none
        ).with_columns(pl.col("rate").fill_nan(None))
        kept = [
            (name, code, share, share, share)
            for (name, code), share in self.collected.items()
            if name in self.others
        ]
        every = pl.concat([rows, pl.DataFrame(kept, schema=rows.schema, orient="row")])
        return every.select(pl.lit(self.importer).alias("importer"), pl.all())

    def _claimed(self, found: _Bounds, general: _Bounds) -> _Bounds:
        """Rates of partners whose use of a preference is known by line: the mean of goods with and without."""
        which = [k for k, name in enumerate(self.partners) if self._uses(name)]
        if not which:
            return found
        (free,) = self._law(
            [np.zeros((len(self.codes), len(which)))], [self.partners[k] for k in which], CLAIMED
        )
        rate, low, high = (one.copy() for one in found)
        for column, k in enumerate(which):
            used = _use(self.partners[k], self.on)
            share = np.array([used.get(code[:6], np.nan) for code in self.codes])
            rate[:, k] = share * free.rate[:, column] + (1.0 - share) * general.rate[:, k]
            low[:, k] = np.minimum(free.low[:, column], general.low[:, k])
            high[:, k] = np.maximum(free.high[:, column], general.high[:, k])
        return _Bounds(rate, low, high).settled()

    def _uses(self, partner: str) -> bool:
        return self.importer == "USA" and partner in ("CAN", "MEX") and partner in self.preferred

    def told(self) -> list[str]:
        """What stands behind the duties, where it is no schedule."""
        found: list[str] = []
        if self.own:
            names = _named(sorted(self.own))
            found.append(
                _("preferences of {names} in the schedule are taken as claimed by all: assumed", names=names)
            )
        using = [name for name in self.partners if self._uses(name)]
        if using:
            names = _named(using)
            found.append(
                _(
                    "goods of {names} claim USMCA by the shares of {period}, and are then free of ordinary "
                    "duty",
                    names=names,
                    period=_period(self.on),
                )
            )
        rest = sorted(self.preferred - set(using))
        if rest and self.collected:
            found.append(
                _(
                    "goods of {names}, whose agreements the schedule has no column for, pay as ordinary duty "
                    "what was collected",
                    names=_named(rest),
                )
            )
        elif rest:
            found.append(_("what goods of {names} pay by their agreements is not known", names=_named(rest)))
        if self.others and self.collected:
            names = _named(self.others)
            found.append(_("{names}: no law of one economy; what was collected stays", names=names))
        return found


def _named(partners: Sequence[str]) -> str:
    return formatting.listed([country_name(code) for code in partners])


def _members(name: str) -> Sequence[str]:
    """Economies whose law a partner's is."""
    if name in blocs():
        return sorted(blocs()[name].members)
    return [name] if name in countries() and name != "ROW" else []


def _pairs(duties: pl.DataFrame, exporter: str) -> list[tuple[str, float | None]]:
    """Codes and rates of a column; the lowest of several, none where one is none."""
    import polars as pl

    rate = pl.when(pl.col("rate").null_count() == 0).then(pl.col("rate").min()).alias("rate")
    return duties.filter(exporter=exporter).group_by("hs", maintain_order=True).agg(rate).rows()


def _traded(every: Mapping[str, object], codes: Sequence[str]) -> tuple[str, ...]:
    """Lines that are a code of the trade, lie under one, or hold one."""
    inside = {code[:digits] for code in codes for digits in range(4, len(code) + 1)}
    mine = set(codes)
    return tuple(
        line for line in every if line in inside or any(line[:digits] in mine for digits in range(4, len(line)))
    )


def _numbers(rates: Sequence[float | None]) -> Array:
    return np.array([np.nan if one is None else one for one in rates])


def _own(codes: Sequence[str], general: Array, own: Mapping[str, float | None]) -> Array:
    """The general duty, with that of the partner's own column where it has one."""
    every = dict(zip(codes, general.tolist(), strict=True))
    return _numbers([own.get(code, every[code]) for code in codes])


def _has_preference(importer: str, partner: str, on: date) -> bool:
    """Whether goods may enter by an agreement with the partner, beside what those of any origin may claim."""
    economies = _members(partner)
    return any(one.exporters and one.grants(importer, economies[0], on) for one in preferences())


def _collected(rows: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Duty over value by partner and code of the trade."""
    import polars as pl

    some = rows.filter(pl.col("duty").is_not_null() & (pl.col("value") > 0))
    return {
        (partner, code): duty / value
        for partner, code, duty, value in some.select("exporter", "hs", "duty", "value").iter_rows()
    }


def _period(on: date) -> str:
    """The last period of known use that had begun by a day."""
    return "2024" if on < date(2025, 1, 1) else "2025" if on < date(2026, 2, 1) else "2026-02"


def _use(partner: str, on: date) -> dict[str, float]:
    used = preference_use(partner, _period(on)).drop_nulls("share")
    return dict(zip(used["hs"].to_list(), used["share"].to_list(), strict=True))
