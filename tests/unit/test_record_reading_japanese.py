"""Reading Japanese: dates, people, parties, force, amounts, questions, contact lines."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest

from kosho.errors import InputError
from kosho.record.reading import Document, Draft, read_text
from kosho.record.reading.japanese import words
from kosho.record.reading.japanese.dates import find_days
from kosho.record.reading.japanese.names import find_named
from kosho.record.reading.japanese.words import half_width

pytest.importorskip("sudachipy")

HEAD = "2025年6月28日\n外務省\n\n"


def drafts(text: str, *types: str) -> list[Draft]:
    return [one for one in read_text(Document("x.txt", HEAD + text)) if not types or one.type in types]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("令和元年12月5日", "2019-12-05"),
        ("令和７年７月８日", "2025-07-08"),
        ("平成30年10月12日", "2018-10-12"),
        ("昭和45年3月4日", "1970-03-04"),
        ("大正12年9月1日", "1923-09-01"),
        ("２日、ワシントンで会談した", "2025-06-02"),
        ("16日（日本時間17日）", "2025-06-16"),
        ("2日から3日まで開催した", "2025-06-02/2025-06-03"),
        ("27年に撤廃する", "2027"),
        ("7月中旬に開く", "2025-07"),
        ("昨日", "2025-06-27"),
        ("来月上旬", "2025-07"),
    ],
)
def test_dates(text: str, value: str) -> None:
    found = next(find_days(half_width(text), 0, len(text), date(2025, 6, 28)))
    assert found.value == value


def test_half_width_moves_nothing() -> None:
    text = "７０分、２５％（ＥＵ）"
    assert len(half_width(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "kind", "modality", "told"),
    [
        ("日本側は、関税の撤廃を米国側に求めた。", "ask", "asserted", {"by": "JPN", "to": "USA"}),
        ("日本政府は、大豆の輸入拡大を検討している。", "offer", "considered", {"by": "JPN"}),
        ("双方は、日米の作業部会を設置することで一致した。", "commitment", "asserted", {"by": ["JPN", "USA"]}),
        (
            "米国は4月、輸入車に25％の追加関税を発動した。",
            "measure",
            "asserted",
            {"imposed_by": "USA", "rate": 25, "status": "in force"},
        ),
        (
            "韓国政府は、水産物の輸入禁止を維持する方針を示唆した。",
            "measure",
            "considered",
            {"imposed_by": "KOR", "kind": "ban"},
        ),
        (
            "日本は米国に、25％の関税は受け入れられないと伝えた。",
            "red_line",
            "asserted",
            {"by": "JPN", "threshold": 25},
        ),
        (
            "日本の対米輸出は年間約137万台に上る。",
            "quantity",
            "asserted",
            {"value": 1_370_000, "unit": "vehicles/year", "partner": "USA"},
        ),
        ("日米両政府は、合意に至らなかった。", "no_agreement", "asserted", {"parties": ["JPN", "USA"]}),
        ("中国側は、日本側に遺憾の意を表明した。", "complaint", "asserted", {"by": "CHN", "against": "JPN"}),
    ],
)  # fmt: skip
def test_facts(text: str, kind: str, modality: str, told: dict[str, Any]) -> None:
    (one,) = drafts(text, kind)
    assert one.modality == modality
    assert told.items() <= one.fields.items()
    assert one.quote in text


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("台湾は日本産食品の輸入規制を撤廃した。", "import control", "Import-related non-tariff measure, nes"),
        ("韓国は緊急輸入制限措置を発動した。", "safeguard", "Safeguard"),
        ("中国は輸出枠を導入した。", "export quota", "Export quota"),
        ("中国は輸出規制を強化した。", "export control", "Export licensing requirement"),
        ("英国は輸入枠を導入した。", "quota", "Import tariff quota"),
        ("米国は自動車に15%の関税を課している。", "tariff", "Import tariff"),
    ],
)
def test_a_control_is_no_tariff(text: str, kind: str, told: str) -> None:
    (one,) = drafts(text, "measure")
    assert (one.fields["kind"], one.fields["gta_type"]) == (kind, told)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("安倍首相は反対した。", ("安倍", "首相", ("JPN",))),
        ("林官房長官は述べた。", ("林", "官房長官", ("JPN",))),
        ("林芳正外務大臣は述べた。", ("林芳正", "外務大臣", ("JPN",))),
        ("金子農相は述べた。", ("金子", "農相", ("JPN",))),
        ("中国の王毅外相は述べた。", ("王毅", "外相", ("CHN",))),
        ("王毅外相は述べた。", ("王毅", "外相", ())),
        ("李強首相は来日した。", ("李強", "首相", ())),
        ("金賢洙産業通商相は述べた。", ("金賢洙", "産業通商相", ())),
        ("岩屋外務大臣は述べた。", ("岩屋", "外務大臣", ("JPN",))),
        ("馬場経済産業大臣は述べた。", ("馬場", "経済産業大臣", ("JPN",))),
        ("文部科学大臣は述べた。", None),
        ("女性外務大臣は述べた。", None),
        ("北方担当大臣は述べた。", None),
        ("大蔵大臣は述べた。", None),
        ("石橋、外務大臣は述べた。", None),
        ("東石橋外務大臣は述べた。", None),
    ],
)
def test_a_family_of_one_sign_takes_nothing_of_the_post(
    text: str, named: tuple[str, str, tuple[str, ...]] | None
) -> None:
    """A name written alike in several countries is of none by its post; one that is a thing too is a name."""
    found = [(one.name, one.role, one.codes) for one in find_named(text, 0, len(text))]
    assert found == ([] if named is None else [named])


@pytest.mark.parametrize(
    ("text", "name", "role", "side"),
    [
        ("赤沢亮正経済再生担当相は訪米した。", "赤沢亮正", "経済再生担当相", "JPN"),
        ("豪州外務貿易省のマーク・ヘンリー次官が来日した。", "マーク・ヘンリー", "次官", "AUS"),
        ("米国のグリア通商代表と協議した。", "グリア", "通商代表", "USA"),
        ("スギオノ・インドネシア共和国外務大臣と会談した。", "スギオノ", "外務大臣", "IDN"),
        ("ペルーのルイス・パス貿易大臣と会談した。", "ルイス・パス", "貿易大臣", "PER"),
    ],
)
def test_people(text: str, name: str, role: str, side: str) -> None:
    people = [one.fields for one in drafts(text, "person")]
    assert {"name": name, "role": role, "side": side}.items() <= people[0].items()


@pytest.mark.parametrize(
    "text",
    [
        "問：米国に関税の撤廃を求めましたか。\n",
        "記者：対抗措置は検討していますか。\n",
        "日本政府は、大豆の輸入拡大を検討していない。\n",
        "お問い合わせ先\n通商政策局 田中課長は米国に撤廃を求めた。\n",
    ],
)
def test_what_is_asked_denied_or_set_aside_is_no_fact(text: str) -> None:
    assert [one for one in drafts(text) if one.type not in ("document", "person")] == []


def test_a_meeting() -> None:
    text = "外務大臣は、3月13日、東京で米国の商務長官と約45分間、第5回日米経済対話を開催しました。"
    (one,) = drafts(text, "event")
    assert one.fields["date"] == "2025-03-13"
    assert {"round": 5, "place": "東京", "duration_min": 45}.items() <= one.fields.items()


@pytest.mark.parametrize(
    "when",
    [
        "来月",
        "今月",
        "先月末",
        "来年",
        "今年",
        "昨年",
        "同日",
        "翌日",
        "来週",
        "さ来週",
        "今夏",
        "年内",
        "先日",
    ],
)
def test_when_a_meeting_is_is_no_part_of_where(when: str) -> None:
    (one,) = drafts(
        f"外務大臣は、{when}ジュネーブで米国の商務長官と会談すると述べた。", "next_meeting", "event"
    )
    assert one.fields["place"] == "ジュネーブ"


def test_missing_dictionary_is_told_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    words._dictionary.cache_clear()
    words._tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    with pytest.raises(InputError, match="read-ja"):
        words.words("日本", 0, 2)
    words._dictionary.cache_clear()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("米国は日本の自動車に対する関税を1,5%に引き下げる。", {"rate": 1.5}),
        ("米国は日本の自動車に対する関税を1,000%に引き上げる。", {"rate": 1000}),
        ("米国は中国に対する関税を12,5%から2,5%に引き下げる。", {"rate_before": 12.5, "rate": 2.5}),
        ("米国は日本の自動車に2,5〜12,5%の関税を課す方針を発表した。", {"rate_low": 2.5, "rate_high": 12.5}),
    ],
)
def test_a_comma_within_a_rate_is_decimal_or_of_thousands(text: str, fields: dict[str, Any]):
    (measure,) = drafts(text, "measure")
    assert fields.items() <= measure.fields.items()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,5億ドル", 350_000_000),
        ("3.5億ドル", 350_000_000),
        ("1,23万トン", 12_300),
        ("1,230万トン", 12_300_000),
    ],
)
def test_a_comma_within_an_amount_is_decimal_or_of_thousands(text: str, value: float):
    (amount,) = drafts(f"2024年の日本の対米自動車輸出額は{text}に達した。", "quantity")
    assert amount.fields["value"] == value


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        (
            "米国は7月9日を交渉の期限とする。",
            "deadline",
            {"set_by": "USA", "what": "7月9日を交渉", "date": "2025-07-09", "date_precision": "day"},
        ),
        (
            "米国の対日輸出は500億ドルであった。",
            "quantity",
            {"value": 50e9, "unit": "USD", "flow": "export", "reporter": "USA"},
        ),
        (
            "輸出は500億ドルであった。",
            "quantity",
            {"value": 50e9, "unit": "USD", "flow": "export"},  # of whom is not told
        ),
        (
            "日本の対米輸出は50万トンであった。",
            "quantity",
            {"value": 5e5, "unit": "tonnes", "flow": "export", "reporter": "JPN", "partner": "USA"},
        ),
    ],
)
def test_all_fields_of_a_fact_and_none_besides(text: str, kind: str, told: dict[str, Any]) -> None:
    (found,) = drafts(text, kind)
    assert found.fields == told


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("日本は28日、豚肉の関税を撤廃することで合意した。", None),
        ("日本は6月28日、中国と豚肉の関税を撤廃することで合意した。", None),
        ("日本は7月1日に豚肉の関税を撤廃することで合意した。", "2025-07-01"),
        ("日本は28日までに豚肉の関税を撤廃することで合意した。", "2025-06-28"),
        ("日本は6月10日を期限に豚肉の関税を撤廃することで合意した。", "2025-06-10"),
        ("日本は5月中に豚肉の関税を撤廃することで合意した。", "2026-05-31"),
    ],
)
def test_the_day_on_which_something_is_said_is_not_when_it_is_due(text: str, due: str | None) -> None:
    (one,) = drafts(text, "commitment")
    assert one.fields.get("due") == due
