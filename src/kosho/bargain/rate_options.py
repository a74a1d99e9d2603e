"""Options with a range of rates, and the rates of it that a table is laid at.

A table is finite: in place of an option with a range it has the option at some rates, the ends and the middle
at first (`ANCHORS`), then those that are found best (`rate_search`) or that somebody asks about. Such an option
is named `option@12.5%`; where one range alone holds a rate, `12.5%` is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kosho.arrays import Index
from kosho.bargain.schema import Issue, Option, OptionAtRate, RateRange, TableFile
from kosho.display import Shown
from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.overlay import Overlay

__all__ = [
    "ANCHORS",
    "DECIMALS",
    "Spread",
    "anchored",
    "at_rate",
    "moving_measures",
    "name_at",
    "named_option",
    "nearest_choices",
    "rated_options",
    "spreads",
    "title_of_range",
    "with_named",
]

ANCHORS = 3
"""Rates that a range is laid at before any is sought, evenly from end to end."""
DECIMALS = 4
"""Of a rate in percent; no law has as many."""
_NAMED = re.compile(r"^(?:(?P<of>[a-z0-9][a-z0-9.-]*)@)?(?P<rate>\d+(?:\.\d+)?)%$")


@dataclass(frozen=True, slots=True)
class Spread(Shown):
    """A range of an issue, and where in the issue the rates are that the table is laid at."""

    issue: int
    of: str
    """The option with the range."""
    between: RateRange
    title: str
    choices: tuple[int, ...]
    """Positions in the issue."""
    rates: tuple[float, ...]
    """Percent, rising."""


def name_at(option: str, rate: float) -> str:
    """How an option at a rate is named.

    >>> from kosho.bargain.rate_options import name_at
    >>> name_at("in-all", 12.5), name_at("in-all", 15.0)
    ('in-all@12.5%', 'in-all@15%')
    """
    return f"{option}@{_digits(rate)}%"


def _digits(rate: float) -> str:
    text = f"{rate:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return text or "0"


def moving_measures(option: Option, overlays: Mapping[str, Overlay]) -> list[str]:
    """Measures that the rate of an option's range is that of."""
    added = (one for name in option.overlays if name in overlays for one in overlays[name].add)
    return [one.id for one in added if isinstance(one.value, float) and one.id not in option.at]


def anchored(file: TableFile, overlays: Mapping[str, Overlay]) -> TableFile:
    """The file with every range at its first rates.

    Args:
        file: As it is written.
        overlays: Of the case; the file has its own.
    """
    if not any(option.rate for issue in file.issues for option in issue.options):
        return file
    every = {**overlays, **file.overlays}
    issues: list[Issue] = []
    for issue in file.issues:
        options: list[Option] = []
        for option in issue.options:
            if option.rate is None:
                options.append(option)
                continue
            measures = moving_measures(option, every)
            rates = np.linspace(option.rate.low, option.rate.high, ANCHORS).round(DECIMALS).tolist()
            options += [_first(option, option.rate, measures, rate) for rate in rates]
        issues.append(issue.model_copy(update={"options": tuple(options)}))
    return file.model_copy(update={"issues": tuple(issues)})


def _first(option: Option, between: RateRange, measures: Sequence[str], rate: float) -> OptionAtRate:
    fields = {name: getattr(option, name) for name in type(option).model_fields}
    fields |= {"at": {**option.at, **dict.fromkeys(measures, rate)}, "rate": None}
    fields |= {"id": name_at(option.id, rate), "title": _titled(option.title, rate)}
    return OptionAtRate.model_construct(
        **fields, of=option.id, percent=rate, between=between, moving=tuple(measures)
    )


def _titled(title: str, rate: float) -> str:
    return f"{title}: {_digits(rate)} %"


def at_rate(option: Option, rate: float) -> Option:
    """An option with another rate, percent, for what its range moves, or without one for all that it sets."""
    if isinstance(option, OptionAtRate):
        return _moved(option, rate)
    return option.model_copy(update={"at": dict.fromkeys(option.at, rate)})


def title_of_range(one: OptionAtRate) -> str:
    """The title of the option with the range."""
    return one.title.removesuffix(_titled("", one.percent))


