"""Relations: what the words beside a name say, and where they lead on the WGS 84 ellipsoid."""

from __future__ import annotations

import re
import time

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.places import LonLat, Place
from geoevents.relations import apply_relation, find_relation

HAMA = Place(
    id="geonames:170017",
    name="Hama",
    lon=36.75783,
    lat=35.13179,
    feature_class="P",
    feature_code="PPLA",
    country="SY",
    uncertainty_m=5000,
)
HOMS = Place(
    id="geonames:169577", name="Homs", lon=36.72339, lat=34.72682, feature_class="P", feature_code="PPLA", country="SY"
)
SYRIA = Place(
    id="geonames:163843",
    name="Syria",
    lon=38.0,
    lat=35.0,
    feature_class="A",
    feature_code="PCLI",
    country="SY",
    uncertainty_m=470_000,
)


def read(marked: str):
    """The relation of the first name in brackets."""
    spans, text = [], ""
    for piece in re.finditer(r"\[([^\]]+)\]|[^\[\]]+", marked):
        if piece[1]:
            spans.append((len(text), len(text) + len(piece[1])))
        text += piece[1] or piece[0]
    return find_relation(text, spans, 0)


def bearing_and_km(point: LonLat, place: Place) -> tuple[float, float]:
    import math

    la, lb = math.radians(place.lat), math.radians(point.lat)
    dl = math.radians(point.lon - place.lon)
    east = math.sin(dl) * math.cos(lb)
    north = math.cos(la) * math.sin(lb) - math.sin(la) * math.cos(lb) * math.cos(dl)
    return math.degrees(math.atan2(east, north)) % 360, geodesic((place.lat, place.lon), (point.lat, point.lon)).km


@pytest.mark.parametrize(
    ("marked", "words", "km", "bearing"),
    [
        ("a village 12 km north-east of [Hama]", "12 km north-east of", 12.0, 45.0),
        ("about 30 kilometers (18 miles) south of the city of [Hama]", "30 km south of", 30.0, 180.0),
        ("5km west of [Hama]", "5 km west of", 5.0, 270.0),
        ("some 1,200 miles to the southeast of [Hama]", "1,200 miles south-east of", 1931.2, 135.0),
        ("twenty miles NW of [Hama]", "twenty miles north-west of", 32.187, 315.0),
        ("a 2.5-mile walk, and 3.5 nautical miles north of [Hama]", "3.5 nautical miles north of", 6.482, 0.0),
    ],
)
def test_a_distance_with_a_direction_moves_the_point(marked: str, words: str, km: float, bearing: float) -> None:
    relation = read(marked)
    assert relation is not None
    assert relation.words == words
    point, uncertainty = apply_relation(relation, HAMA)
    found_bearing, found_km = bearing_and_km(point, HAMA)
    assert found_km == pytest.approx(km, rel=0.002)
    assert abs((found_bearing - bearing + 180) % 360 - 180) < 0.5
    assert uncertainty == pytest.approx(max(250 * km, 500) + 5000, rel=0.01)


@pytest.mark.parametrize(
    ("marked", "words", "radius"),
    [
        ("about 10 miles outside [Hama]", "10 miles outside", 16093 + 5000),
        ("a few kilometres from [Hama]", "a few km from", 3000 + 5000),
        ("near [Hama]", "near", 20_000),
        ("near the western city of [Hama]", "near", 20_000),
        ("in the suburbs of [Hama]", "suburbs of", 15_000),
        ("[Hama] countryside", "countryside of", 30_000),
        ("off the coast of [Hama]", "off the coast of", 55_000),
    ],
)
def test_without_a_direction_the_circle_grows_and_the_point_stays(marked: str, words: str, radius: int) -> None:
    relation = read(marked)
    assert relation is not None
    assert relation.words == words
    assert apply_relation(relation, HAMA) == (HAMA.position, radius)


