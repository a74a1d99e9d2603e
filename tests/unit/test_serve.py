"""The server: answers of the command line, packages with their effects, refusals as problem documents."""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.own_world import sales, write_case
from tests.served import asked
from typer.testing import CliRunner

from kosho.cli import app as command_line
from kosho.cli.answering import answer
from kosho.cli.serve import open_cases
from kosho.errors import InputError
from kosho.record.drafts import Pile
from kosho.serve import Settings, create_app, speaking
from kosho.serve.guard import Guard
from kosho.serve.sides import Side
from kosho.serve.workers import BusyError, Workers

HOST = "http://localhost"
NAME = "韓国 case"
TOKEN = "t0k"  # noqa: S105
CARS = {"importer": "USA", "exporter": "JPN", "hs": "8703.23"}
TABLE = f"/api/v1/tables/{NAME}"


def typed(*words: str) -> str:
    done = CliRunner().invoke(command_line, list(words), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def alike(one: object, other: object) -> bool:
    """The same but for what a run takes, and the last digits of what it solves."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one if key != "solver")
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-5, abs=1e-3)
    return one == other


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("serve") / NAME
    found.mkdir()
    typed("world", "build", *map(str, sales(found.parent)), "--out", str(found / "mine.npz"))
    write_case(found, "mine.npz")
    return found


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    settings = Settings(open_cases([str(folder)]), answer, NAME, processes=1)
    with TestClient(create_app(settings), HOST, raise_server_exceptions=True) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("rate", {**CARS, "on": "2025-06-29"}, "rate USA JPN 8703.23 --on 2025-06-29"),
        (
            "compare",
            {"partners": ["JPN", "KOR"], "on": "2025-06-29", "hs": "8703.23"},
            "register compare JPN KOR --on 2025-06-29 --hs 8703.23",
        ),
        ("simulate", {"add": ["EU27 JPN C29 25%"], "base": True}, "simulate --add|EU27 JPN C29 25%|--base"),
        (
            "record",
            {"case": "japan-taiwan-2025", "as_of": "2026-01-09"},
            "record japan-taiwan-2025 --as-of 2026-01-09",
        ),
        ("codes", {"words": ["cars"]}, "codes cars"),
        ("cases", {"case": "japan-us-2025"}, "cases japan-us-2025"),
    ],
)
def test_a_question_is_answered_as_the_command_line_does(
    client: TestClient, name: str, asked: dict[str, object], words: str
):
    got = client.post(f"/api/v1/{name}", json=asked)
    assert got.status_code == 200, got.text
    split = [part for word in words.split("|") for part in ([word] if "EU27" in word else word.split())]
    assert alike(got.json()["answer"], json.loads(typed(*split, "--json")))
    assert len(got.json()["rerun"]) == 16
    assert client.post(f"/api/v1/{name}", json=asked).json()["rerun"] == got.json()["rerun"]


def test_a_package_is_what_bargain_explains(client: TestClient, folder: Path):
    told = json.loads(
        typed("bargain", str(folder), "--explain", "cars=all-15", "--draws", "0", "--no-confirm", "--json")
    )
    got = client.get(f"{TABLE}/package", params={"options": "cars:all-15"})
    assert got.status_code == 200, got.text
    mine = got.json()
    assert alike(mine["explained"], told["explained"])
    asked = client.post("/api/v1/explain", json={"case": NAME, "explain": {"cars": "all-15"}})
    assert alike(asked.json()["answer"]["explained"], told["explained"])
    table = client.get(TABLE).json()
    assert {one["id"] for one in table["positions"]} >= {"no-deal", "today"}
    assert table["base_year"] == 2019  # of the table that the case brings
    does = client.get(f"{TABLE}/package/effects", params={"options": "cars:all-15"}).json()
    by_country = {one["code"]: one["musd"] for one in does["countries"]}
    for code, gain in mine["explained"]["gains"].items():
        assert by_country[code] == pytest.approx(gain, abs=1.0)  # no weights on this table
    assert set(does["labour"]) == set(table["parties"])


def test_the_curve_passes_through_the_package_and_the_full_table_is_near(client: TestClient):
    params = {"options": "cars:all-15"}
    gains = client.get(f"{TABLE}/package", params=params).json()["explained"]["gains"]
    curve = client.get(f"{TABLE}/package/along", params=params).json()
    for code, gain in gains.items():
        assert curve["gains"][code][curve["scales"].index(1.0)] == pytest.approx(gain, abs=0.1)
    full = client.get(f"{TABLE}/package/full", params=params).json()
    assert full["same_sign"]
    assert max(abs(full["gains"][code] - gain) for code, gain in gains.items()) == pytest.approx(
        full["apart_musd"]
    )


def test_draws_run_behind_and_can_be_stopped(client: TestClient):
    one = client.post(f"{TABLE}/draws", params={"options": "cars:all-15", "draws": 4}).json()
    until = time.monotonic() + 120
    while one["state"] == "running" and time.monotonic() < until:
        time.sleep(0.05)
        one = client.get(f"/api/v1/draws/{one['id']}").json()
    assert one["state"] == "done"
    assert one["result"]["draws"] == 4
    other = client.post(f"{TABLE}/draws", params={"draws": 900}).json()
    assert client.delete(f"/api/v1/draws/{other['id']}").json()["id"] == other["id"]
    while (told := client.get(f"/api/v1/draws/{other['id']}").json())["state"] == "running":
        time.sleep(0.05)
    assert told["state"] == "stopped"
    assert client.get("/api/v1/draws/99999").status_code == 404


@pytest.mark.parametrize("kind", ["json", "yaml", "csv", "xlsx", "docx", "pdf"])
def test_a_package_is_taken_away_as_a_file(client: TestClient, kind: str):
    got = client.get(f"{TABLE}/export/{kind}", params={"options": "cars:all-15"})
    assert got.status_code == 200, got.text
    assert "attachment" in got.headers["content-disposition"]
    gain = client.get(f"{TABLE}/package", params={"options": "cars:all-15"}).json()["explained"]["gains"]
    if kind == "json":
        assert got.json()["gains"] == gain
    elif kind in ("xlsx", "docx"):
        assert zipfile.ZipFile(io.BytesIO(got.content)).testzip() is None
    elif kind == "pdf":
        assert got.content.startswith(b"%PDF")
    else:
        assert any(f"{round(x, 1)}" in got.text for x in gain.values())


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"importer": "USA", "exporter": "JPN", "hs": "8703.23", "bogus": 1}, "bogus"),
        ({"importer": "USA", "exporter": "JPN", "hs": "../../etc"}, "hs"),
        ({"importer": "USA", "exporter": "JPN", "hs": "8703.23", "on": "soon"}, "on"),
        ({"importer": "--help", "exporter": "JPN", "hs": "8703.23"}, "importer"),
        ({}, "importer"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_field(
    client: TestClient, asked: dict[str, object], field: str
):
    got = client.post("/api/v1/rate", json=asked)
    assert got.status_code == 422
    assert got.headers["content-type"] == "application/problem+json"
    assert any(field in (one["field"] or "") for one in got.json()["errors"])


def test_mistakes_that_the_command_finds_are_told_with_their_hints(client: TestClient):
    got = client.post("/api/v1/rate", json={"importer": "USA", "exporter": "JAP", "hs": "8703.23"})
    assert got.status_code == 422
    assert "JPN" in json.dumps(got.json()["errors"])
    got = client.post("/api/v1/rate", json={**CARS, "mfn": "0.025"})
    assert [one["field"] for one in got.json()["errors"]] == ["mfn"]  # not --mfn, as the command says
    got = client.get(f"{TABLE}/package", params={"options": "cars:all-16"})
    assert got.status_code == 422
    assert "all-15" in got.text
    assert client.get(f"{TABLE}/package", params={"options": "cars:all-15,cars:all-15"}).status_code == 422
    assert client.get("/api/v1/tables/nowhere").status_code == 404
    assert client.post("/api/v1/record", json={"case": "nowhere"}).status_code == 404
    assert client.post("/api/v1/record", json={"case": "/etc"}).status_code == 422


def test_pages_of_others_and_other_names_are_refused(client: TestClient):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.post("/api/v1/cases", json={}, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/api/v1/cases", content=b"x" * 2_100_000).status_code == 413
    got = client.get("/")
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert "http" not in got.headers["content-security-policy"]


def test_a_refusal_that_nobody_hears_any_more_leaves_no_traceback(capsys: pytest.CaptureFixture[str]):
    async def never(scope: object, receive: object, send: object) -> None:
        raise AssertionError

    with listening(Guard(never)) as address, socket.create_connection(at(address), 10.0) as asking:
        asking.sendall(b"POST / HTTP/1.1\r\nHost: other\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n")
        got = b"".join(iter(lambda: asking.recv(4096), b""))
    assert got.startswith(b"HTTP/1.1 400")
    assert "Traceback" not in capsys.readouterr().err


def test_a_token_is_needed_where_there_is_one(folder: Path):
    with TestClient(create_app(Settings({NAME: str(folder)}, answer, token=TOKEN)), HOST) as client:
        assert client.get("/").status_code == 401
        assert client.get(f"/?token={TOKEN}").status_code == 200
        assert client.get("/", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        client.cookies.clear()
        assert client.get("/", headers={"authorization": "Bearer t0"}).status_code == 401


def test_nothing_comes_from_elsewhere(client: TestClient):
    for address in (
        "/",
        "/docs",
        "/static/table.js",
        "/static/figures.js",
        "/static/table.css",
        "/static/map.js",
    ):
        text = client.get(address).text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, address
        assert "https://" not in text, address
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/?case=nowhere").status_code == 404


def test_what_the_scripts_say_is_in_their_catalogue():
    static = Path(speaking.__file__).parent / "static"
    said = {
        message
        for name in speaking.SCRIPTS
        for message in re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', (static / name).read_text(encoding="utf-8"))
    }
    assert len(said) > 50
    assert said == set(speaking.words_of_scripts())


def test_a_worker_that_is_killed_is_replaced(client: TestClient):
    cars = CARS
    before = client.post("/api/v1/rate", json=cars).json()
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=True
    )
    pids = [int(line.split()[0]) for line in listed.stdout.splitlines() if "kosho.parallel" in line]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert client.post("/api/v1/rate", json=cars).json() == before


def test_odd_addresses_and_bodies_are_never_an_error_of_ours(client: TestClient):
    dice = random.Random(19)  # noqa: S311
    slow = ("/export/{kind}", "/draws", "/bargain", "/explain")
    paths = [path for path in client.get("/openapi.json").json()["paths"] if not path.endswith(slow)]
    for _ in range(300):
        method, path, params, body = asked(dice, [*paths, "/", "/static/{kind}", "/mcp"], NAME)
        headers = {"content-type": dice.choice(("application/json", "application/octet-stream"))}
        got = client.request(method, path, params=params, content=body, headers=headers)
        assert got.status_code < 500, (method, path, params, body)


def at(address: str) -> tuple[str, int]:
    """Name and port of an address."""
    name, port = address.removeprefix("http://").split(":")
    return name, int(port)


@contextmanager
def listening(app: FastAPI | Guard) -> Generator[str]:
    """The application on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", http="h11"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.mark.parametrize("way", ["stdio", "http"])
def test_assistants_get_what_programs_get(client: TestClient, folder: Path, tmp_path: Path, way: str):
    script = tmp_path / "ask.py"
    script.write_text(
        """
import asyncio, json, os, sys
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

def way():
    if len(sys.argv) > 2:
        known = create_mcp_http_client(headers={"Authorization": "Bearer t0k"})
        return streamable_http_client(sys.argv[2], http_client=known)
    words = ["-m", "kosho", "mcp", "--case", sys.argv[1]]
    return stdio_client(StdioServerParameters(command=sys.executable, args=words, env=dict(os.environ)))

async def main():
    async with way() as (incoming, outgoing, *_), ClientSession(incoming, outgoing) as session:
        await session.initialize()
        tools = [one.name for one in (await session.list_tools()).tools]
        asked = {"importer": "USA", "exporter": "JPN", "hs": "8703.23"}
        right = await session.call_tool("rate", asked)
        wrong = await session.call_tool("rate", {**asked, "bogus": 1})
        case = await session.call_tool("cases", {"case": os.path.basename(sys.argv[1])})
        refused = [wrong.is_error, wrong.structured_content]
        print(json.dumps([tools, right.structured_content, refused, case.structured_content]))

asyncio.run(main())
""",
        encoding="utf-8",
    )
    words = [sys.executable, str(script), str(folder)]
    settings = Settings({NAME: str(folder)}, answer, token=TOKEN, processes=1)
    with listening(create_app(settings)) if way == "http" else nullcontext() as address:
        words += [] if address is None else [f"{address}/mcp"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    tools, right, (is_error, wrong), case = json.loads(done.stdout)
    assert right == client.post("/api/v1/rate", json=CARS).json()
    assert is_error
    assert wrong["errors"][0]["field"] == "bogus"
    assert case["answer"]["cases"][0]["name"] == NAME
    assert {f"/api/v1/{one}" for one in tools} <= set(client.get("/openapi.json").json()["paths"])


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ('{"jsonrpc": "2.0", "id": 5, "method": "x", "params": {"document": "half of \\ud83e"}}', 5),
        ('{"jsonrpc": "1.0", "id": "a", "method": "x"}', "a"),
        ('{"jsonrpc": "2.0", "id": 6, "meth', None),
        ("[]", None),
    ],
)
def test_a_message_of_an_assistant_that_cannot_be_read_is_answered(line: str, number: object):
    types = pytest.importorskip("mcp_types")
    pass_on = pytest.importorskip("kosho.serve.assistants").pass_on
    answered: list[Any] = []

    async def talk() -> None:
        onward, readable = anyio.create_memory_object_stream(1)

        async def incoming():
            try:
                types.jsonrpc_message_adapter.validate_json(line, by_name=False)
            except ValueError as error:
                yield error

        async def answer(message: Any) -> None:
            answered.append(message)

        await pass_on(incoming(), onward, answer)
        with readable, pytest.raises(anyio.EndOfStream):
            readable.receive_nowait()

    anyio.run(talk)
    (told,) = (one.message for one in answered)
    assert (told.id, told.error.code) == (number, -32700)


