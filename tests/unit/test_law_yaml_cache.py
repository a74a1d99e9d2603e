from __future__ import annotations

from pathlib import Path

import pytest
from tests.measures import headings, measure, register

from kosho import cache as kept
from kosho.errors import InputError
from kosho.law import Register
from kosho.law import yaml_cache as stored
from kosho.law.measure_file import MeasureFile
from kosho.yamlfile import load

TEXT = """\
title: t
sources:
  - {id: s, title: S, publisher: P, kind: primary}
lists:
  cars: {title: Cars, edition: HS 2022, prefixes: ["8703"], except: ["8703.10"], source: [s]}
measures:
  - id: m
    title: M
    imposer: USA
    authority: a
    scope: {lists: [cars], attributes: {us_232: yes}}
    kind: tariff
    value: {EU27: 10.5, all: 20}
    stage: in_force
    legal_from: 2025-01-01
    known_from: 2025-01-01
    legal_basis: law
    source: [s]
    status: fact
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "r.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_copy_gives_the_same_document_and_lines(file: Path, monkeypatch: pytest.MonkeyPatch):
    document, lines = load(file, MeasureFile)
    assert stored.read(file, MeasureFile)[0] == document
    (copy,) = kept.folder().iterdir()
    calls: list[Path] = []
    monkeypatch.setattr(stored, "load", lambda *asked: calls.append(asked[0]) or load(*asked))
    again, known = stored.read(file, MeasureFile)
    assert (again, known["measures", 0], calls) == (document, lines["measures", 0], [])
    assert known["measures", 0, "scope", "lists"] == lines["measures", 0, "scope", "lists"] == 11
    assert calls == [file]
    copy.write_bytes(b"not a copy")
    assert stored.read(file, MeasureFile)[0] == document


def test_a_changed_file_is_read_anew(file: Path):
    stored.read(file, MeasureFile)
    file.write_text(TEXT.replace("10.5", "11.5"), encoding="utf-8")
    assert stored.read(file, MeasureFile)[0].measures[0].level_on("DEU") == 11.5
    file.write_text(TEXT.replace("value:", "valeu:"), encoding="utf-8")
    with pytest.raises(InputError, match=r"r.yaml:13: .*valeu"):
        stored.read(file, MeasureFile)


def test_everything_works_where_no_copy_can_be_kept(file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KOSHO_CACHE", str(file / "no folder"))
    assert stored.read(file, MeasureFile) == load(file, MeasureFile)
    assert not kept.folder().exists()


def same(one: Register, other: Register) -> bool:
    parts = ("measures", "lists", "sources", "covers", "not_covered", "products")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def test_a_register_dumped_and_loaded_is_the_same(file: Path, tmp_path: Path):
    for paths in ([file], None):
        book = Register.load(paths)
        book.dump(tmp_path / "dumped.yaml")
        assert same(Register.load([tmp_path / "dumped.yaml"]), book)


def test_a_register_that_cannot_be_written_says_so(tmp_path: Path):
    book = register(measure(), cars=headings("8703"))
    with pytest.raises(InputError, match="cannot be written"):
        book.dump(tmp_path / "no" / "folder.yaml")
