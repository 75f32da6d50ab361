"""Which tellings are one event and which are not, what the one event then says, and that it costs little."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st
from placed import GENEVA, HAMA, HAMA_PROVINCE, IDLIB, SYRIA, mention, place

from gazetteer.places import LonLat
from geoevents import reach
from geoevents.merge import NEAR_CHARACTERS, merge_events
from geoevents.records import Event, EventReport

MONDAY = date(2017, 3, 27)
NEAR_IDLIB = place("geonames:2", "Idlib suburb", 35.9310, 36.6345)


def event(start: int = 0, **more: Any) -> Event:
    """An attack told at an offset; a day stands for both ends, `fatalities` for all three figures."""
    sentence = f"Attack {start}."
    fields: dict[str, Any] = {
        "event_type": "ASSAULT", "event_group": f"g{start}", "id": f"e{start}", "trigger": "Attack",
        "trigger_start": start, "trigger_end": start + 6, "sentence": sentence, "sentence_start": start,
        "sentence_end": start + len(sentence), "document_id": "d",
    }  # fmt: skip
    if day := more.pop("day", None):
        fields |= {"date_start": day, "date_end": day, "date_text": "that day", "time_precision": 1}
    if at := more.pop("at", None):
        fields["place"] = mention(at.name, start + 8, at)
    for count in ("fatalities", "injured"):
        if (figure := more.pop(count, None)) is not None:
            fields |= {f"{count}_{bound}": figure for bound in ("low", "best", "high")}
    fields |= more
    if "reports" not in fields:
        report = EventReport(
            document_id="d", document_title=None, source=None, url=None, published=None, sentence=sentence,
            sentence_start=start, sentence_end=start + len(sentence),
        )  # fmt: skip
        fields["reports"] = (report,)
    if "trigger" in more:
        fields["trigger_end"] = start + len(more["trigger"])
    return Event(**fields)


SAME = [
    ({"at": IDLIB}, {"at": IDLIB}),
    ({"at": IDLIB, "day": MONDAY}, {"at": IDLIB, "day": MONDAY}),
    ({"at": IDLIB, "day": MONDAY}, {"at": IDLIB}),  # left open
    ({"at": IDLIB}, {}),  # no place of its own, close behind
    ({}, {"at": IDLIB}),
    ({"at": IDLIB, "fatalities": 7}, {"at": IDLIB, "fatalities": 7}),
    ({"at": IDLIB, "fatalities": 7}, {"at": IDLIB, "injured": 9}),
    ({"at": IDLIB, "actors": ("rebels",)}, {"at": IDLIB, "actors": ("armed rebels",)}),
    ({"at": IDLIB, "actors": ("rebels",)}, {"at": IDLIB, "recipients": ("a rebel",)}),
    ({"at": IDLIB}, {"at": NEAR_IDLIB}),  # 60 m apart
    ({"at": IDLIB, "event_mode": "aerial"}, {"at": IDLIB, "trigger": "attack"}),  # a general word for it
    ({"event_type": "EQ", "at": IDLIB}, {"event_type": "EQ", "at": HAMA}),  # an article tells of one earthquake
    ({"event_type": "EQ", "fatalities": 7}, {"event_type": "EQ", "fatalities": 41}),
    ({"at": SYRIA, "fatalities": 7}, {"at": IDLIB, "fatalities": 7}),  # one toll, told closer
    ({"event_type": "FL", "at": SYRIA}, {"event_type": "FL", "at": IDLIB}),
]
APART = [
    ({"at": IDLIB}, {"at": HAMA}),
    ({"at": IDLIB}, {"at": SYRIA}),
    ({"at": SYRIA, "fatalities": 7}, {"at": GENEVA, "fatalities": 7}),
    ({"event_type": "FL", "at": HAMA}, {"event_type": "FL", "at": IDLIB}),
    ({"at": IDLIB}, {"at": IDLIB, "event_type": "PROTEST"}),
    ({"at": IDLIB}, {"at": IDLIB, "modality": "historical"}),
    ({"at": IDLIB, "day": MONDAY}, {"at": IDLIB, "day": MONDAY + timedelta(days=1)}),
    ({"at": IDLIB, "fatalities": 7}, {"at": IDLIB, "fatalities": 8}),
    ({"at": IDLIB, "event_mode": "aerial"}, {"at": IDLIB, "event_mode": "drone"}),
    ({"at": IDLIB, "event_mode": "aerial"}, {"at": IDLIB, "trigger": "Shelling"}),
    ({"at": IDLIB, "actors": ("rebels",), "trigger": "Raid"}, {"at": IDLIB, "actors": ("troops",)}),
    ({"at": IDLIB, "actors": ("rebels",)}, {"actors": ("troops",)}),
    ({"event_type": "EQ", "at": IDLIB}, {"event_type": "EQ", "at": GENEVA}),  # 2,700 km apart
    ({"event_type": "EQ", "day": MONDAY}, {"event_type": "EQ", "day": date(1999, 8, 17)}),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_told_twice_is_one_event(first: dict[str, Any], second: dict[str, Any]) -> None:
    a, b = event(0, **first), event(100, **second)
    [merged] = merge_events([a, b])
    assert merged.id == a.id
    assert merged.event_group == a.event_group
    assert merged.reports == a.reports + b.reports


@pytest.mark.parametrize(("first", "second"), APART)
def test_two_events_stay_two(first: dict[str, Any], second: dict[str, Any]) -> None:
    a, b = event(0, **first), event(100, **second)
    assert merge_events([a, b]) == (a, b)


@pytest.mark.parametrize("pair", SAME + APART)
def test_the_order_given_does_not_matter(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    events = [event(0, **pair[0]), event(100, **pair[1]), event(200, at=GENEVA, day=MONDAY)]
    assert len({merge_events(order) for order in permutations(events)}) == 1


def test_an_event_without_place_is_not_told_again_far_below() -> None:
    first = event(0, at=IDLIB)
    end = first.sentence_end
    assert len(merge_events([first, event(end + NEAR_CHARACTERS)])) == 1
    assert len(merge_events([first, event(end + NEAR_CHARACTERS + 1)])) == 2


def test_places_of_one_event_are_kept_apart_and_keep_their_group() -> None:
    events = [event(0, at=IDLIB, id="a"), event(0, at=HAMA, id="b"), event(500, at=GENEVA)]
    merged = merge_events(events)
    assert [(e.place_text, e.event_group) for e in merged] == [("Idlib", "g0"), ("Hama", "g0"), ("Geneva", "g500")]


def test_what_is_left_open_is_filled_in() -> None:
    later = event(
        100, at=IDLIB, day=MONDAY, fatalities=7, attribution="SANA", actors=("rebels",), recipients=("troops",),
        event_confidence=0.9,
    )  # fmt: skip
    [merged] = merge_events([event(0, event_confidence=0.6), later])
    for name in (
        "place", "date_start", "date_end", "date_text", "time_precision", "attribution", "actors", "recipients",
        "fatalities_low", "fatalities_best", "fatalities_high", "event_confidence",
    ):  # fmt: skip
        assert getattr(merged, name) == getattr(later, name), name
    assert (merged.trigger_start, merged.sentence) == (0, "Attack 0.")


def test_what_is_known_is_not_overwritten() -> None:
    first = event(0, at=IDLIB, day=MONDAY, fatalities=7, attribution="SANA", actors=("rebels",), event_confidence=0.9)
    other = event(100, at=NEAR_IDLIB, attribution="AP", actors=("some rebels",), event_confidence=0.2)
    [merged] = merge_events([first, other])
    assert replace(merged, reports=()) == replace(first, reports=())


def test_days_are_narrowed_down() -> None:
    week = replace(event(0, at=IDLIB, day=MONDAY), date_end=date(2024, 5, 10), time_precision=2)
    [merged] = merge_events([week, event(100, at=IDLIB, day=MONDAY)])
    assert (merged.date_start, merged.date_end, merged.time_precision) == (MONDAY, MONDAY, 1)


def test_a_hazard_keeps_its_largest_toll_whole() -> None:
    low = {"fatalities_low": 20, "fatalities_best": 20}
    events = [event(0, event_type="EQ", fatalities=7), event(100, event_type="EQ", **low)]
    for order in (events, [replace(events[1], trigger_start=0, trigger_end=6), replace(events[0], trigger_start=100,
                                                                                     trigger_end=106)]):  # fmt: skip
        [merged] = merge_events(order)
        assert (merged.fatalities_low, merged.fatalities_best, merged.fatalities_high) == (20, 20, None)


def test_a_mode_told_later_brings_its_crosswalk() -> None:
    later = event(100, event_type="EQ", event_mode="x", acled_event_type="T", acled_sub_event_type="S")
    [merged] = merge_events([event(0, event_type="EQ"), later])
    assert (merged.event_mode, merged.acled_event_type, merged.acled_sub_event_type) == ("x", "T", "S")


def test_a_hazard_is_drawn_at_its_sharper_place() -> None:
    [merged] = merge_events([event(0, event_type="EQ", at=HAMA_PROVINCE), event(100, event_type="EQ", at=HAMA)])
    assert merged.place_id == HAMA.id


def test_an_unplaced_share_of_a_placed_group_goes() -> None:
    placed, bare = event(0, at=IDLIB, id="a"), event(0, id="b")
    assert merge_events([placed, bare]) == (placed,)
    assert merge_events([bare]) == (bare,)
    assert merge_events([]) == ()


EVENTS = st.builds(
    event,
    st.integers(0, 3000),
    event_type=st.sampled_from(["ASSAULT", "EQ", "FL"]),
    modality=st.sampled_from(["asserted", "historical"]),
    event_mode=st.sampled_from([None, "aerial"]),
    at=st.sampled_from([None, IDLIB, HAMA, SYRIA, GENEVA]),
    day=st.sampled_from([None, MONDAY, MONDAY + timedelta(days=1)]),
    fatalities=st.sampled_from([None, 7, 8]),
    actors=st.sampled_from([(), ("rebels",), ("troops",)]),
)


@given(st.lists(EVENTS, max_size=12, unique_by=lambda e: e.id))
def test_no_report_is_lost_and_none_invented(events: list[Event]) -> None:
    merged = merge_events(events)
    assert [e.trigger_start for e in merged] == sorted(e.trigger_start for e in merged)
    assert {e.id for e in merged} <= {e.id for e in events}
    told = sorted(report.sentence_start for e in merged for report in e.reports)
    assert told == sorted({report.sentence_start for e in events for report in e.reports})
    assert merge_events(reversed(events)) == merged


def test_thousands_of_events_need_few_exact_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long digest of many places: all but neighbours are told apart without geodesics, which take minutes."""
    towns = [place(f"geonames:{n}", f"Town {n}", n % 60, n // 60) for n in range(600)]
    events = [event(1000 * n, at=towns[n % 600], day=MONDAY) for n in range(1200)]
    measured = 0

    def counting(*points: tuple[float, float]) -> Any:
        nonlocal measured
        measured += 1
        return geodesic(*points)

    monkeypatch.setattr(reach, "geodesic", counting)
    merged = merge_events(events)
    assert [len(e.reports) for e in merged] == [2] * 600
    assert measured <= len(events)


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), north=st.floats(-8, 8), east=st.floats(-360, 360),
       km=st.sampled_from([2.0, 600.0]))  # fmt: skip
def test_cheap_bounds_agree_with_exact_distances(lat: float, lon: float, north: float, east: float, km: float) -> None:
    scale = 1 if km > 100 else 0.005
    there = LonLat(lon=max(-180.0, min(180.0, lon + east * scale)), lat=max(-90.0, min(90.0, lat + north * scale)))
    here = LonLat(lon=lon, lat=lat)
    assert reach.within_km(here, there, km) == (geodesic((lat, lon), (there.lat, there.lon)).km <= km)
    assert reach.within_km(there, here, km) == reach.within_km(here, there, km)
