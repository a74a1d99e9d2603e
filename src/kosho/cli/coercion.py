"""`kosho coercion`: halts of trade that happened, replayed and set beside what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import say, show_json, show_progress, show_table
from kosho.errors import InputError
from kosho.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from kosho.impact.coercion import Episode, EpisodeComparison, EpisodeFigure
    from kosho.impact.ranges import Range
    from kosho.provenance import Cited
    from kosho.world import World

__all__ = ["app"]

app = typer.Typer(add_completion=False)

UNREAD = N_("what those who keep away would have paid beyond the price is booked as its income")
PUT_IN = N_(
    "Put in: the halt is replayed as a quota at the share that was seen, or is assumed, to remain; that it "
    "agrees with what happened says nothing."
)
UNFITTED = N_(
    "Demand: neither a price nor a quantity that the halt leaves open was seen: there is nothing to fit; the "
    "episode is replayed by quota only."
)
LAST_COLUMN = N_(
    "Nothing is fitted but the last column: by how much demand would have to differ at the old price for the "
    "market to clear as it was seen to"
)
FITTED = {
    "observed": N_("at the price that was seen"),
    "halt alone": N_("at the price of the halt alone, for none was seen; only where quantities were"),
}
NAMES = {"home": N_("home"), "others": N_("others"), "price": N_("price")}
"""Rows of an episode that are no economy."""


@app.command()
def show(
    episode: Annotated[str | None, typer.Argument(help="Id of an episode; all, where left out.")] = None,
    world: WorldNamed = None,
    *,
    economy: Annotated[
        bool, typer.Option("--economy", help="Replay it in the whole economy as well, where it is told apart.")
    ] = False,
    json: Json = False,
) -> None:
    """Replay bans and advisories: what the halt alone would do, what happened, how far demand moved."""
    from kosho import formatting
    from kosho.impact.coercion import compare, episodes
    from kosho.impact.coercion import episode as known

    chosen = list(episodes().values()) if episode is None else [known(episode)]
    named = world_named(world)
    with show_progress(_("Replaying")):
        table = named.load().whole if economy else None
        found = [(compare(one), *_replayed(table, one, alone=episode is not None)) for one in chosen]
    if json:
        content = [contract(told) | {"economy": whole, "economy_why": why} for told, whole, why in found]
        show_json({"schema_version": 1, "episodes": content})
        return
    for told, whole, why in found:
        _show(told)
        if whole is not None:
            _show_economy(told.episode, whole)
        if why is not None:
            say(_("Not replayed in the whole economy: {why}.", why=why))
    say(formatting.range_note(_("the ranges of the elasticities and of what was seen")))


def contract(found: EpisodeComparison) -> dict[str, Any]:
    """What `--json` prints of an episode; quantities in its unit, prices and shifts new over old."""
    of = found.episode
    figures = [
        {
            "what": one.what,
            "before": one.before,
            "halt_alone": _levels(one.predicted),
            "observed": _levels(one.observed),
            "shift": _levels(one.shift),
            "put_in": one.put_in,
        }
        for one in found.figures
    ]
    return {
        "id": of.id,
        "title": of.title,
        "exporter": of.exporter,
        "product": of.product,
        "unit": of.unit,
        "closed_from": of.closed_from.isoformat(),
        "allowed": dict(of.allowed),
        "demand": _cited(of.demand),
        "supply": _cited(of.supply),
        "figures": figures,
        "told": figures,  # as `figures` was called; gone in the next release
        "fitted_at": found.fitted_at,
        "sources": _sources(of),
    }


def _levels(found: Range | None) -> dict[str, float | None] | None:
    return None if found is None else {"low": found.low, "value": found.value, "high": found.high}


def _cited(found: Cited) -> dict[str, Any]:
    return {**found.model_dump(include={"low", "value", "high", "status", "source", "note"})}


def _sources(of: Episode) -> list[dict[str, str | None]]:
    """Every source of the episode, told in full."""
    from kosho.impact.coercion import episode_file

    cited = dict.fromkeys(
        one.source for one in (*of.base.values(), *of.observed.values(), of.demand, of.supply)
    )
    known = {one.id: one for one in episode_file().sources}
    return [known[name].model_dump(mode="json", include={"id", "title", "publisher", "kind"}) for name in cited]


def _replayed(table: World | None, of: Episode, *, alone: bool) -> tuple[dict[str, Any] | None, str | None]:
    """The halt in the whole economy, or why it is not told; of one episode alone that is an error.

    Raises:
        InputError: the table does not tell it apart.
    """
    if table is None:
        return None, None
    try:
        return _in_economy(table, of), None
    except InputError as error:
        if alone:
            raise
        return None, error.problems[0].message


def _in_economy(table: World, of: Episode) -> dict[str, Any] | None:
    """The halt in the whole economy at every end of its ranges; None where sectors do not tell it apart."""
    from kosho.equilibrium import solve
    from kosho.impact.coercion import in_economy

    if not of.economy:
        return None
    # What buyers would pay beyond the price stays with the importer as income, though they pay and get nothing.
    unread = {one.importer: _(UNREAD) for one in of.economy if one.allowed.value > 0}
    parties = dict.fromkeys(code for one in of.economy for code in (one.importer, one.exporter))
    parties = [code for code in parties if code not in unread]
    found: dict[str, dict[str, float]] = {}
    for end in ("low", "value", "high"):
        base, halted = in_economy(table, of, end)
        outcome = solve(base, halted)
        found[end] = {code: float(outcome.equivalent_variation.sel(country=code)) for code in parties}
    return {
        "ev_musd": {
            code: {
                "low": min(each[code] for each in found.values()),
                "value": found["value"][code],
                "high": max(each[code] for each in found.values()),
            }
            for code in parties
        },
        "left_out": unread,
    }


def _show(found: EpisodeComparison) -> None:
    from kosho import formatting

    of = found.episode
    rows = [_row(one) for one in found.figures]
    title = _(
        "{title}: {product}, {unit} (halted from {day})",
        title=of.title,
        product=of.product,
        unit=formatting.unit_name(of.unit),
        day=formatting.day(of.closed_from),
    )
    columns = (_("What"), _("Before"), _("The halt alone"), _("What happened"), _("Fitted shift of demand"))
    width = len(columns) - (found.fitted_at is None)
    show_table(title, columns[:width], [row[:width] for row in rows], numeric=width - 1)
    demand, supply = (_between(one) for one in (of.demand, of.supply))
    say(_("Elasticities of demand {demand}, of supply {supply}.", demand=demand, supply=supply))
    if any(one.put_in for one in found.figures):
        say(_(PUT_IN))
    if found.fitted_at is None:
        say(_(UNFITTED))
    else:
        say(_("{text}, {where}.", text=_(LAST_COLUMN), where=_(FITTED[found.fitted_at])))
    from kosho.brief.page import KINDS

    kinds = _(", ").join(
        dict.fromkeys(f"{one['publisher']} ({_(KINDS[str(one['kind'])])})" for one in _sources(of))
    )
    say(_("sources: {kinds}", kinds=kinds))
    say("")


def _row(one: EpisodeFigure) -> tuple[str, str, str, str, str]:
    from kosho.codes import countries, country_name

    name = country_name(one.what) if one.what in countries() else _(NAMES.get(one.what, one.what))
    price = one.what == "price"
    predicted = _ranged(one.predicted, _worked_out if price else _counted)
    return (
        _("{name}, new over old", name=name) if price else name,
        _worked_out(one.before) if price else _given(one.before),
        _("{predicted}, put in", predicted=predicted) if one.put_in else predicted,
        _ranged(one.observed, _given),
        _ranged(one.shift, _worked_out),
    )


def _given(value: float) -> str:
    """As the source has it."""
    from kosho import formatting

    return formatting.figure(value, 7)


def _counted(value: float) -> str:
    """What comes out of the replay, to three digits: more are not true."""
    from kosho import formatting

    return formatting.significant(value, 3, 0 if value >= 100 else 2)


def _worked_out(value: float) -> str:
    """A ratio, to two decimals."""
    from kosho import formatting

    return formatting.significant(value, 3, 2)


def _ranged(found: Range | None, figure: Callable[[float], str]) -> str:
    if found is None:
        return ""
    low, high = (figure(end) for end in (found.low, found.high))
    middle = "" if found.value is None else figure(found.value)
    return middle if low == high else _("{middle} ({low} to {high})", middle=middle, low=low, high=high)


def _between(cited: Cited) -> str:
    """A figure with its range."""
    from kosho.impact.ranges import Range

    return _ranged(Range.of(cited), _given) + (_(", assumed") if cited.status == "assumption" else "")


def _show_economy(of: Episode, found: dict[str, Any]) -> None:
    from kosho import formatting
    from kosho.codes import country_name

    rows = [
        (
            country_name(code),
            formatting.gain(one["value"], one["low"], one["high"], part=True),
        )
        for code, one in found["ev_musd"].items()
    ]
    show_table(
        _("{title}: in the whole economy, a year in the long run (year ten)", title=of.title),
        (_("Economy"), _("Billion USD")),
        rows,
        numeric=1,
    )
    for code, why in found["left_out"].items():
        say(_("{country} is left out: {why}.", country=country_name(code), why=why))
    if found["left_out"]:
        say("")
