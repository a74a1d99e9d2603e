"""A brief as a Word document: real styles, headings, captions and tables, in a template of one's own."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from kosho import formatting
from kosho.brief.cells import Cell, CellTable
from kosho.brief.exports.charts import embedded, word_charts
from kosho.brief.exports.document import Figure, Heading, Paragraph, document, marks
from kosho.brief.model import Brief
from kosho.errors import InputError, Problem, Problems, suggest, unreadable
from kosho.extras import missing
from kosho.language import _, pgettext
from kosho.packed import SPOILT

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph as WordParagraph

__all__ = ["PLACEHOLDERS", "STYLES", "read_template", "word"]

STYLES = ("Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "List Bullet", "Table Grid")
"""Styles that a template must have; text is set in its `Normal`."""
PLACEHOLDERS = ("title", "case", "as_of", "parties", "brief")
"""What `{{ ... }}` in a template may name; `brief` is the paragraph that the whole text takes the place of."""
FULL_WIDTH = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]"
)
BREAKABLE = 10
"""Letters that full-width text has on a line, at least."""
NAMES = re.compile(r"\{\{\s*(.*?)\s*\}\}")
INK, SOFT, BLUE = "1B2430", "4B5768", "1D3F72"
SMALL, TINY = 16, 14
"""Half points, of a cell and of its second line."""
TONES = {"gain": "1F6B4F", "loss": "9C2F16", "unclear": "6B5411"}
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""


def read_template(path: Path | None) -> bytes | None:
    """A ministry's own template, checked before the work: None is Kosho's own.

    Raises:
        InputError: it is no .docx, or it lacks styles or has placeholders that nothing fills; all are told.
    """
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
    _refuse_wrong(_opened(content, path), path)
    return content


def word(brief: Brief, template: bytes | None = None) -> bytes:
    """The document.

    Args:
        brief: What it says.
        template: A checked `.docx` (`read_template`); by default Kosho's own.

    Raises:
        InputError: the packages of the `office` extra are not installed.
    """
    made = _own() if template is None else _opened(template, None)
    titled = "title" in _named(made)
    place = _fill(made, brief)
    for element in _elements(made, brief, titled=titled):
        place.addprevious(element)
    _remove(place)
    core = made.core_properties
    core.title, core.author, core.comments = _legal(brief.title), "Kosho", ""
    core.created = core.modified = datetime(brief.as_of.year, brief.as_of.month, brief.as_of.day)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def _opened(content: bytes, path: Path | None) -> Document:
    try:
        import docx  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError:
        raise missing("office", _("writing Word documents")) from None
    try:
        return docx.Document(io.BytesIO(content))
    except (*SPOILT, SyntaxError):  # of XML
        raise InputError(
            Problem(_("is no Word document"), _("save it as .docx"), file=None if path is None else str(path))
        ) from None


def _refuse_wrong(template: Document, path: Path) -> None:
    problems = Problems(str(path))
    names = [style.name for style in template.styles]
    for style in STYLES:
        if style not in names:
            problems.add(
                _("has no style {style!r}", style=style),
                _("use it once in the template, save, and delete the text"),
            )
    for name in _named(template):
        if name not in PLACEHOLDERS:
            problems.add(_("nothing fills {{{{ {name} }}}}", name=name), suggest(name, PLACEHOLDERS))
    problems.raise_if_any()


def _named(template: Document) -> list[str]:
    """Names of all placeholders, each once."""
    return list(dict.fromkeys(name for one in _paragraphs(template) for name in NAMES.findall(one.text)))


def _paragraphs(made: Document) -> Iterator[WordParagraph]:
    """Of the body, its tables, headers and footers."""
    from docx.text.paragraph import Paragraph as Wrapped  # noqa: PLC0415

    roots: list[Any] = [made.element.body]
    for section in made.sections:
        parts = (
            section.header,
            section.footer,
            section.first_page_header,
            section.first_page_footer,
            section.even_page_header,
            section.even_page_footer,
        )
        own = [part for part in parts if not part.is_linked_to_previous]
        roots += [part._element for part in own]  # pyright: ignore[reportPrivateUsage]
    for root in roots:
        for element in root.iter(_name("w:p")):
            yield Wrapped(element, made)  # pyright: ignore[reportArgumentType]


def _name(tag: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    return qn(tag)


def _fill(made: Document, brief: Brief) -> Any:
    """Put the words in place of placeholders; the paragraph before which the text goes."""
    said = {
        "title": brief.title,
        "case": brief.case,
        "as_of": formatting.day(brief.as_of),
        "parties": formatting.listed([one.title for one in brief.parties]),
    }
    place: Any = None
    for paragraph in list(_paragraphs(made)):
        names = NAMES.findall(paragraph.text)
        if "brief" in names:
            place = paragraph._element  # pyright: ignore[reportPrivateUsage]
        elif names:
            _replace(paragraph, said)
    return made.add_paragraph()._element if place is None else place  # pyright: ignore[reportPrivateUsage]


def _replace(paragraph: WordParagraph, said: dict[str, str]) -> None:
    """Word parts a placeholder into runs as it likes: the first run of the paragraph takes all of its text."""
    text = NAMES.sub(lambda found: _legal(said[found[1]]), paragraph.text)
    first, *others = paragraph.runs
    first.text = text
    for run in others:
        run.text = ""


def _remove(element: Any) -> None:
    element.getparent().remove(element)


def _elements(made: Document, brief: Brief, *, titled: bool) -> Iterator[BaseOxmlElement]:
    ids = {style.name or "": style.style_id for style in made.styles}
    if not titled:  # a template that names the title has set it where it wants it
        yield _paragraph(ids["Title"], brief.title)
        day = formatting.day(brief.as_of)
        yield _paragraph(ids["Subtitle"], _("Brief as of {day}, as known on that day", day=day))
    number = 0
    for block in document(brief):
        if isinstance(block, CellTable):
            number += 1
            yield from _table(brief, block, number, ids)
        elif isinstance(block, Figure):
            yield from _figure(made, brief, block, ids)
        else:
            yield _words(block, ids)


def _figure(made: Document, brief: Brief, block: Figure, ids: dict[str, str]) -> Iterator[BaseOxmlElement]:
    """Caption, and beside each other a chart a party that Word draws, with what it shows in words."""
    charts = word_charts(brief)
    if charts is None:
        return
    field = _field(" SEQ Figure \\* ARABIC ", _run("1"))
    caption = _run(_("Figure ")) + field + _run(_(". ") + block.title)
    yield _parsed(f"<w:p {{ns}}>{_style(ids['Caption'], '<w:keepNext/>')}{caption}</w:p>")
    shown = zip(embedded(made, charts), block.spoken, strict=True)
    drawn = "".join(_chart(number, one, told) for number, (one, told) in enumerate(shown, 1))
    yield _parsed(f"<w:p {{ns}}>{drawn}</w:p>")


CHART = (4_330_000 * 7 // 10, 4_330_000 * 7 // 10 * 300 // 380)
"""English metric units of a chart: two of them beside each other between the margins."""
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"


def _chart(number: int, relation: str, told: str) -> str:
    wide, high = CHART
    words = escape(_legal(told), {'"': "&quot;"})
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Chart {number}" '
        f'descr="{words}"/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{DRAWING}/main"><a:graphicData '
        f'uri="{DRAWING}/chart"><c:chart xmlns:c="{DRAWING}/chart" r:id="{relation}" xmlns:r="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships"/></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r>"
    )


def _words(block: Heading | Paragraph, ids: dict[str, str]) -> BaseOxmlElement:
    if isinstance(block, Heading):
        return _paragraph(ids[f"Heading {block.level}"], block.text)
    style = ids["List Bullet"] if block.kind == "point" else ""
    lead = _run(block.lead + (" " if block.lead.startswith("[") else _(". ")), bold=True) if block.lead else ""
    size, colour = {"note": (SMALL + 1, SOFT), "lead": (26, BLUE)}.get(block.kind, (0, ""))
    return _parsed(f"<w:p {{ns}}>{_style(style)}{lead}{_run(block.text, size=size, colour=colour)}</w:p>")


def _paragraph(style: str, text: str) -> BaseOxmlElement:
    return _parsed(f"<w:p {{ns}}>{_style(style)}{_run(text)}</w:p>")


def _parsed(text: str) -> BaseOxmlElement:
    from docx.oxml import parse_xml  # noqa: PLC0415
    from docx.oxml.ns import nsdecls  # noqa: PLC0415

    return parse_xml(text.replace("{ns}", nsdecls("w"), 1))


def _style(name: str, more: str = "") -> str:
    style = f'<w:pStyle w:val="{escape(name)}"/>' if name else ""
    return f"<w:pPr>{style}{more}</w:pPr>" if style or more else ""


def _run(text: str, *, size: int = 0, colour: str = "", bold: bool = False) -> str:
    form = "<w:b/>" if bold else ""
    form += f'<w:color w:val="{colour}"/>' if colour else ""
    form += f'<w:sz w:val="{size}"/>' if size else ""
    lines = escape(_legal(text)).split("\n")
    told = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{form}</w:rPr>' if form else ''}{told}</w:r>"


def _legal(text: str) -> str:
    return UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", formatting.typeset(text))


def _table(brief: Brief, table: CellTable, number: int, ids: dict[str, str]) -> Iterator[BaseOxmlElement]:
    """Caption, table and note."""
    keep = "<w:keepNext/>"
    field = _field(" SEQ Table \\* ARABIC ", _run(str(number)))
    caption = _run(_("Table ")) + field + _run(_(". ") + table.caption)
    yield _parsed(f"<w:p {{ns}}>{_style(ids['Caption'], keep)}{caption}</w:p>")
    widths = _widths(table)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    heads = "".join(_head_rows(table, widths))
    rows = "".join(_row(brief, table, row, widths) for row in table.rows)
    look = '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0"/>'
    yield _parsed(
        f'<w:tbl {{ns}}><w:tblPr><w:tblStyle w:val="{escape(ids["Table Grid"])}"/>'
        f'<w:tblW w:w="5000" w:type="pct"/>{_BORDERS}<w:tblLayout w:type="fixed"/>{_MARGINS}{look}'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{heads}{rows}</w:tbl>"
    )
    yield _parsed(f"<w:p {{ns}}>{_run(table.note, size=SMALL, colour=SOFT) if table.note else ''}</w:p>")


NO_FONT = "none"
"""Where the language has no script of East Asia."""
_BORDERS = (
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="{kind}" w:sz="4" w:space="0" w:color="D5DAE1"/>'
        for side, kind in (
            ("top", "single"),
            ("left", "nil"),
            ("bottom", "single"),
            ("right", "nil"),
            ("insideH", "single"),
            ("insideV", "nil"),
        )
    )
    + "</w:tblBorders>"
)
_MARGINS = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
WIDTH = 9638
"""Twentieths of a point between margins of 2 cm on A4."""
LETTER, PADDING = 96, 160
"""Of a letter at the size of cells, and beside the words of a cell."""
SENTENCE = 200
"""Letters from which a text is long."""


def _widths(table: CellTable) -> list[int]:
    """Every column takes its longest word; what is left goes to those that say most."""
    least: list[float] = []
    said: list[float] = []
    for place, head in enumerate(table.columns):
        cells = [row[place] for row in table.rows if place < len(row)]
        words = [word for one in cells for word in f"{one.text} {one.note} {one.word}".split(" ")]
        least.append(PADDING + LETTER * max(map(_long, (*words, *head.split(), "0000"))))
        said.append(max((min(_wide(f"{one.text} {one.note}"), SENTENCE) for one in cells), default=1) ** 0.6)
    left = max(WIDTH - sum(least), 0.0)
    wide = [one + left * share / sum(said) for one, share in zip(least, said, strict=True)]
    return [round(WIDTH * one / sum(wide)) for one in wide]


def _wide(text: str) -> int:
    """Letters of a text, those of full width twice."""
    return len(text) + sum(unicodedata.east_asian_width(one) in "WF" for one in text)


def _long(word: str) -> int:
    """Letters of a word that stay on one line: between those of full width a line may break."""
    if _wide(word) == len(word):
        return len(word)
    return min(_wide(word), max(BREAKABLE, *map(len, FULL_WIDTH.split(word))))


def _head_rows(table: CellTable, widths: Sequence[int]) -> Iterator[str]:
    first = len(table.columns) - table.numeric
    if table.groups:
        spans = [(sum(widths[:first]), first, "")]
        for place, name in enumerate(table.groups[1:]):
            start = first + place * table.group_width
            spans.append((sum(widths[start : start + table.group_width]), table.group_width, name))
        yield _header(
            _box(_line([_run(name, size=SMALL, bold=True, colour=INK)], "center"), width, span)
            for width, span, name in spans
        )
    yield _header(
        _box(
            _line([_run(name, size=SMALL, bold=True, colour=SOFT)], "left" if place < first else "right"),
            widths[place],
        )
        for place, name in enumerate(table.columns)
    )


def _header(cells: Iterable[str]) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(brief: Brief, table: CellTable, row: Sequence[Cell], widths: Sequence[int]) -> str:
    first = len(table.columns) - table.numeric
    cells = "".join(
        _box(_cell(brief, cell, "left" if place < first else "right"), widths[place])
        for place, cell in enumerate(row)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cell(brief: Brief, cell: Cell, side: str) -> str:
    """What a cell says, its note and its tone in a word, a line each."""
    text = (
        cell.text + marks(brief, cell.sources) + (f" ({formatting.word(cell.status)})" if cell.status else "")
    )
    found = _line([_run(text, size=SMALL)], side)
    if cell.note:
        found += _line([_run(cell.note, size=TINY, colour=SOFT)], side)
    if cell.word:
        found += _line([_run(cell.word, size=TINY, colour=TONES.get(cell.tone, SOFT), bold=True)], side)
    return found


def _line(runs: Sequence[str], side: str) -> str:
    spacing = '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
    return f'<w:p><w:pPr>{spacing}<w:jc w:val="{side}"/></w:pPr>{"".join(runs)}</w:p>'


def _box(content: str, width: int, span: int = 1) -> str:
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}</w:tcPr>{content}</w:tc>'


def _own() -> Document:
    """Kosho's own template: A4, its colours, page numbers."""
    try:
        import docx  # noqa: PLC0415 - an optional extra
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415
    except ModuleNotFoundError:
        raise missing("office", _("writing Word documents")) from None
    east_asian = pgettext("font of documents for a script of East Asia", "none")
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin, section.bottom_margin = Cm(2), Cm(2)
    looks = {
        "Normal": (10, INK, 0, 6),
        "Title": (22, BLUE, 0, 4),
        "Subtitle": (11, SOFT, 0, 12),
        "Heading 1": (15, BLUE, 18, 6),
        "Heading 2": (11.5, INK, 12, 4),
        "Caption": (9, INK, 12, 4),
        "List Bullet": (10, INK, 0, 4),
    }
    for name, (size, colour, before, after) in looks.items():
        style: Any = made.styles[name]
        style.font.size, style.font.name = Pt(size), "Calibri"
        if east_asian != NO_FONT:
            style.element.rPr.rFonts.set(qn("w:eastAsia"), east_asian)
        style.font.color.rgb = RGBColor.from_string(colour)
        style.font.italic = False
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    number = _run("1", size=SMALL, colour=SOFT)
    parts = _field(" PAGE ", number) + _run(" / ", size=SMALL, colour=SOFT) + _field(" NUMPAGES ", number)
    for element in list(_parsed(f"<w:p {{ns}}>{parts}</w:p>")):
        footer._p.append(element)  # pyright: ignore[reportPrivateUsage]
    return made


def _field(instruction: str, shown: str) -> str:
    """A field that Word computes, with what it shows until then."""
    marks_of = {
        kind: f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    }
    asked = f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
    return f"{marks_of['begin']}{asked}{marks_of['separate']}{shown}{marks_of['end']}"
