"""A priced negotiating table in the words of a brief."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kosho import formatting
from kosho.arrays import Array, Mask
from kosho.brief.line_tables import told_lines
from kosho.brief.linkage_words import linkage_words, transfer_words
from kosho.brief.negotiation import (
    Basis,
    DealBound,
    DealTerm,
    LeftByParty,
    NamedDeal,
    Negotiation,
    PackagePoint,
    RegionShare,
    ScaleMark,
    StruckPart,
    StruckSummary,
    WeightLimit,
)
from kosho.brief.priced import priced_packages
from kosho.brief.rate_words import rate_words
from kosho.language import N_, _
from kosho.scenario.interval import Interval
from kosho.scenario.labour_market import JobsAndPrices, of_deals, of_struck
from kosho.scenario.results import Quantiles

if TYPE_CHECKING:
    from kosho.bargain import Deal, Table
    from kosho.bargain.gains_along import GainsAlong
    from kosho.bargain.schema import Justified, Option, StruckDeal, UnpricedIssue

__all__ = ["described"]

GRAIN = 45
"""Cells a side into which the cloud of packages is thinned: one package a cell is drawn."""
NOTICED = 1.0
"""Million USD a year; less is not mentioned."""
WAYS = {"transfer": N_("Money"), "red_lines": N_("Red lines"), "rate": N_("A rate")}
HIT = 3
"""Economies that are named as losing by a deal of others."""
DIVERTED = 3
"""Sellers that are named for a commitment."""

BasisPart = Literal[
    "status quo", "no deal", "deadline", "option", "red line", "link", "unpriced", "struck deal"
]
PointKind = Literal["other", "package", "frontier", "deal", "struck", "no-deal", "today"]


def described(deal: Deal) -> Negotiation:
    """What a brief says of a priced table, with jobs and consumer prices of its deals."""
    from kosho.bargain import CONCEPTS  # noqa: PLC0415 - a brief without a table needs none of it
    from kosho.bargain.report import contract  # noqa: PLC0415

    content, labour = contract(deal), of_deals(deal)
    deals = [
        NamedDeal(
            background=one["title"],
            concept=_concept(name),
            changes=_changes(deal.table, solution["options"]),
            over_no_deal=solution["gains"],
            over_today=solution["over_status_quo"],
            statements=_ids(deal.table, _changed(deal.table, solution["options"]).values()),
            meaning=_(CONCEPTS[name].meaning),
            **(_leading(deal, name, labour) if k == 0 else {}),
        )
        for k, one in enumerate(content["backgrounds"])
        for name, solution in one["solutions"].items()
    ]
    first = next(iter(deal.solutions), None)
    explained = content["explanations"].get(first, {"issues": {}})["issues"]
    titles = {issue.id: issue.title for issue in deal.table.file.issues}
    bases = tuple(_bases(deal.table))
    known = deal.table if deal.table.struck is None else deal.table.struck.table
    said = {one.id: one for one in known.statements.values() if one is not None}
    return Negotiation(
        title=content["title"],
        summary=deal.table.file.summary,
        as_of=deal.table.as_of,
        parties=tuple(content["parties"]),
        packages=content["packages"],
        solved=None if deal.screening is None else deal.solved,
        guarantee=None if deal.screening is None else deal.screening.guarantee,
        allowed=content["allowed"],
        better_for_all=content["better_for_all"],
        zone=content["zone"],
        red_lines=tuple(
            _("{title} ({status})", title=line.title, status=formatting.word(line.status))
            for line in deal.table.file.red_lines
        ),
        deals=tuple(deals),
        shares={titles[issue]: values for issue, values in explained.items()},
        shares_of=_concept(first) if first else None,
        certificates={
            _concept(name): {party: Quantiles(**spread) for party, spread in one["gains"].items()}
            for name, one in content["certificate"].items()
        },
        all_gain={_concept(name): one["all_gain"] for name, one in content["certificate"].items()},
        draws=max((one["draws"] for one in content["certificate"].values()), default=0),
        background=deal.priced[0].background.title,
        before=_before(content, first),
        delay=tuple(_delay(content, first)),
        rates=rate_words(content),
        linkage=tuple(_linkage(deal, content["linkage"])),
        opening=tuple(_opening(deal, content["opens_zone"])),
        closed=_closed(content["opens_zone"]),
        bounds=tuple(_bounds(content["confirmed"] or {})),
        scales=deal.along.scales if deal.along else (),
        estimates=tuple(
            ScaleMark(title=one.title, low=one.low, high=one.high)
            for one in (deal.along.estimates if deal.along else ())
        ),
        week=content["solutions"][first]["week_of_delay"] if first else {},
        against=deal.table.file.backgrounds[0].disagreement.scenario,
        lines_of={
            party: tuple(line.title for line in deal.table.file.red_lines if line.party == party)
            for party in deal.table.parties
        },
        deadline=deal.table.file.deadline.date,
        follows=deal.table.file.deadline.follows,
        points=tuple(_points(deal)),
        priced=priced_packages(deal),
        tariff_lines=told_lines(deal.table),
        bases=bases,
        said=tuple(said[name] for name in dict.fromkeys(name for one in bases for name in one.statements)),
        sources=tuple(dict.fromkeys(name for line in deal.table.file.red_lines for name in line.source)),
        struck=_struck(deal, content["struck"]),
    )


def _linkage(deal: Deal, one: dict[str, Any] | None) -> tuple[str, ...]:
    """What linked things without a price would change."""
    return () if one is None else linkage_words(one, _("; ").join(_changes(deal.table, one["options"])))


def _leading(deal: Deal, name: str, labour: Mapping[int, JobsAndPrices]) -> dict[str, Any]:
    """Of a deal under the first background: its terms, and where it stops leaving all better off."""
    package = int(deal.solutions[name][0])
    curve, turns = _along(deal, package)
    certificate, critical = deal.certificates.get(package), deal.critical_values.get(package)
    weights = [(party.economy, one) for party in deal.table.file.parties for one in party.payoff.weights]
    return {
        "terms": tuple(_terms(deal.table, package)),
        "others": _worst(deal.confirmed.others[package] if deal.confirmed else {}),
        **_labour(labour.get(package)),
        "curve": curve,
        "turns": turns,
        "regions": tuple(
            RegionShare(low=one.low, high=one.high, draws=one.draws, all_gain=one.all_gain)
            for one in (certificate.regions if certificate else ())
        ),
        "limits": tuple(
            WeightLimit(title=one.title, party=party, weight=limit)
            for party, one in weights
            if critical is not None and (limit := critical.weights.get(one.id)) is not None
        ),
    }


def _labour(found: JobsAndPrices | None) -> dict[str, dict[str, float]]:
    return {"jobs": found.jobs, "prices": found.prices} if found else {}


def _worst(others: Mapping[str, float]) -> dict[str, float]:
    """Economies that lose most by a deal of others."""
    found = sorted(others, key=lambda code: others[code])[:HIT]
    return {code: others[code] for code in found if others[code] <= -NOTICED}


def _along(
    deal: Deal, package: int
) -> tuple[dict[str, tuple[float | None, ...]], dict[str, tuple[float, ...]]]:
    """Gains along the common scale by party, and the scale at which the deal stops leaving all better off."""
    if deal.along is None:
        return {}, {}
    critical = deal.critical_values.get(package)
    return _curve(deal, deal.along, package, None if critical is None else critical.theta_scale)


def _curve(
    deal: Deal, along: GainsAlong, package: int, stops: float | None
) -> tuple[dict[str, tuple[float | None, ...]], dict[str, tuple[float, ...]]]:
    parties, gains = deal.game.parties, along.gains[package]
    curve = {
        party: tuple(x if np.isfinite(x) else None for x in gains[:, k].tolist())
        for k, party in enumerate(parties)
    }
    if stops is None:
        return curve, dict.fromkeys(parties, ())
    weaker = [k for k, scale in enumerate(along.scales) if scale < stops]
    below = gains[weaker[-1] if weaker else 0]
    losing = parties[int(np.nanargmin(below))]
    return curve, {party: (stops,) if party == losing else () for party in parties}


def _terms(table: Table, package: int) -> Iterator[DealTerm]:
    """How a package settles every issue, and who has to act on it."""
    for k, issue in enumerate(table.file.issues):
        choice = int(table.grid.choices[package, k])
        option = issue.options[choice]
        acting = [one.imposer for one in table.overlay(k, choice).add]
        acting += [one.importer for one in option.costs]
        yield DealTerm(
            issue=issue.title,
            option=option.title,
            by=tuple(party for party in table.parties if party in acting),
            changed=not option.fallback,
        )


def _struck(deal: Deal, one: dict[str, Any] | None) -> StruckSummary | None:
    """What was agreed in the end; `contract` has the numbers."""
    agreed = deal.table.struck
    if one is None or agreed is None or deal.struck is None:
        return None
    left: list[tuple[str | None, str, dict[str, Any]]] = [
        (party, _("Most for {country}, no other worse off", country=formatting.the_country(party)), found)
        for party, found in one["left"].items()
        if found
    ]
    curve, turns = (
        ({}, {})
        if deal.struck.along is None
        else _curve(deal, deal.struck.along, agreed.package, deal.struck.stops)
    )
    fallback = agreed.table.grid.label(agreed.table.fallback)
    nearest = _("Nearest that cannot be bettered for one side without costing another")
    left += [(None, nearest, one["nearest"])] if one["nearest"] else []
    return StruckSummary(
        title=one["title"],
        date=agreed.deal.date,
        over_no_deal=one["gains"],
        over_today=one["over_status_quo"],
        ends={
            party: _interval(*(one["ends"][end][party] for end in ("low", "high"))) for party in one["gains"]
        },
        parts=tuple(
            StruckPart(
                title=part["title"], settled=part["settled"], gains=part["gains"], sources=part["source"]
            )
            for part in one["issues"].values()
        ),
        unpriced=tuple(
            StruckPart(
                title=part["title"],
                settled=part["why"],
                worth={
                    code: Interval(low=cited["low"], high=cited["high"])
                    for code, cited in part["worth"].items()
                },
                sources=part["source"],
            )
            for part in one["unpriced"]
        ),
        left=tuple(
            LeftByParty(
                what=what,
                party=party,
                changes=_changes(agreed.table, {**fallback, **found["options"]}),
                over_no_deal=found["gains"],
                more={party: found["gains"][party] - one["gains"][party] for party in one["gains"]},
            )
            for party, what, found in left
        ),
        statements=tuple(one["statements"]),
        sources=tuple(one["source"]),
        others=_worst(deal.struck.others),
        curve=curve,
        turns=turns,
        **_labour(of_struck(deal)),
    )


def _interval(first: float, second: float) -> Interval:
    return Interval(low=min(first, second), high=max(first, second))


def _before(content: dict[str, Any], first: str | None) -> dict[str, float]:
    """What the package of fallbacks is worth, where it is worth anything."""
    worth = content["explanations"].get(first, {"background": {}})["background"]
    return worth if any(abs(x) >= NOTICED for x in worth.values()) else {}


def _delay(content: dict[str, Any], first: str | None) -> Iterator[str]:
    if first is None:
        return
    day = formatting.day(date.fromisoformat(content["deadline"]["date"]))
    for when, costs in content["solutions"][first]["week_of_delay"].items():
        losses = formatting.listed(
            [
                f"{formatting.the_country(code)} {formatting.dollars(x)}"
                for code, x in costs.items()
                if x >= NOTICED
            ]
        )
        if losses:
            yield _(
                "Each week that the {concept} deal comes later {when} {day} costs {losses} dollars.",
                concept=_concept(first),
                when=formatting.word(when),
                day=day,
                losses=losses,
            )


def _opening(deal: Deal, opens: dict[str, Any] | None) -> Iterator[str]:
    """Ways to a zone of agreement."""
    if opens is None:
        return
    transfer, rate = opens["transfer"], opens["rate"]
    if transfer:
        yield _(
            "Money: {transfer_words}, with {package}.",
            transfer_words=transfer_words(transfer["pays"]),
            package=_package(deal, transfer["options"]),
        )
    titles = {line.id: line.title for line in deal.table.file.red_lines}
    for way in opens["red_lines"]:
        given_up = formatting.listed([_("“{title}”", title=titles[name]) for name in way["red_lines"]])
        yield _(
            "Red lines: without {given_up}, then {package}.",
            given_up=given_up,
            package=_package(deal, way["options"]),
        )
    if rate:
        issue = next(one.title for one in deal.table.file.issues if one.id == rate["issue"])
        old, new = (f"{formatting.decimals(rate[which], 2)}\N{NO-BREAK SPACE}%" for which in ("old", "new"))
        yield _(
            "A rate: {issue} at {new} in place of {old}, with {package}.",
            issue=issue,
            new=new,
            old=old,
            package=_package(deal, rate["options"]),
        )


def _closed(opens: dict[str, Any] | None) -> dict[str, str]:
    """Ways that open none, and why."""
    return {} if opens is None else {_(WAYS[way]): reason for way, reason in opens["why_not"].items()}


def _concept(name: str) -> str:
    """Title of a solution concept."""
    from kosho.bargain import CONCEPTS  # noqa: PLC0415 - a brief without a table needs none of it

    return _(CONCEPTS[name].title)


def _package(deal: Deal, options: dict[str, str]) -> str:
    return _("; ").join(_changes(deal.table, options)) or _("nothing changed")


def _bounds(confirmed: dict[str, Any]) -> Iterator[DealBound]:
    """What binds of what the deals commit to; what the law in force commits to anyway is no part of them."""
    from kosho.bargain import CONCEPTS  # noqa: PLC0415 - a brief without a table needs none of it

    for name, concept in CONCEPTS.items():
        for one in confirmed.get(name, {}).get("bounds", ()):
            if one["binds"] and one["issue"]:
                (diverted,) = list(one["diverted"].values())[:1]
                yield DealBound(
                    concept=_(concept.title),
                    title=one["title"],
                    unit=one["unit"],
                    free=one["free"],
                    reached=one["reached"],
                    wedge=one["wedge"],
                    fiscal_cost=one["fiscal_cost"],
                    rent=one["rent"],
                    diverted=dict(list(diverted.items())[:DIVERTED]),
                )


def _bases(table: Table) -> Iterator[Basis]:
    """What rests on the record, in words."""
    from kosho.bargain.schema import justified_by  # noqa: PLC0415 - a brief without a table needs none of it

    file = table.file
    parts: list[tuple[BasisPart, str, Justified]] = [
        ("status quo", _("what each side has today"), file.status_quo),
        *(("no deal", ground.title, ground.disagreement) for ground in file.backgrounds),
        ("deadline", formatting.day(file.deadline.date), file.deadline),
        *(("option", option.title, option) for issue in file.issues for option in issue.options),
        *(("red line", line.title, line) for line in file.red_lines),
        *(("link", link.title, link) for link in file.links),
        *(("unpriced", one.title, one) for one in file.unpriced),
    ]
    agreed = table.struck
    if agreed is not None:
        for _other, item in justified_by(agreed.deal):
            parts.append(("struck deal", _part_title(agreed.deal, item), item))
        table = agreed.table
    issues = {id(option): issue.title for issue in file.issues for option in issue.options}
    for part, title, item in parts:
        statements = _ids(table, [item])
        if statements:
            yield Basis(part=part, issue=issues.get(id(item)), title=title, statements=statements)


def _part_title(agreed: StruckDeal, item: StruckDeal | Option | UnpricedIssue) -> str:
    """Of the deal, or of a part of it."""
    parts = {id(option): issue.title for issue in agreed.issues for option in issue.options}
    return parts.get(id(item), item.title)


def _ids(table: Table, items: Iterable[Justified]) -> tuple[str, ...]:
    """Statements that `items` rest on."""
    return tuple(dict.fromkeys(one.id for item in items for one in table.said(item)))


def _changed(table: Table, options: dict[str, str]) -> dict[str, Option]:
    """The options of a package that are not what holds anyway, by title of their issue."""
    found = {
        issue.title: next(one for one in issue.options if one.id == options[issue.id])
        for issue in table.file.issues
    }
    return {title: option for title, option in found.items() if not option.fallback}


def _changes(table: Table, options: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        _("{issue}: {option}", issue=title, option=option.title)
        for title, option in _changed(table, options).items()
    )


def _points(deal: Deal) -> Iterable[PackagePoint]:
    """Gains over no deal; of the cloud one package a cell, of the rest all."""
    from kosho.bargain.thinning import thinned  # noqa: PLC0415 - as the rest of its room, when there is a table

    game = deal.game
    now = game.status_quo - game.disagreement
    marked = {int(rows[0]): _concept(name) for name, rows in reversed(deal.solutions.items())}
    frontier = set(game.frontier.tolist())
    clouds: list[tuple[PointKind, Mask]] = [
        ("other", game.possible & ~game.allowed),
        ("package", game.allowed),
    ]
    for kind, mask in clouds:
        for row in thinned(game, mask, GRAIN).tolist():
            if row not in frontier and row not in marked:
                yield _point(deal, kind, row, "")
    for row in sorted(frontier - set(marked)):
        yield _point(deal, "frontier", row, _("On the frontier. "))
    for row, name in marked.items():
        yield _point(deal, "deal", row, _("{name}. ", name=name))
    if deal.struck is not None:
        agreed = deal.struck.agreed
        chosen = agreed.table.grid.label(agreed.package)
        yield PackagePoint(
            kind="struck",
            gains=dict(zip(game.parties, (deal.struck.payoffs - game.disagreement).tolist(), strict=True)),
            text=_("{name}. ", name=agreed.deal.title) + _("; ").join(_changes(agreed.table, chosen)),
            statements=_ids(agreed.table, [agreed.deal]),
        )
    file = deal.table.file
    ends: list[tuple[PointKind, str, Array, Justified]] = [
        ("no-deal", _("No deal"), np.zeros_like(now), file.backgrounds[0].disagreement),
        ("today", _("Today"), now, file.status_quo),
    ]
    for kind, text, values, item in ends:
        yield PackagePoint(
            kind=kind,
            gains=dict(zip(game.parties, values.tolist(), strict=True)),
            text=text,
            statements=_ids(deal.table, [item]),
        )


def _point(deal: Deal, kind: PointKind, row: int, lead: str) -> PackagePoint:
    game, table = deal.game, deal.table
    options = table.grid.label(row)
    crossed = [line for line, hit in zip(table.file.red_lines, table.crossed[row], strict=True) if hit]
    if crossed:
        lead += _("Crosses a red line: {names}. ", names=_("; ").join(line.title for line in crossed))
    return PackagePoint(
        kind=kind,
        gains=dict(zip(game.parties, game.gains[row].tolist(), strict=True)),
        text=lead + (_("; ").join(_changes(table, options)) or _("nothing changes")),
        statements=_ids(table, [*crossed, *_changed(table, options).values()]),
    )
