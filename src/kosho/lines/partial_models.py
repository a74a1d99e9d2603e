"""One package of lines in any of the partial models, told alike: SMART, nested CES, GSIM.

SMART and CES know one importer: what its partners sell elsewhere does not move. GSIM clears world markets, so
that it needs the trade of several importers; what they sell at home is in none of the three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from kosho.arguments import refuse_boundless
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, number, plural
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.lines.ces import nested_ces
from kosho.lines.gsim_model import gsim
from kosho.lines.line_elasticities import LineElasticities
from kosho.lines.line_table import LineTable
from kosho.lines.smart_model import Diversion, SmartOutcome

if TYPE_CHECKING:
    import polars as pl

__all__ = [
    "MODELS",
    "SMART",
    "PartialAnswer",
    "PartialModel",
    "PartialSettings",
    "WorldTrade",
    "partial_answer",
    "world_trade",
]

PartialModel = Literal["smart", "ces", "gsim"]
MODELS: tuple[PartialModel, ...] = get_args(PartialModel)


@dataclass(frozen=True, eq=False)
class PartialAnswer(Shown):
    """What a partial model says of a package, by line and by partner; in the unit of the table's imports.

    >>> import numpy as np
    >>> from kosho.lines import LineTable, PartialSettings, line_elasticities, partial_answer
    >>> table = LineTable("USA", ("870323",), ("JPN",), np.array([[40.0]]), np.array([[0.025]]), ("line",), ())
    >>> partial_answer(
    ...     table, np.array([[0.0]]), line_elasticities(table.codes, "USA"), PartialSettings("ces")
    ... )
    Partial equilibrium, ces: 1 line, 1 partner
      revenue              -1
      consumer surplus     1.016
      exporters' surplus   0
      welfare              0.01553
    """

    model: PartialModel
    figures: Mapping[str, Array]
    """`[line]` by name: `revenue`, `consumer_surplus` and `welfare` of the importer in all; `creation` and
    `diversion` in SMART, `exporter_surplus` in the others."""
    sold: Array
    """`[partner]`, change of what each sells to the importer, at world prices before."""

    def card(self) -> Card:
        """Sums over lines."""
        size = len(next(iter(self.figures.values())))
        told = {"exporter_surplus": "exporters' surplus"}
        return Card(
            f"Partial equilibrium, {self.model}: {plural(size, 'line')}, {plural(len(self.sold), 'partner')}",
            [
                (told.get(name, name.replace("_", " ")), number(values.sum()))
                for name, values in self.figures.items()
            ],
        )


@dataclass(frozen=True, eq=False)
class WorldTrade(Shown):
    """Trade of several importers in the lines of a table. Make one with `world_trade`.

    >>> from kosho.lines import WorldTrade
    >>> sorted(WorldTrade.__annotations__)
    ['assumed_free', 'exporters', 'importers', 'rate', 'value']
    """

    exporters: tuple[str, ...]
    """The partners of the table come first, in its order."""
    importers: tuple[str, ...]
    """The importer of the table comes first."""
    value: Array
    """`[line, exporter, importer]`, at world prices."""
    rate: Array
    """`[line, exporter, importer]`, fractions."""
    assumed_free: tuple[str, ...]
    """Importers whose duties are not known somewhere, and are taken as zero there: they do not change."""


@as_declared
@dataclass(frozen=True)
class PartialSettings(Shown):
    """Which partial model prices lines, and what it takes as given.

    >>> from kosho.lines import PartialSettings
    >>> PartialSettings("ces", supply=3.0)
    PartialSettings(model='ces', supply=3)
    """

    model: PartialModel = "smart"
    supply: float = np.inf
    """Elasticity of what is exported; infinite: exporters' prices stay."""
    form: Diversion = "bounded"
    """Of diversion, in SMART."""
    trade: WorldTrade | None = None
    """What everybody buys; GSIM needs it."""

    def __post_init__(self) -> None:
        problems = Problems()
        for name, known in (("model", get_args(PartialModel)), ("form", get_args(Diversion))):
            given = getattr(self, name)
            if given not in known:
                problems.add(repr(given), suggest(str(given), known), key=name)
        problems.raise_if_any()
        if self.supply != np.inf:
            refuse_boundless(supply=self.supply)
        if not self.supply > 0:
            raise InputError(Problem(f"{self.supply:g}", _("above zero"), key="supply"))


