"""The page of a table and what it is made of: one template, one style sheet, scripts without a bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from kosho.language import _, current, known, page_style
from kosho.serve.guard import COOKIE
from kosho.serve.speaking import SCRIPTS, script_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from kosho.serve.rooms import Settings

__all__ = ["add"]

BY_LANGUAGE = {"vary": "accept-language"}

STATIC: Mapping[str, str] = {
    **dict.fromkeys(SCRIPTS, "text/javascript; charset=utf-8"),
    "table.css": "text/css; charset=utf-8",
    "world.json": "application/json",
}
NAMES = {"en": "English", "ja": "日本語"}
"""Languages in their own words."""
OF_LANGUAGE = "language.css"
"""What the language that is spoken adds to the style: its fonts."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415 - an extra

    found = Environment(
        loader=PackageLoader("kosho.serve"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    said: dict[str, Any] = {"_": _}
    found.globals.update(said)
    return found


def add(app: FastAPI, settings: Settings) -> None:
    """The pages of the server."""

    @app.get("/", include_in_schema=False)
    async def first(request: Request) -> HTMLResponse:
        names = list(settings.cases)
        shown = request.query_params.get("case") or settings.first or names[0]
        if shown not in settings.cases:
            told = _("no case {shown!r} is open here; there are {names}", shown=shown, names=", ".join(names))
            raise HTTPException(404, told)
        languages = {tag: NAMES.get(tag, tag) for tag in known()}
        template = _environment().get_template("table.html.j2")
        text = template.render(case=shown, cases=names, language=current(), languages=languages)
        answer = HTMLResponse(text, headers=BY_LANGUAGE)
        if settings.token is not None:
            answer.set_cookie(COOKIE, settings.token, httponly=True, samesite="strict")
        return answer

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        found = app.openapi()
        template = _environment().get_template("docs.html.j2")
        text = template.render(api=found, calls=_calls(found), language=current())
        return HTMLResponse(text, headers=BY_LANGUAGE)

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        if name == "words.json":
            return Response(script_words(), media_type="application/json")
        if name == OF_LANGUAGE:
            return Response(page_style(), media_type=STATIC["table.css"])
        if name not in STATIC:
            raise HTTPException(404, _("no such file"))
        content = files("kosho.serve").joinpath("static", name).read_bytes()
        return Response(content, media_type=STATIC[name])


def _calls(api: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What can be asked, for a page: method, path, words, and the fields with what they must be."""
    parts = api["components"]["schemas"]
    found: list[dict[str, Any]] = []
    for path, methods in api["paths"].items():
        for method, one in methods.items():
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            model = parts.get(body.get("$ref", "").rsplit("/", 1)[-1], {})
            fields = [
                {"name": name, "needed": name in model.get("required", ()), "told": _must(spot)}
                for name, spot in model.get("properties", {}).items()
            ]
            fields += [
                {
                    "name": spot["name"],
                    "needed": spot.get("required", False),
                    "told": _must({**spot["schema"], **spot}),
                }
                for spot in one.get("parameters", ())
            ]
            told = one.get("description") or one.get("summary", "")
            found.append({"method": method.upper(), "path": path, "told": told, "fields": fields})
    return found


def _must(spot: Mapping[str, Any]) -> str:
    kinds = [one for one in (spot, *spot.get("anyOf", ())) if "type" in one or "enum" in one]
    words = spot.get("description", "")
    form = next((one.get("format") or one.get("type") or json.dumps(one["enum"]) for one in kinds), "")
    return f"{words} ({form})" if words else form
