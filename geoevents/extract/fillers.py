"""Who and what fills the roles of an event, as the encoder sees it, beside what rules read off the parse: actors and
recipients, its day, who tells of it, and how many were hurt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geoevents.records import COUNTS

from . import syntax
from .attribution import name_speaker
from .casualties import Figure, count_people
from .dates import When
from .modality import is_denied
from .quantities import find_numbers
from .timing import Dated
from .triggers import Trigger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Span

    from geoevents.encoder import Tellings

FILLS = 0.5
"""Probability from which a word is of what fills a role, or of a figure or a speaker."""

TIED = 0.3
"""Probability from which a trigger takes a figure or a speaker of its sentence."""

NONE = 0.95
"""Probability of being of no figure from which the rules' word for a number is not taken."""

RULED = 1.0
"""What the rules' word on the kind of a figure adds to the encoder's probability of it."""

FIGURES = dict(zip(("killed", "injured", "missing", "displaced", "arrested"), COUNTS, strict=True))
"""The encoder's names of figures, and the count of the records that each is."""

_JOINTS = frozenset("of the 's ’s - – '".split())
"""Words between two stretches of one phrase."""


def find_fillers(trigger: Trigger, role: str, seen: Tellings) -> list[Span]:
    """The stretches of the trigger's sentence that fill a role, in text order, without articles."""
    return _stretches(trigger.token.sent, _chances(trigger, seen)[role])


def _stretches(sentence: Span, chances: NDArray[np.floating[Any]]) -> list[Span]:
    """The stretches of a sentence whose words have at least FILLS, in text order, without articles at their ends."""
    runs: list[list[int]] = []
    if chances.max() < FILLS:
        return []
    for at, chance in enumerate(chances.tolist(), start=sentence.start):
        token = sentence.doc[at]
        if chance < FILLS or token.is_space:
            continue
        between = {sentence.doc[i].lower_ for i in range(runs[-1][1] + 1, at)} if runs else set()
        if runs and between <= _JOINTS:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    spans = []
    for first, last in runs:
        while first < last and (sentence.doc[first].pos_ == "DET" or sentence.doc[first].is_punct):
            first += 1
        while last > first and (sentence.doc[last].is_punct or sentence.doc[last].pos_ in ("ADP", "CCONJ")):
            last -= 1
        if not sentence.doc[last].is_punct:
            spans.append(sentence.doc[first : last + 1])
    return spans


def chance_of(trigger: Trigger, role: str, span: Span, seen: Tellings) -> float:
    """The mean probability that the words of a span of the trigger's sentence fill a role."""
    start = trigger.token.sent.start
    return float(_chances(trigger, seen)[role][span.start - start : span.end - start].mean())


def _chances(trigger: Trigger, seen: Tellings) -> dict[str, NDArray[np.float32]]:
    if not trigger.chances:
        sentence = trigger.token.sent
        trigger.chances.update(seen.roles(trigger.word, sentence.start, sentence.end))
    return trigger.chances


def choose_seen_date(trigger: Trigger, dates: Dated, seen: Tellings | None) -> When | None:
    """The date expression that the encoder gives a trigger, if it gives it one."""
    if seen is None or not dates:
        return None
    chance, _, when = max((chance_of(trigger, "date", span, seen), -n, when) for n, (when, span) in enumerate(dates))
    return when if chance >= FILLS else None


def choose_actors(
    trigger: Trigger, ruled: tuple[tuple[str, ...], tuple[str, ...]], speaker: str | None, seen: Tellings | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Actors and recipients as the parse has them, and those whom the encoder has beside, but who only tells of it."""
    if seen is None or len(trigger.rule.event_type) == 2:
        return ruled
    known = (*ruled[0], *ruled[1], *([speaker] if speaker else []))
    actors = _further(find_fillers(trigger, "actor", seen), known)
    return ruled[0] + actors, ruled[1] + _further(find_fillers(trigger, "recipient", seen), (*known, *actors))


def choose_speaker(trigger: Trigger, ruled: str | None, seen: Tellings | None) -> str | None:
    """Whoever the encoder takes for the source of an event, else whoever the parse does."""
    if seen is None:
        return ruled
    sentence = trigger.token.sent
    spans = _stretches(sentence, seen.part(sentence.start, sentence.end)["said"])
    ranked = [(chance_of(trigger, "said", span, seen), -span.start, span) for span in spans]
    chance, _, span = max(ranked, key=lambda r: r[:2], default=(0.0, 0, None))
    return name_speaker(span.root) if span is not None and chance >= TIED else ruled


def read_figures(sentence: Span, triggers: Sequence[Trigger], ruled: list[Figure], seen: Tellings) -> list[Figure]:
    """The figures that the encoder sees, each with the trigger it is tied to, if it is to any; and those of the rules
    for words that it may hold for figures. Where both speak of a number, the rules' word on its kind weighs too."""
    parts, numbers, found = seen.part(sentence.start, sentence.end), list(find_numbers(sentence)), list[Figure]()
    for span in _stretches(sentence, 1 - parts["O"] - parts["said"]):
        same = [f for f in ruled if span.start <= f.words[1] and f.words[0] < span.end]
        if any(f.apart for f in same):  # "and 30 in Aleppo": the rules know its place and its day
            continue
        bounds, verb = count_people(span, numbers), syntax.governing_verb(span.root)
        if bounds is None or is_denied(span.root) or (verb is not None and is_denied(verb)):
            continue
        first, last = span.start - sentence.start, span.end - sentence.start
        chances = {kind: float(parts[part][first:last].mean()) for part, kind in FIGURES.items()}
        kind = max(chances, key=lambda kind: chances[kind] + RULED * any(f.kind == kind for f in same))
        ties = [(chance_of(trigger, "figure", span, seen), -n) for n, trigger in enumerate(triggers)]
        chance, n = max(ties, default=(0.0, 0))
        if not same and chance < TIED:
            continue
        token = same[0].token if same else triggers[-n].token
        total = any(f.total for f in same)
        found.append(Figure(kind=kind, bounds=bounds, token=token, words=(span.start, span.end - 1), total=total))
    taken = {word for figure in found for word in range(figure.words[0], figure.words[1] + 1)}
    for figure in ruled:
        first, last = figure.words
        none = float(parts["O"][first - sentence.start : last - sentence.start + 1].mean())
        if (none < NONE or not figure.loose) and not taken & {*range(first, last + 1)}:
            found.append(figure)
    return sorted(found, key=lambda figure: figure.token.i)


def _further(spans: Sequence[Span], named: Sequence[str]) -> tuple[str, ...]:
    """The phrases of the spans' words, but those that are, or hold, part of what is named already."""
    found: list[str] = []
    for span in spans:
        phrase = " ".join(syntax.noun_phrase(span.root).text.split())
        if not any(phrase in name or name in phrase for name in (*named, *found)):
            found.append(phrase)
    return tuple(found)
