"""How well and how fast reports of one event become one: python benchmarks/merging.py [--held-out] [--sizes 1000 ...]

First the sets of training/events/merging-1.txt, on which the weights were fitted, or with --held-out those of
merging-2.txt: precision, recall and F1 of pairs of tellings that are one event, over all sets together, of the
tellings that the pipeline found, and with annotated events; then the same with all sets moved to the same days, so
that dates do not tell them apart, and for comparison without merging across documents. Then seconds of CPU time and
peak memory to merge synthetic events: three reports an event, on towns and days of a year, a tenth in one city.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
import tracemalloc
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import geoevents
from gazetteer.places import Place
from geoevents.records import Document, Event, EventReport, PlaceMention, Report, stable_id
from geoevents.stories import gather_tellings, group_tellings, merge_reports
from training.annotations import FOLDER, read_items
from training.merging import read_annotated, read_pipeline, score, shift

TYPES = ("ASSAULT", "PROTEST", "COERCE", "FL", "AC", "FR")
ACTORS = ("rebels", "soldiers", "police", "gunmen", "students", "farmers", "militiamen", "settlers", "miners")
REPORTS_EACH = 3
HOT = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="the sets that nothing was chosen on")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    options = parser.parse_args()
    measure_quality("merging-2.txt" if options.held_out else "merging-1.txt")
    for size in options.sizes:
        measure_speed(size)


def measure_quality(name: str) -> None:
    items = list(read_items(FOLDER / name))
    pipeline = geoevents.load()
    named = sum(bool(t.event_type and t.same) for item in items for t in item.tellings)
    print(f"{name}: {len({item.story for item in items})} sets, {len(items)} documents, {named} tellings")
    print(f"{'':32}{'precision':>10}{'recall':>8}{'F1':>8}")
    for what, read in (("found", read_pipeline), ("annotated", read_annotated)):
        reports, told = read(pipeline, items)
        tellings = gather_tellings(reports)
        for how, groups in (
            (f"{what} ({len(told)} tellings)", group_tellings(tellings)),
            (f"{what}, on the same days", group_tellings(gather_tellings(shift(reports)))),
            (f"{what}, documents apart", [[telling] for telling in tellings]),
        ):
            precision, recall, f1 = score(told, groups)
            print(f"{how:32}{precision:10.3f}{recall:8.3f}{f1:8.3f}")


def measure_speed(size: int) -> None:
    reports = list(make_reports(size))
    gc.freeze()  # the benchmark's own reports are no part of what merging costs
    start = time.process_time()
    merged = merge_reports(reports)
    seconds = time.process_time() - start
    gc.unfreeze()
    left = sum(len(report.events) for report in merged)
    line = f"{size:,} events, of {size // REPORTS_EACH:,}: {seconds:.2f} s, {left:,} left"
    if size <= 10_000:
        tracemalloc.start()
        merge_reports(reports)
        line += f", {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB"
        tracemalloc.stop()
    print(line)


def make_reports(size: int) -> Iterator[Report]:
    """Reports of one event each, by three outlets in other words, with other figures, some without day or place."""
    chosen = random.Random(0)  # noqa: S311
    towns = [_town(n, chosen) for n in range(max(50, size // 60))]
    for event in range(size // REPORTS_EACH):
        town = towns[0] if chosen.random() < HOT else chosen.choice(towns)
        day = date(2024, 1, 1) + timedelta(days=chosen.randrange(366))
        kind, actor, dead = chosen.choice(TYPES), chosen.choice(ACTORS), chosen.randrange(1, 60)
        for outlet in range(REPORTS_EACH):
            yield _report(event, outlet, town, day, kind, actor, dead + chosen.randrange(3), chosen)


def _town(number: int, chosen: random.Random) -> Place:
    return Place(
        id=f"synthetic:{number}", name=f"Town {number}", lon=chosen.uniform(-20, 50), lat=chosen.uniform(-30, 60),
        feature_class="P", feature_code="PPL", country=f"{chosen.choice('ABCDE')}{chosen.choice('ABCDE')}",
        admin1=None, admin2=None, population=0, uncertainty_m=5_000,
    )  # fmt: skip


def _report(
    event: int, outlet: int, town: Place, day: date, kind: str, actor: str, dead: int, chosen: random.Random
) -> Report:
    filling = " ".join(stable_id(event, outlet, n)[:6] for n in range(40))
    text = f"{town.name}: {actor} told of {dead} dead. {filling}"
    sentence = text[: text.index(".") + 1]
    published = day + timedelta(days=outlet)
    name = f"{event}-{outlet}"
    document = Document(text=text, id=name, published=published, source=f"Outlet {outlet}")
    place = PlaceMention(
        text=town.name, start=0, end=len(town.name), place=town, position=town.position,
        uncertainty_m=town.uncertainty_m, confidence=0.9,
    )  # fmt: skip
    dated: dict[str, Any] = {} if chosen.random() < 0.2 else {"date_start": day, "date_end": day, "time_precision": 1}
    told = EventReport(
        document_id=name, document_title=None, source=document.source, url=None, published=published,
        sentence=sentence, sentence_start=0, sentence_end=len(sentence),
    )  # fmt: skip
    found = Event(
        id=stable_id(name), event_group=name, event_type=kind, trigger="told", trigger_start=text.index("told"),
        trigger_end=text.index("told") + 4, sentence=sentence, sentence_start=0, sentence_end=len(sentence),
        actors=(actor,), fatalities_low=dead, fatalities_best=dead, fatalities_high=dead,
        place=None if chosen.random() < 0.2 else place, document_id=name, source=document.source,
        published=published, reports=(told,), **dated,
    )  # fmt: skip
    return Report(document=document, places=(place,), events=(found,))


if __name__ == "__main__":
    main()
