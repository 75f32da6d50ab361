"""Picks the towns whose names the map page's base map shows, and writes them as the page reads them.

`python -m gazetteer.labels FILE` writes them from the bundled gazetteer: `make gazetteer` does, with
maps/assets/towns.json for FILE. The same gazetteer gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from .names import fold, skeleton
from .places import Place
from .store import Gazetteer

ZOOMS = {4: 1000, 5: 1000, 6: 1000, 7: 2000, 8: 20_000, 9: 50_000, 10: 100_000}
"""Web map zooms at which towns are added, and how many inhabitants these have at least. Of smaller ones many a
region's are unknown; and all that have room at the last three would be 60,000 names and a megabyte."""

GAP = 64
"""Pixels that the next better known town lies away at least at the zoom a town is added at: a short name's width."""

CAPITAL = 10
"""How many times its fame a country's capital counts: a reader looks for Canberra before Wollongong."""

WORLD = 2**18
"""The world's width in the pixels that positions are kept in: those of zoom 10, the map's closest."""

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Base 64 in one letter a digit: three count to WORLD, without a letter HTML might mistake."""

OTHER_SCRIPTS = frozenset(
    "AE AF AM BD BG BH BT BY CN CY DJ DZ EG EH ER ET GE GR HK IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK LY MA MK MM "
    "MN MO MR MV NP OM PK PS QA RS RU SA SD SY TD TH TJ TN TW UA YE".split()
)
"""Countries that write in other letters than Latin ones: the marks of their towns' names are a transliteration's, which
English texts leave out (Khān Yūnis); Łódź and Malmö keep theirs."""

CYRILLIC = frozenset("BG BY KG KZ MK MN RU TJ UA".split())
"""Countries where an apostrophe in a name stands for a letter without a sound: Slov'yans'k is Slovyansk."""

_APOSTROPHES = re.compile("[‘’ʻʼʽ`´]")

Point = tuple[float, float]
Label = tuple[str, Point]
Grid = dict[tuple[int, int], list[Point]]

CELL = GAP / (256 * 2 ** max(ZOOMS))
"""The gap at the last of the zooms, as a fraction of the world's width: how far rings of the grid lie apart."""

RINGS = 2 ** (max(ZOOMS) - min(ZOOMS))
"""How many of them make the gap at the first of the zooms."""


def pick_towns(places: Iterable[tuple[Place, tuple[str, ...]]]) -> dict[int, list[Label]]:
    """Towns by the zoom from which no better known one lies within GAP, the best known first.

    `places` come with their spellings. Whether the better known town is shown makes no difference: a village
    is never on the map in place of the city beside it, and what a reader sees of a region does not depend on where the
    map's edge lies. Points are fractions of the web map's width, from its north-west corner.
    """
    towns = [(_fame(place, spellings), place, spellings) for place, spellings in places if _is_town(place)]
    picked: dict[int, list[Label]] = {zoom: [] for zoom in ZOOMS}
    grid: Grid = {}
    for _, town, spellings in sorted(towns, key=lambda row: (-row[0], row[1].id)):
        point = _project(town.lon, town.lat)
        apart = _nearest(grid, point)
        roomy = (zoom for zoom, least in ZOOMS.items() if apart * 256 * 2**zoom >= GAP and town.population >= least)
        if (zoom := next(roomy, None)) is not None:
            picked[zoom].append((plain_name(town, spellings), point))
        grid.setdefault(_cell(point), []).append(point)
    return picked


def plain_name(place: Place, spellings: tuple[str, ...] = ()) -> str:
    """The name as English texts write it: without a transliteration's marks, with plain apostrophes or none.

    A town spelt with such marks whose region is named after it, without them, is spelt as the region: Hama, Daraa.
    """
    name = _APOSTROPHES.sub("'", place.name)
    if place.country not in OTHER_SCRIPTS or (name.isascii() and "'" not in name):
        return name
    region = place.admin1
    if region in spellings and region.isascii() and skeleton(fold(region)) == skeleton(fold(name)):
        return region
    if place.country in CYRILLIC:
        name = name.replace("'", "")
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def render(gazetteer: Gazetteer) -> str:
    """The towns as JSON, one text a zoom; each town is its column and row, three digits each, and its name."""
    about = {"from": "GeoNames (https://www.geonames.org), CC BY 4.0", "edition": gazetteer.info().built}
    places = ((place, gazetteer.names(place.id)) for place in gazetteer if _is_town(place))
    towns = {str(zoom): ";".join(_write(towns)) for zoom, towns in pick_towns(places).items()}
    return json.dumps({**about, "towns": towns}, ensure_ascii=False, indent=1) + "\n"


def _is_town(place: Place) -> bool:
    return place.feature_class == "P" and place.feature_code != "PPLX" and place.population >= min(ZOOMS.values())


def _fame(town: Place, spellings: tuple[str, ...]) -> int:
    """Inhabitants times spellings: a quarter, which a census may make larger than its city, has few (Mosul's).

    "Molotovskyi District" does not count beside "Molotovskyi".
    """
    known = set(spellings)
    heads = (name.rpartition(" ")[0] for name in spellings)
    own = sum(head not in known for head in heads)
    return town.population * own * (CAPITAL if town.feature_code == "PPLC" else 1)


def _project(lon: float, lat: float) -> Point:
    sine = math.sin(math.radians(lat))
    return lon / 360 + 0.5, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def _cell(point: Point) -> tuple[int, int]:
    return int(point[0] // CELL), int(point[1] // CELL)


def _nearest(grid: Grid, point: Point) -> float:
    """How far the nearest point of the grid is, by rings of cells from the inside; infinite beyond RINGS of them."""
    column, row = _cell(point)
    best = math.inf
    for ring in range(RINGS + 1):
        if best <= (ring - 1) * CELL:
            break
        for i in range(-ring, ring + 1):
            for j in range(-ring, ring + 1) if abs(i) == ring else {-ring, ring}:
                for other in grid.get((column + i, row + j), ()):
                    best = min(best, math.dist(point, other))
    return best


def _write(towns: Iterable[Label]) -> Iterator[str]:
    for name, point in towns:
        if ";" in name:
            raise ValueError(f"a town's name has a semicolon, which parts the names: {name!r}")
        yield "".join(_digits(int(part * WORLD)) for part in point) + name


def _digits(number: int) -> str:
    return "".join(DIGITS[number >> shift & 63] for shift in (12, 6, 0))


def main(arguments: list[str] | None = None) -> int:
    """Writes the file."""
    parser = argparse.ArgumentParser(prog="python -m gazetteer.labels", description="Writes the base map's towns.")
    parser.add_argument("file", type=Path, help="where to: maps/assets/towns.json")
    path = parser.parse_args(arguments).file
    path.write_text(render(Gazetteer.open()), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
