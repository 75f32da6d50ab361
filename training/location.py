"""Fits the weights that tie an event's trigger to its places: `python -m training.location --shared ../shared`.

Learns from eventplace.json (Halterman 2019, MIT): sentences with one event verb each and the places where that event
happened. Sentences of the dev split are never fitted on; the figures printed are theirs. Candidate places are the
names that the pipeline finds, as at run time, and in fitting the coded ones it missed."""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span

from gazetteer.store import Gazetteer
from geoevents.encoder import link_scores
from geoevents.extract.location import THRESHOLD, Mix, features
from geoevents.language import load_language
from geoevents.layout import mark_boundaries
from geoevents.mentions import find_names
from geoevents.spans import Lookup

from .logistic import fit_logistic
from .splits import is_dev

OUT = Path(__file__).parent.parent / "geoevents" / "data" / "location.json"
MIN_COUNT = 4
"""A feature must occur so often in fitting to get a weight (dev F1 .738 at 8, .754 at 4)."""
EPOCHS = 6
L2 = 2e-5
RATE = 0.1
SEED = 7

FOLDS = 5
"""The mix of parse and encoder is fitted on the dev split (three numbers: on what the encoder was trained on it is too
sure of itself), on sentences alone and among others; its figures are of mixes that did not see the fifth measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A trigger and a place: the features of the parse, the encoder's log odds, and whether it happened there."""

    features: list[str]
    link: float
    true: bool


def candidates(doc: Doc, lookup: Lookup, locations: list[list[int]], with_missed: bool) -> list[tuple[Span, bool]]:
    """The names of places in a sentence and whether each is coded as the event's."""
    names = [name for name in find_names(doc, lookup) if name.kind == "place"]
    spans = [doc.char_span(name.start, name.end, alignment_mode="expand") for name in names]
    if with_missed:
        missed = [doc.char_span(s, e, alignment_mode="expand") for s, e in locations]
        spans += [m for m in missed if m is not None and not any(m.start < s.end and s.start < m.end for s in spans)]
    return [
        (s, any(s.start_char < e and b < s.end_char for b, e in locations))
        for s in sorted(spans, key=lambda s: s.start)
    ]


def read_pairs(nlp: Language, lookup: Lookup, items: list[dict], *, fitting: bool) -> list[list[Pair]]:
    """For each sentence, the features and the truth of each of its candidate places."""
    sentences = []
    docs = [nlp.make_doc(item["text"]) for item in items]
    for doc in docs:
        mark_boundaries(doc)
    for item, doc in zip(items, nlp.pipe(docs), strict=True):
        (start, end), *_ = item["verb"]
        trigger = doc.char_span(start, end, alignment_mode="expand").root
        found = candidates(doc, lookup, item["locations"], with_missed=fitting)
        inside = [(s, y) for s, y in found if s.sent.start == trigger.sent.start]
        spans = [s for s, _ in inside]
        links = link_scores(doc, trigger.i)
        sentences.append(
            [
                Pair(
                    features=features(trigger, span, spans),
                    link=float(links[span.start : span.end].mean()) if links is not None else 0.0,
                    true=y,
                )
                for span, y in inside
            ]
        )
    return sentences


def in_company(items: list[dict]) -> list[dict]:
    """The sentences, each with the one before it in the file and the one after it around it, as in a document."""
    around = []
    for n, item in enumerate(items):
        before, after = items[n - 1]["text"], items[(n + 1) % len(items)]["text"]
        by = len(before) + 1
        moved = {name: [[s + by, e + by] for s, e in item[name]] for name in ("verb", "locations")}
        around.append({"text": f"{before} {item['text']} {after}"} | moved)
    return around


def fit(sentences: list[list[Pair]]) -> dict[str, float]:
    """Logistic regression by AdaGrad with L2, one weight a feature."""
    pairs = [pair for sentence in sentences for pair in sentence]
    counts = Counter(name for pair in pairs for name in pair.features)
    index = {name: n for n, name in enumerate(sorted(name for name, c in counts.items() if c >= MIN_COUNT))}
    rows = [(np.array([index[f] for f in pair.features if f in index]), float(pair.true)) for pair in pairs]
    weights, squares = np.zeros(len(index)), np.full(len(index), 1e-8)
    order = random.Random(SEED)
    for _ in range(EPOCHS):
        order.shuffle(rows)
        for at, y in rows:
            p = 1 / (1 + np.exp(-weights[at].sum()))
            gradient = (p - y) + L2 * len(rows) * weights[at] / 100
            squares[at] += gradient**2
            weights[at] -= RATE * gradient / np.sqrt(squares[at])
    return {name: round(float(weights[n]), 3) for name, n in index.items() if abs(weights[n]) >= 0.02}