@pytest.mark.parametrize(
    "marked",
    [
        "[Hama]'s northern countryside",
        "[Hama]’s northern countryside",
        "the northern countryside of [Hama]",
        "north of [Hama]",
    ],
)
def test_a_side_of_a_town_lies_on_that_side_and_the_town_within_reach(marked: str) -> None:
    relation = read(marked)
    assert relation is not None
    point, uncertainty = apply_relation(relation, HAMA)
    bearing, km = bearing_and_km(point, HAMA)
    assert min(bearing, 360 - bearing) < 1
    assert 5 <= km <= 30
    assert uncertainty >= 1000 * km


def test_a_part_of_a_country_stays_inside_its_circle() -> None:
    relation = read("in northern [Syria]")
    assert relation is not None
    assert relation.words == "northern"
    point, uncertainty = apply_relation(relation, SYRIA)
    bearing, km = bearing_and_km(point, SYRIA)
    assert min(bearing, 360 - bearing) < 1
    assert 1000 * km < SYRIA.uncertainty_m
    assert uncertainty < SYRIA.uncertainty_m


@pytest.mark.parametrize(("marked", "words"), [
    ("fighting between [Hama] and [Homs]", "between"),
    ("between the town of [Hama] and the city of [Homs]", "between"),
    ("along the border between [Hama] and [Homs]", "border between"),
])  # fmt: skip
def test_between_two_places_is_half_way_and_holds_both(marked: str, words: str) -> None:
    relation = read(marked)
    assert relation is not None
    assert (relation.words, relation.other) == (words, 1)
    point, uncertainty = apply_relation(relation, HAMA, HOMS)
    to_hama = geodesic((point.lat, point.lon), (HAMA.lat, HAMA.lon)).m
    to_homs = geodesic((point.lat, point.lon), (HOMS.lat, HOMS.lon)).m
    assert to_hama == pytest.approx(to_homs, rel=0.01)
    assert uncertainty == pytest.approx(to_hama, rel=0.02)


@pytest.mark.parametrize("marked", [
    "in [Hama]",
    "the western city of [Hama]",  # a city in the west, not the west of a city
    "soldiers from [Hama] marched",
    "Between meals, [Hama] slept",
    "the 12 killed in [Hama]",
    "version 2.12 km north of nothing; in [Hama]",
])  # fmt: skip
def test_words_that_speak_of_the_place_itself_are_no_relation(marked: str) -> None:
    assert read(marked) is None


def test_half_way_across_the_antimeridian_is_in_the_pacific() -> None:
    fiji = Place(id="a:1", name="Suva", lon=178.44, lat=-18.14, feature_class="P", feature_code="PPLC", country="FJ")
    samoa = Place(id="a:2", name="Apia", lon=-171.77, lat=-13.83, feature_class="P", feature_code="PPLC", country="WS")
    relation = read("a boat lost between [Suva] and [Apia]")
    assert relation is not None
    point, _ = apply_relation(relation, fiji, samoa)
    assert abs(point.lon) > 170


@given(st.text(alphabet="0123456789 ,.-kmfisouthenrw'’[]ofHamaX()", max_size=200))
def test_any_text_is_read_and_every_answer_is_a_place_on_earth(text: str) -> None:
    spans = [(m.start(), m.end()) for m in re.finditer(r"X|Hama", text)]
    for i in range(len(spans)):
        relation = find_relation(text, spans, i)
        if relation is not None:
            point, uncertainty = apply_relation(relation, HAMA, HOMS if relation.other is not None else None)
            assert uncertainty > 0
            assert -90 <= point.lat <= 90


@pytest.mark.parametrize(
    "piece", ["1,", "12 km north of ", "the northern part of the ", "between ", "Syrian town of the "]
)
def test_hostile_repetition_costs_no_more_than_its_length(piece: str) -> None:
    text = piece * 20_000 + "Hama"
    spans = [(len(text) - 4, len(text))]
    start = time.process_time()
    for _ in range(20):
        find_relation(text, spans, 0)
    assert time.process_time() - start < 5  # a pattern that backtracks takes hours
