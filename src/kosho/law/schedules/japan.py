"""Japan's schedule: pages of Japan Customs (HTML, English or Japanese) and tables made of them (Parquet, CSV).

Which duty applies without a claim: the temporary one where there is one, else the general one, unless the WTO
rate is lower. The schedule prints in brackets what does not apply, so brackets decide.
A duty printed on a heading line holds for the lines under it that print none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kosho.errors import InputError, Problems
from kosho.language import _
from kosho.law.schedules.html_tables import table_rows
from kosho.law.schedules.lines import Line
from kosho.law.schedules.notation import parse_duty
from kosho.law.schedules.reading import ScheduleDraft, SourceRow, plain_rows, text_of
from kosho.law.schedules.seasons import season
from kosho.tabular import kind_of

__all__ = ["PAGES", "is_japanese_schedule", "read_japan"]

CODE, SUB, DESCRIPTION, UNIT = "code", "sub", "description", "unit"
BASIC, TEMPORARY, WTO = "basic", "temporary", "wto"
_HEADINGS: dict[str, tuple[str, ...]] = {
    CODE: ("stat_code", "h.s.code", "statisticalcodeh.s.code", "statisticalcode", "統計番号", "番号"),
    SUB: ("sub", "細分"),
    DESCRIPTION: ("desc", "description", "品名"),
    UNIT: ("unit", "uniti", "単位", "単位i"),
    BASIC: ("基本", "general"),
    TEMPORARY: ("暫定", "temporary"),
    WTO: ("wto協定", "wto"),
    "gsp-japan": ("特恵", "gsp"),
    "ldc-japan": ("特別特恵", "ldc"),
    "jsepa": ("シンガポール", "singapore"),
    "japan-mexico": ("メキシコ", "mexico"),
    "jmepa": ("マレーシア", "malaysia"),
    "japan-chile": ("チリ", "chile"),
    "jtepa": ("タイ", "thailand"),
    "ijepa": ("インドネシア", "indonesia"),
    "jbepa": ("ブルネイ", "brunei"),
    "ajcep": ("アセアン", "asean"),
    "jpepa": ("フィリピン", "philippines"),
    "japan-switzerland": ("スイス", "switzerland"),
    "vjepa": ("ベトナム", "vietnam"),
    "japan-india": ("インド", "india"),
    "japan-peru": ("ペルー", "peru"),
    "jaepa": ("豪州", "オーストラリア", "australia"),
    "japan-mongolia": ("モンゴル", "mongolia"),
    "cptpp": ("cptpp", "tpp11(cptpp)", "tpp11"),
    "jeepa": ("欧州連合", "eu", "europeanunion"),
    "japan-uk": ("英国", "uk", "unitedkingdom"),
    "rcep": ("rcep_アセアン豪州nz", "asean/australia/newzealand(rcep)", "rcep(asean/australia/newzealand)"),
    "rcep/CHN": ("rcep_中国", "china(rcep)", "rcep(china)"),
    "rcep/KOR": ("rcep_韓国", "korea(rcep)", "rcep(korea)"),
    "usjta": ("日米貿易協定", "jp-ustradeagreement", "us", "日米"),
}
_COLUMN_OF = {spelling: column for column, spellings in _HEADINGS.items() for spelling in spellings}
_DUTIES = tuple(column for column in _HEADINGS if column not in (CODE, SUB, DESCRIPTION, UNIT))
_NATIONAL = (BASIC, TEMPORARY, WTO)
_MEMBERS = {
    "オーストラリア": "AUS", "ブルネイ": "BRN", "カナダ": "CAN", "チリ": "CHL", "英国": "GBR",
    "メキシコ": "MEX", "マレーシア": "MYS", "ニュージーランド": "NZL", "ペルー": "PER",
    "シンガポール": "SGP", "ベトナム": "VNM",
}  # fmt: skip
_TREATMENT = re.compile(r"[（(](?P<who>[^（）()]+)に対する待遇[）)]\u3000(?P<duty>.+)")
_MARKS = re.compile(
    r"\s*(?:(\d+)\s|([(（]\d+[)）])|([A-ZＡ-Ｚ])[\s．.]|([(（][a-zａ-ｚ][)）])|(\*?[〔\[][^〕\]]+[〕\]]|[イロハニホ]\s)|([-−‐]+))"
)
UNMARKED, DASHES = 5, 6
PAGES = (".htm", ".html")
_OTHERS = "他の締約国"


@dataclass(frozen=True, slots=True)
class _Heading:
    depth: int
    code: str
    duties: dict[str, str]


def is_japanese_schedule(headings: Iterable[str]) -> bool:
    """Whether a table has the columns of Japan's schedule."""
    found = {_column(heading) for heading in headings}
    return {CODE, BASIC, WTO} <= found


