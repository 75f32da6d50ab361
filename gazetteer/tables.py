"""Readers of tables of places: the hand-kept CSVs of the bundled gazetteer, and a user's own CSV or GeoJSON."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .answers import FEATURES
from .errors import GazetteerSourceError
from .places import FEATURE_CLASSES, Bounds
from .sources import Draft, kilometres

KINDS = ("alternate", "abbreviation", "demonym", "metonym")
COLUMNS = (
    *("id", "name", "alternates", "lon", "lat", "feature_class", "feature_code", "country", "admin1", "population"),
    *("radius_km", "source"),
)
"""Columns of a table of places; only name, lon and lat must be there and filled. `alternates` are separated by |."""

_ALSO = {"latitude": "lat", "longitude": "lon", "lng": "lon", "long": "lon"}

_CLASSES = {"PPL": "P", "ADM": "A", "PCL": "A", "ZN": "A", "CONT": "L", "RGN": "L", "CMP": "S", "BLD": "S", "CTR": "S",
            "ISL": "T", "MT": "T", "STM": "H", "RD": "R"}  # fmt: skip
"""Feature class by what a GeoNames code begins with, where `answers.FEATURES` does not have the code."""


def read_place_table(path: Path) -> list[Draft]:
    """Places of a CSV with the columns COLUMNS, or of a GeoJSON FeatureCollection with properties so named.

    Degrees WGS 84, radii in km. A line or polygon becomes the middle of its bounding box, with a radius that holds it.
    Raises GazetteerSourceError that names the file and the row, or the feature by number.
    """
    rows = _features(path) if path.suffix.lower() in (".geojson", ".json") else _rows(path, ("name", "lon", "lat"))
    return [_draft(where, row) for where, row in rows]


def _draft(where: str, row: dict[str, str]) -> Draft:
    def number(column: str, low: float, high: float, default: float | None = None) -> float:
        text = row.get(column) or ""
        try:
            value = default if not text and default is not None else float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise GazetteerSourceError(f"{where}: {column} {text!r} is not a number from {low:g} to {high:g}")
        return value

    if row.get("radius"):
        raise GazetteerSourceError(f"{where}: radius has no unit: call the column radius_km or radius_m")
    country = (row.get("country") or "").upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise GazetteerSourceError(f"{where}: country {row['country']!r} is no code of two letters (ISO 3166-1)")
    if not row["name"]:
        raise GazetteerSourceError(f"{where}: no name")
    code = (row.get("feature_code") or "").upper()
    feature_class = (row.get("feature_class") or _class_of(code)).upper()
    if feature_class not in FEATURE_CLASSES:
        fault = f"unknown feature class {feature_class!r}" if feature_class else f"of what class is {code!r}"
        raise GazetteerSourceError(f"{where}: {fault}: give a feature_class of {', '.join(FEATURE_CLASSES)}")
    lon, lat = number("lon", -180, 180), number("lat", -90, 90)
    if lon == lat == 0:
        raise GazetteerSourceError(f"{where}: lon 0, lat 0 stands for no place: leave the row out, or place it")
    return Draft(
        id=row.get("id") or "",
        name=row["name"],
        lon=lon,
        lat=lat,
        feature_class=feature_class,
        feature_code=code or ("PPL" if feature_class == "P" else ""),
        country=country or None,
        admin1=row.get("admin1") or (row["name"] if code == "ADM1" else None),
        population=int(number("population", 0, 1e10, 0)),
        radius=number("radius_km", 0, 20_038, 0) * 1000 or number("radius_m", 0, 20_038_000, 0),
        names=[(name.strip(), "alternate") for name in (row.get("alternates") or "").split("|") if name.strip()],
    )


def _class_of(code: str) -> str:
    """The GeoNames class of a feature code, "P" for none, "" for one that is unknown."""
    if not code:
        return "P"
    known = {pair.split()[1]: pair.split()[0] for pair in FEATURES.values()}
    return known.get(code) or next((found for start, found in _CLASSES.items() if code.startswith(start)), "")


def read_name_table(path: Path) -> list[tuple[str, str, str, str]]:
    """Further names from a CSV with the columns name, kind, target_id: (name, kind, target id, where it stands)."""
    found = []
    for where, row in _rows(path, ("name", "kind", "target_id")):
        if row["kind"] not in KINDS:
            raise GazetteerSourceError(f"{where}: kind {row['kind']!r} is none of {', '.join(KINDS)}")
        if not row["name"] or not row["target_id"]:
            raise GazetteerSourceError(f"{where}: name and target_id must be filled")
        found.append((row["name"], row["kind"], row["target_id"], where))
    return found


def read_extents(path: Path) -> list[tuple[str, Bounds, str]]:
    """Boxes of other tables' places from a CSV with the columns id, west, south, east, north: (id, box, where)."""
    found = []
    for where, row in _rows(path, ("id", *_SIDES)):
        try:
            found.append((row["id"], Bounds(**{side: float(row[side]) for side in _SIDES}), where))
        except ValueError as error:
            raise GazetteerSourceError(f"{where}: {error}") from error
    return found


