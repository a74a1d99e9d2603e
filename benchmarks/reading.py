"""`python -m benchmarks.reading`: reading documents, starting up, a record as of a day, in seconds."""

from __future__ import annotations

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


def large_record(count: int = 10_000) -> Record:
    """A record of so many statements."""
    head = "title: T\nsources: [{id: a, title: A, publisher: P, kind: own}]\n"
    head += "parties: [{id: jpn, name: Japan, kind: state, code: JPN}]\nstatements:\n"
    lines = (
        f"  - {{id: s{n}, type: position, kind: ask, source: a, quote: met, start: 0, end: 3, by: [jpn],"
        f" recorded_at: {date(2020, 1, 1) + timedelta(days=n % 2000)}, topic: t{n % 50}}}\n"
        for n in range(count)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.yaml"
        path.write_text(head + "".join(lines), encoding="utf-8")
        return Record.load(path)


def main() -> None:
    """Print the times beside what they should be."""
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
