"""The seeds, read by the real pipeline, against what a careful reader gets from them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from geopy.distance import geodesic
from gold_scoring import (
    SEEDS,
    GoldDocument,
    GoldPlace,
    Score,
    Telling,
    describe,
    forbidden_pins,
    match_events,
    read_all_gold,
    score_document,
)

import geoevents
from gazetteer.store import Gazetteer
from geoevents.records import Event, Report

# What `python -m tests.gold_scoring` measured over all seeds, rounded down; each may only rise.
FLOORS = {
    "place precision": 0.99,
    "place recall": 0.99,
    "resolution": 0.99,
    "event precision": 0.95,
    "event recall": 0.79,
    "detection": 0.88,
    "casualties": 0.88,
    "dates": 0.95,
    "attribution": 0.92,
    "actors": 0.90,
    "recipients": 0.72,
    "relative places": 0.75,
    "background": 0.96,
}

DOCUMENTS = read_all_gold()
USER = "000_019459cac2f2b967"
HAMA, GENEVA = "geonames:170017", "geonames:2660646"


# --- the gold itself -------------------------------------------------------------------------------------------------


def test_every_seed_has_gold() -> None:
    assert [gold.name for gold in DOCUMENTS] == sorted(path.stem for path in SEEDS.glob("*.txt"))


@pytest.mark.parametrize("gold", DOCUMENTS, ids=lambda gold: gold.name)
def test_gold_offsets_hold(gold: GoldDocument) -> None:
    for place in gold.places:
        assert gold.text[place.start : place.end] == place.text
    tellings = [telling for event in gold.events for telling in event.told] + list(gold.traps)
    for telling in tellings:
        assert gold.text[telling.sentence_start :].startswith(telling.sentence)
        assert gold.text[telling.trigger_start :].startswith(telling.trigger)
        assert "\n" not in gold.text[telling.sentence_start : telling.trigger_start]
    for before, after in zip(gold.places, gold.places[1:], strict=False):
        assert before.end <= after.start


@pytest.mark.parametrize("gold", DOCUMENTS, ids=lambda gold: gold.name)
def test_gold_marks_every_mention_of_a_place_it_knows(gold: GoldDocument) -> None:
    marked = [(place.start, place.end) for place in gold.places]
    for name in {place.text for place in gold.places}:
        for start in _occurrences(gold.text, name):
            assert any(a <= start < b for a, b in marked), f"{name!r} at {start} is not annotated"


def _occurrences(text: str, name: str) -> list[int]:
    return [found.start() for found in re.finditer(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", text)]


@pytest.mark.parametrize("gold", DOCUMENTS, ids=lambda gold: gold.name)
def test_gold_points_agree_with_the_gazetteer(gold: GoldDocument) -> None:
    gazetteer = Gazetteer.open()
    for place in gold.places:
        known = gazetteer.get(place.place_id) if place.place_id else None
        if known is not None and place.lon is not None and place.lat is not None:
            away = geodesic((known.lat, known.lon), (place.lat, place.lon)).km
            assert away <= max(161, place.radius_km), f"{place.text}: {known.name} is {away:.0f} km away"
        if known is not None and place.country:
            assert known.country in (place.country, None), place.text


# --- the scorer ------------------------------------------------------------------------------------------------------


def _event(gold: GoldDocument, place: GoldPlace | None, trigger: Telling, event_type: str, **more: int) -> Event:
    end = gold.text.index("\n", trigger.trigger_start)
    mention = None
    if place is not None:
        assert place.lon is not None
        assert place.lat is not None
        where = geoevents.LonLat(lon=place.lon, lat=place.lat)
        mention = geoevents.PlaceMention(
            text=place.text, start=place.start, end=place.end, position=where, uncertainty_m=1000
        )
    return Event(
        id=f"{event_type} {trigger.trigger_start} {place and place.start}",
        event_type=event_type,
        event_group="",
        trigger=trigger.trigger,
        trigger_start=trigger.trigger_start,
        trigger_end=trigger.trigger_start + len(trigger.trigger),
        sentence=gold.text[trigger.sentence_start : end],
        sentence_start=trigger.sentence_start,
        sentence_end=end,
        document_id=gold.name,
        place=mention,
        **more,
    )


def _quake() -> tuple[GoldDocument, dict[str, GoldPlace]]:
    gold = next(gold for gold in DOCUMENTS if "earthquake" in gold.name)
    return gold, {place.text: place for place in reversed(gold.places)}


def test_scorer_knows_right_from_wrong() -> None:
    gold, places = _quake()
    quake = gold.events[0]
    right = _event(gold, places["Sivrice"], quake.told[0], "EQ", fatalities_best=41, injured_best=1607)
    elsewhere = _event(gold, places["Istanbul"], quake.told[0], "EQ")
    told_twice = _event(gold, places["Sivrice"], quake.told[0], "EQ", fatalities_best=6)
    past = _event(gold, None, gold.traps[0], "EQ")
    document = geoevents.Document(text=gold.text)

    score = score_document(gold, Report(document=document, events=(told_twice, right, elsewhere, past)))

    assert score.right["event recall"] == 1
    assert score.total["event recall"] == sum(not event.optional for event in gold.events)
    # The second telling passes for the aftershocks, which may be reported or not.
    assert (score.right["event precision"], score.total["event precision"]) == (1, 2)
    assert (score.right["casualties"], score.total["casualties"]) == (2, 2), "the telling with the right figures counts"
    assert (score.right["dates"], score.total["dates"]) == (0, 1)
    assert (score.right["relative places"], score.total["relative places"]) == (0, 1), "14 km away is not here"
    assert score.total["background"] - score.right["background"] == 1
    assert forbidden_pins(gold, [right, elsewhere]) == [elsewhere]
    assert any("Istanbul" in fault for fault in score.faults)


def test_scorer_matches_as_many_as_can_be() -> None:
    gold, places = _quake()
    province = next(place for place in gold.places if place.place_id == "geonames:315807")
    everywhere, only_here = gold.events[0], gold.events[1]
    assert not everywhere.optional
    assert only_here.optional
    found = [
        _event(gold, province, everywhere.told[0], "EQ"),
        _event(gold, places["Sivrice"], everywhere.told[0], "EQ"),
    ]
    assert match_events((everywhere, only_here), found) == {0: 1, 1: 0}
    assert match_events((only_here, everywhere), found[::-1]) == {0: 1, 1: 0}


def test_scorer_counts_spans_exactly() -> None:
    gold, places = _quake()
    place = places["Sivrice"]
    exact = geoevents.PlaceMention(text=place.text, start=place.start, end=place.end)
    longer = geoevents.PlaceMention(text=place.text + ",", start=place.start, end=place.end + 1)
    demonym = geoevents.PlaceMention(
        text="Turkish", start=gold.text.index("Turkish"), end=gold.text.index("Turkish") + 7, kind="demonym"
    )
    observatory = geoevents.PlaceMention(text="Kandilli", start=places["Kandilli"].start, end=places["Kandilli"].end)
    report = Report(document=geoevents.Document(text=gold.text), places=(exact, longer, demonym, observatory))

    score = score_document(gold, report)

    assert (score.right["place precision"], score.total["place precision"]) == (1, 2)
    assert score.right["place recall"] == 1
    assert score.right["resolution"] == 0, "a name without a place is not resolved"


# --- the pipeline ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def reports() -> dict[str, Report]:
    """What the pipeline reads from each seed, by name."""
    pipeline = geoevents.load()
    return {gold.name: pipeline(gold.text, published=gold.published, id=gold.name) for gold in DOCUMENTS}


@pytest.fixture(scope="session")
def score(reports: dict[str, Report]) -> Score:
    """The score over all seeds."""
    total = Score()
    for gold in DOCUMENTS:
        assert reports[gold.name].error is None
        total.add(score_document(gold, reports[gold.name]), gold.name)
    return total


@pytest.mark.parametrize("measure", sorted(FLOORS))
def test_floor_holds(score: Score, measure: str) -> None:
    faults = [fault for fault in score.faults if f": {measure}: " in fault]
    counted = f"{score.right[measure]} of {score.total[measure]}"
    assert score.share(measure) >= FLOORS[measure], "\n".join([f"{measure} {counted}", *faults])


def test_every_measure_has_a_floor(score: Score) -> None:
    assert set(score.total) == set(FLOORS)


@pytest.mark.parametrize("gold", DOCUMENTS, ids=lambda gold: gold.name)
def test_nothing_is_pinned_where_nothing_happened(gold: GoldDocument, reports: dict[str, Report]) -> None:
    asserted = [event for event in reports[gold.name].events if event.modality == "asserted"]
    assert not forbidden_pins(gold, asserted), [describe(event) for event in forbidden_pins(gold, asserted)]


def test_without_a_date_no_relative_day_is_dated(reports: dict[str, Report]) -> None:
    events = [event for event in reports["014_abduction_zamfara"].events if event.modality == "asserted"]
    assert not [(e.trigger, e.date_text, e.date_start) for e in events if e.date_start]


# --- the user's document, statement by statement ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def pins(reports: dict[str, Report]) -> Callable[..., list[Event]]:
    """Finds asserted events of the user's document by type and by words of one of their sentences."""
    events = [event for event in reports[USER].events if event.modality == "asserted"]

    def find(words: str, *types: str) -> list[Event]:
        told = {e.id: [e.sentence, *(report.sentence for report in e.reports)] for e in events}
        return [e for e in events if (not types or e.event_type in types) and any(words in s for s in told[e.id])]

    return find


