"""Results of a case's scenarios: what each does to economies, sectors and named flows, with its ranges.

Money is million USD of the world's base year a year, rates and effects are fractions, codes are ISO 3166
alpha-3 and ICIO.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from kosho.display import Card, Shown, columns, listing, million, number, plural, signed_percent
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.provenance import Day, Frozen, Status
from kosho.scenario.commitments import ScenarioCommitments
from kosho.scenario.interval import Interval, Number

__all__ = [
    "BASE",
    "Comparison",
    "CountryEffect",
    "FlowRange",
    "FlowResult",
    "MakerResult",
    "Quantiles",
    "Role",
    "ScenarioResults",
    "ScenarioSummary",
    "SectorEffect",
    "Variant",
    "VariantResult",
]

BASE = "base"
"""Stands for the base where scenarios are compared."""

Role = Literal["status-quo", "no-deal", "deal", "reference", "history"]


class ScenarioSummary(Frozen):
    """A course that things may take."""

    id: str
    title: str
    role: Role
    description: str
    on: Day
    """The day whose measures apply."""
    background: str | None = None
    """What third countries face."""
    status: Status
    sources: tuple[str, ...] = ()
    note: str | None = None


class Variant(Frozen):
    """One way of closing the model; each scenario is run under all of them."""

    id: str
    title: str
    deficits: Literal["fixed", "zero"]
    elasticities: Literal["central", "low"]


class CountryEffect(Frozen):
    """What a scenario does to one economy, relative to the base."""

    welfare: Number
    """Change of real income, fraction."""
    ev_musd: Number
    """Equivalent variation."""
    real_wage: Number


class SectorEffect(Frozen):
    """What a scenario does to one sector of one economy, relative to the base."""

    exports_base_musd: Number
    exports_musd: Number
    exports_volume: Number | None
    """Change at base prices, fraction; None where nothing was exported."""
    output_base_musd: Number
    output_volume: Number | None
    """Change at base prices, fraction; None where nothing was made."""


class FlowResult(Frozen):
    """A trade flow the case asks about, before and after."""

    exporter: str
    importer: str
    sector: str
    part: str | None
    title: str
    base_musd: Number
    new_musd: Number
    base_units: Number | None = None
    new_units: Number | None = None
    unit: str | None = None
    units_source: str | None = None


class MakerResult(Frozen):
    """What makers of one home sell in a market, wherever it is made, before and after."""

    home: str
    market: str
    year: int
    """Of the known share of their brands."""
    base_musd: Number
    new_musd: Number
    low_musd: Number
    """Change, over the range of that share."""
    high_musd: Number
    base_share: Number
    new_share: Number
    made_at_home_base_musd: Number
    """Of their home's plants, as trade in the market has it."""
    made_at_home_musd: Number
    sources: tuple[str, ...]


class VariantResult(Frozen):
    """One scenario under one variant.

    >>> from kosho.scenario import VariantResult
    >>> from kosho.scenario.results import CountryEffect
    >>> japan = CountryEffect(welfare=0.0009, ev_musd=4440, real_wage=0.0011)
    >>> VariantResult(scenario="deal", variant="fixed-central", countries={"JPN": japan}, sectors={}, flows=())
    VariantResult deal, fixed-central
      welfare        JPN +0.09 %
      worth a year   JPN +4,440 million USD
    """

    scenario: str
    variant: str
    countries: dict[str, CountryEffect]
    sectors: dict[str, dict[str, SectorEffect]]
    """Party, then sector."""
    flows: tuple[FlowResult, ...]
    makers: tuple[MakerResult, ...] = ()
    """In the parties' markets where brands are known."""

    def card(self) -> Card:
        """What the scenario does to whom, and to the flows the case asks about."""
        effects = self.countries
        worth = columns(tuple(effects), (one.ev_musd for one in effects.values()), million, 3)
        welfare = columns(tuple(effects), (one.welfare for one in effects.values()), signed_percent)
        flows = [
            (one.title, f"{number(one.base_musd)} before, {number(one.new_musd)} after, million USD")
            for one in self.flows
        ]
        return Card(
            f"VariantResult {self.scenario}, {self.variant}",
            [("welfare", welfare), ("worth a year", worth), *flows],
        )


