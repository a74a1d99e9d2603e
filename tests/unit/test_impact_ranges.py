"""No single number stands where a source gives a range, in everything that ships."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from kosho.impact.coercion import episodes
from kosho.impact.parameters import parameters
from kosho.impact.product_nests import niches
from kosho.impact.vehicles import vehicle_data
from kosho.law import Register
from kosho.provenance import Cited


def figures(model: BaseModel) -> Iterator[Cited]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for one in items:
            if isinstance(one, Cited):
                yield one
            elif isinstance(one, BaseModel):
                yield from figures(one)


def ranged(one: Cited) -> bool:
    return one.low is not None and one.high is not None and one.low < one.high


def test_what_is_assumed_has_a_range(law: Register) -> None:
    shipped: list[BaseModel] = [parameters(), vehicle_data(), *niches().values(), *episodes().values()]
    shipped += [m.terms for m in law.measures if m.terms is not None]
    shipped += [m.quota for m in law.measures if m.quota is not None]
    bare = [
        one for model in shipped for one in figures(model) if one.status == "assumption" and not ranged(one)
    ]
    assert not bare, [(one.value, one.unit, one.note) for one in bare]


def test_every_figure_of_a_measure_says_where_it_is_from(law: Register) -> None:
    for measure in law.measures:
        if measure.terms is not None:
            assert all(one.source in law.sources for one in figures(measure.terms)), measure.id
