from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.measures import measure

from kosho import language
from kosho.errors import InputError
from kosho.law import Partners, Register
from kosho.law.scope import HsScope

FILE = """\
title: Test
covers: {imposer: USA, first: 2022-01-01, last: 2025-12-31}
sources:
  - {id: law, title: A law, publisher: A government, kind: primary}
measures:
  - id: one
    title: Ten percent
    imposer: USA
    authority: a
    scope: {goods: true}
    kind: tariff
    value: 10
    stage: in_force
    legal_from: 2025-04-05
    known_from: 2025-04-02
    legal_basis: order 1
    source: [law]
    status: fact
"""


def written(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "us.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        Register.load([path])
    return [str(problem).removeprefix(str(path)) for problem in caught.value.problems]


def test_the_file_is_read(tmp_path: Path):
    register = Register.load([written(tmp_path)])
    assert [measure.id for measure in register.measures] == ["one"]
    assert register.places["one"].endswith("us.yaml:6")


def test_headings_may_cut_through_what_another_importer_tells_apart(tmp_path: Path):
    thai = ("imposer: USA\n    auth", "imposer: THA\n    auth")
    cut = ("scope: {goods: true}", 'scope: {hs: {edition: HS 2022, prefixes: ["870322"]}}')
    assert Register.load([written(tmp_path, thai, cut)]).measure("one").imposer == "THA"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("    status: fact", "    statsu: fact"), (":18", "statsu", "unknown key", "status")),
        (
            ("legal_from: 2025-04-05", "legal_from: 2025-02-30"),
            (":14", "legal_from", "2025-02-30", "YYYY-MM-DD"),
        ),
        (
            ("imposer: USA\n    auth", "imposer: UAS\n    auth"),
            (":8", "unknown country or bloc 'UAS'", "did you mean", "USA"),
        ),
        (("source: [law]", "source: [lwa]"), (":17", "unknown source 'lwa'", "law")),
        (("scope: {goods: true}", "scope: {sectors: [C92]}"), (":10", "unknown sector 'C92'", "C29")),
        (
            ("scope: {goods: true}", "scope: {groups: [steal]}"),
            (":10", "unknown product group 'steal'", "steel"),
        ),
        (("scope: {goods: true}", "scope: {goods: false}"), (":10", "a scope names")),
        (("    value: 10\n", ""), (":6", "a tariff has a value")),
        (("value: 10", "value: -100"), (":12", "above -100 percent")),
        (("value: 10", "value: {JPM: 10}"), (":12", "unknown country or bloc 'JPM'", "JPN")),
        (("kind: tariff", "kind: tarif"), (":11", "kind")),
        (
            ("known_from: 2025-04-02", "known_from: 2025-04-02\n    legal_to: 2025-04-01"),
            ("legal_to 2025-04-01 is before",),
        ),
        (("kind: tariff", "kind: tariff\n    excludes: [tow]"), (":12", "unknown measure or authority 'tow'")),
        (("scope: {goods: true}", 'scope: {hs: {edition: HS 2022, prefixes: ["870"]}}'), (":10", "HS prefix")),
        (
            ("scope: {goods: true}", 'scope: {hs: {edition: HS 2022, prefixes: ["9903.94"]}}'),
            (":10", "chapter 99 holds headings of duties, no goods"),
        ),
        (
            ("scope: {goods: true}", 'scope: {hs: {edition: HS 2022, prefixes: ["77"]}}'),
            (":10", "no chapter 77"),
        ),
        (
            ("scope: {goods: true}", 'scope: {hs: {edition: HS 2023, prefixes: ["8703"]}}'),
            (":10", "unknown edition of the Harmonized System 'HS 2023'", "HS 2022"),
        ),
        (
            ("scope: {goods: true}", 'scope: {hs: {edition: cars of 87, prefixes: ["8703"]}}'),
            (":10", "'cars of 87' names no edition", "HTSUS 2025"),
        ),
        (("    legal_basis: ", "    legal_basis: ' ' # "), (":16", "legal_basis: says nothing")),
        (("id: one", f"id: {'a' * 81}"), (":6", "at most 80 characters")),
        (
            ("scope: {goods: true}", 'scope: {hs: {edition: HS 2022, prefixes: ["870322"]}}'),
            (":10", "cut through", "vehicles-232"),
        ),
        (("kind: tariff", "kind: ban"), (":6", "a ban has no value")),
        (
            ("known_from: 2025-04-02", "known_from: 2025-04-02\n    collected_from: 2025-04-01"),
            ("collected_from 2025-04-01 is before",),
        ),
        (
            ("scope: {goods: true}", "scope: {goods: true, content: {metal_content: [15, 0]}}"),
            (":10", "from a lower to a higher"),
        ),
        (
            ("scope: {goods: true}", "scope: {goods: true, content: {gold_content: [0, 15]}}"),
            (":10", "gold_content"),
        ),
        (("kind: tariff", "kind: specific"), (":6", "a unit such as USD/kg")),
        (("kind: tariff", "kind: tariff_quota"), (":6", "has value_out")),
        (("kind: tariff", "kind: tariff\n    unit: USD"), (":12", "unit")),
        (("kind: tariff", "kind: tariff\n    floor_base: claimed"), (":6", "only a floor")),
        (("scope: {goods: true}", "scope: {goods: true, not_lists: [anex]}"), (":10", "unknown list 'anex'")),
        (
            ("scope: {goods: true}", "scope: {goods: true, attributes: {us_232: maybe}}"),
            (":10", "yes or no"),
        ),
    ],
)
def test_a_mistake_is_named_with_line_and_what_is_right(tmp_path: Path, change, words):
    found = mistakes(written(tmp_path, change))
    assert len(found) == 1 or "is missing" in found[0]
    for word in words:
        assert word in found[-1]


