"""Look a read name up for an article's day: places valid then, near misses, and former bearers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from miner import gazetteer
from miner.gazetteer import REFORM, Locality
from miner.units.resolve_date import When


class Found(NamedTuple):
    """The places a name may mean, one for each code; `note` says where spelling or time was stretched."""

    places: tuple[Locality, ...]
    note: str = ""
    former: tuple[Locality, ...] = ()
    """Bearers that did not exist on the article's own day; only where no place is left."""


NONE = Found(())


def province_of(place: Locality) -> str | None:
    """Return the code of the province that `place` lies in."""
    if not place.parent_code:
        return place.code
    return place.parent_code if len(place.parent_code) == 2 else _province_of(place)


@lru_cache(maxsize=1 << 14)
def _province_of(place: Locality) -> str | None:
    return gazetteer.load().province_of(place)


def successors_of(place: Locality) -> tuple[str, ...]:
    """Return today's codes of what `place` went into."""
    return (place.code,) if place.valid_to is None else _successors_of(place)


@lru_cache(maxsize=1 << 14)
def _successors_of(place: Locality) -> tuple[str, ...]:
    return gazetteer.load().successors(place)


@lru_cache(maxsize=1 << 14)
def holders_of(place: Locality) -> frozenset[str]:
    """Return the codes of the province and of every district that `place` lay in under its name.

    Borders of districts have moved, and an article may name the district of another year.
    """
    codes = {p.parent_code for p in gazetteer.load().history(place.code) if p.bare == place.bare}
    return frozenset(codes | {place.parent_code, province_of(place) or ""}) - {""}


@lru_cache(maxsize=1 << 14)
def place_of(code: str, day: date) -> Locality | None:
    """Return the place that bore `code` on `day`."""
    return gazetteer.load().get(code, day)


def holds(holder: Locality, place: Locality) -> bool:
    """Say whether `place` lies, or once lay, in `holder`."""
    return holder.code in holders_of(place)


def _newest(places: tuple[Locality, ...]) -> tuple[Locality, ...]:
    """Keep the last state of each code (places of one code stand oldest first)."""
    return tuple({p.code: p for p in places}.values())


def _same_era(place: Locality, when: When) -> bool:
    if when.day >= REFORM:
        return place.valid_to is None
    return place.valid_from < REFORM


@lru_cache(maxsize=1 << 12)
def look_up_era(bare: str, kind_word: str | None, level: str | None, when: When) -> tuple[Locality, ...]:
    """Return the places called so at any time of the era of `when`; none where its day is sure."""
    if when.sure or not bare:
        return ()
    return _newest(tuple(p for p in gazetteer.load().find(bare, level, None, kind_word) if _same_era(p, when)))


@lru_cache(maxsize=1 << 14)
def look_up(bare: str, kind_word: str | None, level: str | None, when: When) -> Found:
    """Return the places called `bare` at `level` with this level word, valid on the day of `when`.

    Where none is, in this order: places of the same era, if the day is not sure; places of the level under another
    level word (a xã that became a phường); and, for a sure day, former bearers of the name.
    """
    if not bare:
        return NONE
    everything = gazetteer.load().find(bare, level, None, kind_word)
    valid = tuple(p for p in everything if p.valid_at(when.day))
    if valid:
        return Found(valid)
    if not when.sure and (era := _newest(tuple(p for p in everything if _same_era(p, when)))):
        return Found(era, "valid at another time before the reform" if when.day < REFORM else "")
    if kind_word is not None:
        levels = (level,) if level else gazetteer.levels_of(kind_word)
        others = tuple(p for p in gazetteer.load().find(bare) if p.level in levels and p.kind_word != kind_word)
        valid = tuple(p for p in others if p.valid_at(when.day))
        if not valid and not when.sure:
            valid = _newest(tuple(p for p in others if _same_era(p, when)))
        if valid:
            words = ", ".join(sorted({p.kind_word for p in valid}))
            return Found(valid, f"the lists call it {words}")
    respelt = gazetteer.load().respell(bare) if kind_word is not None and not everything else None
    if respelt is not None and respelt != gazetteer.place_key(bare):
        found = look_up(respelt, kind_word, level, when)
        return found._replace(note="; ".join(filter(None, (f"spelt {bare}", found.note))))
    return Found((), "", _newest(everything))
