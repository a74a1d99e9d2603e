"""Screen and confirm: most packages estimated from few that are solved, so that all that matters can be solved.

What a package is worth is nearly a sum of what its issues add by themselves, in pairs, in threes: a
high-dimensional model representation, cut at one package (cut-HDMR, or anchored expansion: Rabitz & Aliş 1999,
General foundations of high-dimensional model representations; the same decomposition as in an analysis of
variance, without the integrals: Kuo, Sloan, Wasilkowski & Woźniakowski 2010). With c the package in the middle
and x_u the options that x has in the issues u,

    f(x) = sum over |u| <= m of f_u(x_u),   f_u(x_u) = f(x_u, c) - sum over v in u, v not u, of f_v(x_v),

so exact solves of all packages that differ from c in at most m issues give an estimate of every other. Packages
drawn at random and solved besides say by how much it errs. Where that is more than counts, terms of the next
order are fitted to what those packages miss (random-sampling HDMR: Li, Rosenthal & Rabitz 2001; their basis are
products of what single issues add) and the error is measured on others; where it still is, m rises; and where
that no longer pays, everything is solved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from kosho.arrays import Array, Index, Mask
from kosho.bargain.packages import Grid
from kosho.display import Shown

__all__ = [
    "SCREENED_ABOVE",
    "Screened",
    "Screening",
    "anchored_expansion",
    "differing",
    "fitted_terms",
    "screen",
    "solved_in_full",
]

SCREENED_ABOVE = 20_000
"""Packages above which a table is screened, where the caller leaves the choice."""
LOWEST_ORDER = 2
HELD_OUT = 460
"""Packages drawn to measure the error: if none of 460 errs by more, with 99 % confidence at most 1 % do."""
CONFIDENCE = 0.99
MARGIN = 1.5
"""By how much more than the largest error seen an estimate is trusted to err."""
RANK = 2
"""Of what the options of an issue add to all columns, in the basis of fitted terms."""
RANK_LEFT = 1e-6
"""Weaker directions, against the strongest, are rounding."""
RIDGE = 0.1
"""Of the fit; the basis is of order one."""
PAYS = 0.5
"""Share of the packages: above it all are solved."""
SEED = 2025

Solve = Callable[[Index], Array]
"""Solves packages: `[package, column]`."""


@dataclass(frozen=True, slots=True)
class Screening(Shown):
    """How packages were estimated, and how well.

    >>> from kosho.bargain.screening import Screening
    >>> Screening(order=2, held_out=460, largest_error=0.62).guarantee
    'with 99 % confidence at most 1.0 % of the packages not solved err by more than 0.62 million USD a year'
    """

    order: int
    """How many issues at most a package may differ in from the middle one to be a support of the estimate."""
    held_out: int
    """Packages drawn at random and solved to measure the error."""
    largest_error: float
    """Of any party's payoff in them, million USD a year."""
    fitted: int = 0
    """Other packages drawn at random, which terms of one more order were fitted to; zero where none were."""

    @property
    def share(self) -> float:
        """The largest share of packages that may err by more, from (1 - share)^n = 1 - `CONFIDENCE`."""
        return 1.0 - (1.0 - CONFIDENCE) ** (1.0 / self.held_out)

    @property
    def guarantee(self) -> str:
        """What follows from the packages that were held out, in words."""
        return (
            f"with {100 * CONFIDENCE:.0f} % confidence at most {100 * self.share:.1f} % of the packages "
            f"not solved err by more than {self.largest_error:.2g} million USD a year"
        )


@dataclass(frozen=True, eq=False)
class Screened:
    """Every package, solved or estimated."""

    values: Array
    """`[package, column]`."""
    solved: Mask
    """`[package]`."""
    bound: Array
    """`[column]`, by how much an estimate may err: `MARGIN` times the largest error seen."""
    screening: Screening | None
    """None where all are solved."""

    def errs_at_most(self, enough: float) -> bool:
        """Whether no payoff of the packages held out errs by more."""
        return self.screening is None or self.screening.largest_error <= enough

    def with_exact(self, packages: Index, exact: Array) -> Screened:
        """Once these were solved; what they err by more than was seen before raises the bound."""
        values, solved = self.values.copy(), self.solved.copy()
        error = np.abs(exact - values[packages])[~solved[packages]].max(axis=0, initial=0.0)
        values[packages], solved[packages] = exact, True
        return replace(self, values=values, solved=solved, bound=np.maximum(self.bound, MARGIN * error))


