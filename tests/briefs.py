"""A small brief with made-up numbers and hostile words, for tests of how briefs are worded and drawn."""

from __future__ import annotations

from datetime import date

from kosho.brief.model import (
    Brief,
    BriefParty,
    Claim,
    DateAhead,
    MeasureSummary,
    Method,
    OpenItem,
    Reference,
    WorldStamp,
)
from kosho.scenario.commitments import (
    Commitment,
    CommitmentEnds,
    CommittedFlow,
    CountryEnds,
    FlowEnds,
    Parameter,
    ResultEnds,
    SalesChange,
    ScenarioCommitments,
    SubsidyCost,
    TradeDiversion,
)
from kosho.scenario.interval import Interval
from kosho.scenario.results import (
    Comparison,
    CountryEffect,
    FlowRange,
    FlowResult,
    Quantiles,
    ScenarioSummary,
    SectorEffect,
    VariantResult,
)
from kosho.scenario.runs import VARIANTS, compared_pairs

HOSTILE = "</script><script>alert('x')</script> & <b>bold</b> \"quoted\""
DAY = date(2025, 6, 29)

WORTH = {
    "status-quo": {"JPN": -5_000.0, "USA": -10_000.0, "CHN": -40_000.0, "MEX": 900.0},
    "no-deal": {"JPN": -9_000.0, "USA": -9_000.0, "CHN": -40_000.0, "MEX": 900.0},
    "deal": {"JPN": -3_000.0, "USA": -8_000.0, "CHN": -40_000.0, "MEX": 900.0},
}
FACTORS = dict(zip((one.id for one in VARIANTS), (1.0, 1.5, 0.8, 1.2), strict=True))


def scenarios(hostile: str = HOSTILE) -> tuple[ScenarioSummary, ...]:
    titles = {"status-quo": "Today stays", "no-deal": "No deal at 24 %", "deal": f"Deal {hostile}"}
    return tuple(
        ScenarioSummary.model_validate(
            {
                "id": name,
                "title": title,
                "role": name,
                "description": f"What {hostile} means.",
                "on": DAY,
                "status": "assumption",
                "sources": ["law"],
            }
        )
        for name, title in titles.items()
    )


def result(scenario: str, variant: str) -> VariantResult:
    factor = FACTORS[variant]
    worth = WORTH[scenario]
    sector = SectorEffect(
        exports_base_musd=50_000.0,
        exports_musd=50_000.0 * (1 - 0.2 * factor),
        exports_volume=-0.2 * factor,
        output_base_musd=400_000.0,
        output_volume=-0.01 * factor,
    )
    idle = SectorEffect(
        exports_base_musd=0.0, exports_musd=0.0, exports_volume=None, output_base_musd=0.0, output_volume=None
    )
    return VariantResult(
        scenario=scenario,
        variant=variant,
        countries={
            code: CountryEffect(welfare=x * factor / 4e6, ev_musd=x * factor, real_wage=x * factor / 5e6)
            for code, x in worth.items()
        },
        sectors={party: {"C29": sector, "A01": sector, "C21": idle} for party in ("JPN", "USA")},
        flows=(
            FlowResult(
                exporter="JPN",
                importer="USA",
                sector="C29",
                part="cars",
                title="Cars",
                base_musd=40_000.0,
                new_musd=40_000.0 * (1 - 0.5 * factor),
                base_units=1.37e6,
                new_units=1.37e6 * (1 - 0.5 * factor),
                unit="vehicles",
                units_source="news",
            ),
            FlowResult(
                exporter="USA",
                importer="JPN",
                sector="A01",
                part=None,
                title="Crops",
                base_musd=4_700.0,
                new_musd=4_500.0,
            ),
        ),
    )


def comparison(party: str, scenario: str, against: str) -> Comparison:
    gap = WORTH[scenario][party] - (WORTH[against][party] if against != "base" else 0.0)
    by_variant = {name: gap * factor for name, factor in FACTORS.items()}
    ends = [by_variant["fixed-central"], by_variant["zero-central"], 0.9 * gap, 1.1 * gap]
    low = [by_variant["fixed-low"], by_variant["zero-low"]]
    return Comparison(
        party=party,
        scenario=scenario,
        against=against,
        by_variant=by_variant,
        draws=Quantiles(p5=min(ends[2:]), p50=gap, p95=max(ends[2:])),
        central=Interval(low=min(ends), high=max(ends)),
        low=Interval(low=min(low), high=max(low)),
    )