SMART = PartialSettings()
"""Where nobody says."""


@as_declared
def world_trade(trade: pl.DataFrame, table: LineTable) -> WorldTrade:
    """What everybody buys of a table's lines, with the duty collected where the trade has it.

    Args:
        trade: Rows of `TradeFile.of_year`, of more importers than the table's.
        table: Lines, partners and rates of the importer whose duties change.

    Raises:
        InputError: nobody else buys any of these lines in this trade.

    >>> import polars as pl
    >>> from kosho.lines import line_table, world_trade
    >>> rows = [("USA", "JPN", "870323", 40.0, 1.0), ("AUS", "JPN", "870323", 10.0, None)]
    >>> trade = pl.DataFrame(rows, schema=["importer", "exporter", "hs", "value", "duty"], orient="row")
    >>> found = world_trade(trade, line_table(trade, "USA"))
    >>> found.importers, found.value.tolist(), found.assumed_free
    (('USA', 'AUS'), [[[40.0, 10.0]]], ('AUS',))
    """
    import polars as pl

    digits = len(table.codes[0]) if table.codes else 6
    others = (
        trade.filter((pl.col("importer") != table.importer) & (pl.col("importer") != pl.col("exporter")))
        .with_columns(pl.col("hs").str.slice(0, digits))
        .filter(pl.col("hs").is_in(list(table.codes)))
    )
    if not others.height:
        hint = _("give --trade of more importers; SMART and CES take one")
        raise InputError(
            Problem(
                _("GSIM needs what others buy, and this trade has {importer} alone", importer=table.importer),
                hint,
                key="--model",
            )
        )
    if "basis" in others.columns:  # what the buyer counted, where both sides did
        bought = others.filter(pl.col("basis") == "import").select("importer", "exporter", "hs").unique()
        twice = others.filter(pl.col("basis") != "import").join(
            bought, on=["importer", "exporter", "hs"], how="anti"
        )
        others = pl.concat([others.filter(pl.col("basis") == "import"), twice])
    cells = others.group_by("hs", "exporter", "importer").agg(
        pl.col("value").sum(),
        pl.when(pl.col("duty").null_count() == 0).then(pl.col("duty").sum()).alias("duty"),
    )
    named = set(cells["exporter"].to_list()) - set(table.partners)
    exporters = (*table.partners, *sorted(named))
    importers = (table.importer, *sorted(set(cells["importer"].to_list())))
    value = np.zeros((len(table.codes), len(exporters), len(importers)))
    duty = np.zeros(value.shape)
    place = {code: k for k, code in enumerate(table.codes)}
    row = {code: k for k, code in enumerate(exporters)}
    column = {code: k for k, code in enumerate(importers)}
    free: set[str] = set()
    for hs, exporter, importer, bought_, paid in cells.iter_rows():
        at = place[hs], row[exporter], column[importer]
        value[at] = bought_
        if paid is None:
            free.add(importer)
        else:
            duty[at] = paid
    rate = np.divide(duty, value, out=np.zeros(value.shape), where=value > 0)
    value[:, : len(table.partners), 0] = np.where(table.priced[:, None], table.imports, 0.0)
    rate[:, : len(table.partners), 0] = table.paid
    return WorldTrade(exporters, importers, value, rate, tuple(sorted(free)))


