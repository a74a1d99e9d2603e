"""From Japanese sentences to drafts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.japanese.about import document_of, people_of, recorded_meeting
from kosho.record.reading.japanese.dates import Day, find_days
from kosho.record.reading.japanese.lines import sentences_of, trimmed
from kosho.record.reading.japanese.measures import amounts, borne, measure_of, products_in
from kosho.record.reading.japanese.meetings import each_of_several, meeting_fields, took
from kosho.record.reading.japanese.names import Named
from kosho.record.reading.japanese.phrases import instrument, object_of
from kosho.record.reading.japanese.predicates import Fact, facts_in
from kosho.record.reading.japanese.text import Text
from kosho.record.reading.quantities import shown
from kosho.record.reading.status import in_time
from kosho.record.reading.tables import table

__all__ = ["read_japanese"]

FREE_WORDS = {
    "ask": "content",
    "offer": "content",
    "commitment": "deliverable",
    "position": "stance",
    "response": "stance",
    "complaint": "topic",
    "agreement": "topic",
    "no_agreement": "topic",
    "red_line": "topic",
    "deadline": "what",
}
"""Under which field the object of a predicate goes."""


def read_japanese(document: Document) -> list[Draft]:
    """Drafts of a Japanese document, in the order of their quotes.

    Raises:
        InputError: SudachiPy or its dictionary is not installed.

    >>> from kosho.record.reading import Document
    >>> [draft.type for draft in read_japanese(Document("note.txt", "日本側は、関税の撤廃を求めた。"))]
    ['ask', 'document']
    """
    return _Reader(document).drafts()


class _Reader:
    def __init__(self, document: Document) -> None:
        self._known = Text(document)
        self._doc, self._source, self.text = self._known.name, self._known.source, self._known.text
        self.named, self.sides, self.bilateral = self._known.named, self._known.sides, self._known.bilateral
        self._found: list[Draft] = []
        self._subject: Named | None = None

    def drafts(self) -> list[Draft]:
        """All of them, once each."""
        lines = list(self._known.to_read())
        for line in lines:
            if not line.title:
                for start, end in sentences_of(self.text, line.start, line.end):
                    self._sentence(start, end, line.voice)
        known = self._known
        found = [document_of(known, lines), *recorded_meeting(known, lines), *self._found, *people_of(known)]
        return sorted(found, key=lambda d: (d.start, d.end, d.type, str(sorted(d.fields.items(), key=str))))

    # sentences

    def _sentence(self, start: int, end: int, voice: Named | None) -> None:
        words = self.text[start:end]
        if re.search(table("japanese")["asks"], words):
            return
        before = len(self._found)
        subject = self._subject
        facts = list(facts_in(self.text, start, end))
        for fact in facts:
            named = self._acting(fact.start, fact.verb)
            subject = named or (subject if fact.start > start or subject else None) or voice
            self._fact(fact, subject or voice or (self._known.own if fact.kind in OWN_ACTS else None), voice)
        if facts and subject:
            self._subject = subject
        tail = facts[-1].end if facts else start
        if len(self._found) == before:
            self._rest(start, end, self._acting(start, end))
        elif end - tail >= LONG_TAIL:
            self._rest(tail, end, self._acting(tail, end))

    def _acting(self, start: int, end: int) -> Named | None:
        """Who acts: named before `は`, `から`, `が` or `も`; the last such one."""
        found: Named | None = None
        for one in self.named:
            if start <= one.start and one.end <= end:
                mark = _MARKED.match(self.text, one.end)
                if mark and _FROM_TO.match(self.text, one.end):
                    continue  # `EUから日本への輸出` tells whence, not who acts
                if mark and (found is None or "は" in mark[0] or "から" in mark[0]):
                    found = one
        return found

    def _fact(self, fact: Fact, subject: Named | None, voice: Named | None) -> None:
        start, end = trimmed(self.text, fact.start, fact.end)
        clause = self.text[start:end]
        kind, modality = fact.kind, fact.modality or "asserted"
        ending = re.split("[、。」\\n]", self.text[fact.verb :], maxsplit=1)[0]
        if re.search(table("japanese")["denied"], ending) and kind not in ("no_agreement", "red_line"):
            return
        if kind in ("event", "next_meeting") or (kind == "topic" and _FOR_LONG.search(clause)):
            self._event(fact, subject)
            return
        if not _SAYS_SOMETHING.search(self.text[start : fact.verb]) and kind in (
            "position",
            "response",
            "accord",
        ):
            return
        measure = measure_of(self.text, start, end)
        if (
            kind in ("offer", "position", "topic", "response", "commitment")
            and measure
            and re.search(table("japanese")["restrictive"], clause)
            and not _TAKEN_AWAY.search(clause)
        ) or (
            kind in ("accord", "commitment", "offer")
            and measure
            and "rate_before" in measure
            and not _PROPOSED.search(self.text[fact.verb - 4 : fact.end])
        ):
            self._measure(start, end, measure, subject, considered=modality == "considered" or "示唆" in clause)
            return
        if kind == "offer" and _WILL_ASK.search(self.text[start : fact.verb]):
            kind = "ask"
        if kind == "accord" and fact.verb >= 0:
            object_ = self.text[start : fact.verb]
            kind = next((other for other, words in _NO_ACCORD if words.search(object_)), kind)
        if kind == "accord" and _TO_BE_HELD.search(self.text[start : fact.verb]):
            self._event(fact._replace(kind="next_meeting"), subject)
            return
        if kind == "accord":
            object_ = self.text[start : fact.verb]
            deliverable = re.search(table("japanese")["deliverable"], object_)
            aim = _AIMED_AT.search(object_)
            kind = "agreement_aim" if aim else "commitment" if deliverable else "agreement"
        fields = self._fields(kind, fact, (start, end), subject, voice)
        self._duty_beside(kind, start, end, fields)
        self._found.append(Draft(self._doc, kind, modality, fields, self._source[start:end], start, end))

    def _duty_beside(self, kind: str, start: int, end: int, told: dict[str, Any]) -> None:
        """A duty that a statement is about: `課されている50%の追加関税を引き下げるよう求めた`."""
        found = borne(self.text, start, end) if kind in ("ask", "complaint", "topic", "response") else None
        if found is None or any(
            d.fields.get("rate") == found.get("rate") for d in self._found if d.type == "measure"
        ):
            return
        owner, bearer = (
            (told.get("to"), told.get("by")) if kind == "ask" else (told.get("against"), told.get("by"))
        )
        whose = {"imposed_by": owner, "on": bearer} if isinstance(owner, str) else {}
        fields = {
            **found,
            "status": "in force",
            **{key: value for key, value in whose.items() if isinstance(value, str)},
        }
        self._found.append(Draft(self._doc, "measure", "asserted", fields, self._source[start:end], start, end))

    def _fields(
        self, kind: str, fact: Fact, clause: tuple[int, int], subject: Named | None, voice: Named | None
    ) -> dict[str, Any]:
        start, end = clause
        by = self._known.codes(subject)
        what = object_of(self.text, start, fact.verb, subject)
        told = self._source[what[0] : what[1]] if what else None
        fields = self._whose(kind, by, self._others(start, fact.verb, by))
        if kind == "ask" and by and self._is_asked(subject, fact):
            fields = {"to": by[0]}  # by whom, nobody says
        speaker = subject if subject and subject.name else voice
        if speaker and speaker.name and kind not in ("topic", "agreement", "deadline"):
            fields["speaker"] = speaker.name
        if told and kind in FREE_WORDS:
            fields[FREE_WORDS[kind]] = told
        if told and kind == "topic":
            listed = [part for part in re.split(r"、|や|及び|並びに|と(?=[^と]*$)", told) if len(part) > 1]
            fields |= {"topics": listed} if len(listed) > 1 else {"topic": told}
        fields |= self._told(kind, self.text[start:end])
        fields |= self._days(kind, start, fact.verb, self.text[start:end])
        goods = kind in ("ask", "offer", "commitment", "complaint", "red_line")
        return fields | (products_in(self.text[start:end]) if goods else {})

    def _whose(self, kind: str, by: list[str], others: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if kind in ("agreement", "agreement_aim", "no_agreement", "topic"):
            both = list(self.sides) if self.bilateral and len(self.sides) > 1 else by
            parties = by if len(by) > 1 else both
            return {"parties": parties} if parties else {}
        if by:
            fields["set_by" if kind == "deadline" else "by"] = by[0] if len(by) == 1 else by
        if kind in ("ask", "offer", "response", "red_line", "complaint") and len(by) < 2 and others:
            fields["against" if kind == "complaint" else "to"] = others[0]
        return fields

    def _is_asked(self, subject: Named | None, fact: Fact) -> bool:
        """Whether something is asked of whoever is its subject: `日本は…求められた`, and not `日本から`."""
        passive = _ASKED_OF.search(self.text, fact.verb, fact.end + 4) is not None
        return passive and subject is not None and not self.text.startswith("から", subject.end)

    @staticmethod
    def _told(kind: str, clause: str) -> dict[str, Any]:
        """What only facts of one type have: an instrument, a threshold, a polarity, a status."""
        if kind == "agreement":
            return dict(instrument(clause))
        if kind == "red_line":
            rate = re.search(r"(\d+(?:\.\d+)?)%", clause)
            told = shown(float(rate[1])) if rate else None
            return {} if told is None else {"threshold": told, "rate": told, "unit": "%"}
        if kind == "response":
            ways = (("negative", "反論|難色|拒"), ("positive", "理解|前向き|応じ"))
            return {"polarity": next((way for way, words in ways if re.search(words, clause)), "neutral")}
        if kind == "commitment":
            return {"status": "ongoing" if "続" in clause else "open"}
        return {}

    def _days(self, kind: str, start: int, verb: int, clause: str) -> dict[str, Any]:
        """Until when, or when signed."""
        if kind not in ("commitment", "agreement", "deadline"):
            return {}
        stop = verb + len(clause) if kind == "deadline" else verb
        told = [d for d in find_days(self.text, start, stop, self._known.published) if d.last]
        if kind == "commitment":
            told = [d for d in told if self._is_to_come(d)]
        near = [d for d in told if d.start <= verb] or told
        day = (near[-1] if kind == "deadline" else near[0]) if near else None
        if day is None:
            return {}
        if kind == "deadline":
            return {"date": day.last, "date_precision": day.precision}
        if kind == "commitment":
            return {"due": day.last}
        return {"signed": day.value} if "署名" in clause and day.precision == "day" else {}

    def _is_to_come(self, day: Day) -> bool:
        """Whether something can be due on a day: it is said to be the last, or is after the text's own."""
        published = self._known.published
        later = published is None or (day.last or "") > published.isoformat()
        within = self.text[day.start : day.end].endswith("中")
        return later or within or _LAST.match(self.text, day.end) is not None

    def _others(self, start: int, end: int, by: list[str]) -> list[str]:
        named = [
            c
            for one in self.named
            if start <= one.start and one.end <= end
            for c in self._known.codes(one)
            if c not in by
        ]
        if not named and self.bilateral and by:
            named = [code for code in self.sides if code not in by]
        return named

    def _event(self, fact: Fact, subject: Named | None) -> None:
        start, end = trimmed(self.text, fact.start, fact.end)
        rest = self.text[fact.verb :].partition("。")[0]
        coming = re.search(table("japanese")["to_come"], rest) is not None
        following = (
            fact.kind == "next_meeting"
            or re.search(table("japanese")["next"], self.text[start:end]) is not None
        )
        if self._lasted(start, end):
            return
        kind = "next_meeting" if following or (coming and "訪問" in self.text[start:end]) else "event"
        fields = meeting_fields(self._known, start, end)
        if len(fields.get("parties", [])) < 2 and subject and self.bilateral and len(self.sides) > 1:
            fields["parties"] = list(self.sides)
        modality: Modality = "planned" if coming or kind == "next_meeting" else "asserted"
        if modality == "planned" and _CALLED_OFF.match(self.text, fact.end):
            kind, modality = "event_not_held", "negated"
        for first, last in each_of_several(self.text, start, end):
            own = meeting_fields(self._known, first, last) if first > start else {}
            told = {**fields, **{k: v for k, v in own.items() if k in ("duration_min", "place", "time")}}
            self._found.append(Draft(self._doc, kind, modality, told, self._source[first:last], first, last))

    def _lasted(self, start: int, end: int) -> bool:
        """Whether words only say how long the meeting just told of took: `会談は約50分行われた`."""
        told = took.match(self.text, start, end)
        last = next((n for n in range(len(self._found) - 1, -1, -1) if self._found[n].type == "event"), None)
        if told is None or last is None or "duration_min" in self._found[last].fields:
            return False
        fields = {
            **self._found[last].fields,
            **{
                k: v
                for k, v in meeting_fields(self._known, start, end).items()
                if k in ("duration_min", "time")
            },
        }
        self._found[last] = replace(self._found[last], fields=fields)
        return True

    def _rest(self, start: int, end: int, subject: Named | None) -> None:
        """What a sentence without a verb of talks tells: a measure, an amount."""
        measure = measure_of(self.text, start, end)
        start, end = trimmed(self.text, start, end)
        if measure and not _NOT_SO.search(self.text, start, end + 1):
            self._measure(start, end, measure, subject, considered=False)
            return
        amount = amounts(self.text, start, end)
        if amount:
            codes = [
                c for one in self.named if start <= one.start and one.end <= end for c in self._known.codes(one)
            ]
            trade = amount.pop("_to", None)
            fields = (
                amount
                | ({"reporter": codes[0]} if codes else {})
                | ({"partner": codes[1]} if len(codes) > 1 else {})
            )
            if trade and "partner" not in fields:
                fields["partner"] = trade
            self._found.append(
                Draft(self._doc, "quantity", "asserted", fields, self._source[start:end], start, end)
            )

    def _inner(self, start: int, end: int, subject: Named | None) -> Named | None:
        """Who acts in what somebody fears, says or asks: `ベトナムは米国が関税を課すことを懸念した`."""
        if subject is None or not start <= subject.start < end:
            return None
        behind = [one for one in self.named if subject.end < one.start and one.end < end]
        return next((one for one in behind if _IN_WHAT_IS_SAID.match(self.text, one.end, end)), None)

    def _measure(
        self, start: int, end: int, fields: dict[str, Any], subject: Named | None, *, considered: bool
    ) -> None:
        by = self._known.codes(self._inner(start, end, subject) or subject)
        told = dict(fields)
        among = [one for one in self.named if start <= one.start < end]
        among = [one for one in among if not _SPARED.match(self.text, one.end)]
        owned = next((one for one in among if _OWNS_DUTY.match(self.text, one.end, end)), None)
        by = by or self._known.codes(owned)
        owner = [code for one in among for code in one.codes]
        last = self._found[-1] if self._found else None
        if (
            told["measure"] == "税率"
            and not by
            and last
            and last.type == "measure"
            and not {"rate", "rate_low"} & set(last.fields)
        ):
            rates = {
                k: v for k, v in told.items() if k in ("rate", "rate_before", "rate_low", "rate_high", "unit")
            }
            self._found[-1] = replace(last, fields={**last.fields, **rates})
            return
        if by:
            told["imposed_by"] = by[0]
        target = [code for code in owner if code != told.get("imposed_by")]
        if target and "on" not in told:
            told["on"] = target[0]
        if considered:
            told["status"] = "considered"
        day = next(
            (
                d
                for d in find_days(self.text, start, end, self._known.published)
                if d.value and re.match(r"から|以降", self.text[d.end :])
            ),
            None,
        )
        told |= {"start": day.value} if day and day.precision == "day" else {}
        told = in_time(told, self._known.published)
        status = told["status"]
        modality: Modality = (
            "considered" if status == "considered" else "planned" if status == "announced" else "asserted"
        )
        self._found.append(Draft(self._doc, "measure", modality, told, self._source[start:end], start, end))


