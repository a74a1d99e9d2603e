from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kosho.codes import sectors
from kosho.errors import InputError
from kosho.law import Product, Products
from kosho.law.own_products import CaseProductFile, with_own
from kosho.law.scope import HsScope, Scope
from kosho.yamlfile import load

FILE = """\
title: Test
sources:
  - {id: s, title: S, publisher: S, kind: own}
groups:
  - id: cars
    title: Cars
    sector: C29
    hs: {edition: HS 2022, prefixes: ["8703"]}
    coverage:
      - {importer: USA, exporters: [JPN], share: {value: 0.8, unit: share, status: estimate, source: s}}
      - {importer: USA, share: {value: 0.3, unit: share, status: assumption, source: s}}
  - id: parts
    title: Parts
    sector: C29
    hs: {edition: HS 2022, prefixes: ["8708"]}
    coverage:
      - {importer: USA, exporters: [EU27], share: {value: 0.6, unit: share, status: estimate, source: s}}
      - {importer: USA, share: {value: 0.2, unit: share, status: estimate, source: s}}
claims:
  - preference: usmca
    importer: USA
    exporters: [CAN]
    share: {value: 0.9, unit: share, status: estimate, source: s}
  - preference: usmca
    importer: USA
    exporters: [CAN]
    groups: [parts]
    share: {value: 0.7, unit: share, status: estimate, source: s}
spreads:
  - {importer: USA, sector: C13T15, source: s, lines: [[0, 0.5], [10, 0.25], [30, 0.25]]}
"""


def read(tmp_path: Path, *changes: tuple[str, str]) -> Products:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "products.yaml"
    path.write_text(text, encoding="utf-8")
    return Products.load(path)


def test_the_nearest_entry_gives_the_coverage(tmp_path: Path):
    products = read(tmp_path)
    found = [
        products.coverage(group, "USA", code) for group in ("cars", "parts") for code in ("JPN", "DEU", "THA")
    ]
    assert [item.value for item in found if item] == [0.8, 0.3, 0.3, 0.2, 0.6, 0.2]
    assert products.coverage("cars", "CAN", "JPN") is None


def test_shares_above_one_are_refused_with_file_and_line(tmp_path: Path):
    with pytest.raises(InputError, match=r"products\.yaml:16: shares of C29 from JPN to USA sum to 1\.1 "):
        read(tmp_path, ("share: {value: 0.2,", "share: {value: 0.3,"))


def test_an_exporter_is_checked_in_the_bloc_that_holds_for_it(tmp_path: Path):
    # 0.3 (all) for cars and 0.8 for parts of the EU: too much for Germany alone, which has no entry of its own.
    with pytest.raises(InputError, match=r"shares of C29 from EU27 to USA sum to 1\.1"):
        read(tmp_path, ("value: 0.6", "value: 0.8"))


def test_groups_are_disjoint(tmp_path: Path):
    with pytest.raises(
        InputError, match=r"products\.yaml:15: group 'parts' shares headings 870321 with 'cars'"
    ):
        read(tmp_path, ('"8708"', '"8703.21", "8708"'))


def test_every_importer_has_a_partition_of_its_own(tmp_path: Path):
    # Thailand tells small cars from the rest, which the United States do not; all numbers are made up.
    thai = """\
  - id: small-cars
    title: Small cars
    sector: C29
    hs: {edition: HS 2022, prefixes: ["8703.21"]}
    coverage:
      - {importer: THA, share: {value: 0.1, unit: share, status: assumption, source: s}}
claims:
"""
    products = read(tmp_path, ("claims:\n", thai))
    assert list(products.groups) == ["cars", "parts", "small-cars"]
    scope = HsScope(edition="HS 2022", prefixes=("870321",))
    assert products.within(scope) == {"small-cars"}
    assert (products.cut(scope, {"THA"}), products.cut(scope, {"USA", "JPN"})) == ([], ["cars"])
    with pytest.raises(InputError, match=r"'small-cars' shares headings 870321 with 'cars' \(.*USA"):
        read(tmp_path, ("claims:\n", thai.replace("THA", "USA")))


