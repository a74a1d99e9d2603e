"""Writing the folder of a new case, once what is in it has been seen to run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from kosho.case import Case
from kosho.case_files import told_by
from kosho.case_folders import case_names
from kosho.codes import sectors
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, system_says
from kosho.impact.reach import idle
from kosho.language import _, ngettext
from kosho.law.register import Register
from kosho.outputs import require_folder, save, scratch
from kosho.progress import Progress, silent
from kosho.record.accept import Book, entry_id
from kosho.record.drafts import Pile
from kosho.record.ledger import Record
from kosho.starter.plan import Plan, checked_parties, day_of, planned
from kosho.starter.text import files, guide
from kosho.yamlfile import Loader

__all__ = ["NewCase", "new_case"]

LONGEST = 80
NAME = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST - 1}}}")
TAKEN = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")
"""Names that Windows keeps for devices."""
TRIES = 4
"""Sectors of an importer that are tried until a cut of its duty reaches something."""


@dataclass(frozen=True)
class NewCase(Shown):
    """What was written, and what to do with it.

    >>> from pathlib import Path
    >>> from kosho.starter.folder import NewCase
    >>> NewCase(Path("uk-india"), ("case.yaml", "measures.yaml"), ("kosho brief uk-india",)).files
    ('case.yaml', 'measures.yaml')
    """

    folder: Path
    files: tuple[str, ...]
    guide: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What was assumed, and what of the record was not taken in."""


@dataclass(frozen=True)
class _Told:
    """What a case is begun from."""

    contents: Mapping[str, str]
    """Files of the record."""
    parties: tuple[str, ...]
    day: date | None
    notes: tuple[str, ...] = ()


@as_declared
def new_case(
    name: str,
    parties: Sequence[str] = (),
    begun_from: Path | None = None,
    out: Path = Path(),
    as_of: date | None = None,
    progress: Progress = silent,
) -> NewCase:
    """Write the folder of a new case: commented files that run at once.

    Args:
        name: Of the case and its folder: lower-case letters, digits and hyphens.
        parties: Economies and blocs; those that talk in the record if not given.
        begun_from: A `record.yaml`, or a file of drafts of which what was accepted is taken in.
        out: The folder that it is made in.
        as_of: The day it is about; the last day of the record, or today, as far as the register reaches.
        progress: Called with what is being done.

    Raises:
        InputError: the name is none, the folder is there already, parties are missing or wrong, or what it is
            begun from cannot be read. Nothing is written then.

    >>> from pathlib import Path
    >>> from kosho.starter import new_case
    >>> made = new_case("japan-britain", ["JPN", "GBR"])
    >>> made.files
    ('case.yaml', 'measures.yaml', 'products.yaml', 'record.yaml', 'table.yaml')
    >>> new_case("japan-britain", ["JPN", "GBR"])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: japan-britain: is there already (choose another name; nothing is overwritten)
    """
    folder = _free(name, out)
    told = _Told({}, (), None) if begun_from is None else _told(begun_from)
    given = tuple(parties) or told.parties
    if not given:
        raise InputError(Problem(_("no parties"), _("such as --parties JPN,GBR"), key="--parties"))
    codes = checked_parties(given)
    register = Register.load()
    day, notes = _day(register, as_of, told.day)
    progress(_("Choosing what to negotiate"))
    with scratch() as place:
        contents = _running(name, codes, day, told, place)
    require_folder(folder)
    save({folder / file: text for file, text in contents.items()}, folder=folder)
    shown = folder.as_posix()
    return NewCase(folder, tuple(sorted(contents)), guide(shown), (*notes, *told.notes))


def _free(name: str, out: Path) -> Path:
    if not NAME.fullmatch(name):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()[:LONGEST]).strip("-")
        hint = _("lower-case letters, digits and hyphens, {most} at most", most=LONGEST)
        hint += _(", such as {slug}", slug=slug) if slug else ""
        raise InputError(Problem(_("{name!r} names no case", name=name[:LONGEST]), hint, key="NAME"))
    if TAKEN.fullmatch(name):
        raise InputError(
            Problem(_("{name!r} names no case", name=name), _("Windows keeps it for a device"), key="NAME")
        )
    folder = out / name
    if folder.exists():
        hint = _("choose another name; nothing is overwritten")
        raise InputError(Problem(_("is there already"), hint, file=folder.as_posix()))
    if name in case_names():
        hint = _("choose another name, or it is found first")
        raise InputError(Problem(_("a case {name!r} is there already", name=name), hint, key="NAME"))
    return folder


