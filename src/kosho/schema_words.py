"""What pydantic finds wrong with a value, in plain words: what is asked for, and what stands there.

One sentence for every kind of error that a schema can raise. A kind that is not here would reach the user in
the words of a library, so a test goes through every schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from kosho.language import N_, _, ngettext

__all__ = ["KINDS", "PATTERNS", "choices", "hint", "joined", "sentence"]

LONGEST = 60
"""Characters of a value that are repeated to whoever wrote it."""

Context = Mapping[str, Any]


def _listed(context: Context) -> list[str]:
    return re.findall(r"'([^']*)'", str(context.get("expected") or context.get("expected_tags") or ""))


def _one_of(context: Context) -> str:
    found = _listed(context)
    return _joined(found) if found else str(context.get("expected", _("one of those allowed")))


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else _(" or ").join((", ".join(words[:-1]), words[-1]))


def _said(context: Context) -> str:
    told = str(context.get("error", _("is not allowed")))
    return told if told[:2].isupper() else told[:1].lower() + told[1:]


PATTERNS = {
    "^(percent|[A-Z]{3}/[a-z][a-z0-9]*)$": N_("percent, or money for a thing, such as JPY/kg"),
    r"^[A-P]\d{0,3}$": N_("a chapter of MAST, A to P, or a code in one, such as B31"),
    "^[a-z0-9][a-z0-9-]*$": N_("small letters, digits and hyphens, such as cars-15"),
    "^[a-z0-9][a-z0-9.-]*$": N_("small letters, digits, hyphens and dots, such as cars-15"),
    r"^([a-z0-9][a-z0-9.-]*|([a-z0-9][a-z0-9.-]*@)?[0-9]+(\.[0-9]+)?%)$": N_(
        "an option, such as all-15, or a rate within a range, such as 12.5%"
    ),
    "^[a-z0-9][a-z0-9._-]*$": N_("small letters, digits, hyphens, dots and underscores, such as release.12"),
    "^[a-z0-9][a-z0-9_]*$": N_("small letters, digits and underscores, such as in_quota"),
    r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]|29|30|31)$": N_("month and day, MM-DD, such as 04-01"),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": N_("a time of day, HH:MM in quotes"),
    r"^[0-9a-f]{12}$": N_("the key of a draft: twelve digits or letters from a to f"),
    r"^[A-Za-z0-9]{2,8}$": N_("a code, such as JPN or EU27"),
    r"^[0-9.]{4,13}$": N_("4 to 10 digits of a tariff code, such as 8703.23"),
    r"^[0-9.,]{4,200}$": N_("tariff codes with commas between, such as 8703.23,8704.21"),
    r"^[a-z0-9,-]{1,200}$": N_("product groups with commas between, such as vehicles-232"),
    r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$": N_("letters, digits, hyphens, dots and underscores, such as cars-15"),
    r"^[A-Za-z0-9][A-Za-z0-9_.@%-]{0,79}$": N_(
        "an option, such as all-15, or a rate within a range, such as 12.5%"
    ),
    r"^[^\x00-\x1f/\\-][^\x00-\x1f/\\]{0,79}$": N_("the name of a case"),
    r"^[A-Za-z0-9][^\x00-\x1f]{0,119}$": N_(
        "one line of at most 120 characters that begins with a letter or digit"
    ),
    r"^[A-Za-z0-9][^\x00-\x1f]{0,199}$": N_(
        "one line of at most 200 characters that begins with a letter or digit"
    ),
    r"^[^\x00-\x1f-][^\x00-\x1f]{0,99}$": N_("one line of at most 100 characters that begins with no hyphen"),
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|html)$": N_("a name such as document.txt or document.html"),
    r"^([A-Za-z0-9_.-]+:[A-Za-z0-9_.@%-]+(,[A-Za-z0-9_.-]+:[A-Za-z0-9_.@%-]+)*)?$": N_(
        "issue:option with commas between, such as cars:all-15,rice:as-now"
    ),
}
"""What the patterns of the schemas ask for."""


def _of_form(form: str) -> str:
    return _(PATTERNS[form]) if form in PATTERNS else _("of the form {form}", form=form)


ASKED: dict[str, str | Callable[[Context], str]] = {
    "string_type": N_("text"),
    "string_sub_type": N_("text"),
    "string_unicode": N_("text"),
    "string_pattern_mismatch": lambda c: _of_form(c["pattern"]),
    "none_required": N_("left empty"),
    "int_type": N_("a whole number"),
    "int_parsing": N_("a whole number"),
    "int_from_float": N_("a whole number"),
    "float_type": N_("a number"),
    "float_parsing": N_("a number"),
    "finite_number": N_("a finite number"),
    "bool_type": N_("true or false"),
    "bool_parsing": N_("true or false"),
    "date_type": N_("a date"),
    "date_from_datetime_inexact": N_("a date without a time of day"),
    "literal_error": _one_of,
    "enum": _one_of,
    "union_tag_invalid": _one_of,
    "greater_than": lambda c: _("greater than {limit:g}", limit=c["gt"]),
    "greater_than_equal": lambda c: _("at least {limit:g}", limit=c["ge"]),
    "less_than": lambda c: _("less than {limit:g}", limit=c["lt"]),
    "less_than_equal": lambda c: _("at most {limit:g}", limit=c["le"]),
    "multiple_of": lambda c: _("a multiple of {limit:g}", limit=c["multiple_of"]),
    "tuple_type": N_("a list"),
    "list_type": N_("a list"),
    "set_type": N_("a list"),
    "frozen_set_type": N_("a list"),
    "dict_type": N_("a mapping of keys to values"),
    "mapping_type": N_("a mapping of keys to values"),
    "model_type": N_("a mapping of keys to values"),
    "model_attributes_type": N_("a mapping of keys to values"),
    "dataclass_type": N_("a mapping of keys to values"),
}
"""What a value must be, by kind of error, or what makes it of the context."""

SAID: dict[str, str | Callable[[Context], str]] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("unknown key"),
    "string_too_short": lambda c: ngettext(
        "must have at least {number} character",
        "must have at least {number} characters",
        c["min_length"],
        number=format(c["min_length"], ","),
    ),
    "string_too_long": lambda c: ngettext(
        "must have at most {number} character",
        "must have at most {number} characters",
        c["max_length"],
        number=format(c["max_length"], ","),
    ),
    "int_parsing_size": N_("is too large a number"),
    "date_parsing": N_("is not a date"),
    "date_from_datetime_parsing": N_("is not a date"),
    "union_tag_not_found": lambda c: _("is missing its {name}", name=str(c["discriminator"]).strip("'")),
    "too_short": lambda c: ngettext(
        "must have at least {number} entry",
        "must have at least {number} entries",
        c["min_length"],
        number=format(c["min_length"], ","),
    ),
    "too_long": lambda c: ngettext(
        "must have at most {number} entry",
        "must have at most {number} entries",
        c["max_length"],
        number=format(c["max_length"], ","),
    ),
    "invalid_key": N_("has a key that is not text"),
    "recursion_loop": N_("holds itself"),
    "value_error": _said,
    "assertion_error": _said,
}
"""A sentence by kind of error, or what makes one of its context."""

KINDS = frozenset({*ASKED, *SAID})
"""Every kind of error that there are words for."""


def sentence(detail: ErrorDetails) -> str:
    """What is wrong, and what stands there if it is short."""
    told = _words(detail)
    bare = detail["type"] in ("missing", "extra_forbidden", "union_tag_not_found")
    return told if bare else told + _given(detail, told)


def _words(detail: ErrorDetails) -> str:
    asked = _asked(detail)
    return _told(SAID, detail) if asked is None else _("must be {what}", what=asked)


def _asked(detail: ErrorDetails) -> str | None:
    """What the value must be; None where something else is wrong."""
    return _told(ASKED, detail) if detail["type"] in ASKED else None


def _told(words: Mapping[str, str | Callable[[Context], str]], detail: ErrorDetails) -> str:
    told = words[detail["type"]]
    return _(told) if isinstance(told, str) else told(detail.get("ctx", {}))


def _given(detail: ErrorDetails, told: str) -> str:
    given = detail["input"]
    if detail["type"] == "union_tag_invalid":
        given = detail.get("ctx", {}).get("tag")
    if given is None:
        return "" if detail["type"] in ("value_error", "assertion_error") else _(", not empty")
    if isinstance(given, Mapping | list | tuple):
        kind = _("keys with values") if isinstance(given, Mapping) else _("a list")
        return (
            ""
            if detail["type"] in ("value_error", "assertion_error", "too_short", "too_long")
            else _(", not {kind}", kind=kind)
        )
    shown = _shown(given)
    if detail["type"].startswith("date_") and detail["type"].endswith("_parsing"):
        return _(": {shown}", shown=shown)
    if shown in told:
        return ""
    return _(", not {kind}", kind=shown)


def _shown(given: object) -> str:
    if isinstance(given, int) and abs(given) >= 10**LONGEST:  # Python may refuse to spell it out
        return _("a number of so many digits")
    text = repr(given)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def joined(details: Sequence[ErrorDetails]) -> str | None:
    """One sentence where a value may be of several kinds and is of none; None where something else is wrong."""
    asked = [_asked(one) for one in details]
    kinds = dict.fromkeys(one for one in asked if one is not None)
    if None in asked:
        return None
    return _("must be {what}", what=_(" or ").join(kinds)) + _given(details[0], "")


def choices(detail: ErrorDetails) -> list[str]:
    """The words that would be allowed, where there are some."""
    return _listed(detail.get("ctx", {}))


def hint(detail: ErrorDetails) -> str | None:
    """How it is written."""
    kind, given = detail["type"], detail["input"]
    if kind.startswith("date"):
        return _("write YYYY-MM-DD")
    if kind == "string_type" and isinstance(given, int | float) and not isinstance(given, bool):
        return _("put it in quotes: '{shown}'", shown=_shown(given))
    return None
