"""Measures for tests."""

from __future__ import annotations

from kosho.policy import Measure


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