@as_declared
def partial_answer(
    table: LineTable, after: Array, elasticities: LineElasticities, settings: PartialSettings = SMART
) -> PartialAnswer:
    """Price a package of lines in a partial model; lines whose rates are not known are in no sum.

    Args:
        table: Lines of the importer.
        after: `[line, partner]`, new rates, fractions.
        elasticities: By line; of every importer alike in GSIM.
        settings: Which model, and what it takes as given.

    Raises:
        InputError: GSIM without trade, a rate or elasticity that is none.
        ConvergenceError: CES prices were not found.

    >>> import numpy as np
    >>> from kosho.lines import LineTable, line_elasticities, partial_answer
    >>> table = LineTable("USA", ("870323",), ("JPN",), np.array([[40.0]]), np.array([[0.025]]), ("line",), ())
    >>> found = partial_answer(table, np.array([[0.0]]), line_elasticities(table.codes, "USA"))
    >>> float(found.figures["revenue"].sum())
    -1.0
    """
    supply = settings.supply
    if settings.model == "smart":
        return _smart(table.price(after, elasticities, supply=supply, form=settings.form))
    known = table.priced[:, None]
    bought = np.where(known, table.imports, 0.0)
    new = np.where(known & ~np.isnan(after), after, table.paid)
    if settings.model == "ces":
        return _ces(bought, (table.paid, new), elasticities, supply)
    if settings.trade is None:
        raise InputError(Problem(_("GSIM needs the trade of several importers"), key="trade"))
    return _gsim(settings.trade, new, elasticities, supply, table.codes)


def _smart(found: SmartOutcome) -> PartialAnswer:
    figures = {
        "creation": found.creation.sum(axis=1),
        "diversion": np.abs(found.diversion).sum(axis=1) / 2,
        "revenue": found.revenue.sum(axis=1),
        "consumer_surplus": found.consumer_surplus.sum(axis=1),
        "welfare": found.welfare.sum(axis=1),
    }
    return PartialAnswer("smart", figures, (found.imports_after - found.imports).sum(axis=0))


def _ces(
    bought: Array, rates: tuple[Array, Array], elasticities: LineElasticities, supply: float
) -> PartialAnswer:
    before, after = rates
    found = nested_ces(
        bought * (1.0 + before),
        before,
        after,
        lower=np.maximum(elasticities.substitution, 1e-6),
        demand=elasticities.demand,
        supply=supply,
    )
    figures = {
        "revenue": found.revenue.sum(axis=1),
        "consumer_surplus": found.consumer_surplus,
        "exporter_surplus": found.producer_surplus.sum(axis=1),
        "welfare": found.welfare,
    }
    return PartialAnswer("ces", figures, (bought * (found.quantity - 1.0)).sum(axis=0))


def _gsim(
    trade: WorldTrade, after: Array, elasticities: LineElasticities, supply: float, codes: Sequence[str]
) -> PartialAnswer:
    new = trade.rate.copy()
    partners = after.shape[1]
    new[:, :partners, 0] = after
    found = gsim(
        trade.value,
        trade.rate,
        new,
        demand=elasticities.demand[:, None],
        supply=supply,
        substitution=elasticities.substitution[:, None],
    )
    if found.outside.any():
        worst = int(np.flatnonzero(found.outside)[0])
        raise InputError(
            Problem(
                _(
                    "the change is too large for GSIM, which is linear: a flow of line {line} falls by more "
                    "than all of it",
                    line=codes[worst],
                ),
                _("take --model ces, or smaller changes"),
                key="--model",
            )
        )
    mine = {
        "revenue": found.revenue[:, 0],
        "consumer_surplus": found.consumer_surplus[:, 0],
        "exporter_surplus": found.producer_surplus.sum(axis=1),
    }
    figures = {**mine, "welfare": mine["revenue"] + mine["consumer_surplus"]}
    sold = (trade.value[:, :partners, 0] * found.quantity[:, :partners, 0]).sum(axis=0)
    return PartialAnswer("gsim", figures, sold)
