"""`kosho bargain`: the deals that leave every side better off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho import formatting
from kosho.cli.options import AllowIdle, AsOf, Deficits, Json, WorldNamed, open_case, permitted, world_named
from kosho.cli.terminal import chosen, day, say, show_json, show_progress, show_table
from kosho.codes import country_name
from kosho.errors import KoshoError, Problems
from kosho.language import N_, SOURCE, _, current, pgettext

if TYPE_CHECKING:
    from kosho.bargain import Deal
    from kosho.bargain.table import Table

__all__ = ["app"]

app = typer.Typer(add_completion=False)

SHOWN = 20
UNIT = N_("Billion USD a year, in the long run (year ten); + is a gain.")


@app.command()
def show(  # noqa: PLR0913 - one parameter an option
    case: Annotated[str, typer.Argument(help="A shipped case or its folder; it needs a table.yaml.")],
    as_of: AsOf = None,
    deficits: Deficits = "fixed",
    draws: Annotated[int, typer.Option(min=0, help="Draws of the certificate; 0 leaves it out.")] = 200,
    world: WorldNamed = None,
    *,
    confirm: Annotated[bool, typer.Option(help="Price the deals again on the full table.")] = True,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ISSUE=OPTION,...",
            help="Why this package is worth what it is; issues not named keep their fallback. A rate within a "
            "range is ISSUE=12.5%.",
        ),
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option(
            "--exact/--screen",
            help="Solve every package, or only those that could matter and estimate the others.",
            show_default="every one up to 20,000",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT",
            envvar="KOSHO_CLUSTER",
            help="Solve the packages on the workers of the Dask scheduler there.",
        ),
    ] = None,
    require_zone: Annotated[
        bool, typer.Option("--require-zone", help="Exit with status 1 if no deal leaves all better off.")
    ] = False,
    allow_idle: AllowIdle = False,
    json: Json = False,
) -> None:
    """Price the packages on the table; the frontier, the deals theory picks, and how sure they are."""
    with show_progress(_("Reading the table")) as progress:  # before what takes a while to come up
        from kosho.bargain import Effort
        from kosho.bargain.concessions import package_of_options
        from kosho.bargain.report import contract
        from kosho.cli.several import show_deals
        from kosho.scenario import negotiate_case
        from kosho.scenario.several import deals_on_several, several

        on = day(as_of, "--as-of")
        closure = chosen(deficits, ("fixed", "zero"), "--deficits")
        opened = permitted(open_case(case, on), allow_idle=allow_idle)
        table = opened.table(on)
        names = several(world)
        if names and explain is None:
            bare = Effort(draws=0, confirm=False, exact=exact, cluster=cluster)
            several_deals = deals_on_several(opened, names, on, closure, bare, progress)
            show_deals(several_deals, [one.economy for one in opened.parties], json=json, case=opened.name)
            return
        named_world = world_named(world, opened)
        asked = {} if explain is None else _assigned(explain)
        package_of_options(
            table.with_rates_of(asked, "--explain"), asked, "--explain"
        )  # refused before anything is solved
        alone = explain is not None and not json
        effort = Effort(
            draws=0 if alone else draws,
            confirm=confirm and not alone,
            rates=require_zone or not alone,  # it may lie at rates that have to be sought
            exact=exact,
            cluster=cluster,
        )
        deal = negotiate_case(opened, on, named_world, closure, effort, progress, asked=asked)
        package = None if explain is None else package_of_options(deal.table, asked, "--explain")
        content = {"case": case, **contract(deal, package)}
    if json:
        show_json(content)
    elif package is not None:
        _show_explained(deal, content)
    else:
        _show(deal, content, opened.as_of if on is None else on)
    if require_zone and not deal.game.zone:
        raise KoshoError(_("no package on the table leaves every side better off"))


def _assigned(text: str) -> dict[str, str]:
    """Option by issue, from the command line."""
    found: dict[str, str] = {}
    problems = Problems()
    for part in (one.strip() for one in text.split(",")):
        issue, given, option = part.partition("=")
        if not (given and issue and option):
            problems.add(
                _("{part!r} names no option of an issue", part=part), _("such as cars=all-15"), key="--explain"
            )
        elif issue in found:
            problems.add(_("issue {issue!r} is given twice", issue=issue), key="--explain")
        found.setdefault(issue.strip(), option.strip())
    problems.raise_if_any()
    return found


def _show_explained(deal: Deal, content: dict[str, Any]) -> None:
    """A package of the reader's own."""
    one, parties = content["explained"], content["parties"]
    say(f"{content['title']}: {_options(deal, one['options'])}")
    say(_(UNIT))
    for warning in content["warnings"]:
        say(_("Warning: {warning}.", warning=warning))
    _show_idle(deal, content)
    titles = {line["id"]: f"{line['title']} ({country_name(line['party'])})" for line in content["red_lines"]}
    for line in one["crosses"]:
        say(_("It crosses a red line: {titles}", titles=titles[line]))
    if not one["possible"]:
        say(_("It takes apart what only goes together."))
    say("")
    for party in parties:
        for key, does in (("gives", _("gives")), ("gets", _("gets"))):
            mine = [change for change in one["changes"] if party in change[key]]
            text = "; ".join(
                _(
                    "{issue} {title} instead of {title_2}",
                    issue=_issue(deal.table, change["issue"]),
                    title=_title(deal, change["issue"], change["option"]),
                    title_2=_title(deal, change["issue"], change["fallback"]),
                )
                for change in mine
            )
            who = formatting.the_country(party, starts=True)
            say(_("{who} {does}: {what}", who=who, does=does, what=text or pgettext("change", "nothing")))
    say("")
    columns = _over(parties)
    show_table(_("What it is worth"), columns, [_both(one, parties)], numeric=len(columns))
    _show_shares(deal, _("Which issue carries the gains over no deal"), one, one["gains"])
    for party, change in one["concessions"].items():
        name = formatting.the_country(party, starts=True)
        if change is None:
            say(_("{name} loses, and nothing within the red lines makes it whole.", name=name))
            continue
        amended = _named(deal, {issue: change["options"][issue] for issue in change["changed"]})
        costs = ", ".join(
            _(
                "{country} {signed} billion USD",
                country=country_name(other),
                signed=_signed(change["cost"][other]),
            )
            for other in parties
            if other != party
        )
        say(
            _(
                "{name} loses; cheapest for the others that makes it whole: {amended} (costs {costs})",
                name=name,
                amended=amended,
                costs=costs,
            )
        )


