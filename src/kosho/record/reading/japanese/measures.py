"""Duties, controls and amounts in Japanese sentences."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

from kosho.numbers import decimal
from kosho.record.reading.japanese.names import is_state
from kosho.record.reading.measures import gta_type
from kosho.record.reading.quantities import NUMBER, shown
from kosho.record.reading.tables import table

__all__ = ["amounts", "borne", "measure_of", "products_in", "sums"]


@cache
def _measure() -> re.Pattern[str]:
    known = table("japanese")
    return re.compile(
        rf"(?P<name>{known['duty']}|{known['controls']})(?P<gap>[^。]{{0,40}}?)(?P<verb>{known['applies']})"
    )


@cache
def _borne() -> re.Pattern[str]:
    """A duty behind the verb by which it was laid: `課した39%の関税`."""
    duty = table("japanese")["duty"]
    return re.compile(
        rf"(?:課した|課している|課されている|課す|課された|発動した|導入した|かけた)(?P<gap>[^、。]{{0,12}}?)(?P<name>{duty})(?P<verb>)"
    )


_RATE = re.compile(rf"(?:(?P<before>{NUMBER})%?から(?:\d{{1,2}}年(?:間)?(?:を)?かけて)?)?(?P<rate>{NUMBER})%")
_RANGE = re.compile(rf"(?P<low>{NUMBER})%?(?:〜|~|-|から)(?P<high>{NUMBER})%(?!に)")
_PRODUCT = re.compile(
    r"(?P<what>[一-龥ァ-ヶーA-Za-z]{1,20}?)(?:への|に対する|に(?:は)?(?=\d)|の|に(?=[^、]{0,6}%))(?:\d+月\d+日(?:から|以降))?(?:(?:最大|一律|約|各)?\d+(?:\.\d+)?%の)?$"
)
_NO_GOODS = ("国", "全ての国", "すべての国", "各国")
_OF = re.compile(r"^(?P<state>日本|米国|中国|韓国|台湾|英国|EU|インド|豪州)(?:産|製)(?:品)?の?")


def measure_of(text: str, start: int, end: int) -> dict[str, Any] | None:
    """A duty or a control that a clause tells of, without who imposes it; None where there is none."""
    found = _measure().search(text, start, end) or _borne().search(text, start, end)
    if found is None or re.search(table("japanese")["unmade"], text[found.start() : end]):
        return None
    sentence = text.rfind("。", 0, start) + 1
    if _IF_NOT.search(text, sentence, found.start()) and _WAS.search(text, found.start("verb"), end):
        return None
    return _fields(text, start, end, found)


_IF_NOT = re.compile(r"(?:なければ|なかったら|たら|れば)、?")
_WAS = re.compile(r"て(?:い)?た(?:はず|だろう|であろう|かもしれない)?[^、。]{0,4}(?:。|$)|ただろう")
"""What would have been if something had not: `合意がなければ、課されていた`."""


def borne(text: str, start: int, end: int) -> dict[str, Any] | None:
    """A duty with its rate that a clause names as one laid before; None where there is none."""
    found = _borne().search(text, start, end)
    fields = _fields(text, start, end, found) if found else {}
    return fields if "rate" in fields else None


def _fields(text: str, start: int, end: int, found: re.Match[str]) -> dict[str, Any]:
    known = table("japanese")
    kind = next(
        kind for kind, words in known["kinds"].items() if re.search(words, found["name"]) or kind == "tariff"
    )
    fields: dict[str, Any] = {"measure": found["name"], "kind": kind} | gta_type(kind)
    clause = text[start:end]
    spread, rate = _RANGE.search(clause), _RATE.search(clause)
    if spread:
        fields |= {
            "rate_low": shown(decimal(spread["low"], ".")),
            "rate_high": shown(decimal(spread["high"], ".")),
            "unit": "%",
        }
    elif rate:
        fields |= {"rate": shown(decimal(rate["rate"], ".")), "unit": "%"}
        fields |= {"rate_before": shown(decimal(rate["before"], "."))} if rate["before"] else {}
    product = _PRODUCT.search(text, start, found.start())
    if product:
        name = _OF.sub("", product["what"])
        if name and not is_state(name) and name not in _NO_GOODS:
            fields |= _of_goods(name)
    within = products_in(found["name"]).get("products")
    if "products" not in fields and within:
        fields |= _of_goods(within[0])
    fields["status"] = _status(clause)
    chapter = table("measures")["mast"].get(kind)
    return fields | ({"mast_chapter": chapter} if chapter else {})


def _of_goods(name: str) -> dict[str, Any]:
    """Fields of the goods that a duty is on, with their heading where it is known."""
    hints = products_in(name).get("hs_hint")
    return {"products": name} | ({"hs_hint": hints[0]} if hints else {})


def _status(clause: str) -> str:
    known = table("japanese")
    if re.search(known["considered"], clause):
        return "considered"
    if re.search(known["ended"], clause):
        return "ended"
    if re.search(known["suspended"], clause):
        return "suspended"
    return "announced" if re.search(known["announced"], clause.rstrip("。」")) else "in force"


def products_in(words: str) -> dict[str, Any]:
    """Fields `products` and `hs_hint` of the goods named in `words`; empty where none is."""
    known: dict[str, str] = table("japanese")["products"]
    named = [
        name
        for name in known
        if name in words and not any(name != other and name in other and other in words for other in known)
    ]
    named = [name for name in named if name != "米"]
    hints = [known[name] for name in named if known[name]]
    return ({"products": named} if named else {}) | ({"hs_hint": hints} if hints else {})


_SCALES = {
    "千億": 10**11,
    "百億": 10**10,
    "千万": 10**7,
    "兆": 10**12,
    "億": 10**8,
    "万": 10**4,
    "千": 1000,
    "百万": 10**6,
}
_SCALE = "|".join(_SCALES)
_FIGURE = rf"{NUMBER}(?:(?:{_SCALE})\d+(?:,\d{{3}})*)*(?:{_SCALE})?"
"""A number with its powers of ten: `1万2500`, `2兆3456億`."""
_AMOUNT = re.compile(
    rf"(?P<bound>約|およそ|最大|以上)?(?P<figure>{_FIGURE})(?P<unit>米ドル|ドル|ユーロ|ポンド|ウォン|円|元|台|トン|キロリットル|バレル)"
)


def sums(text: str) -> list[float]:
    """Every amount with a unit that some words give.

    >>> sums("1万2500トン、3億円")
    [12500.0, 300000000.0]
    """
    return [float(_sum(one["figure"])) for one in _AMOUNT.finditer(text)]


def _sum(figure: str) -> Decimal:
    parts = re.finditer(rf"(?P<number>[\d,.]+)(?P<scale>{_SCALE})?", figure)
    return sum((decimal(one["number"], ".") * _SCALES.get(one["scale"], 1) for one in parts), Decimal(0))


def amounts(text: str, start: int, end: int) -> dict[str, Any] | None:
    """The amount that a sentence on trade gives; None where it gives none."""
    clause = text[start:end]
    known = table("japanese")
    flow = next((name for name, words in known["flows"].items() if re.search(words, clause)), None)
    found = _AMOUNT.search(clause)
    if flow is None or found is None:
        return None
    unit = known["units"][found["unit"]] + ("/year" if re.search("年間|毎年", clause) else "")
    fields: dict[str, Any] = {
        "value": shown(_sum(found["figure"])),
        "unit": unit,
        "flow": flow,
    }
    if found["bound"]:
        fields["bound"] = (
            "about"
            if found["bound"] in ("約", "およそ")
            else "up to"
            if found["bound"] == "最大"
            else "at least"
        )
    toward = re.search(r"対(米|中|韓|英|EU|豪|独|仏|印)", clause)
    if toward:
        fields["_to"] = {
            "米": "USA",
            "中": "CHN",
            "韓": "KOR",
            "英": "GBR",
            "EU": "EU27",
            "豪": "AUS",
            "独": "DEU",
            "仏": "FRA",
            "印": "IND",
        }[toward[1]]
    return fields | products_in(clause)
