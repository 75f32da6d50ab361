"""Puts the world together from its sources: cities, divisions, countries, post towns, airports, hand-kept tables."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from .divisions import find_seats, match_subdivisions, middle_of
from .errors import GazetteerSourceError
from .extents import bound_areas, bound_countries, bound_division
from .names import fold
from .shapes import Shape, read_countries_polygons, read_shapes
from .sources import (
    Draft,
    Packages,
    PostTown,
    Subdivision,
    all_names,
    alternates,
    kilometres,
    read_airports,
    read_capitals,
    read_cities,
    read_codes,
    read_countries,
    read_divisions,
    read_post_towns,
    read_subdivisions,
)
from .tables import is_name_table, read_extents, read_name_table, read_place_table


def gather_world(packages: Packages, data: Path) -> list[Draft]:
    """Every place of the bundled gazetteer, one draft a place; the tables in `data` have the last word."""
    cities, countries = read_cities(packages), read_countries(packages)
    first, second = read_divisions(packages, 1), read_divisions(packages, 2)
    shapes = _us_shapes(packages, first)
    for city in cities:
        if city.country == "US" and city.admin2 not in second:
            city.admin2 = _county_at(shapes, city.admin1, city.lon, city.lat)
    _mark_capitals(cities, read_capitals(packages))
    airports = read_airports(packages)
    settled = cities + _post_towns(read_post_towns(packages), cities, shapes)
    ids = _read_ids(data / "geonames_ids.csv")
    names = {name for country in countries for name in all_names(country)}
    divisions = _divisions(first, second, ids, settled, names, read_subdivisions(packages), shapes)
    _place_countries(countries, settled)
    bound_countries(countries, read_countries_polygons(packages), read_codes(packages), settled)
    for draft in [*settled, *divisions, *airports]:
        draft.admin1, draft.admin2 = first.get(draft.admin1 or ""), second.get(draft.admin2 or "")
    drafts = {draft.id: draft for draft in [*airports, *settled, *divisions, *countries]}
    aliases = {f"iso3166-2:{draft.iso}": draft.id for draft in divisions if draft.iso}
    _apply_tables(drafts, aliases, data / "tables")
    _fill_divisions(drafts.values())
    bound_areas(drafts.values())
    return list(drafts.values())


def _us_shapes(packages: Packages, first: dict[str, str]) -> dict[str, Shape]:
    """Shapes of US states and counties by GeoNames' codes, "US.LA" and "US.LA.009", where us-atlas has FIPS numbers."""
    codes = {name: code for code, name in first.items() if code.startswith("US.")}
    states = {fips: s for fips, s in read_shapes(packages, "states").items() if s.name in codes}
    shapes = {codes[shape.name]: shape for shape in states.values()}
    for fips, shape in read_shapes(packages, "counties").items():
        if fips[:2] in states:
            shapes[f"{codes[states[fips[:2]].name]}.{fips[2:]}"] = shape
    return shapes


def _county_at(shapes: dict[str, Shape], state: str | None, lon: float, lat: float) -> str | None:
    whole = shapes.get(state or "")
    if whole is None:
        return None
    inside = (s for s in shapes.values() if s.code[:2] == whole.code and s is not whole and s.holds(lon, lat))
    return min((f"{state}.{county.code[2:]}" for county in inside), default=None)


def _mark_capitals(cities: list[Draft], capitals: dict[str, str]) -> None:
    """Gives each country's most populous place of its capital's name the code PPLC."""
    best: dict[str, Draft] = {}
    for city in cities:
        capital = fold(capitals.get(city.country or "", ""))
        if capital and any(fold(name) == capital for name in all_names(city)):
            known = best.setdefault(city.country or "", city)
            if (city.population, city.id) > (known.population, known.id):
                best[city.country or ""] = city
    for city in best.values():
        city.feature_code = "PPLC"


_POSTAL = {
    "Jct": "Junction",
    "Hts": "Heights",
    "Hls": "Hills",
    "Hl": "Hill",
    "Crk": "Creek",
    "Spgs": "Springs",
    "Spg": "Spring",
    "Lk": "Lake",
    "Lks": "Lakes",
    "Mtn": "Mountain",
    "Vlg": "Village",
    "Vly": "Valley",
    "Ctr": "Center",
    "Twp": "Township",
    "Is": "Island",
    "Bch": "Beach",
    "Pt": "Point",
    "Cy": "City",
    "Fls": "Falls",
    "Fld": "Field",
    "Grv": "Grove",
    "Hbr": "Harbor",
    "Pk": "Park",
    "Frk": "Fork",
    "Frst": "Forest",
    "Rdg": "Ridge",
    "Sta": "Station",
    "Brg": "Bridge",
    "Gdns": "Gardens",
    "Ests": "Estates",
    "Plt": "Plantation",
    "Fry": "Ferry",
    "Cp": "Camp",
    "Ft": "Fort",
    "Mt": "Mount",
    "Gr": "Grove",
    "Lndg": "Landing",
    "Mdws": "Meadows",
    "Rch": "Ranch",
}
"""The US Postal Service's abbreviations in names of places (Publication 28, appendix C)."""


