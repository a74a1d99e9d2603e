"""Entries put into a YAML text: at the end of their list, and nothing else changed."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.surroundings import within
from tests.yaml_files import loaded

from kosho.record.yaml_insert import keyed, spliced

ENTRY = {"id": "new", "quote": 'no: "25 %" # said', "by": ["jpn", "no"], "on": ["usa"], "day": "2025-07-09"}

FORMS = {
    "block": "title: t\nstatements:\n  - id: a\n    quote: b\nconflicts: []\n",
    "apart": "title: t\nstatements:\n  - id: a\n\n  - id: b\n\n# what differs\nconflicts: []\n",
    "not indented": "statements:\n- id: a\n- id: b\ntitle: t\n",
    "comment after": "statements:\n  - id: a  # the first\n  # the last\ntitle: t\n",
    "block scalar": "statements:\n  - id: a\n    note: |\n      two\n      lines\n\ntitle: t\n",
    "folded at the end": "title: t\nstatements:\n  - id: a\n    note: >-\n      two\n      lines",
    "flow entries": "statements:\n  - {id: a, by: [x, y]}\n  - {id: b}\ntitle: t\n",
    "flow": "statements: [{id: a}, {id: b}]\ntitle: t\n",
    "flow over lines": "statements: [\n  {id: a},\n  {id: b},\n]\ntitle: t\n",
    "empty": "statements: []  # none yet\ntitle: t\n",
    "null": "statements:\ntitle: t\n",
    "missing": "# mine\ntitle: t\n",
    "nothing": "",
    "no newline at the end": "title: t\nstatements:\n  - id: a",
    "other newlines": "title: t\r\nstatements:\r\n  - id: a\r\n  - id: b\r\nconflicts: []\r\n",
    "mark of byte order": "\ufefftitle: t\nstatements:\n  - id: a\n",
    "wide characters": "title: 日本と𠮷\nstatements:\n  - id: a\n    quote: 合意 — 𠮷\nconflicts: []\n",
    "nested at the end": "statements:\n  - id: a\n    posts:\n      - {title: x}\n      - title: y\ntitle: t\n",
    "null at the end": "statements:\n  - id: a\n    note:\ntitle: t\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_an_entry_goes_to_the_end_of_its_list_in_whatever_form(text: str) -> None:
    found = spliced(text, [(("statements",), ENTRY), (("statements",), {"id": "newer"})])
    before = loaded(text) or {}
    expected = before | {"statements": [*(before.get("statements") or []), ENTRY, {"id": "newer"}]}
    assert loaded(found) == expected


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_every_line_of_the_file_stays(text: str) -> None:
    found = spliced(text, [(("statements",), ENTRY)])
    kept = [line for line in difflib.ndiff(text.splitlines(), found.splitlines()) if line.startswith("- ")]
    assert all("statements:" in line or "]" in line for line in kept)  # a list on one line grows on it
    assert ("\r\n" in found) == ("\r\n" in text)
    assert found.count("\n") == found.count("\r\n") or "\r" not in found


@pytest.mark.parametrize(
    "line", ["statements: []   # none yet", "statements:   # none yet", "statements: ~ # none yet"]
)
def test_a_comment_stays_behind_its_key(line: str) -> None:
    found = spliced(f"{line}\ntitle: t\n", [(("statements",), {"id": "a"})])
    first, second, third = found.splitlines()
    assert (first.split()[0], first[-10:]) == ("statements:", "# none yet")
    assert (second.strip(), third) == ("- id: a", "title: t")


def test_several_lists_at_once_and_one_inside_an_entry() -> None:
    text = "people:\n  - id: p\n    posts:\n      - title: x\n  - id: q\n    posts: [{title: y}]\nparties: []\n"
    found = spliced(
        text,
        [
            (("people", 0, "posts"), {"title": "later"}),
            (("people", 1, "posts"), {"title": "other"}),
            (("parties",), {"id": "jpn"}),
            (("people",), {"id": "r", "posts": [{"title": "z"}]}),
            (("statements",), {"id": "s"}),
        ],
    )
    assert loaded(found) == {
        "people": [
            {"id": "p", "posts": [{"title": "x"}, {"title": "later"}]},
            {"id": "q", "posts": [{"title": "y"}, {"title": "other"}]},
            {"id": "r", "posts": [{"title": "z"}]},
        ],
        "parties": [{"id": "jpn"}],
        "statements": [{"id": "s"}],
    }


@pytest.mark.parametrize(
    ("entries", "new"),
    [
        ("\n  - id: a\n", "  - id: b\n"),  # a line left free below the key parts no entries
        ("  - id: a\n\n  - id: b\n", "\n  - id: b\n"),
        ("  - id: a\n  - id: b\n", "  - id: b\n"),
    ],
)
def test_entries_stand_apart_as_those_before_do(entries: str, new: str) -> None:
    text = f"statements:\n{entries}"
    assert spliced(text, [(("statements",), {"id": "b"})]) == text + new


def test_a_list_inside_something_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        spliced("people: []\n", [(("people", "x", "posts"), {"id": "a"})])


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\u2028\u2029\ufeff")
)


@given(st.lists(st.dictionaries(st.sampled_from(["id", "quote", "on", "note"]), words, min_size=1), max_size=4))
def test_any_words_come_back_as_they_were(entries: list[dict[str, str]]) -> None:
    text = "title: t\nstatements:\n  - id: a\nconflicts: []\n"
    for entry in entries:
        text = spliced(text, [(("statements",), entry)])
    assert loaded(text)["statements"] == [{"id": "a"}, *entries]


def test_ten_thousand_entries_take_no_half_minute() -> None:
    text = "statements:\n" + "".join(
        f"  - id: s{n}\n    by: [jpn]\n    quote: words {n}\n" for n in range(10_000)
    )
    with within(30):
        spliced(text, [(("statements",), ENTRY)])


def test_a_key_is_put_into_nothing_and_after_what_is_there() -> None:
    entry = {"title": "t"}
    assert keyed("", "lists", "mine", entry) == "lists:\n  mine:\n    title: t\n"
    assert keyed("a: 1\n", "lists", "mine", entry) == "a: 1\n\nlists:\n  mine:\n    title: t\n"


B: dict[str, object] = {"id": "b", "by": ["jpn", "usa"], "note": None}
C: dict[str, object] = {"id": "c"}
B_BELOW = "  - id: b\n    by: [jpn, usa]\n    note: null\n"


@pytest.mark.parametrize(
    ("text", "entries", "written"),
    [
        ("", [B], f"s:\n{B_BELOW}"),
        ("title: T\n", [B, C], f"title: T\n\ns:\n{B_BELOW}\n  - id: c\n"),
        ("title: T\r\n\r\n", [C], "title: T\r\n\r\ns:\r\n  - id: c\r\n"),
        (
            "s:\n- {id: a}\n- {id: z}\n",
            [B],
            "s:\n- {id: a}\n- {id: z}\n- id: b\n  by: [jpn, usa]\n  note: null\n",
        ),
        (
            "s:\n  - id: a\n\n  - id: z\n\nt: 1\n",
            [B, C],
            f"s:\n  - id: a\n\n  - id: z\n\n{B_BELOW}\n  - id: c\n\nt: 1\n",
        ),
        ("s:\n  - id: a\n    q: x", [B], f"s:\n  - id: a\n    q: x\n{B_BELOW}"),
        ("s: [] # none\nt: 1\n", [C], "s:  # none\n  - id: c\nt: 1\n"),
        ("s: [{id: a}, ]\n", [B], "s: [{id: a}, {id: b, by: [jpn, usa], note: null}]\n"),
        ("s: [{id: a}]\n", [C, C], "s: [{id: a}, {id: c}, {id: c}]\n"),
        ("\ufefftitle: T\n", [C], "\ufefftitle: T\n\ns:\n  - id: c\n"),
        ("s:\nt: 1\n", [C], "s:\n  - id: c\nt: 1\n"),
    ],
)
def test_entries_are_written_as_those_before_them(
    text: str, entries: list[dict[str, object]], written: str
) -> None:
    assert spliced(text, [(("s",), one) for one in entries]) == written


def test_lists_inside_and_outside_an_entry_at_once() -> None:
    text = "s:\n- id: a\n  h: [1]\n  k:\n  - {x: 1}\n- id: z\n"
    written = "s:\n- id: a\n  h: [1]\n  k:\n  - {x: 1}\n  - x: 2\n- id: z\n- id: c\n"
    assert spliced(text, [(("s", 0, "k"), {"x": 2}), (("s",), C)]) == written


@pytest.mark.parametrize(
    ("text", "before", "indent", "step", "after"),
    [
        ("l:\n  x: {y: 1}\n", "l:\n  x: {y: 1}\n", "  ", "  ", ""),
        ("l:\n  x: {y: 1}", "l:\n  x: {y: 1}\n", "  ", "  ", ""),
        ("l:\n    x:\n        y: 1\nz: 1\n", "l:\n    x:\n        y: 1\n", "    ", "  ", "z: 1\n"),
    ],
)
def test_a_key_stands_under_those_before_it(text: str, before: str, indent: str, step: str, after: str) -> None:
    written = f"{before}{indent}n:\n{indent}{step}title: T\n{indent}{step}p:\n{indent}{step}- '1'\n{after}"
    assert keyed(text, "l", "n", {"title": "T", "p": ["1"]}) == written


def test_a_key_has_the_ends_of_lines_of_its_file() -> None:
    assert keyed("a: 1\r\n", "l", "n", {"t": "T"}) == "a: 1\r\n\r\nl:\r\n  n:\r\n    t: T\r\n"
    for text in ("l: {x: 1}\n", "l: [1]\n", "l:\n", "l: {}\n"):
        with pytest.raises(KeyError):
            keyed(text, "l", "n", {"t": "T"})
