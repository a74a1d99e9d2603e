"""The same brief for a browser, for paper, for Word, for Excel and as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kosho.brief.exports.markdown import markdown
from kosho.brief.exports.paper import engine, pdf
from kosho.brief.exports.word import read_template, word
from kosho.brief.exports.workbook import workbook
from kosho.brief.model import Brief
from kosho.brief.page import render, require_extra
from kosho.errors import InputError, Problem, suggest
from kosho.extras import require
from kosho.language import _
from kosho.outputs import save as save_files
from kosho.progress import Progress

__all__ = ["FORMATS", "Format", "asked_formats", "read_template", "require_formats", "save"]

Format = Literal["html", "pdf", "docx", "xlsx", "md"]
FORMATS: tuple[Format, ...] = ("html", "pdf", "docx", "xlsx", "md")


@dataclass(frozen=True, slots=True)
class _Writer:
    """How a format is written, and what it needs besides the brief's own extra."""

    write: Callable[[Brief, bytes | None], str | bytes]
    extra: str = ""
    modules: tuple[str, ...] = ()
    page: bool = False
    """Whether it is made from the page."""


WRITERS: dict[Format, _Writer] = {
    "html": _Writer(lambda brief, _template: render(brief), page=True),
    "pdf": _Writer(lambda brief, _template: pdf(brief), "pdf", ("weasyprint",), page=True),
    "docx": _Writer(word, "office", ("docx",)),
    "xlsx": _Writer(lambda brief, _template: workbook(brief), "office", ("xlsxwriter",)),
    "md": _Writer(lambda brief, _template: markdown(brief)),
}


def asked_formats(asked: Iterable[str]) -> tuple[Format, ...]:
    """Formats as a person names them, with commas or one by one, each once and in the order asked.

    Raises:
        InputError: one is none of `FORMATS`; all are told.

    >>> from kosho.brief.exports import asked_formats
    >>> asked_formats(["html,xlsx", "docx", "html"])
    ('html', 'xlsx', 'docx')
    >>> asked_formats(["word"])
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: --format: unknown format 'word' (one of docx, html, md, pdf, xlsx)
    """
    names = list(
        dict.fromkeys(name.strip().lower() for one in asked for name in one.split(",") if name.strip())
    )
    found: list[Format] = [one for one in FORMATS if one in names]
    if len(found) < len(names) or not found:
        unknown = [name for name in names if name not in FORMATS]
        raise InputError(
            Problem(_("unknown format {name!r}", name=name), suggest(name, FORMATS), key="--format")
            for name in unknown or [""]
        )
    return tuple(sorted(found, key=names.index))


def require_formats(formats: Sequence[Format]) -> None:
    """Refuse early what would fail at the end of a long computation.

    Raises:
        InputError: the packages of an extra that a format needs are not installed.
    """
    for name in formats:
        writer = WRITERS[name]
        if writer.extra:
            require(writer.extra, *writer.modules, what=_("writing {name}", name=name))
        if writer.page:
            require_extra()
        if name == "pdf":
            engine()


def save(
    brief: Brief,
    out: Path,
    formats: Sequence[Format] = ("html",),
    *,
    template: bytes | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write a brief to `out` in every format asked, and `brief.json`; all of them or none.

    Args:
        brief: What it says.
        out: Folder, made where it is not there.
        formats: What is written besides the JSON.
        template: Of the Word document, checked by `read_template`; by default Kosho's own.
        progress: Told what is being written.

    Returns:
        The files, `brief.json` last.

    Raises:
        InputError: the folder cannot be written to, or an extra is not installed.

    >>> from pathlib import Path
    >>> from kosho.brief.exports import save
    >>> [file.name for file in save(brief, Path("out"), ("md",))]  # a brief as `compose` gives it
    ['brief.md', 'brief.json']
    """
    contents: dict[Path, str | bytes] = {}
    for name in formats:
        if progress:
            progress(_("Writing {name}", name=name))
        contents[out / f"brief.{name}"] = WRITERS[name].write(brief, template)
    contents[out / "brief.json"] = brief.model_dump_json(indent=1) + "\n"
    save_files(contents, folder=out)
    return list(contents)
