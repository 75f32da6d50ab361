"""Measures accuracy on the open benchmark files: `python benchmarks/accuracy.py --shared ../shared [--split dev]`.

Writes predictions for bench/places and bench/events, scores them with bench/score.py, and prints one table. "dev" is
what nothing was trained on (training/splits.py); figures on "train" and "all" flatter.

Under each of our lines stand the figures that others have published (peers.toml), numbered; below the table stand their
figures on sets not scored here, and by number the conditions that each was measured under and its source. No two were
measured alike: read the conditions first.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geoevents.pipeline import Pipeline
from geoevents.records import PlaceMention
from training.splits import is_dev

PLACE_TASKS = ("recognition", "resolution", "endtoend")
EVENT_TASKS = ("eventplace", "plover")
PLACE_FILES = ("lgl", "trnews", "gwn")
PEERS = Path(__file__).with_name("peers.toml")
OURS = (
    "documents (sentences) of the split said, chosen by a hash; demonyms left aside; a place is right within 161 km, a"
    " country by its code as well; unresolved is wrong; end to end, overlapping spans count; the bundled gazetteer"
)

KEPT = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
"""Confidences that the table of what is kept is drawn at."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One peer measured one way; `figures` from 0 to 1 by set, `source` where they were read."""

    peer: str
    version: str
    task: str
    metric: str
    figures: dict[str, float]
    conditions: str
    source: str

    def line(self, number: int, file: str) -> str:
        """Its figure on one set, with the number of its conditions."""
        return f"{self.figures[file]:.3f} {self.metric}: {self.peer}, {self.version} [{number}]"


def load_studies(path: Path = PEERS) -> dict[int, Study]:
    """The peers' figures, numbered from 1 in the file's order."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["study"]
    return {number: Study(**row) for number, row in enumerate(rows, 1)}


def scored_files(task: str) -> tuple[str, ...]:
    """The sets that a task is measured on here."""
    return PLACE_FILES if task in PLACE_TASKS else (task,)


def beside(studies: dict[int, Study], task: str, file: str) -> Iterator[str]:
    """What peers got on one task and set."""
    return (s.line(n, file) for n, s in studies.items() if s.task == task and file in s.figures)


def footnotes(studies: dict[int, Study], tasks: Sequence[str]) -> Iterator[str]:
    """Peers' figures on sets not scored here, then the conditions of all figures on these tasks."""
    asked = {n: s for n, s in studies.items() if s.task in tasks}
    yield "Peers on other sets:"
    for number, study in asked.items():
        for file in sorted(study.figures.keys() - set(scored_files(study.task))):
            yield f"{study.task:<12} {file:<18} {study.line(number, file)}"
    for task in tasks:
        if not any(study.task == task for study in asked.values()):
            yield f"{task:<12} no published figure found"
    yield "Conditions:"
    yield f"[ours] {OURS}."
    for number, study in asked.items():
        yield f"[{number}] {study.conditions}. Source: {study.source}."


def describe(mention: PlaceMention) -> Row:
    """A mention as score.py wants it: the place named, or where an unknown name is drawn."""
    place = mention.place
    position = place.position if place else mention.position
    return {
        "start": mention.start,
        "end": mention.end,
        "lat": position.lat if position else None,
        "lon": position.lon if position else None,
        "geonameid": int(place.id.partition(":")[2]) if place and place.id.startswith("geonames:") else None,
        "country": place.country if place else None,
        "feature_code": place.feature_code if place else None,
        "confidence": mention.confidence if position else None,
    }


def predict_places(pipeline: Pipeline, document: Row, task: str) -> Row:
    """One document's places: resolved where the spans are given, else found in the raw text as well."""
    if task == "resolution":
        spans = sorted({(t["start"], t["end"]) for t in document["toponyms"]})
        mentions = pipeline.resolve(document["text"], spans)
    else:
        mentions = pipeline(document["text"]).places
    asked = [m for m in mentions if m.kind != "demonym" or task == "resolution"]
    return {"id": document["id"], "places": [describe(m) for m in asked]}


def predict_locations(pipeline: Pipeline, sentence: Row) -> Row:
    """Where the event of one verb happened; a verb of several words is asked for by its first."""
    start, end = sentence["verb"][0]
    return {"locations": [[m.start, m.end] for m in pipeline.locate(sentence["text"], (start, end))]}


def predict_events(pipeline: Pipeline, sentence: Row) -> Row:
    """One sentence's events of all modalities: the gold standard codes threats and plans too."""
    events = pipeline(sentence["text"]).events
    return {
        "id": sentence["id"],
        "events": [
            {"event_type": e.event_type, "actors": list(e.actors), "recipients": list(e.recipients)} for e in events
        ],
    }


