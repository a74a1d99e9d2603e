"""Work that does not fit is refused before it begins, with what would fit; a time can be set."""

from __future__ import annotations

import gzip
import signal
import time
import weakref
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cases import copied
from tests.yaml_files import dumped, loaded_as_text
from typer.testing import CliRunner

from kosho import Case, limits
from kosho.bargain import Effort, Grid, negotiate
from kosho.cli import COMMANDS, app
from kosho.cli.endurance import within
from kosho.corridor import between, simulate
from kosho.equilibrium import Shock, solve_batch
from kosho.errors import InputError, KoshoError
from kosho.law.schedules.reading import text_of
from kosho.limits import GIB, allowing, memory, refuse_beyond
from kosho.world import draw_elasticities, load, toy
from kosho.world.readers.long_csv import read_long_csv
from kosho.world.store import read as read_table


def _issues(content: Any, count: int, options: int) -> None:
    content["issues"] = [
        {
            "id": f"i{k}",
            "title": "An issue",
            "options": [
                {"id": f"o{j}", "title": "x", "fallback": not j, "status": "fact", "source": ["own-table"]}
                for j in range(options)
            ],
        }
        for k in range(count)
    ]
    content["red_lines"], content["links"] = [], []


def test_a_table_of_too_many_packages_is_refused_at_once_with_the_number_that_fits(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    content = loaded_as_text((folder / "table.yaml").read_text(encoding="utf-8"))
    _issues(content, 12, 10)
    (folder / "table.yaml").write_text(dumped(content), encoding="utf-8")
    started = time.monotonic()
    result = CliRunner().invoke(app, ["bargain", str(folder)])
    assert time.monotonic() - started < 5
    assert isinstance(result.exception, InputError)
    told = str(result.exception)
    assert told.startswith(f"{folder / 'table.yaml'}: issues: 1,000,000,000,000 packages need about")
    assert "at most" in told
    assert "--memory" in told


def test_memory_that_is_allowed_decides_how_many_fit() -> None:
    with allowing(GIB):
        refuse_beyond("things", 1024, 1 << 20)
        with pytest.raises(InputError, match=r"at most 1,024 fit"):
            refuse_beyond("things", 1025, 1 << 20)
    assert memory() > GIB / 8


@pytest.mark.parametrize(
    ("pages", "container", "found"),
    [
        (None, None, 4 * GIB),
        (1 << 20, None, 4 * GIB),
        (1 << 19, "max", 2 * GIB),
        (1 << 19, str(GIB), GIB),
        (1 << 19, str(9 * GIB), 2 * GIB),
        (None, str(GIB), GIB),
        (0, None, 4 * GIB),
        (-1, "1", 4 * GIB),
        (1 << 19, "1", 1),
    ],
)
def test_the_memory_of_a_machine_is_what_the_system_or_a_container_has(
    pages: int | None, container: str | None, found: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(name: str) -> int:
        if pages is None:
            raise ValueError(name)
        return {"SC_PHYS_PAGES": pages, "SC_PAGE_SIZE": 4096}[name]

    monkeypatch.setattr("kosho.limits.os.sysconf", told)
    monkeypatch.setattr(limits, "CGROUP", tmp_path / "memory.max")
    if container is not None:
        (tmp_path / "memory.max").write_text(container)
    assert limits._installed() == found
    assert memory() == int(0.8 * found)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (10**15 - 1, "999,999,999,999,999 things need about 931,323 GiB of memory"),
        (10**15, r"10\^15 things need far more than there is of memory"),
        (10**16 - 1, r"10\^15 things need far more"),
    ],
)
def test_what_nobody_writes_out_is_told_as_a_power_of_ten(count: int, told: str) -> None:
    with allowing(GIB), pytest.raises(InputError, match=f"^{told}"):
        refuse_beyond("things", count, 1)


