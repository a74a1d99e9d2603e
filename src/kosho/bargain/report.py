"""A deal as plain data: what `kosho bargain --json` prints, million USD a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from math import isfinite
from typing import Any

import numpy as np

from kosho.bargain.caveats import background_gains, warnings
from kosho.bargain.concessions import changes
from kosho.bargain.deal import Deal
from kosho.bargain.game import Game
from kosho.bargain.linkage import linkage
from kosho.bargain.pricing import PricedTable
from kosho.bargain.rate_options import Spread
from kosho.bargain.robustness import CriticalValues
from kosho.bargain.schema import Justified, justified
from kosho.bargain.screening import Screening
from kosho.bargain.settled_rates import SettledRates
from kosho.bargain.table import Table
from kosho.equilibrium import Settled

__all__ = ["SCHEMA_VERSION", "contract", "package_contract"]

SCHEMA_VERSION = 1


def contract(deal: Deal, explained: int | None = None) -> dict[str, Any]:
    """Everything a deal says, and why a package is worth what it is; names are stable."""
    deal = deal if explained is None else deal.with_exact([explained])
    table, game, content = deal.table, deal.game, deal.table.file
    return {
        "schema_version": SCHEMA_VERSION,
        "title": content.title,
        "world": deal.priced[0].world.hash,
        "deficits": deal.deficits,
        "horizon": "10",
        "unit": "million USD a year, against the base year",
        "background": deal.priced[0].background.id,
        "warnings": warnings(deal),
        "parties": list(game.parties),
        "disagreement": _named(deal, game.disagreement.tolist()),
        "status_quo": _named(deal, game.status_quo.tolist()),
        "status_quo_statements": _ids(table, content.status_quo),
        "packages": len(game),
        "solved": deal.solved,
        "screening": _screening(deal.screening),
        "allowed": int(game.allowed.sum()),
        "individually_rational": int(game.rational.sum()),
        "better_for_all": int((game.better & game.allowed).sum()),
        "zone": game.zone,
        "opens_zone": _opening(deal),
        "frontier": [
            {**_package(deal, k), "individually_rational": bool(game.rational[k])}
            for k in game.frontier.tolist()
        ],
        "solutions": {
            name: {
                **_package(deal, int(rows[0])),
                **_gains(deal, int(rows[0])),
                "ties": [_package(deal, k) for k in rows[1:].tolist()],
            }
            for name, rows in deal.solutions.items()
        },
        "certificate": {
            name: _certificate(deal, int(rows[0]))
            for name, rows in deal.solutions.items()
            if int(rows[0]) in deal.certificates
        },
        "crossing": {
            name: one.theta_scale
            for name, rows in deal.solutions.items()
            if (one := deal.critical_values.get(int(rows[0]))) is not None
        },
        "critical": {
            **{
                name: _critical(deal.critical_values.get(int(rows[0]))) for name, rows in deal.solutions.items()
            },
            "zone": _critical(deal.zone_critical_values),
        },
        "confirmed": _confirmed(deal),
        "explanations": {name: _explanation(deal, int(rows[0])) for name, rows in deal.solutions.items()},
        "explained": None if explained is None else package_contract(deal, explained),
        "deadline": _deadline(deal),
        "backgrounds": [_background(deal, priced) for priced in deal.priced],
        "unpriced": [
            {
                "id": one.id,
                "title": one.title,
                "worth": {code: worth.model_dump(exclude_none=True) for code, worth in one.worth.items()},
                "linked": {issue: list(options) for issue, options in one.linked.items()},
                "statements": _ids(table, one),
            }
            for one in content.unpriced
        ],
        "linkage": _linkage(table, game),
        "red_lines": [
            {
                "id": one.id,
                "party": one.party,
                "title": one.title,
                "status": one.status,
                "forbids": dict(one.forbids),
                "statements": _ids(table, one),
            }
            for one in content.red_lines
        ],
        "ranges": [_range(table, one) for one in table.spreads],
        "rates": [_sought(deal, one) for one in deal.rates],
        "issues": [
            {
                "id": one.id,
                "title": one.title,
                "options": {option.id: option.title for option in one.options},
                "statements": {option.id: _ids(table, option) for option in one.options},
            }
            for one in content.issues
        ],
        "not_priced": [
            {"issue": issue, "option": option, "why": why} for (issue, option), why in deal.idle.items()
        ],
        "as_in_force": [
            {"issue": issue, "option": option, "fallback": title}
            for (issue, option), title in deal.as_in_force.items()
        ],
        "links": [{"id": one.id, "title": one.title, "statements": _ids(table, one)} for one in content.links],
        "statements": _statements(table),
        "fallback": table.grid.label(table.fallback),
        "struck": _struck(deal),
    }


def _range(table: Table, one: Spread) -> dict[str, Any]:
    """An option with a range of rates, percent, and the rates that packages have."""
    return {
        "issue": table.grid.issues[one.issue],
        "option": one.of,
        "title": one.title,
        "from": one.between.low,
        "to": one.between.high,
        "rates": list(one.rates),
    }


def _sought(deal: Deal, one: SettledRates) -> dict[str, Any]:
    """How the rates of a deal were found, and what it is worth by a solve at them."""
    priced = next(each for each in deal.priced if each.background.id == one.background)
    package = deal.table.grid.find(one.options)
    return {
        "background": one.background,
        "concept": one.concept,
        "options": one.options,
        "rates": [
            {
                "issue": rate.issue,
                "option": rate.option,
                "percent": rate.percent,
                "last_digit": rate.step or None,
                "at_end": rate.step == 0,
            }
            for rate in one.rates
        ],
        "slope": one.slope,
        "slopes_by": "differences" if one.differences else "gradient",
        "equilibria": one.solved,
        "confirmed": bool(priced.solved[package]),
        "gains": _named(deal, priced.game.gains[package].tolist()),
    }


def _screening(one: Screening | None) -> dict[str, Any] | None:
    """How packages that were not solved were estimated; None where all were solved."""
    return None if one is None else {**asdict(one), "guarantee": one.guarantee}


def _linkage(table: Table, game: Game) -> dict[str, Any] | None:
    """What linked things without a price would change; None where there are none."""
    one = linkage(table, game)
    if one is None:
        return None
    return {
        "better_for_all": dict(one.better_for_all),
        "options": table.grid.label(one.package),
        "gains": dict(one.gains),
        "needed": one.needed,
        "declared": {party: asdict(range_) for party, range_ in one.declared.items()},
    }


def _ids(table: Table, item: Justified) -> list[str]:
    """Statements of the record that `item` rests on, as known on the day; `statements` has their words."""
    return [one.id for one in table.said(item)]


def _statements(table: Table) -> dict[str, Any]:
    """What was said, by id, of all that any part of the table rests on."""
    said = [one for _, item in justified(table.file) for one in table.said(item)]
    return {one.id: one.model_dump(mode="json", exclude_none=True) for one in said}


def _named(deal: Deal, values: Sequence[float]) -> dict[str, float]:
    return dict(zip(deal.game.parties, map(float, values), strict=True))


def _package(deal: Deal, k: int) -> dict[str, Any]:
    return {"options": deal.table.grid.label(k), "payoffs": _named(deal, deal.game.payoffs[k].tolist())}


def _gains(deal: Deal, k: int) -> dict[str, Any]:
    game = deal.game
    return {
        "gains": _named(deal, game.gains[k].tolist()),
        "over_status_quo": _named(deal, (game.payoffs[k] - game.status_quo).tolist()),
        "week_of_delay": {when: _named(deal, cost) for when, cost in deal.week_of_delay(k).items()},
    }


def _certificate(deal: Deal, k: int) -> dict[str, Any]:
    one = deal.certificates[k]
    return {
        "all_gain": one.all_gain,
        "gaining": round(one.all_gain * one.draws),
        "draws": one.draws,
        "unsolved": one.unsolved,
        "regions": [asdict(region) for region in one.regions],
        "gains": {party: asdict(spread) for party, spread in one.gains.items()},
        "over_status_quo": {party: asdict(spread) for party, spread in one.over_status_quo.items()},
    }


def _critical(one: CriticalValues | None) -> dict[str, Any] | None:
    return None if one is None else asdict(one)


def _confirmed(deal: Deal) -> dict[str, Any] | None:
    one = deal.confirmed
    if one is None:
        return None
    found: dict[str, Any] = {
        "world": one.world,
        "disagreement": _named(deal, one.disagreement),
        "status_quo": _named(deal, one.status_quo),
    }
    for name, rows in deal.solutions.items():
        payoffs = one.payoffs[int(rows[0])]
        gains = [a - b for a, b in zip(payoffs, one.disagreement, strict=True)]
        now = [a - b for a, b in zip(payoffs, one.status_quo, strict=True)]
        found[name] = {
            "payoffs": _named(deal, payoffs),
            "gains": _named(deal, gains),
            "over_status_quo": _named(deal, now),
            "bounds": [_bound(deal.table, int(rows[0]), bound) for bound in one.bounds[int(rows[0])]],
        }
    return found


def _bound(table: Table, package: int, one: Settled) -> dict[str, Any]:
    """What became of a quota or commitment."""
    constraint = one.constraint
    measure, issue = table.measure_behind(package, constraint.name)
    return {
        "id": constraint.name,
        "title": measure.title,
        "issue": issue,
        "kind": measure.kind,
        "measured": constraint.measured,
        "unit": constraint.unit or "million USD",
        "base": one.base,
        "free": one.free,
        "required": one.required,
        "reached": one.reached,
        "binds": one.binds,
        "wedge": one.wedge if isfinite(one.wedge) else None,
        "rent": one.rent,
        "fiscal_cost": one.fiscal_cost,
        "diverted": {
            importer: one.diversion(importer)
            for importer in dict.fromkeys(flow.importer for flow in constraint.flows)
        },
    }


def _explanation(deal: Deal, k: int) -> dict[str, Any]:
    one, options = deal.explain(k), deal.table.grid.label(k)
    return {
        "issues": {
            issue: None if (issue, options[issue]) in deal.idle else _named(deal, values)
            for issue, values in one.issues.items()
        },
        "background": _named(deal, one.background),
        "concessions": {
            party: None
            if change is None
            else {
                "options": deal.table.grid.label(change.package),
                "changed": list(change.changed),
                "cost": _named(deal, change.cost),
            }
            for party, change in one.concessions.items()
        },
    }


def package_contract(deal: Deal, k: int) -> dict[str, Any]:
    """A package of the reader's own: what changes hands, what it is worth and why."""
    game = deal.game
    return {
        **_package(deal, k),
        "possible": bool(game.possible[k]),
        "crosses": [name for name, crossed in zip(game.red_lines, game.crossed[k], strict=True) if crossed],
        "better_for_all": bool(game.better[k]),
        "changes": [asdict(one) for one in changes(deal.table, k)],
        "gains": _named(deal, game.gains[k].tolist()),
        "over_status_quo": _named(deal, (game.payoffs[k] - game.status_quo).tolist()),
        **_explanation(deal, k),
    }


