"""Which changes of a scenario reach nothing: a table of results beside them would be of something else.

A change acts if the economy is posed another question with it than without it, the others staying as they are.
Changes that were found idle before are left away, so that of two that do the same one is named, not both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kosho.arrays import Array
from kosho.codes import expand_regions
from kosho.display import Shown
from kosho.errors import InputError, KoshoError
from kosho.impact.applicable import covers_sector
from kosho.impact.effects import Effects, LaidLaw, laid
from kosho.impact.measure_effects import UNSEEN
from kosho.impact.product_nests import End
from kosho.impact.tariff_shock import Trade
from kosho.impact.tariff_shock import shock as duties
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import Declared, Subsidy
from kosho.law.overlay import MeasureEnd, Overlay, Replacement
from kosho.world import World

if TYPE_CHECKING:
    from kosho.equilibrium import Shock
    from kosho.law.register import Register

__all__ = ["IdleError", "could_act", "idle", "refuse_idle", "same_duties", "same_question", "unpriced"]

NOTHING = 1e-12
"""Rates and costs that differ by less are one."""
ENDS: tuple[End, ...] = ("value", "low", "high")
LARGEST = 3
"""Partners looked at first: most changes show there, and all trade need not be translated."""

_Change = Measure | MeasureEnd | Replacement


class IdleError(KoshoError):
    """Measures reach nothing, and nobody allowed that by name."""

    def __init__(self, what: str, found: Mapping[str, str], hint: str = "") -> None:
        self.what, self.found, self.hint = what, dict(found), hint
        told = [
            _("{what}: {name} changes nothing: {why}", what=what, name=name, why=why)
            for name, why in found.items()
        ]
        super().__init__("\n".join([*told, *([hint] if hint else [])]))

    def __reduce__(self) -> tuple[type[IdleError], tuple[str, dict[str, str], str]]:
        """Pickled with what it names, as errors of other processes are."""
        return IdleError, (self.what, self.found, self.hint)


@dataclass(frozen=True)
class _Asked(Shown):
    """A state of the law before a scenario changes it, and the economy it acts in."""

    world: World
    register: Register
    on: date
    known: date | None

    def changed(self, overlay: Overlay) -> _Asked:
        return _Asked(self.world, self.register.with_overlay(overlay), self.on, self.known)

    def duties(self, among: Trade | None = None) -> Shock:
        return duties(self.world, self.register, self.on, self.known, among=among)

    @property
    def law(self) -> LaidLaw:
        return laid(self.world, self.register, self.on, self.known)


def idle(
    world: World, register: Register, overlay: Overlay, on: date, known: date | None = None
) -> dict[str, str]:
    """Changes of the law that do nothing in a world, with the reason of each, by id of the measure.

    Args:
        world: The economy.
        register: The law before the changes.
        overlay: The changes: what a scenario adds, ends and replaces.
        on: The day in force.
        known: The day of knowledge; None means the latest.

    Raises:
        InputError: as `kosho.impact.effects`.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.impact.reach import idle
    >>> from kosho.world import load
    >>> case, world = Case.load("japan-us-2025"), load(regions="talks", sectors="talks")
    >>> deal = case.scenario("deal").overlay
    >>> idle(world, case.register, deal, date(2025, 7, 9), case.as_of)
    {}
    >>> later = deal.add[0].model_copy(update={"legal_from": date(2025, 8, 7)})
    >>> changed = deal.model_copy(update={"add": (later,)})
    >>> idle(world, case.register, changed, date(2025, 7, 9), case.as_of)
    {'case-cars-15': 'it starts on 2025-08-07, after 2025-07-09'}
    """
    before = _Asked(world, register, on, known)
    found: dict[str, str] = {}
    for change in (*overlay.add, *overlay.replace, *overlay.end):
        if isinstance(change, MeasureEnd):
            why = _no_end(change, before)
        else:
            why = _never(change, before) or _unchanged(change, before, overlay)
            if why is not None and known is not None and _takes_away(change):
                # What it takes away may be law that was not known on the day: it holds the same later on.
                latest = _Asked(world, register, on, None)
                why = _never(change, latest) or _unchanged(change, latest, overlay)
        if why is not None:
            found[_name(change)] = why
            overlay = _without(overlay, change)
    return found


def could_act(world: World, register: Register, overlay: Overlay, on: date, known: date | None = None) -> bool:
    """Whether all that an overlay adds is priced, of the day, and on goods that are traded, whatever other
    law does.
    """
    here = _Asked(world, register, on, known).changed(overlay)
    return bool(overlay.add) and all(
        one.kind != "unpriced"
        and _never(one, here) is None
        and (one.kind == "termination" or _traded(one, here))
        for one in overlay.add
    )


def refuse_idle(what: str, found: Mapping[str, str], unpriced: Collection[str], changes: int) -> None:
    """Refuse changes that do nothing.

    What no model prices, or this table does not tell apart, is passed over where something else acts: results
    name it as not in them.

    Args:
        what: What they are changes of, in words.
        found: What `idle` found.
        unpriced: Measures of it that nothing prices, or the table does not tell apart.
        changes: How many changes there are in all.

    Raises:
        IdleError: a change does nothing.
    """
    grave = {name: why for name, why in found.items() if name not in unpriced or len(found) == changes}
    if not grave:
        return
    if all(why == _(UNSEEN) for why in grave.values()):
        hint = _(
            "a finer table tells them apart: leave --world away, or name it with :full behind; --allow-idle "
            "goes on, with no effect of it in the results"
        )
    else:
        hint = _(
            "take it away or mend it; if it is meant so, say --allow-idle, or allow_idle: true beside a note"
        )
    raise IdleError(what, grave, hint)


def _name(change: _Change) -> str:
    return change.id if isinstance(change, Measure) else change.measure


def _without(overlay: Overlay, change: _Change) -> Overlay:
    """The other changes."""
    return overlay.model_copy(
        update={
            "add": tuple(one for one in overlay.add if one is not change),
            "replace": tuple(one for one in overlay.replace if one is not change),
            "end": tuple(one for one in overlay.end if one is not change),
        }
    )


def _no_end(change: MeasureEnd, before: _Asked) -> str | None:
    """Why an end is none; None where the measure is gone on the day, as the scenario says, whoever ended it."""
    measure = before.register.measure(change.measure)
    if change.legal_from > before.on:
        return _("it ends on {legal_from}, after {on}", legal_from=change.legal_from, on=before.on)
    if measure.legal_to is not None and measure.legal_to < change.legal_from:
        return _("it ended by itself on {legal_to}", legal_to=measure.legal_to)
    return (
        None if measure.stage in ("in_force", "expired") else _("it is not law ({stage})", stage=measure.stage)
    )


def _takes_away(change: Measure | Replacement) -> bool:
    """Whether a change adds nothing of its own, but removes what other measures do."""
    return isinstance(change, Measure) and change.kind in ("exemption", "termination")


def _never(change: Measure | Replacement, before: _Asked) -> str | None:
    """Why a change cannot do anything, whatever is traded; None where it might."""
    measure = change.by if isinstance(change, Replacement) else change
    why: str | None = None
    if measure.first_day > before.on:
        why = _("it starts on {first_day}, after {on}", first_day=measure.first_day, on=before.on)
    elif measure.legal_to is not None and measure.legal_to < before.on:
        why = _("it ended on {legal_to}, before {on}", legal_to=measure.legal_to, on=before.on)
    elif isinstance(change, Measure) and measure.kind != "termination":
        why = _aimless(measure, before.world)
    return why


def _aimless(measure: Measure, world: World) -> str | None:
    """Why a measure is on nobody's goods here."""
    here = world.law_cells.place
    own = set(expand_regions([measure.imposer]))
    if not own & here.keys():
        return _("this world has no {imposer}", imposer=measure.imposer)
    aimed = [code for code in here if measure.level_on(code) is not None]
    if not aimed:
        return _("it is aimed at nobody in this world")
    at_home = isinstance(measure.terms, Subsidy) and measure.terms.home
    if own.issuperset(aimed) and not at_home:
        return _("it is aimed at nobody but {imposer} itself", imposer=measure.imposer)
    return None


