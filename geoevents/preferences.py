"""What a user says beforehand: which countries the texts are about, and which places are his own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gazetteer.places import Place

from .candidates import kind_of
from .evidence import Group
from .records import Candidate
from .verdicts import Verdict

HINT = 4.0
"""How much of a country's idiom a text is taken to speak that is said to be about it, as `find_home` counts: that of
fifty turns of phrase. The country is taken for named at the text's beginning besides. Both together turn the ambiguous
names of tests/test_preferences.py, and leave those that a text settles by itself."""

OWN = "user:"
"""What the ids of a user's own places begin with."""

NAMED = "its country is named in the text"
"""The reason of `reasons` that is not true of a country which was only given."""


def add_hint(home: Mapping[str, float], countries: Sequence[Place]) -> dict[str, float]:
    """Where a text is at home, as `find_home` has it, for a text about these countries."""
    return {**home, **{c.country: home.get(c.country, 0.0) + HINT for c in countries if c.country}}


def tell_hint(verdict: Verdict, countries: Sequence[Place]) -> Verdict:
    """A verdict with reasons that tell a country which was given from one that the text names."""
    names = {place.country: place.name for place in countries}

    def told(candidate: Candidate) -> Candidate:
        name = names.get(candidate.place.country)
        if name is None or candidate.place.is_country:
            return candidate
        others = (reason for reason in candidate.reasons if reason != NAMED)
        return replace(candidate, reasons=(f"in {name}, which you say the texts are about", *others))

    return replace(verdict, candidates=tuple(map(told, verdict.candidates))) if names else verdict


def prefer_own(verdict: Verdict, group: Group) -> Verdict:
    """A verdict with the user's own place before all others of the name in its country, but for the country itself and
    for what the words beside the name speak of ("Hama province").

    It is then as sure as they were: his may be a hamlet that nobody counted, and what speaks for a meaning is mostly
    how well known it is."""
    best = verdict.place or next((c.place for c in verdict.candidates), None)
    own = [o.place for o in group.options if o.place.id.startswith(OWN) and o.tier == "whole" and o.kind != "fuzzy"]
    if best is None or (best.is_country and best not in own):
        return verdict
    kinds = group.clues.kinds
    fits = [p for p in own if p.country == best.country and (kind_of(p) in kinds or kind_of(best) not in kinds)]
    mine = best if best in fits else next(iter(fits), None)
    if mine is None or mine == verdict.place:
        return verdict
    first = verdict.candidates[0]
    reasons = ("a place of your own", *(next((c.reasons for c in verdict.candidates if c.place == mine), ())))
    left = round(1 - first.confidence, 4)
    others = (replace(c, confidence=min(c.confidence, left)) for c in verdict.candidates if c.place != mine)
    told = (replace(first, place=mine, reasons=reasons), *others)
    return replace(verdict, place=mine, part=None, tier="whole", confidence=first.confidence, candidates=told)
