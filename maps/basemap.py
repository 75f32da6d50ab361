"""The ground under the events: the bundled world, none, somebody's tiles, or a GeoJSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import BasemapError

UNITS = 100_000
"""Units a degree for a user's own file: about a metre, finer than the page can zoom."""

TILE_URL = re.compile(r"https?://[A-Za-z0-9.:{}-]+/[A-Za-z0-9._~:/?=%+@,;!{}&-]*")
MAX_ZOOM = 18
"""The closest zoom on tiles, a file or nothing."""

WORLD_MAX_ZOOM = 10
"""The closest zoom on the bundled world: about 110 km from side to side of a desktop's map. Closer in, no town of it
would be in sight, and its coasts would show their corners."""

TILE_FIELDS = {"{s}", "{x}", "{y}", "{z}", "{r}"}
NATURAL_EARTH = "Map: Natural Earth. Boundaries are not an endorsement."


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """What to draw under the events, up to the zoom `max_zoom`.

    `shapes` is JSON text for the page's basemap.js, or None; `tiles` a checked URL template, or None; `host` its
    origin as the page's policy names it; `credit` one line for the map's corner.
    """

    credit: str
    shapes: str | None = None
    tiles: str | None = None
    host: str | None = None
    max_zoom: int = MAX_ZOOM


def read_basemap(name: str) -> Basemap:
    """The base map called "world", "none", "tiles:URL", or the GeoJSON file of that path. Raises BasemapError."""
    if name == "world":
        shapes = (resources.files(__package__) / "assets/world.json").read_text("utf-8")
        return Basemap(shapes=shapes, credit=NATURAL_EARTH, max_zoom=WORLD_MAX_ZOOM)
    if name == "none":
        return Basemap(credit="")
    if name.startswith("tiles:"):
        return _tiles(name.removeprefix("tiles:"))
    return Basemap(shapes=_read_shapes(Path(name)), credit="Base map: the author's own file")


def _tiles(url: str) -> Basemap:
    """folium renders the URL as a template and as JavaScript, so only what a tile URL needs gets through."""
    fields = set(re.findall(r"\{[^}]*\}?", url))
    if not TILE_URL.fullmatch(url) or not fields <= TILE_FIELDS or not {"{x}", "{y}", "{z}"} <= fields or "{{" in url:
        raise BasemapError(
            f"not a tile URL: {url[:200]!r}; it must be http or https and contain {{z}}, {{x}} and {{y}}, "
            "as in tiles:https://tile.example.org/{z}/{x}/{y}.png"
        )
    parts = urlsplit(url)
    host = parts.netloc.replace("{s}", "*")
    if "{" in host or "*" in host.removeprefix("*."):
        raise BasemapError(f"a tile URL may have {{s}} only as its first label: {url[:200]!r}")
    openstreetmap = " (© OpenStreetMap contributors)" if "openstreetmap" in host else ""
    return Basemap(tiles=url, host=f"{parts.scheme}://{host}", credit=f"Map tiles: {host}{openstreetmap}")


def _read_shapes(path: Path) -> str:
    try:
        geojson = json.loads(path.read_text("utf-8-sig"))
        land: list[list[int]] = []
        borders: list[list[int]] = []
        for geometry in _geometries(geojson):
            lines = _lines(geometry)
            (land if "Polygon" in geometry["type"] else borders).extend(_encode(line) for line in lines)
    except FileNotFoundError as error:
        raise BasemapError(
            f"no base map {str(path)!r}: it may be 'world', 'none', 'tiles:URL' or the path of a GeoJSON file"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise BasemapError(f"the base map {str(path)!r} cannot be read as GeoJSON: {error}") from error
    if not land and not borders:
        raise BasemapError(f"the base map {str(path)!r} has no polygons and no lines")
    shapes = {"units": UNITS, "land": land, "borders": borders, "labels": [], "towns": []}
    return json.dumps(shapes, separators=(",", ":"))


def _geometries(geojson: Any) -> Iterator[dict[str, Any]]:
    """All geometries of a GeoJSON object, from the inside out of collections."""
    kind = geojson["type"]
    if kind == "FeatureCollection":
        for feature in geojson["features"]:
            yield from _geometries(feature)
    elif kind == "Feature":
        if geojson["geometry"] is not None:
            yield from _geometries(geojson["geometry"])
    elif kind == "GeometryCollection":
        for geometry in geojson["geometries"]:
            yield from _geometries(geometry)
    else:
        yield geojson


def _lines(geometry: dict[str, Any]) -> list[Any]:
    """A geometry's lines or rings; points are no ground, and give none."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [coordinates]
    if kind in ("MultiLineString", "Polygon"):
        return list(coordinates)
    return [ring for polygon in coordinates for ring in polygon] if kind == "MultiPolygon" else []


def _encode(line: list[list[float]]) -> list[int]:
    """[x0, y0, dx, dy, ...] in 1/UNITS degrees."""
    numbers: list[int] = []
    x = y = 0
    for lon, lat, *_ in line:
        if not (-360 <= lon <= 360 and -90 <= lat <= 90):
            raise ValueError(f"coordinates out of range: longitude {lon}, latitude {lat}")
        nx, ny = round(lon * UNITS), round(lat * UNITS)
        numbers += [nx - x, ny - y]
        x, y = nx, ny
    return numbers
