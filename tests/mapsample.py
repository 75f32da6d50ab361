"""A FeatureCollection as `geoevents.to_geojson` writes it, made up for the map's tests: 40 events in 12 articles.

`sample()` is realistic and small, `many(n)` repeats its stories over the world for sizes and times; `save` draws.
"""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import maps

STORIES = Path(__file__).with_suffix(".json")
COUNTS = ("fatalities", "injured", "missing", "displaced", "arrested")

# name: lon, lat, country, admin1, feature code, place id, radius in metres
PLACES = {
    "Hama": (36.75783, 35.13179, "SY", "Hama", "PPLA", "geonames:170017", 8000),
    "Kafr Zita": (36.60151, 35.37366, "SY", "Hama", "PPL", "geonames:167268", 3000),
    "Geneva": (6.14569, 46.20222, "CH", "Geneva", "PPLA", "geonames:2660646", 9000),
    "Kumamoto": (130.69181, 32.80589, "JP", "Kumamoto", "PPLA", "geonames:1858421", 15000),
    "Mashiki": (130.8, 32.783, "JP", "Kumamoto", "PPL", "geonames:1857968", 4000),
    "Beira": (34.83889, -19.84361, "MZ", "Sofala", "PPLA", "geonames:1052373", 12000),
    "Sofala": (34.75, -19.0, "MZ", "Sofala", "ADM1", "geonames:1026804", 180000),
    "Aden": (45.03667, 12.77944, "YE", "Aden", "PPLA", "geonames:415189", 9000),
    "Nairobi": (36.81667, -1.28333, "KE", "Nairobi", "PPLC", "geonames:184745", 15000),
    "Mombasa": (39.66359, -4.05466, "KE", "Mombasa", "PPLA", "geonames:186301", 10000),
    "Kisumu": (34.76171, -0.10221, "KE", "Kisumu", "PPLA", "geonames:191245", 8000),
    "Santiago": (-70.64827, -33.45694, "CL", "Santiago Metropolitan", "PPLC", "geonames:3871336", 20000),
    "Valparaíso": (-71.62725, -33.036, "CL", "Valparaíso", "PPLA", "geonames:3868626", 9000),
    "Suva": (178.44149, -18.14161, "FJ", "Central", "PPLC", "geonames:2198148", 6000),
    "Taveuni": (-179.96, -16.85, "FJ", "Northern", "ISL", "geonames:2194371", 25000),
    "Anadyr": (177.4904, 64.7337, "RU", "Chukotka", "PPLA", "geonames:2127202", 5000),
    "Paris": (-95.55551, 33.66094, "US", "Texas", "PPLA2", "geonames:4717560", 8000),
    "Kyiv": (30.5238, 50.45466, "UA", "Kyiv City", "PPLC", "geonames:703448", 18000),
    "Mali": (-2.0, 18.0, "ML", None, "PCLI", "geonames:2453866", 700000),
    "Bamako": (-8.0, 12.65, "ML", "Bamako", "PPLC", "geonames:2460596", 14000),
    "Rafina": (24.0096, 38.0236, "GR", "Attica", "PPL", "geonames:254698", 3000),
    "Dhaka": (90.40744, 23.7104, "BD", "Dhaka", "PPLC", "geonames:1185241", 15000),
    "Cox's Bazar": (91.9667, 21.4398, "BD", "Chittagong", "PPL", "geonames:1336134", 9000),
}


def sample() -> dict[str, Any]:
    """The small collection: every group of events, one place with several, hollow ones, unlocated ones."""
    maker = _Maker()
    for story in json.loads(STORIES.read_text("utf-8")):
        maker.tell(**story)
    return maker.collection()


def many(number: int) -> dict[str, Any]:
    """`number` events: the sample's stories told again at places spread by the golden angle, half of them repeated."""
    made = sample()
    stories = made["features"]
    documents = made["geoevents"]["documents"]
    features, articles = [], []
    for index in range(number):
        feature = copy.deepcopy(stories[index % len(stories)])
        turn = index // len(stories)
        suffix = f"-{turn}"
        feature["id"] += suffix
        feature["properties"]["document_id"] += suffix
        date = f"2025-{turn % 12 + 1:02}-{index % 28 + 1:02}"
        feature["properties"]["date_start"] = feature["properties"]["date_end"] = date
        if feature["geometry"] and index % 2:
            lat = math.degrees(math.asin(2 * ((index + 0.5) / number) - 1)) * 0.7
            feature["geometry"]["coordinates"] = [round(index * 137.50776 % 360 - 180, 5), round(lat, 5)]
        features.append(feature)
    for turn in range(math.ceil(number / len(stories))):
        articles += [{**document, "id": f"{document['id']}-{turn}"} for document in documents]
    made["features"] = features
    made["geoevents"]["documents"] = articles
    return made


