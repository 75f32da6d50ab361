"""What a place is: the records every other module speaks of."""

from __future__ import annotations

import math
from dataclasses import dataclass

FEATURE_CLASSES = {
    "A": "country, state or region",
    "H": "stream, lake or sea",
    "L": "park, area or region",
    "P": "city, town or village",
    "R": "road or railway",
    "S": "spot, building or farm",
    "T": "mountain, hill or island",
    "U": "undersea",
    "V": "forest or heath",
}
"""GeoNames feature classes (https://www.geonames.org/export/codes.html) in words."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LonLat:
    """A point in decimal degrees, WGS 84, in GeoJSON's order. Raises ValueError out of range."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lon) and math.isfinite(self.lat)):
            raise ValueError(f"coordinates must be finite, not lon={self.lon}, lat={self.lat}")
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise ValueError(f"coordinates out of range: lon={self.lon}, lat={self.lat}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The box that holds an area, in degrees WGS 84; across the antimeridian `west` is greater than `east` (RFC 7946).

    Raises ValueError out of range, or where it stands on its head.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        LonLat(lon=self.west, lat=self.south)
        LonLat(lon=self.east, lat=self.north)
        if self.south > self.north:
            raise ValueError(f"bounds cannot have south={self.south} north of north={self.north}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place of the gazetteer.

    `id` names its source: "geonames:170017", "user:…", "nominatim:…". `feature_class` and `feature_code` are
    GeoNames' codes, `country` an ISO 3166-1 alpha-2 code. `admin1` and `admin2` are names, not codes; an ADM1's own
    `admin1` is its name. `population` 0 means unknown. `uncertainty_m` is the radius in metres of a circle about the
    point that holds the place. `bounds` is the extent of an area, where it is known.
    """

    id: str
    name: str
    lon: float
    lat: float
    feature_class: str
    feature_code: str
    country: str | None = None
    admin1: str | None = None
    admin2: str | None = None
    population: int = 0
    uncertainty_m: int = 1000
    bounds: Bounds | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.name:
            raise ValueError("a place needs an id and a name")
        LonLat(lon=self.lon, lat=self.lat)
        if self.feature_class not in FEATURE_CLASSES:
            raise ValueError(f"{self.name!r}: unknown feature class {self.feature_class!r}")
        if self.uncertainty_m <= 0:
            raise ValueError(f"{self.name!r}: uncertainty_m must be positive, not {self.uncertainty_m}")

    @property
    def position(self) -> LonLat:
        """The place's point."""
        return LonLat(lon=self.lon, lat=self.lat)

    @property
    def is_country(self) -> bool:
        """Whether it is a country or a dependency (GeoNames PCL, PCLI, PCLD, PCLS, ...)."""
        return self.feature_code.startswith("PCL")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameMatch:
    """A place found by a name.

    `name` is the gazetteer's spelling that matched. `kind` says how: "name" (its main name), "alternate",
    "abbreviation" ("Calif."), "demonym" ("Syrians"), "metonym" (an institution: "the Kremlin"), "fuzzy".
    `cost` is how far the name asked for lies from that spelling: 0 for the same once folded, else -ln of the learned
    chance that two names so far apart are one place's (`spelling.Costs`). `spellings` counts the place's names: the
    better known, the more.
    """

    place: Place
    name: str
    kind: str
    cost: float = 0.0
    spellings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to compile with its further names: spelling, kind, and how much less than the place that name is known.

    `rank` orders places, best known highest; a name's answers stand in order of rank less that demotion.
    """

    place: Place
    names: tuple[tuple[str, str, float], ...] = ()
    rank: float = 0.0
