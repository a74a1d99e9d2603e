"""Header array files of GEMPACK (HAR), read and written.

A file is a sequence of Fortran records, each between its length twice. A header is a record of four letters,
one that says type, storage, long name and size, and records of content: characters (`1C`), whole or real
matrices (`2I`, `2R`), or reals over named sets of up to seven dimensions (`RE`, with the elements of the
sets), full or sparse. Numbers are four bytes in the order of the machine that wrote them; here little-endian.

Source: GEMPACK manual, chapter on header array files; the layout of records as other open readers have it.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from kosho.arrays import Array
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, unreadable
from kosho.language import _

__all__ = ["UNKNOWN", "WIDTH", "HeaderArray", "har_bytes", "read_har"]

WIDTH = 12
"""Letters of the name of a set, and of an element."""
UNKNOWN = "UNKN"
"""Header of Kosho's own: over commodities, sources and destinations, 1 where the base duty is not known."""
BY_KOSHO = "by Kosho"
"""What the release (DREL) of a table that Kosho wrote ends in."""
BLANK = b"    "
CHUNK = 7996
"""Numbers in a record, as GEMPACK writes them."""
CHARS = 29_996
DIMS = 7
MOST = 10**9
"""Numbers in an array; the largest data base of GTAP has some ten million."""


@dataclass(frozen=True, eq=False)
class HeaderArray(Shown):
    """One array of a file: over named sets, or characters.

    >>> import numpy as np
    >>> from kosho.world.har import HeaderArray
    >>> HeaderArray("POP", np.array([1.0, 2.0]), (("REG", ("jpn", "usa")),)).elements("REG")
    ('jpn', 'usa')
    """

    name: str
    values: Array | tuple[str, ...]
    """`[one axis a set]`, or texts."""
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name and elements of each axis."""
    title: str = ""

    def elements(self, name: str) -> tuple[str, ...]:
        """Elements of the first axis that is over a set of this name."""
        return next(elements for one, elements in self.sets if one.upper() == name.upper())


class _OddError(ValueError):
    """What a file holds cannot be, in words for people."""


def read_har(path: Path) -> dict[str, HeaderArray]:
    """All arrays of a file by name, in capitals.

    Raises:
        InputError: it cannot be read, or is no HAR file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    found: dict[str, HeaderArray] = {}
    try:
        records = _records(content)
        name = next(records, b"")
        while name:
            array = _array(name.decode("latin-1").strip().upper(), records)
            found[array.name] = array
            name = next(records, b"")
    except (struct.error, ValueError, StopIteration, IndexError) as error:
        told = _("is no HAR file that is known")
        if isinstance(error, _OddError):
            told = _("is no HAR file that is known: {error}", error=error)
        raise InputError(Problem(told, _("a file written by GEMPACK, ViewHAR or harpy"), str(path))) from None
    if not found:
        raise InputError(Problem(_("holds no header arrays"), file=str(path)))
    return found


def _records(content: bytes) -> Iterator[bytes]:
    """Fortran records; the length stands before and behind each."""
    at = 0
    while at < len(content):
        (size,) = struct.unpack_from("<i", content, at)
        if size < 0 or at + size + 8 > len(content):
            raise _OddError(_("record at byte {at} is broken off", at=at))
        (after,) = struct.unpack_from("<i", content, at + 4 + size)
        if after != size:
            raise _OddError(_("record at byte {at} has two lengths", at=at))
        yield content[at + 4 : at + 4 + size]
        at += size + 8


def _array(name: str, records: Iterator[bytes]) -> HeaderArray:
    about = next(records)
    kind, storage = about[4:6].decode("latin-1"), about[6:10].decode("latin-1")
    title = about[10:80].decode("latin-1").strip()
    (count,) = struct.unpack_from("<i", about, 80)
    dims = struct.unpack_from(f"<{count}i", about, 84)
    if kind == "1C":
        return HeaderArray(name, _texts(records, dims[0], dims[1]), (), title)
    if kind in ("2I", "2R"):
        return HeaderArray(name, _matrix(records, dims, "<i4" if kind == "2I" else "<f4"), (), title)
    if kind not in ("RE", "RL"):
        raise _OddError(_("header {name} is of the type {kind}, which is not known", name=name, kind=kind))
    sets = _sets(records, dims) if kind == "RE" else ()
    shape = dims[: len(sets)] if kind == "RE" else dims
    if min(shape, default=0) < 0 or prod(shape) > MOST:
        raise _OddError(_("header {name} is of {shape} numbers", name=name, shape=" × ".join(map(str, shape))))
    flat = _full(records, prod(shape)) if storage == "FULL" else _sparse(records, prod(shape))
    return HeaderArray(name, flat.reshape(shape, order="F"), sets, title)


