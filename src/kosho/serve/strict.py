"""What a question says that nobody hears is refused: an argument that is unknown, or one that is given twice.

Who writes `asof` for `as_of` would get the answer of another day, and who names two importers
that of the second.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from fastapi import Request

from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _

__all__ = ["strict"]

EVERYWHERE = frozenset({"lang", "token"})
"""What every address takes: the language, and the token of a server that is open to others."""


async def strict(request: Request) -> None:
    """Refuse a request that says more than is heard.

    Raises:
        InputError: an argument of the address is unknown or given twice, a key of a JSON object is, or there is
            a body where none is read.
    """
    problems = Problems()
    fields = _fields(request)
    known = {*fields, *EVERYWHERE}
    for name, times in Counter(name for name, _value in request.query_params.multi_items()).items():
        if name not in known:
            problems.add(
                _("unknown argument {name!r}", name=name), suggest(name, sorted(known)), key=f"query.{name}"
            )
        elif times > 1 and not fields.get(name):
            problems.add(_("is given twice"), _("give it once"), key=f"query.{name}")
    if await request.body() and "requestBody" not in _way(request):
        problems.add(_("nothing of the body is heard"), _("arguments stand in the address"), key="body")
    problems.raise_if_any()
    if request.headers.get("content-type", "").startswith("application/json"):
        _once(await request.body())


def _fields(request: Request) -> dict[str, bool]:
    """What the address of a request may say, and whether several times: as the OpenAPI document has it."""
    return {
        one["name"]: one["schema"].get("type") == "array"
        for one in _way(request).get("parameters", ())
        if one["in"] == "query"
    }


def _way(request: Request) -> dict[str, Any]:
    """What the OpenAPI document says of the address and its method."""
    found: dict[str, Any] = request.app.openapi()["paths"][request.scope["route"].path][request.method.lower()]
    return found


def _once(body: bytes) -> None:
    """See to it that no object of a body has a key twice; what is no JSON is told by who reads it."""
    twice: list[str] = []

    def taken(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            twice.extend([key] if key in found else [])
            found[key] = value
        return found

    try:
        json.loads(body, object_pairs_hook=taken)
    except (ValueError, RecursionError):
        return
    if twice:
        raise InputError(Problem(_("is given twice"), _("give it once"), key=f"body.{one}") for one in twice)
