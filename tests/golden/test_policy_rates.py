"""US rates by product group, origin and day, worked from the law by hand; percent of customs value."""

from __future__ import annotations

from datetime import date

import pytest

from kosho.policy import Product, Register

REGISTER = Register.load()

CARS, PARTS = Product("C29", "vehicles-232"), Product("C29", "auto-parts")
TYRES, TRUCKS = Product("C22", "tyres-232"), Product("C29")
STEEL, ALUMINIUM = Product("C24A", "steel"), Product("C24B", "aluminium")
SCREWS, FRIDGES = Product("C25", "steel-articles"), Product("C27", "metal-derivatives-electrical")
PHONES, MEDICINES = Product("C26", "electronics-exempt"), Product("C21", "pharma-exempt")
CRUDE, MACHINES = Product("B06", "energy-crude"), Product("C28")
USMCA_CARS = Product("C29", "vehicles-232", "usmca")
USMCA_PARTS = Product("C29", "auto-parts", "usmca")
USMCA_MACHINES = Product("C28", None, "usmca")

# (product, origin, day, percent); in the law as it is known now unless a day of knowledge is given.
RATES = [
    # Cars: Proclamation 10908 from 3 April, parts from 3 May; no reciprocal duty on top.
    (CARS, "JPN", "2025-04-02", 2.5),
    (CARS, "JPN", "2025-04-03", 27.5),
    (CARS, "JPN", "2025-04-09", 27.5),
    (CARS, "JPN", "2025-06-29", 27.5),
    (CARS, "DEU", "2025-06-29", 27.5),
    (CARS, "KOR", "2025-06-29", 27.5),  # column 1; free under KORUS before the 25
    (CARS, "GBR", "2025-06-29", 27.5),
    (CARS, "GBR", "2025-06-30", 10.0),  # 2.5 + 7.5 inside the quota
    (CARS, "CHN", "2025-06-29", 72.5),  # fentanyl and Section 301 stay on top
    (CARS, "CAN", "2025-06-29", 27.5),
    (USMCA_CARS, "CAN", "2025-06-29", 15.0),  # 25 on 60 % of the value
    (PARTS, "JPN", "2025-04-04", 2.5),
    (PARTS, "JPN", "2025-04-05", 12.5),  # reciprocal until the parts list starts
    (PARTS, "JPN", "2025-05-02", 12.5),
    (PARTS, "JPN", "2025-05-03", 27.5),
    (PARTS, "GBR", "2025-06-30", 10.0),  # a total
    (USMCA_PARTS, "MEX", "2025-06-29", 0.0),
    (PARTS, "MEX", "2025-06-29", 27.5),
    (TYRES, "JPN", "2025-05-03", 25.0),
    (TRUCKS, "JPN", "2025-06-29", 10.0),  # heavy trucks and trailers: reciprocal, ordinary duty left out
    # Metals.
    (STEEL, "JPN", "2022-03-31", 25.0),
    (STEEL, "JPN", "2022-04-01", 0.0),  # inside the tariff quota
    (STEEL, "JPN", "2025-03-11", 0.0),
    (STEEL, "JPN", "2025-03-12", 25.0),
    (STEEL, "JPN", "2025-06-03", 25.0),
    (STEEL, "JPN", "2025-06-04", 50.0),
    (STEEL, "GBR", "2025-06-04", 25.0),
    (STEEL, "CHN", "2025-06-04", 95.0),  # 50 + 25 (Section 301) + 20 (fentanyl)
    (STEEL, "CHN", "2022-06-30", 50.0),
    (STEEL, "CAN", "2025-03-03", 0.0),
    (STEEL, "CAN", "2025-03-04", 25.0),
    (STEEL, "CAN", "2025-06-03", 25.0),  # one of the two, not 50
    (STEEL, "CAN", "2025-06-04", 50.0),
    (ALUMINIUM, "JPN", "2025-03-11", 14.0),  # 4 + 10, never exempt
    (ALUMINIUM, "JPN", "2025-06-29", 54.0),
    (SCREWS, "JPN", "2025-06-03", 25.0),  # the full value in chapter 73, free of the 10
    (SCREWS, "JPN", "2025-06-04", 44.0),  # 50 on 85 %, 10 on the rest
    (FRIDGES, "KOR", "2025-06-29", 26.0),  # 50 on 40 %, 10 on the rest
    (FRIDGES, "MEX", "2025-06-29", 35.0),  # 50 on 40 %, 25 on the rest
    # Reciprocal and what is exempt.
    (MACHINES, "JPN", "2025-04-04", 0.0),
    (MACHINES, "JPN", "2025-04-05", 10.0),
    (MACHINES, "JPN", "2025-04-08", 10.0),
    (MACHINES, "JPN", "2025-04-09", 24.0),
    (MACHINES, "JPN", "2025-04-10", 10.0),
    (MACHINES, "DEU", "2025-04-09", 20.0),
    (MACHINES, "GBR", "2025-04-09", 10.0),  # not on Annex I
    (MACHINES, "NOR", "2025-04-09", 15.0),
    (MACHINES, "RUS", "2025-06-29", 0.0),
    (PHONES, "TWN", "2025-06-29", 0.0),
    (PHONES, "CHN", "2025-06-29", 20.0),
    (MEDICINES, "DEU", "2025-06-29", 0.0),
    (CRUDE, "SAU", "2025-06-29", 0.0),
    # China, Canada and Mexico.
    (MACHINES, "CHN", "2025-02-04", 10.0),
    (MACHINES, "CHN", "2025-03-04", 20.0),
    (MACHINES, "CHN", "2025-04-05", 30.0),
    (MACHINES, "CHN", "2025-04-09", 104.0),
    (MACHINES, "CHN", "2025-04-10", 145.0),
    (MACHINES, "CHN", "2025-05-13", 145.0),
    (MACHINES, "CHN", "2025-05-14", 30.0),
    (MACHINES, "CAN", "2025-06-29", 25.0),
    (CRUDE, "CAN", "2025-06-29", 10.0),
    (CRUDE, "MEX", "2025-06-29", 25.0),
    (USMCA_MACHINES, "MEX", "2025-03-04", 25.0),
    (USMCA_MACHINES, "MEX", "2025-03-07", 0.0),
]


@pytest.mark.parametrize(("product", "exporter", "day", "percent"), RATES)
def test_rate_of_the_law(product: Product, exporter: str, day: str, percent: float):
    found = REGISTER.rate("USA", exporter, product, date.fromisoformat(day))
    assert 100 * found.rate == pytest.approx(percent)


KNOWN = [
    # As known on 29 June, Annex I returns on 9 July; the order of 7 July put it off to 1 August.
    ("JPN", "2025-07-08", "2025-06-29", 10.0),
    ("JPN", "2025-07-09", "2025-06-29", 24.0),
    ("KOR", "2025-07-09", "2025-06-29", 25.0),
    ("DEU", "2025-07-31", "2025-06-29", 20.0),
    ("CHN", "2025-07-09", "2025-06-29", 30.0),
    ("JPN", "2025-07-09", "2025-07-07", 10.0),
    ("JPN", "2025-07-31", "2025-07-07", 10.0),
    ("JPN", "2025-04-10", "2025-04-08", 24.0),  # before the suspension was known
]


@pytest.mark.parametrize(("exporter", "day", "known", "percent"), KNOWN)
def test_rate_as_it_was_known(exporter: str, day: str, known: str, percent: float):
    found = REGISTER.rate("USA", exporter, MACHINES, date.fromisoformat(day), date.fromisoformat(known))
    assert 100 * found.rate == pytest.approx(percent)
