"""Measures and registers for tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from kosho.law import Measure, Products, Query, Register
from kosho.law.schedules import parse_duty
from kosho.law.scope import HsList
from kosho.provenance import Cited


def measure(**changes: object) -> Measure:
    """A tariff of 10 percent on all goods of everybody, with `changes`."""
    fields = {
        "id": "m",
        "title": "M",
        "imposer": "USA",
        "authority": "a",
        "scope": {"goods": True},
        "kind": "tariff",
        "value": 10,
        "stage": "in_force",
        "legal_from": "2025-01-01",
        "known_from": "2025-01-01",
        "legal_basis": "law",
        "source": ["s"],
        "status": "fact",
    }
    return Measure.model_validate({**fields, **changes})


def cited(
    value: float, unit: str = "share", low: float | None = None, high: float | None = None
) -> dict[str, Any]:
    """A figure as a file has it."""
    return {"value": value, "low": low, "high": high, "unit": unit, "status": "assumption", "source": "s"}


def figure(value: float, unit: str = "share", low: float | None = None, high: float | None = None) -> Cited:
    """The same as what it is read into."""
    return Cited.model_validate(cited(value, unit, low, high))


@cache
def shipped() -> Register:
    """The register that ships, for tests of what is in it; others make a small one with `register`."""
    return Register.load()


def headings(*prefixes: str, **changes: object) -> HsList:
    """A list of headings."""
    return HsList.model_validate(
        {"title": "L", "edition": "HS 2022", "prefixes": prefixes, "source": ["s"], **changes}
    )


def register(*measures: Measure, **lists: HsList) -> Register:
    """A register of these measures and lists (an underscore in a list's name stands for a hyphen)."""
    return Register(
        measures=measures,
        products=Products({}, (), {}, {}),
        sources={},
        lists={name.replace("_", "-"): item for name, item in lists.items()},
    )


def query(hs: str = "8703.23", exporter: str = "JPN", on: str = "2025-06-29", **changes: object) -> Query:
    """What imports of the USA pay; an ordinary duty of 2.5 percent unless `mfn` says otherwise."""
    mfn, known, facts = changes.pop("mfn", "2.5%"), changes.pop("known", None), changes.pop("facts", None)
    return Query(
        "USA",
        exporter,
        hs,
        date.fromisoformat(on),
        None if known is None else date.fromisoformat(str(known)),
        general=None if mfn is None else parse_duty(str(mfn)),
        **({} if facts is None else {"facts": facts}),
        **changes,
    )
