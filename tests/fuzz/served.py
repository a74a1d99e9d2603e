"""Addresses and bodies at random: the server refuses them, and never with an error of its own."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from random import Random

from fastapi.testclient import TestClient
from tests.served import asked, korea

from kosho.cli.answering import answer
from kosho.serve import Settings, create_app

SLOW = ("/draws", "/export", "/bargain", "/explain", "/neutral", "/full", "/own/effects")
"""Ways whose right questions take seconds; wrong ones are asked of all others."""


@cache
def _client() -> tuple[TestClient, list[str]]:
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    settings = Settings({"korea": str(korea(folder / "korea"))}, answer, "korea", processes=1)
    client = TestClient(create_app(settings), "http://localhost", raise_server_exceptions=False)
    stack.enter_context(client)
    paths = [one for one in client.get("/openapi.json").json()["paths"] if not one.endswith(SLOW)]
    return client, [*paths, "/", "/docs", "/static/{kind}", "/mcp", "/api/v1/{kind}"]


def request(dice: Random, _: Path) -> None:
    """One request."""
    client, paths = _client()
    method, path, params, body = asked(dice, paths, "korea")
    headers = {"content-type": dice.choice(("application/json", "text/plain", "application/octet-stream"))}
    got = client.request(method, path, params=params, content=body, headers=headers)
    assert got.status_code < 500, (method, path, params, body, got.text[:300])
