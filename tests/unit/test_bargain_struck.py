"""The deal that was struck, against the table as it stood before."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.cases import with_table
from typer.testing import CliRunner

from kosho.bargain import Effort
from kosho.bargain.report import contract
from kosho.bargain.struck import price_struck
from kosho.brief.deal_content import described
from kosho.brief.deal_tables import scatters, struck_tables
from kosho.case import Case
from kosho.cli import app
from kosho.errors import InputError
from kosho.scenario import negotiate_case

CASE = "japan-us-2025"
BEFORE, AFTER, LATER = date(2025, 7, 22), date(2025, 7, 23), date(2025, 9, 16)
WITHOUT = Effort(draws=0, confirm=False)


@pytest.fixture(scope="module")
def smaller(tmp_path_factory) -> Path:
    """The case without most options of its table, so that runs are short."""
    left_out = ("id: all-20", "id: all-12.5", "id: add-20", "id: add-5", "id: more-1500,")

    def fewer(table: str) -> str:
        lines = table.splitlines()
        text = "\n".join(line for line in lines if not any(f"{{{one}" in line for one in left_out))
        return text.replace("forbids: {rest: [add-5, none]}", "forbids: {rest: [none]}")

    return with_table(tmp_path_factory.mktemp("case") / CASE, fewer)


@pytest.fixture(scope="module")
def deal(smaller):
    return negotiate_case(Case.load(smaller, LATER), LATER, effort=WITHOUT)


@pytest.fixture(scope="module")
def struck(deal):
    return contract(deal)["struck"]


def test_it_is_not_known_before(smaller):
    table = Case.load(smaller, BEFORE).table()
    assert table.struck is None
    assert table.file.struck is None
    after = Case.load(smaller, AFTER).table()
    assert after.struck is not None
    # Nothing of the table itself moved.
    assert after.file == table.file
    assert after.as_of == BEFORE
    assert after.grid.issues == table.grid.issues


def test_parts_are_known_from_their_days(smaller):
    first, later = (Case.load(smaller, day).table().struck.deal for day in (AFTER, LATER))
    assert "energy" not in first.options
    assert later.options["energy"] == "billion-7"
    assert {one.id for one in first.unpriced} == {"investment", "profits", "energy-expansion", "defence"}
    assert {one.id for one in later.unpriced} == {"investment", "profits", "defence", "lowest-rates"}
    (profits,) = (one for one in first.unpriced if one.id == "profits")
    assert profits.worth == {}  # nobody had said, and it is not zero
    (profits,) = (one for one in later.unpriced if one.id == "profits")
    assert profits.worth["JPN"].low == -600


def test_it_is_priced_as_the_packages_of_the_table_are(deal):
    outcome, game = deal.struck, deal.game
    pieces = np.sum(list(outcome.shares.values()), axis=0)
    # What its parts carry, over the same package of fallbacks, sums to its worth.
    np.testing.assert_allclose(
        outcome.payoffs - pieces, game.payoffs[deal.table.fallback], rtol=0, atol=game.noise
    )


def test_its_worth(struck):
    # Million USD a year on the talks world. Tolerance: what elasticities and tables of another edition move.
    assert struck["gains"] == pytest.approx({"JPN": 2065, "USA": 3927}, abs=60)
    assert struck["over_status_quo"] == pytest.approx({"JPN": 290, "USA": 2696}, abs=60)
    low, high = struck["ends"]["low"], struck["ends"]["high"]
    # A promise costs the buyer and serves the seller: the more of it comes on top, the more.
    assert low["JPN"] > struck["gains"]["JPN"] > high["JPN"] > 0
    assert low["USA"] < struck["gains"]["USA"] < high["USA"]
    parts = struck["issues"]
    assert set(parts) == {"cars", "rest", "certification", "rice-agreed", "goods", "energy", "aircraft"}
    for name in ("rice-agreed", "goods", "energy", "aircraft"):
        assert parts[name]["gains"]["JPN"] < 0 < parts[name]["gains"]["USA"]


def test_it_is_followed_along_the_scale_of_elasticities(deal):
    outcome, game = price_struck(deal.priced[0], confirm=False, along=True), deal.game
    (curve,) = outcome.along.gains.values()
    at = dict(zip(outcome.along.scales, curve, strict=True))
    np.testing.assert_allclose(at[1.0], outcome.payoffs - game.disagreement, rtol=0, atol=1.0)
    # It leaves all better off at every point, so there is no scale at which it stops.
    assert len(set(at)) == len(curve) > 5
    assert (curve > 0).all()
    assert outcome.stops is None


def test_what_each_side_left_on_the_table(deal, struck):
    for party, other in (("JPN", "USA"), ("USA", "JPN")):
        left = struck["left"][party]
        assert left["more"][party] > 0
        assert left["more"][other] >= -deal.game.resolution
    # Lower duties than 15 % would have served both: past about 1/theta a duty costs its own side.
    assert struck["left"]["JPN"]["options"]["rest"] == "add-10"
    assert struck["left"]["JPN"]["more"]["JPN"] == pytest.approx(2250, abs=150)
    assert struck["nearest"]["options"] in [one["options"] for one in contract(deal)["frontier"]]


def test_the_brief_marks_it(deal):
    told = described(deal)
    assert told.struck is not None
    assert [point.kind for point in told.points].count("struck") == 1
    (drawn,) = scatters(told)
    assert drawn.count("<polygon") == 1
    against, parts = struck_tables(told)
    assert against.rows[0][0].text == "What was agreed on 22 July 2025"
    assert "not priced" in [cell.text for row in parts.rows for cell in row]
    assert "declared: −0.60 to 0" in [cell.note for row in parts.rows for cell in row]


def test_a_brief_of_before_says_nothing_of_it(smaller):
    done = CliRunner().invoke(
        app, ["bargain", str(smaller), "--as-of", str(BEFORE), "--draws", "0", "--no-confirm", "--json"]
    )
    assert done.exit_code == 0, done.output
    content = json.loads(done.stdout)
    assert content["struck"] is None
    assert "agreed on" not in done.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{cars: all-15, rest", "{cars: all-16, rest", "unknown option 'all-16'"),
        ("overlays: [purchase-goods]", "overlays: [purchase-good]", "unknown overlay 'purchase-good'"),
        ("source: [reuters-0723, defence-0723]", "source: [reuter]", "unknown source 'reuter'"),
        ("statements: [farm-8bn]", "statements: [farm]", "unknown statement 'farm'"),
    ],
)
def test_mistakes_are_told_with_their_line(smaller, tmp_path, old, new, said):
    folder = tmp_path / CASE
    folder.mkdir()
    for path in smaller.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (folder / path.name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        Case.load(folder, LATER).table()
    assert caught.value.problems[0].line
