"""`kosho rate`: what a shipment pays on a day, or over time, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from kosho import formatting
from kosho.cli.options import Json
from kosho.cli.terminal import day, say, say_whole, show_json, show_table
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _, pgettext

if TYPE_CHECKING:
    from kosho.cli.stepchart import Step
    from kosho.law import Register
    from kosho.law.query import Claimable, Facts, LineRate, Query, RateQuote, RateSpan, Untold
    from kosho.law.schedules import Duty

__all__ = ["app"]

Value = TypeVar("Value")

app = typer.Typer(add_completion=False)


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    importer: Annotated[str, typer.Argument(help="ISO 3166 alpha-3 code, or EU27.")],
    exporter: Annotated[str, typer.Argument(help="ISO 3166 alpha-3 code, or a bloc such as EU27.")],
    hs: Annotated[str, typer.Argument(metavar="HS", help="4 to 10 digits.")],
    on: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Day in force; today.")] = None,
    known: Annotated[
        str | None, typer.Option("--known", metavar="YYYY-MM-DD", help="As known on that day; the latest.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="In force on and known on that day.")
    ] = None,
    mfn: Annotated[
        str | None, typer.Option("--mfn", metavar="PERCENT|0.50USD/kg", help="Ordinary duty.")
    ] = None,
    claimed: Annotated[
        str | None, typer.Option("--claimed", metavar="PERCENT|0.50USD/kg", help="Duty under the preference.")
    ] = None,
    unit_value: Annotated[
        str | None, typer.Option("--unit-value", metavar="10USD/kg", help="Customs value of a unit.")
    ] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="us_232, civil_aircraft, in_quota, preference, us_content, …"),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day of a history.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day of a history; today.")
    ] = None,
    trade: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Imports by line (.csv, .parquet), for the likely rate over lines."),
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.svg|FILE.html", help="Draw the history to a file.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Tell the rate on a product, its layers, and the rule that removed each missing one."""
    from kosho.law import Query
    from kosho.law.importer_law import law_of
    from kosho.law.line_rate import history, known_attributes, quote
    from kosho.law.schedules import parse_unit_value
    from kosho.outputs import require_file

    clocks = _clocks(on, known, as_of, first, last)
    if trade is not None and clocks.first is not None:
        raise InputError(
            Problem(_("weighs the lines of one day, not a history"), _("drop --from"), key="--trade")
        )
    if figure is not None and (clocks.first is None or figure.suffix not in (".svg", ".html")):
        hint = _("add --from") if clocks.first is None else _("such as history.svg")
        raise InputError(Problem(_("draws a history to .svg or .html"), hint, key="--figure"))
    require_file(figure)
    register = law_of(importer, clocks.known)
    query = Query(
        importer=importer,
        exporter=exporter,
        hs=hs,
        on=clocks.on,
        known=clocks.known,
        facts=_facts(attribute or [], known_attributes(register)),
        general=None if mfn is None else _duty(mfn, "--mfn"),
        claimed=None if claimed is None else _duty(claimed, "--claimed"),
        unit_value=None if unit_value is None else _told(parse_unit_value, unit_value, "--unit-value"),
    )
    if clocks.first is None:
        found = quote(register, query, _weights(trade, query.exporter))
        if json:
            show_json({"schema_version": 1, **_asked(query), **contract(found, register)})
        else:
            _show(found, register)
        return
    spans = history(register, query, clocks.first, clocks.on)
    if figure is not None:
        from kosho.cli.stepchart import save

        save(_steps(spans), _title(query), figure)
    if json:
        content = [
            {"from": span.first.isoformat(), "to": span.last.isoformat(), **contract(span.quote, register)}
            for span in spans
        ]
        show_json({"schema_version": 1, **_asked(query), "spans": content})
    else:
        _show_history(query, spans)


def _weights(trade: Path | None, exporter: str) -> dict[str, float] | None:
    if trade is None:
        return None
    from kosho.cli.register_editions import trade_by_line

    return trade_by_line(trade, exporter)


class _Clocks:
    """Days of the question; `first` is None where a single day is asked for."""

    def __init__(self, on: date, known: date | None, first: date | None) -> None:
        self.on, self.known, self.first = on, known, first


