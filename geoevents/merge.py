"""Reports of one event become one event: what a document tells twice is one event with both sentences."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .reach import SINGULAR, lies_in, within_km, within_reach
from .records import COUNTS, Event

NEAR_CHARACTERS = 700
"""How far behind an event a sentence without a place of its own may tell of it again: about four sentences."""

SAME_PLACE_KM = 2.0
"""Positions closer than this are one place, however it is named."""

CELL = 0.1
"""Degrees of a cell in which same places are looked for, with the cells around it: never under SAME_PLACE_KM up to
79 degrees of latitude."""

LATEST = 16
"""How many of the latest events of a type a telling is compared with, wherever they are."""

GENERIC = frozenset(
    "attack attacks assault offensive violence blast explosion incident raid killing killings bombing".split()
)
"""Triggers that may speak again of an event whose mode was told before."""


def merge_events(events: Iterable[Event]) -> tuple[Event, ...]:
    """Merges the events of one document, in text order; the first telling gives the event its place in that order.

    Two tellings are one event when type, modality, place, days and actors agree or are left open. Events that share an
    `event_group` (one event at several places) are kept apart and keep sharing it."""
    merged: list[Event] = []
    index = _Index()
    for event in sorted(events, key=lambda e: (e.trigger_start, e.place_start or -1, e.id)):
        at = next((n for n in index.candidates(event) if _same(merged[n], event)), None)
        if at is None:
            at = len(merged)
            merged.append(event)
        else:
            merged[at] = _united(merged[at], event)
        index.add(at, merged[at])
    members = Counter(event.event_group for event in merged)
    return tuple(e for e in merged if e.place is not None or members[e.event_group] == 1)


class _Index:
    """Which events another may be one with: those at its place, and the latest of its type. Keeps the cost linear."""

    def __init__(self) -> None:
        self._latest: dict[str, deque[int]] = {}
        self._at: dict[tuple[str, object], set[int]] = {}

    def add(self, n: int, event: Event) -> None:
        """Makes known the event of this number, or where it is by now."""
        latest = self._latest.setdefault(event.event_type, deque(maxlen=LATEST))
        if n not in latest:
            latest.append(n)
        for key in _cells(event)[:1]:
            self._at.setdefault((event.event_type, key), set()).add(n)

    def candidates(self, event: Event) -> list[int]:
        """Numbers of events, the earliest first."""
        found = set(self._latest.get(event.event_type, ()))
        for key in _cells(event):
            found |= self._at.get((event.event_type, key), set())
        return sorted(found)


def _cells(event: Event) -> list[object]:
    """The cell of a grid that an event lies in, first, and those around it; the name where it has no position."""
    if event.place is None:
        return []
    if event.place.position is None:
        return [event.place.text]
    x, y = round(event.place.position.lon / CELL), round(event.place.position.lat / CELL)
    return [(x + i, y + j) for i in (0, -1, 1) for j in (0, -1, 1)]


def _same(a: Event, b: Event) -> bool:
    if (a.event_type, a.modality) != (b.event_type, b.modality) or a.event_group == b.event_group:
        return False
    if a.event_type in SINGULAR:
        return _days_agree(a, b) and within_reach(a.place, b.place)
    if a.event_mode != b.event_mode and not (b.trigger.lower() in GENERIC and None in (a.event_mode, b.event_mode)):
        return False
    if not (_days_agree(a, b) and _figures_agree(a, b)):
        return False
    if b.place is None:
        return b.trigger_start - a.reports[-1].sentence_end <= NEAR_CHARACTERS and _actors_agree(a, b)
    if a.place is None:
        return a.trigger.lower() == b.trigger.lower() and b.trigger_start - a.trigger_end <= NEAR_CHARACTERS
    return _places_agree(a, b) and (_actors_agree(a, b) or a.trigger.lower() == b.trigger.lower())


def _places_agree(a: Event, b: Event) -> bool:
    if a.place is None or b.place is None or a.place.position is None or b.place.position is None:
        return a.place_text == b.place_text
    if a.place_id != b.place_id and (a.place.place is None or b.place.place is None):
        return a.place_text == b.place_text
    here, there = a.place.position, b.place.position
    if within_km(here, there, SAME_PLACE_KM):
        return True
    nested = lies_in(a.place, b.place) or lies_in(b.place, a.place)
    return nested and (len(a.event_type) == 2 or _same_toll(a, b))  # a hazard; "attacks in Syria" are not one in Hama


def _same_toll(a: Event, b: Event) -> bool:
    pairs = ((getattr(a, f"{count}_best"), getattr(b, f"{count}_best")) for count in COUNTS)
    return any(x == y and x is not None for x, y in pairs)


def _days_agree(a: Event, b: Event) -> bool:
    if a.date_start is None or b.date_start is None or a.date_end is None or b.date_end is None:
        return True
    return a.date_start <= b.date_end and b.date_start <= a.date_end


def _figures_agree(a: Event, b: Event) -> bool:
    """Whether no count of one contradicts the other's."""
    for count in COUNTS:
        x, y = getattr(a, f"{count}_best"), getattr(b, f"{count}_best")
        if x is not None and y is not None and x != y:
            return False
    return True


