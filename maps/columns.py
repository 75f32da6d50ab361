"""Many events for the page: by columns, each text once, and with their sentences instead of the articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

SCALARS = {str, int, float, type(None)}
KEPT_OF_DOCUMENT = ("id", "title", "source", "url", "published", "error", "notes")


def pack(geojson: dict[str, Any]) -> dict[str, Any]:
    """A collection's events as `{count, ids, lons, lats, nulls, columns}`, which the page's data.js takes apart.

    `columns` has, by name, a property's distinct values and for each event the index of its own, or where most differ
    {"plain": values}. `nulls` names the properties that no event has. Articles' texts are left out, and of their places
    all but those without a position; so are lists of reports that only repeat the event's own sentence.
    """
    features = geojson["features"]
    rows = [feature.get("properties") or {} for feature in features]
    points = [(feature.get("geometry") or {"coordinates": (None, None)})["coordinates"] for feature in features]
    columns, nulls = {}, []
    for name, values in columns_of(rows).items():
        if name == "reports":
            values = [None if _repeats(row) else row["reports"] for row in rows]
        packed = _pack(values)
        if packed is None:
            nulls.append(name)
        else:
            columns[name] = packed
    about = geojson.get("geoevents")
    return {name: value for name, value in geojson.items() if name not in ("features", "geoevents")} | {
        "count": len(features),
        "ids": [feature.get("id") for feature in features],
        "lons": [point[0] for point in points],
        "lats": [point[1] for point in points],
        "nulls": nulls,
        "columns": columns,
        "geoevents": about and about | {"documents": [_slim(one) for one in about.get("documents") or []]},
    }


def columns_of(rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[Any]]:
    """The values of each name in all rows, None where a row lacks it. Rows of one shape, as ours are, take a tenth."""
    names = list(rows[0]) if rows else []
    if all(list(row) == names for row in rows):
        return dict(zip(names, zip(*[row.values() for row in rows], strict=True), strict=True))
    return {name: [row.get(name) for row in rows] for name in dict.fromkeys(name for row in rows for name in row)}


def _repeats(row: dict[str, Any]) -> bool:
    reports = row.get("reports") or ()
    return not reports or (
        len(reports) == 1 and reports[0].get("sentence") == row.get("sentence") and not reports[0].get("reprints")
    )


def _pack(values: Sequence[Any]) -> list[Any] | dict[str, Sequence[Any]] | None:
    """One column, or None where every value is null or an empty list."""
    if not set(map(type, values)) <= SCALARS:
        return {"plain": values} if any(value not in (None, [], ()) for value in values) else None
    distinct = dict.fromkeys(values)
    if len(distinct) == 1 and None in distinct:
        return None
    if 2 * len(distinct) > len(values):
        return {"plain": values}
    index = {value: number for number, value in enumerate(distinct)}
    return [list(distinct), [index[value] for value in values]]


def _slim(document: dict[str, Any]) -> dict[str, Any]:
    unplaced = [{"text": text, "kind": "place"} for text in _unplaced(document.get("places") or [])]
    kept = {name: document[name] for name in KEPT_OF_DOCUMENT if document.get(name)}
    return kept | ({"places": unplaced} if unplaced else {})


def _unplaced(places: Iterable[dict[str, Any]]) -> list[str]:
    return [place["text"] for place in places if place.get("lon") is None and place.get("kind", "place") == "place"]