def _clocks(
    on: str | None, known: str | None, as_of: str | None, first: str | None, last: str | None
) -> _Clocks:
    both, begin, end = day(as_of, "--as-of"), day(first, "--from"), day(last, "--to")
    if both is not None and (on is not None or known is not None):
        raise InputError(Problem(_("stands for --on and --known"), _("leave them out"), key="--as-of"))
    if begin is None and end is not None:
        raise InputError(Problem(_("needs --from"), key="--to"))
    if begin is not None and (on is not None or both is not None):
        raise InputError(
            Problem(_("asks for a history, --on or --as-of for one day"), _("drop one"), key="--from")
        )
    today = date.today()
    return _Clocks(end or both or day(on, "--on") or today, both or day(known, "--known"), begin)


def _duty(text: str, option: str) -> Duty:
    """An ordinary duty: a bare number is percent."""
    from kosho.bounds import PERCENT_DUTY
    from kosho.law.schedules.notation import parse_told_duty

    _refuse_fraction(text, option)
    told = _told(parse_told_duty, text, option)
    between = told.bounds()
    wrong = None if between is None else PERCENT_DUTY.broken(100.0 * between.low)
    if wrong is not None:
        raise InputError(Problem(wrong, _("write 2.5 or 0.50USD/kg"), key=option))
    return told


def _refuse_fraction(text: str, option: str) -> None:
    """Refuse a number by itself that may be a fraction: whoever writes 0.025 means 2.5 %, mostly.

    Raises:
        InputError: it is between 0 and 1, and no sign says what it is.
    """
    from kosho.bounds import no_sign
    from kosho.law.schedules.notation import is_bare_number
    from kosho.numbers import decimal

    wrong = no_sign(text, _told(decimal, text, option)) if is_bare_number(text) else None
    if wrong is not None:
        raise InputError(Problem(*wrong, key=option))


def _told(read: Callable[[str], Value], text: str, option: str) -> Value:
    try:
        return read(text)
    except InputError as error:
        raise InputError(replace(problem, key=option) for problem in error.problems) from None


def _facts(told: list[str], known: set[str]) -> Facts:
    """What `--attribute` options tell.

    Raises:
        InputError: not NAME=VALUE, a name that is unknown or told twice, or a value that it does not take; all
            are listed.
    """
    from kosho.law.query import Facts
    from kosho.law.scope import CONTENTS, Answer, Content

    problems = Problems()
    values: dict[str, str] = {}
    for item in told:
        name, sign, value = item.partition("=")
        name, value = name.strip().lower(), value.strip().lower()
        if not sign or not name or not value:
            problems.add(_("{item!r} is not NAME=VALUE", item=item), _("write us_232=no"), key="--attribute")
        elif name in values:
            problems.add(_("{name} is told twice", name=name), key="--attribute")
        else:
            values[name] = value
    content: dict[Content, float] = {}
    answers: dict[str, Answer] = {}
    for name, value in values.items():
        if name in CONTENTS:
            _refuse_fraction(value, "--attribute")
            if (share := _percent(value)) is None:
                problems.add(
                    _("{name} is a percentage, not {value!r}", name=name, value=value),
                    _("write 40"),
                    key="--attribute",
                )
            else:
                content[name] = share
        elif name == "preference":
            continue
        elif name not in known:
            hint = suggest(name, {"preference", *CONTENTS, *known})
            problems.add(_("unknown attribute {name!r}", name=name), hint, key="--attribute")
        elif value in ("yes", "no"):
            answers[name] = value
        else:
            problems.add(_("{name} is yes or no, not {value!r}", name=name, value=value), key="--attribute")
    problems.raise_if_any()
    return Facts(values.get("preference", "none"), answers, content)


def _percent(text: str) -> float | None:
    from kosho.numbers import decimal

    try:
        share = float(decimal(text.removesuffix("%")))
    except InputError:
        return None
    return share if 0 <= share <= 100 else None


def _asked(query: Query) -> dict[str, Any]:
    return {
        "importer": query.importer,
        "exporter": query.exporter,
        "hs": query.hs,
        "on": query.on.isoformat(),
        "known": "latest" if query.known is None else query.known.isoformat(),
    }


