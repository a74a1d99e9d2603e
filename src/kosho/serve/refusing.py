"""Which problem document an error becomes, for programs and assistants alike."""

from __future__ import annotations

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from kosho.errors import InputError, KoshoError
from kosho.language import _
from kosho.serve.problems import ProblemDocument, mistakes, of_validation, refusal
from kosho.serve.workers import BusyError

__all__ = ["refused"]


def refused(error: Exception) -> ProblemDocument:
    """The document; what is no error of who asked says nothing of what is inside.

    >>> from kosho.errors import InputError
    >>> from kosho.serve.refusing import refused
    >>> refused(InputError("no such day")).detail
    'no such day'
    """
    if isinstance(error, ValidationError | RequestValidationError):
        found = of_validation(error.errors())
        return refusal(422, "; ".join(f"{one.field}: {one.message}" for one in found[:5]), found)
    if isinstance(error, InputError):
        found = mistakes(error.problems)
        return refusal(422, "; ".join(one.message for one in found[:5]), found)
    if isinstance(error, KoshoError):
        return refusal(409, str(error))
    if isinstance(error, HTTPException):
        return refusal(error.status_code, str(error.detail))
    if isinstance(error, BusyError):
        return refusal(429, _("ask again in a moment"))
    return refusal(500, _("the server's log says what"))
