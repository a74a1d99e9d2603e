"""As known on a day: six briefs of one case, and what other commands say, tell nothing of what came later.

A date later than the day may stand in an output where something known by then told of it: the measures of the
register, scenarios, calendar and deadlines are asked, and every date that a text names must be one of theirs.
What else is right is listed with its reason.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.conftest import Run
from tests.later_dates import later, page_texts, texts

from kosho import Case
from kosho.brief import compose, save
from kosho.brief.model import Brief
from kosho.record.ledger import last_day
from kosho.world import WorldChoice

NAME = "japan-us-2025"
DAYS = [
    date(2025, 4, 27),
    date(2025, 6, 29),
    date(2025, 7, 23),
    date(2025, 9, 16),
    date(2026, 3, 1),
    date(2026, 9, 30),  # the last on which the measures of the United States were compared with their sources
]

TOLD_BEFORE = {
    "50,000 for those made at home in 2026 and 2027": "Thailand's scheme of December 2023 names the years",
    "import duty nil to 2025-12-31": "Indonesia's rule of 2024 names the day",
    "From 2026 the rates of the schedules": "Malaysia's waiver ends with 2025",
    "Lists 1 and 2 from July and August 2018": "the year stands after the second month",
    "24 of 34 suspended to 2025-08-12": "the joint statement of Geneva names the day",
    "24 of 34 suspended to 2025-11-10": "so does its prolongation of August 2025",
    "24 of 34 suspended to 2026-11-10": "so does that of November 2025",
    "the last known to 2025-05-31": "the notice of May 2024 names the day",
    "A further rise on 2027-06-23": "the notice of December 2025 names the day",
    "dtn-2025-09-05": "id of a source of the method (a share of rice in 2022), which briefs name as hindsight",
}
"""What an output may say of later days although no measure, scenario or deadline has the date, and why."""


def announced(case: Case, day: date) -> set[date]:
    """Every date that something known by the day told of."""
    found: set[date] = set()
    for one in case.register.measures:
        if one.known_from <= day:
            found |= {one.legal_from, one.first_day}
            if one.legal_to is not None:
                found |= {one.legal_to, one.legal_to + timedelta(1)}
    found |= {case.law(name).on for name in case.scenarios}
    found |= {one.date for one in case.calendar}
    assert case.record is not None
    ledger = case.record.as_of(day)
    found |= {last_day(one.date) for one in ledger.statements if one.date is not None}
    found |= {last_day(one.on) for one in ledger.deadlines}
    found |= {last_day(one.due) for one in ledger.statements if one.type == "commitment" and one.due}
    return found


def told_of(words: str, when: date, known: set[date]) -> bool:
    """Whether a date as it is written is one of those that are known.

    Without its year it may be of the year before, from the year in which the case begins on.
    """
    if len(words) == 4 and words.isdigit():
        return when.year in {one.year for one in known}
    year = any(len(part) == 4 and part.isdigit() for part in words.replace("-", " ").split())
    years = {when.year} if year else {when.year, max(when.year - 1, 2025)}
    parts = len(
        [
            part
            for part in words.replace("-", " ").replace(",", "").split()
            if len(part) != 4 or not part.isdigit()
        ]
    )
    day = parts == 2  # a month, and a day in it
    return any(
        one.year in years and one.month == when.month and (not day or one.day == when.day) for one in known
    )


def futures(content: Any, case: Case, day: date) -> list[str]:
    """Texts that tell of a date later than the day which nobody had told of."""
    known = announced(case, day)
    wrong: list[str] = []
    for place, text in texts(content):
        if any(words in text for words in TOLD_BEFORE):
            continue
        for words, when in later(text, day):
            if not told_of(words, when, known):
                wrong.append(f"{'.'.join(place)}: {words} in {text[:160]!r}")
    return wrong


def content_of(brief: Brief) -> dict[str, Any]:
    """All that a brief says, but for the sources that it names as hindsight."""
    content = json.loads(brief.model_dump_json())
    hindsight = {one.id for one in brief.sources if one.hindsight}
    content["sources"] = [one for one in content["sources"] if not one["hindsight"]]
    for bounds in content["bounds"]:
        for one in bounds["ranges"]:
            one["sources"] = [name for name in one["sources"] if name not in hindsight]
    for claims in (content["method"]["limits"], content["method"]["model"]):
        for one in claims:
            one["sources"] = [name for name in one["sources"] if name not in hindsight]
    return content


@pytest.fixture(scope="module")
def briefs() -> dict[date, Brief]:
    """In a coarse world: what is said does not depend on it."""
    world = WorldChoice.parse("icio-2022:talks")
    return {day: compose(Case.load(NAME, day).allowing_idle(), bargain=False, world=world) for day in DAYS}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_brief_tells_nothing_of_later_days(briefs: dict[date, Brief], day: date, tmp_path: Path):
    brief, case = briefs[day], Case.load(NAME, day)
    assert futures(content_of(brief), case, day) == []
    hindsight = {word for one in brief.sources if one.hindsight for word in (one.title, one.note or one.title)}
    page = page_texts(save(brief, tmp_path).read_text(encoding="utf-8"))
    page = [text.replace("\N{NO-BREAK SPACE}", " ") for text in page]
    told = [text for text in page if not any(word in text for word in hindsight)]
    publishers = tuple(f", {one.publisher}, " for one in brief.sources if one.hindsight)
    told = [text for text in told if not publishers or not text.startswith(publishers)]
    assert futures(told, case, day) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_only_figures_of_the_method_are_hindsight(briefs: dict[date, Brief], day: date):
    case, brief = Case.load(NAME, day), briefs[day]
    own = {one.id for one in brief.sources if one.hindsight}
    cited = {
        name
        for one in (*brief.in_force, *brief.scenarios, *brief.calendar, *brief.not_yet_priced)
        for name in one.sources
    }
    cited |= set(brief.record.sources if brief.record else ())
    assert not own & cited
    assert all(one.date is None or one.date <= day for one in brief.sources if one.id in cited)
    assert case.as_of == day


def test_six_days_give_six_briefs(briefs: dict[date, Brief]):
    assert len({one.summary for one in briefs.values()}) == len(DAYS)
    assert len({one.lead.text for one in briefs.values()}) == len(DAYS)
    assert len({tuple(law.id for law in one.in_force) for one in briefs.values()}) == len(DAYS)
    assert len({len(one.record.timeline) for one in briefs.values() if one.record}) == len(DAYS)
    rates = {day: {law.id: law.rate for law in one.in_force} for day, one in briefs.items()}
    cars = ["us-232-autos-jpn-15" in rates[day] for day in DAYS]
    assert cars == [False, False, False, True, True, True]
    assert [("us-ieepa-baseline-10" in rates[day], "us-122-10" in rates[day]) for day in DAYS] == [
        (True, False),
        (True, False),
        (True, False),
        (True, False),
        (False, True),
        (False, False),
    ]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_table_tells_nothing_of_later_days(day: date):
    case = Case.load(NAME, day)
    table = case.table()
    assert table.as_of is not None
    then = case.as_known_on(table.as_of)
    content = table.file.model_dump(mode="json", exclude={"closed"})
    deadlines = {"deadline": {"date": ""}, "backgrounds": []}
    assert futures({**content, **deadlines}, then, table.as_of) == []
    said = [one.model_dump(mode="json") for one in table.statements.values() if one is not None]
    assert futures(said, then, table.as_of) == []


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_other_commands_tell_nothing_of_later_days(kosho: Run, day: date):
    case = Case.load(NAME, day)
    questions = [
        ("record", NAME),
        ("rate", "USA", "JPN", "8703.23"),
        ("rate", "USA", "JPN", "7208.10", "--unit-value", "1USD/kg"),
        ("rate", "USA", "JPN", "8471.30"),
        ("rate", "USA", "CAN", "8703.23"),
    ]
    for question in questions:
        done = kosho(*question, "--as-of", day.isoformat(), "--json")
        assert done.returncode == 0, done.stderr
        assert futures(json.loads(done.stdout), case, day) == [], question


def test_simulations_and_deals_tell_nothing_of_later_days(kosho: Run):
    day = DAYS[0]
    case = Case.load(NAME, day)
    asked = ("--as-of", day.isoformat(), "--world", "icio-2022:talks", "--allow-idle", "--json")
    for question in (
        ("simulate", NAME, "--scenario", "deal-purchases"),
        ("bargain", NAME, "--draws", "0", "--no-confirm"),
    ):
        done = kosho(*question, *asked)
        assert done.returncode == 0, done.stderr
        content = json.loads(done.stdout)
        content.get("deadline", {}).pop("path", None)  # the days of the rounds to the deadline are counted
        assert futures(content, case, day) == [], question
