"""`python -m benchmarks ways`: how a measure gets from YAML to welfare, and a package from a table to payoffs.

Two ways are walked, each by calls that are traced (`sys.setprofile`):

- *measure*: the register read afresh, a scenario of a case translated and solved at the middle of its ranges;
- *package*: the packages of one issue of a case's `table.yaml` turned into shocks, solved and valued.

A *room* is the second part of a module's path (`kosho.law.stacking` is in `law`). It stands on a *floor*: the
- *package*: the packages of one issue of a `table.yaml` turned into shocks, solved and valued.
(readers of YAML, caches, processes, errors, codes) are everybody's tools: what runs in them, or is called back
from them, counts as the room that called them. A *step* is a call from a function of one room to a function of
another. Each pair of calling and called function is one step, where it is first taken: loops over packages,
sectors or partners count once. The *way* is the sequence of rooms that steps enter, repeats collapsed.

- A *climb* is a step from a lower floor to a higher one. As no lower floor imports a higher one, it is a
  callback or a method of an object that was handed down.
- A *return* is an entry of the way into a room that it has left before.

Entries are counted twice. *Doors*: only functions and loaders (static and class methods) are entered; an object
that travels (`Register`, `Measure`, `World`, `Shock` ...) is used where it is: its methods, its constructor and
what they call in their own room are no entry. *All calls*: they are entries too, such as the look-up of a
country's position.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

CASE, SCENARIO = "japan-us-2025", "deal"
TOOL = "yamlfile"
"""The rooms of its floor and of those below are everybody's."""


def floors() -> dict[str, int]:
    """Floor of each room, the lowest zero; from the layers contract."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = (one["layers"] for one in project["tool"]["importlinter"]["contracts"] if "layers" in one)
    return {
        room.strip().removeprefix("kosho."): level
        for level, line in enumerate(reversed(layers))
        for room in line.split("|")
    }


@dataclass
class Way:
    """Steps between rooms, in the order in which they are first taken."""

    floor: dict[str, int]
    doors: bool = True
    """Whether only functions and loaders are entered."""
    steps: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Rooms by calling and called function."""
    _stack: list[tuple[str, str, str]] = field(default_factory=lambda: [("", "", "")])
    """Room, function, and room of the object whose method runs."""

    def watch(self, frame: FrameType, event: str, _: object) -> None:
        """For `sys.setprofile`."""
        if event == "return" and len(self._stack) > 1:
            self._stack.pop()
        if event != "call":
            return
        here, caller, guest = self._stack[-1]
        path = frame.f_globals.get("__name__", "").split(".")
        room = path[1] if path[0] == "kosho" and len(path) > 1 else ""
        if self.floor.get(room, 0) <= self.floor[TOOL] or room == guest:
            self._stack.append(self._stack[-1])
        elif self.doors and of_value(frame):
            self._stack.append((here, caller, room))
        else:
            name = f"{'.'.join(path)}.{frame.f_code.co_qualname.split('.<locals>')[0]}"
            if room != here and frame.f_code.co_name not in ("<module>", "__getattr__"):
                self.steps.setdefault((caller, name), (here, room))
            self._stack.append((room, name, ""))

    @property
    def rooms(self) -> list[str]:
        """Rooms in the order in which they are entered."""
        entered = [room for _, room in self.steps.values()]
        return [room for k, room in enumerate(entered) if k == 0 or entered[k - 1] != room]

    @property
    def climbs(self) -> list[tuple[str, str]]:
        """Calling and called functions of steps to a higher floor."""
        return [
            pair for pair, (start, end) in self.steps.items() if start and self.floor[end] > self.floor[start]
        ]

    @property
    def returns(self) -> int:
        """Entries into a room left before."""
        return len(self.rooms) - len(set(self.rooms))


def of_value(frame: FrameType) -> bool:
    """Whether a call is of a method or constructor of an object, or of a comprehension, its caller's own."""
    code = frame.f_code
    if code.co_name in ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>"):
        return True
    return code.co_qualname.startswith("__create_fn__") or code.co_varnames[:1] == ("self",)


def walk(action: Callable[[], object], *, doors: bool = True) -> Way:
    """The way that a call takes."""
    way = Way(floors(), doors)
    sys.setprofile(way.watch)
    try:
        action()
    finally:
        sys.setprofile(None)
    return way


def measure() -> object:
    """A scenario from files to welfare."""
    from kosho.case import Case
    from kosho.scenario import simulate

    return simulate(Case.load(CASE), SCENARIO, world="talks").welfare


def package() -> object:
    """Packages of one issue, from their table to payoffs."""
    from kosho.bargain.pricing import price
    from kosho.case import Case
    from kosho.world import load

    world = load(regions="talks", sectors="talks")
    table = Case.load(CASE).table()
    one = {"issues": table.file.issues[:1], "red_lines": (), "links": ()}
    table = replace(table, file=table.file.model_copy(update=one))
    return price(table, table.backgrounds[0], world).game.payoffs


WAYS: dict[str, Callable[[], object]] = {
    "measure, YAML to welfare": measure,
    "package, table to payoffs": package,
}


def report(console: Console, *, steps: bool = False) -> None:
    """Both ways, each counted in two ways; with the steps through doors themselves if asked for."""
    rows = Table(title="Ways through the rooms")
    for heading in ("way", "counted", "climbs", "returns", "rooms entered"):
        rows.add_column(heading)
    for name, action in WAYS.items():
        for counted, doors in (("doors", True), ("all calls", False)):
            way = walk(action, doors=doors)
            rows.add_row(name, counted, f"{len(way.climbs)}", f"{way.returns}", " ".join(way.rooms))
            if steps and doors:
                for (start, end), (left, entered) in way.steps.items():
                    console.print(f"{left or '-'} > {entered}: {start} > {end}", highlight=False)
    console.print(rows)


if __name__ == "__main__":
    report(Console(width=120), steps=True)