def read_japan(path: Path, draft: ScheduleDraft) -> None:
    """Add the lines of a page or table to a draft; codes have six digits and a statistical suffix of three."""
    problems = Problems(str(path))
    rows = _page(path, problems) if kind_of(path) in PAGES else plain_rows(path, problems)
    above: list[_Heading] = []
    seasonal: dict[str, list[tuple[str, Line, int]]] = {}
    last_code = ""
    for row in rows:
        cells = _named(row.cells)
        if not {CODE, BASIC, WTO} <= set(cells):
            problems.add(_("has not the columns of Japan's schedule"), line=row.line)
            break
        place = _place(cells, row, problems)
        if place is None:
            continue
        code, sub = place
        depth = _depth(cells.get(DESCRIPTION, ""), first=code != last_code)
        last_code = code
        while above and (above[-1].depth >= depth or above[-1].code != code):
            above.pop()
        duties = _inherited(cells, above)
        if sub:
            line = _line(code + sub, cells, duties)
            days = season(line.description.rpartition(" > ")[2])
            if days:
                seasonal.setdefault(line.code, []).append((days, line, row.line))
            else:
                draft.add(line, str(path), row.line)
        elif len(code) == 6:
            above.append(_Heading(depth, code, duties))
    for code, parts in seasonal.items():
        try:
            draft.add(_through_the_year(parts), str(path), parts[0][2])
        except InputError as error:
            draft.refuse(error, code, str(path), parts[0][2])
    draft.problems += problems.found


def _column(heading: str) -> str | None:
    plain = re.sub(r"\s+", "", heading).lower().removeprefix("epa_")
    plain = re.sub(r"\*+\d*$", "", plain)
    return _COLUMN_OF.get(plain)


