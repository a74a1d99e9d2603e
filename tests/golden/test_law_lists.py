"""Lists that were condensed to headings and are lines now, and what was found wrong with single ones."""

from __future__ import annotations

from datetime import date

import pytest

from kosho.law import Facts, Query, RateQuote, quote
from kosho.law.importer_law import law_of
from kosho.law.nomenclature import shipped_lines
from kosho.law.schedules import parse_duty


def ask(importer: str, exporter: str, hs: str, on: str, mfn: str = "0%", **told: str) -> RateQuote:
    facts = Facts(preference=told.pop("preference", "none"), answers=told)  # pyright: ignore[reportArgumentType]
    query = Query(importer, exporter, hs, date.fromisoformat(on), facts=facts, general=parse_duty(mfn))
    return quote(law_of(importer), query)


def percent(found: RateQuote) -> tuple[float | None, float | None, float | None]:
    rates = (found.rate, found.low, found.high)
    return tuple(None if rate is None else round(100 * rate, 6) for rate in rates)  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize(
    ("hs", "on", "expected"),
    [
        ("2812.19.00", "2026-03-10", (0, 0, 0)),  # a line of note 2(aa)(ii) that no condensed heading held
        ("3907.10.00", "2025-10-10", (0, 0, 0)),  # Annex II as amended
        ("2106.90.48", "2025-11-12", (10, 10, 10)),
        ("2106.90.48", "2025-11-13", (0, 0, 0)),  # farm goods
        ("2903.19.05", "2026-03-10", (10, 10, 10)),  # a line beside those of the list
        ("7115.90.05", "2026-03-10", (0, 0, 0)),
        ("8517.14.00", "2026-03-10", (10, 10, 10)),
        ("3907.10.00", "2025-06-10", (0, 0, 0)),  # on Annex II from the start
        ("3907.30.00", "2025-06-10", (0, 0, 0)),  # taken out in September
        ("3907.30.00", "2025-09-08", (10, 10, 10)),
        ("2504.10.10", "2025-09-07", (10, 10, 10)),  # came in then
        ("2504.10.10", "2025-09-08", (0, 0, 0)),
        ("4412.31.92", "2025-10-13", (0, 0, 0)),  # wood
        ("4412.31.92", "2025-10-14", (10, 10, 10)),
        ("4407.29.02", "2025-10-14", (0, 0, 0)),  # tropical wood stays
        ("7408.11.60", "2025-06-10", (None, 0, 10)),  # the lines of copper were published as images
        ("7405.00.10", "2025-06-10", (0, 0, 0)),
        ("3907.10.00", "2026-08-10", (None, 0, 12.5)),  # free if for use in medicines
    ],
)
def test_lines_of_exempt_lists(hs: str, on: str, expected: tuple[float | None, float, float]) -> None:
    assert percent(ask("USA", "SGP", hs, on)) == expected


def test_goods_free_by_description_are_asked_for() -> None:
    found = ask("USA", "SGP", "2009.89.70", "2026-03-10")
    assert percent(found) == (10, 10, 10)
    (told,) = [one for one in found.facts if one.fact == "described_good"]
    assert (told.taken, told.rate) == ("no", 0)
    assert percent(ask("USA", "SGP", "2009.89.70", "2026-03-10", described_good="yes")) == (0, 0, 0)


@pytest.mark.parametrize(
    ("hs", "expected"),
    [
        ("8482.10.50.16", (50, 50, 50)),  # one of the 407 of August 2025, whole value
        ("8482.30.00", (10, 10, 10)),  # beside it
        ("8482.10.50", (None, 25, 50)),  # some of its numbers are parts of cars
        ("8413.70.20", (10, 10, 10)),  # of a heading of which other lines are listed
    ],
)
def test_derivatives_of_metal_are_lines(hs: str, expected: tuple[float | None, float, float]) -> None:
    assert percent(ask("USA", "SGP", hs, "2025-10-10")) == expected


@pytest.mark.parametrize(
    ("exporter", "hs", "told", "expected"),
    [
        ("JPN", "8806.24.00", {}, 112.5),  # 100 and the forced-labour floor
        ("JPN", "8806.24.00", {"allied_components": "yes"}, 27.5),
        ("VNM", "8806.21.00", {}, 37.5),
        ("VNM", "8806.21.00", {"thermal_imaging": "yes"}, 112.5),
        ("JPN", "8807.30.00", {}, 12.5),  # a part of an aircraft unless told
        ("JPN", "8807.30.00", {"drone_part": "yes"}, 112.5),
    ],
)
def test_drones(exporter: str, hs: str, told: dict[str, str], expected: float) -> None:
    assert percent(ask("USA", exporter, hs, "2026-10-01", **told))[0] == expected


def test_polysilicon_itself_has_a_least_price_and_no_duty_on_top() -> None:
    raw, cells = (ask("USA", "VNM", hs, "2026-12-10") for hs in ("2804.61.00", "8541.42.00"))
    assert not any(layer.measure.startswith("us-232-polysilicon") for layer in raw.layers)
    assert any("Least import prices" in text for text in raw.warnings)
    assert any(layer.measure == "us-232-polysilicon-15" for layer in cells.layers)


