"""`World`: the economy before the change, frozen, with names on every array.

Conventions everywhere in Kosho: values in million USD at basic prices unless `meta.unit` says otherwise;
rates and shares are fractions; index order importer, exporter, sector; the diagonal (importer is exporter)
is domestic sales and carries no tariff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from kosho.arrays import Array, Mask
from kosho.display import Card, Shown, listing, number, plural
from kosho.errors import InputError, Problem, Problems, suggest

__all__ = ["PhysicalFlow", "World", "WorldMeta"]


SHARE_TOLERANCE = 1e-3
"""Input shares that miss a sum of one by less are renormalised and reported; by more they are an error."""


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
    """For an aggregated table, the economies in each region."""
    sectors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
class Arrays(Shown):
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


@dataclass(frozen=True, eq=False)
class World(Shown):
    """The economy before the change (see the module for conventions). Make one with `from_flows` or `load`.

    >>> from kosho.world import toy
    >>> world = toy()
    >>> world.countries, world.sectors
    (('JPN', 'USA', 'CHN'), ('A01', 'C29'))
    >>> world.tariff.sel(importer="CHN", exporter="JPN").to_series().to_dict()
    {'A01': 0.08, 'C29': 0.15}
    >>> world.with_theta(3.0).theta.values
    array([3., 3.])
    """

    flows: xr.DataArray
    """`[importer, exporter, sector]`, value net of tariff."""
    tariff: xr.DataArray
    """`[importer, exporter, sector]`, base ad valorem rate actually applied."""
    io_share: xr.DataArray
    """`[country, input, sector]`, share of `input` in the gross output of `sector`, tariffs included."""
    va_share: xr.DataArray
    """`[country, sector]`, with `va_share + io_share.sum("input") == 1`."""
    final_share: xr.DataArray
    """`[country, sector]`, shares of final spending, tariffs included; each country sums to one."""
    theta: xr.DataArray
    """`[sector]`, trade elasticity: tariff-exclusive import values fall with elasticity -(theta + 1)."""
    meta: WorldMeta
    unknown_tariff: xr.DataArray | None = None
    """`[importer, exporter, sector]` of bool: base rate not known, held at zero on both sides of any change."""
    units: tuple[PhysicalFlow, ...] = ()
    theta_spread: xr.DataArray | None = None
    """`[sector]`, standard deviation of ln(theta), for draws."""

    def card(self) -> Card:
        """What economy it is, and how far it can be trusted."""
        size = f"{plural(len(self.countries), 'country', 'countries')} × {plural(len(self.sectors), 'sector')}"
        year = f", {self.meta.year}" if self.meta.year else ""
        known = [
            ("source", self.meta.source),
            ("estimated", "; ".join(self.meta.estimated)),
            ("adjusted", "; ".join(self.meta.adjustments)),
            ("counted in units", plural(len(self.units), "flow") if self.units else ""),
        ]
        return Card(
            f"World {self.meta.name}: {size}{year}",
            [
                ("countries", listing(self.countries, 8)),
                ("sectors", listing(self.sectors, 8)),
                ("value added", f"{number(float(f'{self.arrays.value_added.sum():.3g}'))} {self.meta.unit}"),
                ("trade elasticity", f"{number(float(self.theta.min()))} to {number(float(self.theta.max()))}"),
                *((label, text) for label, text in known if text),
            ],
        )

    @classmethod
    def from_flows(
        cls,
        flows: xr.DataArray,
        *,
        tariff: xr.DataArray,
        io_share: xr.DataArray,
        theta: xr.DataArray,
        final_share: xr.DataArray | None = None,
        meta: WorldMeta | None = None,
    ) -> World:
        """Calibrate a world to flows.

        Args:
            flows: `[importer, exporter, sector]`, value net of tariff, any one unit of money; the diagonal is
                domestic sales.
            tariff: `[importer, exporter, sector]`, ad valorem fractions above -1, zero on the diagonal.
            io_share: `[country, input, sector]`, share of `input`, tariff included, in the gross output of
                `sector`; each column sums to at most one, the rest is value added.
            theta: `[sector]`, positive.
            final_share: `[country, sector]`; None takes what is left of expenditure after intermediate use.
                A negative rest is clipped to zero and reported in `meta.adjustments` by name: such a table is
                not an equilibrium until `kosho.equilibrium.rebase` has made it one.
            meta: What the table is.

        Returns:
            A frozen world; labels of `flows` set the order of all arrays.

        Raises:
            InputError: labels differ between arrays, or values that cannot be; all of them are listed.

        >>> from kosho.world import World, labelled
        >>> names = ("JPN", "USA"), ("A01",)
        >>> cell = ("importer", "exporter", "sector")
        >>> World.from_flows(
        ...     labelled([[[90.0], [10.0]], [[10.0], [190.0]]], cell, *names),
        ...     tariff=labelled([[[0.0], [0.1]], [[0.0], [0.0]]], cell, *names),
        ...     io_share=labelled([[[0.3]], [[0.3]]], ("country", "input", "sector"), *names),
        ...     theta=labelled([4.0], ("sector",), *names),
        ... )
        World custom: 2 countries × 1 sector
          countries          JPN, USA
          sectors            A01
          value added        210 million USD
          trade elasticity   4 to 4
        """
        meta = meta or WorldMeta("custom")
        countries, sectors = _labels(flows)
        arrays = {
            "flows": _ordered(flows, ("importer", "exporter", "sector"), countries, sectors, "flows"),
            "tariff": _ordered(tariff, ("importer", "exporter", "sector"), countries, sectors, "tariff"),
            "io_share": _ordered(io_share, ("country", "input", "sector"), countries, sectors, "io_share"),
            "theta": _ordered(theta, ("sector",), countries, sectors, "theta"),
        }
        _refuse_impossible(arrays)
        notes = list(meta.adjustments)
        gamma = _capped_inputs(arrays["io_share"], notes)
        beta = 1.0 - gamma.sum("input")
        world = cls(
            flows=arrays["flows"],
            tariff=arrays["tariff"],
            io_share=gamma,
            va_share=beta,
            final_share=beta,  # replaced below; needs the world's own output and income
            theta=arrays["theta"],
            meta=meta,
        )
        if final_share is None:
            shares = _final_shares(world, notes)
        else:
            shares = _ordered(final_share, ("country", "sector"), countries, sectors, "final_share")
            _refuse_bad_final_shares(shares)
        return replace(world, final_share=shares, meta=replace(meta, adjustments=tuple(notes)))

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Codes of the economies, in the order of every array."""
        return tuple(str(code) for code in self.flows.indexes["importer"])

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Codes of the sectors, in the order of every array."""
        return tuple(str(code) for code in self.flows.indexes["sector"])

    @cached_property
    def arrays(self) -> Arrays:
        """Bare arrays and what follows from them, computed once."""
        flows, tariff = _bare(self.flows), _bare(self.tariff)
        gross = flows * (1.0 + tariff)
        expenditure = gross.sum(axis=1)
        output = flows.sum(axis=0)
        safe = np.where(expenditure > 0, expenditure, 1.0)
        beta = _bare(self.va_share)
        value_added = (beta * output).sum(axis=1)
        revenue = (flows * tariff).sum(axis=(1, 2))
        deficits = flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2))
        return Arrays(
            flows=flows,
            tariff=tariff,
            gamma=_bare(self.io_share),
            beta=beta,
            alpha=_bare(self.final_share),
            theta=_bare(self.theta),
            expenditure=expenditure,
            output=output,
            shares=gross / safe[:, None, :],
            value_added=value_added,
            revenue=revenue,
            deficits=deficits,
            income=value_added + revenue + deficits,
        )

    @cached_property
    def imbalance(self) -> float:
        """Largest gap between expenditure and its uses, over the country's total expenditure.

        Zero (to rounding) in a table that is an equilibrium, where a zero shock changes nothing.
        """
        a = self.arrays
        uses = np.einsum("njk,nk->nj", a.gamma, a.output) + a.alpha * a.income[:, None]
        return float((np.abs(a.expenditure - uses) / a.expenditure.sum(axis=1, keepdims=True)).max())

    @cached_property
    def hash(self) -> str:
        """Short fingerprint of all numbers and labels; equal worlds have equal hashes."""
        digest = hashlib.sha256("|".join((*self.countries, *self.sectors)).encode())
        for array in (self.flows, self.tariff, self.io_share, self.final_share, self.theta):
            digest.update(np.ascontiguousarray(_bare(array)).tobytes())
        return digest.hexdigest()[:16]

    def with_theta(self, theta: xr.DataArray | float) -> World:
        """The same economy with other trade elasticities, `[sector]` or one number for all.

        >>> from kosho.world import toy
        >>> toy().with_theta(2.5).theta.values
        array([2.5, 2.5])
        """
        new = (
            self.theta.copy(data=np.broadcast_to(np.asarray(theta, float), self.theta.shape).copy())
            if not isinstance(theta, xr.DataArray)
            else _ordered(theta, ("sector",), self.countries, self.sectors, "theta")
        )
        _refuse_impossible({"theta": new})
        return replace(self, theta=new)

    def with_tariff(self, rates: xr.DataArray | Mapping[tuple[str, str, str], float]) -> World:
        """The same flows with other base tariffs, recalibrated.

        Args:
            rates: `[importer, exporter, sector]` fractions, NaN or absent where nothing changes; or a mapping
                from (importer, exporter, sector) to a rate. Rates given count as known from here on.

        Raises:
            InputError: unknown codes, rates at or below -100 %, a rate on domestic sales.

        >>> from kosho.world import toy
        >>> world = toy().with_tariff({("USA", "JPN", "C29"): 0.15})
        >>> world.tariff.sel(importer="USA", exporter="JPN").values
        array([0.03, 0.15])
        """
        from kosho.world.aggregate import with_tariff  # noqa: PLC0415  (it builds on this module)

        return with_tariff(self, rates)

    def aggregate(
        self,
        *,
        regions: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
    ) -> World:
        """The same economy in fewer regions or sectors, added up on flows; an equilibrium stays one.

        Tariffs are weighted by revenue, `theta` and its spread by trade between countries; quantities go along.
        Duties on trade inside a region are left out and reported.

        Args:
            regions: Members of each region by its code, in the order wanted; every country in exactly one.
                None keeps the countries.
            sectors: The same for sectors.

        Raises:
            InputError: unknown, missing or repeated members; all of them are listed.

        >>> from kosho.world import toy
        >>> toy().aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)}).countries
        ('PAC', 'CHN')
        """
        from kosho.world.aggregate import aggregate  # noqa: PLC0415  (it builds on this module)

        return aggregate(self, regions, sectors)

    def with_units(self, units: Sequence[PhysicalFlow]) -> World:
        """The same economy with physical quantities attached to flows.

        Raises:
            InputError: a flow names a country or sector that is not in this world.

        >>> from kosho.world import PhysicalFlow, toy
        >>> world = toy().with_units([PhysicalFlow("USA", "JPN", "A01", 3e6, "tonnes")])
        >>> [f"{flow.quantity:,.0f} {flow.unit}" for flow in world.units]
        ['1,500,000 vehicles', '3,000,000 tonnes']
        """
        for flow in units:
            for code in (flow.exporter, flow.importer):
                self.position(code)
            self.sector_position(flow.sector)
        return replace(self, units=(*self.units, *units)) if units else self

    def position(self, code: str) -> int:
        """Where a country stands in every array.

        Raises:
            InputError: it is not in this world.

        >>> from kosho.world import toy
        >>> toy().position("USA")
        1
        >>> toy().position("US")
        Traceback (most recent call last):
            ...
        kosho.errors.InputError: unknown country 'US' (did you mean USA?)
        """
        return _position(self.countries, code, "country")

    def sector_position(self, code: str) -> int:
        """Where a sector stands in every array.

        Raises:
            InputError: it is not in this world.
        """
        return _position(self.sectors, code, "sector")


def _position(labels: tuple[str, ...], code: str, what: str) -> int:
    if code not in labels:
        raise InputError(Problem(f"unknown {what} {code!r}", suggest(code, labels)))
    return labels.index(code)


def _bare(array: xr.DataArray) -> Array:
    return np.ascontiguousarray(array.to_numpy(), dtype=np.float64)


def _labels(flows: xr.DataArray) -> tuple[tuple[str, ...], tuple[str, ...]]:
    problems = Problems()
    for dim in ("importer", "exporter", "sector"):
        if dim not in flows.indexes:
            problems.add(f"flows need a labelled dimension {dim!r}", f"dimensions are {flows.dims}")
    problems.raise_if_any()
    importers = tuple(str(code) for code in flows.indexes["importer"])
    exporters = tuple(str(code) for code in flows.indexes["exporter"])
    sectors = tuple(str(code) for code in flows.indexes["sector"])
    if set(importers) != set(exporters):
        odd = sorted(set(importers) ^ set(exporters))
        problems.add(f"importers and exporters differ: {', '.join(odd[:10])}", "list the same on both sides")
    for labels, dim in ((importers, "importer"), (sectors, "sector")):
        if len(set(labels)) != len(labels):
            problems.add(f"labels of {dim} are not unique")
    problems.raise_if_any()
    return importers, sectors


def _ordered(
    array: xr.DataArray,
    dims: tuple[str, ...],
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    name: str,
) -> xr.DataArray:
    """`array` with dims and labels in the order of the world, as float64."""
    problems = Problems()
    wanted = {dim: list(sectors if dim in ("sector", "input") else countries) for dim in dims}
    if set(array.dims) != set(dims):
        problems.add(f"{name} has dimensions {array.dims}", f"wanted {dims}")
        problems.raise_if_any()
    for dim, labels in wanted.items():
        if dim not in array.indexes:
            problems.add(f"{name} has no labels along {dim!r}")
            continue
        given = {str(code) for code in array.indexes[dim]}
        missing, extra = sorted(set(labels) - given), sorted(given - set(labels))
        if missing:
            problems.add(f"{name} lacks {', '.join(missing[:10])} along {dim!r}")
        if extra:
            problems.add(f"{name} has unknown {', '.join(extra[:10])} along {dim!r}")
    problems.raise_if_any()
    return array.reindex(wanted).transpose(*dims).astype(np.float64)


def _refuse_impossible(arrays: Mapping[str, xr.DataArray]) -> None:
    rules: dict[str, tuple[Callable[[Array], Mask], str]] = {
        "flows": (lambda v: v < 0, "is negative; flows are zero or more"),
        "tariff": (lambda v: v <= -1, "is at or below -100 %; rates are fractions above -1"),
        "io_share": (lambda v: (v < 0) | (v > 1), "is outside 0 to 1"),
        "theta": (lambda v: v <= 0, "is not positive"),
    }
    problems = Problems()
    for name, array in arrays.items():
        impossible, message = rules[name]
        values = _bare(array)
        wrong = impossible(values) | ~np.isfinite(values)
        places = np.argwhere(wrong)
        for place in places[:10]:
            labels = ", ".join(str(array.indexes[d][i]) for d, i in zip(array.dims, place, strict=True))
            value = values[tuple(place)]
            reason = message if np.isfinite(value) else "is not a finite number"
            problems.add(f"{name}[{labels}] = {value:g} {reason}")
        if len(places) > 10:
            problems.add(f"{name}: {len(places) - 10} more like these")
        if name == "tariff" and not wrong.any():
            diagonal = np.einsum("nns->ns", values)
            for n, s in np.argwhere(diagonal != 0)[:10]:
                code = array.indexes["importer"][n], array.indexes["sector"][s]
                problems.add(f"tariff[{code[0]}, {code[0]}, {code[1]}] is not zero", "domestic sales bear none")
    problems.raise_if_any()


def _capped_inputs(io_share: xr.DataArray, notes: list[str]) -> xr.DataArray:
    """Input shares whose columns sum to at most one; a larger sum is scaled down if tiny, else an error."""
    total = io_share.sum("input")
    excess = _bare(total) - 1.0
    places = np.argwhere(excess > 0)
    if not len(places):
        return io_share
    problems = Problems()
    for n, s in places:
        name = f"{total.indexes['country'][n]} {total.indexes['sector'][s]}"
        if excess[n, s] > SHARE_TOLERANCE:
            problems.add(
                f"input shares of {name} sum to {1 + excess[n, s]:.6g}",
                "at most one: what is left is the share of value added",
            )
        elif excess[n, s] > 1e-12:
            notes.append(f"input shares of {name} summed to {1 + excess[n, s]:.9g}, renormalised to one")
    problems.raise_if_any()
    return io_share / xr.where(total > 1.0, total, 1.0)


def _final_shares(world: World, notes: list[str]) -> xr.DataArray:
    """Final shares as what intermediate use leaves of expenditure; negative rests clipped, named in `notes`."""
    a = world.arrays
    rest = a.expenditure - np.einsum("njk,nk->nj", a.gamma, a.output)
    # Rests this close to zero are rounding, not demand.
    clipped = rest < -1e-9 * a.expenditure.sum(axis=1, keepdims=True)
    if clipped.any():
        order = sorted(np.argwhere(clipped), key=lambda place: rest[tuple(place)])
        named = ", ".join(f"{world.countries[n]} {world.sectors[s]}" for n, s in order[:5])
        share = -rest[clipped].sum() / a.expenditure.sum()
        notes.append(
            f"{clipped.sum()} cells of final demand were negative and set to zero "
            f"({share:.2%} of expenditure; largest {named})"
        )
    final = np.maximum(rest, 0.0)
    total = final.sum(axis=1)
    if (total <= 0).any():
        empty = [world.countries[n] for n in np.flatnonzero(total <= 0)]
        raise InputError(
            Problem(f"no final demand is left in {', '.join(empty)}", "check flows and input shares")
        )
    return world.va_share.copy(data=final / total[:, None])


def _refuse_bad_final_shares(shares: xr.DataArray) -> None:
    values = _bare(shares)
    problems = Problems()
    for n, s in np.argwhere(~(values >= 0))[:10]:
        where = f"{shares.indexes['country'][n]}, {shares.indexes['sector'][s]}"
        problems.add(f"final_share[{where}] = {values[n, s]:g} is not zero or more")
    gap = values.sum(axis=1) - 1.0
    for n in np.flatnonzero(~(np.abs(gap) < 1e-6))[:10]:
        problems.add(f"final shares of {shares.indexes['country'][n]} sum to {1 + gap[n]:.9g}", "one")
    problems.raise_if_any()


def labelled(
    values: ArrayLike, dims: Sequence[str], countries: Sequence[str], sectors: Sequence[str]
) -> xr.DataArray:
    """A DataArray with the world's labels; dims `sector` and `input` are sectors, all others countries.

    >>> from kosho.world import labelled
    >>> table = labelled([[1, 2], [3, 4]], ("country", "sector"), ("JPN", "USA"), ("A01", "C29"))
    >>> table.sel(country="USA").values
    array([3., 4.])
    """
    coords = {dim: list(sectors if dim in ("sector", "input") else countries) for dim in dims}
    return xr.DataArray(np.asarray(values, dtype=np.float64), coords=coords, dims=list(dims))
