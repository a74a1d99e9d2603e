"""Files into text: plain text, HTML, PDF, within limits of size, memory and time.

Offsets count characters of the text this gives, so whoever verifies a quote decodes the file the same way.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, unreadable
from kosho.language import _

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["LARGEST_FILE", "LARGEST_TEXT", "Document", "decode", "language_of"]

LARGEST_FILE = 20_000_000
"""Bytes of a file."""
LARGEST_TEXT = 500_000
"""Characters of a text, about two hundred pages."""
DEEPEST_PAGE = 5_000
"""Tags of a page open at once."""
PDF_SECONDS = 30
PDF_MEMORY = 1_000_000_000
"""Bytes that the process reading a PDF may use, where the system can enforce it."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_REVERSING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|article|main|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document(Shown):
    """A decoded file.

    >>> from kosho.record.reading import Document
    >>> Document("note.txt", "The ministers met.").text
    'The ministers met.'
    """

    name: str
    """The file's name with its ending."""
    text: str


@as_declared
def decode(path: Path) -> Document:
    """Read a file as text; HTML and PDF are told by their first bytes, or by the ending.

    Raises:
        InputError: it cannot be read, is too large, holds no text, or is in a script the rules cannot read.

    >>> from pathlib import Path
    >>> from kosho.record import decode
    >>> _ = Path("page.html").write_text("<p>The ministers <b>met</b>.</p>", encoding="utf-8")
    >>> decode(Path("page.html"))
    Document(name='page.html', text='The ministers met.')
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise _wrong(path, _("is not a file that can be read twice"), _("save what it gives as a file first"))
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(content) > LARGEST_FILE:
        raise _wrong(
            path,
            _("is larger than {largest_file} MB", largest_file=LARGEST_FILE // 1000000),
            _("give the pages that matter"),
        )
    if content[:1024].lstrip().startswith(b"%PDF-") or path.suffix.lower() == ".pdf":
        text = _pdf(path)
    elif _HTML.match(content[:4096]) or path.suffix.lower() in (".html", ".htm", ".xhtml"):
        text = _html(_characters(path, content, html=True), path)
    else:
        text = _characters(path, content, html=False)
    return Document(path.name, _checked(path, text))


def _wrong(path: Path, message: str, hint: str | None = None) -> InputError:
    return InputError(Problem(message, hint, file=str(path)))


def _characters(path: Path, content: bytes, *, html: bool) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    declared = _CHARSET.search(content[:4096]) if html else None
    if declared:
        encodings.append(declared[1].decode("ascii"))
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise _wrong(path, _("is not UTF-8 text"), _("save it as UTF-8, or give the HTML or PDF file itself"))


def _checked(path: Path, text: str) -> str:
    if len(text) > LARGEST_TEXT:
        raise _wrong(
            path,
            _("holds more than {largest_text:,} characters of text", largest_text=LARGEST_TEXT),
            _("give the pages that matter"),
        )
    if len(_CONTROL.findall(text)) > len(text) // 1000:
        raise _wrong(path, _("is not text: it holds control characters"))
    if _REVERSING.search(text):
        raise _wrong(
            path,
            _("holds marks that reverse the direction of writing"),
            _("remove U+202A to U+202E and U+2066 to U+2069"),
        )
    if not any(map(str.isalpha, text[:SEEN])):
        raise _wrong(path, _("holds no text"), _("scanned pages need character recognition first"))
    told = language_of(text)
    if told not in READ:
        hint = _("English and Japanese are read; give a translation")
        raise _wrong(path, _("is written in {told}", told=told), hint)
    return text


READ = ("English", "Japanese")
SEEN = 20_000
"""Characters by which the language is told."""
NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())


def language_of(text: str) -> str:
    """The language that the letters of a text are told by: Latin ones count as English, kana as Japanese.

    >>> language_of("日本側は関税の撤廃を求めた"), language_of("일본은"), language_of("中方敦促美方")
    ('Japanese', 'Korean', 'Chinese')
    """
    head = text[:SEEN]
    plain = head.encode("ascii", "ignore")
    if len(plain.translate(None, NO_LETTERS)) >= len(head) - len(plain):
        return "English"  # most texts need not be looked at letter by letter
    letters = [character for character in head if character.isalpha()]
    names = Counter(unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0] for letter in letters)
    if 2 * names["LATIN"] >= names.total():
        return "English"
    kana = names["HIRAGANA"] + names["KATAKANA"]
    if kana and kana >= FEWEST_KANA * (kana + names["CJK"]):
        return "Japanese"
    if names["HANGUL"] > names["CJK"]:
        return "Korean"
    del names["LATIN"]
    script = names.most_common(1)[0][0].title()
    return {"Cjk": "Chinese", "Hangul": "Korean"}.get(script, f"{script} letters")


FEWEST_KANA = 0.08
"""Share of kana among characters of East Asia from which a text is Japanese."""


_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "nav",
        "aside",
        "footer",
        "form",
        "button",
        "select",
        "figcaption",
        "video",
        "audio",
        "canvas",
    ]
)
_ROLES = frozenset(
    [
        "navigation",
        "complementary",
        "contentinfo",
        "search",
        "form",
        "menu",
        "menubar",
        "toolbar",
        "tablist",
        "tooltip",
        "dialog",
        "alertdialog",
    ]
)
"""ARIA roles of what stands beside a text."""
_UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\s*(?:!\s*important\s*)?(?:;|$)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:(?:left|right|page|site|main|article|story|post|top|bottom|sub|mobile|primary|secondary|global)-)*"
    r"(?:side-?bar|nav|navbar|navigation|menu|breadcrumbs?|footer|pagination|cookies?|newsletter|comments|disqus"
    r"|related|recommended|recommendations|trending|most-(?:read|popular|viewed|shared)|read-(?:more|next)"
    r"|(?:social|share)(?:-share)?|sharing|advert|adverts|advertisement|ads?|promo|captions?)"
    r"(?:-(?:\d+|wrap|wrapper|container|inner|box|list|links?|stories|story|articles?|items?|block|widget|section|area"
    r"|module|panel|left|right|bar|buttons?|menu|posts?|news|topics?|reading|content|consent|banner|signup|text))*"
    r"|hidden|is-hidden|d-none|display-none|invisible|sr-only|visually-hidden|screen-reader(?:-text|-only)?|offscreen"
)
"""Classes and ids by which pages mark what stands beside a text or is not shown; whole names, joined by `-`."""
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "blockquote",
        "pre",
        "figure",
        "br",
        "hr",
        "address",
        "caption",
        "thead",
        "tbody",
        "title",
        "td",
        "th",
        "details",
        "summary",
    ]
)


def _html(source: str, path: Path) -> str:
    """The text of a page, one line a block, without menus, asides, forms, captions and what is not shown."""
    try:
        from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - an optional extra
    except ImportError:
        from kosho.extras import missing  # noqa: PLC0415 - only where something is missing

        raise missing("read", _("reading HTML"), path) from None
    if _depth(source) > DEEPEST_PAGE:
        raise _wrong(
            path,
            _("is nested more than {deepest_page:,} deep", deepest_page=DEEPEST_PAGE),
            _("save the page as text"),
        )
    tree = LexborHTMLParser(source)
    body = tree.body
    holders = _holders(tree)
    pieces: list[str] = []
    node = body.child if body is not None else None
    while node is not None:
        tag = node.tag or ""
        if tag == "-text":
            pieces.append(re.sub(r"[ \t\r\n\f]+", " ", node.text(deep=False) or ""))
        elif tag in _BLOCKS:
            pieces.append("\n")
        passed = tag.startswith("-") or tag in _SKIPPED or _beside(node, holders)
        inside = None if passed else node.child
        node = inside if inside is not None else _following(node, pieces)
    lines = (line.strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _holders(tree: LexborHTMLParser) -> set[int]:
    """Nodes around the text itself: whatever they are called, they are no sidebar."""
    found: set[int] = set()
    for node in tree.css("h1, main, [role=main]"):
        here: LexborNode | None = node
        while here is not None and here.mem_id not in found:
            found.add(here.mem_id)
            here = here.parent
    return found


def _beside(node: LexborNode, holders: set[int]) -> bool:
    """Whether a page marks a node as not shown, or as standing beside its text."""
    told = node.attributes
    if not told:
        return False
    if "hidden" in told:
        return True
    if node.mem_id in holders:
        return False
    if (told.get("role") or "").strip().lower() in _ROLES or _UNSEEN.search(told.get("style") or ""):
        return True
    names = f"{told.get('class') or ''} {told.get('id') or ''}".split()
    return any(_BESIDE.fullmatch(_plain(name)) for name in names)


def _plain(name: str) -> str:
    """`relatedStories` and `related__stories` as `related-stories`."""
    return re.sub(r"[-_]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name[:80])).lower()


_TAGS = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)")
_UNCLOSED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
    ]
)
"""Tags that pages leave open and that the next of their kind closes."""


def _depth(source: str) -> int:
    """The most tags open at once: the parser looks through all of them at every further one."""
    depth = most = 0
    for tag in _TAGS.finditer(source):
        if tag["name"].lower() not in _UNCLOSED:
            depth = max(depth - 1, 0) if tag["end"] else depth + 1
            most = max(most, depth)
    return most


def _following(node: LexborNode, pieces: list[str]) -> LexborNode | None:
    """The node after this one and all inside it; lines end where blocks do."""
    here: LexborNode | None = node
    while here is not None and here.tag != "body":
        if (here.tag or "") in _BLOCKS:
            pieces.append("\n")
        if here.next is not None:
            return here.next
        here = here.parent
    return None


def _pdf(path: Path) -> str:
    """The text of a PDF, read in a process of its own that is ended when it takes too much."""
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("pdf.py")),
        str(path.resolve()),
        str(LARGEST_TEXT),
        str(PDF_MEMORY),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, the path is an argument of its own
            command, capture_output=True, timeout=PDF_SECONDS, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise _wrong(
            path,
            _("took more than {pdf_seconds} s to read", pdf_seconds=PDF_SECONDS),
            _("give the pages that matter, or their text"),
        ) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise _wrong(path, _("is a PDF that cannot be read within the limit of memory")) from None
    if answer.get("missing"):
        from kosho.extras import missing  # noqa: PLC0415 - only where something is missing

        raise missing("read", _("reading a PDF"), path)
    if "error" in answer:
        why = answer["error"]
        raise _wrong(path, _("is not a readable PDF: {error}", error=_(why)))
    return answer["text"]


def _environment() -> dict[str, str]:
    """The child needs no more than where its packages are."""
    return {
        key: value
        for key, value in os.environ.items()
        if key in ("PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
    }
