"""The instruments of a tariff game: which rates move, which of them are one, and within what bounds.

Instruments t and the rates of cells are tied by a matrix of zeros and ones: every cell has one instrument. What
a payoff gains by an instrument is therefore the sum of what it gains by the cells that have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from kosho import codes
from kosho.arrays import Array, Index
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.world import World

__all__ = ["Instruments", "RateBounds", "RateSet", "Tie", "Tied", "goods_sectors"]

Tie = Literal["none", "mfn", "partner", "uniform"]
"""Which rates are one: `none` of them; `mfn`, those of an importer and sector, for every economy that sells;
`partner`, those of an importer on an exporter; `uniform`, all rates of an importer."""


@dataclass(frozen=True, slots=True)
class RateBounds(Shown):
    """Rates allowed, fractions.

    >>> from kosho.bargain.optimal_tariffs import RateBounds
    >>> RateBounds(high=0.5)
    RateBounds(high=0.5)
    >>> RateBounds(low=0.2, high=0.1)
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: bounds of 0.2 and 0.1 (above -1, the first below the second)
    """

    low: float = 0.0
    high: float = 2.0

    def __post_init__(self) -> None:
        if not -1.0 < self.low < self.high < np.inf:
            hint = _("above -1, the first below the second")
            raise InputError(Problem(_("bounds of {low:g} and {high:g}", low=self.low, high=self.high), hint))


@dataclass(frozen=True, slots=True)
class RateSet(Shown):
    """Flows that bear one rate; where a game is played with sets, the rates of all other flows stay.

    >>> from kosho.bargain.optimal_tariffs import RateSet
    >>> RateSet("cars", "USA", exporters=("JPN",), sectors=("C29",))
    RateSet(name='cars', importer='USA', exporters=('JPN',), sectors=('C29',))
    """

    name: str
    importer: str
    exporters: tuple[str, ...] = ()
    """Whose goods; everybody's that the game is about where none is named."""
    sectors: tuple[str, ...] = ()
    """Which; those the game is about where none is named."""


Tied = Tie | Sequence[RateSet]


@dataclass(frozen=True, eq=False)
class Instruments(Shown):
    """Rates that move: cells with trade, c of them, and the instruments they are tied to, m of them."""

    base: World
    importer: Index
    """`(c,)`, positions."""
    exporter: Index
    sector: Index
    rate: Index
    """`(c,)`, which instrument a cell has, from 0 to m - 1."""
    setter: Index
    """`(m,)`, the importer whose instrument it is."""
    start: Array
    """`(m,)`, base rates within bounds: of tied cells the mean by what is imported."""
    bounds: RateBounds

    @staticmethod
    def of(
        base: World,
        pairs: Sequence[tuple[str, str]],
        sectors: Sequence[str] | None,
        tied: Tied,
        bounds: RateBounds | None,
    ) -> Instruments:
        """Instruments on the cells with trade of importer-exporter pairs.

        Args:
            base: The economy, an equilibrium.
            pairs: Importers with exporters.
            sectors: Which sectors; None means goods.
            tied: Which rates are one.
            bounds: Of the rates; 0 to 200 % if not given.

        Raises:
            InputError: unknown or repeated codes, sets that name what is not in the game or share a flow, or
                nothing that is traded.
        """
        chosen = list(goods_sectors(base) if sectors is None else sectors)
        _refuse_codes(base, [code for pair in pairs for code in pair], chosen)
        cells = [
            (base.position(n), base.position(i), base.sector_position(j)) for n, i in pairs for j in chosen
        ]
        if isinstance(tied, str):
            group = _tied(np.array(cells, np.intp), tied, base)
        else:
            group = _in_sets(base, cells, tied)
        importer, exporter, sector = np.array(cells, np.intp).reshape(-1, 3).T
        flows = base.arrays.flows[importer, exporter, sector]
        moving = (flows > 0) & (group >= 0)
        if not moving.any():
            raise InputError(Problem(_("nothing is traded between these parties in these sectors")))
        importer, exporter, sector, flows = importer[moving], exporter[moving], sector[moving], flows[moving]
        _other, first, rate = np.unique(group[moving], return_index=True, return_inverse=True)
        # Mean by imports: exact where a rate has one cell, or cells that bear the same.
        before = base.arrays.tariff[importer, exporter, sector]
        lowest = before[first]
        above = np.bincount(rate, flows * (before - lowest[rate])) / np.bincount(rate, flows)
        limits = bounds or RateBounds()
        start = np.clip(lowest + above, limits.low, limits.high)
        return Instruments(base, importer, exporter, sector, rate, importer[first], start, limits)

    def __len__(self) -> int:
        return len(self.start)

    def total(self, by_cell: Array) -> Array:
        """Sums over the cells of each instrument, `(m,)`."""
        return np.asarray(np.bincount(self.rate, by_cell, minlength=len(self)), float)

    def clip(self, rates: Array) -> Array:
        """Rates within bounds."""
        return np.clip(rates, self.bounds.low, self.bounds.high)


