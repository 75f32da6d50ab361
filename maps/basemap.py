"""The ground under the events: the bundled world, none, somebody's tiles, or a GeoJSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import BasemapError, MapAssetError

UNITS = 100_000
"""Units a degree for a user's own file: about a metre, finer than the page can zoom."""

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""The page's digits of base 64: none that HTML, JSON or a template engine might mistake for its own."""

WORLD = ("world.json", "waters.json", "towns.json")
"""The files in assets that make the bundled world, by what `make basemap` and `make gazetteer` write."""

TILE_URL = re.compile(r"https?://[A-Za-z0-9.:{}-]+/[A-Za-z0-9._~:/?=%+@,;!{}&-]*")
MAX_ZOOM = 18
"""The closest zoom on tiles, a file or nothing."""

WORLD_MAX_ZOOM = 10
"""The closest zoom on the bundled world: about 110 km from side to side of a desktop's map. Closer in, no town of it
would be in sight, and its coasts would show their corners."""

TILE_FIELDS = {"{s}", "{x}", "{y}", "{z}", "{r}"}
OPENSTREETMAP = "© OpenStreetMap contributors"
CREDITS = {
    "basemaps.cartocdn.com": f"{OPENSTREETMAP} © CARTO",
    "openstreetmap.fr": OPENSTREETMAP,
    "openstreetmap.org": OPENSTREETMAP,
    "opentopomap.org": f"{OPENSTREETMAP}, SRTM; style © OpenTopoMap (CC BY-SA)",
}
"""Whom the tiles of a domain have to credit, where it is not told after the URL."""

REFERER_NEEDED = "openstreetmap.org"
"""The domain that refuses its tiles to pages opened from disk, which send no Referer, since March 2026."""

SHAPES_MAX = 20_000_000
"""Characters of a user's file once encoded: browsers take seconds to draw more."""