def differing(grid: Grid, centre: int, most: int) -> Index:
    """Packages that differ from one in at most so many issues, itself among them.

    >>> from kosho.bargain import Grid
    >>> from kosho.bargain.screening import differing
    >>> grid = Grid.of({"cars": ("25 %", "15 %", "0 %"), "rice": ("as now", "more"), "gas": ("no", "yes")})
    >>> differing(grid, 0, 1).tolist(), len(differing(grid, 0, 3))
    ([0, 1, 2, 4, 8], 12)
    """
    return np.flatnonzero((grid.choices != grid.choices[centre]).sum(axis=1) <= most)


def anchored_expansion(grid: Grid, centre: int, order: int, values: Array) -> Array:
    """Every package from those that differ from one in few issues.

    Args:
        grid: The packages.
        centre: The package that the expansion is anchored at.
        order: In how many issues packages whose values are used may differ from it.
        values: `[package, column]`; only those of `differing(grid, centre, order)` are looked at.

    Returns:
        `[package, column]`; equal to `values` where they were looked at.

    >>> import numpy as np
    >>> from kosho.bargain import Grid
    >>> from kosho.bargain.screening import anchored_expansion
    >>> grid = Grid.of({"cars": ("25 %", "15 %"), "rice": ("as now", "more")})
    >>> anchored_expansion(grid, 0, 1, np.array([[1.0], [3.0], [10.0], [np.nan]])).ravel().tolist()
    [1.0, 3.0, 10.0, 12.0]
    """
    count = len(grid.shape)
    tensor = values.reshape(*grid.shape, values.shape[1])
    total = np.zeros(tensor.shape)
    terms: dict[tuple[int, ...], Array] = {}
    anchor = [slice(choice, choice + 1) for choice in grid.choices[centre].tolist()]
    for size in range(order + 1):
        for group in combinations(range(count), size):
            term = tensor[tuple(slice(None) if k in group else anchor[k] for k in range(count))].copy()
            for fewer in range(size):
                for inner in combinations(group, fewer):
                    term -= terms[inner]
            terms[group] = term
            total += term
    return total.reshape(values.shape)


def fitted_terms(grid: Grid, centre: int, size: int, values: Array, drawn: tuple[Index, Array]) -> Array:
    """What sets of issues of one size add together, fitted to what packages drawn at random have besides.

    Args:
        grid: The packages.
        centre: The package that the expansion is anchored at.
        size: Of the sets.
        values: `[package, column]`; only those of `differing(grid, centre, 1)` are looked at.
        drawn: Packages, and what the terms are to add up to in them `[drawn, column]`.

    Returns:
        `[package, column]`.

    >>> import numpy as np
    >>> from kosho.bargain import Grid
    >>> from kosho.bargain.screening import fitted_terms
    >>> grid = Grid.of({name: ("no", "some", "all") for name in ("cars", "rice")})
    >>> values = grid.choices.sum(axis=1, keepdims=True).astype(float)
    >>> packages = np.array([4, 5, 7, 8])
    >>> found = fitted_terms(grid, 0, 2, values, (packages, 100 * grid.choices[packages].prod(axis=1)[:, None]))
    >>> found.ravel().round(-2).tolist()
    [0.0, 0.0, 0.0, 0.0, 100.0, 200.0, 0.0, 200.0, 400.0]
    """
    rows, missed = drawn
    bases = [_main_effects(grid, centre, issue, values) for issue in range(len(grid.shape))]
    groups = list(combinations(range(len(bases)), size))
    here = [basis[grid.choices[rows, issue]] for issue, basis in enumerate(bases)]
    features = np.concatenate([_products([here[k] for k in group]) for group in groups], axis=1)
    gram = features.T @ features + RIDGE * np.eye(features.shape[1])
    weights = np.linalg.solve(gram, features.T @ missed)
    total = np.zeros((*grid.shape, values.shape[1]))
    used = 0
    for group in groups:
        # Every option of the group's issues against every one of the others.
        options = np.stack(np.meshgrid(*(np.arange(grid.shape[k]) for k in group), indexing="ij"), axis=-1)
        flat = options.reshape(-1, size)
        products = _products([bases[k][flat[:, place]] for place, k in enumerate(group)])
        term = products @ weights[used : used + products.shape[1]]
        used += products.shape[1]
        total += term.reshape(*(grid.shape[k] if k in group else 1 for k in range(len(bases))), -1)
    return total.reshape(values.shape)


