"""Scores reports against the gold files of tests/gold; `python -m tests.gold_scoring [NAME ...]` prints what is wrong.

tests/gold/README.md says how the gold is written and what counts as right.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geopy.distance import geodesic

import geoevents
from geoevents.records import COUNTS, Event, PlaceMention, Report

TESTS = Path(__file__).resolve().parent
GOLD = TESTS / "gold"
SEEDS = TESTS.parent / "seeds"
NEAR_KM = 161.0
"""A place is right within 100 miles of gold, as most evaluations of geoparsing have it (Leidner 2007)."""

PROMISES = ("AGREE", "THREATEN")
"""PLOVER codes an announced deed as a promise or a threat of it: no mistake where it is pinned nowhere."""


@dataclass(frozen=True, kw_only=True)
class GoldPlace:
    """A place name as a careful reader understands it. `place_id` None: no open gazetteer is sure to know it."""

    start: int
    end: int
    text: str
    place_id: str | None
    lon: float | None
    lat: float | None
    kind: str = "place"
    optional: bool = False
    country: str | None = None
    is_country: bool = False
    radius_km: float = 0.0
    note: str | None = None

    @property
    def counts(self) -> bool:
        """Whether a recogniser must find it."""
        return self.kind == "place" and not self.optional

    def is_at(self, mention: PlaceMention) -> bool:
        """Whether the mention was put where this name is."""
        place = mention.place
        if place and place.id == self.place_id:
            return True
        if self.is_country and place and place.is_country and place.country == self.country:
            return True
        where = place.position if place else mention.position
        if where is None or self.lon is None or self.lat is None:
            return False
        return bool(geodesic((where.lat, where.lon), (self.lat, self.lon)).km <= max(NEAR_KM, self.radius_km))


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Where the text tells of something: its trigger, and the first words of the sentence (or clause) around it."""

    sentence: str
    sentence_start: int
    trigger: str
    trigger_start: int
    modality: str = "asserted"

    def is_told_by(self, event: Event) -> bool:
        """Whether one of the event's sentences holds the trigger."""
        spans = [(event.sentence_start, event.sentence_end)]
        spans += [(report.sentence_start, report.sentence_end) for report in event.reports]
        return any(start <= self.trigger_start < end for start, end in spans)

    def has_trigger_of(self, event: Event) -> bool:
        """Whether the event's own trigger is this one."""
        return event.trigger_start < self.trigger_start + len(self.trigger) and self.trigger_start < event.trigger_end


@dataclass(frozen=True, kw_only=True)
class GoldEvent:
    """An event that a careful reader would pin, or (`optional`) would not mind being pinned."""

    types: tuple[str, ...]
    told: tuple[Telling, ...]
    places: tuple[GoldPlace, ...]
    unplaced_ok: bool
    optional: bool
    stated: dict[str, Any]

    def fits(self, event: Event) -> bool:
        """Whether the event is of this type and at this place."""
        if event.event_type not in self.types:
            return False
        mention = event.place
        if mention is None:
            return self.unplaced_ok
        return any(
            place.is_at(mention)
            and (mention.text.casefold() == place.text.casefold() or (event.place_id or "") == place.place_id)
            for place in self.places
        )

    def is_told_by(self, event: Event) -> bool:
        """Whether the event was read from a sentence that tells of this one."""
        return any(telling.is_told_by(event) for telling in self.told)

    def __str__(self) -> str:
        where = self.places[0].text if self.places else "no place"
        return f"{'/'.join(self.types)} at {where}: {self.told[0].sentence!r} … {self.told[0].trigger!r}"


@dataclass(frozen=True, kw_only=True)
class GoldDocument:
    """A seed with everything that is known of it."""

    name: str
    text: str
    published: str | None
    places: tuple[GoldPlace, ...]
    events: tuple[GoldEvent, ...]
    traps: tuple[Telling, ...]
    no_pins: tuple[str, ...]

    def forbidden_ids(self) -> frozenset[str]:
        """Ids of the places that must not carry an event, whatever name an event was pinned by."""
        wanted = {place.place_id for event in self.events for place in event.places}
        ids = {p.place_id for p in self.places if p.text in self.no_pins or p.place_id in self.no_pins}
        return frozenset(place_id for place_id in ids - wanted if place_id)


@dataclass(kw_only=True)
class Score:
    """Right answers out of how many, by measure, and in words what was not right."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def mark(self, measure: str, ok: bool, fault: str) -> None:
        """Counts one answer, and keeps the fault where it is wrong."""
        self.total[measure] += 1
        if ok:
            self.right[measure] += 1
        else:
            self.faults.append(f"{measure}: {fault}")

    def share(self, measure: str) -> float:
        """Right answers per answer asked for; 1 where nothing was asked."""
        return self.right[measure] / self.total[measure] if self.total[measure] else 1.0

    def f1(self, precision: str, recall: str) -> float:
        """Harmonic mean of the two."""
        p, r = self.share(precision), self.share(recall)
        return 2 * p * r / (p + r) if p + r else 0.0

    def add(self, other: Score, name: str) -> None:
        """Takes in the score of one document."""
        self.right += other.right
        self.total += other.total
        self.faults += [f"{name}: {fault}" for fault in other.faults]


def read_gold(path: Path) -> GoldDocument:
    """Reads one gold file and the seed it belongs to."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    places = tuple(GoldPlace(**place) for place in raw["places"])
    return GoldDocument(
        name=raw["document"],
        text=(SEEDS / f"{raw['document']}.txt").read_text(encoding="utf-8"),
        published=raw["published"],
        places=places,
        events=tuple(_read_event(event, places) for event in raw["events"]),
        traps=tuple(Telling(**trap) for trap in raw["traps"]),
        no_pins=tuple(raw["no_pins"]),
    )


