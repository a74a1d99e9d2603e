"""What `World` is made of: what it is, labels, bare arrays, physical quantities, weights within cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from kosho.arguments import note_real
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import Problems
from kosho.language import _
from kosho.readonly import Fixed, fix

__all__ = ["FLOW_DIMS", "Arrays", "PhysicalFlow", "TradeWeights", "WorldMeta", "labelled"]

FLOW_DIMS = ("importer", "exporter", "sector")
OF_SECTORS = ("sector", "input")
"""Dimensions whose labels are sectors."""


@as_declared
@dataclass(frozen=True, slots=True)
class WorldMeta(Shown):
    """What a table is and how far it can be trusted.

    >>> from kosho.world import WorldMeta
    >>> WorldMeta("my-table", year=2019, source="Ministry of Statistics", unit="million EUR")
    WorldMeta(name='my-table', year=2019, source='Ministry of Statistics', unit='million EUR')
    """

    name: str
    year: int | None = None
    source: str = ""
    licence: str = ""
    attribution: str = ""
    unit: str = "million USD"
    estimated: tuple[str, ...] = ()
    """Blocks of the table that are estimates, in words."""
    adjustments: tuple[str, ...] = ()
    """What had to be clipped or renormalised, in words."""
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The economies in each region that is not one economy by its own code."""
    sectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The ICIO sectors in each sector that is not one by its own code."""
    sector_weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Weights of the ICIO sectors in a sector that holds several."""
    weights_source: str = ""
    """What those weights are, in words."""
    classification: str = "ICIO"
    """Of the sectors, in words."""
    base_tariffs: str = ""
    """What the base tariffs are, in words."""
    tariff_year: int | None = None
    edition: str = ""
    """Of the database that the table is from, in words."""
    assumptions: tuple[str, ...] = ()
    """What was assumed to make the table speak of law and elasticities; every result repeats it."""


@as_declared
@dataclass(frozen=True, slots=True)
class PhysicalFlow(Shown):
    """A quantity shipped in the base, so that outcomes can be told in vehicles or tonnes.

    >>> from kosho.world import PhysicalFlow
    >>> PhysicalFlow("JPN", "USA", "C29", 1.5e6, "vehicles")
    PhysicalFlow(exporter='JPN', importer='USA', sector='C29', quantity=1,500,000, unit='vehicles')
    """

    exporter: str
    importer: str
    sector: str
    quantity: float
    unit: str
    part: str | None = None
    """The part of the sector that is counted, named as in the shocks; None means the whole cell."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Arrays(Fixed, Shown):
    """The same world as bare float64 arrays, for kernels. N countries, S sectors.

    Letters follow Caliendo & Parro (2015): X expenditure, Y output, pi shares, V value added, D deficits,
    I income, gamma input shares of output, beta value-added shares, alpha final shares.
    """

    flows: Array  # (N, N, S) importer, exporter, sector; net of tariff
    tariff: Array  # (N, N, S)
    gamma: Array  # (N, S input, S output sector)
    beta: Array  # (N, S)
    alpha: Array  # (N, S)
    theta: Array  # (S,)
    expenditure: Array  # X (N, S), tariff included
    output: Array  # Y (N, S)
    shares: Array  # pi (N, N, S) of tariff-inclusive expenditure
    value_added: Array  # V (N,)
    revenue: Array  # (N,) tariff revenue
    deficits: Array  # D (N,) imports less exports
    income: Array  # I (N,) = V + revenue + D

    __setstate__ = Fixed.__setstate__  # a dataclass with slots would make one of its own

    def __post_init__(self) -> None:
        fix(self)

    @classmethod
    def of(
        cls, flows: Array, tariff: Array, *, gamma: Array, beta: Array, alpha: Array, theta: Array
    ) -> Arrays:
        """These arrays, and what follows from them; shapes as above."""
        gross = flows * (1.0 + tariff)
        expenditure = gross.sum(axis=1)
        output = flows.sum(axis=0)
        safe = np.where(expenditure > 0, expenditure, 1.0)
        value_added = (beta * output).sum(axis=1)
        revenue = (flows * tariff).sum(axis=(1, 2))
        deficits = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
        return cls(
            flows=flows,
            tariff=tariff,
            gamma=gamma,
            beta=beta,
            alpha=alpha,
            theta=theta,
            expenditure=expenditure,
            output=output,
            shares=gross / safe[:, None, :],
            value_added=value_added,
            revenue=revenue,
            deficits=deficits,
            income=value_added + revenue + deficits,
        )

    @property
    def imbalance(self) -> float:
        """Largest gap between expenditure and its uses, over the country's total expenditure."""
        return float(np.abs(self.gaps).max())

    @property
    def gaps(self) -> Array:
        """Expenditure less its uses `[country, sector]`, over the country's total expenditure."""
        uses = np.einsum("njk,nk->nj", self.gamma, self.output) + self.alpha * self.income[:, None]
        return (self.expenditure - uses) / self.expenditure.sum(axis=1, keepdims=True)


@dataclass(frozen=True, eq=False)
class TradeWeights(Fixed, Shown):
    """Trade of single economies in ICIO sectors, to weight what a table holds only together."""

    source: str
    """Name of the table it was taken from."""
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Array
    """`[importer, exporter, sector]`, any one unit."""

    def __post_init__(self) -> None:
        fix(self)

    def among(self, economies: Sequence[str], sectors: Sequence[str]) -> Array:
        """`[importer, exporter, sector]` of some economies and sectors; zero where the table lacks them."""
        found = np.zeros((len(economies), len(economies), len(sectors)))
        here = [(n, self.economies.index(code)) for n, code in enumerate(economies) if code in self.economies]
        goods = [(j, self.sectors.index(code)) for j, code in enumerate(sectors) if code in self.sectors]
        if here and goods:
            to, at = np.array(here).T
            into, of = np.array(goods).T
            found[np.ix_(to, to, into)] = self.flows[np.ix_(at, at, of)]
        return found


@as_declared
def labelled(
    values: ArrayLike, dims: Sequence[str], countries: Sequence[str], sectors: Sequence[str]
) -> xr.DataArray:
    """A DataArray with the world's labels; dims `sector` and `input` are sectors, all others countries.

    Raises:
        InputError: the values are no real numbers, or have another shape.

    >>> from kosho.world import labelled
    >>> table = labelled([[1, 2], [3, 4]], ("country", "sector"), ("JPN", "USA"), ("A01", "C29"))
    >>> table.sel(country="USA").values
    array([3., 4.])
    """
    problems = Problems()
    numbers = note_real(problems, values, "values")
    shape = tuple(len(sectors if dim in OF_SECTORS else countries) for dim in dims)
    if numbers is not None and numbers.shape != shape:
        told = _("has shape {one}, wanted {other}", one=numbers.shape, other=shape)
        problems.add(told, ", ".join(dims), key="values")
    if len(set(dims)) < len(dims):
        problems.add(_("names a dimension twice"), key="dims")
    problems.raise_if_any()
    coords = _coordinates(tuple(dims), tuple(countries), tuple(sectors))
    return xr.DataArray(numbers, coords=coords, dims=list(dims))


@lru_cache(maxsize=64)
def _coordinates(dims: tuple[str, ...], countries: tuple[str, ...], sectors: tuple[str, ...]) -> xr.Coordinates:
    """Labels with their indexes, which take longer to make than all else of an array."""
    return xr.Coordinates({dim: list(sectors if dim in OF_SECTORS else countries) for dim in dims})
