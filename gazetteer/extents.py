"""How far places reach: boxes of countries by border, of divisions by shape or towns, of other areas by radius."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from .shapes import Ring, Shape, box_about, box_round
from .sources import Draft, kilometres

_OWN_CODES = {"SOL": "SO", "CYN": "CY", "ATC": "AU"}
"""Natural Earth's codes that are none of ISO 3166-1; what has neither, a glacier, belongs to nobody."""

_AREAS = frozenset("HLTUV")


def bound_countries(
    countries: list[Draft], polygons: list[tuple[str, Ring]], codes: dict[str, str], settled: Iterable[Draft]
) -> None:
    """Gives countries the box of their polygons; one without a polygon that of its towns, their own width included.

    The atlas draws some dependencies as part of their country (French Guiana, Svalbard): a polygon belongs to the
    country of the town nearest its middle if that country has no polygon under its own name. `codes` leads from
    alpha-3 to alpha-2.
    """
    towns: dict[str | None, list[Draft]] = defaultdict(list)
    for town in settled:
        towns[town.country].append(town)
    drawn = {_OWN_CODES.get(code) or codes.get(code, "") for code, _ in polygons}
    undrawn = [town for code, inside in towns.items() if code not in drawn for town in inside]
    points: dict[str | None, list[tuple[float, float]]] = defaultdict(list)
    for code, ring in polygons:
        own = _OWN_CODES.get(code) or codes.get(code, "")
        points[_country_of(ring, own, towns[own], undrawn)] += ring
    for country in countries:
        if found := points[country.country]:
            country.bounds = box_about(found)
        elif inside := towns[country.country]:
            corners = [box_round(t.lon, t.lat, max(t.radius, 1000)) for t in inside]
            country.bounds = box_about([p for b in corners for p in ((b.west, b.south), (b.east, b.north))])


def _country_of(ring: Ring, own: str, towns: list[Draft], undrawn: list[Draft]) -> str | None:
    lon, lat = sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)

    def nearest(towns: list[Draft]) -> tuple[float, str, str | None]:
        away = ((kilometres(lon, lat, town.lon, town.lat), town.id, town.country) for town in towns)
        return min(away, default=(math.inf, "", None))

    other = nearest(undrawn)
    return other[2] if other[0] < _NEAR_KM and other < nearest(towns) else own


_NEAR_KM = 450
"""A polygon farther than that from the nearest town is its own country's: Franz Josef Land is no part of Svalbard."""


def bound_division(draft: Draft, shape: Shape | None, towns: list[Draft]) -> None:
    """Gives a division the box of its shape; without one, that of its towns where there are enough to speak for it."""
    if shape:
        draft.bounds = box_about((lon if lon >= -180 else lon + 360, lat) for ring in shape.rings for lon, lat in ring)
    elif draft.feature_code == "ADM1" and len(towns) >= _ENOUGH_TOWNS:
        draft.bounds = box_about((town.lon, town.lat) for town in towns)


_ENOUGH_TOWNS = 5
"""Fewer towns of 500 people or more say where a division is, but not how far it reaches."""


def bound_areas(drafts: Iterable[Draft]) -> None:
    """Gives what covers ground, and has no box yet, that of the circle that holds it."""
    for draft in drafts:
        area = draft.feature_class in _AREAS or draft.feature_code == "PCLH"
        if area and draft.radius and draft.bounds is None:
            draft.bounds = box_round(draft.lon, draft.lat, draft.radius)
