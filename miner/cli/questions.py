"""Ready-made questions, full-text search and SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from miner.cli.show import asking_options, format_options, limit_option, rows_wanted, show
from miner.records import AWARD_TYPES, FIGURE_KINDS, LEVELS, UNIT_KINDS

_DATABASE = click.argument("database", metavar="FACTS.db", type=click.Path())


def _filters(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the filters `names`, which mean the same to every command."""
    options = {
        "topic": click.option("--topic", metavar="NAME", help="Only articles with this topic (`miner topics list`)."),
        "year": click.option("--year", metavar="YEAR", help="A year, or years: 2019, 2019-2021."),
        "province": click.option(
            "--province", metavar="NAME|CODE", help="A province by name (diacritics or not) or by its GSO code."
        ),
        "source": click.option("--source", metavar="NAME", help="Only articles of this source."),
    }

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            command = options[name](command)
        return command

    return add


@click.command(short_help="Numbers that count or measure something.")
@_DATABASE
@_filters("topic", "year", "province")
@click.option("--object", metavar="WORDS", help="What is counted: words of it, diacritics or not (`vu chay`).")
@click.option("--kind", type=click.Choice(FIGURE_KINDS), help="Kind of figure.")
@click.option("--plans/--results", default=None, help="Only what is aimed at, or only what was reached.")
@_filters("source")
@asking_options("figures")
@limit_option
@format_options
def figures(
    database: str, format: str, limit: int | None, group_by: tuple[str, ...], reprints: bool, **filters: Any
) -> None:
    """List figures: value, counted object, who, when, where, with their sentence (--csv and --json give all).

    The year is that of the figure's own period, else of the article; the province that of its place, else of its
    actor, else the article's home.

    \b
    Examples:
      miner figures facts.db --topic fire_safety --year 2019 --province "Quảng Bình"
      miner figures facts.db --object "vu chay" --results --csv > fires.csv
      miner figures facts.db --topic drugs --group-by province,year --where kind=money

    With --group-by, figures that count, money and quantities are added up (ranges give total and total_max), percents,
    ages and durations only averaged; measures are never mixed. Left out are plans (unless --plans), vague numbers
    (hàng chục), amounts of change (tăng 15 vụ) and reprints.
    """
    from miner import questions

    wanted = rows_wanted(limit, format)
    if group_by:
        filters["plans"] = bool(filters["plans"])
        show(questions.figure_sums(database, group_by, limit=wanted, reprints=reprints, **filters), format, limit)
    else:
        show(questions.figures(database, limit=wanted, **filters), format, limit)


@click.command(short_help="Organisations and localities, by number of mentions.")
@_DATABASE
@_filters("topic", "year", "province")
@click.option("--kind", type=click.Choice(UNIT_KINDS), help="Kind of unit.")
@click.option("--level", type=click.Choice(LEVELS), help="Administrative level.")
@click.option("--name", metavar="WORDS", help="Words of the canonical name, diacritics or not.")
@click.option("--explain", metavar="NAME", help="Show the mentions that were joined into units of this name, and why.")
@click.option("--beside", metavar="NAME", help="Units named in one sentence with those of this name.")
@limit_option
@format_options
def units(
    database: str, format: str, limit: int | None, explain: str | None, beside: str | None, **filters: Any
) -> None:
    """List units, most often mentioned first.

    \b
    Examples:
      miner units facts.db --kind police --province "Nghệ An"
      miner units facts.db --explain "Công an tỉnh"
      miner units facts.db --beside "Ban Chỉ đạo 138" --kind mass_org
    """
    from miner import questions

    wanted = rows_wanted(limit, format)
    if explain is not None:
        show(questions.explain_units(database, explain, limit=wanted), format, limit)
    elif beside is not None:
        show(questions.unit_pairs(database, beside, kind=filters["kind"], limit=wanted), format, limit)
    else:
        show(questions.units(database, limit=wanted, **filters), format, limit)