def _km_from_hama(event: Event) -> float:
    assert event.place is not None
    assert event.place.position is not None
    hama = Gazetteer.open().get(HAMA)
    assert hama is not None
    return geodesic((event.place.position.lat, event.place.position.lon), (hama.lat, hama.lon)).km


def test_user_fighting_near_hama(pins: Callable[..., list[Event]]) -> None:
    (fighting,) = pins("Heavy clashes are underway", "ASSAULT")
    assert fighting.place_id == HAMA
    assert fighting.fatalities_best == 2200
    assert fighting.attribution is not None
    assert "SANA" in fighting.attribution
    assert _km_from_hama(fighting) < 30


def test_user_air_strikes_in_the_northern_countryside(pins: Callable[..., list[Event]]) -> None:
    told = pins("backed by the air force, carried out strikes", "ASSAULT")
    (strike,) = [event for event in told if event.event_mode == "aerial"]
    assert strike.place_id == HAMA
    assert strike.place_relation is not None
    assert "north" in strike.place_relation
    assert strike.place is not None
    assert strike.place.position is not None
    hama = Gazetteer.open().get(HAMA)
    assert hama is not None
    assert strike.place.position.lat > hama.lat
    assert 0 < _km_from_hama(strike) < 50


@pytest.mark.parametrize("name", ["Arza", "Bazam", "al-Samsam", "al-Shaihat Hills"])
def test_user_places_retaken(pins: Callable[..., list[Event]], name: str) -> None:
    (retaken,) = [e for e in pins("had retaken the Arza town", "COERCE", "ASSAULT", "RETREAT") if e.place_text == name]
    assert retaken.country_code == "SY"
    assert _km_from_hama(retaken) < 60
    assert retaken.coordinate_uncertainty_m is not None
    if retaken.place_id is None:
        assert retaken.geo_precision == 2
        assert retaken.place is not None
        assert retaken.place.reason
        assert retaken.coordinate_uncertainty_m >= 5_000
    assert retaken.fatalities_best is None


