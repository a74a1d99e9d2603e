"""A server on this machine that answers as a language model's would."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["chat", "server"]


@contextmanager
def server(
    answer: Callable[[dict[str, Any]], tuple[int, bytes]], seen: list[dict[str, Any]] | None = None
) -> Iterator[str]:
    """Its address, while it runs; what it is asked, and with what headers, is added to `seen`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if seen is not None:
                seen.append(body | {"_headers": dict(self.headers)})
            code, content = answer(body)
            self.send_response(code)
            if 300 <= code < 400:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}"
    finally:
        httpd.shutdown()
        httpd.server_close()


def chat(words: str) -> bytes:
    """What it answers where the model says these words."""
    return json.dumps({"choices": [{"message": {"content": words}}]}).encode()
