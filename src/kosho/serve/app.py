"""The server: pages for people, REST for programs, both over what Python users have."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

from kosho._version import __version__
from kosho.declared import as_declared
from kosho.errors import KoshoError
from kosho.serve import own_routes, pages, paper_routes, tables
from kosho.serve.asking import Answer, answered
from kosho.serve.guard import Guard
from kosho.serve.problems import ANSWERS, MEDIA
from kosho.serve.questions import QUESTIONS, Question
from kosho.serve.refusing import refused
from kosho.serve.rooms import Rooms, Settings
from kosho.serve.speaking import Speaking
from kosho.serve.strict import strict
from kosho.serve.workers import BusyError

if TYPE_CHECKING:
    from kosho.serve.assistants import OverHttp

__all__ = ["create_app"]


@as_declared
def create_app(settings: Settings) -> FastAPI:
    """The server as an ASGI application.

    >>> from kosho.cli.answering import answer
    >>> from kosho.serve import Settings, create_app
    >>> app = create_app(Settings({"japan-us-2025": "japan-us-2025"}, run=answer))
    >>> "/api/v1/rate" in app.openapi()["paths"]
    True
    """
    rooms = Rooms.of(settings)
    assistants = _assistants(rooms)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        try:
            async with AsyncExitStack() as running:
                if assistants is not None:
                    await running.enter_async_context(assistants.run())
                yield
        finally:
            rooms.close()

    app = FastAPI(
        title="Kosho",
        version=__version__,
        description="Prepare trade talks: what is in force, what would happen, to whom, and how sure that is.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.rooms = rooms
    _catch(app)
    for name, kind in QUESTIONS.items():
        _ask(app, rooms, name, kind)
    for router in (tables.router, paper_routes.router, own_routes.router):
        app.include_router(router, dependencies=[Depends(strict)])
    pages.add(app, settings)
    if assistants is not None:
        app.router.routes.append(Route("/mcp", assistants, methods=["POST"], include_in_schema=False))
    app.add_middleware(Speaking)
    app.add_middleware(Guard, names=settings.names, token=settings.token, large=paper_routes.LARGE)
    return app


def _assistants(rooms: Rooms) -> OverHttp | None:
    """The way for assistants over HTTP, where the extra `mcp` is installed and runs."""
    try:
        from kosho.serve.assistants import over_http  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return over_http(rooms)


def _catch(app: FastAPI) -> None:
    """Every error becomes a problem document."""

    async def caught(_: Request, error: Exception) -> JSONResponse:
        found = refused(error)
        headers = error.headers if isinstance(error, HTTPException) else None
        content = found.model_dump(mode="json", exclude_none=True)
        return JSONResponse(content, found.status, headers, media_type=MEDIA)

    for kind in (RequestValidationError, HTTPException, KoshoError, BusyError, Exception):
        app.add_exception_handler(kind, caught)


def _ask(app: FastAPI, rooms: Rooms, name: str, kind: type[Question]) -> None:
    """One way in for a question."""

    async def ask(question: Question) -> Answer:
        return await asyncio.to_thread(answered, rooms, question)

    ask.__annotations__ = {"question": kind, "return": Answer}
    app.post(
        f"/api/v1/{name}",
        name=name,
        summary=kind.told,
        responses=ANSWERS,
        tags=["questions"],
        dependencies=[Depends(strict)],
    )(ask)