def _moved(one: OptionAtRate, rate: float) -> OptionAtRate:
    """The same option at another rate."""
    return one.model_copy(
        update={
            "id": name_at(one.of, rate),
            "title": _titled(title_of_range(one), rate),
            "at": {name: rate if name in one.moving else value for name, value in one.at.items()},
            "percent": rate,
        }
    )


def spreads(issues: Sequence[Issue]) -> tuple[Spread, ...]:
    """The ranges of some issues."""
    found: list[Spread] = []
    for k, issue in enumerate(issues):
        of = {option.of: option for option in issue.options if isinstance(option, OptionAtRate)}
        for name, first in of.items():
            mine = [
                (option.percent, choice)
                for choice, option in enumerate(issue.options)
                if isinstance(option, OptionAtRate) and option.of == name
            ]
            rates, choices = zip(*sorted(mine), strict=True)
            found.append(Spread(k, name, first.between, title_of_range(first), choices, rates))
    return tuple(found)


def named_option(issue: Issue, name: str) -> str | None:
    """The full name of an option that may be a rate within a range; None where nothing is named so.

    Raises:
        InputError: the rate is in no range of the issue, or in several and none is named.
    """
    ids = {option.id for option in issue.options}
    if name in ids:
        return name
    given = _NAMED.match(name)
    ranges = {option.of: option.between for option in issue.options if isinstance(option, OptionAtRate)}
    if given is None or not ranges or (given["of"] is not None and given["of"] not in ranges):
        return None
    rate = round(float(given["rate"]), DECIMALS)
    asked = ranges if given["of"] is None else {given["of"]: ranges[given["of"]]}
    held = [of for of, between in asked.items() if between.holds(rate)]
    if not held:
        told = ", ".join(f"{_digits(one.low)}–{_digits(one.high)} %" for one in asked.values())
        what = _("issue {issue!r} has no rate of {rate:g} percent", issue=issue.id, rate=rate)
        raise InputError(Problem(what, _("it has {ranges}", ranges=told)))
    if len(held) > 1:
        what = _(
            "several options of issue {issue!r} have a rate of {rate:g} percent", issue=issue.id, rate=rate
        )
        raise InputError(Problem(what, _("one of {names}", names=", ".join(name_at(of, rate) for of in held))))
    return name_at(held[0], rate)


def with_named(issues: Sequence[Issue], names: Mapping[str, Iterable[str]]) -> tuple[Issue, ...]:
    """Issues laid at more rates.

    Args:
        issues: Of a table.
        names: Options at rates by issue, in full; those that are there, or are no rates, change nothing.
    """
    return tuple(_with(issue, names.get(issue.id, ())) for issue in issues)


def _with(issue: Issue, names: Iterable[str]) -> Issue:
    """An issue at more rates: each range has its own in rising order, where the first of them stands."""
    options = {option.id: option for option in issue.options}
    for name in names:
        given = _NAMED.match(name)
        if name in options or given is None:
            continue
        like = next(
            (one for one in issue.options if isinstance(one, OptionAtRate) and one.of == given["of"]), None
        )
        if like is not None:
            options[name] = _moved(like, float(given["rate"]))
    if len(options) == len(issue.options):
        return issue
    place: dict[str, int] = {}
    for n, option in enumerate(issue.options):
        place.setdefault(_family(option), n)
    ordered = sorted(options.values(), key=lambda one: (place[_family(one)], _rate(one)))
    return issue.model_copy(update={"options": tuple(ordered)})


def _family(option: Option) -> str:
    return option.of if isinstance(option, OptionAtRate) else option.id


def _rate(option: Option) -> float:
    return option.percent if isinstance(option, OptionAtRate) else 0.0


def rated_options(issue: Issue, names: Iterable[str]) -> list[str]:
    """Options of an issue that names stand for: an option with a range stands for it at every rate."""
    wanted = set(names)
    return [option.id for option in issue.options if option.id in wanted or _family(option) in wanted]


def nearest_choices(issue: Issue, other: Issue) -> Index:
    """For each option of an issue, the position in another of the same, or of its range at the nearest rate."""
    found: list[int] = []
    for option in issue.options:
        apart = {
            n: abs(_rate(one) - _rate(option))
            for n, one in enumerate(other.options)
            if _family(one) == _family(option)
        }
        found.append(min(apart, key=apart.__getitem__))
    return np.array(found, np.intp)
