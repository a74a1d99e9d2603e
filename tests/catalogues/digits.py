"""Numbers of a text and of its translation: the same, whatever counts them (19億, 1.9 billion; 7月, July)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kosho.formatting.words import MONTHS

__all__ = ["astray", "numbers"]

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)*")
FIELD = re.compile(r"\{[^{}]*\}")
MANY = {"兆": 1e12, "億": 1e8, "万": 1e4}
COUNTED = re.compile("".join(rf"(?:({NUMBER.pattern}){sign})?" for sign in MANY) + rf"({NUMBER.pattern})?")
"""5億7,000万 and 1万6,000 are one number each."""
SCALES = {
    1e3: r"thousand|thousands|k",
    1e6: r"million|millions|m|Mt",
    1e9: r"billion|billions|bn",
    1e12: r"trillion|tn",
}
IN_DIGITS = """
zero=0 no=0 none=0 nothing=0 a=1 an=1 each=1 once=1 one=1 first=1 single=1 alone=1 year=1 time=1 times=1
again=1.5 two=2 both=2 either=2 second=2 twice=2 doubled=2 half=2,1,0.5,30 three=3 third=3,1 iii=3 four=4
fourth=4 fifths=5
quarter=4,1,0.25 quarters=4,75 five=5 fifth=5,1 six=6 seven=7 seventh=7 eight=8 eighth=8 nine=9 ten=10
tenth=10,1 tenths=10 eleven=11 twelve=12 dozen=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16
seventeen=17 eighteen=18 nineteen=19 twenty=20 twentieth=20 thirty=30 forty=40 fifty=50 fiftieth=50
sixty=60 ninety=90 hundred=100
hundreds=100 thousand=1e3 thousands=1e3 thousandth=1e3 million=1e6 millions=1e6 billion=1e9
bn=1e9
"""
"""What a word may become."""
SAID = {
    word: tuple(float(number) for number in counted.split(","))
    for word, counted in re.findall(r"(\w+)=(\S+)", IN_DIGITS)
}


def numbers(text: str) -> set[float | str]:
    """Numbers of a Japanese text, or of an English one as they stand; codes such as 9903.81.87 as they are.

    >>> sorted(numbers("1万6,000台、5億7,000万ドル、0.5"))
    [0.5, 16000.0, 570000000.0]
    """
    return set(_numbers(FIELD.sub(" ", text)))


def _numbers(text: str) -> Iterator[float | str]:
    for match in COUNTED.finditer(text):
        *many, rest = match.groups()
        if any(many):
            parts = zip((*many, rest), (*MANY.values(), 1.0), strict=True)
            yield _whole(sum(float(_plain(part)) * by for part, by in parts if part))
        elif rest:
            plain = _plain(rest)
            yield plain if plain.count(".") > 1 else float(plain)


def _whole(number: float) -> float:
    """Without the dust of decimals that are no binary fractions."""
    return float(f"{number:.12g}")


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")


def astray(english: str, told: str) -> set[float | str]:
    """Numbers that one of two texts has and the other lacks.

    >>> astray("7.5 billion by July 2028", "2028年7月までに75億")
    set()
    >>> astray("7.5 billion by 2028", "2026年までに7.5億")
    {...}
    """
    said, meant = (numbers(re.sub(r":00\b", " ", text)) for text in (english, told))
    scales = [
        by for by, words in SCALES.items() if re.search(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])", english)
    ]
    words = re.findall(r"[a-z]+", english.lower())
    spoken = {number for word in words for number in SAID.get(word, ())}
    spoken |= {float(place) for place, month in enumerate(MONTHS, 1) if month.lower() in words}
    lost = {one for one in said if not _forms(one, scales) & meant}
    found = {form for one in said for form in _forms(one, scales)} | spoken
    found |= {one * by for one in spoken for by in scales}
    return lost | (meant - found)


def _forms(number: float | str, scales: list[float]) -> set[float | str]:
    """What a number may stand for: 15 in `15 to 35 million` is so many millions."""
    return {number} | {_whole(number * by) for by in scales if isinstance(number, float)}