OWN_ACTS = {"ask", "offer", "complaint", "position", "red_line", "commitment"}
"""What a ministry does in its own text without naming itself."""
LONG_TAIL = 10
"""Characters behind the last predicate of talks that may tell a measure or an amount."""
_SAYS_SOMETHING = re.compile(r"[一-龥ァ-ヶ][^、。]{3,}")


_MARKED = re.compile(
    r"[^、。はがをにでの間]{0,8}?(?:側)?(?:から(?:は)?(?!の)|としては|は|が|も)(?=[、，「\s]|[^、。])"
)
"""What marks who acts."""
_FROM_TO = re.compile(r"から[一-龥ァ-ヶA-Z]{1,10}へ")
_FOR_LONG = re.compile(r"\d+(?:分間|分|時間)")
"""How long somebody talked: it is a meeting, whatever the verb."""
_SPARED = re.compile(r"(?:産|製)?(?:を除|以外|を対象外|は対象外|を除外|では?なく)")
_OWNS_DUTY = re.compile(
    r"の(?:[^、。にへ]{1,10}(?:に対する|への))?(?:\d[\d.]*%の)?(?:[^、。にへ]{0,10}の)?[一-龥ァ-ヶ]{0,8}(?:関税|税率)(?:\d[\d.]*%)?(?:は|が|を)"
)
"""Behind the name of whoever levies a duty: `米国の自動車関税は`; `米国への関税` is another's."""
_IN_WHAT_IS_SAID = re.compile(
    r"(?:政府)?が[^、。]*(?:課す|課した|課している|引き上げ|引き下げ|導入|発動)[^、。]{0,6}(?:こと(?:を|に)|と(?:述べ|懸念|批判|非難|指摘|警告))"
)
_NOT_SO = re.compile(r"ない(?:と|。|$|方針|考え|意向|見通し|姿勢)|なかった|ません|ておらず")
_ASKED_OF = re.compile(r"(?:求め|要請さ|要求さ|促さ)(?:られ|れ)")
_CALLED_OFF = re.compile(r"[^。]{0,24}(?:中止|取りやめ|キャンセル|見送)(?:し|さ|に|られ|った|り|と)")
"""Behind a meeting that was to come."""
_LAST = re.compile(r"(?:の?(?:末|終わり))?(?:まで|以内|を?(?:期限|めど|目途|目処))|中に?(?!国)|末に")
"""Behind a day that is the last on which something may be done."""
_PROPOSED = re.compile(r"案を|提案|打診")
_WILL_ASK = re.compile(r"(?:求め|要請し|働きかけ|要求し|要望し)(?:る|て(?:い[くき])?|ていく)?(?:との)?$")
"""Whoever means to ask, asks."""
_TO_BE_HELD = re.compile(
    r"(?:会談|協議|会合|対話|会議|委員会)を[^。]{0,24}(?:月|前半|後半|春|夏|秋|冬|上旬|中旬|下旬|日)[^。]{0,14}(?:開催する|開く|行う)(?:こと)?$"
)
_TAKEN_AWAY = re.compile(
    r"(?:撤廃|解除|廃止|緩和|再開)(?:等)?(?:を|に|が)[^、。]{0,8}(?:歓迎|評価|求め|感謝|謝意|要請)"
)
_AIMED_AT = re.compile(r"目指す(?:こと)?(?:で|に|を)?$")
_NO_ACCORD = (
    ("topic", re.compile(r"(?:進捗|状況|現状)(?:を)?(?:改めて|再)?$")),
    (
        "position",
        re.compile(r"(?:であること|重要性|必要性|意義|認識|立場|見解|考え|理解)(?:で|に|を)?(?:改めて|再)?$"),
    ),
)
"""What is confirmed or thought alike: nothing is agreed by it."""
