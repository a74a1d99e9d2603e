"""`kosho simulate --add`: a question in one line, in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kosho.cli.closures import INCOME
from kosho.cli.options import open_case, permitted, world_named
from kosho.cli.terminal import say, show_assumptions, show_json, show_progress, show_table
from kosho.errors import InputError, Problem, Problems
from kosho.language import N_, _

if TYPE_CHECKING:
    from datetime import date

    from kosho.case import Case
    from kosho.law.one_line import OneLine
    from kosho.scenario.additions import Added, SellerChange, Way

__all__ = ["Question", "answer"]

GRAMMAR = N_("'IMPORTER PARTNERS GOODS RATE', such as 'EU27 JPN C29 25%'")
SELLERS = 4
"""Sellers besides those that a line is aimed at: those whose sales move most."""
OTHERS = (4, 3)
"""Economies besides those named: those that lose and those that gain most."""


@dataclass(frozen=True)
class Question:
    """What `kosho simulate` is asked, of a scenario, of the base, or of the law of a day."""

    case: str | None
    scenario: str | None
    on: date | None
    lines: tuple[str, ...]
    base: bool

    def __post_init__(self) -> None:
        """Refuse what cannot be asked together, or lacks something."""
        problems = Problems()
        how = _("say --add {grammar}", grammar=_(GRAMMAR))
        if self.base and self.case is not None:
            problems.add(
                _("--base asks without a case"), _("leave {case} or --base away", case=self.case), key="CASE"
            )
        if self.base and self.on is not None:
            problems.add(_("--base is the law of the table's year"), _("leave one away"), key="--as-of")
        if self.base and not self.lines:
            problems.add(_("nothing is added to the base"), how, key="--base")
        if self.case is None and not self.lines and not self.base:
            problems.add(_("neither a case nor a measure to add"), _("name a CASE, or {how}", how=how))
        if self.case is None and self.scenario is not None:
            problems.add(_("a scenario is one of a case"), _("name the CASE"), key="--scenario")
        problems.raise_if_any()

    def plain(self) -> tuple[str, str]:
        """Case and scenario of a question without lines.

        Raises:
            InputError: no scenario is named.
        """
        case = self.case or ""
        return case, self.scenario or _only(open_case(case, self.on), None)


def answer(question: Question, world: str | None, way: Way, *, json: bool) -> None:
    """Solve what lines do and print it.

    Raises:
        InputError: a line is wrong, or as `kosho simulate`.
        IdleError: a line changes nothing, and that was not allowed.
        ConvergenceError: as `kosho simulate`.
    """
    from kosho.scenario.added_contract import contract
    from kosho.scenario.additions import add_to_base, add_to_case, add_to_law
    from kosho.scenario.against import resolved
    from kosho.scenario.results import BASE

    with show_progress(_("Solving")):
        names: dict[str, Any] = {"case": None, "scenario": None, "elasticities": way.elasticities}
        if question.case is not None:
            case = permitted(open_case(question.case, question.on), allow_idle=way.allow_idle)
            names |= {"case": case.name, "scenario": question.scenario or _only(case, "status-quo")}
            named = world_named(world, case)
            if way.against:
                way = replace(way, against=resolved(case, way.against))
            found = add_to_case(case, names["scenario"], question.lines, question.on, named, way)
        elif way.against not in (None, BASE):
            raise InputError(
                Problem(
                    _("{against!r} is a scenario of no case", against=way.against),
                    _("name the CASE"),
                    key="--against",
                )
            )
        elif question.on is not None:
            found = add_to_law(question.lines, question.on, world_named(world), way)
        else:
            found = add_to_base(question.lines, world_named(world), way)
    if json:
        show_json(contract(found, names))
    else:
        _show(found)


def _only(case: Case, role: str | None) -> str:
    """The scenario that is meant where none is named: the one of a role.

    Raises:
        InputError: there is none, or no role goes without saying.
    """
    if not case.scenarios:
        raise case.lacking("scenarios")
    found = [name for name, one in case.scenarios.items() if one.role == role]
    if not found:
        raise InputError(
            Problem(
                _("no scenario is named"),
                _("one of {names}", names=", ".join(case.scenarios)),
                key="--scenario",
            )
        )
    return found[0]


def _show(found: Added) -> None:
    """Who gains and loses, and who sells what the lines are about."""
    from kosho import formatting
    from kosho.codes import country_name

    for text, why in found.idle.items():
        say(_("IDLE: {text} changes nothing: {why}.", text=text, why=why))
    for line in found.lines:
        say(line.title)
    say(_("Against {against}. Long run (year ten); central numbers, no ranges.", against=found.against))
    closure = found.with_them.closure
    if closure.told:
        say(_("What adjusts besides prices and trade: {names}.", names=_("; ").join(closure.told)))
    for name, why in found.left_out.items():
        say(_("note: {name}: {why}", name=name, why=why))
    say("")
    moving = bool(closure.labour_supply)
    last = "employment" if moving else "real_wage"
    rows = [
        (
            country_name(code),
            formatting.percent(one["welfare"], sign=True),
            formatting.billions(one["ev_musd"], sign=True),
            formatting.percent(one[last], sign=True),
        )
        for code, one in _shown(found)
    ]
    columns = (
        _("Economy"),
        _(INCOME[moving]),
        _("Billion USD a year"),
        _("Employment, %") if moving else _("Real wage, %"),
    )
    show_table(_("What it is worth"), columns, rows, numeric=3)
    for line in found.lines:
        rows = [
            (
                _seller(one.exporter, home=one.exporter == line.importer),
                formatting.billions(one.before),
                formatting.billions(one.after),
                formatting.billions(one.after - one.before, sign=True),
            )
            for one in _sellers(found.sellers(line), line)
        ]
        title = _(
            "Who sells to {country} in {sectors}, billion USD a year",
            country=formatting.the_country(line.importer),
            sectors=_sectors(line),
        )
        show_table(title, (_("Seller"), _("Before"), _("After"), _("Change")), rows, numeric=3)
    show_assumptions(found.assumptions)


def _seller(code: str, *, home: bool) -> str:
    from kosho.codes import country_name

    name = country_name(code)
    return _("{name} (home)", name=name) if home else name


def _sectors(line: OneLine) -> str:
    from kosho.codes import sector_name

    return _("all goods") if len(line.covers) > SELLERS else _(", ").join(map(sector_name, line.covers))


def _shown(found: Added) -> Iterable[tuple[str, dict[str, float | None]]]:
    """Those named, then who else loses and gains most."""
    countries = found.countries
    named = [code for line in found.lines for code in line.named if code in countries]
    others = sorted(
        (code for code in countries if code not in named), key=lambda code: countries[code]["ev_musd"] or 0.0
    )
    worst, best = OTHERS
    for code in dict.fromkeys([*named, *others[:worst], *others[-best:]]):
        yield code, countries[code]


def _sellers(sellers: Sequence[SellerChange], line: OneLine) -> list[SellerChange]:
    """Home and those named, then those whose sales move most."""
    named = [one for one in sellers if one.exporter in line.named]
    return [*named, *[one for one in sellers if one not in named][:SELLERS]]
