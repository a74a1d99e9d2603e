"""Whole briefs with made-up numbers, many of them on a boundary."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from kosho.brief.composing import _cited, _numbered
from kosho.brief.first_page import first_page
from kosho.brief.headline import headline, lead
from kosho.brief.model import Brief, DateAhead, FlowYears, ObservedFigure, OpenItem, RestingFinding
from kosho.brief.negotiation import (
    DealBound,
    LeftByParty,
    Negotiation,
    RegionShare,
    ScaleMark,
    StruckPart,
    TariffLineTold,
    WeightLimit,
)
from kosho.brief.outlook import agreed as agreed_outlook
from kosho.brief.outlook import outlook
from kosho.brief.priced import PricedPackages
from kosho.brief.recorded import Recorded, recorded
from kosho.provenance import Source
from kosho.record import Record
from kosho.scenario.interval import Interval
from kosho.scenario.labour_market import JobsAndPrices
from kosho.scenario.results import MakerResult, SectorEffect
from kosho.scenario.runs import compared_pairs
from kosho.scenario.several import OnTable, Several, TableFacts
from tests.briefs import DAY, bounds, brief, comparison, result
from tests.unit.test_brief_deal_tables import made as said_table
from tests.unit.test_brief_first_page import PRICED, TERMS, agreed, curves, deal, table
from tests.unit.test_brief_record import RECORD

MARKS = (
    ScaleMark(title="Caliendo, Parro & others", low=0.1, high=0.3),
    ScaleMark(title="A study with a long name", low=0.5, high=0.5),
    ScaleMark(title="A study", low=0.9, high=1.7),
)
YEARS = (
    FlowYears(
        title="Cars",
        value={"none": Interval(low=-0.4, high=-0.2), "all": None},
        number={"none": Interval(low=-0.5, high=-0.3), "all": None},
    ),
)
SIX = ("KOR", "THA", "VNM", "IDN", "IND", "GBR")
"""Sides that speak besides: with Japan and the United States more than a table has columns for."""
OTHERS = "".join(f"  - {{id: p{k}, name: Party {k}, kind: state, code: {c}}}\n" for k, c in enumerate(SIX))
SPOKEN = "".join(
    f"  - {{id: said-{k}, type: position, kind: offer, source: wire, quote: offer {k},\n"
    f"     recorded_at: 2025-01-02, by: [p{k}], topic: cars}}\n"
    for k in range(len(SIX))
)
MORE = """\
  - {id: met-c, type: meeting, source: paper, quote: met again, recorded_at: 2025-01-04, date: 2025-01-03,
     parties: [jpn, usa], contention: cars}
  - {id: nothing, type: position, kind: position, source: wire, quote: on nothing, recorded_at: 2025-01-01,
     by: [usa]}
  - {id: fine, type: position, kind: position, source: wire, quote: rice is fine, recorded_at: 2025-01-01,
     by: [usa], topic: rice}
  - {id: some-day, type: commitment, source: wire, quote: will look, recorded_at: 2025-01-01, by: [usa],
     deliverable: a look}
conflicts:
  - {id: rice-or-not, about: whether rice is on the table, note: one of them errs, recorded_at: 2025-01-06,
     statements: [rice, barriers]}
