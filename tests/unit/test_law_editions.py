"""The register against a schedule, its scope from the edition in force, and two editions side by side."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.measures import measure
from tests.measures import register as small_register
from typer.testing import CliRunner, Result

from kosho.cli import app
from kosho.errors import InputError, KoshoError
from kosho.language import use
from kosho.law import Query, Register, quote, rates
from kosho.law.against_schedule import against_schedule, headings_of
from kosho.law.edition_diff import editions_diff
from kosho.law.edition_scope import scoped
from kosho.law.schedules.importing import import_files, read_files
from kosho.law.schedules.lines import Line

ADDS = "The duty provided in the applicable subheading + {}%"
CHAPTER = [
    ("9903.88.01", ADDS.format(25), "articles the product of China, as provided for in U.S. note 20(b)"),
    ("9903.88.03", ADDS.format(25), "articles the product of China, as provided for in U.S. note 20(f)"),
    ("9903.88.04", ADDS.format(25), "articles the product of China, as provided for in U.S. note 20(g)"),
    ("9903.88.15", ADDS.format("7.5"), "articles the product of China, as provided for in U.S. note 20(s)"),
    (
        "9903.91.01",
        ADDS.format(25),
        "Effective with respect to entries on or after September 27, 2024, articles the product of China",
    ),
    (
        "9903.91.05",
        ADDS.format(50),
        "Effective with respect to entries on or after January 1, 2025, articles the product of China",
    ),
    (
        "9903.88.69",
        "The duty provided in the applicable subheading",
        "Effective on or after June 15, 2024 and through May 31, 2025, articles the product of China",
    ),
]


def row(code: str, general: str = "", notes: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    footnotes = [{"columns": ["general"], "value": note} for note in notes]
    digits = len(code.replace(".", ""))
    plain = {"htsno": code, "indent": "0" if digits <= 8 else "1", "description": "d", "units": ["kg"]}
    return plain | {"general": general, "special": "", "other": "", "footnotes": footnotes} | more


def edition(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [*rows, *(row(code, general, description=words) for code, general, words in CHAPTER)]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def register() -> Register:
    return Register.load()


def added(code: str, on: date = date(2024, 12, 1), register: Register | None = None) -> float:
    found = quote(register or Register.load(), Query("USA", "CHN", code, on))
    return 100 * sum(layer.value for layer in found.layers if layer.authority == "us-301-chn")


@pytest.mark.parametrize(
    ("code", "rate"),
    [
        ("0203.11.00", 7.5),  # pork is on list 4A
        ("0203.29.20", 25),
        ("0206.10.00", 25),
        ("0201.10.05", 7.5),
        ("6402.19.50", 7.5),
        ("9401.61.60", 25),
        ("8471.30.01", 0),  # list 4B never ran
        ("9503.00.00", 0),
        ("3004.90.92", 0),
        ("8703.23.01", 25),
        ("8703.80.00", 100),
        ("8541.42.00", 50),
        ("7208.51.00", 25),
        ("2602.00.00", 25),
        ("8507.60.00.10", 25),
        ("8507.60.00.20", 7.5),
        ("6307.90.98.91", 7.5),
        ("6307.90.98.42", 25),
        ("9401.80.40.01", 0),
        ("9401.80.40.46", 25),
        ("2931.90.90.21", 25),
        ("2931.90.90.35", 0),
    ],
)
def test_section_301_of_december_2024(code: str, rate: float) -> None:
    assert added(code) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("code", "on", "rate"),
    [
        ("7208.51.00", date(2024, 9, 26), 7.5),
        ("7208.51.00", date(2024, 9, 27), 25),
        ("8703.80.00", date(2024, 9, 26), 25),
        ("9018.31.00.40", date(2024, 9, 26), 0),
        ("9018.31.00.40", date(2024, 9, 27), 100),
        ("8542.31.00", date(2024, 12, 31), 25),
        ("8542.31.00", date(2025, 1, 1), 50),
        ("8507.60.00.20", date(2025, 12, 31), 7.5),
        ("8507.60.00.20", date(2026, 1, 1), 25),
        ("8507.60.00", date(2026, 1, 1), 25),
        ("6307.90.98.42", date(2026, 1, 1), 50),
        ("4015.12.10", date(2026, 1, 1), 100),
    ],
)
def test_the_steps_of_the_four_year_review(code: str, on: date, rate: float) -> None:
    assert added(code, on) == pytest.approx(rate)


def test_an_exclusion_frees_what_is_said_to_be_excluded(register: Register) -> None:
    from kosho.law import Facts  # noqa: PLC0415

    on = date(2025, 3, 1)
    for told, left in ((Facts(answers={"us_301_exclusion": "yes"}), 0.0), (Facts(), 25.0)):
        found = quote(register, Query("USA", "CHN", "0304.72.50.00", on, facts=told))
        assert 100 * sum(one.value for one in found.layers if one.authority == "us-301-chn") == pytest.approx(
            left
        )


def test_lines_of_the_export_agree_with_the_register(shared: Path, tmp_path: Path) -> None:
    import tarfile  # noqa: PLC0415

    with tarfile.open(shared / "data" / "hts-2024-12.tar.xz") as packed:
        packed.extractall(tmp_path, filter="data")
    done = invoke("register", "against-schedule", str(tmp_path / "hts"), "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["lines"] == 11414
    assert found["equal"] >= 0.995 * found["lines"]
    assert found["explained"] == len(found["different"]) == found["lines"] - found["equal"]
    assert all(one["register"] in one["schedule"] for one in found["different"])
    assert found["on"] == "2024-09-27"


def test_lines_that_differ_are_told_with_both_rates(tmp_path: Path) -> None:
    rows = edition(
        row("0203.11.00", "Free", ("See 9903.88.15. ",)),
        row("0203.29.20", "Free", ("See 9903.88.15. ",)),  # the register has list 3
        row("8471.30.01", "Free", ("See 9903.88.03. ",)),  # and nothing here
        row("8517.62.00", "Free", ("See 9903.88.04 and 9903.88.15. ",)),
        row("8542.31.00", "Free", ("See 9903.88.01. ", "See 9903.91.05. ")),
        row("7208.51.00", "Free", ("See 9903.91.01. ",)),
    )
    path = write(tmp_path / "hts.json", rows)
    done = invoke("register", "against-schedule", str(path), "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["on"] == "2025-01-01"  # 9903.91.05 is cited, and holds from then on
    told = {one["hs"]: (one["schedule"], one["register"], one["explained"]) for one in found["different"]}
    assert told == {
        "02032920": (7.5, 25.0, False),
        "84713001": (25.0, 0.0, False),
        "85176200": ([7.5, 25.0], 25.0, True),
        "85423100": ([25.0, 50.0], 50.0, True),
    }
    why = {one["hs"]: one["why"] for one in found["different"]}
    assert why["84713001"] == "the footnote cites 9903.88.03; the register has it on no list"
    assert (found["equal"], found["explained"]) == (2, 2)


def test_a_schedule_that_agrees_ends_with_0(tmp_path: Path) -> None:
    path = write(tmp_path / "hts.json", edition(row("0203.11.00", "Free", ("See 9903.88.15. ",))))
    done = invoke("register", "against-schedule", str(path))
    assert (done.exit_code, "1 equal (100.00 %)" in done.stdout) == (0, True)


def test_a_file_without_footnotes_has_no_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "hts.json", edition(row("0203.11.00", "Free")))
    done = invoke("register", "against-schedule", str(path))
    assert isinstance(done.exception, KoshoError)
    assert "holds no footnotes" in str(done.exception)


def test_headings_say_what_they_add_and_when() -> None:
    lines = {
        code.replace(".", ""): Line(code.replace(".", ""), words, "", general)
        for code, general, words in CHAPTER
    }
    found = headings_of(lines)
    assert (found["9903.88.15"].added, found["9903.91.05"].first) == (7.5, date(2025, 1, 1))
    gone = found["9903.88.69"]
    assert (gone.added, gone.first, gone.last) == (0, date(2024, 6, 15), date(2025, 5, 31))
    assert gone.holds(date(2025, 5, 31))
    assert not gone.holds(date(2025, 6, 1))


WHOLE = [row(f"{chapter:02}01.21.00", "2.5%") for chapter in range(1, 98) if chapter != 77]


def test_the_scope_is_that_of_the_edition_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    rows = edition(
        *WHOLE,
        row("8471.30.01", "Free", ("See 9903.88.03. ",)),
        row("0203.29.20", "Free", ("See 9903.88.15. ",)),
        row("8703.23.01", "2.5%"),
        row("2931.90.90", "3.7%", ("Heading 9903.88.04 covers certain goods of this rate line. ",)),
        row("2931.90.90.21", notes=("Heading 9903.88.04 covers certain goods of this rate line. ",)),
        row("2931.90.90.35"),
    )
    path = write(tmp_path / "hts.json", rows)
    first, last = date(2024, 10, 1), date(2024, 11, 30)
    import_files([path], "USA", "HTS 2024 autumn", first, last)
    inside, outside = date(2024, 11, 1), date(2024, 12, 1)
    assert [added("8471.30.01", day) for day in (inside, outside)] == [25, 0]
    assert [added("0203.29.20", day) for day in (inside, outside)] == [7.5, 25]
    assert added("2931.90.90.35", inside) == 0
    assert added("2931.90.90.21", inside) == 25
    found = quote(Register.load(), Query("USA", "CHN", "8471.30.01", inside))
    (layer,) = [one for one in found.layers if one.authority == "us-301-chn"]
    assert layer.source[-1] == "HTS 2024 autumn, hts.json"
    # whole schedules at once say the same
    table = rates(Register.load(), "USA", [("84713001", 0.0), ("02032920", 0.0)], ["CHN"], [outside, inside])
    assert (100 * table[:, :, 0]).round(2).tolist() == [[0, 25], [25, 7.5]]


def test_lists_that_no_line_cites_stay(register: Register) -> None:
    found = scoped(register, {"84713001": {"general": ("9903.88.03",)}}, "an edition", "a file")
    assert found.lists["us-301-china-3"].prefixes == ("84713001",)
    assert found.lists["us-301-china-3"].edition == "an edition"
    assert found.lists["us-301-china-1"] == register.lists["us-301-china-1"]
    assert found.measure("us-301-chn-25").source[-1] == "a file"


def table(path: Path, **duties: str) -> Path:
    rows = [f"{code[1:]},{duty}" for code, duty in duties.items()]
    path.write_text("\n".join(["code,duty", *rows]) + "\n", encoding="utf-8")
    return path


def test_two_editions_side_by_side(tmp_path: Path) -> None:
    old = table(tmp_path / "old.csv", _87032301="2.5%", _87032400="2.5%", _01012100="Free", _02011005="4.4¢/kg")
    new = table(tmp_path / "new.csv", _87032301="2.5 %", _87032400="15%", _0101210010="Free", _02011006="5¢/kg")
    trade = tmp_path / "trade.csv"
    trade.write_text("hs8,value\n87032400,30\n87032301,60\n02011005,10\n", encoding="utf-8")
    done = invoke("register", "diff", str(old), str(new), "--trade", str(trade), "--json")
    assert done.exit_code == 0, done.exception
    found = json.loads(done.stdout)
    changes = [(one["hs"], one["what"], one["old"], one["new"], one["trade"]) for one in found["changes"]]
    assert changes == [
        ("02011005", "removed", "4.4¢/kg", "", 10),
        ("02011006", "added", "", "5¢/kg", None),
        ("87032400", "duty", "2.5%", "15%", 30),
    ]
    assert (found["compared"], found["changed"], found["trade"], found["trade_of_all"]) == (3, 3, 40, 100)


def test_a_citation_that_came_is_told_with_the_law_behind_it(tmp_path: Path, register: Register) -> None:
    old = edition(row("7208.51.00", "Free", ("See 9903.88.15. ",)), row("0101.21.00", "Free"))
    new = edition(row("7208.51.00", "Free", ("See 9903.91.01. ",)), row("0101.21.00", "Free"))
    before, after = (
        read_files([write(tmp_path / f"{name}.json", rows)]).lines for name, rows in (("a", old), ("b", new))
    )
    (change,) = editions_diff(before, after, register).changes
    assert (change.hs, change.what, change.old, change.new) == (
        "72085100",
        "chapter 99",
        "9903.88.15",
        "9903.91.01",
    )
    assert any("89 FR 76581; heading 9903.91.01" in one for one in change.law)
    assert any("84 FR 43304" in one for one in change.law)
    named, other = (
        measure(id=f"m{n}", legal_basis=f"law {n}; heading {code}")
        for n, code in enumerate(("9903.91.01", "9903.99.99"))
    )
    (change,) = editions_diff(before, after, small_register(named, other)).changes
    assert change.law == ("M: law 0; heading 9903.91.01",)
    assert [one.law for one in editions_diff(before, after).changes] == [()]


def test_trade_of_statistical_numbers_is_that_of_their_line_too() -> None:
    def lines(**duties: str) -> dict[str, Line]:
        return {code[1:]: Line(code[1:], "cars", "No.", duty) for code, duty in duties.items()}

    trade = {"8703240010": 3.0, "8703240020": 4.0, "87032301": 60.0}
    before = lines(_8703240010="2%", _8703240020="2%", _87032301="2%")
    found = editions_diff(before, lines(_8703240010="3%", _8703240020="3%"), trade=trade)
    assert {one.hs: one.trade for one in found.changes} == {"87032400": 7, "87032301": 60}
    assert (found.trade, found.trade_of_all) == (67, 67)
    apart = editions_diff(before, before | lines(_8703240020="3%"), trade=trade)
    assert {one.hs: one.trade for one in apart.changes} == {"8703240020": 4}
    assert (apart.compared, apart.trade, apart.trade_of_all) == (2, 4, 67)
    assert [one.trade for one in editions_diff(before, before | lines(_87032301="3%")).changes] == [None]


def test_an_edition_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    error = invoke("register", "diff", "HTS 1", "HTS 2").exception
    assert isinstance(error, InputError)
    assert "'HTS 1' is no file and no imported edition of USA" in str(error)


def test_a_line_that_is_divided_is_no_change() -> None:
    def lines(*codes: str) -> dict[str, Line]:
        return {code: Line(code, "pork", "kg", "Free") for code in codes}

    whole, parts = lines("02031100", "02032100"), lines("0203110010", "0203110090")
    dearer = Line("0203110090", "pork", "kg", "2%")
    for old, new, what in ((whole, parts, "removed"), (parts, whole, "added")):
        changes = editions_diff(old, new).changes
        assert [(one.hs, one.what) for one in changes] == [("02032100", what)]
    apart = editions_diff(whole, parts | {dearer.code: dearer}).changes
    told = [(one.hs, one.old, one.new) for one in apart if one.what not in ("added", "removed")]
    assert told == [("0203110090", "Free", "2%")]
    assert [(one.hs, one.what) for one in apart if one.what in ("added", "removed")] == [
        ("02032100", "removed")
    ]


def test_the_three_editions_by_line(shared: Path) -> None:
    folder = shared / "data" / "lines"
    names = ("us_hts8_2023.csv.gz", "us_hts8_2025_basic.csv.gz", "us_hts8_2026_rev3.csv.gz")
    editions = [read_files([folder / name]).lines for name in names]
    assert [len(lines) for lines in editions] == [11414, 11413, 11414]
    changed = [len({one.hs for one in editions_diff(a, b).changes}) for a, b in pairwise(editions)]
    assert changed == [207, 151]  # lists of differences as printed have 209 and 154, some in words alone


def test_the_register_tells_the_same_of_a_part(register: Register) -> None:
    lines = {"02031100": Line("02031100", "pork", "kg", "Free", references={"general": ("9903.88.15",)})}
    chapter = {
        c.replace(".", ""): Line(c.replace(".", ""), words, "", general) for c, general, words in CHAPTER
    }
    found = against_schedule(register, lines | chapter, "USA", date(2024, 12, 1))
    assert (found.lines, found.equal, found.explained) == (1, 1, 0)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("Effective on or after March 4, 2025", date(2025, 3, 4), None),
        ("Effective on or after March 4, 2025 through May 31, 2025", date(2025, 3, 4), date(2025, 5, 31)),
        ("Entered before May 1, 2025", None, date(2025, 4, 30)),
        ("Entered before May 1, 2025, and through May 2, 2025", None, date(2025, 5, 2)),
        ("Entered on or after March 4, 2025, and before March 7, 2025", date(2025, 3, 4), date(2025, 3, 6)),
        ("Entered on or after Smarch 4, 2025, and before March 32, 2025", None, None),
        ("Articles of China", None, None),
    ],
)
def test_headings_hold_from_and_to_the_days_that_they_name(words: str, first: date | None, last: date | None):
    line = Line("99039101", words, "", ADDS.format("7.5"))
    (found,) = headings_of({line.code: line, "0203110010": Line("0203110010", words, "", "Free")}).values()
    assert (found.added, found.first, found.last) == (7.5, first, last)


def test_headings_are_known_by_the_words_of_the_schedule_in_every_language(register: Register) -> None:
    cited = {"general": ("9903.88.15", "9903.95.01")}
    lines = {"02031100": Line("02031100", "pork", "kg", "Free", references=cited)}
    words = "Articles the product of China, as provided for in a note of this subchapter"
    other = ("9903.95.01", "The duty provided in the applicable subheading + 10%", words)
    chapter = {
        c.replace(".", ""): Line(c.replace(".", ""), text, "", rate) for c, rate, text in (*CHAPTER, other)
    }
    found = {}
    for tag in ("en", "ja"):
        with use(tag):
            found[tag] = against_schedule(register, lines | chapter, "USA", date(2024, 12, 1))
    assert "9903.95.01" in found["en"].headings
    assert found["ja"].headings == found["en"].headings
