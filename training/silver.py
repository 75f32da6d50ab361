"""Events that the pipeline is sure of, in news that nobody annotated: `python -m training.silver --shared ../shared`.

Rules know many words, the encoder what surrounds them; what both together are sure of teaches the encoder the words.
Writes JSON lines: text, the words that tell of an event with its type, and the words that are left open."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import spacy

from geoevents.encoder import find_tellings
from geoevents.extract.seen import LEAST, likeliest, weigh_triggers
from geoevents.extract.triggers import find_triggers
from geoevents.language import load_language
from geoevents.layout import mark_boundaries
from geoevents.ontology import load_ontology

from .prepare import read_data

SOURCES = ("eventplace", "lgl", "trnews", "gwn", "re3d", "wikigold")
SURE, OPEN = 0.8, 0.2
"""Probability from which a trigger is taken for right, and below which a word is taken for none."""


def read_texts(shared: Path) -> list[str]:
    """The training texts of news, each once."""
    train, _ = read_data(shared, spacy.blank("en"))
    return list(dict.fromkeys(p.text for p in train.passages if p.source in SOURCES))


def label(texts: list[str]) -> Iterator[dict[str, object]]:
    """Each text with its sure events."""
    nlp, ontology = load_language(), load_ontology()
    for text in texts:
        doc = nlp.make_doc(text)
        mark_boundaries(doc)
        doc = nlp(doc)
        seen = find_tellings(doc)
        names = frozenset(t.i for t in doc if t.ent_type_)
        told, left = [], []
        for sentence in doc.sents:
            ruled = list(find_triggers(sentence, ontology, names, names))
            kept = list(weigh_triggers(sentence, ruled, seen, names))
            for trigger in kept:
                word = doc[trigger.first]
                if trigger.confidence >= SURE and not trigger.rule.weak:
                    told.append((word.idx, trigger.rule.event_type))
                else:
                    left.append(word.idx)
            left += [doc[t.first].idx for t in ruled]
            left += [doc[i].idx for i in seen.between(sentence.start, sentence.end)
                     if likeliest(seen.types(i))[1] >= LEAST]  # fmt: skip
        taken = {at for at, _ in told}
        yield {"text": text, "told": told, "left": sorted(set(left) - taken)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("build/training/silver.jsonl"))
    options = parser.parse_args()
    rows = list(label(read_texts(options.shared)))
    options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(len(rows), "texts,", sum(len(row["told"]) for row in rows), "events")


if __name__ == "__main__":
    main()
