"""Register files, documents and schedules that people or programs spoilt, and what readers may do with them.

Read them, or refuse them with an error for people: nothing else, in a bounded time and bounded memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.fuzz.broken import BrokenError, well_told
from tests.reading import GOLD, page, pdf_of
from tests.schedule_files import HTS, JAPANESE, PAGE, as_json

from kosho.codes import expand_regions
from kosho.errors import InputError, KoshoError
from kosho.law import Query, Register, quote
from kosho.law.check import contradictions
from kosho.law.register import shipped_files
from kosho.law.schedules import Duty, parse_duty
from kosho.law.schedules.importing import read_files
from kosho.law.schedules.lines import LineBook, Schedule
from kosho.law.schedules.store import imported, write
from kosho.record.reading import Document, decode, read_text

ODD = (
    *("", " ", "null", "~", "yes", "no", "0", "-1", "1e999", ".nan", "-.inf", "0x1F", "1_000", "12:30:00"),
    *(
        "2025-02-30",
        "0000-00-00",
        "9999-12-31",
        "2025-06-29",
        "[]",
        "{}",
        "[[[[",
        "]]",
        "}",
        "&a",
        "*a",
        "<<: *a",
    ),
    *(
        "!!python/object:x",
        "!!binary aGk=",
        "|",
        ">",
        "---",
        "...",
        "# c",
        "\t",
        "\r",
        "\0",
        "\u2028",
        "\ufeff",
    ),
    *(
        "\u3000",
        "\u202e",
        "é",
        "日本",
        "\U0001f600",
        "a" * 300,
        "9" * 400,
        "9" * 5000,
        '"',
        "'",
        "%",
        "\\",
        ": ",
    ),
    *(
        "tariff",
        "floor",
        "exemption",
        "termination",
        "USA",
        "EU27",
        "ZZZ",
        "all",
        "8703",
        "8703.23",
        "in_force",
    ),
    *(
        "5%",
        "2¢/kg",
        "Free",
        "無税",
        "(KR)",
        " 1/",
        "²",
        "<b>",
        "</td>",
        "&nbsp;",
        "&#x110000;",
        ",",
        "\n",
        "\n\n",
    ),
)
"""What is put in the place of something else."""
_DAY = date(2025, 6, 29)
_MEASURE = re.compile(r"(?m)^  - id: ")


def spoilt(chance: Random, text: str) -> str:
    """The text after a few accidents: words replaced, lines lost, doubled, moved or shifted, ends cut off."""
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6, 12))):
        text = chance.choice((_word, _word, _line, _shifted, _inserted, _cut))(chance, text)
    return text


def _word(chance: Random, text: str) -> str:
    words = [found.span() for found in re.finditer(r"[^\s:,{}\[\]<>\"|]+", text)]
    if not words:
        return text
    (start, end), (first, last) = chance.choice(words), chance.choice(words)
    other = chance.choice((chance.choice(ODD), text[first:last]))
    return text[:start] + other + text[end:]


def _line(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[here]
        case 1:
            lines.insert(there, lines[here])
        case _:
            lines[here], lines[there] = lines[there], lines[here]
    return "".join(lines)


def _shifted(chance: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        here = chance.randrange(len(lines))
        lines[here] = chance.choice((lambda line: "  " + line, lambda line: line[2:]))(lines[here])
    return "".join(lines)


def _inserted(chance: Random, text: str) -> str:
    where = chance.randrange(len(text) + 1)
    return text[:where] + chance.choice(ODD) * chance.choice((1, 1, 1, 40)) + text[where:]


def _cut(chance: Random, text: str) -> str:
    return text[: chance.randrange(len(text) + 1)]


def register_file(chance: Random, folder: Path) -> None:
    """Load a spoilt register file; what loads is asked, checked for contradictions, written and read again.

    Raises:
        BrokenError: what was written is not what was read.
        Exception: a reader failed in another way than it may.
    """
    text = chance.choice(shipped_files()).read_text(encoding="utf-8")
    head, *measures = _MEASURE.split(text)
    some = chance.sample(measures, min(len(measures), chance.randrange(5)))
    if measures and not some:
        head = head.replace("measures:", "", 1)
    path = folder / "register.yaml"
    path.write_bytes(encoded(chance, spoilt(chance, head + "".join("  - id: " + one for one in some))))
    try:
        register = Register.load([path])
    except InputError as error:
        well_told(error, str(path))
        return
    contradictions(register)
    _asked(chance, register)
    copy = folder / "copy.yaml"
    register.dump(copy)
    again = Register.load([copy])
    if (again.measures, again.lists, again.sources) != (register.measures, register.lists, register.sources):
        raise BrokenError("a register that was written is another one when read")


def _asked(chance: Random, register: Register) -> None:
    for _ in range(3):
        importer = chance.choice([*register.imposers, "USA", "JPN"])
        query = Query(
            importer,
            chance.choice(
                [code for code in ("JPN", "USA", "CHN", "DEU") if code not in expand_regions([importer])]
            ),
            chance.choice(("8703.23", "7208.10", "0207.14", "2709.00", "8471.30.01")),
            _DAY + timedelta(days=chance.randrange(-300, 300)),
            general=Duty.percent(chance.choice(("0", "2.5", "40"))),
        )
        with suppress(KoshoError):
            quote(register, query)


def document(chance: Random, folder: Path) -> None:
    """Read a spoilt document as text, page or PDF: every quote stands where it says, and again the same.

    Raises:
        BrokenError: a quote that is not in the text, or another answer the second time.
        Exception: a reader failed in another way than it may.
    """
    text = chance.choice(sorted(GOLD.glob("*.txt"))).read_text(encoding="utf-8")
    start = chance.randrange(len(text))
    text = spoilt(chance, text[start : start + chance.choice((300, 2000, 6000))])
    kind = chance.choices(("txt", "html", "pdf"), (60, 39, 1))[0]
    path = folder / f"document.{kind}"
    if kind == "pdf":
        path.write_bytes(spoilt_bytes(chance, pdf_of(re.sub(r"[()\\]|[^\x20-\x7e\n]", "", text).splitlines())))
    else:
        path.write_bytes(encoded(chance, spoilt(chance, page(text)) if kind == "html" else text))
    try:
        found = decode(path)
    except InputError as error:
        well_told(error, str(path))
        return
    drafts = read_text(found)
    if not all(found.text[one.start : one.end] == one.quote and one.quote for one in drafts):
        raise BrokenError("a quote is not what stands in the text")
    again = read_text(Document(found.name, found.text))
    if [one.as_dict() for one in again] != [one.as_dict() for one in drafts]:
        raise BrokenError("the same text gives other drafts the second time")


def schedule(chance: Random, folder: Path) -> None:
    """Read a spoilt schedule; what is read is written to the store, found there again, and asked for its rates.

    Raises:
        BrokenError: what was stored is not what was read, or a duty that is not what it writes.
        Exception: a reader failed in another way than it may.
    """
    name, text = chance.choice(_SCHEDULES)(chance)
    path = folder / name
    path.write_bytes(encoded(chance, text))
    try:
        lines = sorted(read_files([path]).lines.values(), key=lambda line: line.code)
    except InputError as error:
        well_told(error, str(path))
        return
    write(Schedule("NZL", "fuzz", LineBook(lines)), lines)
    (kept,) = [one for one in imported("NZL") if one.edition == "fuzz"]
    if {code: line.duties() for code, line in kept.lines.items()} != {one.code: one.duties() for one in lines}:
        raise BrokenError("a stored schedule is another one when read")
    texts = {
        text
        for line in lines
        for text in (line.general_text, line.statutory_text, *line.special_texts.values())
    }
    for text in texts - {""}:
        duty = parse_duty(text)
        if parse_duty(str(duty)) != duty:
            raise BrokenError(f"a duty is not what it writes: {text!r}")
        with suppress(KoshoError):
            duty.ad_valorem_equivalent()


def _as_table(chance: Random) -> tuple[str, str]:
    return "table.csv", spoilt(
        chance, "code,duty,description,unit\n87032301,2.5%,Cars,No.\n04021005,3.3¢/kg,Milk,kg\n"
    )


_SCHEDULES: tuple[Callable[[Random], tuple[str, str]], ...] = (
    lambda chance: ("hts.csv", spoilt(chance, HTS)),
    lambda chance: ("hts.json", spoilt(chance, as_json(HTS))),
    lambda chance: ("japan.csv", spoilt(chance, JAPANESE)),
    lambda chance: ("japan.html", spoilt(chance, PAGE)),
    _as_table,
)


def encoded(chance: Random, text: str) -> bytes:
    """The text in UTF-8, now and then with its mark, in another encoding or with bytes that are others."""
    how = chance.random()
    if how < 0.03:
        return text.encode("utf-16", errors="ignore")
    content = text.encode("utf-8-sig" if how < 0.1 else "utf-8", errors="ignore")
    return spoilt_bytes(chance, content) if how > 0.95 else content


def spoilt_bytes(chance: Random, content: bytes) -> bytes:
    spoiled = bytearray(content)
    for _ in range(chance.choice((0, 1, 5, 50))):
        if spoiled:
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)