@pytest.mark.parametrize(
    ("gib", "told"), [(0.25, "0.2 GiB"), (99.9, "99.9 GiB"), (100, "100 GiB"), (2048, "2,048 GiB")]
)
def test_sizes_have_one_decimal_below_a_hundred(gib: float, told: str) -> None:
    with allowing(int(gib * GIB)), pytest.raises(InputError, match=f"and {told} may be used"):
        refuse_beyond("things", 10**14, 1)


@pytest.mark.parametrize("draws", [10**11, 10**400])
def test_draws_that_do_not_fit_are_refused_before_anything_is_priced(draws: int) -> None:
    case = Case.load("japan-us-2025")
    started = time.monotonic()
    with pytest.raises(InputError, match=r"draws: [\d,^]+ draws need [^$]*at most [\d,]+ fit"):
        negotiate(case.table(), load(regions="talks", sectors="talks"), effort=Effort(draws=draws))
    assert time.monotonic() - started < 3
    with pytest.raises(InputError, match="at most"):
        draw_elasticities(load(regions="talks", sectors="talks"), draws, 1)


def test_members_and_replications_that_do_not_fit_are_refused() -> None:
    with allowing(1 << 10), pytest.raises(InputError, match="100 members need"):
        solve_batch(toy(), [Shock.none(toy())] * 100)
    corridor = between("TWKHH", "JPUKB")
    long = corridor.model_copy(update={"window": corridor.window.model_copy(update={"days": 10**8})})
    for asked, count in ((long, 1), (corridor, 10**9)):
        with pytest.raises(InputError, match="replications need about"):
            simulate(asked, replications=count)


def test_a_grid_names_what_it_does_not_know() -> None:
    grid = Grid.of({"cars": ("25 %", "15 %"), "rice": ("as now", "more")})
    with pytest.raises(InputError) as raised:
        grid.find({"cars": "20 %", "ryce": "more"})
    told = str(raised.value)
    assert "unknown issue 'ryce' (did you mean rice?)" in told
    assert "issue 'cars' has no option '20 %'" in told
    assert "issue 'rice' is missing" in told


def test_the_time_is_over_in_the_middle_of_work_and_nothing_on_the_way_takes_it_for_an_error() -> None:
    def work() -> None:
        while True:
            with suppress(Exception):  # what careless code does
                time.sleep(0.01)

    with pytest.raises(KoshoError, match=r"stopped after 0\.2 seconds"), within(0.2):
        work()
    with within(0.2):
        pass
    time.sleep(0.3)  # nothing is left that would stop what comes later


PATIENCE = 3000
"""Moments after which a test fails that waits for an alarm."""


class _Ending:
    """Ends only once the time is over; what is raised then is lost in `__del__`."""

    def __del__(self) -> None:
        for _ in range(PATIENCE):
            time.sleep(0.01)


class _Thing:
    """Something to refer to."""


def _end_of_an_object() -> None:
    _Ending()


def _end_of_a_reference() -> None:
    thing = _Thing()
    kept = weakref.ref(thing, lambda _: [time.sleep(0.01) for _ in range(PATIENCE)])
    del thing
    assert kept() is None