def read_all_gold() -> tuple[GoldDocument, ...]:
    """All gold documents, by name."""
    return tuple(read_gold(path) for path in sorted(GOLD.glob("*.json")))


def _read_event(raw: dict[str, Any], places: tuple[GoldPlace, ...]) -> GoldEvent:
    raw = dict(raw)
    refs = [(raw.pop("place_text"), raw.pop("place_id"))]
    unplaced_ok = raw.pop("unplaced_ok", False) or refs[0][0] is None
    refs += [(ref["place_text"], ref["place_id"]) for ref in raw.pop("also_at", [])]
    return GoldEvent(
        types=(raw.pop("event_type"), *raw.pop("also_types", [])),
        told=tuple(Telling(**telling) for telling in raw.pop("told")),
        places=tuple(next(p for p in places if (p.text, p.place_id) == ref) for ref in refs if ref[0] is not None),
        unplaced_ok=unplaced_ok,
        optional=raw.pop("optional", False),
        stated=raw,
    )


def score_document(gold: GoldDocument, report: Report) -> Score:
    """Compares one report with its gold."""
    score = Score()
    _score_places(gold, report.places, score)
    asserted = [event for event in report.events if event.modality == "asserted"]
    matches = match_events(gold.events, asserted)
    for g, event in enumerate(gold.events):
        if not event.optional:
            score.mark("event recall", g in matches, f"missed {event}")
            detected = any(e.event_type in event.types and event.is_told_by(e) for e in asserted)
            score.mark("detection", detected, f"no such type in its sentence, wherever pinned: {event}")
            if g in matches:
                _score_details(event, asserted[matches[g]], score)
                score.mark("event precision", True, "")
    for n, found in enumerate(asserted):
        if n not in matches.values() and found.place is not None:
            score.mark("event precision", False, f"false alarm {describe(found)}")
    for trap in gold.traps:
        caught = [e for e in asserted if trap.has_trigger_of(e) and not (e.place is None and e.event_type in PROMISES)]
        score.mark("background", not caught, f"{trap.modality} told as fact: {trap.sentence!r} … {trap.trigger!r}")
    for found in forbidden_pins(gold, asserted):
        score.faults.append(f"forbidden pin: {describe(found)}")
    return score


def describe(event: Event) -> str:
    """The event in one line."""
    where = f"{event.place_text} ({event.place_id})" if event.place else "no place"
    sentence = " ".join(event.sentence.split())
    return f"{event.event_type} {event.trigger!r} at {where}: {sentence[:90]!r}"


def forbidden_pins(gold: GoldDocument, events: Iterable[Event]) -> list[Event]:
    """Events pinned to a place that is only named, by that name or by another."""
    ids = gold.forbidden_ids()
    wanted = [place for event in gold.events for place in event.places]

    def is_forbidden(mention: PlaceMention) -> bool:
        if mention.text in gold.no_pins:
            return True
        astray = not any(place.text == mention.text and place.is_at(mention) for place in wanted)
        return astray and mention.place is not None and mention.place.id in ids

    return [event for event in events if event.place and is_forbidden(event.place)]


def match_events(gold: Sequence[GoldEvent], found: Sequence[Event]) -> dict[int, int]:
    """Index of a gold event to index of the event found for it, one to one: as many pairs as can be, those of required
    events first (Kuhn's augmenting paths, over the gold in that order), swapped while that brings kin together."""
    kin = {(g, n): _kinship(event, e) for g, event in enumerate(gold) for n, e in enumerate(found) if event.fits(e)}
    choices = [sorted((n for h, n in kin if h == g), key=lambda n: (-kin[g, n], n)) for g in range(len(gold))]
    owner: dict[int, int] = {}

    def settle(g: int, tried: set[int]) -> bool:
        for n in choices[g]:
            if n not in tried:
                tried.add(n)
                if n not in owner or settle(owner[n], tried):
                    owner[n] = g
                    return True
        return False

    for g in sorted(range(len(gold)), key=lambda g: (gold[g].optional, g)):
        settle(g, set())
    matches = {g: n for n, g in owner.items()}
    while swap := next(_better_swaps(matches, kin), None):
        matches.update(swap)
    return matches


