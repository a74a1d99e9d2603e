"""`kosho cases`: which cases there are, and what each holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import say, show_json, show_table
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from kosho.case import Case

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def show(
    name: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="One case, by name or folder; left out, all.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """List cases and what each holds: record, scenarios, table, corridors, and the days it covers."""
    from kosho.case import Case, cases
    from kosho.errors import InputError

    found: list[Case] = []
    broken: dict[str, InputError] = {}
    for one in cases() if name is None else [name]:
        try:
            found.append(Case.load(one))
        except InputError as error:  # one case that is wrong does not hide the others
            if name is not None:
                raise
            broken[one] = error
    content = [_contract(case) for case in found]
    if json:
        wrong = [{"name": one, "problems": list(map(str, error.problems))} for one, error in broken.items()]
        show_json({"schema_version": 1, "cases": content, "broken": wrong})
        return
    _show(content, content if name is None else content[:1])
    for one, error in broken.items():
        first, *more = error.problems
        say(
            _("{what} cannot be read: {first}", what=one, first=first)
            + (_(", and {number} more", number=len(more)) if more else "")
        )


def _contract(case: Case) -> dict[str, Any]:
    record = case.record
    days = sorted(one.recorded_at for one in record.file.statements) if record else []
    return {
        "name": case.name,
        "title": case.title,
        "folder": str(case.folder),
        "as_of": case.as_of.isoformat(),
        "parties": [one.economy for one in case.parties],
        "holds": list(case.holds),
        "statements": len(record.file.statements) if record else 0,
        "recorded": [days[0].isoformat(), days[-1].isoformat()] if days else [],
        "scenarios": [{"id": one.id, "title": one.title, "role": one.role} for one in case.scenarios.values()],
        "findings": [one.model_dump(mode="json") for one in case.findings],
        "corridors": [list(pair) for pair in _corridors(case)],
    }


def _corridors(case: Case) -> list[tuple[str, str]]:
    """Corridors that ship between ports of two of its parties."""
    from kosho.codes import economy_of_port, expand_regions
    from kosho.corridor import shipped

    own = set(expand_regions([one.economy for one in case.parties]))
    return [pair for pair in shipped() if {economy_of_port(port) for port in pair} <= own]


def _show(content: list[dict[str, Any]], told: list[dict[str, Any]]) -> None:
    rows = [
        (
            f"{one['name']}\n{one['title']}",
            " ".join(one["parties"]),
            "\n".join(_days(one)),
            "\n".join(_held(one)),
        )
        for one in content
    ]
    show_table(_("Cases"), (_("Case"), _("Parties"), _("Days"), _("Holds")), rows)
    scenarios = [
        (
            one["name"] if first else "",
            scenario["id"],
            formatting.word(scenario["role"].replace("-", " ")),
            scenario["title"],
        )
        for one in told
        for first, scenario in zip([True] + [False] * len(one["scenarios"]), one["scenarios"], strict=False)
    ]
    if scenarios:
        show_table(_("Scenarios"), (_("Case"), _("Scenario"), _("Role"), _("What happens")), scenarios)
    findings = [
        (found["finding"], _rests(found), found["otherwise"]) for one in told for found in one["findings"]
    ]
    if findings and len(told) == len(content):
        show_table(
            _("Which finding rests on which assumption"),
            (_("Finding"), _("Rests on"), _("Otherwise")),
            findings,
        )


def _rests(found: dict[str, Any]) -> str:
    told, status = formatting.listed(found["rests_on"]), formatting.word(found["status"])
    return _("{told} ({status})", told=told, status=status)


def _days(one: dict[str, Any]) -> list[str]:
    """The day a case is about, and from when to when its record speaks, a line each."""
    about = _("as of {day}", day=one["as_of"])
    if not one["recorded"]:
        return [about]
    first, last = one["recorded"]
    return [about, _("said from {day}", day=first), _("to {day}", day=last)]


def _held(one: dict[str, Any]) -> list[str]:
    """What there is, a line each."""
    words = {
        "record": ngettext(
            "record, {statements} statement",
            "record, {statements} statements",
            one["statements"],
            statements=one["statements"],
        ),
        "scenarios": ngettext(
            "{number} scenario", "{number} scenarios", len(one["scenarios"]), number=len(one["scenarios"])
        ),
        "table": _("negotiating table"),
    }
    return [words[part] for part in one["holds"]] + [
        _("corridor {names}", names="-".join(pair)) for pair in one["corridors"]
    ]
