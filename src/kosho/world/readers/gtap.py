"""Reader of GTAP data bases, with their tariffs and elasticities, in the names of version 7 or of before.

Trade is taken at the prices of exporters (VXSB); duties are VMSB over VCIF. Transport margins (VTWR) are
bought by whoever buys the good, from those who supply them (VST). Firms, households, government and
investment buy imports of a good in one mix of sources. Elasticities between sources are ESBM, so that theta =
ESBM - 1; the nest above, between domestic goods and imports (ESBD), is not told apart. Source: Corong,
Hertel, McDougall, Tsigas & van der Mensbrugghe (2017), The standard GTAP model, version 7, Journal of Global
Economic Analysis 2(1).

Letters: c commodity, a activity, m margin, s source, d destination, r region.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kosho.arrays import Array
from kosho.display import plural
from kosho.errors import InputError, Problem, Problems
from kosho.language import _
from kosho.world.calibrate import ratio
from kosho.world.har import BY_KOSHO, UNKNOWN
from kosho.world.readers.gtap_files import Held, OtherLabelsError, held_in
from kosho.world.readers.reader import YEARS, Reader, Settings, clipped, other_year
from kosho.world.readers.sales import DUST
from kosho.world.store import IOTable

__all__ = ["READER"]

INVESTMENT = "cgds"
"""The activity that investment was before version 7."""
BUYERS = ("P", "G", "I")
TOLERANCE = 1e-3
AXES: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(("VXSB", "VDFB", "VMFB", "MAKB", "VMSB", "VCIF", UNKNOWN), (3,)),
    **dict.fromkeys(("VDPB", "VMPB", "VDGB", "VMGB", "VDIB", "VMIB", "VST"), (2,)),
    "VTWR": (4,),
    "ESBM": (1, 2),
}
"""How many an array may have."""


@dataclass(frozen=True, eq=False)
class Base:
    """The arrays that a table is made of."""

    regions: tuple[str, ...]
    goods: tuple[str, ...]
    exports: Array
    """`[c, s, d]`, VXSB."""
    domestic: Array
    """`[c, a, r]`, VDFB."""
    imported: Array
    """`[c, a, r]`, VMFB, at prices with duty."""
    own: Array
    """`[c, r]`, final purchases of domestic goods."""
    foreign: Array
    """`[c, r]`, final purchases of imports, at prices with duty."""
    margins: Array
    """`[m, c, d]`, transport that imports of a good cost."""
    suppliers: Array
    """`[m, r]`, shares in supplying it."""
    make: Array
    """`[c, a, r]`, what activities make."""


def read_gtap(files: Sequence[Path], settings: Settings) -> IOTable:
    """A table from the files of a GTAP data base.

    Raises:
        InputError: an array is missing, or sales miss output; region and commodity are named.
    """
    held, texts = held_in(files)
    _refuse_lacking(held, files)
    notes: list[str] = []
    with _of_one_base():
        base = _assembled(held)
        rate = _rates(held, base, notes)
        theta = _theta(held, base)
        unknown = None if rate is None else _unknown(held, base)
    _refuse_unbalanced(base)
    inputs = _inputs(base)
    intermediate, final = _sales(base)
    intermediate, final = (
        clipped(intermediate, "intermediate sales", notes),
        clipped(final, "final sales", notes),
    )
    release, year = _release(texts, files, settings, notes)
    told = ["duties are levied on exporters' prices, at rates of VMSB over VCIF; other taxes stay out"]
    told += [] if theta is None else ["theta is ESBM - 1; domestic goods and imports are no nest of their own"]
    known = {} if rate is None else {"base_tariffs": "those of GTAP (VMSB over VCIF)", "tariff_year": year}
    return IOTable(
        base.regions,
        base.goods,
        intermediate,
        inputs,
        final.sum(axis=0),
        final=final,
        tariff=rate,
        unknown=unknown,
        theta=theta,
        meta={
            "name": f"gtap-{year}" if year else "gtap",
            "year": year,
            "edition": release,
            "source": f"GTAP data base, {', '.join(path.name for path in files)}",
            "licence": "of the GTAP data base, as you obtained it",
            "attribution": "Global Trade Analysis Project",
            "unit": "million USD",
            "adjustments": notes,
            "assumptions": told,
            **known,
        },
    )


def _refuse_lacking(held: Mapping[str, Held], files: Sequence[Path]) -> None:
    """Arrays that must be there are, and all have the axes that they must have."""
    needed = ["VXSB", "VDFB", "VMFB", "VDPB", "VMPB", "VDGB", "VMGB"]
    if "VDFB" in held and not any(name.lower() == INVESTMENT for axis in held["VDFB"].axes for name in axis):
        needed += ["VDIB", "VMIB"]
    lacking = [name for name in needed if name not in held]
    if lacking:
        names = ", ".join(path.name for path in files)
        told = _("no array {lacking} in {names}", lacking=", ".join(lacking), names=names)
        hint = _(
            "give all files of the data base: basedata.har, default.prm, or a CSV an array, named as it is"
        )
        raise InputError(Problem(told, hint))
    problems = Problems()
    for name, axes in AXES.items():
        if name in held and len(held[name].axes) not in axes:
            told = _("{name} has {number} axes", name=name, number=len(held[name].axes))
            problems.add(told, " / ".join(map(str, axes)))
    problems.raise_if_any()


@contextmanager
def _of_one_base() -> Generator[None, None, None]:
    """Labels that one array has and another lacks are an error for people."""
    try:
        yield
    except OtherLabelsError as error:
        told = _("the arrays are over other regions or commodities: {error}", error=error)
        raise InputError(Problem(told, _("all files of one data base"))) from None


def _assembled(held: Mapping[str, Held]) -> Base:
    goods, regions = held["VXSB"].axes[:2]
    acts = tuple(name for name in held["VDFB"].axes[1] if name.lower() != INVESTMENT)
    investing = [name for name in held["VDFB"].axes[1] if name.lower() == INVESTMENT]

    def at(name: str, *axes: Sequence[str]) -> Array:
        return held[name].ordered(*axes, spare=investing) if name in held else np.zeros(tuple(map(len, axes)))

    def bought(prefix: str) -> Array:
        total = sum(
            (at(f"{prefix}{who}B", goods, regions) for who in BUYERS), np.zeros((len(goods), len(regions)))
        )
        if not investing:
            return total
        return total + held[f"{prefix}FB"].ordered(goods, investing, regions, spare=acts).sum(axis=1)

    exports = at("VXSB", goods, regions, regions)
    margins, suppliers = _margins(held, goods, regions)
    domestic = at("VDFB", goods, acts, regions)
    own = bought("VD")
    sold = domestic.sum(axis=1) + own + exports.sum(axis=2) + _supplied(held, goods, regions)
    make = at("MAKB", goods, acts, regions) if "MAKB" in held else _diagonal(sold, goods, acts)
    return Base(
        regions,
        goods,
        exports,
        domestic,
        at("VMFB", goods, acts, regions),
        own,
        bought("VM"),
        margins,
        suppliers,
        make,
    )


def _diagonal(sold: Array, goods: Sequence[str], acts: Sequence[str]) -> Array:
    """Each activity makes the commodity of its name."""
    if set(goods) != set(acts):
        raise OtherLabelsError(_("activities are not the commodities, and MAKB does not say what they make"))
    same = np.array([[good == act for act in acts] for good in goods], float)
    return same[:, :, None] * sold[:, None, :]


def _place(name: str, goods: Sequence[str]) -> int:
    """Where a service stands among commodities."""
    if name not in goods:
        raise OtherLabelsError(_("one of them has no {label}", label=name))
    return goods.index(name)


def _supplied(held: Mapping[str, Held], goods: Sequence[str], regions: Sequence[str]) -> Array:
    """Transport services sold to world trade, `[c, r]`."""
    found = np.zeros((len(goods), len(regions)))
    if "VST" in held:
        for row, name in enumerate(held["VST"].axes[0]):
            found[_place(name, goods)] += held["VST"].ordered(held["VST"].axes[0], regions)[row]
    return found


def _margins(held: Mapping[str, Held], goods: Sequence[str], regions: Sequence[str]) -> tuple[Array, Array]:
    """What transport imports cost `[m, c, d]`, and who supplies it `[m, r]`, over all commodities."""
    total = np.zeros((len(goods), len(goods), len(regions)))
    supply = _supplied(held, goods, regions)
    if "VTWR" in held:
        one = held["VTWR"]
        carried = set(held["VST"].axes[0]) if "VST" in held else set[str]()
        margin = next((axis for axis in one.axes if len(axis) <= len(goods) and set(axis) <= carried), None)
        if margin is None:
            raise OtherLabelsError(
                _("no axis of {name} is of the services in {other}", name="VTWR", other="VST")
            )
        first = one.axes.index(margin)
        order = (margin, goods, regions, regions) if first == 0 else (goods, regions, regions, margin)
        values = one.ordered(*order) if first == 0 else np.moveaxis(one.ordered(*order), -1, 0)
        for row, name in enumerate(margin):
            total[_place(name, goods)] += values[row].sum(axis=1)
    return total, ratio(supply, np.broadcast_to(supply.sum(axis=1, keepdims=True), supply.shape), 0.0)


def _bought(base: Base) -> tuple[Array, Array]:
    """Imports with duty, all of them `[c, d]`, and what share of them firms buy."""
    firms = base.imported.sum(axis=1)
    total = firms + base.foreign
    return total, ratio(firms, total, 0.0)


def _sales(base: Base) -> tuple[Array, Array]:
    """Intermediate and final sales `[importer, exporter, commodity]`, net of duty."""
    _, share = _bought(base)
    carried = np.einsum("mcd,mi->dim", base.margins * share[None], base.suppliers)
    carried_final = np.einsum("mcd,mi->dim", base.margins * (1.0 - share[None]), base.suppliers)
    intermediate = np.einsum("csd,cd->dsc", base.exports, share) + carried
    final = np.einsum("csd,cd->dsc", base.exports, 1.0 - share) + carried_final
    home = np.arange(len(base.regions))
    intermediate[home, home, :] += base.domestic.sum(axis=1).T
    final[home, home, :] += base.own.T
    return intermediate, final


def _inputs(base: Base) -> Array:
    """What each commodity's making uses, `[region, input, commodity]`, net of duty."""
    total, _ = _bought(base)
    part = ratio(base.imported, np.broadcast_to(total[:, None, :], base.imported.shape), 0.0)
    net = base.exports.sum(axis=1)
    used = base.domestic + part * net[:, None, :]
    used = used + np.einsum("mcd,cad->mad", base.margins, part)
    made = ratio(base.make, np.broadcast_to(base.make.sum(axis=0, keepdims=True), base.make.shape), 0.0)
    return np.einsum("kar,car->rkc", used, made)


