"""`python -m benchmarks.same_answers OLD_TREE [NEW_TREE]`: two builds of Kosho give the same answers.

Every command below is run under both trees as a process of its own: `PYTHONPATH` is the `src` folder of the
tree, cache and data folders are empty ones of its own. Exit status, both streams and files are compared, JSON
as trees, all else line by line, numbers to the last printed digit. What differs between two runs of one build
(seconds, places of temporary folders, the version) is left out, nothing else.

A process has one core, one thread of arithmetic and a fixed seed of hashes: the order of sets is the order of
some sums, and the last digits of an answer vary with it between runs of one build.

    python -m benchmarks.same_answers ../before --save ../answers    # both builds; their outputs are kept
    python -m benchmarks.same_answers ../before --reuse ../answers   # only this checkout runs again

Exit status 0: the same, 1: something differs, 2: wrong input. Where sums are only taken in another order,
`--digits 9` tells whether what differs is more than that.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

RENAMED: dict[str, str] = {}
"""JSON keys renamed on purpose, old name to new, at any depth; empty where none is, else such as
`{"ev_musd": "worth_musd"}`. A key that is kept beside its new name is fine; then both are compared."""

VOLATILE_KEYS = frozenset({"seconds"})
"""JSON keys whose values differ between runs of one build; they still have to be there."""

VOLATILE_TEXT = ((re.compile(r"\bkosho \d+\.\d+\.\d+\S*"), "kosho VERSION"),)
"""The same in text; places of folders are replaced where a command has run."""

SHOWN = 20
"""Differences that are printed of a stream or file."""
LONGEST = 200
"""Characters that are printed of a line."""
PATIENCE = 900
"""Seconds a command may take."""
TOO_LONG = 124
"""Exit status that stands for a command that was stopped."""
AT_ONCE = 2
"""Processes at once, each on a core of its own where there are so many."""

CHILD = "import sys; sys.argv[0] = 'kosho'; from kosho.cli import main; main()"
PINNED = "import os; getattr(os, 'sched_setaffinity', lambda *_: None)(0, {{{core}}}); "
DOCUMENTS = Path("tests", "golden", "reading")
SCHEDULE = "code,duty\n8703.23.01,2.5%\n6912.00.39,4.5%\n0406.90.97,1.509USD/kg\n4202.12.80,0.50USD/kg\n"
IMPORT = 'schedule import schedule.csv --importer USA --edition "Test 1" --from 2025-01-01'

SCENARIOS = (
    *("status-quo", "extension", "no-deal", "no-deal-all", "deal", "deal-purchases", "deal-cars"),
    *("deal-uk-terms", "deal-removal"),
)
CASES = ("japan-us-2025", "japan-asean-2023", "japan-china-2018", "japan-taiwan-2025")

TALKS = """
brief japan-us-2025 --as-of 2025-06-29
brief japan-us-2025 --as-of 2026-03-01 --no-bargain
bargain japan-us-2025 --json
bargain japan-us-2025
bargain japan-us-2025 --deficits zero --draws 20 --no-confirm --json
bargain japan-us-2025 --as-of 2026-03-01 --draws 0 --json
bargain japan-us-2025 --draws 0 --no-confirm --require-zone
bargain japan-us-2025 --explain cars=all-15,corn=more-1000 --json
bargain japan-us-2025 --explain cars=all-15,corn=more-1000
bargain japan-us-2025 --explain cars=all-10,metals=add-10,certification=accepted,lng=more-3500 --json
brief japan-us-2025 --as-of 2025-06-29 --out again
"""

SIMULATIONS = """
simulate japan-us-2025 --scenario deal --elasticities low --json
simulate japan-us-2025 --scenario no-deal --elasticities low --json
simulate japan-us-2025 --scenario deal-purchases --elasticities low --deficits zero --json
simulate japan-us-2025 --scenario deal --world talks --json
simulate japan-us-2025 --scenario no-deal-all --world talks --elasticities low --deficits zero --json
simulate japan-us-2025 --scenario no-deal --as-of 2026-03-01 --json
simulate japan-us-2025 --scenario deal --as-of 2024-01-01 --json
simulate japan-us-2025 --scenario deal
simulate japan-us-2025 --scenario deal-purchases --all
"""

OTHERS = """
corridor TWKHH JPUKB --processes 1 --json
corridor TWKHH JPUKB --processes 1 --no-tornado --figure corridor.svg
corridor TWKHH JPUKB --processes 1 --no-tornado --no-effect --seed 7 --scenario joint-targeting --measure m.yaml
coercion --json
coercion
coercion --economy --json
coercion pineapples-2021 --economy
supply JPN C27 --json
supply JPN C27 --without CHN --json
supply JPN C27 --without CHN
supply USA C29 --without JPN --world talks --json
supply DEU C20 --without USA --json
tariffs optimal --parties USA,JPN --sectors C29,C28 --json
tariffs optimal --parties USA --sectors C29 --json
tariffs nash --parties USA,JPN --sectors C29 --json
tariffs nash --parties USA,JPN,CHN --sectors C29,C27 --high 60 --json
tariffs nash --parties USA,JPN --sectors C29
tariffs cooperative --parties USA,JPN --sectors C29,C28 --json
world info --json
world info
cases --json
cases
register show --on 2025-06-29 --json
register show --on 2025-06-29 --partner JPN --json
register show --on 2025-08-20 --known 2025-08-20 --importer USA --json
register show --on 2026-03-01 --importer USA --partner CHN --json
register show --on 2025-06-29 --partner JPN
register check --json
register check
record check japan-us-2025 --json
record check japan-us-2025
record japan-us-2025 --as-of 2025-05-01 --json
record japan-us-2025 --as-of 2025-06-29 --open --json
record japan-us-2025 --as-of 2025-06-29 --topic rice --json
record japan-us-2025 --as-of 2025-06-29
record japan-taiwan-2025 --as-of 2026-06-30
schedule show USA 8703.23 --on 2025-06-29 --json
schedule show USA 8703.23 --on 2025-06-29
rate USA JPN 8703.23 --on 2025-06-29
rate USA CHN 8542.31.00 --from 2024-06-01 --to 2026-08-01 --mfn 0
rate USA JPN 8703.23.01 --from 2025-03-01 --to 2025-12-31 --mfn 2.5 --figure cars.svg
rate USA JPN 8703.23.01 --from 2025-03-01 --to 2025-12-31 --mfn 2.5 --figure cars.html --json
"""

IMPORTED = """
schedule show USA 8703.23 --on 2025-07-01 --json
rate USA JPN 8703.23.01 --on 2025-07-01 --json
rate USA JPN 6912.00.39 --from 2025-01-01 --to 2026-08-01 --json
rate USA JPN 4202.12.80 --on 2025-10-02 --unit-value 10USD/kg --json
"""

RATES = """
USA JPN 8703.23 --on 2025-06-29
USA JPN 8703.23 --as-of 2025-06-29
USA JPN 8703.23.01.90 --on 2025-04-02 --mfn 2.5
USA JPN 8703.23.01.90 --on 2025-09-15 --known 2025-12-31 --mfn 2.5
USA JPN 8703.23.01.90 --on 2025-09-16 --mfn 2.5
USA JPN 8703.23.01.90 --on 2026-07-24 --mfn 2.5
USA DEU 8703.23.01.90 --on 2025-08-01 --known 2025-09-01 --mfn 2.5
USA DEU 8703.23.01.90 --on 2025-08-01 --known 2025-09-25 --mfn 2.5
USA KOR 8703.23.01.90 --on 2025-11-01 --known 2025-12-04 --mfn 2.5 --claimed 0 --attribute preference=korus
USA GBR 8703.23.01.90 --on 2025-06-30 --mfn 2.5 --attribute in_quota=yes
USA GBR 8703.23.01.90 --on 2025-06-30 --mfn 2.5 --attribute in_quota=no
USA MEX 8703.23 --on 2025-04-03 --mfn 2.5 --claimed 0 --attribute preference=usmca --attribute us_content=40
USA MEX 8703.23.01.90 --on 2025-04-03 --known 2025-05-15 --mfn 2.5
USA CHN 8703.23.01.90 --on 2026-04-10 --mfn 2.5
USA CHN 8703.80.00.00 --on 2025-04-03 --mfn 2.5
USA JPN 8704.31.01 --on 2025-09-16 --mfn 25
USA JPN 8704.23 --on 2025-11-01 --mfn 25
USA VNM 8704.23 --on 2025-10-31 --mfn 25
USA JPN 8702.10.31 --on 2025-11-01 --mfn 2
USA JPN 8708.29.51.60 --on 2025-06-29 --mfn 2.5 --attribute us_232=no
USA JPN 8708.29.51.60 --on 2026-07-25 --mfn 2.5 --attribute us_232=yes
USA TWN 8708.29.51.60 --on 2026-05-01 --mfn 2.5 --attribute us_232=yes
USA JPN 6912.00.39 --on 2025-04-09 --mfn 4.5
USA JPN 6912.00.39 --on 2025-08-07 --known 2025-08-20 --mfn 4.5
USA JPN 6912.00.39 --on 2025-08-07 --known 2025-10-01 --mfn 4.5
USA JPN 6912.00.39 --on 2025-06-01 --mfn 4.5 --attribute us_content=25
USA CHE 6912.00.39 --on 2025-11-14 --known 2025-12-10 --mfn 4.5
USA BRA 6912.00.39 --on 2025-08-06 --mfn 4.5
USA IND 6912.00.39 --on 2025-08-27 --mfn 4.5
USA CAN 6912.00.39 --on 2025-08-01 --mfn 4.5
USA CAN 6912.00.39 --on 2025-03-06 --mfn 4.5 --claimed 0 --attribute preference=usmca
USA DEU 6110.30.30 --on 2025-08-07 --mfn 32
USA CHN 6109.10.00 --on 2025-04-09 --known 2025-04-05 --mfn 16.5
USA CHN 6109.10.00 --on 2025-05-14 --mfn 16.5
USA CHN 8517.13.00 --on 2025-04-10 --known 2025-04-12 --mfn 0
USA CHN 8507.60.00.20 --on 2026-01-01 --mfn 3.4 --attribute us_232=no
USA JPN 7208.51.00 --on 2025-03-11 --mfn 0 --attribute in_quota=no
USA JPN 7208.51.00 --on 2025-06-04 --mfn 0
USA CAN 7208.51.00 --on 2026-04-23 --mfn 0 --claimed 0 --attribute preference=usmca --attribute authorised=yes
USA GBR 7208.51.00 --on 2026-04-06 --mfn 0 --attribute home_melt=yes
USA RUS 7601.10.30 --on 2026-03-15 --mfn 18.5
USA CHN 7326.90.86.88 --on 2026-02-20 --mfn 2.9 --attribute metal_content=60
USA VNM 9403.20.00 --on 2025-06-04 --mfn 0 --attribute metal_content=40
USA VNM 8544.42.90 --on 2026-05-01 --mfn 2.6 --attribute us_melt=yes
USA JPN 8807.30.00 --on 2025-09-16 --mfn 0 --attribute civil_aircraft=yes
USA BRA 0901.11.00 --on 2025-11-13 --known 2025-11-15 --mfn 0
USA JPN 0406.90.97 --on 2025-10-01 --mfn 0.50USD/kg --unit-value 10USD/kg
USA JPN 4202.12.80 --on 2025-10-01 --mfn 0.50USD/kg --unit-value 10USD/kg
USA IND 3004.90.92 --on 2026-08-01 --mfn 0 --attribute us_232=yes
USA VNM 6810.99.00.20 --on 2026-08-20 --mfn 0 --attribute in_quota=yes
CHN USA 2711.11.00 --on 2025-06-29 --mfn 0
CHN USA 8457.10 --on 2025-04-10 --known 2025-04-08 --mfn 0
CHN USA 1201.90 --on 2025-11-10 --mfn 3
CAN USA 8703.23 --on 2025-04-09 --mfn 6.1 --claimed 0 --attribute preference=usmca --attribute in_quota=yes
CAN USA 7208.51 --on 2025-03-13 --mfn 0
DEU CHN 8703.80 --on 2024-10-30 --mfn 10
EU27 CHN 8703.80 --on 2024-10-30 --mfn 10
JPN USA 1006.30 --on 2025-06-29
JPN USA 1005.90 --on 2025-06-29
JPN CHN 8703.23 --on 2025-06-29
USA JPN 8703.23 --from 2025-01-01 --to 2026-10-01
USA JPN 6912.00.39 --from 2025-01-01 --to 2026-08-01 --mfn 4.5
USA JPN 6912.00.39 --from 2025-01-01 --to 2025-12-31 --known 2025-08-20 --mfn 4.5
USA CHN 8542.31.00 --from 2024-01-01 --to 2026-08-01 --mfn 0
USA CAN 7208.51.00 --from 2025-01-01 --to 2026-08-01 --mfn 0 --claimed 0 --attribute preference=usmca
USA EU27 6110.30.30 --from 2025-01-01 --to 2026-08-01 --mfn 32
CHN USA 8457.10 --from 2025-01-01 --to 2025-12-31 --mfn 0
"""

REFUSED = """
nothing
simulate japan-us-2025
simulate japan-us-2025 --scenario dael
simulate japan-us-2024 --scenario deal
simulate japan-us-2025 --scenario deal --as-of 29.6.2025
simulate japan-us-2025 --scenario deal --deficits none
rate USA JPN 87 --on 2025-06-29
rate UAS JPN 8703.23 --on 2025-06-29
rate USA JPN 8703.23 --on 2025-06-29 --colour
rate USA JPN 8703.23 --on 2025-06-29 --attribute us_23=no --attribute us_content=most
rate USA JPN 4202.12.80 --on 2025-10-01 --mfn 0.50USD/kg --json
register show --importer UAS --on 2025-06-29
register check none.yaml
record japan-us-2025 --topic nothing --as-of 2025-06-29
record check japan-mars
read none.txt --json
corridor TWKHH XXXXX --json
corridor TWKHH JPUKB --scenario nope --no-tornado --json
coercion bananas
supply JPN C99 --json
tariffs best --parties USA
tariffs nash --parties USA,JNP --sectors C29
bargain japan-china-2018
bargain japan-us-2025 --explain cars=all-16 --json
brief japan-china-2018
world info icio-2030
replicate cp2015 --data none
--version
"""


class Command(NamedTuple):
    """Arguments of `kosho`, and what is run before them in the same folder."""

    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A name for people and for folders."""
        words = re.sub(r"[^\w.=,]+", "-", " ".join(self.arguments)).strip("-.")
        return words + "-imported" * bool(self.before)

    @property
    def json(self) -> bool:
        """Whether it is asked for JSON."""
        return "--json" in self.arguments


