"""What geocoding services answer, read as places: Nominatim's list, and the GeoJSON of Photon and Pelias.

Nothing in an answer is believed unchecked: a candidate without finite coordinates in range, at 0,0 (how services and
libraries spell "missing") or without a name is dropped; so is one outside the country that was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .places import LonLat, Place

NAME_LENGTH = 200
"""Characters of a name that are kept."""

SMALLEST_M = 100
"""No radius is smaller: a service's point is the middle of something."""

FEATURES: Mapping[str, str] = {
    # OpenStreetMap's place=* and Nominatim's addresstype for boundaries; Photon's "type" and Pelias's "layer" agree
    "continent": "L CONT", "ocean": "H OCN", "sea": "H SEA", "marinearea": "H SEA",
    "country": "A PCLI", "dependency": "A PCLD", "empire": "A PCLI", "state": "A ADM1", "province": "A ADM1",
    "macroregion": "L RGN", "county": "A ADM2", "state_district": "A ADM2", "macrocounty": "A ADM2",
    "district": "A ADM3", "municipality": "A ADM3", "city_district": "A ADM4", "localadmin": "A ADM3",
    "city": "P PPL", "town": "P PPL", "village": "P PPL", "hamlet": "P PPL", "isolated_dwelling": "P PPL",
    "allotments": "P PPLX", "borough": "P PPLX", "suburb": "P PPLX", "quarter": "P PPLX", "neighbourhood": "P PPLX",
    "city_block": "P PPLX", "locality": "L LCTY", "archipelago": "T ISLS", "island": "T ISL", "islet": "T ISLT",
    "square": "S SQR", "farm": "S FRM", "administrative": "A ADMD", "political": "L RGN", "region": "L RGN",
    # boundary=*, natural=*, water=*, waterway=*, landuse=*, military=*
    "national_park": "L PRK", "protected_area": "L RESN", "aboriginal_lands": "L RESV", "disputed": "A ZN",
    "peak": "T PK", "hill": "T HLL", "volcano": "T VLC", "mountain_range": "T MTS", "ridge": "T RDGE", "cape": "T CAPE",
    "peninsula": "T PEN", "valley": "T VAL", "desert": "T DSRT", "dune": "T DUNE", "cliff": "T CLF", "beach": "T BCH",
    "saddle": "T PASS", "mountain_pass": "T PASS", "plateau": "T PLAT", "plain": "T PLN", "wood": "V FRST",
    "forest": "V FRST", "scrub": "V SCRB", "heath": "V HTH", "grassland": "V GRSLD", "water": "H LK", "lake": "H LK",
    "reservoir": "H RSV", "bay": "H BAY", "strait": "H STRT", "wetland": "H WTLD", "glacier": "H GLCR", "reef": "H RF",
    "river": "H STM", "stream": "H STM", "canal": "H CNL", "wadi": "H WAD", "waterfall": "H FLLS", "dam": "S DAM",
    "military": "L MILB", "base": "L MILB", "airfield": "S AIRB", "barracks": "S INSM", "training_area": "L MILB",
    "industrial": "L INDS", "park": "L PRK", "nature_reserve": "L RESN",
    # aeroway=*, railway=*, amenity=*, tourism=*, historic=*, man_made=*: what the news names
    "aerodrome": "S AIRP", "station": "S RSTN", "halt": "S RSTP", "border_control": "S PSTB", "hospital": "S HSP",
    "clinic": "S HSPC", "university": "S UNIV", "college": "S SCHC", "school": "S SCH", "prison": "S PRN",
    "police": "S PP", "place_of_worship": "S RLG", "refugee_site": "S CMPRF", "embassy": "S DIP",
    "marketplace": "S MKT", "stadium": "S STDM", "museum": "S MUS", "monument": "S MNMT", "ruins": "S RUIN",
    "archaeological_site": "S ANS", "castle": "S CSTL", "bridge": "S BDG", "lighthouse": "S LTHSE", "works": "S MFG",
    "power": "S PS", "plant": "S PS",
    "harbour": "H HBR", "port": "L PRT", "mine": "S MN", "quarry": "S MNQR", "oil_field": "L OILF",
}  # fmt: skip
"""Tag value -> GeoNames feature class and code (https://www.geonames.org/export/codes.html)."""

