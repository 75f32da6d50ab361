"""What can go wrong while drawing a map."""


class MapError(Exception):
    """Root of the map's errors."""


class MapDataError(MapError, ValueError):
    """The GeoJSON to draw is not what the page can draw; the message names the feature and the member."""