def _concept(name: str) -> str:
    """Title of a solution concept."""
    from kosho.bargain import CONCEPTS

    return _(CONCEPTS[name].title) if name in CONCEPTS else _("Every package")


def _show_idle(deal: Deal, content: dict[str, Any]) -> None:
    """Options that change nothing that is priced (their worth is unknown), and those that the law has."""
    for one in content["not_priced"]:
        say(
            _(
                "Not priced: {issue}, {option}: {why}.",
                issue=_issue(deal.table, one["issue"]),
                option=one["option"],
                why=one["why"],
            )
        )
    for one in content["as_in_force"]:
        say(
            _(
                "As in force on that day: {issue}, {option}; the same as {fallback!r}.",
                issue=_issue(deal.table, one["issue"]),
                option=one["option"],
                fallback=one["fallback"],
            )
        )


def _issue(table: Table, issue: str) -> str:
    """An issue by its id, as `--explain` takes it; in another language, which ids are no words of, by title."""
    titles = {} if current() == SOURCE else {one.id: one.title for one in table.file.issues}
    return titles.get(issue, issue)


def _title(deal: Deal, issue: str, option: str) -> str:
    """Of an option."""
    options = next(one.options for one in deal.table.file.issues if one.id == issue)
    return next(one.title for one in options if one.id == option)


