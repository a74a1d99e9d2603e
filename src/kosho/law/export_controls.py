"""Who may not ship what to whom: controls of exports that touch a line, told beside its rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kosho.law.headings import Place, Places
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import ExportControl
from kosho.law.register import Register

__all__ = ["controls", "in_words", "told"]

FORMS = {"licence": "leaves {imposer} only under licence", "prohibition": "may not leave {imposer}"}
USERS = {"all": "", "military": " for military users and uses", "named": " for users on a list"}


def controls(
    register: Register, exporter: str, importer: str, places: Places, on: date, known: date | None = None
) -> Iterator[tuple[Measure, bool]]:
    """Controls of the exporter on goods for the importer, and whether all of the code is on their headings.

    Args:
        register: The law, of all or of the importer.
        exporter: Who controls.
        importer: Where the goods are to go.
        places: Where the code of the goods lies (`kosho.law.line_rate.position`).
        on: Day in force.
        known: Day of knowledge, the latest by default.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.law.line_rate import position
    >>> register = Register.load()
    >>> place = position(register, "81129200")
    >>> [one.id for one, _ in controls(register, "CHN", "USA", place, date(2025, 1, 1))]
    ['chn-control-gallium-2023', 'chn-control-usa-minerals-2024', 'chn-control-usa-military-2024']
    """
    for measure in register.in_force(on, known):
        if measure.kind != "export_control" or not measure.imposed_by(exporter):
            continue
        scope = measure.scope
        if scope is None or measure.level_on(importer) is None:
            continue
        found = [Place.IN] if scope.goods else []
        found += [places.at("list", name) for name in scope.lists]
        found += [places.at("group", name) for name in scope.groups]
        found += [places.at("measure", measure.id)] if scope.hs is not None else []
        best = max(found, default=Place.OUT)
        if best is not Place.OUT:
            exact = all(register.lists[name].exact for name in scope.lists)
            yield measure, best is Place.IN and exact


def in_words(measure: Measure, *, surely: bool) -> str:
    """A line for a reader: what is controlled, how, and whether the goods are surely under it.

    >>> from kosho.law import Register
    >>> in_words(Register.load().measure("chn-control-gallium-2023"), surely=True)
    'export control: Gallium and germanium leave China only under licence'
    """
    some = "" if surely else " (some goods of these headings)"
    return f"export control: {measure.title}{some}"


def told(measure: Measure) -> str:
    """What a control does, in words of a table.

    >>> from kosho.law import Register
    >>> told(Register.load().measure("chn-control-jpn-military-2026"))
    'may not leave CHN for military users and uses'
    """
    if not isinstance(measure.terms, ExportControl):
        return measure.kind
    return FORMS[measure.terms.form].format(imposer=measure.imposer) + USERS[measure.terms.users]
