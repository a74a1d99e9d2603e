"""A tariff war of 44 economies in Lashkaripour (2021): every economy sets one rate on all that it imports.

Lashkaripour, A. (2021), "The Cost of a Global Tariff War: A Sufficient Statistics Approach", Journal of
International Economics 131, 103419. The data are those of the author's public code: 44 economies, 16 sectors
(15 of goods, one of services), 2014, without inputs; trade is balanced first. Conventions that matter:

- spending is at prices with duty; sigma - 1 is the trade elasticity;
- the rate bears on services as well;
- the paper's rate is a formula (its equation 14): one over the elasticity of the demand for an economy's
  exports, at what it sells in the war. It leaves out what a tariff does to wages abroad; the exact rates of the
  same game are higher by some tenths of a percentage point, and every economy gains by moving from one to the
  other;
- means leave out the rest of the world.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kosho.arrays import Array
from kosho.bargain.optimal_tariffs import RateBounds, Tariffs, nash
from kosho.equilibrium import Outcome, Shock, rebase, solve
from kosho.errors import ConvergenceError
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.replications.comparison import Comparison, percent_by_country
from kosho.replications.tariff_games import read_game
from kosho.world import World, WorldMeta

__all__ = ["PUBLISHED", "read", "replicate", "war_by_formula"]

REST = "ROW"
BOUNDS = RateBounds(0.0, 10.0)
EXACT, ROUNDS = 1e-9, 200
"""Of rates by the formula."""

PUBLISHED = {"mean_rate": 38.8, "mean_real_income": -2.44}
SOURCE = (
    "equations 6, 7 and 14 of Lashkaripour (2021, Journal of International Economics 131), solved by "
    "independent code on the data of the author's public code (github.com/ahmadlp/tariffwar), 2014"
)
NOTES = (
    f"Means leave out the rest of the world ({REST}).",
    "Published is the paper's rate, a formula that leaves out what a tariff does to wages abroad.",
    "Exact: the best single rate of every economy.",
    "Free: a rate for every partner and sector, the median of each economy.",
)


def replicate(folder: Path, progress: Progress = silent) -> Comparison:
    """The war by the paper's formula, the exact war with one rate an economy, and the war with all rates free.

    Args:
        folder: Holds `data.npz`: `countries`, `sigma`, `tariff`, `spending[importer, exporter, sector]`.
        progress: Called with a line of progress now and then.

    Raises:
        InputError: the file or one of its arrays is missing or has the wrong shape; all mistakes are listed.
    """
    world = read(folder)
    rates, outcome = war_by_formula(world)
    exact, free = (
        nash(world, world.countries, world.sectors, BOUNDS, progress, tied=tied) for tied in ("uniform", "none")
    )
    found: dict[str, float | dict[str, float]] = {}
    for case, rate, welfare in (
        ("", rates, outcome.welfare),
        ("_exact", _median_rates(exact), exact.welfare),
        ("_free", _median_rates(free), free.welfare),
    ):
        for measure, values in (("rate", rate), ("real_income", welfare.to_numpy())):
            found[f"{measure}{case}"] = by = percent_by_country(world, values)
            found[f"mean_{measure}{case}"] = float(np.mean([by[code] for code in by if code != REST]))
    return Comparison(
        name="lashkaripour2021",
        title="A tariff war in Lashkaripour (2021): mean rates and changes of real income, percent",
        published=PUBLISHED,
        kosho=found,
        source=SOURCE,
        notes=NOTES,
    )


def read(folder: Path) -> World:
    """The world of 2014, with its deficits.

    Raises:
        InputError: see `replicate`.
    """
    return read_game(
        folder,
        "spending",
        WorldMeta(
            name="lashkaripour2021",
            year=2014,
            source="World Input-Output Database 2014, as prepared by the public code of Lashkaripour (2021)",
            unit="million USD",
        ),
    )


def war_by_formula(world: World) -> tuple[Array, Outcome]:
    """Rates `[country]` by the paper's equation 14, and what they do; balanced trade.

    1 / t_n is the mean of theta (1 - share) over n's markets abroad, by what it sells there in the war itself.

    Raises:
        ConvergenceError: rates do not settle.
    """
    base = rebase(world, "zero")
    rates, change = np.full(len(base.countries), 0.4), np.inf
    for _other in range(ROUNDS):
        outcome = solve(base, _on_everybody(base, rates), "zero", 1e-10)
        wanted = _formula(outcome)
        change = float(np.abs(wanted - rates).max())
        if change <= EXACT:
            return rates, outcome
        rates = wanted
    raise ConvergenceError(change, world.countries[0], ROUNDS, _("these are the rates of a formula"))


def _formula(outcome: Outcome) -> Array:
    exports = outcome.flows.to_numpy().copy()
    home = np.arange(len(exports))
    exports[home, home] = 0.0
    lost = 1.0 - outcome.shares.to_numpy()
    elasticity = np.einsum("j,nij,nij->i", outcome.base.arrays.theta, exports, lost)
    return exports.sum(axis=(0, 2)) / elasticity


def _on_everybody(base: World, rates: Array) -> Shock:
    """Each importer's rate on all that comes from abroad."""
    values = np.array(np.broadcast_to(rates[:, None, None], base.tariff.shape))
    home = np.arange(len(rates))
    values[home, home] = np.nan
    return Shock.tariffs(base, base.tariff.copy(data=values), insist=True)


def _median_rates(war: Tariffs) -> Array:
    importer = np.array(war.importer)
    return np.array([np.median(war.rate[importer == code]) for code in war.outcome.base.countries])