"""


def _record(*day: int) -> Recorded:
    text = RECORD
    for k in range(9):
        text += (
            f"  - {{id: other-{k}, type: position, kind: complaint, source: wire, quote: words {k},\n"
            f"     recorded_at: 2025-01-01, by: [{'jpn' if k % 2 else 'usa'}], topic: subject {k}}}\n"
        )
    text = text.replace("\npeople:", f"\n{OTHERS}people:") + SPOKEN + MORE
    return recorded(Record.of(text.encode(), Path("record.yaml")).as_of(date(*day)))


def _everything() -> Negotiation:
    """A table of which all is known, with deals that differ in a term each and gains about nothing."""
    lesser = (TERMS[0].model_copy(update={"option": "20 % in all"}), *TERMS[1:])
    regions = (
        RegionShare(low=0.2, high=0.5, draws=40, all_gain=0.25),
        RegionShare(low=0.5, high=1.0, draws=60, all_gain=None),
    )
    limits = (
        WeightLimit(title="Value added of cars", party="USA", weight=1.0),
        WeightLimit(title="Value added of rice", party="JPN", weight=0.3),
    )
    first = deal().model_copy(
        update={
            "regions": regions,
            "limits": limits,
            "turns": {"JPN": (0.3,), "USA": (0.41,)},
            "others": {"CHN": -230.0, "MEX": -50.0, "KOR": -49.0},
            "jobs": {"JPN": 0.0005, "USA": -0.0001},
            "prices": {"JPN": -0.001, "USA": 0.0},
            "over_today": {"JPN": 0.5, "USA": -0.4},
            "statements": ("perhaps",),
        }
    )
    second = deal("Egalitarian", 3_500.0, lesser).model_copy(
        update={"regions": regions, "limits": (), "turns": {}, "background": "All", "others": {}}
    )
    third = deal("Utilitarian", 4_000.0).model_copy(update={"terms": ()})
    plain = said_table()
    bound: dict[str, Any] = {
        "concept": "Nash",
        "unit": "million USD",
        "free": 3_000.0,
        "reached": 3_500.0,
        "diverted": {"JPN": 288.0, "BRA": -0.4},
    }
    kinds = tuple(
        DealBound(title=title, wedge=wedge, fiscal_cost=cost, rent=rent, **bound)
        for title, wedge, cost, rent in (("Corn", 0.144, 526.0, 0.0), ("Steel", None, 0.0, 12.0))
    )
    told = tuple(
        TariffLineTold(
            issue="Cars",
            option="15 % in all",
            importer="USA",
            partner="JPN",
            sector="C29",
            hs=f"8703.{k}",
            duty_share=0.3 / (k + 1),
            cut=40.0 - k,
        )
        for k in range(22)
    )
    return table(first, second, third).model_copy(
        update={
            "shares": {**plain.shares, "Rice": None},
            "shares_of": "Nash",
            "before": {"JPN": 100.0, "USA": 0.5},
            "certificates": {"Nash": plain.certificates["Nash"]},
            "all_gain": {"Nash": 0.93},
            "draws": 200,
            "points": plain.points,
            "said": plain.said,
            "bases": plain.bases,
            "red_lines": ("No 25 (fact)",),
            "bounds": kinds,
            "tariff_lines": told,
            "priced": _packages(),
            "solved": 3,
            "guarantee": "1 million USD",
            "estimates": MARKS,
            "rates": ("A rate.",),
            "delay": ("A delay.",),
            "linkage": ("A link.",),
        }
    )


def _packages() -> PricedPackages:
    """A gain of no more than what is none, and an option that takes two lines."""
    cars, rice = PRICED.issues
    long = "15 % in all, on what is made there, from August on .."
    assert len(long) == 53
    return PRICED.model_copy(
        update={
            "issues": (cars.model_copy(update={"options": (*cars.options[:2], long)}), rice),
            "gains": {**PRICED.gains, "USA": (0.0, 700.0, 600.0, 1.0, -200.0, 3_000.0)},
        }
    )


def _made(negotiation: Negotiation | None, **changed: object) -> Brief:
    """A brief with a table, or none; its first page, what can be asked for, and its sources."""
    made = brief("").model_copy(update={"negotiation": negotiation} | changed)
    against = (negotiation and negotiation.against) or "no-deal"
    deals = [one.id for one in made.scenarios if one.role == "deal"]
    like = [one.model_copy(update={"against": against}) for one in curves(made)]
    along = [
        one.model_copy(
            update={
                "scenario": name,
                "gains": tuple(x + 10.0 * k for x in one.gains),
                "turns": tuple(x + 0.01 * k for x in one.turns),
            }
        )
        for k, name in enumerate(deals)
        for one in like
    ]
    made = made.model_copy(
        update={
            "outlook": outlook(made.numbers, along, negotiation, MARKS, made.as_of),
            "agreed": agreed_outlook(negotiation, MARKS, made.as_of),
            "turning": made.turning or tuple(along),
        }
    )
    if made.computed:
        made = made.model_copy(update={"lead": lead(made.numbers), "headline": headline(made.numbers)})
    known = {
        one.id: Source.model_validate(one.model_dump(exclude={"number", "hindsight"})) for one in made.sources
    }
    for name, day in (("wire", date(2025, 6, 29)), ("paper", date(2025, 6, 30)), ("later", None)):
        known[name] = Source(
            id=name, title=name, publisher="P", kind="own", date=day, note="a note", licence="a licence"
        )
    made = made.model_copy(update={"first_page": first_page(made)})
    return made.model_copy(update={"sources": tuple(_numbered(_cited(made), known, made.as_of))})


def _several() -> Several:
    facts = TableFacts(
        name="one",
        table="one.npz",
        year=2022,
        economies=4,
        sectors=3,
        theta=5.04,
        unknown_duties=0.125,
        world="0123",
    )
    there = {"JPN": {"welfare": 0.001, "ev_musd": 10.0}, "USA": {"welfare": -0.002, "ev_musd": -4.0}}
    return Several(
        scenario="deal",
        against="no-deal",
        parties=("JPN", "USA", "THA"),
        tables=(
            OnTable(facts=facts, name="one", countries=there),
            OnTable(
                facts=facts.model_copy(update={"year": None, "unknown_duties": 0.0}),
                name="two",
                countries={"JPN": {"welfare": 0.003, "ev_musd": 10.0}},
            ),
            OnTable(facts=None, name="three", problem="it is no table"),
        ),
    )


def with_a_table() -> Brief:
    """Talks over a table, with all that a brief may hold besides."""
    made = brief("")
    law = made.in_force[0]
    in_force = (
        law,
        law.model_copy(update={"id": "new", "since": date(2025, 5, 1), "until": date(2025, 7, 9), "note": "n"}),
        law.model_copy(update={"id": "own", "imposer": "JPN", "hits": ("USA",), "status": "estimate"}),
        law.model_copy(update={"id": "third", "imposer": "CHN"}),
        made.in_force[1],
    )
    labour = JobsAndPrices(jobs={"JPN": 0.0004, "USA": 0.0}, prices={"JPN": 0.0002, "USA": 0.0})
    return _made(
        _everything(),
        in_force=in_force,
        record=_record(2025, 1, 12),
        year_one=YEARS,
        labour={"deal": labour},
        several=_several(),
        observed=(
            ObservedFigure(
                title="Cars", period="2024", value=1_370_000.0, unit="vehicles", status="fact", sources=("law",)
            ),
            ObservedFigure(
                title="Share", period="2025", value=12.5, unit="percent", status="estimate", sources=("news",)
            ),
        ),
        findings=(
            RestingFinding(
                finding="It pays",
                rests_on=("a", "b"),
                otherwise="it does not",
                status="assumption",
                sources=("law",),
            ),
        ),
        not_yet_priced=(
            OpenItem(title="LNG", why="no quantity", quote="much gas", sources=("news",)),
            OpenItem(title="Chips", by="USA", why="no rate"),
        ),
        calendar=(
            DateAhead(date=date(2025, 6, 29), title="A day", sources=("law",)),
            DateAhead(date=date(2025, 8, 1), title="Another", consequence="duties rise", sources=("news",)),
        ),
    )


def once_agreed() -> Brief:
    """Talks that are over, with what was agreed and left."""
    laid = agreed()
    assert laid.struck is not None
    gains, more = {"JPN": 3_700.0, "USA": 1_800.0}, {"JPN": 800.0, "USA": 0.0}
    left = tuple(
        LeftByParty(what=what, party=party, changes=("Cars: 10 %", "Rice: all"), over_no_deal=gains, more=more)
        for what, party in (("Most for Japan", "JPN"), ("Nearest", None))
    )
    worth = {"JPN": Interval(low=0.0, high=900.0), "USA": Interval(low=100.0, high=100.0)}
    struck = laid.struck.model_copy(
        update={
            "left": left,
            "curve": {"JPN": (2_000.0, 2_500.0, 2_900.0), "USA": (-900.0, None, 1_800.0)},
            "turns": {"JPN": (), "USA": (0.37, 0.6)},
            "unpriced": (
                StruckPart(title="Shipyards", settled="no price", worth=worth, sources=("law",)),
                *laid.struck.unpriced[1:],
            ),
            "over_no_deal": {"JPN": 2_900.0, "USA": 12.0},
            "over_today": {"JPN": -1_200.0, "USA": 120.0},
            "jobs": {"JPN": 0.0005},
            "others": {"CHN": -230.0},
        }
    )
    stamp = brief("").world
    assert stamp is not None
    return _made(
        laid.model_copy(update={"struck": struck, "points": (*laid.points, *said_table().points)}),
        world=stamp.model_copy(update={"year": None}),
        law_verified_to={"USA": date(2025, 6, 28), "JPN": date(2025, 6, 29)},
    )


def of_scenarios() -> Brief:
    """Four sides without a table."""
    return with_scenarios("JPN", "USA", "CHN", "MEX")


def of_both() -> Brief:
    """Two sides with a table whose no deal is the worse of two, and deals better than the case's own."""
    dearer = TERMS[0].model_copy(update={"option": "10 % in all"})
    laid = table(deal(japan=12_000.0), deal("Other", 12_500.0, (dearer, *TERMS[1:])))
    laid = laid.model_copy(update={"against": "worse", "as_of": DAY})
    return with_scenarios("JPN", "USA", negotiation=laid)


