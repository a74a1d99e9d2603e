"""Drafts shown, and decided on one after another, by a person at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kosho.cli.terminal import say, say_whole
from kosho.formatting import word
from kosho.language import _, ngettext, pgettext

if TYPE_CHECKING:
    from kosho.record.drafts import Pile
    from kosho.record.reading import Document, Draft
    from kosho.record.review import Book

__all__ = ["FIELDS", "as_lines", "as_tables", "decide"]

FIELDS = (
    "acts_for", "against", "attributed_to", "bound", "by", "certainty", "change", "content", "date",
    "date_precision", "deliverable", "doc_type", "due", "duration_min", "end", "event_type", "flow",
    "from_round", "gta_type", "hs_hint", "imposed_by", "inaugurated", "kind", "language", "level",
    "mast_chapter", "measure", "name", "name_native", "negotiation_role", "occasion", "on", "org", "orgs",
    "parties", "partner", "person", "place", "polarity", "ports", "product", "products", "published",
    "publisher", "rate", "rate_before", "rate_high", "rate_low", "reporter", "role", "round", "series",
    "set_by", "side", "signatories", "signed", "since", "speaker", "stance", "start", "status", "threshold",
    "time", "title", "to", "topic", "topics", "unit", "value", "what",
)  # fmt: skip
"""What drafts say, by name. Another language has words for them; in English they stand as they are typed."""


def decide(pile: Pile, book: Book, texts: Mapping[str, Document]) -> None:
    """Walk through the open drafts of a pile; every decision is kept, also when the walk is broken off."""
    from kosho.record.review import Talk, walk

    try:
        counts = walk(pile, book, texts, Talk(_ask, _show_one, say, _show_place))
    except KeyboardInterrupt:
        say(_("\nStopped; every decision is kept. {number} to decide on.", number=len(pile.open_keys)))
        return
    say(
        _(
            "{accepted} accepted, {rejected} rejected, {skipped} skipped, {left} to decide on.",
            accepted=counts.accepted,
            rejected=counts.rejected,
            skipped=counts.skipped,
            left=counts.left,
        )
    )


def _ask(question: str) -> str | None:
    sys.stdout.write(question)
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not sys.stdin.isatty():
        sys.stdout.write("\n")
    return answer.rstrip("\n") if answer else None


def _printable(text: str) -> str:
    """Words of a document, on one line and without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in " ".join(text.split()))


def _field(name: str) -> str:
    words = name.replace("_", " ")
    told = pgettext("field", words)
    return name if told == words else told


def _told(draft: Draft) -> str:
    def plain(value: object) -> str:
        return _printable(" ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))

    return _(", ").join(
        f"{_field(name)} {plain(value)}"
        for name, value in draft.fields.items()
        if name != "places"  # characters, for a program
    )


def _show_one(heading: str, draft: Draft) -> None:
    say("")
    told = _(", ").join((draft.kind, word(draft.modality)))
    say(f"{heading}  {told}  ({_printable(draft.doc)}:{draft.start})")
    say(f"  “{_printable(draft.quote)}”")
    say(f"  {_told(draft)}")


AROUND = 160
"""Characters of the document shown on either side of a quote."""


def _show_place(draft: Draft, document: Document) -> None:
    """The words around a quote, with the quote marked: in bold where a person looks, else in brackets."""
    before = _printable(document.text[max(0, draft.start - AROUND) : draft.start])
    behind = _printable(document.text[draft.end : draft.end + AROUND])
    quote = _printable(draft.quote)
    marked = (
        f"\x1b[1;4m{quote}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else f">>{quote}<<"
    )
    say_whole(f"  ... {before} {marked} {behind} ...")


def as_tables(drafts: list[Draft], command: str, documents: Iterable[str]) -> None:
    """Drafts as one table a document; `command` is what decides on them. A document without any is told."""
    from kosho.cli.terminal import show_table

    with_drafts = dict.fromkeys(draft.doc for draft in drafts)
    for name in dict.fromkeys(documents):
        if name not in with_drafts:
            say(
                _(
                    "{printable}: nothing was found in it; that is no sign that nothing is in it.",
                    printable=_printable(name),
                )
            )
    for name in with_drafts:
        rows = [
            (draft.kind, word(draft.modality), str(draft.start), _printable(draft.quote), _told(draft))
            for draft in drafts
            if draft.doc == name
        ]
        show_table(
            ngettext(
                "{printable}: {number} draft",
                "{printable}: {number} drafts",
                len(rows),
                printable=_printable(name),
                number=len(rows),
            ),
            (_("Type"), _("Modality"), _("At"), _("Quote"), _("Says")),
            rows,
        )
    if drafts:
        say(_("Drafts, not facts: decide on them with `{command}`.", command=command))


def as_lines(drafts: list[Draft]) -> None:
    """Drafts as JSON, one a line."""
    import json

    for draft in drafts:
        say_whole(json.dumps(draft.as_dict()))
    if not drafts:  # standard output holds nothing but drafts
        sys.stderr.write(_("nothing was found; that is no sign that nothing is in it\n"))
