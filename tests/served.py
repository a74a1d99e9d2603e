"""A case for the live table, priced in a moment, with a record; and what is asked at random of a server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

from typer.testing import CliRunner

from kosho.cli import app
from kosho.cli.answering import answer
from kosho.serve import Settings, create_app
from tests.own_world import sales, write_case

RECORD = """\
title: Korea and the United States, tariff talks of 2025
sources:
  - {id: release, title: A news release, publisher: The ministry, kind: primary, date: 2025-05-02}
  - {id: letter, title: A letter, publisher: The ministry, kind: primary, date: 2025-06-20}
parties:
  - {id: kor, name: Korea, kind: state, code: KOR}
  - {id: usa, name: United States, kind: state, code: USA}
statements:
  - id: suspension
    type: deadline
    by: [usa]
    what: end of the suspension
    date: 2025-07-09
    date_precision: day
    source: release
    quote: suspended until July 9
    start: 0
    end: 22
    recorded_at: 2025-05-02
  - id: no-cars
    type: position
    kind: ask
    by: [kor]
    topic: cars
    source: letter
    quote: Korea asks for the removal of the duty on cars
    start: 0
    end: 46
    recorded_at: 2025-06-20
"""
DOCUMENT = (
    "Seoul, 28 June 2025\n\nKorea will lower its tariff on rice. Korea said it cannot accept a 25% tariff on "
    "automobiles.\n\nThe United States imposes a tariff of 25% on automobiles."
)


def patterns_asked() -> set[str]:
    """The patterns of what the server is asked."""
    made = create_app(Settings({"japan-us-2025": "japan-us-2025"}, run=answer))
    found = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(made.openapi()))
    return {json.loads(one) for one in found}


def korea(folder: Path) -> Path:
    """The case of the how-to pages in a folder that is not there yet, with a table and a record of its own."""
    folder.mkdir()
    words = ["world", "build", *map(str, sales(folder.parent)), "--out", str(folder / "mine.npz")]
    done = CliRunner().invoke(app, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    write_case(folder, "mine.npz")
    (folder / "record.yaml").write_text(RECORD, encoding="utf-8")
    return folder


ODD = (
    *(
        "",
        "..",
        "%00",
        "\u202e",
        "9" * 400,
        "-1",
        "null",
        "{}",
        "cars:all-15",
        "a:b,",
        "2025-13-01",
        "2025-06-29",
    ),
    *(
        "\x7f",
        "ja",
        "25% on German cars",
        "USA DEU C29 25%",
        "1e999",
        "NaN",
        "\ud7ff",
        "日本",
        "<svg>",
        "'; --",
    ),
)
QUOTED = {"doc": "a.txt", "type": "ask", "modality": "asserted", "quote": "we", "start": 0, "end": 2}
BODIES = (
    *(b"", b"{", b"[]", b'{"case":"\\ud800"}', b"\xff\xfe", b'{"hs":1e999}', b"[" * 500, b'{"importer":null}'),
    *(
        b'{"case":"x","open":true}',
        b"%PDF-1.7",
        b"<p>Japan and China met.</p>",
        b"\x00" * 40,
        b'{"words":["cars"]}',
    ),
    json.dumps({"name": "a.txt", "text": "we", "drafts": [QUOTED]}).encode(),
)
METHODS = ("GET", "GET", "POST", "POST", "DELETE", "PUT", "HEAD", "OPTIONS")
NAMES = ("options", "as_of", "draws", "lang", "line", "importer", "name", "x")


def asked(dice: Random, paths: list[str], case: str) -> tuple[str, str, dict[str, str], bytes]:
    """A request that nobody would send on purpose: method, path, parameters, body."""
    path = dice.choice(paths)
    for part in ("case", "party", "part", "kind", "made", "number"):
        known = {"case": case, "party": "USA", "part": "along", "kind": "json", "made": "drafts", "number": "7"}
        odd = dice.choice(("%2e%2e", "x", "%ff", "9" * 30, "-1", "%00", "..%2f..%2fetc"))
        path = path.replace(f"{{{part}}}", dice.choice((known[part], known[part], odd)))
    given = {dice.choice(NAMES): dice.choice(ODD) for _ in range(dice.randrange(3))}
    return dice.choice(METHODS), path, given, dice.choice(BODIES)