@click.command(short_help="Awards, with givers and recipients.")
@_DATABASE
@_filters("topic", "year", "province")
@click.option("--type", type=click.Choice(AWARD_TYPES), help="Type of award.")
@click.option("--giver", metavar="WORDS", help="Words of a giver, diacritics or not.")
@click.option("--recipient", metavar="WORDS", help="Words of a recipient.")
@click.option("--level", help="state, government, ministry, province, district, commune or organisation.")
@click.option("--status", type=click.Choice(["given", "proposed", "held", "revoked"]), help="Given, or what else.")
@_filters("source")
@asking_options("awards")
@limit_option
@format_options
def awards(
    database: str, format: str, limit: int | None, group_by: tuple[str, ...], reprints: bool, **filters: Any
) -> None:
    """List awards with their givers, recipients and sentence.

    \b
    Examples:
      miner awards facts.db --type emulation_flag --year 2019
      miner awards facts.db --giver "bo cong an" --json
      miner awards facts.db --group-by giver,year --where status=given
    """
    from miner import questions

    wanted = rows_wanted(limit, format)
    if group_by:
        show(questions.award_counts(database, group_by, limit=wanted, reprints=reprints, **filters), format, limit)
    else:
        show(questions.awards(database, limit=wanted, **filters), format, limit)


@click.command(short_help="Named community models, clubs and self-governing groups.")
@_DATABASE
@_filters("topic", "year", "province")
@click.option("--name", metavar="WORDS", help="Words of the name, diacritics or not.")
@click.option("--religious/--secular", default=None, help="Only those of religious communities, or only the others.")
@limit_option
@format_options
def models(database: str, format: str, limit: int | None, **filters: Any) -> None:
    """List community models.

    \b
    Examples:
      miner models facts.db --religious
      miner models facts.db --name "tieng keng" --csv
    """
    from miner import questions

    show(questions.models(database, limit=rows_wanted(limit, format), **filters), format, limit)


@click.command(short_help="Articles with their topics and numbers of facts.")
@_DATABASE
@_filters("topic", "year", "province", "source")
@asking_options("articles")
@limit_option
@format_options
def articles(
    database: str, format: str, limit: int | None, group_by: tuple[str, ...], reprints: bool, **filters: Any
) -> None:
    """List articles, or count them by groups: with month or year a time series.

    \b
    Examples:
      miner articles facts.db --topic drugs --year 2018-2020
      miner articles facts.db --group-by month,topic --csv
    """
    from miner import questions

    wanted = rows_wanted(limit, format)
    if group_by:
        show(questions.article_counts(database, group_by, limit=wanted, reprints=reprints, **filters), format, limit)
    else:
        show(questions.articles(database, limit=wanted, **filters), format, limit)


@click.command("list", short_help="Topics of a database, by number of articles.")
@_DATABASE
@_filters("year", "province", "source")
@format_options
def topics_list(database: str, format: str, **filters: Any) -> None:
    """List the topics of the articles in FACTS.db, with how many articles carry them.

    \b
    Example:
      miner topics list facts.db --year 2019
    """
    from miner import questions

    show(questions.topics(database, **filters), format)


@click.command(short_help="Find articles by words, with diacritics or without.")
@_DATABASE
@click.argument("words", nargs=-1, required=True)
@_filters("topic", "year", "province")
@limit_option
@format_options
def search(database: str, words: tuple[str, ...], format: str, limit: int | None, **filters: Any) -> None:
    """Find articles whose title or text holds WORDS next to each other, best first.

    Typed without diacritics, WORDS find every reading (`toi pham` finds tội phạm, `doi` finds Đội); typed with them,
    only that one. Quoted phrases may stand apart; OR takes either; -"…" leaves out.

    \b
    Examples:
      miner search facts.db toi pham
      miner search facts.db '"phòng cháy" "chung cư" -"diễn tập"'
      miner search facts.db '"ma tuy" OR "co bac"' --year 2019 --csv
    """
    from miner import questions

    show(questions.search(database, " ".join(words), limit=rows_wanted(limit, format), **filters), format, limit)


@click.command(short_help="Ask in SQL, read-only.")
@_DATABASE
@click.argument("sql", required=False)
@format_options
def query(database: str, sql: str | None, format: str) -> None:
    """Ask FACTS.db in SQL; nothing can be changed. Without SQL, list its tables, views and columns.

    The views figure_facts, award_facts, unit_facts and model_facts have article, sentence and names spelt out;
    docs/data-dictionary.md tells every column. SQL has two functions more: fold(text), small letters without
    diacritics, and keyed(text), spellings joined and diacritics kept.

    \b
    Examples:
      miner query facts.db
      miner query facts.db "SELECT kind, count(*) FROM figure_facts WHERE NOT plan GROUP BY kind"
    """
    from miner import questions

    if sql is None:
        sql = (
            "SELECT m.type, m.name, group_concat(c.name, ', ') AS columns FROM sqlite_master m, "
            "pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'article_search_%' "
            "AND m.name NOT LIKE 'sqlite_%' GROUP BY m.name ORDER BY m.type DESC, m.name"
        )
    show(questions.query(database, sql), format)