def test_who_asks_workers_that_are_ended_is_refused():
    workers = Workers(1)
    workers.end()
    with pytest.raises(BusyError):
        workers.ask(len, "x")


def test_assistants_over_http_need_the_token_too(folder: Path):
    with TestClient(create_app(Settings({NAME: str(folder)}, answer, token=TOKEN)), HOST) as client:
        assert client.post("/mcp", json={}).status_code == 401
        assert client.post("/mcp", json={}, headers={"origin": "http://evil.example"}).status_code == 403


def side(folder: Path, text: str) -> Path:
    path = folder / "side.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_side_keeps_for_itself_is_in_no_answer_of_the_other(
    client: TestClient, folder: Path, tmp_path: Path
):
    best = client.get(TABLE).json()["frontier"][0]["options"]["cars"]
    secret = "Never below fifteen, says the cabinet"  # noqa: S105
    text = f"party: USA\nred_lines:\n  - title: {secret}\n    forbids: {{cars: [{best}]}}\n"
    usa = Side.read(side(tmp_path, text))
    settings = Settings({NAME: str(folder)}, answer, NAME, processes=1, sides=[usa])
    with TestClient(create_app(settings), HOST) as other:
        private = f"{TABLE}/sides/USA/package"
        params = {"options": f"cars:{best}"}
        told = other.get(private, params=params, headers={"X-Kosho-Side": usa.key}).json()
        assert told["crosses"] == [secret]
        open_to_all = other.get(f"{TABLE}/package", params=params).json()["explained"]
        assert told["gain"] == pytest.approx(open_to_all["gains"]["USA"], abs=1e-6)  # no weights of its own
        neutral = other.get(f"{TABLE}/neutral").json()
        assert all(one["cars"] != best for one in neutral["frontier"])
        assert all(one["gains"] == {} for one in neutral["deals"].values())
        answers = [
            other.get(private, params=params),
            other.get(private, params=params, headers={"X-Kosho-Side": "guess"}),
            other.get(f"{TABLE}/sides/KOR/package", headers={"X-Kosho-Side": usa.key}),
            other.get(f"{TABLE}/neutral", params={"as_of": "2019-01-01"}),
            other.get(f"{TABLE}/neutral"),
            other.get(TABLE),
            other.get("/"),
            other.get("/openapi.json"),
            other.post(f"{TABLE}/proposals", json={"by": "USA", "options": {"cars": best}}),
            other.get(f"{TABLE}/proposals"),
            *(other.get(f"{TABLE}/export/{kind}", params=params) for kind in ("json", "yaml", "csv")),
            other.post("/api/v1/bargain", json={"case": NAME}),
        ]
        assert [one.status_code for one in answers[:3]] == [403, 403, 403]
        for one in answers:
            assert secret not in one.text
            assert usa.key not in one.text
            assert "cabinet" not in str(one.headers)


