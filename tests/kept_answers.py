"""Answers of small economies and small cases, kept as they are; `python -m tests.kept_answers` writes them.

Whether an answer is right is tested against closed forms, other solvers and published numbers; that takes many
draws. This says within seconds that something has changed anywhere between the input and what is told: whoever
changes it on purpose writes the answers anew, and looks at the difference.
"""

from __future__ import annotations

import io
import json
import math
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import asdict, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import docx
import numpy as np
import openpyxl

from kosho.brief.exports.markdown import markdown
from kosho.brief.exports.word import word
from kosho.brief.exports.workbook import workbook
from kosho.equilibrium import Closure, Shock
from kosho.impact import customs_time, digital, effects, standards, subsidies, value_chains, vehicles
from kosho.law.register import Register
from kosho.world import load
from tests import kept_equilibrium, kept_pages, kept_rooms
from tests.kept_cli import lines, run, told
from tests.own_world import sales, with_ranges, write_case
from tests.unit.test_brief_exports import full

HOME = Path(__file__).parent / "golden" / "kept"
VARY = {"seconds", "place", "iterations", "residual", "world", "talks_world", "solver", "folder", "case"}
"""Keys of what differs from machine to machine, or says how it was worked out."""
LONG = {"in_force", "sources", "titles", "told"}
"""Keys of lists of the register, which are tested where it is, or of what stands there twice."""
CLOSE, NIL = 1e-4, 1e-6
"""Share of a number by which it may differ, and how much of nothing."""
CENT = 0.02
"""Million: what differences of large amounts may differ by, each of which is solved to a hundred-millionth."""
FRACTIONS = {"welfare", "welfare_first_order", "real_wage", "real_gdp", "consumer_prices", "share", "all_gain"}
"""Keys of numbers that are no amounts of money."""
NUMBERS = re.compile(r"\[[-\d.e+,\s]+\]")
"""A list of them in a file."""
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def own_case(folder: Path) -> Path:
    """The case of the how-to pages in a table of its own, with its folder."""
    case = folder / "korea"
    case.mkdir()
    run("world", "build", *map(str, sales(folder)), "--out", str(case / "mine.npz"))
    write_case(case, "mine.npz")
    return case


def equilibrium(case: Path) -> dict[str, Any]:
    """Every closure, bound and product told apart, and slopes."""
    del case
    found = kept_equilibrium.alone() | kept_equilibrium.base() | kept_equilibrium.slopes()
    return found | {"assumed": [Closure(**one).assumed for one in ASSUMED]}


def batches(case: Path) -> dict[str, Any]:
    """Batches of every kind, each way in which they are solved."""
    del case
    return kept_equilibrium.together()


ASSUMED: tuple[dict[str, Any], ...] = (
    {"labour_supply": 0.5},
    {"labour_supply": 0.5, "labour_tax": 0.2, "revenue": "kept"},
    {"capital": "accumulated"},
    {"capital": "accumulated", "capital_share": 0.4},
    {"capital": "accumulated", "capital_share": {"C29": 0.4}, "deficits": "zero"},
    {"labour_mobility": 1.5, "profits": ["C29"], "absorbed": {"C29": 0.5}},
)


