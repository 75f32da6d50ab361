"""What the encoder saw in a trigger, beside what the rules say: is it an event and of which type, and how is it told.
Rules and encoder are weighed by a few numbers that training/judging.py fits (data/events.json)."""

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

from .triggers import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

LEAST = 0.05
"""Probability of a type from which a word that no rule knows is weighed at all."""

_FRAMES = {"CONSULT": "with", "AGREE": "with", "COOPERATE": "with", "REQUEST": "to", "AID": "to", "THREATEN": "to"}
"""Who is who, for a trigger that no rule knows; others act on their object, hazards have nobody."""


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
    narrow = rule is not None and bool(rule.mode or _says_who(rule))
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


def _says_who(rule: Rule) -> bool:
    """Whether a rule asks for certain actors or objects: "police clash with protesters"."""
    return bool(rule.subject.wanted or rule.object.wanted or rule.governor.wanted)


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
    for trigger in sorted(possible_triggers(sentence, ruled, seen, passed), key=lambda t: t.first):
        weighed = _weigh(trigger, seen, weights)
        if weighed is not None:
            yield weighed


def possible_triggers(
    sentence: Span, ruled: Sequence[Trigger], seen: Tellings, passed: frozenset[int]
) -> list[Trigger]:
    """The triggers that rules found in a sentence, and those that the encoder holds for possible; none of `passed`."""
    taken = {i for trigger in ruled for i in range(trigger.first, trigger.last + 1)}
    found = list(ruled)
    for word in seen.between(sentence.start, sentence.end):
        event_type, chance = likeliest(seen.types(word))
        if word not in taken and word not in passed and chance >= LEAST:
            trigger = _new_trigger(sentence.doc, word, event_type, seen)
            if not taken & {trigger.first, trigger.last}:
                found.append(trigger)
    return found


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
    if rule and _says_who(rule):  # who is in it makes the type: a clash with protesters is a riot
        types = {own: sum(types.values())}
    other, _ = likeliest(types)
    options = {name: weights.odds(types, rule, name) for name in (own, other) if name}
    event_type = max(options, key=lambda name: (options[name], name == own))
    confidence = 1 / (1 + math.exp(-options[event_type]))
    if confidence < (weights.threshold if rule else weights.alone) and not trigger.rule.weak:
        return None
    if event_type != own:
        trigger = replace(trigger, rule=_new_rule(event_type, seen.mode(word, event_type), trigger.rule))
    return replace(trigger, confidence=confidence, word=word)


def _new_trigger(doc: Doc, word: int, event_type: str, seen: Tellings) -> Trigger:
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
