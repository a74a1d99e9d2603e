"""The same questions for assistants: a server of the Model Context Protocol, over standard input or HTTP.

It only reads. Arguments that a question does not have are errors, and every answer has its law, quotes and
ranges as the command line has them, with the hashes it rests on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import anyio
from anyio.streams.memory import MemoryObjectSendStream
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.message import SessionMessage
from mcp_types import (
    PARSE_ERROR,
    CallToolRequestParams,
    CallToolResult,
    ErrorData,
    JSONRPCError,
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

__all__ = ["OverHttp", "assistant_server", "over_http", "pass_on", "run"]

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
            told = _("there is no tool {name!r}; there are {names}", name=name, names=", ".join(QUESTIONS))
            raise HTTPException(404, told)
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
    """Talk over standard input and output until they end; what is then still worked out nobody waits for."""
    rooms = Rooms.of(settings)

    async def talk() -> None:
        server = assistant_server(rooms)
        async with stdio_server() as (incoming, outgoing), anyio.create_task_group() as tasks:
            onward, readable = anyio.create_memory_object_stream[SessionMessage | Exception](0)
            tasks.start_soon(pass_on, incoming, onward, outgoing.send)
            await server.run(readable, outgoing, server.create_initialization_options())
            rooms.workers.end()

    asyncio.run(talk())


async def pass_on(
    incoming: AsyncIterable[SessionMessage | Exception],
    onward: MemoryObjectSendStream[SessionMessage | Exception],
    answer: Callable[[SessionMessage], Awaitable[None]],
) -> None:
    """Hand messages on; one that cannot be read is answered here, so that nobody waits for ever."""
    async with onward:
        async for message in incoming:
            if isinstance(message, Exception):
                await answer(_unread(message))
            else:
                await onward.send(message)


def _unread(error: Exception) -> SessionMessage:
    """The answer to what is no message: under its id, if it can be made out."""
    inputs = [one["input"] for one in error.errors()] if isinstance(error, ValidationError) else []
    numbers = (one["id"] for one in map(_message, inputs) if "id" in one)
    known = next((one for one in numbers if isinstance(one, str | int) and not isinstance(one, bool)), None)
    told = _("is no message that can be read: JSON of whole Unicode characters, one a line")
    return SessionMessage(
        JSONRPCError(jsonrpc="2.0", id=known, error=ErrorData(code=PARSE_ERROR, message=told))
    )


def _message(said: object) -> Mapping[str, Any]:
    """What was sent, or a part of it, as far as it is a message."""
    try:
        found: object = json.loads(said) if isinstance(said, str) else said
    except (ValueError, RecursionError):
        return {}
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}
