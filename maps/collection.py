"""The FeatureCollection to draw: checks that it is what the page can draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .columns import columns_of
from .errors import MapDataError

FAULTS_SHOWN = 8
"""How many faults one message names: enough to see the pattern, short enough to read."""

COUNTS = tuple(
    f"{what}_{bound}"
    for what in ("fatalities", "injured", "missing", "displaced", "arrested")
    for bound in ("low", "best", "high")
)
TEXTS = (
    "event_type", "event_mode", "acled_event_type", "acled_sub_event_type", "event_group", "modality", "trigger",
    "sentence", "attribution", "date_start", "date_end", "date_text", "place_name", "place_text", "place_relation",
    "place_reason", "place_id", "feature_code", "country_code", "admin1", "document_id", "document_title", "source",
    "url", "published", "corrected",
)  # fmt: skip
LISTS_OF_TEXT = ("contexts", "actors", "recipients")
WHOLE_NUMBERS = (
    *COUNTS, "trigger_start", "trigger_end", "sentence_start", "sentence_end", "place_start", "place_end",
    "time_precision", "geo_precision", "where_prec",
)  # fmt: skip
NUMBERS = (
    "coordinate_uncertainty_m",
    "place_confidence",
    "type_confidence",
    "link_confidence",
    "event_confidence",
)
RECORDS = ("place_alternatives", "reports", "disagreements")


def check(geojson: object) -> dict[str, Sequence[Any]]:
    """The features' properties by name; raises MapDataError naming each fault, up to FAULTS_SHOWN of them.

    Every property may be missing or null, and others may be there; those we know must be of their type.
    """
    if not isinstance(geojson, dict) or geojson.get("type") != "FeatureCollection":
        raise MapDataError("to draw a map, give a GeoJSON FeatureCollection (a dict whose type is 'FeatureCollection')")
    features = geojson.get("features")
    if not isinstance(features, list):
        raise MapDataError(f"features must be a list, not {_kind(features)}")
    faults = [fault for number, feature in enumerate(features) for fault in _feature_faults(number, feature)]
    columns = columns_of([feature["properties"] if _has_properties(feature) else {} for feature in features])
    if not _are_sound(columns):
        faults += [fault for number, feature in enumerate(features) for fault in _property_faults(number, feature)]
    faults += _about_faults(geojson.get("geoevents"))
    if faults:
        rest = f"\nand {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise MapDataError("cannot draw this GeoJSON:\n" + "\n".join(faults[:FAULTS_SHOWN]) + rest)
    return columns


def first_position(geojson: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of the first feature that has a point; the collection must have been checked."""
    points = (feature["geometry"]["coordinates"] for feature in geojson["features"] if feature.get("geometry"))
    return next(((float(point[0]), float(point[1])) for point in points), None)


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_records(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, dict) for item in value)


MEMBERS: dict[str, tuple[Callable[[object], bool], str]] = {
    name: (holds, expected)
    for names, holds, expected in (
        (TEXTS, _is_text, "text"),
        (LISTS_OF_TEXT, _is_texts, "a list of texts"),
        (WHOLE_NUMBERS, _is_whole, "a whole number"),
        (NUMBERS, _is_number, "a finite number"),
        (RECORDS, _is_records, "a list of objects"),
    )
    for name in names
}
"""What each property must be where it is not null, and how to say so."""

PLAIN: dict[Callable[[object], bool], set[type]] = {_is_text: {str}, _is_whole: {int}, _is_number: {int}}
"""Types of which every value will do."""


def _feature_faults(number: int, feature: object) -> Iterator[str]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        yield f"feature {number}: must be an object whose type is 'Feature', not {_kind(feature)}"
        return
    if feature.get("geometry") is not None:
        yield from _geometry_faults(_name(number, feature), feature["geometry"])
    properties = feature.get("properties")
    if not isinstance(properties, dict | None):
        yield f"{_name(number, feature)}: properties must be an object, not {_kind(properties)}"


def _name(number: int, feature: dict[str, Any]) -> str:
    known = f" (id {str(feature['id'])[:40]!r})" if feature.get("id") is not None else ""
    return f"feature {number}{known}"


def _has_properties(feature: object) -> bool:
    return isinstance(feature, dict) and isinstance(feature.get("properties"), dict)


def _are_sound(columns: dict[str, Sequence[Any]]) -> bool:
    """Whether every property we know is of its type: by columns, for 100,000 events have 8 million properties."""
    for name in MEMBERS.keys() & columns.keys():
        holds, column = MEMBERS[name][0], columns[name]
        kinds = set(map(type, column)) - {type(None)}
        if kinds <= PLAIN.get(holds, set()):
            continue
        if holds is _is_number and kinds == {float} and math.isfinite(sum(filter(None, column))):
            continue  # One NaN or infinity would be in the sum.
        if not all(value is None or holds(value) for value in column):
            return False
    return True


def _property_faults(number: int, feature: object) -> Iterator[str]:
    if not isinstance(feature, dict) or not _has_properties(feature):
        return
    for name, (holds, expected) in MEMBERS.items():
        value = feature["properties"].get(name)
        if value is not None and not holds(value):
            where = _name(number, feature)
            yield f"{where}: properties.{name} must be {expected} or null, not {repr(value)[:60]}"


def _geometry_faults(where: str, geometry: object) -> Iterator[str]:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        found = geometry.get("type") if isinstance(geometry, dict) else geometry
        yield f"{where}: geometry must be a Point or null, not {str(found)[:60]!r}"
        return
    point = geometry.get("coordinates")
    if not isinstance(point, list | tuple) or not 2 <= len(point) <= 3 or not all(_is_number(n) for n in point):
        yield f"{where}: geometry.coordinates must be [longitude, latitude], not {repr(point)[:60]}"
    elif not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        yield f"{where}: geometry.coordinates are out of range: longitude {point[0]}, latitude {point[1]}"


def _about_faults(about: object) -> Iterator[str]:
    """Faults of the collection's own member, `geoevents`."""
    if about is None:
        return
    if not isinstance(about, dict) or not _is_records(about.get("documents") or []):
        yield "geoevents.documents must be a list of objects"
        return
    for number, document in enumerate(about.get("documents") or []):
        where = f"geoevents.documents[{number}]"
        for name in ("id", "title", "source", "url", "published", "text", "error"):
            if document.get(name) is not None and not _is_text(document[name]):
                yield f"{where}.{name} must be text or null, not {repr(document[name])[:60]}"
        if not _is_texts(document.get("notes") or []):
            yield f"{where}.notes must be a list of texts or null, not {repr(document['notes'])[:60]}"
        places = document.get("places") or []
        if not _is_records(places):
            yield f"{where}.places must be a list of objects"
            continue
        for index, place in enumerate(places):
            yield from _mention_faults(f"{where}.places[{index}]", place)


def _mention_faults(where: str, place: dict[str, Any]) -> Iterator[str]:
    for name in ("text", "kind", "name", "place_id", "reason", "relation"):
        if place.get(name) is not None and not _is_text(place[name]):
            yield f"{where}.{name} must be text or null, not {repr(place[name])[:60]}"
    for name in ("lon", "lat", "uncertainty_m", "confidence"):
        if place.get(name) is not None and not _is_number(place[name]):
            yield f"{where}.{name} must be a finite number or null, not {repr(place[name])[:60]}"
    start, end = place.get("start"), place.get("end")
    spanned = start is not None or end is not None
    if spanned and not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end):
        yield f"{where}: start and end must be offsets in order, not {repr(start)[:20]} and {repr(end)[:20]}"
