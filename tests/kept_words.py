"""What commands print on small inputs, word for word; `python -m tests.kept_words` writes it anew.

A table of a terminal is made of the figures of a room, and whether these are right is tested where they are
worked out. That each stands in its row, under its head, in its unit and with its sign is seen here.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

from tests.faults import commands
from tests.kept_cli import lines, told
from tests.kept_rooms import ANNEX, BOTH, SEVERAL

__all__ = ["COMMANDS", "kept", "prepare", "said"]

HOME = Path(__file__).parent / "golden" / "kept" / "words.json"
CASE, MINE = "韓国+case", "韓国+case/mine.npz"
PRICE = "lines price package.csv --importer USA --trade both.csv --world talks"
SEVERALLY = "lines price package.csv --importer USA --trade several.csv --world talks"
TALKS = "japan-us-2025 --trade both.csv --world talks"
STAGED = "lines stage staged.csv --agreement cptpp-jpn"
RATES = f"tariffs {{}} --parties USA,KOR --sectors C29-C30 --world {MINE}"
COMMANDS: dict[str, str] = {
    "a package": PRICE,
    "a package by one elasticity": f"{PRICE} --model ces --demand -0.8 --elasticities broda-weinstein",
    "a package in all markets": f"{SEVERALLY} --model gsim --supply 1.5 --elasticities assumed",
    "a package by origin": f"{PRICE} --origin 60",
    "a package by the law": f"{PRICE} --rates law --on 2025-09-20",
    "requests": f"lines request {TALKS} --confirm 1 --budget 20",
    "offers": f"lines offer {TALKS} --confirm 1 --exclude 22",
    "a swap": f"lines swap {TALKS} --coverage 0.3",
    "a staged annex": f"{STAGED} --on 2026-03-31",
    "what each year brings": f"{STAGED} --importer JPN --partner USA --trade both.csv",
    "rules of origin": "lines origin MEX C29 --threshold 75 --members USA,CAN --world talks",
    "formats of lines": "lines formats",
    "lines joined": "lines join USA --trade both.csv --out out/lines.csv",
    "goods of Japan": "lines goods USA --top 5",
    "indicators": "lines indicators USA JPN --top 3 --trade both.csv",
    "deals": f"bargain {CASE} --draws 2",
    "deals on two tables": f"bargain {CASE} --draws 0 --no-confirm --world {MINE},talks",
    "a package explained": f"bargain {CASE} --draws 0 --no-confirm --explain cars=all-15",
    "a duty added": f"simulate --base --world {MINE} --add USA+EUROPE+C29-C30++5% --all",
    "a scenario year by year": f"simulate {CASE} --scenario deal --horizon all --all",
    "a scenario on two tables": f"simulate {CASE} --scenario deal --world {MINE},talks",
    "a scenario on two tables, in Japanese": f"--lang ja simulate {CASE} --scenario deal --world {MINE},talks",
    "best tariffs": RATES.format("optimal"),
    "best tariffs within bounds": f"{RATES.format('optimal')} --low 1 --high 30",
    "tariffs in a war": RATES.format("nash"),
    "tariffs of all together": RATES.format("cooperative"),
    "instances of coercion": "coercion",
    "a supply chain": "supply JPN C27 --world talks",
    "a supply chain of vehicles": "supply USA C29 --world talks",
    "a supply chain without an origin": "supply JPN C27 --world talks --without CHN",
    "a record by a day": "record japan-us-2025 --as-of 2025-05-30 --topic cars",
    "what is open in a record": "record japan-us-2025 --as-of 2025-05-30 --open",
    "what a register holds": "register show --importer CAN --on 2025-06-29",
    "what became known": "register diff --known 2025-06-01 2025-06-29",
    "terms side by side": "register compare JPN KOR --on 2025-06-29 --hs 8703.23",
    "a rate with its layers": "rate USA JPN 8703.23 --on 2025-09-20",
    "a rate over time": "rate USA JPN 8703.23 --from 2025-01-01 --to 2025-09-30",
    "drafts of a message": "register propose message.txt",
    "a published study": "replicate cp2015 --data nafta",
    "tables that differ": f"world diff {MINE} talks",
    "a table": f"world info {MINE}",
    "formats of tables": "world formats",
    "a case": f"cases {CASE}",
    "codes": "codes cars",
    "blocs": "codes --kind bloc",
}
"""Words of a command, those of one argument with spaces joined by `+`; two stand for one."""
VARY = (" ms a solve", "First-order residual", ", fingerprint ")
"""In lines that differ from machine to machine."""
AS_JSON = ("best tariffs within bounds", "a supply chain without an origin", "tables that differ")
"""Whose contract is kept too, as no other answer that is kept has it."""


def prepare(folder: Path) -> None:
    """All inputs, in a folder that is there."""
    commands.prepare(folder, "nowhere")
    for name, text in (
        ("both", BOTH),
        ("several", SEVERAL),
        ("staged", ANNEX),
        ("package", "hs,partner,rate\n6110,JPN,0\n8703,JPN,-50%\n848210,JPN,3\n"),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def said(name: str) -> list[Any]:
    """What a command prints in the folder of its inputs, in lines."""
    words = _words(COMMANDS[name])
    found: list[Any] = [line.rstrip() for line in lines(*words) if not any(one in line for one in VARY)]
    return [*found, told(*words)] if name in AS_JSON else found


def _words(text: str) -> Sequence[str]:
    return [one.replace("++", "\0").replace("+", " ").replace("\0", " +") for one in text.split()]


def kept() -> dict[str, list[Any]]:
    """What was kept of all commands."""
    return json.loads(HOME.read_text(encoding="utf-8"))


def main() -> None:
    os.environ["COLUMNS"] = "100"
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        prepare(Path(folder))
        found = {name: said(name) for name in COMMANDS}
    HOME.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} commands, {sum(map(len, found.values())):,} lines\n")


if __name__ == "__main__":
    main()
