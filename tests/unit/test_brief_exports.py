"""The brief in Word, Excel, PDF and Markdown: the same numbers, in files that their programs open."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from tests.briefs import HOSTILE, brief
from tests.spreadsheet import Sheets
from tests.unit.test_brief_deal_tables import made as negotiation
from xlsxwriter import Workbook

from kosho import extras
from kosho.brief import exports
from kosho.brief.exports import charts, sheets
from kosho.brief.exports.live import labels
from kosho.brief.exports.markdown import markdown
from kosho.brief.exports.paper import for_paper
from kosho.brief.exports.word import read_template, word
from kosho.brief.exports.workbook import workbook
from kosho.brief.model import Brief, Outlook, Prospect
from kosho.brief.page import render
from kosho.brief.priced import PricedIssue, PricedPackages
from kosho.errors import InputError

FEW = PricedPackages(
    issues=(
        PricedIssue(title="Cars", options=("25 %*", "15 %", "12.5"), fallback=0),
        PricedIssue(title="Rice", options=("as now", "more"), fallback=0),
    ),
    background="Alone",
    of=6,
    numbers=tuple(range(6)),
    gains={"JPN": (0, -10, 2500, 2400, 3600, 3500), "USA": (0, 15, 2000, 2100, 3100, 3200)},
    today={"JPN": 1700, "USA": 950},
    noise=1.0,
    impossible=(1,),
    crossing={"No 25": (0, 1)},
)
"""All packages of a table of two issues."""
UNFORMATTED = re.compile(r"\d\.\d{7,}|\d[eE][-+]\d{2}|\bnan\b|\bNone\b")


def full(hostile: str = HOSTILE, priced: PricedPackages = FEW) -> Brief:
    told = negotiation().model_copy(update={"priced": priced})
    return brief(hostile).model_copy(update={"negotiation": told})


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "brief.xlsx"
    path.write_bytes(workbook(full()))
    return path


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Rows under the heads of a sheet."""
    found = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(min_row=4, values_only=True))
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def column(head: str, row: dict[str, Any]) -> Any:
    (found,) = (value for name, value in row.items() if name.startswith(head))
    return found


def test_formats_are_named_with_commas_or_one_by_one():
    assert exports.asked_formats(["html, XLSX", "docx", "xlsx"]) == ("html", "xlsx", "docx")
    with pytest.raises(InputError) as caught:
        exports.asked_formats(["word", "html,excel"])
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="one of docx, html, md, pdf, xlsx"):
        exports.asked_formats([","])


