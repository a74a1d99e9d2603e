"""What pydantic finds wrong with a value, in plain words: what is asked for, and what stands there.

One sentence for every kind of error that a schema can raise. A kind that is not here would reach the user in
the words of a library, so a test goes through every schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from kosho.display import plural

__all__ = ["KINDS", "PATTERNS", "choices", "hint", "joined", "sentence"]

LONGEST = 60
"""Characters of a value that are repeated to whoever wrote it."""

Context = Mapping[str, Any]


def _listed(context: Context) -> list[str]:
    return re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags") or ""))


def _one_of(context: Context) -> str:
    found = _listed(context)
    return (
        f"must be {_joined(found)}" if found else f"must be {context.get('expected', 'one of those allowed')}"
    )


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _said(context: Context) -> str:
    told = str(context.get("error", "is not allowed"))
    return told if told[:2].isupper() else told[:1].lower() + told[1:]


PATTERNS = {
    "^(percent|[A-Z]{3}/[a-z][a-z0-9]*)$": "percent, or money for a thing, such as JPY/kg",
    r"^[A-P]\d{0,3}$": "a chapter of MAST, A to P, or a code in one, such as B31",
    "^[a-z0-9][a-z0-9-]*$": "small letters, digits and hyphens, such as cars-15",
    "^[a-z0-9][a-z0-9.-]*$": "small letters, digits, hyphens and dots, such as cars-15",
    "^[a-z0-9][a-z0-9._-]*$": "small letters, digits, hyphens, dots and underscores, such as release.12",
    "^[a-z0-9][a-z0-9_]*$": "small letters, digits and underscores, such as in_quota",
    r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|29|30|31)$": "month and day, MM-DD, such as 04-01",
    r"^\d\d:\d\d$": "a time of day, HH:MM in quotes",
}
"""What the patterns of the schemas ask for."""

KINDS: dict[str, str | Callable[[Context], str]] = {
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "none_required": "must be left empty",
    "string_type": "must be text",
    "string_sub_type": "must be text",
    "string_unicode": "must be text",
    "string_pattern_mismatch": lambda c: f"must be {PATTERNS.get(c['pattern'], 'of the form ' + c['pattern'])}",
    "string_too_short": lambda c: f"must have at least {plural(c['min_length'], 'character')}",
    "string_too_long": lambda c: f"must have at most {plural(c['max_length'], 'character')}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a date",
    "date_parsing": "is not a date",
    "date_from_datetime_parsing": "is not a date",
    "date_from_datetime_inexact": "must be a date without a time of day",
    "literal_error": _one_of,
    "enum": _one_of,
    "union_tag_invalid": _one_of,
    "union_tag_not_found": lambda c: f"is missing its {str(c['discriminator']).strip(chr(39))}",
    "greater_than": lambda c: f"must be greater than {c['gt']:g}",
    "greater_than_equal": lambda c: f"must be at least {c['ge']:g}",
    "less_than": lambda c: f"must be less than {c['lt']:g}",
    "less_than_equal": lambda c: f"must be at most {c['le']:g}",
    "multiple_of": lambda c: f"must be a multiple of {c['multiple_of']:g}",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "too_short": lambda c: f"must have at least {plural(c['min_length'], 'entry', 'entries')}",
    "too_long": lambda c: f"must have at most {plural(c['max_length'], 'entry', 'entries')}",
    "dict_type": "must be a mapping of keys to values",
    "mapping_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "dataclass_type": "must be a mapping of keys to values",
    "invalid_key": "has a key that is not text",
    "recursion_loop": "holds itself",
    "value_error": _said,
    "assertion_error": _said,
}
"""A sentence by kind of error, or what makes one of its context."""


def sentence(detail: ErrorDetails) -> str:
    """What is wrong, and what stands there if it is short."""
    told = _words(detail)
    bare = detail["type"] in ("missing", "extra_forbidden", "union_tag_not_found")
    return told if bare else told + _given(detail, told)


def _words(detail: ErrorDetails) -> str:
    words = KINDS[detail["type"]]
    return words if isinstance(words, str) else words(detail.get("ctx", {}))


def _given(detail: ErrorDetails, told: str) -> str:
    given = detail["input"]
    if detail["type"] == "union_tag_invalid":
        given = detail.get("ctx", {}).get("tag")
    if given is None:
        return "" if detail["type"] in ("value_error", "assertion_error") else ", not empty"
    if isinstance(given, Mapping | list | tuple):
        kind = "keys with values" if isinstance(given, Mapping) else "a list"
        return (
            ""
            if detail["type"] in ("value_error", "assertion_error", "too_short", "too_long")
            else f", not {kind}"
        )
    shown = _shown(given)
    if detail["type"].startswith("date_") and told.startswith("is not"):
        return f": {shown}"
    if shown in told:
        return ""
    return f", not {shown}"


def _shown(given: object) -> str:
    if isinstance(given, int) and abs(given) >= 10**LONGEST:  # Python may refuse to spell it out
        return "a number of so many digits"
    text = repr(given)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def joined(details: Sequence[ErrorDetails]) -> str | None:
    """One sentence where a value may be of several kinds and is of none; None where something else is wrong."""
    asked = [_words(one) for one in details]
    if not all(one.startswith("must be ") for one in asked):
        return None
    kinds = dict.fromkeys(one.removeprefix("must be ") for one in asked)
    return f"must be {' or '.join(kinds)}{_given(details[0], '')}"


def choices(detail: ErrorDetails) -> list[str]:
    """The words that would be allowed, where there are some."""
    return _listed(detail.get("ctx", {}))


def hint(detail: ErrorDetails) -> str | None:
    """How it is written."""
    kind, given = detail["type"], detail["input"]
    if kind.startswith("date"):
        return "write YYYY-MM-DD"
    if kind == "string_type" and isinstance(given, int | float) and not isinstance(given, bool):
        return f"put it in quotes: '{_shown(given)}'"
    return None
