"""The trees of a document, read as its words come in: no length needs much memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .trees import attach_words, cut_stretches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .network import Arrays, Network

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.intp]

BLOCK = 2048
"""Words that are waited for before the sentences among them are read."""

_VECTORS = ("start", "arc_dep", "arc_head", "rel_dep", "rel_head")
_LABELLED = 128
"""Arcs labelled at a time."""


class Forest:
    """Grows with the heads' output for the words of a document, in order.

    `heads` (a root's is itself) and `relations` are the trees', `starts` where sentences begin. White space has no
    relation; it hangs on the word before it, or on the first word, or where there is none, on the first white space.
    """

    def __init__(
        self, network: Network, relations: Sequence[str], spaces: NDArray[np.bool_], given: NDArray[np.int64]
    ) -> None:
        self._network, self._spaces, self._given = network, spaces, given
        self._root, self._loose = relations.index("ROOT"), relations.index("dep")
        self._waiting: list[Arrays] = []
        self._first = 0  # the first word that waits
        self._sentence_root: int | None = None  # of the last tree; what goes on a sentence of many pieces hangs on it
        words = np.flatnonzero(~spaces)
        before = np.where(spaces, words[0] if len(words) else 0, np.arange(len(spaces)))
        self.heads: Numbers = np.maximum.accumulate(before)
        self.relations = np.full(len(spaces), self._root, dtype=np.intp)
        self.starts = np.arange(len(spaces)) == 0

    def grow(self, out: Arrays) -> None:
        """Takes the output for the next words."""
        self._waiting.append({name: out[name] for name in _VECTORS})
        if sum(len(waiting["start"]) for waiting in self._waiting) >= BLOCK:
            self._read(ended=False)

    def finish(self) -> None:
        """Reads what still waits: the text has ended."""
        self._read(ended=True)

    def _read(self, *, ended: bool) -> None:
        out = {name: np.concatenate([waiting[name] for waiting in self._waiting]) for name in _VECTORS}
        count = len(out["start"])
        words = np.flatnonzero(~self._spaces[self._first : self._first + count])
        given = self._given[words + self._first]
        starts = (given > 0) | ((given == 0) & (out["start"][words] >= 0))
        goes_on = self._sentence_root is not None and not starts[:1].any()
        bounds, firsts = cut_stretches(starts, goes_on=goes_on, ended=ended) if len(words) else ([0], [])
        used = bounds[-1]
        if used:
            read = {name: part[words[:used]] for name, part in out.items()}
            self._read_trees(read, words[:used] + self._first, bounds, firsts, goes_on=goes_on)
        left = int(words[used]) if used < len(words) else count
        self._waiting = [{name: part[left:] for name, part in out.items()}]
        self._first += left

    def _read_trees(
        self, out: Arrays, numbers: Numbers, bounds: Sequence[int], firsts: Sequence[int], *, goes_on: bool
    ) -> None:
        heads = attach_words(self._score, out["arc_dep"], out["arc_head"], bounds)
        order = np.arange(len(heads))
        roots = np.flatnonzero(heads == order)  # one of each stretch
        self.heads[numbers], self.relations[numbers] = numbers[heads], self._label(out, heads)
        ours = numbers[roots]
        sentences = ours[np.asarray(firsts)]
        if goes_on:
            sentences[np.asarray(firsts) == 0] = self._sentence_root
        later = sentences != ours
        self.heads[ours[later]], self.relations[ours[later]] = sentences[later], self._loose
        begins = numbers[np.asarray(bounds[:-1])[~later]]
        self.starts[begins[self._sentence_root is None :]] = True  # white space ahead belongs to the first sentence
        self._sentence_root = int(sentences[-1])

    def _score(self, dependents: Floats, heads: Floats) -> tuple[Floats, Floats]:
        scores = self._network.run("arcs", arc_dep=dependents, arc_head=heads)
        return scores["arc"], scores["root"]

    def _label(self, out: Arrays, heads: Numbers) -> Numbers:
        relations = np.full(len(heads), self._root, dtype=np.intp)
        hanging = np.flatnonzero(heads != np.arange(len(heads)))
        for at in range(0, len(hanging), _LABELLED):
            some = hanging[at : at + _LABELLED]
            feed = {"rel_dep": out["rel_dep"][some], "rel_head": out["rel_head"][heads[some]]}
            relations[some] = self._network.run("relations", **feed)["relation"]
        return relations
