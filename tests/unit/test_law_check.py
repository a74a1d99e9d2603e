from __future__ import annotations

from pathlib import Path

import pytest

from kosho.errors import InputError
from kosho.law import Register
from kosho.law.check import contradictions

HEAD = """\
title: test
sources:
  - {id: law, title: L, publisher: P, date: 2025-03-26, kind: primary}
  - {id: news, title: N, publisher: P, date: 2025-05-01, kind: secondary}
lists:
  cars: {title: Cars, edition: HS 2022, prefixes: ["8703"], source: [law]}
measures:
"""
FIELDS = {
    "title": "T",
    "imposer": "USA",
    "authority": "one",
    "scope": "{goods: true}",
    "kind": "tariff",
    "value": "10",
    "stage": "in_force",
    "legal_from": "2025-04-01",
    "known_from": "2025-03-26",
    "legal_basis": "law",
    "source": "[law]",
    "status": "fact",
}
END = {"kind": "termination", "value": None, "scope": None}


def entry(name: str, **changes: str | None) -> str:
    """One measure on one line."""
    fields = {"id": name, **FIELDS, **changes}
    return "  - {" + ", ".join(f"{key}: {value}" for key, value in fields.items() if value is not None) + "}\n"


def found(tmp_path: Path, *entries: str) -> list[str]:
    path = tmp_path / "r.yaml"
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    try:
        problems = contradictions(Register.load([path]))
    except InputError as error:
        problems = list(error.problems)
    return [str(problem).replace(f"{path}:", "r.yaml:") for problem in problems]


FIRST, SECOND = 8, 9  # lines of the entries


def test_a_register_without_contradictions_has_none(tmp_path: Path):
    assert found(tmp_path, entry("a"), entry("b", authority="two")) == []


@pytest.mark.parametrize(
    "partners",
    [
        "{include: []}",
        "{include: [JPN], exclude: [JPN]}",
        "{include: [USA]}",
        "{include: [DEU], exclude: [EU27]}",
    ],
)
def test_a_duty_on_goods_of_nobody(partners: str, tmp_path: Path):
    (told,) = found(tmp_path, entry("a", partners=partners), entry("b", authority="two"))
    assert told.startswith(f"r.yaml:{FIRST}: a: hits nobody: ")


def test_a_claim_to_be_complete_that_nothing_bears_out(tmp_path: Path):
    path = tmp_path / "r.yaml"
    claim = "covers: {imposer: THA, first: 2022-01-01, last: 2026-12-31}\n"
    path.write_text(HEAD.replace("sources:", f"{claim}sources:") + entry("a"), encoding="utf-8")
    register = Register.load([path])
    assert register.covers == ()
    (problem,) = contradictions(register)
    assert str(problem) == (
        f"{path}:2: covers: says that all of THA from 2022-01-01 to 2026-12-31 is held, and has none of it "
        "(say it in the file of the measures)"
    )
    path.write_text(path.read_text(encoding="utf-8").replace("THA", "USA"), encoding="utf-8")
    assert contradictions(Register.load([path])) == []


def test_rules_that_exclude_each_other_both_ways(tmp_path: Path):
    (problem,) = found(
        tmp_path,
        entry("a", excludes="[b]"),
        entry("b", authority="two", excludes="[one]"),
    )
    assert problem.startswith(
        f"r.yaml:{FIRST}: excludes: measures exclude one another in a circle: a (r.yaml:8)"
    )
    assert "b (r.yaml:9)" in problem


def test_an_end_of_something_unknown(tmp_path: Path):
    (problem,) = found(tmp_path, entry("a"), entry("end", **END, terminates="[aa]"))
    assert problem == f"r.yaml:{SECOND}: terminates: unknown measure 'aa' (did you mean a?)"


