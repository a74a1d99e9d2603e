"""`kosho record`: what was said, what is open, due and contradicted, as of any day."""

from __future__ import annotations

import os
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, show_json, show_table
from kosho.language import N_, _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from kosho.record.ledger import Ledger, Record

__all__ = ["app"]

app = typer.Typer(add_completion=False)

MANY = 20
"""Topics that are too many to name; the nearest are."""


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    case: Annotated[str, typer.Argument(help="A shipped case, a case's folder, a record.yaml; or `check`.")],
    checked: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="After `check`: the case to check.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="As recorded by that day; today.")
    ] = None,
    topic: Annotated[str | None, typer.Option(help="Only what touches it.")] = None,
    sources: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With `check`: where the texts of the sources are; or KOSHO_SOURCES."),
    ] = None,
    *,
    still_open: Annotated[bool, typer.Option("--open", help="Only what is still open.")] = False,
    json: Json = False,
) -> None:
    """Show the record of a negotiation, or check it: `kosho record check CASE`."""
    from kosho.errors import InputError, Problem
    from kosho.record.contract import contract
    from kosho.record.ledger import Record

    if case == "check":
        if checked is None:
            raise InputError(Problem(_("no case to check"), _("kosho record check CASE")))
        _check(checked, sources, json=json)
        return
    if checked is not None:
        raise InputError(Problem(_("one case at a time, not {checked!r} too", checked=checked)))
    on = day(as_of, "--as-of") or datetime.now(UTC).astimezone().date()
    record = Record.load(case, on)
    _refuse(record)
    if record.begins is not None and on < record.begins:
        message = _(
            "the record {name} begins on {begins}, after {on}", name=record.name, begins=record.begins, on=on
        )
        raise InputError(
            Problem(message, _("ask about {begins} or later", begins=record.begins), key="--as-of")
        )
    ledger = record.as_of(on, topic)
    if topic is not None:
        _refuse_unknown(topic, record, on)
    content = contract(ledger, only_open=still_open)
    if json:
        show_json(content)
    else:
        _show(ledger, content, topic)


def _refuse_unknown(topic: str, record: Record, on: date) -> None:
    """A topic that nothing touches on any day is a slip; the answer names those known on the day."""
    from datetime import date

    from kosho.errors import InputError, Problem, suggest

    ever = record.as_of(date.max, topic)
    if ever.statements or ever.contentions:
        return
    topics = sorted({one.topic for one in record.as_of(on).statements if one.topic})
    near = suggest(topic, topics) if len(topics) > MANY else None
    hint = near or (
        _("topics: {names}", names=_(", ").join(topics)) if topics else _("the record names none by that day")
    )
    raise InputError(Problem(_("nothing in the record touches {topic!r}", topic=topic), hint, key="--topic"))


def _refuse(record: Record) -> None:
    from kosho.errors import InputError
    from kosho.record.check import dangling

    problems = dangling(record.file, record.lines, str(record.path))
    if problems:
        raise InputError(problems)


def _check(name: str, sources: Path | None, *, json: bool) -> None:
    from kosho.errors import InputError, Problem
    from kosho.record.check import examine

    given = sources or (Path(os.environ["KOSHO_SOURCES"]) if os.environ.get("KOSHO_SOURCES") else None)
    if given is not None and not given.is_dir():
        raise InputError(Problem(_("is not a folder"), file=str(given), key="--sources"))
    record, verdict = examine(name, given)
    if verdict.problems:
        raise InputError(verdict.problems)
    cited = _cited(record)
    if json:
        counts = {"verified": verdict.verified, "unverified": verdict.unverified}
        counts |= {} if cited is None else {"cited_by_table": len(cited)}
        show_json(
            {"schema_version": 1, "case": record.name, "statements": len(record.file.statements)} | counts
        )
        return
    number = len(record.file.statements)
    say(
        ngettext(
            "{name}: {number} statement, every reference found.",
            "{name}: {number} statements, every reference found.",
            number,
            name=record.name,
            number=number,
        )
    )
    say(
        _(
            "Quotes: {verified} verified against their sources, {unverified} unverified.",
            verified=verdict.verified,
            unverified=verdict.unverified,
        )
    )
    if verdict.unverified:
        say(
            _("Unverified: no text at hand")
            + ("." if given else _("; give --sources DIR or set KOSHO_SOURCES."))
        )
    if cited:
        say(
            ngettext(
                "The table of the case rests on {number} statement: {names}.",
                "The table of the case rests on {number} statements: {names}.",
                len(cited),
                number=len(cited),
                names=", ".join(cited),
            )
        )
    elif cited is not None:
        say(_("The table of the case rests on no statement."))


