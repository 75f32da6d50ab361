"""Events to a GeoJSON FeatureCollection (RFC 7946), the contract with the map and with every other reader."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from gazetteer.places import LonLat

from . import __version__
from .errors import InputError
from .readers.encoding import repair
from .records import (
    BOUNDS,
    COUNTS,
    MODALITIES,
    Candidate,
    Claim,
    Document,
    Event,
    EventReport,
    PlaceMention,
    Report,
    Reprint,
)

PROPERTIES = (
    "event_type", "event_mode", "contexts", "acled_event_type", "acled_sub_event_type", "event_group", "modality",
    "trigger", "trigger_start", "trigger_end", "sentence", "sentence_start", "sentence_end", "actors", "recipients",
    *(f"{count}_{bound}" for count in COUNTS for bound in BOUNDS),
    "attribution", "date_start", "date_end", "date_text", "time_precision",
    "place_name", "place_text", "place_start", "place_end", "place_relation", "place_reason", "place_id",
    "feature_code", "country_code", "admin1", "geo_precision", "where_prec", "coordinate_uncertainty_m",
    "place_bbox", "place_confidence", "type_confidence", "link_confidence", "event_confidence",
    "place_alternatives", "corrected",
    "document_id", "document_title", "source", "url", "published", "reports", "disagreements",
)  # fmt: skip
"""Every property of a Feature, always present, in this order; null, or an empty list, where unknown."""

DECIMALS = 6
"""Of a degree: 0.1 m, finer than any place is known."""

FAULTS_SHOWN = 8

_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}  # some readers take them for the end of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What made a result: digests of its data files, and the options as (name, value) pairs, without any path."""

    model_sha256: str | None = None
    gazetteer_sha256: str | None = None
    options: tuple[tuple[str, str | int | bool | tuple[str, ...] | None], ...] = ()


def to_geojson(
    found: Report | Event | Iterable[Report | Event],
    *,
    texts: bool = True,
    modalities: Iterable[str] = ("asserted",),
    provenance: Provenance | None = None,
) -> dict[str, Any]:
    """A FeatureCollection with one Feature an event, in the order given, and the documents in the member `geoevents`.

    Coordinates are longitude, latitude; geometry is null where an event has no position. `texts=False` leaves the
    documents' texts out; the sentences that prove an event stay. `modalities` are those to keep. An event given twice
    is written once. Raises ValueError for an unknown modality, InputError where two events share an id.
    """
    kept = frozenset(modalities)
    if unknown := sorted(kept - set(MODALITIES)):
        raise ValueError(f"unknown modality {unknown[0]!r}; choose of {', '.join(MODALITIES)}")
    features: dict[str, dict[str, Any]] = {}
    documents: dict[str, dict[str, Any]] = {}
    for item in [found] if isinstance(found, Report | Event) else found:
        if isinstance(item, Report):
            _add(documents, _write_document(item, texts), "documents")
        for event in item.events if isinstance(item, Report) else [item]:
            if event.modality in kept:
                _add(features, _write_feature(event), "events")
    made = provenance or Provenance()
    return {
        "type": "FeatureCollection",
        "features": list(features.values()),
        "geoevents": {
            "version": __version__,
            "model_sha256": made.model_sha256,
            "gazetteer_sha256": made.gazetteer_sha256,
            "options": {
                "modalities": [name for name in MODALITIES if name in kept],
                "texts": texts,
                **{name: _write(value) for name, value in made.options},
            },
            "documents": list(documents.values()),
        },
    }


