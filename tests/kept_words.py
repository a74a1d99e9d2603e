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
from shutil import copytree
from typing import Any

import pytest

from tests.faults import commands
from tests.kept_cli import lines, run, told
from tests.kept_refusals import REFUSED, refused
from tests.kept_rooms import ANNEX, BOTH, SEVERAL
from tests.schedule_files import HTS

__all__ = ["COMMANDS", "SURROUNDINGS", "kept", "kept_refusals", "prepare", "said"]

HOME = Path(__file__).parent / "golden" / "kept" / "words.json"
REFUSALS = HOME.with_name("refusals.json")
CASE, MINE = "韓国+case", "韓国+case/mine.npz"
PRICE = "lines price package.csv --importer USA --trade both.csv --world talks"
SEVERALLY = "lines price package.csv --importer USA --trade several.csv --world talks"
TALKS = "japan-us-2025 --trade both.csv --world talks"
STAGED = "lines stage staged.csv --agreement cptpp-jpn"
CORRIDOR = "corridor TWKHH JPUKB --file port.yaml --replications 2 --processes 1 --no-tornado --no-effect"
OTHERWISE = "--closure labour_supply=0.5 --deficits zero"
RATES = f"tariffs {{}} --parties USA,KOR --sectors C29-C30 --world {MINE}"
WEIGHT = (
    "{weights: [{id: kor-cars, title: Value added of Korean cars, sectors: [C29], weight: "
    "{value: 0, low: 0, high: 0.3, unit: share, status: assumption, source: own}}]}"
)
REVERTED = """
  - id: from-today
    title: Korea reverts from a table as it is
    packages: status-quo
    disagreement: {scenario: no-deal, date: 2025-07-09, status: fact, source: [annex1]}
"""
STRUCK = """
unpriced:
  - id: chips
    title: Purchases of chips
    why: Nobody knows whether they would have been bought anyway.
    worth:
      KOR: {value: 0, low: -300, high: 0, unit: million USD, status: assumption, source: own}
      USA: {value: 200, low: 0, high: 300, unit: million USD, status: assumption, source: own}
    source: [own]

closed: 2025-07-03

struck:
  known: 2025-07-03
  title: What was agreed on 2 July
  date: 2025-07-02
  options: {cars: all-15, rest: add-15}
  status: fact
  source: [own]
"""
FORBIDDEN = """
  - {id: cars-stay, title: Cars stay, party: USA, forbids: {cars: [all-15]}, status: fact, source: [own]}
  - {id: rest-too, title: So does the rest, party: USA, forbids: {rest: [add-10, add-15]}, status: fact,
     source: [own]}
"""
COMMANDS: dict[str, str] = {
    "a package": PRICE,
    "a package by one elasticity": f"{PRICE} --model ces --demand -0.8 --elasticities broda-weinstein",
    "a package in all markets": f"{SEVERALLY} --model gsim --supply 1.5 --elasticities assumed",
    "a package by origin": f"{PRICE} --origin 60",
    "a package by the law": f"{PRICE} --rates law --on 2025-09-20",
    "a package that few use": f"{PRICE} --use 0.6",
    "requests": f"lines request {TALKS} --confirm 1 --budget 20",
    "offers": f"lines offer {TALKS} --confirm 1 --exclude 22",
    "a swap": f"lines swap {TALKS} --coverage 0.3",
    "a swap that few use": f"lines swap {TALKS} --coverage 0.3 --use 0.6",
    "a staged annex": f"{STAGED} --on 2026-03-31",
    "what each year brings": f"{STAGED} --importer JPN --partner USA --trade both.csv",
    "rules of origin": "lines origin MEX C29 --threshold 75 --members USA,CAN --world talks",
    "formats of lines": "lines formats",
    "lines joined": "lines join USA --trade both.csv --out out/lines.csv",
    "lines without rates": "lines join JPN --trade both.csv --rates shipped",
    "goods of Japan": "lines goods USA --top 5",
    "goods that Japan sells": "lines goods WORLD --flow export --top 2",
    "goods from Britain": "lines goods GBR --top 3",
    "agreements of lines": "lines agreements",
    "indicators": "lines indicators USA JPN --top 3 --trade both.csv",
    "deals on two tables": f"bargain {CASE} --draws 0 --no-confirm --world {MINE},talks",
    "what was agreed, and what it left": "bargain agreed --draws 2 --as-of 2025-07-05",
    "no deal for all": "bargain shut --draws 0 --no-confirm",
    "a package across a red line explained": f"bargain {CASE} --explain cars=all-10,rest=add-15",
    "a duty added": f"simulate --base --world {MINE} --add USA+EUROPE+C29-C30++5% --all",
    "a scenario year by year": f"simulate {CASE} --scenario deal --horizon all --all",
    "a scenario beside another": f"simulate {CASE} --scenario deal --against no-deal {OTHERWISE}",
    "a scenario in its first year": f"simulate {CASE} --scenario deal --horizon 1 --elasticities low",
    "a scenario on two tables": f"simulate {CASE} --scenario deal --world {MINE},talks",
    "best tariffs": RATES.format("optimal"),
    "best tariffs within bounds": f"{RATES.format('optimal')} --low 1 --high 30",
    "tariffs in a war": RATES.format("nash"),
    "tariffs of all together": RATES.format("cooperative"),
    "instances of coercion": "coercion",
    "coercion in the whole economy": "coercion travel-2025 --economy --world talks",
    "a supply chain": "supply JPN C27 --world talks",
    "a supply chain, in Japanese": "--lang ja supply JPN C27 --world talks",
    "a supply chain of vehicles": "supply USA C29 --world talks",
    "a supply chain without an origin": "supply JPN C27 --world talks --without CHN",
    "a record by a day": "record japan-us-2025 --as-of 2025-05-30 --topic cars",
    "what is open in a record": "record japan-us-2025 --as-of 2025-05-30 --open",
    "rice in a record": "record japan-us-2025 --as-of 2025-09-10 --topic rice",
    "a record that is sound": "record check japan-us-2025",
    "measures that are sound": "register check measures.yaml",
    "what a register holds": "register show --importer CAN --on 2025-06-29",
    "what a register holds of a partner": "register show --importer USA --partner GBR --on 2025-06-29",
    "what a register held": "register show --on 2015-01-01",
    "what a register does not hold": "register show --importer CAN --partner JPN --on 2025-06-29",
    "what needs a look": "register stale --on 2025-07-01 --importer USA",
    "what needs no look": "register stale --on 2015-01-01 --importer JPN",
    "whose measures nobody can look at": "register stale --on 2015-01-01 --importer AUS",
    "what nobody came to know": "register diff --known 2025-06-01 2025-06-02 --importer CAN",
    "whose news nobody can know": "register diff --known 2025-06-01 2025-06-02 --importer AUS",
    "editions that differ": "register diff 関税.csv later.csv --trade imports.csv --partner JPN",
    "editions that do not": "register diff 関税.csv edition.json",
    "a schedule": "schedule import 関税.csv --importer AUS --edition r5",
    "duties of a schedule": "schedule show NZL 8703.23 --on 2025-09-01",
    "duties of a schedule of later": "schedule show JPN 8703.23 --on 2025-08-01 --known 2025-01-01",
    "what became known": "register diff --known 2025-06-01 2025-06-29",
    "terms side by side": "register compare JPN KOR --on 2025-06-29 --hs 8703.23",
    "a rate with its layers": "rate USA JPN 8703.23 --on 2025-09-20",
    "a rate as it was known": "rate USA JPN 8703.23 --on 2025-09-20 --known 2025-09-01",
    "a rate over time": "rate USA JPN 8703.23 --from 2025-01-01 --to 2025-09-30",
    "a rate that is a range": "rate USA JPN 8703 --on 2025-05-20",
    "a rate with one end": "rate USA JPN 7326.90 --on 2025-05-20",
    "a rate with one end, over time": "rate USA CHN 9603.21 --from 2025-03-01 --to 2025-04-09",
    "a rate not known": "rate JPN USA 0202.30 --on 2025-09-20",
    "drafts of a message": "register propose message.txt",
    "a published study": "replicate cp2015 --data nafta",
    "tables that differ": f"world diff {MINE} talks",
    "a table": f"world info {MINE}",
    "formats of tables": "world formats",
    "tables there are": "world list",
    "tables that do not differ": f"world diff {MINE} {MINE}",
    "elasticities of a panel": "world estimate panel.csv --out out/theta.csv",
    "a case": f"cases {CASE}",
    "a corridor": f"{CORRIDOR} --scenario together --measure out/port.yaml",
    "a study checked": "validate --only cars-price-june",
    "kinds of files": "schema",
    "codes": "codes cars",
    "blocs": "codes --kind bloc",
}
"""Words of a command, those of one argument with spaces joined by `+`; two stand for one."""
SURROUNDINGS = {"COLUMNS": "100", "KOSHO_DATA": "data", "KOSHO_SOURCES": ""}
"""What is set where commands run."""
VARY = (" ms a solve", "First-order residual", ", fingerprint ")
"""In lines that differ from machine to machine."""
WITH_PATHS = ("a schedule",)
"""That print where something was put."""
AS_JSON = (
    "indicators",
    "a package by origin",
    "a package by the law",
    "a swap",
    "a swap that few use",
    "duties of a schedule of later",
    "requests",
    "best tariffs within bounds",
    "a supply chain without an origin",
    "tables that differ",
    "a scenario on two tables",
    "editions that differ",
    "what a register does not hold",
    "whose measures nobody can look at",
    "whose news nobody can know",
    "a record that is sound",
    "lines joined",
    "a staged annex",
    "tables there are",
    "codes",
)
"""Whose contract is kept too, as no other answer that is kept has it."""


