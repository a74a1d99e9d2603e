"""What `kosho bargain` says of a table, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.cli.bargain_words import (
    UNIT,
    concept,
    day_of,
    heads,
    issue_named,
    named,
    option_title,
    over_both,
    settled,
    show_idle,
    show_packages,
    show_shares,
    signed,
    spread,
    worth_ends,
)
from kosho.cli.terminal import say, show_table
from kosho.codes import country_name
from kosho.language import N_, _

if TYPE_CHECKING:
    from kosho.bargain import Deal

__all__ = ["show_answer"]

SHOWN = 20
COSTS = N_("Subsidy or rent, billion USD")


def show_answer(deal: Deal, content: dict[str, Any], asked: date) -> None:
    """Print the answer: how many packages, the deals and how sure they are, the frontier, the rules."""
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
    show_idle(deal, content)
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
            concept(name),
            *(
                formatting.NONE if one["all_gain"] is None else formatting.percent_of_draws(one["all_gain"])
                for one in said["regions"]
            ),
            _stop(content, name),
            *(spread(said["gains"][p]) for p in parties),
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
    return _("nowhere") if scale is None else formatting.decimals(scale, 2)


def _show_deals(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    columns = heads(parties)
    for priced in content["backgrounds"]:
        rows = [
            (concept(name), one["options"], over_both(one, parties))
            for name, one in priced["solutions"].items()
        ]
        title = _("{title}: gains over no deal and over today", title=priced["title"])
        if rows:
            show_packages(deal, title, (_("Deal"),), rows, columns)
        else:
            say(_("{title}: no package leaves every side better off than no deal\n", title=priced["title"]))
    _show_meanings(content["solutions"])
    _show_ties(deal, content)
    confirmed = content["confirmed"]
    if len(content["backgrounds"]) > 1:
        say(_("All that follows is under: {title}.\n", title=content["backgrounds"][0]["title"]))
    if confirmed:
        table = [(concept(name), *over_both(confirmed[name], parties)) for name in content["solutions"]]
        show_table(_("Confirmed on the full table"), (_("Deal"), *columns), table, numeric=len(columns))
        _show_bounds(deal, content)


def _show_struck(deal: Deal, content: dict[str, Any]) -> None:
    """What was agreed in the end, what carries it, and what each side left on the table."""
    one, parties = content["struck"], content["parties"]
    if one is None:
        return
    rows = [(_("What was agreed"), *over_both(one, parties))]
    rows += [
        (
            _("with its promises to buy at the {end} ends", end=end),
            *(signed(one["ends"][end][p]) for p in parties),
            *[""] * len(parties),
        )
        for end in ("low", "high")
    ]
    if one["confirmed"]:
        rows.append((_("on the full table"), *over_both(one["confirmed"], parties)))
    columns = heads(parties)
    show_table(
        _("{title}: gains over no deal and over today", title=one["title"]),
        ("", *columns),
        rows,
        numeric=len(columns),
    )
    shares = [
        (f"{part['title']}: {part['settled']}", *(signed(part["gains"][p]) for p in parties))
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
        how = settled(deal, left["options"])
        say(
            _(
                "{name} left {more} dollars a year on the table, which no other side would have lost: {how}.",
                name=name,
                more=more,
                how=how,
            )
        )
    if one["nearest"]:
        gains = _(", ").join(f"{country_name(p)} {signed(one['nearest']['gains'][p])}" for p in parties)
        how = settled(deal, one["nearest"]["options"])
        say(_("Nearest on the frontier: {how} ({gains} billion USD over no deal)", how=how, gains=gains))
    for part in one["unpriced"]:
        worth = _(", ").join(
            f"{country_name(party)} {worth_ends(cited)}" for party, cited in part["worth"].items()
        )
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

    told = [
        _("{concept}: {meaning}", concept=_(CONCEPTS[name].title), meaning=_(CONCEPTS[name].meaning))
        for name in names
    ]
    say(_("; ").join(told) + _("."))
    say("")


def _show_ties(deal: Deal, content: dict[str, Any]) -> None:
    """Packages that are worth the same as the one shown for a deal; deals that share them share a row."""
    found: dict[str, list[str]] = {}
    for name, one in content["solutions"].items():
        for tie in one["ties"]:
            other = {
                issue: option for issue, option in tie["options"].items() if option != one["options"][issue]
            }
            found.setdefault(named(deal, other), []).append(concept(name))
    for other, names in found.items():
        say(_("The same to all: {names} with {other}", names=_(", ").join(names), other=other))
    if found:
        say("")


def _show_bounds(deal: Deal, content: dict[str, Any]) -> None:
    """What binding commitments and quotas of the deals come to; deals that share them share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for name in content["solutions"]:
        # What the law in force commits to anyway belongs to no issue, and to no deal.
        own = [bound for bound in content["confirmed"][name]["bounds"] if bound["issue"]]
        for one in (bound for bound in own if bound["binds"]):
            others = [item for changes in one["diverted"].values() for item in changes.items()]
            cells = (
                issue_named(deal.table, one["issue"]),
                _(", ").join(f"{country_name(code)} {signed(change)}" for code, change in others[:2]),
                formatting.amount(one["free"], one["unit"]),
                formatting.amount(one["reached"], one["unit"]),
                _("closed") if one["wedge"] is None else formatting.percent(one["wedge"], decimals=1),
                _cost(one),
            )
            rows.setdefault(cells, []).append(concept(name))
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
        cells = [(_(", ").join(deals), *row) for row, deals in rows.items()]
        show_table(_("What the deals commit to, a year"), columns, cells, numeric=4)


