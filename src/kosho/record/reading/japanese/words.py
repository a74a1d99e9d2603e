"""Words of Japanese sentences, and the text with full-width signs made half-width in place."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from typing import Any, NamedTuple

from kosho.extras import missing
from kosho.language import _

__all__ = ["Word", "half_width", "is_family", "words"]

_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B)} | {
    ord("％"): "%",
    ord("．"): ".",
    ord("，"): "、",
    ord("　"): " ",
    ord("～"): "〜",
    ord("−"): "-",
    ord("："): "：",
    ord("（"): "(",
    ord("）"): ")",
}


_IN_NUMBER = re.compile(r"(?<=\d)，(?=\d{3})")
"""A wide comma inside a number; any other is written for `、`."""


class Word(NamedTuple):
    """A word: where it stands, and its part of speech as the dictionary tells it."""

    start: int
    end: int
    surface: str
    kind: tuple[str, ...]
    known: bool

    @property
    def is_name(self) -> bool:
        """Whether it is a name of people."""
        return "人名" in self.kind


def half_width(text: str) -> str:
    """The text with full-width digits, letters and signs made half-width; nothing moves.

    >>> half_width("７０分、２５％")
    '70分、25%'
    """
    return _IN_NUMBER.sub(",", text).translate(_WIDE)


@cache
def _dictionary() -> Any:
    try:
        import sudachipy  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise missing("read-ja", _("reading Japanese")) from None
    if find_spec("sudachidict_core") is None:
        raise missing("read-ja", _("reading Japanese"))
    return sudachipy.Dictionary(dict="core")


@cache
def _tokenizer() -> Any:
    dictionary = _dictionary()
    return (getattr(dictionary, "tokenizer", None) or dictionary.create)()


@cache
def is_family(surface: str) -> bool:
    """Whether the dictionary knows a name of a family that is written so, whatever else it means.

    >>> is_family("岩屋"), is_family("女性")
    (True, False)

    Raises:
        InputError: SudachiPy is not installed.
    """
    return any("姓" in one.part_of_speech() for one in _dictionary().lookup(surface))


def words(text: str, start: int, end: int) -> list[Word]:
    """Words of `text[start:end]`, with their places in `text`.

    Raises:
        InputError: SudachiPy is not installed.
    """
    return [
        Word(
            start + one.begin(), start + one.end(), one.surface(), tuple(one.part_of_speech()), not one.is_oov()
        )
        for one in _tokenizer().tokenize(text[start:end])
    ]
