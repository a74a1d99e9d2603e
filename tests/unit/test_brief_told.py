"""What a brief says of a record: how many, the next of what is due, four that are named and how many more."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kosho.brief.cells import Cell, CellTable, within_seven
from kosho.brief.method import _first_year
from kosho.brief.told import lead, points

DAY = date(2025, 6, 29)
SAID = SimpleNamespace(source="said")


def record(**lists: Any) -> Any:
    names = ("timeline", "issues", "contentions", "commitments", "conflicts", "deadlines")
    return SimpleNamespace(**{name: lists.get(name, ()) for name in names}, empty=not lists)


def due(left: int, what: str, consequence: str = "") -> Any:
    return SimpleNamespace(
        days_left=left, on="2025-07-09", what=what, consequence=consequence, said=SAID, sources=("law",)
    )


def contention(title: str, status: str) -> Any:
    return SimpleNamespace(title=title, status=status, said=(SAID, SimpleNamespace(source="other"), SAID))


def texts(of: Any, *calendar: Any) -> list[str]:
    return [plain(one.text) for one in points(of, calendar)]


def plain(text: str) -> str:
    """With plain spaces within a day."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("of", "has", "told"),
    [
        (None, (), "The case has no record of what was said. Nothing is computed: the case has neither"),
        (record(), (), "Nothing was recorded by 29 June 2025. Nothing is computed: the case has neither"),
        (
            record(),
            ("table",),
            "Nothing was recorded by 29 June 2025. Nothing is computed: the case has no scen",
        ),
        (
            record(timeline=range(2), issues=[1], commitments=[1]),
            ("table",),
            "The record of the talks, as known on 29 June 2025: 2 events, 1 subject and 1 open commitment.",
        ),
        (
            record(timeline=[1], contentions=[1, 2], conflicts=[1], commitments=[1, 2]),
            ("table",),
            "The record of the talks, as known on 29 June 2025: 1 event, 2 points of contention, 2 open comm",
        ),
    ],
)
def test_what_a_record_holds_is_counted_and_what_is_empty_is_not_told(of: Any, has: Any, told: str) -> None:
    assert plain(lead(of, DAY, has).text).startswith(told)


def test_the_next_deadline_is_told_not_one_that_is_over() -> None:
    told = texts(record(deadlines=[due(-1, "the first"), due(0, "the second"), due(9, "the third")]))
    assert len(told) == 1
    assert "the second" in told[0]
    assert "9 July 2025 (today)" in told[0]
    (later,) = texts(record(deadlines=[due(-3, "the first"), due(10, "the third", "duties return")]))
    assert "9 July 2025 (10 days left)" in later
    assert later.endswith("the third, then duties return.")
    assert texts(record(deadlines=[due(-1, "the first")])) == []
    (claim,) = points(record(deadlines=[due(4, "the first")]), ())
    assert claim.sources == ("said", "law")


@pytest.mark.parametrize(
    ("status", "open_"),
    [
        ("open", True),
        ("ongoing", True),
        ("carried", True),
        ("overdue", True),
        ("settled", False),
        ("kept", False),
    ],
)
def test_what_is_settled_is_not_contended(status: str, open_: bool) -> None:
    told = texts(record(contentions=[contention("cars", status)]))
    assert told == (["Still contended: cars."] if open_ else [])


def test_four_are_named_once_each_and_the_others_counted() -> None:
    def named(count: int) -> str:
        (told,) = texts(record(contentions=[contention(f"c{k}", "open") for k in range(count)]))
        return told

    assert named(1) == "Still contended: c0."
    assert named(4) == "Still contended: c0; c1; c2; c3."
    assert named(5) == "Still contended: c0; c1; c2; c3; and 1 more."
    assert named(7) == "Still contended: c0; c1; c2; c3; and 3 more."
    twice = [contention("cars", "open"), contention("cars", "open"), contention("rice", "settled")]
    (claim,) = points(record(contentions=twice), ())
    assert (claim.text, claim.sources) == ("Still contended: cars.", ("said", "other"))


