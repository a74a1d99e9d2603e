"""Catalogues of messages: what the source says, what a catalogue lacks, and what it has too much.

`make catalogues` brings every catalogue of the source and of shipped data up to date and counts what is left to
translate; `make lint` says where one is not up to date. Tests hold them to more.
"""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from kosho import codes
from kosho.case_schema import Role
from kosho.cli import command
from kosho.cli.draft_talk import FIELDS
from kosho.cli.helped import METAVARS, texts_of_help, texts_of_parser
from kosho.language import LOCALES
from kosho.law.catalogue import KINDS
from kosho.law.deal_comparison import CLAUSES
from kosho.law.known_between import What
from kosho.law.measure import DUTIES, Kind, Stage
from kosho.law.schedules.duty import DutyKind
from kosho.law.stale import Reason
from kosho.lines.rounding import RoundingMode
from kosho.provenance import Status
from kosho.record.likeness import TOLD
from kosho.record.reading.draft import TYPES
from kosho.record.schema import (
    Commitment,
    Instrument,
    MeasureReference,
    Meeting,
    Modality,
    Position,
)
from kosho.record.schema import Status as Standing
from kosho.translations import untranslated, written_for_people
from kosho.world.readers import READERS
from tests.yaml_files import loaded

ROOT = Path(__file__).parents[2] / "src" / "kosho"
METHODS = [("**.py", "python"), ("**/templates/**.j2", "jinja2"), ("serve/static/**.js", "javascript")]
KEYWORDS = {"_": None, "N_": None, "marked": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
OPTIONS = {"**/templates/**.j2": {"newstyle_gettext": "true", "silent": "false"}}
WIDTH = 110
SHIPPED = (
    "cases/*", "corridor/data", "impact", "law", "law/measures", "law/schedules/data", "lines", "validation",
)  # fmt: skip
"""Folders of data that carry catalogues of their own."""
TABLES = {
    "law/schedules/data/lines.csv": ("note",),
    "law/schedules/data/preferences.csv": ("title",),
    "validation/facts.csv": ("fact", "why"),
}
"""Tables of these folders, and their columns that people are shown in their own language."""


ROWS = (
    "action plan", "advisory", "after", "agreement", "ban", "before", "central", "commitment", "conference",
    "conformity assessment", "consultation", "inside", "contention", "context", "contradiction",
    "cooperation framework", "deadline", "event", "export control", "finding", "fixed",
    "framework agreement", "instrument", "joint document", "joint statement", "journey", "leaders' meeting",
    "limit", "link", "low", "measure", "meeting", "memorandum of understanding", "ministerial meeting",
    "model", "negotiation round", "no", "observed", "option", "oral understanding", "organisation",
    "parameter", "position", "purchase", "quantity", "quota", "regulation", "ruling", "seminar", "standard",
    "struck deal", "subsidy", "summit", "talk", "talks", "tariff", "tariff quota", "telephone talk", "topic",
    "unpriced", "zero",
)  # fmt: skip
"""Words of tables that come from no schema."""
UNITS = (
    "billion yen",
    "students in May",
    "visitors in January",
    "million USD",
    "tonnes",
    "vehicles",
    "million tonnes",
    "percent",
    "elasticity",
    "share",
    "aircraft",
    "litres",
)
"""Units that shipped data count in."""


@dataclass(frozen=True)
class Message:
    """A message as the source has it."""

    text: str | tuple[str, str]
    context: str | None = None

    @property
    def key(self) -> tuple[str | None, str]:
        """By which a catalogue finds it."""
        return self.context, self.text if isinstance(self.text, str) else self.text[0]


@dataclass
class Found:
    """Messages and the files that say them."""

    places: dict[Message, list[str]] = field(default_factory=dict)

    def add(self, message: Message, place: str) -> None:
        """Note a place, each once."""
        if place not in self.places.setdefault(message, []):
            self.places[message].append(place)


@cache
def messages() -> Mapping[Message, list[str]]:
    """All that the source says to people, and the names behind codes, with where it is said."""
    found = Found()
    for file, _line, text, _comments, context in extract_from_dir(
        ROOT, METHODS, options_map=OPTIONS, keywords=KEYWORDS
    ):
        found.add(Message(text if isinstance(text, str) else (text[0], text[1]), context), file)
    for message, place in names():
        found.add(message, place)
    return dict(sorted(found.places.items(), key=lambda item: (sorted(item[1])[0], str(item[0].key))))


def names() -> Iterator[tuple[Message, str]]:
    """Economies, regions and sectors, which are data of `kosho.codes`; words of schemas; what help says."""
    for code in (*codes.countries(), *codes.blocs(), "RAS", "OIL", "ROW"):
        yield Message(codes.country_name(code), "economy"), "codes/countries.csv"
    for code in (*codes.sectors(), *codes.talks_sectors()):
        yield Message(codes.sector_name(code), "sector"), "codes/sectors.csv"
    for word in words():
        yield Message(word, "word"), "formatting/words.py"
    for unit in UNITS:
        yield Message(unit, "unit"), "formatting/words.py"
    for one in READERS.values():
        for text in (one.title, one.files, *one.settings.values()):
            yield Message(text, "format"), "world/readers/__init__.py"
    for text in texts_of_help(command()):
        yield Message(text, "help"), "cli/helped.py"
    yield from ((Message(name.replace("_", " "), "field"), "cli/draft_talk.py") for name in FIELDS)
    for text in texts_of_parser():
        yield Message(text, "parser"), "cli/helped.py"
    for one in METAVARS:
        yield Message(one, "metavar"), "cli/helped.py"


def words() -> list[str]:
    """Words of schemas that people are shown: how something is known, what part it plays, where it stands."""
    said = [
        one
        for kind in (Meeting, Position, MeasureReference, Commitment, Instrument, Standing)
        for name in ("kind", "status")
        if name in kind.model_fields
        for one in get_args(kind.model_fields[name].annotation)
    ]
    roles = [role.replace("-", " ") for role in get_args(Role)]
    kinds = [one.replace("_", " ") for one in said if isinstance(one, str)]
    return sorted(
        {
            *get_args(Status),
            *(kind.replace("_", " ") for kind in DUTIES),
            *get_args(Stage),
            *roles,
            *get_args(Modality),
            *(one.replace("_", " ") for one in TYPES),
            *TOLD,
            *kinds,
            *CLAUSES,
            *KINDS,
            *(one.replace("_", " ") for one in (*get_args(Kind), *get_args(DutyKind))),
            "general",
            "statutory",
            *get_args(RoundingMode),
            *get_args(What),
            *get_args(Reason),
            *ROWS,
        }
    )


def path_of(tag: str) -> Path:
    """The catalogue of the source in a language."""
    return LOCALES / tag / "LC_MESSAGES" / "kosho.po"


def read(path: Path, tag: str) -> Catalog:
    """A catalogue; an empty one where there is none."""
    if not path.is_file():
        return Catalog(locale=tag, domain="kosho", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=tag, domain="kosho", ignore_obsolete=True)


def written(catalogue: Catalog) -> str:
    """A catalogue as its file has it."""
    made = BytesIO()
    write_po(made, catalogue, width=WIDTH, omit_header=False, ignore_obsolete=True, include_lineno=False)
    return made.getvalue().decode("utf-8")


class _Plain(Catalog):
    """A catalogue whose header has nothing of a day or a tool in it."""

    plain: list[tuple[str, str]]

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return self.plain


def refreshed(tag: str) -> Catalog:
    """The catalogue of a language with every message of the source, translated as far as it is now."""
    now = read(path_of(tag), tag)
    made = _Plain(locale=tag, domain="kosho", fuzzy=False)
    made.header_comment = "# Messages of Kosho; `make catalogues` keeps it in step with the source."
    made.plain = _headers(tag, made.plural_forms)
    for message, places in messages().items():
        before = now.get(message.key[1], message.context)
        string = before.string if before is not None and _same_kind(message.text, before.string) else None
        comments = before.user_comments if before is not None else ()
        added = made.add(
            message.text,
            string,
            locations=[(place, None) for place in sorted(places)],
            flags=["python-brace-format"] if fields(message.key[1]) else [],
            user_comments=comments,
            context=message.context,
        )
        added.flags.discard("python-format")  # a percent sign is no field here
    return made


def _headers(tag: str, plural_forms: str) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Language", tag),
        ("Plural-Forms", plural_forms),
    ]


