"""Rules of origin: regional value content of a cost sheet, and whether a sector's exporters could comply.

Methods, with AV the adjusted value (FOB), VNM and VOM the values of materials of other and of own origin, NC
the net cost: build-down (AV - VNM) / AV, build-up VOM / AV, net cost (NC - VNM) / NC; RCEP's build-up adds
direct labour, overhead, profit and other cost to VOM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from kosho.arguments import amounts, refuse_boundless
from kosho.arrays import Array
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.impact.value_chains import inputs_by_origin, value_added_by_origin
from kosho.language import _
from kosho.lines.line_packages import REST, holding
from kosho.lines.line_table import LineTable
from kosho.lines.sectors import sectors_of
from kosho.world import World

__all__ = [
    "CostSheet",
    "OriginContent",
    "UseRange",
    "ValueRule",
    "origin_content",
    "possible_use",
    "use_of_lines",
    "value_content",
]

ContentMethod = Literal["build-down", "build-up", "net-cost", "rcep-build-up"]
RuleMethod = Literal["build-down", "build-up"]
"""Methods that a table of flows can follow."""
METHODS: tuple[RuleMethod, ...] = get_args(RuleMethod)


@as_declared
@dataclass(frozen=True, slots=True)
class CostSheet(Shown):
    """What a product is made of, money a unit.

    >>> from kosho.lines import CostSheet
    >>> CostSheet(adjusted_value=5.25, originating=2.0, non_originating=1.0, net_cost=4.5)
    CostSheet(adjusted_value=5.25, originating=2, non_originating=1, net_cost=4.5)
    """

    adjusted_value: float
    """Free on board."""
    originating: float | None = None
    """Materials of own origin; one bought at home counts at its price as if imported (19 CFR 10.596)."""
    non_originating: float | None = None
    net_cost: float | None = None
    labour_overhead_profit: float | None = None
    """With other cost: what RCEP adds."""


@as_declared
def value_content(sheet: CostSheet, method: ContentMethod) -> float:
    """Regional value content, a fraction.

    Raises:
        InputError: the sheet lacks what the method needs, or has a value that cannot be.

    >>> from kosho.lines import CostSheet, value_content
    >>> sheet = CostSheet(adjusted_value=5.25, originating=2.0, non_originating=1.0, net_cost=4.5)
    >>> [round(100 * value_content(sheet, method), 2) for method in ("build-down", "build-up", "net-cost")]
    [80.95, 38.1, 77.78]
    """
    if method not in get_args(ContentMethod):
        hint = _("one of {names}", names=", ".join(get_args(ContentMethod)))
        raise InputError(Problem(_("unknown method {method!r}", method=method), hint, key="method"))
    match method:
        case "build-down":
            value = sheet.adjusted_value
            return (value - _given(sheet.non_originating, "non_originating")) / _base(value, "adjusted_value")
        case "build-up":
            return _given(sheet.originating, "originating") / _base(sheet.adjusted_value, "adjusted_value")
        case "net-cost":
            cost = _given(sheet.net_cost, "net_cost")
            return (cost - _given(sheet.non_originating, "non_originating")) / _base(cost, "net_cost")
        case "rcep-build-up":
            more = _given(sheet.labour_overhead_profit, "labour_overhead_profit")
            own = _given(sheet.originating, "originating") + more
            return own / _base(sheet.adjusted_value, "adjusted_value")


def _given(value: float | None, key: str) -> float:
    if value is None or not value >= 0:
        raise InputError(Problem(_("the method needs it"), _("money of zero or more"), key=key))
    return value


def _base(value: float, key: str) -> float:
    if not value > 0:
        raise InputError(
            Problem(_("{value:g} is no value to divide by", value=value), _("above zero"), key=key)
        )
    return value


@as_declared
@dataclass(frozen=True, slots=True)
class ValueRule(Shown):
    """A rule that asks for a share of value added inside an area.

    >>> from kosho.lines import ValueRule
    >>> ValueRule("build-down", 0.45, members=("JPN", "USA"))
    ValueRule(method='build-down', threshold=0.45, members=('JPN', 'USA'))
    """

    method: RuleMethod
    threshold: float
    """Fraction of the value."""
    members: tuple[str, ...]
    """Economies that cumulate; the exporter alone, where its own value must do."""

    def __post_init__(self) -> None:
        refuse_boundless(threshold=self.threshold)
        problems = Problems()
        if self.method not in get_args(RuleMethod):
            problems.add(repr(self.method), suggest(str(self.method), get_args(RuleMethod)), key="method")
        if not 0 <= self.threshold <= 1:
            problems.add(f"{self.threshold:g}", _("a fraction, 0 to 1"), key="threshold")
        problems.raise_if_any()


@dataclass(frozen=True, slots=True)
class OriginContent(Shown):
    """Where the value of a sector's output is added, and whether that meets a rule on average.

    A table of flows knows the mean of a sector: a firm may lie on either side of it. `complies` is therefore a
    reading for the average maker, and `slack` says how far from the rule it is.

    >>> from kosho.lines import ValueRule, origin_content
    >>> from kosho.world import toy
    >>> found = origin_content(toy(), "JPN", "C29", ValueRule("build-up", 0.9, ("JPN",)))
    >>> found.complies, found.slack < 0
    (False, True)
    """

    exporter: str
    sector: str
    rule: ValueRule
    by_origin: Mapping[str, float]
    """Value added by economy over the whole chain, shares of the value of output; duties on inputs are missing
    to one."""
    content: float
    """By the rule's method, a fraction."""

    @property
    def slack(self) -> float:
        """Content above the threshold, a fraction of the value."""
        return self.content - self.rule.threshold

    @property
    def complies(self) -> bool:
        """Whether the average maker does."""
        return self.slack >= 0


