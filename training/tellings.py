"""Annotated events as labels of words: our corpus (annotations.py) and PLOVER's gold standard records."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from geoevents.encoder import PLACES
from geoevents.ontology import load_ontology
from geoevents.records import MODALITIES

from .annotations import FIGURES, MODES, Item, Telling
from .samples import ALONE, JOINED_WORDS, MASKED, PARTY_LABELS, PLACE_LABELS, Labels, Sample, join_samples

EVENT_LABELS = ("O", *sorted(load_ontology().labels))
MODE_LABELS = tuple(f"{kind}/{mode}" for kind, modes in sorted(MODES.items()) for mode in modes.split())
ROLE_LABELS = ("actor", "recipient", "date", "said", "figure")
"""Places have the link head for themselves; of whom a figure counts, its words say (PART_LABELS)."""
PART_LABELS = ("O", *FIGURES, "said")
"""What words are, whichever event they belong to: so a figure or a speaker teaches every one like it."""

_RENAMED = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}
"""PLOVER 2016's types in PLOVER 2021."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A sentence of PLOVER's gold standard: one event of it, coded by its words; what else it tells is not said."""

    id: str
    text: str
    event_type: str
    words: tuple[str, ...]
    actors: tuple[str, ...]
    recipients: tuple[str, ...]


def read_records(path: Path) -> list[Record]:
    """The records of plover.json."""
    return [
        Record(
            id=row["id"],
            text=row["text"],
            event_type=_RENAMED.get(row["event"], row["event"]),
            words=tuple((row["event_text"] or "").split()),
            actors=tuple(row["actor"]),
            recipients=tuple(row["recipient"]),
        )
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def make_item_sample(doc: Doc, item: Item, labels: Labels) -> Sample:
    """The words of an item with what their events are; names and syntax are what `doc`, the teacher's reading, has."""
    sample = _taught(doc, labels)
    sample.events[:] = sample.parts[:] = [MASKED if token.is_space else 0 for token in doc]
    roles, links = [], []
    for telling in item.tellings:
        if telling.event_type is None:
            continue
        for argument in telling.arguments:
            if argument.role in PART_LABELS:
                sample.parts[_mark(doc, [(argument.start, argument.end)]) == 1] = PART_LABELS.index(argument.role)
        span = doc.char_span(telling.start, telling.end, alignment_mode="expand")
        trigger = span.start
        if sample.events[trigger] > 0:  # two tellings on one word: the first stands
            continue
        sample.events[trigger : span.end] = MASKED
        sample.events[trigger] = EVENT_LABELS.index(telling.event_type)
        name = f"{telling.event_type}/{telling.mode}"
        sample.modes[trigger] = MODE_LABELS.index(name) + 1 if telling.mode else 0
        sample.modalities[trigger] = MODALITIES.index(telling.modality)
        roles.append((trigger, _mark_roles(doc, telling)))
        links.append((trigger, _mark(doc, [(a.start, a.end) for a in telling.arguments if a.role == "place"])))
    return replace(sample, links=tuple(links), roles=tuple(roles))


def make_record_sample(doc: Doc, record: Record, labels: Labels) -> Sample | None:
    """The words of a record: its event's word and those of its actors and recipients; None if no word is found."""
    sample = _taught(doc, labels)
    at = next((t.i for word in record.words for t in doc if t.lower_ == word.lower()), None)
    if at is None or record.event_type not in EVENT_LABELS:
        return None
    sample.events[at] = EVENT_LABELS.index(record.event_type)
    table = np.full((len(ROLE_LABELS), len(doc)), MASKED, np.int64)
    for role, names in (("actor", record.actors), ("recipient", record.recipients)):
        table[ROLE_LABELS.index(role)] = 0
        for name in names:
            start = record.text.find(name)
            if start >= 0:
                table[ROLE_LABELS.index(role)] |= _mark(doc, [(start, start + len(name))])
    return replace(sample, roles=((at, table),))


def make_silver_sample(doc: Doc, row: dict[str, Any], labels: Labels) -> Sample:
    """A text with the events that `silver.py` was sure of; modes, modalities and roles are left open."""
    sample = _taught(doc, labels)
    sample.events[:] = [MASKED if token.is_space else 0 for token in doc]
    number = {token.idx: token.i for token in doc}
    for at in row["left"]:
        sample.events[number[at]] = MASKED
    for at, event_type in row["told"]:
        sample.events[number[at]] = EVENT_LABELS.index(event_type)
    return sample


def _taught(doc: Doc, labels: Labels) -> Sample:
    """The names and the syntax that a pipeline reads in a text, as labels: so what is learned of events leaves the rest
    as it was."""
    space = np.array([token.is_space for token in doc])

    def number(kind: str, values: list[str]) -> np.ndarray:
        table = labels.numbers[kind]
        return np.where(space, MASKED, [table.get(value, MASKED) for value in values])

    names = [(span.start, span.end, span.label_) for span in (*doc.spans[PLACES], *doc.ents)]
    return Sample(
        words=[token.text for token in doc],
        place=_spell(doc, [n for n in names if f"B-{n[2]}" in PLACE_LABELS], PLACE_LABELS),
        party=_spell(doc, [n for n in names if f"B-{n[2]}" in PARTY_LABELS], PARTY_LABELS),
        tags=number("tags", [token.tag_ for token in doc]),
        pos=number("pos", [token.pos_ for token in doc]),
        starts=np.where(space, MASKED, [int(bool(token.is_sent_start)) for token in doc]),
        heads=np.where(space, MASKED, [token.head.i for token in doc]),
        relations=number("relations", [token.dep_ for token in doc]),
    )


def _spell(doc: Doc, names: Sequence[tuple[int, int, str]], labels: tuple[str, ...]) -> np.ndarray:
    column = np.zeros(len(doc), np.int64)
    for start, end, label in names:
        column[start:end] = labels.index(f"I-{label}")
        column[start] = labels.index(f"B-{label}")
    return column


def join_sentences(samples: Sequence[Sample], rng: random.Random) -> Iterator[Sample]:
    """Samples in random order, most short ones joined to stretches, as sentences stand in a document."""
    order = list(samples)
    rng.shuffle(order)
    held: Sample | None = None
    for sample in order:
        if held is None:
            held = sample
        elif rng.random() < ALONE or len(held.words) + len(sample.words) > JOINED_WORDS:
            yield held
            held = sample
        else:
            held = join_samples(held, sample)
    if held is not None:
        yield held


def _mark(doc: Doc, spans: Sequence[tuple[int, int]]) -> np.ndarray:
    labels = np.zeros(len(doc), np.int64)
    for start, end in spans:
        span = doc.char_span(start, end, alignment_mode="expand")
        labels[span.start : span.end] = 1
    return labels


def _mark_roles(doc: Doc, telling: Telling) -> np.ndarray:
    """[roles, words]: 1 where a word is of what fills the role."""
    roles = (FIGURES if role == "figure" else (role,) for role in ROLE_LABELS)
    return np.stack([_mark(doc, [(a.start, a.end) for a in telling.arguments if a.role in some]) for some in roles])
