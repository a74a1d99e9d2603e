"""From Japanese sentences to drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from kosho.record.reading.decode import Document
from kosho.record.reading.draft import Draft, Modality
from kosho.record.reading.japanese.dates import Day, find_days, published_day
from kosho.record.reading.japanese.lines import ENDS_TEXT, SET_ASIDE, is_whole, lines_of, sentences_of, trimmed
from kosho.record.reading.japanese.measures import amounts, measure_of, products_in
from kosho.record.reading.japanese.names import Named, find_named
from kosho.record.reading.japanese.phrases import (
    dated,
    instrument,
    object_of,
    place_of,
    publisher_of,
)
from kosho.record.reading.japanese.words import half_width
from kosho.record.reading.mentions import two_sides
from kosho.record.reading.quantities import shown
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
_BULLET = re.compile(r"[\s　]*(?:[・●○◆■▼▽*\-–]|\(?\d{1,2}[.)．]|[①-⑳]|\d{1,2}[\s　])[\s　]*")
_ASKS = re.compile(
    r"^[○◯]\S{1,8}(?:委員|君|議員)[\s　]"
    r"|^(?:問|質問|Q|記者|【記者】|\(記者\)|【問】|\(問\))[\s　]*[:：)】]?|^(?:問|Q)[\s　:：]"
)
_ANSWERS = re.compile(r"^(?:答|A|【答】|\(答\)|回答)[\s　]*[:：][\s　]*")
_SPEAKS = re.compile(
    r"^(?:[○◯][\s　]?(?=\S{1,20}[\s　])|(?=\S{1,20}[:：])|[(【](?=[^()【】]{1,20}[)】]))"
    r"(?P<who>[一-龥ァ-ヶー]{0,12}(?:大臣|長官|報道官|副大臣|総理|官房長官|次官|参考人|事務局長|議長|委員長|代表))"
    r"(?:[(（][^()（）]{1,12}[)）])?[:：)】\s　][\s　]*"
)


class _Line(NamedTuple):
    start: int
    end: int
    title: bool
    voice: Named | None


class _Fact(NamedTuple):
    """A predicate, and where its clause stands."""

    kind: str
    modality: Modality | None
    start: int
    """Of the clause."""
    verb: int
    end: int


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
        self._doc, self._source = document.name, document.text
        self.text = half_width(document.text)
        self._found: list[Draft] = []
        self._asked: list[tuple[int, int]] = []
        """Lines of questions: they tell nothing, not even whom."""
        self._lines = list(lines_of(self.text))
        short = [(a, b) for a, b in self._lines if b - a <= 60 and not self.text[a:b].endswith("。")]
        self._ends = next((a for a, b in self._lines if ENDS_TEXT.match(self.text[a:b])), len(self.text))
        """Where the text ends and contacts and links begin."""
        told = published_day(self.text, short)
        self._published = told[0] if told else None
        self._published_at = (told[1], told[2]) if told else None
        self.named = [one for a, b in self._lines for one in find_named(self.text, a, b)]
        self.sides, self.bilateral = two_sides(code for one in self.named for code in one.codes)
        self._subject: Named | None = None
        own = _OWN_TEXT.search(self.text[:HEAD]) or (publisher_of(self.text) or "").endswith(("省", "府", "房"))
        self._own = Named(0, 0, ("JPN",), "party") if own else None
        """Who speaks in what a ministry publishes of its own, where nobody else is named."""
        self.named = sorted([*self.named, *self._again()], key=lambda one: one.start)

    def _again(self) -> Iterator[Named]:
        """People named again by one part of their name: `西田氏`."""
        known = {part: one for one in reversed(self.named) if one.name for part in _parts(one.name)}
        if not known:
            return
        words = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
        taken = [(one.start, one.end) for one in self.named]
        for match in re.finditer(rf"(?P<name>{words})(?:氏|大臣|長官|外相|相|代表|次官|さん)", self.text):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                one = known[match["name"]]
                yield replace(one, start=match.start(), end=match.end())

    def drafts(self) -> list[Draft]:
        """All of them, once each."""
        lines = list(self._to_read())
        for line in lines:
            if not line.title:
                for start, end in sentences_of(self.text, line.start, line.end):
                    self._sentence(start, end, line.voice)
        found = [self._document(lines), *self._recorded(lines), *self._found, *self._people()]
        return sorted(found, key=lambda d: (d.start, d.end, d.type, str(sorted(d.fields.items(), key=str))))

    def _to_read(self) -> Iterator[_Line]:
        voice: Named | None = None
        minister = next((one for one in self.named if one.kind == "person" and one.codes == ("JPN",)), None)
        asked = False
        for a, b in self._lines:
            line = self.text[a:b]
            if a >= self._ends:
                return
            answers, speaks = _ANSWERS.match(line), _SPEAKS.match(line)
            turn = answers or speaks
            asked = _ASKS.match(line) is not None or (asked and turn is None)
            if asked:
                self._asked.append((a, b))
            if asked or SET_ASIDE.match(line):
                continue
            if turn:
                named = next((one for one in self.named if a <= one.start < a + turn.end()), None)
                voice = minister if answers or (named is None and "大臣" in turn[0]) else named
            start = min(b, a + turn.end()) if turn else a
            if start >= b:
                continue
            mark = _BULLET.match(self.text, start, b)
            begin = mark.end() if mark and mark.end() < b else start
            words = self.text[begin:b]
            whole = voice is not None or (mark is not None and is_whole(words))
            yield _Line(begin, b, "。" not in words and not whole, voice)

    # the document and the people

    def _document(self, lines: list[_Line]) -> Draft:
        head = self.text[:400]
        kinds = (
            ("press conference", "記者会見"),
            ("joint statement", r"^(?:[^。\n]{0,40}\n){0,3}[^。\n]{0,40}(?:共同声明|共同文書|共同発表)"),
            ("minutes", "議事録|議事要旨|議事概要"),
            ("press release", "開催しました|を行いました|結果概要|概要は以下|お問い合わせ|報道発表"),
        )
        fields: dict[str, Any] = {
            "doc_type": next((k for k, p in kinds if re.search(p, head + self.text[-200:])), "news"),
            "language": "ja",
        }
        if self._published:
            fields["published"] = self._published.isoformat()
        publisher = publisher_of(self.text)
        if publisher:
            fields["publisher"] = publisher
        title = next(
            (
                line
                for line in lines
                if line.title
                and line.end - line.start > 8
                and self._published_at != (line.start, line.end)
                and not find_first_day(self.text, line)
            ),
            None,
        )
        if title:
            fields["title"] = self._source[title.start : title.end]
        start, end = self._published_at or ((title.start, title.end) if title else (0, min(len(self.text), 60)))
        return Draft(self._doc, "document", "asserted", fields, self._source[start:end], start, end)

    def _people(self) -> Iterator[Draft]:
        known: set[str] = set()
        for one in _fullest([one for one in self.named if not self._is_asked(one)]):
            if one.kind != "person" or one.name is None or self._after_end(one.start):
                continue
            parts = {one.name, *re.split("[・＝=]", one.name)}
            if any(name in known or any(old.startswith(name) for old in known) for name in parts):
                continue
            known |= parts
            fields: dict[str, Any] = {"name": one.name, "role": one.role}
            fields |= {"side": one.codes[0]} if one.codes else {}
            fields |= {"org": one.org} if one.org else {}
            if re.search(
                r"(?:側代表|首席代表)の?$",
                self.text[max(0, one.start - 6) : one.start]
                + self.text[one.start : one.start + 8].split(one.name)[0],
            ):
                fields["negotiation_role"] = "代表"
            yield Draft(
                self._doc, "person", "asserted", fields, self._source[one.start : one.end], one.start, one.end
            )

    def _is_asked(self, one: Named) -> bool:
        return any(a <= one.start < b for a, b in self._asked)

    def _after_end(self, position: int) -> bool:
        return self._ends <= position or any(
            SET_ASIDE.match(self.text[a:b]) for a, b in self._lines if a <= position < b
        )

    def _recorded(self, lines: list[_Line]) -> Iterator[Draft]:
        """The meeting that a form records: `日時：`, `場所：` below its title."""
        when = re.search(r"^(?:日時|開催日)[:：][\s　]*(?P<value>.+)$", self.text, re.MULTILINE)
        where = re.search(r"^(?:場所|会場|開催地)[:：][\s　]*(?P<value>.+)$", self.text, re.MULTILINE)
        title = next(
            (line for line in lines if line.title and _talks().search(self.text, line.start, line.end)), None
        )
        if title is None or not (when or where):
            return
        found = _talks().search(self.text, title.start, title.end)
        end = found.end() if found else title.end
        fields = self._meeting(title.start, end)
        if when:
            day = next(find_days(self.text, *when.span("value"), self._published), None)
            fields |= dated(day)
        if where:
            fields["place"] = where["value"].strip()
        yield Draft(self._doc, "event", "asserted", fields, self._source[title.start : end], title.start, end)

    # sentences

    def _sentence(self, start: int, end: int, voice: Named | None) -> None:
        words = self.text[start:end]
        if re.search(table("japanese")["asks"], words):
            return
        before = len(self._found)
        subject = self._subject
        facts = list(_facts(self.text, start, end))
        for fact in facts:
            named = self._acting(fact.start, fact.verb)
            subject = named or (subject if fact.start > start or subject else None) or voice
            self._fact(fact, subject or voice or (self._own if fact.kind in OWN_ACTS else None), voice)
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
                mark = re.match(
                    r"[^、。はがをにでの間]{0,8}?(?:側)?(?:から(?:は)?(?!の)|としては|は|が|も)(?=[、，「\s]|[^、。])",
                    self.text[one.end : one.end + 14],
                )
                if mark and _FROM_TO.match(self.text, one.end):
                    continue  # `EUから日本への輸出` tells whence, not who acts
                if mark and (found is None or "は" in mark[0] or "から" in mark[0]):
                    found = one
        return found

    def _codes(self, one: Named | None) -> list[str]:
        if one is None:
            return []
        if one.kind == "joint" and not one.codes:
            return list(self.sides) if self.bilateral and len(self.sides) > 1 else []
        return list(one.codes)

    def _fact(self, fact: _Fact, subject: Named | None, voice: Named | None) -> None:
        start, end = trimmed(self.text, fact.start, fact.end)
        clause = self.text[start:end]
        kind, modality = fact.kind, fact.modality or "asserted"
        ending = re.split("[、。」\\n]", self.text[fact.verb : fact.end + 10])[0]
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
            confirmed = next((other for other, words in _CONFIRMED if words.search(object_)), kind)
            seen = _SEEN_ALIKE.search(object_) is not None
            kind = confirmed if "確認" in self.text[fact.verb : fact.end] else "position" if seen else "accord"
        if kind == "accord" and _TO_BE_HELD.search(self.text[start : fact.verb]):
            self._event(fact._replace(kind="next_meeting"), subject)
            return
        if kind == "accord":
            object_ = self.text[start : fact.verb]
            deliverable = re.search(table("japanese")["deliverable"], object_)
            aim = _AIMED_AT.search(object_)
            kind = "agreement_aim" if aim else "commitment" if deliverable else "agreement"
        fields = self._fields(kind, fact, (start, end), subject, voice)
        self._found.append(Draft(self._doc, kind, modality, fields, self._source[start:end], start, end))

    def _fields(
        self, kind: str, fact: _Fact, clause: tuple[int, int], subject: Named | None, voice: Named | None
    ) -> dict[str, Any]:
        start, end = clause
        by = self._codes(subject)
        what = object_of(self.text, start, fact.verb, subject)
        told = self._source[what[0] : what[1]] if what else None
        fields = self._whose(kind, by, self._others(start, fact.verb, by))
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
        told = [d for d in find_days(self.text, start, stop, self._published) if d.last]
        near = [d for d in told if d.start <= verb] or told
        day = (near[-1] if kind == "deadline" else near[0]) if near else None
        if day is None:
            return {}
        if kind == "deadline":
            return {"date": day.last, "date_precision": day.precision}
        if kind == "commitment":
            return {"due": day.last}
        return {"signed": day.value} if "署名" in clause and day.precision == "day" else {}

    def _others(self, start: int, end: int, by: list[str]) -> list[str]:
        named = [
            c
            for one in self.named
            if start <= one.start and one.end <= end
            for c in self._codes(one)
            if c not in by
        ]
        if not named and self.bilateral and by:
            named = [code for code in self.sides if code not in by]
        return named

    def _event(self, fact: _Fact, subject: Named | None) -> None:
        start, end = trimmed(self.text, fact.start, fact.end)
        rest = self.text[fact.verb : min(len(self.text), fact.end + 14)].split("。")[0]
        coming = re.search(table("japanese")["to_come"], rest) is not None
        following = (
            fact.kind == "next_meeting"
            or re.search(table("japanese")["next"], self.text[start:end]) is not None
        )
        if self._lasted(start, end):
            return
        kind = "next_meeting" if following or (coming and "訪問" in self.text[start:end]) else "event"
        fields = self._meeting(start, end)
        if len(fields.get("parties", [])) < 2 and subject and self.bilateral and len(self.sides) > 1:
            fields["parties"] = list(self.sides)
        modality: Modality = "planned" if coming or kind == "next_meeting" else "asserted"
        for first, last in _each_of_several(self.text, start, end):
            own = self._meeting(first, last) if first > start else {}
            told = {**fields, **{k: v for k, v in own.items() if k in ("duration_min", "place", "time")}}
            self._found.append(Draft(self._doc, kind, modality, told, self._source[first:last], first, last))

    def _lasted(self, start: int, end: int) -> bool:
        """Whether words only say how long the meeting just told of took: `会談は約50分行われた`."""
        told = _TOOK.match(self.text, start, end)
        last = next((n for n in range(len(self._found) - 1, -1, -1) if self._found[n].type == "event"), None)
        if told is None or last is None or "duration_min" in self._found[last].fields:
            return False
        fields = {
            **self._found[last].fields,
            **{k: v for k, v in self._meeting(start, end).items() if k in ("duration_min", "time")},
        }
        self._found[last] = replace(self._found[last], fields=fields)
        return True

    def _meeting(self, start: int, end: int) -> dict[str, Any]:
        words, known = self.text[start:end], table("japanese")
        fields: dict[str, Any] = {
            "event_type": next(k for k, p in known["event_types"].items() if re.search(p, words))
        }
        level = next((k for k, p in known["levels"].items() if re.search(p, words)), None)
        fields |= {"level": level} if level else {}
        number = re.search(r"第\s?(\d{1,3})\s?回|(\d{1,3})回目", words)
        if number:
            fields["round"] = int(number[1] or number[2])
            series = re.match(
                r"(?:[一-龥ァ-ヶA-Z・]+?)(?:会談|協議|会合|対話|会議|委員会)", words[number.end() :]
            )
            fields |= {"series": series[0]} if series and len(series[0]) > 4 else {}
        fields |= dated(next((d for d in find_days(self.text, start, end, self._published) if d.value), None))
        hours = re.search(
            r"(?P<hours>\d+)時間(?P<half>半)?(?:(?P<minutes>\d+)分)?|(?<![時\d])(?P<only>\d+)分間?", words
        )
        if hours:
            fields["duration_min"] = 60 * int(hours["hours"] or 0) + int(
                hours["minutes"] or hours["only"] or (30 if hours["half"] else 0)
            )
        clock = re.search(r"(午前|午後)?(\d{1,2})時(?:(\d{1,2})分)?(?!間)", words)
        if clock:
            hour = int(clock[2]) % 12 + 12 if clock[1] == "午後" else int(clock[2])
            fields["time"] = f"{hour:02d}:{int(clock[3] or 0):02d}"
        place = place_of(words)
        fields |= {"place": place} if place else {}
        here = [c for one in self.named if start <= one.start and one.end <= end for c in self._codes(one)]
        parties = list(dict.fromkeys(here))
        if len(parties) == 1 and self.bilateral and len(self.sides) > 1:
            parties = list(self.sides)
        return fields | ({"parties": parties} if parties else {})

    def _rest(self, start: int, end: int, subject: Named | None) -> None:
        """What a sentence without a verb of talks tells: a measure, an amount."""
        measure = measure_of(self.text, start, end)
        start, end = trimmed(self.text, start, end)
        if measure and not re.search(r"ない(?:と|。|$)|ません|ておらず", self.text[start : end + 1]):
            self._measure(start, end, measure, subject, considered=False)
            return
        amount = amounts(self.text, start, end)
        if amount:
            codes = [c for one in self.named if start <= one.start and one.end <= end for c in self._codes(one)]
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

    def _measure(
        self, start: int, end: int, fields: dict[str, Any], subject: Named | None, *, considered: bool
    ) -> None:
        by = self._codes(subject)
        owner = [code for one in self.named if start <= one.start < end for code in one.codes]
        told = dict(fields)
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
                for d in find_days(self.text, start, end, self._published)
                if d.value and re.match(r"から|以降", self.text[d.end :])
            ),
            None,
        )
        told |= {"start": day.value} if day and day.precision == "day" else {}
        status = told["status"]
        modality: Modality = (
            "considered" if status == "considered" else "planned" if status == "announced" else "asserted"
        )
        self._found.append(Draft(self._doc, "measure", modality, told, self._source[start:end], start, end))


HEAD = 200
"""Characters in which a text says whose it is."""
_OWN_TEXT = re.compile(r"(?:閣議後|定例|大臣)[^\n]{0,8}(?:記者)?会見|会見の概要")
OWN_ACTS = {"ask", "offer", "complaint", "position", "red_line", "commitment"}
"""What a ministry does in its own text without naming itself."""
LONG_TAIL = 10
"""Characters behind the last predicate of talks that may tell a measure or an amount."""
_SAYS_SOMETHING = re.compile(r"[一-龥ァ-ヶ][^、。]{3,}")


_FROM_TO = re.compile(r"から[一-龥ァ-ヶA-Z]{1,10}へ")
_TOOK = re.compile(r"[\s　]*(?:同)?(?:会談|協議|会合|対話|会議|電話会談)(?:は|が)、?約?\d+(?:時間|分)")
_FOR_LONG = re.compile(r"\d+(?:分間|分|時間)")
"""How long somebody talked: it is a meeting, whatever the verb."""
_PROPOSED = re.compile(r"案を|提案|打診")
_WILL_ASK = re.compile(r"(?:求め|要請し|働きかけ|要求し|要望し)(?:る|て(?:い[くき])?|ていく)?(?:との)?$")
"""Whoever means to ask, asks."""
_SEEN_ALIKE = re.compile(r"(?:認識|見解|考え|立場|理解)(?:で|に|を)?$")
"""What two sides who agree on it only think alike."""
_TO_BE_HELD = re.compile(
    r"(?:会談|協議|会合|対話|会議|委員会)を[^。]{0,24}(?:月|前半|後半|春|夏|秋|冬|上旬|中旬|下旬|日)[^。]{0,14}(?:開催する|開く|行う)(?:こと)?$"
)
_TAKEN_AWAY = re.compile(
    r"(?:撤廃|解除|廃止|緩和|再開)(?:等)?(?:を|に|が)[^、。]{0,8}(?:歓迎|評価|求め|感謝|謝意|要請)"
)
_AIMED_AT = re.compile(r"目指す(?:こと)?(?:で|に|を)?$")
_CONFIRMED = (
    ("topic", re.compile(r"(?:進捗|状況|現状)(?:を)?(?:改めて|再)?$")),
    ("position", re.compile(r"(?:であること|重要性|必要性|認識|立場|意義)(?:を)?(?:改めて|再)?$")),
)
"""What `確認` is of, where nothing is agreed by it."""


_ONE_OF_SEVERAL = re.compile(r"と約?\d+(?:分|時間)(?:半)?間?、")


def _each_of_several(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A meeting, or each of several that one verb tells of: `Aと約90分、Bと約30分それぞれ会談した`."""
    if "それぞれ" not in text[start:end]:
        return [(start, end)]
    cuts = [m.end() for m in _ONE_OF_SEVERAL.finditer(text, start, end)]
    places = [start, *cuts, end]
    return list(pairwise(places))


