"""Dependency trees from scores of pairs of words: one root a sentence, no cycles, the best such tree or close to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.intp]
    Score = Callable[[Floats, Floats], tuple[Floats, Floats]]

MAX_SENTENCE, PIECE = 400, 200
"""A sentence of more than MAX_SENTENCE words is no sentence: its pieces of PIECE words are read one by one."""

_CELLS = 1 << 19
"""Scores of pairs held at a time."""

_NEVER = np.float32(-1e30)


_FINITE = frozenset({"VBD", "VBP", "VBZ"})


def attach_words(score: Score, dependents: Floats, heads: Floats, bounds: Sequence[int]) -> Numbers:
    """The head of each word, its own number for a root; one root between each two of `bounds`, the first of them 0.

    `score` gives, for vectors of dependents and heads [stretches, words, d], how well each word hangs on each
    [stretches, words, words], and how well it is a root [stretches, words]. The root is the word that gains most by
    it; where the others' best heads make a cycle, the best tree below that root is found.
    """
    found = np.empty(len(dependents), dtype=np.intp)
    for starts, sizes in _batch(bounds):
        width = int(sizes.max())
        steps = np.arange(width)
        words = np.minimum(starts[:, None] + steps, len(found) - 1)
        known = steps < sizes[:, None]
        scores, roots = score(dependents[words], heads[words])
        scores = np.where(known[:, None, :], scores, _NEVER)
        scores[:, steps, steps] = _NEVER
        best = scores.argmax(axis=2)
        gain = roots - np.take_along_axis(scores, best[:, :, None], axis=2)[:, :, 0]
        root = np.where(known, gain, -np.inf).argmax(axis=1)
        best[np.arange(len(starts)), root] = root
        above = best
        for _ in range(width.bit_length()):
            above = np.take_along_axis(above, above, axis=1)
        for row in np.flatnonzero((known & (above != root[:, None])).any(axis=1)).tolist():
            size = int(sizes[row])
            best[row, :size] = span_tree(scores[row, :size, :size], int(root[row]))
        found[words[known]] = (starts[:, None] + best)[known]
    return found


def _batch(bounds: Sequence[int]) -> Iterator[tuple[Numbers, Numbers]]:
    """(starts, sizes) of stretches of like size, as many as _CELLS allow."""
    edges = np.asarray(bounds, dtype=np.intp)
    sizes = np.diff(edges)
    order = np.argsort(sizes, kind="stable")
    at = len(order)
    while at:
        widest = int(sizes[order[at - 1]])
        count = max(1, _CELLS // (widest * widest))
        chosen = order[max(0, at - count) : at]
        chosen = chosen[sizes[chosen] * 2 >= widest]
        yield edges[chosen], sizes[chosen]
        at -= len(chosen)


def span_tree(scores: Floats, root: int) -> Numbers:
    """The heads of the best tree below `root`, the root's being itself; scores are [dependents, heads].

    Chu-Liu and Edmonds: a cycle among the best heads becomes one node, is solved with, and opened again.
    """
    heads: Numbers = scores.argmax(axis=1)
    heads[root] = root
    cycle = _find_cycle(heads.tolist(), root)
    if not cycle:
        return heads
    held = np.zeros(len(scores), dtype=bool)
    held[cycle] = True
    inside, outside = np.flatnonzero(held), np.flatnonzero(~held)
    node = len(outside)
    below = scores[np.ix_(outside, inside)]
    entering = scores[np.ix_(inside, outside)] - scores[inside, heads[inside]][:, None]
    smaller = np.full((node + 1, node + 1), _NEVER, dtype=scores.dtype)
    smaller[:node, :node] = scores[np.ix_(outside, outside)]
    smaller[:node, node], smaller[node, :node] = below.max(axis=1), entering.max(axis=0)
    solved = span_tree(smaller, int(np.searchsorted(outside, root)))
    above = np.append(outside, -1)[solved]
    heads[outside] = np.where(above[:-1] < 0, inside[below.argmax(axis=1)], above[:-1])
    heads[inside[entering[:, solved[node]].argmax()]] = above[node]
    return heads


def _find_cycle(heads: list[int], root: int) -> list[int]:
    """The words of a cycle, or [] where all lead to the root."""
    state = [0] * len(heads)
    state[root] = -1
    for start in range(len(heads)):
        at = start
        while state[at] == 0:
            state[at] = start + 1
            at = heads[at]
        if state[at] == start + 1:
            cycle, at_next = [at], heads[at]
            while at_next != at:
                cycle.append(at_next)
                at_next = heads[at_next]
            return sorted(cycle)
        at = start
        while state[at] == start + 1:
            state[at] = -1
            at = heads[at]
    return []


def cut_stretches(starts: NDArray[np.bool_], *, goes_on: bool, ended: bool) -> tuple[list[int], list[int]]:
    """(bounds of the stretches to parse, the number of the one that begins each one's sentence).

    `starts` says of each word whether it begins a sentence; `goes_on`, that the first one goes on a sentence of which
    pieces were cut off already. Where the text has not `ended`, the last sentence stays out, but for pieces of it that
    are cut off whatever follows: the stretches are those that all words at once would give.
    """
    edges = [0, *(np.flatnonzero(starts[1:]) + 1).tolist(), len(starts)]
    bounds: list[int] = [0]
    firsts: list[int] = []
    for start, end in pairwise(edges):
        long = end - start > MAX_SENTENCE or (goes_on and start == 0)
        cuts = list(range(start + PIECE, end, PIECE)) if long else []
        if ended or end < len(starts):
            cuts.append(end)
        firsts += [len(firsts)] * len(cuts)
        bounds += cuts
    return bounds, firsts


def flatten_trees(heads: Numbers, starts: NDArray[np.bool_], begins: NDArray[np.bool_]) -> Numbers:
    """Heads where sentences that start at no word of `begins` have all words hang on their root.

    spaCy finds where sentences start by walking up and down a document some ten times; trees whose arcs go back and
    forth across each other more often than that, as a garbled text may have, would get theirs wrong.
    """
    roots = heads
    for _ in range(len(heads).bit_length()):
        roots = roots[roots]
    sentences = np.cumsum(starts) - 1
    lost = ~begins[np.flatnonzero(starts)]
    return np.where(lost[sentences], roots, heads)


def name_subjects(heads: Numbers, relations: Numbers, labels: Sequence[str], tags: Sequence[str]) -> Numbers:
    """The relations with "nsubj" for an object before a finite verb that has no subject: English has none there but in
    questions and relative clauses ("a dinghy capsized", "the volcano erupted", whose subjects are what suffers)."""
    place = {label: number for number, label in enumerate(labels)}
    if "obj" not in place or "nsubj" not in place:
        return relations
    subjects = [number for label, number in place.items() if label.partition(":")[0] in ("nsubj", "csubj", "expl")]
    ruled = set(heads[np.isin(relations, subjects)].tolist())
    mended = relations.copy()
    for word in np.flatnonzero((relations == place["obj"]) & (np.arange(len(heads)) < heads)).tolist():
        verb = int(heads[word])
        if verb not in ruled and tags[verb] in _FINITE and not tags[word].startswith("W"):
            mended[word] = place["nsubj"]
            ruled.add(verb)
    return mended


def hang_low(heads: Numbers, relations: Numbers, labels: Sequence[str], tags: Sequence[str]) -> Numbers:
    """The heads with "in Herat" hanging on the verb right before it, not on one above that verb: "two were killed in
    Kabul and three were killed in Herat"."""
    place = {label: number for number, label in enumerate(labels)}
    if "case" not in place or "obl" not in place:
        return heads
    mended = heads.copy()
    for at in np.flatnonzero(relations == place["case"]).tolist():
        word, verb = int(heads[at]), at - 1
        over = int(mended[word])
        if at < word and over < verb and relations[word] == place["obl"] and tags[verb].startswith("VB"):
            above, steps = verb, 0
            while above not in (over, word) and mended[above] != above and steps < len(heads):
                above, steps = int(mended[above]), steps + 1
            if above == over:
                mended[word] = verb
    return mended
