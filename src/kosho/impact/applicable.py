"""Which measures of a dated state act in an economy besides its duties, and why others do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from kosho.errors import InputError
from kosho.impact.base_law import base_end
from kosho.language import N_, _
from kosho.law.measure import CONCESSIONS, PRICED, Measure
from kosho.law.overlap import double_prices, touch
from kosho.law.register import Register
from kosho.world import World

__all__ = ["besides", "concerning", "covers_sector", "in_base", "unknown_duties", "unseen"]

LOPSIDED = N_("the register does not hold what others subsidise; a scenario that has it prices it")
UNKNOWN_DUTY = N_("this world does not know the ordinary duty, and so no cut of it, of")
BOUNDS = ("quota", "purchase", "tariff_quota")
"""Kinds that bind again when the economy moves, although the base year had them."""
ALIKE = ((*BOUNDS, "advisory"), ("standard", "customs", "digital"), ("subsidy",))
"""Kinds that do the same: bound quantities, change trade cost, pay buyers."""


def besides(
    world: World, register: Register, on: date, known: date | None = None
) -> tuple[list[Measure], dict[str, str]]:
    """Measures in force that do something no duty says, and those left out, with the reason.

    Left out is what the base year had, and what a measure of the same authority that a scenario adds takes the
    place of, on the same goods of the same partners.

    Raises:
        InputError: two standards price one barrier.
    """
    before = in_base(register, world)
    measures: list[Measure] = []
    left_out: dict[str, str] = {}
    law = [
        m
        for m in register.in_force(on, known)
        if (m.kind == "ban" or m.terms or m.quota)
        and (m.kind != "export_control" or m.id in register.assumed)  # nobody says how much less is shipped
    ]
    assumed = [m for m in law if m.id in register.assumed]
    for measure in law:
        if measure.id in before and measure.kind not in BOUNDS:
            left_out[measure.id] = _("it was in force in the base year: the table holds its effect")
        elif measure.kind == "subsidy" and not (
            measure.id in register.assumed or register.complete(measure, on)
        ):
            left_out[measure.id] = _(LOPSIDED)
        elif measure.id not in register.assumed and any(_in_place(register, measure, m) for m in assumed):
            left_out[measure.id] = _(
                "the scenario has another measure of {authority}", authority=measure.authority
            )
        else:
            measures.append(measure)
    twice = list(double_prices(register, measures))
    if twice:
        raise InputError(twice)
    return measures, left_out


def _in_place(register: Register, measure: Measure, other: Measure) -> bool:
    """Whether a measure that a scenario adds takes the place of one that is law."""
    alike = any(measure.kind in kinds and other.kind in kinds for kinds in ALIKE)
    return alike and measure.authority == other.authority and touch(register, measure, other)


def unseen(world: World, register: Register, on: date, known: date | None = None) -> dict[str, str]:
    """Duties, exemptions and unpriced measures in force that sector tables see in part or not at all, with why.

    Those of the base year are not listed: the table holds their effect.
    """
    before = in_base(register, world)
    found: dict[str, str] = {}
    for measure in register.in_force(on, known):
        if measure.id in before or measure.kind not in (*PRICED, "exemption", "unpriced"):
            continue
        if measure.kind == "unpriced":
            found[measure.id] = _("nothing says what it costs: it is listed, not priced")
        elif measure.id in register.not_translated:
            found[measure.id] = register.not_translated[measure.id]
        elif not register.sectors_in(measure):
            found[measure.id] = _("sector tables do not tell apart the goods that meet its conditions")
        else:
            gaps = {
                _("no sector or product group stands for"): _without_group(register, measure),
                _(
                    "no share of imports of {imposer} is given for", imposer=measure.imposer
                ): register.partly_translated.get(measure.id, ()),
                _(UNKNOWN_DUTY): unknown_duties(world, register, measure),
            }
            told = [f"{why} {', '.join(which)}" for why, which in gaps.items() if which]
            if told:
                found[measure.id] = _("acts in part: {names}", names="; ".join(told))
    return found


def unknown_duties(world: World, register: Register, measure: Measure) -> tuple[str, ...]:
    """Of a cut or a bind: importers and sectors whose ordinary duty a world does not know, and does not cut."""
    if measure.kind not in CONCESSIONS or world.unknown_tariff is None:
        return ()
    mask, cells = world.unknown_tariff.to_numpy(), world.law_cells
    aimed = [n for code, n in cells.place.items() if measure.level_on(code) is not None]
    covered = [
        (code, j)
        for code, j in zip(cells.sectors, cells.sector.tolist(), strict=True)
        if covers_sector(register, measure, code)
    ]
    found: dict[str, None] = {}
    for importer, n in cells.place.items():
        if not measure.imposed_by(importer):
            continue
        label = world.countries[n]
        lost = [code for code, j in covered if mask[n, [i for i in aimed if i != n], j].any()]
        whole = lost and len(lost) == len(covered)
        found |= dict.fromkeys(
            [_("{label} (all)", label=label)] if whole else [f"{label} {code}" for code in lost]
        )
    return tuple(found)


def covers_sector(register: Register, measure: Measure, sector: str) -> bool:
    """Whether some product of a sector is in the scope of a measure."""
    return sector in register.sectors_in(measure)


def _without_group(register: Register, measure: Measure) -> list[str]:
    """Headings of a scope that touch no product group."""
    scope = measure.scope
    if scope is None or scope.hs is None or scope.goods:
        return []
    groups = [register.products.groups[name].hs for name in register.groups_of(measure.id)]
    return [one for one in scope.hs.prefixes if not any(group.touches(one) for group in groups)]


def concerning(register: Register, left_out: Mapping[str, str], parties: Collection[str]) -> dict[str, str]:
    """Of what is left out, what a scenario added (first) and what is aimed at one of the parties."""

    def concerns(name: str) -> bool:
        measure = register.measure(name)
        aimed = any(measure.level_on(code) is not None for code in parties if not measure.imposed_by(code))
        return name in register.assumed or aimed

    named = sorted(filter(concerns, left_out), key=lambda name: name not in register.assumed)
    return {name: left_out[name] for name in named}


def in_base(register: Register, world: World) -> set[str]:
    """Measures in force at the end of the base, whose effect the table holds."""
    day = base_end(register, world)
    return set() if day is None else {m.id for m in register.in_force(day)}
