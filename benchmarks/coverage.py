"""Measures what the gazetteer lacks: `python benchmarks/coverage.py --shared ../shared [--gazetteer FILE]`.

For each name of the open benchmark files (demonyms aside): whether any candidate of the resolver's is right by
score.py's rule, which no ranking can mend, and whether the gazetteer holds gold's GeoNames id at all. Below the table
stand the names that no candidate is right for, by what their words say they are; --names lists them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.accuracy import PLACE_FILES, Row, load_gold, load_scorer
from gazetteer.places import Place
from gazetteer.store import Gazetteer
from geoevents.candidates import find_options, kinds_in


@dataclass(slots=True)
class Coverage:
    """Counts of one set's names; `missing` holds (kind, name, country or "") of those no candidate is right for."""

    names: int = 0
    right: int = 0
    first: int = 0
    ids: int = 0
    held: int = 0
    missing: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def line(self, file: str) -> str:
        """The set's shares; "first" is the best known candidate."""
        held = f"{self.held / self.ids:.3f}" if self.ids else "-"
        shares = f"best candidate right {self.right / self.names:.3f}, first {self.first / self.names:.3f}"
        return f"{file:<8} {shares}, gold id held {held}, n {self.names}"


def measure(gold: list[Row], gazetteer: Gazetteer, score: Any) -> Coverage:
    """Coverage of one set's documents."""
    found = Coverage()
    for toponym in (t for document in gold for t in document["toponyms"]):
        if toponym["lat"] is None or score.is_demonym(toponym["text"]):
            continue
        options = [option.place for option in find_options(toponym["text"], gazetteer)]
        right = [score.right(toponym, _as_row(place)) for place in options]
        found.names += 1
        found.right += any(right)
        found.first += any(right[:1])
        if toponym["geonameid"]:
            found.ids += 1
            found.held += gazetteer.get(f"geonames:{toponym['geonameid']}") is not None
        if not any(right):
            kind = "/".join(sorted(kinds_in(toponym["text"]))) or "no class word"
            where = "elsewhere" if options else "unknown"
            found.missing[f"{where}: {kind}", toponym["text"], f"{toponym['lat']:.2f},{toponym['lon']:.2f}"] += 1
    return found


def _as_row(place: Place) -> Row:
    return {"lat": place.lat, "lon": place.lon, "country": place.country, "feature_code": place.feature_code}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    parser.add_argument("--gazetteer", type=Path, help="a compiled gazetteer; the bundled one by default")
    parser.add_argument("--split", choices=["dev", "train", "all"], default="all")
    parser.add_argument("--names", type=int, default=0, help="how many missing names to list for a kind")
    options = parser.parse_args()
    gazetteer = Gazetteer.open(options.gazetteer)
    score = load_scorer(options.shared / "bench" / "score.py")
    for file in PLACE_FILES:
        gold = load_gold(options.shared / "bench" / "places" / f"{file}.json", options.split)
        coverage = measure(gold, gazetteer, score)
        print(coverage.line(file))
        kinds = Counter[str]()
        for (kind, _, _), count in coverage.missing.items():
            kinds[kind] += count
        for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
            listed = sorted((-n, name, at) for (k, name, at), n in coverage.missing.items() if k == kind)
            shown = "; ".join(f"{name} x{-n} ({at})" for n, name, at in listed[: options.names])
            print(f"  {count:>4} {kind}{': ' if shown else ''}{shown}")


if __name__ == "__main__":
    main()
