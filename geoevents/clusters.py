"""Which of many sketched events are one: few pairs are looked at, and no chain grows without limit."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence

from .likeness import SLACK, Weights
from .sketches import Sketch

Key = tuple[object, ...]

CELL = 1.0
"""Degrees of a cell in which events of one place are looked for, with the cells around it."""

LONG_DAYS = 62
"""What happened "in 2018" is compared with what happened in the very same stretch of days, not with each day of it."""

BORROWED = 3
"""Places of a document at which an event that names none is looked for."""

TURN = round(360 / CELL)

RARE = 12
"""Documents that may share a word for it to lead from one to the other."""

CLUES = 6
"""Rare names, and as many other rare words, by which a document is looked for."""

NEIGHBOURS = 24
"""Events of a block, the last before it in time, that one is compared with: keeps the cost linear where thousands
share a cell."""

SAMPLE = 4
"""Members of a group that speak for it at either end of its days."""


def cluster(sketches: Sequence[Sketch], weights: Weights) -> list[list[int]]:
    """The numbers of the events, those that are one together; groups and members in order.

    `sketches` are in the order of their days, since events close in the order are preferred where a block is large.
    Links are taken up the surest first; two groups become one where the log-odds between their members are above 0
    on average and none is excluded (A like B and B like C do not make A one with an unlike C)."""
    links = sorted(
        (-odds, a, b)
        for a, b in _pairs(sketches)
        if (odds := weights(sketches[a], sketches[b])) is not None and odds > 0
    )
    known = {(a, b): -odds for odds, a, b in links}
    group = {n: [n] for n in range(len(sketches))}
    for _, a, b in links:
        one, other = sorted((group[a], group[b]))
        if one is not other and _are_one(_sample(one), _sample(other), known, sketches, weights):
            joined = sorted(one + other)
            group.update(dict.fromkeys(joined, joined))
    return [members for n, members in group.items() if members[0] == n]


def _sample(members: list[int]) -> list[int]:
    return members if len(members) <= 2 * SAMPLE else members[:SAMPLE] + members[-SAMPLE:]


def _are_one(
    one: list[int], other: list[int], known: Mapping[tuple[int, int], float], sketches: Sequence[Sketch], weigh: Weights
) -> bool:
    """Whether nothing excludes any of the pairs, and their log-odds are above 0 on average."""
    total = 0.0
    for a in one:
        for b in other:
            odds = known.get((a, b) if a < b else (b, a))
            if odds is None:
                odds = weigh(sketches[a], sketches[b])
            if odds is None:
                return False
            total += odds
    return total > 0


def _pairs(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int]]:
    """Pairs that may be one, each once: of a family, close in time, and close in space or sharing rare names."""
    shared = _clues(sketches)
    blocks: dict[Key, deque[int]] = {}
    for n, sketch in enumerate(sketches):
        since = sketch.window[0] - SLACK if sketch.window else 0
        standing, looking = _keys(sketch, shared)
        found: set[int] = set()
        for key in looking:
            found.update(blocks.get(key, ()))
        for other in sorted(found):
            window = sketches[other].window
            if window is None or window[1] >= since:
                yield other, n
        for key in standing:
            block = blocks.get(key)
            if block is None:
                block = blocks[key] = deque(maxlen=NEIGHBOURS)
            block.append(n)


def _clues(sketches: Sequence[Sketch]) -> dict[str, tuple[str, ...]]:
    """Of each document, the rarest names and the rarest words that some other document has too."""
    settings = {sketch.setting.document_id: sketch.setting for sketch in sketches}
    clues: dict[str, tuple[str, ...]] = {}
    spread = Counter(word for setting in settings.values() for word in setting.names | setting.words)
    for key, setting in settings.items():
        for words in (setting.names, setting.words):
            rare = sorted((spread[word], word) for word in words if 1 < spread[word] <= RARE)
            clues[key] = (*clues.get(key, ()), *(word for _, word in rare[:CLUES]))
    return clues


def _keys(sketch: Sketch, shared: dict[str, tuple[str, ...]]) -> tuple[set[Key], set[Key]]:
    """The blocks an event stands in, and those in which it looks for the ones before it.

    A spot looks for spots around it and for areas of its country, an area for all that its country has."""
    standing: set[Key] = {("clue", word) for word in shared[sketch.setting.document_id]}
    looking = set(standing)
    if not sketch.spots:
        standing.add(("nowhere", sketch.setting.document_id))
    for spot in sketch.spots if sketch.own else sketch.spots[:BORROWED]:
        x, y = round(spot.lon / CELL), round(spot.lat / CELL)
        standing |= {("cell", x % TURN, y), ("country", spot.country)}
        if spot.is_fine:
            looking |= {("cell", (x + i) % TURN, y + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            looking.add(("area", spot.country))
        else:
            standing.add(("area", spot.country))
            looking.add(("country", spot.country))
    looking |= {key for key in standing if key[0] == "nowhere"}
    long = sketch.window is not None and sketch.window[1] - sketch.window[0] > LONG_DAYS
    kinds = [(family, sketch.modality, sketch.window if long else sketch.window is None) for family in sketch.families]
    return {(*kind, *key) for kind in kinds for key in standing}, {(*kind, *key) for kind in kinds for key in looking}
