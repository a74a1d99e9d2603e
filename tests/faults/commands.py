"""Every command of the command line once, small, with all files that it needs: what faults are tried on.

A command that is new is in no entry, and `test_every_command_is_tried` says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.corridors import shipped_text
from tests.own_world import sales, write_case
from tests.schedule_files import HTS, as_json
from typer.main import get_command
from typer.testing import CliRunner

from kosho.cli import app

MESSAGE = Path(__file__).parents[1] / "golden" / "proposing" / "csms-66492057.txt"
MEASURES = """\
title: Measures of our own
sources:
  - {id: own, title: Assumption of this exercise, publisher: the author, kind: own}
measures:
  - id: own-cars
    title: 5 % on cars
    imposer: JPN
    authority: own-cars
    partners: {include: [all]}
    scope: {groups: [vehicles-232]}
    kind: tariff
    value: 5
    stage: in_force
    legal_from: 2025-01-01
    known_from: 2025-01-01
    legal_basis: none; an exercise
    source: [own]
    status: assumption
"""
NOTE = "Japan offered to buy corn on June 29, 2025."
FACT = {"type": "offer", "fields": {"by": "JPN"}, "quote": NOTE.rstrip(".")}
ANNEX = "Schedule of Japan\nTariff item,Base rate,Category\n0406.20.200,26.3%,equal 2\n"
TRADE = """\
importer,exporter,hs,value,duty
USA,JPN,870323,40000000000,1000000000
USA,JPN,611030,20000000,4000000
USA,KOR,870323,30000000000,0
USA,KOR,611030,90000000,0
JPN,USA,020230,900000000,200000000
JPN,USA,870323,700000000,0
JPN,AUS,020230,1900000000,410000000
"""
MODEL = "MODEL"
"""Stands for the address of a server that proposes `FACT`; a file of this name among the inputs has it."""
OUT = "out"
"""Folder that stands in the folder of the inputs, to write to."""


@dataclass(frozen=True)
class Command:
    """How a command is called in the folder of the inputs, and what it writes to `out`."""

    line: str
    """Words; those of one argument with spaces are joined by `+`."""
    writes: tuple[str, ...] = ()
    status: int = 0
    typed: str = ""
    """What a person types."""
    tells: str = ""
    """A part of what it prints."""
    varies: tuple[str, ...] = ()
    """Parts of what `driver.attempt` tells that differ from run to run: times, or what was asked before."""

    @property
    def words(self) -> list[str]:
        return [word.replace("+", " ") for word in self.line.split()]


EVERY = {
    "schedule import": Command("schedule import 関税.csv --importer USA --edition r5", tells="r5"),
    "schedule show": Command("schedule show USA 8703.23", tells="2.5"),
    "cases": Command("cases", tells="japan-us-2025"),
    "codes": Command("codes cars", tells="vehicles-232"),
    "new": Command("new probe --parties JPN,GBR --out out", writes=("probe/case.yaml",), tells="probe"),
    "brief --format": Command(
        "brief 韓国+case --no-bargain --out out/brief --format docx,xlsx,md",
        writes=("brief/brief.docx", "brief/brief.xlsx", "brief/brief.md"),
        tells="brief.docx",
    ),
    "brief": Command(
        "brief 韓国+case --no-bargain --out out/brief",
        writes=("brief/brief.html", "brief/brief.json"),
        tells="brief.html",
    ),
    "bargain": Command("bargain 韓国+case --draws 2 --no-confirm --json", tells='"packages": 9'),
    "simulate": Command("simulate 韓国+case --scenario deal", tells="Korea"),
    "simulate --add": Command("simulate --add USA+JPN+C29+25% --base --world talks", tells="C29"),
    "rate": Command(
        "rate USA JPN 8703.23 --from 2025-01-01 --to 2025-09-30 --figure out/rate.svg",
        writes=("rate.svg",),
        tells="2025-04-03",
    ),
    "replicate": Command("replicate cp2015 --data nafta --json", tells='"Mexico"', varies=("printed",)),
    "validate": Command("validate --only cars-price-june", tells="19.4"),
    "bench": Command("bench --only reading", tells="statements", varies=("printed",)),
    "tariffs": Command(
        "tariffs optimal --parties USA,KOR --sectors C29-C30 --world 韓国+case/mine.npz", tells="C29"
    ),
    "record": Command("record japan-us-2025", tells="Conflict"),
    "read": Command(
        "read note.txt --accept --out out/drafts.yaml --record out/record.yaml",
        writes=("drafts.yaml", "record.yaml"),
        typed="a\n",
        tells="1 accepted",
    ),
    "read --check": Command(
        "read note.txt --check --out out/checked.yaml",
        writes=("checked.yaml",),
        typed=json.dumps(FACT),
        tells='"accepted": true',
    ),
    "read --propose": Command(
        f"read note.txt --propose {MODEL} --model small --out out/proposed.yaml",
        writes=("proposed.yaml",),
        tells="small",
        varies=("told",),
    ),
    "corridor": Command(
        "corridor TWKHH JPUKB --file port.yaml --scenario together --replications 2 --processes 2 --no-tornado"
        " --no-effect --figure out/port.svg --measure out/port.yaml",
        writes=("port.svg", "port.yaml"),
        tells="days",
    ),
    "coercion": Command("coercion", tells="Hürriyet"),
    "supply": Command("supply JPN C27 --world talks", tells="Herfindahl"),
    "schema": Command("schema --all out/schemas", writes=("schemas/case.schema.json",), tells="schemas"),
    "register check": Command("register check measures.yaml --with-shipped"),
    "register against-schedule": Command(
        "register against-schedule edition.json", status=1, tells="the file holds no footnotes"
    ),
    "register show": Command("register show --importer CAN --on 2025-06-29", tells="Chinese electric cars"),
    "register diff": Command("register diff --known 2025-06-01 2025-06-29", tells="2025-06"),
    "register stale": Command("register stale --on 2026-01-01 --importer USA", tells="pending"),
    "register compare": Command(
        "register compare JPN KOR --on 2025-06-29 --hs 8703.23 --figure out/terms.svg",
        writes=("terms.svg",),
        tells="8703",
    ),
    "register propose": Command(
        "register propose message.txt --out out/proposed.yaml", writes=("proposed.yaml",), tells="9903.76.01"
    ),
    "register propose --accept": Command(
        "register propose message.txt --out out/drafts.yaml --accept --into out/measures.yaml",
        writes=("drafts.yaml", "measures.yaml"),
        typed="e\nauthority=own-lumber\n\na\nr\n",
        tells="1 accepted, 1 rejected",
    ),
    "serve": Command("serve --openapi", tells='"openapi"'),
    "mcp": Command("mcp", typed=""),
    "lines price": Command("lines price package.csv --importer USA --on 2025-06-29 --json", tells='"revenue"'),
    "lines indicators": Command("lines indicators USA JPN --top 3", tells="870323"),
    "lines request": Command(
        "lines request japan-us-2025 --trade trade.csv --confirm 1 --world talks --out out/request.csv",
        writes=("request.csv",),
        tells="Japan asks the United States",
    ),
    "lines offer": Command(
        "lines offer japan-us-2025 --trade trade.csv --confirm 1 --world talks --out out/offer.csv",
        writes=("offer.csv",),
        tells="Japan offers the United States",
    ),
    "lines swap": Command(
        "lines swap japan-us-2025 --trade trade.csv --world talks --out out/swap.csv",
        writes=("swap.csv",),
        tells="Packages on the frontier",
    ),
    "lines formats": Command("lines formats", tells="baci"),
    "lines join": Command(
        "lines join JPN --trade trade.csv --out out/lines.csv", writes=("lines.csv",), tells="Japan"
    ),
    "lines origin": Command("lines origin JPN C29 --world talks", tells="build-down"),
    "lines goods": Command("lines goods USA --top 5", tells="Foodstuff"),
    "lines agreements": Command("lines agreements", tells="cptpp-jpn"),
    "lines stage": Command(
        "lines stage annex.csv --agreement cptpp-jpn --out out/annex.csv", writes=("annex.csv",), tells="13.1"
    ),
    "world build": Command("", writes=("built.npz",), tells="5 economies"),
    "world import": Command("", writes=("imported.npz",), tells="5 economies"),
    "world diff": Command("world diff 韓国+case/mine.npz 韓国+case/mine.npz", tells="the same"),
    "world export": Command(
        "world export 韓国+case/mine.npz out/mine.csv", writes=("mine.csv",), tells="mine.csv"
    ),
    "world estimate": Command(
        "world estimate panel.csv --out out/theta.csv", writes=("theta.csv",), tells="clustered by pair"
    ),
    "world list": Command("world list", tells="icio-2022"),
    "world formats": Command("world formats", tells="long-csv"),
    "world info": Command(
        "world info 韓国+case/mine.npz --html out/mine.html", writes=("mine.html",), tells="mine"
    ),
}

STEP_BY_STEP = ("read", "register propose --accept")
"""Keep drafts first, then each decision on them as it is made."""


def leaves(command: Any = None, name: str = "") -> Iterator[str]:
    """Names of all commands there are: `cases`, `register check`."""
    command = get_command(app) if command is None else command
    below = getattr(command, "commands", None)
    if below is None:
        yield name
        return
    for word in below:
        yield from leaves(below[word], f"{name} {word}".strip())


def words(name: str, folder: Path) -> list[str]:
    """Arguments of a command, for a process that runs in the folder of the inputs."""
    if name in ("world build", "world import"):
        told = [str(word) for word in sales(folder)]
        if name == "world build":
            return ["world", "build", *told, "--out", "out/built.npz"]
        place = told.index("--from")
        rest = [*told[:place], *told[place + 2 :], "--insist"]  # sales are made up, as small as they are
        return ["world", "import", told[place + 1], *rest, "--out", "out/imported.npz"]
    model = (folder / MODEL).read_text(encoding="utf-8")
    return [model if word == MODEL else word for word in EVERY[name].words]


def prepare(folder: Path, model: str) -> Path:
    """All inputs in a folder that is there, with the address of a model, and `out` to write to."""
    (folder / MODEL).write_text(model, encoding="utf-8")
    case = folder / "韓国 case"
    case.mkdir()
    (folder / OUT).mkdir()
    build = ["world", "build", *map(str, sales(folder)), "--out", str(case / "mine.npz")]
    done = CliRunner().invoke(app, build, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    write_case(case, "mine.npz")
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "message.txt").write_bytes(MESSAGE.read_bytes())
    (folder / "関税.csv").write_text(HTS, encoding="utf-8")
    (folder / "package.csv").write_text("hs,partner,rate\n8703,JPN,0\n", encoding="utf-8")
    (folder / "trade.csv").write_text(TRADE, encoding="utf-8")
    (folder / "annex.csv").write_text(ANNEX, encoding="utf-8")
    (folder / "edition.json").write_text(as_json(HTS), encoding="utf-8")
    port = re.sub(
        r"^window: .*$",
        "window: {start: 2026-06-15, warm_up: 2, days: 7, cool_down: 1}",
        shipped_text(),
        flags=re.M,
    )
    (folder / "port.yaml").write_text(port, encoding="utf-8")
    (folder / "measures.yaml").write_text(MEASURES, encoding="utf-8")
    (folder / "panel.csv").write_text(_panel(), encoding="utf-8")
    (folder / "nafta").mkdir()
    np.savez(folder / "nafta" / "cp2015.npz", **_nafta())
    return folder


def _panel() -> str:
    """Trade of six economies over two years, which falls with duties as it does at a theta of four."""
    rng = np.random.default_rng(4)
    rows = ["exporter,importer,year,trade,tariff"]
    for i in range(6):
        for n in range(6):
            for year in (2018, 2019):
                duty = 0.0 if i == n else float(rng.uniform(0.0, 0.4))
                rows.append(f"E{i},E{n},{year},{rng.poisson(500.0 * (1 + i) * (1 + duty) ** -5)},{duty}")
    return "\n".join(rows) + "\n"


def _nafta() -> dict[str, Any]:
    """Data of the shape of Caliendo & Parro's, made up: four regions, 21 sectors."""
    rng = np.random.default_rng(1993)
    regions, traded, sectors = 4, 20, 21
    trade = rng.uniform(1.0, 5.0, (traded, regions, regions)) * (1 - np.eye(regions))
    share = rng.uniform(0.4, 0.6, (sectors, regions))
    inputs = rng.dirichlet(np.ones(sectors), (regions, sectors)).transpose(0, 2, 1)
    return {
        "regions": np.array(["Mexico", "Canada", "USA", "ROW"]),
        "sectors": np.array([f"s{k}" for k in range(sectors)]),
        "trade_1993": trade,
        "tariff_1993": np.full_like(trade, 0.1) * (1 - np.eye(regions)),
        "tariff_2005": np.zeros_like(trade),
        "gross_output": np.full((sectors, regions), 100.0),
        "value_added_share": share,
        "input_share": inputs,
        "theta_traded": np.full(traded, 5.0),
    }
