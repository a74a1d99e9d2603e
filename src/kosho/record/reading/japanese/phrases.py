"""Objects, instruments, places and publishers in Japanese clauses."""

from __future__ import annotations

import re
from typing import Any

from kosho.record.reading.japanese.dates import Day
from kosho.record.reading.japanese.names import Named, places

__all__ = ["dated", "instrument", "object_of", "place_of", "publisher_of"]

_LEAD = re.compile(
    r"(?:[^、。]{1,10}(?:後|前|中)(?:に)?、|.*(?:受け|し|り|て|ため|ことから|一方|が|は)、|[^、。]{1,12}(?:に対し(?:て)?|側に)、?)+",
    re.DOTALL,
)
"""What stands before the object: a reason, and to whom."""


def object_of(text: str, start: int, verb: int, subject: Named | None) -> tuple[int, int] | None:
    """What stands between who acts and the predicate."""
    begin = start
    if subject and start <= subject.start < verb:
        mark = re.compile(r"[^、。はがをに]{0,8}?(?:から(?:は)?|としては|は|が|も)、?").match(
            text, subject.end, verb
        )
        begin = mark.end() if mark else subject.end
    found = re.compile(
        r"(?P<what>.+?)(?:について(?:も)?|を|の|よう(?:に)?|こと(?:を|で|に)?|に|との?|旨|も|で)?(?:改めて|強く|再度)*$",
        re.DOTALL,
    ).match(text, begin, verb)
    if found is None:
        return None
    first, last = found.span("what")
    lead = _LEAD.match(text, first, last)
    first = lead.end() if lead and last - lead.end() > 3 else first
    while first < last and text[first] in "、「 　":
        first += 1
    return (first, last) if last - first > 1 else None


def instrument(clause: str) -> dict[str, str]:
    """What was agreed on, and how far it has come."""
    kind = next((kind for kind, words in _KINDS if words in clause), "oral understanding")
    status = next((status for status, words in _STATUS if re.search(words, clause)), "agreed")
    return {"kind": kind, "status": status}


_KINDS = (
    ("memorandum of cooperation", "協力覚書"),
    ("memorandum", "覚書"),
    ("joint statement", "共同声明"),
    ("protocol", "議定書"),
    ("treaty", "条約"),
    ("framework", "枠組み"),
    ("agreement", "協定"),
)
_STATUS = (
    ("being finalised", "最終調整"),
    ("signed", "署名し|調印し|署名を行"),
    ("concluded", "妥結|大筋|締結し"),
    ("scheduled for adoption", "署名する|締結する"),
)


def dated(day: Day | None) -> dict[str, Any]:
    """The fields of a day: `date`, or `start` and `end`."""
    if day is None or day.value is None:
        return {}
    if "/" in day.value:
        first, last = day.value.split("/")
        return {"start": first, "end": last, "date_precision": day.precision}
    return {"date": day.value, "date_precision": day.precision}


def place_of(words: str) -> str | None:
    """Where a meeting is told to be."""
    found = re.search(
        r"(?P<place>[一-龥ァ-ヶー]{2,10}?)(?:都内)?(?:で|において|にて)(?=[、第開会行協対電約]|[^、。]{0,12}(?:会|協議|対話|開|行))",
        words,
    )
    known = next(
        (
            place
            for place in places()
            if re.search(rf"{place}(?:都内)?(?:で|において|にて|を訪問|に(?:て|おいて))", words)
        ),
        None,
    )
    if known:
        return known
    banned = re.compile(
        "電話|会合|会談|協議|分間|時間|双方|両|オンライン|テレビ|方針|合意|一致|こと|方向|下$|上$"
    )
    place = _TIMES.sub("", found["place"]) if found else ""
    return place if len(place) > 1 and not banned.search(place) else None


_TIMES = re.compile(
    r"^(?:(?:一昨|[来今先去昨本同翌前当再明])[日月年週夕朝夜春夏秋冬]|さ?[来先]々[月週]|[年月週]内|(?:来|今|先|同)?(?:年度?|月)[初末中]|[先後近]日)(?:[上中下]旬|[初末中]|前半|後半)?の?"
)
"""When a meeting is, which stands right before where it is: `来月ペルーで`."""


def publisher_of(text: str) -> str | None:
    """The ministry that signs by a line of its own, the paper or the agency."""
    line = re.search(
        r"^(?P<name>(?:経済産業|外務|財務|農林水産|国土交通|環境|総務|厚生労働|防衛)省|内閣(?:府|官房)|首相官邸|日本貿易振興機構|ジェトロ)"
        r"(?:[\s　]+(?:報道発表|プレスリリース|報道資料|発表))?$",
        text,
        re.MULTILINE,
    )
    paper = re.search(
        r"(?:\((?:\d{4}年)?[^()\n]{0,16}\d日[\s　]*)(?P<name>[一-龥ァ-ヶー]{2,12}(?:新聞|通信"
        r"|ニュース))\)|【[^】]*?(?P<agency>共同|時事|ロイター|AFP)】",
        text,
    )
    if line:
        return line["name"]
    if paper:
        return paper["name"] or {"共同": "共同通信", "時事": "時事通信"}.get(paper["agency"], paper["agency"])
    return None
