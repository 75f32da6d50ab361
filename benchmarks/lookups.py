"""How fast the bundled gazetteer opens and answers: python benchmarks/lookups.py [--names 100000]

Prints the best of five runs, in CPU time: milliseconds to open; exact lookups a second, each run on a gazetteer just
opened, of names as news has them (Zipf over how well known a place is; by main name, or by any of its names in any
language), of random distinct names (a third mean several places; three on average), and of names it lacks; then of
names asked before; `in` and `near` a second, and fuzzy lookups of distinct names that the gazetteer lacks: names with
one letter wrong, and halves of two names put together, all asked together and each alone. One fuzzy lookup before,
left out, loads the costs. A lookup gives complete records, which are kept only by the gazetteer's own caches.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from gazetteer import Gazetteer, LonLat
from gazetteer.names import fold, split_class


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

    gc.freeze()  # the benchmark's own 300,000 places are no part of what a lookup costs

    def look_up(asked: list[str]) -> float:
        fold.cache_clear()
        split_class.cache_clear()
        return repeat(Gazetteer.open(options.gazetteer), asked)

    def repeat(gazetteer: Gazetteer, asked: list[str]) -> float:
        return len(asked) / _seconds(lambda: deque(map(gazetteer.lookup, asked), maxlen=0))

    drawn = [int(10 * (len(places) / 10) ** chosen.random()) - 10 for _ in names]
    news = [places[row].name for row in drawn]
    spelled = [chosen.choice(world.names(places[row].id)) for row in drawn]
    print(f"exact, as in news, main names: {max(look_up(news) for _ in range(5)):,.0f} lookups/s")
    print(f"exact, as in news, any names: {max(look_up(spelled) for _ in range(5)):,.0f} lookups/s")
    print(f"exact, all distinct: {max(look_up(names) for _ in range(5)):,.0f} lookups/s")
    print(f"exact, absent: {max(look_up(absent) for _ in range(5)):,.0f} lookups/s")
    again = names[:5000]
    repeat(world, again)
    print(f"exact, asked before: {max(repeat(world, again) for _ in range(5)):,.0f} lookups/s")
    asked = _seconds(lambda: [name in world for name in names])
    print(f"name in gazetteer: {len(names) / asked:,.0f}/s")
    slipped = [_slip(name, chosen) for name in names[:2500]]
    spliced = [
        a[: max(3, len(a) // 2)] + b[len(b) // 2 :].lower()
        for a, b in zip(names[:2500], names[2500:5000], strict=False)
    ]
    world.lookup_fuzzy("Kafr Zaytun")  # loads the costs and numpy
    for what, unknown in (("one letter wrong", slipped), ("absent", spliced)):
        some = [name for name in dict.fromkeys(unknown) if name not in world]
        together = min(_seconds(lambda asked=some: world.lookup_fuzzy_many(asked)) for _ in range(5))
        alone = _seconds(lambda asked=some: deque(map(world.lookup_fuzzy, asked), maxlen=0))
        print(f"fuzzy, distinct, {what}, together: {len(some) / together:,.0f} lookups/s")
        print(f"fuzzy, distinct, {what}, alone: {len(some) / alone:,.0f} lookups/s")
    points = [LonLat(lon=place.lon, lat=place.lat) for place in chosen.sample(places, 500)]
    world.near(points[0], 50, 20)  # loads numpy
    print(f"near, 50 km: {len(points) / _seconds(lambda: [world.near(point, 50, 20) for point in points]):,.0f}/s")


def _slip(name: str, chosen: random.Random) -> str:
    """A name with one letter dropped, added, changed, or swapped with the next, not its first."""
    at, letter = chosen.randrange(1, len(name) + 1), chosen.choice("abcdefghijklmnopqrstuvwxyz")
    left, here, right = name[:at], name[at : at + 1], name[at + 1 :]
    return chosen.choice(
        [left + right, left + letter + here + right, left + letter + right, left + right[:1] + here + right[1:]]
    )


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
