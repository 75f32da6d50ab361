"""PLOVER's records (manual of 2021, draft 0.8, chapter "Data Fields"): JSON by nature, flattened for CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import __version__
from .table import Feature, Properties, Row, Schema, country_of, days_of, point_of

_QUADS = (
    ("AGREE", "CONSULT", "SUPPORT", "CONCEDE"),
    ("COOPERATE", "AID", "RETREAT"),
    ("REQUEST", "ACCUSE", "REJECT", "THREATEN"),
    ("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"),
)
QUADS = {event_type: code for code, types in enumerate(_QUADS, 1) for event_type in types}
"""1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""

_LOCATION = ("name", "geonameid", "latitude", "longitude", "feature code", "country code", "cc3", "admin1 name")
_SIZE = {"dead": "fatalities", "injured": "injured", "arrested": "arrested"}
_TEXT = ("start", "end")
_CITE = ("publication", "title", "url", "citation", "coder", "codebook", "version")
COLUMNS = (
    "id", "date", "enddate", "source", "recipient", "event", "mode", "context", "quad_code",
    *(f"event_loc.{key}" for key in _LOCATION), "event_text", "link", "text", *(f"text_info.{key}" for key in _TEXT),
    *(f"size.{key}" for key in _SIZE), *(f"cite_info.{key}" for key in _CITE), "comment",
)  # fmt: skip

_GEONAMES = re.compile(r"geonames:([0-9]{1,12})")


def _holds(event: Properties) -> bool:
    return event["event_type"] in QUADS


def _write(features: Sequence[Feature]) -> Iterator[tuple[Feature, Row]]:
    for feature in features:
        event = feature["properties"]
        days = days_of(event)
        auxiliary = [event["modality"]] if event["modality"] != "asserted" else []
        yield (
            feature,
            {
                "id": feature["id"],
                "date": event["date_start"] if days else None,
                "enddate": event["date_end"] if days and days[0] != days[1] else None,
                "source": [{"actor_text": name} for name in event["actors"]],
                "recipient": [{"actor_text": name} for name in event["recipients"]],
                "event": [event["event_type"]],
                "mode": ([event["event_mode"]] if event["event_mode"] else []) + auxiliary,
                "context": list(event["contexts"]),
                "quad_code": QUADS[event["event_type"]],
                "event_loc": _location(feature),
                "event_text": [event["trigger"]],
                "link": event["event_group"],
                "text": event["sentence"],
                "text_info": {"start": event["sentence_start"], "end": event["sentence_end"]},
                "size": {key: event[f"{count}_best"] for key, count in _SIZE.items()},
                "cite_info": {
                    "publication": event["source"],
                    "title": event["document_title"],
                    "url": event["url"],
                    "citation": event["document_id"],
                    "coder": f"geoevents {__version__}",
                    "codebook": "PLOVER 2021",
                    "version": None,
                },
                "comment": f"according to {event['attribution']}" if event["attribution"] else None,
            },
        )


def _location(feature: Feature) -> Row | None:
    event, country = feature["properties"], country_of(feature["properties"])
    if event["place_name"] is None:
        return None
    known = _GEONAMES.fullmatch(event["place_id"] or "")
    lon, lat = point_of(feature)
    values = (
        event["place_name"],
        int(known[1]) if known else None,
        lat,
        lon,
        event["feature_code"],
        event["country_code"],
        country.alpha3 if country else None,
        event["admin1"],
    )
    return dict(zip(_LOCATION, values, strict=True))


def _flatten(row: Row) -> Row:
    cells: Row = dict.fromkeys(COLUMNS)
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= {f"{name}.{key}": inner for key, inner in value.items()}
        elif name in ("source", "recipient"):
            cells[name] = [actor["actor_text"] for actor in value]
        elif name in cells:
            cells[name] = value
    return cells


PLOVER = Schema(name="plover", title="PLOVER", columns=COLUMNS, holds=_holds, write=_write, flatten=_flatten)