def _refuse_unbalanced(base: Base) -> None:
    """Sales at basic prices must be what is made of a commodity."""
    supplied = np.einsum("mcd,mi->mi", base.margins, base.suppliers)
    sold = base.domestic.sum(axis=1) + base.own + base.exports.sum(axis=2) + supplied
    made = base.make.sum(axis=1)
    problems = Problems()
    for c, r in np.argwhere(np.abs(sold - made) > TOLERANCE * np.maximum(made, 1.0))[:20]:
        told = _(
            "{region} makes {made:.6g} of {good} and sells {sold:.6g}",
            region=base.regions[r],
            made=made[c, r],
            good=base.goods[c],
            sold=sold[c, r],
        )
        problems.add(told, _("equal to a thousandth: all arrays of one data base"))
    problems.raise_if_any()


def _rates(held: Mapping[str, Held], base: Base, notes: list[str]) -> Array | None:
    """Base tariffs `[importer, exporter, commodity]`; None where the files have no prices at the border."""
    if "VMSB" not in held or "VCIF" not in held:
        notes.append("no VMSB and VCIF in the files: base tariffs are unknown and held as they are")
        return None
    axes = (base.goods, base.regions, base.regions)
    cif, landed = held["VCIF"].ordered(*axes), held["VMSB"].ordered(*axes)
    _refuse_priceless(base, cif, landed)
    rate = ratio(landed - cif, cif, 0.0)
    rate[np.abs(rate) < 1e-6] = 0.0  # four bytes a number
    home = np.arange(len(base.regions))
    inside = float((rate * base.exports)[:, home, home].sum())
    if inside > 0:
        notes.append(f"duties of {inside:.6g} on trade inside regions left out")
    rate[:, home, home] = 0.0
    if (rate < 0).any():
        notes.append(
            f"{plural(int((rate < 0).sum()), 'duty', 'duties')} below zero (subsidies on imports) kept"
        )
    return rate.transpose(2, 1, 0)


