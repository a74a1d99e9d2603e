"""`World`: the economy before the change, frozen, with names on every array.

Conventions everywhere in Kosho: values in million USD at basic prices unless `meta.unit` says otherwise;
rates and shares are fractions; index order importer, exporter, sector; the diagonal (importer is exporter)
is domestic sales and carries no tariff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import NoneType

import numpy as np
import xarray as xr

from kosho.arguments import refuse_sort
from kosho.arrays import Array, Index, Mask
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, number, plural
from kosho.language import N_
from kosho.readonly import Fixed, fix, fixed
from kosho.world.aggregate import grouped, leaves
from kosho.world.calibrate import Economy, input_shares, ratio
from kosho.world.economy import FLOW_DIMS, Arrays, PhysicalFlow, TradeWeights, WorldMeta, labelled
from kosho.world.labels import place_of, position_of, rates_given, refuse_quantities, sector_holding
from kosho.world.law_cells import LawCells, Members, law_cells
from kosho.world.notes import INSIDE
from kosho.world.table_checks import (
    bare,
    capped_inputs,
    final_shares,
    labels_of,
    ordered,
    refuse_bad_final_shares,
    refuse_implausible,
    refuse_impossible,
    refuse_no_number,
    refuse_sorts,
)

__all__ = ["Arrays", "Detail", "PhysicalFlow", "World", "WorldMeta", "labelled"]


@dataclass(frozen=True, eq=False)
class Detail(Fixed, Shown):
    """The finer world that a world was aggregated from, and where its countries and sectors went.

    >>> from kosho.world import Detail, toy
    >>> pacific = toy().aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)})
    >>> isinstance(pacific.detail, Detail), pacific.detail.country.tolist()
    (True, [0, 0, 1])
    """

    world: World
    country: Index
    """`[country of the finer world]`, position in the aggregated one."""
    sector: Index
    """`[sector of the finer world]`, position in the aggregated one."""

    def __post_init__(self) -> None:
        fix(self)

    def inside(self, country: Index, sector: Index) -> Detail:
        """The same finer world behind an aggregation of the aggregated one.

        Args:
            country: `[country of the aggregated world]`, position in the new one.
            sector: `[sector of the aggregated world]`, position in the new one.
        """
        return Detail(self.world, country[self.country], sector[self.sector])


@dataclass(frozen=True, eq=False)
class World(Fixed, Shown):
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
    investment: xr.DataArray | None = None
    """`[country, sector]`, gross fixed capital formation by what it is made of, where the table tells it; of
    the table itself, not of what is aggregated from it."""
    detail: Detail | None = None
    """The finer world this one was aggregated from; None where it is a table by itself."""
    within: TradeWeights | None = None
    """Trade that weights what regions and sectors hold together, where the table has no finer detail."""

    def __post_init__(self) -> None:
        fix(self)

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
    def from_flows(  # noqa: PLR0913 - one parameter an array
        cls,
        flows: xr.DataArray,
        *,
        tariff: xr.DataArray,
        io_share: xr.DataArray,
        theta: xr.DataArray,
        final_share: xr.DataArray | None = None,
        meta: WorldMeta | None = None,
        insist: bool = False,
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
            insist: Take rates and elasticities that are out of bounds (see `kosho.bounds`): base rates below
                zero or above 300 %, rates that look like percent or 1 + t, a theta outside 0.01 to 200.

        Returns:
            A frozen world, whose arrays cannot be written into; labels of `flows` set the order of all arrays.

        Raises:
            InputError: an array is of another type or shape, labels differ between arrays, or values that
                cannot be or are out of bounds; all of them are listed.

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
        refuse_sort(insist, bool, "insist")
        refuse_sort(meta, (WorldMeta, NoneType), "meta")
        refuse_sorts(flows=flows, tariff=tariff, io_share=io_share, theta=theta, final_share=final_share)
        meta = meta or WorldMeta("custom")
        countries, sectors = labels_of(flows)
        arrays = {
            "flows": ordered(flows, ("importer", "exporter", "sector"), countries, sectors, "flows"),
            "tariff": ordered(tariff, ("importer", "exporter", "sector"), countries, sectors, "tariff"),
            "io_share": ordered(io_share, ("country", "input", "sector"), countries, sectors, "io_share"),
            "theta": ordered(theta, ("sector",), countries, sectors, "theta"),
        }
        refuse_impossible(arrays)
        if not insist:
            refuse_implausible(arrays)
        notes = list(meta.adjustments)
        gamma = capped_inputs(arrays["io_share"], notes)
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
            values = final_shares(world.arrays, countries, sectors, notes)
            shares = world.va_share.copy(data=values)
        else:
            shares = ordered(final_share, ("country", "sector"), countries, sectors, "final_share")
            refuse_bad_final_shares(shares)
        return replace(world, final_share=shares, meta=replace(meta, adjustments=tuple(notes)))

    @classmethod
    def calibrated(
        cls, economy: Economy, tariff: Array, theta: xr.DataArray, meta: WorldMeta, unknown: Mask
    ) -> World:
        """A world calibrated to flows and base tariffs, an exact equilibrium; see `kosho.world.calibrate`.

        Args:
            economy: Flows and input use.
            tariff: `[importer, exporter, sector]`, fractions, zero on the diagonal.
            theta: `[sector]`.
            meta: What the table is; adjustments made here are added to it by name.
            unknown: `[importer, exporter, sector]`, where the rate is not known.
        """
        countries, sectors = economy.countries, economy.sectors
        gamma, notes = input_shares(economy, tariff)
        world = cls.from_flows(
            labelled(economy.flows, FLOW_DIMS, countries, sectors),
            tariff=labelled(tariff, FLOW_DIMS, countries, sectors),
            io_share=labelled(gamma, ("country", "input", "sector"), countries, sectors),
            theta=theta,
            meta=replace(meta, adjustments=(*meta.adjustments, *notes)),
            insist=True,  # rates and elasticities have come in by a door of their own
        )
        return replace(world, unknown_tariff=world.tariff.copy(data=unknown))

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
        return Arrays.of(
            bare(self.flows),
            bare(self.tariff),
            gamma=bare(self.io_share),
            beta=bare(self.va_share),
            alpha=bare(self.final_share),
            theta=bare(self.theta),
        )

    @cached_property
    def net_inputs(self) -> Array:
        """Use of inputs `[country, input, sector]` net of tariffs, same unit as flows."""
        a = self.arrays
        net = ratio(a.flows.sum(axis=1), a.expenditure, 1.0)
        return fixed(a.gamma * a.output[:, None, :] * net[:, :, None])

    @property
    def finest(self) -> World:
        """The finest world behind this one: what it was aggregated from, or itself."""
        return self if self.detail is None else self.detail.world

    @cached_property
    def law_cells(self) -> LawCells:
        """The trade of the finest world by economy and ICIO sector, placed in this one.

        Raises:
            InputError: some labels of the table stand for no known code; all of them are listed.
        """
        if self.detail is not None:
            finer = self.detail.world.law_cells
            country, sector = self.detail.country[finer.country], self.detail.sector[finer.sector]
            return replace(finer, country=country, sector=sector)
        members = Members.of(self.countries, self.sectors, self.meta, self.within)
        return law_cells(members, self.arrays.flows, self.arrays.tariff)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What it took to speak of law and elasticities in this world, in words; empty if nothing was assumed.

        Raises:
            InputError: as `law_cells`.
        """
        return (*self.finest.meta.assumptions, *self.law_cells.notes)

    @cached_property
    def imbalance(self) -> float:
        """Largest gap between expenditure and its uses, over the country's total expenditure.

        Zero (to rounding) in a table that is an equilibrium, where a zero shock changes nothing.
        """
        return self.arrays.imbalance

    @cached_property
    def hash(self) -> str:
        """Short fingerprint of all numbers and labels; equal worlds have equal hashes."""
        digest = hashlib.sha256("|".join((*self.countries, *self.sectors)).encode())
        for array in (self.flows, self.tariff, self.io_share, self.final_share, self.theta):
            digest.update(np.ascontiguousarray(bare(array)).tobytes())
        return digest.hexdigest()[:16]

    def with_theta(self, theta: xr.DataArray | float, *, insist: bool = False) -> World:
        """The same economy with other trade elasticities, `[sector]` or one number for all.

        The finer world behind an aggregated one has its own scaled alike, sector by sector.

        Args:
            theta: Positive; between 0.01 and 200 unless `insist`.
            insist: Take elasticities that are out of bounds.

        Raises:
            InputError: it is no number or labelled array of the world's sectors, or out of bounds.

        >>> from kosho.world import toy
        >>> toy().with_theta(2.5).theta.values
        array([2.5, 2.5])
        """
        refuse_sort(insist, bool, "insist")
        if isinstance(theta, xr.DataArray):
            refuse_sorts(theta=theta)
            new = ordered(theta, ("sector",), self.countries, self.sectors, "theta")
        else:
            refuse_no_number(theta, "theta")
            new = self.theta.copy(data=np.full(self.theta.shape, float(theta)))
        refuse_impossible({"theta": new})
        if not insist:
            refuse_implausible({"theta": new})
        detail = self.detail
        if detail is not None:
            scale = (bare(new) / bare(self.theta))[detail.sector]
            finer = replace(detail.world, theta=detail.world.theta * scale)
            detail = replace(detail, world=finer)
        return self._at_hand(replace(self, theta=new, detail=detail), "law_cells")

    def with_tariff(
        self, rates: xr.DataArray | Mapping[tuple[str, str, str], float], *, insist: bool = False
    ) -> World:
        """The same flows with other base tariffs, recalibrated.

        Args:
            rates: `[importer, exporter, sector]` fractions, NaN or absent where nothing changes; or a mapping
                from (importer, exporter, sector) to a rate. Rates given count as known from here on.
            insist: Take rates below zero or above 300 %.

        Raises:
            InputError: unknown codes, rates at or below -100 %, a rate on domestic sales, rates out of bounds.

        >>> from kosho.world import toy
        >>> world = toy().with_tariff({("USA", "JPN", "C29"): 0.15})
        >>> world.tariff.sel(importer="USA", exporter="JPN").values
        array([0.03, 0.15])
        """
        refuse_sort(insist, bool, "insist")
        given, known = rates_given(rates, self.countries, self.sectors)
        if not insist:
            given_alone = labelled(np.where(known, given, 0.0), FLOW_DIMS, self.countries, self.sectors)
            refuse_implausible({"tariff": given_alone}, "rates")
        unknown = np.zeros(known.shape, bool) if self.unknown_tariff is None else self.unknown_tariff.to_numpy()
        new = World.calibrated(
            Economy(self.countries, self.sectors, self.arrays.flows, self.net_inputs),
            np.where(known, given, self.arrays.tariff),
            self.theta,
            self.meta,
            unknown & ~known,
        )
        detail = self.detail
        if detail is not None:
            # Every member bears what its region does.
            cells = np.ix_(detail.country, detail.country, detail.sector)
            finer = detail.world.flows.copy(data=np.where(known, given, np.nan)[cells])
            home = np.arange(len(detail.country))
            finer.values[home, home, :] = np.nan
            detail = replace(detail, world=detail.world.with_tariff(finer, insist=True))
        return replace(
            new,
            units=self.units,
            theta_spread=self.theta_spread,
            investment=self.investment,
            unknown_tariff=None if self.unknown_tariff is None else new.unknown_tariff,
            detail=detail,
            within=self.within,
        )

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
        >>> pacific = toy().aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)})
        >>> pacific.countries, pacific.finest.countries
        (('PAC', 'CHN'), ('JPN', 'USA', 'CHN'))
        """
        groups = grouped(regions, sectors, self.countries, self.sectors)
        made = groups.aggregate(self.arrays)
        countries, codes = groups.region.codes, groups.sector.codes
        new = World.from_flows(
            labelled(made.flows, FLOW_DIMS, countries, codes),
            tariff=labelled(made.tariff, FLOW_DIMS, countries, codes),
            io_share=labelled(made.gamma, ("country", "input", "sector"), countries, codes),
            theta=labelled(made.theta, ("sector",), countries, codes),
            final_share=labelled(made.alpha, ("country", "sector"), countries, codes),
            meta=self.meta,
            insist=True,
        )
        flows = self.arrays.flows
        placed = [
            (one, place_of((one.importer, one.exporter, one.sector), self.countries, self.sectors))
            for one in self.units
        ]
        units, notes = groups.units(placed, flows, made.flows)
        if made.inside.sum() > 0:
            where = [countries[n] for n in np.flatnonzero(made.inside.sum(axis=1) > 0)]
            notes.append(INSIDE.format(value=f"{made.inside.sum():.3g}", regions=", ".join(where)))
        meta = replace(
            new.meta,
            adjustments=(*new.meta.adjustments, *notes),
            regions=leaves(groups.region.members, self.meta.regions),
            sectors=leaves(groups.sector.members, self.meta.sectors),
        )
        places = groups.region.place, groups.sector.place
        unknown, spread = self.unknown_tariff, self.theta_spread
        return replace(
            new,
            meta=meta,
            units=units,
            unknown_tariff=None
            if unknown is None
            else new.tariff.copy(data=groups.unknown(unknown.to_numpy(), flows)),
            theta_spread=None
            if spread is None
            else new.theta.copy(data=groups.theta(flows, spread.to_numpy())),
            detail=Detail(self, *places) if self.detail is None else self.detail.inside(*places),
        )

    @as_declared
    def with_units(self, units: Sequence[PhysicalFlow]) -> World:
        """The same economy with physical quantities attached to flows.

        Raises:
            InputError: a flow names a country or sector that is not in this world.

        >>> from kosho.world import PhysicalFlow, toy
        >>> world = toy().with_units([PhysicalFlow("USA", "JPN", "A01", 3e6, "tonnes")])
        >>> [f"{flow.quantity:,.0f} {flow.unit}" for flow in world.units]
        ['1,500,000 vehicles', '3,000,000 tonnes']
        """
        refuse_quantities(units, self.countries, self.sectors)
        if not units:
            return self
        return self._at_hand(replace(self, units=(*self.units, *units)), "arrays", "law_cells", "hash")

    def _at_hand(self, new: World, *names: str) -> World:
        """A world that differs in nothing some cached properties depend on, with those that are worked out."""
        new.__dict__.update({name: self.__dict__[name] for name in names if name in self.__dict__})
        return new

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
        return position_of(self.countries, code, N_("country"), self.meta.regions)

    def sector_position(self, code: str) -> int:
        """Where a sector stands in every array.

        Raises:
            InputError: it is not in this world.
        """
        return position_of(self.sectors, code, N_("sector"), self.meta.sectors)

    def sector_of(self, code: str) -> str:
        """The sector of this world that is a label of it, or exactly one ICIO sector.

        Raises:
            InputError: there is none; where the ICIO sector is only part of one, that is named.

        >>> from kosho.world import toy
        >>> toy().sector_of("C29")
        'C29'
        """
        return sector_holding(code, self.sectors, self.meta.sectors)