def test_mistakes_of_a_side_are_told_with_line_and_hint(folder: Path, tmp_path: Path):
    path = side(
        tmp_path, "party: USA\nweights: {bogus: 0.3}\nred_lines:\n  - title: x\n    forbids: {cars: [all-1]}\n"
    )
    done = CliRunner().invoke(command_line, ["serve", str(folder), "--side", str(path), "--port", "0"])
    assert isinstance(done.exception, InputError)
    told = str(done.exception)
    assert "side.yaml:2: weights.bogus" in told
    assert "side.yaml:5: red_lines.0.forbids.cars: no option 'all-1' (did you mean " in told


def test_a_weight_of_a_side_is_a_number(folder: Path, tmp_path: Path):
    path = side(tmp_path, "party: USA\nweights: {jobs: .nan}\n")
    done = CliRunner().invoke(command_line, ["serve", str(folder), "--side", str(path), "--port", "0"])
    assert isinstance(done.exception, InputError)
    assert "side.yaml:2: weights.jobs: nan is not a number" in str(done.exception)


def test_an_address_that_is_none_of_this_machine_is_told_as_the_host():
    done = CliRunner().invoke(command_line, ["serve", "--host", "192.0.2.1", "--port", "0"])
    assert isinstance(done.exception, InputError)
    assert str(done.exception).startswith("--host: cannot listen at 192.0.2.1")


