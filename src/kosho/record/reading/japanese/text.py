"""What is known of a Japanese text before its sentences are read: its lines, its day, who is named in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from kosho.record.reading.decode import Document
from kosho.record.reading.japanese.dates import published_day
from kosho.record.reading.japanese.lines import ENDS_TEXT, SET_ASIDE, is_whole, lines_of
from kosho.record.reading.japanese.names import Named, find_named
from kosho.record.reading.japanese.phrases import publisher_of
from kosho.record.reading.japanese.words import half_width
from kosho.record.reading.mentions import two_sides

__all__ = ["Line", "Text"]


class Line(NamedTuple):
    """A line to be read, and who speaks it in a transcript."""

    start: int
    end: int
    title: bool
    voice: Named | None


class Text:
    """A document with its lines and those named in it."""

    def __init__(self, document: Document) -> None:
        self.name, self.source = document.name, document.text
        self.text = half_width(document.text)
        self.asked: list[tuple[int, int]] = []
        """Lines of questions: they tell nothing, not even whom."""
        self.lines = list(lines_of(self.text))
        short = [(a, b) for a, b in self.lines if b - a <= 60 and not self.text[a:b].endswith("。")]
        self.ends = next((a for a, b in self.lines if ENDS_TEXT.match(self.text[a:b])), len(self.text))
        """Where the text ends and contacts and links begin."""
        told = published_day(self.text, short)
        self.published = told[0] if told else None
        self.published_at = (told[1], told[2]) if told else None
        self.named = [one for a, b in self.lines for one in find_named(self.text, a, b)]
        self.sides, self.bilateral = two_sides(code for one in self.named for code in one.codes)
        own = _OWN_TEXT.search(self.text[:HEAD]) or (publisher_of(self.text) or "").endswith(("省", "府", "房"))
        self.own = Named(0, 0, ("JPN",), "party") if own else None
        """Who speaks in what a ministry publishes of its own, where nobody else is named."""
        self.named = [self._known(one) for one in self.named]
        self.named = sorted([*self.named, *self._again()], key=lambda one: one.start)

    def _known(self, one: Named) -> Named:
        """Somebody named by a part of a name that is told in full elsewhere: for the same side."""
        if one.kind != "person" or one.codes or not one.name:
            return one
        fuller = (
            other for other in self.named if other.codes and other.name and one.name in _parts(other.name)
        )
        same = next(fuller, None)
        return replace(one, codes=same.codes) if same else one

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

    def to_read(self) -> Iterator[Line]:
        """Lines in order, without questions and what is set aside."""
        voice: Named | None = None
        minister = next((one for one in self.named if one.kind == "person" and one.codes == ("JPN",)), None)
        asked = False
        for a, b in self.lines:
            line = self.text[a:b]
            if a >= self.ends:
                return
            answers, speaks = _ANSWERS.match(line), _SPEAKS.match(line)
            turn = answers or speaks
            asked = _ASKS.match(line) is not None or (asked and turn is None)
            if asked:
                self.asked.append((a, b))
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
            yield Line(begin, b, "。" not in words and not whole, voice)

    def codes(self, one: Named | None) -> list[str]:
        """For whom somebody named acts; of both sides, those of the text."""
        if one is None:
            return []
        if one.kind == "joint" and not one.codes:
            return list(self.sides) if self.bilateral and len(self.sides) > 1 else []
        return list(one.codes)

    def is_asked(self, one: Named) -> bool:
        """Whether somebody is named in a question."""
        return any(a <= one.start < b for a, b in self.asked)

    def after_end(self, position: int) -> bool:
        """Whether a place lies among contacts and links."""
        return self.ends <= position or any(
            SET_ASIDE.match(self.text[a:b]) for a, b in self.lines if a <= position < b
        )


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

HEAD = 200
"""Characters in which a text says whose it is."""

_OWN_TEXT = re.compile(r"(?:閣議後|定例|大臣)[^\n]{0,8}(?:記者)?会見|会見の概要")


def _parts(name: str) -> list[str]:
    """The parts of a name: of `西田健太郎` the family's, of others what `・` divides."""
    if re.search("[・＝=]", name):
        return [part for part in re.split("[・＝=]", name) if len(part) > 1]
    return [name, name[:2]] if len(name) > 2 else [name]