def test_all_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = exports.save(full(), tmp_path / "out", ("md", "docx", "xlsx"))
    assert [path.name for path in files] == ["brief.md", "brief.docx", "brief.xlsx", "brief.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in files)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "brief.xlsx").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        exports.save(full(), tmp_path / "taken", ("md", "xlsx"))
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["brief.xlsx"]


@pytest.mark.parametrize(
    ("name", "extra"), [("xlsx", "office"), ("docx", "office"), ("pdf", "pdf"), ("html", "brief")]
)
def test_what_is_not_installed_is_told_before_the_work(
    monkeypatch: pytest.MonkeyPatch, name: exports.Format, extra: str
):
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    if name == "html":
        exports.require_formats(["html"])  # its own check stands in the page
        return
    with pytest.raises(InputError, match=f"writing {name} needs the extra '{extra}'"):
        exports.require_formats([name])


@pytest.mark.parametrize(
    ("name", "of_the_page"), [("html", True), ("pdf", True), ("docx", False), ("md", False)]
)
def test_what_is_made_from_the_page_needs_what_the_page_does(
    name: exports.Format, of_the_page: bool, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []
    monkeypatch.setattr(exports, "require", lambda *_, **__: None)
    monkeypatch.setattr(exports, "engine", lambda: asked.append("engine"))
    monkeypatch.setattr(exports, "require_extra", lambda: asked.append("page"))
    exports.require_formats([name])
    assert asked == ["page"] * of_the_page + ["engine"] * (name == "pdf")


@pytest.mark.parametrize(
    ("values", "axis"),
    [
        *(((0.0, 3.0), {"min": 0}), ((1.0, None, 3.0), {"min": 0}), ((-3.0, 0.0), {"max": 0})),
        *(((-3.0, -1.0), {"max": 0}), ((-3.0, 0.5), {}), ((None,), {"min": 0})),
    ],
)
def test_the_axis_of_a_chart_shows_no_deal(values: tuple[float | None, ...], axis: dict[str, float]):
    one = Prospect(role="ask", title="", gains={}, curve={"JPN": values, "USA": (-9.0, 9.0)}, turns={})
    assert charts._from_zero([("JPN", one), ("USA", one)], "JPN") == axis


def test_a_deal_that_was_not_followed_along_the_scale_takes_no_chart_away():
    made = drawn()
    assert made.outlook is not None
    one = made.outlook.prospects[0].model_copy(update={"role": "accept", "curve": {}})
    found = made.outlook.model_copy(update={"prospects": (made.outlook.prospects[0], one)})
    some = charts.word_charts(made.model_copy(update={"outlook": found}))
    assert some is not None
    assert len(some.parts) == len(made.outlook.prospects[0].curve)


def test_numbers_of_sheets_are_those_of_the_json(book: Path):
    told = json.loads(full().model_dump_json())
    runs = [(run, code, one) for run in told["results"] for code, one in run["countries"].items()]
    found = rows(book, "By country")
    assert len(found) == len(runs)
    for row, (_, code, one) in zip(found, runs, strict=True):
        assert row["Code"] == code
        assert column("Equivalent", row) == pytest.approx(one["ev_musd"] / 1000, rel=1e-12)
        assert (column("Real income", row), column("Real wage", row)) == (one["welfare"], one["real_wage"])
    sectors = [one for run in told["results"] for party in run["sectors"].values() for one in party.values()]
    for row, one in zip(rows(book, "By sector"), sectors, strict=True):
        assert column("Exports after", row) == pytest.approx(one["exports_musd"] / 1000, rel=1e-12)
        assert column("Exports, volume", row) == one["exports_volume"]
        assert column("Output, volume", row) == one["output_volume"]
    for row, one in zip(rows(book, "Scenarios"), told["comparisons"], strict=True):
        ends = [one["by_variant"]["fixed-central"], *one["central"].values(), *one["low"].values()]
        assert list(row.values())[3:] == pytest.approx([x / 1000 for x in ends], rel=1e-12)
    (deal,) = rows(book, "Deals")
    assert [x for x in deal.values() if isinstance(x, int | float)] == [3.5, 3.2, 1.8, 2.25]
    (sure,) = rows(book, "How sure")
    assert list(sure.values()) == ["Nash", 0.93, -0.1, 1, 3, -0.1, 1, 3]


def test_sheets_are_set_for_reading_and_for_paper(book: Path):
    found = openpyxl.load_workbook(book)
    names = ["Summary", "Deals", "How sure", "Issues", "Try a deal", "Packages", "Options", "Scenarios"]
    assert found.sheetnames[: len(names)] == names
    assert found.sheetnames[len(names) :] == [
        *("By country", "By sector", "Trade", "Law", "Record", "Assumptions", "Sources")
    ]
    for sheet in found:
        assert sheet.freeze_panes, sheet.title
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(one.customWidth for one in sheet.column_dimensions.values())
    text = [
        str(cell.value) for sheet in found for row in sheet.iter_rows() for cell in row if cell.data_type == "s"
    ]
    assert not [one for one in text if UNFORMATTED.search(one)]


def test_words_of_files_are_never_formulas(tmp_path: Path):
    hostile = '=HYPERLINK("http://x","y")'
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(full(hostile)))
    formulas = [
        cell.coordinate
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" and sheet.title != "Try a deal"
    ]
    assert formulas == []


def test_the_live_sheet_follows_the_options_picked(book: Path):
    live = Sheets(book)
    sheet = "Try a deal"
    stored = [live.stored[sheet][f"B{row}"].value for row in range(10, 17)]
    assert stored == pytest.approx([live.show(sheet, f"B{row}") for row in range(10, 17)])
    for number in range(6):
        for k, (issue, choice) in enumerate(zip(FEW.issues, FEW.choices(number), strict=True)):
            live.put(sheet, f"B{6 + k}", labels(issue.options)[choice])
        shown = [live.show(sheet, f"B{row}") for row in range(10, 17)]
        gains = [FEW.gains[code][number] / 1000 for code in ("JPN", "USA")]
        today = [gain - FEW.today[code] / 1000 for gain, code in zip(gains, ("JPN", "USA"), strict=True)]
        assert shown[:4] == pytest.approx([*gains, *today])
        assert shown[4:] == [
            "yes" if number > 1 else "no",
            "no" if number == 1 else "yes",
            "No 25" if number < 2 else "none",
        ]


def test_the_live_sheet_opens_on_what_is_picked_worked_out_already(book: Path):
    """A reader that does not reckon, as a preview of a mail, shows what was stored."""
    live = Sheets(book)
    sheet = "Try a deal"
    hidden = [live.stored[sheet][f"{column}8"].value for column in "CD"]
    assert hidden == [live.show(sheet, f"{column}8") for column in "CD"]
    coloured = openpyxl.load_workbook(book)[sheet].conditional_formatting
    assert {str(one.sqref) for one in coloured} == {"B10:B13"}  # the gains, and nothing beside them


def test_options_are_picked_from_lists(book: Path):
    checks = openpyxl.load_workbook(book)["Try a deal"].data_validations.dataValidation
    assert [(str(one.sqref), one.type, one.formula1) for one in checks] == [
        ("B6", "list", "'Options'!$A$5:$A$7"),
        ("B7", "list", "'Options'!$B$5:$B$6"),
    ]


def test_of_a_large_table_what_is_missing_says_so(tmp_path: Path):
    part = FEW.model_copy(
        update={"of": 600, "numbers": (0, 4), "gains": {"JPN": (0.0, 3600.0), "USA": (0.0, 3100.0)}}
    )
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(full(priced=part)))
    live = Sheets(path)
    assert "The table has 600 packages. 2 are here" in live.show("Try a deal", "A3")
    assert live.show("Try a deal", "B10") == 3.6
    live.put("Try a deal", "B6", "15 %")
    assert live.show("Try a deal", "B10") == "not priced here"
    live.put("Try a deal", "B6", labels(FEW.issues[0].options)[0])
    assert live.show("Try a deal", "B10") == 0


