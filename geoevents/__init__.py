"""Reads news, finds what happened and where, and draws it: GeoJSON and one interactive map.

>>> import geoevents
>>> pipeline = geoevents.load()
>>> report = pipeline("Clashes broke out near Hama on Thursday.", published="2017-03-30")
>>> geoevents.save_map(report, "map.html")
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gazetteer.places import LonLat, Place

    from .api import MapPage, draw_map, load, merge_reports, save_map, to_geojson
    from .errors import (
        DocumentError,
        GeoeventsError,
        InputError,
        MissingExtraError,
        ModelError,
        OntologyError,
        OutputError,
    )
    from .records import Candidate, Claim, Correction, Document, Event, EventReport, PlaceMention, Report, Reprint

__version__ = "0.1.0"

__all__ = [
    "Candidate",
    "Claim",
    "Correction",
    "Document",
    "DocumentError",
    "Event",
    "EventReport",
    "GeoeventsError",
    "InputError",
    "LonLat",
    "MapPage",
    "MissingExtraError",
    "ModelError",
    "OntologyError",
    "OutputError",
    "Place",
    "PlaceMention",
    "Report",
    "Reprint",
    "__version__",
    "draw_map",
    "load",
    "merge_reports",
    "save_map",
    "to_geojson",
]

_HOMES = {
    "gazetteer.places": ("LonLat", "Place"),
    "geoevents.api": ("MapPage", "draw_map", "load", "merge_reports", "save_map", "to_geojson"),
    "geoevents.records": (
        *("Candidate", "Claim", "Correction", "Document", "Event", "EventReport", "PlaceMention", "Report", "Reprint"),
    ),
    "geoevents.errors": (
        "DocumentError",
        "GeoeventsError",
        "InputError",
        "MissingExtraError",
        "ModelError",
        "OntologyError",
        "OutputError",
    ),
}


def __getattr__(name: str) -> object:
    # Nothing is imported until it is asked for: `import geoevents` and `geoevents --help` stay cheap.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'geoevents' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
