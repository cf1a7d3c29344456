"""The application: Datasette on one database, read-only, with our pages before its own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils.asgi import Request, Response

from miner.browse.article import LAYERS, pieces, shown_facts
from miner.browse.asks import ASK, ASKS, answer
from miner.browse.facets import BASES, TableFacet
from miner.browse.reading import read_article, read_summary
from miner.errors import MinerError
from miner.labels import labels, wanted_language
from miner.output import csv_cell
from miner.questions import search
from miner.store import open_reading
from miner.tables import DATA
from miner.text import key, search_key

NAME = "facts"
"""What the database is called in addresses, whatever its file is called."""
ROWS = 200
"""Rows of an answer that a page shows; downloads have all."""
LARGE = 300_000_000
"""Bytes of a database from which the rows of a view are not counted on its page."""
_HIDDEN = ("article_search", "duplicate_bands", "passages", "passage_topics", "sentences")
_FACETS: dict[str, list[str | dict[str, str]]] = {
    "figure_facts": [{"table": "kind"}, {"table": "year"}, {"table": "province_code"}],
    "award_facts": [{"table": "type"}, {"table": "level"}, {"table": "year"}],
    "unit_facts": [{"table": "kind"}, {"table": "resolution"}],
    "model_facts": [{"table": "religious"}, "year"],
    "units": ["kind", "level"],
    "topics": ["name"],
}
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Datasette's own pages carry scripts and styles in their HTML.
_POLICY_OF_TABLES = _POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline'"
)
Page = Callable[..., Awaitable[Response]]


class Plugin:
    """Our pages: start, search, questions and articles."""

    __name__ = "miner"
    """By which Datasette lists its plugins."""

    def __init__(self, database: Path) -> None:
        self.database = database
        # The numbers of the start page cost a scan: they are kept until the file changes.
        self.summary = lru_cache(1)(lambda _: read_summary(database))

    def _changed(self) -> tuple[int, ...]:
        log = self.database.with_name(self.database.name + "-wal")
        files = [p.stat() for p in (self.database, log) if p.exists()]
        return tuple(n for s in files for n in (s.st_mtime_ns, s.st_size))

    # ------------------------------------------------------------ Datasette's hooks
    @hookimpl  # type: ignore[untyped-decorator]
    def register_routes(self, datasette: Datasette) -> list[tuple[str, Page]]:
        """Put our pages before Datasette's own."""
        if not self._mine(datasette):
            return []
        return [
            (r"^/$", self.start),
            (r"^/search$", self.search),
            (r"^/ask$", self.asks),
            (r"^/ask/(?P<name>[a-z-]+)(?:\.(?P<format>csv|json))?$", self.ask),
            (r"^/article/(?P<id>.+)$", self.article),
        ]

    @hookimpl  # type: ignore[untyped-decorator]
    def prepare_connection(self, conn: Any, database: str, datasette: Datasette) -> None:
        """Give SQL the functions that `miner query` has."""
        if self._mine(datasette):
            conn.create_function("fold", 1, lambda text: search_key(text or ""), deterministic=True)
            conn.create_function("keyed", 1, lambda text: key(text or ""), deterministic=True)

    @hookimpl  # type: ignore[untyped-decorator]
    def extra_template_vars(self, request: Request | None, datasette: Datasette) -> dict[str, Any]:
        """Give every page its labels."""
        if not self._mine(datasette):
            return {}
        language = _language(request)
        return {"t": labels(language), "language": language, "other_language": _switch(request, language), "db": NAME}

    @hookimpl  # type: ignore[untyped-decorator]
    def register_facet_classes(self) -> list[type]:
        """Count the facets of views in their tables."""
        return [TableFacet]

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, value: Any, column: str, table: str | None, datasette: Datasette) -> Any:
        """Let a fact in a table lead to its place in the text."""
        from markupsafe import Markup, escape

        if not self._mine(datasette) or not isinstance(value, str):
            return None
        if column == "fact" and "#" in value:
            return Markup('<a href="{}">{}</a>').format(fact_address(value), value)
        if column == "article_id":
            return Markup('<a href="{}">{}</a>').format(article_address(value), escape(value))
        return None

    def _mine(self, datasette: Datasette) -> bool:
        return getattr(datasette, "miner", None) is self

    # ------------------------------------------------------------ pages
    async def _page(self, datasette: Datasette, request: Request, template: str, **context: Any) -> Response:
        status = context.pop("status", 200)
        html = await datasette.render_template(template, context, request=request)
        response = Response.html(html, status=status)
        chosen = request.args.get("lang")
        if chosen in ("vi", "en"):
            response.set_cookie("miner_language", chosen, max_age=31_536_000, samesite="lax", httponly=True)
        return response

    async def start(self, datasette: Datasette, request: Request) -> Response:
        """Show what is in the database."""
        summary = await asyncio.to_thread(self.summary, self._changed())
        return await self._page(datasette, request, "miner_start.html", asks=ASKS, **summary)

    async def search(self, datasette: Datasette, request: Request) -> Response:
        """Show the articles that hold words."""
        words = (request.args.get("q") or "").strip()
        found: list[dict[str, Any]] = []
        error = ""
        if words:
            try:
                found = await asyncio.to_thread(lambda: list(search(self.database, words, limit=100).dicts()))
            except MinerError as failure:
                error = str(failure)
        for row in found:
            before, _, rest = row["text"].partition("[")
            row["before"], (row["hit"], _, row["after"]) = before, rest.partition("]")
            row["address"] = article_address(row["article_id"])
        return await self._page(datasette, request, "miner_search.html", words=words, found=found, error=error)

    async def asks(self, datasette: Datasette, request: Request) -> Response:
        """Show the questions that can be asked."""
        return await self._page(datasette, request, "miner_asks.html", asks=ASKS)

    async def ask(self, datasette: Datasette, request: Request) -> Response:
        """Show a question's form and, where it was filled in, its answer; or give the answer as CSV or JSON."""
        name, format = request.url_vars["name"], request.url_vars["format"]
        question = ASK.get(name)
        if question is None:
            return await self._missing(datasette, request)
        given = {k: request.args.getlist(k) for k in request.args}
        if format:
            try:
                return await asyncio.to_thread(self._download, question.name, given, format)
            except MinerError as failure:
                return Response.text(f"{failure}\n", status=400)
        asked = any(k != "lang" for k in given) or not any(f.required and not f.default for f in question.fields)
        columns: tuple[str, ...] = ()
        rows: list[dict[str, Any]] = []
        error = ""
        if asked:
            try:
                columns, rows = await asyncio.to_thread(self._answer, question.name, given)
            except MinerError as failure:
                error = str(failure)
        plain = urlencode([(k, v) for k, values in given.items() if k != "lang" for v in values])
        known = await asyncio.to_thread(self.summary, self._changed())
        return await self._page(
            datasette, request, "miner_ask.html", ask=question, given=given, asked=asked, columns=columns,
            rows=rows[:ROWS], more=len(rows) > ROWS, error=error, shown=ROWS, plain=plain,
            known={
                "topics": [r["name"] for r in known["topics"]],
                "provinces": [r["name"] for r in known["provinces"]],
                "sources": [r["name"] for r in known["sources"] if r["name"]],
            },
            status=400 if error else 200,
        )  # fmt: skip

    def _answer(self, name: str, given: Mapping[str, list[str]]) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        found = answer(ASK[name], self.database, given, limit=ROWS + 1)
        return found.brief or found.columns, [_linked(row) for row in found.dicts()]

    def _download(self, name: str, given: Mapping[str, list[str]], format: str) -> Response:
        found = answer(ASK[name], self.database, given)
        headers = {"content-disposition": f'attachment; filename="{name}.{format}"'}
        if format == "json":
            body = json.dumps(list(found.dicts()), ensure_ascii=False, indent=1)
            return Response(body, headers=headers, content_type="application/json; charset=utf-8")
        lines = io.StringIO()
        writer = csv.writer(lines)
        writer.writerow(found.columns)
        writer.writerows([csv_cell(value) for value in row] for row in found.rows)
        return Response("\ufeff" + lines.getvalue(), headers=headers, content_type="text/csv; charset=utf-8")

    async def article(self, datasette: Datasette, request: Request) -> Response:
        """Show an article with its facts marked in the text and listed beneath."""
        found = await asyncio.to_thread(read_article, self.database, unquote(request.url_vars["id"]))
        if found is None:
            return await self._missing(datasette, request)
        text = found["article"]["text"]
        return await self._page(
            datasette, request, "miner_article.html", paragraphs=pieces(text, shown_facts(found["facts"])),
            layers=[layer for layer in reversed(LAYERS) if found["facts"][layer]], article_address=article_address,
            **found,
        )  # fmt: skip

    async def _missing(self, datasette: Datasette, request: Request) -> Response:
        return await self._page(datasette, request, "miner_missing.html", status=404)


