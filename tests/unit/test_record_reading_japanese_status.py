"""How far a measure has come in Japanese, and whose it is."""

from __future__ import annotations

import pytest

from kosho.record.reading import Document, Draft, read_text


def measures(text: str) -> list[Draft]:
    return [one for one in read_text(Document("x.txt", f"2026年6月3日\n\n{text}")) if one.type == "measure"]


@pytest.mark.parametrize(
    ("text", "status", "by"),
    [
        ("米国は自動車に25%の関税を課した。", "in force", "USA"),
        ("米国は自動車に25%の関税を課す可能性がある。", "considered", "USA"),
        ("米国は自動車に25%の関税を課す権限を持つ。", "considered", "USA"),
        ("米国は自動車に25%の関税を課す準備をしている。", "considered", "USA"),
        ("米国は自動車に25%の関税を課すと警告した。", "announced", "USA"),
        ("米国は自動車への25%の関税の発動を延期した。", "suspended", "USA"),
        ("米国は自動車に25%の関税を課したが、後に停止した。", "suspended", "USA"),
        ("米国は自動車への25%の関税を撤回した。", "ended", "USA"),
        ("裁判所は米国の自動車への25%の関税を無効とした。", "ended", "USA"),
        ("ベトナムは米国が自動車に25%の関税を課すことを懸念した。", "considered", "USA"),
    ],
)
def test_how_far_a_measure_has_come_and_whose_it_is(text: str, status: str, by: str | None) -> None:
    (one,) = measures(text)
    assert (one.fields["status"], one.fields.get("imposed_by"), one.fields["rate"]) == (status, by, 25)


