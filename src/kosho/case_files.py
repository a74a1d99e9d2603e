"""What the folder of a case holds: which files are there, read together, and checked against one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kosho.case_folders import PARTS, case_folder, case_names, own_cases
from kosho.case_schema import CaseFile, CaseParty, OverlayFile, checks
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.law.overlay_check import check_overlays, written_at
from kosho.law.own_products import with_own
from kosho.law.references import References, list_checks
from kosho.law.register import Register
from kosho.provenance import Frozen, Source
from kosho.record.ledger import Record
from kosho.record.schema import Instrument, Position
from kosho.yamlfile import LineNumbers, load

__all__ = ["HOW_TO_ADD", "CaseFiles", "folder_of", "read_case", "told_by"]

Model = TypeVar("Model", bound=Frozen)
Found = tuple[Model, LineNumbers]

HOW_TO_ADD: Mapping[str, str] = MappingProxyType(
    {
        "record": "add record.yaml (`kosho read` drafts it from texts)",
        "scenarios": "add scenarios to case.yaml, and what they change to measures.yaml",
        "table": "add table.yaml, which needs scenarios in case.yaml",
    }
)
"""What makes a case hold a part that it lacks."""
NEW = "`kosho new NAME` writes all of them to start from"


@dataclass(frozen=True)
class CaseFiles:
    """The files of a case, read and checked."""

    folder: Path
    document: CaseFile
    """`case.yaml`, or what the record says in its place."""
    overlays: OverlayFile
    """`measures.yaml`; empty where there is none."""
    register: Register
    """The law, with the product groups, lists and sources of the case."""


def folder_of(name_or_path: str | Path) -> Path:
    """The folder of a case, by path or by name.

    Raises:
        InputError: there is none, or it holds no case.
    """
    folder = case_folder(name_or_path)
    if folder is None:
        hint = suggest(str(name_or_path), case_names())
        own = f"give the folder of a case, or a name in {own_cases()}"
        raise InputError(Problem(f"no case {str(name_or_path)!r}", hint or own))
    if not any((folder / part).is_file() for part in PARTS):
        raise InputError(Problem(f"{str(folder)!r} holds no case: neither case.yaml nor record.yaml", NEW))
    return folder


def read_case(folder: Path) -> CaseFiles:
    """Read the files of a case.

    Raises:
        InputError: one is wrong; every mistake of every file is listed.
    """
    found: list[Problem] = []
    document = _document(folder, found)
    overlays = _overlays(folder, document, found)
    register = _register(folder, found)
    written: dict[str, str] = {}
    if register is not None and overlays is not None:
        register = _with_lists(register, overlays, folder, found)
        written = _checked_overlays(register, overlays, folder, found)
    if register is not None and (document is None or (folder / "case.yaml").exists()):
        found += checks(folder, document, overlays, register)
    if found or document is None or overlays is None or register is None:
        raise InputError(found)
    sources = [*register.products.sources.values(), *register.sources.values()]
    sources += [*overlays[0].sources, *document[0].sources]
    register = replace(
        register,
        sources={source.id: source for source in sources},
        places=register.places | written,
    )
    return CaseFiles(folder, document[0], overlays[0], register)


def _document(folder: Path, found: list[Problem]) -> Found[CaseFile] | None:
    """`case.yaml`; where there is none, what the record says of parties and days."""
    if (folder / "case.yaml").exists():
        return _try(folder / "case.yaml", CaseFile, found)
    try:
        record = Record.load(folder / "record.yaml")
        return told_by(record), LineNumbers({(): 1})
    except InputError as error:
        found += error.problems
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
        problems.add("no party that talks has the code of an economy", "give code: JPN", key="parties")
    if not days:
        problems.add("nothing is recorded, so the case has no day", "add statements", key="statements")
    problems.raise_if_any()
    return CaseFile(
        title=file.title,
        summary="",
        as_of=max(days),
        parties=tuple(CaseParty(economy=codes[name] or "", title=record.party_name(name)) for name in parties),
    )


def _overlays(
    folder: Path, document: Found[CaseFile] | None, found: list[Problem]
) -> Found[OverlayFile] | None:
    """`measures.yaml`; nothing where there is none and the case names nothing in it."""
    path, without = folder / "measures.yaml", OverlayFile(title="")
    named = document is None or any(one.overlays for one in (*document[0].scenarios, *document[0].backgrounds))
    if path.exists() or ((folder / "case.yaml").exists() and named):
        return _try(path, OverlayFile, found)
    return without, LineNumbers({(): 1})


def _register(folder: Path, found: list[Problem]) -> Register | None:
    """The law that ships, with product groups of the case's own."""
    try:
        register = Register.load()
        own = folder / "products.yaml"
        return register if not own.exists() else replace(register, products=with_own(register.products, own))
    except InputError as error:
        found += error.problems
        return None


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
        problems.add(f"list {name!r} ships with Kosho", "choose another id", line=lines["lists", name])
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


def _try(path: Path, model: type[Model], found: list[Problem]) -> Found[Model] | None:
    try:
        return load(path, model)
    except InputError as error:
        found += error.problems
        return None
