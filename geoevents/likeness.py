"""How likely two events are one: what speaks for it and against it, weighed.

Evidence is soft; what alone excludes it are days too far apart, sure places out of reach, and types that no report
takes for one another. The weights live in data/merging.json; training/merging.py rebuilds them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from .reach import REACH_KM, SINGULAR
from .sketches import Sketch, Spot, distance_km

WEIGHTS = Path(__file__).parent / "data" / "merging.json"

KINDS = {
    **dict.fromkeys(("explosives", "suicide-attack"), "bomb"),
    **dict.fromkeys(("aerial", "drone", "heavy-weapons"), "from afar"),
    **dict.fromkeys(("firearms", "primitive", "massacre", "execute", "assassinate", "beat"), "by hand"),
    **dict.fromkeys(("demo", "riot", "obstruct", "strike"), "in the street"),
}
"""Modes that reports of one event take for one another."""

SPOKEN = frozenset("AGREE REQUEST ACCUSE REJECT THREATEN SUPPORT CONSULT AID COOPERATE CONCEDE SANCTION".split())
"""Types of which one story tells many: who speaks to whom makes them, more than where."""

SLACK = 8
"""Days that two days told of one event may lie apart: weekdays are read wrongly, and reports come late."""

EXACT_SLACK = 3
"""The same where both are told to the day: what comes a week later is another event."""

TOLLS_APART = math.log(8)
"""Logarithm of the ratio from which tolls are of two deeds: 12 dead and 15 may be one, 12 and 300 are not. Of a
hazard all tolls may be one's."""

TOWNS_APART_KM = 25.0
"""How far beyond their radii sure spots of one deed may lie: outlets name the town or the village beside it."""

NEAR_KM = 5.0
"""Positions closer than this are one place, whatever their names."""

FAR_KM = 400.0
"""How far beyond their radii places of one event may lie, since names are resolved wrongly too."""

SHARED_NAMES = 3
"""Names two documents share from which a place that is far off, and not sure, is taken for resolved wrongly."""

SPELLING = 0.7
"""Likeness (Ratcliff and Obershelp) from which two names are spellings of one: "Kunduga" and "Konduga", .71."""

FEATURES = (
    "bias", "other_type", "same_mode", "near_mode", "other_mode", "spoken", "within", "same_place", "gap",
    "sure_gap", "far", "coarse", "same_name", "other_name", "borrowed_near", "borrowed_far", "placeless", "named",
    "same_day", "days_overlap", "days_gap", "undated", "undated_gap", "same_figure", "rare_figure", "figure_gap",
    "figure_apart", "same_actors", "same_side", "other_actors", "same_trigger", "sentences", "documents", "names",
    "shared_place", "sole", "rivals", "bare", "same_document", "same_document_bare",
)  # fmt: skip
"""What `compare` may find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one unit of each feature is worth, in log-odds that two events are one."""

    values: Mapping[str, float]

    def __call__(self, a: Sketch, b: Sketch) -> float | None:
        """The log-odds; None where the two are excluded to be one."""
        found = compare(a, b)
        if found is None:
            return None
        odds = 0.0
        for name, value in found.items():
            odds += self.values[name] * value
        return odds


