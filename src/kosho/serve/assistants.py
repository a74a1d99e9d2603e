"""The same questions for assistants: a server of the Model Context Protocol, over standard input or HTTP.

It only reads. Arguments that a question does not have are errors, and every answer has its law, quotes and
ranges as the command line has them, with the hashes it rests on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from kosho._version import __version__
from kosho.errors import KoshoError
from kosho.language import _
from kosho.serve.asking import answered
from kosho.serve.problems import ProblemDocument
from kosho.serve.questions import QUESTIONS
from kosho.serve.refusing import refused
from kosho.serve.rooms import Rooms, Settings
from kosho.serve.workers import BusyError

__all__ = ["OverHttp", "assistant_server", "over_http", "run"]

ABOUT = (
    "Trade talks: duties in force with their law, what measures do to economies, deals that leave every side "
    "better off, and what was said. Every number comes with what it rests on; pass ranges and warnings on, and "
    "say so where a rate is null: it is not known."
)


def assistant_server(rooms: Rooms) -> Server[Any]:
    """The server; `run` lets it talk over standard input and output, `over_http` answers requests.

    >>> from kosho.cli.answering import answer
    >>> from kosho.serve.assistants import assistant_server
    >>> from kosho.serve import Settings
    >>> from kosho.serve.rooms import Rooms
    >>> assistant_server(Rooms.of(Settings({}, run=answer))).name
    'kosho'
    """

    async def tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    description=kind.told,
                    input_schema=kind.model_json_schema(),
                    annotations=ToolAnnotations(
                        read_only_hint=True, open_world_hint=False, idempotent_hint=True
                    ),
                )
                for name, kind in QUESTIONS.items()
            ]
        )

    async def call(_: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        return await asyncio.to_thread(_called, rooms, params.name, params.arguments or {})

    return Server("kosho", version=__version__, instructions=ABOUT, on_list_tools=tools, on_call_tool=call)


def _called(rooms: Rooms, name: str, arguments: dict[str, Any]) -> CallToolResult:
    """The answer, or the problem document that REST would give."""
    try:
        kind = QUESTIONS.get(name)
        if kind is None:
            raise HTTPException(404, f"there is no tool {name!r}; there are {', '.join(QUESTIONS)}")
        found = answered(rooms, kind.model_validate(arguments))
    except (ValidationError, KoshoError, HTTPException, BusyError) as error:
        return _refused(refused(error))
    text = TextContent(type="text", text=found.model_dump_json())
    return CallToolResult(content=[text], structured_content=found.model_dump(mode="json"))


def _refused(found: ProblemDocument) -> CallToolResult:
    content = found.model_dump(mode="json", exclude_none=True)
    text = TextContent(type="text", text=found.model_dump_json(exclude_none=True))
    return CallToolResult(content=[text], structured_content=content, is_error=True)


class OverHttp:
    """An ASGI application that answers assistants, each request by itself; whoever asks is let in before."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server
        self._sessions: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def run(self) -> AsyncGenerator[None, None]:
        """Answer inside; it can be run again afterwards."""
        self._sessions = StreamableHTTPSessionManager(self._server, json_response=True, stateless=True)
        async with self._sessions.run():
            yield
        self._sessions = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._sessions is None:
            raise HTTPException(503, _("not running"))
        await self._sessions.handle_request(scope, receive, send)


def over_http(rooms: Rooms) -> OverHttp:
    """The same server as an application for `/mcp`, over what the server holds."""
    return OverHttp(assistant_server(rooms))


def run(settings: Settings) -> None:
    """Talk over standard input and output until they end."""

    async def talk() -> None:
        server = assistant_server(Rooms.of(settings))
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(talk())