@pytest.mark.parametrize(
    ("ended", "end", "words"),
    [
        ({"imposer": "JPN"}, {}, "ends a (r.yaml:8), a measure of JPN"),
        (
            {"legal_to": "2025-05-01"},
            {"legal_from": "2025-06-01"},
            "ends a (r.yaml:8) on 2025-06-01, which ended",
        ),
        (
            {"legal_from": "2025-08-01"},
            {"legal_from": "2025-06-01", "legal_to": "2025-07-01"},
            "suspends a (r.yaml:8), which begins later",
        ),
    ],
)
def test_an_end_that_ends_nothing(tmp_path: Path, ended, end, words):
    (problem,) = found(tmp_path, entry("a", **ended), entry("end", **END, terminates="[a]", **end))
    assert problem.startswith(f"r.yaml:{SECOND}: end: {words}")


def test_one_authority_twice_on_one_product(tmp_path: Path):
    (problem,) = found(tmp_path, entry("a"), entry("b", scope="{lists: [cars]}", legal_from="2025-06-01"))
    assert problem.startswith(f"r.yaml:{SECOND}: b: overlaps a (r.yaml:8): both claim 8703 from ")
    assert "on 2025-06-01 under one" in problem


SHARE = "{value: 0.4, unit: share, status: fact, source: law}"


@pytest.mark.parametrize(
    "changes",
    [
        {"excludes": "[a]"},
        {"authority": "two"},
        {"legal_from": "2026-01-01"},  # the first has ended
        {"partners": "{include: [CHN]}"},
        {"scope": "{goods: true, preference: [usmca]}"},
        {"scope": "{lists: [cars]}"},  # the first leaves cars out
        {"scope": "{goods: true, attributes: {in_quota: yes}}"},
        {"stage": "never_in_force"},
        {"imposer": "JPN"},
        {"value_share": SHARE},  # and the first on the rest
    ],
)
def test_duties_that_do_not_meet(tmp_path: Path, changes):
    first = entry(
        "a",
        legal_to="2025-12-31",
        partners="{exclude: [CHN]}",
        scope="{goods: true, not_lists: [cars], preference: [none], attributes: {in_quota: no}}",
        value_share="{value: 0.6, unit: share, status: fact, source: law}",
    )
    assert found(tmp_path, first, entry("b", **changes)) == []
    assert len(found(tmp_path, first, entry("b"))) == 1


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("[20, 60]", "[50, 101]", True),
        ("[50, 101]", "[20, 60]", True),
        ("[20, 50]", "[50, 101]", False),
        ("[50, 101]", "[20, 50]", False),
        ("[20, 51]", "[50, 101]", True),
        ("[0, 20]", "[60, 101]", False),
    ],
)
def test_duties_on_goods_of_one_content_meet(tmp_path: Path, one: str, other: str, *, meet: bool):
    law = [
        entry(k, scope=f"{{goods: true, content: {{us_content: {held}}}}}")
        for k, held in zip("ab", (one, other), strict=True)
    ]
    assert bool(found(tmp_path, *law)) is meet


def test_what_ends_or_exempts_one_of_two_resolves_an_overlap(tmp_path: Path):
    end = entry("end", **END, terminates="[a]", legal_from="2025-06-01")
    assert found(tmp_path, entry("a"), entry("b", legal_from="2025-06-01"), end) == []
    free = entry("free", authority="two", kind="exemption", value=None, excludes="[a]")
    assert found(tmp_path, entry("a"), entry("b"), free) == []


@pytest.mark.parametrize(
    ("suspended", "free", "taken"),
    [
        (("2025-06-01", "2025-06-30"), ("2025-06-01", "2025-06-30"), ("2025-05-31", "2025-07-01")),
        (("2025-04-01", "2025-04-30"), ("2025-04-01", "2025-04-30"), ("2025-05-01", "2025-12-31")),
        (("2025-12-01", "2025-12-31"), ("2025-12-01", "2025-12-31"), ("2025-04-01", "2025-11-30")),
        (("2025-03-26", "2025-04-01"), ("2025-04-01",), ("2025-04-02",)),
        (("2025-12-31", "2026-01-31"), ("2025-12-31", "2026-01-01"), ("2025-12-30",)),
    ],
)
def test_another_duty_may_stand_on_the_days_of_a_suspension_and_no_others(
    tmp_path: Path, suspended: tuple[str, str], free: tuple[str, ...], taken: tuple[str, ...]
):
    start, stop = suspended
    law = (
        entry("a", legal_to="2025-12-31"),
        entry("end", **END, terminates="[a]", legal_from=start, legal_to=stop),
    )
    for day in free:
        assert found(tmp_path, *law, entry("b", legal_from=day, legal_to=day)) == []
    for day in taken:
        (problem,) = found(tmp_path, *law, entry("b", legal_from=day, legal_to=day))
        assert f"on {day} under one" in problem


