"""GeoJSON in, one HTML page out: `draw` returns it, `save` writes it."""

from typing import TYPE_CHECKING

from .errors import MapDataError, MapError

if TYPE_CHECKING:
    from .page import draw, save

__all__ = ["MapDataError", "MapError", "draw", "save"]


def __getattr__(name: str) -> object:
    # folium takes 0.3 s to import: `geoevents --help` must not pay for it.
    if name in ("draw", "save"):
        from . import page

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
