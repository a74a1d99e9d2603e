"""Who may ask: this machine only, or who has the token; under our own name; in questions of bounded size.

A page of another site can make a browser send requests to this machine, and a name of another site can be
pointed at it. Requests under other names than those the server was started for are refused (RFC 9110, 421), and
so are those that a browser says come from a page of another site.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

from h11 import LocalProtocolError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from kosho.language import _
from kosho.serve.problems import MEDIA, refusal

__all__ = ["COOKIE", "LOOPBACK", "Guard"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
MOST_BYTES = 2_000_000
"""Of the body of a request."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
COOKIE = "kosho-token"


class Guard:
    """Wraps an application. See the module."""

    def __init__(
        self,
        app: Application,
        names: Iterable[str] = LOOPBACK,
        token: str | None = None,
        large: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.names = {name.lower() for name in names}
        self.token = token
        self.large = large or {}
        """Bytes that bodies may have where they may have more, by the end of the path."""

    def _most(self, path: str) -> int:
        return next((most for end, most in self.large.items() if path.endswith(end)), MOST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = self._refused(HTTPConnection(scope))
        if refused is not None:
            # Whose body is no HTTP had his answer from the server below, 400; this one cannot be sent any more.
            with suppress(LocalProtocolError):
                await refused(scope, receive, _with_headers(send))
            return
        await self.app(scope, _bounded(receive, self._most(scope["path"])), _with_headers(send))

    def _refused(self, asked: HTTPConnection) -> JSONResponse | None:
        headers = asked.headers
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.lower() not in self.names:
            return _problem(421, _("this server answers under the name it was started for"))
        origin = headers.get("origin")
        if origin is not None and origin.split("//", 1)[-1] != host:
            return _problem(403, _("asked by a page of another site"))
        most = self._most(asked.scope["path"])
        if not _sized(headers, most):
            return _problem(413, _("at most {most:,} bytes, with their number told", most=most))
        if self.token is not None and not self._known(asked, self.token):
            return _problem(
                401,
                _("give the token: the header Authorization: Bearer ..., or the address told at the start"),
            )
        return None

    @staticmethod
    def _known(asked: HTTPConnection, token: str) -> bool:
        """Whether the token is in the header, the cookie or the address."""
        given = asked.headers.get("authorization", "")
        found = [given.removeprefix("Bearer ")] if given.startswith("Bearer ") else []
        found += [asked.cookies.get(COOKIE, ""), *asked.query_params.getlist("token")]
        return any(hmac.compare_digest(one.encode("utf-8", "replace"), token.encode()) for one in found)


def _sized(headers: Headers, most: int) -> bool:
    told = headers.get("content-length")
    if told is None:
        return "transfer-encoding" not in headers
    return told.isascii() and told.isdigit() and len(told) < 12 and int(told) <= most


def _bounded(receive: Receive, most: int) -> Receive:
    """Whatever was told, no more than so much is taken."""
    taken = 0

    async def more() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            return {"type": "http.disconnect"}
        return message

    return more


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sent


def _problem(status: int, detail: str) -> JSONResponse:
    return JSONResponse(refusal(status, detail).model_dump(exclude_none=True), status, media_type=MEDIA)
