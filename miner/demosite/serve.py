"""Serving the demo's site on loopback until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from miner.demosite.site import FOLDER, Answer, Site, read_site
from miner.errors import InputError

PORT = 8765
HOST = "127.0.0.1"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site
    heard: Callable[[str, int], None]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        answer = self.server.site.answer(self.path)
        tag = f'"{blake2b(answer.body, digest_size=8).hexdigest()}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == tag:
            answer = Answer(304, answer.kind, b"")
        self.send_response(answer.status)
        if answer.status == 200:
            self.send_header("ETag", tag)
        if answer.status != 304:
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)
        self.server.heard(self.path, answer.status)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: `heard` does."""


def serve(
    port: int = PORT,
    *,
    folder: Path = FOLDER,
    ready: Callable[[str], None] = lambda base: None,
    heard: Callable[[str, int], None] = lambda path, status: None,
) -> None:
    """Serve the pages in `folder` at `port` (0: any free one) of this machine alone, until KeyboardInterrupt.

    `ready` hears the site's address once it can be asked, `heard` each path that was asked for, with the status.
    Raises InputError where there are no pages, or the port is taken.
    """
    read_site("", folder)  # says what is missing before anything is opened
    try:
        server = _Server((HOST, port), _Handler)
    except OSError as error:
        reason = f"can not be served: {error.strerror or error}; choose another with --port, or 0 for any free one"
        raise InputError(f"port {port}", reason) from None
    with server:
        base = f"http://{HOST}:{server.server_address[1]}"
        server.site = read_site(base, folder)
        server.heard = heard
        ready(base)
        server.serve_forever(poll_interval=0.1)
