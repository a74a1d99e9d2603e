"""`Closure`: what is held fixed and what adjusts, chosen by how far ahead one looks.

Every part is neutral by default; the plain closure is the model of Caliendo & Parro (2015) with deficits fixed.
`docs/methods/closures.md` has the equations, and where they come from.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Literal, cast

import numpy as np
import xarray as xr

from kosho.arguments import note_array, note_sort
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing, number, percent
from kosho.equilibrium.arguments import Deficits
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.readonly import fix
from kosho.world import World
from kosho.world.factors import capital_shares, factor_sources, investment_baskets, labour_taxes

__all__ = [
    "CAPITAL_SHARE",
    "ByName",
    "Capital",
    "Closure",
    "Product",
    "Revenue",
    "agreed",
    "by_country",
    "by_name",
    "capped",
    "profit_shares",
    "refuse_other_world",
]

Revenue = Literal["lump-sum", "tax-relief", "kept"]
"""What the treasury does with a change of tariff revenue: households get it as a sum, however much they work;
the tax on their labour changes by as much; or it is spent on what households buy, and is no gain of theirs."""
Capital = Literal["in-place", "accumulated"]
ByName = float | Mapping[str, float]
"""One number for all, or a number for each by its code."""
Product = str | tuple[str, str]
"""A sector or the name of a part; with an exporter in front, from there alone: `("JPN", "C29")`."""

CAP = 0.9
"""Largest share of value added that profits are let take."""
CAPITAL_SHARE = 0.33
"""Used where capital accumulates and nothing is said; an assumption, and told as one."""
MANY = 60
"""Codes told by name before the others are counted."""
NUMBERS = ("labour_supply", "labour_mobility", "scale")


@as_declared
@dataclass(frozen=True, eq=False, kw_only=True)
class Closure(Shown):
    """What adjusts, besides prices, spending and trade. The first argument nobody needs is this one.

    Raises:
        InputError: a value of another type, or one that cannot be; all of them are listed.

    >>> from kosho.equilibrium import Closure, Shock, solve
    >>> from kosho.world import toy
    >>> Closure(labour_supply=0.5, revenue="tax-relief")
    Closure
      labour    elasticity of supply 0.5; revenue as tax relief
      assumed   labour_supply 0.5, labour_tax: none, so that the use of revenue hardly matters
    >>> Closure(labour_supply=0.5).sourced(toy()).labour_tax
    {'JPN': 0.326, 'USA': 0.305, 'CHN': 0.335}
    >>> car_tariff = Shock.tariffs(toy(), {("USA", "JPN", "C29"): 0.15})
    >>> outcome = solve(toy(), car_tariff, closure=Closure(labour_supply=0.5))
    >>> outcome.employment.round(4).to_series().to_dict()
    {'JPN': -0.0044, 'USA': -0.0021, 'CHN': -0.0001}
    """

    labour_supply: float = 0.0
    """Elasticity of labour supply to the real wage that workers keep; zero is labour as given."""
    labour_tax: ByName | None = None
    """Tax on labour in the base, a fraction of the wage, by country. Where it is not known the use of revenue
    cannot be judged: as if there were none, it hardly matters to anyone's gain."""
    revenue: Revenue = "lump-sum"
    capital: Capital = "in-place"
    """`in-place`: value added is one factor. `accumulated`: capital is what keeps its real return; effects are
    between two steady states, and say nothing of the years between."""
    capital_share: ByName | None = None
    """Of value added less profits, by sector or by country; only where capital accumulates. None, and countries
    that are not named, have 0.33, an assumption."""
    investment: xr.DataArray | None = None
    """`[country, sector]`, shares of what capital is made of; None takes what is consumed, an assumption."""
    labour_mobility: float = np.inf
    """Frechet shape of how good workers are in each sector, 1 to infinity: infinite is free to move, 1 as if
    earnings were bound to sectors."""
    profits: Sequence[str] | Mapping[str, float] = ()
    """Sectors with a fixed number of makers (Ossa 2014), who keep 1/sigma of what they receive, sigma = theta
    + 1; or what they keep, by sector. At most 0.9 of value added: `capped` names the cells cut to that."""
    absorbed: Mapping[Product, float] = field(default_factory=dict)
    """Share of a change in 1 + tariff that makers bear, 0 to 1, by product. There is no central value: give
    both ends of a range."""
    scale: float = 0.0
    """External economies: unit costs fall with employment to this power. Only in worlds of one sector."""
    deficits: Deficits = "fixed"
    """See `Deficits`."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where the value of a field is from, by its name; one without is shown as assumed."""

    def __post_init__(self) -> None:
        _refuse(self)
        many = dict(self.profits) if isinstance(self.profits, Mapping) else tuple(self.profits)
        object.__setattr__(self, "profits", many)
        object.__setattr__(self, "absorbed", dict(self.absorbed))
        fix(self)

    def card(self) -> Card:
        """What is not plain, and what of it has no source."""
        rows = self._rows
        assumed = [("assumed", listing(self.assumed))] if self.assumed else []
        return Card("Closure", [*rows, *assumed] or [("plain", "labour given, one factor")])

    @property
    def told(self) -> tuple[str, ...]:
        """What is not plain, in words, deficits aside."""
        return tuple(f"{name}: {text}" for name, text in self._rows if name != "deficits")

    @property
    def _rows(self) -> list[tuple[str, str]]:
        use = {"tax-relief": "; revenue as tax relief", "kept": "; revenue kept by the treasury"}
        rows = [
            ("labour", f"elasticity of supply {number(self.labour_supply)}{use.get(self.revenue, '')}")
            if self.labour_supply or self.revenue != "lump-sum"
            else None,
            ("labour tax", self._from("labour_tax"))
            if self.labour_supply and self.labour_tax is not None
            else None,
            ("sectors", f"mobility of labour {number(self.labour_mobility)}")
            if np.isfinite(self.labour_mobility)
            else None,
            ("capital", f"accumulated, between steady states; share {self._from('capital_share')}")
            if self.capital == "accumulated"
            else None,
            ("investment", self._from("investment"))
            if self.capital == "accumulated" and self.investment is not None
            else None,
            ("profits", listing(self.profits)) if self.profits else None,
            ("absorbed", listing(f"{_product(one)} {percent(x)}" for one, x in self.absorbed.items()))
            if self.absorbed
            else None,
            ("scale", number(self.scale)) if self.scale else None,
            ("deficits", self.deficits) if self.deficits != "fixed" else None,
        ]
        return [row for row in rows if row]

    def _from(self, name: str) -> str:
        """The value of a field, and where it is from if that is known."""
        given = getattr(self, name)
        value = "by country and sector" if isinstance(given, xr.DataArray) else _told(given)
        return f"{value} ({self.sources[name]})" if name in self.sources else value

    def sourced(self, world: World) -> Closure:
        """The same closure with what ships of the taxes, shares and baskets that it needs and does not give.

        Taxes on labour where its supply moves; shares of capital and what it is made of where it accumulates;
        each with its source. Countries that no source has stay unknown, and `Outcome.assumed` names them. See
        `docs/methods/closures.md`.

        Raises:
            InputError: it is no world.

        >>> from kosho.equilibrium import Closure
        >>> from kosho.world import toy
        >>> closure = Closure(capital="accumulated").sourced(toy())
        >>> closure.capital_share, sorted(closure.sources)
        ({'JPN': 0.438, 'USA': 0.403, 'CHN': 0.417}, ['capital_share', 'investment'])
        """
        problems = Problems()
        note_sort(problems, world, World, "world")
        problems.raise_if_any()
        found: dict[str, object] = {}
        if self.labour_supply and self.labour_tax is None:
            found["labour_tax"] = labour_taxes(world) or None
        if self.capital == "accumulated" and self.capital_share is None:
            found["capital_share"] = capital_shares(world) or None
        if self.capital == "accumulated" and self.investment is None:
            found["investment"] = investment_baskets(world)
        known = {name: value for name, value in found.items() if value is not None}
        told = {name: factor_sources(name, world) for name in known}
        return replace(self, **known, sources={**told, **self.sources})  # pyright: ignore[reportArgumentType]

    @property
    def plain(self) -> bool:
        """Whether factor markets are those of the plain closure; absorption and kept revenue aside."""
        return self.without_absorbed == PLAIN

    @property
    def by_sector(self) -> bool:
        """Whether labour costs different amounts in different sectors."""
        return bool(np.isfinite(self.labour_mobility)) or self.scale != 0

    @property
    def without_absorbed(self) -> Hashable:
        """All that the equations of factors and deficits depend on, to compare closures by."""
        moving = self.labour_supply > 0
        return (
            self.labour_supply,
            _hashable(self.labour_tax) if moving else None,
            self.revenue == "tax-relief" and moving,
            self.scale,
            self.labour_mobility,
            self.made,
            self._capital,
            self.deficits == "proportional",
        )

    @property
    def made(self) -> Hashable:
        """Which makers keep what, to compare by."""
        return _hashable(self.profits) if isinstance(self.profits, Mapping) else self.profits

    @cached_property
    def _capital(self) -> Hashable:
        if self.capital == "in-place":
            return None
        basket = None if self.investment is None else (self.investment.shape, self.investment.values.tobytes())
        return _hashable(self.capital_share), basket

    @property
    def assumed(self) -> tuple[str, ...]:
        """What decides here and has no source, in words."""
        found = [
            f"{name} {number(getattr(self, name))}"
            for name in NUMBERS
            if getattr(self, name) != getattr(NOTHING, name)
        ]
        if self.labour_supply and self.labour_tax is None:
            found.append(_("labour_tax: none, so that the use of revenue hardly matters"))
        elif self.labour_supply:
            found.append("labour_tax")
        if self.capital == "accumulated":
            share = CAPITAL_SHARE if self.capital_share is None else self.capital_share
            found.append(f"capital_share {_told(share)}")
            found.append(_("investment: made of what is consumed") if self.investment is None else "investment")
        if self.profits:
            found.append(
                "profits" if isinstance(self.profits, Mapping) else _("profits: makers keep 1 / (theta + 1)")
            )
        if any(self.absorbed.values()):
            found.append("absorbed")
        return tuple(one for one in found if one.split(" ", 1)[0].rstrip(":") not in self.sources)

    def unknown(self, world: World) -> tuple[str, ...]:
        """Countries of which a figure that decides is not given where those of others are, in words."""
        found: list[str] = []
        if self.labour_supply and isinstance(self.labour_tax, Mapping):
            without = [code for code in world.countries if code not in self.labour_tax]
            if without:
                found.append(
                    _(
                        "labour_tax: none known, and none taken, in {names}: there employment is told, and the "
                        "use of revenue hardly matters",
                        names=listing(without, MANY),
                    )
                )
        if self.capital == "accumulated" and by_country(self.capital_share, world):
            shares = cast("Mapping[str, float]", self.capital_share)
            without = [code for code in world.countries if code not in shares]
            if without:
                found.append(
                    _(
                        "capital_share: none known in {names}: {share} taken",
                        names=listing(without, MANY),
                        share=number(CAPITAL_SHARE),
                    )
                )
        return tuple(found)


