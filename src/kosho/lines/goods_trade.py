"""Japan's trade by good and partner: the goods of the Ministry of Finance, since no trade by line may ship.

78 goods, 52 of them imports, with 55 economies, the Union and the world, in billion yen of 2025. What Japan's
schedule lays on a good is told as the range of its lines: without trade by line no mean of them is right.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.lines.shipped import frame, shipped_rates

__all__ = ["GoodTrade", "GoodsDuty", "japan_goods"]

Flow = Literal["import", "export"]
FLOWS: tuple[Flow, ...] = get_args(Flow)
WORLD = "WORLD"
AREAS = {"EU27": "EU"}
"""Codes of the statistics where they are not Kosho's."""


@as_declared
@dataclass(frozen=True, slots=True)
class GoodsDuty(Shown):
    """What lines of a good pay in Japan, fractions.

    >>> from kosho.lines import GoodsDuty
    >>> GoodsDuty(lines=3, other=1, low=0.0, high=0.1).other
    1
    """

    lines: int
    other: int
    """Of them those whose duty is no percentage of the value: money a unit, quotas, words."""
    low: float | None
    """Of those that are a percentage; None where there is none."""
    high: float | None


@as_declared
@dataclass(frozen=True, slots=True)
class GoodTrade(Shown):
    """A good of Japan's trade with a partner in 2025.

    >>> from kosho.lines import japan_goods
    >>> meat = next(one for one in japan_goods("USA") if one.good == "Meat And Meat Preparation")
    >>> meat.headings, meat.duty.high, meat.preferred.high < meat.duty.high
    (('02', '1601', '1602'), 0.5, True)
    """

    good: str
    part_of: str
    """The good that it is a part of; empty for the whole."""
    value: float
    """Billion yen."""
    of_world: float
    """Billion yen, with all partners."""
    headings: tuple[str, ...]
    """Of the Harmonized System, as Kosho reads the title: an assumption. Empty where it is a remainder."""
    duty: GoodsDuty | None = None
    """Of goods of most economies; None for exports, and without headings."""
    preferred: GoodsDuty | None = None
    """Of those lines alone that have a duty for the partner, where the schedule that ships has a column of its
    own; the others pay `duty`."""


@as_declared
def japan_goods(partner: str, flow: Flow = "import") -> tuple[GoodTrade, ...]:
    """Japan's trade with a partner by good, the largest first; values of parts are in those of the whole too.

    Args:
        partner: ISO 3166 alpha-3 code, EU27 or WORLD.
        flow: Of Japan.

    Raises:
        InputError: the statistics do not name the partner.

    >>> from kosho.lines import japan_goods
    >>> whole = japan_goods("WORLD")[0]
    >>> whole.good, round(whole.value), whole.part_of
    ('Grand Total', 113330, '')
    """
    import polars as pl

    table = frame("japan_goods_2025").filter(flow=flow)
    area = AREAS.get(partner, partner)
    areas: list[str] = table["partner"].unique().sort().to_list()
    known = ["EU27" if code == AREAS["EU27"] else code for code in areas]
    if partner not in known:
        told = _("Japan's trade by good does not name {partner}", partner=partner)
        hint = suggest(partner, known) or _("one of {codes}", codes=", ".join(known))
        raise InputError(Problem(told, hint, key="partner"))
    world = dict(table.filter(partner=WORLD).select("goods", "value_bn_jpy").iter_rows())
    mine = table.filter(partner=area).sort("value_bn_jpy", "goods", descending=[True, False])
    found: list[GoodTrade] = []
    for good, value in mine.select("goods", pl.col("value_bn_jpy").cast(pl.Float64)).iter_rows():
        part_of, headings = _titles()[good]
        levied = headings if flow == "import" else ()
        found.append(
            GoodTrade(
                good,
                part_of,
                value,
                world.get(good, 0.0),
                headings,
                _duty("", levied),
                _duty(partner, levied),
            )
        )
    return tuple(found)


@cache
def _titles() -> dict[str, tuple[str, tuple[str, ...]]]:
    """What each good is a part of, and its headings."""
    text = files("kosho.lines").joinpath("data", "japan_goods.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["goods"]: (row["part_of"], tuple(row["headings"].split())) for row in rows}


def _duty(exporter: str, headings: tuple[str, ...]) -> GoodsDuty | None:
    """The range of duties of lines under some headings; None where the schedule has no such column or line."""
    import polars as pl

    if not headings:
        return None
    rates = shipped_rates("JPN").filter(
        (pl.col("exporter") == exporter) & pl.any_horizontal(pl.col("hs").str.starts_with(h) for h in headings)
    )
    if not rates.height:
        return None
    known = rates["rate"].drop_nulls()
    low, high = (None, None) if known.is_empty() else (float(known.min()), float(known.max()))  # pyright: ignore[reportArgumentType]
    return GoodsDuty(rates.height, rates.height - known.len(), low, high)