def _actors_agree(a: Event, b: Event) -> bool:
    """Whether some actor or recipient is named in both, by its last word, or one names none."""
    mine, theirs = _heads(a), _heads(b)
    return not mine or not theirs or bool(mine & theirs)


def _heads(event: Event) -> set[str]:
    return {name.split()[-1].lower().rstrip("s") for name in (*event.actors, *event.recipients)}


def _said(event: Event, *stems: str) -> bool:
    return event.event_type == "EQ" and any(stem in event.sentence.lower() for stem in stems)


def _better_place(first: Event, other: Event) -> bool:
    """Whether another telling knows better where an event was: at all, more exactly within the same place, or, of an
    earthquake, where its centre lay and not only where it was felt."""
    if other.place is None or first.place is None:
        return first.place is None
    if _said(other, "epicent", "hypocent", "centred", "centered"):
        return True
    felt, also = _said(first, " felt "), _said(other, " felt ")
    return (felt and not also) or (felt == also and lies_in(other.place, first.place))


def _better_dated(first: Event, other: Event) -> bool:
    """Whether another telling dates an event where the first did not, or narrows its days down."""
    if None in (first.date_start, first.date_end, other.date_start, other.date_end):
        return first.date_start is None and other.date_start is not None
    return (other.time_precision or 3) < (first.time_precision or 3)


def _most(event: Event, count: str) -> int:
    figures = [getattr(event, f"{count}_{bound}") for bound in ("low", "best", "high")]
    return max((figure for figure in figures if figure is not None), default=-1)


def _united(first: Event, other: Event) -> Event:
    """`first` with what `other` adds: sentences, and whatever it left open."""
    changes: dict[str, Any] = {"reports": first.reports + tuple(r for r in other.reports if r not in first.reports)}
    if _better_place(first, other):
        changes["place"] = other.place
    for count in COUNTS:
        if _most(first, count) < _most(other, count):
            changes.update(
                {f"{count}_{bound}": getattr(other, f"{count}_{bound}") for bound in ("low", "best", "high")}
            )
    for name in ("event_mode", "attribution"):
        changes[name] = getattr(first, name) or getattr(other, name)
    if first.event_mode is None and other.event_mode is not None:
        changes.update(acled_event_type=other.acled_event_type, acled_sub_event_type=other.acled_sub_event_type)
    for name in ("actors", "recipients"):
        changes[name] = getattr(first, name) or getattr(other, name)
    if _better_dated(first, other):
        changes.update(
            {name: getattr(other, name) for name in ("date_start", "date_end", "date_text", "time_precision")}
        )
    changes["type_confidence"] = max(first.type_confidence, other.type_confidence)
    changes["link_confidence"] = (other if "place" in changes else first).link_confidence
    changes["event_confidence"] = max(first.event_confidence, other.event_confidence)
    return replace(first, **changes)