def _refuse_beyond(record: bytes, end: int) -> None:
    """What a record says that it holds is in it."""
    if end > len(record):
        raise _OddError(_("a record of {size} bytes says that it has {end}", size=len(record), end=end))


def _texts(records: Iterator[bytes], count: int, width: int) -> tuple[str, ...]:
    found: list[str] = []
    while True:
        record = next(records)
        left, _most, here = struct.unpack_from("<3i", record, 4)
        _refuse_beyond(record, 16 + here * width)
        found += [
            record[16 + k * width : 16 + (k + 1) * width].decode("latin-1").rstrip("\0 ") for k in range(here)
        ]
        if left <= 1:
            break
    if len(found) != count:
        raise _OddError(_("{number} texts of {size}", number=len(found), size=count))
    return tuple(found)


def _matrix(records: Iterator[bytes], dims: Sequence[int], number: str) -> Array:
    values = np.zeros((dims[0], dims[1]))
    while True:
        record = next(records)
        left, _rows, _columns, top, bottom, first, last = struct.unpack_from("<7i", record, 4)
        shape = bottom - top + 1, last - first + 1
        block = np.frombuffer(record, number, offset=32).reshape(shape, order="F")
        values[top - 1 : bottom, first - 1 : last] = block
        if left <= 1:
            return values


