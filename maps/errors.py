"""What can go wrong while drawing a map.

MapError                     the root: catch this one
├── MapDataError             (ValueError)    the GeoJSON to draw is wrong; the message names the feature and the member
├── BasemapError             (ValueError)    the base map asked for is unknown, unreadable or unsafe
└── MapAssetError            (RuntimeError)  folium asks for a script or style that is not vendored, or one is missing
"""


class MapError(Exception):
    """Root of the map's errors."""


class MapDataError(MapError, ValueError):
    """The GeoJSON to draw is not what the page can draw; the message names the feature and the member."""


class BasemapError(MapError, ValueError):
    """The base map asked for is unknown, unreadable or unsafe."""


class MapAssetError(MapError, RuntimeError):
    """A part of the page is missing: the installation is broken, or folium's version is not one we know."""