def test_a_measure_known_before_it_was_announced(tmp_path: Path):
    (problem,) = found(tmp_path, entry("a", known_from="2025-03-25"))
    assert problem.startswith(f"r.yaml:{FIRST}: a: known from 2025-03-25, before it was announced")
    assert "its first source is of 2025-03-26" in problem
    assert found(tmp_path, entry("a", source="[law, news]")) == []
    assert len(found(tmp_path, entry("a", source="[news]"))) == 1


def test_a_measure_that_excludes_itself(tmp_path: Path):
    (problem,) = found(tmp_path, entry("a", excludes="[a]"))
    assert problem == f"r.yaml:{FIRST}: a: excludes itself"


def test_findings_stand_in_the_order_of_the_file(tmp_path: Path):
    problems = found(tmp_path, entry("a", excludes="[a]"), entry("b", known_from="2025-03-01"), entry("c"))
    lines = [int(problem.split(":")[1]) for problem in problems]
    assert lines == sorted(lines)
    assert len(problems) >= 4


def test_the_shipped_register_contradicts_itself_nowhere(law: Register):
    assert contradictions(law) == []


STANDARD = {"kind": "standard", "value": None, "scope": "{sectors: [C29]}", "imposer": "JPN"}
DEGREE = "degree: {value: 1, unit: share, status: fact, source: law}, extends_to: all"
WHOLE = (
    "top_down: {ave: {value: 20, unit: percent, status: fact, source: law}, "
    "actionable: {value: 1, unit: share, status: fact, source: law}}"
)
PIECES = "bottom_up: {" + ", ".join(
    f"{key}: {{value: 9, unit: {unit}, status: fact, source: law}}"
    for key, unit in (("fixed_cost", "USD"), ("units", "vehicles"), ("price", "USD"))
) + "}"  # fmt: skip


def test_one_barrier_priced_twice(tmp_path: Path):
    whole = entry("a", **STANDARD, terms=f"{{{DEGREE}, {WHOLE}}}")
    pieces = {**STANDARD, "terms": f"{{{DEGREE}, {PIECES}}}", "authority": "two"}
    (told,) = found(tmp_path, whole, entry("b", **pieces))
    assert told.startswith(
        f"r.yaml:{SECOND}: b: prices the same barrier as a (r.yaml:{FIRST}): one priced bottom"
    )
    # Not where they follow one another, nor where one is only announced.
    assert found(tmp_path, whole, entry("b", **{**pieces, "stage": "announced"})) == []
    ended = entry("a", **STANDARD, terms=f"{{{DEGREE}, {WHOLE}}}", legal_to="2025-05-31")
    assert found(tmp_path, ended, entry("b", **{**pieces, "legal_from": "2025-06-01"})) == []


def test_a_purchase_beyond_a_quota(tmp_path: Path):
    about = {"value": None, "scope": "{sectors: [C28]}", "imposer": "JPN"}

    def amount(share: float) -> str:
        return f"{{amount: {{value: {share}, unit: share, status: fact, source: law}}, basis: share}}"

    cap = entry("cap", **about, kind="quota", terms=amount(0.5))
    (told,) = found(tmp_path, cap, entry("more", **about, kind="purchase", terms=amount(0.9)))
    assert told.startswith(f"r.yaml:{SECOND}: more: promises 0.9 share, and cap (r.yaml:{FIRST}) lets in 0.5")
    assert found(tmp_path, cap, entry("more", **about, kind="purchase", terms=amount(0.4))) == []
