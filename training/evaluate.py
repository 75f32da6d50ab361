"""Measures a pipeline on the dev split: `python -m training.evaluate [MODEL] --shared ../shared`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType

from spacy.language import Language
from spacy.scorer import Scorer, get_ner_prf
from spacy.tokens import Doc
from spacy.training import Example

from geoevents.language import load_language

from .passages import Passage, make_doc
from .prepare import read_data
from .splits import is_dev

BENCH = ("lgl", "trnews", "gwn")


def load_scorer(shared: Path) -> ModuleType:
    """The benchmark's own scorer, as a module."""
    spec = importlib.util.spec_from_file_location("bench_score", shared / "bench" / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"no scorer at {shared / 'bench' / 'score.py'}: name the folder with --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score_places(nlp: Language, shared: Path) -> dict[str, dict[str, float]]:
    """Exact-span precision, recall and F1 on the dev documents of each bench file, from raw text."""
    scorer = load_scorer(shared)
    results = {}
    for name in BENCH:
        rows = json.loads((shared / "bench" / "places" / f"{name}.json").read_text(encoding="utf-8"))
        gold = [row for row in rows if is_dev(row["id"])]
        found = [
            {
                "id": row["id"],
                "places": [{"start": e.start_char, "end": e.end_char} for e in doc.ents if e.label_ == "PLACE"],
            }
            for row, doc in zip(gold, nlp.pipe(row["text"] for row in gold), strict=True)
        ]
        results[name] = scorer.recognition(gold, found)["exact"]
    return results


def score_names(nlp: Language, shared: Path, dev: list[Passage]) -> dict[str, float]:
    """Place F1 on the bench, F1 of every label by corpus on dev passages."""
    places = score_places(nlp, shared)
    scores = {
        f"{name}_{key[0]}": result[key] for name, result in places.items() for key in ("precision", "recall", "f1")
    }
    for source in sorted({p.source for p in dev}):
        part = [p for p in dev if p.source == source]
        predicted = nlp.pipe(p.text for p in part)
        kinds = get_ner_prf([Example(doc, make_doc(nlp, p)) for doc, p in zip(predicted, part, strict=True)])
        scores |= {f"{source}_{label}": value["f"] for label, value in sorted((kinds["ents_per_type"] or {}).items())}
    return scores


def score_syntax(nlp: Language, dev: list[Doc]) -> dict[str, float]:
    """Accuracy of tags, UPOS, lemmas, trees and sentences on dev documents, from raw text; punctuation aside."""
    predicted = nlp.pipe(doc.text for doc in dev)
    examples = [Example(found, doc) for found, doc in zip(predicted, dev, strict=True)]
    scores: dict[str, float] = {}
    for name in ("tag", "pos", "lemma"):
        scores |= Scorer.score_token_attr(examples, name)
    deps = Scorer.score_deps(examples, "dep", ignore_labels=("p", "punct"))
    sentences = Scorer.score_spans(examples, "sents", has_annotation=lambda _: True, getter=lambda doc, _: doc.sents)
    kept = {"dep_uas": deps["dep_uas"], "dep_las": deps["dep_las"], "sents_f": sentences["sents_f"]}
    return {name: float(value) for name, value in (scores | kept).items()}


def measure_speed(nlp: Language, shared: Path) -> float:
    """Words a second of CPU time on one core, `pipe` over LGL, words by blanks."""
    rows = json.loads((shared / "bench" / "places" / "lgl.json").read_text(encoding="utf-8"))
    texts = [row["text"] for row in rows[:150]]
    for _ in nlp.pipe(texts[:10]):
        pass
    began = time.process_time()
    for _ in nlp.pipe(texts):
        pass
    return sum(len(text.split()) for text in texts) / (time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path, default=Path("geoevents/data/model"))
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    options = parser.parse_args()
    began = time.perf_counter()
    nlp = load_language(options.model)
    loaded = time.perf_counter() - began
    figures = {"load_s": loaded, "words_per_s": measure_speed(nlp, options.shared)}
    _, dev = read_data(options.shared, nlp)
    figures |= score_syntax(nlp, dev.docs)
    passages = [p for p in dev.passages if p.source in ("own", "wikigold", "gum", "re3d")]
    figures |= {f"{name} settled": value for name, value in score_names(nlp, options.shared, passages).items()}
    with nlp.select_pipes(disable="geoevents_names"):
        figures |= score_names(nlp, options.shared, passages)
    for name, value in figures.items():
        print(f"{name:24} {value:.4f}" if value < 100 else f"{name:24} {value:.0f}")


if __name__ == "__main__":
    main()
