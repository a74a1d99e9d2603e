"""`kosho tariffs`: what parties would set alone, against one another, and together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import floor, log10
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.bounds import like_a_fraction
from kosho.cli.closures import Closures, closure_of
from kosho.cli.options import Json, WorldNamed, world_named
from kosho.cli.terminal import chosen, say, show_assumptions, show_json, show_progress, show_table
from kosho.errors import InputError, KoshoError, Problem, Problems
from kosho.language import _, ngettext

if TYPE_CHECKING:
    from kosho.bargain.optimal_tariffs import Options, RateSet, Tariffs, Tie
    from kosho.equilibrium import Closure
    from kosho.equilibrium.arguments import Deficits
    from kosho.world import World

__all__ = ["app", "contract", "percent"]

app = typer.Typer(add_completion=False)

KINDS = ("optimal", "nash", "cooperative")
TIES: tuple[Tie, ...] = ("none", "mfn", "partner", "uniform")
DEFICITS: tuple[Deficits, ...] = ("zero", "fixed", "proportional")
SHOWN = 20
NO_RATE, HIGHEST = -100.0, 10_000.0
"""Percent, between which rates may be asked for."""
OPTION_OF = {"objectives": "--weight", "tied": "--set"}
LEAST = 1e-6
"""Percent; what the solver leaves open is smaller."""


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    kind: Annotated[str, typer.Argument(metavar="optimal|nash|cooperative", help="Which tariffs.")],
    parties: Annotated[
        str,
        typer.Option(
            help="Codes, comma between. optimal: the first sets tariffs on the others named, or on everybody "
            "when it stands alone. nash, cooperative: all of them, on one another; all for everybody."
        ),
    ],
    sectors: Annotated[
        str | None, typer.Option(help="Codes of sectors, comma between; goods when not given; all for all.")
    ] = None,
    low: Annotated[float, typer.Option(help="Lowest rate allowed, percent.")] = 0.0,
    high: Annotated[float, typer.Option(help="Highest rate allowed, percent.")] = 200.0,
    tied: Annotated[
        str,
        typer.Option(
            metavar="none|mfn|partner|uniform",
            help="Which rates are one. mfn: those of a sector, for everybody's goods. partner: those on an "
            "economy. uniform: all that a party sets.",
        ),
    ] = "none",
    one_rate: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=USA:JPN+DEU:C29",
            help="Flows with one rate: who sets it, on whose goods, in which sectors (nothing between colons: "
            "all of them). May be given again; other rates then stay as they are.",
        ),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USA:C29=1.5",
            help="What a party counts more or less: incomes of a sector of its own (1 is like any other), or "
            "another economy's real income (0 is not at all). May be given again.",
        ),
    ] = None,
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A table party,code,weight of such weights: political weights of one's own."
        ),
    ] = None,
    deficits: Annotated[
        str | None,
        typer.Option(
            metavar="zero|fixed|proportional", help="What happens to trade deficits; zero if not given."
        ),
    ] = None,
    closure: Closures = None,
    profits: Annotated[
        str | None,
        typer.Option(
            help="Codes of sectors, comma between, or all: makers are given in number and keep "
            "1/(theta + 1) of what they receive (Ossa 2014)."
        ),
    ] = None,
    tol: Annotated[float, typer.Option(help="Largest slope left open.")] = 1e-7,
    world: WorldNamed = None,
    *,
    json: Json = False,
) -> None:
    """Tariffs that are best for a party, for each against the others, or for all alike."""
    from kosho.bargain.objectives import objectives_of
    from kosho.bargain.optimal_tariffs import RateBounds, cooperative, nash, optimal

    chosen(kind, KINDS, "KIND")
    tie = chosen(tied, TIES, "--tied")
    balance = None if deficits is None else chosen(deficits, DEFICITS, "--deficits")
    adjusts = closure_of(closure)
    political = _weights(weight or (), weights)
    named_world = world_named(world, default="talks")
    _refuse_rates(low, high)
    sets = [_rate_set(text) for text in one_rate or ()]
    if sets and tie != "none":
        raise InputError(Problem(_("sets and a tie at once"), _("one of --set and --tied"), key="--tied"))
    with show_progress(_("Searching")) as progress:
        table = named_world.load().whole
        named = list(table.countries) if parties == "all" else _codes(parties, "--parties")
        options: Options = {
            "tied": sets or tie,
            "objectives": objectives_of(political, table),
            "deficits": balance,
            "closure": _closure(adjusts, profits, table),
            "tol": tol,
            "throw": False,
        }
        wanted = None if sectors is None else _sectors(sectors, table, "--sectors")
        bounds = RateBounds(low / 100.0, high / 100.0)
        try:
            if kind == "optimal":
                found = optimal(table, named[0], named[1:] or None, wanted, bounds, progress, **options)
            else:
                search = nash if kind == "nash" else cooperative
                found = search(table, named, wanted, bounds, progress, **options)
        except InputError as error:
            raise InputError([_of_option(one) for one in error.problems]) from None
    content = contract(found, named)
    if json:
        show_json(content)
    else:
        _show(found, content)
    if found.failing:
        raise KoshoError(_("no answer, but the best point found: {failing}", failing=found.failing))


def contract(found: Tariffs, parties: Sequence[str]) -> dict[str, Any]:
    """What `--json` prints; fractions.

    Args:
        found: The answer.
        parties: Every economy that was named; those who decide are among them.
    """
    welfare = dict(zip(found.outcome.base.countries, found.welfare.to_numpy().tolist(), strict=True))
    return {
        "schema_version": 1,
        "kind": found.kind,
        "horizon": "10",
        "parties": list(parties),
        "decides": list(found.parties),
        "world": found.outcome.base.hash,
        "assumptions": _assumed(found),
        "deficits": found.outcome.deficits,
        "closure": list(found.outcome.closure.told),
        "tariffs": [
            {"importer": importer, "exporter": exporter, "sector": sector, "rate": float(rate)}
            | {"base": base, "instrument": k}
            for importer, exporter, sector, rate, base, k in zip(
                found.importer,
                found.exporter,
                found.sector,
                found.rate,
                _base_rates(found),
                found.instrument.tolist(),
                strict=True,
            )
        ],
        "welfare": {code: welfare[code] for code in parties},
        "welfare_of_others": {code: gain for code, gain in welfare.items() if code not in parties},
        "gains": dict(found.gains),
        "weights": dict(found.weights),
        "converged": found.converged,
        "failing": found.failing,
        "residual": found.residual,
        "evaluations": found.evaluations,
    }


def _of_option(problem: Problem) -> Problem:
    """A problem with an argument in Python, under the option that gives it."""
    argument, bracket, about = (problem.key or "").partition("[")
    if not bracket or argument not in OPTION_OF:
        return problem
    whom = about.strip("]").strip("'")
    return replace(problem, key=f"{OPTION_OF[argument]} {whom}")


def _base_rates(found: Tariffs) -> list[float | None]:
    """The base rate of every flow; None where it is not known."""
    base, places = found.outcome.base, _places(found)
    rates = base.arrays.tariff[places].tolist()
    if base.unknown_tariff is None:
        return rates
    unknown = base.unknown_tariff.to_numpy()[places].tolist()
    return [None if hidden else rate for rate, hidden in zip(rates, unknown, strict=True)]


def _places(found: Tariffs) -> tuple[Any, ...]:
    """Positions of every flow: importers, exporters, sectors."""
    import numpy as np

    base = found.outcome.base
    columns = (
        (base.position, found.importer),
        (base.position, found.exporter),
        (base.sector_position, found.sector),
    )
    return tuple(np.array([position(code) for code in codes], np.intp) for position, codes in columns)


def _assumed(found: Tariffs) -> list[str]:
    """What the table needed, what the closure took, and what stands for base rates that nobody knows."""
    rates = _base_rates(found)
    unknown = sum(rate is None for rate in rates)
    told = _(
        "base rates of {unknown} of the {number} flows are not known and count as zero",
        unknown=unknown,
        number=len(rates),
    )
    outcome = found.outcome
    return [*outcome.base.finest.meta.assumptions, *outcome.assumed, *([told] if unknown else [])]


def _codes(text: str, option: str) -> list[str]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    if not codes:
        raise InputError(Problem(_("no code given"), _("such as USA,JPN"), key=option))
    return codes


def _sectors(text: str, world: World, option: str) -> list[str]:
    return list(world.sectors) if text == "all" else _codes(text, option)


def _rate_set(text: str) -> RateSet:
    """A set from `NAME=IMPORTER:EXPORTER+EXPORTER:SECTOR+SECTOR`."""
    from kosho.bargain.optimal_tariffs import RateSet

    name, told, flows = text.partition("=")
    parts = [part.strip() for part in flows.split(":")]
    if not name.strip() or not told or not parts[0] or len(parts) > 3:
        raise InputError(
            Problem(_("{text!r} is no set of flows", text=text), _("such as cars=USA:JPN+DEU:C29"), key="--set")
        )
    exporters, goods = ([*parts[1:], "", ""])[:2]

    def codes(listed: str) -> tuple[str, ...]:
        return tuple(code.strip() for code in listed.split("+") if code.strip())

    return RateSet(name.strip(), parts[0], codes(exporters), codes(goods))


def _refuse_rates(low: float, high: float) -> None:
    problems = Problems()
    for option, rate in (("--low", low), ("--high", high)):
        if not NO_RATE < rate <= HIGHEST:
            problems.add(
                f"{rate:g} %",
                _("percent, above {no_rate:g} and at most {highest:,g}", no_rate=NO_RATE, highest=HIGHEST),
                key=option,
            )
    if (wrong := like_a_fraction(high)) is not None:
        problems.add(wrong, key="--high")
    problems.raise_if_any()
    if not low < high:
        raise InputError(
            Problem(
                _("{low:g} % is not below --high {high:g} %", low=low, high=high),
                _("the lower one"),
                key="--low",
            )
        )


def _closure(given: Closure | None, profits: str | None, world: World) -> Closure | None:
    """What adjusts, with what ships of its figures."""
    from kosho.equilibrium import Closure

    if profits is not None:
        if given is not None and given.profits:
            raise InputError(
                Problem(_("profits are in --closure as well"), _("one of the two"), key="--profits")
            )
        given = replace(given or Closure(), profits=_sectors(profits, world, "--profits"))
    return given and given.sourced(world)


def _weights(given: Sequence[str], file: Path | None) -> dict[tuple[str, str], float]:
    """Weights by party and code, of a sector or another economy, from `PARTY:CODE=WEIGHT` and a file."""
    from kosho.bargain.objectives import read_weights

    problems = Problems()
    found = dict(read_weights(file)) if file else {}
    for text in given:
        who, _other, rest = text.partition(":")
        code, _other, number = rest.partition("=")
        try:
            amount = float(number)
        except ValueError:
            problems.add(_("{text!r} is no weight", text=text), _("such as USA:C29=1.5"), key="--weight")
            continue
        of = who.strip(), code.strip()
        if of in found:
            told = _(
                "{names} has two weights, {found:g} and {amount:g}",
                names=":".join(of),
                found=found[of],
                amount=amount,
            )
            problems.add(told, _("one"), key="--weight")
        found[of] = amount
    problems.raise_if_any()
    return found


def _show(found: Tariffs, content: dict[str, Any]) -> None:
    from kosho.codes import country_name

    rows, count = _rate_rows(found), int(found.instrument.max()) + 1
    told = ngettext("{number} rate", "{number} rates", count, number=formatting.count(count))
    title = _("{kind} tariffs, {count}", kind=found.kind, count=told) + (
        _(", the largest flows") if count > SHOWN else ""
    )
    columns = (_("Importer"), _("Exporter"), _("Sector"), _("Base"), _("New"), _("Imports"))
    setters = sorted(set(found.importer))
    if len(setters) == 1:  # said once
        title += _(", of {country}", country=formatting.the_country(setters[0]))
        columns, rows = columns[1:], [row[1:] for row in rows]
    title += _("; rates in percent, imports in billion USD")
    show_table(formatting.starting(title), columns, rows, numeric=3)
    against = _("balanced trade at base tariffs") if content["deficits"] == "zero" else _("base tariffs")
    gains = [(country_name(code), percent(value)) for code, value in content["welfare"].items()]
    what = _("Gain, of income") if found.outcome.closure.labour_supply else _("Real income")
    show_table(
        _("{what}, long run (year ten), against {against}", what=what, against=against),
        (_("Economy"), "%"),
        gains,
        numeric=1,
    )
    if content["closure"]:
        say(_("What adjusts besides prices and trade: {names}.", names=_("; ").join(content["closure"])))
    aims = {code: gain for code, gain in found.gains.items() if abs(gain - content["welfare"][code]) > 1e-9}
    if aims:
        weighed = [(country_name(code), percent(gain)) for code, gain in aims.items()]
        show_table(_("What they make largest, with their weights"), (_("Economy"), "%"), weighed, numeric=1)
    show_assumptions(content["assumptions"])
    looked = ngettext(
        "{number} equilibrium",
        "{number} equilibria",
        found.evaluations,
        number=formatting.count(found.evaluations),
    )
    say(
        _(
            "First-order residual {residual:.1e} (the largest slope left open), {looked}.",
            residual=found.residual,
            looked=looked,
        )
    )


def _rate_rows(found: Tariffs) -> list[tuple[str, ...]]:
    """Each rate with what bears it, the largest imports first."""
    import numpy as np

    from kosho.codes import country_name, sector_name

    base, places, known = found.outcome.base, _places(found), _base_rates(found)
    count = int(found.instrument.max()) + 1
    new, old, before = (
        np.bincount(found.instrument, values, minlength=count)
        for values in (
            found.outcome.flows.to_numpy()[places],
            base.arrays.flows[places],
            base.arrays.flows[places] * base.arrays.tariff[places],
        )
    )
    rows: list[tuple[str, ...]] = []
    for k in np.argsort(-new, kind="stable")[:SHOWN].tolist():
        cells = np.flatnonzero(found.instrument == k)
        exporters = sorted({found.exporter[cell] for cell in cells})
        sectors = sorted({found.sector[cell] for cell in cells})
        rows.append(
            (
                country_name(found.importer[cells[0]]),
                country_name(exporters[0])
                if len(exporters) == 1
                else _("{number} economies", number=len(exporters)),
                sector_name(sectors[0]) if len(sectors) == 1 else _("{number} sectors", number=len(sectors)),
                formatting.NOT_KNOWN
                if any(known[cell] is None for cell in cells)
                else formatting.decimals(100 * float(before[k] / old[k]), 1),
                formatting.decimals(100 * float(found.rate[cells[0]]), 1),
                formatting.billions(float(new[k]), part=True),
            )
        )
    return rows


def percent(fraction: float) -> str:
    """Signed percent, two decimals, or two significant figures of what is smaller."""
    value = 100 * fraction
    if abs(value) < LEAST:
        return "0"
    return formatting.decimals(value, max(2, 1 - floor(log10(abs(value)))), sign=True)
