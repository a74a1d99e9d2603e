"""Who may not ship what to whom: controls of exports that touch a line, told beside its rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kosho.language import N_, _
from kosho.law.headings import Place, covered_keys, place
from kosho.law.measure import Measure
from kosho.law.nontariff_terms import ExportControl
from kosho.law.possible_rates import headings_of
from kosho.law.register import Register

__all__ = ["controls", "in_words", "placed", "told"]

FORMS = {
    "licence": N_("leaves {imposer} only under licence"),
    "prohibition": N_("may not leave {imposer}"),
}
USERS = {"all": "", "military": N_(" for military users and uses"), "named": N_(" for users on a list")}


def controls(
    register: Register, exporter: str, importer: str, code: str, on: date, known: date | None = None
) -> Iterator[tuple[Measure, bool]]:
    """Controls of the exporter on goods for the importer, and whether all of the code is surely under them.

    Args:
        register: The law, of all or of the importer.
        exporter: Who controls.
        importer: Where the goods are to go.
        code: HS code of the goods, without dots.
        on: Day in force.
        known: Day of knowledge, the latest by default.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> [one.id for one, _ in controls(Register.load(), "CHN", "USA", "81129200", date(2025, 1, 1))]
    ['chn-control-gallium-2023', 'chn-control-usa-minerals-2024', 'chn-control-usa-military-2024']
    """
    for measure in register.in_force(on, known):
        if measure.kind == "export_control" and measure.imposed_by(exporter):
            found = placed(register, measure, code)
            if found is not Place.OUT and measure.level_on(importer) is not None:
                scope = measure.scope
                exact = scope is not None and all(register.lists[name].exact for name in scope.lists)
                yield measure, found is Place.IN and exact


def placed(register: Register, measure: Measure, code: str) -> Place:
    """Where a code lies to the headings a measure names, carve-outs and conditions aside.

    >>> from kosho.law import Register
    >>> register = Register.load()
    >>> placed(register, register.measure("us-232-lumber-10"), "44071100").name
    'IN'
    """
    scope = measure.scope
    if scope is None:
        return Place.OUT
    headings = headings_of(register)
    found = [Place.IN] if scope.goods else []
    found += [place(code, *headings.of(key)) for key in covered_keys(measure, scope)]
    return max(found, default=Place.OUT)


def in_words(measure: Measure, *, surely: bool) -> str:
    """A line for a reader: what is controlled, how, and whether the goods are surely under it.

    >>> from kosho.law import Register
    >>> in_words(Register.load().measure("chn-control-gallium-2023"), surely=True)
    'export control: Gallium and germanium leave China only under licence'
    """
    some = "" if surely else _(" (some goods of these headings)")
    return _("export control: {title}{some}", title=measure.title, some=some)


def told(measure: Measure) -> str:
    """What a control does, in words of a table.

    >>> from kosho.law import Register
    >>> told(Register.load().measure("chn-control-jpn-military-2026"))
    'may not leave CHN for military users and uses'
    """
    if not isinstance(measure.terms, ExportControl):
        return measure.kind
    users = USERS[measure.terms.users]
    return _(FORMS[measure.terms.form], imposer=measure.imposer) + (_(users) if users else "")
