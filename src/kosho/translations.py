"""Texts of data in the language that is spoken: titles and notes of a file, from the catalogue beside it.

A catalogue is `translations/TAG.po` in the folder of the file, under the texts as the file has them. Quotes and
sources stay in their own language. A sentence without a translation is told as it is written, and marked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from kosho.errors import InputError, Problem
from kosho.language import _, catalogue_beside, current, pgettext, texts_of

__all__ = ["SENTENCES", "depends_on", "in_language", "told", "untranslated", "written_for_people"]

SENTENCES = frozenset(
    {
        "about", "aim", "consequence", "content", "deliverable", "description", "finding", "follows",
        "negotiators", "note", "otherwise", "period", "rests_on", "summary", "title", "what", "why",
    }
)  # fmt: skip
"""Keys of what is written for people."""
WORDS = frozenset({"attributed_to", "legal_basis", "name", "place", "product", "products", "topic", "topics"})
"""Keys of names, which are translated where the catalogue has them, and not marked where not."""
AS_WRITTEN = frozenset({"quote", "sources"})
"""What stays in its own language: what somebody said, and how a source calls itself."""


def in_language(tree: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """A file's tree with its texts in the language that is spoken; as it is in that of the source.

    Args:
        tree: What the file says, on one day.
        folder: Where it lies.

    Raises:
        InputError: the catalogue beside it cannot be read.

    >>> from pathlib import Path
    >>> from kosho.language import use
    >>> from kosho.translations import in_language
    >>> tree = {"title": "A case of our own", "quote": "as they said", "value": 15}
    >>> in_language(tree, Path("own")) is tree
    True
    >>> with use("ja"):
    ...     in_language(tree, Path("own"))
    {'title': 'A case of our own〔英文〕', 'quote': 'as they said', 'value': 15}
    """
    catalogue = catalogue_beside(folder)
    if catalogue is None:
        return tree
    return cast("Mapping[str, Any]", _told(tree, "", _texts(catalogue)))


def told(text: str, folder: Path) -> str:
    """A sentence of a table in the language that is spoken; marked where the catalogue beside it has none.

    Args:
        text: As the table has it.
        folder: Where the table lies.

    Raises:
        InputError: the catalogue cannot be read.

    >>> from pathlib import Path
    >>> from kosho.language import use
    >>> from kosho.translations import told
    >>> with use("ja"):
    ...     told("all lines of 8703", Path("own"))
    'all lines of 8703〔英文〕'
    """
    return str(in_language({"note": text}, folder)["note"])


def untranslated(tree: Mapping[str, Any], texts: Mapping[str, str]) -> list[str]:
    """Sentences of a file that a catalogue lacks, each once; all days on which they were written.

    >>> from kosho.translations import untranslated
    >>> untranslated({"title": {"2025-04-09": "Talks", "2025-07-22": "A deal"}}, {"Talks": "協議"})
    ['A deal']
    """
    found = (text for text in _texts_under(tree, "", SENTENCES) if text not in texts and _foreign(text))
    return list(dict.fromkeys(found))


def written_for_people(tree: Mapping[str, Any]) -> list[str]:
    """Sentences and names of a file, each once: all that a catalogue beside it may translate.

    >>> from kosho.translations import written_for_people
    >>> written_for_people({"title": "Talks", "topic": "cars", "quote": "as they said", "value": 15})
    ['Talks', 'cars']
    """
    return list(dict.fromkeys(_texts_under(tree, "", SENTENCES | WORDS)))


def depends_on(folder: Path) -> tuple[bytes, ...]:
    """What a copy of texts of a folder depends on besides its files: nothing in the language of the source."""
    catalogue = catalogue_beside(folder)
    if catalogue is None:
        return ()
    return current().encode(), catalogue.read_bytes() if catalogue.is_file() else b""


def _texts(catalogue: Path) -> Mapping[str, str]:
    try:
        return texts_of(catalogue)
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(_("is no catalogue that can be read: {error}", error=error), file=str(catalogue))
        ) from None


def _told(value: Any, key: str, texts: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: one if name in AS_WRITTEN else _told(one, _below(key, str(name)), texts)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_told(one, key, texts) for one in value]
    if not isinstance(value, str) or key not in SENTENCES | WORDS:
        return value
    if value in texts:
        return texts[value]
    return (
        pgettext("mark", "{text} (in English)", text=value) if key in SENTENCES and _foreign(value) else value
    )


def _texts_under(value: Any, key: str, keys: frozenset[str]) -> Iterator[str]:
    """Texts under keys of these names, but for what stays in its own language."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name not in AS_WRITTEN:
                yield from _texts_under(one, _below(key, str(name)), keys)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _texts_under(one, key, keys)
    elif isinstance(value, str) and key in keys:
        yield value


def _below(key: str, name: str) -> str:
    """The key that says what a value is: days on which it was written are none."""
    return key if name[:1].isdigit() else name


def _foreign(text: str) -> bool:
    """Whether there are words in Latin letters and no others."""
    letters = [one for one in text if one.isalpha()]
    return " " in text.strip() and all(unicodedata.name(one, "").startswith("LATIN") for one in letters)
