"""The trade of a world in the codes that law speaks: single economies (ISO 3166) and ICIO sectors.

A table may hold several economies or ICIO sectors together, in a region or a sector of another classification.
What one duty reaches in such a cell is then a share of its trade. The shares come, in this order, from a table
handed over for the purpose (`TradeWeights`), for ICIO sectors from weights that the table names (those of its
mapping, or the trade of the world), or from nothing: then each member counts alike. Which of them was used is
said in `LawCells.notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kosho.arrays import Array, Index
from kosho.codes import countries as known_economies
from kosho.codes import sectors as known_sectors
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.readonly import Fixed, fix
from kosho.world.economy import TradeWeights, WorldMeta

__all__ = ["LawCells", "Members", "law_cells"]


@dataclass(frozen=True, eq=False)
class Members:
    """What the labels of a table stand for."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    regions: Mapping[str, tuple[str, ...]]
    """Economies of each region; a label that is missing is an economy."""
    groups: Mapping[str, tuple[str, ...]]
    """ICIO sectors of each sector; a label that is missing is one."""
    weights: Mapping[str, Mapping[str, float]]
    """Of a sector's trade by ICIO sector, where it holds several."""
    weights_source: str = ""
    within: TradeWeights | None = None

    @classmethod
    def of(
        cls,
        countries: tuple[str, ...],
        sectors: tuple[str, ...],
        meta: WorldMeta,
        within: TradeWeights | None = None,
    ) -> Members:
        """Of a table, by what it says of itself."""
        groups = meta.sectors, meta.sector_weights, meta.weights_source
        return cls(countries, sectors, meta.regions, *groups, within)


@dataclass(frozen=True, eq=False)
class LawCells(Fixed):
    """Trade by economy and ICIO sector. E economies, K pairs of a sector and an ICIO sector in it."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    """`[K]`, ICIO codes; one that is in two sectors of the table stands twice."""
    country: Index
    """`[E]`, position in the world of the country or region each economy is in."""
    sector: Index
    """`[K]`, position in the world of the sector each is in."""
    flows: Array
    """`[importer, exporter, K]`, net of tariff."""
    tariff: Array
    """`[importer, exporter, K]`, base rate."""
    notes: tuple[str, ...] = ()
    """How trade within regions and sectors was weighted, in words; empty where none had to be."""

    def __post_init__(self) -> None:
        fix(self)

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Position in the world of each economy, by itself or in a region."""
        return dict(zip(self.economies, self.country.tolist(), strict=True))

    @cached_property
    def total(self) -> float:
        """All trade, net of tariff."""
        return float(self.flows.sum())

    def holding(self, code: str) -> tuple[int, ...]:
        """Positions in the world of the sectors that an ICIO sector is in; none, one or several."""
        return tuple(dict.fromkeys(int(j) for k, j in zip(self.sectors, self.sector, strict=True) if k == code))

    def sold(self, importer: str, exporter: str, code: str) -> float:
        """Trade of two economies in an ICIO sector, net of tariff.

        Raises:
            InputError: one of them is not in the world.
        """
        for economy in (importer, exporter):
            if economy not in self.economies:
                raise InputError(
                    Problem(_("unknown country {economy!r}", economy=economy), suggest(economy, self.economies))
                )
        n, i = self.economies.index(importer), self.economies.index(exporter)
        here = [k for k, name in enumerate(self.sectors) if name == code]
        return float(self.flows[n, i, here].sum())


def law_cells(of: Members, flows: Array, tariff: Array) -> LawCells:
    """Trade of a table by economy and ICIO sector.

    Args:
        of: What its labels stand for.
        flows: `[importer, exporter, sector]`, net of tariff.
        tariff: `[importer, exporter, sector]`, base rates; all that is in a cell bears its rate.

    Raises:
        InputError: a label is neither a known code nor said to stand for some; all of them are listed.
    """
    problems = Problems()
    economies, country = _leaves(of.countries, of.regions, known_economies(), "country", problems)
    codes, sector = _leaves(of.sectors, of.groups, known_sectors(), "sector", problems)
    twice = sorted({code for code in economies if economies.count(code) > 1})
    if twice:
        problems.add(
            _("{names} in two regions of the world", names=", ".join(twice[:10])), _("an economy is in one")
        )
    problems.raise_if_any()
    if len(economies) == len(of.countries) and len(codes) == len(of.sectors):
        return LawCells(economies, codes, country, sector, flows, tariff)
    shares = _shares(of, (economies, country), (codes, sector))
    cells = np.ix_(country, country, sector)
    return LawCells(
        economies,
        codes,
        country,
        sector,
        flows[cells] * shares,
        tariff[cells],
        tuple(_notes(of, sector)),
    )


