"""What the collector's tests share: servers on loopback, and a run of one source."""

import socket
import threading
from contextlib import contextmanager

from miner.collect import Fetcher, Settings
from miner.collect.run import collect
from miner.collect.store import Store
from miner.sources import make_source

PAGE = "<html><body><h1>Bài {0}</h1><p>Một đoạn văn của bài {0}, kể về thôn Bến Gạo.</p></body></html>"
FAST = {"contact": "mailto:test@example.org", "delay": 0, "backoff": 0.001, "allow_private": True, "deadline": 5}
OPEN = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def fetcher(**more):
    return Fetcher(Settings(**(FAST | more)), warn=lambda text: None)


def links(*paths):
    return "<html><body>" + "".join(f"<a href='{p}'>x</a>" for p in paths) + "</body></html>"


def asked(site, start):
    return [request.path for request, _ in site.log if request.path.startswith(start)]


def source_of(site, **table):
    base = {"name": "s", "title": "S", "province": "44", "start": [site.url_for("/")], "checked": False, "delay": 0}
    return make_source(base | {"allow": [r"/tin/.+"]} | table, "x")


def run(site, folder, *, settings=None, sources=None, options=None, **table):
    """Collect the source in `table` from `site`; return its tally, the stored pages' names, and the frontier."""
    given = sources if sources is not None else [source_of(site, **table)]
    with Store(folder) as store:
        tallies = collect(given, fetcher(**(settings or {})), store, **(options or {}))
        names = [c.url.rsplit("/", 1)[1] for c in store.pages()]
        return (tallies[0] if len(tallies) == 1 else tallies), names, store.counts()


@contextmanager
def server(*answers, robots=OPEN, address="127.0.0.1"):
    """Serve raw `answers`, one a connection, the last one again and again; a list is sent piece by piece, slowly."""
    seen, stop = [], threading.Event()
    listener = socket.create_server((address, 0))
    listener.settimeout(0.05)

    def serve():
        left = list(answers)
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client:
                client.settimeout(5)
                try:
                    head = b""
                    while b"\r\n\r\n" not in head and head[:1] != b"\x16" and (got := client.recv(4096)):
                        head += got
                    line = head.split(b"\r\n")[0].decode("latin-1")
                    if "/robots.txt" in line:
                        answer = robots
                    else:
                        seen.append(head.decode("latin-1"))
                        answer = left.pop(0) if len(left) > 1 else left[0]
                    for piece in answer if isinstance(answer, list) else [answer]:
                        if isinstance(piece, float):
                            stop.wait(piece)
                        else:
                            client.sendall(piece)
                except OSError:
                    continue  # the fetcher hung up, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://{address}:{listener.getsockname()[1]}", seen
    finally:
        stop.set()
        thread.join(5)
        listener.close()


def answer(body=b"", status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if name != "Content_Length"]
    if "Content_Length" in headers:
        lines[2] = f"Content-Length: {headers['Content_Length']}"
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
