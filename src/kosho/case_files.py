"""What the folder of a case holds: which files are there, read together, and checked against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kosho.case_folders import PARTS, case_folder, case_names, own_cases
from kosho.case_schema import CaseFile, CaseParty, OverlayFile, checks
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.known import later_sources
from kosho.language import N_, _
from kosho.law.overlay_check import check_overlays, written_at
from kosho.law.own_products import CaseProductFile, with_own
from kosho.law.references import References, list_checks
from kosho.law.register import Register
from kosho.provenance import Frozen, Source
from kosho.record.ledger import Record
from kosho.record.schema import Instrument, Position
from kosho.yamlfile import LineNumbers, Written, load

__all__ = ["HOW_TO_ADD", "CaseFiles", "folder_of", "read_case", "told_by"]

Model = TypeVar("Model", bound=Frozen)
Found = tuple[Model, LineNumbers]

HOW_TO_ADD: Mapping[str, str] = MappingProxyType(
    {
        "record": N_("add record.yaml (`kosho read` drafts it from texts)"),
        "scenarios": N_("add scenarios to case.yaml, and what they change to measures.yaml"),
        "table": N_("add table.yaml, which needs scenarios in case.yaml"),
    }
)
"""What makes a case hold a part that it lacks."""
NEW = N_("`kosho new NAME` writes all of them to start from")


@dataclass(frozen=True)
class CaseFiles:
    """The files of a case, read as known on a day, and checked."""

    folder: Path
    day: date
    document: CaseFile
    """`case.yaml`, or what the record says in its place."""
    overlays: OverlayFile
    """`measures.yaml`; empty where there is none."""
    register: Register
    """The law, with the product groups, lists and sources of the case."""
    closed: date | None
    """From which day on the table is no longer on the table."""


@dataclass(frozen=True)
class _Files:
    """The files of a case as they are written."""

    folder: Path
    written: dict[str, Written]
    unread: dict[str, InputError]
    """Why others cannot be read."""

    @staticmethod
    def of(folder: Path) -> _Files:
        """Those that are there."""
        files = _Files(folder, {}, {})
        for name in ("case", "measures", "products", "table", "record"):
            path = folder / f"{name}.yaml"
            if path.is_file():
                try:
                    files.written[name] = Written.of(path)
                except InputError as error:
                    files.unread[name] = error
        return files

    def __contains__(self, name: str) -> bool:
        return name in self.written or name in self.unread

    def read(
        self, name: str, model: type[Model], known: _Known, found: list[Problem]
    ) -> tuple[Model, LineNumbers] | None:
        """A file as known on a day; None where it cannot be read, which is found."""
        try:
            if name in self.unread:
                raise self.unread[name]
            if name not in self.written:
                return load(self.folder / f"{name}.yaml", model)  # says that it is not there
            return self.written[name].read(model, known.day, known.later)
        except InputError as error:
            found += error.problems
            return None

    def told(self, name: str, key: str) -> date | None:
        """A day that a file tells; None where it tells none, or none that is one."""
        value = self.written[name].tree.get(key) if name in self.written else None
        try:
            return date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            return None

    def day(self, asked: date | None) -> date:
        """The day that a case is opened on: its own, or of a record alone the last that it recorded on.

        Raises:
            InputError: it begins later.
        """
        own = self.told("case", "as_of") if "case" in self else _last_recorded(self.folder)
        begins, day = self.told("case", "begins"), asked or own or date.max
        if begins is not None and day < begins:
            message = _(
                "case {name} begins on {begins}, after {day}", name=self.folder.name, begins=begins, day=day
            )
            raise InputError(Problem(message, _("ask about {begins} or later", begins=begins), key="as_of"))
        return day


@dataclass(frozen=True)
class _Known:
    """A day of knowledge, and the sources that are later."""

    day: date
    later: frozenset[str]


def folder_of(name_or_path: str | Path) -> Path:
    """The folder of a case, by path or by name.

    Raises:
        InputError: there is none, or it holds no case.
    """
    folder = case_folder(name_or_path)
    if folder is None:
        hint = suggest(str(name_or_path), case_names())
        own = _("give the folder of a case, or a name in {folder}", folder=own_cases())
        raise InputError(Problem(_("no case {what!r}", what=str(name_or_path)), hint or own))
    if not any((folder / part).is_file() for part in PARTS):
        raise InputError(
            Problem(_("{what!r} holds no case: neither case.yaml nor record.yaml", what=str(folder)), _(NEW))
        )
    return folder


def read_case(folder: Path, as_of: date | None = None) -> CaseFiles:
    """Read the files of a case as known on a day; None is its own.

    Raises:
        InputError: it begins later, or a file is wrong; every mistake of every file is listed.
    """
    found: list[Problem] = []
    files = _Files.of(folder)
    day = files.day(as_of)
    later = later_sources([one.tree for one in files.written.values()], day)
    register: Register | None = None
    try:
        register = Register.load(known=day)
        later |= register.later
    except InputError as error:
        found += error.problems
    known = _Known(day, later)
    if register is not None:
        register = _with_products(register, files, known, found)
    document = _document(files, known, found)
    overlays = _overlays(files, document, known, found)
    places: dict[str, str] = {}
    if register is not None and overlays is not None:
        register = _with_lists(register, overlays, folder, found)
        places = _checked_overlays(register, overlays, folder, found)
    if register is not None and document is not None and "case" in files:
        found += checks(folder, document, overlays, register)
    if found or document is None or overlays is None or register is None:
        raise InputError(found)
    sources = [*register.products.sources.values(), *register.sources.values()]
    sources += [*overlays[0].sources, *document[0].sources]
    register = replace(
        register,
        sources={source.id: source for source in sources},
        places=register.places | places,
        later=later,
    )
    return CaseFiles(folder, day, document[0], overlays[0], register, files.told("table", "closed"))


def _document(files: _Files, known: _Known, found: list[Problem]) -> Found[CaseFile] | None:
    """`case.yaml`; where there is none, what the record says of parties and days."""
    if "case" in files:
        return files.read("case", CaseFile, known, found)
    try:
        return told_by(Record.load(files.folder / "record.yaml")), LineNumbers()
    except InputError as error:
        found += error.problems
        return None


def _last_recorded(folder: Path) -> date | None:
    """The last day on which something entered the record; None where it cannot be read, which is told later."""
    try:
        return max(
            (one.recorded_at for one in Record.load(folder / "record.yaml").file.statements), default=None
        )
    except InputError:
        return None


def told_by(record: Record) -> CaseFile:
    """A case that is its record: the sides that talk, and the last day on which something was recorded.

    Raises:
        InputError: it names no side with a code, or says nothing.
    """
    file = record.file
    codes = {party.id: party.code for party in file.parties if party.code is not None}
    talking = [name for process in file.processes for name in process.parties]
    for one in file.statements if not talking else ():
        talking += one.by if isinstance(one, Position) else one.parties if isinstance(one, Instrument) else ()
    sides = dict.fromkeys(record.side_of(name) for name in talking)
    parties = [name for name in sides or codes if name in codes]
    days = [one.recorded_at for one in file.statements]
    problems = Problems(str(record.path))
    if not parties:
        problems.add(_("no party that talks has the code of an economy"), _("give code: JPN"), key="parties")
    if not days:
        problems.add(_("nothing is recorded, so the case has no day"), _("add statements"), key="statements")
    problems.raise_if_any()
    return CaseFile(
        title=file.title,
        as_of=max(days),
        parties=tuple(CaseParty(economy=codes[name] or "", title=record.party_name(name)) for name in parties),
    )


def _overlays(
    files: _Files, document: Found[CaseFile] | None, known: _Known, found: list[Problem]
) -> Found[OverlayFile] | None:
    """`measures.yaml`; nothing where there is none and the case names nothing in it."""
    named = document is None or any(one.overlays for one in (*document[0].scenarios, *document[0].backgrounds))
    if "measures" in files or ("case" in files and named):
        return files.read("measures", OverlayFile, known, found)
    return OverlayFile(title="nothing beside the law in force"), LineNumbers()


def _with_products(register: Register, files: _Files, known: _Known, found: list[Problem]) -> Register:
    """The register with product groups of the case's own."""
    own = files.read("products", CaseProductFile, known, found) if "products" in files else None
    if own is None:
        return register
    try:
        return replace(register, products=with_own(register.products, own, files.folder / "products.yaml"))
    except InputError as error:
        found += error.problems
        return register


