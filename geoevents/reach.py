"""How places lie to each other: within a distance, one inside the other, struck by one wide event."""

from __future__ import annotations

import math
import re

from geopy.distance import geodesic

from gazetteer.places import LonLat

from .records import PlaceMention

SINGULAR = frozenset({"EQ", "TS", "VO", "TC", "DR", "HT", "CW"})
"""Hazards of which an article tells one: an earthquake felt in three provinces is one event, with its largest toll."""

REACH_KM = 600.0
"""How far apart places may be that one such hazard hits."""

_PART = re.compile(r"(?:north|south|east|west)ern\b|\bcentral\b")
"""A relation that stays inside: "Solhan in northern Burkina Faso", but not "near Syria"."""


def within_reach(a: PlaceMention | None, b: PlaceMention | None) -> bool:
    """Whether one wide event may have struck both places; one that is unknown may lie anywhere."""
    if a is None or b is None or a.position is None or b.position is None:
        return True
    around = ((a.uncertainty_m or 0) + (b.uncertainty_m or 0)) / 1000
    return within_km(a.position, b.position, max(REACH_KM, around))


def within_km(here: LonLat, there: LonLat, km: float) -> bool:
    """Whether two points are that near; most are told apart by their degrees, a hundred times cheaper than exactly."""
    east, north = abs(here.lon - there.lon), max(abs(here.lat), abs(there.lat))
    if abs(here.lat - there.lat) * 110.5 > km:
        return False
    if north < 80 and min(east, 360 - east) * math.cos(math.radians(north)) * 111.3 > 1.1 * km:
        return False
    return bool(geodesic((here.lat, here.lon), (there.lat, there.lon)).km <= km)


def lies_in(place: PlaceMention, area: PlaceMention) -> bool:
    """Whether a place is markedly finer than another and lies in it: a country, a division, a city."""
    inner, outer = place.place or place.anchor, area.place
    if inner is None or outer is None or place.position is None or area.position is None:
        return False
    if (place.uncertainty_m or math.inf) * 3 >= (area.uncertainty_m or 0) or inner.country != outer.country:
        return False
    return contains(area, place) or within_km(place.position, area.position, (area.uncertainty_m or 0) / 1000)


def contains(larger: PlaceMention, smaller: PlaceMention) -> bool:
    """Whether a place is the country, division, river or region that another place (or its anchor) lies in."""
    outer = larger.place
    inner = smaller.place or smaller.anchor
    if outer is None or inner is None or outer.id == inner.id:
        return False
    if larger.relation and not _PART.search(larger.relation):
        return False
    if outer.country is not None and outer.country != inner.country:
        return False
    if outer.is_country:
        return not inner.is_country
    if outer.feature_class in "HLT" and inner.feature_class in "PSA" and outer.uncertainty_m > 2 * inner.uncertainty_m:
        return bool(
            geodesic((outer.lat, outer.lon), (inner.lat, inner.lon)).m <= outer.uncertainty_m + inner.uncertainty_m
        )
    return outer.feature_code == "ADM1" and inner.admin1 == outer.admin1 and inner.feature_code != "ADM1"