def test_the_mexican_reform_leaves_claims_alone() -> None:
    plain = ask("MEX", "USA", "8703.23.01", "2026-06-01", "20%")
    assert plain.rate is None
    assert (plain.low, plain.high) == pytest.approx((0.2, 0.5))  # at most what the decree has
    more = ask("MEX", "CHN", "6110.20.01", "2026-06-01", "60%")
    assert (more.rate, more.low, more.high) == (None, pytest.approx(0.6), pytest.approx(0.6))
    query = Query(
        "MEX", "USA", "8703.23.01", date(2026, 6, 1), facts=Facts(preference="usmca"),
        general=parse_duty("20%"), claimed=parse_duty("Free"),
    )  # fmt: skip
    assert quote(law_of("MEX"), query).rate == 0


@pytest.mark.parametrize(
    ("hs", "on", "expected"),
    [("9801.00.10", "2026-03-10", 0), ("9801.00.10", "2025-10-10", 0), ("9802.00.80", "2026-03-10", 10)],
)
def test_a_line_of_chapter_98_is_told_by_its_code(hs: str, on: str, expected: float) -> None:
    assert percent(ask("USA", "VNM", hs, on))[0] == expected


def test_steel_of_the_union_is_some_lines_of_each_heading() -> None:
    found = ask("EU27", "JPN", "7208.52", "2026-08-01")
    assert percent(found) == (None, 0, 50)
    assert any("only some lines" in why for why in found.unknown)
    assert percent(ask("EU27", "JPN", "7208.52", "2026-06-30"))[0] is not None


@pytest.mark.parametrize(
    ("hs", "on", "expected"),
    [
        ("2507.00.00", "2026-07-23", (10, 10, 10)),  # kaolin, which only Section 122 still taxes
        ("2841.90.40", "2026-07-23", (None, 0, 25)),  # on the list for medicines alone
        ("3808.94.50", "2026-07-23", (None, 0, 25)),
        ("3824.99.39", "2026-07-23", (35, 35, 35)),  # on none
        ("4602.12.45", "2026-07-23", (10, 10, 10)),
        ("8473.30.51", "2026-07-23", (0, 0, 0)),
        ("3104.20.00", "2025-09-10", (40, 40, 40)),  # Annex II frees potash of the 10, no list of the 40
        ("2008.30.35", "2025-09-10", (10, 10, 10)),
    ],
)
def test_brazilian_goods_by_line(hs: str, on: str, expected: tuple[float | None, float, float]) -> None:
    assert percent(ask("USA", "BRA", hs, on, us_232="no")) == expected


@pytest.mark.parametrize(
    ("exporter", "hs", "expected"),
    [
        ("SGP", "0713.31.10", (0, 0, 0)),  # seeds
        ("SGP", "0713.31.40", (12.5, 12.5, 12.5)),
        ("SGP", "2507.00.00", (12.5, 12.5, 12.5)),  # on the list of Brazil, not on this one
        ("SGP", "8541.41.00", (0, 0, 0)),
        ("SGP", "4602.12.45", (12.5, 12.5, 12.5)),
        ("MYS", "4602.12.45", (0, 0, 0)),  # a list of its own
        ("GBR", "9018.50.00", (0, 0, 0)),
        ("FRA", "4501.10.00", (0, 0, 0)),  # cork
        ("FRA", "4601.22.40", (10, 10, 10)),  # rattan is on the lists of others
        ("ARG", "4501.10.00", (None, 0, 10)),  # a list that was not read
        ("ARG", "8703.80.00", (10, 10, 10)),
        ("JOR", "6109.10.00", (None, 0, 10)),
        ("SGP", "2933.39.21", (None, 0, 12.5)),  # free if for use in medicines
    ],
)
def test_forced_labour_duty_by_line(
    exporter: str, hs: str, expected: tuple[float | None, float, float]
) -> None:
    assert percent(ask("USA", exporter, hs, "2026-08-10", us_232="no")) == expected


@pytest.mark.parametrize(
    ("name", "lines", "numbers"),
    [
        ("us-301-brazil-exempt", 859, 5),  # 864 in note 50(a)(ii), five of them statistical numbers
        ("us-301fl-exempt", 856, 7),
        ("us-annex2", 789, 0),
        ("us-annex2-wood", 158, 0),  # with 16 of books and 76 of copper the 1,039 of April 2025
    ],
)
def test_lists_have_as_many_lines_as_the_notes(name: str, lines: int, numbers: int) -> None:
    register = law_of("USA")
    prefixes = [code.replace(".", "") for code in register.lists[name].prefixes]
    found = {line[:8] for code in prefixes if len(code) <= 8 for line in shipped_lines("USA", code)}
    assert (len(found), sum(len(code) > 8 for code in prefixes)) == (lines, numbers)