def _same_kind(text: object, string: object) -> bool:
    return isinstance(text, tuple) == isinstance(string, (tuple, list))


def fields(text: str) -> set[str]:
    """Names of the fields of a message; of one that is no template, none."""
    try:
        return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}
    except ValueError:
        return set()


def lacking(tag: str) -> list[Message]:
    """Messages of the source that a catalogue does not translate."""
    now = read(path_of(tag), tag)
    return [one for one in messages() if not _translated(now, one)]


def _translated(catalogue: Catalog, one: Message) -> bool:
    held = catalogue.get(one.key[1], one.context)
    return held is not None and bool(held.string if isinstance(held.string, str) else all(held.string))


def folders() -> list[Path]:
    """Folders of shipped data."""
    found = [folder for pattern in SHIPPED for folder in ROOT.glob(pattern) if any(_trees(folder))]
    return sorted(found)


def _trees(folder: Path) -> Iterator[Mapping[str, Any]]:
    """What the files of a folder say: YAML as it is, and of tables what people are shown."""
    for path in sorted(folder.glob("*.yaml")):
        yield loaded(path.read_text(encoding="utf-8"))
    for name, columns in TABLES.items():
        if folder == (ROOT / name).parent:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
            rows = csv.DictReader(line for line in lines if not line.startswith("#"))
            yield {"note": [row[column] for row in rows for column in columns if row[column]]}


