"""What the encoder saw in a trigger, beside what the rules say: is it an event and of which type, how is it told, who
is who in it. Rules and encoder are weighed by a few numbers that training/judging.py fits (data/events.json)."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from geoevents.encoder import Tellings
from geoevents.ontology import NO_CONDITION, Rule

from . import syntax
from .attribution import name_speaker
from .casualties import Figure, count_people
from .dates import When
from .quantities import find_numbers
from .timing import Dated
from .triggers import Trigger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Doc, Span

LEAST = 0.05
"""Probability of a type from which a word that no rule knows is weighed at all."""

FILLS = 0.5
"""Probability from which a word is of what fills a role."""

ROLES = {
    "killed": "fatalities",
    "injured": "injured",
    "missing": "missing",
    "displaced": "displaced",
    "arrested": "arrested",
}
"""The encoder's roles of figures, and what each counts."""

_FRAMES = {"CONSULT": "with", "AGREE": "with", "COOPERATE": "with", "REQUEST": "to", "AID": "to", "THREATEN": "to"}
"""Who is who, for a trigger that no rule knows; others act on their object, hazards have nobody."""

_JOINTS = frozenset("of the 's ’s - – '".split())
"""Words between two stretches of one phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How rules and encoder are weighed.

    `weights` are those of `features`, in order; `threshold` is the least probability of an event that a rule
    found, `alone` of one that the encoder found alone; `ruled_alone` and
    `weak_alone` how often a rule, or a weak one, is right where no encoder is asked. `told` is the
    weight of the encoder's log odds of a modality, `modality` what the rules' word adds to them, `background` what it
    adds further where it is not "asserted"."""

    weights: tuple[float, ...]
    threshold: float
    alone: float
    told: float
    modality: float
    background: float
    ruled_alone: float
    weak_alone: float

    def odds(self, types: dict[str, float], rule: Rule | None, event_type: str) -> float:
        """Log odds that a trigger tells of an event of a type."""
        return sum(w * x for w, x in zip(self.weights, features(types, rule, event_type), strict=True))


def features(types: dict[str, float], rule: Rule | None, event_type: str) -> list[float]:
    """What speaks for a trigger's telling of an event of a type: the encoder's log odds for the type, and for any
    event; a rule for the type, a narrow one, a weak one, a rule for another type; and the constant."""
    ruled = rule is not None and rule.event_type == event_type
    narrow = rule is not None and bool(rule.mode or rule.subject.wanted or rule.object.wanted or rule.governor.wanted)
    weak = rule is not None and rule.weak
    return [
        _logit(types.get(event_type, 0.0)),
        _logit(sum(types.values())),
        float(ruled and not weak),
        float(ruled and narrow and not weak),
        float(ruled and weak),
        float(rule is not None and not ruled),
        1.0,
    ]


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-3), 1 - 1e-3)
    return math.log(chance / (1 - chance))


@cache
def load_judgement() -> Judgement:
    """The weights of the data file."""
    data = json.loads(resources.files("geoevents").joinpath("data", "events.json").read_text(encoding="utf-8"))
    return Judgement(**data["judgement"] | {"weights": tuple(data["judgement"]["weights"])})


def weigh_triggers(
    sentence: Span, ruled: Sequence[Trigger], seen: Tellings | None, passed: frozenset[int]
) -> Iterator[Trigger]:
    """The triggers of a sentence in text order with their `confidence`: those that rules found and the encoder does
    not rule out, of the type that is likelier, and those that the encoder found alone."""
    weights = load_judgement()
    if seen is None:
        for trigger in ruled:
            yield replace(trigger, confidence=weights.weak_alone if trigger.rule.weak else weights.ruled_alone)
        return
    taken = {i for trigger in ruled for i in range(trigger.first, trigger.last + 1)}
    found = list(ruled)
    for word in seen.between(sentence.start, sentence.end):
        event_type, chance = likeliest(seen.types(word))
        if word not in taken and word not in passed and chance >= LEAST:
            trigger = new_trigger(sentence.doc, word, event_type, seen)
            if not taken & {trigger.first, trigger.last}:
                found.append(trigger)
    for trigger in sorted(found, key=lambda t: t.first):
        weighed = _weigh(trigger, seen, weights)
        if weighed is not None:
            yield weighed


def likeliest(types: dict[str, float]) -> tuple[str, float]:
    """The likeliest type and its chance."""
    return max(types.items(), key=lambda item: (item[1], item[0])) if types else ("", 0.0)


def trigger_types(trigger: Trigger, seen: Tellings) -> tuple[int, dict[str, float]]:
    """The word of a trigger that most likely tells of an event, and the chance of each type."""
    words = range(trigger.first, trigger.last + 1)
    chances = {i: types for i in words if (types := seen.types(i))}
    best = max(chances, key=lambda i: (sum(chances[i].values()), -i), default=trigger.token.i)
    return best, chances.get(best, {})