class Quantiles(Frozen):
    """Quantiles over draws of the trade elasticities."""

    p5: Number
    p50: Number
    p95: Number


class Comparison(Frozen):
    """The equivalent variation of one party in one scenario over what it has in another.

    >>> from kosho.scenario import Comparison
    >>> from kosho.scenario.interval import Interval
    >>> from kosho.scenario.results import Quantiles
    >>> Comparison(
    ...     party="JPN",
    ...     scenario="deal",
    ...     against="no-deal",
    ...     by_variant={"fixed-central": 4440, "zero-central": 4100},
    ...     draws=Quantiles(p5=2900, p50=4400, p95=6200),
    ...     central=Interval(low=2900, high=6200),
    ...     low=Interval(low=700, high=1300),
    ... )
    Comparison: deal against no-deal, for JPN
      fixed-central          +4,440 million USD
      zero-central           +4,100 million USD
      central elasticities   +2,900 million USD to +6,200 million USD
      low elasticities       +700 million USD to +1,300 million USD
    """

    party: str
    scenario: str
    against: str
    """`base`, or the id of a scenario."""
    by_variant: dict[str, Number]
    """Million USD a year, by variant, on the full world."""
    draws: Quantiles
    """Over common draws of the elasticities around the central ones, fixed deficits, on the `talks` world."""
    measures: Interval = Interval(low=0.0, high=0.0)
    """By how much the ranges of the measures' own parameters may move it: the largest falls of all measures
    together, and the largest rises; a measure of both scenarios moves in both."""
    central: Interval
    """All variants with central elasticities and the draws, widened by `measures`."""
    low: Interval
    """All variants with low elasticities, widened by `measures`."""

    def card(self) -> Card:
        """What it is worth to the party, with both ranges."""
        return Card(
            f"Comparison: {self.scenario} against {self.against}, for {self.party}",
            [
                *((variant, million(worth)) for variant, worth in self.by_variant.items()),
                ("central elasticities", self.central.text(million)),
                ("low elasticities", self.low.text(million)),
            ],
        )

    @property
    def whole(self) -> Interval:
        """Both."""
        return Interval(low=min(self.central.low, self.low.low), high=max(self.central.high, self.low.high))


class FlowRange(Frozen):
    """What a scenario does to a named flow, over all that was computed: new over base, less one.

    >>> from kosho.scenario import FlowRange
    >>> from kosho.scenario.interval import Interval
    >>> central, low = Interval(low=-0.4, high=-0.25), Interval(low=-0.08, high=-0.04)
    >>> FlowRange(scenario="no-deal", flow=0, central=central, low=low)
    FlowRange: no-deal, flow 0
      central elasticities   -40.00 % to -25.00 %
      low elasticities       -8.00 % to -4.00 %
    """

    scenario: str
    flow: int
    """Position in `Result.flows`."""
    central: Interval
    """Value: all variants with central elasticities and the middle 90 % of the draws, widened by the ranges of
    the measures."""
    low: Interval
    """Value: all variants with low elasticities, widened alike."""
    central_units: Interval | None = None
    """Quantity, where the base knows one."""
    low_units: Interval | None = None

    def card(self) -> Card:
        """By how much the flow changes, with both ranges."""
        return Card(
            f"FlowRange: {self.scenario}, flow {self.flow}",
            [
                ("central elasticities", self.central.text(signed_percent)),
                ("low elasticities", self.low.text(signed_percent)),
            ],
        )


Item = TypeVar("Item")


