"""One page over HTTP: polite, bounded in time and bytes, redirects by hand, robots asked, every failure named."""

from __future__ import annotations

import random
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from protego import Protego
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from miner.collect.address import AddressError, check_address
from miner.collect.connection import CheckedAdapter, ForbiddenPeerError, Guard

REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Settings:
    """How to ask; seconds and bytes. `contact` is a mail or web address that hosts can complain to."""

    contact: str
    delay: float = 2.0
    connect_timeout: float = 10.0
    read_timeout: float = 20.0
    deadline: float = 60.0
    max_raw: int = 8 << 20
    max_decoded: int = 32 << 20
    max_hops: int = 5
    retries: int = 3
    backoff: float = 1.0
    retry_after_cap: float = 300.0
    circuit: int = 10
    """Failures of a host in a row after which it is left alone for the run."""
    allow_private: bool = False
    """Let loopback and private addresses pass: for tests and the bundled site only."""
    insecure_hosts: frozenset[str] = frozenset()
    """Hosts whose TLS certificate is not checked; each response says so."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete response: `raw` as transferred, `body` decoded; `chain` holds the addresses that redirected."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    peer: str
    chain: tuple[str, ...] = ()
    insecure: bool = False
    notes: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """Return the value of a header, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class FetchError(Exception):
    """A page that did not come: `kind` is a short name of the fault; `until` (epoch) where the host is parked."""

    def __init__(self, kind: str, url: str, reason: str, *, until: float | None = None, status: int | None = None):
        super().__init__(f"{url}: {reason}")
        self.kind, self.url, self.reason, self.until, self.status = kind, url, reason, until, status


class Stopped(Exception):
    """The run is to end; raised out of pauses."""


_AGAIN = frozenset(("timeout", "connection", "truncated", "bad_encoding", "server_error"))
HOST_STOPS = frozenset((
    "parked", "circuit_open", "host_stopped", "blocked", "captcha", "robots_unreachable", "tls", "forbidden_peer",
))  # fmt: skip
"""Kinds of faults after which the host is left alone for the run."""
_HOST_FAULTS = frozenset(("timeout", "connection", "server_error"))


@dataclass(slots=True)
class _Host:
    lock: threading.RLock = field(default_factory=threading.RLock)
    next_at: float = 0.0
    parked: float = 0.0
    failures: int = 0
    stopped: str = ""
    robots: Protego | None = None
    robots_error: str = ""
    robots_at: float = 0.0
    robots_known: bool = False


