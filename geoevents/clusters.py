"""Which of many sketched events are one: few pairs are looked at, and no chain grows without limit."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .likeness import SLACK, Weights
from .sketches import Sketch, Spot

Key = tuple[object, ...]

CELL = 1.0
"""Degrees of a cell in which events of one place are looked for, with the cells around it."""

LONG_DAYS = 62
"""What happened "in 2018" is compared with what happened in the very same stretch of days, not with each day of it."""

BORROWED = 3
"""Places of a document at which an event that names none is looked for."""

RARE = 12
"""Documents that may share a word for it to lead from one to the other."""

CLUES = 6
"""Rare names, and as many other rare words, by which a document is looked for."""

NEIGHBOURS = 24
"""Events of a block, nearest in time, that one is compared with: keeps the cost linear where thousands share a cell."""

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
    blocks: dict[Key, list[int]] = {}
    for n, sketch in enumerate(sketches):
        for key in _keys(sketch, shared, around=False):
            blocks.setdefault(key, []).append(n)
    found: dict[int, set[int]] = {}
    for n, sketch in enumerate(sketches):
        earlier = found.pop(n, set())
        for key in _keys(sketch, shared, around=True):
            block = blocks.get(key, [])
            if len(block) > NEIGHBOURS:
                at = bisect_left(block, n)
                block = block[max(0, at - NEIGHBOURS // 2) : at + NEIGHBOURS // 2]
            for other in block:
                if other < n:
                    earlier.add(other)
                elif other > n:  # it may not look as far: a town does not look for its country
                    found.setdefault(other, set()).add(n)
        yield from ((other, n) for other in sorted(earlier))


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


def _keys(sketch: Sketch, shared: dict[str, tuple[str, ...]], *, around: bool) -> Iterator[Key]:
    """The blocks an event stands in, or, `around`, those in which it looks for others."""
    where = list(dict.fromkeys(_places(sketch, around=around)))
    where += [("clue", word) for word in shared[sketch.setting.document_id]]
    for family in sketch.families:
        for when in _times(sketch, around=around):
            for place in where:
                yield (family, sketch.modality, when, *place)


def _times(sketch: Sketch, *, around: bool) -> Iterator[object]:
    if sketch.window is None:
        yield None
    elif sketch.window[1] - sketch.window[0] > LONG_DAYS:
        yield sketch.window
    else:
        slack = SLACK if around else 0
        yield from range((sketch.window[0] - slack) // 7, (sketch.window[1] + slack) // 7 + 1)


def _places(sketch: Sketch, *, around: bool) -> Iterator[Key]:
    if not sketch.spots:
        yield ("nowhere", sketch.setting.document_id)
    for spot in sketch.spots if sketch.own else sketch.spots[:BORROWED]:
        if spot.is_fine or not around:
            yield from _cells(spot, around=around)
        if not spot.is_fine or not around:
            yield ("country", spot.country)


def _cells(spot: Spot, *, around: bool) -> Iterator[Key]:
    x, y = round(spot.lon / CELL), round(spot.lat / CELL)
    turn = round(360 / CELL)
    for i in (-1, 0, 1) if around else (0,):
        for j in (-1, 0, 1) if around else (0,):
            yield ("cell", (x + i) % turn, y + j)