@cache
def load_weights() -> Weights:
    """The bundled weights."""
    found = json.loads(WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return Weights(values={name: float(found[name]) for name in FEATURES})


def days_apart(a: tuple[int, int], b: tuple[int, int]) -> int:
    """Days between two stretches of days; 0 where they overlap."""
    return max(0, b[0] - a[1], a[0] - b[1])


def compare(a: Sketch, b: Sketch) -> dict[str, float] | None:
    """The features of two events that are not 0; None where something excludes that they are one. Symmetric."""
    if a.modality != b.modality or not any(family in b.families for family in a.families):
        return None
    if a.window and b.window and days_apart(a.window, b.window) > (EXACT_SLACK if a.exact and b.exact else SLACK):
        return None
    found = {"bias": 1.0}
    if not _compare_places(a, b, found):
        return None
    _compare_days(a, b, found)
    _compare_figures(a, b, found)
    if found.get("figure_gap", 0.0) > TOLLS_APART and not (a.is_hazard and b.is_hazard):
        return None
    _compare_words(a, b, found)
    _compare_documents(a, b, found)
    return found


def _compare_places(a: Sketch, b: Sketch, found: dict[str, float]) -> bool:
    """Adds how the places lie; False where they are out of reach."""
    named = bool(a.named & b.named or a.named & b.setting.names or b.named & a.setting.names)
    if named:
        found["named"] = 1.0
    _compare_names(a, b, found)
    if not a.spots or not b.spots:
        found["placeless"] = 1.0
        return True
    gap, km, here, there = _nearest(a.spots, b.spots)
    wide = max(here.radius_km, there.radius_km)
    if not (a.own and b.own):
        found["borrowed_near" if gap == 0 and here.is_fine and there.is_fine else "borrowed_far"] = 1.0
        return True
    sure = here.sure and there.sure
    if sure and here.is_fine and there.is_fine and gap > TOWNS_APART_KM and not (a.is_hazard and b.is_hazard):
        return False
    if gap > (REACH_KM if a.event_type in SINGULAR and b.event_type in SINGULAR else FAR_KM):
        if sure or not (named or len(a.setting.names & b.setting.names) >= SHARED_NAMES):
            return False
        found["far"] = 1.0
        return True
    if gap == 0 or km <= NEAR_KM:
        found["within"] = 1.0
        found["coarse"] = math.log1p(wide / 50)
        if km <= NEAR_KM:
            found["same_place"] = 1.0
    else:
        found["gap"] = math.log1p(gap / 10)
        if sure:
            found["sure_gap"] = found["gap"]
    return True


def _compare_names(a: Sketch, b: Sketch, found: dict[str, float]) -> None:
    """Adds whether the places are called alike; other names speak against it where one is in no gazetteer."""
    if not a.called or not b.called:
        return
    if not a.called.isdisjoint(b.called):
        found["same_name"] = 1.0
    elif not (a.known and b.known):
        alike = any(_same_name(s, t) for s in a.called for t in b.called)
        found["same_name" if alike else "other_name"] = 1.0


def _nearest(some: tuple[Spot, ...], others: tuple[Spot, ...]) -> tuple[float, float, Spot, Spot]:
    """The places that lie closest: kilometres between their circles, between their points, and the two."""
    ranked = []
    for n, s in enumerate(some):
        for m, t in enumerate(others):
            km = 0.0 if s.key == t.key else distance_km(s, t)
            ranked.append((max(0.0, km - s.radius_km - t.radius_km), km, max(s.radius_km, t.radius_km), n, m))
    gap, km, _, n, m = min(ranked)
    return gap, km, some[n], others[m]


def _same_name(name: str, other: str) -> bool:
    first, second = sorted((name, other))  # the measure is not symmetric
    return first == second or SequenceMatcher(None, first, second, autojunk=False).ratio() >= SPELLING


def _compare_days(a: Sketch, b: Sketch, found: dict[str, float]) -> None:
    if a.days and b.days:
        apart = days_apart(a.days, b.days)
        if apart:
            found["days_gap"] = math.log1p(apart)
        else:
            found["same_day" if a.days == b.days and a.exact and b.exact else "days_overlap"] = 1.0
        return
    found["undated"] = 1.0
    if a.window and b.window and (apart := days_apart(a.window, b.window)):
        found["undated_gap"] = math.log1p(apart)


def _compare_figures(a: Sketch, b: Sketch, found: dict[str, float]) -> None:
    """Adds how far figures of one count differ, at most: 0 where ranges overlap, else the logarithm of their ratio."""
    gaps = [
        math.log((max(x[0], y[0]) + 1) / (min(x[1], y[1]) + 1)) if x[0] > y[1] or y[0] > x[1] else 0.0
        for x, y in zip(a.figures, b.figures, strict=True)
        if x and y
    ]
    if gaps:
        found["figure_gap"] = min(max(gaps), 4.0)
        found["figure_apart"] = float(max(gaps) > 1.5)  # 12 dead or 60
        found["same_figure"] = float(min(gaps) == 0)
    shared = [x[0] for x, y in zip(a.figures, b.figures, strict=True) if x and x == y and x[0] == x[1]]
    if shared:
        found["rare_figure"] = min(math.log1p(max(shared)), 4.0)


def _compare_words(a: Sketch, b: Sketch, found: dict[str, float]) -> None:
    """Adds how far type, mode, actors, trigger and sentences agree."""
    if a.event_type != b.event_type:
        found["other_type"] = 1.0
    if a.mode and b.mode:
        near = KINDS.get(a.mode, a.mode) == KINDS.get(b.mode, b.mode)
        found["same_mode" if a.mode == b.mode else "near_mode" if near else "other_mode"] = 1.0
    if a.event_type in SPOKEN and b.event_type in SPOKEN:
        found["spoken"] = 1.0
    if a.actors and b.actors:
        apart = a.actors.isdisjoint(b.actors)
        found["same_actors" if not apart else "other_actors" if a.sides.isdisjoint(b.sides) else "same_side"] = 1.0
    if a.trigger == b.trigger:
        found["same_trigger"] = 1.0
    found["sentences"] = _overlap(a.words, b.words)


def _compare_documents(a: Sketch, b: Sketch, found: dict[str, float]) -> None:
    """Adds how far the documents tell one story, and how many events of the type they might take for one."""
    bare = float(a.bare or b.bare)
    if a.setting is b.setting:
        found["same_document"] = 1.0
        found["same_document_bare"] = bare
        return
    found["bare"] = bare
    found["documents"] = _overlap(a.setting.words, b.setting.words)
    found["names"] = _overlap(a.setting.names, b.setting.names)
    found["shared_place"] = float(not a.setting.fine.isdisjoint(b.setting.fine))
    found["rivals"] = math.log(a.rivals * b.rivals)
    found["sole"] = float(a.rivals * b.rivals == 1)


def _overlap(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / math.sqrt(len(a) * len(b)) if a and b else 0.0
