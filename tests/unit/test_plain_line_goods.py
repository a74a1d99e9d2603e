"""Which of several goods words mean, and whether a name opens a sentence."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kosho.law.catalogue import Code
from kosho.scenario import plain_line

SECTOR = Code("C29", "sector", "Motor vehicles", words=("cars",))
OTHER = Code("C30", "sector", "Cars", words=("ships",))
GROUP = Code("autos", "group", "Passenger vehicles", words=("cars",))
MORE = Code("trucks", "group", "Light trucks", words=("cars",))
BARE = Code("cars-232", "group", "Vehicles")
NEAR = Code("C45", "sector", "Carsharing")
GROUPS: Any = {
    name: SimpleNamespace(importers=importers)
    for name, importers in (("autos", ("USA",)), ("trucks", ("USA",)), ("cars-232", ("USA",)))
}


@pytest.mark.parametrize(
    ("codes", "importers", "meant", "others"),
    [
        ((SECTOR,), ["USA"], "C29", []),
        ((SECTOR, OTHER), ["USA"], "C30", ["C29"]),  # whose name is the word
        ((OTHER, SECTOR), ["USA"], "C30", ["C29"]),
        ((SECTOR, Code("C31", "sector", "Toys", words=("cars",))), ["USA"], None, ["C29", "C31"]),
        ((SECTOR, GROUP), ["USA"], "autos", ["C29"]),
        ((SECTOR, GROUP), [], "autos", ["C29"]),
        ((SECTOR, GROUP), ["KOR"], "C29", []),  # whose law has no such group
        ((SECTOR, GROUP), ["KOR", "USA"], "C29", []),  # the first counts
        ((GROUP, MORE), ["USA"], "autos", ["trucks"]),
        ((BARE,), ["USA"], "cars-232", []),
        ((BARE, SECTOR), ["USA"], "C29", ["cars-232"]),
        ((BARE,), ["KOR"], None, []),
        ((NEAR,), ["USA"], None, []),
        ((), ["USA"], None, []),
    ],
)
def test_goods_that_words_mean(
    codes: tuple[Code, ...],
    importers: list[str],
    meant: str | None,
    others: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plain_line, "found", lambda _words, codes, _kinds: codes)
    reading = plain_line._Reading("", date(2025, 6, 29), codes, importers=importers)
    code = reading._meant("Cars", GROUPS)
    assert (code.code if code else None, reading.others) == (meant, others)


def test_all_words_of_goods_are_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_line, "found", lambda _words, codes, _kinds: codes)
    reading = plain_line._Reading("", date(2025, 6, 29), (SECTOR,), importers=["USA"])
    assert reading._meant("motor cars", GROUPS) == SECTOR
    assert reading._meant("motor ships", GROUPS) is None


@pytest.mark.parametrize(
    ("before", "rate", "importers", "opens"),
    [
        ("", 5, [], True),
        ("\0\0 ", 5, [], True),
        ("the ", 5, [], False),
        ("", 0, [], False),
        ("\0\0 ", 3, [], False),
        ("\0\0 ", 2, [], False),
        ("", 5, ["USA"], False),
    ],
)
def test_a_name_opens_a_sentence_before_its_rate_where_nobody_else_is_named(
    before: str, rate: int, importers: list[str], opens: bool
) -> None:
    reading = plain_line._Reading("", date(2025, 6, 29), (), importers=importers)
    assert reading._opens(before, rate) is opens