def _post_towns(towns: list[PostTown], cities: list[Draft], shapes: dict[str, Shape]) -> list[Draft]:
    """Post towns that no city of their state is called, at the mean of their ZIP codes' points.

    An alias is a neighbourhood or village somewhere in the delivery area, so its radius is wider."""
    known = {(city.admin1, fold(name)) for city in cities if city.country == "US" for name in all_names(city)}
    drafts: dict[tuple[str, str], Draft] = {}
    for town in sorted(towns, key=lambda t: (t.alias, t.state, t.name)):
        name, state = " ".join(_POSTAL.get(word, word) for word in town.name.split()), f"US.{town.state}"
        key = (state, fold(name))
        if key in known or key in drafts or state not in shapes:
            continue
        lon = sum(x for x, _ in town.points) / len(town.points)
        lat = sum(y for _, y in town.points) / len(town.points)
        drafts[key] = Draft(
            id=f"usps:{town.state}-{key[1].replace(' ', '-')}",
            name=name,
            lon=round(lon, 5),
            lat=round(lat, 5),
            feature_class="P",
            feature_code="PPL",
            country="US",
            admin1=state,
            admin2=_county_at(shapes, state, lon, lat),
            radius=10_000 if town.alias else 5_000,
        )
    return list(drafts.values())


def _read_ids(path: Path) -> dict[str, int]:
    """GeoNames ids of first-level divisions and US counties by code (GeoNames' admin1CodesASCII and admin2Codes)."""
    with path.open(encoding="utf-8", newline="") as opened:
        return {row["code"]: int(row["geonameid"]) for row in csv.DictReader(opened)}


def _divisions(
    first: dict[str, str],
    second: dict[str, str],
    ids: dict[str, int],
    settled: list[Draft],
    countries: set[str],
    subdivisions: list[Subdivision],
    shapes: dict[str, Shape],
) -> list[Draft]:
    """First- and second-level divisions with a point: that of its shape, else of ISO 3166-2's subdivision, else the
    middle of its towns, else the town that it is called after. A division nobody places is left out; an ISO
    subdivision GeoNames lacks is taken in as ADMD."""
    members: dict[str, list[Draft]] = defaultdict(list)
    towns: dict[tuple[str | None, str], list[Draft]] = defaultdict(list)
    for town in settled:
        towns[town.country, fold(town.name)].append(town)
        for code in (town.admin1, town.admin2):
            if code:
                members[code].append(town)
    matched = match_subdivisions(first, members, subdivisions)
    taken = {s.code for s in matched.values()}
    parents = {s.code: code for code, s in matched.items()}
    below = match_subdivisions(second, members, [s for s in subdivisions if s.code not in taken])
    taken |= {s.code for s in below.values()}
    seats = find_seats({c: n for c, n in second.items() if not members[c] and c not in below}, members)
    drafts = []
    for code, name in [*first.items(), *second.items()]:
        iso = matched.get(code) or below.get(code)
        point = _division_point(shapes.get(code), iso, members[code] or seats.get(code, []))
        if point is None:
            continue
        level = code.count(".")
        division_id = f"geonames:{ids[code]}" if code in ids else f"geonames-admin:{code}"
        draft = Draft(
            id=division_id,
            name=name,
            lon=round(point[0], 5),
            lat=round(point[1], 5),
            feature_class="A",
            feature_code=f"ADM{level}",
            country=code[:2],
            admin1=".".join(code.split(".")[:2]),
            admin2=code if level == 2 else None,
            population=sum(town.population for town in members[code]),
            names=alternates(iso.names if iso else ()),
            iso=iso.code if iso else "",
        )
        reach = max((kilometres(*point, town.lon, town.lat) * 1000 for town in members[code]), default=0)
        draft.radius = shapes[code].radius if code in shapes else reach * 1.1 + (20_000, 5_000)[level - 1]
        if code in seats:
            draft.radius = _SEAT_REACH
        bound_division(draft, shapes.get(code), members[code])
        drafts.append(draft)
    left = [s for s in subdivisions if s.code not in taken and s.name not in countries]
    return drafts + [_iso_draft(s, parents) for s in left if not _is_town(s, towns)]