def impact(case: Path) -> dict[str, Any]:
    """Each kind of instrument as a change of cost, the law of three days in a table, value chains."""
    del case
    world = load(regions="talks", sectors="talks")
    found: dict[str, Any] = {
        "cost of trade": [digital.cost_of_trade(x, theta) for x in (-0.5, 0.0, 0.3) for theta in (0.5, 4.0)],
        "largest": digital.largest(),
        "connectivity": [
            digital.connectivity(x, 5.0, kind) for x in (0.1, 0.4) for kind in ("goods", "services", "parcels")
        ],
        "connectivity of cost": digital.connectivity_cost(0.1),
        "restrictiveness": [digital.restrictiveness(x, 5.0) for x in (0.05, 0.1)],
        "days": [customs_time.ave_of_days(3.0), customs_time.cost_change(5.0, 2.0)],
        "standards": [standards.factor_top_down(a, 0.5, r) for a in (0.05, 0.3) for r in (0.2, 1.0)],
        "wedges": [subsidies.wedge_after(t, s, r) for t in (0.0, 0.1) for s in (0.05, 0.3) for r in (0.0, 0.2)],
        "concentration": [value_chains.concentration(world, "JPN", "C27", home=home) for home in (False, True)],
        "content": value_chains.content(world, "JPN", "C29", ["CHN", "KOR"]),
        "inputs": value_chains.inputs_by_origin(world, "JPN", "C29").to_numpy().sum(axis=0),
        "value added": value_chains.value_added_by_origin(world, "USA", "C29").to_numpy(),
        "brands": vehicles.japanese_brands("THA", 600_000.0),
        "coercion": told("coercion"),
        "supply": told("supply", "JPN", "C27", "--world", "talks"),
    }
    register = Register.load()
    for on in (date(2024, 6, 30), date(2025, 6, 29), date(2025, 9, 17)):
        law = effects(world, register, on, on)
        found[f"law of {on}"] = _shock(law.shock) | {
            "left out": sorted(law.left_out),
            "ranges": [(one.measure, one.what, one.range) for one in law.ranges],
            "constraints": [(one.name, getattr(one, "limit", None)) for one in law.constraints],
            "nests": [(one.importer, one.product) for one in law.nests],
            "assumptions": law.assumptions,
        }
    return found


def _shock(shock: Shock) -> dict[str, Any]:
    """Sums of what a shock changes, by importer: they move with any row."""
    added = shock.share * (shock.tariff - shock.base_tariff)
    n = len(shock.countries)
    return {
        "rows": len(shock),
        "tariff": np.bincount(shock.importer, added, n),
        "weighed": np.bincount(shock.importer, added * (1 + shock.exporter) * (1 + shock.sector), n),
        "cost": np.bincount(shock.importer, shock.share * np.log(shock.cost), n),
        "rent": np.bincount(shock.importer, shock.rent, n),
    }


def bargain(case: Path) -> dict[str, Any]:
    """A table with draws, one whose rates are ranges, and why a package is worth what it is."""
    found: dict[str, Any] = {
        "draws": told("bargain", str(case), "--draws", "3"),
        "screened": told("bargain", str(case), "--draws", "0", "--no-confirm", "--screen"),
        "explained": lines("bargain", str(case), "--draws", "0", "--no-confirm", "--explain", "cars=all-15"),
        "zero": told("bargain", str(case), "--draws", "0", "--no-confirm", "--deficits", "zero"),
    }
    table = case / "table.yaml"
    plain = table.read_text("utf-8")
    try:
        table.write_text(with_ranges(plain), encoding="utf-8")
        found["ranges"] = told("bargain", str(case), "--draws", "0", "--no-confirm")
    finally:
        table.write_text(plain, encoding="utf-8")
    tariffs = ("tariffs", "optimal", "--parties", "USA,KOR", "--sectors", "C29-C30", "--world")
    return found | {"tariffs": told(*tariffs, str(case / "mine.npz"))}


def scenario(case: Path) -> dict[str, Any]:
    """Scenarios of a case, with closures, what is added, and the base of a table with labels of its own."""
    deal = ("simulate", str(case), "--scenario", "deal")
    mine = ("simulate", "--base", "--world", str(case / "mine.npz"))
    return {
        "deal": told(*deal),
        "deal, told": lines(*deal),
        "zero": told(*deal, "--deficits", "zero"),
        "closed": told(*deal, "--closure", "labour_supply=0.5"),
        "added": told(*deal, "--add", "USA KOR C29 +10%"),
        "free": told(*mine, "--add", "USA EUROPE C29-C30 +5%"),
        "own": told(*mine, "--add", "USA EUROPE goods +25%"),
        "talks": told("simulate", "--base", "--world", "talks", "--add", "USA JPN C29 25%"),
    }


def brief(case: Path) -> dict[str, Any]:
    """A whole brief: its contract, and every word of it."""
    run("brief", str(case), "--out", str(case.parent / "brief"), "--format", "md")
    return _made_up() | {
        "json": json.loads((case.parent / "brief" / "brief.json").read_text(encoding="utf-8")),
        "words": (case.parent / "brief" / "brief.md").read_text(encoding="utf-8").splitlines(),
    }


