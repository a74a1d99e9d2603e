"""How the effects of a brief were computed, and what limits them, in words with figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.brief.model import Claim, Method
from kosho.codes import country_name
from kosho.impact.coercion import episode, episode_file
from kosho.impact.parameters import parameters
from kosho.impact.product_nests import niche_file
from kosho.impact.vehicles import vehicle_data
from kosho.language import _
from kosho.provenance import Source
from kosho.scenario.interval import Interval
from kosho.scenario.runs import DRAWS, SEED, ScenarioResults
from kosho.world.datafiles import sources as world_sources

if TYPE_CHECKING:
    from kosho.case import Case

__all__ = ["describe", "few_observed", "nothing_computed", "sources"]

FEW_OBSERVED = 12
"""Figures known from reality that stand beside the method; more have a table."""
OWN = "kosho-method"
CALIENDO_PARRO = "caliendo-parro-2015"
BOEHM = "boehm-2023"

_SOURCES = (
    Source(
        id=CALIENDO_PARRO,
        title="Estimates of the Trade and Welfare Effects of NAFTA, Review of Economic Studies 82(1), 1–44",
        publisher="Caliendo & Parro",
        date=date(2015, 1, 1),
        url="https://doi.org/10.1093/restud/rdu035",
        kind="primary",
    ),
    Source(id=OWN, title="Method of Kosho", publisher="Kosho", kind="own"),
)


def sources() -> dict[str, Source]:
    """Sources of the method, of what measures rest on and of the world table, by id."""
    measured = (*parameters().sources, *vehicle_data().sources, *niche_file().sources)
    episodes = {one.id: one for one in episode_file().sources}
    return episodes | {one.id: one for one in measured} | world_sources() | {one.id: one for one in _SOURCES}


def describe(case: Case, on: date, table: Mapping[str, Any], runs: ScenarioResults) -> Method:
    """Method, limits and the warning about the first year.

    Args:
        case: The case.
        on: The day of the brief.
        table: What `kosho.world.report.info` says of the world.
        runs: What was computed.
    """
    return Method(
        model=tuple(_model(table)),
        limits=tuple(_limits(case, on, table, runs)),
        first_year=tuple(_first_year(case, runs)),
        draws=DRAWS,
        seed=SEED,
    )


def nothing_computed(case: Case, held: bool) -> Method:
    """That nothing is computed, and what would change that."""
    limits = [
        Claim(
            text=_(
                "No effect, gain or deal is computed: the case has no scenarios. Scenarios in case.yaml add "
                "effects, a table.yaml beside it adds deals."
            ),
            status="fact",
            sources=(OWN,),
        )
    ]
    if not held:
        text = _(
            "The register does not hold the law of this day: what was in force is unknown here, not nothing."
        )
        limits.append(Claim(text=text, status="fact", sources=(OWN,)))
    if "record" in case.holds:
        text = _("What was said is told in the words of the sources; nobody checked whether it is true.")
        limits.append(Claim(text=text, status="fact", sources=(OWN,)))
    return Method(model=(), limits=tuple(limits), first_year=(), draws=0, seed=0)


def _model(table: Mapping[str, Any]) -> Iterable[Claim]:
    sizes = table["sizes"]
    yield Claim(
        text=_(
            "General equilibrium of {countries} economies and {sectors} sectors that buy inputs from one "
            "another, solved in changes: wages, prices, sourcing, tariff revenue and income all adjust.",
            countries=sizes["countries"],
            sectors=sizes["sectors"],
        ),
        status="estimate",
        sources=(CALIENDO_PARRO,),
    )
    yield Claim(
        text=_(
            "Welfare is the exact change of real income; in money, that change times the income observed "
            "in {value}.",
            value=table["year"] or _("the base year"),
        ),
        status="estimate",
        sources=(OWN,),
    )
    yield Claim(
        text=_(
            "Tariffs are those in force in each scenario less those of the base year, by product group "
            "within a sector; a group’s share of its sector is known for the larger origins and assumed "
            "for the rest."
        ),
        status="estimate",
        sources=(OWN,),
    )
    yield Claim(
        text=_(
            "Promises to buy, quotas and bans are bounds on quantities, met exactly: a purchase by the "
            "subsidy it takes, a quota by what scarcity adds to the price. A product far smaller than "
            "its sector competes with its own other origins first."
        ),
        status="estimate",
        sources=(OWN,),
    )
    yield Claim(
        text=_(
            "Where a measure rests on figures known as ranges, each measure is solved at every corner of "
            "its own ranges, the others in the middle, with fixed deficits and central elasticities; "
            "ranges of results add up the largest falls and the largest rises. What two scenarios share "
            "moves in both."
        ),
        status="estimate",
        sources=(OWN,),
    )
    yield Claim(
        text=_(
            "Deficits fixed: each trade deficit stays a constant share of world income. Deficits zero: "
            "the base is first solved without deficits. Neither is right; effects can differ by a factor "
            "of two."
        ),
        status="assumption",
        sources=(OWN,),
    )
    yield Claim(
        text=_(
            "Central elasticities are estimates by product from tariffs across the world; services are "
            "set to a convention of the literature."
        ),
        status="estimate",
        sources=("fgo-2022", "services-5"),
    )
    low = table["elasticities"]["low_factor"]
    yield Claim(
        text=_(
            "Low elasticities are the central ones times {low:.2f}, which brings a typical sector to "
            "what is found by following trade over time (−1.75 to −2.25 in the long run). Wages of a "
            "large importer’s suppliers must then fall further until trade balances, it buys more "
            "cheaply, and signs can change; no such fall was seen in 2025.",
            low=low,
        ),
        status="assumption",
        sources=(BOEHM,),
    )


def _laid_on(case: Case) -> Iterable[Claim]:
    """What the case itself changes in the law or the table before anything is asked."""
    if case.law_as_of is not None:
        yield Claim(
            text=_(
                "The register does not hold the law of all days of this case: its changes are laid on that "
                "of {day}. Compare scenarios with one another, not with the base.",
                day=formatting.day(case.law_as_of),
            ),
            status="assumption",
            sources=(OWN,),
        )
    for name in case.before:
        one = episode(name)
        cited = dict.fromkeys(traded.missing.source for traded in one.economy if traded.missing is not None)
        yield Claim(
            text=_(
                "The table lacks what this halt took away: {title}. The trade before it is put back into the "
                "base; its seller makes that much more, its buyer runs a larger deficit.",
                title=one.title,
            ),
            status="estimate",
            sources=tuple(cited),
        )


def _limits(case: Case, on: date, table: Mapping[str, Any], runs: ScenarioResults) -> Iterable[Claim]:
    for block in table["estimated"]:
        yield Claim(
            text=_("Part of the table is estimated: {block}.", block=_(block)),
            status="estimate",
            sources=("wiod-2013",),
        )
    fit = table.get("fit")
    if fit:
        agreement = fit["without_ports"]
        yield Claim(
            text=_(
                "Against customs records of {year} its goods trade by pair correlates {correlation:.2f} over "
                "the {pairs} largest pairs; a single pair is off by about {median_absolute_log_gap:.0f}\xa0% "
                "(median).",
                year=fit["year"],
                correlation=agreement["correlation"],
                pairs=agreement["pairs"],
                median_absolute_log_gap=100 * agreement["median_absolute_log_gap"],
            ),
            status="estimate",
            sources=(fit["source"],),
        )
    tariffs = table["tariffs"]
    unknown = [country_name(one["country"]) for one in tariffs["unknown_importers"][:5]]
    if unknown:
        yield Claim(
            text=_(
                "Base tariffs on {unknown_share_of_goods_trade:.0f}\xa0% of the world’s goods trade are not "
                "known and stay what they are, first of all those of {names}.",
                unknown_share_of_goods_trade=100 * tariffs["unknown_share_of_goods_trade"],
                names=formatting.listed(unknown),
            ),
            status="fact",
            sources=(OWN,),
        )
    yield from _laid_on(case)
    titles = {flow.id: flow.title for flow in case.flows}
    for flow, why in runs.flows_left_out.items():
        yield Claim(
            text=_("Not shown: {titles} ({why}).", titles=titles[flow], why=why), status="fact", sources=(OWN,)
        )
    for text in runs.assumptions:
        yield Claim(text=f"{formatting.starting(text)}.", status="assumption", sources=(OWN,))
    later = [
        name for name, one in case.register.products.sources.items() if one.date is not None and one.date > on
    ]
    if later:
        yield Claim(
            text=_(
                "In hindsight: some shares of product groups in their sectors rest on figures published "
                "after the day of this brief. They are part of the method; nothing else here was known later."
            ),
            status="estimate",
            sources=tuple(later),
        )
    for text in table.get("left_out", ()):
        yield Claim(text=text, status="fact", sources=(OWN,))
    yield Claim(
        text=_(
            "Results are by place of production: a Japanese plant in Mexico counts as Mexico. There are "
            "no profits, no unemployment, no investment and no exchange rate of its own. Answers to "
            "tariffs are those in force on the day; nobody adds one unless a scenario says so. The "
            "spread shown covers the elasticities and the measures’ own ranges, not these."
        ),
        status="assumption",
        sources=(OWN,),
    )
    for one in case.register.not_covered:
        if not one.matters(on):
            continue
        yield Claim(
            text=_("Not in the tariffs: {what} ({why}).", what=one.what, why=one.why),
            status="fact",
            sources=() if one.source is None else (one.source,),
        )


def few_observed(case: Case) -> bool:
    """Whether what is known from reality stands here; else it has a table of its own."""
    return len(case.observations) <= FEW_OBSERVED


def _first_year(case: Case, runs: ScenarioResults) -> Iterable[Claim]:
    yield Claim(
        text=_(
            "Not for the first year. Everything here is the long run of seven to ten years. After one "
            "year trade has moved by less than half as much (elasticity −0.76, against −1.75 to −2.25 in the "
            "long run). The model beside what happened in 2018 and 2025, row by row: kosho validate, and the "
            "page “The model beside what happened” of the manual."
        ),
        status="estimate",
        sources=(BOEHM,),
    )
    for one in case.observations if few_observed(case) else ():
        unit = (
            f"{formatting.NBSP}%"
            if one.figure.unit == "percent"
            else f" {formatting.unit_name(one.figure.unit)}"
        )
        value = formatting.significant(one.figure.value, 3, 1) + unit
        note = _("; {note}", note=one.figure.note) if one.figure.note else ""
        yield Claim(
            text=_(
                "{title}, {period}: {value}{note}.", title=one.title, period=one.period, value=value, note=note
            ),
            status=one.figure.status,
            sources=(one.figure.source,),
        )
    today = {name for name, one in case.scenarios.items() if one.role == "status-quo"}
    for found in runs.flow_ranges:
        if found.scenario not in today or found.central_units is None or found.low_units is None:
            continue
        yield Claim(
            text=_(
                "The model’s long run under today’s tariffs: {title}, {percent} in value and {percent_2} in "
                "number; {percent_3} and {percent_4} if trade responds weakly.",
                title=runs.results[0].flows[found.flow].title,
                percent=_percent(found.central),
                percent_2=_percent(found.central_units),
                percent_3=_percent(found.low),
                percent_4=_percent(found.low_units),
            ),
            status="estimate",
            sources=(CALIENDO_PARRO,),
        )


def _percent(found: Interval) -> str:
    return f"{formatting.percent_range(found.low, found.high)}{formatting.NBSP}%"