NAME_MAX = 60
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""What may not be in a name or a credit: it would turn other text around, or break lines."""

NATURAL_EARTH = "Map: Natural Earth. Boundaries are not an endorsement."


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """What to draw under the events, up to the zoom `max_zoom`.

    `shapes` is JSON text for the page's ground.js, or None; `tiles` a checked URL template, or None; `host` its
    origin as the page's policy names it; `credit` one line for the map's corner; `note` what its user should know.
    """

    credit: str
    shapes: str | None = None
    tiles: str | None = None
    host: str | None = None
    note: str | None = None
    max_zoom: int = MAX_ZOOM


def read_basemap(name: str) -> Basemap:
    """The base map called "world", "none", "tiles:URL CREDIT", or the GeoJSON file of that path. Raises BasemapError.

    The credit may be left out: tiles whose makers we know are credited to them, others to their host.
    """
    if name == "world":
        return Basemap(shapes=_read_world(), credit=NATURAL_EARTH, max_zoom=WORLD_MAX_ZOOM)
    if name == "none":
        return Basemap(credit="")
    if name.startswith("tiles:"):
        url, _, credit = name.removeprefix("tiles:").strip().partition(" ")
        return _tiles(url, CONTROLS.sub(" ", credit).strip())
    return Basemap(shapes=_read_shapes(Path(name)), credit="Base map: the author's own file")


def encode_line(line: Iterable[Sequence[float]], units: int) -> str:
    """A line of longitudes and latitudes in steps of 1/`units` degree from point to point, the first from 0, 0.

    Each step is an even number, or an odd one if it is negative, in digits of base 32, the lowest first; every digit
    but the last has 32 more (the "VLQ" of source maps). Steps of nothing are left out. Raises ValueError for what is
    no position.
    """
    digits: list[str] = []
    x = y = 0
    for lon, lat, *_ in line:
        if not (-360 <= lon <= 360 and -90 <= lat <= 90):
            raise ValueError(f"coordinates out of range: longitude {lon}, latitude {lat}")
        nx, ny = round(lon * units), round(lat * units)
        if digits and (nx, ny) == (x, y):
            continue
        for step in (nx - x, ny - y):
            left = step << 1 if step >= 0 else ~step << 1 | 1
            while left > 31:
                digits.append(DIGITS[32 | left & 31])
                left >>= 5
            digits.append(DIGITS[left])
        x, y = nx, ny
    return "".join(digits)


def _read_world() -> str:
    folder = resources.files(__package__) / "assets"
    shapes: dict[str, Any] = {}
    try:
        for name in WORLD:
            shapes |= json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MapAssetError(f"the bundled base map is damaged: install geoevents again ({error})") from error
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))


def _tiles(url: str, credit: str) -> Basemap:
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
    credit = credit or next((line for domain, line in CREDITS.items() if _is_in(host, domain)), "")
    note = (
        f"{REFERER_NEEDED} gives its tiles only to pages on a web server: opened from disk, this map has no ground"
        if _is_in(host, REFERER_NEEDED)
        else None
    )
    whose = f"{host} ({credit})" if credit else host
    return Basemap(tiles=url, host=f"{parts.scheme}://{host}", credit=f"Map tiles: {whose}", note=note)


def _is_in(host: str, domain: str) -> bool:
    name = host.partition(":")[0]
    return name == domain or name.endswith(f".{domain}")


def _read_shapes(path: Path) -> str:
    """The page's shapes from a user's file: polygons are land, lines borders; a polygon with a `name` is labelled."""
    try:
        shapes = _collect(json.loads(path.read_text("utf-8-sig")))
    except FileNotFoundError as error:
        raise BasemapError(
            f"no base map {str(path)!r}: it may be 'world', 'none', 'tiles:URL' or the path of a GeoJSON file"
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise BasemapError(f"the base map {str(path)!r} cannot be read as GeoJSON: {error}") from error
    lines = [*shapes["land"], *shapes["borders"]]
    if not lines:
        raise BasemapError(f"the base map {str(path)!r} has no polygons and no lines")
    if (size := sum(map(len, lines))) > SHAPES_MAX:
        raise BasemapError(
            f"the base map {str(path)!r} is too detailed: {size:,} characters once packed, of {SHAPES_MAX:,} at most; "
            "simplify it first, as mapshaper and QGIS do"
        )
    return json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))


def _collect(geojson: Any) -> dict[str, Any]:
    """Raises ValueError, which says where, for what is no GeoJSON."""
    land: list[str] = []
    borders: list[str] = []
    labels: list[tuple[str, float, float, float]] = []
    for where, name, geometry in _geometries(geojson, "it", ""):
        try:
            lines = _lines(geometry)
            area = "Polygon" in geometry["type"]
            (land if area else borders).extend(encode_line(line, UNITS) for line in lines)
            if name and area and lines:
                labels.append((name, *widest_stretch(max(lines, key=area_of))))
        except (ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
            raise ValueError(f"{where}: {f'no {error}' if isinstance(error, KeyError) else error}") from error
    labels.sort(key=lambda row: (-row[3], row))
    return {"units": UNITS, "land": land, "borders": borders, "labels": labels}


def _geometries(geojson: Any, where: str, name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All geometries of a GeoJSON object from the inside out of collections: where each is, its name if any, and it."""
    if not isinstance(geojson, dict) or not isinstance(geojson.get("type"), str):
        raise ValueError(f"{where} must be an object with a type")
    kind = geojson["type"]
    if kind == "Topology":
        raise ValueError("it is TopoJSON: convert it to GeoJSON, as mapshaper does")
    below = {"FeatureCollection": "features", "GeometryCollection": "geometries"}.get(kind)
    if below is not None:
        if not isinstance(geojson.get(below), list):
            raise ValueError(f"{where} is a {kind} whose {below} are no list")
        for number, part in enumerate(geojson[below]):
            yield from _geometries(part, f"feature {number}" if kind == "FeatureCollection" else where, name)
    elif kind == "Feature":
        properties = geojson.get("properties")
        told = properties.get("name") if isinstance(properties, dict) else None
        name = CONTROLS.sub(" ", told).strip()[:NAME_MAX] if isinstance(told, str) else ""
        if geojson.get("geometry") is not None:
            yield from _geometries(geojson["geometry"], where, name)
    else:
        yield where, name, geojson


def _lines(geometry: dict[str, Any]) -> list[Any]:
    """A geometry's lines or rings; points are no ground, and give none."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [coordinates]
    if kind in ("MultiLineString", "Polygon"):
        return list(coordinates)
    return [ring for polygon in coordinates for ring in polygon] if kind == "MultiPolygon" else []


def area_of(ring: Sequence[Sequence[float]]) -> float:
    """The area that a ring encloses, in square degrees."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def widest_stretch(ring: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Longitude, latitude and width of the widest west-east stretch within the ring, of forty tried: room for a name.

    Stretches near the ring's middle latitude win ties and near-ties, where a reader looks for the name. Rounded to
    hundredths of a degree, the longitude within 180 degrees.
    """
    lats = [point[1] for point in ring]
    low, high = min(lats), max(lats)
    best = (-1.0, ring[0][0], ring[0][1], 0.0)
    for step in range(1, 40):
        lat = low + (high - low) * step / 40
        crossings = sorted(
            a[0] + (lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for a, b in pairwise(ring)
            if (a[1] > lat) != (b[1] > lat)
        )
        for west, east in zip(crossings[::2], crossings[1::2], strict=False):
            score = (east - west) * (1 - abs(step - 20) / 30)
            best = max(best, (score, (west + east) / 2, lat, east - west))
    _, lon, lat, width = best
    return round((lon + 180) % 360 - 180, 2), round(lat, 2), round(width, 2)