def agreed(closure: Closure | None, deficits: Deficits) -> Closure:
    """A closure with the deficits that it, or the argument of that name, asks for.

    Raises:
        InputError: it is no closure; the two ask for different things.
    """
    if closure is None:
        return NOTHING if deficits == "fixed" else replace(NOTHING, deficits=deficits)
    problems = Problems()
    note_sort(problems, closure, Closure, "closure")
    problems.raise_if_any()
    if deficits in ("fixed", closure.deficits):
        return closure
    if closure.deficits != "fixed":
        raise InputError(
            Problem(
                _(
                    "deficits = {deficits!r}, and {deficits_2!r} in the closure",
                    deficits=deficits,
                    deficits_2=closure.deficits,
                ),
                _("one of the two"),
            )
        )
    return replace(closure, deficits=deficits)


def by_country(given: ByName | None, world: World) -> bool:
    """Whether shares by name are those of countries: where no name is a sector's."""
    return (
        isinstance(given, Mapping)
        and bool(given)
        and not any(code in world.sectors for code in given)
        and any(code in world.countries for code in given)
    )


def by_name(given: ByName, codes: Sequence[str], otherwise: float) -> list[float]:
    """A number for each code."""
    if isinstance(given, Mapping):
        return [float(given.get(code, otherwise)) for code in codes]
    return [float(given)] * len(codes)