@dataclass(frozen=True, eq=False)
class ScenarioResults(Shown):
    """Scenarios of a case solved, with their ranges. Make them with `kosho.scenario.run`.

    >>> from kosho.scenario import ScenarioResults, VariantResult
    >>> from kosho.scenario.results import CountryEffect
    >>> japan = CountryEffect(welfare=0.0009, ev_musd=4440, real_wage=0.0011)
    >>> one = VariantResult(scenario="deal", variant="main", countries={"JPN": japan}, sectors={}, flows=())
    >>> found = ScenarioResults(("JPN",), 2022, (), (), (one,), comparisons=(), flow_ranges=())
    >>> found
    ScenarioResults of 1 scenario against the 2022 base
      scenarios         deal
      variants          main
      comparisons       0
      ranges of flows   0
    >>> found.result("deal", "main").countries["JPN"].ev_musd
    4440.0
    >>> found.result("deel", "main")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: no result for 'deel' (did you mean deal?)
    """

    parties: tuple[str, ...]
    """Economies of the case's parties."""
    base_year: int | None
    """Of the world that results are compared with; None where it has none."""
    scenarios: tuple[ScenarioSummary, ...]
    variants: tuple[Variant, ...]
    """Ways of closing the model; the first is the main one."""
    results: tuple[VariantResult, ...]
    """Every scenario under every variant."""
    comparisons: tuple[Comparison, ...]
    flow_ranges: tuple[FlowRange, ...]
    all_commitments: tuple[ScenarioCommitments, ...] = ()
    """Of each scenario."""
    flow_ids: tuple[str, ...] = field(default=())
    """Of the case's named flows, in the order of `VariantResult.flows`."""
    assumptions: tuple[str, ...] = ()
    """What the table needed to speak of the law, in words."""
    flows_left_out: Mapping[str, str] = field(default_factory=dict)
    """Flows of the case that the table does not tell apart, with the reason, by id."""

    def card(self) -> Card:
        """Which scenarios were run, under what."""
        names = dict.fromkeys(one.scenario for one in self.results)
        return Card(
            f"ScenarioResults of {plural(len(names), 'scenario')} against the {self.base_label}",
            [
                ("scenarios", listing(names, 12)),
                ("variants", listing(dict.fromkeys(one.variant for one in self.results))),
                ("comparisons", str(len(self.comparisons))),
                ("ranges of flows", str(len(self.flow_ranges))),
            ],
        )

    @property
    def base_label(self) -> str:
        """What `base` is called in words."""
        return _("{base_year} base", base_year=self.base_year) if self.base_year else "base"

    def by_role(self, *roles: str) -> tuple[ScenarioSummary, ...]:
        """The scenarios that play one of `roles`, in order."""
        return tuple(scenario for scenario in self.scenarios if scenario.role in roles)

    def result(self, scenario: str, variant: str) -> VariantResult:
        """What a scenario does under a variant.

        Raises:
            InputError: there is no such scenario or variant.
        """
        return _found(((one.scenario, one.variant), one) for one in self.results)(scenario, variant)

    def comparison(self, party: str, scenario: str, against: str = "base") -> Comparison:
        """What a party has in a scenario over what it has in another, or in the base.

        Raises:
            InputError: there is no such party, or the two are not compared (`kosho.scenario.compared_pairs`).
        """
        rows = (((one.party, one.scenario, one.against), one) for one in self.comparisons)
        return _found(rows)(party, scenario, against)

    def flow_range(self, scenario: str, flow: int | str) -> FlowRange:
        """What a scenario does to a named flow of the case, by id or by position.

        Raises:
            InputError: there is no such scenario or flow.
        """
        names = self.flow_ids
        rows = (
            ((one.scenario, names[one.flow] if isinstance(flow, str) else f"{one.flow}"), one)
            for one in self.flow_ranges
        )
        return _found(rows)(scenario, f"{flow}")

    def commitments(self, scenario: str) -> ScenarioCommitments:
        """What a scenario bounds, what meeting it takes, and the ranges that its results run over.

        Raises:
            InputError: there is no such scenario.
        """
        return _found(((one.scenario,), one) for one in self.all_commitments)(scenario)


def _found(rows: Iterable[tuple[tuple[str, ...], Item]]) -> Callable[..., Item]:
    """Looks a row up by its key; what is unknown of a key is named with what is nearest."""
    known = dict(rows)

    def look_up(*key: str) -> Item:
        if key in known:
            return known[key]
        for place, part in enumerate(key):
            given = dict.fromkeys(one[place] for one in known)
            if part not in given:
                raise InputError(Problem(_("no result for {part!r}", part=part), suggest(part, given)))
        raise InputError(Problem(_("no result for {names} together", names=", ".join(map(repr, key)))))

    return look_up
