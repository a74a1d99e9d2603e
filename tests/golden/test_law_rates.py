"""US rates by product group, origin and day, worked from the law by hand; percent of customs value."""

from __future__ import annotations

from datetime import date

import pytest
from tests.measures import shipped
from tests.plain_rates import us_rate

from kosho.law import Product

REGISTER = shipped()

CARS, PARTS = Product("C29", "vehicles-232"), Product("C29", "auto-parts")
TYRES, TRUCKS = Product("C22", "tyres-232"), Product("C29")
STEEL, ALUMINIUM = Product("C24A", "steel"), Product("C24B", "aluminium")
SCREWS, FRIDGES = Product("C25", "steel-articles"), Product("C27", "metal-derivatives-electrical")
PHONES, MEDICINES = Product("C26", "electronics-exempt"), Product("C21", "pharma-exempt")
CRUDE, MACHINES = Product("B06", "energy-crude"), Product("C28")
HEAVY, BUSES = Product("C29", "heavy-trucks"), Product("C29", "buses")
LUMBER, SOFAS = Product("C16", "softwood-lumber"), Product("C31T33", "upholstered-furniture")
TOOLS, LOADERS = Product("C28", "capital-machinery"), Product("C28", "mobile-machinery")
WIRE, COPPER = Product("C27", "insulated-wire"), Product("C24B", "copper-mill")
PATENTED, COFFEE = Product("C21", "pharma-patented"), Product("A01", "farm-exempt")
AIRCRAFT = Product("C302T309", "civil-aircraft")
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
    (SCREWS, "JPN", "2025-06-04", 46.0),  # 50 on 90 %, 10 on the rest
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
    # Later: deals, trucks, wood, copper, machinery, the end of IEEPA and what followed. Floors are totals.
    (MACHINES, "JPN", "2025-08-06", 10.0),
    (MACHINES, "JPN", "2025-08-07", 15.0),
    (MACHINES, "DEU", "2025-08-07", 15.0),
    (MACHINES, "VNM", "2025-08-07", 20.0),
    (MACHINES, "CHE", "2025-08-07", 39.0),
    (MACHINES, "CHE", "2025-11-14", 15.0),
    (MACHINES, "IND", "2025-08-27", 50.0),
    (MACHINES, "BRA", "2025-08-06", 50.0),
    (MACHINES, "CAN", "2025-08-01", 35.0),
    (MACHINES, "CHN", "2025-11-10", 20.0),
    (MACHINES, "JPN", "2026-02-23", 15.0),
    (MACHINES, "JPN", "2026-02-24", 10.0),
    (MACHINES, "JPN", "2026-07-24", 12.5),
    (MACHINES, "DEU", "2026-07-24", 10.0),
    (MACHINES, "CHN", "2026-07-24", 12.5),
    (MACHINES, "BRA", "2026-07-24", 37.5),  # 25 of Section 301 and 12.5
    (USMCA_MACHINES, "MEX", "2026-07-24", 0.0),
    (CARS, "JPN", "2025-09-16", 15.0),
    (CARS, "DEU", "2025-08-01", 15.0),
    (CARS, "KOR", "2025-11-01", 15.0),
    (CARS, "JPN", "2026-08-01", 15.0),
    (PARTS, "TWN", "2026-05-01", 15.0),
    (HEAVY, "JPN", "2025-10-31", 15.0),  # no ordinary duty is given for the group
    (HEAVY, "JPN", "2025-11-01", 25.0),
    (BUSES, "JPN", "2025-11-01", 10.0),
    (LUMBER, "CAN", "2025-10-13", 35.0),  # Annex II spares it of the reciprocal tariff, not of this one
    (LUMBER, "CAN", "2025-10-14", 10.0),
    (LUMBER, "JPN", "2025-10-13", 0.0),
    (LUMBER, "JPN", "2025-10-14", 10.0),
    (SOFAS, "VNM", "2025-10-13", 20.0),
    (SOFAS, "VNM", "2025-10-14", 25.0),
    (SOFAS, "JPN", "2025-10-14", 15.0),
    (SOFAS, "GBR", "2025-10-14", 10.0),
    (COPPER, "CHL", "2025-08-01", 42.0),  # 50 on 80 % of the value, 10 on the rest
    (TOOLS, "JPN", "2025-08-17", 15.0),
    (TOOLS, "JPN", "2025-08-18", 29.0),  # 50 on 40 % of the value, 15 on the rest
    (TOOLS, "JPN", "2026-04-06", 15.0),
    (LOADERS, "JPN", "2026-04-06", 25.0),
    (LOADERS, "JPN", "2026-06-08", 15.0),
    (LOADERS, "CHN", "2026-06-08", 25.0),
    (WIRE, "DEU", "2026-04-06", 25.0),
    (STEEL, "JPN", "2026-04-06", 50.0),
    (STEEL, "GBR", "2026-04-06", 50.0),  # 25 where melted in Britain, which tables do not tell
    (STEEL, "RUS", "2025-06-29", 50.0),
    (ALUMINIUM, "RUS", "2025-06-29", 204.0),
    (PATENTED, "IND", "2026-07-30", 10.0),
    (PATENTED, "IND", "2026-07-31", 100.0),
    (PATENTED, "JPN", "2026-07-31", 15.0),
    (MEDICINES, "IND", "2026-07-31", 0.0),
    (COFFEE, "VNM", "2025-11-12", 20.0),
    (COFFEE, "VNM", "2025-11-13", 0.0),
    (COFFEE, "BRA", "2025-11-13", 0.0),
    (AIRCRAFT, "JPN", "2025-09-15", 15.0),
    (AIRCRAFT, "JPN", "2025-09-16", 0.0),
    (AIRCRAFT, "GBR", "2025-06-30", 0.0),
    (AIRCRAFT, "VNM", "2026-08-01", 0.0),
]


@pytest.mark.parametrize(("product", "exporter", "day", "percent"), RATES)
def test_rate_of_the_law(product: Product, exporter: str, day: str, percent: float):
    _found, rate = us_rate(REGISTER, exporter, product, date.fromisoformat(day))
    assert 100 * rate == pytest.approx(percent)


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
    days = date.fromisoformat(day), date.fromisoformat(known)
    _found, rate = us_rate(REGISTER, exporter, MACHINES, *days)
    assert 100 * rate == pytest.approx(percent)
