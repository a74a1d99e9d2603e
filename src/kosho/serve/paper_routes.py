"""Ways to what lies beside a table: its record, the law of its day, and documents that are read into drafts."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from kosho.language import _, current
from kosho.serve.desk import Desk
from kosho.serve.documents import (
    LARGEST_FILE,
    Dropped,
    Edited,
    Kept,
    KeyedRow,
    Made,
    drafts_of,
    edited_of,
    made_of,
)
from kosho.serve.problems import ANSWERS
from kosho.serve.tables import Here, Opened
from kosho.serve.workers import BusyError

__all__ = ["router"]

AT_ONCE = 4
"""Documents that are taken in at once: each may be large."""
router = APIRouter(prefix="/api/v1", tags=["record"], responses=ANSWERS)
_turns = threading.BoundedSemaphore(AT_ONCE)
FileName = Annotated[str, Query(min_length=1, max_length=200, description="Of the file, with its ending.")]
BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
BODY = {"requestBody": {"required": True, "content": BYTES}}


def _record(desk: Desk) -> str | None:
    """The file of the record of a case."""
    path = Path(desk.case.folder) / "record.yaml"
    return str(path) if path.is_file() else None


@router.get("/tables/{case}/record")
async def record(opened: Opened) -> dict[str, Any]:
    """Timeline, contentions, commitments and days left by the day, and the duties between the parties on it."""
    return await asyncio.to_thread(opened.recorded)


@router.post("/tables/{case}/read", openapi_extra=BODY)
async def read(rooms: Here, opened: Opened, request: Request, name: FileName) -> dict[str, Any]:
    """Read a document (text, HTML, PDF) into drafts, with what in the record is like them; nothing is kept."""
    if not _turns.acquire(blocking=False):
        raise BusyError
    try:
        content = await request.body()
        if not content:
            raise HTTPException(422, _("body: the document itself is the body of the request"))
        dropped = Dropped(name, content, _record(opened), current())
        return await asyncio.to_thread(rooms.workers.ask, drafts_of, dropped)
    finally:
        _turns.release()


class Decided(BaseModel):
    """A document's drafts with what was decided of them."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=500_000)
    drafts: tuple[KeyedRow, ...] = Field(max_length=5_000)


@router.post("/tables/{case}/decided/{made}", response_class=Response)
async def decided(rooms: Here, opened: Opened, made: Made, given: Decided) -> Response:
    """Decisions as a file of drafts (`kosho new --from`), or as the record with what was accepted in it."""
    kept = Kept(given.name, given.text, given.drafts, _record(opened), current())
    text = await asyncio.to_thread(rooms.workers.ask, made_of, (kept, made))
    headers = {"content-disposition": f'attachment; filename="{made}.yaml"'}
    return Response(text, media_type="application/yaml", headers=headers)


class Editing(BaseModel):
    """A draft of a document, and what somebody would change in it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=500_000)
    draft: KeyedRow
    changes: dict[
        Annotated[str, Field(min_length=1, max_length=60)], Annotated[str, Field(max_length=2_000)]
    ] = Field(max_length=40)
    """New words by field; `type` and `modality` too; no words take a field away."""


@router.post("/tables/{case}/edited")
async def edited(rooms: Here, opened: Opened, given: Editing) -> dict[str, Any]:
    """A draft as it was changed, if it would fit into the record: the checks of `kosho read --accept`."""
    told = Edited(given.name, given.text, given.draft, given.changes, _record(opened), current())
    return await asyncio.to_thread(rooms.workers.ask, edited_of, told)


LARGE = {
    "/edited": LARGEST_FILE,
    "/read": LARGEST_FILE,
    "/decided/drafts": LARGEST_FILE,
    "/decided/record": LARGEST_FILE,
}
"""Bytes that bodies of these ways may have, by the end of the way."""
