"""Drafts of measures from an edition of the HTS, documents of the Federal Register, messages of US customs.

Rules find rates, days, headings, countries and the law they rest on, each with its place in the text. What they
do not find stays empty and is asked for; nothing becomes a measure until a person accepts it
(`kosho.record.review.walk`).
"""

from __future__ import annotations

from pathlib import Path

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law import Register
from kosho.record.proposing.documents import LawText, law_text
from kosho.record.proposing.edition import is_edition, of_edition
from kosho.record.proposing.legal_text import of_text
from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft

__all__ = ["LawText", "law_text", "propose"]


def propose(paths: list[Path], register: Register) -> tuple[dict[str, Document], list[Draft]]:
    """Read documents into drafts of measures.

    Args:
        paths: HTS exports (CSV, JSON), Federal Register documents (JSON of its API, text, HTML, PDF), messages.
        register: What is held already: headings it knows at the same rate are not proposed again.

    Returns:
        The texts that places in the drafts count characters of, by file name; and the drafts.

    Raises:
        InputError: a file cannot be read, or two have one name; all are listed.
    """
    texts: dict[str, Document] = {}
    drafts: list[Draft] = []
    wrong: list[Problem] = []
    for path in paths:
        try:
            document = law_text(path)
        except InputError as error:
            wrong += error.problems
            continue
        if document.document.name in texts:
            wrong.append(
                Problem(_("another file of this name is being read too"), _("rename one"), file=str(path))
            )
            continue
        texts[document.document.name] = document.document
        found = of_edition(document, register) if is_edition(document) else of_text(document, register)
        drafts += found
    if wrong:
        raise InputError(wrong)
    return texts, drafts