KEYS: Mapping[str, str] = {
    "place": "L LCTY", "boundary": "A ADMD", "natural": "L AREA", "water": "H LK", "waterway": "H STM",
    "landuse": "L AREA", "leisure": "L PRK", "military": "L MILB", "highway": "R RD", "railway": "R RR",
    "street": "R ST", "bridge": "S BDG", "aeroway": "S AIRF",
}  # fmt: skip
"""Tag key -> the same, for values that FEATURES does not list; anything else is a building (S BLDG)."""

RADII_M: Mapping[str, int] = {
    "CONT": 4_000_000, "OCN": 4_000_000, "SEA": 500_000, "PCLI": 500_000, "PCLD": 100_000, "ADM1": 100_000,
    "ADM2": 30_000, "ADM3": 15_000, "ADM4": 5_000, "RGN": 100_000, "MTS": 100_000, "DSRT": 200_000, "STM": 50_000,
    "P": 5_000, "S": 500, "R": 5_000,
}  # fmt: skip
"""Radius by feature code or class where the answer has no bounding box; 20 km otherwise. Orders of magnitude."""


def candidates(provider: str, payload: object) -> list[Mapping[str, Any]]:
    """The entries of an answer that have a usable position, in the service's order.

    Raises ValueError where the payload is no answer of that service, or holds entries of which none is usable: broken
    is not the same as empty.
    """
    entries = payload if provider == "nominatim" else payload.get("features") if isinstance(payload, Mapping) else None
    if not isinstance(entries, list):
        raise ValueError(f"not what {provider} answers: {str(payload)[:80]!r}")
    usable = [entry for entry in entries if isinstance(entry, Mapping) and _position(provider, entry) is not None]
    if entries and not usable:
        raise ValueError("no candidate has usable coordinates")
    return usable


def read_places(provider: str, entries: Sequence[Mapping[str, Any]], country: str | None) -> tuple[Place, ...]:
    """The candidates as places, in the service's order, each once, only those in `country` where one is given."""
    read = _read_nominatim if provider == "nominatim" else _read_photon if provider == "photon" else _read_pelias
    places: dict[str, Place] = {}
    for entry in entries:
        place = read(entry)
        if place is not None and (country is None or place.country == country):
            places.setdefault(place.id, place)
    return tuple(places.values())


def _position(provider: str, entry: Mapping[str, Any]) -> LonLat | None:
    try:
        lon, lat = (entry["lon"], entry["lat"]) if provider == "nominatim" else entry["geometry"]["coordinates"][:2]
        where = LonLat(lon=float(lon), lat=float(lat))
    except (KeyError, TypeError, ValueError):
        return None
    return where if (where.lon, where.lat) != (0, 0) else None


def _read_nominatim(entry: Mapping[str, Any]) -> Place | None:
    address, key = _mapping(entry.get("address")), _text(entry.get("category")) or _text(entry.get("class"))
    kind = _text(entry.get("type"))
    if key in ("boundary", "place"):  # a boundary is an "administrative" to itself, a "city" to its address
        kind = _text(entry.get("addresstype")) if _text(entry.get("addresstype")) in FEATURES else kind
    box = entry.get("boundingbox")
    south, north, west, east = box if isinstance(box, list) and len(box) == 4 else [None] * 4
    return _place(
        "nominatim",
        entry,
        ref=_osm_ref(entry),
        name=_text(entry.get("name")) or (_text(entry.get("display_name")) or "").partition(",")[0],
        key=key,
        kind=kind,
        country=_text(address.get("country_code")),
        admin1=_text(address.get("state")) or _text(address.get("province")) or _text(address.get("region")),
        admin2=_text(address.get("county")) or _text(address.get("state_district")),
        population=_mapping(entry.get("extratags")).get("population"),
        box=(west, south, east, north),
    )


