"""The language of an answer: of the address (`?lang=ja`), else what the browser asks for, else the server's."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from starlette.requests import HTTPConnection

from kosho.errors import Problem
from kosho.language import SOURCE, UnknownLanguageError, _, current, normal, use

__all__ = ["SCRIPTS", "Speaking", "run_in", "script_words", "wanted", "words_of_scripts"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Ran = tuple[int, str, tuple[Problem, ...]]

SCRIPTS = ("table.js", "figures.js", "record.js", "reading.js", "own.js", "map.js", "rates.js", "words.js")
"""Modules of the page, all in `static`."""


class Speaking:
    """Wraps an application: what it says while it answers is said in the language of who asks."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        tag = wanted(asked.query_params.get("lang", ""), asked.headers.get("accept-language", ""))
        with use(tag):
            await self.app(scope, receive, send)


def wanted(named: str, accepted: str) -> str:
    """The language that is asked for, as far as there is one.

    Args:
        named: What the address says.
        accepted: The header `Accept-Language` (RFC 9110, 12.5.4); equal weights count in their order.

    >>> from kosho.serve.speaking import wanted
    >>> wanted("ja", "en"), wanted("", "fr, ja;q=0.8, en;q=0.5"), wanted("xx", "")
    ('ja', 'ja', 'en')
    """
    for tag in (named, *_by_weight(accepted)):
        try:
            if tag:
                return normal(tag)
        except UnknownLanguageError:
            continue
    return current()


def _by_weight(accepted: str) -> Iterator[str]:
    found: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        tag, _semicolon, weight = part.strip().partition(";q=")
        try:
            weighs = float(weight) if weight else 1.0
        except ValueError:
            continue
        if tag not in ("", "*") and weighs > 0:
            found.append((weighs, tag))
    yield from (tag for _weighs, tag in sorted(found, key=lambda one: -one[0]))


def run_in(task: tuple[Callable[[Sequence[str]], Ran], str, Sequence[str]]) -> Ran:
    """A command run in a language, by a process that does nothing else meanwhile.

    >>> from kosho.cli.answering import answer
    >>> from kosho.serve.speaking import run_in
    >>> status, told, problems = run_in((answer, "ja", ["rate", "USA", "ATLANTIS", "8703.23", "--json"]))
    >>> status, problems[0].message.isascii()
    (2, False)
    """
    run, tag, words = task
    with use(tag):
        return run(words)


@cache
def words_of_scripts() -> tuple[str, ...]:
    """Messages that the scripts of the page say, in English.

    >>> from kosho.serve.speaking import words_of_scripts
    >>> "Undo" in words_of_scripts() or len(words_of_scripts()) > 20
    True
    """
    from babel.messages.extract import extract  # noqa: PLC0415 - the source's language needs none of it

    found: dict[str, None] = {}
    for name in SCRIPTS:
        content = files("kosho.serve").joinpath("static", name).read_bytes()
        for _line, message, _comments, _context in extract("javascript", BytesIO(content), {"_": None}):
            found |= dict.fromkeys([message] if isinstance(message, str) else message)
    return tuple(found)


def script_words() -> bytes:
    """What the scripts say in the language that is spoken, by the English, as JSON; nothing of the source's."""
    told = {} if current() == SOURCE else {message: _(message) for message in words_of_scripts()}
    return json.dumps(told, ensure_ascii=False).encode()
