"""What places there are: a compiled gazetteer of the world, by name, by id and by position."""

from __future__ import annotations

from .errors import GazetteerError, GazetteerFileError, GazetteerSourceError, GeocoderError
from .layout import Source
from .places import Bounds, Entry, LonLat, NameMatch, Place
from .store import Gazetteer, GazetteerInfo

__all__ = [
    "Bounds",
    "Entry",
    "Gazetteer",
    "GazetteerError",
    "GazetteerFileError",
    "GazetteerInfo",
    "GazetteerSourceError",
    "GeocoderError",
    "LonLat",
    "NameMatch",
    "Place",
    "Source",
]