def _cited(record: Record) -> list[str] | None:
    """Statements that the table of the same case cites, every one of them held against the record."""
    folder = record.path.parent
    if record.path.name != "record.yaml" or not all(
        (folder / name).is_file() for name in ("case.yaml", "table.yaml")
    ):
        return None
    from kosho.bargain.schema import justified
    from kosho.case import Case

    table = Case.load(folder).table()
    return sorted({name for _other, item in justified(table.file) for name in item.statements})


def _words(text: str, most: int = 90) -> str:
    plain = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return plain if len(plain) <= most else textwrap.shorten(plain, most, placeholder=" …")


def _show(ledger: Ledger, content: dict[str, Any], topic: str | None) -> None:
    from kosho.record.ledger import label

    name = ledger.record.party_name
    say(_("{title}, as of {day}", title=ledger.record.file.title, day=formatting.day(ledger.day)))
    say("")
    if not (ledger.statements or ledger.contentions):
        say(_("Nothing was recorded by that day") + (_(" on {topic!r}.", topic=topic) if topic else "."))
        return
    if content["timeline"]:
        rows = [
            (
                one.date or _("not dated"),
                label(one),
                _(", ").join(map(name, _who(one))),
                _words(one.quote),
                one.source,
            )
            for one in ledger.timeline
        ]
        show_table(_("Timeline"), (_("Date"), _("What"), _("Who"), _("Words"), _("Source")), rows)
    _show_positions(ledger)
    if content["contentions"]:
        rows = [
            (
                one["title"],
                _(", ").join(map(name, one["parties"])),
                str(one.get("raised_in", "")),
                _carried(one),
                formatting.word(one["status"]),
            )
            for one in content["contentions"]
        ]
        show_table(
            _("Contentions"),
            (_("Point"), _("Between"), _("Raised in round"), _("Carried to"), _("Status")),
            rows,
        )
    if content["commitments"]:
        rows = [
            (
                one.get("due", ""),
                _(", ").join(map(name, one["by"])),
                _words(one["deliverable"]),
                formatting.word(one["status"]),
                one["source"],
            )
            for one in content["commitments"]
        ]
        show_table(_("Commitments"), (_("Due"), _("By"), _("What"), _("Status"), _("Source")), rows)
    if content["deadlines"]:
        rows = [
            (one["due"], _words(one["what"]), one.get("consequence", ""), one["source"], str(one["days_left"]))
            for one in content["deadlines"]
        ]
        show_table(
            _("Deadlines"),
            (_("Date"), _("What"), _("Consequence"), _("Source"), _("Days left")),
            rows,
            numeric=1,
        )
    for one in content["conflicts"]:
        _show_conflict(one)


def _carried(one: dict[str, Any]) -> str:
    rounds = [str(entry["to_round"]) for entry in one["history"] if "to_round" in entry]
    return _(", ").join(rounds)


def _who(one: Any) -> tuple[str, ...]:
    return getattr(one, "parties", ()) or one.by


def _show_positions(ledger: Ledger) -> None:
    """Positions side by side: an issue a row, a party with the bodies that act for it a column."""
    found = ledger.positions
    sides = list(dict.fromkeys(ledger.record.side_of(party) for one in found for party in one.by))
    if not found:
        return
    issues = list(dict.fromkeys(one.topic or _(NO_ISSUE) for one in found))
    rows = [(issue, *(_cell(ledger, issue, side) for side in sides)) for issue in issues]
    show_table(_("Positions"), (_("Issue"), *(ledger.record.party_name(side) for side in sides)), rows)


NO_ISSUE = N_("no issue given")


def _cell(ledger: Ledger, issue: str, side: str) -> str:
    record = ledger.record
    lines: list[str] = []
    for one in ledger.positions:
        by = [party for party in one.by if record.side_of(party) == side]
        if (one.topic or _(NO_ISSUE)) != issue or not by:
            continue
        bodies = _(", ").join(record.party_name(party) for party in by if party != side)
        who = record.person_name(one.speaker) if one.speaker else bodies
        what = formatting.word(one.kind.replace("_", " "))
        if one.modality != "asserted":
            what = _("{what} ({modality})", what=what, modality=formatting.word(one.modality))
        if who:
            what = _("{what}, {who}", what=what, who=who)
        lines.append(_("{what}: {words} [{source}]", what=what, words=_words(one.quote), source=one.source))
    return "\n".join(lines)


def _show_conflict(one: dict[str, Any]) -> None:
    say(_("Conflict: {about}", about=one["about"]))
    for statement in one["statements"]:
        say(f"  {statement['source']}: “{_words(statement['quote'])}”")
    for name, values in one.get("differences", {}).items():
        say(f"  {name}: " + "; ".join(f"{value} ({source})" for source, value in values.items()))
    say("")
