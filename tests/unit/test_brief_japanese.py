"""A brief in Japanese: the first page whole, the other formats with fonts and units of the language."""

from __future__ import annotations

import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.briefs import brief
from tests.unit.test_brief_first_page import curves, deal, table
from tests.unit.test_brief_first_page import told as first_lines_of
from typer.testing import CliRunner

from kosho.brief.exports.markdown import markdown
from kosho.brief.exports.word import word
from kosho.brief.exports.workbook import workbook
from kosho.brief.first_page import first_page
from kosho.brief.negotiation import DealTerm, NamedDeal, WeightLimit
from kosho.brief.outlook import outlook
from kosho.brief.page import render
from kosho.cli import app
from kosho.language import use

TERMS = (
    DealTerm(issue="自動車", option="込み15%", by=("USA",), changed=True),
    DealTerm(issue="鉄鋼", option="現行", changed=False),
    DealTerm(issue="米国産米", option="6万トン増", by=("JPN",), changed=True),
)
ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}")
"""Three words in a row."""


def japanese() -> NamedDeal:
    limit = WeightLimit(title="米国の自動車産業の付加価値", party="USA", weight=0.74)
    return deal(terms=TERMS).model_copy(update={"limits": (limit,)})


def lines() -> dict[str, str]:
    laid = table(japanese()).model_copy(
        update={"lines_of": {"JPN": ("自動車の25%には署名しない",)}, "follows": "税率が倍増する。"}
    )
    with use("ja"):
        return first_lines_of(laid)


def test_the_first_page_is_japanese_and_whole() -> None:
    told = lines()
    assert told["ask"] == "自動車：込み15%。 提案：米国産米：6万トン増。"
    assert told["due"].startswith(
        "2025年7月9日（残り10日）：税率が倍増する。 1週間の遅れによる損失は日本 5,400万"
    )
    assert told["due"].endswith("（期限後は8,700万及び6,800万）。")
    assert "中心値の0.41倍を下回ると米国が損失となる" in told["break"]
    assert "米国の自動車産業の付加価値を1.74倍に評価すると米国も損失となる。" in told["break"]
    assert "日本 +40（+40～+60）及び米国 +30（−5.0～+30）" in told["gains"]
    assert "億ドル" in told["gains"]
    assert not [text for text in told.values() if re.search(r"[a-z]{2,}", text)]


def test_money_of_the_first_page_is_that_of_the_english_one() -> None:
    """In hundred millions where that has billions."""
    english = first_lines_of(table(japanese()))["gains"]
    told = lines()["gains"]
    numbers = [
        [float(x.replace("−", "-")) for x in re.findall(r"[+−]\d+(?:\.\d+)?", text)] for text in (english, told)
    ]
    assert numbers[1] == [pytest.approx(10 * x) for x in numbers[0]]


def test_the_page_says_its_language_and_names_its_fonts() -> None:
    made = brief("")
    with use("ja"):
        page = render(made)
    head, _rest = page.split("<main", 1)
    assert '<html lang="ja">' in head
    assert '"Noto Sans CJK JP"' in head
    shown = re.sub(r"<(script|style)\b.*?</\1>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    first = re.search(r'<section id="first-page".*?</section>', shown, re.DOTALL)
    assert first is not None
    assert not ENGLISH.search(re.sub(r"<[^>]+>", " ", first[0]))
    assert "合意案の比較" in shown
    assert "2025年6月29日" in shown
    assert not re.search(r"\d [%％]", re.sub(r"<[^>]+>", "", shown).replace("25 % on cars", ""))
    english = render(made)
    assert '<html lang="en">' in english
    assert "Noto Sans CJK JP" not in english


def test_word_and_excel_name_fonts_and_units_of_the_language() -> None:
    with use("ja"):
        document, book, text = word(brief("")), workbook(brief("")), markdown(brief(""))
    with ZipFile(io.BytesIO(document)) as files:
        styles, body = (files.read(f"word/{name}.xml").decode() for name in ("styles", "document"))
    assert 'w:eastAsia="Yu Gothic"' in styles
    assert "結論の根拠" in body
    with ZipFile(io.BytesIO(book)) as files:
        names, strings = (files.read(f"xl/{name}.xml").decode() for name in ("workbook", "sharedStrings"))
        looks = files.read("xl/styles.xml").decode()
    assert 'name="概要"' in names
    assert "億ドル・年間" in strings
    assert "billion" not in strings
    assert "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;" in looks
    assert "Yu Gothic" in looks
    assert "2025年6月29日時点の資料" in text
    assert "Yu Gothic" not in ZipFile(io.BytesIO(word(brief("")))).read("word/styles.xml").decode()


def test_the_brief_of_the_case_is_japanese_on_its_first_page(tmp_path: Path) -> None:
    asked = ("brief", "japan-us-2025", "--world", "talks", "--no-bargain", "--format", "md", "--lang", "ja")
    done = CliRunner().invoke(app, (*asked, "--out", str(tmp_path)), catch_exceptions=False)
    assert done.exit_code == 0
    head = (tmp_path / "brief.md").read_text(encoding="utf-8").split("## 結論の根拠", 1)[0]
    assert "# 日米関税協議（2025年）" in head
    assert "**求める内容**" in head
    assert "**留意点**" in head
    assert not re.search(r"[A-Za-z]{3,}", head)
    assert "英国並みの条件" in done.stdout


def test_what_is_shown_is_composed_in_the_language_that_is_spoken() -> None:
    """Not kept from before in another one."""
    made = brief("").model_copy(update={"negotiation": table(japanese())})
    found = outlook(made.numbers, curves(made), made.negotiation, (), made.as_of)
    drawn = made.model_copy(update={"outlook": found})
    with use("ja"):
        told = first_page(drawn)
    assert told["ask"] != first_page(drawn)["ask"]


def test_commands_have_japanese_words_for_what_ids_and_records_call_in_english(tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text(
        "title: 英国と韓国\nsources:\n"
        "  - {id: note, title: Note, publisher: DBT, kind: primary, date: 2026-09-10}\n"
        "parties:\n  - {id: gbr, name: United Kingdom, kind: state, code: GBR}\n"
        "  - {id: kor, name: The Korean side, kind: state, code: KOR}\n"
        "statements:\n"
        "  - {id: a, type: position, kind: ask, by: [gbr], topic: 酒, source: note, quote: 下げてほしい, "
        "recorded_at: 2026-09-10}\n"
        "  - {id: b, type: position, kind: ask, by: [kor], topic: 酒, source: note, quote: 検討する, "
        "recorded_at: 2026-09-10}\n",
        encoding="utf-8",
    )
    told = CliRunner().invoke(app, ["record", str(tmp_path), "--as-of", "2026-10-01", "--lang", "ja"]).output
    halt = CliRunner().invoke(app, ["coercion", "pineapples-2021", "--lang", "ja"]).output
    assert "英国" in told
    assert "The Korean side" in told  # a name of the record's own
    assert "United Kingdom" not in told
    assert not re.search(r"\b(home|others|price|secondary)\b", halt)