def refuse_other_world(closure: Closure, world: World) -> None:
    """Refuse a closure that speaks of countries or sectors that a world has not, or that cannot be there.

    Raises:
        InputError: all that does not fit is listed.
    """
    problems = Problems()
    if isinstance(closure.labour_tax, Mapping):
        _note_strangers(problems, closure.labour_tax, world.countries, "labour_tax")
    if isinstance(closure.capital_share, Mapping) and by_country(closure.capital_share, world):
        _note_strangers(problems, closure.capital_share, world.countries, "capital_share")
    elif isinstance(closure.capital_share, Mapping):
        _note_strangers(problems, closure.capital_share, world.sectors, "capital_share")
        missing = set(world.sectors) - set(closure.capital_share)
        if missing and closure.capital == "accumulated":
            problems.add(
                _("none for {names}", names=listing(sorted(missing))),
                _("one for each sector"),
                key="capital_share",
            )
    _note_strangers(problems, closure.profits, world.sectors, "profits")
    _note_strangers(
        problems, [one[0] for one in closure.absorbed if isinstance(one, tuple)], world.countries, "absorbed"
    )
    if closure.investment is not None:
        for dim, codes in (("country", world.countries), ("sector", world.sectors)):
            _note_strangers(
                problems, [str(c) for c in closure.investment.indexes[dim]], codes, f"investment.{dim}"
            )
            missing = set(codes) - {str(c) for c in closure.investment.indexes[dim]}
            if missing:
                problems.add(_("no {dim} {names}", dim=dim, names=listing(sorted(missing))), key="investment")
    if closure.scale and len(world.sectors) > 1:
        problems.add(
            _(
                "scale = {scale:g} in a world of {number} sectors",
                scale=closure.scale,
                number=len(world.sectors),
            ),
            _("a device of one-sector worlds: inputs multiply it, and there may be no equilibrium"),
            key="scale",
        )
    problems.raise_if_any()