def contract(found: RateQuote, register: Register) -> dict[str, Any]:
    """What `--json` prints of one answer; percent of customs value."""
    return {
        "rate": _percentage(found.rate),
        "unit": "percent",
        "layers": [
            {
                "measure": layer.measure,
                "value": _percentage(layer.value),
                "authority": layer.authority,
                "legal_basis": layer.legal_basis,
                "source": _sources(layer.source, register),
            }
            for layer in found.layers
        ],
        "removed": [{"measure": one.measure, "by": one.by, "rule": one.rule} for one in found.removed],
        "pending": [
            {
                "measure": one.measure,
                "title": one.title,
                "stage": one.stage,
                "begins": one.begins.isoformat(),
                "authority": one.authority,
                "legal_basis": one.legal_basis,
                "source": _sources(one.source, register),
            }
            for one in found.pending
        ],
        "prohibited": list(found.prohibited),
        "warnings": list(found.warnings),
        "low": _percentage(found.low),
        "likely": _percentage(found.likely),
        "high": _percentage(found.high),
        "lines": {"low": _lines(found.lowest), "high": _lines(found.highest)},
        "unknown": list(found.unknown),
        "if_free": None
        if found.if_free is None
        else {"low": _percentage(found.if_free[0]), "high": _percentage(found.if_free[1])},
        "facts": [
            {"fact": one.fact, "taken": one.taken, "answer": one.answer, **_ends(one)} for one in found.facts
        ]
        + [
            {"fact": "preference", "taken": found.query.facts.preference, "answer": one.id, **_ends(one)}
            for one in found.preferences
        ],
        "preferences": [
            {"id": one.id, "title": one.title, "duty": one.duty or None, **_ends(one), "source": one.source}
            for one in found.preferences
        ],
        "outside": list(found.outside),
        "verified_to": None if found.verified_to is None else found.verified_to.isoformat(),
    }


def _lines(lines: tuple[LineRate, ...]) -> list[dict[str, Any]]:
    return [{"hs": line.hs, "rate": _percentage(line.rate), "measures": list(line.measures)} for line in lines]


def _ends(one: Untold | Claimable) -> dict[str, float | None]:
    return {"rate": _percentage(one.rate), "low": _percentage(one.low), "high": _percentage(one.high)}


def _percentage(fraction: float | None) -> float | None:
    return None if fraction is None else _tidy(fraction)


def _tidy(fraction: float) -> float:
    """Percent without the dust of binary fractions."""
    return round(100 * fraction, 9) + 0.0


def _sources(names: tuple[str, ...], register: Register) -> str:
    """Titles and publishers of sources."""
    texts: list[str] = []
    for name in names:
        source = register.sources.get(name) or register.products.sources.get(name)
        texts.append(name if source is None else f"{source.title} ({source.publisher})")
    return _("; ").join(texts)


def _title(query: Query) -> str:
    known = "" if query.known is None else _(", as known on {day}", day=formatting.day(query.known))
    return _(
        "{hs} from {exporter} to {importer}{known}",
        hs=query.hs,
        exporter=formatting.the_country(query.exporter),
        importer=formatting.the_country(query.importer),
        known=known,
    )


def _show(found: RateQuote, register: Register) -> None:
    rows = [(layer.measure, layer.authority, layer.legal_basis, _number(layer.value)) for layer in found.layers]
    rows.append(
        (_("rate"), "", "", _("no total") if found.rate is None else formatting.rate(_tidy(found.rate)))
    )
    title = _(
        "{title}, in force on {day}: percent of customs value",
        title=_title(found.query),
        day=formatting.day(found.query.on),
    )
    show_table(title, (_("Layer"), _("Authority"), _("Legal basis"), _("Percent")), rows, numeric=1)
    texts = _range(found)
    for text in texts:
        say(text)
    if texts:
        say("")
    if found.removed:
        removed = [(one.measure, one.by, one.rule) for one in found.removed]
        show_table(
            _("Not applied, or on a part only"),
            (_("Measure"), pgettext("measure that does it", "By"), _("Rule")),
            removed,
        )
    if found.pending:
        pending = [
            (one.measure, formatting.word(one.stage), one.begins.isoformat(), one.title)
            for one in found.pending
        ]
        show_table(_("Pending"), (_("Measure"), _("Stage"), _("From"), _("What")), pending)
    cited = dict.fromkeys(name for layer in found.layers for name in layer.source)
    say(_("sources: {sources}", sources=_sources(tuple(cited), register)))
    for text in found.warnings:
        say(_("note: {text}", text=text))
    say(_("not in the rate: {names}", names=_(", ").join(found.outside)))
    if found.verified_to is not None:
        importer, day = formatting.the_country(found.query.importer), formatting.day(found.verified_to)
        say(_("measures of {importer} compared with their sources up to {day}", importer=importer, day=day))