def _deadline(deal: Deal) -> dict[str, Any]:
    content, game = deal.table.file.deadline, deal.deadline
    found: dict[str, Any] = {
        "date": content.date.isoformat(),
        "passed": game is None,
        "follows": content.follows,
        "statements": _ids(deal.table, content),
        "path": [],
        "agreed": None,
    }
    if game is not None:
        found["path"] = [
            {
                "day": offer.period,
                "date": (deal.table.today + timedelta(days=offer.period)).isoformat(),
                "proposer": offer.proposer,
                "options": None if offer.package is None else deal.table.grid.label(offer.package),
                "worth": _named(deal, offer.worth),
            }
            for offer in game.path
        ]
        found["agreed"] = None if game.agreed is None else game.agreed.period
    return found


def _background(deal: Deal, priced: PricedTable) -> dict[str, Any]:
    """Zone and deals under a background, and what the leading deals are worth there."""
    game = priced.game
    written = next(one for one in deal.table.file.backgrounds if one.id == priced.background.id)
    leading_packages: Mapping[str, int] = {name: int(rows[0]) for name, rows in deal.solutions.items()}
    return {
        "id": priced.background.id,
        "title": priced.background.title,
        "disagreement": _named(deal, game.disagreement.tolist()),
        "disagreement_statements": _ids(deal.table, written.disagreement),
        "fallback_gains": background_gains(priced),
        "zone": game.zone,
        "better_for_all": int((game.better & game.allowed).sum()),
        "solutions": {
            name: {
                "options": deal.table.grid.label(int(rows[0])),
                "gains": _named(deal, game.gains[int(rows[0])].tolist()),
                "over_status_quo": _named(deal, (game.payoffs[int(rows[0])] - game.status_quo).tolist()),
            }
            for name, rows in deal.solutions_of(priced).items()
        },
        "leading_deals": {
            name: {
                "gains": _named(deal, game.gains[k].tolist()),
                "over_status_quo": _named(deal, (game.payoffs[k] - game.status_quo).tolist()),
            }
            for name, k in leading_packages.items()
        },
    }


