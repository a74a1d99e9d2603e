"""The same question on several tables: what each says, what differs between them, and the spread.

Tables differ in year, detail, elasticities and base duties. The spread between what they say is a part of how
unsure a result is that no draw of elasticities shows. Figures are fractions of each economy's own income, which
can be compared between years; money is of each table's year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kosho.case import Case
from kosho.errors import InputError, KoshoError, Problem
from kosho.language import _
from kosho.progress import Progress, silent
from kosho.provenance import Frozen
from kosho.scenario.against import differences, figures_of
from kosho.scenario.deals import negotiate_case
from kosho.scenario.interval import Interval
from kosho.scenario.results import BASE
from kosho.scenario.runs import compared_pairs
from kosho.scenario.simulate import simulate
from kosho.world import World, WorldChoice
from kosho.world.elasticity_scale import mean_theta
from kosho.world.report import unknown_share

if TYPE_CHECKING:
    from kosho.bargain import Effort

__all__ = [
    "DealOnTable",
    "OnTable",
    "Several",
    "TableFacts",
    "central_question",
    "deals_on_several",
    "on_several",
    "several",
]

FIGURES = ("welfare", "ev_musd")


class TableFacts(Frozen):
    """What a table is, as far as it makes a result differ."""

    name: str
    """As it was asked for."""
    table: str
    year: int | None
    economies: int
    sectors: int
    theta: float
    """Mean trade elasticity of the goods that it trades, weighted by that trade."""
    unknown_duties: float | None
    """Share of goods trade on which the base duty is not known; None where no goods are traded."""
    world: str
    """Fingerprint."""


class OnTable(Frozen):
    """What one table says."""

    facts: TableFacts | None
    """None where it is no table."""
    name: str
    countries: dict[str, dict[str, float]] = Field(default_factory=dict)
    """By party: `welfare` as a fraction of income, `ev_musd` in million USD of the table's year."""
    problem: str = ""
    """Why it says nothing."""


class Several(Frozen):
    """A scenario on several tables."""

    scenario: str
    against: str
    parties: tuple[str, ...]
    tables: tuple[OnTable, ...]

    @property
    def spread(self) -> dict[str, Interval]:
        """Lowest and highest welfare of each party that two tables or more speak of: model uncertainty."""
        found: dict[str, Interval] = {}
        for party in self.parties:
            told = [one.countries[party]["welfare"] for one in self.tables if party in one.countries]
            if len(told) > 1:
                found[party] = Interval(low=min(told), high=max(told))
        return found


class DealOnTable(Frozen):
    """The deals that one table picks."""

    facts: TableFacts | None
    name: str
    zone: bool | None = None
    solutions: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Option by issue, by solution concept."""
    gains: dict[str, dict[str, float]] = Field(default_factory=dict)
    """Million USD of the table's year over no deal, by concept and party."""
    not_priced: dict[str, str] = Field(default_factory=dict)
    """Options that change nothing that this table prices, with the reason."""
    assumed: tuple[str, ...] = ()
    """What the case says of parts of sectors that this table does not tell apart, and how it was taken."""
    problem: str = ""


def several(text: str | None) -> tuple[str, ...]:
    """Names of several tables in what `--world` says; none where it names one, or nothing.

    >>> several("icio-2022:talks, wiod-2014"), several("talks")
    (('icio-2022:talks', 'wiod-2014'), ())
    """
    names = tuple(one.strip() for one in (text or "").split(",") if one.strip())
    return names if len(names) > 1 else ()


def central_question(case: Case) -> tuple[str, str]:
    """The first deal of a case against no deal; without one, its first scenario against today or the base.

    Raises:
        InputError: the case has no scenarios.

    >>> from kosho import Case
    >>> from kosho.scenario.several import central_question
    >>> central_question(Case.load("japan-us-2025"))
    ('deal', 'no-deal')
    """
    scenarios = list(case.scenarios.values())
    if not scenarios:
        raise case.lacking("scenarios")
    role = {one.id: one.role for one in scenarios}
    pairs = [pair for pair in compared_pairs(scenarios) if role[pair[0]] != "history"]
    best = [pair for pair in pairs if role.get(pair[1]) == "no-deal"]
    return (best or [pair for pair in pairs if pair[1] != BASE] or pairs)[0]