def prepare(folder: Path) -> None:
    """All inputs, in a folder that is there."""
    commands.prepare(folder, "nowhere")
    cases(folder, folder / "韓国 case")
    run("schedule", "import", "関税.csv", "--importer", "NZL", "--edition", "first", "--from", "2025-01-01")
    for name, text in (
        ("both", BOTH),
        ("several", SEVERAL),
        ("staged", ANNEX),
        ("later", HTS.replace("2.5%", "2.7%")),
        (
            "imports",
            "hts10,partner,value\n8703230190,JPN,300\n8703230190,KOR,50\n0101210010,JPN,100\n8703.23.01.90,JPN,200\n",
        ),
        ("package", "hs,partner,rate\n6110,JPN,0\n8703,JPN,-50%\n848210,JPN,3\n"),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def cases(folder: Path, plain: Path) -> None:
    """A case of which something was agreed, with all that a table can tell, and one in which nothing can be."""
    table = (plain / "table.yaml").read_text(encoding="utf-8")
    agreed, shut = (folder / name for name in ("agreed", "shut"))
    for case in (agreed, shut):
        copytree(plain, case)
    (shut / "table.yaml").write_text(table.replace("\noverlays:", f"{FORBIDDEN}\noverlays:"), encoding="utf-8")
    (agreed / "table.yaml").write_text(
        table.replace("payoff: {}", f"payoff: {WEIGHT}", 1)
        .replace("\ndeadline:", f"{REVERTED}\ndeadline:")
        .replace("\nred_lines:", f"{STRUCK}\nred_lines:"),
        encoding="utf-8",
    )


def said(name: str) -> list[Any]:
    """What a command prints in the folder of its inputs, in lines."""
    words = _words(COMMANDS[name])
    here = f"{Path.cwd()}/"
    with pytest.MonkeyPatch.context() as patch:
        if name in WITH_PATHS:  # whole, however long the way to the folder is
            patch.setenv("COLUMNS", str(int(SURROUNDINGS["COLUMNS"]) + len(here)))
        told_of = [line.replace(here, "").rstrip() for line in lines(*words)]
    found: list[Any] = [line for line in told_of if not any(one in line for one in VARY)]
    for path in (Path(word) for word in words if word.startswith("out/")):
        found += path.read_text(encoding="utf-8").splitlines()
    return [*found, told(*words)] if name in AS_JSON else found


def _words(text: str) -> Sequence[str]:
    return [one.replace("++", "\0").replace("+", " ").replace("\0", " +") for one in text.split()]


def kept() -> dict[str, list[Any]]:
    """What was kept of all commands."""
    return json.loads(HOME.read_text(encoding="utf-8"))


def kept_refusals() -> dict[str, Any]:
    """What was kept of what commands refuse."""
    return json.loads(REFUSALS.read_text(encoding="utf-8"))


def main() -> None:
    os.environ |= SURROUNDINGS
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        prepare(Path(folder))
        found = {name: said(name) for name in COMMANDS}
        refusals = {line: refused(line) for line in REFUSED}
    REFUSALS.write_text(json.dumps(refusals, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    HOME.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(found)} commands, {sum(map(len, found.values())):,} lines\n")


if __name__ == "__main__":
    main()
