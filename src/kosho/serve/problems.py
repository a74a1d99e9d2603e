"""Errors as problem documents (RFC 9457): which field, what is wrong, what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field

from kosho import schema_words
from kosho.errors import Problem
from kosho.language import _

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["ANSWERS", "MEDIA", "Mistake", "ProblemDocument", "mistakes", "of_validation", "refusal"]

MEDIA = "application/problem+json"
TITLES = {
    400: "The question cannot be read",
    401: "A token is needed",
    403: "Not allowed",
    404: "There is no such thing",
    405: "Not a way to ask this",
    409: "There is no answer",
    413: "Too large",
    421: "Asked under another name",
    422: "The input is wrong",
    429: "Too many questions at once",
    500: "Something went wrong here",
    503: "Not ready",
    504: "It took too long",
}


class Mistake(BaseModel):
    """One mistake."""

    message: str
    hint: str | None = None
    field: str | None = Field(None, description="Where in the question, or in which file and line of the case.")


class ProblemDocument(BaseModel):
    """What is answered where there is no answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Mistake] = []


ANSWERS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemDocument, "description": TITLES[status], "content": {MEDIA: {}}}
    for status in (400, 401, 403, 404, 409, 413, 421, 422, 429)
}
"""What besides an answer may come, for the OpenAPI document."""


def refusal(status: int, detail: str, errors: Iterable[Mistake] = ()) -> ProblemDocument:
    """A problem document of a status.

    >>> from kosho.serve.problems import refusal
    >>> refusal(404, "no case 'x'").title
    'There is no such thing'
    """
    return ProblemDocument(
        title=TITLES.get(status, "Refused"), status=status, detail=detail, errors=list(errors)
    )


def mistakes(problems: Sequence[Problem]) -> list[Mistake]:
    """Problems of an `InputError`; of a file its name is told, and not the folder it is in."""
    return [Mistake(message=one.message, hint=one.hint, field=_place(one)) for one in problems]


def _place(one: Problem) -> str | None:
    name = None if one.file is None else one.file.replace("\\", "/").rsplit("/", 1)[-1]
    parts = [name, None if one.line is None else f"line {one.line}", one.key]
    return ": ".join(part for part in parts if part) or None


def of_validation(errors: Sequence[Mapping[str, Any]]) -> list[Mistake]:
    """What pydantic found in the fields of a question."""
    return [
        Mistake(
            message=_sentence(one),
            hint=schema_words.hint(cast("ErrorDetails", one)),
            field=".".join(str(part) for part in one["loc"]) or None,
        )
        for one in errors[:50]
    ]


def _sentence(error: Mapping[str, Any]) -> str:
    """In the words that files of ours are spoken of; of what is no JSON the place alone is told."""
    if error["type"] == "json_invalid":
        return _("is not JSON")
    return schema_words.sentence(cast("ErrorDetails", error))
