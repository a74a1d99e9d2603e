"""Lists, on lines of their own and within a sentence, with the verb that governs their items."""

from __future__ import annotations

import pytest

from kosho.record.reading import Document, Draft, read_text

HEAD = "OSLO, 3 March 2026 (Example Wire)\n\n"


def drafts(text: str, kind: str) -> list[Draft]:
    return [one for one in read_text(Document("x.txt", HEAD + text)) if one.type == kind]


def test_a_list_under_a_colon_is_read_with_the_verb_that_governs_it() -> None:
    text = (
        "Japan and Chile held talks in Santiago on Monday.\n\nThe Ministers agreed to:\n"
        "(a) establish a joint working group by December 2026;\n(b) begin talks on organic standards; and\n"
        "(c) hold a dialogue each year.\n"
    )
    found = drafts(text, "commitment")
    assert [one.quote.removesuffix("; and") for one in found] == [
        "establish a joint working group by December 2026",
        "begin talks on organic standards",
        "hold a dialogue each year",
    ]
    assert found[0].fields["due"] == "2026-12-31"
    assert all(sorted(one.fields["by"]) == ["CHL", "JPN"] for one in found)


@pytest.mark.parametrize(
    ("text", "quotes", "by"),
    [
        (
            "Japan and Chile met. They agreed: (a) to lower duties; (b) to list goods; and (c) to talk in May.",
            ["to lower duties", "to list goods", "to talk in May"],
            ["CHL", "JPN"],
        ),
        (
            "Chile promised to (i) remove its duty on beef, and (ii) publish its rules by 1 March.",
            ["remove its duty on beef", "publish its rules by 1 March"],
            ["CHL"],
        ),
        (
            "Chile promised to (1) remove its duty on figs; (2) publish rules. Peru will wait.",
            ["remove its duty on figs", "publish rules"],
            ["CHL"],
        ),
        (
            "Chile promised to (a) remove its duty on figs as in (b) of the annex.",
            ["Chile promised to (a) remove its duty on figs as in (b) of the annex"],
            ["CHL"],
        ),
        (
            "Ministers of Japan and Chile (a) met on Monday; (b) agreed to lower the duty on figs to 3%.",
            ["agreed to lower the duty on figs to 3%"],
            ["CHL", "JPN"],
        ),
    ],
)
def test_a_list_within_a_sentence_is_read_with_the_verb_that_governs_it(
    text: str, quotes: list[str], by: list[str]
) -> None:
    found = drafts(text, "commitment")
    assert [one.quote for one in found] == quotes
    whose = [one.fields["by"] for one in found]
    assert [sorted([one] if isinstance(one, str) else one) for one in whose] == [by] * len(quotes)


def test_what_follows_a_list_within_a_paragraph_is_read_too() -> None:
    text = "Chile promised to (1) remove its duty on figs; (2) publish rules. Peru will lower its duty on rice."
    assert [(one.quote, one.fields["by"]) for one in drafts(text, "offer")] == [
        ("Peru will lower its duty on rice", "PER")
    ]