def _cost(one: dict[str, Any]) -> str:
    """What a treasury pays, and what the holders of a quota earn, a year."""
    found = [formatting.billions(one[key], part=True) for key in ("fiscal_cost", "rent") if one[key]]
    return _(", ").join(found) or "0"


def _show_issues(deal: Deal, content: dict[str, Any]) -> None:
    name = next(iter(content["solutions"]))
    title = _("Which issue carries the gains ({concept})", concept=concept(name))
    show_shares(deal, title, content["explanations"][name], content["solutions"][name]["gains"])
    _show_delay(content, name)


def _show_delay(content: dict[str, Any], name: str) -> None:
    """What a week costs, and who would offer what on the way to the deadline."""
    delay, deadline = content["solutions"][name]["week_of_delay"], content["deadline"]
    for when in ("after",) if deadline["passed"] else ("before", "after"):
        costs = formatting.listed(
            [f"{formatting.the_country(p)} {formatting.dollars(delay[when][p])}" for p in content["parties"]]
        )
        of = _("{when} the deadline of {day}", when=formatting.word(when), day=day_of(deadline["date"]))
        say(
            _(
                "A week's delay of the {concept} deal {of} costs {costs} dollars.",
                concept=concept(name),
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
        text = _("waits") if offer["options"] is None else settled(deal, offer["options"])
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
    ends = _("nothing is agreed") if agreed is None else _("agreed on {day}", day=day_of(path[agreed]["date"]))
    title = _("Offers by turns until {day}: {ends}", day=day_of(content["deadline"]["date"]), ends=ends)
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
    columns = [concept(name) for name in found]
    show_table(_("Where it stops leaving all better off"), ("", *columns), rows, numeric=len(columns))


def _show_frontier(deal: Deal, content: dict[str, Any]) -> None:
    parties = content["parties"]
    ordered = sorted(content["frontier"], key=lambda one: -one["payoffs"][parties[0]])
    rows = [
        (
            "",
            one["options"],
            [signed(one["payoffs"][p] - content["disagreement"][p]) for p in parties],
        )
        for one in ordered[:SHOWN]
    ]
    more = _(", {shown} of {number}", shown=SHOWN, number=len(ordered)) if len(ordered) > SHOWN else ""
    show_packages(
        deal, _("Frontier{more}: gains over no deal", more=more), (), rows, [*map(country_name, parties)]
    )


def _show_linkage(deal: Deal, content: dict[str, Any]) -> None:
    """What things without a price would change at what they are declared to be worth."""
    from kosho.brief.linkage_words import linkage_words

    one = content["linkage"]
    for line in () if one is None else linkage_words(one, settled(deal, one["options"])):
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
        worth = _(", ").join(
            f"{country_name(party)} {worth_ends(cited)}" for party, cited in one["worth"].items()
        )
        say(_("Not priced: {title}, worth {value}", title=one["title"], value=worth or formatting.NOT_KNOWN))


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
                options=settled(deal, transfer["options"]),
            )
        )
    else:
        say(_("- money: none; {transfer}", transfer=why["transfer"]))
    for way in opens["red_lines"]:
        say(
            _(
                "- red lines: give up {names} (then {options})",
                names=_(", ").join(way["red_lines"]),
                options=settled(deal, way["options"]),
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
        issue=issue_named(deal.table, issue),
        new=new,
        terms=terms,
        about=about,
        old=old,
    )
    if rate["restated"]:
        text += _(", which takes what {title!r} does", title=option_title(deal, issue, rate["options"][issue]))
    others = {name: option for name, option in rate["options"].items() if name != issue}
    text += _(" (besides: {options})", options=settled(deal, others))
    titles = {one["id"]: one["title"] for one in content["red_lines"]}
    if rate["crosses"]:
        lines = _("; ").join(titles[name] for name in rate["crosses"])
        text += _(
            "; on the way to {title!r}, which a red line forbids: {lines}",
            title=option_title(deal, issue, rate["towards"]),
            lines=lines,
        )
    return text
