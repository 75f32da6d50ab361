"""What services answer, however odd, becomes sound places or a ValueError, nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.answers import FEATURES, KEYS, RADII_M, candidates, read_places
from gazetteer.places import FEATURE_CLASSES, Place

PROVIDERS = ("nominatim", "photon", "pelias")
KEYS_OF_ANSWERS = (
    *("lat", "lon", "class", "type", "addresstype", "name", "display_name", "address", "country_code", "state"),
    *("boundingbox", "extratags", "population", "osm_type", "osm_id", "geometry", "coordinates", "properties", "layer"),
    *("extent", "bbox", "gid", "countrycode", "osm_key", "osm_value", "county"),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["35.3", "nan", "1e999", "", "sy", "village", "administrative", "\ud800", "N", "Hama"]),
    st.text(max_size=5),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS_OF_ANSWERS), inner, max_size=12),
    max_leaves=30,
)
POINTS = st.fixed_dictionaries({"coordinates": st.lists(st.floats(-90, 90) | SCALARS, min_size=2, max_size=3)})
ENTRIES = st.dictionaries(st.sampled_from(KEYS_OF_ANSWERS), JSON, max_size=12).flatmap(
    lambda entry: st.fixed_dictionaries(
        {"lat": st.floats(-90, 90) | SCALARS, "lon": st.floats(-180, 180) | SCALARS, "geometry": POINTS | SCALARS}
    ).map(lambda where: {**entry, "name": "Hama", **where})
)


@pytest.mark.parametrize("provider", PROVIDERS)
@given(payload=JSON | st.lists(ENTRIES, max_size=3), country=st.none() | st.just("SY"))
def test_any_json_is_places_or_a_value_error(provider: str, payload: Any, country: str | None) -> None:
    answer = payload if provider == "nominatim" else {"features": payload}
    try:
        entries = candidates(provider, answer)
    except ValueError:
        return
    places = read_places(provider, entries, country)
    assert len({place.id for place in places}) == len(places) <= len(entries)
    for place in places:
        assert place.country == country or country is None
        assert (place.lon, place.lat) != (0, 0)
        json.dumps([place.id, place.name, place.admin1], ensure_ascii=False).encode()  # can be written


def _nominatim(**fields: Any) -> Place:
    entry = {"lat": "1", "lon": "1", "name": "X", "osm_type": "way", "osm_id": 1, **fields}
    [place] = read_places("nominatim", candidates("nominatim", [entry]), None)
    return place


@pytest.mark.parametrize(
    ("key", "kind", "address", "expected"),
    [
        ("boundary", "administrative", "city", "P PPL"),
        ("boundary", "administrative", "state", "A ADM1"),
        ("boundary", "administrative", "country", "A PCLI"),
        ("boundary", "administrative", "what", "A ADMD"),
        ("boundary", "protected_area", "", "L RESN"),
        ("place", "hamlet", "hamlet", "P PPL"),
        ("natural", "peak", "peak", "T PK"),
        ("natural", "unheard of", "", "L AREA"),
        ("waterway", "river", "river", "H STM"),
        ("highway", "residential", "road", "R RD"),
        ("amenity", "hospital", "amenity", "S HSP"),
        ("shop", "bakery", "shop", "S BLDG"),
        (None, None, None, "S BLDG"),
    ],
)
def test_tags_become_geonames_codes(key: object, kind: object, address: object, expected: str) -> None:
    place = _nominatim(**{"class": key, "type": kind, "addresstype": address})
    assert f"{place.feature_class} {place.feature_code}" == expected


def test_every_code_has_a_class() -> None:
    for code in (*FEATURES.values(), *KEYS.values()):
        feature_class, _, feature_code = code.partition(" ")
        assert feature_class in FEATURE_CLASSES
        assert feature_code.isalnum()
        assert feature_code.isupper()


def test_radius_is_never_nothing() -> None:
    assert _nominatim(boundingbox=["1", "1", "1", "1"]).uncertainty_m == 100
    assert _nominatim(boundingbox=["1", "91", "1", "1"]).uncertainty_m == RADII_M["S"]
    assert _nominatim(**{"class": "place", "type": "country"}).uncertainty_m == RADII_M["PCLI"]


@pytest.mark.parametrize(
    ("written", "count"), [("1200", 1200), (1200, 1200), ("ca. 1200", 0), ("-5", 0), ("9" * 40, 0), ("٣", 0), (None, 0)]
)
def test_population(written: object, count: int) -> None:
    assert _nominatim(extratags={"population": written}).population == count
