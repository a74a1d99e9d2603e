"""`kosho register stale` and `diff`: what needs a look, and what became known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, show_json, show_table
from kosho.codes import country_name
from kosho.errors import InputError, Problem, suggest
from kosho.language import _, pgettext

if TYPE_CHECKING:
    from datetime import date

    from kosho.law import Register
    from kosho.law.known_between import Change

__all__ = ["known", "not_known", "refuse_unknown_economy", "stale"]


def refuse_unknown_economy(code: str | None, option: str, *, alone: bool = False) -> None:
    """Refuse a code of no country and no bloc; of no country where it must stand `alone`.

    Raises:
        InputError: with the nearest codes.
    """
    from kosho.codes import blocs, countries

    known_codes = {*countries()} if alone else {*countries(), *blocs()}
    if code is not None and code not in known_codes:
        hint = suggest(code, known_codes)
        raise InputError(Problem(_("unknown country {code!r}", code=code), hint, key=option))


def not_known(register: Register, on: date, importer: str | None) -> str | None:
    """Why nothing can be found of a day: no measure at all (of an economy), or none that was known by then."""
    law = [one for one in register.measures if importer is None or one.imposed_by(importer)]
    if not law:
        return _("the register holds no measure of {country}", country=country_name(importer or ""))
    first = min(one.known_from for one in law)
    if on >= first:
        return None
    return _(
        "the register knows nothing of {day}: the first of its {number} measures became known on {first}",
        day=formatting.day(on),
        number=formatting.count(len(law)),
        first=formatting.day(first),
    )


def stale(
    on: Annotated[
        str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Day of the look; today.")
    ] = None,
    importer: Annotated[str | None, typer.Option(help="Only what this economy imposes.")] = None,
    *,
    json: Json = False,
) -> None:
    """List what needs a look: not verified, announced and due, pending, suspended and over, unconfirmed."""
    from datetime import date

    from kosho.law import Register
    from kosho.law.stale import stale as found_stale

    refuse_unknown_economy(importer, "--importer")
    when = day(on, "--on") or date.today()
    register = Register.load()
    found, why = found_stale(register, when, importer), not_known(register, when, importer)
    if json:
        rows = [
            {
                "reason": one.reason,
                "subject": one.subject,
                "since": one.since.isoformat(),
                "why": one.why,
                "place": one.place,
            }
            for one in found
        ]
        show_json({"schema_version": 1, "on": when.isoformat(), "stale": rows, "notes": [why] if why else []})
    elif not found and why:
        say(_("Nothing to look at: {why}.", why=why))
    elif not found:
        say(_("Nothing needs a look on {day}.", day=formatting.day(when)))
    else:
        show_table(
            _("What needs a look on {day}", day=formatting.day(when)),
            (_("Since"), pgettext("stale", "Reason"), _("Subject"), _("What to look at")),
            [(one.since.isoformat(), formatting.word(one.reason), one.subject, one.why) for one in found],
        )


def known(days: tuple[str, str], importer: str | None, *, json: bool) -> None:
    """Show what became known after the first day, up to the second.

    Raises:
        InputError: a day is none, or the second is not after the first.
    """
    from kosho.law import Register
    from kosho.law.known_between import known_between

    refuse_unknown_economy(importer, "--importer")
    first, second = (day(text, "--known") for text in days)
    if first is None or second is None:
        raise InputError(Problem(_("two days"), key="--known"))
    register = Register.load()
    found, why = known_between(register, first, second, importer), not_known(register, second, importer)
    if json:
        asked = {"known": [first.isoformat(), second.isoformat()], "importer": importer}
        changes = [_contract(one) for one in found]
        show_json({"schema_version": 1, **asked, "changes": changes, "notes": [why] if why else []})
    elif not found and why:
        say(_("Nothing became known: {why}.", why=why))
    elif not found:
        say(
            _(
                "Nothing became known from {day} to {day_2}.",
                day=formatting.day(first),
                day_2=formatting.day(second),
            )
        )
    else:
        rows = [
            (
                one.known_from.isoformat(),
                formatting.word(one.what) + (_(", back in time") if one.retroactive else ""),
                one.measure,
                one.title,
                one.first.isoformat(),
                _several(one.partners),
                str(len(one.lines)) if one.lines != (_("all goods"),) else _("all goods"),
            )
            for one in found
        ]
        columns = (
            _("Known"),
            _("What"),
            _("Measure"),
            _("Title"),
            _("Acts from"),
            _("Partners"),
            _("Headings"),
        )
        title = _(
            "What became known from {day} to {day_2}", day=formatting.day(first), day_2=formatting.day(second)
        )
        show_table(title, columns, rows)


NAMED = 4
"""Partners that are named; the others are counted."""


def _several(codes: tuple[str, ...]) -> str:
    names = [_("all") if code == "all" else country_name(code) for code in codes]
    return (
        _(", ").join(names)
        if len(names) <= NAMED
        else _("{names} and {number} more", names=_(", ").join(names[:NAMED]), number=len(names) - NAMED)
    )


def _contract(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "measure": change.measure,
        "title": change.title,
        "imposer": change.imposer,
        "known_from": change.known_from.isoformat(),
        "first": change.first.isoformat(),
        "last": None if change.last is None else change.last.isoformat(),
        "retroactive": change.retroactive,
        "touches": list(change.touches),
        "partners": list(change.partners),
        "lines": list(change.lines),
        "legal_basis": change.legal_basis,
        "source": list(change.source),
    }
