"""Official schedule files into the user's store: all of a schedule, or nothing and every mistake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kosho.codes import countries
from kosho.collector import without_collector
from kosho.display import Shown
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.law.schedules import japan, table
from kosho.law.schedules.hts import COLUMNS as HTS_COLUMNS
from kosho.law.schedules.hts import read_hts
from kosho.law.schedules.lines import LineBook, Schedule
from kosho.law.schedules.preferences import territory
from kosho.law.schedules.reading import ScheduleDraft, require, rows_of
from kosho.law.schedules.store import write
from kosho.law.schedules.table import AS_PRINTED, Reading
from kosho.tabular import kind_of

__all__ = ["Imported", "import_files", "read_files"]

TABLES = (".csv", ".tsv", ".json", ".parquet")
CHAPTERS = 90
"""A schedule with as many chapters is whole: 97 are in use, less what a country leaves out."""


@dataclass(frozen=True, slots=True)
class Imported(Shown):
    """An imported edition and what there is to tell of it."""

    schedule: Schedule
    path: Path
    draft: ScheduleDraft


def read_files(files: Sequence[Path], reading: Reading = AS_PRINTED) -> ScheduleDraft:
    """Read the files of one edition, each in the form it has; a folder stands for the files in it.

    Raises:
        InputError: every malformed row of every file, with file and line.
    """
    draft = ScheduleDraft()
    for path in _inside(files):
        try:
            _read(path, draft, reading)
        except InputError as error:
            draft.problems += error.problems
    draft.raise_if_wrong(files)
    return draft


def _inside(files: Sequence[Path]) -> list[Path]:
    """Files, with those of each folder in its place, chapters in order: its tables, or its pages where it has
    none.
    """
    found: list[Path] = []
    for path in files:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [(kind_of(one), one) for one in path.rglob("*") if one.is_file()]
        own = [one for kind, one in inside if kind in TABLES] or [
            one for kind, one in inside if kind in japan.PAGES
        ]
        if not own:
            raise InputError(
                Problem(
                    _("holds no file of a schedule"),
                    _("one of {kinds}", kinds=", ".join((*TABLES, *japan.PAGES))),
                    file=str(path),
                )
            )
        found += sorted(own, key=lambda one: (one.parent, one.stem.zfill(len("00")), one.name))
    return found


def _read(path: Path, draft: ScheduleDraft, reading: Reading) -> None:
    if not path.exists():
        raise InputError(Problem(_("cannot be read: no such file"), file=str(path)))
    suffix = kind_of(path)
    if suffix in japan.PAGES:
        japan.read_japan(path, draft)
    elif suffix in TABLES:
        _read_rows(path, suffix, draft, reading)
    else:
        hint = _(
            "USITC export, Japan's schedule or a table in .csv, .tsv, .json or .parquet, pages of Japan "
            "Customs in .html; .xlsx and .zip for .csv"
        )
        raise InputError(
            Problem(_("unknown kind of file {suffix!r}", suffix=path.suffix), hint, file=str(path))
        )


def _read_rows(path: Path, kind: str, draft: ScheduleDraft, reading: Reading) -> None:
    """Read a file by its headings: those of the USITC's export, of Japan's schedule, or of a plain table."""
    headings = _headings(path)
    if require(headings, {"number": HTS_COLUMNS["number"]})["number"]:
        read_hts(path, draft)
    elif japan.is_japanese_schedule(headings):
        japan.read_japan(path, draft)
    elif kind == ".json" and not table.is_table(headings):
        read_hts(path, draft)  # which tells what is missing
    else:
        table.read_table(path, draft, reading)


def _headings(path: Path) -> dict[str, str]:
    """Of the first row; none where there is no row to be read."""
    first = next(rows_of(path, Problems(str(path))), None)
    return {} if first is None else dict.fromkeys(first.cells, "")


def import_files(
    files: Sequence[Path],
    importer: str,
    edition: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reading: Reading = AS_PRINTED,
) -> Imported:
    """Read an edition and write it to the store.

    Args:
        files: one export, or one a chapter.
        importer: ISO 3166 alpha-3; members of a customs union share its schedule.
        edition: such as `HTS 2025 rev 5`; an earlier import of the same edition is replaced.
        valid_from: first day it applies; None where it is not known.
        valid_to: last day it applies.
        reading: what numbers in a plain table mean where they do not say it.

    Raises:
        InputError: every malformed row of every file; nothing is written then.
    """
    known = {*countries(), "EU27"}
    if importer not in known:
        raise InputError(
            Problem(
                _("unknown importer {importer!r}", importer=importer),
                suggest(importer, known),
                key="--importer",
            )
        )
    if valid_from and valid_to and valid_to < valid_from:
        raise InputError(
            Problem(
                _("{valid_to} is before {valid_from}", valid_to=valid_to, valid_from=valid_from), key="--to"
            )
        )
    with without_collector():
        draft = read_files(files, replace(reading, importer=importer))
    lines = sorted(draft.lines.values(), key=lambda line: line.code)
    schedule = Schedule(
        importer=territory(importer),
        edition=edition,
        lines=LineBook(lines),
        valid_from=valid_from,
        valid_to=valid_to,
        source=f"{edition}, {', '.join(path.name for path in files)}",
        complete=any(line.special_texts for line in lines),
        whole=len({line.code[:2] for line in lines}) >= CHAPTERS,
        cites=any(line.references for line in lines),
    )
    return Imported(schedule, write(schedule, lines), draft)
