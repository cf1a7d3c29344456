"""A requests adapter whose connections check the peer's address before a byte is sent, and end at a deadline."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from miner.collect.address import is_public


class ForbiddenPeerError(Exception):
    """The host's name led to an address that is not of the public internet."""


class Guard:
    """Ends the request under way in this thread when its time is up, however slowly bytes still come."""

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self.peer = ""
        self._sock: Any = None
        self._timer = threading.Timer(seconds, self.end)
        self._timer.daemon = True

    def __enter__(self) -> Guard:
        _here.guard = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _here.guard = None

    def watch(self, sock: Any) -> None:
        """Take `sock` as the connection to end; one that is late already is ended now."""
        self._sock = sock
        with suppress(OSError):
            self.peer = str(sock.getpeername()[0])
        if self.expired:
            self.end()

    def end(self) -> None:
        """End the request now."""
        self.expired = True
        if self._sock is not None:
            with suppress(OSError):  # closed by the other side in the meantime
                # On the plain socket also below TLS: an orderly end of TLS would wait for the peer.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


_here = threading.local()


class _Checked:
    """Mixed into urllib3's connections."""

    allow_private = False
    sock: Any

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        peer = str(sock.getpeername()[0])
        if not self.allow_private and not is_public(peer):
            sock.close()
            raise ForbiddenPeerError(
                f"leads to {peer}, which is no address of the public internet (--allow-private asks it all the same)"
            )
        if guard := getattr(_here, "guard", None):
            guard.watch(sock)
        return sock

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None and (guard := getattr(_here, "guard", None)):
            guard.watch(self.sock)
        super().request(*args, **options)  # type: ignore[misc]

    def getresponse(self) -> Any:
        if guard := getattr(_here, "guard", None):
            guard.watch(self.sock)
        return super().getresponse()  # type: ignore[misc]


class CheckedAdapter(HTTPAdapter):
    """requests' adapter over checked connections; `allow_private` lets loopback and private ranges pass."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(max_retries=0, pool_connections=64, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools whose connections are checked."""
        super().init_poolmanager(*args, **options)
        allowed = {"allow_private": self._allow_private}
        plain = type("Plain", (_Checked, HTTPConnection), allowed)
        tls = type("Tls", (_Checked, HTTPSConnection), allowed)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }
