"""What hours at a port are worth, and what that does to trade and welfare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kosho.codes import economy_of_port
from kosho.errors import Problems
from kosho.language import _

if TYPE_CHECKING:
    from kosho.corridor import Corridor
    from kosho.corridor.times import Estimate
    from kosho.world import World

__all__ = ["ENDS", "TimeEffect", "by_sector", "effects", "measure", "refuse_apart", "time_value"]

End = Literal["low", "mid", "high"]
ENDS: tuple[End, ...] = ("low", "mid", "high")
TOLERANCE = 1e-11
"""Of the solver: a corridor is a small thing in a large world."""


@dataclass(frozen=True)
class TimeEffect:
    """What a scenario does in the long run; million USD a year of the base year."""

    exports: float
    """From the economy of origin to that of destination, change."""
    exports_base: float
    welfare: dict[str, float]
    """Equivalent variation by economy, both ends of the corridor."""


def time_value(corridor: Corridor) -> dict[End, float]:
    """Percent of the value that a day is worth."""
    cited = corridor.value_of_time
    return {
        "low": cited.value if cited.low is None else cited.low,
        "mid": cited.value,
        "high": cited.value if cited.high is None else cited.high,
    }


def by_sector(corridor: Corridor, by_type: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Share of the corridor's value and mean days, by sector; within a sector types are weighted by value."""
    value: dict[str, float] = {}
    days: dict[str, float] = {}
    for name, kind in corridor.types.items():
        for sector, share in kind.mix.items():
            worth = kind.per_week.value * kind.value.value * share
            value[sector] = value.get(sector, 0.0) + worth
            days[sector] = days.get(sector, 0.0) + worth * by_type[name]
    total = sum(value.values())
    return {
        sector: (value[sector] / total, days[sector] / value[sector]) for sector in value if value[sector] > 0
    }


def refuse_apart(world: World, corridor: Corridor) -> None:
    """Refuse a world without the economies at both ends of a corridor.

    Raises:
        InputError: both that are missing are listed.
    """
    problems = Problems()
    for port in (corridor.origin, corridor.destination):
        economy = economy_of_port(port.code)
        if economy not in world.countries:
            told = _(
                "{name} has no economy {economy} of its own, where {code} is",
                name=world.meta.name,
                economy=economy,
                code=port.code,
            )
            problems.add(told, _("--no-effect leaves trade and welfare out"), key="--world")
    problems.raise_if_any()


def effects(
    world: World,
    corridor: Corridor,
    before: Mapping[str, float],
    saved: Mapping[str, float],
    deficits: Literal["fixed", "zero"],
) -> dict[End, TimeEffect]:
    """Solve for the value of time at the ends and the middle of its range.

    Part of each sector's trade goes through the corridor: the sector's share in the corridor's value, times the
    corridor's share in the pair's trade in goods, at most the whole sector. The cost of that part changes by
    (1 + tau days after) / (1 + tau days before).

    A sector of the table that holds several sectors of the corridor has a part for each, weighted as its
    `law_cells` say.

    Args:
        world: One in which both ends of the corridor are apart.
        corridor: The baseline.
        before: Mean days by type of consignment.
        saved: Mean days saved by type of consignment.
        deficits: What happens to trade deficits.
    """
    from kosho.codes import sectors
    from kosho.equilibrium import Shock, solve
    from kosho.equilibrium.shock import Part

    exporter, importer = (economy_of_port(port.code) for port in (corridor.origin, corridor.destination))
    n, i = (world.position(code) for code in (importer, exporter))
    cells = world.law_cells
    traded = cells.flows[cells.economies.index(importer), cells.economies.index(exporter)]
    goods = [k for k, code in enumerate(cells.sectors) if sectors()[code].goods]
    through = corridor.trade_share.value * float(traded[goods].sum())
    shared = {
        code: sum(traded[k] for k, one in enumerate(cells.sectors) if one == code) for code in cells.sectors
    }
    alone = [world.meta.sectors.get(label, (label,)) for label in world.sectors]
    days_before = by_sector(corridor, before)
    found: dict[End, TimeEffect] = {}
    for end, percent in time_value(corridor).items():
        tau = percent / 100
        parts = [
            Part(
                importer=importer,
                exporter=exporter,
                sector=world.sectors[j],
                share=min(1.0, share * through / shared[sector]) * traded[k] / world.arrays.flows[n, i, j],
                cost=1.0 - tau * days / (1.0 + tau * days_before[sector][1]),
                part="corridor" if len(alone[j]) == 1 else _("corridor {sector}", sector=sector),
            )
            for sector, (share, days) in by_sector(corridor, saved).items()
            for k, j in enumerate(cells.sector.tolist())
            if cells.sectors[k] == sector and traded[k] > 0
        ]
        outcome = solve(world, Shock.parts(world, parts), deficits, tol=TOLERANCE)
        base = float(outcome.base.flows.sel(importer=importer, exporter=exporter).sum())
        new = float(outcome.flows.sel(importer=importer, exporter=exporter).sum())
        gains = outcome.equivalent_variation
        found[end] = TimeEffect(
            new - base, base, {one: float(gains.sel(country=one)) for one in (exporter, importer)}
        )
    return found