def test_proposals_are_logged_and_leave_as_drafts_that_hold(client: TestClient, tmp_path: Path):
    asked = {"by": "USA", "options": {"cars": "all-15"}, "note": "first\nround"}
    assert client.post(f"{TABLE}/proposals", json=asked).status_code == 201
    assert client.post(f"{TABLE}/proposals", json={**asked, "by": "XXX"}).status_code == 422
    (one,) = client.get(f"{TABLE}/proposals").json()["proposals"]
    assert (one["by"], one["options"]["cars"], one["note"]) == ("USA", "all-15", "first round")
    with zipfile.ZipFile(io.BytesIO(client.get(f"{TABLE}/proposals/export").content)) as archive:
        archive.extractall(tmp_path)
    pile = Pile.open(tmp_path / "drafts.yaml")
    (draft,) = pile.drafts.values()
    text = (tmp_path / "proposals.txt").read_text(encoding="utf-8")
    assert text[draft.start : draft.end] == draft.quote
    assert "United States proposed" in draft.quote


@pytest.mark.parametrize(
    ("way", "body", "told"),
    [
        ("package?asof=2025-01-01", None, "unknown argument 'asof' (did you mean as_of?)"),
        ("package?options=&options=cars:all-15", None, "query.options: is given twice"),
        ("package?as_of=0001-01-01", None, "the year 1 is outside 1800 to 2199"),
        ("package?as_of=20250629", None, "query.as_of: is not a date (write YYYY-MM-DD)"),
        (
            "rate",
            '{"importer":"USA","importer":"CHN","exporter":"JPN","hs":"8703.23"}',
            "body.importer: is given twice",
        ),
        ("rate", json.dumps({**CARS, "on": 1751155200}), "body.on: is not a date (write YYYY-MM-DD)"),
        ("rate", json.dumps({**CARS, "on": "2025-06-29T00:00:00"}), "body.on: is not a date"),
        ("rate", json.dumps({**CARS, "hs": 8703.23}), "body.hs: must be text"),
        ("rate", json.dumps({"importer": "USA"}), "body.hs: is missing"),
        ("rate", "{", "is not JSON"),
        (f"tables/{NAME}/draws", '{"draws": 5}', "body: nothing of the body is heard"),
        ("simulate", json.dumps({"case": "../etc"}), "body.case: must be the name of a case"),
        ("simulate", json.dumps({"add": ["--help"]}), "begins with a letter or digit"),
    ],
)
def test_what_nobody_would_hear_is_refused_in_our_own_words(
    client: TestClient, way: str, body: str | None, told: str
):
    if body is None:
        got = client.get(f"{TABLE}/{way}")
    else:
        got = client.post(f"/api/v1/{way}", content=body, headers={"content-type": "application/json"})
    assert got.status_code == 422, got.text
    found = [
        f"{one.get('field')}: {one['message']}" + (f" ({one['hint']})" if "hint" in one else "")
        for one in got.json()["errors"]
    ]
    assert any(told in one for one in found), found
    for words in ("Input should", "String should", "Field required", "^["):
        assert words not in got.text


def test_a_word_that_is_the_name_of_the_case_too_stays_a_word(tmp_path: Path):
    """A case may be called as one of its scenarios or topics is."""
    folder = tmp_path / "deal"
    folder.mkdir()
    typed("world", "build", *map(str, sales(tmp_path)), "--out", str(folder / "mine.npz"))
    write_case(folder, "mine.npz")
    settings = Settings(open_cases([str(folder)]), answer, "deal", processes=1)
    with TestClient(create_app(settings), HOST) as found:
        got = found.post("/api/v1/simulate", json={"case": "deal", "scenario": "deal"})
    assert got.status_code == 200, got.text
    assert got.json()["answer"]["scenario"] == "deal"
