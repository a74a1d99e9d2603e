"""Whether arrays can be a world: labels that agree, values that can be, shares that add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Real

import numpy as np
import xarray as xr

from kosho.arguments import note_array
from kosho.arrays import Array, Mask
from kosho.bounds import BASE_DUTY, LARGEST, THETA, unit_of_rates
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.world.economy import FLOW_DIMS, Arrays

__all__ = [
    "bare",
    "capped_inputs",
    "final_shares",
    "labels_of",
    "ordered",
    "refuse_bad_final_shares",
    "refuse_gaps",
    "refuse_implausible",
    "refuse_impossible",
    "refuse_no_number",
    "refuse_sorts",
    "refuse_strangers",
]

SHARE_TOLERANCE = 1e-3
"""Input shares that miss a sum of one by less are renormalised and reported; by more they are an error."""

GAP = 1e-6
"""Largest gap between purchases and uses, of a country's spending, in a table that is an equilibrium."""


def bare(array: xr.DataArray) -> Array:
    """The numbers alone, float64 and contiguous."""
    return np.ascontiguousarray(array.to_numpy(), dtype=np.float64)


DIMS = {
    "flows": FLOW_DIMS,
    "tariff": FLOW_DIMS,
    "io_share": ("country", "input", "sector"),
    "theta": ("sector",),
    "final_share": ("country", "sector"),
}


def refuse_sorts(**arrays: object) -> None:
    """Refuse what is no labelled array of real numbers over the dimensions of its name; None is not given.

    Raises:
        InputError: by argument, with the dimensions wanted.
    """
    problems = Problems()
    for name, values in arrays.items():
        if name != "final_share" or values is not None:
            note_array(problems, values, DIMS[name], name)
    problems.raise_if_any()


def refuse_no_number(given: object, argument: str) -> None:
    """Refuse what is not one real number."""
    if isinstance(given, bool) or not isinstance(given, Real):
        told = _(
            "is a {name}, not a number or a DataArray over {names}",
            name=type(given).__name__,
            names=", ".join(DIMS[argument]),
        )
        raise InputError(Problem(told, key=argument))


def refuse_implausible(arrays: Mapping[str, xr.DataArray], told: str | None = None) -> None:
    """Refuse rates and elasticities that are out of bounds, each with its place.

    Args:
        arrays: By name; where trade is among them (`flows`), rates are asked whether they are in another unit.
        told: Name of the argument, where it is not that of the array.
    """
    problems = Problems()
    hint = _("insist=True takes it, where it is meant")
    if "tariff" in arrays and "flows" in arrays:
        trade = np.where(np.eye(arrays["flows"].shape[0], dtype=bool)[:, :, None], 0.0, bare(arrays["flows"]))
        unit = unit_of_rates(bare(arrays["tariff"]), trade)
        if unit is not None:
            problems.add(
                unit, _("rates are fractions: 0.025 is 2.5 %; {hint}", hint=hint), key=told or "tariff"
            )
        problems.raise_if_any()
    for name, bound in (("tariff", BASE_DUTY), ("theta", THETA)):
        if name not in arrays:
            continue
        values = bare(arrays[name])
        possible = values > (-1 if name == "tariff" else 0)  # what cannot be at all is told as that
        places = np.argwhere(bound.outside(values) & possible)
        for place in places[:10]:
            labels = ", ".join(
                str(arrays[name].indexes[dim][at]) for dim, at in zip(arrays[name].dims, place, strict=True)
            )
            problems.add(f"{told or name}[{labels}] = {bound.broken(float(values[tuple(place)]))}", hint)
        if len(places) > 10:
            problems.add(_("{value}: {number} more like these", value=told or name, number=len(places) - 10))
    problems.raise_if_any()