_SIDES = ("west", "south", "east", "north")


def is_name_table(path: Path) -> bool:
    """Whether a CSV gives names to places of other tables, told by its column target_id."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return "target_id" in (csv.DictReader(opened).fieldnames or ())


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """("FILE, row N", cells by column) of a CSV; rows are counted as lines of the file, the header being row 1."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, restval="", strict=True)
            header = [_ALSO.get(column.strip().lower(), column.strip().lower()) for column in reader.fieldnames or ()]
            reader.fieldnames = header
            if missing := [column for column in needed if column not in header]:
                raise GazetteerSourceError(f"{path}: no column {missing[0]!r}; there are {', '.join(header)}")
            for row in reader:
                where = f"{path}, row {reader.line_num}"
                if None in row:
                    raise GazetteerSourceError(f"{where}: more cells than columns")
                yield where, {column: cell.strip() for column, cell in row.items()}
    except UnicodeDecodeError as error:
        raise GazetteerSourceError(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
    except csv.Error as error:
        raise GazetteerSourceError(f"{path}, row {reader.line_num}: {error}") from error
    except OSError as error:
        raise GazetteerSourceError(f"cannot read {path}: {error.strerror}") from error


def _features(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """("FILE, feature N", cells by column) of a GeoJSON FeatureCollection, counted from 1."""
    try:
        collection = json.loads(path.read_text(encoding="utf-8-sig"))
        features = list(collection["features"])
    except RecursionError as error:
        raise GazetteerSourceError(f"{path} is nested too deeply for a GeoJSON FeatureCollection") from error
    except OSError as error:
        raise GazetteerSourceError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise GazetteerSourceError(f"{path} is no GeoJSON FeatureCollection: {error}") from error
    for number, feature in enumerate(features, 1):
        where = f"{path}, feature {number}"
        try:
            row = {str(key).lower(): _cell(value) for key, value in (feature["properties"] or {}).items()}
            positions = list(_positions(feature["geometry"]["coordinates"]))
            lons, lats = [float(p[0]) for p in positions], [float(p[1]) for p in positions]
            lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise GazetteerSourceError(f"{where}: no geometry with coordinates, or no properties") from error
        row |= {"name": row.get("name", ""), "lon": f"{lon}", "lat": f"{lat}"}
        row["id"] = row.get("id") or _cell(feature.get("id"))
        if len(positions) > 1:
            row["radius_km"] = row.get("radius_km") or f"{kilometres(lon, lat, max(lons), max(lats)):.3f}"
        yield where, row


def _positions(coordinates: Any) -> Iterator[Any]:
    if coordinates and isinstance(coordinates[0], list):
        for part in coordinates:
            yield from _positions(part)
    else:
        yield coordinates


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value).strip()
