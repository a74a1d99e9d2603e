"""What is wrong with a corridor is told with its line, before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.corridors import shipped_text, small

from kosho.corridor import (
    Corridor,
    between,
    checks,
    parameters,
    read,
    schema,
    sensitivity,
    shipped,
    under,
    with_values,
)
from kosho.corridor.checks import mistakes, utilisation
from kosho.corridor.loading import ports, release_times
from kosho.corridor.schema import ALWAYS
from kosho.corridor.traffic import expected_visits
from kosho.errors import InputError
from kosho.provenance import Cited


def broken(folder: Path, old: str, new: str) -> tuple[list[str], int]:
    """Messages for the shipped file with one change, and the line of the change."""
    text = shipped_text()
    assert old in text
    path = folder / "corridor.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    line = text[: text.index(old)].count("\n") + 1
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems], line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("code: JPUKB", "code: JPUKX", "unknown port 'JPUKX' (did you mean JPUKB"),
        ("code: TWKHH", "code: kaohsiung", "unknown port 'kaohsiung'"),
        ("mix: {C20: 0.2,", "mix: {C20: 0.3,", "shares add up to 1.1, not 1"),
        ("mix: {C20: 0.2,", "mix: {C99: 0.2,", "unknown sector of goods 'C99'"),
        ("value: 8, low: 5, high: 16,", "value: 1,", "of capacity would be needed"),
        ("value: 8, low: 5, high: 16,", "value: 0,", "at least one, or unlimited"),
        ("value: 8, low: 5, high: 16,", "value: 2.5,", "whole number of servers"),
        ("hours: brokers\n", "hours: broker\n", "unknown hours 'broker' (did you mean brokers"),
        ("start: 2026-06-15", "start: 2026-06-16", "is not a Monday"),
        ("source: customs-9602", "source: customs-9603", "unknown source 'customs-9603'"),
        ("to: customs-long}", "to: customs-late}", "unknown hours 'customs-late'"),
        ("[mon 06:00,", "[mon 6am,", "a call is written `mon 06:00`"),
        ('opens: "08:30", closes: "17:15"', 'opens: "08:30", closes: "07:15"', "a shift closes after it opens"),
        ("parameter: early.activation.mean", "parameter: early.activation.men", "no such parameter"),
        ("pays_later: true", "pays: true", "unknown key"),
        ("days: 28", "days: 100000000", "more than the 3,660 there may be"),
        ("days: 28", "days: 5000", "a few weeks are enough"),
        ("unit: hours,", "unit: days,", "in hours or hours of work, not in 'days'"),
        ("unit: share,", "unit: percent,", "in share or ratio, not in 'percent'"),
        ("unit: USD,", "unit: JPY,", "in USD, not in 'JPY'"),
        ("mix: {C20: 0.2,", "mix: {C20: .nan,", "nan is not a number"),
        ("staff: 0.5", "staff: 50", "at most 1"),
        (
            'opens: "17:15", closes: "21:00"',
            'opens: "17:00", closes: "21:00"',
            "150% of the servers work at 17:00",
        ),
        ("to: {value: 0.8, low: 0.6, high: 0.95,", "to: {value: 0.8, low: -1,", "must not be negative"),
        (
            "to: {value: 0.8, low: 0.6, high: 0.95, unit: share,",
            "to: {value: 0.8, unit: days,",
            "in share, not in",
        ),
        (", to: customs-long}", "}", "a change says either `to` or `times`"),
    ],
)
def test_mistakes_name_their_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    messages, line = broken(tmp_path, old, new)
    assert any(words in message for message in messages), messages
    # A scenario's mistake is told at the scenario, others at the key or where its list begins.
    told = [int(message.split(":")[0]) for message in messages if words in message]
    assert any(line - 6 <= at <= line for at in told), (messages, line)


def test_a_stage_without_capacity(tmp_path: Path) -> None:
    messages, _ = broken(
        tmp_path, "    servers: {value: 6, low: 4, high: 12, unit: lanes", "    server: {value: 6, unit: lanes"
    )
    assert any("stages.exit.servers: is missing" in message for message in messages)


def test_shares_of_channels(tmp_path: Path) -> None:
    old = "green: {value: 0.8,"
    messages, line = broken(tmp_path, old, "green: {value: 0.7,")
    assert messages == [f"{line - 1}: types.industrial.channels: shares add up to 0.9, not 1"]


def test_a_port_that_is_not_listed_needs_a_source(tmp_path: Path) -> None:
    path = tmp_path / "corridor.yaml"
    path.write_text(shipped_text().replace("{code: JPUKB,", "{code: JPSMZ, source: UNECE,"), encoding="utf-8")
    assert read(path).destination.code == "JPSMZ"
    assert "JPSMZ" not in ports()


def test_ports_of_the_command() -> None:
    assert shipped() == (("JPUKB", "TWKHH"), ("TWKHH", "JPUKB"))
    with pytest.raises(InputError, match="unknown port 'TWKHX'"):
        between("TWKHX", "JPUKB")
    with pytest.raises(InputError, match="no corridor from JPUKB to TWKEL is shipped"):
        between("JPUKB", "TWKEL")


def test_where_nothing_is_published_nothing_is_fitted_and_no_time_is_a_fact() -> None:
    back = between("JPUKB", "TWKHH")
    assert back.targets == ()
    standing = {path: cited.status for path, cited in parameters(back).items()}
    sourced = {path for path, status in standing.items() if status != "assumption"}
    assert sourced == {"value_of_time", "recognition.examined"}


def test_every_number_has_a_source_and_what_is_assumed_a_range() -> None:
    corridor = small()
    exact = {"value_of_time", "recognition.since"}
    for path, cited in parameters(corridor).items():
        if cited.status == "assumption" and path not in exact and not path.endswith("green"):
            assert cited.low is not None, path
            assert cited.high is not None, path
            assert cited.low < cited.high, path


def test_fitted_parameters_are_marked() -> None:
    corridor = small()
    fitted = {str(target.parameter) for target in corridor.targets if target.parameter}
    marked = {path for path, cited in parameters(corridor).items() if cited.source == "calibration"}
    assert fitted == marked


def test_targets_are_what_was_published() -> None:
    published = {(row["measure"], row["year"], row["scope"]): float(row["hours"]) for row in release_times()}
    targets = {target.moment: target.value.value for target in small().targets}
    total = "arrival-to-permit"
    assert targets["arrival-to-permit"] == published[total, "2015", "sea"]
    assert targets["declaration-to-permit"] == published["declaration-to-permit", "2024", "sea"]
    early = published[total, "2012", "sea, documents examined before arrival"]
    late = published[total, "2012", "sea, documents not examined before arrival"]
    assert targets["gain-of-early-lodgement"] == pytest.approx(late - early)
    share = parameters(small())["types.industrial.lodged_early"].value
    assert share * early + (1 - share) * late == pytest.approx(published[total, "2012", "sea"], abs=0.05)
    other = published[total, "2012", "sea, subject to other laws"]
    rest = published[total, "2012", "sea, not subject to other laws"]
    assert targets["cost-of-other-laws"] == pytest.approx(other - rest)


def test_series_against_the_shared_facts(shared: Path) -> None:
    facts = (shared / "facts" / "customs_facts.csv").read_text(encoding="utf-8")
    names = {
        "declaration-to-permit": "JP sea: declaration to permit (mean)",
        "arrival-to-permit": "JP sea: arrival to permit (mean)",
        "declaration-to-permit-trusted": "JP sea AEO special declaration (mean)",
    }
    for row in release_times():
        if row["scope"] == "sea" and row["measure"] in names:
            assert f"{names[row['measure']]},hours,{row['year']},{row['hours']}," in facts


def test_other_values() -> None:
    corridor = with_values(small(), {"types.*.channels.inspection": 0.09, "stages.documents.hours": "always"})
    channels = [kind.channels for kind in corridor.types.values()]
    assert {one.inspection.value for one in channels} == {0.09}
    assert all(one.green.value + one.documents.value + 0.09 == pytest.approx(1) for one in channels)
    assert corridor.stages.documents.hours == "always"
    with pytest.raises(InputError, match="no such parameter"):
        with_values(small(), {"stages.document.hours": "always"})
    with pytest.raises(InputError, match="not possible"):
        with_values(small(), {"types.regulated.channels.inspection": 0.9})


def test_scenarios_change_what_they_say() -> None:
    corridor = small()
    changed = under(corridor, "joint-targeting")
    before, after = parameters(corridor), parameters(changed)
    differing = {path for path in before if before[path].value != after[path].value}
    assert {path.split(".", 2)[2] for path in differing} <= {
        "channels.documents",
        "channels.inspection",
        "channels.green",
    }
    assert after["types.industrial.channels.documents"].value == pytest.approx(0.17 * 0.7)
    with pytest.raises(InputError, match="unknown scenario"):
        under(corridor, "joint")


def test_utilisation_by_hand() -> None:
    corridor: Corridor = small()
    exits = sum(kind.per_week.value for kind in corridor.types.values()) * 0.15
    assert utilisation(corridor)["exit"] == pytest.approx(
        exits / (6 * 8 * 6)
    )  # six lanes, eight hours, six days
    always = corridor.stages.exit.model_copy(update={"hours": ALWAYS})
    open_ = corridor.model_copy(update={"stages": corridor.stages.model_copy(update={"exit": always})})
    assert utilisation(open_)["exit"] == pytest.approx(exits / (6 * 24 * 7))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["documents", "inspection", "payment"])
def test_work_of_those_who_are_asked(name: str, known: bool) -> None:
    """Trusted traders are examined less and pay later; exporters that are recognised are examined less."""
    corridor = small().model_copy(update={} if known else {"recognition": None})
    stage = getattr(corridor.stages, name).model_copy(update={"hours": ALWAYS, "repeat": None})
    stage = stage.model_copy(update={"servers": small().stages.exit.servers})
    corridor = corridor.model_copy(update={"stages": corridor.stages.model_copy(update={name: stage})})
    value = {path: cited.value for path, cited in parameters(corridor).items()}
    asked = 0.0
    for kind in corridor.types:
        trusted = value[f"types.{kind}.trusted"]
        if name == "payment":
            share = value["stages.payment.needed"] * (1 - trusted)
        else:
            share = value[f"types.{kind}.channels.inspection"]
            share += value[f"types.{kind}.channels.documents"] if name == "documents" else 0
            share *= 1 - trusted * (1 - value["trusted.examined"])
            if known:
                share *= 1 - value["recognition.exporters"] * (1 - value["recognition.examined"])
        asked += value[f"types.{kind}.per_week"] * share
    hours = asked * value[f"stages.{name}.time.mean"]
    assert utilisation(corridor)[name] == pytest.approx(hours / (6 * 168))


def test_a_visit_that_is_repeated_is_work_again_six_times_at_most() -> None:
    stage = small().stages.documents
    assert stage.repeat is not None
    for again, visits in ((0.0, 1.0), (0.5, 1.96875), (1.0, 6.0)):
        repeat = stage.repeat.model_copy(update={"value": again})
        assert expected_visits(stage.model_copy(update={"repeat": repeat})) == pytest.approx(visits)
    assert expected_visits(stage.model_copy(update={"repeat": None})) == 1.0


def told(corridor: Corridor) -> list[str]:
    return [f"{one.key}: {one.message} ({one.hint})" for one in mistakes(corridor, ports())]


def of_days(days: int, warm_up: int = 7, cool_down: int = 3) -> Corridor:
    window = small().window.model_copy(update={"days": days, "warm_up": warm_up, "cool_down": cool_down})
    return small().model_copy(update={"window": window})


def test_a_window_has_as_many_days_as_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(of_days(3_650)) == []
    assert "3,661 days in all, more than the 3,660" in told(of_days(3_651))[0]
    assert "3,660" in told(of_days(3_650, 8))[0]
    assert "3,660" in told(of_days(3_650, 7, 4))[0]
    # 665 consignments a week: 70 days are 6,650
    monkeypatch.setattr(checks, "MOST_CONSIGNMENTS", 6_650)
    assert told(of_days(60)) == []
    (one,) = told(of_days(130))
    assert one == "window.days: about 13,300 consignments, more than the 6,650 there may be (70 days would fit)"
    monkeypatch.setattr(checks, "MOST_CONSIGNMENTS", 90)
    assert "(fewer a week)" in told(of_days(60))[0]


@pytest.mark.parametrize(("closes", "wrong"), [("08:31", False), ("08:30", True), ("08:29", True)])
def test_a_shift_lasts_some_time(closes: str, wrong: bool) -> None:
    hours = small().hours["customs"]
    shift = hours.shifts[0].model_copy(update={"opens": "08:30", "closes": closes})
    corridor = small().model_copy(
        update={"hours": {**small().hours, "customs": hours.model_copy(update={"shifts": (shift,)})}}
    )
    assert any("closes after it opens" in one for one in told(corridor)) is wrong


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("trusted.lodged_early", 0.44, None),
        ("trusted.lodged_early", 0.43, "trusted traders lodge early less often than others of type industrial"),
        ("early.activation.mean", 14.75, None),
        ("early.activation.mean", 14.76, "takes longer than lodgement after arrival"),
        ("stages.documents.repeat", 0.4, None),
        ("stages.documents.repeat", 1.0, "every visit would be repeated"),
        ("stages.exit.time.mean", 0.43, None),
        ("stages.exit.time.mean", 0.44, "102% of capacity would be needed"),
    ],
)
def test_numbers_that_cannot_go_together(path: str, value: float, words: str | None) -> None:
    if words is None:
        assert parameters(with_values(small(), {path: value}))[path].value == value
    else:
        with pytest.raises(InputError, match=words):
            with_values(small(), {path: value})


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("JPUKX", "JPHKT, or give a `source` for its code"),
        ("NZZZZ", "if it exists, give a `source` for its code"),
        ("JPUKBX", "did you mean JPUKB"),
        ("harbour", "a UN/LOCODE such as JPUKB"),
    ],
)
def test_a_port_that_is_not_known_is_told_with_the_nearest(code: str, hint: str) -> None:
    end = small().destination.model_copy(update={"code": code, "source": None})
    (one,) = told(small().model_copy(update={"destination": end}))
    assert f"unknown port '{code}'" in one
    assert hint in one


def test_a_corridor_leads_elsewhere() -> None:
    end = small().destination.model_copy(update={"code": small().origin.code})
    assert "is also the origin" in told(small().model_copy(update={"destination": end}))[0]


@pytest.mark.parametrize(
    ("mix", "wrong"),
    [
        ({"C29": 1.0, "C28": 0.0}, None),
        ({"C29": 1.0000005}, None),
        ({"C29": 1.000002}, "shares add up to 1"),
        ({"C29": 1.1, "C28": -0.1}, "shares add up to 1"),
        ({}, "shares add up to 0"),
    ],
)
def test_shares_of_sectors_are_none_or_more_and_add_up(mix: dict[str, float], wrong: str | None) -> None:
    kinds = {name: kind.model_copy(update={"mix": mix}) for name, kind in small().types.items()}
    found = told(small().model_copy(update={"types": kinds}))
    assert (found == []) if wrong is None else all(wrong in one for one in found)
    assert len(found) == (0 if wrong is None else 4)


def cited(value: float, low: float | None = None, high: float | None = None) -> Cited:
    return Cited(value=value, low=low, high=high, unit="share", status="assumption", source="own")


@pytest.mark.parametrize(
    ("check", "given", "right"),
    [
        (schema._share, cited(0.0), True),
        (schema._share, cited(1.0), True),
        (schema._share, cited(1.01), False),
        (schema._share, cited(-0.01), False),
        (schema._share, cited(0.5, 0.0, 1.0), True),
        (schema._share, cited(0.5, 0.1, 1.01), False),
        (schema._share, cited(0.5, -0.01, 0.9), False),
        (schema._not_negative, cited(0.0), True),
        (schema._not_negative, cited(-0.01), False),
        (schema._not_negative, cited(1.0, 0.0, 2.0), True),
        (schema._not_negative, cited(1.0, -0.01, 2.0), False),
        (schema._servers, cited(1.0), True),
        (schema._servers, cited(0.0), False),
        (schema._servers, cited(2.5), False),
        (schema._servers, cited(2.0, 1.0, 3.0), True),
        (schema._servers, cited(2.0, 0.0, 3.0), False),
        (schema._servers, cited(2.0, 1.0, 3.5), False),
        (schema._servers, "unlimited", True),
        (schema._clock, "00:00", True),
        (schema._clock, "23:59", True),
        (schema._clock, "24:00", True),
        (schema._clock, "24:01", False),
        (schema._clock, "9:00", False),
        (schema._clock, "12:60", False),
    ],
)
def test_what_figures_of_a_corridor_may_be(check: Callable[[Any], Any], given: Any, right: bool) -> None:
    if right:
        assert check(given) == given
    else:
        with pytest.raises(ValueError, match=r"share|negative|servers|HH:MM"):
            check(given)


@pytest.mark.parametrize(
    ("values", "unit", "told"),
    [
        ([2.0], "officers", "2 officers"),
        ([3.0, 3.0], "officers", "3 officers"),
        ([5.0, 2.5], "officers", "2.5-5 officers"),
        ([0.2, 0.3], "share", "0.2-0.3"),
        ([0.2], "ratio", "0.2"),
    ],
)
def test_an_end_of_a_range_is_told_in_its_unit(values: list[float], unit: str, told: str) -> None:
    assert sensitivity._words(values, unit) == told


def test_hours_of_calls_are_counted_from_monday() -> None:
    calls = small().calls.model_copy(update={"slots": ("mon 00:00", "mon 16:30", "tue 06:15", "sun 23:45")})
    assert calls.hours == (0.0, 16.5, 30.25, 167.75)
