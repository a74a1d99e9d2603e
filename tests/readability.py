"""How hard a page is to read: its visible text in sentences, its words, and the grade of Flesch and Kincaid;
its sections, and its tables with their columns.

Kincaid, Fishburne, Rogers & Chissom (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

BLOCKS = {
    "p",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "figcaption",
    "caption",
    "summary",
    "small",
}
UNSEEN = {"script", "style", "svg", "caption"}


class _Text(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.unseen: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as it is called
        if tag in UNSEEN:
            self.unseen.append(tag)
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.unseen and self.unseen[-1] == tag:
            self.unseen.pop()
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


def visible(page: str) -> str:
    """Text that is read, a block a line; drawings have words of their own."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(_Text(page).parts).split("\n"))
    return "\n".join(line for line in lines if line)


def section(page: str, name: str) -> str:
    """A section of a brief, by its id."""
    start = page.index(f'<section id="{name}"')
    return page[start : page.index("</section>", start)]


def first_page(page: str) -> str:
    """Text of the first page of a brief, with what stands above it."""
    top = page[page.index('<header class="top"') : page.index("</header>")]
    return visible(top + section(page, "first-page"))


def columns_by_table(page: str) -> list[tuple[str, int]]:
    """Each table of a page, and how many columns its last row of heads has."""
    found: list[tuple[str, int]] = []
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        heads = table[table.index("<thead>") : table.index("</thead>")].split("<tr")[-1]
        found.append((table, len(re.findall(r"<th ", heads))))
    return found


def words_of_open_signs(page: str) -> list[list[str]]:
    """Of each cell whose sign is open the words that it says."""
    cells = re.findall(r'<td class="number unclear".*?</td>', page, re.DOTALL)
    return [re.findall(r'<span class="word">(.*?)</span>', cell) for cell in cells]


def words(text: str) -> list[str]:
    """Words with a letter or a digit in them."""
    return [word for word in text.split() if re.search(r"\w", word)]


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; a number has as many as digits."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters:
        return max(1, sum(character.isdigit() for character in word))
    found = len(re.findall(r"[aeiouy]+", letters))
    return max(1, found - (letters.endswith("e") and not letters.endswith(("le", "ee"))))


def grade(text: str) -> float:
    """Flesch-Kincaid grade; a line, and what a full stop ends, is a sentence."""
    sentences = [one for one in re.split(r"(?<=[.?!])\s+|\n", text) if words(one)]
    read = [word for word in words(text) if re.search(r"[^\W\d_]", word)]
    count = sum(map(syllables, read))
    return 0.39 * len(read) / len(sentences) + 11.8 * count / len(read) - 15.59
