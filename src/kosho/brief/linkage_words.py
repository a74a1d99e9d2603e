"""Linked things that no model prices, in words: how much they must be worth, and what is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kosho import formatting
from kosho.language import _

__all__ = ["linkage_words", "transfer_words"]


def linkage_words(one: dict[str, Any], package: str) -> tuple[str, ...]:
    """Sentences of what `kosho bargain --json` has under `linkage`.

    Args:
        one: As there.
        package: The package in words.
    """
    counts = one["better_for_all"]
    ends = formatting.listed([formatting.count(counts[end]) for end in ("low", "value", "high")])
    first = _(
        "With what is linked and not priced at the low end, the middle and the high end of its "
        "declared worth, {ends} packages leave every side better off.",
        ends=ends,
    )
    needed = (_needed(party, amount, one["declared"][party]) for party, amount in one["needed"].items())
    return (first, _("Most in all is gained by: {package}.", package=package), *needed)


def _needed(party: str, amount: float, declared: dict[str, float]) -> str:
    """How much it must be worth to a party that loses as priced."""
    low, high = (formatting.dollars(declared[end], sign=True) for end in ("low", "high"))
    enough = _("within") if declared["high"] > amount else _("above all of")
    name, lost = formatting.the_country(party, starts=True), formatting.dollars(amount)
    return _(
        "{name} loses {lost} dollars a year by that as priced: what is not priced must be worth more "
        "than that to it, which is {enough} the range declared ({low} to {high}).",
        name=name,
        lost=lost,
        enough=enough,
        low=low,
        high=high,
    )


def transfer_words(pays: Mapping[str, float]) -> str:
    """Who pays and who receives how much a year, million USD by party; who hardly does is said in a word.

    >>> transfer_words({"JPN": -2_200.0, "THA": 2_200.0, "IDN": 0.2}).split(", ")[1]
    'Indonesia less than half a million'
    """
    named = {formatting.the_country(code): x for code, x in pays.items()}
    told = [
        _(
            "{name} {part} {money} dollars",
            name=name,
            part=_("pays") if x > 0 else _("receives"),
            money=formatting.dollars(abs(x)),
        )
        for name, x in named.items()
        if formatting.dollars(abs(x)) != formatting.ABOUT_NIL
    ]
    rest = [name for name, x in named.items() if formatting.dollars(abs(x)) == formatting.ABOUT_NIL]
    each = _(" each") if len(rest) > 1 else ""
    if not told:
        names = formatting.listed(rest)
        return _("{names} less than half a million dollars{part} a year", names=names, part=each)
    hardly = _("{names} less than half a million{part}", names=formatting.listed(rest), part=each)
    return _("{names} a year", names=formatting.listed(told)) + (_(", ") + hardly if rest else "")
