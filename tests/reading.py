"""Helpers of the tests of reading: the score of `gold/score.py`, a page and a PDF made of lines."""

from __future__ import annotations

import html
import json
import zlib
from pathlib import Path
from typing import Any

FAMILY = {
    "person_status": "person",
    "event": "meeting",
    "event_series": "meeting",
    "event_not_held": "meeting",
    "event_change": "meeting",
    "next_meeting": "meeting",
    "carried_over": "meeting",
    "agreement_aim": "agreement",
    "no_agreement": "agreement",
    "response": "position",
}
Row = dict[str, Any]
GOLD = Path(__file__).parent / "golden" / "reading"


def rows(path: Path) -> list[Row]:
    """Facts of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def overlap(one: Row, other: Row) -> float:
    """Shared characters over those of the shorter span."""
    shared = min(one["end"], other["end"]) - max(one["start"], other["start"])
    return max(0, shared) / max(1, min(one["end"] - one["start"], other["end"] - other["start"]))


def _same(one: Row, other: Row) -> bool:
    family = FAMILY.get(one["type"], one["type"]) == FAMILY.get(other["type"], other["type"])
    return family and one["doc"] == other["doc"] and overlap(one, other) >= 0.5


def score(gold: list[Row], drafts: list[Row]) -> tuple[float, float, list[str]]:
    """Precision, recall, and the quotes of negatives that were extracted."""
    facts = [one for one in gold if one["type"] not in ("negative", "conflict")]
    pairs = sorted(
        ((overlap(g, d), i, j) for i, g in enumerate(facts) for j, d in enumerate(drafts) if _same(g, d)),
        reverse=True,
    )
    used_facts: set[int] = set()
    used_drafts: set[int] = set()
    for _, fact, draft in pairs:
        if fact not in used_facts and draft not in used_drafts:
            used_facts.add(fact)
            used_drafts.add(draft)
    wrong = [
        one["quote"]
        for one in gold
        if one["type"] == "negative"
        and any(d["type"] != "document" and d["doc"] == one["doc"] and overlap(one, d) >= 0.5 for d in drafts)
    ]
    return len(used_facts) / max(1, len(drafts)), len(used_facts) / max(1, len(facts)), wrong


def page(text: str) -> str:
    """The lines of a text as an HTML page with a menu, a script and a footer around them."""
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return (
        "<!doctype html><html><head><title>t</title><script>var offer = 'Japan offered rice';</script></head>"
        f"<body><nav><a href='/'>Japan offered to lower its tariff.</a></nav><main>{lines}</main>"
        "<footer>All rights reserved.</footer></body></html>"
    )


def pdf(content: bytes, *, compressed: bool = False) -> bytes:
    """A PDF of one page with this content stream."""
    filtered = b"/Filter /FlateDecode " if compressed else b""
    body = zlib.compress(content, 9) if compressed else content
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< " + filtered + b"/Length %d >>\nstream\n" % len(body) + body + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", list[int]()
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def pdf_of(lines: list[str]) -> bytes:
    """A PDF that shows lines of text."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    return pdf(f"BT /F1 11 Tf 50 780 Td 14 TL {shown} ET".encode("latin-1"))
