"""The language in which people are told things: catalogues of messages, and of the texts of data.

English is the language of the source: a message is its own name in a catalogue, and without a catalogue it is
said as it is written. A language is a folder, `locales/TAG/LC_MESSAGES/kosho.po`, and nothing else. Texts of
data, such as the titles of a case, have their catalogue beside them, `translations/TAG.po`, under the English.

Which language it is belongs to the context of what is running: `use` sets it, and where nothing does it is
`KOSHO_LANG`, or English.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

__all__ = [
    "N_",
    "SOURCE",
    "VARIABLE",
    "UnknownLanguageError",
    "_",
    "cached",
    "catalogue_beside",
    "current",
    "known",
    "ngettext",
    "normal",
    "page_style",
    "pgettext",
    "texts_of",
    "use",
]

Given = ParamSpec("Given")
Made = TypeVar("Made")

SOURCE = "en"
"""The language of the source."""
DOMAIN = "kosho"
LOCALES = Path(__file__).parent / "locales"
VARIABLE = "KOSHO_LANG"
"""Of the environment: the language where none is chosen."""

_chosen: ContextVar[str | None] = ContextVar("language", default=None)


class UnknownLanguageError(ValueError):
    """There is no catalogue of it.

    >>> from kosho.language import UnknownLanguageError
    >>> issubclass(UnknownLanguageError, ValueError)
    True
    """


def known() -> tuple[str, ...]:
    """Languages that there are, that of the source first.

    >>> from kosho.language import known
    >>> known()
    ('en', 'ja')
    """
    found = sorted(path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return SOURCE, *found


def normal(tag: str) -> str:
    """A language by what a person or a system calls it: `ja`, `ja-JP`, `ja_JP.UTF-8`; `C` is the source's.

    Raises:
        UnknownLanguageError: there is none.

    >>> from kosho.language import normal
    >>> normal("ja_JP.UTF-8"), normal("C"), normal("EN")
    ('ja', 'en', 'en')
    """
    return normal_of(tag)


@cache
def normal_of(tag: str) -> str:
    """See `normal`."""
    plain = tag.partition(".")[0].partition("@")[0].replace("-", "_").lower()
    if plain in ("", "c", "posix"):
        return SOURCE
    by_name = {name.replace("-", "_").lower(): name for name in known()}
    for name in (plain, plain.partition("_")[0]):
        if name in by_name:
            return by_name[name]
    raise UnknownLanguageError(tag)


def current() -> str:
    """The language that is spoken now.

    Raises:
        UnknownLanguageError: `KOSHO_LANG` names one that is not known.
    """
    return _chosen.get() or normal_of(os.environ.get(VARIABLE, SOURCE))


def cached(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """`functools.cache` for what is made of words: one of a kind for every language.

    >>> from kosho.language import _, cached, use
    >>> @cached
    ... def told() -> str:
    ...     return _("not known")
    >>> with use("ja"):
    ...     told()
    '不明'
    >>> told()
    'not known'
    """

    @cache
    def made(tag: str, *given: Given.args, **named: Given.kwargs) -> Made:
        del tag
        return make(*given, **named)

    @wraps(make)
    def by_language(*given: Given.args, **named: Given.kwargs) -> Made:
        return made(current(), *given, **named)

    return by_language


@dataclass
class _Spoken(AbstractContextManager[None]):
    """A language inside a `with`. One that is dropped without being left changes nothing any more, as a
    generator would when it is collected.
    """

    tag: str
    before: str | None = None

    def __enter__(self) -> None:
        self.before = _chosen.get()
        _chosen.set(self.tag)

    def __exit__(self, *_raised: object) -> None:
        _chosen.set(self.before)


def use(tag: str) -> AbstractContextManager[None]:
    """Speak a language inside.

    Raises:
        UnknownLanguageError: there is none of that name.

    >>> from kosho.codes import country_name
    >>> from kosho.language import use
    >>> with use("ja"):
    ...     country_name("USA")
    '米国'
    """
    return _Spoken(normal(tag))


def _(message: str, /, **fields: Any) -> str:
    """A message in the language that is spoken, with its fields filled in.

    Args:
        message: The English text; fields stand in braces, with or without a format.
        fields: Their values. Without any the text is taken as it is, braces and all.

    >>> from kosho.language import _
    >>> _("unknown value {value!r}", value="x")
    "unknown value 'x'"
    """
    return _filled(translations(current()).gettext(message), fields)


def ngettext(one: str, many: str, number: int, /, **fields: Any) -> str:
    """The form of a message that goes with a number, with its fields filled in.

    >>> from kosho.language import ngettext
    >>> ngettext("{number} day", "{number} days", 2, number=2)
    '2 days'
    """
    return _filled(translations(current()).ngettext(one, many, number), fields)


def pgettext(context: str, message: str, /, **fields: Any) -> str:
    """A message that means different things in different places, in this one.

    >>> from kosho.language import pgettext, use
    >>> with use("ja"):
    ...     pgettext("economy", "Turkey") == "Turkey", pgettext("economy", "Japan")
    (True, '日本')
    """
    return _filled(translations(current()).pgettext(context, message), fields)


def N_(message: str) -> str:  # noqa: N802 - the name by which collectors of messages know it
    """A message that is written here and said elsewhere, by `_`.

    >>> from kosho.language import N_
    >>> N_("Deal")
    'Deal'
    """
    return message


def _filled(text: str, fields: Mapping[str, Any]) -> str:
    return text.format_map(fields) if fields else text


@cache
def translations(tag: str) -> NullTranslations:
    """Messages of a language, read once."""
    return NullTranslations() if tag == SOURCE else _read(LOCALES / tag / "LC_MESSAGES" / f"{DOMAIN}.po", tag)


def _read(path: Path, tag: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - the source's language needs none of it
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag, ignore_obsolete=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def page_style() -> str:
    """What the language adds to the style of a page: its fonts. Nothing for the source's.

    >>> from kosho.language import page_style, use
    >>> page_style()
    ''
    >>> with use("ja"):
    ...     "Noto Sans CJK JP" in page_style()
    True
    """
    path = LOCALES / current() / "page.css"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def catalogue_beside(folder: Path) -> Path | None:
    """The catalogue of the texts of data in a folder, in the language that is spoken; None for the source's.

    >>> from pathlib import Path
    >>> from kosho.language import catalogue_beside, use
    >>> catalogue_beside(Path("cases/own")) is None
    True
    >>> with use("ja"):
    ...     catalogue_beside(Path("cases/own")).as_posix()
    'cases/own/translations/ja.po'
    """
    tag = current()
    return None if tag == SOURCE else folder / "translations" / f"{tag}.po"


def texts_of(catalogue: Path) -> Mapping[str, str]:
    """What a catalogue beside data says, by the text of the source; nothing where there is no such file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no catalogue.

    >>> from pathlib import Path
    >>> from kosho.language import texts_of
    >>> texts_of(Path("there/is/none.po"))
    {}
    """
    try:
        stamp = catalogue.stat()
    except FileNotFoundError:
        return {}
    return _texts(catalogue, stamp.st_mtime_ns, stamp.st_size)


@cache
def _texts(catalogue: Path, changed: int, size: int) -> Mapping[str, str]:
    del changed, size
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415

    try:
        with catalogue.open("rb") as file:
            read = read_po(file, ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    return {str(one.id): str(one.string) for one in read if one.id and one.string and not one.fuzzy}