def _refuse_priceless(base: Base, cif: Array, landed: Array) -> None:
    """What is traded has a value at the border, or nobody knows what duty it bears."""
    problems = Problems()
    for c, s, d in np.argwhere((cif <= 0) & (np.maximum(landed, base.exports) > DUST))[:20]:
        told = _(
            "VCIF of {good} from {exporter} to {importer} is {cif:.6g}, VXSB {exports:.6g}, VMSB {landed:.6g}",
            good=base.goods[c],
            exporter=base.regions[s],
            importer=base.regions[d],
            cif=cif[c, s, d],
            exports=base.exports[c, s, d],
            landed=landed[c, s, d],
        )
        problems.add(told, _("all above zero, or all zero"))
    problems.raise_if_any()


def _unknown(held: Mapping[str, Held], base: Base) -> Array:
    """1 where the base duty is not known, `[importer, exporter, commodity]`: only files of Kosho say so."""
    n, c = len(base.regions), len(base.goods)
    if UNKNOWN not in held:
        return np.zeros((n, n, c))
    return held[UNKNOWN].ordered(base.goods, base.regions, base.regions).transpose(2, 1, 0)


def _theta(held: Mapping[str, Held], base: Base) -> Array | None:
    """ESBM - 1 by commodity, the mean over importers by their imports; None where the files have no ESBM."""
    if "ESBM" not in held:
        return None
    one = held["ESBM"]
    if len(one.axes) == 1:
        return one.ordered(base.goods) - 1.0
    weight, _ = _bought(base)
    values = one.ordered(base.goods, base.regions)
    return ratio((values * weight).sum(axis=1), weight.sum(axis=1), values.mean(axis=1)) - 1.0


