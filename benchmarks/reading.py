"""`python -m benchmarks.reading`: reading documents, starting up, a record as of a day, in seconds.

`python -m benchmarks.reading record [COUNT]`: a record of 100,000 statements read in new processes, the first
time and the second; with `PYTHONPATH` of another tree in front, by that one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median

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
        command = [sys.executable, "-c", "from kosho.cli import main; main()", "read", str(path), "--json"]
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