def _sources(register: Register, overlays: OverlayFile) -> set[str]:
    own: tuple[Source, ...] = overlays.sources
    return {*register.sources, *register.products.sources, *(one.id for one in own)}


def _with_lists(
    register: Register, overlays: Found[OverlayFile], folder: Path, found: list[Problem]
) -> Register:
    """The register with lists of headings of the case's own."""
    own, lines = overlays
    if not own.lists:
        return register
    problems = Problems(str(folder / "measures.yaml"))
    for name in own.lists.keys() & register.lists.keys():
        problems.add(
            _("list {name!r} ships with Kosho", name=name), _("choose another id"), line=lines["lists", name]
        )
    lists = {**own.lists, **register.lists}
    known = References(_sources(register, own), register.products, lists)
    found += [*problems.found, *list_checks(own.lists, lines, str(problems.file), known)]
    return replace(register, lists=lists)


def _checked_overlays(
    register: Register, overlays: Found[OverlayFile], folder: Path, found: list[Problem]
) -> dict[str, str]:
    """Where each measure of the overlays is written."""
    content, lines = overlays
    problems = Problems(str(folder / "measures.yaml"))
    check_overlays(content.overlays, register, _sources(register, content), lines, problems)
    found += problems.found
    return written_at(content.overlays, lines, str(folder / "measures.yaml"))