def dump(value: object) -> str:
    """JSON on one line, ending in a line end, that UTF-8 can write. Raises ValueError for NaN and infinity."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_LINE_ENDS) + "\n"


def check(geojson: object) -> None:
    """Raise InputError, naming up to eight faults, where `geojson` is not a collection as `to_geojson` writes it.

    What validators let pass is looked at too: ids that come twice, coordinates out of range or at 0,0, a `crs`.
    """
    faults = list(_collection_faults(geojson))
    if faults:
        rest = f"\nand {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise InputError("this GeoJSON is not as geoevents writes it:\n" + "\n".join(faults[:FAULTS_SHOWN]) + rest)


def _add(written: dict[str, dict[str, Any]], item: dict[str, Any], what: str) -> None:
    there = written.setdefault(item["id"], item)
    if there is not item and there != item:
        raise InputError(f"two different {what} have the id {item['id']!r}: give each document an id of its own")


def _write_feature(event: Event) -> dict[str, Any]:
    position = event.place.position if event.place else None
    return {
        "type": "Feature",
        "id": repair(event.id),
        "geometry": {"type": "Point", "coordinates": _write_point(position)} if position else None,
        "properties": {name: _write_property(event, name) for name in PROPERTIES},
    }


def _write_property(event: Event, name: str) -> Any:
    if name == "place_reason":
        return _write(event.place.reason if event.place else None)
    if name == "place_bbox":
        return _write_bounds(event.place)
    if name == "place_alternatives":
        return [_write_candidate(candidate) for candidate in event.place_alternatives]
    if name == "reports":
        return [_write_telling(report) for report in event.reports]
    if name == "disagreements":
        return [_write_record(claim) for claim in event.disagreements]
    return _write(getattr(event, name))


def _write(value: object) -> Any:
    """A value as JSON knows it: dates in ISO 8601, sequences as lists, text without lone surrogates."""
    if isinstance(value, str):
        return repair(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    if isinstance(value, float):
        return round(value, DECIMALS)
    return value


def _write_point(position: LonLat) -> list[float]:
    # Adding 0.0 turns -0.0 into 0.0, so that one point has one spelling.
    return [round(position.lon, DECIMALS) + 0.0, round(position.lat, DECIMALS) + 0.0]


def _write_bounds(mention: PlaceMention | None) -> list[float] | None:
    """The box of an area that stands for itself, [west, south, east, north]: its point is a convention."""
    bounds = mention.place.bounds if mention and mention.place and mention.relation is None else None
    return [_write(side) for side in (bounds.west, bounds.south, bounds.east, bounds.north)] if bounds else None


def _write_candidate(candidate: Candidate) -> dict[str, Any]:
    place = candidate.place
    lon, lat = _write_point(place.position)
    return {
        "id": repair(place.id),
        "name": repair(place.name),
        "lon": lon,
        "lat": lat,
        "confidence": _write(candidate.confidence),
    }


def _write_telling(report: EventReport) -> dict[str, Any]:
    names = (
        "document_id",
        "document_title",
        "source",
        "url",
        "published",
        "sentence",
        "sentence_start",
        "sentence_end",
    )
    figures = {count: dict(zip(BOUNDS, bounds, strict=True)) for count, bounds in report.figures}
    told = {name: _write(getattr(report, name)) for name in (*names, "attribution")}
    return told | {"figures": figures, "reprints": [_write_record(reprint) for reprint in report.reprints]}


def _write_record(record: Claim | Reprint) -> dict[str, Any]:
    return {field.name: _write(getattr(record, field.name)) for field in fields(record)}


def _write_document(report: Report, texts: bool) -> dict[str, Any]:
    document: Document = report.document
    return {
        "id": repair(document.id),
        "title": _write(document.title),
        "source": _write(document.source),
        "url": _write(document.url),
        "published": _write(document.published),
        "text": repair(document.text) if texts else None,
        "places": [_write_mention(mention) for mention in report.places],
        "error": repair(str(report.error)) if report.error else None,
        "notes": [repair(note) for note in report.notes],
        "corrections": [repair(f"{row.origin}: {row.action} {row.text}") for row in report.corrections],
    }


def _write_mention(mention: PlaceMention) -> dict[str, Any]:
    lon, lat = _write_point(mention.position) if mention.position else (None, None)
    return {
        "text": repair(mention.text),
        "start": mention.start,
        "end": mention.end,
        "kind": mention.kind,
        "name": _write(mention.place.name if mention.place else None),
        "place_id": _write(mention.place.id if mention.place else None),
        "lon": lon,
        "lat": lat,
        "uncertainty_m": mention.uncertainty_m,
        "confidence": _write(mention.confidence),
        "relation": _write(mention.relation),
        "reason": _write(mention.reason),
        "corrected": _write(mention.corrected),
    }


def _collection_faults(geojson: object) -> Iterator[str]:
    if not isinstance(geojson, Mapping) or geojson.get("type") != "FeatureCollection":
        yield "it is not a FeatureCollection"
        return
    if "crs" in geojson:
        yield "it has a crs member, which RFC 7946 removed: coordinates are WGS 84"
    features = geojson.get("features")
    if not isinstance(features, list):
        yield "features is not a list"
        return
    seen: set[object] = set()
    for number, feature in enumerate(features):
        if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
            yield f"feature {number} is not a Feature"
            continue
        name = f"feature {number} ({str(feature.get('id'))[:40]!r})"
        if not isinstance(feature.get("id"), str) or not feature["id"]:
            yield f"{name} has no id"
        elif feature["id"] in seen:
            yield f"{name} has the id of an earlier feature"
        seen.add(str(feature.get("id")))
        yield from (f"{name} {fault}" for fault in _feature_faults(feature))


def _feature_faults(feature: Mapping[str, Any]) -> Iterator[str]:
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        yield "has no properties"
    elif missing := [name for name in PROPERTIES if name not in properties]:
        yield f"lacks {', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''}"
    if "geometry" not in feature:
        yield "has no geometry, not even null"
    geometry = feature.get("geometry")
    if geometry is None:
        return
    point = geometry.get("coordinates") if isinstance(geometry, Mapping) and geometry.get("type") == "Point" else None
    if not isinstance(point, list) or len(point) != 2 or not all(_is_number(number) for number in point):
        yield "has a geometry that is no Point of longitude and latitude"
    elif not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        yield f"lies out of range: longitude {point[0]}, latitude {point[1]}"
    elif point == [0, 0]:
        yield "lies at 0,0, which stands for no place: its geometry should be null"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