def texts(folder: Path, tag: str) -> tuple[list[str], Catalog]:
    """Sentences of the files of a folder that have no translation, and the catalogue beside them."""
    catalogue = read(folder / "translations" / f"{tag}.po", tag)
    held = {str(one.id): str(one.string) for one in catalogue if one.id and one.string}
    left = [text for tree in _trees(folder) for text in untranslated(tree, held)]
    return list(dict.fromkeys(left)), catalogue


def bare(folder: Path, tag: str) -> list[str]:
    """Sentences and names of a folder that a catalogue lacks, single words among them; codes need none."""
    held = {str(one.id) for one in read(folder / "translations" / f"{tag}.po", tag) if one.id and one.string}
    found = (text for tree in _trees(folder) for text in written_for_people(tree))
    return sorted({text for text in found if re.search("[a-z]", text)} - held)


def told(tag: str) -> list[str]:
    """How much of a language is there, a line a catalogue."""
    left = len(lacking(tag))
    lines = [f"{tag}: {len(messages()) - left:,} of {len(messages()):,} messages"]
    for folder in folders():
        missing, catalogue = texts(folder, tag)
        held = sum(bool(one.id and one.string) for one in catalogue)
        lines.append(f"  {folder.relative_to(ROOT).as_posix()}: {held:,} texts, {len(missing):,} without")
    return lines


TELLERS = {"Problem", "InputError", "KoshoError", "say", "show_table", "missing", "_wrong"}
"""What is given to these is read by people."""
PLAIN = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def unwrapped() -> list[str]:
    """Places where words for people do not go through a catalogue: `cli/read.py:12: no file to read`."""
    found: list[str] = []
    for path in sorted(ROOT.rglob("*.py")):
        for node, bound in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
            told = [text for one in node.args[:2] for text in _texts(one, bound)]
            plain = (text for text in told if PLAIN.search(text) and not text.startswith("kosho "))
            found += [f"{place}: {text}" for text in plain]
    return sorted(set(found))


def _calls(module: ast.Module) -> Iterator[tuple[ast.Call, dict[str, list[ast.expr]]]]:
    """Calls of those who tell, and what the names of the function they stand in are bound to."""
    for place in ast.walk(module):
        if not isinstance(place, ast.FunctionDef):
            continue
        inside = list(ast.walk(place))
        bound: dict[str, list[ast.expr]] = {}
        for node in inside:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                bound.setdefault(node.targets[0].id, []).append(node.value)
        for node in inside:
            if isinstance(node, ast.Call) and (_name(node.func) in TELLERS or _notes(node.func)):
                yield node, bound


def _notes(function: ast.expr) -> bool:
    """Whether it is `problems.add`, of whomever."""
    return (
        isinstance(function, ast.Attribute) and function.attr == "add" and _name(function.value) == "problems"
    )


def _texts(node: ast.expr, bound: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    """Plain words that an expression can be: one of two, parts that are joined, what a name is bound to."""
    match node:
        case ast.Name(id=name):
            yield from (text for one in bound.get(name, ()) for text in _texts(one, {}))
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.Add(), right=other):
            yield from (*_texts(one, bound), *_texts(other, bound))
        case ast.BoolOp(values=several):
            yield from (text for one in several for text in _texts(one, bound))
        case _:
            yield _plain(node)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _plain(node: ast.expr) -> str:
    """The words of a string, written out or with fields; nothing where it comes from somewhere else."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
