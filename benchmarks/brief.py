"""`python -m benchmarks brief --base TREE`: whole briefs from an empty cache, against another build.

Each round runs the base's `kosho brief japan-us-2025` once and each brief of this build once, every process
with an empty cache of its own; ratios are within the round, of the processor's time (all processes of a run)
and by the clock. On a machine that does other work the former is the one to read. `--formats` times Word and
Excel as well, which are written from a brief that is kept, and `--languages` the brief in Japanese after that
in English, which solves nothing again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.startup import add_base, kosho

__all__ = ["main"]

STANDARD = ("japan-us-2025", "--as-of", "2025-06-29")
"""What the base is timed on."""
BRIEFS: Mapping[str, tuple[str, ...]] = {
    "japan-us-2025": STANDARD,
    "japan-china-2018": ("japan-china-2018",),
    "japan-asean-2023": ("japan-asean-2023",),
    "japan-taiwan-2025": ("japan-taiwan-2025",),
}
MOST: Mapping[str, float] = {"japan-us-2025": 0.4}
"""Of the base's time; 0.6 for the others."""
HERE = Path(__file__).parents[1]
Seconds = tuple[float, float]
"""Of the processor, and by the clock."""


def brief(tree: Path, about: Sequence[str], cache: Path | None = None) -> Seconds:
    """A brief of the build in a checkout, from an empty cache unless one is given."""
    with tempfile.TemporaryDirectory() as folder:
        out = ("--out", str(Path(folder, "out")))
        return kosho(tree, cache or Path(folder, "cache"), ("brief", *about, *out)).seconds()


def compared(rounds: int, base: Path, names: Sequence[str]) -> list[dict[str, object]]:
    """Rows of ratios: medians over rounds, in each of which the base runs once and every brief once."""
    found = [
        {"": brief(base, STANDARD)} | {name: brief(HERE, BRIEFS[name]) for name in names} for _ in range(rounds)
    ]
    return [
        {
            "what": name,
            "against": "japan-us-2025 of the base",
            "cpu_ratio": round(median(one[name][0] / one[""][0] for one in found), 3),
            "ratio": round(median(one[name][1] / one[""][1] for one in found), 3),
            "cpu_seconds": round(median(one[name][0] for one in found), 1),
            "seconds": round(median(one[name][1] for one in found), 1),
            "most": MOST.get(name, 0.6),
        }
        for name in names
    ]


def formats() -> dict[str, object]:
    """Word and Excel, over the brief in HTML alone, as shares of the time of that from an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        first = brief(HERE, STANDARD, cache)
        again = brief(HERE, STANDARD, cache)
        more = brief(HERE, (*STANDARD, "--format", "html,docx,xlsx"), cache)
    return {
        "what": "docx and xlsx",
        "against": "the brief in html",
        "cpu_ratio": round((more[0] - again[0]) / first[0], 3),
        "ratio": round((more[1] - again[1]) / first[1], 3),
        "cpu_seconds": round(more[0] - again[0], 1),
        "seconds": round(more[1] - again[1], 1),
        "most": 0.15,
    }


def languages() -> dict[str, object]:
    """A brief in a second language, against that in the first from an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        first, second = (brief(HERE, (*STANDARD, "--lang", tag), cache) for tag in ("en", "ja"))
    return {
        "what": "a second language",
        "against": "the brief in the first",
        "cpu_ratio": round(second[0] / first[0], 3),
        "ratio": round(second[1] / first[1], 3),
        "cpu_seconds": round(second[0], 1),
        "seconds": round(second[1], 1),
        "most": 0.4,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks brief", description=__doc__)
    add_base(parser)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=list(BRIEFS), help="Only these; repeat it.")
    parser.add_argument("--formats", action="store_true", help="Word and Excel too.")
    parser.add_argument("--languages", action="store_true", help="A second language too.")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.base is None and not asked.formats and not asked.languages:
        parser.error("nothing to compare: give --base, --formats or --languages")
    rows = [] if asked.base is None else compared(asked.rounds, asked.base, asked.case or list(BRIEFS))
    rows += [formats()] if asked.formats else []
    rows += [languages()] if asked.languages else []
    for row in rows:
        if asked.json:
            print(json.dumps(row))
        else:
            took = f"{row['cpu_seconds']} s and {row['seconds']} s"
            ratios = f"{row['cpu_ratio']} of the processor, {row['ratio']} by the clock ({took})"
            print(f"{row['what']:18} against {row['against']}: {ratios}; at most {row['most']}")


if __name__ == "__main__":
    main()
