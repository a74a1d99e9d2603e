"""Ways to a table and its packages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from kosho.errors import InputError
from kosho.language import SOURCE, _, current
from kosho.serve import exports, sides
from kosho.serve.desk import Desk
from kosho.serve.problems import ANSWERS
from kosho.serve.proposals import NOTE
from kosho.serve.questions import Day, Explain
from kosho.serve.rooms import Rooms
from kosho.serve.stamps import stamp

__all__ = ["router"]

MOST_DRAWS = 1_000
Options = Annotated[
    str,
    Query(
        max_length=2000,
        pattern=r"^([A-Za-z0-9_.-]+:[A-Za-z0-9_.@%-]+(,[A-Za-z0-9_.-]+:[A-Za-z0-9_.@%-]+)*)?$",
        description="issue:option, separated by commas; issues not named keep their fallback. A rate within a "
        "range is issue:option@12.5%, or issue:12.5% where one range alone holds it.",
    ),
]
Case = Annotated[str, Path(max_length=80, description="A case that `cases` lists.")]
AsOf = Annotated[Day | None, Query(description="In force and known on that day; the case's own.")]
Part = Literal["effects", "full", "along"]
Number = Annotated[int, Path(ge=1, le=2**53)]
router = APIRouter(prefix="/api/v1", tags=["tables"], responses=ANSWERS)


class Told(BaseModel):
    """What a package is worth."""

    case: str
    as_of: date
    options: dict[str, str]
    explained: dict[str, Any] = Field(description="As `kosho bargain --explain --json` has it.")
    world: str
    rerun: str


def _rooms(request: Request) -> Rooms:
    found: Rooms = request.app.state.rooms
    return found


Here = Annotated[Rooms, Depends(_rooms)]


async def _desk(rooms: Here, case: Case, as_of: AsOf = None) -> Desk:
    rooms.place(case)
    return rooms.desks.at_hand(case, as_of) or await asyncio.to_thread(rooms.desks.desk, case, as_of)


Opened = Annotated[Desk, Depends(_desk)]


def chosen(options: str) -> dict[str, str]:
    """Option by issue.

    Raises:
        HTTPException: an issue is named twice.

    >>> from kosho.serve.tables import chosen
    >>> chosen("cars:all-15,rice:more-60kt")
    {'cars': 'all-15', 'rice': 'more-60kt'}
    """
    found: dict[str, str] = {}
    for one in options.split(",") if options else ():
        issue, _sign, option = one.partition(":")
        if issue in found:
            raise HTTPException(422, _("options: issue {issue!r} is named twice", issue=issue))
        found[issue] = option
    return found


@router.get("/tables/{case}")
async def table(opened: Opened) -> dict[str, Any]:
    """What is on the table of a case, who said it, the frontier and the named deals."""
    return await asyncio.to_thread(opened.described)


@router.get("/tables/{case}/progress")
async def progress(rooms: Here, case: Case, as_of: AsOf = None) -> dict[str, Any]:
    """Whether the table is open, and what is being done until it is."""
    rooms.place(case)
    return {"open": rooms.desks.is_open(case, as_of), "progress": rooms.desks.progress(case, as_of)}


@router.get("/tables/{case}/package")
async def package(opened: Opened, options: Options = "") -> Told:
    """What a package is worth to each side, and why."""
    if current() == SOURCE and opened.holds(chosen(options)):
        # Told in less than what another thread takes, and without waiting for one that solves.
        return told(opened, chosen(options))
    return await asyncio.to_thread(told, opened, chosen(options))


@router.get("/tables/{case}/package/{part}")
async def further(opened: Opened, part: Part, options: Options = "") -> dict[str, Any]:
    """What a package does to whom, the package on the full table, or along the scale of elasticities."""
    desk, number = await asyncio.to_thread(opened.at, chosen(options))
    ways = {"effects": desk.effects, "full": desk.in_full, "along": desk.along}
    return await asyncio.to_thread(ways[part], number)


@router.get("/tables/{case}/export/{kind}", response_class=Response)
async def export(opened: Opened, kind: exports.Kind, options: Options = "") -> Response:
    """The package as a file."""
    content = await asyncio.to_thread(exports.written, opened, chosen(options), kind)
    called = quote(f"{opened.case.name}-package.{kind}")
    name = f"attachment; filename=\"package.{kind}\"; filename*=UTF-8''{called}"
    return Response(content, media_type=exports.MEDIA[kind], headers={"content-disposition": name})


@router.post("/tables/{case}/draws", status_code=202)
async def draw(
    rooms: Here, opened: Opened, options: Options = "", draws: Annotated[int, Query(ge=1, le=MOST_DRAWS)] = 100
) -> dict[str, Any]:
    """Begin to draw what is uncertain for a package."""
    desk, number = await asyncio.to_thread(opened.at, chosen(options))
    return rooms.drawings.start(desk, number, draws).told()


@router.get("/draws/{number}")
async def drawn(rooms: Here, number: Number) -> dict[str, Any]:
    """How far draws are, and what they gave."""
    return rooms.drawing(number).told()


@router.delete("/draws/{number}")
async def stopped(rooms: Here, number: Number) -> dict[str, Any]:
    """Stop draws."""
    found = rooms.drawing(number)
    found.stop()
    return found.told()


@router.get("/tables/{case}/neutral")
async def neutral(rooms: Here, opened: Opened) -> dict[str, Any]:
    """Frontier and deals with what all sides keep for themselves, which is not told."""
    return await asyncio.to_thread(sides.neutral, opened.deal, _checked(rooms, opened))


@router.get("/tables/{case}/sides/{party}/package")
async def own(
    rooms: Here,
    opened: Opened,
    party: str,
    options: Options = "",
    x_kosho_side: Annotated[str | None, Header(max_length=100)] = None,
) -> dict[str, Any]:
    """A package as a side counts it, for who has the key of that side."""
    side = rooms.side(opened.case.name, party, x_kosho_side)
    _checked(rooms, opened)
    desk, number = await asyncio.to_thread(opened.at, chosen(options))
    return dict(sides.mine(desk.deal, side, number))


def _checked(rooms: Rooms, desk: Desk) -> list[sides.Side]:
    """The sides of a table; mistakes of their files are told at the start, and here without their words."""
    found = rooms.sides(desk.case.name)
    for one in found:
        try:
            one.check(desk.deal.table)
        except InputError:
            raise HTTPException(
                409, _("the file of {party} does not fit the table of this day", party=one.file.party)
            ) from None
    return found


class Proposed(BaseModel):
    """A package that a side puts forward."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(max_length=8)
    options: dict[str, str] = Field(max_length=60)
    note: str = Field("", max_length=NOTE)


