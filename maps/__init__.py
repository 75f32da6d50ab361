"""GeoJSON in, one HTML page out, which `draw` returns."""

from typing import TYPE_CHECKING

from .errors import MapDataError, MapError

if TYPE_CHECKING:
    from .page import draw

__all__ = ["MapDataError", "MapError", "draw"]


def __getattr__(name: str) -> object:
    # folium takes 0.3 s to import: `geoevents --help` must not pay for it.
    if name == "draw":
        from .page import draw

        return draw
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
