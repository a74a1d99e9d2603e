"""Promises to buy of which a part would be bought anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kosho.equilibrium.constraints import Constraint, Purchase, Settled, partial
from kosho.equilibrium.counterfactual import Counterfactual

__all__ = ["in_full", "without_promises"]


def without_promises(change: Counterfactual) -> Counterfactual:
    """The same change with promises of nothing in place of those of which a part would be bought anyway."""
    promises = partial(change.constraints)
    return replace(
        change,
        constraints=tuple(
            replace(one, basis="level", amount=0.0, additional=1.0) if one in promises else one
            for one in change.constraints
        ),
    )


def in_full(change: Counterfactual, anyway: Mapping[str, Settled]) -> Counterfactual:
    """The same change with every promise as the level that it comes to: q⁰ + a · max(0, Q - q⁰).

    Q is what is promised, a the share on top (`Purchase.additional`), q⁰ what is bought without the promises of
    which a part is bought anyway, with all else in place.
    """
    promises = partial(change.constraints)
    constraints = tuple(
        _in_full(one, anyway[one.name]) if one in promises else one for one in change.constraints
    )
    return replace(change, constraints=constraints)


def _in_full(promise: Constraint, without: Settled) -> Constraint:
    if not isinstance(promise, Purchase):
        return promise
    base = without.base
    whole = {"level": promise.amount, "increment": base + promise.amount, "share": base * promise.amount}[
        promise.basis
    ]
    required = without.reached + promise.additional * max(0.0, whole - without.reached)
    level = max(0.0, min(whole, required))  # less than is bought anyway binds nobody
    # Told on the same basis: members of a batch that differ in amounts alone are solved together.
    amount = {"level": level, "increment": level - base, "share": level / base if base else 0.0}[promise.basis]
    return replace(promise, amount=amount, additional=1.0)