@as_declared
def origin_content(world: World, exporter: str, sector: str, rule: ValueRule) -> OriginContent:
    """Value added by origin in a sector's output, from the table of flows, against a rule.

    Build-down takes off materials bought from outside the area, at their price: the value that an area's own
    makers added to goods bought there counts, and so do foreign parts in what is bought inside, as in the text
    of agreements with roll-up. Build-up counts materials bought inside alone.

    Raises:
        InputError: an economy or a sector that the world does not have.

    >>> from kosho.lines import ValueRule, origin_content
    >>> from kosho.world import toy
    >>> found = origin_content(toy(), "JPN", "C29", ValueRule("build-down", 0.45, ("JPN",)))
    >>> found.complies, round(sum(found.by_origin.values()), 2)
    (True, 1.0)
    """
    content = _content(world, exporter, sector, rule)
    added = value_added_by_origin(world, exporter, sector).sum("sector")
    by_origin = {str(code): float(value) for code, value in added.to_series().items()}
    return OriginContent(exporter, sector, rule, by_origin, content)


def _content(world: World, exporter: str, sector: str, rule: ValueRule) -> float:
    """What the rule counts of a sector's output, a fraction."""
    inside = list(dict.fromkeys((exporter, *rule.members)))
    for code in inside:
        world.position(code)
    bought = inputs_by_origin(world, exporter, sector)
    own, total = float(bought.sel(exporter=inside).sum()), float(bought.sum())
    return 1.0 - (total - own) if rule.method == "build-down" else own


@as_declared
@dataclass(frozen=True, slots=True)
class UseRange(Shown):
    """Between what the share of a sector's output lies that could meet a rule, whoever its makers are.

    >>> from kosho.lines import UseRange
    >>> UseRange(0.25, 1.0).low
    0.25
    """

    low: float
    high: float


NOTHING_KNOWN = UseRange(0.0, 1.0)


@as_declared
def possible_use(content: float, threshold: float) -> UseRange:
    """The share of output that could meet a rule where its mean content alone is known.

    Content lies between zero and one. If a share s of output reaches the threshold t, the mean c is at most
    s + (1 - s) t and at least s t (Markov's inequality), so that (c - t) / (1 - t) <= s <= c / t; there are
    makers for which either end is reached. Goods that could comply need not claim.

    Args:
        content: Mean, a fraction of the value.
        threshold: Of the rule, a fraction.

    >>> from kosho.lines import possible_use
    >>> round(possible_use(0.7, 0.45).low, 3), round(possible_use(0.3, 0.45).high, 3)
    (0.455, 0.667)
    """
    amounts(content=content, threshold=threshold)
    if threshold > 1:
        raise InputError(Problem(f"{threshold:g}", _("a fraction, 0 to 1"), key="threshold"))
    mean = min(max(content, 0.0), 1.0)
    high = 1.0 if mean >= threshold else mean / threshold
    low = 0.0 if mean < threshold else 1.0 if threshold >= 1.0 else (mean - threshold) / (1.0 - threshold)
    return UseRange(low, high)


@as_declared
def use_of_lines(world: World, table: LineTable, rule: ValueRule) -> tuple[Array, Array]:
    """Least and most that could claim a cut under a rule of origin, `[line, partner]`, shares of imports.

    Every line has the range of its sector; of a bloc the widest of its members. Nothing is known of partners
    and lines that the world does not have: 0 to 1.

    Args:
        world: The table of flows.
        table: Lines of the importer.
        rule: Its members cumulate with each exporter.

    Raises:
        InputError: a member that the world does not have.

    >>> import numpy as np
    >>> from kosho.lines import LineTable, ValueRule, use_of_lines
    >>> from kosho.world import toy
    >>> table = LineTable("USA", ("870323",), ("JPN",), np.array([[40.0]]), np.array([[0.025]]), ("line",), ())
    >>> low, high = use_of_lines(toy(), table, ValueRule("build-down", 0.45, ("USA",)))
    >>> bool(0 < low[0, 0] < high[0, 0] == 1)
    True
    """
    sectors = sectors_of(table.codes, world)
    known: dict[tuple[str, str], UseRange] = {}
    low, high = np.zeros(table.imports.shape), np.ones(table.imports.shape)
    for column, partner in enumerate(table.partners):
        for line in np.flatnonzero(table.imports[:, column] > 0).tolist():
            name = sectors[line]
            if name is None:
                continue
            if (partner, name) not in known:
                known[partner, name] = _of_partner(world, partner, name, rule)
            low[line, column], high[line, column] = known[partner, name].low, known[partner, name].high
    return low, high


def _of_partner(world: World, partner: str, sector: str, rule: ValueRule) -> UseRange:
    """The widest range of the economies that a partner stands for."""
    economies = [] if partner == REST else holding(world, partner)
    found = [
        possible_use(_content(world, world.countries[place], sector, rule), rule.threshold)
        for place in economies
    ]
    if not found:
        return NOTHING_KNOWN
    return UseRange(min(one.low for one in found), max(one.high for one in found))