def goods_sectors(world: World) -> tuple[str, ...]:
    """Sectors of goods in a world; all of its sectors where none is known by its code.

    >>> from kosho.bargain.optimal_tariffs import goods_sectors
    >>> from kosho.world import load
    >>> goods_sectors(load())[-3:]
    ('C301', 'C302T309', 'C31T33')
    """
    known = codes.sectors()
    goods = tuple(
        code
        for code in world.sectors
        if all(member in known and known[member].goods for member in world.meta.sectors.get(code, (code,)))
    )
    return goods or world.sectors


def _tied(cells: Index, tied: str, base: World) -> Index:
    """A number for each cell, the same where their rates are one."""
    if tied not in get_args(Tie):
        raise InputError(
            Problem(_("unknown tie {tied!r}", tied=tied), suggest(tied, get_args(Tie)) or _("none"), key="tied")
        )
    importer, exporter, sector = cells.reshape(-1, 3).T
    count, sectors = len(base.countries), len(base.sectors)
    if tied == "uniform":
        return importer
    if tied == "mfn":
        return importer * sectors + sector
    pair = importer * count + exporter
    return pair if tied == "partner" else pair * sectors + sector


def _in_sets(base: World, cells: Sequence[tuple[int, int, int]], sets: Sequence[RateSet]) -> Index:
    """The set of each cell, -1 for those in none.

    Raises:
        InputError: no set, sets without a name of their own, codes that are not in the game, cells in two sets.
    """
    problems = Problems()
    if not sets:
        problems.add(_("no set is given"), _("one at least"), key="tied")
    names = [one.name for one in sets]
    group = np.full(len(cells), -1, np.intp)
    places = {cell: k for k, cell in enumerate(cells)}
    for number, one in enumerate(sets):
        key = f"tied[{one.name!r}]"
        if not one.name or names.count(one.name) > 1:
            problems.add(_("needs a name of its own"), key=key)
        for cell in _cells_of(one, base, cells, problems):
            if group[places[cell]] >= 0:
                n, i, j = cell
                flow = f"{base.countries[n]} from {base.countries[i]}, {base.sectors[j]}"
                problems.add(
                    _("{flow} is in {names!r} as well", flow=flow, names=names[group[places[cell]]]),
                    _("one rate a flow"),
                    key=key,
                )
            group[places[cell]] = number
    problems.raise_if_any()
    return group


def _cells_of(
    one: RateSet, base: World, cells: Sequence[tuple[int, int, int]], problems: Problems
) -> list[tuple[int, int, int]]:
    """The cells of a set; none, and noted, where it names what is not in the game."""
    key = f"tied[{one.name!r}]"
    setters = {base.countries[n] for n, _other, _other in cells}
    if one.importer not in setters:
        problems.add(
            _("{importer!r} sets no tariffs here", importer=one.importer),
            suggest(one.importer, setters),
            key=key,
        )
        return []
    mine = [cell for cell in cells if base.countries[cell[0]] == one.importer]
    wrong = False
    for given, known in (
        (one.exporters, {base.countries[i] for _other, i, _other in mine}),
        (one.sectors, {base.sectors[j] for _other, _other, j in mine}),
    ):
        for code in given:
            if code not in known:
                problems.add(_("{code!r} is not in this game", code=code), suggest(code, known), key=key)
                wrong = True
    return [
        (n, i, j)
        for n, i, j in mine
        if not wrong
        and (not one.exporters or base.countries[i] in one.exporters)
        and (not one.sectors or base.sectors[j] in one.sectors)
    ]


def _refuse_codes(world: World, countries: Sequence[str], sectors: Sequence[str]) -> None:
    problems = Problems()
    for given, position in ((countries, world.position), (sectors, world.sector_position)):
        for code in dict.fromkeys(given):
            try:
                position(code)
            except InputError as error:
                problems.found += error.problems
    for code in sorted({code for code in sectors if list(sectors).count(code) > 1}):
        problems.add(_("sector {code!r} is given twice", code=code))
    problems.raise_if_any()
