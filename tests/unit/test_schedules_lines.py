"""Lines, preferences, the store, and the duty before any measure."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kosho.errors import InputError, KoshoError
from kosho.language import use
from kosho.law.schedules import parse_duty
from kosho.law.schedules.embedded import embedded, importers
from kosho.law.schedules.lines import Line, LineBook, Schedule, digits
from kosho.law.schedules.ordinary import lookup, ordinary, season_turns
from kosho.law.schedules.preferences import claim, is_most_favoured, preferences, symbols
from kosho.law.schedules.store import imported, path_of, write
from kosho.lines import ordinary_rates

DAY = date(2025, 6, 29)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path))
    return tmp_path


def schedule(
    *lines: Line, edition: str = "2025", valid_from: date | None = None, complete: bool = False
) -> Schedule:
    return Schedule("USA", edition, LineBook(lines), valid_from, source="a file", complete=complete)


def line(code: str, duty: str, **specials: str) -> Line:
    return Line(code, f"goods of {code}", "kg", duty, special_texts=specials)


def test_a_shipped_duty_is_of_no_day_before_editions_were_read(data: Path) -> None:
    assert ordinary("JPN", "USA", "870323", date(2017, 1, 1)) == parse_duty("Free")
    assert ordinary("JPN", "USA", "870323", date(2016, 12, 31)) is None
    assert ordinary("USA", "JPN", "8703.23", date(1950, 1, 1)) is None


def test_symbols_of_a_preference_that_differ_are_a_case_each(data: Path) -> None:
    own = [
        line("87032301", "2.5%", **{"usmca [S]": "Free", "usmca [S+]": "1%"}),
        line("87032400", "2.5%", **{"usmca [S]": "Free", "usmca": "2%"}),
    ]
    write(schedule(*own, complete=True), own)
    found = lookup("USA", "CAN", "8703.23.01", DAY, "usmca")
    assert found is not None
    assert (found.answered, found.note) == (True, "")
    assert found.duty.text == "Free (S); 1% (S+)"
    assert [str(one.duty) for one in found.duty.cases] == ["Free", "1%"]
    of_all = lookup("USA", "CAN", "8703.24", DAY, "usmca")
    assert of_all is not None
    assert (of_all.column, str(of_all.duty)) == ("usmca", "2%")  # what holds for all goes before symbols


def test_why_it_is_not_the_preference_claimed_is_told_in_the_language_spoken(data: Path) -> None:
    own = [line("87032301", "2.5%", korus="Free")]
    write(schedule(*own, complete=True), own)
    with use("ja"):
        found = lookup("USA", "CAN", "8703.23", DAY, "usmca")
    assert found is not None
    assert "usmca" in found.note
    assert "duty" not in found.note


def test_the_longest_prefix_is_found() -> None:
    book = schedule(line("8703", "2.5%"), line("87032301", "3%"), line("8703230190", "4%"))
    codes = {"8703.23.01.90": "8703230190", "8703.23.01.10": "87032301", "8703.24": "8703", "8703": "8703"}
    for asked, found in codes.items():
        answer = book.find(asked)
        assert answer is not None
        assert answer.code == found
    assert book.find("8704") is None


def test_a_short_code_is_answered_where_its_lines_agree() -> None:
    book = schedule(line("87032301", "2.5%"), line("87032302", "2.5%"), line("87041000", "Free"))
    found = book.find("8703")
    assert found is not None
    assert str(found.general) == "2.5%"
    with pytest.raises(
        KoshoError, match=r"under 87 bear different duties: give one of 87032301, 87032302, 87041000"
    ):
        book.find("87")


@pytest.mark.parametrize("code", ["8", "87032301901", "87x3", "", "８７０３"])
def test_a_code_has_two_to_ten_digits(code: str) -> None:
    with pytest.raises(InputError, match="is not a tariff code"):
        digits(code)


@pytest.mark.parametrize(
    ("heading", "column", "cited"),
    [
        ("9904.02.01", "general", True),
        ("9904.02.20", "general", True),
        ("9904.02.37", "general", True),
        ("9904.02.38", "general", False),
        ("9904.01.99", "general", False),
        ("9903.88.15", "general", True),
        ("9903.88.16", "general", False),
        ("9903.88.15", "special", False),
        ("9903.88.16", "special", True),
    ],
)
def test_a_heading_is_cited_alone_or_within_a_range(heading: str, column: str, *, cited: bool) -> None:
    own = {"general": ("9904.02.01-9904.02.37", "9903.88.15"), "special": ("9903.88.16",)}
    assert Line("87032301", "cars", "No.", "2.5%", references=own).cites(heading, column) is cited


def test_a_season_that_ends_with_february_is_over_on_the_first_of_march() -> None:
    fruit = Line("08051000", "fruit", "kg", "[12-01 to 02-29] 10% | [03-01 to 11-30] 5%")
    for year in (2024, 2025):
        found = season_turns(fruit, date(year, 1, 1), date(year, 12, 31))
        assert found == {date(year, 3, 1), date(year, 12, 1)}
    assert season_turns(fruit, date(2025, 3, 1), date(2025, 11, 30)) == set()
    assert season_turns(fruit, date(2025, 2, 28), date(2025, 3, 1)) == {date(2025, 3, 1)}


def test_lines_under_a_prefix_are_in_order() -> None:
    book = LineBook([line("8704", "1%"), line("870323", "2%"), line("870310", "3%"), line("87", "4%")])
    assert [one.code for one in book.under("8703")] == ["870310", "870323"]
    assert [one.code for one in book.under("")] == list(book) == ["87", "870310", "870323", "8704"]


def test_what_is_written_is_read_back(data: Path) -> None:
    lines = [line("87032301", "2.5%", korus="Free", usjta="1%"), Line("87041000", "車", "No.", "無税", "25%")]
    path = write(schedule(*lines, valid_from=DAY, complete=True), lines)
    assert path == path_of("USA", "2025")
    assert path.is_relative_to(data)
    assert sorted(path.parent.iterdir()) == [path]  # no draft is left
    (found,) = imported("USA")
    assert (found.importer, found.edition, found.valid_from, found.complete) == ("USA", "2025", DAY, True)
    assert len(found.lines) == 2
    assert [found.lines[one.code].duties() for one in lines] == [one.duties() for one in lines]
    assert [one.code for one in found.lines.under("8703")] == ["87032301"]
    assert list(found.lines) == ["87032301", "87041000"]
    with pytest.raises(KeyError):
        found.lines["99"]


@pytest.mark.parametrize("said", ["complete", "whole", "cites"])
def test_what_an_edition_says_of_itself_is_read_back(data: Path, said: str) -> None:
    own = [line("87032301", "2.5%")]
    for valid_to in (None, DAY):
        write(replace(schedule(*own), valid_to=valid_to, **{said: True}), own)
        (found,) = imported("USA")
        assert {key: getattr(found, key) for key in ("complete", "whole", "cites")} == {
            key: key == said for key in ("complete", "whole", "cites")
        }
        assert (found.valid_from, found.valid_to) == (None, valid_to)


@pytest.mark.parametrize(
    ("code", "there"),
    [("8703", True), ("87032301", True), ("8703230112", True), ("87", True), ("870322", False), ("88", False)],
)
def test_a_code_is_a_line_or_under_or_above_one(code: str, *, there: bool) -> None:
    book = schedule(line("87032301", "2.5%"), line("87032400", "2.5%"))
    if there:
        book.refuse_absent(code)
        return
    with pytest.raises(InputError):
        book.refuse_absent(code)


def test_an_edition_is_replaced_whole_or_not_at_all(data: Path) -> None:
    first = [line("87032301", "2.5%")]
    write(schedule(*first), first)
    broken = [line("87032301", "9%"), line("87032301", "10%")]
    with pytest.raises(Exception, match="UNIQUE"):
        write(schedule(), broken)
    (kept,) = imported()
    assert str(kept.lines["87032301"].general) == "2.5%"
    assert [path.suffix for path in (data / "schedules" / "USA").iterdir()] == [".sqlite"]
    second = [line("87032301", "3%")]
    write(schedule(*second), second)
    (new,) = imported()
    assert str(new.lines["87032301"].general) == "3%"


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    some = [line("87032301", "2.5%")]
    for place in ("file", "file/below", os.devnull):
        monkeypatch.setenv("KOSHO_DATA", str(tmp_path / place))
        with pytest.raises(InputError, match=r"\.sqlite: cannot be written: .*KOSHO_DATA"):
            write(schedule(*some), some)
        assert imported() == []


def test_a_file_that_is_no_schedule_is_named(data: Path) -> None:
    folder = data / "schedules" / "USA"
    folder.mkdir(parents=True)
    (folder / "x.sqlite").write_text("nonsense, and long enough to be taken for a database of some kind")
    with pytest.raises(InputError, match=r"x\.sqlite: is not an imported schedule"):
        imported()


def test_the_data_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KOSHO_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert path_of("USA", "HTS 2025 rev 5") == tmp_path / "kosho/schedules/USA/hts-2025-rev-5.sqlite"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("USA", "1").is_relative_to(tmp_path / ".local" / "share")
    with pytest.raises(InputError, match="names no edition"):
        path_of("USA", "...")


def test_imported_schedules_come_before_what_ships_and_the_latest_first(data: Path) -> None:
    old, new = [line("87032301", "5%")], [line("87032301", "6%", korus="1%")]
    write(schedule(*old, edition="old", valid_from=date(2024, 1, 1)), old)
    write(schedule(*new, edition="new", valid_from=date(2025, 1, 1), complete=True), new)
    expected = {date(2023, 6, 1): "2.5%", date(2024, 6, 1): "5%", date(2025, 6, 1): "6%"}
    for day, duty in expected.items():
        assert str(ordinary("USA", "JPN", "8703.23.01.90", day)) == duty
    # what an imported schedule does not hold is still answered by what ships
    assert str(ordinary("USA", "JPN", "6912.00.39", DAY)) == "4.5%"
    # a claim is answered by the first schedule that lists claims: the old one lists none, what ships does
    assert str(ordinary("USA", "KOR", "8703.23", date(2024, 6, 1), "korus")) == "Free"
    assert str(ordinary("USA", "KOR", "8703.23", DAY, "korus")) == "1%"
    found = lookup("USA", "CAN", "8703.23", DAY, "usmca")
    assert found is not None
    assert (str(found.duty), found.column) == ("6%", "general")
    assert "gives no duty under usmca" in found.note


@pytest.mark.parametrize("first", [None, date(2025, 1, 1)])
def test_editions_that_nothing_puts_in_order_are_told_where_they_differ(data: Path, first: date | None) -> None:
    one = [line("87032301", "5%", korus="Free"), line("87032401", "5 %"), line("87033101", "7%")]
    other = [line("87032301", "6%"), line("87032401", "5%", korus="1%"), line("87033101", "7%")]
    write(schedule(*one, edition="a", valid_from=first), one)
    write(schedule(*other, edition="b", valid_from=first), other)
    with pytest.raises(InputError, match=r"editions 'a' and 'b' of USA begin on the same day.*--from"):
        lookup("USA", "JPN", "8703.23.01", DAY)
    assert str(ordinary("USA", "JPN", "8703.24.01", DAY)) == "5%"
    assert str(ordinary("USA", "JPN", "8703.31.01", DAY)) == "7%"
    assert str(ordinary("USA", "JPN", "6912.00.39", DAY)) == "4.5%"
    write(schedule(*other, edition="b", valid_from=date(2025, 2, 1)), other)
    assert str(ordinary("USA", "JPN", "8703.23.01", DAY)) == "6%"


def test_duties_by_line_are_of_no_edition_that_may_be_the_earlier(data: Path) -> None:
    own = [line("87032301", "5%")]
    for edition in ("a", "b"):
        write(replace(schedule(*own, edition=edition), whole=True), own)
    with pytest.raises(InputError, match=r"editions 'a' and 'b' of USA"):
        ordinary_rates("USA", DAY)
    write(replace(schedule(*own, edition="b", valid_from=date(2025, 2, 1)), whole=True), own)
    found = ordinary_rates("USA", DAY)
    assert found is not None
    assert found[1] == "b"


@pytest.mark.parametrize(
    ("importer", "exporter", "hs", "on", "preference", "duty", "column"),
    [
        ("USA", "JPN", "8703.23.01.90", date(2025, 9, 16), "none", "2.5%", "general"),
        ("USA", "KOR", "8703.80", date(2025, 9, 16), "korus", "Free", "korus"),
        ("USA", "KOR", "8703.80", date(2015, 12, 31), "korus", "2.5%", "korus"),
        ("USA", "RUS", "7601.10.30", DAY, "none", "18.5%", "statutory"),
        ("USA", "RUS", "7601.10.30", date(2022, 4, 8), "none", "2.6%", "general"),
        ("JPN", "USA", "8703.23", DAY, "none", "Free", "general"),
        ("JPN", "USA", "0201.30.010", date(2026, 6, 1), "none", "38.5%", "general"),
        ("JPN", "USA", "0201.30.010", date(2026, 6, 1), "usjta", "20.8%", "usjta"),
        ("JPN", "CHN", "1006.30.090", DAY, "none", "49 JPY/kg", "general"),
        ("JPN", "PRK", "0804.30.010", DAY, "none", "20%", "statutory"),
        ("JPN", "TWN", "0804.30.010", DAY, "none", "17%", "general"),
        ("DEU", "JPN", "8703.23", date(2019, 1, 31), "none", "10%", "general"),
        ("DEU", "JPN", "8703.23", date(2019, 2, 1), "jeepa", "8.8%", "jeepa"),
        ("FRA", "JPN", "8703.23", date(2026, 2, 1), "jeepa", "Free", "jeepa"),
        ("THA", "JPN", "8703.80", DAY, "none", "80%", "general"),
        ("THA", "JPN", "8703.80", DAY, "jtepa", "20%", "jtepa"),
        ("THA", "CHN", "8703.80", DAY, "acfta", "Free", "acfta"),
        ("THA", "IDN", "8703.23", DAY, "atiga", "Free", "atiga"),
        ("THA", "JPN", "8703.80", DAY, "rcep", "80%", "rcep/JPN"),
        ("KOR", "JPN", "8703.23", DAY, "rcep", "8%", "rcep/JPN"),
        ("CHN", "JPN", "8703.80", DAY, "none", "15%", "general"),
    ],
)
def test_what_ships(
    importer: str, exporter: str, hs: str, on: date, preference: str, duty: str, column: str
) -> None:
    found = lookup(importer, exporter, hs, on, preference)
    assert found is not None
    assert (str(found.duty), found.column) == (duty, column)
    assert found.source
    assert ordinary(importer, exporter, hs, on, preference) == found.duty


def test_a_claim_never_costs_more_than_none() -> None:
    found = lookup("PHL", "CHN", "8703.80", DAY, "rcep")
    assert found is not None
    assert (str(found.duty), found.column) == ("Free", "general")
    assert "above that without a claim" in found.note


def test_what_is_only_for_quotas_falls_back_outside_them(data: Path) -> None:
    assert data
    quotas = [line("02013000", "10%", korus="[in quota] 2%", usjta="[in quota] 2% | [out of quota] 5%")]
    write(schedule(*quotas), quotas)
    expected = {
        ("KOR", "korus", True): "2%",
        ("KOR", "korus", False): "10%",
        ("KOR", "korus", None): "[in quota] 2%",
        ("JPN", "usjta", True): "2%",
        ("JPN", "usjta", False): "5%",
        ("JPN", "none", True): "10%",
    }
    for (exporter, preference, in_quota), duty in expected.items():
        assert str(ordinary("USA", exporter, "0201.30.00", DAY, preference, in_quota)) == duty


def test_a_claim_no_schedule_answers_says_so() -> None:
    found = lookup("USA", "KOR", "7323.93.00", DAY, "korus")
    assert found is not None
    assert (str(found.duty), found.answered) == ("2%", False)
    assert "import the schedule" in found.note


def test_no_schedule_no_duty() -> None:
    assert lookup("USA", "JPN", "2204.21", DAY) is None
    assert lookup("ZWE", "JPN", "8703", DAY) is None
    assert lookup("DEU", "FRA", "8703", DAY) is None
    assert lookup("USA", "PRK", "6912.00.39", DAY) is None  # column 2 of the line is not at hand
    assert lookup("CHN", "JPN", "8703", date(2018, 6, 30)) is None


@pytest.mark.parametrize(
    ("preference", "importer", "exporter", "on", "message"),
    [
        ("korsu", "USA", "KOR", DAY, "did you mean korus"),
        (
            "korus",
            "USA",
            "JPN",
            DAY,
            r"does not grant korus to goods of Japan on 2025-06-29 \(the United States grants it .*usjta",
        ),
        ("korus", "USA", "KOR", date(2012, 3, 14), "does not grant korus"),
        ("gsp", "USA", "THA", DAY, "does not grant gsp"),
    ],
)
def test_a_preference_is_claimed_by_its_parties(
    preference: str, importer: str, exporter: str, on: date, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        claim(preference, importer, exporter, on)


def test_preferences_are_consistent() -> None:
    codes = [symbol for one in preferences() for symbol in one.symbols]
    assert len(codes) == len(set(codes)) == len(symbols())
    assert symbols()["S"] == symbols()["S+"] == "usmca"
    assert symbols()["JP"] == "usjta"
    assert claim("jeepa", "DEU", "JPN", DAY).id == claim("ajcep", "JPN", "THA", DAY).id.replace(
        "ajcep", "jeepa"
    )
    assert not is_most_favoured("USA", "CUB", DAY)
    assert is_most_favoured("USA", "RUS", date(2022, 4, 8))
    assert not is_most_favoured("USA", "RUS", date(2022, 4, 9))


def test_a_shipped_line_has_its_own_words_before_those_of_its_heading() -> None:
    book = embedded("IDN", date(2025, 6, 1))
    assert book is not None
    words = {line.code: line.description for line in book.lines.under("8703")}
    assert words == {
        "8703": "Passenger cars",
        "870323": "Passenger cars",
        "870380": "Passenger cars, electric",
    }


def test_every_shipped_duty_is_read_and_sourced() -> None:
    ids = {one.id for one in preferences()}
    days = [date(year, 12, 31) for year in range(2010, 2028)]
    books = [book for importer in importers() for day in days for book in [embedded(importer, day)] if book]
    seen = 0
    for book in books:
        for one in book.lines.values():
            for column, duty in {"general": one.general, "statutory": one.statutory, **one.specials}.items():
                if duty is None:
                    continue
                seen += 1
                assert duty.kind not in ("unread", "reference"), (one.code, column)
                assert parse_duty(str(duty)) == duty
                assert one.credits[column].source
                assert one.credits[column].status in ("fact", "estimate", "assumption")
                assert column in ("general", "statutory") or column.partition("/")[0] in ids
    assert seen > 1000