@as_declared
def capped(closure: Closure, world: World) -> tuple[tuple[str, str], ...]:
    """Cells (country, sector) where 1/sigma is more than 0.9 of value added, and profits are cut to that.

    >>> from kosho.equilibrium import Closure, capped
    >>> from kosho.world import toy
    >>> capped(Closure(profits=["C29"]), toy())
    ()
    """
    refuse_other_world(closure, world)
    a = world.arrays
    asked = profit_shares(closure, world)
    return tuple(
        (country, world.sectors[j])
        for j in np.flatnonzero(asked)
        for n, country in enumerate(world.countries)
        if a.output[n, j] > 0 and asked[j] > CAP * a.beta[n, j]
    )


def profit_shares(closure: Closure, world: World) -> Array:
    """What makers keep of their receipts before any cap `(S,)`, zero where there are no profits."""
    found = np.zeros(len(world.sectors))
    kept = closure.profits if isinstance(closure.profits, Mapping) else {}
    for code in closure.profits:
        j = world.sector_position(code)
        found[j] = kept[code] if code in kept else 1.0 / (world.arrays.theta[j] + 1.0)
    return found


def _note_strangers(
    problems: Problems, given: Sequence[str] | Mapping[str, float], known: Sequence[str], argument: str
) -> None:
    for code in dict.fromkeys(given):
        if code not in known:
            problems.add(_("unknown code {code!r}", code=code), suggest(code, known), key=argument)


def _refuse(closure: Closure) -> None:
    problems = Problems()
    _note_between(problems, closure.labour_supply, "labour_supply", 0.0, 100.0)
    _note_between(problems, closure.scale, "scale", -1.0, 1.0)
    if not closure.labour_mobility >= 1:
        wanted = _("1 (bound to sectors) to infinity (free to move)")
        problems.add(
            _("labour_mobility = {labour_mobility!r}", labour_mobility=closure.labour_mobility), wanted
        )
    _note_by_name(problems, 0.0 if closure.labour_tax is None else closure.labour_tax, "labour_tax")
    _note_by_name(problems, 0.0 if closure.capital_share is None else closure.capital_share, "capital_share")
    if isinstance(closure.profits, Mapping):
        _note_by_name(problems, closure.profits, "profits")
    _note_absorbed(problems, closure.absorbed)
    names = [one.name for one in fields(closure) if one.name != "sources"]
    for name in closure.sources:
        if name not in names:
            problems.add(_("no field {name!r}", name=name), suggest(name, names), key="sources")
    if closure.investment is not None:
        _note_basket(problems, closure.investment)
    problems.raise_if_any()


def _note_by_name(problems: Problems, given: ByName, name: str) -> None:
    """Note what is no fraction below one, nor a mapping to such."""
    if not isinstance(given, Mapping):
        _note_between(problems, given, name, 0.0, 0.99)
        return
    for code, value in given.items():
        _note_between(problems, value, f"{name}[{code!r}]", 0.0, 0.99)


def _note_absorbed(problems: Problems, given: Mapping[Product, float]) -> None:
    for one, share in given.items():
        _note_between(problems, share, f"absorbed[{one!r}]", 0.0, 1.0)


def _note_basket(problems: Problems, basket: object) -> None:
    if not note_array(problems, basket, ("country", "sector"), "investment"):
        return
    values = cast("xr.DataArray", basket)
    total = values.sum("sector").to_numpy()
    if not (np.isfinite(values.to_numpy()).all() and (values.to_numpy() >= 0).all()):
        problems.add(_("a share is negative or no number"), key="investment")
    elif np.abs(total - 1.0).max() > 1e-6:
        worst = str(values.indexes["country"][int(np.abs(total - 1.0).argmax())])
        problems.add(
            _(
                "shares of {worst} sum to {float:.6g}",
                worst=worst,
                float=float(values.sel(country=worst).sum()),
            ),
            _("to one each"),
        )


def _note_between(problems: Problems, value: float, shown: str, least: float, most: float) -> None:
    if not least <= value <= most:
        problems.add(f"{shown} = {value!r}", _("a number from {least:g} to {most:g}", least=least, most=most))


def _product(one: Product) -> str:
    return one if isinstance(one, str) else " of ".join(reversed(one))


def _told(given: ByName | None) -> str:
    given = CAPITAL_SHARE if given is None else given
    return "by code" if isinstance(given, Mapping) else number(given)


def _hashable(given: ByName | None) -> Hashable:
    return tuple(sorted(given.items())) if isinstance(given, Mapping) else given


NOTHING = Closure()
PLAIN = NOTHING.without_absorbed
