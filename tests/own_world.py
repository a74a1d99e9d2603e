"""A made-up table of 5 regions and 7 sectors, ISIC rev. 4 and 2019, and a case that is solved in a moment."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np

REGIONS = ("kor", "USA", "CHN", "EUROPE", "ROW")
SECTORS = ("A", "B", "C10-C23", "C24-C25", "C26-C28", "C29-C30", "D-T")
GOODS = 6
HOWTO = Path(__file__).parents[1] / "docs" / "howto"


def rows() -> list[tuple[str, str, str, str, float]]:
    """Sales in thousand USD: exporter, seller, importer, user, value."""
    rng = np.random.default_rng(2019)
    size = np.array([1.6, 21.0, 14.0, 16.0, 30.0])
    weight = np.array([0.03, 0.03, 0.14, 0.07, 0.12, 0.09, 0.52])
    closeness = np.where(np.eye(5, dtype=bool), 1.0, 0.06) * rng.uniform(0.7, 1.3, (5, 5))
    found: list[tuple[str, str, str, str, float]] = []
    for i, exporter in enumerate(REGIONS):
        for k, seller in enumerate(SECTORS):
            open_ = 1.0 if k < GOODS else 0.1
            for n, importer in enumerate(REGIONS):
                near = closeness[n, i] * (open_ if n != i else 1.0)
                sold = 1e9 * near * weight[k] * size[i] * size[n] / size.sum() * rng.uniform(0.8, 1.2)
                for j, user in enumerate(SECTORS):
                    found.append((exporter, seller, importer, user, 0.4 * sold * weight[j]))
                found.append((exporter, seller, importer, "consumption", 0.6 * sold))
    return found


def block(page: str, title: str) -> str:
    """A file that a how-to page has the reader write."""
    found = re.search(rf'```yaml title="korea-us/{title}"\n(.*?)```', (HOWTO / page).read_text("utf-8"), re.S)
    assert found is not None
    return found.group(1)


def sales(folder: Path) -> list[str | Path]:
    """Files of the table in a folder, and what `kosho world build` is told of them."""
    if not (folder / "sales.csv").exists():
        with (folder / "sales.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("from", "industry", "to", "buyer", "kUSD"), *rows()])
        (folder / "regions.csv").write_text("region,economy\nEUROPE,EU27\nEUROPE,GBR\nEUROPE,CHE\n")
    columns = {"exporter": "from", "seller": "industry", "importer": "to", "user": "buyer", "value": "kUSD"}
    settings = [*(f"{key}={name}" for key, name in columns.items()), "final=consumption", "scale=0.001"]
    return [
        *(folder / "sales.csv", "--from", "long-csv", "--year", "2019", "--name", "mine"),
        *("--regions", folder / "regions.csv"),
        *(word for setting in settings for word in ("--set", setting)),
    ]


def write_case(case: Path, world: str) -> None:
    """The case of the how-to pages, in a folder that is there, in a world of its own."""
    (case / "measures.yaml").write_text(block("own-case.md", "measures.yaml"), encoding="utf-8")
    text = block("own-case.md", "case.yaml").replace("sector: C29", "sector: C29-C30")
    (case / "case.yaml").write_text(text.replace("as_of:", f"world: {world}\nas_of:"), encoding="utf-8")
    (case / "table.yaml").write_text(block("own-table.md", "table.yaml"), encoding="utf-8")


RANGE = (
    "      - {id: in-all, title: A rate in all, overlays: [table-cars], rate: {from: 2, to: 25}, "
    "status: assumption, source: [own]}\n"
)
"""An option of the cars of the how-to pages with a range of rates."""
LOW_REST = (
    "      - {id: add-10, title: 10 % on top, overlays: [table-rest], at: {table-rest: 10}, "
    "status: assumption, source: [own]}\n"
)


def with_ranges(text: str, rest: str = LOW_REST) -> str:
    """The table of the how-to pages with a range for cars in place of steps, and another option of the rest."""
    text = re.sub(r"      - \{id: all-15.*\n      - \{id: all-10.*\n", lambda _: RANGE, text)
    text = re.sub(r"      - \{id: add-15.*\n      - \{id: add-10.*\n", lambda _: rest, text)
    return text.replace("forbids: {cars: [all-10]}", "forbids: {rest: [add-25], cars: [add-25]}")