@pytest.mark.parametrize(
    "text",
    [
        "米国は自動車に25%の関税を課すことを見送った。",
        "米国は自動車に25%の関税を課すことを否定した。",
        "米国上院は自動車への25%の関税を否決した。",
        "米国は自動車の関税を25%に引き上げる案を取り下げた。",
        "米国は自動車の関税を25%に引き上げる計画を断念した。",
        "米国は自動車の関税を25%から15%に引き下げる方針を撤回した。",
        "米国は自動車に25%の関税を課すべきだと組合は述べた。",
        "米国は自動車に25%の関税を課したことはない。",
        "米国が自動車に25%の関税を課すとの報道は誤りだ。",
    ],
)
def test_what_was_kept_from_coming_is_no_measure(text: str) -> None:
    assert measures(text) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("日本は大豆の購入を約束するよう求められた。", [("ask", None, "JPN")]),
        ("日本はペルーから関税の撤廃を求められた。", [("ask", "PER", "JPN")]),
        ("日本はペルーに関税の撤廃を求めた。", [("ask", "JPN", "PER")]),
        ("日本はペルーに関税の撤廃を求めなかった。", []),
        ("日本はペルー産牛肉の輸入禁止を求める声を拒否した。", []),
        ("日本は輸出規制を緩和しない方針だ。", [("red_line", "JPN", None)]),
    ],
)
def test_who_is_asked_and_what_is_not_asked(text: str, told: list[tuple[str, str | None, str | None]]) -> None:
    found = [one for one in read_text(Document("x.txt", f"2026年6月3日\n\n{text}")) if one.type != "document"]
    assert [(one.type, one.fields.get("by"), one.fields.get("to")) for one in found] == told


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        ("予定だ。", "event"),
        ("予定だったが、中止された。", "event_not_held"),
        ("予定だったが、取りやめとなった。", "event_not_held"),
        ("予定だ。デモは中止された。", "event"),
    ],
)
def test_a_meeting_that_was_called_off_was_not_held(rest: str, kind: str) -> None:
    text = f"2026年6月3日\n\n日本とペルーは7月に会談する{rest}"
    found = [one for one in read_text(Document("x.txt", text)) if one.type.startswith("event")]
    assert [(one.type, one.fields["date"]) for one in found] == [(kind, "2026-07")]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "米国の自動車関税は27.5%から15%に下がった。",
            {"imposed_by": "USA", "products": "自動車", "rate": 15, "rate_before": 27.5, "status": "in force"},
        ),
        (
            "米国の自動車関税は8月1日に27.5%から15%に下がる。",
            {"imposed_by": "USA", "products": "自動車", "rate": 15, "rate_before": 27.5, "status": "announced"},
        ),
        (
            "日本の牛肉の関税は38.5%から15年かけて9%に引き下げられる。",
            {"imposed_by": "JPN", "products": "牛肉", "rate": 9, "rate_before": 38.5, "status": "announced"},
        ),
        (
            "米国は鉄鋼の関税を25%から50%に倍増した。",
            {"imposed_by": "USA", "products": "鉄鋼", "rate": 50, "rate_before": 25, "status": "in force"},
        ),
        (
            "米国の日本に対する25%の関税は8月1日に発効する。",
            {"imposed_by": "USA", "on": "JPN", "rate": 25, "status": "announced"},
        ),
        (
            "米国は日本の自動車に15%の関税を課している。",
            {"imposed_by": "USA", "on": "JPN", "products": "自動車", "rate": 15, "status": "in force"},
        ),
        (
            "米国は日本に25%の関税を課すと通告した。",
            {"imposed_by": "USA", "on": "JPN", "rate": 25, "status": "announced"},
        ),
        ("カナダを除く全ての国に10%の関税が適用される。", {"rate": 10, "status": "in force"}),
        (
            "米国は8月1日から日本に25%の関税を課すと発表した。",
            {"imposed_by": "USA", "on": "JPN", "rate": 25, "status": "announced", "start": "2026-08-01"},
        ),
        (
            "米国は4月2日、日本に25%の関税を課すと発表した。",
            {"imposed_by": "USA", "on": "JPN", "rate": 25, "status": "announced"},
        ),
    ],
)
def test_whose_duty_it_is_on_what_and_from_when(text: str, fields: dict[str, object]) -> None:
    (one,) = measures(text)
    told = ("imposed_by", "on", "products", "rate", "rate_before", "status", "start")
    assert {key: value for key, value in one.fields.items() if key in told} == fields


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("来月にリマで次官級が協議する。", "2026-07"),
        ("両国は7月3日に東京で協議する。", "2026-07-03"),
        ("両国は来月、農業について協議する。", "2026-07"),
        ("両国は7月に会談する。", "2026-07"),
        ("両国は来月、リマで協議するよう求められた。", None),
        ("両国は農業の問題を協議する委員会を設ける。", None),
    ],
)
def test_that_they_will_talk_is_a_meeting_to_come(text: str, when: str | None) -> None:
    whole = f"2026年6月3日\n\n日本とペルーは貿易について話し合っている。\n\n{text}"
    found = [one for one in read_text(Document("x.txt", whole)) if one.modality == "planned"]
    assert [one.fields["date"] for one in found if "date" in one.fields] == ([when] if when else [])


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("林商務大臣", ("林", "商務大臣", None)),
        ("林通商大臣", ("林", "通商大臣", None)),
        ("林外務大臣", ("林", "外務大臣", "JPN")),
        ("朴産業通商資源部長官", ("朴", "産業通商資源部長官", "KOR")),
        ("朴振外交部長官", ("朴振", "外交部長官", "KOR")),
    ],
)
def test_a_post_that_japan_does_not_have_is_of_no_minister_of_japan(
    who: str, told: tuple[str, str, str | None]
) -> None:
    drafts = read_text(Document("x.txt", f"2026年6月3日\n\n{who}は関税の引下げを求めた。"))
    (one,) = (one.fields for one in drafts if one.type == "person")
    assert (one["name"], one["role"], one.get("side")) == told


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("合意がなければ、日本の自動車には25%の関税が課されていた。", "measure", None),
        ("市場を開放しなければ、米国は自動車に25%の関税を課す。", "measure", {"status": "announced"}),
        ("日本の報復関税50%は停止されている。", "measure", {"imposed_by": "JPN", "on": None}),
        ("チリではなくペルーが、チーズに8%の関税を課した。", "measure", {"imposed_by": "PER", "on": None}),
        ("ペルーは米の輸入枠の要求を取り下げた。", "measure", None),
        ("米国は日本製品への24%の関税を停止した。", "measure", {"products": None, "on": "JPN"}),
        ("日本は、カメラに30%の関税をかけると警告した。", "measure", {"status": "announced"}),
        ("ペルーは2026年7月1日から鋼材に9%の関税を適用した。", "measure", {"status": "announced"}),
        ("ペルーは2026年6月1日から鋼材に9%の関税を適用した。", "measure", {"status": "in force"}),
        ("次回会合は当初6月12日の予定だったが、6月20日に開かれる。", "next_meeting", {"date": "2026-06-20"}),
        ("牛肉の輸入枠は2030年に6万トンになる。", "quantity", {"flow": "quota", "value": 60000}),
        ("日本は、9月まで協議を再開しない方針だ。", "event", None),
        ("日本は、9月まで協議を再開しない方針だ。", "next_meeting", None),
        ("日本は輸入枠を拡大しない方針を示した。", "offer", None),
        ("日本は輸入枠を拡大しない方針を示した。", "red_line", {"by": "JPN", "to": "PER"}),
        ("日本は輸入枠を拡大する方針を示した。", "offer", {"by": "JPN"}),
    ],
)
def test_what_would_have_been_is_to_come_or_was_dropped_is_not_there(
    text: str, kind: str, told: dict[str, object] | None
) -> None:
    whole = f"2026年6月3日\n\n日本とペルーは貿易について話し合っている。\n\n{text}"
    found = [one.fields for one in read_text(Document("x.txt", whole)) if one.type == kind]
    assert [{key: one.get(key) for key in told or {}} for one in found] == ([told] if told else [])
