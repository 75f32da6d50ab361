"""How fast the bundled gazetteer opens and answers: python benchmarks/lookups.py [--names 100000]

Prints the best of five runs, in CPU time: milliseconds to open; exact lookups a second of names as news has them (Zipf
over how well known a place is), of random distinct names never asked before, and of names it lacks; `in`, fuzzy lookups
and `near` a second.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from gazetteer import Gazetteer, LonLat
from gazetteer.names import fold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=100_000, help="how many names to look up")
    parser.add_argument("--gazetteer", type=Path, help="a compiled gazetteer instead of the bundled one")
    options = parser.parse_args()
    Gazetteer.open(options.gazetteer)  # loads marisa_trie and warms the page cache
    opened = min(_seconds(lambda: Gazetteer.open(options.gazetteer)) for _ in range(20))
    world = Gazetteer.open(options.gazetteer)
    info = world.info()
    print(f"{info.places:,} places, {info.names:,} names, {info.bytes / 1e6:.1f} MB, sha256 {info.sha256[:12]}")
    print(f"open: {opened * 1000:.2f} ms")
    chosen = random.Random(0)  # noqa: S311
    places = list(world)
    names = [chosen.choice(world.names(place.id)) for place in chosen.sample(places, min(options.names, len(places)))]
    absent = [name + "xq" for name in names]

    def look_up(asked: list[str]) -> float:
        fold.cache_clear()
        fresh = Gazetteer.open(options.gazetteer)
        return len(asked) / _seconds(lambda: [fresh.lookup(name) for name in asked])

    drawn = [int(10 * (len(places) / 10) ** chosen.random()) - 10 for _ in names]
    news = [chosen.choice(world.names(places[row].id)) for row in drawn]
    print(f"exact, as in news: {max(look_up(news) for _ in range(5)):,.0f} lookups/s")
    print(f"exact, all distinct: {max(look_up(names) for _ in range(5)):,.0f} lookups/s")
    print(f"exact, absent: {max(look_up(absent) for _ in range(5)):,.0f} lookups/s")
    asked = _seconds(lambda: [name in world for name in names])
    print(f"name in gazetteer: {len(names) / asked:,.0f}/s")
    some = [name[:-1] for name in names[:500]]
    print(f"fuzzy: {len(some) / _seconds(lambda: [world.lookup_fuzzy(name) for name in some]):,.0f} lookups/s")
    points = [LonLat(lon=place.lon, lat=place.lat) for place in chosen.sample(places, 500)]
    print(f"near, 50 km: {len(points) / _seconds(lambda: [world.near(point, 50, 20) for point in points]):,.0f}/s")


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