def _day(register: Register, wanted: date | None, told: date | None) -> tuple[date, list[str]]:
    """The day, and what is to be said of it."""
    if wanted is not None or told is None:
        return day_of(register, wanted), []
    try:
        return day_of(register, told), []
    except InputError as error:
        day = day_of(register, None)
        why = error.problems[0].message
        return day, [_("{why}: the case is about {day}, not the last day of its record", why=why, day=day)]


def _running(name: str, parties: tuple[str, ...], day: date, told: _Told, scratch: Path) -> dict[str, str]:
    """Files of a case all of whose concessions reach something."""
    worn: dict[str, frozenset[str]] = {}
    for attempt in range(TRIES + 1):
        plan = planned(name, parties, day, worn)
        contents = {**files(plan), **told.contents}
        folder = scratch / str(attempt) / name
        save({folder / file: text for file, text in contents.items()}, folder=folder)
        idling = _idle(Case.load(folder), plan)
        if not idling:
            return contents
        for importer in idling:
            sector = next(one.sector for one in plan.subjects if one.importer == importer)
            # At last no duty is tried any more: days at the border are always something.
            tried = frozenset(sectors()) if attempt == TRIES - 1 else frozenset((sector,))
            worn[importer] = worn.get(importer, frozenset()) | tried
    raise InputError(
        Problem(_("nothing between {names} could be changed", names=", ".join(parties)), _("name others"))
    )


def _idle(case: Case, plan: Plan) -> list[str]:
    """Importers whose first concession reaches nothing."""
    world = case.worlds().whole
    first = case.scenario("deal").overlay
    law = case.law("deal")
    found = idle(world, case.register, first, law.on, law.known)
    return [one.importer for one in plan.subjects if any(name.startswith(f"{one.id}-") for name in found)]


def _told(path: Path) -> _Told:
    """The record that a case is begun from.

    Raises:
        InputError: the file is neither a record nor a file of drafts, or is wrong.
    """
    try:
        content = path.read_text(encoding="utf-8")
        document = yaml.load(content, Loader)  # noqa: S506 - a safe loader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        why = system_says(error) if isinstance(error, OSError) else _("is not YAML text")
        raise InputError(Problem(_("cannot be read: {why}", why=why), file=str(path), key="--from")) from None
    if isinstance(document, dict) and "drafts" in document:
        return _of_drafts(path, content)
    record = Record.load(path)
    if not record.file.statements:
        return _Told({"record.yaml": content}, (), None)
    case = told_by(record)
    return _Told({"record.yaml": content}, tuple(one.economy for one in case.parties), case.as_of)


def _of_drafts(path: Path, content: str) -> _Told:
    """A record of the drafts that were accepted; all of them come along."""
    pile = Pile.open(path)
    accepted = [key for key, decision in pile.decisions.items() if decision == "accepted"]
    left = sum(decision == "pending" for decision in pile.decisions.values())
    number = len(accepted)
    note = _("; ").join((
        ngettext(
            "{number} accepted draft is in record.yaml",
            "{number} accepted drafts are in record.yaml",
            number,
            number=number,
        ),
        ngettext(
            "{number} waits in drafts.yaml for your decision",
            "{number} wait in drafts.yaml for your decision",
            left,
            number=left,
        ),
    ))  # fmt: skip
    if not accepted:
        return _Told({"drafts.yaml": content}, (), None, (note,))
    abouts = {one.doc: one.fields for one in pile.drafts.values() if one.type == "document"}
    with scratch() as place:
        book = Book(place / "record.yaml", _published(abouts))
        for key in accepted:
            draft = pile.drafts[key]
            book.enter(draft, entry_id(draft), None, abouts.get(draft.doc, {}))
        record = Record.load(book.path)
        text = book.path.read_text(encoding="utf-8")
    try:
        case = told_by(record)
        parties, day = tuple(one.economy for one in case.parties), case.as_of
    except InputError:
        parties, day = (), None
    return _Told({"record.yaml": text, "drafts.yaml": content}, parties, day, (note,))


def _published(abouts: Mapping[str, Mapping[str, object]]) -> date:
    """The last day on which one of the documents came out, as they say; today where none does."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only here

    days = [str(about["published"]) for about in abouts.values() if about.get("published")]
    found = [date.fromisoformat(day) for day in days if re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    return max(found, default=datetime.now(UTC).astimezone().date())