def fit_mix(weights: dict[str, float], sentences: list[list[Pair]]) -> Mix:
    """Logistic regression of the truth on the parse's and the encoder's log odds."""
    pairs = [pair for sentence in sentences for pair in sentence]
    columns = [[sum(weights.get(f, 0.0) for f in pair.features), pair.link, 1.0] for pair in pairs]
    x, y = np.array(columns), np.array([pair.true for pair in pairs], dtype=float)
    parse, link, bias = (round(float(v), 4) for v in fit_logistic(x, y, 1e-3))
    return Mix(parse=parse, link=link, bias=bias)


def measure(
    weights: dict[str, float], mixes: list[Mix], sentences: list[list[Pair]], items: list[dict]
) -> dict[str, float]:
    """Span F1, exact sentences and how often "none" is right, at the shipped threshold; missed places count.

    Sentence number n is judged by the mix of its fold, n modulo their number."""
    tp = fp = fn = exact = none = none_right = 0
    edge = float(np.log(THRESHOLD / (1 - THRESHOLD)))
    for n, (pairs, item) in enumerate(zip(sentences, items, strict=True)):
        mix = mixes[n % len(mixes)]
        odds = (mix.odds(sum(weights.get(f, 0.0) for f in pair.features), pair.link) for pair in pairs)
        verdicts = [(value >= edge, pair.true) for value, pair in zip(odds, pairs, strict=True)]
        hits = min(sum(v and y for v, y in verdicts), len(item["locations"]))
        wrong = sum(v and not y for v, y in verdicts)
        tp, fp, fn = tp + hits, fp + wrong, fn + len(item["locations"]) - hits
        exact += not wrong and hits == len(item["locations"])
        if not item["locations"]:
            none, none_right = none + 1, none_right + (not any(v for v, _ in verdicts))
    return {
        "f1": round(2 * tp / (2 * tp + fp + fn), 4),
        "exact": round(exact / len(items), 4),
        "none": round(none_right / none, 4),
    }


def main() -> None:
    """Reads, fits, measures on the dev split, and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--model", default=None, help="a pipeline in place of the bundled one")
    options = parser.parse_args()
    items = json.loads((options.shared / "bench/events/eventplace.json").read_text(encoding="utf-8"))
    dev = [item for item in items if is_dev(item["text"])]
    train = [item for item in items if not is_dev(item["text"])]
    nlp, lookup = load_language(options.model), Gazetteer.open().lookup
    weights = fit(read_pairs(nlp, lookup, train, fitting=True))
    sets = {"alone": dev, "in company": in_company(dev)}
    read = {name: read_pairs(nlp, lookup, sentences, fitting=False) for name, sentences in sets.items()}
    both = list(zip(*read.values(), strict=True))
    folds = [fit_mix(weights, [s for n, pair in enumerate(both) if n % FOLDS != f for s in pair]) for f in range(FOLDS)]
    ways = {
        "parse": [Mix(parse=1.0, link=0.0, bias=0.0)],
        "encoder": [Mix(parse=0.0, link=1.0, bias=0.0)],
        "both": folds,
    }
    figures = {
        f"{name}, {way}": measure(weights, mixes, read[name], sets[name])
        for name in sets
        for way, mixes in ways.items()
    }
    made = {
        "source": "eventplace.json (Halterman 2019, MIT licence), train split",
        "dev": figures,
        "mix": asdict(fit_mix(weights, [s for pair in both for s in pair])),
        "weights": dict(sorted(weights.items())),
    }
    OUT.write_text(json.dumps(made, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(len(train), "sentences fitted,", len(dev), "measured;", len(weights), "weights;", figures)


if __name__ == "__main__":
    main()
