"""Which reports of several documents are one event, what that event then says, and what nothing may depend on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from placed import GENEVA, HAMA, HAMA_PROVINCE
from reports import MONDAY, report

import geoevents
from geoevents.geojson import check, to_geojson
from geoevents.pipeline import Pipeline
from geoevents.records import Event, Report, Reprint
from geoevents.stories import gather_tellings, group_tellings, merge_reports
from training.annotations import FOLDER, read_items
from training.merging import read_annotated, read_pipeline, score

TUESDAY, WEEK_LATER = MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)
FIRST = report("A")
OTHER = "An air raid on the market of Idlib killed 15 people on Monday, according to rescuers."
SECOND = report("B", OTHER, "air raid", fatalities=15, published=TUESDAY)
HAMA_RAID = "Warplanes bombed a market in Hama on Monday, killing 12 people, medics said."


def events(*reports: Report) -> list[Event]:
    """What is left of the reports' events when they are merged."""
    return [event for result in merge_reports(reports) for event in result.events]


@pytest.mark.parametrize(
    "other",
    [
        SECOND,
        report("B", OTHER, "air raid", fatalities=None),
        report("B", OTHER, "air raid", day=None, published=TUESDAY),
        report("B", OTHER, "air raid", fatalities=15, event_mode="heavy-weapons"),
        report("B", OTHER.replace("Idlib", "the town"), "air raid", at=None, more="Idlib has seen worse raids."),
    ],
    ids=["other figures", "no figures", "no day", "a mode", "no place"],
)
def test_two_reports_of_one_event_are_one(other: Report) -> None:
    [merged] = events(FIRST, other)
    assert [told.document_id for told in merged.reports] == ["A", "B"]


@pytest.mark.parametrize(
    "other",
    [
        report("B", HAMA_RAID, at=HAMA),
        report("B", OTHER, "air raid", day=WEEK_LATER, published=WEEK_LATER),
        report("B", OTHER, "air raid", fatalities=300, day=TUESDAY, published=TUESDAY),
        report("B", OTHER, "air raid", event_type="PROTEST"),
        report("B", OTHER, "air raid", modality="hypothetical"),
        report("B", OTHER, "air raid", modality="negated"),
        report("B", OTHER.replace("Idlib", "Geneva"), "air raid", at=GENEVA),
    ],
    ids=["next town", "a week later", "12 and 300 a day apart", "type", "feared", "denied", "another country"],
)
def test_another_event_stays_another(other: Report) -> None:
    assert merge_reports([FIRST, other]) == (FIRST, other)


def test_who_disagrees_is_said() -> None:
    [merged] = events(FIRST, SECOND, report("C", OTHER.replace("killed 15", "left dead 14"), "air raid", fatalities=14))
    assert (merged.fatalities_low, merged.fatalities_best, merged.fatalities_high) == (12, 14, 15)
    assert [(claim.count, claim.best, claim.said_by, claim.published) for claim in merged.disagreements] == [
        ("fatalities", 12, ("A",), MONDAY),
        ("fatalities", 14, ("C",), MONDAY),
        ("fatalities", 15, ("B",), TUESDAY),
    ]
    assert FIRST.events[0].disagreements == ()


def test_at_least_stays_open_at_its_end() -> None:
    open_end = [replace(r, events=(replace(r.events[0], fatalities_high=None),)) for r in (FIRST, SECOND)]
    [merged] = events(*open_end)
    assert (merged.fatalities_low, merged.fatalities_best, merged.fatalities_high) == (12, 15, None)


def test_reprints_are_one_report_with_many_sources() -> None:
    body = "The market was full before the holiday. Rescuers dug with their hands until nightfall, witnesses said."
    reports = [report(name, more=body) for name in "ABCDEFGHIJ"]
    [merged] = events(*reversed(reports))
    [told] = merged.reports
    assert told.document_id == "A"
    assert told.reprints == tuple(Reprint(document_id=name, source=name, published=MONDAY) for name in "BCDEFGHIJ")
    assert merged.fatalities_best == 12
    assert [result.document.id for result in merge_reports(reports) if result.events] == ["A"]


def test_a_copy_with_another_toll_is_a_report_of_its_own() -> None:
    body = "The market was full before the holiday. Rescuers dug with their hands until nightfall, witnesses said."
    later = report("B", FIRST.events[0].sentence.replace("12", "19"), fatalities=19, more=body, published=TUESDAY)
    [merged] = events(report("A", more=body), later)
    assert [(told.document_id, told.reprints) for told in merged.reports] == [("A", ()), ("B", ())]
    assert merged.fatalities_high == 19


