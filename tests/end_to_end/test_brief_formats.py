"""Every format of the real brief says what its JSON says; the live sheet says what `kosho bargain` explains."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from tests.spreadsheet import Sheets

from kosho.bargain import Effort
from kosho.bargain.report import contract
from kosho.brief import exports
from kosho.brief.aide_tables import aide_tables
from kosho.brief.exports.live import labels
from kosho.brief.exports.markdown import markdown
from kosho.brief.exports.paper import pdf
from kosho.brief.exports.word import word
from kosho.brief.exports.workbook import workbook
from kosho.brief.model import Brief
from kosho.brief.tables import tables
from kosho.case import Case
from kosho.scenario import negotiate_case

DAY = date(2025, 6, 29)
NUMBER = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?")
UNFORMATTED = re.compile(r"\d\.\d{7,}|\d[eE][-+]\d{2}|\bnan\b|\bNone\b")


@pytest.fixture(scope="module", name="told")
def told_(brief_folder: Path) -> Brief:
    return Brief.model_validate_json((brief_folder / "brief.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(told: Brief, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "brief.xlsx"
    path.write_bytes(workbook(told))
    return path


@cache
def explained() -> dict[int, dict[str, Any]]:
    """What `kosho bargain --explain --json` says of 50 packages taken at random."""
    case = Case.load("japan-us-2025").as_known_on(DAY)
    deal = negotiate_case(case, DAY, case.world, effort=Effort(draws=0, confirm=False))
    chosen = random.Random(20250629).sample(range(len(deal.game)), 50)  # noqa: S311 - no secret
    return {k: contract(deal, k)["explained"] for k in chosen}


def leaves(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, dict):
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)


def test_every_number_of_the_workbook_is_in_the_json(told: Brief, book: Path):
    content = told.model_dump(mode="json")
    known = set(leaves(content))
    known |= {x / 1000 for x in known}
    priced = told.negotiation.priced if told.negotiation else None
    assert priced is not None
    known |= {(x - priced.today[code]) / 1000 for code, found in priced.gains.items() for x in found}
    flows = [flow for run in told.results for flow in run.flows]
    known |= {flow.new_musd / flow.base_musd - 1 for flow in flows}
    hidden = {float(step) for step in priced.strides} | set(map(float, range(len(priced.numbers) + 1)))
    rounded = {float(f"{x:.9g}") for x in known | hidden}
    cells = [
        (sheet.title, cell.coordinate, float(cell.value))
        for sheet in openpyxl.load_workbook(book, data_only=True)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    ]
    assert len(cells) > 30_000
    assert [cell for cell in cells if float(f"{cell[2]:.9g}") not in rounded] == []


def picked(told: Brief, number: int) -> list[str]:
    assert told.negotiation is not None
    priced = told.negotiation.priced
    assert priced is not None
    return [
        labels(issue.options)[choice]
        for issue, choice in zip(priced.issues, priced.choices(number), strict=True)
    ]


def expected(one: dict[str, Any]) -> list[float]:
    return [x / 1000 for key in ("gains", "over_status_quo") for x in one[key].values()]


def test_the_live_sheet_is_what_explain_says_of_fifty_packages(told: Brief, book: Path):
    live = Sheets(book)
    assert told.negotiation is not None
    assert told.negotiation.priced is not None
    first = 6 + len(told.negotiation.priced.issues) + 2
    for number, one in explained().items():
        for k, label in enumerate(picked(told, number)):
            live.put("Try a deal", f"B{6 + k}", label)
        shown = [live.show("Try a deal", f"B{row}") for row in range(first, first + 7)]
        # Six digits of each gain are kept, and a difference of two has those of the larger.
        assert shown[:4] == pytest.approx(expected(one), rel=1e-5, abs=1e-4)
        assert shown[4:6] == ["yes" if one["better_for_all"] else "no", "yes" if one["possible"] else "no"]
        assert (shown[6] == "none") == (not one["crosses"])


def test_a_spreadsheet_program_recomputes_the_same(told: Brief, book: Path, tmp_path: Path):
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("no LibreOffice at hand: the formulas are evaluated by the test above alone")
    assert told.negotiation is not None
    assert told.negotiation.priced is not None
    first = 6 + len(told.negotiation.priced.issues) + 2
    some = explained()
    content = openpyxl.load_workbook(book)
    for name in content.sheetnames:
        if name not in ("Try a deal", "Packages", "Options"):
            del content[name]
    for number in some:  # a sheet for each package; formulas name no sheet but those they share
        sheet = content.copy_worksheet(content["Try a deal"])
        sheet.title = f"Package {number}"
        for k, label in enumerate(picked(told, number)):
            sheet[f"B{6 + k}"] = label
    content.save(tmp_path / "packages.xlsx")  # without values: the program has to compute them
    command = [program, f"-env:UserInstallation={(tmp_path / 'user').as_uri()}", "--headless"]
    convert = ["--convert-to", "ods", "--outdir", str(tmp_path), str(tmp_path / "packages.xlsx")]
    subprocess.run([*command, *convert], check=True, capture_output=True, timeout=600)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    computed = CalamineWorkbook.from_path(str(tmp_path / "packages.ods"))
    for number, one in some.items():
        rows = computed.get_sheet_by_name(f"Package {number}").to_python(skip_empty_area=False)
        assert [rows[row - 1][1] for row in range(first, first + 4)] == pytest.approx(
            expected(one), rel=1e-5, abs=1e-4
        )


def numbers(text: str) -> Counter[str]:
    return Counter(NUMBER.findall(text))


def page_cells(told: Brief) -> Iterable[str]:
    """Cells of the tables that are told in full in every format."""
    found = tables(told)
    names = [
        "glance",
        "bargain",
        "in-force",
        "draws",
        "economies",
        *(f"variants-{c.lower()}" for c in told.codes),
    ]
    return [cell.text for name in names for row in found[name].rows for cell in row]


def test_word_and_markdown_say_the_numbers_of_the_page(told: Brief):
    made = docx.Document(io.BytesIO(word(told)))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(one.text for one in made.paragraphs), *cells])
    plain = markdown(told)
    wanted = numbers("\n".join(page_cells(told)))
    assert sum(wanted.values()) > 500
    assert wanted - numbers(text) == Counter()
    assert wanted - numbers(plain.replace("\\", "")) == Counter()
    assert not UNFORMATTED.search(text)
    assert not UNFORMATTED.search(plain)


def test_the_pdf_says_the_numbers_of_the_page(told: Brief):
    made = pypdf.PdfReader(io.BytesIO(pdf(told)))
    text = "\n".join(page.extract_text() for page in made.pages)
    cells = [cell.text for table in aide_tables(told).values() for row in table.rows for cell in row]
    shown = [*told.first_page.values(), *cells]
    assert sum(numbers("\n".join(shown)).values()) > 100
    assert numbers("\n".join(shown)) - numbers(text) == Counter()
    assert not UNFORMATTED.search(text)
    assert made.metadata is not None
    assert told.title in str(made.metadata.title)


def test_the_command_writes_what_is_asked(kosho: Any, brief_folder: Path, tmp_path: Path):
    out = tmp_path / "out"
    asked = ("--format", "xlsx,md", "--format", "docx", "--as-of", "2025-06-29")
    done = kosho("brief", "japan-us-2025", *asked, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    names = ["brief.xlsx", "brief.md", "brief.docx", "brief.json"]
    assert [Path(line).name for line in done.stdout.split()[-4:]] == names
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert json.loads((out / "brief.json").read_text()) == json.loads((brief_folder / "brief.json").read_text())
    wrong = kosho("brief", "japan-us-2025", "--format", "xlsx", "--template", "none.docx")
    assert wrong.returncode == 2
    assert "add --format docx" in wrong.stderr
    assert exports.FORMATS[0] == "html"