def commands(documents: Sequence[str]) -> list[Command]:
    """The fixed list; documents are read one by one."""
    lines = [
        f"simulate japan-us-2025 --scenario {scenario} --deficits {deficits} --json"
        for scenario in SCENARIOS
        for deficits in ("fixed", "zero")
    ]
    lines += SIMULATIONS.splitlines() + OTHERS.splitlines()
    lines += [f"record {case} --as-of {on} --json" for case in CASES for on in ("2025-06-29", "2026-06-30")]
    lines += [f"read {shlex.quote(name)} --json" for name in documents]
    lines += [f"read {shlex.quote(documents[0])} --out drafts.yaml", IMPORT + " --json"]
    lines += [f"rate {line} --json" for line in RATES.split("\n") if line] + REFUSED.splitlines()
    lines += TALKS.splitlines()  # what takes longest comes last
    found = [Command(tuple(shlex.split(line))) for line in lines if line]
    found += [
        Command(tuple(shlex.split(line)), tuple(shlex.split(IMPORT))) for line in IMPORTED.split("\n") if line
    ]
    return found


@dataclass(frozen=True)
class Output:
    """What a command left behind; folders of this machine are replaced by words."""

    status: int
    stdout: str
    stderr: str
    files: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Build:
    """A tree, and the temporary folder it works in."""

    tree: Path
    root: Path
    inputs: Path
    cores: SimpleQueue[int]

    def run(self, command: Command) -> Output:
        """Run a command in a folder of its own, which starts with the inputs only."""
        folder, data = self.root / "work" / command.name, self.root / "data" / command.name
        shutil.copytree(self.inputs, folder)
        if command.before:
            self._child(command.before, folder, data)
        kept = set(folder.rglob("*"))
        started = time.perf_counter()
        done = self._child(command.arguments, folder, data)
        seconds = time.perf_counter() - started
        written = sorted(path for path in set(folder.rglob("*")) - kept if path.is_file())
        return Output(
            done.returncode,
            self._plain(done.stdout, folder, data),
            self._plain(done.stderr, folder, data),
            {
                path.relative_to(folder).as_posix(): self._plain(path.read_bytes(), folder, data)
                for path in written
            },
            seconds,
        )

    def origin(self) -> Path:
        """Where `kosho` is imported from."""
        found = self._python("import kosho; print(kosho.__file__)", (), self.root, self.root)
        return Path(found.stdout.decode().strip() or "nowhere").resolve()

    def _child(self, arguments: Sequence[str], folder: Path, data: Path) -> subprocess.CompletedProcess[bytes]:
        return self._python(CHILD, arguments, folder, data)

    def _python(
        self, program: str, arguments: Sequence[str], folder: Path, data: Path
    ) -> subprocess.CompletedProcess[bytes]:
        core = self.cores.get()
        try:
            return subprocess.run(  # noqa: S603 - the fixed list above
                [sys.executable, "-c", PINNED.format(core=core) + program, *arguments],
                cwd=folder,
                env=self._environment(data),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as stopped:
            return subprocess.CompletedProcess(stopped.args, TOO_LONG, b"", b"stopped: takes too long")
        finally:
            self.cores.put(core)

    def _environment(self, data: Path) -> dict[str, str]:
        own = re.compile(r"KOSHO_|PYTHON|XDG_|LC_|COLUMNS$|LINES$|.*COLOR|TERM$")
        kept = {name: value for name, value in os.environ.items() if not own.match(name)}
        threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        return (
            kept
            | dict.fromkeys(threads, "1")
            | {
                "PYTHONPATH": str(self.tree / "src"),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONHASHSEED": "0",
                "KOSHO_CACHE": str(self.root / "cache"),
                "KOSHO_DATA": str(data),
                "HOME": str(self.root),
                "COLUMNS": "100",
                "LC_ALL": "C.UTF-8",
                "TZ": "UTC",
            }
        )

    def _plain(self, content: bytes, folder: Path, data: Path) -> str:
        """Text without the places of this run."""
        text = content.decode("utf-8", "backslashreplace")
        for place, word in ((folder, "FOLDER"), (data, "DATA"), (self.root, "ROOT"), (self.tree, "TREE")):
            text = text.replace(str(place), word)
        return text


def identity(tree: Path) -> str:
    """Changes when the sources of a tree do, or what they compute with."""
    digest = sha256(" ".join([sys.version, version("numpy"), version("scipy")]).encode())
    for path in sorted((tree / "src").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            name = path.relative_to(tree).as_posix()
            digest.update(f"\0{name}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def save(output: Output, command: Command, folder: Path) -> None:
    """Keep an output; the account of it is written last, so that half of one is never taken for whole."""
    shutil.rmtree(folder, ignore_errors=True)
    if output.status == TOO_LONG:
        return
    folder.mkdir(parents=True)
    _write(folder / "stdout", output.stdout)
    _write(folder / "stderr", output.stderr)
    for name, text in output.files.items():
        _write(folder / "files" / name, text)
    told = {"arguments": command, "status": output.status, "seconds": round(output.seconds, 2)}
    _write(folder / "command.json", json.dumps(told, indent=1))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _read(path: Path) -> str:
    return path.read_bytes().decode()


def saved(command: Command, folder: Path) -> Output | None:
    """A kept output of this very command, or None."""
    if not (folder / "command.json").exists():
        return None
    told = json.loads(_read(folder / "command.json"))
    if told["arguments"] != [list(part) for part in command]:
        return None
    below = folder / "files"
    files = {path.relative_to(below).as_posix(): _read(path) for path in below.rglob("*") if path.is_file()}
    return Output(
        told["status"],
        _read(folder / "stdout"),
        _read(folder / "stderr"),
        dict(sorted(files.items())),
        told["seconds"],
    )


class Comparison(NamedTuple):
    """How outputs are compared."""

    digits: int | None

    def of(self, command: Command, old: Output, new: Output) -> list[str]:
        """Lines that tell what differs; none where the outputs are the same."""
        found: list[str] = []
        if old.status != new.status:
            found.append(f"exit status {old.status}, now {new.status}")
        found += self._texts("standard error", old.stderr, new.stderr)
        found += self._texts("standard output", old.stdout, new.stdout, json_wanted=command.json)
        for name in sorted(old.files | new.files):
            if name not in new.files:
                found.append(f"{name}: no longer written")
            elif name not in old.files:
                found.append(f"{name}: not written before")
            else:
                found += self._texts(name, old.files[name], new.files[name], json_wanted=name.endswith(".json"))
        return found

    def _texts(self, what: str, old: str, new: str, *, json_wanted: bool = False) -> list[str]:
        if old == new:
            return []
        trees = (parsed(old), parsed(new)) if json_wanted else (None, None)
        if trees[0] is not None and trees[1] is not None:
            return _first(what, self.trees(trees[0], trees[1]))
        return _first(what, _line_by_line(old, new))

    def trees(self, old: Any, new: Any, path: str = "$") -> Iterator[str]:
        """Differences of two JSON values, each with its path."""
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self._objects(old, new, path)
        elif isinstance(old, list) and isinstance(new, list):
            if len(old) != len(new):
                yield f"{path}: {len(old)} elements, now {len(new)}"
            for position, (one, other) in enumerate(zip(old, new, strict=False)):
                yield from self.trees(one, other, f"{path}[{position}]")
        elif not self._same(old, new):
            yield f"{path}: {_short(old)}, now {_short(new)}"

    def _objects(self, old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[str]:
        for key, value in old.items():
            names = [name for name in (key, RENAMED.get(key)) if name in new]
            if not names:
                yield f"{path}.{key}: gone, was {_short(value)}"
            for name in names:
                if key not in VOLATILE_KEYS:
                    yield from self.trees(value, new[name], f"{path}.{name}")
        expected = old.keys() | {RENAMED.get(key) for key in old}
        for key, value in new.items():
            if key not in expected:
                yield f"{path}.{key}: not there before, now {_short(value)}"

    def _same(self, old: object, new: object) -> bool:
        """Printed alike; with `digits`, decimal fractions that agree to so many."""
        if self.digits is not None and isinstance(old, float) and isinstance(new, float):
            return math.isclose(old, new, rel_tol=10.0**-self.digits)
        return type(old) is type(new) and repr(old) == repr(new)


def parsed(text: str) -> Any:
    """A JSON text, or one JSON object a line, as a tree; None where it is neither."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return None


def _line_by_line(old: str, new: str) -> Iterator[str]:
    """A unified diff; lines of pages end at tags, for some are very long."""
    for pattern, word in VOLATILE_TEXT:
        old, new = pattern.sub(word, old), pattern.sub(word, new)
    if old.lstrip().startswith("<"):
        old, new = old.replace(">", ">\n"), new.replace(">", ">\n")
    for line in islice(difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm=""), 2, None):
        yield line[:LONGEST]


def _first(what: str, found: Iterator[str]) -> list[str]:
    """The first differences under a heading, and how many more there are."""
    lines = list(found)
    if not lines:
        return []
    more = [f"  … {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return [f"{what}:", *(f"  {line}" for line in lines[:SHOWN]), *more]


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@dataclass(frozen=True)
class Session:
    """Two builds, what is kept of them, and how they are compared."""

    old: Build
    new: Build | None
    """None where only the old one runs, to keep its outputs."""
    comparison: Comparison
    reused: Path | None
    kept: Path | None

    def check(self, command: Command) -> tuple[bool, str]:
        """Run a command under both builds; whether they agree, and what is printed of it."""
        old = None if self.reused is None else saved(command, self.reused / "old" / command.name)
        was_saved = old is not None
        old = old or self.old.run(command)
        if self.kept is not None and not (was_saved and self.kept == self.reused):
            save(old, command, self.kept / "old" / command.name)
        if self.new is None:
            return True, f"ran     {command.name}  {old.seconds:.1f} s{' (saved)' * was_saved}"
        new = self.new.run(command)
        if self.kept is not None:
            save(new, command, self.kept / "new" / command.name)
        found = self.comparison.of(command, old, new)
        head = "DIFFERS" if found else "same"
        taken = f"{old.seconds:.1f} s{' (saved)' * was_saved}, {new.seconds:.1f} s"
        shown = [f"{head:8}{command.name}  {taken}", *(f"        {line}" for line in found)]
        return not found, "\n".join(shown)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("benchmarks.same_answers", description="Two builds, the same answers?")
    here = Path(__file__).resolve().parents[1]
    parser.add_argument("old", type=Path, metavar="OLD_TREE", help="Checkout of the build of before.")
    parser.add_argument("new", type=Path, metavar="NEW_TREE", nargs="?", default=here, help="This checkout.")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="Commands with this in their names; repeatable."
    )
    parser.add_argument("--save", type=Path, metavar="DIR", help="Keep outputs in DIR/old and DIR/new.")
    parser.add_argument("--old-only", action="store_true", help="Compare nothing; to --save before a change.")
    parser.add_argument("--reuse", type=Path, metavar="DIR", help="Take outputs of the old build from DIR/old.")
    parser.add_argument("--digits", type=int, metavar="N", help="Compare fractions in JSON to N digits; all.")
    parser.add_argument("--list", action="store_true", help="Print the names of the commands, and stop.")
    return parser.parse_args()


def _stop(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    raise SystemExit(2)


def _inputs(tree: Path, folder: Path) -> list[str]:
    """What commands read, copied to a folder: the same for both builds. The names of the documents."""
    folder.mkdir()
    documents = sorted((tree / DOCUMENTS).glob("*.txt"))
    if not documents:
        _stop(f"{tree / DOCUMENTS}: no documents to read")
    for path in documents:
        shutil.copy(path, folder)
    (folder / "schedule.csv").write_text(SCHEDULE, encoding="utf-8")
    return [path.name for path in documents]


def _builds(old: Path, new: Path, root: Path, inputs: Path) -> tuple[Build, Build]:
    """Both builds; each must really be imported from its tree."""
    cores: SimpleQueue[int] = SimpleQueue()
    usable = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    for number in range(AT_ONCE):
        cores.put(usable[number % len(usable)])
    found: list[Build] = []
    for name, tree in (("old", old), ("new", new)):
        (root / name).mkdir()
        build = Build(tree.resolve(), root / name, inputs, cores)
        if not build.origin().is_relative_to(build.tree / "src"):
            _stop(f"{tree}: kosho is imported from {build.origin()} instead")
        found.append(build)
    return found[0], found[1]


def _reused(folder: Path | None, mark: str) -> Path | None:
    """The folder of saved outputs, if they are those of this old build on this machine's libraries."""
    if folder is not None:
        made_of = folder / "old" / "identity"
        if not made_of.exists() or _read(made_of) != mark:
            _stop(f"--reuse: {folder} holds no outputs of this old build; make them with --save")
    return folder


def _start(folder: Path | None, reused: Path | None, mark: str) -> None:
    """Make room for outputs, and say first whose they are; those of another old build go."""
    if folder is None or folder == reused:
        return
    made_of = folder / "old" / "identity"
    if not made_of.exists() or _read(made_of) != mark:
        shutil.rmtree(folder / "old", ignore_errors=True)
        _write(made_of, mark)


def _run(session: Session, chosen: Sequence[Command]) -> int:
    """Check commands and print what was found, in their order; how many differ."""
    different = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for same, text in pool.map(session.check, chosen):
            print(text, flush=True)
            different += not same
    return different


def main() -> int:
    """Compare two builds; the exit status."""
    asked = _arguments()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="same-answers-") as name:
        root = Path(name).resolve()
        listed = commands(_inputs(asked.old, root / "inputs"))
        chosen = [one for one in listed if not asked.only or any(word in one.name for word in asked.only)]
        if asked.list:
            print("\n".join(command.name for command in chosen))
            return 0
        if not chosen:
            _stop("--only: no such command; --list tells them")
        old, new = _builds(asked.old, asked.new, root, root / "inputs")
        before, after = identity(old.tree), identity(new.tree)
        reused = _reused(asked.reuse, before)
        _start(asked.save, reused, before)
        other = None if asked.old_only else new
        different = _run(Session(old, other, Comparison(asked.digits), reused, asked.save), chosen)
        if identity(new.tree) != after:
            print("The new tree changed while it was run: run it again.")
    print(f"{len(chosen)} commands, {different} differ; {time.perf_counter() - started:.0f} s.")
    return int(different > 0)


if __name__ == "__main__":
    raise SystemExit(main())
