"""Many events for the page: by columns, each text once, and with their sentences instead of the articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

SCALARS = {str, int, float, type(None)}
KEPT_OF_DOCUMENT = ("id", "title", "source", "url", "published", "error", "notes")


def pack(geojson: dict[str, Any], properties: dict[str, Sequence[Any]]) -> dict[str, Any]:
    """A collection's events, whose properties come by name, as `{count, ids, lons, lats, nulls, columns}`.

    data.js takes that apart. `columns` has, by name, a property's distinct values and for each event the index of its
    own, or where most differ {"plain": values}. `nulls` names the properties that no event has. Articles' texts are
    left out, and of their places all but those without a position; so are lists of reports that only repeat the
    event's own sentence.
    """
    features = geojson["features"]
    points = [(feature.get("geometry") or {"coordinates": (None, None)})["coordinates"] for feature in features]
    columns, nulls = {}, []
    sentences = properties.get("sentence", (None,) * len(features))
    for name, values in properties.items():
        packed = _pack(_without_own(values, sentences) if name == "reports" else values)
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


def _without_own(reports: Sequence[Any], sentences: Sequence[Any]) -> list[Any]:
    """Each event's reports, None where the one there is repeats the event's sentence."""

    def repeats(told: Any, sentence: Any) -> bool:
        return not told or (len(told) == 1 and told[0].get("sentence") == sentence and not told[0].get("reprints"))

    return [None if repeats(told, sentence) else told for told, sentence in zip(reports, sentences, strict=True)]


def _pack(values: Sequence[Any]) -> list[Any] | dict[str, Sequence[Any]] | None:
    """One column, or None where every value is null or an empty list."""
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return None
    if not kinds <= SCALARS:
        return {"plain": values} if any(value not in (None, [], ()) for value in values) else None
    distinct = dict.fromkeys(values)
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
