"""Measures in the words of a brief."""

from __future__ import annotations

from datetime import date

from tests.briefs import DAY, brief

from kosho.brief.law import NARROW, measure_summary
from kosho.law import Register


def test_every_kind_reads_as_what_it_is(law: Register) -> None:
    kinds = {one.kind: measure_summary(law, one, ["JPN", "USA"]).rate for one in law.measures if one.scope}
    assert kinds["ban"] == "banned"
    assert kinds["exemption"] == "exempt"
    assert kinds["standard"] == "a standard"
    assert "inside the quota" in kinds["tariff_quota"]
    assert kinds["floor"].endswith("in all")
    for one in law.measures:
        if one.scope is not None:
            assert measure_summary(law, one, ["JPN", "USA"]).rate != f"+0{NARROW}%", one.id


def test_inside_and_outside_of_a_quota_are_both_told(law: Register) -> None:
    british = next(one for one in law.measures if one.id == "us-232-autos-gbr")
    assert measure_summary(law, british, ["USA"]).rate == f"+7.5{NARROW}% inside the quota, +25{NARROW}% beyond"
    assert measure_summary(law, british, ["GBR"]).hits == ("GBR",)


def test_a_share_of_the_value_is_told_only_where_it_is_one(law: Register) -> None:
    texts = [measure_summary(law, one, []).rate for one in law.in_force(date(2025, 6, 29), date(2025, 6, 29))]
    assert any("on 85" in text for text in texts)
    assert not any("on 100" in text for text in texts)


def test_a_brief_says_to_which_day_the_law_was_verified_and_what_is_past_it() -> None:
    one = brief()
    assert one.law_verified_to["CHN"] < DAY
    assert "China up to 31 March 2025; the United States up to 30 June 2025" in one.law_verified.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert ("Later measures of China may be missing" in one.law_verified) is (one.law_verified_to["USA"] >= DAY)
