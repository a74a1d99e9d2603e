"""Corridors from files, by ports, and with other values of their parameters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kosho import schema_words, yamlfile
from kosho.corridor.checks import impossible, mistakes
from kosho.corridor.schema import UNITS, Corridor, CorridorChange, CorridorScenario
from kosho.declared import as_declared
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.provenance import Cited

__all__ = ["between", "parameters", "ports", "read", "release_times", "shipped", "under", "with_values"]

Value = float | str


def _rows(name: str) -> list[dict[str, str]]:
    text = files("kosho.corridor").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def ports() -> dict[str, str]:
    """Names of seaports by UN/LOCODE."""
    return {row["code"]: row["name"] for row in _rows("ports.csv")}


def release_times() -> list[dict[str, str]]:
    """Published means: measure, scope, year, hours, source."""
    return _rows("release_times.csv")


def shipped() -> tuple[tuple[str, str], ...]:
    """Pairs of ports whose corridor comes with the package.

    >>> from kosho.corridor import shipped
    >>> shipped()
    (('JPUKB', 'TWKHH'), ('TWKHH', 'JPUKB'))
    """
    names = (entry.name for entry in files("kosho.corridor").joinpath("data").iterdir())
    stems = sorted(name[:-5].upper() for name in names if name.endswith(".yaml"))
    return tuple((stem[:5], stem[6:]) for stem in stems)


@as_declared
def between(origin: str, destination: str, file: Path | None = None) -> Corridor:
    """The corridor from one port to another, from `file` or as shipped.

    Raises:
        InputError: a port is unknown, there is no such corridor, or its file is wrong.

    >>> from kosho.corridor import between
    >>> between("TWKHH", "JPUKB").value_of_time
    Cited
      value    1.35
      low      0.6
      high     2.1
      unit     '% of the value a day'
      status   'fact'
      source   'hummels-schaur-2013'
      note     'the range is theirs; its middle is ours'
    >>> between("TWKHH", "JPKOB")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: TO: unknown port 'JPKOB' (did you mean JPUKB or JPYOK or JPTYO?)
    """
    if file is not None:
        corridor = read(file)
        ends = (corridor.origin.code, corridor.destination.code)
        if ends != (origin, destination):
            raise InputError(
                Problem(
                    _(
                        "is the corridor from {ends} to {ends_2}, not {origin} to {destination}",
                        ends=ends[0],
                        ends_2=ends[1],
                        origin=origin,
                        destination=destination,
                    ),
                    file=str(file),
                )
            )
        return corridor
    problems = [
        Problem(_("unknown port {code!r}", code=code), suggest(code, ports()), key=place)
        for code, place in ((origin, "FROM"), (destination, "TO"))
        if code not in ports()
    ]
    if problems:
        raise InputError(problems)
    if (origin, destination) not in shipped():
        known = ", ".join(" to ".join(pair) for pair in shipped())
        raise InputError(
            Problem(
                _(
                    "no corridor from {origin} to {destination} is shipped",
                    origin=origin,
                    destination=destination,
                ),
                _("shipped: {known}; give your own with --file", known=known),
            )
        )
    with as_file(files("kosho.corridor").joinpath("data", f"{origin}-{destination}.yaml".lower())) as path:
        return read(path)


@as_declared
def read(path: Path) -> Corridor:
    """Read a corridor and check it.

    Raises:
        InputError: with file and line of every mistake.

    >>> from importlib.resources import as_file, files
    >>> from kosho.corridor import read
    >>> with as_file(files("kosho.corridor").joinpath("data", "twkhh-jpukb.yaml")) as path:
    ...     read(path).title
    'Kaohsiung to Kobe'
    """
    corridor, lines = yamlfile.load(path, Corridor)
    found = mistakes(corridor, ports(), str(path), lines)
    known = parameters(corridor)
    for position, target in enumerate(corridor.targets):
        if target.parameter is not None and target.parameter not in known:
            path_of = ("targets", position, "parameter")
            near = suggest(target.parameter, known)
            found.append(Problem(_("no such parameter"), near, str(path), lines[path_of], target.parameter))
    for name in () if found else corridor.scenarios:
        path_of = ("scenarios", name)
        try:
            _refuse_other_units(corridor, corridor.scenarios[name])
            under(corridor, name)
            for position, end in _change_ends(corridor.scenarios[name]):
                under(corridor, name, {position: end})
        except InputError as error:
            found += [
                Problem(
                    f"{problem.message}",
                    problem.hint,
                    str(path),
                    lines[path_of],
                    f"scenarios.{name}: {problem.key}",
                )
                for problem in error.problems
            ]
    if found:
        raise InputError(sorted(found, key=lambda problem: problem.line or 0))
    return corridor


def _change_ends(scenario: CorridorScenario) -> Iterator[tuple[int, float]]:
    """Each end of the range of each change, with its position."""
    for position, change in enumerate(scenario.changes):
        figure = change.times if change.times is not None else change.to
        if isinstance(figure, Cited):
            yield from ((position, end) for end in (figure.low, figure.high) if end is not None)


def _refuse_other_units(corridor: Corridor, scenario: CorridorScenario) -> None:
    """What a parameter becomes is in the unit that it has."""
    for change in scenario.changes:
        given = change.to.unit if isinstance(change.to, Cited) else None
        held = dict.fromkeys(one.unit for one in _matching(corridor, change.parameter).values())
        for unit in held if given is not None else ():
            if given != unit and not any({given, unit} <= set(units) for units in UNITS.values()):
                told = _("in {names}, not in {unit!r}", names=unit, unit=given)
                raise InputError(Problem(told, key=change.parameter))


def _matching(corridor: Corridor, path: str) -> dict[str, Cited]:
    """The parameters that a path names, in which `*` stands for every name at its place."""
    wanted = path.split(".")
    return {
        name: cited
        for name, cited in parameters(corridor).items()
        if len(parts := name.split(".")) == len(wanted)
        and all(w in ("*", part) for w, part in zip(wanted, parts, strict=True))
    }


@as_declared
def parameters(corridor: Corridor) -> dict[str, Cited]:
    """Every number of the corridor by its path in the file, such as `stages.documents.servers`.

    >>> from kosho.corridor import between, parameters
    >>> parameters(between("TWKHH", "JPUKB"))["stages.documents.servers"].value
    8.0
    """
    return dict(_cited(corridor, ""))


def _cited(node: Any, path: str) -> Iterator[tuple[str, Cited]]:
    if isinstance(node, Cited):
        yield path, node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _cited(value, f"{path}.{key}" if path else str(key))
    elif hasattr(type(node), "model_fields"):
        for key in type(node).model_fields:
            if key not in ("scenarios", "targets", "sources"):
                yield from _cited(getattr(node, key), f"{path}.{key}" if path else key)


@as_declared
def with_values(corridor: Corridor, values: Mapping[str, Value]) -> Corridor:
    """The corridor with other values of parameters; what is neither examined nor inspected stays green.

    Args:
        corridor: The corridor.
        values: By path; a `*` stands for every name at its place.

    Raises:
        InputError: a path leads nowhere, or the corridor does not work with the value.

    >>> from kosho.corridor import between, parameters, with_values
    >>> slower = with_values(between("TWKHH", "JPUKB"), {"stages.documents.servers": 6})
    >>> parameters(slower)["stages.documents.servers"].value
    6.0
    """
    content = corridor.model_dump(mode="python")
    for path, value in values.items():
        places = list(_places(content, path.split(".")))
        if not places:
            raise InputError(Problem(_("no such parameter"), suggest(path, parameters(corridor)), key=path))
        for node, key in places:
            _set(node, key, value, path)
    for kind in content["types"].values():
        shares = kind["channels"]
        shares["green"] = shares["green"] | {
            "value": round(1 - shares["documents"]["value"] - shares["inspection"]["value"], 12)
        }
    try:
        made = Corridor.model_validate(content)
    except ValidationError as error:
        raise InputError(
            Problem(
                _("not possible: {sentence}", sentence=schema_words.sentence(one)),
                key=".".join(map(str, one["loc"])),
            )
            for one in error.errors()
        ) from None
    found = impossible(made)
    if found:
        raise InputError(found)
    return made


def _places(node: Any, path: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    if not isinstance(node, dict):
        return
    names = list(node) if path[0] == "*" else [path[0]] * (path[0] in node)
    for name in names:
        if len(path) == 1:
            yield node, name
        else:
            yield from _places(node[name], path[1:])


def _set(node: dict[str, Any], key: str, value: Value, path: str) -> None:
    old = node[key]
    if isinstance(old, dict) and "value" in old and not isinstance(value, str):
        node[key] = old | {"value": value, "low": None, "high": None}
    elif isinstance(old, str) and isinstance(value, str):
        node[key] = value
    else:
        raise InputError(Problem(_("cannot become {value!r}", value=value), key=path))


@as_declared
def under(
    corridor: Corridor, scenario: str | CorridorScenario, ends: Mapping[int, float] | None = None
) -> Corridor:
    """The corridor in a scenario.

    Args:
        corridor: The corridor.
        scenario: Name of one of its scenarios, or another one.
        ends: Other values for changes, by position, than the central ones.

    Raises:
        InputError: there is no such scenario, or it does not work.

    >>> from kosho.corridor import between, parameters, under
    >>> base = between("TWKHH", "JPUKB")
    >>> exchange = under(base, "advance-exchange")
    >>> [parameters(one)["trusted.lodged_early"].value for one in (base, exchange)]
    [0.8, 0.95]
    """
    if isinstance(scenario, str):
        if scenario not in corridor.scenarios:
            raise InputError(
                Problem(
                    _("unknown scenario {scenario!r}", scenario=scenario), suggest(scenario, corridor.scenarios)
                )
            )
        scenario = corridor.scenarios[scenario]
    values: dict[str, Value] = {}
    for position, change in enumerate(scenario.changes):
        other = (ends or {}).get(position)
        values |= _values(corridor, change, other)
    return with_values(corridor, values)


def _values(corridor: Corridor, change: CorridorChange, other: float | None) -> dict[str, Value]:
    if isinstance(change.to, str):
        return {change.parameter: change.to}
    if isinstance(change.to, Cited):
        return {change.parameter: change.to.value if other is None else other}
    factor = (change.times.value if change.times else 1.0) if other is None else other
    found = {path: cited.value * factor for path, cited in _matching(corridor, change.parameter).items()}
    return dict(found) or {change.parameter: factor}
