"""What the rooms of the law, of tariff lines, of corridors and of tables answer, through their commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from kosho.corridor.figure import svg
from kosho.corridor.sensitivity import ParameterEnd, Swing, Tornado
from kosho.corridor.times import ReleaseTimes
from kosho.world import load
from tests.corridors import of_hours, small
from tests.faults.commands import TRADE
from tests.kept_cli import lines, run, told
from tests.own_world import sales

TALKS = ("--world", "talks")
BOTH = """\
importer,exporter,hs,value,duty
USA,JPN,870323,24000000000,600000000
USA,JPN,848210,300000000,20000000
USA,JPN,611030,20000000,4000000
USA,KOR,870323,19000000000,0
USA,KOR,611030,90000000,0
JPN,USA,020230,751000000,170000000
JPN,AUS,020230,1630000000,350000000
JPN,USA,220421,300000000,30000000
JPN,USA,100630,100000000,0
"""
SEVERAL = """\
importer,exporter,hs,value,duty
USA,JPN,870323,24000000000,600000000
USA,KOR,870323,19000000000,0
USA,DEU,870323,9000000000,225000000
DEU,JPN,870323,4000000000,400000000
DEU,KOR,870323,3000000000,0
JPN,DEU,870323,6000000000,0
USA,JPN,611030,20000000,4000000
USA,KOR,611030,90000000,0
DEU,KOR,611030,60000000,0
USA,JPN,848210,300000000,20000000
DEU,JPN,848210,200000000,10000000
"""
ANNEX = """\
Tariff item,Description,Base rate,Category,Notes
0406.20.200,Cheese,26.3%,B15,
2204.21.020,Wine,"15% or 125 yen/l, whichever is the less; not less than 67 yen/l",B7,
0201.30,Beef,38.5,via 1:27.5 10:20 16:9,
0202.30,Beef,22%,equal 4,
1006.30,Rice,341 yen/kg,keep; quota 50000 t grows 2% for 12,
0409.00,Honey,25.5%,equal 8; quota 200 t grows 3%,
"""
HISTORIES = (
    ("USA", "JPN", "8703.23"),
    ("USA", "CHN", "8703.23"),
    ("USA", "CAN", "7606.12"),
    ("USA", "GBR", "7208.51"),
    ("USA", "BRA", "0901.11"),
    ("USA", "CHE", "9102.11"),
    ("CHN", "USA", "1201.90"),
    ("EU27", "USA", "8711.50"),
    ("JPN", "USA", "1006.30"),
)
"""Importer, exporter and code of rates that changed often."""
DAYS = (
    ("USA", "BRA", "7616.99", "--on", "2026-05-01", "--mfn", "0"),
    ("USA", "JPN", "6912.00.39", "--on", "2025-08-07", "--known", "2025-08-20"),
    ("USA", "JPN", "6912.00.39", "--on", "2025-08-07"),
    ("USA", "JPN", "9603.21", "--on", "2025-06-29", "--mfn", "0"),
    ("USA", "CHN", "9603.21", "--on", "2025-06-29", "--mfn", "0.2USD/kg", "--unit-value", "4USD/kg"),
    ("USA", "MEX", "8708.29", "--on", "2025-09-01", "--mfn", "2.5", "--claimed", "0"),
    ("USA", "JPN", "8703.23", "--on", "2025-09-20", "--attribute", "us_content=50"),
    ("USA", "GBR", "8703.23", "--on", "2025-09-20", "--attribute", "in_quota=no"),
)


def law(folder: Path) -> dict[str, Any]:
    """Rates with their histories and layers, what is in force and what is stale, and terms side by side."""
    del folder
    found: dict[str, Any] = {
        f"history of {' '.join(words)}": told("rate", *words, "--from", "2025-01-01", "--to", "2026-06-30")
        for words in HISTORIES
    }
    found |= {" ".join(words): told("rate", *words) for words in DAYS}
    found |= {f"words of {' '.join(words)}": lines("rate", *words) for words in DAYS}
    compared = ("register", "compare", "JPN", "GBR", "--importer", "USA")
    return found | {
        "in force": _of_measures(told("register", "show", "--on", "2025-06-29", "--partner", "JPN")),
        "stale": told("register", "stale", "--on", "2026-06-01"),
        "compared": told(*compared, "--on", "2026-02-15"),
        "compared on cars": lines(*compared, "--on", "2025-08-15", "--hs", "8703.23,7208"),
    }


def _of_measures(said: dict[str, Any]) -> list[Any]:
    """Names and days only: the rest is what the register says."""
    return [[one.get(key) for key in ("id", "from", "to", "status")] for one in said["measures"]]


def tariff_lines(folder: Path) -> dict[str, Any]:
    """Packages priced by each model, requests, offers and swaps, annexes staged, origin and indicators."""
    trade, package, annex, plain = (folder / f"{name}.csv" for name in ("trade", "package", "annex", "plain"))
    trade.write_text(BOTH, encoding="utf-8")
    plain.write_text(TRADE, encoding="utf-8")
    package.write_text("hs,partner,rate\n6110,JPN,0\n8703,JPN,-50%\n848210,JPN,3\n", encoding="utf-8")
    annex.write_text(ANNEX, encoding="utf-8")
    price = ("lines", "price", str(package), "--importer", "USA", "--trade", str(trade), *TALKS)
    several = folder / "several.csv"
    several.write_text(SEVERAL, encoding="utf-8")
    world = ("lines", "price", str(package), "--importer", "USA", "--trade", str(several), *TALKS)
    case = ("japan-us-2025", "--trade", str(trade), *TALKS)
    stage = ("lines", "stage", str(annex), "--agreement")
    yearly = ("--importer", "JPN", "--partner", "USA", "--trade", str(trade))
    return {
        "smart": told(*price),
        "smart, told": lines(*price),
        "linear": told(*price, "--diversion", "linear", "--supply", "3"),
        "ces": told(*price, "--model", "ces", "--demand", "-0.8", "--elasticities", "broda-weinstein"),
        "gsim": told(*world, "--model", "gsim", "--supply", "1.5", "--elasticities", "assumed"),
        "used": told(*price, "--use", "0.6"),
        "by origin": told(*price, "--origin", "60"),
        "by the law": told(*price, "--rates", "law", "--on", "2025-09-20"),
        "request": told("lines", "request", *case, "--confirm", "1", "--budget", "20"),
        "offer": told("lines", "offer", *case, "--confirm", "0", "--exclude", "22"),
        "offer of cars": told(
            "lines", "offer", "japan-us-2025", "--trade", str(plain), *TALKS, "--confirm", "0"
        ),
        "swap": told("lines", "swap", *case, "--out", str(folder / "swap.csv")),
        "swap, rows": (folder / "swap.csv").read_text("utf-8").splitlines(),
        "swap by origin": told("lines", "swap", *case, "--origin", "60", "--coverage", "0.3"),
        "staged": told(*stage, "cptpp-jpn", "--on", "2026-03-31", "--out", str(folder / "staged.csv")),
        "staged, rows": (folder / "staged.csv").read_text("utf-8").splitlines(),
        "staged, told": lines(*stage, "cptpp-jpn", "--on", "2026-03-31"),
        "year by year": told(*stage, "cptpp-jpn", *yearly),
        "agreements": told("lines", "agreements"),
        "origin": told("lines", "origin", "MEX", "C29", "--threshold", "75", "--members", "USA,CAN", *TALKS),
        "indicators": told("lines", "indicators", "USA", "JPN", "--top", "5", "--trade", str(trade)),
        "indicators, told": lines("lines", "indicators", "USA", "JPN", "--top", "5", "--trade", str(trade)),
    }


def made_up() -> str:
    """The figure of a few consignments, with parameters that help, hurt, have one end or do nothing."""
    swings = (
        Swing("early.activation.mean", "assumption", ParameterEnd("1", 3.0, 0.9), ParameterEnd("3", 2.0, -0.2)),
        Swing("stages.exit.servers", "fact", ParameterEnd("2", None, None), ParameterEnd("9", 2.0, 0.7)),
        Swing("channel.hours", "fact", ParameterEnd("0.1", 2.5, 0.45), ParameterEnd("0.2", 2.4, 0.55)),
        Swing("trusted.examined", "fact", ParameterEnd("0.1", 2.5, 0.5), ParameterEnd("0.2", 2.5, 0.5)),
    )
    cases = {
        "As it is": ReleaseTimes(small(), (of_hours(), of_hours(1.2))),
        "With papers sent ahead, longer hours and more of everything": ReleaseTimes(small(), (of_hours(-6),)),
        "With papers sent after, longer queues for all at the quay": ReleaseTimes(
            small(), (of_hours(60, leaves=0.0),)
        ),
    }
    return svg("Made up", cases, Tornado("ahead", 2.5, 0.5, swings, 2))


def corridor(folder: Path) -> dict[str, Any]:
    """A corridor simulated twice with every parameter at its ends, its figure, and its effect in money."""
    figure, measure = folder / "corridor.svg", folder / "measure.yaml"
    words = ("corridor", "TWKHH", "JPUKB", "--scenario", "together", "--replications", "2", "--processes", "1")
    return {
        "json": told(*words, "--no-tornado", "--figure", str(figure), "--measure", str(measure), *TALKS),
        "words": lines(*words, "--no-tornado", *TALKS),
        "figure": figure.read_text("utf-8").splitlines(),
        "made up": made_up().splitlines(),
        "measure": measure.read_text("utf-8").splitlines(),
    }


def tables(folder: Path) -> dict[str, Any]:
    """Tables built, put into regions, told and compared, with their duties and elasticities."""
    mine = str(folder / "of-mine.npz")
    run("world", "build", *map(str, sales(folder)), "--out", mine)
    world, own = load(regions="talks", sectors="talks"), load(mine)
    return {
        "info": told("world", "info", *TALKS),
        "info, told": lines("world", "info", *TALKS),
        "info of mine": told("world", "info", "--world", mine),
        "differ": told("world", "diff", "talks", mine),
        **{
            f"{name} of {one.meta.name}": getattr(one.arrays, name)
            for one in (world, own)
            for name in ("income", "revenue", "value_added", "deficits", "output", "beta")
        },
        "theta": [world.theta.to_numpy(), own.theta.to_numpy()],
        "duties": np.asarray(world.tariff).sum(axis=1),
        "assumed": [list(world.assumed), list(own.assumed)],
    }
