"""How well events are read: `python benchmarks/events.py [--split dev|held|open] [--faults]`, on training/events.

An event is found where one of its type has its trigger, or is told, in the sentence of the trigger; what else is
said of it is judged on those whose trigger is the annotated one. Figures are printed as shares with their counts."""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import geoevents
from geoevents.extract.quantities import VAGUE
from geoevents.records import COUNTS, Document, Event, Report
from training.annotations import FIGURES, Item, Telling, read_corpus

SPLITS = {
    "dev": lambda item: item.is_dev,
    "held": lambda item: item.is_held_out,
    "open": lambda item: not item.is_held_out,
}


def read(items: Sequence[Item], pipeline: geoevents.Pipeline) -> Iterator[tuple[Item, Report]]:
    """Each item and what the pipeline makes of it."""
    documents = [
        Document(text=item.text, id=item.id, published=item.published, source=item.source, title=item.title)
        for item in items
    ]
    return zip(items, pipeline.pipe(documents), strict=True)


def score(read: Iterable[tuple[Item, Report]], faults: list[str] | None = None) -> dict[str, tuple[int, int]]:
    """(right, of) by measure; what is wrong is described in `faults`."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])

    def count(measure: str, right: bool, *said: object) -> None:
        counts[measure][0] += right
        counts[measure][1] += 1
        if faults is not None and not right:
            faults.append(f"{measure:12} " + " | ".join(str(one) for one in said))

    for item, report in read:
        tellings = [t for t in item.tellings if t.event_type]
        groups: dict[str, list[Event]] = defaultdict(list)
        for event in report.events:
            groups[event.event_group].append(event)
        found = set()
        for telling in tellings:
            at = _at_trigger(groups.values(), telling)
            same = [e for e in groups.values() if e[0].event_type == telling.event_type and _tells(e, item, telling)]
            words = item.text[telling.start : telling.end]
            if at and at[0].event_type != telling.event_type:
                at = None
            if telling.modality == "asserted" and not _told_before(telling, tellings):
                others = [t for t in tellings if t.same and t.same == telling.same]
                hit = any(
                    e[0].modality == "asserted" and e[0].event_type == t.event_type and _tells(e, item, t)
                    for t in others or [telling]
                    for e in groups.values()
                )
                count("recall", hit, telling.event_type, words, _sentence(item, telling))
            found.update(id(e) for e in same if e[0].modality == telling.modality or telling.modality != "asserted")
            if at:
                _judge(count, item, telling, at)
        for events in groups.values():
            if events[0].modality == "asserted":
                real = any(
                    t.event_type == events[0].event_type and t.modality == "asserted" and _tells(events, item, t)
                    for t in tellings
                )
                count("precision", real, events[0].event_type, events[0].trigger, events[0].sentence)
    return {name: (right, of) for name, (right, of) in counts.items()}


def _judge(count, item: Item, telling: Telling, events: list[Event]) -> None:  # type: ignore[no-untyped-def]
    event, sentence = events[0], _sentence(item, telling)
    words = item.text[telling.start : telling.end]
    count("modality", event.modality == telling.modality, words, telling.modality, event.modality, sentence)
    if telling.mode or event.event_mode:
        count("mode", event.event_mode == telling.mode, words, telling.mode, event.event_mode, sentence)
    by_role = defaultdict(list)
    for argument in telling.arguments:
        by_role[argument.role].append(argument)
    text = {role: [item.text[a.start : a.end] for a in given] for role, given in by_role.items()}
    if telling.modality == "asserted" == event.modality:
        gold = {(a.start, a.end) for a in by_role["place"]}
        mine = {(e.place_start, e.place_end) for e in events if e.place_start is not None and e.place_end is not None}
        overlaps = [any(s < y and x < e for s, e in gold) for x, y in mine]
        right = all(overlaps) and len(mine) == len(gold)
        count("place", right, words, text.get("place"), [e.place_text for e in events], sentence)
        for name, role in zip(COUNTS, FIGURES, strict=True):
            mine_n = {getattr(event, f"{name}_{bound}") for bound in ("low", "best", "high")} - {None}
            given = [value for a in by_role[role] for value in _amounts(a.value or "")]
            if given or mine_n:
                right = bool(mine_n & {*given, sum(given)})
                count("figures", right, words, role, given, sorted(mine_n), sentence)
        dated = [a.value for a in by_role["date"] if a.value]
        if item.published and len(dated) == 1:
            first, _, last = dated[0].partition("..")
            mine_d = f"{event.date_start}", f"{event.date_end}"
            count("date", mine_d == (first, last or first), words, text["date"], dated, mine_d, sentence)
        if by_role["said"] or event.attribution:
            mine_s = (event.attribution or "-").casefold()
            right = any(_same_name(mine_s, given.casefold()) for given in text.get("said", []))
            count("attribution", right, words, text.get("said"), event.attribution, sentence)
    for role, names in (("actor", event.actors), ("recipient", event.recipients)):
        last = {name.split()[-1].casefold() for name in names}
        for name in text.get(role, []):
            count(role, name.split()[-1].casefold() in last, words, name, names, sentence)


def _same_name(one: str, other: str) -> bool:
    """Whether one name holds the other ("witnesses in Kismayo", "witnesses"), or both end alike."""
    return one in other or other in one or one.split()[-1] == other.split()[-1]


def _amounts(value: str) -> list[int]:
    if value in VAGUE:
        return [VAGUE[value]]
    return [int(part) for part in value.strip("+-").split("-") if part.isdigit()]


def _at_trigger(groups: Iterable[list[Event]], telling: Telling) -> list[Event] | None:
    return next((e for e in groups if e[0].trigger_start < telling.end and telling.start < e[0].trigger_end), None)


def _told_before(telling: Telling, tellings: Sequence[Telling]) -> bool:
    return any(t.same and t.same == telling.same and t.start < telling.start for t in tellings)


def _tells(events: Sequence[Event], item: Item, telling: Telling) -> bool:
    spans = {(e.sentence_start, e.sentence_end) for e in events}
    spans |= {(r.sentence_start, r.sentence_end) for e in events for r in e.reports if r.document_id == item.id}
    return any(start <= telling.start < end for start, end in spans)


def _sentence(item: Item, telling: Telling) -> str:
    start = item.text.rfind("\n", 0, telling.start) + 1
    end = item.text.find("\n", telling.end)
    return item.text[start : end if end >= 0 else None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", choices=SPLITS, default="dev")
    parser.add_argument("--model", default=None)
    parser.add_argument("--faults", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    items = [item for item in read_corpus() if SPLITS[options.split](item)]
    faults: list[str] | None = [] if options.faults else None
    figures = score(read(items, geoevents.load(model=options.model)), faults)
    print("\n".join(faults or ()))
    kinds = Counter("document" if "\n" in item.text else "sentence" for item in items)
    print(f"{options.split}: {kinds['sentence']} sentences, {kinds['document']} documents")
    for name, (right, of) in sorted(figures.items()):
        print(f"{name:12} {right / of:.3f} of {of}")


if __name__ == "__main__":
    main()
