"""Finding lines, inheriting duties, and the store, whatever the codes."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kosho.law.schedules.importing import read_files
from kosho.law.schedules.lines import Line, LineBook, Schedule
from kosho.law.schedules.preferences import symbols
from kosho.law.schedules.store import imported, write

codes = st.text("018", min_size=2, max_size=10)
books = st.dictionaries(codes, st.sampled_from(["Free", "5%", "2¢/kg"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(books, codes)
def test_the_longest_prefix_wins(duties: dict[str, str], asked: str) -> None:
    schedule = Schedule("USA", "x", LineBook(Line(code, "", "", duty) for code, duty in duties.items()))
    above = [code for code in duties if asked.startswith(code)]
    if above:
        found = schedule.find(asked)
        assert found is not None
        assert found.code == max(above, key=len)
    assert [line.code for line in schedule.lines.under(asked)] == sorted(
        code for code in duties if code.startswith(asked)
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8), st.randoms())
def test_statistical_lines_bear_what_their_line_bears(lines: list[tuple[int, bool]], random: object) -> None:
    rows, expected = [["0101", "0", "Goods", "", "", "", ""]], dict[str, tuple[str, str, str | None]]()
    names = sorted(symbols())
    for number, (children, free) in enumerate(lines):
        general, other = ("Free" if free else f"{number + 1}%"), f"{20 + number}%"
        symbol = random.choice(names)  # pyright: ignore[reportAttributeAccessIssue]
        code = f"0101{number:04}"
        # A symbol for some of the countries of its programme keeps its mark.
        programme = f"{symbols()[symbol]} [{symbol}]" if symbol.endswith("*") else symbols()[symbol]
        expected[code] = (general, other, programme)
        rows.append([code, "1", "Line", "", general, f"Free ({symbol})", other])
        for child in range(children):
            rows.append([f"{code}{child:02}", "2", "Part", "No.", "", "", ""])
            expected[f"{code}{child:02}"] = expected[code]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            heading = "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty"
            writer.writerow([*heading.split(","), "Column 2 Rate of Duty"])
            writer.writerows(rows)
        read = read_files([path]).lines
    found = {code: (line.general_text, line.statutory_text, *line.special_texts) for code, line in read.items()}
    assert found == expected


@settings(max_examples=25, deadline=None)
@given(
    books.filter(bool), st.dictionaries(st.sampled_from(["korus", "rcep/JPN"]), st.text(max_size=8), max_size=2)
)
def test_the_store_gives_back_what_it_was_given(duties: dict[str, str], specials: dict[str, str]) -> None:
    lines = [Line(code, "名 'quoted'", "kg", duty, "", specials) for code, duty in duties.items()]
    write(Schedule("NZL", "property", LineBook(lines)), lines)
    (found,) = [one for one in imported("NZL") if one.edition == "property"]
    assert list(found.lines) == sorted(duties)
    assert {line.code: line.duties() for line in found.lines.under("")} == {
        line.code: line.duties() for line in lines
    }