def test_mistakes_are_reported_together(tmp_path: Path):
    path = written(
        tmp_path,
        ("    status: fact", "    statsu: fact"),
        ("2025-04-05", "soon"),
        ("imposer: USA\n    a", "imposer: UAS\n    a"),
    )
    found = mistakes(path)
    assert len(found) == 4
    assert {text.split(":")[1] for text in found} == {"6", "8", "14", "18"}


def test_mistakes_of_several_files_are_reported_together(tmp_path: Path):
    first = written(tmp_path, ("value: 10", "value: ten"))
    other = tmp_path / "other"
    other.mkdir()
    second = written(other, ("kind: primary", "kind: primry"))
    with pytest.raises(InputError) as caught:
        Register.load([first, second])
    assert [problem.file for problem in caught.value.problems] == [str(first), str(second)]


def test_an_id_given_twice_is_refused(tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(
        InputError, match=r"other/us\.yaml:6: measure 'one' is given twice, first at .*us\.yaml:6"
    ):
        Register.load([written(tmp_path), written(other)])


def test_a_partner_goes_before_its_bloc_and_a_bloc_before_all():
    rates = measure(value={"all": 10, "EU27": 15, "DEU": 20})
    assert [rates.rate_on(code) for code in ("DEU", "FRA", "JPN")] == [0.20, 0.15, 0.10]
    assert measure(value={"EU27": 15}).rate_on("JPN") is None


def test_partners_are_blocs_and_economies_less_those_excluded():
    partners = Partners(include=("all",), exclude=("USMCA", "RUS"))
    assert "JPN" in partners
    assert not any(code in partners for code in ("CAN", "MEX", "USA", "RUS"))
    assert measure(partners={"include": ["EU27"], "exclude": ["IRL"]}).rate_on("IRL") is None


STEEL = {"value": 1, "unit": "thousand tonnes", "status": "assumption", "source": "s"}
QUOTA = {"kind": "tariff_quota", "value_out": 20}


def _share(value: float, low: float | None = None, high: float | None = None) -> dict[str, object]:
    return {"value": value, "low": low, "high": high, "unit": "share", "status": "assumption", "source": "s"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "exemption", "excludes": ["x"]}, "has no value"),
        ({"kind": "exemption", "value": None}, "names what it excludes"),
        ({"kind": "exemption", "value": None, "excludes": ["x"]}, None),
        ({"kind": "termination", "value": None, "terminates": ["x"]}, "has no scope"),
        ({"kind": "termination", "value": None, "scope": None}, "names what it terminates"),
        ({"terminates": ["x"]}, "only a termination"),
        ({"scope": None}, "needs a scope"),
        ({"value": None}, "a tariff has a value"),
        ({"value": {"JPN": 1}, "partners": {"include": ["JPN"]}}, "not in both"),
        ({**QUOTA, "value_out": {"JPN": 1}, "partners": {"include": ["JPN"]}}, "not in both"),
        ({"value": float("inf")}, "larger than anything"),
        ({"value": -100, "insist": "meant"}, "above -100 percent"),
        ({"value": -99, "insist": "meant"}, None),
        ({"value": -5}, "value"),
        ({"insist": " "}, "insist says why"),
        ({"clause": "security"}, "it has no clause"),
        ({"kind": "unpriced", "value": None, "clause": "security"}, None),
        ({"unconfirmed_from": "2024-12-31"}, "before it starts"),
        ({"unconfirmed_from": "2025-01-01"}, None),
        ({"unconfirmed_from": "2025-01-31", "collected_from": "2025-02-01"}, "before it starts, 2025-02-01"),
        ({"collected_from": "2024-12-31"}, "before legal_from"),
        ({"collected_from": "2025-01-01"}, None),
        ({"collected_from": "2025-03-01", "legal_to": "2025-02-28"}, "is after legal_to 2025-02-28"),
        ({"unconfirmed_from": "2025-03-01", "legal_to": "2025-02-28"}, "is after legal_to 2025-02-28"),
        (
            {
                "kind": "purchase",
                "value": None,
                "terms": {"amount": {**STEEL, "value": -5, "unit": "million USD"}, "basis": "increment"},
            },
            "not -5",
        ),
        ({"legal_to": "2024-12-31"}, "before legal_from"),
        ({"legal_to": "2025-01-01"}, None),
        ({**QUOTA, "value_out": None}, "has value_out"),
        ({"value_out": 20}, "has value_out"),
        ({**QUOTA, "quota_share": _share(0.5)}, None),
        ({"quota_share": _share(0.5)}, "only a tariff quota"),
        ({"quota": {"amount": {**STEEL, "unit": "million USD"}}}, "only a tariff quota"),
        ({"kind": "specific"}, "a unit such as USD/kg"),
        ({"unit": "USD/kg"}, "a unit such as USD/kg"),
        ({"kind": "specific", "unit": "USD/kg"}, None),
        ({**QUOTA, "unit": "USD/kg"}, None),
        ({"floor_base": "claimed"}, "only a floor"),
        ({"kind": "floor", "floor_base": "claimed"}, None),
        ({"kind": "cut", "value": 100}, None),
        ({"kind": "bind", "value": 0}, None),
        ({"value_share": _share(1)}, None),
        ({"value_share": _share(0)}, None),
        ({"value_share": _share(0.5, 0, 1)}, None),
        ({"value_share": _share(0.5, -0.1, 1)}, "from 0 to 1"),
        ({"value_share": _share(0.5, 0.1, 1.1)}, "from 0 to 1"),
        ({"value_share": _share(1.1)}, "from 0 to 1"),
    ],
)
def test_kinds_that_contradict_their_keys_are_refused(changes: dict[str, object], words: str | None):
    if words is None:
        assert measure(**changes).id == "m"
        return
    with pytest.raises(ValueError, match=words):
        measure(**changes)