_SEAT_REACH = 40_000
"""Metres from its seat that hold a second-level division of which nothing else is known."""


def _is_town(iso: Subdivision, towns: dict[tuple[str | None, str], list[Draft]]) -> bool:
    """Whether a subdivision is but a city of its country: Hungary's cities with county rights, Monaco's quarters."""
    return any(
        kilometres(iso.lon, iso.lat, town.lon, town.lat) < 20
        for name in iso.names
        for town in towns.get((iso.code[:2], fold(name)), ())
    )


def _iso_draft(iso: Subdivision, parents: dict[str, str]) -> Draft:
    return Draft(
        id=f"iso3166-2:{iso.code}",
        name=iso.name,
        lon=iso.lon,
        lat=iso.lat,
        feature_class="A",
        feature_code="ADMD",
        country=iso.code[:2],
        admin1=parents.get(iso.parent or ""),
        radius=30_000,
        names=alternates(iso.names),
    )


def _division_point(shape: Shape | None, iso: Subdivision | None, towns: list[Draft]) -> tuple[float, float] | None:
    if shape:
        return shape.lon, shape.lat
    if iso:
        return iso.lon, iso.lat
    return middle_of(towns)


def _fill_divisions(drafts: Collection[Draft]) -> None:
    """Gives towns and spots without a first-level division that of the nearest town of their country within 30 km."""
    grid: dict[tuple[str | None, int, int], list[Draft]] = defaultdict(list)
    for town in drafts:
        if town.admin1 and town.feature_class == "P":
            grid[town.country, math.floor(town.lon), math.floor(town.lat)].append(town)
    for draft in drafts:
        if draft.admin1 or draft.feature_class not in "PS":
            continue
        x, y = math.floor(draft.lon), math.floor(draft.lat)
        around = [t for i in (-1, 0, 1) for j in (-1, 0, 1) for t in grid.get((draft.country, x + i, y + j), ())]
        near = min(((kilometres(draft.lon, draft.lat, t.lon, t.lat), t.id, t) for t in around), default=None)
        if near and near[0] <= 30:
            draft.admin1 = near[2].admin1


def _place_countries(countries: list[Draft], settled: list[Draft]) -> None:
    """Puts countries without a point at the middle of their towns, and widens each circle to hold its towns."""
    towns: dict[str | None, list[Draft]] = defaultdict(list)
    for town in settled:
        towns[town.country].append(town)
    for country in countries:
        inside = towns[country.country]
        if math.isnan(country.lon):
            country.lon, country.lat = middle_of(inside) or (math.nan, math.nan)
        reach = (kilometres(country.lon, country.lat, town.lon, town.lat) * 1000 for town in inside)
        country.radius = max([country.radius, *reach])


def _apply_tables(drafts: dict[str, Draft], aliases: dict[str, str], tables: Path) -> None:
    """Lets the hand-kept tables override and add places, then add names and boxes; raises all faults at once."""
    divisions = {(d.country, fold(d.name)): d.name for d in drafts.values() if d.feature_code == "ADM1"}
    extents = tables / "extents.csv"
    paths = sorted(set(tables.glob("*.csv")) - {extents})
    for path in paths:
        if not is_name_table(path):
            for row in read_place_table(path):
                row.id = aliases.get(row.id, row.id)
                row.admin1 = divisions.get((row.country, fold(row.admin1 or "")), row.admin1)
                _override(drafts, row)
    unknown = []

    def known(target: str, where: str) -> Draft | None:
        found = drafts.get(aliases.get(target, target))
        if not found:
            unknown.append(f"{where}: no place has the id {target!r}")
        return found

    for path in paths:
        if is_name_table(path):
            for name, kind, target, where in read_name_table(path):
                if draft := known(target, where):
                    draft.names.append((name, kind))
    for target, box, where in read_extents(extents):
        if draft := known(target, where):
            draft.bounds = box
    if unknown:
        raise GazetteerSourceError("\n".join(unknown))


def _override(drafts: dict[str, Draft], row: Draft) -> None:
    """Puts a table's row in the place of what is known. A division keeps its name, which its towns bear as admin1."""
    known = drafts.get(row.id)
    row.id = row.id or f"table:{fold(row.name).replace(' ', '-')}"
    if known:
        if known.feature_class == "A" and not known.feature_code.startswith("PCL"):
            row.names.insert(0, (row.name, "alternate"))
            row.name = known.name
        row.names += [(known.name, "alternate"), *known.names]
        row.country = row.country or known.country
        row.admin1, row.admin2 = known.admin1 or row.admin1, known.admin2
        row.population = row.population or known.population
        row.radius = row.radius or known.radius
        row.bounds = row.bounds or known.bounds
    drafts[row.id] = row