def save(geojson: dict[str, Any], path: str | Path, **options: str) -> None:
    """Writes the page that `maps.draw` makes of a collection."""
    Path(path).write_text(maps.draw(geojson, **options), encoding="utf-8", newline="\n")


class _Maker:
    """Builds features and documents from stories, finding every offset in the text itself."""

    def __init__(self) -> None:
        self.features: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []

    def collection(self) -> dict[str, Any]:
        return {
            "type": "FeatureCollection",
            "features": self.features,
            "geoevents": {"version": "0.1.0", "options": {}, "documents": self.documents},
        }

    def tell(
        self,
        id: str,
        title: str,
        source: str,
        url: str | None,
        published: str,
        text: str,
        names: list[tuple[str, str | None]],
        events: list[dict[str, Any]],
    ) -> None:
        document = {"id": id, "title": title, "source": source, "url": url, "published": published, "text": text}
        self.documents.append(document | {"places": [_mention(text, name, known) for name, known in names]})
        for event in events:
            self.features.append(_feature(document, len(self.features), **event))


def _mention(text: str, name: str, known: str | None) -> dict[str, Any]:
    start = text.index(name)
    found = PLACES.get(known or "")
    return {
        "text": name,
        "start": start,
        "end": start + len(name),
        "kind": "place" if known != "organisation" else "organisation",
        "name": known if found else None,
        "lon": found[0] if found else None,
        "lat": found[1] if found else None,
        "uncertainty_m": found[6] if found else None,
        "confidence": 0.93 if found else 0.0,
        "place_id": found[5] if found else None,
        "reason": f"the best known place of this name; {known} is named with its country" if found else None,
        "relation": None,
    }


def _feature(
    document: dict[str, Any],
    number: int,
    type: str,
    mode: str | None,
    trigger: str,
    place: str | None,
    written: str | None = None,
    **known: Any,
) -> dict[str, Any]:
    text = document["text"]
    at = text.index(trigger)
    start = max(text.rfind(". ", 0, at) + 2, text.rfind("\n", 0, at) + 1) if at else 0
    start = 0 if start == 1 else start
    end = next(i for i in range(at, len(text)) if text[i] == "." and (i + 1 == len(text) or text[i + 1] in " \n")) + 1
    found = PLACES.get(place or "")
    name = written or place
    named_at = text.find(name) if name else -1
    radius = known.pop("radius", found[6] if found else None)
    properties: dict[str, Any] = {
        "event_type": type, "event_mode": mode, "contexts": known.pop("contexts", []),
        "acled_event_type": known.pop("acled", None), "acled_sub_event_type": known.pop("acled_sub", None),
        "event_group": f"group-{number}", "modality": "asserted",
        "trigger": trigger, "trigger_start": at, "trigger_end": at + len(trigger),
        "sentence": text[start:end], "sentence_start": start, "sentence_end": end,
        "actors": known.pop("actors", []), "recipients": known.pop("recipients", []),
    }  # fmt: skip
    for count in COUNTS:
        for bound, value in zip(("low", "best", "high"), known.pop(count, (None, None, None)), strict=True):
            properties[f"{count}_{bound}"] = value
    properties |= {
        "attribution": known.pop("attribution", None),
        "date_start": known.pop("date", document["published"]), "date_end": known.pop("until", document["published"]),
        "date_text": known.pop("date_text", None), "time_precision": known.pop("precision", 1),
        "place_name": place or written, "place_text": name,
        "place_start": named_at if named_at >= 0 else None,
        "place_end": named_at + len(name or "") if named_at >= 0 else None,
        "place_relation": known.pop("relation", None),
        "place_id": found[5] if found else None, "feature_code": found[4] if found else None,
        "country_code": found[2] if found else None, "admin1": found[3] if found else None,
        "geo_precision": known.pop("geo", 1 if found else None), "where_prec": known.pop("prec", 1 if found else None),
        "coordinate_uncertainty_m": radius,
        "place_confidence": known.pop("sure", 0.93 if found else None), "event_confidence": 0.82,
        "place_alternatives": known.pop("alternatives", []),
        "document_id": document["id"], "document_title": document["title"], "source": document["source"],
        "url": document["url"], "published": document["published"],
        "reports": [{"document_id": document["id"], "sentence": text[start:end]}],
    }  # fmt: skip
    assert not known, f"unknown: {known}"
    point = {"type": "Point", "coordinates": [found[0], found[1]]} if found else None
    return {"type": "Feature", "id": f"event-{number}", "geometry": point, "properties": properties}