def _made_up() -> dict[str, Any]:
    """A brief with all parts and made-up numbers, as words, in Word and in Excel."""
    every = full()
    paper = docx.Document(io.BytesIO(word(every)))
    book = openpyxl.load_workbook(io.BytesIO(workbook(every)))
    cells = [[[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book]
    return {
        "made up": markdown(every).splitlines(),
        "word": ["".join(one.itertext()) for one in paper.element.body.iterchildren()],
        "excel": json.loads(json.dumps(cells, default=str)),
    }


ROOMS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "equilibrium": equilibrium,
    "batches": batches,
    "law": lambda case: kept_rooms.law(case.parent),
    "lines": lambda case: kept_rooms.tariff_lines(case.parent),
    "corridor": lambda case: kept_rooms.corridor(case.parent),
    "world": lambda case: kept_rooms.tables(case.parent),
    "impact": impact,
    "bargain": bargain,
    "scenario": scenario,
    "brief": brief,
}


def answers(room: str, folder: Path) -> Any:
    """What a room answers, as it is kept."""
    if room in kept_pages.BRIEFS:
        return plain(kept_pages.pages(room))
    with chdir(folder):
        return plain(ROOMS[room](own_case(folder)))


def plain(value: Any) -> Any:
    """As JSON keeps it: arrays as lists, numbers to nine digits, without what varies."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items() if key not in VARY | LONG}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(one) for one in (value.tolist() if isinstance(value, np.ndarray) else value)]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else str(value)
    return value


def differences(one: Any, other: Any, place: str = "", nil: float = NIL) -> Iterator[str]:
    """Where two answers differ, and how; numbers may by so much of nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys((*one, *other)):
            here = f"{place}.{key}"
            if key in one and key in other:
                yield from differences(one[key], other[key], here, NIL if key in FRACTIONS else nil)
            else:
                yield f"{here}: {'gone' if key in one else 'new'}"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, theirs, f"{place}[{k}]", nil)
    elif not _alike(one, other, nil):
        yield f"{place}: {one!r} is now {other!r}"


def _alike(one: Any, other: Any, nil: float) -> bool:
    """Whether two values are the same: numbers nearly, those in words to one unit of their last digit."""
    if isinstance(one, bool) or isinstance(other, bool) or type(one) is not type(other):
        return one is other if isinstance(one, bool) else one == other or _close(one, other, nil)
    if isinstance(one, float):
        return _close(one, other, nil)
    if isinstance(one, str) and one != other:
        mine, theirs = NUMBER.findall(one), NUMBER.findall(other)
        return NUMBER.split(one) == NUMBER.split(other) and all(map(_next, mine, theirs))
    return one == other


def _close(one: Any, other: Any, nil: float) -> bool:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return numbers and math.isclose(one, other, rel_tol=CLOSE, abs_tol=nil)


def _next(one: str, other: str) -> bool:
    """Whether two numbers of as many decimals differ by one unit of the last at most, as rounding decides."""
    places = [len(text.partition(".")[2]) for text in (one, other)]
    values = [float(text.replace(",", "")) for text in (one, other)]
    return one == other or (places[0] == places[1] > 0 and abs(values[0] - values[1]) < 1.5 * 10 ** -places[0])


def kept(room: str) -> Any:
    """What was kept of a room."""
    return json.loads((HOME / f"{room}.json").read_text(encoding="utf-8"))


def _on_a_line(found: re.Match[str]) -> str:
    return "".join(found[0].split()).replace(",", ", ")


def main(*rooms: str) -> None:
    HOME.mkdir(exist_ok=True)
    os.environ["COLUMNS"] = "100"
    for room in rooms or (*ROOMS, *kept_pages.BRIEFS):
        with tempfile.TemporaryDirectory() as folder:
            found = answers(room, Path(folder))
        text = NUMBERS.sub(_on_a_line, json.dumps(found, ensure_ascii=False, indent=0))
        (HOME / f"{room}.json").write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"{room}: {len(text):,} characters\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
