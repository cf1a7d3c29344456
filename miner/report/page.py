"""The report as one page that opens anywhere, without a network; its pictures and their data as files beside it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from miner.errors import OutputError
from miner.labels import labels
from miner.output import csv_cell, open_output
from miner.report.data import Data, Table, read_data
from miner.tables import DATA

Label = Callable[..., str]
_ACCENT = "#0b5c57"


def report(
    database: str | Path,
    out: str | Path,
    *,
    language: str = "vi",
    files: str | Path | None = None,
    force: bool = False,
) -> list[Path]:
    """Write a report on a database to the HTML file `out`, and its charts as PNG and CSV into `files`.

    `files` is a folder named after `out` where none is given. Returns what was written, `out` first. Raises StoreError
    where the database can not be read, OutputError where a file is there already (unless `force`) or can not be
    written.
    """
    out = Path(out)
    folder = Path(files) if files is not None else out.with_name(f"{out.stem}_files")
    if out.exists() and not force:
        raise OutputError(out, "is there already; give another name, or --force to replace it")
    data = read_data(database)
    label = labels(language)
    charts = {table.name: chart(table, label) for table in data.tables}
    written = [out]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in data.tables:
            written += _save(table, charts[table.name], folder)
        with open_output(out) as file:
            file.write(page(data, charts, label, language, Path(database).name, folder.name).encode("utf-8"))
    except OSError as error:
        raise OutputError(out, f"can not be written: {error.strerror or error}") from None
    return written


def chart(table: Table, label: Label) -> dict[str, Any] | None:
    """Return the Vega-Lite picture of a table, None where it has no rows."""
    import altair as alt

    if not table.rows:
        return None
    rows = [row | {"month": f"{row['month']}-01"} if "month" in row else row for row in table.rows]
    values = alt.InlineData(values=rows)
    number = alt.X("number:Q", title=label("number"))
    tips = [alt.Tooltip(f"{name}:N", title=label(name)) for name in table.rows[0] if name != "number"]
    tips.append(alt.Tooltip("number:Q", title=label("number")))
    if table.name in ("coverage", "topics"):
        colour = "source" if table.name == "coverage" else "topic"
        drawn = (
            alt.Chart(values)
            .mark_bar()
            .encode(
                x=alt.X("yearmonth(month):T", title=label("month")),
                y=alt.Y("number:Q", title=label("articles")),
                color=alt.Color(f"{colour}:N", title=label(colour), scale=alt.Scale(scheme="tableau20")),
                tooltip=tips,
            )
        )
    else:
        name = next(n for n in ("topic", "province", "name") if n in table.rows[0])
        encoding: dict[str, Any] = {
            "x": number,
            "y": alt.Y(f"{name}:N", title=None, sort="-x", axis=alt.Axis(labelLimit=320)),
            "tooltip": tips,
        }
        if "kind" in table.rows[0]:
            encoding["color"] = alt.Color("kind:N", title=label("kind"), scale=alt.Scale(scheme="tableau10"))
        drawn = alt.Chart(values).mark_bar(color=_ACCENT).encode(**encoding)
    drawn = drawn.properties(width=560, title=label(table.heading)).configure_view(strokeWidth=0)
    return dict(drawn.to_dict())


def _save(table: Table, drawn: dict[str, Any] | None, folder: Path) -> list[Path]:
    import vl_convert

    written = [folder / f"{table.name}.csv"]
    with open_output(written[0]) as file:
        file.write(_csv(table).encode("utf-8-sig"))
    if drawn is not None:
        written.append(folder / f"{table.name}.png")
        with open_output(written[1]) as file:
            file.write(vl_convert.vegalite_to_png(json.dumps(drawn), scale=2))
    return written


def _csv(table: Table) -> str:
    lines = io.StringIO()
    writer = csv.writer(lines)
    if table.rows:
        writer.writerow(table.rows[0])
        writer.writerows([csv_cell(value) for value in row.values()] for row in table.rows)
    return lines.getvalue()


def page(
    data: Data, charts: dict[str, dict[str, Any] | None], label: Label, language: str, name: str, folder: str
) -> str:
    """Return the report as HTML; nothing in it is fetched from elsewhere."""
    import vl_convert

    drawn = {key: value for key, value in charts.items() if value is not None}
    # `</` would end the script it stands in.
    specs = json.dumps(drawn, ensure_ascii=False).replace("</", "<\\/")
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;") if drawn else ""
    span = label("from_to", data.first, data.last) if data.first else ""
    parts = [
        f"<h1>{escape(label('report_title'))}: {escape(name)}</h1><p class=soft>{escape(span)}</p>",
        _numbers(data.counts, label),
    ]
    for table in data.tables:
        parts.append(f"<h2 id={table.name}>{escape(label(table.heading))}</h2>")
        if charts[table.name] is None:
            parts.append(f"<p class=soft>{escape(label('nothing'))}</p>")
            continue
        parts.append(
            f"<div class=chart id=chart-{table.name} role=img aria-label='{escape(label(table.heading))}'></div>"
        )
        address = escape(f"{folder}/{table.name}.csv")
        parts.append(
            f"<details><summary>{escape(label('rows'))}: {len(table.rows)} · "
            f"<a href='{address}'>{escape(label('data_of_chart'))}</a></summary>{_table(table, label)}</details>"
        )
    parts += [f"<h2>{escape(label('quality'))}</h2>", _numbers(data.quality, label)]
    style = (DATA / "report.css").read_text("utf-8")
    today = datetime.now(UTC).date().isoformat()
    parts.append(f"<p class=soft>{escape(label('made_with', version('miner'), today))}</p>")
    script = (
        f"<script>{bundle}</script><script>const specs = {specs};"
        "for (const [name, spec] of Object.entries(specs)) vegaEmbed('#chart-' + name, spec, "
        "{actions: {export: true, source: false, compiled: false, editor: false}});</script>"
        if drawn
        else ""
    )
    return (
        f"<!DOCTYPE html><html lang={language}><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src 'unsafe-inline' "
        "'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:\">"
        f"<title>{escape(label('report_title'))}: {escape(name)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main>{script}</body></html>\n"
    )


def _numbers(numbers: dict[str, int], label: Label) -> str:
    cells = (f"<div><dt>{escape(label(key))}</dt><dd>{value:,}</dd></div>" for key, value in numbers.items())
    return f"<dl>{''.join(cells)}</dl>"


def _table(table: Table, label: Label) -> str:
    heads = "".join(f"<th scope=col>{escape(label(name))}</th>" for name in table.rows[0])
    cells = ([escape("" if value is None else str(value)) for value in row.values()] for row in table.rows[:200])
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in cells)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
