"""Header array files byte for byte: what is written, and where a record that cannot be is refused."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kosho.errors import InputError
from kosho.world.har import HeaderArray, har_bytes, read_har


def ints(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}i", *numbers)


def words(*texts: str, width: int = 12) -> bytes:
    return b"".join(text.encode("latin-1").ljust(width) for text in texts)


def records(content: bytes) -> list[bytes]:
    """What stands between the lengths of records, behind the four blanks of all but names."""
    found: list[bytes] = []
    while content:
        (size,) = struct.unpack_from("<i", content)
        assert content[4 + size : 8 + size] == content[:4]
        found.append(content[4 : 4 + size])
        content = content[8 + size :]
    return [one[4:] if one.startswith(b"    ") else one for one in found]


def file_of(*contents: bytes) -> bytes:
    return b"".join(ints(len(one)) + one + ints(len(one)) for one in contents)


def test_arrays_are_written_as_records_byte_for_byte() -> None:
    values = np.arange(8.0).reshape(2, 2, 2)
    sets = (("REG", ("jpn", "usa")), ("ITEM", ("a", "twelve-chars")), ("REG", ("jpn", "usa")))
    made = {
        "trad": HeaderArray("trad", values, sets, "t" * 70 + "more"),
        "W": HeaderArray("W", ("short", "thirteen-char"), (), "Wörter"),
        "NONE": HeaderArray("NONE", ()),
    }
    assert records(har_bytes(made)) == [
        b"TRAD",
        b"REFULL" + b"t" * 70 + ints(7, 2, 2, 2, 1, 1, 1, 1),
        ints(2, 1, 3) + words("trad") + ints(1) + words("REG", "ITEM", "REG") + b"kkk" + ints(0, 0, 0, 0),
        ints(1, 2, 2) + words("jpn", "usa"),
        ints(1, 2, 2) + words("a", "twelve-chars"),
        ints(3, 7, 2, 2, 2, 1, 1, 1, 1),
        ints(2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1),
        ints(1) + struct.pack("<8f", 0, 4, 2, 6, 1, 5, 3, 7),
        b"W   ",
        b"1CFULL" + words("Wörter", width=70) + ints(2, 2, 13),
        ints(1, 2, 2) + words("short", "thirteen-char", width=13),
        b"NONE",
        b"1CFULL" + b" " * 70 + ints(2, 0, 12),
        ints(1, 0, 0),
    ]


@pytest.mark.parametrize(("texts", "parts"), [(2499, [2499]), (2500, [2499, 1]), (4999, [2499, 2499, 1])])
def test_texts_are_in_records_that_gempack_can_hold(texts: int, parts: list[int], tmp_path: Path) -> None:
    path = tmp_path / "t.har"
    path.write_bytes(har_bytes({"W": HeaderArray("W", tuple(map(str, range(texts))))}))
    heads = [struct.unpack_from("<3i", one) for one in records(path.read_bytes())[2:]]
    assert heads == [(len(parts) - k, texts, part) for k, part in enumerate(parts)]
    assert read_har(path)["W"].values == tuple(map(str, range(texts)))


@pytest.mark.parametrize(("numbers", "parts"), [(7996, [7996]), (7997, [7996, 1]), (0, [])])
def test_numbers_are_in_records_that_gempack_can_hold(numbers: int, parts: list[int], tmp_path: Path) -> None:
    path = tmp_path / "t.har"
    one = HeaderArray("N", np.arange(float(numbers)), (("S", tuple(map(str, range(numbers)))),))
    path.write_bytes(har_bytes({"N": one}))
    told = records(path.read_bytes())[-2 * len(parts) - 1 :]
    assert [struct.unpack_from("<i", one)[0] for one in told] == list(range(2 * len(parts) + 1, 0, -1))
    assert [(len(one) - 4) // 4 for one in told[2::2]] == parts
    assert np.asarray(read_har(path)["N"].values).tolist() == list(range(numbers))


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (("FOUR", np.ones(1), (("twelve-chars", ("twelve-chars",)),)), []),
        (("FIVES", np.ones(1), (("S", ("a",)),)), ["header 'FIVES' has more than four letters"]),
        (("N", np.ones(1), (("thirteen-char", ("a",)),)), ["'thirteen-char' has more than 12"]),
        (
            ("N", np.ones(2), (("S", ("thirteen-char", "fourteen-chars")),)),
            ["'thirteen-char' has more than 12", "'fourteen-chars' has more than 12"],
        ),
        (("N", np.ones(2), (("S", ("a",)),)), ["values of N do not fit its sets"]),
        (("N", np.ones((1, 1)), (("S", ("a",)),)), ["values of N do not fit its sets"]),
        (("N", np.ones((1, 1)), (("S", ("a",)), ("S", ("b",)))), ["N has two sets of one name"]),
        (("N", np.ones((1, 1, 1)), (("S", ("a",)), ("T", ("b",)), ("S", ("b",)))), ["N has two sets of one"]),
        (("N", np.ones((1, 1, 1)), (("S", ("a",)), ("T", ("b",)), ("S", ("a",)))), []),
    ],
)
def test_what_a_har_file_cannot_hold_is_told(array: tuple[Any, ...], told: list[str]) -> None:
    made = {array[0]: HeaderArray(*array)}
    if not told:
        assert har_bytes(made)
        return
    with pytest.raises(InputError) as caught:
        har_bytes(made)
    assert len(caught.value.problems) == len(told)
    for problem, begins in zip(caught.value.problems, told, strict=True):
        assert problem.message.startswith(begins)


def about(kind: str, *dims: int, storage: str = "FULL") -> bytes:
    return b"    " + kind.encode() + storage.encode() + b" " * 70 + ints(len(dims), *dims)


TEXTS = about("1C", 2, 3)
NO = "is no HAR file that is known"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (file_of(b"W   ", TEXTS, b"    " + ints(1, 2, 2) + b"a bc\0 "), ("a b", "c")),
        (
            file_of(b"w", TEXTS, b"    " + ints(2, 2, 1) + b"abc", b"    " + ints(1, 2, 1) + b"d  "),
            ("abc", "d"),
        ),
        (
            file_of(b"W   ", TEXTS, b"    " + ints(1, 2, 2) + b"abcde"),
            f"{NO}: a record of 21 bytes says that it has 22",
        ),
        (file_of(b"W   ", TEXTS, b"    " + ints(1, 2, 1) + b"abc"), f"{NO}: 1 texts of 2"),
        (file_of(b"W   ", TEXTS, b"    " + ints(2, 2, 2) + b"abcdef"), NO),
        (file_of(b"W   ", about("XX", 1)), f"{NO}: header W is of the type XX, which is not known"),
        (file_of(b"W   ", about("RL", -1)), f"{NO}: header W is of -1 numbers"),
        (file_of(b"W   ", about("RL", 10**5, 10**4)), NO),
        (file_of(b"W   ", about("RL", 10**5, 10**4 + 1)), f"{NO}: header W is of 100000 × 10001 numbers"),
        (file_of(b"W   ", about("RL", 0), b"    " + ints(1)), ()),
        (ints(-1) + bytes(20), f"{NO}: record at byte 0 is broken off"),
        (ints(4) + b"W   " + ints(5), f"{NO}: record at byte 0 has two lengths"),
        (file_of(b"W   ") + ints(5) + b"abcd" + ints(5), f"{NO}: record at byte 12 is broken off"),
        (file_of(b"W   "), NO),
        (file_of(b"W   ") + b"abc", NO),
        (b"", "holds no header arrays"),
        (file_of(b"", b"W   "), "holds no header arrays"),
    ],
    ids=range(17),
)
def test_records_that_cannot_be_are_told_and_others_read(
    content: bytes, told: str | Sequence[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.har"
    path.write_bytes(content)
    if not isinstance(told, str):
        assert tuple(read_har(path)["W"].values) == told
        return
    with pytest.raises(InputError) as caught:
        read_har(path)
    assert caught.value.problems[0].message == told