def article_address(article_id: str) -> str:
    """Return the path of an article's page."""
    return f"/article/{quote(article_id, safe='/:@')}"


def fact_address(fact: str) -> str:
    """Return the path of a fact's place in its article's page, from its name (`id#figure:12-14`)."""
    article_id, _, place = fact.rpartition("#")
    layer, _, span = place.partition(":")
    return f"{article_address(article_id)}#m-{layer}-{span.partition('-')[0]}"


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the address that it leads to, where it is about one place or article."""
    address = ""
    if row.get("fact"):
        address = fact_address(row["fact"])
    elif row.get("article_id") or row.get("article"):
        address = article_address(str(row.get("article_id") or row["article"]))
    return row | {"_address": address}


def _language(request: Request | None) -> str:
    if request is None:
        return "vi"
    return wanted_language(
        request.args.get("lang"), request.cookies.get("miner_language"), request.headers.get("accept-language", "")
    )


def _switch(request: Request | None, language: str) -> str:
    """Return the address of the same page in the other language."""
    if request is None:
        return "?lang=en"
    pairs = [(k, v) for k in request.args for v in request.args.getlist(k) if k != "lang"]
    return "?" + urlencode([*pairs, ("lang", "en" if language == "vi" else "vi")])


def _guarded(app: Any, hosts: frozenset[str] | None, database: Path) -> Any:
    """Wrap the application: our security headers, and only the hosts that were asked for.

    A page elsewhere that leads its own name to this address (DNS rebinding) gets nothing.
    """
    views = tuple(f"/{NAME}/{view}" for view in BASES)

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        named = dict(scope["headers"]).get(b"host", b"").decode("latin-1").rpartition(":")
        host = (named[0] or named[2]).strip("[]").lower()
        if hosts is not None and host not in hosts:
            await Response.text(
                "miner browse answers only under the address that it was started with\n", 421
            ).asgi_send(send)
            return
        if scope["path"].startswith(views) and database.stat().st_size > LARGE:
            scope = scope | {"query_string": scope["query_string"] + b"&_nocount=1"}
        tables = scope["path"].startswith((f"/{NAME}", "/-/"))
        extra = [
            (b"content-security-policy", (_POLICY_OF_TABLES if tables else _POLICY).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
        ]

        async def send_more(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message["headers"], *extra]}
            await send(message)

        await app(scope, receive, send_more)

    return guarded


def make_app(database: str | Path, hosts: frozenset[str] | None = None) -> Any:
    """Return the ASGI application on a database of ours; `hosts` are the names it answers to (None: any).

    Raises StoreError where the database can not be read or is another program's.
    """
    path = Path(database).resolve()
    open_reading(path).close()
    plugin = Plugin(path)
    folder = DATA / "browse"
    datasette = Datasette(
        [str(path)],
        metadata=_metadata(path),
        template_dir=str(folder / "templates"),
        static_mounts=[("miner", str(folder / "static"))],
        settings={
            "sql_time_limit_ms": 5000, "max_returned_rows": 1000, "default_page_size": 50, "facet_time_limit_ms": 400,
            "facet_suggest_time_limit_ms": 50, "allow_download": False, "allow_csv_stream": True,
            "suggest_facets": False, "num_sql_threads": 3, "truncate_cells_html": 300,
        },
    )  # fmt: skip
    datasette.miner = plugin
    # Datasette's page for errors is made without `extra_template_vars`.
    datasette.jinja_env.globals |= {"t": labels("vi"), "language": "vi", "other_language": "?lang=en", "db": NAME}
    pm.register(plugin)
    database_of = next(db for name, db in datasette.databases.items() if name != "_internal")
    datasette.remove_database(database_of.name)
    datasette.add_database(database_of, name=NAME)
    return _guarded(datasette.app(), hosts, path)


def _metadata(path: Path) -> dict[str, Any]:
    from miner.store import schema

    tables: dict[str, Any] = {}
    for table in schema.TABLES:
        tables[table.name] = {"description": table.doc, "columns": {c.name: c.doc for c in table.columns}}
    for view in schema.VIEWS:
        tables[view.name] = {"description": view.doc}
    for name, facets in _FACETS.items():
        tables[name]["facets"] = facets
    for name in _HIDDEN:
        tables.setdefault(name, {})["hidden"] = True
    return {"title": path.name, "databases": {NAME: {"tables": tables}}}
