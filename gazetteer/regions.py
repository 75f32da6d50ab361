"""In which country and division a point lies, as the towns around it tell."""

from __future__ import annotations

from .places import LonLat
from .store import Gazetteer

REACH_KM = 30.0
"""How far away a town may be that tells of a point."""

ASKED = 20
"""Places looked at, the nearest ones; the towns among them must be of one country. At a border they are not, and
nothing is said."""

NEIGHBOURS = 5
"""How many of the nearest towns must be of one division."""


def find_region(gazetteer: Gazetteer, where: LonLat) -> tuple[str | None, str | None]:
    """Country (ISO 3166-1 alpha-2) and name of the first-level division of a point; None for each that the towns around
    do not agree on, or where there are none."""
    towns = [place for place in gazetteer.near(where, REACH_KM, ASKED) if place.feature_class == "P"]
    countries = {town.country for town in towns}
    divisions = {town.admin1 for town in towns[:NEIGHBOURS]}
    country = countries.pop() if len(countries) == 1 else None
    return country, divisions.pop() if country and len(divisions) == 1 else None