class Fetcher:
    """Fetches pages; safe for several threads, one request a host at a time."""

    def __init__(
        self, settings: Settings, *, sleep: Callable[[float], None] = time.sleep, warn: Callable[[str], None] = print
    ) -> None:
        if not settings.contact.strip():
            raise ValueError("a contact (mail or web address) is needed, so that hosts know whom to ask")
        self.settings = settings
        self.agent = f"miner/0.1 (+{settings.contact.strip()})"
        self._sleep, self._warn = sleep, warn
        self._hosts: dict[str, _Host] = {}
        self._hosts_lock = threading.Lock()
        self._under_way: set[Guard] = set()
        self._aborted = False
        if settings.insecure_hosts:
            # urllib3 would warn at each request of what the source's file asks for, and each row says.
            urllib3.disable_warnings(InsecureRequestWarning)
        self._session = requests.Session()
        # Proxies, .netrc and certificates of the environment would go around the peer check.
        self._session.trust_env = False
        # Cookies could make one page another; none is kept.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CheckedAdapter(settings.allow_private))

    def get(
        self,
        url: str,
        *,
        delay: float | None = None,
        in_scope: Callable[[str], bool] = lambda url: True,
        etag: str = "",
        modified: str = "",
        guess: bool = False,
        large: bool = False,
    ) -> Fetched:
        """Return the response for `url` after at most `max_hops` redirects, each inside `in_scope` and robots.

        Status 200, 203, 304, 404 and 410 are returned; every other end raises FetchError with its kind. Time-outs,
        broken bodies and 5xx are tried again with growing pauses. `etag` and `modified` make the request conditional.
        A `guess` at what nobody named is made once, and its failure is not held against the host.
        A `large` body (a sitemap) may have `max_decoded` bytes as transferred, too.
        """
        chain: list[str] = []
        now = url
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        while True:
            self._address(now)
            if chain and not in_scope(now):
                raise FetchError("out_of_scope", url, f"redirects to {now}, outside of the source")
            if not self.allowed(now):
                raise FetchError("robots", url, f"robots.txt does not allow {now}")
            response = self._try(now, headers, delay, guess, large)
            if response.status not in REDIRECTS:
                break
            target = response.header("Location")
            chain.append(now)
            if not target:
                raise FetchError("bad_redirect", url, f"{now} redirects without saying where")
            now = urljoin(now, target)
            if len(chain) > self.settings.max_hops or now in chain:
                raise FetchError("redirect_loop", url, "redirects too often: " + " → ".join([*chain, now]))
        return Fetched(
            url, now, response.status, response.headers, response.raw, response.body, response.peer, tuple(chain),
            response.insecure, response.notes,
        )  # fmt: skip

    def abort(self) -> None:
        """End the requests under way, in whatever thread, and let no other begin: they raise Stopped."""
        self._aborted = True
        for guard in tuple(self._under_way):
            guard.end()

    def leave(self, url: str, reason: str) -> None:
        """Leave the host of `url` alone from now on."""
        self._host(url).stopped = reason

    def allowed(self, url: str) -> bool:
        """Return whether robots.txt lets us ask for `url`; raises FetchError where robots.txt cannot be reached.

        A 4xx allows everything (RFC 9309, 2.3.1.3); 5xx, time-outs and refused connections forbid for now.
        """
        host = self._host(url)
        with host.lock:
            if not host.robots_known:
                self._read_robots(url, host)
            if host.robots_error:
                raise FetchError("robots_unreachable", url, f"robots.txt cannot be read now: {host.robots_error}")
            return host.robots is None or bool(host.robots.can_fetch(url, self.agent))

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""
        self.allowed(url)
        robots = self._host(url).robots
        return tuple(robots.sitemaps) if robots is not None else ()

    def _read_robots(self, url: str, host: _Host) -> None:
        host.robots_known = True
        now = urljoin(url, "/robots.txt")
        try:
            for _ in range(self.settings.max_hops + 1):
                self._address(now)
                response = self._try(now, {}, None)
                if response.status not in REDIRECTS or not response.header("Location"):
                    break
                now = urljoin(now, response.header("Location"))
        except FetchError as error:
            if error.kind not in ("refused", "blocked"):
                host.robots_error = error.reason
            host.stopped = ""  # a forbidden robots.txt forbids nothing by itself
            return
        if response.status != 200:
            return
        # A byte order mark would void the first group.
        text = response.body.decode("utf-8-sig", errors="replace")
        if text.lstrip()[:1] == "<":
            self._warn(f"{now}: is HTML, not robots.txt; ignored")
            return
        host.robots = Protego.parse(text)

    def _address(self, url: str) -> None:
        try:
            check_address(url)
        except AddressError as error:
            raise FetchError("bad_address", url, str(error)) from None

    def _host(self, url: str) -> _Host:
        parts = urlsplit(url)
        with self._hosts_lock:
            return self._hosts.setdefault(f"{parts.scheme}://{parts.netloc.lower()}", _Host())

    def _try(
        self, url: str, headers: Mapping[str, str], delay: float | None, guess: bool = False, large: bool = False
    ) -> Fetched:
        host = self._host(url)
        with host.lock:
            retries = 0 if guess else self.settings.retries
            for attempt in range(retries + 1):
                if self._aborted:
                    raise Stopped
                self._check_host(url, host)
                self._wait(url, host, delay)
                try:
                    response = self._once(url, headers, host, large)
                except FetchError as error:
                    if self._aborted:
                        raise Stopped from None
                    if error.kind in _HOST_FAULTS and not guess:
                        host.failures += 1
                    if error.kind not in _AGAIN or attempt == retries:
                        raise
                    self._check_host(url, host)
                    self._sleep(self.settings.backoff * 2**attempt * random.uniform(0.5, 1.5))
                else:
                    host.failures = 0
                    return response
        raise AssertionError("the loop returns or raises")

    def _check_host(self, url: str, host: _Host) -> None:
        if host.stopped:
            raise FetchError("host_stopped", url, f"the host is left alone: {host.stopped}")
        if host.failures >= self.settings.circuit:
            raise FetchError("circuit_open", url, f"the host failed {host.failures} times in a row; left for this run")
        if host.parked > time.time():
            raise FetchError("parked", url, "the host asked to wait", until=host.parked)

    def _wait(self, url: str, host: _Host, delay: float | None) -> None:
        pause = self.settings.delay if delay is None else delay
        if host.robots is not None and (asked := host.robots.crawl_delay(self.agent)):
            pause = max(pause, min(float(asked), self.settings.retry_after_cap))
        if (left := host.next_at - time.monotonic()) > 0:
            self._sleep(left)
        host.next_at = time.monotonic() + pause

    def _once(self, url: str, headers: Mapping[str, str], host: _Host, large: bool = False) -> Fetched:
        settings = self.settings
        insecure = (urlsplit(url).hostname or "") in settings.insecure_hosts
        asked = {"User-Agent": self.agent, "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
                 "Accept-Language": "vi,en;q=0.5", "Accept-Encoding": "gzip, deflate", **headers}  # fmt: skip
        with Guard(settings.deadline) as guard, self._watched(guard):
            try:
                response = self._session.get(
                    url, headers=asked, stream=True, allow_redirects=False, verify=not insecure,
                    timeout=(min(settings.connect_timeout, settings.deadline), settings.read_timeout),
                )  # fmt: skip
                with response:
                    raw = self._read(url, response, settings.max_decoded if large else settings.max_raw)
                    if guard.expired:
                        raise FetchError("timeout", url, f"took longer than {settings.deadline:g} s")
            except ForbiddenPeerError as error:
                raise FetchError("forbidden_peer", url, str(error)) from None
            except requests.exceptions.SSLError as error:
                if guard.expired:
                    raise FetchError("timeout", url, f"took longer than {settings.deadline:g} s") from None
                raise FetchError("tls", url, f"TLS failed: {str(error)[:200]}") from None
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError) as error:
                raise FetchError("bad_address", url, f"is no URL: {str(error)[:200]}") from None
            except (requests.RequestException, HTTPError, OSError) as error:
                if guard.expired:
                    raise FetchError("timeout", url, f"took longer than {settings.deadline:g} s") from None
                raise _named(url, error) from None
            peer = guard.peer
        self._judge(url, response, host)
        body = decoded(url, raw, response.headers.get("Content-Encoding", ""), settings.max_decoded)
        return Fetched(
            url, url, response.status_code, tuple(response.headers.items()), raw, body, peer, insecure=insecure
        )

    @contextmanager
    def _watched(self, guard: Guard) -> Iterator[None]:
        self._under_way.add(guard)
        try:
            yield
        finally:
            self._under_way.discard(guard)

    def _read(self, url: str, response: requests.Response, limit: int) -> bytes:
        parts, size = [], 0
        while block := response.raw.read(_BLOCK, decode_content=False):
            parts.append(block)
            size += len(block)
            if size > limit:
                raise FetchError("too_large", url, f"is larger than {limit:,} bytes")
        return b"".join(parts)

    def _judge(self, url: str, response: requests.Response, host: _Host) -> None:
        """Raise what the status calls for; what is left is a page, a redirect, or one that is not there."""
        status = response.status_code
        after = response.headers.get("Retry-After", "")
        if status == 429 or (status == 503 and after):
            seconds = read_retry_after(after)
            if seconds is None:
                raise FetchError("server_error", url, f"status {status} without a readable wait", status=status)
            host.parked = time.time() + seconds
            raise FetchError("parked", url, f"status {status}: wait {seconds:.0f} s", until=host.parked, status=status)
        if status in (401, 403, 407, 451):
            host.stopped = f"status {status} at {url}"
            raise FetchError("blocked", url, f"status {status}; the host is left alone", status=status)
        if status >= 500:
            raise FetchError("server_error", url, f"status {status}", status=status)
        if status not in REDIRECTS | {200, 203, 304, 404, 410}:
            raise FetchError("refused", url, f"status {status}", status=status)