@router.get("/tables/{case}/proposals")
async def proposals(rooms: Here, opened: Opened) -> dict[str, Any]:
    """What was proposed at this table since the server started, and when."""
    return {"proposals": [one.told() for one in rooms.log(opened.case.name).proposals]}


@router.post("/tables/{case}/proposals", status_code=201)
async def propose(rooms: Here, opened: Opened, proposed: Proposed) -> dict[str, Any]:
    """Note a proposal in the log."""
    desk, number = await asyncio.to_thread(opened.at, proposed.options)
    return rooms.log(opened.case.name).add(desk, proposed.by, number, proposed.note).told()


@router.get("/tables/{case}/proposals/export", response_class=Response)
async def log(rooms: Here, opened: Opened) -> Response:
    """The log as text and drafts that `kosho read --accept` enters into a record."""
    content = rooms.log(opened.case.name).exported(opened)
    headers = {"content-disposition": 'attachment; filename="proposals.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


def told(desk: Desk, options: Mapping[str, str]) -> Told:
    """What a package is worth.

    Raises:
        InputError: an issue or an option is unknown.
    """
    at, number = desk.at(options)
    explained = at.told(number)
    words = Explain(case=desk.case.name, explain=explained["options"], as_of=desk.as_of).words()
    return Told(
        case=desk.case.name,
        as_of=desk.as_of,
        options=explained["options"],
        explained=explained,
        world=desk.deal.priced[0].world.hash,
        rerun=stamp(words)["rerun"],
    )