def _fullest(named: list[Named]) -> list[Named]:
    """Mentions in order, without people whom a later one names by the same post and more of the name."""
    return [
        one
        for one in named
        if one.name is None
        or not any(
            other.name
            and other.name != one.name
            and other.role == one.role
            and _names_more(other.name, one.name)
            for other in named
        )
    ]


def _names_more(longer: str, name: str) -> bool:
    return longer.startswith(name) or name in re.split("[・＝=]", longer)


def _parts(name: str) -> list[str]:
    """The parts of a name: of `西田健太郎` the family's, of others what `・` divides."""
    if re.search("[・＝=]", name):
        return [part for part in re.split("[・＝=]", name) if len(part) > 1]
    return [name, *({name[:2]} if len(name) > 3 else {name[:2]} if len(name) == 3 else set())]


def find_first_day(text: str, line: _Line) -> Day | None:
    """The first date of a line."""
    return next(find_days(text, line.start, line.end, None), None)


_WITH_IT = re.compile(r"(?:とともに|と共に)?[、。」\s　]*")
"""What joins a clause to the one before it."""


@cache
def _talks() -> re.Pattern[str]:
    return re.compile(table("japanese")["talks"])


@cache
def _predicates() -> list[tuple[str, Modality | None, re.Pattern[str]]]:
    known = table("japanese")
    event = re.compile(
        rf"(?:{known['talks']})」?(?!を(?:継続|加速|推進|重ね))"
        rf"(?:(?:が、[^、。]{{0,12}}?)?(?:を|が|に|は|にて)[^、。]{{0,8}}?)?(?:{known['held']})[^、。]{{0,4}}"
        rf"|(?:{known['spoke']})[^、。]{{0,6}}"
    )
    found: list[tuple[str, Modality | None, re.Pattern[str]]] = [
        (one["type"], one.get("modality"), re.compile(one["when"])) for one in known["predicates"]
    ]
    found.append(("event", None, event))
    return found


def _facts(text: str, start: int, end: int) -> Iterator[_Fact]:
    """Predicates of a sentence in order; where two overlap, the one listed first."""
    found: list[tuple[int, int, int, str, Modality | None]] = []
    for rank, (kind, modality, words) in enumerate(_predicates()):
        for m in words.finditer(text, start, end):
            found.append((m.start(), m.end(), rank, kind, modality))  # noqa: PERF401 - a list of one type
    kept: list[tuple[int, int, int, str, Modality | None]] = []
    for one in sorted(found, key=lambda f: (f[2], f[0])):
        if not any(a < one[1] and one[0] < b for a, b, *_ in kept):
            kept.append(one)
    position = start
    for a, b, _, kind, modality in sorted(kept):
        yield _Fact(kind, modality, position, a, b)
        position = b
        joined = _WITH_IT.match(text, position, end)
        position = joined.end() if joined else position