def _show(deal: Deal, content: dict[str, Any], asked: date) -> None:
    packages, allowed, better = (
        formatting.count(content[name]) for name in ("packages", "allowed", "better_for_all")
    )
    say(
        _(
            "{title}: {packages} packages, {allowed} within the red lines, {better} of them better for "
            "all than no deal",
            title=content["title"],
            packages=packages,
            allowed=allowed,
            better=better,
        )
    )
    if content["screening"] is not None:
        say(_solved(content))
    say(_(UNIT))
    if deal.table.today < asked:
        say(
            _(
                "The talks were over by {day}: this is the table as it stood on, and today is, {day_2}.",
                day=formatting.day(asked),
                day_2=formatting.day(deal.table.today),
            )
        )
    for warning in content["warnings"]:
        say(_("Warning: {warning}.", warning=warning))
    _show_idle(deal, content)
    say("")
    if not content["zone"]:
        _show_opening(deal, content)
        say("")
        _show_frontier(deal, content)
        _show_linkage(deal, content)
        _show_struck(deal, content)
        _show_rules(content)
        return
    _show_deals(deal, content)
    _show_rates(content)
    _show_struck(deal, content)
    _show_certificate(content)
    _show_issues(deal, content)
    _show_path(deal, content)
    _show_critical(deal, content)
    _show_frontier(deal, content)
    _show_linkage(deal, content)
    _show_rules(content)


def _solved(content: dict[str, Any]) -> str:
    """How many packages were solved, and how well the others are known."""
    return _(
        "{number} of them solved, among them all that could be on the frontier, a deal or a tie; the "
        "others are estimated: {guarantee}",
        number=formatting.count(content["solved"]),
        guarantee=content["screening"]["guarantee"],
    )


def _show_certificate(content: dict[str, Any]) -> None:
    """In how many draws all gain, by how strongly trade answers, and where each deal stops."""
    parties, found = content["parties"], content["certificate"]
    if not found:
        return
    first = next(iter(found.values()))
    regions = [_("{low:g} to {high:g}", low=one["low"], high=one["high"]) for one in first["regions"]]
    rows = [
        (
            _concept(name),
            *(
                formatting.NONE if one["all_gain"] is None else formatting.percent_of_draws(one["all_gain"])
                for one in said["regions"]
            ),
            _stop(content, name),
            *(_spread(said["gains"][p]) for p in parties),
        )
        for name, said in found.items()
    ]
    columns = (
        _("Deal"),
        *(_("All gain, %,\n{region}", region=region) for region in regions),
        _("Stops at"),
        *map(country_name, parties),
    )
    title = _(
        "How sure: gains over no deal in {draws} draws, by the scale of the trade elasticities",
        draws=first["draws"],
    )
    show_table(title, columns, rows, numeric=len(columns) - 1)
    say(
        _(
            "One is the table’s own elasticities; after ten years Boehm, Levchenko & Pandalai-Nayar find "
            "0.13 to 0.22, Simonovska & Waugh about 0.7. Below where a deal stops, some party is worse "
            "off than without."
        )
    )
    say(formatting.range_note(_("the middle 90 % of all draws; the central figure is their median")) + "\n")


def _stop(content: dict[str, Any], name: str) -> str:
    """The common scale at which a deal stops leaving all better off."""
    if name not in content["crossing"]:
        return formatting.NOT_KNOWN
    scale = content["crossing"][name]
    return "nowhere" if scale is None else formatting.decimals(scale, 2)


def _spread(one: dict[str, float]) -> str:
    return formatting.gain(one["p50"], one["p5"], one["p95"], part=True)


def _signed(musd: float) -> str:
    """Billions with their sign."""
    return formatting.billions(musd, sign=True, part=True)


def _over(parties: Sequence[str]) -> list[str]:
    """Heads of columns: gains over no deal, then over today."""
    return [
        _("{country}, over {than}", country=country_name(party), than=than)
        for than in (_("no deal"), _("today"))
        for party in parties
    ]


def _both(one: dict[str, dict[str, float]], parties: list[str]) -> list[str]:
    return [_signed(one[key][p]) for key in ("gains", "over_status_quo") for p in parties]


