"""Countries, sectors, rates and quantities named by labels of a world, and where they stand in its arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from kosho.arguments import note_numbers, note_rates, note_sort
from kosho.arrays import Array, Mask
from kosho.bounds import LARGEST
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import N_, _
from kosho.world.economy import FLOW_DIMS, PhysicalFlow, labelled
from kosho.world.table_checks import refuse_strangers

__all__ = ["place_of", "position_of", "rates_given", "refuse_quantities", "sector_holding"]

Labels = tuple[str, ...]


def position_of(
    labels: Labels, code: object, what: str, members: Mapping[str, Sequence[str]] | None = None
) -> int:
    """Where a label stands.

    Args:
        labels: All of them.
        code: The one looked for.
        what: What it is, for the message.
        members: What labels are made of, where they were put together.

    Raises:
        InputError: it is not among them; a label that it went into is named.
    """
    if not isinstance(code, str) or code not in labels:
        for label, parts in (members or {}).items():
            if label in labels and code in parts:
                raise InputError(
                    Problem(
                        _("{code} is in {label} in this world", code=code, label=label),
                        _("say {label}, or take a finer world", label=label),
                    )
                )
        raise InputError(
            Problem(_("unknown {what} {code!r}", what=_(what), code=code), suggest(str(code), labels))
        )
    return labels.index(code)


def place_of(cell: tuple[str, str, str], countries: Labels, sectors: Labels) -> tuple[int, int, int]:
    """Where a cell (importer, exporter, sector) stands.

    Raises:
        InputError: a label is unknown.
    """
    importer, exporter, sector = cell
    here, there = (position_of(countries, code, "country") for code in (importer, exporter))
    return here, there, position_of(sectors, sector, "sector")


def sector_holding(code: object, sectors: Labels, members: Mapping[str, tuple[str, ...]]) -> str:
    """The sector that has this label, or is exactly this ICIO sector.

    Args:
        code: A label, or an ICIO code.
        sectors: Labels.
        members: ICIO sectors in each label that is not one by its own code.

    Raises:
        InputError: there is none; where the ICIO sector is only part of one, that is named.
    """
    if isinstance(code, str) and code in sectors:
        return code
    alone = [label for label in sectors if members.get(label) == (code,)]
    if len(alone) == 1:
        return alone[0]
    holding = [label for label in sectors if code in members.get(label, ())]
    if holding:
        where = _(
            "in this world {code} is {part} {names}",
            code=code,
            part=_("in") if len(holding) == 1 else _("spread over"),
            names=", ".join(holding),
        )
        raise InputError(
            Problem(
                _("sector {code!r} is not told apart: {where}", code=code, where=where),
                _("name one of its sectors"),
            )
        )
    return sectors[position_of(sectors, code, "sector")]


def rates_given(
    rates: xr.DataArray | Mapping[tuple[str, str, str], float], countries: Labels, sectors: Labels
) -> tuple[Array, Mask]:
    """Rates `[importer, exporter, sector]`, NaN where none is given, and where they are given.

    Raises:
        InputError: something else than rates, or labels of other worlds.
    """
    problems = Problems()
    note_rates(problems, rates, "rates")
    problems.raise_if_any()
    values = np.full((len(countries), len(countries), len(sectors)), np.nan)
    if isinstance(rates, xr.DataArray):
        refuse_strangers(rates, countries, sectors)
        wanted = labelled(values, FLOW_DIMS, countries, sectors)
        values = rates.transpose(*FLOW_DIMS).reindex_like(wanted).to_numpy()
        return values, ~np.isnan(values)
    known = np.zeros(values.shape, bool)
    for cell, rate in rates.items():
        place = place_of(cell, countries, sectors)
        values[place], known[place] = rate, True
    return values, known


def refuse_quantities(units: Sequence[PhysicalFlow], countries: Labels, sectors: Labels) -> None:
    """Refuse quantities that cannot be, or of flows that are not in the world.

    Raises:
        InputError: by position in `units`.
    """
    problems = Problems()
    for k, flow in enumerate(units):
        if note_sort(problems, flow, PhysicalFlow, f"units[{k}]"):
            note_numbers(problems, [flow.quantity], ["quantity"], f"units[{k}]")
            if not 0 <= flow.quantity <= LARGEST:
                told = _("a quantity of {quantity:g}", quantity=flow.quantity)
                problems.add(told, _("from zero to {largest:g}", largest=LARGEST), key=f"units[{k}]")
            for code, labels, what in (
                (flow.exporter, countries, N_("country")),
                (flow.importer, countries, N_("country")),
                (flow.sector, sectors, N_("sector")),
            ):
                if code not in labels:
                    problems.add(
                        _("unknown {what} {code!r}", what=_(what), code=code),
                        suggest(str(code), labels),
                        key=f"units[{k}]",
                    )
    problems.raise_if_any()