_CONNECTION = (
    ("NameResolutionError", "its host's name leads nowhere (DNS); look at the address and at your network"),
    ("Connection refused", "its host refuses connections"),
    ("Network is unreachable", "the network cannot be reached"),
    ("RemoteDisconnected", "its host hung up without an answer"),
    ("Connection reset", "its host broke the connection off"),
)


def _named(url: str, error: Exception) -> FetchError:
    text = f"{type(error).__name__}: {str(error)[:600]}"
    if isinstance(error, requests.Timeout) or "timed out" in text.lower():
        return FetchError("timeout", url, "did not answer in time")
    if isinstance(error, requests.ConnectionError):
        for sign, said in _CONNECTION:
            if sign in text:
                return FetchError("connection", url, said)
        return FetchError("connection", url, f"cannot be reached: {text[:200]}")
    return FetchError("truncated", url, f"the body is broken off: {text[:200]}")


def read_retry_after(written: str) -> float | None:
    """Return the seconds that a Retry-After header says (a number or a date), or None where it says nothing."""
    written = written.strip()
    if written.isascii() and written.isdigit() and len(written) < 10:
        return float(written)
    try:
        at = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def decoded(url: str, raw: bytes, encoding: str, limit: int) -> bytes:
    """Return `raw` without its Content-Encoding; raises FetchError past `limit` bytes or where it is damaged."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity") or not raw:
        if len(raw) > limit:
            raise FetchError("too_large", url, f"is larger than {limit:,} bytes")
        return raw
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchError("unknown_encoding", url, f"is encoded as {encoding[:40]!r}, which was not asked for")
    # 47: gzip or zlib by its head. Some servers send bare deflate.
    bare = encoding == "deflate" and (raw[0] & 0x0F) != 8
    decoder = zlib.decompressobj(-15 if bare else 47)
    try:
        body = decoder.decompress(raw, limit + 1)
    except zlib.error as error:
        raise FetchError("bad_encoding", url, f"is damaged {encoding}: {error}") from None
    if len(body) > limit:
        raise FetchError("too_large", url, f"unpacks to more than {limit:,} bytes")
    if not decoder.eof:
        raise FetchError("bad_encoding", url, f"is {encoding} that breaks off")
    return body