def with_scenarios(*codes: str, negotiation: Negotiation | None = None) -> Brief:
    """Two ways in which talks fail and two deals; makers, and bounds that bind and do not."""
    made = brief("")
    today, failing, struck = made.scenarios
    scenarios = (  # two of every role: the first is what is told
        today,
        today.model_copy(update={"id": "then", "title": "As it was"}),
        failing,
        failing.model_copy(
            update={"id": "worse", "title": "All revert", "background": "all", "note": "a note"}
        ),
        struck,
        struck.model_copy(update={"id": "more", "title": "More"}),
    )
    like = {
        "then": "status-quo",
        "status-quo": "status-quo",
        "no-deal": "no-deal",
        "worse": "no-deal",
        "deal": "deal",
        "more": "deal",
    }
    factor = {"then": 0.9, "status-quo": 1.0, "no-deal": 1.0, "worse": 1.25, "deal": 1.0, "more": 1.1}
    parties = tuple(made.parties[0].model_copy(update={"code": code, "title": code}) for code in codes)
    results = tuple(
        _result(one.id, like[one.id], variant.id, factor, codes)
        for one in scenarios
        for variant in made.variants
    )
    if negotiation is not None:  # what is counted does not stand first
        results = tuple(one.model_copy(update={"flows": one.flows[::-1]}) for one in results)
    worth = {(one.scenario, one.variant): one.countries for one in results}
    comparisons = tuple(
        _comparison(party, scenario, against, worth)
        for scenario, against in compared_pairs(scenarios)
        for party in codes
    )
    ranges = tuple(
        one.model_copy(
            update={
                "scenario": name.id,
                "flow": one.flow if negotiation is None else 1 - one.flow,
                "central": Interval(low=-0.01 * k, high=0.02 * k),
            }
        )
        for k, name in enumerate(scenarios)
        for one in made.flow_ranges[:2]
    )
    return _made(
        negotiation,
        parties=parties,
        scenarios=scenarios,
        results=results,
        comparisons=comparisons,
        flow_ranges=ranges,
        bounds=tuple(_bounds())[: 2 if negotiation is None else 1],
        turning=(),
        labour={name: JobsAndPrices(jobs={"JPN": 0.0002}, prices={}) for name in ("deal", "more")},
        law_verified_to={"USA": date(2025, 6, 29), "CHN": date(2025, 3, 31)},
    )


