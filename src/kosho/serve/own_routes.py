"""Ways to measures of one's own at a table."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from kosho.serve import own
from kosho.serve.problems import ANSWERS
from kosho.serve.questions import Code
from kosho.serve.tables import Opened

__all__ = ["router"]

MOST = 10
router = APIRouter(prefix="/api/v1", tags=["own measures"], responses=ANSWERS)
Lines = Annotated[
    list[Annotated[str, Query(min_length=1, max_length=300)]],
    Query(
        alias="line",
        min_length=1,
        max_length=MOST,
        description="In words, or as `kosho simulate --add` has it.",
    ),
]
Importer = Annotated[Code | None, Query(description="Who imposes it, where a line does not say.")]


@router.get("/tables/{case}/own")
async def reached(opened: Opened, line: Lines, importer: Importer = None) -> dict[str, Any]:
    """What measures that are typed in say, as they were understood, and the trade that they lie on."""
    return await asyncio.to_thread(own.reached, opened, line, importer)


@router.get("/tables/{case}/own/effects")
async def effects(opened: Opened, line: Lines, importer: Importer = None) -> dict[str, Any]:
    """What they do in the long run, added to the law in force on the day of the table."""
    return await asyncio.to_thread(own.effects, opened, line, importer)


@router.get("/tables/{case}/own/folder", response_class=Response)
async def folder(opened: Opened, line: Lines, importer: Importer = None) -> Response:
    """A case folder to go on with: that of the table, with the measures as a scenario of their own."""
    content = await asyncio.to_thread(own.folder, opened, line, importer)
    called = quote(f"{opened.case.name}-own.zip")
    headers = {"content-disposition": f"attachment; filename=\"own-case.zip\"; filename*=UTF-8''{called}"}
    return Response(content, media_type="application/zip", headers=headers)
