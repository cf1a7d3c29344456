"""Awards: the guide's section 3 by tables of cases, the table of names by its own examples, and hostile text."""

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miner.awards import find_awards
from miner.awards.forms import find_forms
from miner.awards.table import award_types, fold
from miner.figures import find_figures
from miner.sentences import split_sentences
from miner.units import find_units

CASES = Path(__file__).parent / "cases"


def run(text):
    sentences = split_sentences(text)
    units = find_units(text, sentences, accurate=False)
    return find_awards(text, sentences, units, find_figures(text, sentences, units, (), ()), ())


def parse(line):
    form, kind, givers, recipients, count, *status = [part.strip() for part in line.split("|")]
    names = [[n.strip() for n in part.split(";") if n.strip()] for part in (givers, recipients)]
    return form, kind, *names, int(count) if count else None, status[0] if status else None


def load(name):
    cases = tomllib.loads((CASES / name).read_text(encoding="utf-8"))["case"]
    return [(case["text"], [parse(line) for line in case["awards"]]) for case in cases]


def alike(one, other):
    """Token F1 as the guide's scorer counts it."""
    a, b = one.casefold().replace(",", " ").split(), other.casefold().replace(",", " ").split()
    return 2 * sum(min(a.count(w), b.count(w)) for w in set(a)) / (len(a) + len(b)) >= 0.6


def hits(want, got):
    left = list(got)
    total = 0
    for name in want:
        match = next((g for g in left if alike(name, g)), None)
        if match is not None:
            left.remove(match)
            total += 1
    return total


def measure(cases):
    """Return F1 of type and place, of givers, of recipients, and the share of right counts; and what went wrong."""
    tally = {name: [0, 0, 0] for name in ("typed", "givers", "recipients")}
    counted = []
    wrong = []
    for text, wanted in cases:
        found = list(run(text))
        at = 0
        pairs = []
        for want in wanted:
            start = text.index(want[0], at)
            at = start + len(want[0])
            got = next((f for f in found if f.start < at and start < f.end and f.type == want[1]), None)
            if got:
                found.remove(got)
                pairs.append((want, got))
            else:
                wrong.append((text, "missed", want))
        wrong += [(text, "not there", f.text) for f in found]
        tally["typed"][0] += len(pairs)
        tally["typed"][1] += len(wanted)
        tally["typed"][2] += len(pairs) + len(found)
        for i, role in ((2, "givers"), (3, "recipients")):
            tally[role][1] += sum(len(w[i]) for w in wanted)
            tally[role][2] += sum(len(getattr(f, role)) for f in [*found, *(g for _, g in pairs)])
            for want, got in pairs:
                names = [p.text for p in getattr(got, role)]
                n = hits(want[i], names)
                tally[role][0] += n
                if n < max(len(want[i]), len(names)):
                    wrong.append((text, role, want[i], names))
        for want, got in pairs:
            counted.append(want[4] == got.count)
            if not counted[-1]:
                wrong.append((text, "count", want[4], got.count))
    f1 = {name: 2 * tp / (gold + pred) if gold + pred else 1.0 for name, (tp, gold, pred) in tally.items()}
    return {**f1, "count": sum(counted) / len(counted)}, wrong


def test_held_out_cases():
    scores, wrong = measure(load("awards_heldout.toml"))
    assert scores["typed"] >= 0.90, wrong
    assert scores["givers"] >= 0.82, wrong
    assert scores["recipients"] >= 0.78, wrong
    assert scores["count"] >= 0.90, wrong