@pytest.mark.parametrize("place", [_end_of_an_object, _end_of_a_reference])
@pytest.mark.parametrize("posix", [True, False])
def test_an_alarm_that_is_lost_comes_again_without_a_word(
    place: Callable[[], None], posix: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    if not posix:
        for name in ("SIGALRM", "setitimer"):
            monkeypatch.delattr(signal, name, raising=False)

    def work() -> None:
        place()
        for _ in range(PATIENCE):
            time.sleep(0.01)

    with pytest.raises(KoshoError, match="stopped after"), within(0.1):
        work()
    assert capfd.readouterr().err == ""


def test_what_cleans_up_once_the_time_is_over_is_not_stopped_again() -> None:
    cleaned = []

    def work() -> None:
        try:
            time.sleep(60)
        finally:
            with suppress(ValueError):
                for _ in range(30):
                    time.sleep(0.01)
                raise ValueError
            cleaned.append(True)

    with pytest.raises(KoshoError, match="stopped after"), within(0.1):
        work()
    assert cleaned == [True]


def test_a_command_ends_with_status_1_and_shows_nothing_half_done(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ["brief", "japan-us-2025", "--out", str(out), "--timeout", "0.4"]
    result = CliRunner().invoke(app, asked, env={"KOSHO_CACHE": str(tmp_path / "cache")})
    assert isinstance(result.exception, KoshoError)
    assert result.exception.exit_status == 1
    assert "stopped after 0.4 seconds" in str(result.exception)
    assert result.stdout == ""
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.parametrize(
    ("option", "value"), [("--timeout", "0"), ("--timeout", "nan"), ("--timeout", "-1"), ("--memory", "1e9")]
)
def test_times_and_sizes_that_cannot_be_meant_are_refused(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["simulate", "japan-us-2025", "--scenario", "deal", option, value])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(option)


def test_every_command_can_be_held_to_a_time() -> None:
    for name in COMMANDS:
        told = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "160"}).stdout
        if "Commands" not in told:
            assert "--timeout" in told, name
    assert "--timeout" in CliRunner().invoke(app, ["world", "build", "--help"]).stdout


def test_a_party_is_in_a_case_once(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("parties:\n"), text.index("backgrounds:\n")
    twice = "".join(2 * ["  - {economy: GBR, title: Britain}\n"])
    path.write_text(text[:end] + twice + text[end:], encoding="utf-8")
    assert text[start:end].count("economy") == 2
    with pytest.raises(InputError, match=r"parties.3: 'GBR' is given twice"):
        Case.load(folder)


@pytest.mark.parametrize("rows", [10, 2000])
def test_a_table_that_does_not_fit_is_refused_before_it_is_read(rows: int, tmp_path: Path) -> None:
    """By its rows, and by the cells that its labels make."""
    path = tmp_path / "sales.csv"
    lines = (f"A{k},S{k},A{k},S{k},1\n" for k in range(rows))
    path.write_text("exporter,seller,importer,user,value\n" + "".join(lines), encoding="utf-8")
    with allowing(200_000), pytest.raises(InputError, match=r"of memory, and .* may be used") as caught:
        read_long_csv([path], {})
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert ("rows need" if rows > 1000 else "cells need") in problem.message


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("meta.json", bytes(4_000_000))
    with (
        allowing(1_000_000),
        path.open("rb") as file,
        pytest.raises(InputError, match="1,000,000 numbers need"),
    ):
        read_table(file, str(path))


@pytest.mark.parametrize("name", ["hts.csv", "hts.csv.gz"])
def test_a_schedule_that_does_not_fit_is_refused_before_it_is_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    content = b"code,duty\n" + b"0101.21,5%\n" * 100_000
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with allowing(4_000_000), pytest.raises(InputError, match=r"bytes need about .*at most 333,333 fit"):
        text_of(path)
    with allowing(1 << 30):
        assert len(text_of(path)) == len(content)


@pytest.mark.parametrize("charset", ["hex", "undefined", "rot13", "base64", "no-such"])
def test_a_page_in_no_encoding_of_text_is_read_as_what_it_is(charset: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(f'<meta charset="{charset}">\n<table></table>', encoding="utf-8")
    assert "<table>" in text_of(path)


def test_a_packed_file_that_is_damaged_is_told(tmp_path: Path) -> None:
    content = gzip.compress(bytes(range(256)) * 100)
    for place in range(10, len(content)):
        spoilt = bytearray(content)
        spoilt[place] ^= 0xFF
        path = tmp_path / "hts.csv.gz"
        path.write_bytes(spoilt)
        with pytest.raises(InputError, match=r"cannot be read|is not UTF-8"):
            text_of(path)
