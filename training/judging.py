"""Fits how rules and encoder are weighed when events are read: `python -m training.judging`.

On the dev split of training/events, which the encoder was not trained on: a logistic regression of whether a trigger
tells of an event of a type, the threshold with the best F1, and what the rules' word on modality adds."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from gazetteer.store import Gazetteer
from geoevents.encoder import find_tellings
from geoevents.extract.modality import judge_modality
from geoevents.extract.seen import (
    Judgement,
    features,
    likeliest,
    mix_modality,
    possible_triggers,
    trigger_types,
)
from geoevents.extract.triggers import Trigger, find_triggers
from geoevents.language import load_language
from geoevents.layout import mark_boundaries
from geoevents.mentions import find_names
from geoevents.ontology import load_ontology

from .annotations import Item, Telling, read_corpus
from .logistic import fit_logistic

OUT = Path(__file__).parent.parent / "geoevents" / "data" / "events.json"
ALONE = 0.7
"""Least probability of an event that no rule knows: a reader minds a false pin more than a missing one. Precision and
recall on dev .81 and .62 at .55, .82 and .57 at .7; the samples, where most false events were such, decided."""
NEAR_BEST = 0.015
"""How far from the best F1 a threshold may lie for the sake of recall."""
CAUTION = 1.06
"""How much more than the least cost a mix may have that holds more for background."""
DECAY = 1e-4
"""Of the weights, a row."""
STEPS = 0.02
"""Between the thresholds that are tried."""


def read_triggers(
    items: list[Item],
) -> Iterator[tuple[Item, list[tuple[Trigger, dict[str, float], str, dict[str, float]]]]]:
    """For each item its possible triggers: with the chance of each type, the rules' modality, and that of each
    modality."""
    nlp, lookup, ontology = load_language(), Gazetteer.open().lookup, load_ontology()
    for item in items:
        doc = nlp.make_doc(item.text)
        mark_boundaries(doc)
        doc = nlp(doc)
        seen = find_tellings(doc)
        spans = [doc.char_span(n.start, n.end, alignment_mode="expand") for n in find_names(doc, lookup)]
        places = frozenset(i for span in spans for i in range(span.start, span.end))
        found = []
        for sentence in doc.sents:
            ruled = list(find_triggers(sentence, ontology, places, places))
            for trigger in possible_triggers(sentence, ruled, seen, places):
                word, types = trigger_types(trigger, seen)
                found.append((trigger, types, judge_modality(trigger.token), seen.modality(word)))
        yield item, found


def gold_of(trigger: Trigger, item: Item) -> Telling | None:
    """The telling annotated at a trigger, if it tells of an event."""
    words = trigger.token.doc[trigger.first : trigger.last + 1]
    return next(
        (t for t in item.tellings if t.event_type and t.start < words.end_char and words.start_char < t.end), None
    )


def _cost(told: str, gold: str) -> float:
    """Of a modality: what did not happen, told as fact, is twice as bad as another mistake."""
    return 0.0 if told == gold else 2.0 if told == "asserted" else 1.0


def main() -> None:
    items = [item for item in read_corpus() if item.is_dev]
    rows, truth, best, modal = [], [], [], []
    gold_count = sum(1 for item in items for t in item.tellings if t.event_type)
    for item, found in read_triggers(items):
        for trigger, types, ruled, modalities in found:
            gold = gold_of(trigger, item)
            options = dict.fromkeys((trigger.rule.event_type, likeliest(types)[0] or trigger.rule.event_type))
            group = []
            for event_type in options:
                group.append(len(rows))
                rows.append(features(types, trigger.rule if trigger.rule.order >= 0 else None, event_type))
                truth.append(bool(gold and gold.event_type == event_type))
            best.append(group)
            if gold:
                modal.append((modalities, ruled, gold.modality))
    x, y = np.array(rows), np.array(truth, dtype=float)
    w = fit_logistic(x, y, DECAY * len(y))
    odds = x @ w
    chosen = [max(group, key=lambda n: odds[n]) for group in best]
    chance = 1 / (1 + np.exp(-odds[chosen]))
    figures = {}
    for threshold in np.arange(0.1, 0.8, STEPS):
        kept = chance >= threshold
        hits = float(y[chosen][kept].sum())
        figures[round(float(threshold), 2)] = (
            2 * hits / (kept.sum() + gold_count),
            hits / kept.sum(),
            hits / gold_count,
        )
    for value, (f1, precision, recall) in sorted(figures.items())[::3]:
        print(f"{value:.2f}: F1 {f1:.3f}, precision {precision:.3f}, recall {recall:.3f}")
    threshold = min(t for t in figures if figures[t][0] >= max(f1 for f1, *_ in figures.values()) - NEAR_BEST)
    held = Judgement(
        weights=tuple(round(float(v), 4) for v in w),
        threshold=threshold,
        alone=max(threshold, ALONE),
        told=1.0,
        modality=0.0,
        background=0.0,
        ruled_alone=round(float(y[x[:, 2] == 1].mean()), 2),
        weak_alone=round(float(y[x[:, 4] == 1].mean()), 2),
    )
    grid = itertools.product((0.25, 0.5, 0.75, 1.0), range(7), range(9))
    mixes = [replace(held, told=t, modality=a / 2, background=b / 2) for t, a, b in grid]
    costs = [sum(_cost(mix_modality(m, r, mix), g) for m, r, g in modal) for mix in mixes]
    fitting = [mix for mix, cost in zip(mixes, costs, strict=True) if cost <= CAUTION * min(costs)]
    weights = max(fitting, key=lambda mix: (mix.background, -mix.told, -mix.modality))
    agreed = sum(mix_modality(m, r, weights) == g for m, r, g in modal)
    f1, precision, recall = figures[threshold]
    said = {
        "triggers": gold_count,
        "f1": round(float(f1), 4),
        "precision": round(float(precision), 4),
        "recall": round(float(recall), 4),
        "modality": round(agreed / len(modal), 4),
        "modality_seen": round(sum(mix_modality(m, r, held) == g for m, r, g in modal) / len(modal), 4),
        "modality_ruled": round(sum(r == g for _, r, g in modal) / len(modal), 4),
    }
    source = "training/judging.py on the dev split of training/events"
    data = {"source": source, "dev": said, "judgement": asdict(weights)}
    OUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=1))


if __name__ == "__main__":
    main()