def on_several(
    case: Case,
    question: tuple[str, str],
    names: Sequence[str],
    as_of: date | None = None,
    deficits: Literal["fixed", "zero"] = "fixed",
    progress: Progress = silent,
) -> Several:
    """What a scenario does over another, on each of several tables; central numbers.

    Args:
        case: The case.
        question: Id of the scenario, and of what it is compared with (`base` for the base year).
        names: Tables, as `--world` names them.
        as_of: See `kosho.scenario.simulate`.
        deficits: See `kosho.scenario.simulate`.
        progress: Called with the table that is being solved.

    Raises:
        InputError: a table does not exist, or none can be asked the question.

    >>> from kosho import Case
    >>> from kosho.scenario.several import on_several
    >>> found = on_several(Case.load("japan-us-2025"), ("deal", "no-deal"), ["talks", "talks"])
    >>> [one.facts.economies for one in found.tables], found.spread["JPN"].low > 0
    ([20, 20], True)
    """
    choices = _chosen(names)
    parties = tuple(one.economy for one in case.parties)
    found: list[OnTable] = []
    for name, choice in choices:
        progress(_("Solving on {name}", name=name))
        try:
            world = case.worlds(choice).whole
            figures = _figures(case, question, as_of, world, deficits)
        except KoshoError as error:
            facts = _facts_if_any(name, choice)
            found.append(OnTable(facts=facts, name=name, problem=_first_line(error)))
            continue
        countries = {code: figures[code] for code in parties if code in figures}
        found.append(OnTable(facts=_facts(name, world), name=name, countries=countries))
    _refuse_silent(found)
    return Several(scenario=question[0], against=question[1], parties=parties, tables=tuple(found))


def deals_on_several(
    case: Case,
    names: Sequence[str],
    as_of: date | None = None,
    deficits: Literal["fixed", "zero"] = "fixed",
    effort: Effort | None = None,
    progress: Progress = silent,
) -> tuple[DealOnTable, ...]:
    """The deals that theory picks on each of several tables.

    Args:
        case: One with a negotiating table.
        names: Tables of the economy, as `--world` names them.
        as_of: See `kosho.scenario.negotiate_case`.
        deficits: See `kosho.scenario.negotiate_case`.
        effort: See `kosho.bargain.negotiate`.
        progress: Called with the table that is being priced.

    Raises:
        InputError: a table does not exist, the case has none to negotiate, or none can be asked.
    """
    from kosho.bargain.report import contract  # noqa: PLC0415 - scenarios without a table need none of it

    found: list[DealOnTable] = []
    for name, choice in _chosen(names):
        progress(_("Pricing on {name}", name=name))
        try:
            # What one table does not tell apart another may: it is named, and the rest is priced.
            deal = negotiate_case(case.allowing_idle(), as_of, choice, deficits, effort, progress)
        except KoshoError as error:
            facts = _facts_if_any(name, choice)
            found.append(DealOnTable(facts=facts, name=name, problem=_first_line(error)))
            continue
        told = contract(deal)["solutions"]
        found.append(
            DealOnTable(
                facts=_facts(name, deal.priced[0].world),
                name=name,
                zone=deal.game.zone,
                solutions={concept: one["options"] for concept, one in told.items()},
                gains={concept: one["gains"] for concept, one in told.items()},
                not_priced={f"{issue} {option}": why for (issue, option), why in deal.idle.items()},
                assumed=deal.priced[0].weights.notes,
            )
        )
    _refuse_silent(found)
    return tuple(found)


def _chosen(names: Sequence[str]) -> list[tuple[str, WorldChoice]]:
    problems: list[Problem] = []
    found: list[tuple[str, WorldChoice]] = []
    for name in names:
        try:
            found.append((name, WorldChoice.parse(name)))
        except InputError as error:
            problems += [Problem(one.message, one.hint, key="--world") for one in error.problems]
    if problems:
        raise InputError(problems)
    return found


def _refuse_silent(found: Sequence[OnTable | DealOnTable]) -> None:
    """Refuse a question that none of the tables can be asked, with the reason of each."""
    if all(one.problem for one in found):
        raise InputError([Problem(f"{one.name}: {one.problem}", key="--world") for one in found])


def _figures(
    case: Case,
    question: tuple[str, str],
    as_of: date | None,
    world: World,
    deficits: Literal["fixed", "zero"],
) -> dict[str, dict[str, float]]:
    scenario, against = question
    mine = figures_of(simulate(case, scenario, as_of, world, deficits))
    if against != BASE:
        mine = differences(mine, figures_of(simulate(case, against, as_of, world, deficits)))
    return {code: {name: float(found[name] or 0.0) for name in FIGURES} for code, found in mine.items()}


def _facts(name: str, world: World) -> TableFacts:
    return TableFacts(
        name=name,
        table=world.meta.name,
        year=world.meta.year,
        economies=len(world.countries),
        sectors=len(world.sectors),
        theta=mean_theta(world),
        unknown_duties=unknown_share(world),
        world=world.hash,
    )


def _facts_if_any(name: str, choice: WorldChoice) -> TableFacts | None:
    """What a table is that cannot be asked a question; None where it cannot be read."""
    try:
        return _facts(name, choice.load().whole)
    except KoshoError:
        return None


def _first_line(error: KoshoError) -> str:
    return str(error).splitlines()[0]
