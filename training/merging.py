"""Fits the weights of merging: `python -m training.merging` rewrites geoevents/data/merging.json.

A logistic regression over pairs of events, drawn to weights set by hand (PRIOR) as far as DECAY says. Fitted on
training/events/merging-1.txt alone, twice over: on what the pipeline finds and on what is annotated. All sets are
moved to the same days, so that events of different sets are told apart by what they are and not by their dates.
`--folds` prints pairwise F1 by cross-validation over sets. Takes a minute.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import geoevents
from geoevents.likeness import FEATURES, WEIGHTS, Weights, compare
from geoevents.merge import merge_events
from geoevents.pipeline import Pipeline
from geoevents.records import Document, Event, EventReport, PlaceMention, Report
from geoevents.stories import BOUNDS, gather_tellings, group_tellings
from geoevents.stories import Telling as Sketched

from .annotations import FIGURES, FOLDER, Item, Telling, read_items

Array = NDArray[np.float64]
Identity = tuple[str, str]
"""What an annotated event is called: its set and its name within it."""

PRIOR = {
    "bias": -1.0, "other_type": -1.5, "same_mode": 0.8, "other_mode": -1.0, "spoken": -0.5, "within": 0.7,
    "same_place": 1.0, "gap": -0.5, "sure_gap": -0.5, "far": -1.0, "same_name": 0.7, "other_name": -1.0,
    "borrowed_near": 0.3, "borrowed_far": -1.0, "placeless": -0.7, "named": 0.5, "same_day": 1.0,
    "days_overlap": 0.4, "days_gap": -1.0, "undated": -0.2, "undated_gap": -0.3, "same_figure": 0.6,
    "rare_figure": 0.15, "figure_gap": -0.5, "figure_apart": -0.5, "same_actors": 0.6, "same_side": 0.1,
    "other_actors": -0.3, "same_trigger": 0.3, "sentences": 2.0, "documents": 2.0, "names": 1.5,
    "shared_place": 0.4, "sole": 0.5, "rivals": -0.2, "same_document": -1.0, "same_document_bare": 0.7,
}  # fmt: skip
"""What a careful reader would give each feature, in log-odds; what is not named, nothing."""

DECAY = 10.0
"""Strength of the pull to PRIOR: with some 200 pairs of one event, data alone say too little. Of 1, 3, 10 and 30 among
the best by cross-validation (F1 on what the pipeline finds .72, .73, .76, .76, on earlier features;
on those, .74, .77 and .77 of 3, 10 and 30 as it stands)."""

ACROSS = 0.1
"""Weight of a pair of events of different sets beside one of the same set."""

LENIENCE = 1.1
"""Added to the bias: F1 by cross-validation in five folds, found and annotated, .752 and .716 at 0.2, .771 and .752 at
0.8, .775 and .760 at 1.1."""

VAGUE = {"few": 3, "several": 3, "dozens": 24, "scores": 40, "hundreds": 200, "thousands": 2000}
SHIFTED_TO = date(2020, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An annotated telling and the event found for it: the number of its document and the event's group."""

    identity: Identity
    item: str
    at: int
    group: str


def read_pipeline(pipeline: Pipeline, items: Sequence[Item]) -> tuple[list[Report], list[Told]]:
    """What the pipeline finds in the items, and which tellings it found: by trigger, else by type and sentence."""
    documents = (
        Document(text=item.text, id=item.id, title=item.title, source=item.source, published=item.published)
        for item in items
    )
    reports = list(pipeline.pipe(documents))
    told = []
    for at, (item, report) in enumerate(zip(items, reports, strict=True)):
        named = [telling for telling in item.tellings if telling.event_type and telling.same]
        exact = {t: group for t in named if (group := _by_trigger(t, report.events)) is not None}
        for telling in named:
            taken = {group for other, group in exact.items() if other.same != telling.same}
            group = exact.get(telling) or _by_sentence(telling, report.events, taken)
            if group is not None:
                told.append(Told(identity=(item.story, telling.same or ""), item=item.id, at=at, group=group))
    return reports, told


def _by_trigger(telling: Telling, events: Iterable[Event]) -> str | None:
    return next(
        (e.event_group for e in events if e.trigger_start < telling.end and telling.start < e.trigger_end), None
    )


def _by_sentence(telling: Telling, events: Iterable[Event], taken: set[str]) -> str | None:
    for event in events:
        there = any(r.sentence_start <= telling.start < r.sentence_end for r in event.reports)
        if there and event.event_type == telling.event_type and event.event_group not in taken:
            return event.event_group
    return None