def test_it_stands_where_it_is_located_best() -> None:
    vague = report(
        "A", HAMA_RAID.replace("in Hama", "in Hama province"), at=HAMA_PROVINCE, published=MONDAY, attribution="medics"
    )
    exact = report("B", OTHER.replace("Idlib", "Hama").replace("raid", "hit"), "hit", at=HAMA, published=TUESDAY)
    [merged] = events(vague, exact)
    assert (merged.place_id, merged.document_id, merged.id) == (HAMA.id, "B", "id B")
    assert merged.attribution == "medics"
    assert exact.document.text[merged.trigger_start : merged.trigger_end] == "hit"
    assert exact.document.text[merged.place_start : merged.place_end] == "Hama"
    assert [told.document_id for told in merged.reports] == ["A", "B"]


def test_the_day_is_the_one_most_give() -> None:
    wrong = report("B", OTHER, "air raid", day=TUESDAY, published=TUESDAY, fatalities=12)
    right = report("C", OTHER.replace("killed", "left dead"), "air raid", published=TUESDAY)
    [merged] = events(FIRST, wrong, right)
    assert (merged.date_start, merged.date_end) == (MONDAY, MONDAY)


def test_background_is_asserted_where_one_report_asserts_it() -> None:
    before = report("B", OTHER, "air raid", modality="historical", published=TUESDAY)
    [merged] = events(before, FIRST)
    assert merged.modality == "asserted"


def test_no_chain_without_limit() -> None:
    """Ten raids on one town, each a day after the last: the first and the last are not one."""
    raids = [
        report(f"{n}", OTHER, "air raid", day=MONDAY + timedelta(days=n), published=MONDAY + timedelta(days=n))
        for n in range(10)
    ]
    spans = [[told.published for told in event.reports if told.published] for event in events(*raids)]
    assert max((max(days) - min(days)).days for days in spans) <= 3


def test_what_is_read_does_not_depend_on_the_order() -> None:
    reports = [FIRST, SECOND, report("C", HAMA_RAID, at=HAMA), report("D", OTHER, "air raid", day=WEEK_LATER)]
    results = {
        tuple(sorted((r.document.id, r.events) for r in merge_reports(order))) for order in permutations(reports)
    }
    assert len(results) == 1


def test_places_of_one_event_stay_together() -> None:
    both = report("A", "Warplanes bombed Idlib and Hama on Monday, killing 12 people.")
    part = report("A", "Warplanes bombed Idlib and Hama on Monday, killing 12 people.", at=HAMA, id="id 2").events[0]
    both = replace(both, events=(*both.events, part))
    merged = events(both, SECOND)
    assert [(e.place_name, e.event_group, len(e.reports)) for e in merged] == [
        ("Idlib", "group A", 2), ("Hama", "group A", 2)
    ]  # fmt: skip


def test_no_report_is_lost_and_nothing_else_is_touched() -> None:
    failed = Report(document=FIRST.document, error=geoevents.DocumentError("empty"))
    empty = replace(SECOND, events=())
    assert merge_reports([failed, empty, FIRST]) == (failed, empty, FIRST)
    assert merge_reports([]) == ()


def test_geojson_says_who_reports_and_who_disagrees() -> None:
    geojson = to_geojson(geoevents.merge_reports([FIRST, SECOND]))
    check(geojson)
    [feature] = geojson["features"]
    assert feature["properties"]["disagreements"][1] == {
        "count": "fatalities", "low": 15, "best": 15, "high": 15, "said_by": ["B"], "published": "2017-03-28"
    }  # fmt: skip
    assert [told["reprints"] for told in feature["properties"]["reports"]] == [[], []]
    assert len(geojson["geoevents"]["documents"]) == 2


@pytest.mark.parametrize(("read", "least"), [(read_pipeline, 0.65), (read_annotated, 0.73)])
def test_floor_on_held_out_sets(pipeline: Pipeline, read: Any, least: float) -> None:
    """Pairwise F1 on sets that no weight was fitted on: .676 of what the pipeline finds, .747 of what is annotated.

    The goal is .90. A floor only ever rises."""
    reports, told = read(pipeline, list(read_items(FOLDER / "merging-2.txt")))
    assert score(told, group_tellings(gather_tellings(reports)))[2] >= least
