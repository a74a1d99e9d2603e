"""What each line of a text is, at the bounds: title, day, sentence, heading, or none of the text's own."""

from __future__ import annotations

import pytest

from kosho.record.reading.layout import blocks, sentences

TOLD = "Chile lowered its duty on wine."
OTHERS = f"{TOLD}\n\nMore stories\n\nPeru and Kenya Argue Over Copper Again\n\n"
LONG_TEASER = (
    "Ministers of Chile and Kenya sat down together over maps, drafts, charts, offers, plans, claims, "
)


def roles(text: str) -> list[str]:
    return [one.role for one in blocks(text)]


@pytest.mark.parametrize(
    ("teaser", "role"),
    [
        (LONG_TEASER + "grievances, dates, notes, with no clear result.", "furniture"),  # three small words
        (LONG_TEASER + "grievances, dates, notes, with no clear result in Oslo.", "body"),  # four
        (LONG_TEASER + "grievances, with results in Lima and Oslo.", "furniture"),  # 139 signs
        (LONG_TEASER + "grievances, with results in Lima and Oslos.", "body"),  # 140
        (LONG_TEASER + "grievances, dates, notes, with no clear result in Oslo", "furniture"),  # no full stop
    ],
)
def test_among_other_stories_a_long_whole_sentence_is_the_text_again(teaser: str, role: str) -> None:
    assert roles(OTHERS + teaser)[-1] == role


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("Peru Argues Over Copper\n\nKenya Opens Its Tea Market\n\nThe two met in Oslo.", "body"),
        ("Peru Argues Over Copper\n\nThe two met in Oslo.", "furniture"),  # one headline: its teaser
        ("Peru Argues\n\nOpinion Today\n\nThe two met in Oslo.", "furniture"),  # three words are no headline
        ("Peru Argues Over Copper\n\nKenya Opens Its Tea Market\n\nThe two met.", "furniture"),  # too short
        ("Peru Argues Over Copper\n\nKenya Opens Its Tea Market\n\nThe two met in Oslo", "furniture"),
        ("Peru Argues Over Copper\n\nThe two met in Oslo.\n\nThey spoke of their tea.", "body"),
    ],
)
def test_what_follows_bare_headlines_or_goes_on_is_the_text_again(lines: str, found: str) -> None:
    told = roles(f"{TOLD}\n\nMore stories\n\n{lines}")
    assert told[-1] == found


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Oslo, 3 March 2026", "date"),
        ("Ana Ben Cid Dov Eli Fay Gus Hal Ida 3 March 2026", "date"),  # ten words
        ("Ana Ben Cid Dov Eli Fay Gus Hal Ida Jan 3 March 2026", "title"),  # eleven
        (f"Oslo {'x' * 38}, 3 March 2026", "date"),  # 45 signs beside the day
        (f"Oslo {'x' * 39}, 3 March 2026", "title"),  # 46
        ("Chile and Peru met in Lima on 3 March 2026.", "body"),
        ("6 May 2025: The panel will meet", "title"),
        ("Peru to publish its rules by 1 June 2025", "title"),
        ("Peru lowers duties on wine", "title"),
        ("Peru lowers duties today.", "body"),  # four words and a full stop
        ("Peru lowers duties.", "title"),  # three
        ("Peru and the others agreed to these:", "body"),  # a verb
        ("Peru with others of these talks:", "title"),  # none
        ("Peru agreed to these:", "title"),  # four words
        ("The duty on wine of the five sides (Peru);", "body"),  # three small words
        ("The duty on wine in Peru and Chile and Kenya (Peru);", "title"),  # most words in capitals
        ("Duty on wine of sides beyond Peru (all);", "title"),  # two
    ],
)
def test_what_the_first_line_of_a_text_is(line: str, role: str) -> None:
    assert roles(line) == [role]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        (
            "- a duty on wine that growers from abroad pay as their casks cross hills",
            "body",
        ),  # 70 signs behind it
        ("- a duty on wine that growers from abroad pay as their casks cross hill", "heading"),  # 69
        ("a duty on wine that growers from abroad pay as their casks cross hills", "heading"),  # no item
        ("- Duty That Wine Growers Abroad Pay on Barrels in Hills Beyond Valleys Afar", "heading"),
    ],
)
def test_what_a_line_below_the_text_is(line: str, role: str) -> None:
    assert roles(f"{TOLD}\n\n{line}")[-1] == role


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The U.S. Treasury agreed. The E.U. did not.", 2),
        ("They met in the U.S. The talks went on.", 2),
        ("They met at 5 p.m. The talks went on.", 2),
        ("They met at 5 p.m. Tokyo time.", 1),
        ("They asked Mr. The of Hanoi.", 1),
        ("They asked Mr. Rey. He left.", 2),
        ("They met in the U.S.   Both left.", 2),
        ("“We met.” (It rained.) Then we left.", 3),
        ("They met in the U.S.", 1),
    ],
)
def test_where_sentences_end(text: str, found: int) -> None:
    (block,) = [one for one in blocks(text) if one.role == "body"]
    told = sentences(text, block)
    assert len(told) == found
    assert all(text[a:b] == text[a:b].strip() for a, b in told)
