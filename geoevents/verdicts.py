"""From probabilities to an answer: the place of a name, how sure that is, and what else it may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gazetteer.places import Place

from .candidates import Option, kind_of
from .evidence import FEATURES, Evidence, Group, contains, kilometres
from .reasons import reasons_for
from .records import Candidate

if TYPE_CHECKING:
    from .ranker import Array, Weights

MAX_CANDIDATES = 6
"""Candidates told of one mention."""

SEAT = 0.05
"""Of the probability of a division, what its seat of the same name must have to be meant by the bare name."""

SAME_KM = 161
"""Meanings this near to the best one count for its confidence: the benchmarks' own tolerance (100 miles)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a name means: `place`, or None where that is unknown; `part` is then a place the name contains, if any.

    `tier` is that of the best candidate ("core": without its direction or class word). `candidates`, best first, are
    listed for unknown names too; `none_confidence` is the probability that the name means none of them.
    """

    place: Place | None = None
    part: Place | None = None
    tier: str = "whole"
    confidence: float = 0.0
    none_confidence: float = 1.0
    candidates: tuple[Candidate, ...] = ()


def judge(evidence: Evidence, probability: Array, g: int, weights: Weights) -> Verdict:
    """The verdict on group `g`: its likeliest place, unless "none of these" is likelier and it is less likely
    than `weights.floor`."""
    group = evidence.groups[g]
    start, stop = evidence.starts[g], evidence.starts[g + 1] - 1
    if start == stop:
        return Verdict()
    order = sorted(range(start, stop), key=lambda i: (-probability[i], group.options[i - start].place.id))
    order = _seat_first(group, [i - start for i in order], [float(p) for p in probability[start:stop]], start)
    candidates = tuple(
        Candidate(
            place=group.options[i - start].place,
            score=round(float(probability[i]), 6),
            confidence=round(weights.right(together(group, probability, start, i)), 4),
            reasons=reasons_for(
                group, group.options[i - start], dict(zip(FEATURES, evidence.matrix[i].tolist(), strict=True))
            ),
        )
        for i in order[:MAX_CANDIDATES]
    )
    left = round(1 - candidates[0].confidence, 4)  # a namesake close by may be as right by distance, but not besides
    candidates = (candidates[0], *(replace(c, confidence=min(c.confidence, left)) for c in candidates[1:]))
    best, option = candidates[0], group.options[order[0] - start]
    mass = together(group, probability, start, order[0])
    none = round(weights.none(float(probability[stop])), 4)
    if mass < weights.floor and probability[stop] > mass and not _is_great(option):
        return Verdict(none_confidence=none, candidates=candidates)
    verdict = Verdict(tier=option.tier, confidence=best.confidence, candidates=candidates)
    if option.tier == "part":
        return replace(verdict, part=option.place, none_confidence=none)
    return replace(verdict, place=option.place, none_confidence=min(none, left))


def _seat_first(group: Group, order: list[int], probability: Sequence[float], start: int) -> list[int]:
    """The rows in order, with a division's seat of the same name before it where no words speak of the division:
    "Hama" is the city, "Hama province" is not. They lie together, so that this changes no answer's distance much."""
    area = group.options[order[0]]
    said = bool(group.clues.kinds & {"state", "county"})
    if not said and kind_of(area.place) in ("state", "county"):
        share = SEAT if not group.clues.beside else SEAT / 4
        for i in order[1:4]:
            seat = group.options[i]
            likely = probability[i] >= share * probability[order[0]] and seat.tier == area.tier
            if likely and kind_of(seat.place) == "town" and contains(area.place, seat.place):
                return [start + j for j in (i, *(j for j in order if j != i))]
    return [start + j for j in order]


def _is_great(option: Option) -> bool:
    """Whether the name is the own one of a sea, a country, a region or a city, or was found by the geocoder: that it is
    meant is hardly in doubt, even if its point is a convention or the rest of the text is far away."""
    if option.kind == "geocoded":  # it was asked for where the gazetteer had nothing, and nothing was learned of it
        return True
    if option.tier != "whole" or option.rank or option.kind == "fuzzy":
        return False
    if kind_of(option.place) == "town":
        return option.spelled and option.kind == "name" and option.place.population >= 100_000
    return kind_of(option.place) in ("country", "region", "water", "terrain")


def home_country(verdicts: Iterable[Verdict]) -> str | None:
    """The country of four in five of the places found; None if no country has so many."""
    countries = [v.place.country for v in verdicts if v.place is not None and v.place.country]
    best = max(sorted(set(countries)), key=countries.count, default=None)
    return best if best and countries.count(best) >= 0.8 * len(countries) else None


def together(group: Group, probability: Array, start: int, best: int) -> float:
    """The probability that the name means the best place or one that lies with it."""
    at = group.options[best - start].place
    return float(
        sum(
            probability[start + i]
            for i, option in enumerate(group.options)
            if option.place.id == at.id or lies_with(option.place, at)
        )
    )


def lies_with(place: Place, best: Place) -> bool:
    """Whether a place counts for the confidence of the best one: near enough, and that no country."""
    return not best.is_country and kilometres(place, best) <= SAME_KM
