"""Addresses: which may be asked for at all, and the one address that a page is kept under."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from miner.tables import read_words

MAX_LENGTH = 2000
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_MOBILE = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)")
_AMP = re.compile(r"(?:/amp/?$|\.amp$)|(?<=\.html)/amp/?$")
# NukeViet's copies for saving and printing: /savefile/cat/alias-12.html is /cat/alias-12.html.
_COPY = re.compile(r"/(?:savefile|print)(?=/)")


class AddressError(ValueError):
    """An address that is not asked for; its text says why."""


def check_address(url: str) -> str:
    """Return `url` stripped, or raise AddressError where it is no http(s) address without a user name."""
    url = url.strip()
    if len(url) > MAX_LENGTH:
        raise AddressError(f"is longer than {MAX_LENGTH} characters")
    if _CONTROL.search(url):
        raise AddressError("holds white space or control characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise AddressError(f"is no URL: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise AddressError(f"has the scheme {parts.scheme or 'none'!r}; only http and https are asked for")
    if not host:
        raise AddressError("names no host")
    if "@" in parts.netloc:
        raise AddressError("holds a user name; it is not sent")
    return url


def canonical(url: str) -> str:
    """Return the one address for a page: no tracking parameters, no print, AMP or mobile copy, no fragment.

    Parameters that name the article (`ItemID`, `tabid`, `p_p_id`) stay. Raises AddressError as `check_address`.
    """
    parts = urlsplit(check_address(url))
    tracking = frozenset(read_words("tracking.toml", "names"))
    prefixes = read_words("tracking.toml", "prefixes")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in tracking and not name.lower().startswith(prefixes)
    ]
    path = _COPY.sub("", _AMP.sub("", parts.path), count=1) or "/"
    netloc = _MOBILE.sub("", parts.netloc.lower())
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    netloc = netloc.removesuffix(default)
    return str(canonicalize_url(urlunsplit((parts.scheme, netloc, path, urlencode(query), ""))))


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet, also where IPv6 wraps an IPv4 address."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast
