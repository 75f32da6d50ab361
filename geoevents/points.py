"""GeoJSON as an INPUT of the map: events of ours as they are, any other points through a mapping of their columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from . import __version__
from .errors import InputError
from .geojson import FAULTS_SHOWN, PROPERTIES, check
from .readers.dates import parse_date

SUFFIXES = (".geojson", ".json")
NAMES_SHOWN = 12

ALIASES = {
    "title": "document_title",
    "text": "sentence",
    "date": "date_start",
    "end": "date_end",
    "type": "event_type",
    "place": "place_name",
    "country": "country_code",
    "radius": "coordinate_uncertainty_m",
    "killed": "fatalities_best",
    "injured": "injured_best",
    "actor": "actors",
}
"""Shorter names for what a column may be mapped to; any property of ours may be named too."""

LISTS = ("contexts", "actors", "recipients")
RECORDS = ("reports", "disagreements", "place_alternatives", "place_bbox", "corrected")
DATES = ("date_start", "date_end", "published")
_WHOLE_ENDS = ("_low", "_best", "_high", "_start", "_end", "_precision", "_prec")
WHOLE = tuple(name for name in PROPERTIES if name.endswith(_WHOLE_ENDS) and name not in DATES)
NUMBERS = ("coordinate_uncertainty_m", *(name for name in PROPERTIES if name.endswith("_confidence")))


def parse_columns(text: str) -> dict[str, str]:
    """Columns by our properties: "title=name,date=when" is {"document_title": "name", "date_start": "when"}.

    Raises InputError for what is no such list, and for a property that is not ours.
    """
    columns: dict[str, str] = {}
    for part in text.split(","):
        ours, equals, theirs = (word.strip() for word in part.partition("="))
        name = ALIASES.get(ours, ours)
        if not (ours and equals and theirs):
            raise InputError(f"--columns {text!r}: write OURS=THEIRS, as in title=name,date=when")
        if name not in PROPERTIES or name in RECORDS:
            raise InputError(
                f"--columns {part.strip()!r}: {ours!r} is nothing the map can show; choose of {', '.join(ALIASES)}, "
                "or a property that `geoevents export` writes"
            )
        if name in columns:
            raise InputError(f"--columns {text!r}: {ours!r} is given twice")
        columns[name] = theirs
    return columns


def find(inputs: Iterable[str], outputs: Iterable[Path] = ()) -> Path | None:
    """The one GeoJSON file among INPUTs, by its name; None where there is none.

    Raises InputError where it is not alone, or would be overwritten.
    """
    given = list(inputs)
    found = [name for name in given if name.lower().endswith(SUFFIXES)]
    if not found:
        return None
    if len(given) > 1:
        raise InputError(f"{found[0]} holds events already: it is drawn alone, without other INPUTs")
    path = Path(found[0])
    if path.resolve() in {output.resolve() for output in outputs}:
        raise InputError(f"{path} is to be read and written at once: choose another name for the output")
    return path


def tell(geojson: Mapping[str, Any], outputs: Iterable[Path]) -> str:
    """What was drawn, in a line."""
    features = geojson["features"]
    placed = sum(feature["geometry"] is not None for feature in features)
    return f"{len(features):,} events, {placed:,} on the map: {' and '.join(map(str, outputs))}"


def read_points(path: Path, columns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The FeatureCollection of a file, as `to_geojson` writes them.

    One of ours is returned as it is. In any other each feature is an event at its Point; `columns` says which property
    of theirs is which of ours, and properties named as ours need no telling. A feature at 0,0, which stands for no
    place, is one without a position. Raises InputError naming the file, and each faulty feature up to FAULTS_SHOWN.
    """
    geojson = _load(path)
    if isinstance(geojson.get("geoevents"), dict):
        if columns:
            raise InputError(f"{path} was written by geoevents: its columns need no --columns")
        try:
            check(geojson)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        return geojson
    features = geojson["features"]
    chosen = _choose(path, features, columns or {})
    faults: list[str] = []
    seen: set[str] = set()
    made = []
    for number, feature in enumerate(features):
        try:
            made.append(_write_feature(path, number, feature, chosen, seen))
        except ValueError as error:
            named = feature.get("id") if isinstance(feature, dict) else None
            faults.append(f"feature {number}{'' if named is None else f' (id {str(named)[:40]!r})'}: {error}")
    if faults:
        rest = f"\nand {len(faults) - FAULTS_SHOWN:,} more" if len(faults) > FAULTS_SHOWN else ""
        raise InputError(f"{path} cannot be drawn:\n" + "\n".join(faults[:FAULTS_SHOWN]) + rest)
    about = {"version": __version__, "options": {"columns": dict(sorted(chosen.items()))}, "documents": []}
    return {"type": "FeatureCollection", "features": made, "geoevents": about}


