"""Lines and sentences of Japanese texts, and what is set aside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["ENDS_TEXT", "SET_ASIDE", "is_whole", "lines_of", "sentences_in", "sentences_of", "trimmed"]

LONGEST = 600
"""Characters; what is longer is no sentence."""
SET_ASIDE = re.compile(
    r"^(?:[■◆●○・]?\s*)?(?:お?問い?合わせ|担当(?:課|部署|者)?[:：]|連絡先|関連(?:リンク|資料|記事|ページ|ニュース)|ダウンロード|このページ|最終更新|電話[:：]|TEL|FAX|E-?mail|Copyright|©|無断転載|写真[:：]|【写真】|\(了\)|以上$)",
    re.IGNORECASE,
)
ENDS_TEXT = re.compile(
    r"^(?:[■◆●○]?\s*)?(?:お?問い?合わせ(?:先)?|連絡先|関連(?:リンク|記事|ニュース|資料)|担当$|ランキング)"
)


def sentences_in(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, without lines that are set aside.

    >>> sentences_in("日本側は求めた。中国側は応じた。")
    [(0, 8), (8, 16)]
    """
    found: list[tuple[int, int]] = []
    for start, end in lines_of(text):
        if ENDS_TEXT.match(text[start:end]):
            break
        if not SET_ASIDE.match(text[start:end]):
            found += list(sentences_of(text, start, end)) or [(start, end)]
    return found


def lines_of(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines that hold something, without spaces around them."""
    position = 0
    for line in text.splitlines(keepends=True):
        body = line.strip(" \t\r\n　")
        if body:
            begin = position + line.index(body)
            yield begin, begin + len(body)
        position += len(line)


def is_whole(line: str) -> bool:
    """Whether a line without a full stop is a sentence all the same."""
    return re.search(r"(?:ました|した|する|いる|です|ます|た)$", line) is not None and len(line) > 15


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of a line; a full stop inside a quotation ends none."""
    begin, depth = start, 0
    for position in range(start, end):
        depth += {"「": 1, "」": -1}.get(text[position], 0)
        if text[position] in "。？?" and depth <= 0:
            if position + 1 - begin <= LONGEST:
                yield begin, position + 1
            begin = position + 1
    if end - begin > 4 and end - begin <= LONGEST:
        yield begin, end


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A clause without signs around it and without the words that join it to the one before."""
    lead = re.compile(
        r"[\s　、。「」]*(?:(?:また|さらに|一方|その上で|加えて|これに対し(?:て)?|このほか|なお|そして)、)?"
    ).match(text, start, end)
    start = lead.end() if lead else start
    while end > start and text[end - 1] in "、。 　「」":
        end -= 1
    return start, end
