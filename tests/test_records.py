"""Records check themselves, and an event's properties follow from its place."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from eventsample import EVENT, NEAR_HAMA
from hypothesis import given
from hypothesis import strategies as st
from placed import HAMA, HAMA_PROVINCE, IDLIB, ORONTES, SYRIA, mention, place

from gazetteer.places import LonLat, Place
from geoevents.records import COUNTS, MODALITIES, Candidate, Document, Event, EventReport, stable_id


def test_stable_ids_depend_on_all_parts_and_their_bounds() -> None:
    assert stable_id("a", 1, None) == stable_id("a", "1", "None")
    assert len({stable_id("ab", "c"), stable_id("a", "bc"), stable_id("abc"), stable_id("ab", "c", "")}) == 4
    assert stable_id("\ud800") != stable_id("\ud801")  # lone surrogates have ids too


def test_a_document_is_known_by_its_text() -> None:
    assert Document(text="a").id == Document(text="a", title="b").id != Document(text="b").id
    assert Document(text="a", id="own").id == "own"


def test_records_are_frozen() -> None:
    for record, name in [(Document(text="a"), "text"), (NEAR_HAMA, "start"), (EVENT, "trigger")]:
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, "x")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": 30}, "does not fit 'Hama'"),
        ({"start": -1, "end": 3}, "does not fit"),
        ({"kind": "town"}, "unknown kind of mention 'town'"),
        ({"confidence": 1.1}, "confidence 1.1 is not in 0 to 1"),
        ({"confidence": float("nan")}, "confidence nan"),
        ({"position": None}, "a position needs an uncertainty"),
        ({"uncertainty_m": None}, "a position needs an uncertainty"),
        ({"uncertainty_m": 0}, "must be positive, not 0"),
    ],
)
def test_wrong_mentions_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(NEAR_HAMA, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"trigger_end": 99}, "trigger span 17:99 does not fit 'killed'"),
        ({"sentence_start": 1}, "sentence span 1:34 does not fit"),
        ({"modality": "maybe"}, "unknown modality 'maybe'"),
        ({"event_confidence": -0.1}, "event_confidence -0.1 is not in 0 to 1"),
        ({"fatalities_low": 9, "fatalities_best": 5}, r"fatalities \[9, 5, None\] are not in order"),
        ({"injured_low": 9, "injured_high": 5}, r"injured \[9, None, 5\] are not in order"),
        ({"missing_best": -1}, r"missing \[None, -1, None\] are not in order"),
    ],
)
def test_wrong_events_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(EVENT, **changes)


def test_wrong_reports_are_refused() -> None:
    with pytest.raises(ValueError, match="sentence span 0:4 does not fit 'Hi'"):
        EventReport(
            document_id="d", document_title=None, source=None, url=None, published=None, sentence="Hi",
            sentence_start=0, sentence_end=4,
        )  # fmt: skip


@given(st.lists(st.none() | st.integers(-3, 9), min_size=3, max_size=3), st.sampled_from(COUNTS))
def test_figures_are_in_order_or_refused(figures: list[int | None], count: str) -> None:
    changes = dict(zip((f"{count}_low", f"{count}_best", f"{count}_high"), figures, strict=True))
    known = [n for n in figures if n is not None]
    if known == sorted(known) and min(known, default=0) >= 0:
        made = replace(EVENT, **changes)
        assert [getattr(made, name) for name in changes] == figures
    else:
        with pytest.raises(ValueError, match=f"{count} .* are not in order"):
            replace(EVENT, **changes)


def at(where: Place | None, **more: Any) -> Event:
    return replace(EVENT, place=mention("Somewhere", 0, where, **more))


STREET = place("osm:1", "High Street", 1.0, 2.0, "R ST", uncertainty_m=800)
COUNTY = place("fips:1", "X County", 1.0, 2.0, "A ADM2", uncertainty_m=40_000)
SEA = place("table:sea", "Black Sea", 43.0, 34.0, "H SEA", country=None, uncertainty_m=400_000)
HILLS = place("table:hills", "Hills", 1.0, 2.0, "T HLLS", uncertainty_m=20_000)
AFRICA = place("table:africa", "Africa", 1.0, 20.0, "L CONT", country=None, uncertainty_m=3_000_000)


@pytest.mark.parametrize(
    ("event", "where_prec", "geo_precision"),
    [
        (at(HAMA), 1, 1),
        (at(STREET), 1, 1),
        (at(HAMA, relation="near", uncertainty_m=9000), 2, 2),
        (at(HAMA, relation="100 km north of", uncertainty_m=60_000), 4, 3),
        (at(HAMA, relation="far from", uncertainty_m=400_000), 5, 3),
        (at(None, position=LonLat(lon=1, lat=2), uncertainty_m=9000), 2, 2),
        (at(None), None, None),
        (at(HILLS), 2, 2),
        (at(ORONTES), 5, 3),
        (at(COUNTY), 3, 2),
        (at(HAMA_PROVINCE), 4, 3),
        (at(SYRIA), 6, 3),
        (at(AFRICA), 6, 3),
        (at(SEA), 7, 3),
        (replace(EVENT, place=None), None, None),
    ],
)
def test_precision_codes(event: Event, where_prec: int | None, geo_precision: int | None) -> None:
    assert (event.where_prec, event.geo_precision) == (where_prec, geo_precision)


def test_properties_follow_from_the_place() -> None:
    event = at(IDLIB, relation="near", uncertainty_m=9000)
    assert (event.place_name, event.place_text, event.place_id) == ("Idlib", "Somewhere", IDLIB.id)
    assert (event.place_start, event.place_end, event.place_relation) == (0, 9, "near")
    assert (event.feature_code, event.country_code, event.admin1) == ("PPLA", "SY", "Idlib")
    assert (event.coordinate_uncertainty_m, event.place_confidence) == (9000, 0.9)


def test_an_unknown_place_lies_where_its_anchor_does() -> None:
    event = at(None, anchor=HAMA, position=HAMA.position, uncertainty_m=9000)
    assert (event.place_name, event.place_id, event.feature_code) == ("Somewhere", None, None)
    assert (event.country_code, event.admin1) == ("SY", "Hama")


def test_without_a_place_nothing_is_said_of_it() -> None:
    event = replace(EVENT, place=None)
    names = "name text start end relation id confidence".split()
    assert [getattr(event, f"place_{name}") for name in names] == [None] * 7
    assert (event.feature_code, event.country_code, event.admin1, event.coordinate_uncertainty_m) == (None,) * 4
    assert event.place_alternatives == ()


def test_alternatives_are_the_next_five_and_not_the_place_itself() -> None:
    others = [replace(HAMA, id=f"geonames:{n}") for n in range(10, 18)]
    ranked = tuple(Candidate(place=p, score=1.0, confidence=0.1) for p in (others[0], HAMA, *others[1:]))
    assert [c.place.id for c in at(HAMA, candidates=ranked).place_alternatives] == [p.id for p in others[:5]]


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_modality_is_allowed(modality: str) -> None:
    assert replace(EVENT, modality=modality).modality == modality