def _result(scenario: str, like: str, variant: str, factor: dict[str, float], codes: Iterable[str]) -> Any:
    found = result(like, variant)
    times = factor[scenario]
    countries = {
        code: one.model_copy(update={"ev_musd": times * one.ev_musd, "welfare": times * one.welfare})
        for code, one in found.countries.items()
    }
    lost = 2.0 if like == "deal" else 1.0
    for code, loss in (("KOR", 50.0), ("IDN", 70.0), ("THA", 60.0), ("VNM", 80.0)):
        ev = -lost * loss if times == 1.0 else -loss
        countries[code] = countries["MEX"].model_copy(update={"ev_musd": ev, "welfare": ev / 1e6})
    many = {
        f"C{k}": SectorEffect(
            exports_base_musd=100.0 * k,
            exports_musd=100.0 * k + (-1) ** k * 60.0 * (34 - k if like == "no-deal" else k) * times,
            exports_volume=0.01 * k,
            output_base_musd=1_000.0 * (k - 10),
            output_volume=-0.001 * k,
        )
        for k in range(10, 24)
    }
    maker = MakerResult(
        home="JPN",
        market="USA",
        year=2022,
        base_musd=90_000.0,
        new_musd=90_000.0 - 1_000.0 * times,
        low_musd=-1_500.0 * times,
        high_musd=-800.0 * times,
        base_share=0.31,
        new_share=0.305,
        made_at_home_base_musd=40_000.0,
        made_at_home_musd=38_000.0,
        sources=("news",),
    )
    return found.model_copy(
        update={
            "scenario": scenario,
            "countries": countries,
            "sectors": dict.fromkeys(codes, many),
            "makers": (maker,),
        }
    )


def _comparison(party: str, scenario: str, against: str, worth: dict[tuple[str, str], Any]) -> Any:
    """As `tests.briefs` has it, of results; every other range reaches beyond nothing."""
    like = comparison(party, "deal", "no-deal")
    by_variant = {
        name: worth[scenario, name][party].ev_musd
        - (0.0 if against == "base" else worth[against, name][party].ev_musd)
        for name in like.by_variant
    }
    low = min(by_variant.values())
    high = max(by_variant.values())
    wide = {"JPN": 9_000.0, "USA": 1_200.0, "MEX": 600.0}.get(party, 0.0)
    return like.model_copy(
        update={
            "scenario": scenario,
            "against": against,
            "by_variant": by_variant,
            "central": Interval(low=low, high=high),
            "low": Interval(low=low - wide, high=high + wide),
        }
    )