def _load(path: Path) -> dict[str, Any]:
    def refuse(name: str) -> float:
        raise ValueError(f"{name} is no JSON")

    try:
        geojson = json.loads(path.read_text("utf-8-sig"), parse_constant=refuse)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON in UTF-8: {error}") from error
    if not isinstance(geojson, dict) or geojson.get("type") != "FeatureCollection":
        raise InputError(f"{path} is not a GeoJSON FeatureCollection, and that is what the map is drawn from")
    if not isinstance(geojson.get("features"), list):
        raise InputError(f"{path}: its features are not a list")
    return geojson


def _choose(path: Path, features: list[Any], columns: Mapping[str, str]) -> dict[str, str]:
    """Their column for each property of ours. Raises InputError for a column that no feature has."""
    there: dict[str, None] = {}
    for feature in features:
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict):
            there.update(dict.fromkeys(feature["properties"]))
    if features and (missing := [theirs for theirs in columns.values() if theirs not in there]):
        names = ", ".join(map(repr, list(there)[:NAMES_SHOWN])) or "none at all"
        raise InputError(f"{path}: no feature has a property {missing[0]!r}; it has {names}")
    known = {name: name for name in PROPERTIES if name in there and name not in RECORDS}
    return known | dict(columns)


def _write_feature(path: Path, number: int, feature: Any, columns: Mapping[str, str], seen: set[str]) -> dict[str, Any]:
    """One feature as ours, all our properties present. Raises ValueError for what is wrong with it."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError("it is not a Feature")
    theirs = feature.get("properties")
    if not isinstance(theirs, dict | None):
        raise ValueError("its properties are not an object")
    told = feature.get("id")
    name = f"{path.name}#{number}" if told is None else str(told)
    if name in seen:
        name = f"{name}#{number}"
    seen.add(name)
    properties: dict[str, Any] = dict.fromkeys(PROPERTIES)
    properties |= {**{ours: [] for ours in (*LISTS, *RECORDS[:3])}, "modality": "asserted"}
    for ours, column in columns.items():
        value = (theirs or {}).get(column)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        try:
            properties[ours] = _convert(ours, value)
        except ValueError as error:
            raise ValueError(f"{column}: {error}") from error
    return {"type": "Feature", "id": name, "geometry": _point(feature.get("geometry")), "properties": properties}


def _convert(name: str, value: Any) -> Any:
    for names, convert in _KINDS:
        if name in names:
            return convert(value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise ValueError(f"{str(value)[:60]} is not a text")


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _date(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{str(value)[:60]} is not a date: write it as YYYY-MM-DD, e.g. 2017-03-30")
    return parse_date(value).isoformat()[:10]


def _number(value: Any) -> float:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        number = float(value)
        if number != number or abs(number) > 1e15:
            raise ValueError
    except ValueError:
        raise ValueError(f"{str(value)[:60]!r} is not a number") from None
    return number


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError(f"{str(value)[:60]!r} is not a whole number")
    return int(number)


_KINDS: tuple[tuple[tuple[str, ...], Callable[[Any], Any]], ...] = (
    (DATES, _date),
    (WHOLE, _whole),
    (NUMBERS, _number),
    (LISTS, _texts),
)


def _point(geometry: Any) -> dict[str, Any] | None:
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    if kind != "Point":
        raise ValueError(f"its geometry is {str(kind)[:40]!r}, no Point: give a point for each, such as the centre")
    point = geometry.get("coordinates")
    if not isinstance(point, list) or len(point) not in (2, 3) or not all(type(part) in (int, float) for part in point):
        raise ValueError(f"its coordinates are {str(point)[:60]}, not [longitude, latitude]")
    lon, lat = point[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        swapped = "; are latitude and longitude swapped?" if -180 <= lat <= 180 and -90 <= lon <= 90 else ""
        raise ValueError(f"longitude {lon}, latitude {lat} are out of range{swapped}")
    return {"type": "Point", "coordinates": [lon, lat]} if (lon, lat) != (0, 0) else None
