"""World tables in every form they are read from, spoilt: read, or refused with an error for people."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random

from tests.fuzz.texts import spoilt, spoilt_bytes
from tests.own_world import rows
from tests.unit.test_world_readers_oecd_csv import Official

from kosho.errors import KoshoError
from kosho.world.loading import calibrated
from kosho.world.readers.long_csv import read_long_csv
from kosho.world.readers.oecd_csv import build_from_oecd_csv
from kosho.world.store import read, write

SETTINGS = {"final": "consumption", "scale": "0.001"}
KEPT = 60
"""Rows of the long table that are spoilt: few, so that what is odd is seldom far behind another oddity."""


@cache
def _long() -> str:
    file = io.StringIO()
    csv.writer(file).writerows([("exporter", "seller", "importer", "user", "value"), *rows()])
    return file.getvalue()


@cache
def _official() -> str:
    file = io.StringIO()
    csv.writer(file).writerows(Official().rows())
    return file.getvalue()


def table(chance: Random, folder: Path) -> None:
    """One table, spoilt in a way of its form."""
    with suppress(KoshoError):
        chance.choice((_from_long, _from_official, _from_archive))(chance, folder)


def _from_long(chance: Random, folder: Path) -> None:
    lines = _long().splitlines(keepends=True)
    start = chance.randrange(1, len(lines) - KEPT)
    few = spoilt(chance, "".join(lines[start : start + KEPT]))
    path = folder / "sales.csv"
    whole = "".join(lines[:start]) + few + "".join(lines[start + KEPT :])
    text = spoilt(chance, whole) if chance.random() < 0.2 else whole
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    calibrated(read_long_csv([path], SETTINGS))


def _from_official(chance: Random, folder: Path) -> None:
    path = folder / chance.choice(("2022_SML.csv", "table.csv"))
    path.write_text(spoilt(chance, _official()), encoding="utf-8", errors="surrogatepass")
    calibrated(build_from_oecd_csv(path))


def _from_archive(chance: Random, folder: Path) -> None:
    whole = folder / "whole.npz"
    if not whole.exists():
        path = folder / "2022_SML.csv"
        path.write_text(_official(), encoding="utf-8")
        write(build_from_oecd_csv(path), whole)
    content = io.BytesIO(spoilt_bytes(chance, whole.read_bytes()))
    calibrated(read(content, "table.npz"))
