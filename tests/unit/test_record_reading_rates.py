"""Rates as documents word them: changed, halved, in a range, with a comma; and whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from kosho.record.reading import Document, Draft, read_text

HEAD = "OSLO, 3 March 2026 (Example Wire)\n\n"


def measures(text: str) -> list[Draft]:
    return [draft for draft in read_text(Document("a.txt", HEAD + text)) if draft.type == "measure"]


def fields(text: str) -> dict[str, Any]:
    (found,) = measures(text)
    return dict(found.fields)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Peru doubled its 6% duty on shoes.", 6, 12),
        ("Peru tripled the 6% duty on shoes.", 6, 18),
        ("Peru halved its 9% duty on rum.", 9, 4.5),
        ("Peru cut its 8% duty on rum by half.", 8, 4),
        ("Peru lowered its 11% tariff on vans by four percentage points.", 11, 7),
        ("Peru will raise its 20% duty on cheese by 2.5 points.", 20, 22.5),
        ("Peru cut its 8% duty on rum to 3%.", 8, 3),
        ("Peru's 8% tariff on rum was doubled.", 8, 16),
        ("Peru's 8% duty on rum fell by two points.", 8, 6),
        ("Peru cut its 8% duty on rum by a third.", 8, None),
        ("Peru raised its 8% duty on rum by 10 percent.", 8, None),
        ("Peru's tariff on fish will fall from 145 to 30 percent.", 145, 30),
        ("Peru raised its tariff on rum from 2,5% to 7,5%.", 2.5, 7.5),
    ],
)
def test_what_a_verb_of_change_has_as_its_object_is_the_rate_before(
    text: str, before: float, after: float | None
) -> None:
    told = fields(text)
    assert (told["rate_before"], told.get("rate")) == (before, after)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("Peru imposed a 2,5% duty on cheese.", 2.5),
        ("Peru imposed a 1,000% tariff on milk.", 1000),
        ("Peru imposed a 12.5 percent tariff on milk.", 12.5),
        ("Peru doubled tariffs on fish to 50%.", 50),
        ("Peru's tariffs on fish were raised to 20%.", 20),
    ],
)
def test_the_number_is_the_one_that_is_written(text: str, rate: float) -> None:
    told = fields(text)
    assert told["rate"] == rate
    assert "rate_before" not in told


@pytest.mark.parametrize(
    "text",
    [
        "Peru imposed a duty of 10% to 15% on copper.",
        "Peru imposed a 10-15% duty on copper.",
        "Peru imposed a duty of between 10 and 15 percent on copper.",
    ],
)
def test_a_range_is_no_rate(text: str) -> None:
    told = fields(text)
    assert (told["rate_low"], told["rate_high"], told.get("rate")) == (10, 15, None)


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("The duty on imports of wine from Japan will rise to 10 percent.", "wine"),
        ("Peru raised its duty on plums from the United States and Chile to 10 percent.", "plums"),
    ],
)
def test_where_goods_come_from_is_no_part_of_what_they_are(text: str, goods: str) -> None:
    assert fields(text)["products"] == goods