def _bounds() -> Iterable[Any]:
    """Of two scenarios: a purchase, a quota that binds and one that does not, a ban, and whose sales change."""
    plain = bounds("")
    (corn,) = plain.bounds
    assert corn.ends is not None
    assert plain.ends is not None
    quota = {
        "name": "cars",
        "kind": "quota",
        "basis": "level",
        "measured": "quantity",
        "unit": "vehicles",
        "base": 1_370_000.0,
        "free": 1_300_000.0,
        "required": 900_000.0,
        "reached": 900_000.0,
        "rent_musd": 700.0,
        "rent_holder": "exporter",
        "fiscal_cost_musd": 0.0,
        "flows": tuple(
            corn.flows[0].model_copy(update={"exporter": code, "importer": "USA", "goods": "Cars"})
            for code in ("JPN", "KOR", "MEX", "CHN")
        ),
        "deflator": "USA",
        "ends": corn.ends.model_copy(
            update={"reached": Interval(low=8e5, high=9.5e5), "rent_musd": Interval(low=500.0, high=900.0)}
        ),
    }
    binding = corn.model_copy(update=quota)
    small = corn.ends.model_copy(update={"rent_musd": Interval(low=3.0, high=12.0), "wedge": None})
    few = binding.model_copy(
        update={"name": "few", "flows": binding.flows[:3], "rent_holder": "importer", "ends": small}
    )
    rye = corn.model_copy(update={"name": "rye", "ends": None, "measured": "quantity", "unit": "tonnes"})
    slack = binding.model_copy(update={"name": "slack", "binds": False, "reached": 800_000.0})
    ban = corn.model_copy(
        update={
            "name": "ban",
            "kind": "ban",
            "wedge": None,
            "rent_holder": "KOR",
            "basis": "share",
            "ends": None,
        }
    )
    sales = plain.diverted[0].sales
    diverted = plain.diverted[0].model_copy(
        update={
            "why": "it resells",
            "sales": (
                *sales,
                sales[1].model_copy(update={"exporter": "JPN", "change_musd": 18.0}),
                sales[1].model_copy(update={"exporter": "KOR", "change_musd": 17.9}),
            ),
        }
    )
    costs = [
        plain.ranges[1].model_copy(update={"what": f"trade cost of {code}", "bound_only": False, "value": 0.95})
        for code in ("C10T12", "C13T15", "C29", "C30")
    ]
    share = plain.ranges[0].model_copy(update={"what": "share", "unit": "share of trade", "value": 0.125})
    count = plain.ranges[0].model_copy(update={"what": "days", "unit": "days", "value": 1_234.5})
    plainly = plain.ranges[0].model_copy(update={"what": "theta", "unit": "elasticity", "value": 4.5678})
    partly = plain.ranges[1].model_copy(update={"what": "half the trade cost of C29"})
    ends = plain.ends.model_copy(
        update={
            "by_measure": {
                "corn": plain.ends.by_measure["corn"],
                "shares": {"JPN": Interval(low=0.0, high=0.0), "USA": Interval(low=-40.0, high=60.0)},
            }
        }
    )
    yield plain.model_copy(
        update={
            "bounds": (corn, rye, binding, few, slack, ban),
            "subsidies": (
                *plain.subsidies,
                plain.subsidies[0].model_copy(update={"ends": None, "cost_musd": 12.0}),
            ),
            "diverted": (diverted,),
            "ranges": (*plain.ranges, *costs, share, count, plainly, partly),
            "ends": ends,
        }
    )
    yield plain.model_copy(
        update={
            "scenario": "more",
            "bounds": (
                slack.model_copy(update={"reached": 850_000.0}),
                few.model_copy(update={"binds": False}),
            ),
            "ranges": (*costs[:2], share),
            "subsidies": (),
            "diverted": (),
            "left_out": {"halt": "it is told twice"},
        }
    )


def of_a_record() -> Brief:
    """Nothing computed: what was said."""
    nothing = dict.fromkeys(("scenarios", "variants", "results", "comparisons", "flow_ranges", "bounds"), ())
    return _made(None, world=None, talks_world=None, record=_record(2025, 1, 5), law_held=False, **nothing)


BRIEFS: dict[str, Callable[[], Brief]] = {
    "brief-of-a-table": with_a_table,
    "brief-once-agreed": once_agreed,
    "brief-of-scenarios": of_scenarios,
    "brief-of-both": of_both,
    "brief-of-a-record": of_a_record,
    "brief-in-files": with_a_table,
}