def _named(cells: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for heading, cell in cells.items():
        column = _column(heading)
        if column is not None:
            found.setdefault(column, cell.strip())
    return found


def _place(cells: dict[str, str], row: SourceRow, problems: Problems) -> tuple[str, str] | None:
    """Code and suffix of a row; None for what is no line, with a problem where it should be one."""
    code, _other, rest = cells[CODE].partition(" ")
    plain, sub = code.replace(".", ""), (cells.get(SUB) or rest).strip()
    if not plain and not sub:
        return None
    if re.fullmatch(r"\d{4}(\d{2}(\d{3})?)?", plain) is None:
        problems.add(
            _("{cells!r} is not a statistical code", cells=cells[CODE]),
            _("write 8703.23 and 000"),
            line=row.line,
        )
        return None
    if len(plain) == 9:
        plain, sub = plain[:6], plain[6:]
    if sub and (re.fullmatch(r"\d{3}", sub) is None or len(plain) != 6):
        problems.add(
            _("{sub!r} is not a statistical suffix", sub=sub), _("three digits"), line=row.line, key=cells[CODE]
        )
        return None
    return plain, sub


def _depth(description: str, *, first: bool) -> int:
    """How deep under its subheading a line stands, by the mark it begins with: 1 (1) A (a) *〔1〕 - --.

    Without a mark it is the subheading itself if it comes first, else below what is numbered.
    """
    marks = _MARKS.match(description.rpartition(" > ")[2])
    if marks is None:
        return 0 if first else UNMARKED
    found = marks.lastindex or 1
    return UNMARKED + len(marks[found]) if found == DASHES else found


def _inherited(cells: dict[str, str], above: list[_Heading]) -> dict[str, str]:
    printed = {column: cells[column] for column in _DUTIES if _printed(cells.get(column, ""))}
    return {**(above[-1].duties if above else {}), **printed}


def _printed(cell: str) -> bool:
    return cell.strip() not in ("", "-", "--", "―", "－")


def _line(code: str, cells: dict[str, str], duties: dict[str, str]) -> Line:
    specials = {column: duties[column] for column in _DUTIES if column in duties and column not in _NATIONAL}
    national = duties.get(TEMPORARY) or duties.get(BASIC) or ""
    bound = duties.get(WTO, "")
    general = national if national and (not bound or _in_brackets(bound)) else bound
    return Line(
        code=code,
        description=cells.get(DESCRIPTION, ""),
        unit=cells.get(UNIT, ""),
        general_text=general,
        statutory_text=national,
        special_texts=dict(pair for column, text in specials.items() for pair in _by_member(column, text)),
    )


def _in_brackets(text: str) -> bool:
    """Whether everything printed stands in brackets: a rate that does not apply, the national one is as low."""
    rest = text.replace("（", "(").replace("）", ")")
    while (shorter := re.sub(r"\([^()]*\)", "", rest)) != rest:
        rest = shorter
    return re.fullmatch(r"[\s*※●◎〜、又は]*", rest) is not None


def _by_member(column: str, text: str) -> Iterator[tuple[str, str]]:
    """A duty that differs by member of the agreement, one column each."""
    parts = [_TREATMENT.fullmatch(part.strip()) for part in re.split(r"[\r\n]+", text) if part.strip()]
    members = [re.split(r"及び|、", part["who"]) if part else [] for part in parts]
    if not all(parts) or any(who != _OTHERS and who not in _MEMBERS for some in members for who in some):
        yield column, text
        return
    for part, some in zip(parts, members, strict=True):
        for who in some:
            yield (column if who == _OTHERS else f"{column}/{_MEMBERS[who]}"), part["duty"] if part else ""


def _through_the_year(parts: list[tuple[str, Line, int]]) -> Line:
    """One line of those that share a code and differ by season."""
    first = parts[0][1]

    def joined(texts: list[str]) -> str:
        if len(set(texts)) == 1:
            return texts[0]
        cases = [(days, text) for (days, _other, _other), text in zip(parts, texts, strict=True) if text]
        return " | ".join(f"[{days}] {parse_duty(text)}" for days, text in cases)

    columns = dict.fromkeys(column for _other, line, _other in parts for column in line.special_texts)
    return Line(
        code=first.code,
        description=first.description.rpartition(" > ")[0] or first.description,
        unit=first.unit,
        general_text=joined([line.general_text for _other, line, _other in parts]),
        statutory_text=joined([line.statutory_text for _other, line, _other in parts]),
        special_texts={
            column: joined([line.special_texts.get(column, "") for _other, line, _other in parts])
            for column in columns
        },
    )


def _page(path: Path, problems: Problems) -> Iterator[SourceRow]:
    header: list[str] = []
    for line, cells in table_rows(text_of(path)):
        if is_japanese_schedule(cells):
            header = _with_suffix(cells)
        elif header and len(cells) == len(header):
            yield SourceRow(line, dict(zip(header, cells, strict=True)))
        elif header and re.match(r"\d{4}\.\d{2}", cells[0] if cells else ""):
            problems.add(
                _("{number} cells under {number_2} headings", number=len(cells), number_2=len(header)),
                line=line,
            )
    if not header:
        problems.add(_("has no table with the columns of Japan's schedule"), line=1)


def _with_suffix(cells: list[str]) -> list[str]:
    """The column after the code holds the suffix, under the same heading or none; repeats are told apart."""
    header = list(cells)
    first = next(position for position, cell in enumerate(cells) if _column(cell) == CODE)
    if first + 1 < len(header) and _column(header[first + 1]) in (None, CODE):
        header[first + 1] = SUB
    return [name if header.index(name) == n else f"{name} {n}" for n, name in enumerate(header)]