SHOWN = 6
"""Lines that are named at each end of a range."""


def _range(found: RateQuote) -> list[str]:
    """Why there is no total, and between what it is."""
    texts = [_("no total: {why}", why=why) for why in found.unknown]
    low, high = _percentage(found.low), _percentage(found.high)
    if found.rate is not None and low == high:
        return texts
    if low is not None and high is not None:
        words = _("between") if found.rate is None else _("if what is not certain were otherwise, between")
        texts.append(
            _(
                "{words} {rate} and {rate_2} %",
                words=words,
                rate=formatting.rate(low),
                rate_2=formatting.rate(high),
            )
        )
    elif low or high is not None:
        texts.append(f"{_one_end(low, high)} %")
    if found.rate is None and found.likely is not None:
        told = formatting.decimals(_tidy(found.likely), 1)
        texts.append(_("likely {told} %, the mean over lines weighed with imports by line", told=told))
    if found.if_free is not None:
        least, most = found.if_free
        end = "" if most is None or most == least else _(" to {number}", number=_number(most))
        texts.append(_("were the ordinary duty nothing: {number}{end} %", number=_number(least), end=end))
    if len({line.hs for line in (*found.lowest, *found.highest)}) > 1:
        for end, lines in ((low, found.lowest), (high, found.highest)):
            if end is not None:
                more = "" if len(lines) <= SHOWN else _(" and {number} more", number=len(lines) - SHOWN)
                texts.append(f"{formatting.rate(end)} %: {', '.join(line.hs for line in lines[:SHOWN])}{more}")
    return texts


def _number(fraction: float | None) -> str:
    return formatting.NOT_KNOWN if fraction is None else formatting.rate(_tidy(fraction))


def _total(found: RateQuote) -> str:
    """A rate or a range of one row."""
    low, high = _percentage(found.low), _percentage(found.high)
    if found.rate is not None:
        told = formatting.rate(_tidy(found.rate))
        if low == high or low is None or high is None:
            return told
        return _(
            "{told} ({rate} to {rate_2})", told=told, rate=formatting.rate(low), rate_2=formatting.rate(high)
        )
    if low is not None and high is not None:
        return _("{rate} to {rate_2}", rate=formatting.rate(low), rate_2=formatting.rate(high))
    return _one_end(low, high)


def _one_end(low: float | None, high: float | None) -> str:
    """What is known where the other end is not."""
    if high is not None:
        return _("at most {rate}", rate=formatting.rate(high))
    return _("at least {rate}", rate=formatting.rate(low)) if low else formatting.NOT_KNOWN


def _steps(spans: list[RateSpan]) -> list[Step]:
    return [
        (
            span.first,
            span.last,
            _percentage(span.quote.low if span.quote.rate is None else span.quote.rate),
            _percentage(span.quote.high if span.quote.rate is None else span.quote.rate),
        )
        for span in spans
    ]


def _show_history(query: Query, spans: list[RateSpan]) -> None:
    from kosho.cli.stepchart import in_terminal

    rows = [
        (
            span.first.isoformat(),
            span.last.isoformat(),
            _(", ").join(
                layer.measure
                if layer.value is None
                else f"{layer.measure} {formatting.rate(_tidy(layer.value))}"
                for layer in span.quote.layers
            ),
            _total(span.quote),
        )
        for span in spans
    ]
    title = _("{title}: percent of customs value", title=_title(query))
    show_table(title, (_("From"), _("To"), _("Layers"), _("Percent")), rows, numeric=1)
    say_whole(in_terminal(_steps(spans)))
    for text in dict.fromkeys(text for span in spans for text in span.quote.warnings):
        days = _days_of(text, spans)
        say(_("note: {text}", text=text) if not days else _("note, {days}: {text}", days=days, text=text))


def _days_of(text: str, spans: list[RateSpan]) -> str:
    """From when to when a note holds; empty where it does all the time."""
    held = [text in span.quote.warnings for span in spans]
    if all(held):
        return ""
    runs = [
        [span for span, _held in run]
        for holds, run in groupby(zip(spans, held, strict=True), key=itemgetter(1))
        if holds
    ]
    return _(", ").join(formatting.between(run[0].first.isoformat(), run[-1].last.isoformat()) for run in runs)