def test_user_sixteen_villages_retaken(pins: Callable[..., list[Event]]) -> None:
    (retaken,) = [e for e in pins("retaken 16 villages", "COERCE", "ASSAULT", "RETREAT") if e.trigger == "retaken"]
    assert retaken.attribution is not None
    assert "Syrian Observatory for Human Rights" in retaken.attribution
    assert retaken.fatalities_best is None, "sixteen villages are not sixteen dead"
    if retaken.place is not None:
        assert "Hama" in str(retaken.place_name) or retaken.place_id == HAMA


def test_user_militants_attack_around_hama(pins: Callable[..., list[Event]]) -> None:
    (attack,) = [e for e in pins("Amid the chaos around Hama", "ASSAULT") if e.trigger == "attacked"]
    assert attack.place_id == HAMA
    assert any("militants" in actor for actor in attack.actors)


def test_user_talks_in_geneva(pins: Callable[..., list[Event]]) -> None:
    talks = pins("peace talks between the Syrian government", "CONSULT")
    assert [e.place_id for e in talks] == [GENEVA]


def test_user_no_pin_on_a_country(reports: dict[str, Report]) -> None:
    countries = [e for e in reports[USER].events if e.place and e.place.place and e.place.place.is_country]
    assert not countries, [describe(event) for event in countries]
