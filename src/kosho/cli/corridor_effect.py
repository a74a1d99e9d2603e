"""What hours at a port are worth, and what that does to trade and welfare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kosho.codes import country_name, economy_of_port

if TYPE_CHECKING:
    from kosho.corridor import Corridor
    from kosho.corridor.times import Estimate
    from kosho.world import World

__all__ = ["ENDS", "Effect", "by_sector", "effects", "measure", "time_value"]

End = Literal["low", "mid", "high"]
ENDS: tuple[End, ...] = ("low", "mid", "high")
TOLERANCE = 1e-11
"""Of the solver: a corridor is a small thing in a large world."""


@dataclass(frozen=True)
class Effect:
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


def by_sector(corridor: Corridor, saved: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Share of the corridor's value and days saved, by sector; within a sector types are weighted by value."""
    value: dict[str, float] = {}
    days: dict[str, float] = {}
    for name, kind in corridor.types.items():
        for sector, share in kind.mix.items():
            worth = kind.per_week.value * kind.value.value * share
            value[sector] = value.get(sector, 0.0) + worth
            days[sector] = days.get(sector, 0.0) + worth * saved[name]
    total = sum(value.values())
    return {
        sector: (value[sector] / total, days[sector] / value[sector]) for sector in value if value[sector] > 0
    }


def effects(
    world: World, corridor: Corridor, saved: Mapping[str, float], deficits: Literal["fixed", "zero"]
) -> dict[End, Effect]:
    """Solve for the value of time at the ends and the middle of its range.

    Part of each sector's trade goes through the corridor: the sector's share in the corridor's value, times the
    corridor's share in the pair's trade in goods, at most the whole sector. The cost of that part falls by what
    the days it saves are worth.

    Args:
        world: All economies.
        corridor: The baseline.
        saved: Mean days saved by type of consignment.
        deficits: What happens to trade deficits.
    """
    from kosho.codes import sectors
    from kosho.equilibrium import Shock, solve
    from kosho.equilibrium.shock import Part

    exporter, importer = (economy_of_port(port.code) for port in (corridor.origin, corridor.destination))
    flows = world.flows.sel(importer=importer, exporter=exporter)
    goods = [code for code in world.sectors if sectors()[code].goods]
    through = corridor.trade_share.value * float(flows.sel(sector=goods).sum())
    found: dict[End, Effect] = {}
    for end, percent in time_value(corridor).items():
        parts = [
            Part(
                importer=importer,
                exporter=exporter,
                sector=sector,
                share=min(1.0, share * through / flow),
                cost=1.0 - percent / 100 * days,
                part="corridor",
            )
            for sector, (share, days) in by_sector(corridor, saved).items()
            if (flow := float(flows.sel(sector=sector))) > 0
        ]
        outcome = solve(world, Shock.parts(world, parts), deficits, tol=TOLERANCE)
        base = float(outcome.base.flows.sel(importer=importer, exporter=exporter).sum())
        new = float(outcome.flows.sel(importer=importer, exporter=exporter).sum())
        gains = outcome.equivalent_variation
        found[end] = Effect(
            new - base, base, {one: float(gains.sel(country=one)) for one in (exporter, importer)}
        )
    return found


def measure(corridor: Corridor, scenario: str, days: Estimate, saved: Mapping[str, float]) -> dict[str, Any]:
    """The scenario as an entry of a register file: percent of the value that trade costs change."""
    ports = (corridor.origin.code, corridor.destination.code)
    exporter, importer = map(economy_of_port, ports)
    sectors = by_sector(corridor, saved)
    mean = sum(share * one for share, one in sectors.values())
    tau = time_value(corridor)
    day = corridor.window.start.isoformat()
    name = "-".join(("customs", *ports)).lower()
    source = f"{name}-simulation"
    title = f"{corridor.scenarios[scenario].title}, {corridor.title}"
    trade_share = corridor.trade_share.model_dump(exclude_none=True) | {"source": source}
    return {
        "title": title,
        "sources": [
            {
                "id": source,
                "title": f"kosho corridor {' '.join(ports)} --scenario {scenario}",
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
                "scope": {"sectors": sorted(sectors)},
                "kind": "customs",
                "value": round(-tau["mid"] * mean, 4),
                "unit": "percent",
                "value_share": trade_share,
                "stage": "offered",
                "legal_from": day,
                "known_from": day,
                "legal_basis": "a scenario of the customs corridor, not law",
                "source": [source],
                "status": "estimate",
                "note": (
                    f"saves {days.mean:.2f} days from arrival to permit (95 % interval {days.low:.2f} to "
                    f"{days.high:.2f}), {mean:.2f} weighted by value; a day is worth {tau['low']:g} to "
                    f"{tau['high']:g} % of the value, so {-tau['low'] * mean:.2f} to "
                    f"{-tau['high'] * mean:.2f} %, "
                    f"for the share of the trade of {country_name(exporter)} that takes this way"
                ),
            }
        ],
    }