def test_mistakes_are_reported_together(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read(
            tmp_path,
            ("groups: [parts]", "groups: [prats]"),
            ("status: assumption, source: s", "status: assumption, source: t"),
        )
    found = [(problem.line, problem.message) for problem in caught.value.problems]
    assert found == [(27, "unknown product group 'prats'"), (11, "unknown source 't'")]


def test_weights_of_lines_sum_to_one(tmp_path: Path):
    with pytest.raises(InputError, match=r":30: spreads\.0: weights must sum to one"):
        read(tmp_path, ("[10, 0.25]", "[10, 0.3]"))


def test_claims_of_a_group_go_before_those_of_everything(tmp_path: Path):
    products = read(tmp_path)
    assert products.claimed("USA", "CAN", Product("C29", "cars")) == pytest.approx({"usmca": 0.9, "none": 0.1})
    assert products.claimed("USA", "CAN", Product("C29", "parts")) == pytest.approx({"usmca": 0.7, "none": 0.3})
    assert products.claimed("USA", "JPN", Product("C29")) == {"none": 1.0}


def scope(**held: object) -> Scope:
    return Scope.model_validate({"goods": True, **held})


@pytest.mark.parametrize(
    ("held", "inside", "found"),
    [
        ({"goods": False, "lists": ["l"]}, {"cars"}, {"C29"}),  # one of two groups is enough
        ({"goods": False, "lists": ["l"]}, set(), set()),
        ({"goods": False, "sectors": ["C29"]}, set(), {"C29"}),
        ({"goods": False, "sectors": ["C29"], "preference": ["none", "usmca"]}, set(), {"C29"}),
    ],
)
def test_a_scope_reaches_a_sector_where_it_covers_one_product_of_it(
    tmp_path: Path, held: dict[str, object], inside: set[str], found: set[str]
):
    assert read(tmp_path).sectors_in(scope(**held), frozenset(inside), frozenset()) == found


def test_what_is_known_of_one_importer_is_its_own_with_all_groups(tmp_path: Path):
    products = read(tmp_path)
    own, other = products.of("USA"), products.of("CAN")
    assert list(own.groups) == list(other.groups) == ["cars", "parts"]
    assert (own.coverage("cars", "USA", "JPN"), other.coverage("cars", "USA", "JPN")) == (
        products.coverage("cars", "USA", "JPN"),
        None,
    )
    assert own.claimed("USA", "CAN", Product("C29", "cars"))["usmca"] == pytest.approx(0.9)
    assert other.claimed("USA", "CAN", Product("C29", "cars")) == {"none": 1.0}
    assert len(own.lines("USA", "C13T15", 0.05)) == 3
    assert other.lines("USA", "C13T15", 0.05) == ((0.05, 1.0),)


def test_lines_are_scaled_to_the_mean_that_trade_shows(tmp_path: Path):
    products = read(tmp_path)
    lines = products.lines("USA", "C13T15", 0.05)
    assert lines == ((0.0, 0.5), (pytest.approx(0.05), 0.25), (pytest.approx(0.15), 0.25))
    assert products.lines("USA", "C28", 0.05) == ((0.05, 1.0),)
    spread = products.spreads["USA", "C13T15"]
    for own, scaled in (
        (((0.0, 0.5), (0.4, 0.5)), ((0.0, 0.5), (pytest.approx(0.1), 0.5))),
        (((0.0, 1.0),), ((0.05, 1.0),)),
    ):
        other = replace(products, spreads={("USA", "C13T15"): spread.model_copy(update={"lines": own})})
        assert other.lines("USA", "C13T15", 0.05) == scaled


def test_shipped_groups_leave_a_rest_in_no_sector_that_is_not_goods():
    products = Products.load()
    assert all(sectors()[group.sector].goods for group in products.groups.values())
    assert all(group.title and group.coverage for group in products.groups.values())


OWN = """\
title: Mine
sources: [{id: own, title: Mine, publisher: me, kind: own}]
"""
SIX = "{value: 6, unit: percent, status: assumption, source: own}"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (f"duties: [{{importer: THA, exporters: [JPN, EU27], sector: C29, rate: {SIX}}}]", {}),
        (
            "duties:\n"
            + "".join(
                f"  - {{importer: THA, exporters: [{names}], sector: {sector}, rate: {SIX}}}\n"
                for names, sector in (("JPN", "C29"), ("JPN, KOR", "C28"), ("KOR, JPN", "C29"))
            ),
            {6: "the duty of THA on C29 from JPN is given twice"},
        ),
        (
            f"duties: [{{importer: THA, exporters: [JPN], sector: C29, rate: {SIX.replace('own', 'owm')}}}]",
            {3: "unknown source 'owm'"},
        ),
        (
            f"more: [{{group: vehicles-323, mfn: [{{importer: THA, rate: {SIX}}}]}}]",
            {3: "unknown product group 'vehicles-323'"},
        ),
    ],
    ids=["right", "twice", "source", "group"],
)
def test_what_a_case_says_of_duties_and_groups_is_of_what_there_is(
    tmp_path: Path, more: str, told: dict[int, str]
) -> None:
    path = tmp_path / "products.yaml"
    path.write_text(OWN + more, encoding="utf-8")
    shipped = Products.load()
    if not told:
        assert with_own(shipped, load(path, CaseProductFile), path).duties
        return
    with pytest.raises(InputError) as caught:
        with_own(shipped, load(path, CaseProductFile), path)
    assert {one.line: one.message for one in caught.value.problems} == told


def test_what_a_case_knows_of_a_group_takes_the_place_of_what_was_known_of_the_same_trade(
    tmp_path: Path,
) -> None:
    def joined(products: Products, rate: int, share: float) -> Products:
        path = tmp_path / "products.yaml"
        rates = SIX.replace("value: 6", f"value: {rate}")
        shares = f"{{value: {share}, low: 0.01, high: 0.3, unit: share, status: assumption, source: own}}"
        cover = f"{{importer: THA, exporters: [JPN], share: {shares}}}"
        more = f"mfn: [{{importer: THA, rate: {rates}}}], coverage: [{cover}]"
        path.write_text(f"{OWN}more: [{{group: vehicles-232, {more}}}]", encoding="utf-8")
        return with_own(products, load(path, CaseProductFile), path)

    shipped = Products.load()
    found = joined(shipped, 7, 0.2)
    rate, share = found.mfn("vehicles-232", "THA"), found.coverage("vehicles-232", "THA", "JPN")
    assert (rate and rate.value, share and share.value) == (7, 0.2)
    for importer in ("USA", "EU27"):  # and of others what was known stays
        assert found.mfn("vehicles-232", importer) == shipped.mfn("vehicles-232", importer)
        assert found.coverage("vehicles-232", importer, "JPN") == shipped.coverage(
            "vehicles-232", importer, "JPN"
        )