def _main_effects(grid: Grid, centre: int, issue: int, values: Array) -> Array:
    """`[option, rank]`, what spans the changes of all columns by an issue's options alone; largest is one."""
    choices = np.repeat(grid.choices[centre][None], grid.shape[issue], axis=0)
    choices[:, issue] = np.arange(grid.shape[issue])
    effects = values[grid.positions(choices)] - values[centre]
    largest = np.abs(effects).max(axis=0)
    left, strength, _ = np.linalg.svd(effects / np.where(largest > 0, largest, 1.0), full_matrices=False)
    basis = left[:, : min(RANK, int((strength > RANK_LEFT * strength[0]).sum()))]
    return basis / np.abs(basis).max(axis=0, initial=1e-300)


def _products(bases: list[Array]) -> Array:
    """`[row, product]`, every column of one basis `[row, rank]` times every column of the others."""
    found = bases[0]
    for basis in bases[1:]:
        found = (found[:, :, None] * basis[:, None, :]).reshape(len(found), -1)
    return found


def solved_in_full(packages: int, exact: bool | None) -> bool:
    """Whether every package of so many is solved; None leaves the choice to how many there are.

    >>> from kosho.bargain.screening import solved_in_full
    >>> solved_in_full(20_000, None), solved_in_full(20_001, None), solved_in_full(20_001, exact=True)
    (True, False, True)
    """
    return packages <= SCREENED_ABOVE if exact is None else exact


def screen(grid: Grid, solve: Solve, errors: Array, enough: float) -> Screened:
    """Estimate every package, with an error that is measured.

    Args:
        grid: The packages.
        solve: Solves some of them.
        errors: `[column, measure]`; how errors of the columns add up to those that count.
        enough: A measure may err by this; where packages held out err by more, the order rises.

    Returns:
        All of them solved, where the order would have to rise so far that solving all costs little more.
    """
    centre = grid.position([options // 2 for options in grid.shape])
    generator = np.random.default_rng(SEED)
    known = _Known(solve, np.full((len(grid), len(errors)), np.nan), np.zeros(len(grid), bool))

    def measured(estimate: Array, order: int, fitted: int) -> tuple[Index, Screened]:
        """How much an estimate errs in packages that it was not made from."""
        held_out = generator.choice(np.flatnonzero(~known.solved), HELD_OUT, replace=False)
        known.ask(held_out)
        missed = estimate[held_out] - known.values[held_out]
        worst = float(np.abs(missed @ errors).max())
        values = np.where(known.solved[:, None], known.values, estimate)
        screening = Screening(order, HELD_OUT, worst, fitted)
        return held_out, Screened(values, known.solved, MARGIN * np.abs(missed).max(axis=0), screening)

    for order in range(LOWEST_ORDER, len(grid.shape)):
        support = differing(grid, centre, order)
        if len(support) + 2 * HELD_OUT > PAYS * len(grid):
            break
        known.ask(support)
        estimate = anchored_expansion(grid, centre, order, known.values)
        drawn, found = measured(estimate, order, 0)
        if found.errs_at_most(enough):
            return found
        missed = known.values[drawn] - estimate[drawn]
        estimate += fitted_terms(grid, centre, order + 1, known.values, (drawn, missed))
        _, found = measured(estimate, order, len(drawn))
        if found.errs_at_most(enough):
            return found
    known.ask(np.arange(len(grid)))
    return Screened(known.values, known.solved, np.zeros(len(errors)), None)


@dataclass(frozen=True, eq=False)
class _Known:
    """What was solved."""

    solve: Solve
    values: Array
    solved: Mask

    def ask(self, packages: Index) -> None:
        """Solve those that were not."""
        new = packages[~self.solved[packages]]
        if len(new):
            self.values[new], self.solved[new] = self.solve(new), True
