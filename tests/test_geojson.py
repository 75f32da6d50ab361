"""GeoJSON: every property there, coordinates in order, ids unique, any text kept, faults named."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from eventsample import BARE, DOCUMENT, EVENT, HAMA, NEAR_HAMA, OTHER, REPORT, TEXT
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.places import Bounds, LonLat, Place
from geoevents.errors import InputError
from geoevents.geojson import PROPERTIES, Provenance, check, dump, to_geojson
from geoevents.records import Candidate, Document, Event, PlaceMention, Report


def test_a_feature_has_every_property_and_says_what_the_event_says() -> None:
    collection = to_geojson(REPORT)
    check(collection)
    feature, bare = collection["features"]
    assert list(feature["properties"]) == list(bare["properties"]) == list(PROPERTIES)
    assert feature["geometry"] == {"type": "Point", "coordinates": [36.757812, 35.1318]}
    properties = feature["properties"]
    assert properties["date_start"] == "2017-03-24"
    assert properties["actors"] == ["army"]
    assert (properties["fatalities_low"], properties["fatalities_high"]) == (2000, None)
    assert properties["place_name"] == "Ḩamāh"
    assert properties["place_relation"] == "near"
    assert properties["place_reason"] == "best known of its name"
    assert properties["place_alternatives"] == [
        {"id": "geonames:1", "name": "Hama (Japan)", "lon": 0.0, "lat": 34.5, "confidence": 0.05}
    ]
    assert math.copysign(1, properties["place_alternatives"][0]["lon"]) == 1
    assert properties["reports"][0]["figures"] == {"fatalities": {"low": 2000, "best": 2200, "high": None}}
    assert bare["geometry"] is None
    assert bare["properties"]["place_alternatives"] == bare["properties"]["actors"] == []
    assert bare["properties"]["coordinate_uncertainty_m"] is None


def test_an_area_that_stands_for_itself_has_its_box() -> None:
    def box(**changes: object) -> object:
        fiji = Place(
            id="geonames:2205218", name="Fiji", lon=178, lat=-18, feature_class="A", feature_code="PCLI", country="FJ",
            uncertainty_m=300_000, bounds=Bounds(west=176.9, south=-19.2, east=-179.8, north=-16.1),
        )  # fmt: skip
        mention = {"text": "Hama", "start": 0, "end": 4, "place": fiji, "position": fiji.position, "uncertainty_m": 9}
        event = replace(EVENT, place=PlaceMention(**{**mention, **changes}))
        return to_geojson(event)["features"][0]["properties"]["place_bbox"]

    assert box() == [176.9, -19.2, -179.8, -16.1]
    assert box(relation="off") is None
    assert box(place=None) is None


def test_documents_come_with_their_places_marked() -> None:
    about = to_geojson(REPORT, provenance=Provenance(model_sha256="ab", options=(("geocoder", None),)))["geoevents"]
    assert (about["model_sha256"], about["gazetteer_sha256"]) == ("ab", None)
    assert about["options"] == {"modalities": ["asserted"], "texts": True, "geocoder": None}
    (document,) = about["documents"]
    assert document["text"] == TEXT
    assert document["notes"] == ["cut at 100 sentences"]
    (place,) = document["places"]
    assert document["text"][place["start"] : place["end"]] == place["text"] == "Hama"
    assert (place["lon"], place["lat"], place["place_id"]) == (36.757812, 35.1318, "geonames:170017")


def test_texts_can_be_left_out() -> None:
    collection = to_geojson(REPORT, texts=False)
    assert collection["geoevents"]["documents"][0]["text"] is None
    assert TEXT not in dump(collection)
    assert collection["features"][0]["properties"]["sentence"] == TEXT[:34]


def test_only_asserted_events_are_kept_unless_asked() -> None:
    planned = replace(EVENT, id="e3", modality="future")
    assert [f["id"] for f in to_geojson([EVENT, planned])["features"]] == ["e1"]
    assert [f["id"] for f in to_geojson([planned, EVENT], modalities=["future"])["features"]] == ["e3"]
    with pytest.raises(ValueError, match="unknown modality 'past'"):
        to_geojson(EVENT, modalities=["past"])


def test_a_failed_document_is_listed_with_its_error() -> None:
    report = Report(document=Document(text="", id="b.txt"), error=InputError("b.txt is empty"))
    (document,) = to_geojson([report])["geoevents"]["documents"]
    assert document["error"] == "b.txt is empty"


def test_order_is_kept_and_the_same_twice_is_once() -> None:
    events = [replace(BARE, id=name) for name in "zab"]
    assert [f["id"] for f in to_geojson([*events, events[0]])["features"]] == ["z", "a", "b"]
    assert [f["id"] for f in to_geojson(iter([REPORT, REPORT]))["features"]] == ["e1", "e2"]


def test_two_events_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="two different events have the id 'e1'"):
        to_geojson([EVENT, replace(EVENT, event_type="PROTEST")])
    other = replace(REPORT, document=replace(DOCUMENT, title="Other"), events=())
    with pytest.raises(InputError, match=r"two different documents have the id 'seeds/a.txt'"):
        to_geojson([REPORT, other])


def test_no_nan_leaves() -> None:
    with pytest.raises(ValueError, match="JSON"):
        dump(to_geojson(replace(EVENT, place=replace(NEAR_HAMA, candidates=(
            Candidate(place=OTHER, score=1.0, confidence=float("nan")),
        )))))  # fmt: skip


@given(st.text(st.characters(), min_size=1))
def test_any_text_goes_through_every_field_as_utf8(text: str) -> None:
    place = replace(HAMA, id=text, name=text)
    mention = PlaceMention(
        text=text,
        start=0,
        end=len(text),
        place=place,
        position=HAMA.position,
        uncertainty_m=1,
        relation=text,
        reason=text,
    )
    event = Event(
        id=text, event_type=text, event_mode=text, contexts=(text,), acled_event_type=text, acled_sub_event_type=text,
        event_group=text, trigger=text, trigger_start=0, trigger_end=len(text), sentence=text, sentence_start=0,
        sentence_end=len(text), actors=(text,), recipients=(text, text), attribution=text, date_text=text,
        place=mention, document_id=text, document_title=text, source=text, url=text,
    )  # fmt: skip
    document = Document(text=text, id=text, title=text, source=text, url=text)
    report = Report(document=document, places=(mention,), events=(event,), notes=(text,), error=InputError(text))
    collection = to_geojson(report)
    check(collection)
    read = json.loads(dump(collection).encode("utf-8").decode("utf-8"))
    assert read == collection
    expected = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert read["features"][0]["properties"]["sentence"] == expected
    assert read["geoevents"]["documents"][0]["text"] == expected
    assert len(expected) == len(text)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_longitude_comes_first_with_six_decimals(lon: float, lat: float) -> None:
    mention = replace(NEAR_HAMA, position=LonLat(lon=lon, lat=lat))
    (feature,) = to_geojson(replace(EVENT, place=mention))["features"]
    written = json.loads(dump(feature))["geometry"]["coordinates"]
    assert abs(written[0] - lon) < 1e-6
    assert abs(written[1] - lat) < 1e-6
    assert all(len(str(abs(number)).partition(".")[2]) <= 6 or "e" in str(number) for number in written)


def fault(**changes: object) -> str:
    collection = json.loads(dump(to_geojson([EVENT, BARE])))
    for path, value in changes.items():
        target, *rest = collection, *path.split("__")
        for key in rest[:-1]:
            target = target[int(key) if key.isdigit() else key]
        target[rest[-1]] = value
    with pytest.raises(InputError) as caught:
        check(collection)
    return str(caught.value)


def test_check_finds_what_validators_let_pass() -> None:
    assert "has the id of an earlier feature" in fault(features__1__id="e1")
    assert "out of range: longitude 36, latitude 237" in fault(features__0__geometry__coordinates=[36, 237])
    assert "0,0" in fault(features__0__geometry__coordinates=[0, 0])
    assert "no Point" in fault(features__0__geometry__coordinates=[math.nan, 1])
    assert "no Point" in fault(features__0__geometry={"type": "Polygon", "coordinates": [36, 35]})
    assert "crs" in fault(crs={})
    assert "has no id" in fault(features__0__id="")
    assert "lacks event_type" in fault(features__0__properties={})
    assert "not a FeatureCollection" in fault(type="Feature")
    assert "is not a list" in fault(features={})
    with pytest.raises(InputError, match="and 12 more"):
        check({"type": "FeatureCollection", "features": [None] * 20})
