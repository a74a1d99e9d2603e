"""`kosho lines stage` and `kosho lines agreements`: rates by year, and by whose rules."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.lines_data import LineInputs, Trade, read_lines
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, say_more_lines, show_json, show_table
from kosho.errors import InputError, Problem
from kosho.language import _, ngettext, pgettext

if TYPE_CHECKING:
    from datetime import date

    from kosho.lines.annex import StagedLine
    from kosho.lines.staged_effects import StagedYear
    from kosho.lines.staging_rules import Agreement

__all__ = ["add_staging"]

SHOWN = 20


def add_staging(app: typer.Typer) -> None:
    """Put the commands of staging on the app of `kosho lines`."""
    app.command("agreements")(list_agreements)
    app.command("stage")(stage)


def list_agreements(
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Agreements of your own, as agreements.yaml.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """List the agreements whose staging rules are held: days of cuts, names of categories, roundings."""
    from kosho.lines.staging_rules import agreements

    known = agreements(rules)
    if json:
        show_json({"schema_version": 1, "agreements": [one.model_dump(mode="json") for one in known.values()]})
        return
    not_yet = _("not in force")
    show_table(
        _("Agreements"),
        (
            _("Id"),
            _("Agreement"),
            _("First cut, later cuts"),
            _("B and a number n"),
            _("Percent"),
            pgettext("currencies", "Money"),
        ),
        [
            (
                one.id,
                one.title,
                f"{one.entry or not_yet}, {one.later}",
                {"n": _("n cuts"), "n+1": _("n + 1 cuts"), "none": _("not used")}[one.instalments],
                f"{formatting.word(one.percent.mode)} 0.{'0' * (one.percent.places - 1)}1"
                if one.percent.places
                else formatting.word(one.percent.mode),
                _(", ").join(
                    _(
                        "{code} {mode} to {places} places",
                        code=code,
                        mode=formatting.word(rule.mode),
                        places=rule.places,
                    )
                    for code, rule in one.money.items()
                ),
            )
            for one in known.values()
        ],
    )


def stage(  # noqa: PLR0913 - one parameter an option
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Annex with the columns tariff line, base rate, category.")
    ],
    agreement: Annotated[str, typer.Option(metavar="ID", help="Whose rules; see `kosho lines agreements`.")],
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Agreements of your own, as agreements.yaml.")
    ] = None,
    on: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Also the duty of each line on that day.")
    ] = None,
    importer: Annotated[
        str | None, typer.Option(metavar="CODE", help="Also what each year brings: whose tariffs they are ...")
    ] = None,
    partner: Annotated[str | None, typer.Option(metavar="CODE", help="... and for whom.")] = None,
    trade: Trade = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all rates by year; .xlsx or .csv.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Stage the base rates of an annex: duties from entry to the end, rounded as the agreement does."""
    from kosho.lines.annex import annex_csv, annex_workbook, read_annex, stage_annex
    from kosho.lines.staging_rules import agreement_of
    from kosho.outputs import require_file, save

    if out is not None and out.suffix.lower() not in (".xlsx", ".csv"):
        raise InputError(Problem(_("{out} is neither .xlsx nor .csv", out=out.name), key="--out"))
    require_file(out)
    asked = day(on, "--on")
    mine = agreement_of(agreement, rules)
    made = stage_annex(read_annex(file), mine, str(file))
    if out is not None:
        save({out: annex_workbook(made, mine) if out.suffix.lower() == ".xlsx" else annex_csv(made, mine)})
    years, money = _years(made, importer, partner, trade)
    if json:
        show_json({**_content(made, mine, asked), "years": [_year(one) for one in years]})
        return
    free = sum(one.category.ends_free for one in made)
    say(
        ngettext(
            "{number} line under {title}; {free} free in the end.",
            "{number} lines under {title}; {free} free in the end.",
            len(made),
            number=formatting.count(len(made)),
            title=mine.title,
            free=formatting.count(free),
        )
    )
    if asked is not None:
        say(
            _(
                "Cuts made by {day}: {cuts}",
                day=formatting.day(asked),
                cuts=formatting.count(mine.cuts_made(asked)),
            )
        )
    heads = (
        _("Line"),
        _("Category"),
        _("Base"),
        *((_("On the day"),) if asked else ()),
        _("Year 1"),
        _("Last"),
        _("Last cut"),
    )
    show_table(_("Duties"), heads, [_row(one, mine, asked) for one in made[:SHOWN]])
    say_more_lines(len(made) - SHOWN, out=True)
    if years:
        show_table(
            _("What each year brings against the base, million {money}, partial equilibrium", money=money),
            (_("Year"), _("From"), _("Lines priced"), _("Revenue"), _("Creation"), _("Welfare")),
            [
                (
                    str(one.cut),
                    str(one.day or ""),
                    formatting.count(one.lines),
                    *(
                        formatting.decimals(value, 1, sign=True)
                        for value in (one.revenue, one.creation, one.welfare)
                    ),
                )
                for one in years
            ],
            numeric=4,
        )
        lost = max(one.unknown for one in years)
        if lost:
            say(
                ngettext(
                    "Not in these sums: up to {lost} line without trade or a percentage.",
                    "Not in these sums: up to {lost} lines without trade or a percentage.",
                    lost,
                    lost=formatting.count(lost),
                )
            )
    if out is not None:
        say(f"{out}")


def _years(
    made: list[StagedLine], importer: str | None, partner: str | None, trade: list[Path] | None
) -> tuple[list[StagedYear], str]:
    """What each year brings, where it was asked whose tariffs they are and for whom."""
    if importer is None and partner is None:
        return [], ""
    if importer is None or partner is None:
        raise InputError(Problem(_("one side is not named"), _("give both"), key="--importer, --partner"))
    from kosho.lines.staged_effects import staged_effects

    given = read_lines(importer, LineInputs(trade))
    return staged_effects(given.table, made, partner, given.elasticities), given.table.currency


def _year(one: StagedYear) -> dict[str, Any]:
    return {**asdict(one), "day": None if one.day is None else one.day.isoformat()}


def _row(one: StagedLine, rules: Agreement, on: date | None) -> tuple[str, ...]:
    last = one.path[-1]
    today = (str(one.after(rules.cuts_made(on))),) if on else ()
    when = str(last.day or _("year {year}", year=last.cut)) if last.cut else _("no cut")
    return (
        one.line.code,
        one.line.category,
        str(one.line.duty),
        *today,
        str(one.after(1)),
        str(last.duty),
        when,
    )


def _content(made: list[StagedLine], rules: Agreement, on: date | None) -> dict[str, Any]:
    cuts = None if on is None else rules.cuts_made(on)
    return {
        "schema_version": 1,
        "agreement": rules.id,
        "on": None if on is None else on.isoformat(),
        "cuts_made": cuts,
        "lines": [
            {
                "code": one.line.code,
                "category": one.line.category,
                "base": str(one.line.duty),
                "free_in_the_end": one.category.ends_free,
                "duty": None if cuts is None else str(one.after(cuts)),
                "path": [
                    {
                        "cut": step.cut,
                        "from": None if step.day is None else step.day.isoformat(),
                        "duty": str(step.duty),
                    }
                    for step in one.path
                ],
                "quota": None
                if one.category.quota is None
                else {
                    "unit": one.category.quota.unit,
                    "volumes": [
                        round(float(one.category.quota.volume(cut)), 3)
                        for cut in range(1, max(len(one.path), 6))
                    ],
                },
            }
            for one in made
        ],
    }