@pytest.mark.parametrize(
    ("known", "last"),
    [
        (None, "2025-12-31"),
        ("2025-02-28", None),
        ("2025-03-01", "2025-06-30"),
        ("2025-05-31", "2025-06-30"),
        ("2025-06-01", "2025-12-31"),
        ("2030-01-01", "2025-12-31"),
    ],
)
def test_a_last_day_that_changed_is_what_was_known(known: str | None, last: str | None):
    one = measure(legal_to={"2025-06-01": "2025-12-31", "2025-03-01": "2025-06-30"})
    day = one.last_day(None if known is None else date.fromisoformat(known))
    assert (None if day is None else str(day)) == last
    assert str(one.legal_to) == "2025-12-31"
    assert str(measure(legal_to="2025-06-30").last_day(date(2020, 1, 1))) == "2025-06-30"


def test_a_tariff_quota_is_the_mean_of_what_is_paid_inside_and_beyond():
    one = measure(**QUOTA, quota_share=_share(0.75), value={"JPN": 10, "KOR": 2})
    assert one.rate_on("JPN") == pytest.approx(0.75 * 0.1 + 0.25 * 0.2)
    assert (one.level_on("KOR"), one.level_on("KOR", in_quota=False)) == (2, 20)
    assert one.rate_on("CHN") is None
    assert measure(**QUOTA).rate_on("JPN") == pytest.approx(0.1)  # all of it inside
    assert measure(kind="unpriced", value=None).level_on("JPN") == 0