def _struck(deal: Deal) -> dict[str, Any] | None:
    """What was agreed in the end, against the table as it stood before; null where it is not known."""
    one, game = deal.struck, deal.game
    if one is None:
        return None
    agreed, table = one.agreed.deal, one.agreed.table
    low, high = (_named(deal, (end - game.disagreement).tolist()) for end in one.ends)
    chosen = table.grid.label(one.agreed.package)
    settled = {issue.id: issue for issue in table.file.issues if issue.id in one.shares}
    own = {issue.id: table.option_of(issue.id, chosen[issue.id]) for issue in agreed.issues}
    confirmed = None
    if one.confirmed:
        worth = one.confirmed
        confirmed = {
            "gains": _named(deal, (worth["payoffs"] - worth["disagreement"]).tolist()),
            "over_status_quo": _named(deal, (worth["payoffs"] - worth["status_quo"]).tolist()),
            "bounds": [_bound(table, one.agreed.package, bound) for bound in one.bounds],
        }
    return {
        "title": agreed.title,
        "date": agreed.date.isoformat(),
        "status": agreed.status,
        "source": list(agreed.source),
        "statements": _ids(table, agreed),
        "options": chosen,
        "payoffs": _named(deal, one.payoffs.tolist()),
        "gains": _named(deal, (one.payoffs - game.disagreement).tolist()),
        "over_status_quo": _named(deal, (one.payoffs - game.status_quo).tolist()),
        "ends": {"low": low, "high": high},
        "issues": {
            name: {
                "title": issue.title,
                "option": chosen[name],
                "settled": table.option_of(name, chosen[name]).title,
                "source": list(own[name].source if name in own else agreed.source),
                "gains": _named(deal, one.shares[name]),
            }
            for name, issue in settled.items()
        },
        "left": {
            party: None
            if left is None
            else {
                "options": table.grid.label(left.package),
                "payoffs": _named(deal, (one.payoffs + np.array(left.gained)).tolist()),
                "gains": _named(deal, (one.payoffs + np.array(left.gained) - game.disagreement).tolist()),
                "more": _named(deal, left.gained),
            }
            for party, left in one.left.items()
        },
        "nearest": None
        if one.nearest is None
        else {**_package(deal, one.nearest), "gains": _named(deal, game.gains[one.nearest].tolist())},
        "unpriced": [
            {
                "id": part.id,
                "title": part.title,
                "why": part.why,
                "worth": {code: worth.model_dump(exclude_none=True) for code, worth in part.worth.items()},
                "source": list(part.source),
            }
            for part in agreed.unpriced
        ],
        "confirmed": confirmed,
    }


def _opening(deal: Deal) -> dict[str, Any] | None:
    one = deal.relaxations
    if one is None:
        return None
    label = deal.table.grid.label
    return {
        "transfer": None
        if one.transfer is None
        else {
            "options": label(one.transfer.package),
            "amount": one.transfer.amount,
            "pays": _named(deal, one.transfer.pays),
        },
        "red_lines": [
            {
                "red_lines": list(way.red_lines),
                "options": label(way.package),
                "gains": _named(deal, deal.game.gains[way.package].tolist()),
            }
            for way in one.red_lines
        ],
        "rate": None
        if one.rate is None
        else {
            "options": label(one.rate.package),
            "issue": one.rate.issue,
            "option": one.rate.option,
            "restated": one.rate.restated,
            "terms": one.rate.terms,
            "towards": one.rate.towards,
            "crosses": list(one.rate.crosses),
            "old": one.rate.old,
            "new": one.rate.new,
            "gains": _named(deal, one.rate.gains),
        },
        "why_not": one.why_not,
    }
