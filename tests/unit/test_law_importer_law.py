"""The law of one importer gives the answers of the whole register, from a copy or without one."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from kosho import cache
from kosho.cli.rate import contract
from kosho.codes import countries
from kosho.errors import InputError
from kosho.law import Facts, Query, Register, importer_law, quote
from kosho.law.importer_law import law_of


@pytest.fixture(scope="module")
def whole() -> Register:
    return Register.load()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("importer", ["USA", "CHN", "THA", "JPN", "EU27", "DEU"])
def test_a_copy_is_what_was_kept(whole: Register, importer: str, monkeypatch: pytest.MonkeyPatch):
    first = law_of(importer)
    monkeypatch.setattr(Register, "load", lambda: pytest.fail("a copy is at hand"))
    again = law_of(importer)
    for part in fields(Register):
        assert getattr(again, part.name) == getattr(first, part.name) == getattr(whole.of(importer), part.name)
    for one, other in zip(first.measures, again.measures, strict=True):
        assert one.model_dump_json() == other.model_dump_json()


def test_exclusions_come_in_the_same_order(whole: Register):
    for importer in {code for measure in whole.measures for code in countries() if measure.imposed_by(code)}:
        part = whole.of(importer)
        ordered = sorted(part.order, key=lambda name: (part.order[name], name))
        assert ordered == sorted(part.order, key=lambda name: (whole.order[name], name))


def test_a_part_answers_as_the_whole_does(whole: Register):
    for importer, exporter, code in (
        ("USA", "CHN", "8517.13"),
        ("CHN", "JPN", "0307.22"),
        ("DEU", "USA", "7208.10"),
        ("THA", "JPN", "8703.80"),
    ):
        for told in ({}, {"us_232": "no"}, {"civil_aircraft": "yes"}):
            query = Query(importer, exporter, code, date(2025, 9, 20), facts=Facts(answers=told))
            assert contract(quote(law_of(importer), query), law_of(importer)) == contract(
                quote(whole, query), whole
            )
    assert whole.of("JPN").asked == whole.asked  # a shipment may tell what other importers ask
    with pytest.raises(InputError, match="unknown attribute 'us_323'"):
        quote(
            law_of("JPN"),
            Query("JPN", "USA", "1006.30", date(2025, 9, 20), facts=Facts(answers={"us_323": "no"})),
        )


@pytest.mark.parametrize("damage", [b"", b"0" * 64 + b"\n{}", b"half", None])
def test_a_damaged_copy_is_not_used(folder: Path, whole: Register, damage: bytes | None):
    law_of("CAN")
    copy = max(folder.glob("*.json"), key=lambda path: b'"@":"Register"' in path.read_bytes())
    copy.write_bytes(copy.read_bytes().replace(b"CAN", b"USA") if damage is None else damage)
    assert law_of("CAN").measures == whole.of("CAN").measures
    digest, _, body = copy.read_bytes().partition(b"\n")  # and it is written anew
    assert json.loads(body)["@"] == "Register"
    assert len(digest) == 64


def test_nothing_is_kept_of_nobody(folder: Path):
    assert law_of("XXX").measures
    assert not [path for path in folder.glob("*.json") if b'"@":"Register"' in path.read_bytes()]


def test_a_copy_depends_on_what_is_read(monkeypatch: pytest.MonkeyPatch):
    root = Path(cache.__file__).parent
    assert all(list(root.glob(pattern)) for pattern in importer_law.DEPENDS_ON)
    before = cache.code(*importer_law.DEPENDS_ON)
    monkeypatch.setattr(cache, "__version__", "another")
    cache.code.cache_clear()
    assert cache.code(*importer_law.DEPENDS_ON) != before
    cache.code.cache_clear()
