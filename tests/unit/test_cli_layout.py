"""Tables and text of a terminal, whole: where words wrap, where numbers stand, what stands below its row."""

from __future__ import annotations

import pytest

from kosho.cli.layout import _spread, grid, wrapped

LONG = "Ask for ten percent on cars and on parts of cars as well"


@pytest.mark.parametrize(
    ("text", "width", "indent", "lines"),
    [
        ("  a lead of words here", 10, 2, ["  a lead", "    of", "    words", "    here"]),
        ("one two three", 7, 2, ["one two", "  three"]),
        ("one two three", 8, 0, ["one two", "three"]),
        ("one two", 7, 0, ["one two"]),
        ("one two", 6, 0, ["one", "two"]),
        ("one  two", 20, 0, ["one  two"]),
        ("trail   ", 5, 0, ["trail"]),
        ("aaaaaaaaaaaa b", 5, 0, ["aaaaaaaaaaaa", "b"]),
        ("a\u00a0b c d", 3, 0, ["a b", "c d"]),
        ("one\n\ntwo", 9, 0, ["one", "", "two"]),
        ("「日本」と（米国）。", 6, 0, ["「日", "本」と", "（米", "国）。"]),
        ("日本 と", 7, 0, ["日本 と"]),
        ("日本 と", 6, 0, ["日本", "と"]),
    ],
)
def test_lines_are_broken_at_spaces_and_between_wide_characters(
    text: str, width: int, indent: int, lines: list[str]
) -> None:
    assert wrapped(text, width, indent) == lines


ROWS = [("Japan", LONG, "1.5 (1 to 2)"), ("Korea", "short", "−2")]
HEADS = ("Economy", "Note", "Rate")


@pytest.mark.parametrize(
    ("heads", "rows", "width", "numeric", "lines"),
    [
        (
            HEADS,
            ROWS,
            60,
            1,
            """
            Economy  Note                                           Rate
            ────────────────────────────────────────────────────────────
            Japan    Ask for ten percent on cars and on     1.5 (1 to 2)
                     parts of cars as well
            Korea    short                                            −2
            """,
        ),
        (
            HEADS,
            ROWS,
            40,
            1,
            """
            Economy  Note                       Rate
            ────────────────────────────────────────
            Japan    Ask for ten        1.5 (1 to 2)
                     percent on cars
                     and on parts of
                     cars as well
            Korea    short                        −2
            """,
        ),
        (
            HEADS,
            ROWS,
            24,
            1,
            """
            Economy          Rate
            ─────────────────────
            Japan    1.5 (1 to 2)
                Note: Ask for ten
                  percent on cars
                  and on parts of
                  cars as well

            Korea              −2
                Note: short
            """,
        ),
        (
            ("Economy", "Rate now", "Rate then", "Change"),
            [("Japan", "1.5 (1.25 to 2.25)", "10.5 (9 to 12)", "−2"), ("Korea", "2", "3", "4")],
            34,
            3,
            """
            Economy        Rate now  Rate then
            ──────────────────────────────────
            Japan               1.5       10.5
                     (1.25 to 2.25)  (9 to 12)
            Korea                 2          3

            Economy  Change
            ───────────────
            Japan        −2
            Korea         4
            """,
        ),
        (
            ("E", "a", "b", "c", "d", "e", "f", "g"),
            [tuple("x1234567")],
            100,
            7,
            """
            E  a  b  c  d  e  f
            ───────────────────
            x  1  2  3  4  5  6

            E  g
            ────
            x  7
            """,
        ),
        (
            ("E", "Text", *"abcdef"),
            [("x", "words here", *"123456")],
            100,
            6,
            """
            E  Text        a  b  c  d  e
            ────────────────────────────
            x  words here  1  2  3  4  5

            E  f
            ────
            x  6
            """,
        ),
        (
            tuple("ABCDEFGH"),
            [tuple("abcdefgh")],
            60,
            0,
            """
            A  C  D  E  F  G  H
            ───────────────────
            a  c  d  e  f  g  h
                B: b
            """,
        ),
        (
            ("Head of two lines", "N"),
            [("a", "1")],
            12,
            1,
            """
            Head of
            two lines  N
            ────────────
            a          1
            """,
        ),
        (
            ("A", "B"),
            [],
            20,
            0,
            """
            A  B
            ────
            """,
        ),
        (
            ("Economy", "Why it is so", "What they ask for", "%"),
            [("Japan", f"{LONG} {LONG}", "nothing that is known", "1"), ("Korea", "short", "more", "2")],
            40,
            1,
            """
            Economy  What they ask for      %
            ─────────────────────────────────
            Japan    nothing that is known  1
                Why it is so: Ask for ten percent on
                  cars and on parts of cars as well
                  Ask for ten percent on cars and on
                  parts of cars as well

            Korea    more                   2
                Why it is so: short
            """,
        ),
        (
            ("Economy", "Why", "%"),
            [("Japan", f"{LONG}\n{LONG}", "1"), ("Korea", "", "2"), ("China", "short", "3")],
            32,
            1,
            """
            Economy  Why                   %
            ────────────────────────────────
            Japan    Ask for ten percent   1
                     on cars and on parts
                     of cars as well
                     Ask for ten percent
                     on cars and on parts
                     of cars as well
            Korea                          2
            China    short                 3
            """,
        ),
        (
            ("国", "理由"),
            [("日本", "関税交渉の記録である。"), ("韓国", "なし")],
            14,
            0,
            """
            国    理由
            ──────────────
            日本  関税交渉
                  の記録で
                  ある。
            韓国  なし
            """,
        ),
    ],
    ids=range(12),
)
def test_a_table_is_as_wide_as_it_may_be_and_nothing_of_it_is_cut(
    heads: tuple[str, ...], rows: list[tuple[str, ...]], width: int, numeric: int, lines: str
) -> None:
    wanted = [line[12:].rstrip() for line in lines.strip("\n").split("\n")]
    assert grid(heads, rows, width, numeric) == wanted[:-1]


@pytest.mark.parametrize(
    ("words", "width", "number", "below"),
    [(10, 66, 6, False), (9, 62, 4, True), (14, 66, 5, True), (16, 62, 5, True), (12, 66, 6, False)],
)
def test_a_text_of_five_lines_stands_below_its_row_where_that_is_a_fifth_shorter(
    words: int, width: int, number: int, *, below: bool
) -> None:
    figure, text = "123456789012345678", ("word " * words).strip()
    found = grid(("Economy", "Note", "Rate", "Then"), [("Japan", text, figure, figure)], width, 2)
    assert (len(found), "Note:" in " ".join(found)) == (number, below)


@pytest.mark.parametrize(
    ("needed", "wanted", "room", "widths"),
    [
        ([2, 2, 2], [5, 3, 9], 12, [5, 3, 4]),
        ([2, 2], [2, 2], 9, [2, 2]),
        ([1, 1, 1], [9, 9, 9], 4, [2, 1, 1]),
        ([1, 1, 1], [9, 9, 9], 9, [3, 3, 3]),
        ([3, 4], [5, 9], 7, [3, 4]),
        ([3, 4], [5, 9], 13, [5, 8]),
    ],
)
def test_what_is_left_goes_to_those_that_want_more(
    needed: list[int], wanted: list[int], room: int, widths: list[int]
) -> None:
    assert _spread(needed, wanted, room) == widths