def read_annotated(pipeline: Pipeline, items: Sequence[Item]) -> tuple[list[Report], list[Told]]:
    """Reports with the annotated events, at the places the pipeline resolves their annotated names to, merged within
    each document as the pipeline does; and the tellings, each with the event it is now part of."""
    reports, told = [], []
    for at, item in enumerate(items):
        document = Document(text=item.text, id=item.id, source=item.source, published=item.published)
        spans = sorted({(a.start, a.end) for t in item.tellings for a in t.arguments if a.role == "place"})
        places = {(m.start, m.end): m for m in pipeline.resolve(item.text, spans)} if spans else {}
        named = [telling for telling in item.tellings if telling.event_type and telling.same]
        events = [e for n, telling in enumerate(named) for e in _annotated(n, telling, document, places)]
        merged = merge_events(events)
        reports.append(Report(document=document, places=tuple(places.values()), events=merged))
        homes = {report.document_title: e.event_group for e in reversed(merged) for report in e.reports}
        told += [
            Told(identity=(item.story, telling.same or ""), item=item.id, at=at, group=homes[f"{item.id} {n}"])
            for n, telling in enumerate(named)
            if f"{item.id} {n}" in homes
        ]
    return reports, told


def _annotated(
    number: int, telling: Telling, document: Document, places: Mapping[tuple[int, int], PlaceMention]
) -> Iterator[Event]:
    """The events, one a place, of an annotated telling; its report's title names it, to be found again when merged."""
    text = document.text
    start, end = _sentence(text, telling.start)
    words = {r: tuple(text[a.start : a.end] for a in telling.arguments if a.role == r) for r in ("actor", "recipient")}
    figures = {FIGURES[a.role]: _amount(a.value) for a in reversed(telling.arguments) if a.role in FIGURES and a.value}
    days = [a.value.split("..") for a in telling.arguments if a.role == "date" and a.value]
    first, last = (date.fromisoformat(days[0][0]), date.fromisoformat(days[0][-1])) if days else (None, None)
    report = EventReport(
        document_id=document.id, document_title=f"{document.id} {number}", source=document.source, url=None,
        published=document.published, sentence=text[start:end], sentence_start=start, sentence_end=end,
    )  # fmt: skip
    counts: dict[str, Any] = {
        f"{count}_{bound}": n for count, bounds in figures.items() for bound, n in zip(BOUNDS, bounds, strict=True)
    }
    found = [places.get((a.start, a.end)) for a in telling.arguments if a.role == "place"]
    for place in found or [None]:
        yield Event(
            id=f"{document.id} {number} {place.start if place else ''}", event_group=f"{document.id} {number}",
            event_type=telling.event_type or "", event_mode=telling.mode, modality=telling.modality,
            trigger=text[telling.start : telling.end], trigger_start=telling.start, trigger_end=telling.end,
            sentence=text[start:end], sentence_start=start, sentence_end=end, actors=words["actor"],
            recipients=words["recipient"], place=place, date_start=first, date_end=last,
            time_precision=None if first is None else 1 if first == last else 2,
            document_id=document.id, source=document.source, published=document.published, reports=(report,),
            **counts,
        )  # fmt: skip


def _sentence(text: str, at: int) -> tuple[int, int]:
    start = max(text.rfind(mark, 0, at) + len(mark) if mark in text[:at] else 0 for mark in (". ", "\n"))
    ends = [end for end in (text.find(". ", at), text.find("\n", at)) if end >= 0]
    return start, min(ends, default=len(text))


def _amount(value: str) -> tuple[int | None, int | None, int | None]:
    """Low, best and high of an annotated amount: "5", "5+", "5-9", "-9", "dozens"."""
    if value.startswith("-"):
        return None, None, int(value[1:])
    if value.endswith("+"):
        return int(value[:-1]), int(value[:-1]), None
    if "-" in value:
        low, high = map(int, value.split("-"))
        return low, None, high
    return (int(value),) * 3 if value.isdigit() else (VAGUE.get(value), None, None)


def shift(reports: Sequence[Report]) -> list[Report]:
    """The reports with every set moved to the same days, so that dates do not tell the sets apart."""
    begins: dict[str, date] = {}
    for report in reports:
        if report.document.published:
            story = report.document.id.split("/")[0]
            begins[story] = min(begins.get(story, date.max), report.document.published)
    return [_moved(r, SHIFTED_TO - begins.get(r.document.id.split("/")[0], SHIFTED_TO)) for r in reports]