def labels_of(flows: xr.DataArray) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Countries and sectors of flows; refuses labels that are missing, differ or repeat."""
    problems = Problems()
    for dim in ("importer", "exporter", "sector"):
        if dim not in flows.indexes:
            problems.add(
                _("flows need a labelled dimension {dim!r}", dim=dim),
                _("dimensions are {dims}", dims=flows.dims),
            )
    problems.raise_if_any()
    for dim in FLOW_DIMS:
        if not len(flows.indexes[dim]):
            problems.add(
                _("flows have no {dim}", dim=dim), _("an economy has one of each at least"), key="flows"
            )
    problems.raise_if_any()
    importers = tuple(str(code) for code in flows.indexes["importer"])
    exporters = tuple(str(code) for code in flows.indexes["exporter"])
    sectors = tuple(str(code) for code in flows.indexes["sector"])
    if set(importers) != set(exporters):
        odd = sorted(set(importers) ^ set(exporters))
        problems.add(
            _("importers and exporters differ: {names}", names=", ".join(odd[:10])),
            _("list the same on both sides"),
        )
    for labels, dim in ((importers, "importer"), (sectors, "sector")):
        if len(set(labels)) != len(labels):
            problems.add(_("labels of {dim} are not unique", dim=dim))
    problems.raise_if_any()
    return importers, sectors


def ordered(
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
        problems.add(
            _("{name} has dimensions {dims}", name=name, dims=array.dims), _("wanted {dims}", dims=dims)
        )
        problems.raise_if_any()
    for dim, labels in wanted.items():
        if dim not in array.indexes:
            problems.add(_("{name} has no labels along {dim!r}", name=name, dim=dim))
            continue
        given = {str(code) for code in array.indexes[dim]}
        missing, extra = sorted(set(labels) - given), sorted(given - set(labels))
        if missing:
            problems.add(
                _("{name} lacks {names} along {dim!r}", name=name, names=", ".join(missing[:10]), dim=dim)
            )
        if extra:
            problems.add(
                _("{name} has unknown {names} along {dim!r}", name=name, names=", ".join(extra[:10]), dim=dim)
            )
    problems.raise_if_any()
    return array.reindex(wanted).transpose(*dims).astype(np.float64)


def refuse_impossible(arrays: Mapping[str, xr.DataArray]) -> None:
    """Refuse values that cannot be, each with its place."""
    rules: dict[str, tuple[Callable[[Array], Mask], str]] = {
        "flows": (
            lambda v: (v < 0) | (v > LARGEST),
            f"is not from zero to {LARGEST:g}; flows are zero or more, in any one unit of money",
        ),
        "tariff": (lambda v: v <= -1, "is at or below -100 %; rates are fractions above -1"),
        "io_share": (
            lambda v: (v < 0) | (v > 1),
            "is outside 0 to 1: shares of the output of a sector, not values",
        ),
        "theta": (lambda v: v <= 0, "is not positive"),
    }
    problems = Problems()
    for name, array in arrays.items():
        impossible, message = rules[name]
        values = bare(array)
        wrong = impossible(values) | ~np.isfinite(values)
        places = np.argwhere(wrong)
        for place in places[:10]:
            labels = ", ".join(str(array.indexes[d][i]) for d, i in zip(array.dims, place, strict=True))
            value = values[tuple(place)]
            reason = message if np.isfinite(value) else _("is not a finite number")
            problems.add(f"{name}[{labels}] = {value:g} {reason}")
        if len(places) > 10:
            problems.add(_("{name}: {number} more like these", name=name, number=len(places) - 10))
        if name == "tariff" and not wrong.any():
            diagonal = np.einsum("nns->ns", values)
            for n, s in np.argwhere(diagonal != 0)[:10]:
                code = array.indexes["importer"][n], array.indexes["sector"][s]
                problems.add(
                    _("tariff[{code}, {code}, {code_2}] is not zero", code=code[0], code_2=code[1]),
                    _("domestic sales bear none"),
                )
    problems.raise_if_any()


def capped_inputs(io_share: xr.DataArray, notes: list[str]) -> xr.DataArray:
    """Input shares whose columns sum to at most one; a larger sum is scaled down if tiny, else an error."""
    total = io_share.sum("input")
    excess = bare(total) - 1.0
    places = np.argwhere(excess > 0)
    if not len(places):
        return io_share
    problems = Problems()
    for n, s in places:
        name = f"{total.indexes['country'][n]} {total.indexes['sector'][s]}"
        if excess[n, s] > SHARE_TOLERANCE:
            problems.add(
                _("input shares of {name} sum to {excess:.6g}", name=name, excess=1 + excess[n, s]),
                _("at most one: what is left is the share of value added"),
            )
        elif excess[n, s] > 1e-12:
            notes.append(f"input shares of {name} summed to {1 + excess[n, s]:.9g}, renormalised to one")
    problems.raise_if_any()
    return io_share / xr.where(total > 1.0, total, 1.0)


def final_shares(a: Arrays, countries: tuple[str, ...], sectors: tuple[str, ...], notes: list[str]) -> Array:
    """Final shares as what intermediate use leaves of expenditure; negative rests clipped, named in `notes`."""
    rest = a.expenditure - np.einsum("njk,nk->nj", a.gamma, a.output)
    # Rests this close to zero are rounding, not demand.
    clipped = rest < -1e-9 * a.expenditure.sum(axis=1, keepdims=True)
    if clipped.any():
        order = sorted(np.argwhere(clipped), key=lambda place: rest[tuple(place)])
        named = ", ".join(f"{countries[n]} {sectors[s]}" for n, s in order[:5])
        share = -rest[clipped].sum() / a.expenditure.sum()
        notes.append(
            f"{clipped.sum()} cells of final demand were negative and set to zero "
            f"({share:.2%} of expenditure; largest {named})"
        )
    final = np.maximum(rest, 0.0)
    total = final.sum(axis=1)
    if (total <= 0).any():
        empty = [countries[n] for n in np.flatnonzero(total <= 0)]
        raise InputError(
            Problem(
                _("no final demand is left in {names}", names=", ".join(empty)),
                _("check flows and input shares"),
            )
        )
    return final / total[:, None]


def refuse_bad_final_shares(shares: xr.DataArray) -> None:
    """Refuse shares below zero, and countries whose shares miss one."""
    values = bare(shares)
    problems = Problems()
    for n, s in np.argwhere(~(values >= 0))[:10]:
        where = f"{shares.indexes['country'][n]}, {shares.indexes['sector'][s]}"
        problems.add(
            _("final_share[{where}] = {values:g} is not zero or more", where=where, values=values[n, s])
        )
    gap = values.sum(axis=1) - 1.0
    for n in np.flatnonzero(~(np.abs(gap) < 1e-6))[:10]:
        problems.add(
            _(
                "final shares of {country} sum to {gap:.9g}",
                country=shares.indexes["country"][n],
                gap=1 + gap[n],
            ),
            _("one"),
        )
    problems.raise_if_any()


def refuse_gaps(arrays: Arrays, countries: Sequence[str], sectors: Sequence[str]) -> None:
    """Refuse a table in which a country uses what it does not buy, or buys what it has no use for.

    Raises:
        InputError: by country and sector, the largest gaps first.
    """
    gaps = arrays.gaps
    problems = Problems()
    places = sorted(np.argwhere(np.abs(gaps) > GAP), key=lambda at: -abs(gaps[tuple(at)]))
    for n, j in places[:10]:
        bought = arrays.expenditure[n, j]
        uses = bought - gaps[n, j] * arrays.expenditure[n].sum()
        told = _(
            "{country} buys {bought:.6g} of {sector} and uses {uses:.6g}: the table is out of balance",
            country=countries[n],
            bought=bought,
            sector=sectors[j],
            uses=uses,
        )
        problems.add(told, _("purchases that cover uses: check flows and input shares of that sector"))
    problems.raise_if_any()


def refuse_strangers(rates: xr.DataArray, countries: Sequence[str], sectors: Sequence[str]) -> None:
    """Refuse rates `[importer, exporter, sector]` with other dimensions or unknown labels."""
    problems = Problems()
    if set(rates.dims) != set(FLOW_DIMS):
        raise InputError(
            _("rates have dimensions {dims}, wanted {flow_dims}", dims=rates.dims, flow_dims=FLOW_DIMS)
        )
    for dim in FLOW_DIMS:
        known = sectors if dim == "sector" else countries
        for code in rates.indexes[dim]:
            if code not in known:
                problems.add(_("unknown {dim} {code!r}", dim=dim, code=code), suggest(str(code), known))
    problems.raise_if_any()
