"""Serving the application: on loopback unless told, until it is stopped."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from miner.browse.app import make_app
from miner.errors import InputError

PORT = 8001


def browse(
    database: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    open_browser: bool = True,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a database's pages until Ctrl-C; `ready` hears the address once they can be opened.

    Where the default port is taken, the next free one is used. Raises StoreError where the database can not be read,
    InputError where the address can not be served.
    """
    import uvicorn

    local = _is_loopback(host)
    hosts = frozenset({"127.0.0.1", "localhost", "::1", host.lower()}) if local else None
    app = make_app(database, hosts)
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", access_log=False))
    if ready is not None:
        ready(address)
    if open_browser:
        threading.Timer(0.5, webbrowser.open, (address,)).start()
    server.run(sockets=[listening])


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at `port` (0: any free one), or at the next free one after the usual port.

    Raises InputError where none is free.
    """
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, port + (20 if port == PORT else 1)):
        listening = socket.socket(kind, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(64)
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise InputError(f"{host}:{number}", f"can not be served: {error.strerror or error}") from None
        else:
            return listening
    raise InputError(f"port {port}", "is taken by another program; choose one with --port, or 0 for any free one")