def _moved(report: Report, by: timedelta) -> Report:
    def moved(day: date | None) -> date | None:
        return day + by if day else None

    events = tuple(
        replace(e, date_start=moved(e.date_start), date_end=moved(e.date_end), published=moved(e.published))
        for e in report.events
    )
    return replace(report, events=events)


def score(told: Sequence[Told], groups: Iterable[Iterable[Sketched]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs of tellings that are one event, over all sets together."""
    home = {
        (unit.at, unit.parts[0].event_group): number
        for number, members in enumerate(groups)
        for member in members
        for unit in (member.unit, *member.reprints)
    }
    found = [home[t.at, t.group] for t in told]
    right = _count_pairs(zip(found, (t.identity for t in told), strict=True))
    precision = right / max(1, _count_pairs(found))
    recall = right / max(1, _count_pairs(t.identity for t in told))
    return precision, recall, 2 * precision * recall / (precision + recall or 1.0)


def _count_pairs(labels: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())


def examples(reports: Sequence[Report], told: Sequence[Told]) -> tuple[Array, Array, Array]:
    """Features, whether the two are one event, and weight, of every pair of told events that nothing excludes."""
    identities: dict[tuple[int, str], set[Identity]] = {}
    for t in told:
        identities.setdefault((t.at, t.group), set()).add(t.identity)
    tellings = [t for t in gather_tellings(shift(reports)) if (t.unit.at, t.unit.parts[0].event_group) in identities]
    rows, one, weight = [], [], []
    for a, b in combinations(tellings, 2):
        found = compare(a.sketch, b.sketch)
        if found is None:
            continue
        mine, theirs = (identities[t.unit.at, t.unit.parts[0].event_group] for t in (a, b))
        rows.append([found.get(name, 0.0) for name in FEATURES])
        one.append(float(bool(mine & theirs)))
        weight.append(1.0 if {story for story, _ in mine} & {story for story, _ in theirs} else ACROSS)
    return np.array(rows), np.array(one), np.array(weight)


def fit(sets: Iterable[tuple[Array, Array, Array]]) -> Weights:
    """The weights, by Newton's method."""
    x, y, c = (np.concatenate(parts) for parts in zip(*sets, strict=True))
    prior = np.array([PRIOR.get(name, 0.0) for name in FEATURES])
    decay = np.array([1e-3 if name == "bias" else DECAY for name in FEATURES])
    w = prior.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        gradient = x.T @ (c * (p - y)) + decay * (w - prior)
        w -= np.linalg.solve((x.T * (c * p * (1 - p))) @ x + np.diag(decay), gradient)
    w[FEATURES.index("bias")] += LENIENCE
    return Weights(values={name: round(float(v), 3) for name, v in zip(FEATURES, w, strict=True)})


def _fold(story: str, stories: Sequence[str], folds: int) -> int:
    return sorted(stories).index(story) % folds


def validate(sources: Sequence[tuple[list[Report], list[Told]]], folds: int) -> Iterator[tuple[float, float, float]]:
    """Precision, recall and F1 of each source, every set merged with weights fitted on the others."""
    stories = sorted({t.identity[0] for _, told in sources for t in told})
    learned = [
        fit(examples(r, [t for t in told if _fold(t.identity[0], stories, folds) != n]) for r, told in sources)
        for n in range(folds)
    ]
    for reports, told in sources:
        groups = []
        for n, weights in enumerate(learned):
            apart = [
                report if _fold(report.document.id.split("/")[0], stories, folds) == n else replace(report, events=())
                for report in reports
            ]
            groups += group_tellings(gather_tellings(apart), weights)
        yield score(told, groups)


def main() -> None:
    """Fits and writes the weights, or prints what cross-validation says of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate instead of writing the weights")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    items = list(read_items(FOLDER / "merging-1.txt"))
    pipeline = geoevents.load()
    sources = [read_pipeline(pipeline, items), read_annotated(pipeline, items)]
    if options.folds:
        for name, figures in zip(("found", "annotated"), validate(sources, options.folds), strict=True):
            print(name, *(f"{figure:.3f}" for figure in figures))
        return
    weights = fit(examples(*source) for source in sources)
    made = {"made_by": "training/merging.py from training/events/merging-1.txt", "weights": dict(weights.values)}
    options.out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
