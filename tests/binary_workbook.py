"""Writes a binary workbook (.xlsb, [MS-XLSB]) of one sheet, as WIOD publishes its tables of 2016."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["write_xlsb"]

TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)


def _record(kind: int, content: bytes = b"") -> bytes:
    """A record: kind and length by seven bits a byte, the lowest first, then its content (2.1.4)."""
    return _varied(kind) + _varied(len(content)) + content


def _varied(number: int) -> bytes:
    made = bytearray()
    while True:
        low, number = number & 0x7F, number >> 7
        made.append(low | (0x80 if number else 0))
        if not number:
            return bytes(made)


def _text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def _sheet(rows: Iterable[Sequence[object]]) -> bytes:
    """BrtBeginSheet, BrtWsDim, BrtBeginSheetData, rows of BrtCellReal and BrtCellSt, and their ends."""
    held = list(rows)
    width = max(map(len, held))
    made = [_record(129), _record(148, struct.pack("<4I", 0, len(held) - 1, 0, width - 1)), _record(145)]
    for number, row in enumerate(held):
        made.append(_record(0, struct.pack("<II", number, 0) + bytes(9)))
        for column, cell in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, int | float):
                made.append(_record(5, place + struct.pack("<d", cell)))
            elif cell:
                made.append(_record(6, place + _text(str(cell))))
    return b"".join([*made, _record(146), _record(130)])


def write_xlsb(path: Path, name: str, rows: Iterable[Sequence[object]]) -> Path:
    """A workbook of one sheet with numbers and texts."""
    bundle = struct.pack("<II", 0, 1) + _text("rId1") + _text(name)
    book = b"".join([_record(131), _record(143), _record(156, bundle), _record(144), _record(132)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", RELATIONS.format(kind="officeDocument", target="xl/workbook.bin"))
        packed.writestr("xl/workbook.bin", book)
        packed.writestr(
            "xl/_rels/workbook.bin.rels", RELATIONS.format(kind="worksheet", target="worksheets/sheet1.bin")
        )
        packed.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
    return path