def _options(deal: Deal, options: Mapping[str, str], without: Collection[str] = ()) -> str:
    """What a package settles otherwise than no deal would, in words even where that is nothing."""
    return _changes(deal, options, without) or (_("nothing more") if without else _("nothing changes"))


def _changes(deal: Deal, options: Mapping[str, str], without: Collection[str] = ()) -> str:
    """What a package settles otherwise than no deal would; issues by id, but for some. Empty for nothing."""
    laid = deal.table if deal.table.struck is None else deal.table.struck.table
    issues = {issue.id: issue.options for issue in laid.file.issues}
    chosen = {name: next(one for one in issues[name] if one.id == option) for name, option in options.items()}
    text = [
        _("{issue} {option}", issue=_issue(laid, name), option=one.title)
        for name, one in chosen.items()
        if not one.fallback and name not in without
    ]
    return "; ".join(text)


def _show_packages(
    deal: Deal,
    title: str,
    lead: Sequence[str],
    rows: Sequence[tuple[str, Mapping[str, str], Sequence[str]]],
    columns: Sequence[str],
) -> None:
    """A table of packages: what they have in common is said once, above it."""
    alike = {
        name
        for name, option in rows[0][1].items()
        if len(rows) > 1 and all(options[name] == option for _other, options, _other in rows)
    }
    shared = {name: option for name, option in rows[0][1].items() if name in alike}
    common = _changes(deal, shared)
    above = _("{title}\nIn every row: {common}", title=title, common=common) if common else title
    left = _("In the rest") if common else _("Package")
    without = alike if common else ()
    cells = [
        (*([name] if lead else []), _options(deal, options, without), *numbers)
        for name, options, numbers in rows
    ]
    show_table(above, (*lead, left, *columns), cells, numeric=len(columns))