def bounds(hostile: str = HOSTILE) -> ScenarioCommitments:
    """Of the deal: a promise to buy, with its ranges."""
    some = Interval(low=-4_000.0, high=-2_000.0)
    return ScenarioCommitments(
        scenario="deal",
        titles={"corn": f"More corn {hostile}", "halt": f"A halt {hostile}"},
        bounds=(
            Commitment(
                name="corn",
                measure="corn",
                title=f"More corn {hostile}",
                kind="purchase",
                flows=(
                    CommittedFlow(
                        importer="JPN", exporter="USA", sector="A01", part="corn", goods=f"Corn {hostile}"
                    ),
                ),
                basis="increment",
                measured="value",
                unit="million USD",
                base=3_000.0,
                free=2_900.0,
                required=4_000.0,
                reached=4_000.0,
                binds=True,
                wedge=0.27,
                prohibitive=False,
                rent_musd=0.0,
                rent_holder=None,
                fiscal_cost_musd=1_100.0,
                ends=CommitmentEnds(
                    required=Interval(low=3_250.0, high=5_000.0),
                    reached=Interval(low=3_250.0, high=5_000.0),
                    wedge=Interval(low=0.06, high=0.67),
                    rent_musd=Interval(low=0.0, high=0.0),
                    fiscal_cost_musd=Interval(low=200.0, high=3_400.0),
                ),
                sources=("law",),
                status="assumption",
            ),
        ),
        diverted=(
            TradeDiversion(
                importer="JPN",
                sector="A01",
                goods="Crops and animals",
                measures=("corn",),
                sales=(
                    SalesChange(exporter="USA", change_musd=900.0, bound=True),
                    SalesChange(
                        exporter="CHN",
                        change_musd=-400.0,
                        ends=Interval(low=-610.0, high=-150.0),
                        bound=False,
                    ),
                    SalesChange(exporter="MEX", change_musd=3.0, bound=False),
                ),
            ),
        ),
        subsidies=(
            SubsidyCost(
                measure="halt",
                title=f"A subsidy {hostile}",
                payer="JPN",
                cost_musd=250.0,
                ends=Interval(low=100.0, high=900.0),
            ),
        ),
        ranges=(
            Parameter(
                measure="corn",
                what="amount",
                low=250.0,
                value=1_000.0,
                high=2_000.0,
                unit="million USD",
                bound_only=False,
                moves_results=True,
                sources=("news",),
                note=f"no quantity {hostile}",
            ),
            Parameter(
                measure="corn",
                what="trade cost of J58T60",
                low=0.9,
                value=None,
                high=1.0,
                unit="factor",
                bound_only=True,
                moves_results=True,
            ),
            Parameter(
                measure="corn",
                what="declared worth to USA",
                low=0.0,
                value=50.0,
                high=900.0,
                unit="million USD",
                bound_only=False,
                moves_results=False,
                assumed=True,
            ),
        ),
        left_out={"halt": f"it was there before {hostile}"},
        ends=ResultEnds(
            countries={
                code: CountryEnds(welfare=Interval(low=-0.1, high=0.0), ev_musd=some) for code in WORTH["deal"]
            },
            flows=(FlowEnds(new_musd=Interval(low=19_000.0, high=21_000.0)),) * 2,
            out_of_reach={"corn": f"more than there is {hostile}"},
            by_measure={"corn": {"JPN": some, "USA": some}},
        ),
    )


def brief(hostile: str = HOSTILE) -> Brief:
    shown = scenarios(hostile)
    stamp = WorldStamp(
        name="icio-2022",
        hash="0123456789abcdef",
        year=2022,
        source="OECD",
        licence="CC BY 4.0",
        attribution="OECD, 2025.",
        unit="million USD",
        economies=4,
        sectors=3,
        estimated=("final demand",),
    )
    moved = Interval(low=-0.7, high=-0.5)
    claim = Claim(text=f"Something is so {hostile}.", status="fact", sources=("news", "law"))
    return Brief(
        case="made-up",
        title=f"Talks {hostile}",
        summary=f"Summary {hostile}",
        as_of=DAY,
        parties=(BriefParty(code="JPN", title="Japan"), BriefParty(code="USA", title="United States")),
        world=stamp,
        talks_world=stamp,
        lead=claim,
        headline=(claim,),
        in_force=tuple(
            MeasureSummary(
                id=f"m{hit}",
                title=f"25 % on cars {hostile}",
                rate="+25 %",
                imposer="USA",
                partners="all",
                hits=("JPN",) if hit else (),
                scope="cars",
                since=date(2025, 4, 3),
                until=None if hit else date(2025, 7, 9),
                legal_basis="Proclamation 10908",
                sources=("law",),
                status="fact",
            )
            for hit in (True, False)
        ),
        law_verified_to={"USA": date(2025, 6, 30), "CHN": date(2025, 3, 31)},
        scenarios=shown,
        variants=VARIANTS,
        results=tuple(result(one.id, variant.id) for one in shown for variant in VARIANTS),
        comparisons=tuple(
            comparison(party, scenario, against)
            for scenario, against in compared_pairs(shown)
            for party in ("JPN", "USA")
        ),
        flow_ranges=tuple(
            FlowRange(
                scenario=one.id,
                flow=position,
                central=moved,
                low=moved,
                central_units=moved if position == 0 else None,
                low_units=moved if position == 0 else None,
            )
            for one in shown
            for position in (0, 1)
        ),
        bounds=(bounds(hostile),),
        not_yet_priced=(OpenItem(title="LNG", by="JPN", why=f"No quantity {hostile}", sources=("news",)),),
        calendar=(DateAhead(date=date(2025, 7, 9), title="Suspension ends", sources=("law",)),),
        method=Method(model=(claim,), limits=(claim,), first_year=(claim, claim), draws=8, seed=1),
        sources=(
            Reference(
                number=1,
                id="news",
                title=f"News {hostile}",
                publisher="Paper",
                url="javascript:alert(1)",
                kind="secondary",
            ),
            Reference(
                number=2,
                id="law",
                title="Order",
                publisher="Register",
                date=DAY,
                url="https://example.org/?a=1&b=<2>",
                kind="primary",
            ),
        ),
    )
