"""Archives that are spoilt, at every door that opens one: our own errors, whatever zipfile raises."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kosho.brief.exports.word import read_template
from kosho.errors import InputError
from kosho.packed import SPOILT
from kosho.replications.archive import arrays
from kosho.tabular import content_of
from kosho.world import store
from kosho.world.readers import reader


def _world(path: Path) -> object:
    with path.open("rb") as file:
        return store.read(file, path.name)


def _arrays(path: Path) -> object:
    return arrays(path, {"trade": ("region",)}, {})


def _exiobase(path: Path) -> object:
    return reader("exiobase3").table([path], {})


DOORS: dict[str, Callable[[Path], object]] = {
    "house.docx": read_template,
    "trade.zip": content_of,
    "study.npz": _arrays,
    "world.npz": _world,
    "IOT_2020_ixi.zip": _exiobase,
}


def whole() -> bytes:
    """An archive with a member for every door."""
    held, made = io.BytesIO(), io.BytesIO()
    np.save(held, np.arange(400.0))
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("trade.npy", held.getvalue())
        archive.writestr("trade.csv", "hs,value\n" + "870323,1\n" * 200)
        archive.writestr("meta.json", "{}" + " " * 400)
        archive.writestr("[Content_Types].xml", "<Types>" + " " * 400)
    return made.getvalue()


def _each(content: bytes, at: bytes, behind: int, value: int) -> bytes:
    """The archive with two bytes behind every mark of a kind set to a value."""
    spoilt, place = bytearray(content), content.find(at)
    while place >= 0:
        spoilt[place + behind : place + behind + 2] = value.to_bytes(2, "little")
        place = content.find(at, place + 1)
    return bytes(spoilt)


ENTRY, MEMBER = b"PK\x01\x02", b"PK\x03\x04"
SPOILED = {
    "a version that nobody reads": lambda all_: _each(all_, ENTRY, 6, 65),
    "a method that nobody reads": lambda all_: _each(_each(all_, ENTRY, 10, 99), MEMBER, 8, 99),
    "other content than was packed": lambda all_: _each(all_, MEMBER, 60, 0xFFFF),
    "half of it": lambda all_: all_[: len(all_) // 2],
    "no entry where the end says": lambda all_: _each(all_, ENTRY, 0, 0),
    "nothing": lambda _all: b"",
    "something else": lambda _all: b"\x93NUMPY no archive",
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
@pytest.mark.parametrize("name", DOORS)
def test_a_spoilt_archive_is_told_in_our_words(
    tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(spoil(whole()))
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        DOORS[name](path)


def test_all_that_zipfile_and_zlib_raise_is_meant() -> None:
    assert all(
        issubclass(one, SPOILT) for one in (NotImplementedError, zlib.error, zipfile.BadZipFile, KeyError)
    )


def test_broken_xml_in_a_document_is_no_document(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types")
    (tmp_path / "house.docx").write_bytes(made.getvalue())
    with pytest.raises(InputError, match=r"house\.docx: is no Word document"):
        read_template(tmp_path / "house.docx")
