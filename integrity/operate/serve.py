"""Metrics over HTTP: on the loopback interface only, for those who know the token."""

from __future__ import annotations

import hmac
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from integrity.errors import RefusedFailure
from integrity.operate.metrics import CONTENT_TYPE

TOKEN = "INTEGRITY_METRICS_TOKEN"
HOST = "127.0.0.1"
SHORTEST = 16  # characters of a token


@contextmanager
def serving(port: int, metrics: Callable[[], bytes]) -> Iterator[str]:
    """Answer GET /metrics while the block runs; yields the address. Port 0 takes any free one.

    Raises RefusedFailure when there is no token in the environment, or the port is in use.
    """
    token = os.environ.get(TOKEN, "")
    if len(token) < SHORTEST:
        raise RefusedFailure(
            f"metrics are served only with a token of at least {SHORTEST} characters",
            hint=f"export {TOKEN}=... and give it to Prometheus as its bearer token",
        )
    try:
        server = ThreadingHTTPServer((HOST, port), _handler(token, metrics))
    except OSError as error:
        raise RefusedFailure(
            f"cannot listen on {HOST}:{port}: {error.strerror}", hint="choose another port"
        ) from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(token: str, metrics: Callable[[], bytes]) -> type[BaseHTTPRequestHandler]:
    wanted = f"Bearer {token}".encode()

    class Handler(BaseHTTPRequestHandler):
        server_version, sys_version = "integrity", ""
        timeout = 10

        def do_GET(self) -> None:
            """Answer for those who know the token; others learn nothing."""
            given = self.headers.get("Authorization", "").encode("utf-8", "replace")
            if not hmac.compare_digest(given, wanted):
                self._answer(401, b"the bearer token is missing or wrong\n")
            elif self.path != "/metrics":
                self._answer(404, b"there is /metrics only\n")
            else:
                self._answer(200, metrics(), CONTENT_TYPE)

        def _answer(self, code: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if code == 401:
                self.send_header("WWW-Authenticate", "Bearer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: requests are no news."""

    return Handler
