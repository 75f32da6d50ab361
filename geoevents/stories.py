"""Reports of one event in many documents become one event, which lists them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .clusters import cluster
from .copies import find_copies
from .likeness import Weights, load_weights
from .records import BOUNDS, COUNTS, Event, EventReport, Report, Reprint
from .sketches import Sketch, make_setting, make_sketch, stems

REPRINTED = 0.75
"""Share of the words of two sentences, the smaller to the larger, from which one is the other reprinted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An event of one document, given once for each of its places, and the number of that document's report."""

    at: int
    parts: tuple[Event, ...]

    @property
    def order(self) -> tuple[Any, ...]:
        """By publication, then by what the documents are called, never by the order they were given in."""
        event = self.parts[0]
        return (event.published or date.max, event.document_id, event.trigger_start, event.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An event of one document as it is compared, and the same words in copies of that document."""

    unit: Unit
    sketch: Sketch
    reprints: tuple[Unit, ...] = ()


def merge_reports(reports: Iterable[Report], weights: Weights | None = None) -> tuple[Report, ...]:
    """The reports, in order, with each event that several documents tell of kept once, where it is located best.

    A merged event keeps the id, place, trigger and sentence of that telling, so that its offsets are right in that
    document. Its `reports` are all tellings, the earliest published first; a reprint of the same words is named in
    the report that it reprints. Of each count `low` is the lowest and `high` the highest figure that any of them
    gives, `best` the middle one of what the documents take for best, the higher of two middle ones, since tolls rise;
    `disagreements` says who gives which. The day is the one most of them give.
    Neither the order of documents nor how they were read makes a difference. An event is asserted where one document
    asserts it; what is told as future, hypothetical or negated is merged only with its like."""
    given = tuple(reports)
    kept: dict[int, list[Event]] = {n: [] for n in range(len(given))}
    for members in group_tellings(gather_tellings(given), weights):
        home, events = _unite(members)
        kept[home] += events
    return tuple(
        replace(report, events=tuple(sorted(kept[n], key=lambda e: (e.trigger_start, e.place_start or -1, e.id))))
        for n, report in enumerate(given)
    )


def gather_tellings(reports: Sequence[Report]) -> list[Telling]:
    """The events of all reports in an order that does not depend on theirs, each with its reprints in copied texts."""
    units = sorted(_units(reports), key=lambda unit: unit.order)
    originals, reprints = _absorb_copies(units, reports)
    settings = {n: make_setting(reports[n].document, reports[n].places) for n in sorted({u.at for u in originals})}
    kinds = [(unit.at, unit.parts[0].event_type, unit.parts[0].modality) for unit in originals]
    rivals = Counter(kinds)
    return [
        Telling(
            unit=unit, sketch=make_sketch(unit.parts, settings[unit.at], rivals[kind]), reprints=reprints.get(n, ())
        )
        for n, (unit, kind) in enumerate(zip(originals, kinds, strict=True))
    ]


def group_tellings(tellings: Sequence[Telling], weights: Weights | None = None) -> list[list[Telling]]:
    """The tellings, those of one event together and in order."""
    # Blocks too large to be compared in full are compared with their neighbours in this order: those of the same days.
    # By their last days: of what is told without a date, that is the publication, and most news is a day old.
    by_day = sorted(range(len(tellings)), key=lambda n: ((tellings[n].sketch.window or (0, 0))[::-1], n))
    groups = cluster([tellings[n].sketch for n in by_day], weights or load_weights())
    return [[tellings[n] for n in sorted(by_day[m] for m in members)] for members in groups]


def _units(reports: Sequence[Report]) -> list[Unit]:
    units: list[Unit] = []
    for number, report in enumerate(reports):
        groups: dict[str, list[Event]] = {}
        for event in report.events:
            groups.setdefault(event.event_group, []).append(event)
        units += [Unit(at=number, parts=tuple(parts)) for parts in groups.values()]
    return units


def _absorb_copies(units: Sequence[Unit], reports: Sequence[Report]) -> tuple[list[Unit], dict[int, tuple[Unit, ...]]]:
    """The events without those that only reprint one of another document, and which of those each has, by number."""
    told = sorted({unit.at for unit in units})
    copies = {told[copy]: told[original] for copy, original in find_copies(reports[n].document for n in told).items()}
    mine: dict[int, list[Unit]] = {}
    for unit in units:
        mine.setdefault(unit.at, []).append(unit)
    kept: list[Unit] = []
    twins: dict[str, list[Unit]] = {}
    for unit in units:
        twin = next((u for u in mine.get(copies.get(unit.at, -1), ()) if _reprints(unit, u)), None)
        if twin is None:
            kept.append(unit)
        else:
            twins.setdefault(twin.parts[0].id, []).append(unit)
    return kept, {n: tuple(twins[unit.parts[0].id]) for n, unit in enumerate(kept) if unit.parts[0].id in twins}


def _reprints(unit: Unit, other: Unit) -> bool:
    """Whether an event of a copied text is told in the words of another, and as the same: type, place, day, figures."""
    a, b = unit.parts[0], other.parts[0]
    same = ("event_type", "modality", "place_id", "date_start", *(f"{c}_{bound}" for c in COUNTS for bound in BOUNDS))
    if any(getattr(a, name) != getattr(b, name) for name in same):
        return False
    return _same_words(a.sentence, b.sentence)


def _same_words(sentence: str, other: str) -> bool:
    a, b = stems(sentence), stems(other)
    return len(a & b) >= REPRINTED * max(len(a), len(b))


def _unite(members: Sequence[Telling]) -> tuple[int, list[Event]]:
    """One event of its tellings, in order of publication, and the number of the report it stays in."""
    sketches = [telling.sketch for telling in members]
    best = min(range(len(members)), key=lambda n: (*_standing(sketches[n], sketches), n))
    home = members[best].unit
    if len(members) == 1 and not members[0].reprints:
        return home.at, list(home.parts)
    events = [telling.unit.parts[0] for telling in members]
    own = home.parts[0]
    changes = _figures(events) | _day(events)
    if own.event_mode is None:
        named = [e for e in events if e.event_mode and e.event_type == own.event_type]
        if named:
            modes = Counter(e.event_mode for e in named)
            other = max(named, key=lambda e: modes[e.event_mode])
            changes |= {n: getattr(other, n) for n in ("event_mode", "acled_event_type", "acled_sub_event_type")}
    for name in ("actors", "recipients", "attribution"):
        found = (getattr(e, name) for e in events if e.event_type == own.event_type)
        changes[name] = getattr(own, name) or next(filter(None, found), getattr(own, name))
    changes["contexts"] = tuple(dict.fromkeys(c for e in (own, *events) for c in e.contexts))
    changes["modality"] = "asserted" if any(e.modality == "asserted" for e in events) else own.modality
    for name in ("type_confidence", "event_confidence"):
        changes[name] = max(getattr(e, name) for e in events)
    changes["reports"] = tuple(
        _with_reprints(report, telling.reprints) for telling in members for report in telling.unit.parts[0].reports
    )
    return home.at, [replace(part, **changes) for part in home.parts]


def _standing(sketch: Sketch, sketches: Sequence[Sketch]) -> tuple[Any, ...]:
    """How well a telling stands for all, the smaller the better: of the type most tell, placed where others place it
    too, as finely as may be, asserted, with an exact day."""
    types = Counter(s.event_type for s in sketches)
    agreeing = sum(bool(sketch.is_near(other)) for other in sketches) if sketch.own else 0
    finest = min((spot.radius_km for spot in sketch.spots), default=0.0) if sketch.own else 0.0
    return (-types[sketch.event_type], not sketch.own, not sketch.asserted, -agreeing, finest, not sketch.exact)


def _figures(events: Sequence[Event]) -> dict[str, int | None]:
    """Of each count the lowest, the middle best and the highest figure told; of a single teller, his own bounds."""
    changes: dict[str, int | None] = {}
    for count in COUNTS:
        told = [[getattr(e, f"{count}_{bound}") for bound in BOUNDS] for e in events]
        told = [bounds for bounds in told if any(n is not None for n in bounds)]
        if len(told) < 2:
            low, best, high = told[0] if told else (None, None, None)
        else:
            every = [n for bounds in told for n in bounds if n is not None]
            middle = sorted(bounds[1] for bounds in told if bounds[1] is not None)
            best = middle[len(middle) // 2] if middle else None
            low = min(every)
            ends = [high if high is not None else (best if best is not None else low) for low, best, high in told]
            high = max(n for n in ends if n is not None)
            if all(bounds[2] is None for bounds in told):  # "at least" says no end, however often it is said
                high = None
        changes |= {f"{count}_low": low, f"{count}_best": best, f"{count}_high": high}
    return changes


def _day(events: Sequence[Event]) -> dict[str, Any]:
    """The days that most tellings give, of those that give the fewest; the earliest told of equals."""
    dated = [e for e in events if e.date_start is not None and e.date_end is not None]
    if not dated:
        return {}
    finest = min(e.time_precision or 3 for e in dated)
    dated = [e for e in dated if (e.time_precision or 3) == finest]
    votes = Counter((e.date_start, e.date_end) for e in dated)
    chosen = max(dated, key=lambda e: votes[e.date_start, e.date_end])
    return {name: getattr(chosen, name) for name in ("date_start", "date_end", "date_text", "time_precision")}


def _with_reprints(report: EventReport, copies: Sequence[Unit]) -> EventReport:
    """A report with the documents that have its sentence in the same words."""
    found = [
        Reprint(
            document_id=told.document_id,
            document_title=told.document_title,
            source=told.source,
            url=told.url,
            published=told.published,
        )
        for unit in copies
        for told in unit.parts[0].reports
        if _same_words(told.sentence, report.sentence)
    ]
    return replace(report, reprints=tuple(dict.fromkeys(found))) if found else report
