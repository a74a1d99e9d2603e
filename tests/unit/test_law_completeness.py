"""What a register holds in full is said beside the measures: a file without measures changes no answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from kosho.cli.rate import contract
from kosho.errors import InputError
from kosho.impact.applicable import besides, unseen
from kosho.impact.effects import effects
from kosho.impact.tariff_shock import shock
from kosho.law import Query, Register, quote
from kosho.law.register import shipped_files
from kosho.world import World, load

ON = date(2025, 6, 29)
EMPTY = "title: Nothing\ncovers: {{imposer: {}, first: {}, last: {}{}}}\n"
CLAIMS = (
    ("THA", "2020-01-01", "2030-12-31", ""),
    ("THA", "2020-01-01", "2030-12-31", ", kinds: [subsidy]"),
    ("IDN", "2023-01-01", "2023-12-31", ""),
    ("USA", "2020-01-01", "2030-12-31", ""),
    ("JPN", "2020-01-01", "2024-12-31", ""),
)


@pytest.fixture(scope="module")
def talks() -> World:
    return load(regions="talks", sectors="talks")


@pytest.fixture(scope="module")
def shipped() -> Register:
    return Register.load()


@pytest.fixture(scope="module", params=CLAIMS, ids=lambda claim: f"{claim[0]}{claim[3]}")
def more(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The shipped register with a file that says it is complete and holds nothing."""
    path = tmp_path_factory.mktemp("empty") / "nothing.yaml"
    path.write_text(EMPTY.format(*request.param), encoding="utf-8")
    return Register.load([*shipped_files(), path])


def test_an_empty_file_changes_no_rate(shipped: Register, more: Register):
    for importer, exporter, code in (
        ("USA", "JPN", "8703.23"),
        ("THA", "JPN", "8703.80"),
        ("IDN", "KOR", "8703.80"),
        ("JPN", "USA", "1006.30"),
    ):
        for on in (ON, date(2028, 1, 1)):
            query = Query(importer, exporter, code, on)
            assert contract(quote(more, query), more) == contract(quote(shipped, query), shipped)


def test_an_empty_file_changes_no_shock(talks: World, shipped: Register, more: Register):
    one, other = shock(talks, shipped, ON), shock(talks, more, ON)
    assert one.part == other.part
    for name in ("importer", "exporter", "sector", "share", "base_tariff", "tariff", "cost"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for register in (shipped, more):
        with pytest.raises(InputError, match="of CAN, CHN, EU27, USA on 2028-01-01 are not in the register"):
            shock(talks, register, date(2028, 1, 1))


def test_an_empty_file_changes_no_effect(talks: World, shipped: Register, more: Register):
    assert unseen(talks, more, ON) == unseen(talks, shipped, ON)
    mine, left = besides(talks, more, ON)
    theirs, out = besides(talks, shipped, ON)
    assert ([one.id for one in mine], left) == ([one.id for one in theirs], out)
    assert "does not hold what others subsidise" in left["tha-ev35-2025"]
    first, second = (effects(talks, register, ON) for register in (shipped, more))
    np.testing.assert_array_equal(first.shock.tariff, second.shock.tariff)
    np.testing.assert_array_equal(first.shock.cost, second.shock.cost)


def test_a_subsidy_acts_where_its_file_says_that_all_are_held(talks: World, tmp_path: Path):
    files = shipped_files()
    asia = next(path for path in files if path.name == "asia.yaml")
    told = tmp_path / "asia.yaml"
    claim = "covers: {imposer: THA, first: 2022-01-01, last: 2027-12-31, kinds: [subsidy]}\n"
    told.write_text(claim + asia.read_text(encoding="utf-8"), encoding="utf-8")
    register = Register.load([told, *(path for path in files if path != asia)])
    measures, left_out = besides(talks, register, ON)
    assert "tha-ev35-2025" in {one.id for one in measures}
    assert "idn-ev-vat" in left_out
    assert [span.imposer for span in register.duties_covered] == ["CAN", "CHN", "EU27", "USA"]