def test_a_choice_that_is_not_among_what_was_priced_opens_as_not_priced(tmp_path: Path):
    part = FEW.model_copy(update={"numbers": (0,), "gains": {"JPN": (0.0,), "USA": (0.0,)}})
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(full(priced=part)))
    stored = Sheets(path).stored["Try a deal"]
    assert [stored[f"B{row}"].value for row in range(10, 17)] == ["not priced here"] * 7
    assert stored["C8"].value == FEW.numbers[4]


@pytest.mark.parametrize(("rows", "area"), [([], None), ([("a", 1.0)], "A4:B5"), ([("a", None)] * 3, "A4:B7")])
def test_a_sheet_without_rows_has_nothing_to_filter(rows: list[Any], area: str | None):
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as made:
        columns = [sheets.Column("What", 10), sheets.Column("How much", 12, "money")]
        sheets.add(made, sheets.Looks(made), ("S", "Title", "Note"), columns, rows)
    assert openpyxl.load_workbook(written)["S"].auto_filter.ref == area


def test_a_sheet_of_law_that_is_not_held_says_so(tmp_path: Path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(workbook(full("").model_copy(update={"law_held": False, "in_force": ()})))
    notes = [sheet["A2"].value for sheet in openpyxl.load_workbook(path) if sheet.title == "Law"]
    assert notes == ["The register does not hold the law of this day."]


def test_labels_can_be_looked_up():
    found = labels(["a" * 300, "a" * 299, "what?", "~*", "Same", "same"])
    assert all(len(one) <= 255 and not set(one) & set("*?~") for one in found)
    assert [len(one) for one in labels(["a" * 300, "b" * 250, "c" * 249])] == [250, 250, 249]
    assert len({one.casefold() for one in found}) == len(found)


def test_word_has_styles_captions_tables_and_pages():
    made = docx.Document(io.BytesIO(word(full())))
    styles = {one.style.name for one in made.paragraphs}
    assert {"Title", "Subtitle", "Heading 1", "Caption", "List Bullet"} <= styles
    captions = [one.text for one in made.paragraphs if one.style.name == "Caption"]
    assert len(captions) == len(made.tables) > 8
    (place,) = [k for k, text in enumerate(captions) if text.endswith(". The deals, billion USD a year")]
    assert [text.split(".")[0] for text in captions] == [f"Table {k + 1}" for k in range(len(captions))]
    deals = made.tables[place]
    assert [cell.text.split("\n")[0] for cell in deals.rows[1].cells] == [
        "Nash",
        "+3.5",
        "+3.2",
        "+1.8",
        "+2.2",
    ]
    assert "PAGE" in made.sections[0].footer._element.xml
    text = "\n".join(one.text for one in made.element.body.iter() if one.text)
    assert HOSTILE in text
    assert not UNFORMATTED.search(text)


def house(path: Path, *paragraphs: str, without: str = "") -> Path:
    made = docx.Document()
    made.sections[0].header.paragraphs[0].text = "Ministry – {{ as_of }}"
    for text in paragraphs:
        made.add_paragraph(text)
    if without:
        style = made.styles[without]._element
        style.getparent().remove(style)
    made.save(str(path))
    return path


def test_a_house_template_is_filled(tmp_path: Path):
    path = house(
        tmp_path / "house.docx", "For {{parties}}", "On {{ title }} ({{case}})", "{{ brief }}", "The end"
    )
    made = docx.Document(io.BytesIO(word(full("plain"), read_template(path))))
    text = [one.text for one in made.paragraphs]
    assert made.sections[0].header.paragraphs[0].text == "Ministry – 29\N{NO-BREAK SPACE}June 2025"
    told = full("plain")
    assert text[0] == "For " + " and ".join(one.title for one in told.parties)
    assert text[1] == f"On {told.title} ({told.case})"
    assert text[2] == "In short"
    assert text[-1] == "The end"
    assert not [one for one in text if "{{" in one]


def test_all_that_is_wrong_with_a_template_is_told_at_once(tmp_path: Path):
    path = house(tmp_path / "house.docx", "{{ titel }} {{ date }}", without="Caption")
    with pytest.raises(InputError) as caught:
        read_template(path)
    assert [one.message for one in caught.value.problems] == [
        "has no style 'Caption'",
        "nothing fills {{ titel }}",
        "nothing fills {{ date }}",
    ]
    assert "title" in str(caught.value.problems[1].hint)
    (tmp_path / "no.docx").write_bytes(b"no")
    with pytest.raises(InputError, match=r"no\.docx: is no Word document"):
        read_template(tmp_path / "no.docx")


def test_markdown_means_what_it_says():
    text = markdown(full("<b>*bold*</b> | [x](y)"))
    assert text.startswith("# ")
    assert r"\<b\>\*bold\*\</b\> \| \[x\](y)" in text
    widths = {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("| Nash")}
    assert widths
    assert not UNFORMATTED.search(text)
    assert "+3.5" in text


def test_the_page_for_paper_has_no_script_and_colours_of_its_own():
    page = for_paper(render(full()))
    assert "<script" not in page
    assert 'class="interval" fill="#c5cedb"' in page
    assert ".row { display: block;" in page


def test_no_line_of_a_figure_is_filled_on_paper():
    drawn = '<style></style><svg class="curve"><polyline class="line ask" points="0,0 1,1 2,0"/></svg>'
    assert 'class="line ask" fill="none" stroke=' in for_paper(drawn)
    assert 'class="curve" font-size="12"' in for_paper(drawn)


def test_a_brief_without_numbers_has_every_format(tmp_path: Path):
    bare = brief().model_copy(
        update={
            "world": None,
            "talks_world": None,
            "scenarios": (),
            "results": (),
            "comparisons": (),
            "flow_ranges": (),
            "bounds": (),
        }
    )
    files = exports.save(bare, tmp_path / "out", ("md", "docx", "xlsx"))
    assert len(files) == 4
    assert "By country" not in openpyxl.load_workbook(files[2]).sheetnames


def drawn() -> Brief:
    """A brief with the figure of its first page."""
    made = full("")
    scales, curves = (
        (0.2, 0.5, 1.0),
        ({"JPN": (5e3, 4e3, 3e3), "USA": (-1e3, None, 2e3)}, {"JPN": (1e3, 9e2, 8e2)}),
    )
    prospects = tuple(
        Prospect(
            role=role,
            title="15 % on all",
            scenario="deal",
            gains={party: curve[-1] or 0.0 for party, curve in found.items()},
            curve=found,
            turns={party: (0.4,) if party == "USA" else () for party in found},
        )
        for role, found in zip(("ask", "accept"), curves, strict=True)
    )
    found = Outlook(party="JPN", against="no deal", scales=scales, estimates=(), prospects=prospects)
    return made.model_copy(update={"outlook": found})


def test_word_draws_the_figure_from_numbers_that_it_holds():
    made = drawn()
    document = docx.Document(io.BytesIO(word(made)))
    charts = [one.target_part for one in document.part.rels.values() if one.reltype.endswith("/chart")]
    assert len(charts) == 2
    assert made.outlook is not None
    for place, chart in enumerate(charts):
        xml = chart.blob.decode()
        assert re.findall(r'<a:prstDash val="(\w+)"', xml) == (["solid", "dash"] if place == 0 else ["solid"])
        assert re.findall(r'<c:symbol val="(\w+)"', xml) == (
            ["circle", "diamond"] if place == 0 else ["circle"]
        )
        assert ">ask<" in xml
        (numbers,) = chart.rels.values()
        sheet = openpyxl.load_workbook(io.BytesIO(numbers.target_part.blob))["Figure"]
        assert [cell.value for cell in sheet[5]] == [0.2, 5, 1, -1]
        assert [cell.value for cell in sheet[6]] == [0.5, 4, 0.9, None]
    body = document.element.xml
    assert body.count("<c:chart ") == 2
    assert 'descr="Japan: ask +3.0 (+3.0 to +5.0) billion; least' in body
    assert "The United States gains only above 0.40" in body


def test_excel_draws_the_figure_beside_its_numbers(tmp_path: Path):
    path = tmp_path / "brief.xlsx"
    path.write_bytes(workbook(drawn()))
    (sheet,) = (one for one in openpyxl.load_workbook(path).worksheets if one.title == "Figure")
    assert len(sheet._charts) == 2
    assert [cell.value for cell in sheet[4]][1:] == [
        "Japan, ask, billion USD a year",
        "Japan, least, billion USD a year",
        "United States, ask, billion USD a year",
    ]
    path.write_bytes(workbook(full()))
    assert "Figure" not in openpyxl.load_workbook(path).sheetnames


def test_markdown_says_what_the_figure_shows():
    text = markdown(drawn()).replace("\\", "")
    assert "**Figure 1. The United States gains only above 0.40" in text
    assert "- The United States: ask +2.0 (−1.0 to +2.0) billion, turning at 0.40" in text
    assert "Figure 1." not in markdown(full())