def _leaves(
    labels: Sequence[str],
    members: Mapping[str, tuple[str, ...]],
    known: Iterable[str],
    what: str,
    problems: Problems,
) -> tuple[tuple[str, ...], Index]:
    found: list[str] = []
    places: list[int] = []
    strange: list[str] = []
    for position, label in enumerate(labels):
        inside = members.get(label) or ((label,) if label in known else ())
        if not inside:
            strange.append(label)
        found += inside
        places += [position] * len(inside)
    if strange:
        told = _(
            "{what} {strange!r} of the world is neither a known code nor one of its regions",
            what=what,
            strange=strange[0],
        )
        if len(strange) > 1:
            told = _(
                "{number} labels of the world are neither a known {what} nor one of its regions: ",
                number=len(strange),
                what=what,
            )
            told += _listed([repr(label) for label in strange])
        hint = _("say what they stand for when the table is built: kosho world build --regions, --sectors")
        problems.add(told, hint)
    return tuple(found), np.array(places, np.intp)


def _shares(
    of: Members, countries: tuple[tuple[str, ...], Index], sectors: tuple[tuple[str, ...], Index]
) -> Array:
    """Shares `[importer, exporter, K]` of the trade of a cell of the table; over members they sum to one."""
    (economies, country), (codes, sector) = countries, sectors
    plain = _plain(of, codes, sector) / np.bincount(country)[country][:, None, None]
    plain = plain / np.bincount(country)[country][None, :, None]
    if of.within is None:
        return plain
    repeated = np.array([codes.count(code) for code in codes])
    given = of.within.among(economies, codes) / repeated
    total = np.zeros((len(of.countries), len(of.countries), len(of.sectors)))
    cells = np.ix_(country, country, sector)
    np.add.at(total, cells, given)
    return np.divide(
        given, total[cells], out=np.broadcast_to(plain, given.shape).copy(), where=total[cells] > 0
    )


def _plain(of: Members, codes: tuple[str, ...], sector: Index) -> Array:
    """Weights `[K]` inside sectors; alike where there are none."""
    weights = np.ones(len(codes))
    for k, (code, j) in enumerate(zip(codes, sector, strict=True)):
        weights[k] = of.weights.get(of.sectors[j], {}).get(code, 1.0)
    return weights / np.bincount(sector, weights)[sector]


def _notes(of: Members, sector: Index) -> Iterable[str]:
    """What the shares rest on."""
    together = [label for label in of.countries if len(of.regions.get(label, ())) > 1]
    several = [of.sectors[j] for j in np.flatnonzero(np.bincount(sector) > 1)]
    if of.within is not None:
        yield (
            _(
                "within {listed} trade is weighted as in {source}; where that has none, as said below or "
                "each member alike",
                listed=_listed([*together, *several]),
                source=of.within.source,
            )
        )
    given = [label for label in several if label in of.weights]
    if given:
        source = of.weights_source or _("weights that came with the table")
        yield _(
            "within {listed} ICIO sectors are weighted by {source}, an assumption",
            listed=_listed(given),
            source=source,
        )
    alike = [*together, *(label for label in several if label not in of.weights)]
    if alike and of.within is None:
        yield (
            _(
                "within {listed} each member counts alike, an assumption: the table tells them not apart and "
                "no weights were handed over (kosho world build --weights)",
                listed=_listed(alike),
            )
        )


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:8])
    return shown if len(labels) <= 8 else _("{shown} and {number} more", shown=shown, number=len(labels) - 8)
