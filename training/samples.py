"""What the network learns from: words with the labels of each head, masked where a corpus does not say.

Made anew in every epoch, since augmentation changes the text."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from .augment import augment_syntax
from .lexicon import NORPS, find_big_places
from .names import Swapper, augment_names, typeset_passage
from .passages import MASK, Passage

MASKED = -1
"""Label of a word that a corpus says nothing of."""
PLACE_LABELS = ("O", "B-PLACE", "I-PLACE", "B-NORP", "I-NORP")
PARTY_LABELS = ("O", "B-ORG", "I-ORG", "B-PERSON", "I-PERSON")
CROPPED = 0.1
"""Share of passages that begin and end anywhere, as windows of a long text may."""

ALONE, JOINED_WORDS = 0.25, 100
"""How often a sentence ends a stretch of sentences, and the most words of one."""

_ENDS = frozenset(". ! ? \" ” '' ... …".split())
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december mr mrs ms dr""".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event's verb and places, in characters of the passage."""

    trigger: tuple[int, int]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Words and their labels; MASKED where unknown. `heads` are word numbers, the root's its own; `links` are
    (trigger, label of each word as its place: 1, 0, or MASKED). `events` are types of the words that tell of events,
    `modes` and `modalities` theirs, `parts` figures and speakers, `roles` (trigger, [roles, words] labels as those of
    links)."""

    words: list[str]
    place: np.ndarray
    party: np.ndarray
    tags: np.ndarray
    pos: np.ndarray
    starts: np.ndarray
    heads: np.ndarray
    relations: np.ndarray
    links: tuple[tuple[int, np.ndarray], ...] = ()
    events: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    modes: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    modalities: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    parts: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    roles: tuple[tuple[int, np.ndarray], ...] = ()

    def __post_init__(self) -> None:
        for name in ("events", "modes", "modalities", "parts"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, _masked(len(self.words)))


_COLUMNS = ("place", "party", "tags", "pos", "starts", "relations", "events", "modes", "modalities", "parts")
"""A sample's labels of single words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The label sets of the syntax heads, in order."""

    tags: tuple[str, ...]
    pos: tuple[str, ...]
    relations: tuple[str, ...]
    numbers: dict[str, dict[str, int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for kind in ("tags", "pos", "relations"):
            self.numbers[kind] = {label: n for n, label in enumerate(getattr(self, kind))}

    @classmethod
    def of(cls, docs: Iterable[Doc]) -> Labels:
        """All labels of treebank documents; white space is not a matter for the network."""
        words = [token for doc in docs for token in doc if not token.is_space]
        sets = ({w.tag_ for w in words}, {w.pos_ for w in words}, {w.dep_ for w in words} - {"ROOT", "dep"})
        tags, pos, relations = (tuple(sorted(s)) for s in sets)
        return cls(tags=tags, pos=pos, relations=("ROOT", *relations, "dep"))


def _masked(count: int) -> np.ndarray:
    return np.full(count, MASKED, dtype=np.int64)


def make_names_sample(
    nlp: Language,
    passage: Passage,
    links: Sequence[Link],
    swapper: Swapper,
    rng: random.Random | None,
    sentences: Sequence[int] = (),
) -> Sample:
    """A passage's words with the labels of both name heads and its links; varied at random where `rng` is given.

    `sentences` says where its sentences begin, in characters, if that is known."""
    if rng is not None:
        passage = typeset_passage(passage, rng) if links else augment_names(passage, swapper, rng)
    doc = nlp.make_doc(passage.text)
    count = len(doc)
    place, party = label_words(doc, passage)
    sample = Sample(
        words=[token.text for token in doc],
        place=place,
        party=party,
        tags=_masked(count),
        pos=_masked(count),
        starts=_label_starts(doc, sentences) if sentences else _masked(count),
        heads=_masked(count),
        relations=_masked(count),
        links=tuple(_label_link(doc, link) for link in links),
    )
    if rng is not None and not links and count > 30 and rng.random() < CROPPED:
        return crop(sample, rng.randrange(count // 3), count - rng.randrange(count // 3))
    return sample


def join_passages(
    linked: Sequence[tuple[Passage, Sequence[Link]]], rng: random.Random | None
) -> Iterator[tuple[Passage, list[Link], list[int]]]:
    """Passages with their links and the characters where sentences begin, most of them joined to stretches of up to
    JOINED_WORDS words.

    They are sentences; a document's windows hold several, and scores learned on sentences alone are wrong there: with a
    sentence before and behind, F1 of event places fell from .87 to .73."""
    order = list(linked)
    if rng is None:
        yield from ((passage, list(links), [0]) for passage, links in order)
        return
    rng.shuffle(order)
    held: tuple[Passage, list[Link], list[int]] | None = None
    for passage, links in order:
        if held is None:
            held = passage, list(links), [0]
            continue
        text = held[0].text + " " + passage.text
        if rng.random() < ALONE or len(text.split()) > JOINED_WORDS:
            yield held
            held = passage, list(links), [0]
            continue
        by = len(held[0].text) + 1
        moved = [
            Link(
                trigger=(link.trigger[0] + by, link.trigger[1] + by),
                places=tuple((s + by, e + by) for s, e in link.places),
            )
            for link in links
        ]
        spans = (*held[0].spans, *((s + by, e + by, label) for s, e, label in passage.spans))
        held = replace(passage, text=text, spans=spans), held[1] + moved, [*held[2], by]
    if held is not None:
        yield held


def label_words(doc: Doc, passage: Passage) -> tuple[np.ndarray, np.ndarray]:
    """Labels of the place head and of the one for organisations and people, in numbers of their label sets.

    Inside an organisation the words that name a place or a people are masked for the place head, the rest is outside.
    """
    count = len(doc)
    place, party = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    capital = np.array([t.text[:1].isupper() and t.lower_ not in _CALENDAR for t in doc], dtype=bool)
    if "ORG" not in passage.labelled:
        near = capital.copy()
        near[1:] |= capital[:-1]
        near[:-1] |= capital[1:]
        party[near] = MASKED
    if "PLACE" not in passage.labelled:
        place[capital & np.array([not t.is_stop for t in doc], dtype=bool)] = MASKED
    for start, end, label in passage.spans:
        span = doc.char_span(start, end)
        if span is None or label == MASK:
            loose = doc.char_span(start, end, alignment_mode="expand")
            if loose is not None:
                party[loose.start : loose.end] = MASKED
                if passage.source != "own":  # what we marked so ourselves, ships and storms and films, is no place
                    place[loose.start : loose.end] = MASKED
            continue
        labels, column = (PLACE_LABELS, place) if label in ("PLACE", "NORP") else (PARTY_LABELS, party)
        column[span.start : span.end] = labels.index(f"I-{label}")
        column[span.start] = labels.index(f"B-{label}")
        if label == "ORG":
            inner = [(start + s, start + e) for s, e in find_big_places(passage.text[start:end])]
            for token in span:
                held = any(s < token.idx + len(token) and token.idx < e for s, e in inner)
                if held or token.text in NORPS:
                    place[token.i] = MASKED
    return place, party


def _label_starts(doc: Doc, sentences: Sequence[int]) -> np.ndarray:
    """1 where a sentence begins, 0 elsewhere, masked behind a full stop inside a sentence: some hold two."""
    labels = np.zeros(len(doc), dtype=np.int64)
    begun = {next((t.i for t in doc if t.idx >= at and not t.is_space), len(doc)) for at in sentences}
    for token in doc:
        if token.is_space:
            labels[token.i] = MASKED
        elif token.i in begun:
            labels[token.i] = 1
        elif token.i and doc[token.i - 1].text in _ENDS:
            labels[token.i] = MASKED
    return labels


def _label_link(doc: Doc, link: Link) -> tuple[int, np.ndarray]:
    labels = np.zeros(len(doc), dtype=np.int64)
    for start, end in link.places:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is not None:
            labels[span.start : span.end] = 1
    trigger = doc.char_span(*link.trigger, alignment_mode="expand")
    return (trigger.start if trigger is not None else 0), labels


def make_syntax_sample(nlp: Language, doc: Doc, labels: Labels, rng: random.Random | None) -> Sample:
    """A treebank document's annotation on the words that our tokenizer makes of its text."""
    example = Example(nlp.make_doc((doc := augment_syntax(doc, rng) if rng else doc).text), doc)
    ours = example.predicted
    count = len(ours)
    heads, deps = example.get_aligned_parse(projectivize=False)
    numbers = labels.numbers
    space = [token.is_space for token in ours]

    def number(kind: str, values: Sequence[str | None]) -> np.ndarray:
        table = numbers[kind]
        found = [table.get(v, MASKED) if v and not s else MASKED for v, s in zip(values, space, strict=True)]
        return np.array(found, dtype=np.int64)

    starts = example.get_aligned_sent_starts()
    arcs = [head if head is not None and not (space[n] or space[head]) else MASKED for n, head in enumerate(heads)]
    return Sample(
        words=[token.text for token in ours],
        place=_masked(count),
        party=_masked(count),
        tags=number("tags", example.get_aligned("TAG", as_string=True)),
        pos=number("pos", example.get_aligned("POS", as_string=True)),
        starts=np.array(
            [MASKED if value is None or s else int(value == 1) for value, s in zip(starts, space, strict=True)]
        ),
        heads=np.array(arcs, dtype=np.int64),
        relations=number("relations", deps),
    )


def crop(sample: Sample, first: int, last: int) -> Sample:
    """The words from `first` up to `last`; arcs that lead outside are masked."""
    heads = sample.heads[first:last]
    inside = (heads >= first) & (heads < last)
    return Sample(
        words=sample.words[first:last],
        heads=np.where(inside, heads - first, MASKED),
        links=tuple((t - first, row[first:last]) for t, row in sample.links if first <= t < last),
        roles=tuple((t - first, row[:, first:last]) for t, row in sample.roles if first <= t < last),
        **{name: getattr(sample, name)[first:last] for name in _COLUMNS},
    )


def join_samples(first: Sample, second: Sample) -> Sample:
    """Both, one behind the other; what one tells of has nothing in the other."""
    by, after = len(first.words), len(second.words)
    heads = np.where(second.heads == MASKED, MASKED, second.heads + by)
    return Sample(
        words=first.words + second.words,
        heads=np.concatenate([first.heads, heads]),
        links=(
            *((t, np.pad(row, (0, after))) for t, row in first.links),
            *((t + by, np.pad(row, (by, 0))) for t, row in second.links),
        ),
        roles=(
            *((t, _pad_roles(row, 0, after)) for t, row in first.roles),
            *((t + by, _pad_roles(row, by, 0)) for t, row in second.roles),
        ),
        **{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in _COLUMNS},
    )


def _pad_roles(rows: np.ndarray, before: int, after: int) -> np.ndarray:
    """Further words on both sides: without a role, masked where the role is."""
    filler = np.where((rows == MASKED).all(axis=1), MASKED, 0)[:, None]
    return np.concatenate([np.repeat(filler, before, 1), rows, np.repeat(filler, after, 1)], axis=1)