def _sets(records: Iterator[bytes], dims: Sequence[int]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name and elements of every axis; a set that stands twice has its elements once."""
    record = next(records)
    _distinct, _one, count = struct.unpack_from("<3i", record, 4)
    at = 32  # behind the name of the coefficient and a one
    _refuse_beyond(record, at + count * (WIDTH + 5))
    names = [record[at + k * WIDTH : at + (k + 1) * WIDTH].decode("latin-1").strip() for k in range(count)]
    status = record[at + count * WIDTH : at + count * (WIDTH + 1)].decode("latin-1")
    at += count * (WIDTH + 1) + 4 * count
    (explicit,) = struct.unpack_from("<i", record, at)
    _refuse_beyond(record, at + 4 + explicit * WIDTH)
    single = [
        record[at + 4 + k * WIDTH : at + 4 + (k + 1) * WIDTH].decode("latin-1").strip() for k in range(explicit)
    ]
    known: dict[str, tuple[str, ...]] = {}
    found: list[tuple[str, tuple[str, ...]]] = []
    for axis, (name, kind) in enumerate(zip(names, status, strict=True)):
        if kind == "k":
            if name not in known:
                known[name] = _texts(records, dims[axis], WIDTH)
            found.append((name, known[name]))
        else:
            one = (single.pop(0),) if kind == "e" and single else tuple(str(k + 1) for k in range(dims[axis]))
            found.append((name, one))
    return tuple(found)


def _full(records: Iterator[bytes], size: int) -> Array:
    (left,) = struct.unpack_from("<i", next(records), 4)
    values: list[Array] = []
    while left > 1:
        next(records)  # where the next numbers stand, which is behind the last
        record = next(records)
        (left,) = struct.unpack_from("<i", record, 4)
        values.append(np.frombuffer(record, "<f4", offset=8).astype(np.float64))
    found = np.concatenate(values) if values else np.zeros(0)
    if found.size != size:
        raise _OddError(_("{number} numbers of {size}", number=found.size, size=size))
    return found


def _sparse(records: Iterator[bytes], size: int) -> Array:
    next(records)  # how many, and how wide
    values = np.zeros(size)
    while True:
        record = next(records)
        left, _most, here = struct.unpack_from("<3i", record, 4)
        places = np.frombuffer(record, "<i4", here, 16)
        if places.size and not 1 <= places.min() <= places.max() <= size:
            raise _OddError(
                _(
                    "a number at place {least} or {most} of {size}",
                    least=places.min(),
                    most=places.max(),
                    size=size,
                )
            )
        values[places - 1] = np.frombuffer(record, "<f4", here, 16 + 4 * here)
        if left <= 1:
            return values


def har_bytes(arrays: Mapping[str, HeaderArray]) -> bytes:
    """A file that holds some arrays; reals are written with four bytes, as GEMPACK has them.

    Raises:
        InputError: a name that does not fit into its letters, which would spoil those behind it.
    """
    _refuse_long(arrays)
    file = io.BytesIO()
    for name, array in arrays.items():
        _put(file, name.upper().ljust(4).encode("latin-1"))
        if isinstance(array.values, tuple):
            width = max((WIDTH, *map(len, array.values)))
            _put_about(file, "1C", array.title, (len(array.values), width))
            _put_texts(file, array.values, width)
        else:
            _put_about(file, "RE", array.title, (*array.values.shape, *(1,) * (DIMS - array.values.ndim)))
            _put_sets(file, name, array)
            _put_numbers(file, array.values)
    return file.getvalue()


def _refuse_long(arrays: Mapping[str, HeaderArray]) -> None:
    problems = Problems()
    for name, array in arrays.items():
        if len(name) > 4:
            problems.add(_("header {name!r} has more than four letters", name=name), key=name)
        if not isinstance(array.values, tuple) and array.values.shape != tuple(len(e) for _, e in array.sets):
            problems.add(_("values of {name} do not fit its sets", name=name), key=name)
        for one, elements in array.sets:
            for text in (one, *elements):
                if len(text) > WIDTH:
                    told = _(
                        "{text!r} has more than {width} letters, which is all that a HAR file keeps",
                        text=text,
                        width=WIDTH,
                    )
                    problems.add(told, _("shorter labels"), key=name)
    problems.raise_if_any()


def _put(file: io.BytesIO, record: bytes) -> None:
    size = struct.pack("<i", len(record))
    file.write(size + record + size)


def _put_about(file: io.BytesIO, kind: str, title: str, dims: Sequence[int]) -> None:
    text = f"{kind}FULL{title[:70]:70}".encode("latin-1", "replace")
    _put(file, BLANK + text + struct.pack(f"<{len(dims) + 1}i", len(dims), *dims))


def _put_texts(file: io.BytesIO, texts: Sequence[str], width: int) -> None:
    most = CHARS // width
    parts = [texts[k : k + most] for k in range(0, len(texts), most)] or [()]
    for left, part in zip(range(len(parts), 0, -1), parts, strict=True):
        words = b"".join(text.encode("latin-1", "replace").ljust(width) for text in part)
        _put(file, BLANK + struct.pack("<3i", left, len(texts), len(part)) + words)


def _put_sets(file: io.BytesIO, name: str, array: HeaderArray) -> None:
    distinct = dict(array.sets)
    if any(distinct[one] != elements for one, elements in array.sets):
        raise InputError(
            Problem(_("{name} has two sets of one name with other elements", name=name), _("name them apart"))
        )
    count = len(array.sets)
    record = BLANK + struct.pack("<3i", len(distinct), 1, count) + name.ljust(WIDTH).encode("latin-1")
    record += struct.pack("<i", 1) + b"".join(one.ljust(WIDTH).encode("latin-1") for one, _ in array.sets)
    _put(file, record + b"k" * count + struct.pack(f"<{count + 1}i", *(0,) * count, 0))
    for elements in distinct.values():
        _put_texts(file, elements, WIDTH)


def _put_numbers(file: io.BytesIO, values: Array) -> None:
    shape = (*values.shape, *(1,) * (DIMS - values.ndim))
    flat = values.ravel(order="F").astype("<f4")
    parts = [flat[k : k + CHUNK] for k in range(0, flat.size, CHUNK)]
    left = 2 * len(parts) + 1
    _put(file, BLANK + struct.pack(f"<{2 + DIMS}i", left, DIMS, *shape))
    whole = [bound for size in shape for bound in (1, size)]
    for part in parts:
        left -= 1
        _put(file, BLANK + struct.pack(f"<{1 + 2 * DIMS}i", left, *whole))
        left -= 1
        _put(file, BLANK + struct.pack("<i", left) + part.tobytes())
