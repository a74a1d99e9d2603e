"""One POST to an OpenAI-style endpoint: bounded in time and size, sent nowhere else, standard library only."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import IO, Any, NamedTuple, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from kosho.errors import InputError, Problem, system_says
from kosho.language import _

__all__ = ["Endpoint", "FailedError", "endpoint"]

LARGEST_ANSWER = 2_000_000
"""Bytes of an answer that are read."""
SLOWEST = 120.0
"""Seconds that one answer may take, from asking to its last byte."""


class FailedError(Exception):
    """Nothing came back that can be used; `again` tells whether asking again may help."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.again = again


class Endpoint(NamedTuple):
    """Where questions go."""

    url: str
    host: str
    local: bool
    """Whether it is this machine."""

    def answer(self, body: Mapping[str, Any], key: str | None, seconds: float = SLOWEST) -> str:
        """The words of the first choice.

        Raises:
            FailedError: it could not be reached, took too long, refused, or sent no such answer.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        request = Request(self.url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - http or https
        until = time.monotonic() + seconds
        try:
            with _opener(local=self.local).open(request, timeout=seconds) as reply:
                content = _read(cast("HTTPResponse", reply), until)
        except HTTPError as error:
            error.close()
            raise FailedError(
                _("answered {code}", code=error.code), again=error.code in (408, 429) or error.code >= 500
            ) from None
        except (URLError, OSError, HTTPException) as error:
            why = getattr(error, "reason", error)
            why = system_says(why) if isinstance(why, Exception) else why
            raise FailedError(_("could not be reached: {why}", why=why), again=True) from None
        return _words(content)


def endpoint(url: str, *, with_key: bool) -> Endpoint:
    """The endpoint of a server, however much of its address is given.

    Raises:
        InputError: it is no address, or a key would be sent to another machine unencrypted.

    >>> endpoint("http://localhost:11434", with_key=False).url
    'http://localhost:11434/v1/chat/completions'
    """
    try:
        parts = urlsplit(url)
        host, _other = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        hint = _("http://localhost:11434 is Ollama on this machine")
        raise InputError(Problem(_("is no address of a server: {url!r}", url=url[:80]), hint, key="--propose"))
    local = host == "localhost" or _loopback(host)
    if with_key and parts.scheme == "http" and not local:
        raise InputError(
            Problem(_("a key would be sent unencrypted"), _("give an https address"), key="--propose")
        )
    path = parts.path.rstrip("/")
    if not path.endswith("/chat/completions"):
        path += (
            "/chat/completions" if path.endswith(("/v1", "/openai", "/api")) or path else "/v1/chat/completions"
        )
    return Endpoint(urlunsplit((parts.scheme, parts.netloc, path, "", "")), host, local)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirect(HTTPRedirectHandler):
    """What is sent to one address goes to no other."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Follow none."""


def _opener(*, local: bool) -> OpenerDirector:
    return build_opener(_NoRedirect, *([ProxyHandler({})] if local else []))


def _read(reply: HTTPResponse, until: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        if time.monotonic() > until:
            raise FailedError(_("took too long to answer"), again=True)
        piece = reply.read1(65_536)
        if not piece:
            return b"".join(pieces)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise FailedError(
                _("sent more than {largest_answer:,} bytes", largest_answer=LARGEST_ANSWER), again=False
            )
        pieces.append(piece)


def _words(content: bytes) -> str:
    try:
        told: Any = json.loads(content.decode("utf-8", "replace"))
        words = told["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, KeyError, IndexError, TypeError):
        raise FailedError(_("sent no answer of a chat"), again=False) from None
    if not isinstance(words, str):
        raise FailedError(_("sent no answer in words"), again=False)
    return words