REFERENCE_YEARS = frozenset({1992, 1995, 1997, 2001, 2004, 2007, 2011, 2014, 2017})
"""Years that releases 2 to 11 of the data base are of (gtap.agecon.purdue.edu/databases and its archives)."""
_RELEASED = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[\W_]{0,2}(?:19|20)\d\d(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d[-./]\d\d?(?!\d)",
    re.IGNORECASE,
)
"""A month with its year: when the data base came out."""


def _release(
    texts: Mapping[str, tuple[str, ...]], files: Sequence[Path], settings: Settings, notes: list[str]
) -> tuple[str, int | None]:
    """Release and year: the year that is given, else the one that the data base or a name of a file says.

    What the data base says of itself (DREL) may hold the year in which it came out, not the one it is of.
    """
    told = " ".join(texts.get("DREL", ())).strip()
    years = YEARS.findall(_RELEASED.sub(" ", told))
    said = [year for year in years if told.endswith(BY_KOSHO) or int(year) in REFERENCE_YEARS]
    said += [year for path in files for year in YEARS.findall(path.stem)]
    given = settings.get("year")
    notes += other_year(given, said)
    year = given or next(iter(said), None)
    return f"GTAP data base, {told or 'release not named in the files'}", int(year) if year else None


READER = Reader(
    name="gtap",
    title="a GTAP data base, in arrays of version 7 (VXSB, VDFB, VMFB ...) or of before (VXMD, VDFM, VIFM ...)",
    files="its files: HAR (data, sets, parameters), JLD2, or a CSV an array",
    read=read_gtap,
    most=60,
    settings={"year": "where the files do not say; --year does"},
)