def _unchanged(change: Measure | Replacement, before: _Asked, overlay: Overlay) -> str | None:
    """Why a change makes no difference to what the economy is asked; None where it does."""
    here, there = before.changed(overlay), before.changed(_without(overlay, change))
    here.law.question()  # what cannot be posed is refused
    without = LaidLaw(there.world, there.register, there.on, there.known)  # nobody else asks for it
    try:
        # Were duties the same, all else had to be: of what acts besides them that is found out sooner.
        if _name(change) in here.law.beside and not _same_at_ends(here.law, without.with_duties_of(here.law)):
            return None
        some = Trade(_nearest(change, before))
        same = same_duties(here.duties(some), there.duties(some)) and _same_at_ends(here.law, without)
    except InputError:  # without it the rest cannot be posed: it matters
        return None
    return _reason(change, here, here.law.effects()) if same else None


def _same_at_ends(one: LaidLaw, other: LaidLaw) -> bool:
    """A bound on an effect acts at the ends of its range only."""
    return all(same_question(one.question(end), other.question(end)) for end in ENDS)


def _nearest(change: Measure | Replacement, before: _Asked) -> frozenset[int]:
    """The imposer of a change, and the largest sellers that it is on."""
    measure = change.by if isinstance(change, Replacement) else change
    world = before.world
    place = world.law_cells.place
    own = {place[code] for code in expand_regions([measure.imposer]) if code in place}
    sold = world.arrays.flows[sorted(own)].sum(axis=(0, 2))
    aimed = {n for code, n in place.items() if measure.level_on(code) is not None} - own
    return frozenset(own) | frozenset(sorted(aimed, key=lambda n: -float(sold[n]))[:LARGEST])


