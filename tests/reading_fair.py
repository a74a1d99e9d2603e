"""The fair score of reading: facts and drafts matched one to one, the fields of each pair compared.

A person is one fact wherever the name is quoted; `X agreed to do Y` may be an agreement or a commitment, an
announced `will` an offer or a commitment; facts that share a quote go to the pair whose fields agree most; a
list of one equals its item, `Commerce Secretary` equals `Secretary of Commerce`; a field of free words agrees
when half of the words of the shorter are in the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.reading import FAMILY, Row, overlap

FREE = {
    "topic", "topics", "content", "stance", "deliverable", "what", "series", "measure", "products", "flow",
    "occasion", "attributed_to", "speaker", "title", "org",
}  # fmt: skip
SAME = {
    "t": "tons", "tonnes": "tons", "mou": "memorandum of understanding", "import ban": "ban",
    "signing": "signed",
    "concluded": "agreed", "threatened": "considered", "percentage points": "%", "import duty": "tariff",
}  # fmt: skip
SMALL = frozenset(
    "the a an of on in for to and or by with at from its their our us that is are".split()  # noqa: SIM905
)
HALF = 0.5


def family(row: Row) -> str:
    """The family of types that may match."""
    return FAMILY.get(row["type"], row["type"])


def norm(value: Any) -> Any:
    """A value without what spelling varies in."""
    if isinstance(value, list | tuple):
        many = sorted({str(norm(one)) for one in value})
        return many[0] if len(many) == 1 else many
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(str(value).lower().split()).strip(" .")
    text = SAME.get(text, text)
    post = re.fullmatch(r"(?:u\.s\. )?([\w,& ]+?) (secretary|minister)", text)
    text = f"{post[2]} of {post[1]}" if post else text
    return re.sub(r"^(secretary|minister) (?:of|for) (?:the )?", r"\1 of ", text)


def _words(value: Any) -> set[str]:
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    if not text.isascii():
        return {text[n : n + 2] for n in range(max(1, len(text) - 1))}
    return {
        re.sub(r"(?<=\w{3})s$", "", word) for word in re.findall(r"[\w'&-]+", text.lower()) if word not in SMALL
    }


def agree(name: str, fact: Any, draft: Any) -> bool:
    """Whether a draft says of a field what the fact does."""
    if draft is None:
        return False
    if norm(fact) == norm(draft):
        return True
    if name in FREE:
        one, other = _words(fact), _words(draft)
        return bool(one and other) and len(one & other) >= max(1, HALF * min(len(one), len(other)))
    return False


def _told(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row["fields"].items() if value is not None}


def _fits(fact: Row, draft: Row) -> bool:
    if fact["doc"] != draft["doc"]:
        return False
    name = fact["fields"].get("name")
    if family(fact) == family(draft) == "person" and name and norm(name) == norm(draft["fields"].get("name")):
        return True
    alike = family(fact) == family(draft) or {fact["type"], draft["type"]} <= {"offer", "commitment"}
    alike = alike or (
        {fact["type"], draft["type"]} <= {"agreement", "commitment"} and "agree" in draft["quote"]
    )
    return alike and overlap(fact, draft) >= HALF


@dataclass
class Score:
    """Counts of one set of documents."""

    matched: int = 0
    drafts: int = 0
    facts: int = 0
    agreed: int = 0
    fields: int = 0
    modality: int = 0
    negatives: list[str] = field(default_factory=list)
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Facts, drafts and matches by family."""

    @property
    def precision(self) -> float:
        """Share of drafts that match a fact."""
        return self.matched / max(1, self.drafts)

    @property
    def recall(self) -> float:
        """Share of facts that a draft matches."""
        return self.matched / max(1, self.facts)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)

    @property
    def right_fields(self) -> float:
        """Share of the fields of matched facts that agree."""
        return self.agreed / max(1, self.fields)


def score(gold: Sequence[Row], drafts: Sequence[Row]) -> Score:
    """Match facts and drafts one to one, the pairs that agree most first."""
    facts = [one for one in gold if one["type"] not in ("negative", "conflict")]
    pairs = sorted(
        (
            (
                family(fact) == family(draft),
                sum(agree(name, value, draft["fields"].get(name)) for name, value in _told(fact).items()),
                overlap(fact, draft),
                -i,
                -j,
            )
            for i, fact in enumerate(facts)
            for j, draft in enumerate(drafts)
            if _fits(fact, draft)
        ),
        reverse=True,
    )
    used: dict[int, int] = {}
    for *_, i, j in pairs:
        if -i not in used and -j not in used.values():
            used[-i] = -j
    with_document = any(one["type"] == "document" for one in facts)
    found = Score(len(used), 0, len(facts))
    for j, draft in enumerate(drafts):
        counted = draft["type"] != "document" or with_document or j in used.values()
        found.drafts += counted
        found.kinds[family(draft), "drafts"] += counted
    for i, fact in enumerate(facts):
        found.kinds[family(fact), "facts"] += 1
        if i in used:
            draft = drafts[used[i]]
            found.kinds[family(fact), "matched"] += 1
            found.modality += fact["modality"] == draft["modality"]
            found.fields += len(_told(fact))
            found.agreed += sum(
                agree(name, value, draft["fields"].get(name)) for name, value in _told(fact).items()
            )
    found.negatives = [
        one["quote"]
        for one in gold
        if one["type"] == "negative"
        and any(d["type"] != "document" and d["doc"] == one["doc"] and overlap(one, d) >= HALF for d in drafts)
    ]
    return found
