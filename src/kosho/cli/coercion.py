"""`kosho coercion`: halts of trade that happened, replayed and set beside what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.cli.terminal import progress, say, show_json, show_table

if TYPE_CHECKING:
    from kosho.policy.coercion import Comparison, Episode, Told
    from kosho.policy.ranges import Range
    from kosho.provenance import Cited

__all__ = ["show"]


def show(
    episode: Annotated[str | None, typer.Argument(help="Id of an episode; all, where left out.")] = None,
    *,
    economy: Annotated[
        bool, typer.Option("--economy", help="Replay it in the whole economy as well, where it is told apart.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Machine-readable, on standard output.")] = False,
) -> None:
    """Replay bans and advisories: what the halt alone would do, what happened, how far demand moved."""
    from kosho.policy.coercion import compare, episodes
    from kosho.policy.coercion import episode as known

    chosen = list(episodes().values()) if episode is None else [known(episode)]
    with progress("Replaying"):
        found = [(compare(one), _in_economy(one) if economy else None) for one in chosen]
    if json:
        content = [contract(told) | {"economy": whole} for told, whole in found]
        show_json({"schema_version": 1, "episodes": content})
        return
    for told, whole in found:
        _show(told)
        if whole is not None:
            _show_economy(told.episode, whole)


def contract(found: Comparison) -> dict[str, Any]:
    """What `--json` prints of an episode; quantities in its unit, prices and shifts new over old."""
    of = found.episode
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
        "told": [
            {
                "what": one.what,
                "before": one.before,
                "halt_alone": _levels(one.predicted),
                "observed": _levels(one.observed),
                "shift": _levels(one.shift),
            }
            for one in found.told
        ],
        "sources": _sources(of),
    }


def _levels(found: Range | None) -> dict[str, float | None] | None:
    return None if found is None else {"low": found.low, "value": found.value, "high": found.high}


def _cited(found: Cited) -> dict[str, Any]:
    return {**found.model_dump(include={"low", "value", "high", "status", "source", "note"})}


def _sources(of: Episode) -> list[dict[str, str | None]]:
    """Every source of the episode, told in full."""
    from kosho.policy.coercion import episode_file

    cited = dict.fromkeys(
        one.source for one in (*of.base.values(), *of.observed.values(), of.demand, of.supply)
    )
    known = {one.id: one for one in episode_file().sources}
    return [known[name].model_dump(mode="json", include={"id", "title", "publisher", "kind"}) for name in cited]


def _in_economy(of: Episode) -> dict[str, Any] | None:
    """The halt in the whole economy at every end of its ranges; None where sectors do not tell it apart."""
    from kosho.equilibrium import solve
    from kosho.policy.coercion import in_economy
    from kosho.world import load

    if not of.economy:
        return None
    parties = list(dict.fromkeys(code for one in of.economy for code in (one.importer, one.exporter)))
    found: dict[str, dict[str, float]] = {}
    for end in ("low", "value", "high"):
        base, halted = in_economy(load(), of, end)
        outcome = solve(base, halted.shock, constraints=halted.constraints, nests=halted.nests)
        found[end] = {code: float(outcome.equivalent_variation.sel(country=code)) for code in parties}
    return {
        "ev_musd": {
            code: {
                "low": min(each[code] for each in found.values()),
                "value": found["value"][code],
                "high": max(each[code] for each in found.values()),
            }
            for code in parties
        }
    }


def _show(found: Comparison) -> None:
    from kosho.brief import words

    of = found.episode
    rows = [_row(one) for one in found.told]
    title = f"{of.title}: {of.product}, {of.unit} (halted from {words.day(of.closed_from)})"
    columns = ("What", "Before", "The halt alone", "What happened", "Fitted shift of demand")
    show_table(title, columns, rows, numeric=4)
    demand, supply = (_between(one) for one in (of.demand, of.supply))
    say(f"Elasticities of demand {demand}, of supply {supply}. Nothing is fitted but the last column: by how")
    say("much demand would have to differ at the old price for the market to clear as it was seen to.")
    kinds = ", ".join(dict.fromkeys(f"{one['publisher']} ({one['kind']})" for one in _sources(of)))
    say(f"sources: {kinds}\n")


def _row(one: Told) -> tuple[str, str, str, str, str]:
    from kosho.codes import countries, country_name

    name = country_name(one.what) if one.what in countries() else one.what
    price = one.what == "price"
    return (
        f"{name}, new over old" if price else name,
        _figure(one.before, counted=not price),
        _ranged(one.predicted, counted=not price),
        _ranged(one.observed, counted=not price),
        _ranged(one.shift, counted=False),
    )


def _figure(value: float, *, counted: bool) -> str:
    """Two or three digits: more are not true."""
    from kosho.brief import words

    return words.significant(value, 3, 0 if counted and value >= 100 else 2)


def _ranged(found: Range | None, *, counted: bool) -> str:
    if found is None:
        return ""
    low, high = (_figure(end, counted=counted) for end in (found.low, found.high))
    middle = "" if found.value is None else _figure(found.value, counted=counted)
    return middle if low == high else f"{middle} ({low} to {high})"


def _between(cited: Cited) -> str:
    """A figure with its range."""
    from kosho.policy.ranges import Range

    return _ranged(Range.of(cited), counted=False) + (", assumed" if cited.status == "assumption" else "")


def _show_economy(of: Episode, found: dict[str, Any]) -> None:
    from kosho.brief import words
    from kosho.codes import country_name

    rows = [
        (
            country_name(code),
            words.with_ends(
                words.millions(one["value"], sign=True),
                words.millions_range(one["low"], one["high"], sign=True),
            ),
        )
        for code, one in found["ev_musd"].items()
    ]
    show_table(
        f"{of.title}: in the whole economy, USD a year in the long run", ("Economy", "USD"), rows, numeric=1
    )