def _weigh(trigger: Trigger, seen: Tellings, weights: Judgement) -> Trigger | None:
    word, types = trigger_types(trigger, seen)
    rule = trigger.rule if trigger.rule.order >= 0 else None
    own = trigger.rule.event_type
    if own not in seen.labels.event:  # a type of the user's
        return trigger
    other, _ = likeliest(types)
    options = {name: weights.odds(types, rule, name) for name in (own, other) if name}
    event_type = max(options, key=lambda name: (options[name], name == own))
    confidence = 1 / (1 + math.exp(-options[event_type]))
    if confidence < (weights.threshold if rule else weights.alone) and not trigger.rule.weak:
        return None
    if event_type != own:
        trigger = replace(trigger, rule=_new_rule(event_type, seen.mode(word, event_type), trigger.rule))
    return replace(trigger, confidence=confidence, word=word)


def new_trigger(doc: Doc, word: int, event_type: str, seen: Tellings) -> Trigger:
    """A trigger that the encoder found alone."""
    token = doc[word]
    if token.dep_ in ("compound", "amod") and 0 < token.head.i - word <= 2:  # "air strikes"
        token = token.head
    rule = _new_rule(event_type, seen.mode(word, event_type), None)
    return Trigger(token=token, first=word, last=token.i, rule=rule, word=word)


def _new_rule(event_type: str, mode: str | None, old: Rule | None) -> Rule:
    """What the encoder found, as a rule."""
    hazard = len(event_type) == 2
    return Rule(
        order=-1,
        event_type=event_type,
        mode=mode,
        verbs=(),
        nouns=(),
        frame="none" if hazard else _FRAMES.get(event_type, old.frame if old and old.frame != "none" else "acts"),
        subject=NO_CONDITION,
        object=NO_CONDITION,
        governor=NO_CONDITION,
        sentence=NO_CONDITION,
        contexts=(),
        acled=None,
        weak=False,
    )


def find_fillers(trigger: Trigger, role: str, seen: Tellings, least: float = FILLS) -> list[Span]:
    """The stretches of the trigger's sentence that fill a role, in text order, without articles."""
    sentence = trigger.token.sent
    chances = _chances(trigger, seen)[role]
    runs: list[list[int]] = []
    if chances.max() < least:
        return []
    for at, chance in enumerate(chances.tolist(), start=sentence.start):
        token = sentence.doc[at]
        if chance < least or token.is_space:
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


def choose_modality(trigger: Trigger, ruled: str, seen: Tellings | None) -> str:
    """How an event is told, as the encoder and the rules together have it."""
    if seen is None:
        return ruled
    return mix_modality(seen.modality(trigger.word), ruled, load_judgement())


def mix_modality(chances: dict[str, float], ruled: str, weights: Judgement) -> str:
    """The likeliest modality, given the encoder's chance of each and what the rules say."""
    added = weights.modality + (weights.background if ruled != "asserted" else 0.0)
    odds = {name: weights.told * math.log(max(p, 1e-4)) + added * (name == ruled) for name, p in chances.items()}
    return max(odds, key=lambda name: odds[name])


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
    spans = find_fillers(trigger, "said", seen)
    return name_speaker(spans[0].root) if spans else ruled


def add_figures(sentence: Span, triggers: Sequence[Trigger], ruled: list[Figure], seen: Tellings) -> list[Figure]:
    """The figures that the encoder ties to triggers, and those of the rules for numbers that it left alone."""
    spans = [
        (chance_of(trigger, role, span, seen), -n, -span.start, kind, trigger, span)
        for n, trigger in enumerate(triggers)
        for role, kind in ROLES.items()
        for span in find_fillers(trigger, role, seen)
    ]
    numbers, taken = list(find_numbers(sentence)), set[int]()
    found: dict[tuple[int, str], Figure] = {}
    for _, n, _, kind, trigger, span in sorted(spans, key=lambda s: s[:4], reverse=True):
        bounds = count_people(span, numbers)
        if bounds is None or (n, kind) in found or taken & {*range(span.start, span.end)}:
            continue
        taken.update(range(span.start, span.end))
        found[n, kind] = Figure(kind=kind, bounds=bounds, token=trigger.token)
    told = {(f.kind, f.bounds.low, f.bounds.best, f.bounds.high) for f in found.values()}
    rest = [f for f in ruled if (f.kind, f.bounds.low, f.bounds.best, f.bounds.high) not in told]
    return sorted((*found.values(), *rest), key=lambda figure: figure.token.i)


def _further(spans: Sequence[Span], named: Sequence[str]) -> tuple[str, ...]:
    """The phrases of the spans' words, but those that are, or hold, part of what is named already."""
    found: list[str] = []
    for span in spans:
        phrase = " ".join(syntax.noun_phrase(span.root).text.split())
        if not any(phrase in name or name in phrase for name in (*named, *found)):
            found.append(phrase)
    return tuple(found)