METAL = {**_share(0.4), "attribute": "metal_content"}


@pytest.mark.parametrize(
    ("share", "told", "taxed"),
    [
        ({}, None, 0.4),
        ({"unstated": "whole"}, None, 1.0),
        ({}, 30, 0.3),
        ({"of": "rest"}, 30, 0.7),
        ({"attribute": "us_content"}, 30, 0.7),
        ({"attribute": "us_content", "of": "content"}, 30, 0.3),
        ({"at_least": 20}, 19, 0.0),
        ({"at_least": 20}, 20, 0.2),
        ({"at_most": 25}, 25, 0.25),
        ({"at_most": 25}, 26, 0.25),
        ({"attribute": "us_content", "at_least": 20}, 19, 1.0),
    ],
)
def test_the_share_of_the_value_follows_what_is_told(
    share: dict[str, object], told: float | None, taxed: float
):
    one = measure(value_share={**METAL, **share})
    name = one.value_share.attribute
    assert one.taxed_given({} if told is None else {name: told}) == pytest.approx(taxed)
    assert one.taxed_share() == 0.4
    assert measure().taxed_share() == measure().taxed_given({"metal_content": 10}) == 1.0


def test_headings_hold_what_is_under_them_and_touch_what_they_cut():
    scope = HsScope(edition="HS 2022", prefixes=("8703.22", "8704"))
    assert scope.holds("87032201")
    assert scope.holds("870421")
    assert not scope.holds("8703")
    assert scope.touches("8703")
    assert not scope.touches("8705")


LIST = """\
lists:
  cars: {title: Cars, edition: HS 2022, prefixes: ["8703"], except: ["8703.10"], source: [law]}
measures:
"""


def test_a_list_is_read_with_its_exceptions(tmp_path: Path):
    path = written(tmp_path, ("measures:\n", LIST), ("scope: {goods: true}", "scope: {lists: [cars]}"))
    book = Register.load([path])
    assert (book.lists["cars"].prefixes, book.lists["cars"].without) == (("8703",), ("870310",))
    assert book.not_translated == {"one": "no product group stands for its headings"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('except: ["8703.10"]', 'except: ["8704.10"]'), (":6", "870410 is under none of the prefixes")),
        (("source: [law]}", "source: [lwa]}"), (":6", "unknown source 'lwa'")),
        (
            ("edition: HS 2022,", "edition: HS 2022, groups: [vehicles],"),
            (":6", "unknown product group 'vehicles'"),
        ),
        (("scope: {goods: true}", "scope: {lists: [car]}"), (":12", "unknown list 'car'", "cars")),
    ],
)
def test_a_mistake_about_a_list_is_named(tmp_path: Path, change, words):
    (found,) = mistakes(written(tmp_path, ("measures:\n", LIST), change))
    assert all(word in found for word in words)


def test_lists_and_sources_are_known_to_all_files(tmp_path: Path):
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    lists = FILE.replace("measures:\n", LIST)
    one.write_text(lists[: lists.index("measures:")], encoding="utf-8")
    only = FILE[FILE.index("measures:") :].replace("scope: {goods: true}", "scope: {lists: [cars]}")
    other.write_text("title: Other\n" + only, encoding="utf-8")
    assert [item.id for item in Register.load([one, other]).measures] == ["one"]
    other.write_text(FILE.replace("A law", "Another law"), encoding="utf-8")
    with pytest.raises(InputError, match=r"other.yaml:4: .*source 'law' is given twice, and not alike"):
        Register.load([one, other])
    other.write_text(one.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InputError, match=r"other.yaml:6: .*list 'cars' is given twice, first at .*one.yaml:6"):
        Register.load([one, other])


@pytest.mark.parametrize(
    ("tag", "told"), [("en", "unknown country or bloc 'JPX'; did you mean"), ("ja", "国又は経済圏")]
)
def test_a_code_that_is_none_is_told_in_the_language_asked_for(tag, told):
    with language.use(tag), pytest.raises(ValidationError, match=told):
        measure(partners={"include": ["JPX"]})