def test_promises_conflicts_and_the_next_date_are_told_in_order() -> None:
    promised = SimpleNamespace(what="publish the list", said=SAID)
    apart = SimpleNamespace(about="the rate", said=(SAID,))
    first = SimpleNamespace(
        date=date(2025, 7, 9), title="The pause ends", consequence="Duties return.", sources=()
    )
    second = SimpleNamespace(date=date(2025, 8, 1), title="A second date", consequence="", sources=())
    told = texts(record(commitments=[promised], conflicts=[apart]), first, second)
    assert told == [
        "Promised and still open: publish the list.",
        "Sources contradict each other on: the rate.",
        "Next in the calendar, 9 July 2025: The pause ends. Duties return.",
    ]
    assert texts(None, second) == ["Next in the calendar, 1 August 2025: A second date."]
    assert texts(None) == []


def table(text_columns: int, numeric: int, groups: int = 0) -> CellTable:
    columns = [f"c{k}" for k in range(text_columns + numeric)]
    return CellTable(
        id="t",
        caption="Gains",
        columns=tuple(columns),
        rows=(tuple(Cell(name.upper()) for name in columns),),
        numeric=numeric,
        note="A note.",
        groups=("rest", *(f"g{k}" for k in range(groups))) if groups else (),
    )


@pytest.mark.parametrize(
    ("text_columns", "numeric", "groups", "parts"),
    [
        (1, 6, 0, [7]),
        (1, 7, 0, [7, 2]),
        (2, 11, 0, [7, 7, 3]),
        (1, 8, 4, [7, 3]),  # three groups of two, then one
        (1, 12, 3, [5, 5, 5]),  # groups of four: two of them are too wide
        (1, 9, 1, [10]),  # one group stays whole, however wide
        (8, 2, 0, [9, 9]),  # the columns before them stand in every part
    ],
)
def test_tables_are_told_in_parts_of_seven_columns_whole_groups_together(
    text_columns: int, numeric: int, groups: int, parts: list[int]
) -> None:
    whole = table(text_columns, numeric, groups)
    found = within_seven(whole)
    assert [len(one.columns) for one in found] == parts
    assert [one.numeric for one in found] == [len(one.columns) - text_columns for one in found]
    told = [name for one in found for name in one.columns[text_columns:]]
    assert told == list(whole.columns[text_columns:])
    assert all(one.columns[:text_columns] == whole.columns[:text_columns] for one in found)
    assert all([cell.text.lower() for cell in one.rows[0]] == list(one.columns) for one in found)
    assert [one.note for one in found] == [""] * (len(parts) - 1) + ["A note."]
    assert [one.id for one in found] == ["t", *(f"t-{k}" for k in range(2, len(parts) + 1))]
    assert [one.caption for one in found][1:] == [f"Gains, continued {k}" for k in range(1, len(parts))]
    heads = [name for one in found for name in one.heads(", ")[text_columns:]]
    if groups:
        width = numeric // groups
        assert heads == [f"g{k // width}, c{text_columns + k}" for k in range(numeric)]
    else:
        assert heads == told


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({"value": 4.26, "unit": "percent"}, "Cars sold, 2024: 4.3 %."),
        (
            {"value": 5_913_457.0, "unit": "vehicles", "note": "of all makers"},
            "Cars sold, 2024: 5,910,000 vehicles; of all makers.",
        ),
    ],
)
def test_what_was_observed_is_told_in_its_unit(figure: dict[str, Any], told: str) -> None:
    one = SimpleNamespace(
        title="Cars sold",
        period="2024",
        figure=SimpleNamespace(**{"note": None, "source": "s", "status": "fact"} | figure),
    )
    case: Any = SimpleNamespace(observations=[one], scenarios={})
    runs: Any = SimpleNamespace(flow_ranges=())
    _general, claim = _first_year(case, runs)
    assert claim.text.replace("\u00a0", " ") == told