def load_gold(path: Path, split: str) -> list[Row]:
    """The documents (or sentences) of a file that are in a split."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [r for r in rows if split == "all" or is_dev(str(r.get("id", r["text"]))) == (split == "dev")]


def load_scorer(path: Path) -> Any:
    """score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"{path}: no scorer there; say --shared")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(
    pipeline: Pipeline, bench: Path, split: str, tasks: list[str], out: Path | None
) -> Iterator[tuple[str, str, Row]]:
    """(task, file, figures) of every task asked for."""
    score = load_scorer(bench / "score.py")
    predict: dict[str, Callable[[Row], Row]] = {
        "eventplace": lambda row: predict_locations(pipeline, row),
        "plover": lambda row: predict_events(pipeline, row),
    }
    for task in tasks:
        folder = "places" if task in PLACE_TASKS else "events"
        for file in scored_files(task):
            gold = load_gold(bench / folder / f"{file}.json", split)
            start = time.perf_counter()
            found = [predict[task](row) if task in predict else predict_places(pipeline, row, task) for row in gold]
            seconds = time.perf_counter() - start
            if out:
                (out / f"{task}-{file}.json").write_text(json.dumps(found), encoding="utf-8")
            judged = judge(gold, found, score) if task == "resolution" else []
            yield task, file, {**getattr(score, task)(gold, found), "seconds": round(seconds, 1), "judged": judged}


def judge(gold: list[Row], found: list[Row], score: Any) -> list[tuple[float, bool]]:
    """(confidence, whether right) of each name that is scored, demonyms aside; an unresolved name has confidence 0."""
    judged = []
    for document, answer in zip(gold, found, strict=True):
        answers = {(place["start"], place["end"]): place for place in answer["places"]}
        for name in document["toponyms"]:
            if name["lat"] is not None and not score.is_demonym(name["text"]):
                place = answers.get((name["start"], name["end"]))
                judged.append(((place or {}).get("confidence") or 0.0, score.right(name, place)))
    return judged


def keep(judged: list[tuple[float, bool]]) -> Iterator[str]:
    """What is kept at each confidence, of all files together, and how much of that is right: a table in Markdown."""
    yield "| keep confidence of at least | kept | right |"
    yield "|---|---|---|"
    for least in KEPT:
        kept = [right for confidence, right in judged if confidence >= least]
        if kept:
            yield f"| {least:.2f} | {len(kept) / len(judged):.0%} | {sum(kept) / len(kept):.1%} |"


def headline(task: str, f: Row) -> str:
    """The figures of one task in a line."""
    if task == "recognition":
        f = f["exact"]
        return f"exact F1 {f['f1']:.3f} (P {f['precision']:.3f}, R {f['recall']:.3f})"
    if task == "resolution":
        rest = f"exact id {f['exact_id']}, unresolved {f['unresolved']:.3f}, ECE {f['calibration_error']}"
        return f"acc161 {f['acc161']:.3f}, {rest}, n {f['toponyms']}"
    if task == "endtoend":
        return f"F1 {f['f1']:.3f} (P {f['precision']:.3f}, R {f['recall']:.3f})"
    if task == "eventplace":
        overlap, right = f["span_overlap"]["f1"], f["sentence_accuracy"]
        none = f["no_place_accuracy"]
        return f"F1 {overlap:.3f}, sentences right {right:.3f}, of those without a place {none}, n {f['sentences']}"
    who = f"actors {f['actor_recall']:.3f}, recipients {f['recipient_recall']:.3f}"
    return f"type recall {f['type_recall']:.3f}, other events {f['other_events_per_sentence']}, {who}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    parser.add_argument("--split", choices=["dev", "train", "all"], default="dev")
    parser.add_argument("--out", type=Path, help="folder for the predictions")
    parser.add_argument("--model", help="another spaCy pipeline")
    parser.add_argument("tasks", nargs="*", help=f"some of {', '.join(PLACE_TASKS + EVENT_TASKS)}; all by default")
    options = parser.parse_args()
    tasks = options.tasks or list(PLACE_TASKS + EVENT_TASKS)
    if unknown := sorted(set(tasks) - {*PLACE_TASKS, *EVENT_TASKS}):
        parser.error(f"unknown tasks: {', '.join(unknown)}")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
    studies = load_studies()
    pipeline = Pipeline.load(model=options.model)
    judged: list[tuple[float, bool]] = []
    for task, file, figures in measure(pipeline, options.shared / "bench", options.split, tasks, options.out):
        line = f"{task:<12} {file:<11} {options.split:<6} {headline(task, figures)}  [{figures['seconds']} s]"
        print(line, *(f"{'':<25}{peer}" for peer in beside(studies, task, file)), sep="\n", flush=True)
        judged += figures["judged"]
    if judged:
        print("", *keep(judged), sep="\n")
    print("", *footnotes(studies, tasks), sep="\n")


if __name__ == "__main__":
    main()