def _show_deals(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    columns = _over(parties)
    for priced in content["backgrounds"]:
        rows = [
            (_concept(name), one["options"], _both(one, parties)) for name, one in priced["solutions"].items()
        ]
        title = _("{title}: gains over no deal and over today", title=priced["title"])
        if rows:
            _show_packages(deal, title, (_("Deal"),), rows, columns)
        else:
            say(_("{title}: no package leaves every side better off than no deal\n", title=priced["title"]))
    _show_meanings(content["solutions"])
    _show_ties(deal, content)
    confirmed = content["confirmed"]
    if len(content["backgrounds"]) > 1:
        say(_("All that follows is under: {title}.\n", title=content["backgrounds"][0]["title"]))
    if confirmed:
        table = [(_concept(name), *_both(confirmed[name], parties)) for name in content["solutions"]]
        show_table(_("Confirmed on the full table"), (_("Deal"), *columns), table, numeric=len(columns))
        _show_bounds(deal, content)


def _show_struck(deal: Deal, content: dict[str, Any]) -> None:
    """What was agreed in the end, what carries it, and what each side left on the table."""
    one, parties = content["struck"], content["parties"]
    if one is None:
        return
    rows = [(_("What was agreed"), *_both(one, parties))]
    rows += [
        (
            _("with its promises to buy at the {end} ends", end=end),
            *(_signed(one["ends"][end][p]) for p in parties),
            *[""] * len(parties),
        )
        for end in ("low", "high")
    ]
    if one["confirmed"]:
        rows.append((_("on the full table"), *_both(one["confirmed"], parties)))
    columns = _over(parties)
    show_table(
        _("{title}: gains over no deal and over today", title=one["title"]),
        ("", *columns),
        rows,
        numeric=len(columns),
    )
    shares = [
        (f"{part['title']}: {part['settled']}", *(_signed(part["gains"][p]) for p in parties))
        for part in one["issues"].values()
    ]
    show_table(
        _("Which part of it carries what"),
        (_("Part"), *map(country_name, parties)),
        shares,
        numeric=len(parties),
    )
    for party, left in one["left"].items():
        name = formatting.the_country(party, starts=True)
        if left is None:
            say(_("{name} could have had no more without another's having less.", name=name))
            continue
        more = formatting.dollars(left["more"][party])
        how = _options(deal, left["options"])
        say(
            _(
                "{name} left {more} dollars a year on the table, which no other side would have lost: {how}.",
                name=name,
                more=more,
                how=how,
            )
        )
    if one["nearest"]:
        gains = ", ".join(f"{country_name(p)} {_signed(one['nearest']['gains'][p])}" for p in parties)
        how = _options(deal, one["nearest"]["options"])
        say(_("Nearest on the frontier: {how} ({gains} billion USD over no deal)", how=how, gains=gains))
    for part in one["unpriced"]:
        worth = ", ".join(f"{country_name(party)} {_ends(cited)}" for party, cited in part["worth"].items())
        say(
            _(
                "Part of it, not priced: {title}, worth {value}. {why}",
                title=part["title"],
                value=worth or formatting.NOT_KNOWN,
                why=part["why"],
            )
        )
    say("")


def _show_rates(content: dict[str, Any]) -> None:
    """How the rates of deals within their ranges were found."""
    from kosho.brief.rate_words import rate_words

    lines = rate_words(content)
    for line in lines:
        say(line)
    if lines:
        say("")


def _show_meanings(names: Iterable[str]) -> None:
    """What each concept picks, in a plain line."""
    from kosho.bargain import CONCEPTS

    say("; ".join(f"{_(CONCEPTS[name].title)}: {_(CONCEPTS[name].meaning)}" for name in names) + ".")
    say("")


def _show_ties(deal: Deal, content: dict[str, Any]) -> None:
    """Packages that are worth the same as the one shown for a deal; deals that share them share a row."""
    found: dict[str, list[str]] = {}
    for name, one in content["solutions"].items():
        for tie in one["ties"]:
            other = {
                issue: option for issue, option in tie["options"].items() if option != one["options"][issue]
            }
            found.setdefault(_named(deal, other), []).append(_concept(name))
    for other, names in found.items():
        say(_("The same to all: {names} with {other}", names=", ".join(names), other=other))
    if found:
        say("")


def _named(deal: Deal, options: Mapping[str, str]) -> str:
    """Options by issue, fallbacks too."""
    return "; ".join(
        _("{issue} {option}", issue=_issue(deal.table, issue), option=_title(deal, issue, option))
        for issue, option in options.items()
    )


def _show_bounds(deal: Deal, content: dict[str, Any]) -> None:
    """What binding commitments and quotas of the deals come to; deals that share them share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for name in content["solutions"]:
        for one in (bound for bound in content["confirmed"][name]["bounds"] if bound["binds"]):
            others = [item for changes in one["diverted"].values() for item in changes.items()]
            cells = (
                _issue(deal.table, one["issue"]) if one["issue"] else one["title"],
                ", ".join(f"{country_name(code)} {_signed(change)}" for code, change in others[:2]),
                formatting.amount(one["free"], one["unit"]),
                formatting.amount(one["reached"], one["unit"]),
                _("closed") if one["wedge"] is None else formatting.percent(one["wedge"], decimals=1),
                _cost(one),
            )
            rows.setdefault(cells, []).append(_concept(name))
    if rows:
        columns = (
            _("Deal"),
            _("On"),
            _("Change of others' sales, billion USD"),
            _("Without it"),
            _("With it"),
            _("Wedge, %"),
            _(COSTS),
        )
        cells = [(", ".join(deals), *row) for row, deals in rows.items()]
        show_table(_("What the deals commit to, a year"), columns, cells, numeric=4)


COSTS = N_("Subsidy or rent, billion USD")


def _cost(one: dict[str, Any]) -> str:
    """What a treasury pays, and what the holders of a quota earn, a year."""
    found = [formatting.billions(one[key], part=True) for key in ("fiscal_cost", "rent") if one[key]]
    return ", ".join(found) or "0"


def _show_issues(deal: Deal, content: dict[str, Any]) -> None:
    name = next(iter(content["solutions"]))
    title = _("Which issue carries the gains ({concept})", concept=_concept(name))
    _show_shares(deal, title, content["explanations"][name], content["solutions"][name]["gains"])
    _show_delay(content, name)


def _show_shares(deal: Deal, title: str, one: dict[str, Any], gains: dict[str, float]) -> None:
    """Shapley values, with what no issue carries, and their sum."""
    parties = deal.table.parties
    titles = {issue.id: issue.title for issue in deal.table.file.issues}
    parts = [(titles[issue], values) for issue, values in one["issues"].items()]
    parts += [(_("No issue: the fallbacks, over no deal"), one["background"]), (_("All"), gains)]
    rows = [
        (text, *(formatting.NOT_PRICED if values is None else _signed(values[p]) for p in parties))
        for text, values in parts
    ]
    show_table(title, (_("Issue"), *map(country_name, parties)), rows, numeric=len(parties))


def _show_delay(content: dict[str, Any], name: str) -> None:
    """What a week costs, and who would offer what on the way to the deadline."""
    delay, deadline = content["solutions"][name]["week_of_delay"], content["deadline"]
    for when in ("after",) if deadline["passed"] else ("before", "after"):
        costs = formatting.listed(
            [f"{formatting.the_country(p)} {formatting.dollars(delay[when][p])}" for p in content["parties"]]
        )
        of = _("{when} the deadline of {day}", when=formatting.word(when), day=_day(deadline["date"]))
        say(
            _(
                "A week's delay of the {concept} deal {of} costs {costs} dollars.",
                concept=_concept(name),
                of=of,
                costs=costs,
            )
        )
    say("")


def _show_path(deal: Deal, content: dict[str, Any]) -> None:
    """Who would offer what on which days; days on which a party offers the same share a row."""
    path = content["deadline"]["path"]
    if not path:
        return
    days: dict[tuple[str, str], list[str]] = {}
    for offer in path:
        text = "waits" if offer["options"] is None else _options(deal, offer["options"])
        days.setdefault((offer["proposer"], text), []).append(offer["date"])
    rows = [
        (
            country_name(party),
            dates[0]
            if len(dates) == 1
            else _("{number} days, {dates} to {dates_2}", number=len(dates), dates=dates[0], dates_2=dates[-1]),
            text,
        )
        for (party, text), dates in list(days.items())[:SHOWN]
    ]
    agreed = content["deadline"]["agreed"]
    ends = _("nothing is agreed") if agreed is None else _("agreed on {day}", day=_day(path[agreed]["date"]))
    title = _("Offers by turns until {day}: {ends}", day=_day(content["deadline"]["date"]), ends=ends)
    show_table(title, (_("Proposes"), _("On"), _("What all would accept")), rows)


def _show_critical(deal: Deal, content: dict[str, Any]) -> None:
    found = {name: one for name, one in content["critical"].items() if one}
    if not found:
        return

    def text(value: float | None) -> str:
        return _("never") if value is None else formatting.decimals(value, 2)

    least = next(iter(found.values()))["least_scale"]
    scales = [one["theta_scale"] for one in found.values()]
    down = [
        _("never, down to {value}", value=formatting.decimals(least, 2)) if scale is None else text(scale)
        for scale in scales
    ]
    rows = [(_("Elasticities times"), *down)]
    weights = [one for party in deal.table.file.parties for one in party.payoff.weights]
    rows += [
        (
            _("Weight above one on: {title}", title=one.title),
            *(text(critical["weights"][one.id]) for critical in found.values()),
        )
        for one in weights
    ]
    columns = [_concept(name) for name in found]
    show_table(_("Where it stops leaving all better off"), ("", *columns), rows, numeric=len(columns))


def _show_frontier(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    ordered = sorted(content["frontier"], key=lambda one: -one["payoffs"][parties[0]])
    rows = [
        (
            "",
            one["options"],
            [_signed(one["payoffs"][p] - content["disagreement"][p]) for p in parties],
        )
        for one in ordered[:SHOWN]
    ]
    more = _(", {shown} of {number}", shown=SHOWN, number=len(ordered)) if len(ordered) > SHOWN else ""
    _show_packages(
        deal, _("Frontier{more}: gains over no deal", more=more), (), rows, [*map(country_name, parties)]
    )


def _show_linkage(deal: Deal, content: dict[str, Any]) -> None:
    """What things without a price would change at what they are declared to be worth."""
    from kosho.brief.linkage_words import linkage_words

    one = content["linkage"]
    for line in () if one is None else linkage_words(one, _options(deal, one["options"])):
        say(line)
    if one is not None:
        say("")


def _show_rules(content: dict[str, Any]) -> None:
    """What no side will sign, and what is on the table without a price."""
    for one in content["red_lines"]:
        say(
            _(
                "Red line of {country} ({status}): {title}",
                country=formatting.the_country(one["party"]),
                status=formatting.word(one["status"]),
                title=one["title"],
            )
        )
    for one in content["unpriced"]:
        worth = ", ".join(f"{country_name(party)} {_ends(cited)}" for party, cited in one["worth"].items())
        say(_("Not priced: {title}, worth {value}", title=one["title"], value=worth or formatting.NOT_KNOWN))


def _ends(cited: dict[str, float]) -> str:
    """Between what a thing is worth, as its sources have it; nothing is an end as others are."""
    low, high = (_signed(cited[end]) if cited[end] else "0" for end in ("low", "high"))
    return (low if low == high else _("{low} to {high}", low=low, high=high)) + _(" billion USD")


def _day(iso: str) -> str:
    return formatting.day(date.fromisoformat(iso))


def _show_opening(deal: Deal, content: dict[str, Any]) -> None:
    say(_("No package leaves every side better off than no deal. What would open a zone of agreement:"))
    from kosho.brief.linkage_words import transfer_words

    opens = content["opens_zone"]
    transfer, rate = opens["transfer"], opens["rate"]
    why = opens["why_not"]
    if transfer:
        say(
            _(
                "- money: {transfer_words} (with {options})",
                transfer_words=transfer_words(transfer["pays"]),
                options=_options(deal, transfer["options"]),
            )
        )
    else:
        say(_("- money: none; {transfer}", transfer=why["transfer"]))
    for way in opens["red_lines"]:
        say(
            _(
                "- red lines: give up {names} (then {options})",
                names=", ".join(way["red_lines"]),
                options=_options(deal, way["options"]),
            )
        )
    if not opens["red_lines"]:
        say(_("- red lines: none; {red_lines}", red_lines=why["red_lines"]))
    if rate:
        say(_("- a rate: {rate_text}", rate_text=_rate_text(deal, content, rate)))
    else:
        say(_("- a rate: none; {rate}", rate=why["rate"]))


def _rate_text(deal: Deal, content: dict[str, Any], rate: dict[str, Any]) -> str:
    """Another rate in words, to the hundredth that it was sought to."""
    issue, terms = rate["issue"], f" {rate['terms']}" if rate["terms"] else ""
    about = _("about ") if rate["restated"] else ""
    new, old = (formatting.decimals(rate[which], 2) for which in ("new", "old"))
    text = _(
        "{issue} at {new} %{terms} instead of {about}{old} %{terms}",
        issue=_issue(deal.table, issue),
        new=new,
        terms=terms,
        about=about,
        old=old,
    )
    if rate["restated"]:
        text += _(", which takes what {title!r} does", title=_title(deal, issue, rate["options"][issue]))
    others = {name: option for name, option in rate["options"].items() if name != issue}
    text += _(" (besides: {options})", options=_options(deal, others))
    titles = {one["id"]: one["title"] for one in content["red_lines"]}
    if rate["crosses"]:
        lines = "; ".join(titles[name] for name in rate["crosses"])
        text += _(
            "; on the way to {title!r}, which a red line forbids: {lines}",
            title=_title(deal, issue, rate["towards"]),
            lines=lines,
        )
    return text