def _better_swaps(matches: dict[int, int], kin: dict[tuple[int, int], int]) -> Iterator[dict[int, int]]:
    """Changes of one pair or of two that leave all matched and bring closer kin together."""
    taken = set(matches.values())
    for g, n in sorted(matches.items()):
        yield from ({g: m} for h, m in sorted(kin) if h == g and m not in taken and kin[g, m] > kin[g, n])
        for h, m in sorted(matches.items()):
            if h > g and (g, m) in kin and (h, n) in kin and kin[g, m] + kin[h, n] > kin[g, n] + kin[h, m]:
                yield {g: m, h: n}


def _kinship(gold: GoldEvent, found: Event) -> int:
    same_trigger = any(telling.has_trigger_of(found) for telling in gold.told)
    same_figures = sum(ok for _, ok in _figures(gold, found))
    return 4 * same_trigger + 4 * gold.is_told_by(found) + 2 * same_figures


def _figures(gold: GoldEvent, found: Event) -> Iterator[tuple[str, bool]]:
    """Each count that either side states, and whether they agree. Gold may allow several figures, or leave one open."""
    for count in COUNTS:
        if count in gold.stated.get("open_counts", ()):
            continue
        stated = {f"{count}_{bound}" for bound in ("low", "best", "high")} & gold.stated.keys()
        given = [getattr(found, f"{count}_{bound}") for bound in ("low", "best", "high")]
        if stated:
            yield count, all(getattr(found, name) in _options(gold.stated[name]) for name in stated)
        elif any(n is not None for n in given):
            yield count, False


def _options(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _score_places(gold: GoldDocument, mentions: Iterable[PlaceMention], score: Score) -> None:
    mentions = [mention for mention in mentions if mention.kind != "demonym"]
    by_span = {(mention.start, mention.end): mention for mention in mentions}
    for place in gold.places:
        if place.counts:
            mention = by_span.get((place.start, place.end))
            score.mark("place recall", mention is not None, f"{place.text!r} at {place.start}")
            if mention is not None:
                known = mention.place
                got = f"{known.id} {known.name}, {known.country}" if known else f"unknown, put at {mention.position}"
                if place.place_id or known or mention.position:
                    score.mark("resolution", place.is_at(mention), f"{place.text!r} at {place.start} is {got}")
    wanted = {(place.start, place.end) for place in gold.places if place.counts}
    spared = [(place.start, place.end) for place in gold.places if not place.counts]
    for mention in mentions:
        right = (mention.start, mention.end) in wanted
        passed_over = any(start < mention.end and mention.start < end for start, end in spared)
        if right or (mention.kind == "place" and not passed_over):
            score.mark("place precision", right, f"{mention.text!r} at {mention.start} is no place")


def _score_details(gold: GoldEvent, found: Event, score: Score) -> None:
    stated = gold.stated
    for count, ok in _figures(gold, found):
        given = [getattr(found, f"{count}_{bound}") for bound in ("low", "best", "high")]
        score.mark("casualties", ok, f"{count} {given} of {gold}")
    dates = f"{found.date_start} to {found.date_end} ({found.date_text!r}) of {gold}"
    exact = [name for name in ("date_start", "date_end") if name in stated]
    if exact:
        ok = all((getattr(found, name) and getattr(found, name).isoformat()) == stated[name] for name in exact)
        score.mark("dates", ok, dates)
    elif "date_from" in stated:
        ends = [day.isoformat() for day in (found.date_start, found.date_end) if day]
        score.mark("dates", bool(ends) and all(stated["date_from"] <= d <= stated["date_to"] for d in ends), dates)
    if "attribution" in stated:
        said = (found.attribution or "").casefold()
        ok = bool(said) and any(name.casefold() in said or said in name.casefold() for name in stated["attribution"])
        score.mark("attribution", ok, f"{found.attribution!r} of {gold}")
    for side in ("actors", "recipients"):
        if side in stated:
            got = getattr(found, side)
            words = {word for name in got for word in name.casefold().split()}
            ok = any(name.casefold().split()[-1] in words for name in stated[side])
            score.mark(side, ok, f"{got} of {gold}")
    if "position" in stated:
        here = found.place.position if found.place else None
        want = stated["position"]
        away = geodesic((here.lat, here.lon), (want["lat"], want["lon"])).km if here else float("inf")
        score.mark("relative places", away <= want["within_km"], f"{away:.1f} km from it: {gold}")


def main(names: list[str]) -> None:
    """Prints the faults of each document and the measures of all of them."""
    pipeline = geoevents.load()
    total = Score()
    for gold in read_all_gold():
        if names and not any(name in gold.name for name in names):
            continue
        score = score_document(gold, pipeline(gold.text, published=gold.published, id=gold.name))
        print(f"\n{gold.name}")
        print("\n".join(f"  {fault}" for fault in score.faults) or "  nothing wrong")
        total.add(score, gold.name)
    print()
    for measure in sorted(total.total):
        print(f"{measure:16} {total.share(measure):.3f}  {total.right[measure]} of {total.total[measure]}")
    print(f"{'place F1':16} {total.f1('place precision', 'place recall'):.3f}")
    print(f"{'event F1':16} {total.f1('event precision', 'event recall'):.3f}")
    print(f"forbidden pins   {sum('forbidden pin:' in fault for fault in total.faults)}")


if __name__ == "__main__":
    main(sys.argv[1:])
