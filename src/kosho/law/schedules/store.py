"""Imported schedules in the user's data folder: a sqlite file an edition, never read whole."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from kosho.errors import InputError, Problem, system_says
from kosho.language import _
from kosho.law.schedules.lines import Line, LineMapping, References, Schedule
from kosho.user_folders import data

__all__ = ["folder", "imported", "path_of", "write"]

_FORM = "kosho schedule 2"
_COLUMNS = "code, description, unit, general, statutory, specials, additional, quota, refs"
_TABLES = f"""
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE line ({_COLUMNS.replace("code", "code TEXT PRIMARY KEY", 1)}) WITHOUT ROWID;
"""


def folder() -> Path:
    """Where imported schedules are kept: under `KOSHO_DATA`, or the user's data folder."""
    return data() / "schedules"


def path_of(importer: str, edition: str) -> Path:
    """File of an imported edition."""
    name = re.sub(r"[^\w.]+", "-", edition.strip().lower()).strip("-.")
    if not name:
        raise InputError(Problem(_("{edition!r} names no edition", edition=edition), key="--edition"))
    return folder() / importer / f"{name}.sqlite"


def write(schedule: Schedule, lines: Iterable[Line]) -> Path:
    """Write an edition, in place of an earlier import of it; whole or not at all.

    Raises:
        InputError: the folder cannot be written to, or another edition is kept under the same name.
    """
    path = path_of(schedule.importer, schedule.edition)
    _refuse_other(path, schedule.edition)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.draft")
    about = {
        "form": _FORM,
        "importer": schedule.importer,
        "edition": schedule.edition,
        "valid_from": schedule.valid_from.isoformat() if schedule.valid_from else "",
        "valid_to": schedule.valid_to.isoformat() if schedule.valid_to else "",
        "source": schedule.source,
        "complete": "yes" if schedule.complete else "no",
        "whole": "yes" if schedule.whole else "no",
        "cites": "yes" if schedule.cites else "no",
    }
    texts: dict[int, str] = {}

    def packed(content: Mapping[str, object]) -> str:
        # Lines share few sets of duties and references, and keep them alive.
        if id(content) not in texts:
            texts[id(content)] = json.dumps(dict(content), ensure_ascii=False, separators=(",", ":"))
        return texts[id(content)]

    rows = (
        (
            line.code,
            line.description,
            line.unit,
            line.general_text,
            line.statutory_text,
            packed(line.special_texts),
            line.additional_text,
            line.quota_text,
            packed(line.references),
        )
        for line in lines
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(draft)) as file, file:
            # Nobody reads the draft: it is whole, and in its place, or gone.
            file.execute("PRAGMA journal_mode = OFF")
            file.execute("PRAGMA synchronous = OFF")
            file.executescript(_TABLES)
            file.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            file.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        draft.replace(path)
    except (OSError, sqlite3.OperationalError) as error:
        hint = _("KOSHO_DATA names another folder")
        raise InputError(
            Problem(_("cannot be written: {error}", error=system_says(error)), hint, file=str(path))
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink()
    return path


def _refuse_other(path: Path, edition: str) -> None:
    """Refuse to take the place of an edition whose name only makes the same file name."""
    if not path.exists():
        return
    try:
        held = _opened(path, path.stat().st_mtime_ns).edition
    except InputError:  # nothing that could still be read
        return
    if " ".join(held.split()).casefold() != " ".join(edition.split()).casefold():
        told = _("{edition!r} would take the place of {held!r}", edition=edition, held=held)
        raise InputError(Problem(told, _("give it another name"), key="--edition"))


class StoredLines(LineMapping):
    """Lines read from a file as they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _ask(self, question: str, *values: str) -> list[tuple[str, ...]]:
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as file:
                return file.execute(question, values).fetchall()
        except sqlite3.DatabaseError as error:
            told = _("the imported schedule cannot be read: {error}", error=error)
            hint = _("import it again")
            raise InputError(Problem(told, hint, file=str(self._path))) from None

    def __getitem__(self, code: str) -> Line:
        found = self._ask(f"SELECT {_COLUMNS} FROM line WHERE code = ?", code)  # noqa: S608 - names of ours
        if not found:
            raise KeyError(code)
        return _line(found[0])

    def __iter__(self) -> Iterator[str]:
        return (code for (code,) in self._ask("SELECT code FROM line ORDER BY code"))

    def __len__(self) -> int:
        return int(self._ask("SELECT count(*) FROM line")[0][0])

    def cited(self) -> dict[str, References]:
        """What lines cite, of those that cite something."""
        rows = self._ask("SELECT code, refs FROM line WHERE refs <> '{}'")
        return {code: _references(text) for code, text in rows}

    def under(self, prefix: str) -> list[Line]:
        """Lines whose code starts with `prefix`, in order."""
        question = f"SELECT {_COLUMNS} FROM line WHERE code >= ? AND code < ? ORDER BY code"  # noqa: S608
        return [_line(row) for row in self._ask(question, prefix, prefix + ":")]


def _line(row: tuple[str, ...]) -> Line:
    code, description, unit, general, statutory, specials, additional, quota, cited = row
    return Line(
        code=code,
        description=description,
        unit=unit,
        general_text=general,
        statutory_text=statutory,
        special_texts=_specials(specials),
        additional_text=additional,
        quota_text=quota,
        references=_references(cited),
    )


@lru_cache(maxsize=4096)
def _specials(text: str) -> Mapping[str, str]:
    # Few sets of preferential duties serve thousands of lines.
    return MappingProxyType(json.loads(text))


@lru_cache(maxsize=4096)
def _references(text: str) -> References:
    return MappingProxyType({column: tuple(cited) for column, cited in json.loads(text).items()})


def imported(importer: str | None = None) -> list[Schedule]:
    """Imported schedules (of one importer), by importer, then the latest first.

    Raises:
        InputError: a file there is not one.
    """
    return [
        schedule
        for file in sorted(folder().glob(f"{importer or '*'}/*.sqlite"))
        for schedule in [_opened(file, file.stat().st_mtime_ns)]
    ]


@lru_cache(maxsize=64)
def _opened(path: Path, changed: int) -> Schedule:  # noqa: ARG001 - a file written anew is opened anew
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
            about: dict[str, str] = dict(file.execute("SELECT key, value FROM about").fetchall())
    except sqlite3.DatabaseError as error:
        raise InputError(
            Problem(_("is not an imported schedule: {error}", error=error), file=str(path))
        ) from None
    if about.get("form") != _FORM:
        raise InputError(
            Problem(_("was written by another version"), _("import the schedule again"), file=str(path))
        )
    return Schedule(
        importer=about["importer"],
        edition=about["edition"],
        lines=StoredLines(path),
        valid_from=date.fromisoformat(about["valid_from"]) if about["valid_from"] else None,
        valid_to=date.fromisoformat(about["valid_to"]) if about["valid_to"] else None,
        source=about["source"],
        complete=about["complete"] == "yes",
        whole=about["whole"] == "yes",
        cites=about["cites"] == "yes",
    )