def same_question(one: Effects, other: Effects) -> bool:
    """Whether two states of the law ask the same of the economy: duties, trade costs, bounds, products."""
    return (
        same_duties(one.shock, other.shock)
        and sorted(map(repr, one.constraints)) == sorted(map(repr, other.constraints))
        and {(nest.importer, nest.product) for nest in one.nests if one.constraints}
        == {(nest.importer, nest.product) for nest in other.nests if other.constraints}
    )


def same_duties(one: Shock, other: Shock) -> bool:
    """Whether two shocks change the same: rows that change nothing do not count, nor does their order."""
    place = {name: k for k, name in enumerate(sorted({*one.part, *other.part}))}
    mine, theirs = _moved(one, place), _moved(other, place)
    return mine.shape == theirs.shape and bool(np.allclose(mine, theirs, rtol=0, atol=NOTHING))


def _moved(shock: Shock, place: Mapping[str, int]) -> Array:
    """Rows of what changes `[row, column]`, in an order of their own; parts by their place among all names."""
    changes = (np.abs(shock.tariff - shock.base_tariff) > NOTHING) | (shock.cost != 1) | (shock.rent != 0)
    rows = np.flatnonzero(changes)
    part = np.array([place[shock.part[row]] for row in rows.tolist()], float)
    columns = [shock.importer, shock.exporter, shock.sector, shock.share, shock.base_tariff]
    columns += [shock.tariff, shock.cost, shock.rent, shock.holder]
    table = np.column_stack([part, *(column[rows] for column in columns)]).astype(float)
    return table[np.lexsort(table.T[::-1])]


def _reason(change: Measure | Replacement, here: _Asked, found: Effects) -> str:
    """Why a change that could act does not, as far as one can say."""
    measure = change.by if isinstance(change, Replacement) else change
    if isinstance(change, Replacement) and measure.id not in found.left_out:
        return _("it does what the measure that it takes the place of did")
    if measure.kind == "unpriced":
        return _("nothing says what it costs: it is listed, not priced")
    if measure.id in found.left_out:
        return found.left_out[measure.id]
    return next(_guesses(measure, here))


def _guesses(measure: Measure, here: _Asked) -> Iterator[str]:
    """Reasons, the surest first."""
    if measure.id in here.register.not_translated and not measure.terms:
        yield here.register.not_translated[measure.id]
    elif not _traded(measure, here):
        yield _("nothing that it is on is traded in this world")
    levels = {
        level
        for code in here.world.law_cells.place
        if not measure.imposed_by(code) and (level := measure.level_on(code)) is not None
    }
    if measure.kind == "floor":
        told = _(" to ").join(f"{level:g}" for level in sorted({min(levels), max(levels)}))
        yield _("no ordinary duty that it is on is below its floor of {told} %", told=told)
    if measure.kind == "tariff" and levels == {0.0}:
        yield _("it adds 0 %")
    if measure.kind == "cut":
        yield _("there is no ordinary duty on what it is on, so nothing of it to take off")
    if measure.kind == "bind":
        yield _("no ordinary duty that it is on is above {most:g} %", most=max(levels))
    yield _("without it results are the same: other measures in force do as much, or take its place")


def _traded(measure: Measure, here: _Asked) -> bool:
    """Whether the imposer buys anything from those it is aimed at."""
    cells = here.world.law_cells
    economies = list(cells.economies)
    own = [n for n, code in enumerate(economies) if measure.imposed_by(code)]
    aimed = [n for n, code in enumerate(economies) if n not in own and measure.level_on(code) is not None]
    goods = [k for k, code in enumerate(cells.sectors) if covers_sector(here.register, measure, code)]
    return bool(own and aimed and goods and cells.flows[np.ix_(own, aimed, goods)].any())


def unpriced(overlay: Overlay) -> set[str]:
    """Measures that a scenario adds and no model prices by their kind: listed, or of declared worth."""
    return {one.id for one in overlay.add if one.kind == "unpriced" or isinstance(one.terms, Declared)}
