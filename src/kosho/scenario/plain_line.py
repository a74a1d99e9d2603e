"""A measure as people say it, put into the line that `kosho.law.one_line` reads.

`25% on German cars from 1 August` and `米国がドイツ車に8月1日から25%` say who imposes what, on whose goods
and from when. Every word must be understood: what is not is told, and nothing is guessed. A rate is one in all,
unless the words say that it comes on top (`an additional 25%`, `25％上乗せ`), is a cut, or a bound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from kosho.errors import InputError, Problem
from kosho.language import _
from kosho.law.catalogue import Code, catalogue, found, nearest
from kosho.law.one_line import FROM, GOODS
from kosho.law.product_groups import ProductGroup
from kosho.law.register import Register
from kosho.law.scope import ALL
from kosho.record.reading.dates import find_dates, resolve_dates
from kosho.record.reading.japanese.dates import find_days
from kosho.record.reading.names import aliases, plain
from kosho.record.reading.tables import rows

__all__ = ["PlainLine", "is_plain", "plain_line"]

GRAMMAR = "the United States put 25% on German cars from 1 August"
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龥]")
_NOT_PLAIN = re.compile(r"\bon top\b|\bfrom \d{4}-\d\d-\d\d$", re.IGNORECASE)
_PLAIN = re.compile(r"\b(?:on|of|for|from|against|duty|tariffs?)\b|^\W*\d|[^\x00-\x7f]", re.IGNORECASE)


@dataclass(frozen=True)
class PlainLine:
    """What was said, and the line it is."""

    text: str
    line: str
    """As `kosho.law.one_line` reads it."""
    goods: tuple[tuple[str, str, str], ...] = ()
    """Words for goods, the code that they were taken for, and what it covers."""
    others: tuple[str, ...] = ()
    """Codes that the same words could mean."""

    @property
    def heard(self) -> tuple[str, ...]:
        """What words for goods were taken for: a sector holds more than one of its goods."""
        return tuple(
            _("“{words}” is taken for all of {name} ({code})", words=words, name=name, code=code)
            for words, code, name in self.goods
        )


def is_plain(text: str) -> bool:
    """Whether a measure is told in words rather than in codes.

    >>> from kosho.scenario.plain_line import is_plain
    >>> is_plain("25% on German cars"), is_plain("USA DEU C29 +25% on top"), is_plain("USA DEU C29 25%")
    (True, False, False)
    """
    return _PLAIN.search(_NOT_PLAIN.sub("", text)) is not None


def plain_line(
    text: str, register: Register, on: date, importer: str | None = None, position: int = 1
) -> PlainLine:
    """Read a measure from words.

    Args:
        text: See the head of this module.
        register: Whose product groups goods may be.
        on: The day that it is said: `1 August` is the next one.
        importer: Who imposes it, where the words do not say.
        position: Of the line among several, for errors.

    Raises:
        InputError: something is not said, or not understood; all of it is told.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.scenario.plain_line import plain_line
    >>> law, day = Register.load(), date(2025, 6, 29)
    >>> plain_line("US puts 25% on German steel from 1 August", law, day).line
    'USA DEU C24A 25% from 2025-08-01'
    >>> plain_line("米国が日本の鉄鋼に8月1日から25％上乗せ", law, day).line
    'USA JPN C24A +25% from 2025-08-01'
    """
    said = unicodedata.normalize("NFKC", text).strip()
    reading = _Reading(said, on, catalogue(register.products))
    (reading.japanese if _JAPANESE.search(said) else reading.english)()
    if importer and not reading.importers:
        reading.importers.append(importer)
    goods = reading.goods(register.products.groups)
    problems = [
        Problem(message, hint, key=_("--add {position}", position=position))
        for message, hint in reading.wrong()
    ]
    if problems:
        raise InputError(problems)
    partners = ",".join(
        [*dict.fromkeys(reading.partners), *(f"-{code}" for code in dict.fromkeys(reading.without))]
    )
    codes = ",".join(dict.fromkeys(code for _words, code, _name in goods)) or GOODS
    since = f" {FROM} {reading.since}" if reading.since else ""
    line = f"{reading.importers[0]} {partners} {codes} {reading.rates[0]}{since}"
    return PlainLine(text, line, tuple(goods), tuple(reading.others))


_NUMBER = r"(?P<n>\d+(?:\.\d+)?)\s?(?:%|per\s?cent|percentage points?|points?)"
_DUTY = r"(?:dut(?:y|ies)|tariffs?)"
_BOUND = r"max(?:imum)?(?:\sof)?|cap(?:ped)?\s(?:of|at)|ceiling\sof"
_RATES: tuple[tuple[str, str], ...] = (
    (rf"\b(?:an?\s)?(?:additional|extra|further|another|added)\s(?:{_DUTY}\sof\s)?{_NUMBER}", "+{n}%"),
    (rf"(?<![\w.])\+\s?{_NUMBER}(?:\son\stop)?", "+{n}%"),
    (rf"{_NUMBER}\s(?:on\stop|more|extra|additional)\b(?:\s(?:of\sall|dut(?:y|ies)|tariffs?)\b)?", "+{n}%"),
    (rf"\b(?:rais|increas)\w*\s(?:the\s)?{_DUTY}?\s?by\s{_NUMBER}", "+{n}%"),
    (rf"\b(?:cut|cuts|reduc\w+|lower\w*)\s(?:the\s)?{_DUTY}?\s?(?:by\s)?{_NUMBER}", "cut {n}%"),
    (rf"{_NUMBER}\s(?:off|cut)\b", "cut {n}%"),
    (r"\bhal(?:f|ve[sd]?|ving)\b", "cut 50%"),
    (rf"\b(?:(?:at|up)\s(?:most|to)|(?:no|not)\smore\sthan|{_BOUND})\s{_NUMBER}", "max {n}%"),
    (rf"(?<![\w.]){_NUMBER}(?:\sin\sall)?", "{n}%"),
    (r"\b(?:duty[-\s]free|free\sof\sdut(?:y|ies)|no\sdut(?:y|ies)|free)\b", "free"),
    (r"\b(?:ban(?:s|ned)?|prohibit\w*|embargo(?:es)?)\b", "ban"),
)  # fmt: skip
_JA_NUMBER = r"(?P<n>\d+(?:\.\d+)?)\s?(?:%|パーセント|ポイント)"
_JA_RATES: tuple[tuple[str, str], ...] = (
    (rf"(?:追加で|さらに|更に){_JA_NUMBER}(?:の?(?:追加)?関税)?", "+{n}%"),
    (rf"{_JA_NUMBER}の?(?:上乗せ|追加関税|追加)", "+{n}%"),
    (rf"{_JA_NUMBER}の?(?:引き?下げ|削減)", "cut {n}%"),
    (r"(?:関税を?)?半減", "cut 50%"),
    (rf"(?:上限|最大){_JA_NUMBER}|{_JA_NUMBER.replace('<n>', '<m>')}(?:以下|を上限)", "max {n}%"),
    (rf"{_JA_NUMBER}の?(?:関税)?", "{n}%"),
    (r"(?:関税を?)?(?:撤廃|無税|ゼロ)", "free"),
    (r"(?:輸入を?)?(?:禁止|禁輸)", "ban"),
)  # fmt: skip
_BEFORE_DAY = re.compile(
    r"(?:\b(?:starting|beginning|effective|as|with effect)?\s?(?:from|on|of|since|by)?\s?)$", re.IGNORECASE
)
_FILLERS = re.compile(
    r"an?|the|o[fn]|for|from|to|at|in|by|with|and|a(?:ll|ny)|its|their|new|is|are|be|will|would|shall|should|must|let"
    r"|puts?|(?:impos|lev[iy]|charg|appl[iy]|rais)(?:es|ed|e|s)?|levy|apply|sets?|takes?|dut(?:y|ies)|tariffs?|rate"
    r"|(?:im|ex)port(?:s|ed)?|coming|sold|made|against|goods|products|it|that|everything|come|ordinary|access",
    re.IGNORECASE,
)
_EVERYTHING = re.compile(
    r"\b(?:everything|all (?:other )?(?:goods|products|imports)|goods|imports?|exports?|products)\b"
    r"|全品目|全ての?品目|すべての品目|製品|輸入品|産品",
    re.IGNORECASE,
)
_EVERYBODY = re.compile(
    r"\b(?:all|every) (?:other )?(?:countries|country|partners|origins?|economies)\b|\b(?:everyone|everybody)\b"
    r"|全ての?国|すべての国|全世界|各国",
    re.IGNORECASE,
)
_BUT = re.compile(
    r"\b(?:but not|but|except(?: for)?|other than|without)\s(?:those\s)?(?:from\s|of\s)?(?:the\s)?$",
    re.IGNORECASE,
)
_OF_IMPORTER = re.compile(r"(?:\b(?:by|into|in|to)\s(?:the\s)?)$", re.IGNORECASE)
_OF_PARTNER = re.compile(r"(?:\b(?:from|of|against|made in|on)\s(?:the\s)?)$", re.IGNORECASE)
_JA_FILLERS = re.compile(
    r"[、。,・\s]|から|以降|より|への|に対して|に対し|に対する|関税|輸入|輸出|課す|課税|課する|適用|かける|する|した|を|に|が|は|の|で|へ|と|:"
)


def _ahead(value: str | None, words: str, on: date) -> str | None:
    """A day without a year is the next one, if that year has it; days as `yesterday` stay as they are."""
    if value is None or len(value) != 10 or not re.search(r"\d", words) or re.search(r"年|\d{4}", words):
        return value
    found = f"{int(value[:4]) + (value < on.isoformat())}{value[4:]}"
    try:
        return date.fromisoformat(found).isoformat()
    except ValueError:
        return None


_JA_MARKS = "が|は|による|政府が|側が|:|以外の?|を除く|を除き"


@dataclass
class _Reading:
    """A sentence while it is taken apart; a piece that is understood is blanked out."""

    text: str
    on: date
    codes: tuple[Code, ...]
    importers: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    rates: list[str] = field(default_factory=list)
    since: date | None = None
    others: list[str] = field(default_factory=list)
    found: list[tuple[str, str | None]] = field(default_factory=list)
    everything: bool = False

    def __post_init__(self) -> None:
        self.rest = self.text

    def blank(self, start: int, end: int) -> None:
        """Take a piece out; places of the others stay."""
        self.rest = self.rest[:start] + "\0" * (end - start) + self.rest[end:]

    def english(self) -> None:
        """Day, rate, who and whose, in this order; goods are what is left."""
        self._day()
        at = self._rate(_RATES)
        self._names(at)
        self._all()

    def japanese(self) -> None:
        """The same of Japanese: particles tell who and whose."""
        for day in find_days(self.rest, 0, len(self.rest), self.on):
            words = self.rest[day.start : day.end]
            self._began(_ahead(day.value, words, self.on), words)
            self.blank(day.start, day.end)
        self._rate(_JA_RATES)
        self._japanese_names()
        self._all()

    def _all(self) -> None:
        for match in _EVERYBODY.finditer(self.rest):
            self.partners.append(ALL)
            self.blank(*match.span())
        for match in _EVERYTHING.finditer(self.rest):
            self.everything = True
            self.blank(*match.span())

    def _day(self) -> None:
        mentions = resolve_dates(list(find_dates(self.rest)), self.on, lambda _: "future")
        for mention in mentions:
            before = _BEFORE_DAY.search(self.rest, 0, mention.start)
            day = _ahead(mention.value, mention.text, self.on) if mention.precision == "day" else None
            self._began(day, mention.text)
            self.blank(before.start() if before else mention.start, mention.end)

    def _began(self, value: str | None, words: str) -> None:
        if value is None or len(value) != 10:
            self.found.append((_("{words!r} is no day", words=words), _("such as 1 August 2025")))
        elif self.since is not None:
            self.found.append((_("two days are said"), _("say the first alone")))
        else:
            self.since = date.fromisoformat(value)

    def _rate(self, forms: Iterable[tuple[str, str]]) -> int:
        """Where the rate stands; what is said of it."""
        at = len(self.text)
        for form, told in forms:
            for match in re.compile(form, re.IGNORECASE).finditer(self.rest):
                number = next((one for one in match.groupdict().values() if one), None)
                self.rates.append(told.format(n=number))
                self.blank(*match.span())
                at = min(at, match.start())
        return at

    def _names(self, rate: int) -> None:
        """Economies and blocs: whose goods they are, or who imposes, by where they stand."""
        pattern, known = aliases()
        for match in list(pattern.finditer(self.rest)):
            kind, codes = known[plain(match["alias"])]
            if kind not in ("party", "adjective") or len(codes) != 1:
                continue
            self._place(match.span(), codes[0], kind == "adjective", rate)
        for match in list(re.finditer(r"\b[A-Z][A-Z0-9]{2,7}\b", self.rest)):
            if any(one.code == match[0] and one.kind in ("economy", "bloc") for one in self.codes):
                self._place(match.span(), match[0], False, rate)

    def _place(self, span: tuple[int, int], code: str, adjective: bool, rate: int) -> None:
        before, start = self.rest[: span[0]], span[0]
        aside = _BUT.search(before)
        if aside:
            self.without.append(code)
            start = aside.start()
        elif (adjective and not self._opens(before, rate)) or _OF_PARTNER.search(before):
            self.partners.append(code)
        elif span[0] < rate or _OF_IMPORTER.search(before):
            at = _OF_IMPORTER.search(before)
            start = at.start() if at else start
            self.importers.append(code)
        else:
            self.partners.append(code)
        end = span[1] + (2 if self.rest[span[1] : span[1] + 2] in ("'s", "’s") else 0)
        self.blank(start, end)

    def _opens(self, before: str, rate: int) -> bool:
        """Whether nothing stands before, and the rate comes later: `American duty of 25% on ...`."""
        return len(before) < rate and not self.importers and not before.strip("\0 ")

    def _japanese_names(self) -> None:
        names = {name: row["code"] for row in rows("ja_parties") for name in row["names"].split("|") if name}
        longest = sorted(names, key=len, reverse=True)
        short = {name: row["code"] for row in rows("ja_parties") for name in row["short"].split("|") if name}
        pattern = re.compile(
            rf"(?P<name>{'|'.join(map(re.escape, longest))})(?P<mark>{_JA_MARKS})?"
            rf"|(?P<short>[{''.join(short)}])(?P<short_mark>が|は)|(?P<of>[{''.join(short)}])(?=国?(?:産|製|車))"
        )
        for match in list(pattern.finditer(self.rest)):
            code = names[match["name"]] if match["name"] else short[match["short"] or match["of"]]
            mark = match["mark"] or match["short_mark"] or ""
            if mark.startswith(("以外", "を除")):
                self.without.append(code)
            elif mark:
                self.importers.append(code)
            else:
                self.partners.append(code)
            self.blank(*match.span())
        for match in list(re.finditer(r"国?(?:産|製)の?|からの", self.rest)):
            self.blank(*match.span())

    def goods(self, groups: dict[str, ProductGroup]) -> list[tuple[str, str, str]]:
        """Codes of the goods that are left, each with its words."""
        told: list[tuple[str, str, str]] = []
        for words in self._left():
            code = self._meant(words, groups)
            if code is None:
                hint = nearest(words, self.codes, ("sector", "group")) or _(
                    "search with: kosho codes {part}", part=words
                )
                self.found.append((_("{words!r} is not understood", words=words), hint))
            else:
                told.append((words, code.code, code.name))
        if not told and not self.everything and not self.found:
            self.found.append((_("which goods is not said"), _("name them, or say: all goods")))
        return told

    def _left(self) -> list[str]:
        """Words that say goods, a phrase a good."""
        if _JAPANESE.search(self.text):
            return [part for part in _JA_FILLERS.sub("\0", self.rest).split("\0") if part]
        parts = re.split(r"\band\b|,|;|\0", self.rest)
        phrases = (
            " ".join(w for w in re.findall(r"[\w'’-]+", part) if not _FILLERS.fullmatch(w)) for part in parts
        )
        return [phrase for phrase in phrases if phrase]

    def _meant(self, words: str, groups: dict[str, ProductGroup]) -> Code | None:
        """A product group that is called so at this importer's border, else the one sector that is."""
        likely = found(words, self.codes, ("sector", "group"))
        exact = [one for one in likely if all(one.says(word) >= 2 for word in words.lower().split())]
        here = [one for one in exact if one.kind == "sector" or self._told_apart(groups[one.code])]
        called = [one for one in here if one.kind == "group" and one.words]
        sectors = [one for one in here if one.kind == "sector"]
        chosen = called or sectors or here
        if not chosen or (len(chosen) > 1 and chosen is not called):
            by_name = [one for one in chosen if one.name.lower() == words.lower()]
            chosen = by_name or (chosen if len(chosen) == 1 else [])
        self.others += [one.code for one in here if not chosen or one is not chosen[0]]
        return chosen[0] if chosen else None

    def _told_apart(self, group: ProductGroup) -> bool:
        return not self.importers or self.importers[0] in group.importers

    def wrong(self) -> list[tuple[str, str | None]]:
        """What is not said, or not understood."""

        def lacks(many: list[str], none: str, several: str) -> None:
            if len(many) != 1:
                self.found.append((several if many else none, _("such as: {grammar}", grammar=GRAMMAR)))

        lacks(self.importers, _("who imposes it is not said"), _("two are said to impose it"))
        lacks(self.rates, _("no rate is said"), _("two rates are said"))
        if not self.partners:
            self.found.append(
                (_("whose goods it is on is not said"), _("name them, or say: from all countries"))
            )
        return self.found
