"""What additions say to programs: stable names, fractions, million USD of the base year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosho.scenario.additions import Added

__all__ = ["contract"]


def contract(found: Added, shared: Mapping[str, Any]) -> dict[str, Any]:
    """What `kosho simulate --add --json` prints.

    >>> from kosho.scenario.added_contract import contract
    >>> from kosho.scenario.additions import add_to_base
    >>> from kosho.world import WorldChoice
    >>> found = contract(add_to_base(["EU27 JPN C29 25%"], WorldChoice.parse("talks")), {"case": None})
    >>> found["added"][0]["sectors"], found["countries"]["JPN"]["ev_musd"] < 0
    (['C29'], True)
    """
    report = found.with_them.solver
    return {
        "schema_version": 1,
        **shared,
        "on": found.on.isoformat(),
        "against": found.against,
        "world": found.with_them.base.hash,
        "table": found.with_them.base.meta.name,
        "deficits": found.with_them.deficits,
        "horizon": "10",
        "closure": list(found.with_them.closure.told),
        "added": [
            {
                "text": line.text,
                "title": line.title,
                "measures": [one.id for one in line.measures],
                "sectors": list(line.covers),
                "sellers": [
                    {"exporter": one.exporter, "before_musd": one.before, "after_musd": one.after}
                    for one in found.sellers(line)
                ],
            }
            for line in found.lines
        ],
        "countries": found.countries,
        "idle": dict(found.idle),
        "left_out": dict(found.left_out),
        "assumptions": list(found.assumptions),
        "solver": {
            "iterations": report.iterations,
            "residual": report.residual,
            "seconds": report.seconds,
            "method": report.method,
        },
    }
