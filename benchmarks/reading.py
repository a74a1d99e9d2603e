"""`python -m benchmarks.reading`: reading documents, starting up, a record as of a day, in seconds.

`python -m benchmarks.reading record [COUNT]`: a record of 100,000 statements read in new processes, the first
time and the second; with `PYTHONPATH` of another tree in front, by that one.

`python -m benchmarks reading documents [--count N] [--base TREE]`: `kosho read` of so many documents of 3,000
characters, all different, on all cores; with a checkout of another build both in turn, wall and processor time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from benchmarks.startup import KOSHO, Command, add_base
from kosho.record import Record
from kosho.record.reading import Document, read_text

TEXTS = Path(__file__).parents[1] / "tests" / "golden" / "reading"
CHARACTERS = 3000


def seconds(action: Callable[[], object], rounds: int = 3) -> float:
    """Median wall time."""
    times: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return median(times)


def documents(count: int = 100) -> list[Document]:
    """Documents of 3,000 characters made of our test texts."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.txt"))]
    whole = ["\n\n".join(texts[n:] + texts[:n])[:CHARACTERS] for n in range(len(texts))]
    return [Document(f"{n}.txt", whole[n % len(whole)]) for n in range(count)]


def start_up() -> float:
    """A process of `kosho read` on one short text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_text("Japan said so on Monday.", encoding="utf-8")
        command = [sys.executable, "-c", KOSHO, "read", str(path), "--json"]
        return seconds(lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: S603


def large_text(count: int) -> str:
    """The record of so many statements."""
    head = "title: T\nsources: [{id: a, title: A, publisher: P, kind: own}]\n"
    head += "parties: [{id: jpn, name: Japan, kind: state, code: JPN}]\nstatements:\n"
    lines = (
        f"  - {{id: s{n}, type: position, kind: ask, source: a, quote: met, start: 0, end: 3, by: [jpn],"
        f" recorded_at: {date(2020, 1, 1) + timedelta(days=n % 2000)}, topic: t{n % 50}}}\n"
        for n in range(count)
    )
    return head + "".join(lines)


def large_record(count: int = 10_000) -> Record:
    """A record of so many statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.yaml"
        path.write_text(large_text(count), encoding="utf-8")
        return Record.load(path)


LOAD = """
import resource, sys, time
from kosho.record import Record
started = time.process_time()
count = len(Record.load(sys.argv[1]).file.statements)
took, memory = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{count:,} statements: {took:.2f} CPU s, {memory / 1024:.0f} MiB")
"""


def show_record(count: int = 100_000) -> None:
    """Time and memory of new processes that read a large record, twice with one cache."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.yaml"
        path.write_text(large_text(count), encoding="utf-8")
        for _ in range(2):
            environment = {**os.environ, "KOSHO_CACHE": str(Path(folder) / "copies")}
            subprocess.run([sys.executable, "-c", LOAD, str(path)], check=True, env=environment)  # noqa: S603


BASES = 15
"""Texts that documents are cut from, each time a little further on."""
STEP = 37
ROUNDS = 3


def write_documents(folder: Path, count: int) -> list[Path]:
    """Documents of 3,000 characters, no two alike."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEXTS.glob("*.txt"))[:BASES]]
    found: list[Path] = []
    for n in range(count):
        whole = "\n\n".join(texts[n % BASES :] + texts[: n % BASES])
        path = folder / f"{n:05}.txt"
        path.write_text(whole[n // BASES * STEP % len(whole) :][:CHARACTERS].ljust(1, "."), encoding="utf-8")
        found.append(path)
    return found


def took(tree: Path | None, files: Sequence[Path]) -> tuple[float, float]:
    """One `kosho read` of files, by this build or by that of another checkout: as `Command.seconds`."""
    own = {"PYTHONPATH": str(tree / "src")} if tree else {}
    return Command(KOSHO, ("read", *map(str, files), "--json"), own).seconds()


def report_documents(arguments: Sequence[str]) -> None:
    """Print what many documents take, and one; beside another build where one is named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reading documents")
    parser.add_argument("--count", type=int, default=1_000)
    add_base(parser)
    told = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        files = write_documents(Path(folder), told.count)
        for name, some, rounds in (
            (f"{told.count:,} documents", files, 1),
            ("one document", files[:1], ROUNDS),
        ):
            trees = [None, told.base] if told.base else [None]
            runs = [[took(tree, some) for tree in trees] for _ in range(rounds)]
            processors, clock = (median(run[0][n] for run in runs) for n in range(2))
            line = f"{name}: {clock:.2f} s, processors {processors:.2f} s"
            if told.base:
                processors, clock = (median(run[0][n] / run[1][n] for run in runs) for n in range(2))
                line += f"; {clock:.2f} and {processors:.2f} of the other build"
            sys.stdout.write(f"{line}\n")


def report(arguments: Sequence[str]) -> None:
    """`python -m benchmarks reading`."""
    if arguments[:1] == ["documents"]:
        report_documents(arguments[1:])
    else:
        main()


def main() -> None:
    """Print the times beside what they should be."""
    if sys.argv[1:2] == ["record"]:
        show_record(*map(int, sys.argv[2:3]))
        return
    read_text(documents(1)[0])
    hundred = documents()
    print(
        f"100 documents of 3,000 characters: {seconds(lambda: [read_text(d) for d in hundred]):.2f} s (<= 10)"
    )
    print(f"start of kosho read, one text: {start_up():.2f} s (<= 2)")
    record = large_record()
    took = seconds(lambda: record.as_of(date(2023, 1, 1)).positions)
    print(f"10,000 statements as of a day, once parsed: {took:.3f} s (<= 1)")


if __name__ == "__main__":
    main()
