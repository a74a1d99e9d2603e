"""`--closure KEY=VALUE`: what adjusts, said on the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import N_, _

if TYPE_CHECKING:
    from kosho.equilibrium import Closure

__all__ = ["INCOME", "Closures", "closure_of"]

INCOME = {False: N_("Real income, %"), True: N_("Gain, % of income")}
"""What the first figure is, by whether it is something else than real income: where labour supply moves, or
the treasury keeps revenue."""

Closures = Annotated[
    list[str] | None,
    typer.Option(
        "--closure",
        metavar="KEY=VALUE",
        help="What adjusts: labour_supply=0.5, labour_tax=0.3 (or labour_tax.JPN=0.2; known ones if not "
        "given), revenue=tax-relief|kept, capital=accumulated, capital_share=0.33 (known shares if not given), "
        "labour_mobility=1.5, profits=C29+C30, absorbed.C29=0.5 (or absorbed.JPN:C29=0.9), "
        "deficits=proportional. Give it several times for several.",
    ),
]
NUMBERS = ("labour_supply", "labour_tax", "capital_share", "labour_mobility", "scale")
BY_NAME = ("labour_tax", "capital_share")
WORDS = ("revenue", "capital", "deficits")
WITHOUT_EFFECT = {
    "labour_tax": ("labour_supply", "labour_supply=0.5"),
    "capital_share": ("capital", "capital=accumulated"),
}
"""Keys that say nothing without another, which is needed, and how that is said."""
KEYS = (*NUMBERS, *WORDS, "profits", "absorbed")


def closure_of(given: Sequence[str] | None) -> Closure | None:
    """The closure that several `KEY=VALUE` describe; None where there is none.

    Raises:
        InputError: what is no such pair, an unknown key, or values that cannot be; all are listed.
    """
    if not given:
        return None
    from kosho.equilibrium import Closure

    found: dict[str, Any] = {}
    problems = Problems()
    _refuse_twice(given, problems)
    for text in given:
        name, told, value = text.partition("=")
        key, _other, of = (part.strip() for part in name.partition("."))
        if not told or not value.strip():
            problems.add(
                _("{text!r} is no KEY=VALUE", text=text), _("such as labour_supply=0.5"), key="--closure"
            )
        elif key not in KEYS:
            problems.add(_("{key!r} is no part of a closure", key=key), suggest(key, KEYS), key="--closure")
        elif (key == "absorbed") != bool(of) and key not in BY_NAME:
            hint = _("such as absorbed.C29=0.5") if key == "absorbed" else f"{key}={value.strip()}"
            problems.add(
                _(
                    "{text!r} names {part}",
                    text=text,
                    part=_("no product") if key == "absorbed" else _("what it cannot"),
                ),
                hint,
                key="--closure",
            )
        else:
            _put(found, key, of, value.strip(), problems)
    if found.get("revenue") == "tax-relief" and not found.get("labour_supply"):
        told = _("revenue=tax-relief changes nothing where labour is given")
        problems.add(told, _("say --closure labour_supply=0.5 as well"), key="--closure")
    for key, (needed, said) in WITHOUT_EFFECT.items():
        if key in found and not found.get(needed):
            problems.add(
                _("{key} changes nothing without {said}", key=key, said=said),
                _("say --closure {said} as well", said=said),
                key="--closure",
            )
    problems.raise_if_any()
    try:
        return Closure(**found)
    except InputError as error:
        told = [f"{one.key}: {one.message}" if one.key else one.message for one in error.problems]
        wrong = zip(told, error.problems, strict=True)
        raise InputError([Problem(text, one.hint, key="--closure") for text, one in wrong]) from None


def _refuse_twice(given: Sequence[str], problems: Problems) -> None:
    """The last of two values would hold, and nothing would say so."""
    for name, times in Counter(text.partition("=")[0].strip() for text in given).items():
        if times > 1:
            problems.add(_("{key} is said twice", key=name), _("once"), key="--closure")


def _put(found: dict[str, Any], key: str, of: str, value: str, problems: Problems) -> None:
    if key in WORDS:
        found[key] = value
        return
    if key == "profits":
        found[key] = tuple(code.strip() for code in value.split("+") if code.strip())
        return
    try:
        number = float(value)
    except ValueError:
        problems.add(_("{value!r} is no number", value=value), _("such as {key}=0.5", key=key), key="--closure")
        return
    if not of:
        found[key] = number
        return
    exporter, _other, product = of.rpartition(":")
    if not isinstance(found.get(key, {}), dict):
        problems.add(
            _("{key} is given for all and for {of}", key=key, of=of), _("one of the two"), key="--closure"
        )
        return
    found.setdefault(key, {})[(exporter, product) if key == "absorbed" and exporter else of] = number