def measure(
    corridor: Corridor, scenario: str, baseline: Estimate, saved: Estimate, by_type: Mapping[str, float]
) -> dict[str, Any]:
    """The scenario as a register file with one `customs` measure.

    A measure speaks of all goods of the pair, so the days after it are those before it less what the corridor
    saves times its share of the trade.
    """
    ports = (corridor.origin.code, corridor.destination.code)
    exporter, importer = map(economy_of_port, ports)
    weighted = sum(share * days for share, days in by_sector(corridor, by_type).values())
    ratio = weighted / saved.mean if saved.mean else 1.0
    share = corridor.trade_share
    name = "-".join(("customs", *ports)).lower()
    source = f"{name}-simulation"
    day = corridor.window.start.isoformat()
    title = f"{corridor.scenarios[scenario].title}, {corridor.title}"

    def after(share: float | None, days: float) -> float:
        return round(baseline.mean - (corridor.trade_share.value if share is None else share) * ratio * days, 5)

    ends = sorted(after(end, days) for end, days in ((share.low, saved.low), (share.high, saved.high)))
    estimated = {"unit": "days", "status": "estimate", "source": source}
    return {
        "title": title,
        "sources": [
            {
                "id": source,
                "title": _(
                    "kosho corridor {names} --scenario {scenario}", names=" ".join(ports), scenario=scenario
                ),
                "publisher": "Kosho",
                "kind": "own",
            }
        ],
        "measures": [
            {
                "id": f"{name}-{scenario}",
                "title": title,
                "imposer": importer,
                "authority": name,
                "partners": {"include": [exporter]},
                "scope": {"goods": True},
                "kind": "customs",
                "terms": {
                    "before": {"value": round(baseline.mean, 5), **estimated},
                    "after": {
                        "value": after(None, saved.mean),
                        "low": ends[0],
                        "high": ends[1],
                        **estimated,
                        "note": (
                            _(
                                "the corridor saves {mean:.2f} days ({low:.2f} to {high:.2f}), {weighted:.2f} "
                                "weighted by value, on {value:g} of the trade in goods",
                                mean=saved.mean,
                                low=saved.low,
                                high=saved.high,
                                weighted=weighted,
                                value=share.value,
                            )
                        ),
                    },
                    "per_day": corridor.value_of_time.model_dump(exclude_none=True) | {"source": source},
                },
                "stage": "offered",
                "legal_from": day,
                "known_from": day,
                "legal_basis": _("a scenario of the customs corridor, not law"),
                "source": [source],
                "status": "estimate",
            }
        ],
    }