def _read_photon(entry: Mapping[str, Any]) -> Place | None:
    about = _mapping(entry.get("properties"))
    key, kind = _text(about.get("osm_key")), _text(about.get("osm_value"))
    box = about.get("extent")
    west, north, east, south = box if isinstance(box, list) and len(box) == 4 else [None] * 4
    return _place(
        "photon",
        entry,
        ref=_osm_ref(about),
        name=_text(about.get("name")),
        key=key,
        kind=_text(about.get("type")) if kind == "administrative" else kind,
        country=_text(about.get("countrycode")),
        admin1=_text(about.get("state")),
        admin2=_text(about.get("county")),
        population=None,
        box=(west, south, east, north),
    )


PELIAS_LAYERS = {"region": "province", "locality": "city", "venue": "building", "address": "building"}
"""Pelias layers that mean something else than the OpenStreetMap tag of that name (Who's On First placetypes)."""


def _read_pelias(entry: Mapping[str, Any]) -> Place | None:
    about = _mapping(entry.get("properties"))
    layer = _text(about.get("layer")) or ""
    box = entry.get("bbox")
    return _place(
        "pelias",
        entry,
        ref=_text(about.get("gid")),
        name=_text(about.get("name")),
        key=layer,
        kind=PELIAS_LAYERS.get(layer, layer),
        country=_text(about.get("country_code")),
        admin1=_text(about.get("region")),
        admin2=_text(about.get("county")),
        population=about.get("population"),
        box=tuple(box) if isinstance(box, list) and len(box) == 4 else (None,) * 4,
    )


def _place(
    provider: str,
    entry: Mapping[str, Any],
    *,
    ref: str | None,
    name: str | None,
    key: str | None,
    kind: str | None,
    country: str | None,
    admin1: str | None,
    admin2: str | None,
    population: object,
    box: tuple[Any, ...],
) -> Place | None:
    """One candidate, or None without a name or a position; `box` is west, south, east, north as far as known."""
    where = _position(provider, entry)
    if where is None or not name:
        return None
    feature_class, feature_code = (FEATURES.get(kind or "") or KEYS.get(key or "") or "S BLDG").split()
    return Place(
        id=f"{provider}:{ref or f'{where.lon:.5f},{where.lat:.5f}'}",
        name=name,
        lon=where.lon,
        lat=where.lat,
        feature_class=feature_class,
        feature_code=feature_code,
        country=country.upper() if country and len(country) == 2 and country.isascii() and country.isalpha() else None,
        admin1=name if feature_code == "ADM1" else admin1,
        admin2=name if feature_code == "ADM2" else admin2,
        population=_count(population),
        uncertainty_m=_radius(where, box) or RADII_M.get(feature_code) or RADII_M.get(feature_class) or 20_000,
    )


def _radius(where: LonLat, box: tuple[Any, ...]) -> int | None:
    """Metres from the point to the farthest corner of its bounding box; None without a box."""
    from geopy.distance import great_circle

    try:
        west, south, east, north = map(float, box)
        corners = [LonLat(lon=lon, lat=lat) for lon in (west, east) for lat in (south, north)]
    except (TypeError, ValueError):
        return None
    farthest: float = max(great_circle((where.lat, where.lon), (c.lat, c.lon)).meters for c in corners)
    return max(SMALLEST_M, math.ceil(farthest))


def _osm_ref(entry: Mapping[str, Any]) -> str | None:
    kind, number = _text(entry.get("osm_type")), entry.get("osm_id")
    return f"{kind[0].upper()}{number}" if kind and isinstance(number, int) else None


def _count(value: object) -> int:
    """A population, 0 where it is missing or odd ("ca. 12 000")."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    """A text of bearable length that can be written as UTF-8 (JSON allows lone surrogates), None if empty."""
    if not isinstance(value, str):
        return None
    return value[:NAME_LENGTH].encode("utf-8", "replace").decode().strip() or None
