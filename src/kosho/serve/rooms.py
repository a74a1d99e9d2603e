"""What a server holds: settings, open tables, processes, draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import Problem
from kosho.language import _
from kosho.serve.desk import Desks
from kosho.serve.drawing import Drawing, Drawings
from kosho.serve.guard import LOOPBACK
from kosho.serve.proposals import Log
from kosho.serve.sides import Side
from kosho.serve.workers import Workers

__all__ = ["Rooms", "Runner", "Settings"]

Runner = Callable[[Sequence[str]], tuple[int, str, tuple[Problem, ...]]]
"""Runs a command of the command line: its status, what it prints, what is wrong."""


@as_declared
@dataclass(frozen=True)
class Settings(Shown):
    """What a server is started with."""

    cases: Mapping[str, str]
    """Where the cases that may be opened are, by the names they are asked for under."""
    run: Runner
    first: str | None = None
    """The case that the page shows first."""
    names: Sequence[str] = LOOPBACK
    """Host names under which it answers."""
    token: str | None = None
    processes: int | None = None
    """For questions; None is one a core."""
    sides: Sequence[Side] = ()
    """What delegations keep for themselves at the table of the first case."""


@dataclass
class Rooms:
    """All that is kept between requests."""

    settings: Settings
    desks: Desks
    workers: Workers
    drawings: Drawings = field(default_factory=Drawings)
    logs: dict[str, Log] = field(default_factory=dict)
    """Of proposals, by case."""

    @staticmethod
    def of(settings: Settings) -> Rooms:
        """Nothing open yet."""
        return Rooms(settings, Desks(settings.cases), Workers(settings.processes))

    def place(self, case: str) -> str:
        """Where a case is.

        Raises:
            HTTPException: no case of this name may be opened.
        """
        cases = self.settings.cases
        if case not in cases:
            raise HTTPException(
                404, _("no case {case!r} is open here; there are {names}", case=case, names=", ".join(cases))
            )
        return cases[case]

    def sides(self, case: str) -> list[Side]:
        """Delegations with something of their own at the table of a case."""
        return list(self.settings.sides) if case == self.settings.first else []

    def side(self, case: str, party: str, key: str | None) -> Side:
        """The side that a key opens.

        Raises:
            HTTPException: it opens none of this party; whether there is one is not told.
        """
        found = next((one for one in self.sides(case) if one.file.party == party), None)
        if found is None or not found.opened_by(key or ""):
            raise HTTPException(403, _("the key of this side is needed, in the header X-Kosho-Side"))
        return found

    def log(self, case: str) -> Log:
        """What was proposed at the table of a case."""
        return self.logs.setdefault(case, Log())

    def drawing(self, number: int) -> Drawing:
        """Draws by number.

        Raises:
            HTTPException: there are none.
        """
        found = self.drawings.get(number)
        if found is None:
            raise HTTPException(404, _("no such draws; they may be of long ago"))
        return found

    def close(self) -> None:
        """Stop what runs."""
        self.drawings.close()
        self.workers.close()
