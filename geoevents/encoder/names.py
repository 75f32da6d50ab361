"""Names out of the scores of B, I and O that each word has, and one flat list of two heads' names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE = 0.99
"""A word that is outside so surely parts what stands before it from what stands behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpan:
    """Words `start` to `end` (exclusive) as a name; `score` is the mean probability of their labels."""

    start: int
    end: int
    label: str
    score: float


def decode_names(logits: NDArray[np.float32], labels: Sequence[str], bare: NDArray[np.bool_]) -> list[NamedSpan]:
    """The names that the likeliest sequence of labels spells, in order; none begins or ends with a `bare` word, one of
    neither letters nor digits.

    `logits` are [words, labels]; `labels` are "O" and pairs of "B-X", "I-X", where I-X only follows B-X or I-X.
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    outside = labels.index("O")
    opener = np.array([labels.index("B" + label[1:]) if label[0] == "I" else -1 for label in labels])
    numbers = probabilities.argmax(axis=1)
    for first, last in _broken_runs(numbers, opener, probabilities[:, outside] < SURE):
        numbers[first:last] = _best_path(probabilities[first:last], opener)
    inside = numbers != outside
    begins = np.flatnonzero(inside & (opener[numbers] < 0))
    ends = np.flatnonzero(inside & ~np.append(opener[numbers[1:]] >= 0, [False])) + 1
    found = []
    for start, end in zip(begins.tolist(), ends.tolist(), strict=True):
        label, first = labels[numbers[start]][2:], start
        while first < end and bare[first]:
            first += 1
        while first < end and bare[end - 1]:
            end -= 1
        if first < end:
            score = float(probabilities[np.arange(first, end), numbers[first:end]].mean())
            found.append(NamedSpan(start=first, end=end, label=label, score=score))
    return found


def _broken_runs(
    numbers: NDArray[np.intp], opener: NDArray[np.intp], unsure: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Runs of words not surely outside in which an I follows what it must not."""
    before = np.append([-1], numbers[:-1])
    continues = opener[numbers]
    broken = np.flatnonzero((continues >= 0) & (before != numbers) & (before != continues))
    end = 0
    for at in broken.tolist():
        if at >= end:
            start = at
            while start > end and unsure[start - 1]:
                start -= 1
            end = at + 1
            while end < len(unsure) and unsure[end]:
                end += 1
            yield start, end


def _best_path(probabilities: NDArray[np.float32], opener: NDArray[np.intp]) -> list[int]:
    """Viterbi: the likeliest labels of a run of words that follows a word outside."""
    scores = np.log(np.maximum(probabilities, 1e-30)).tolist()
    openers = opener.tolist()
    kinds = range(len(openers))
    total = [score if openers[k] < 0 else -np.inf for k, score in zip(kinds, scores[0], strict=True)]
    steps: list[list[int]] = []
    for row in scores[1:]:
        best = max(kinds, key=total.__getitem__)
        step = [best if o < 0 else k if total[k] >= total[o] else o for k, o in enumerate(openers)]
        total = [total[step[k]] + row[k] for k in kinds]
        steps.append(step)
    path = [max(kinds, key=total.__getitem__)]
    for step in reversed(steps):
        path.append(step[path[-1]])
    return path[::-1]


def flatten_names(names: Iterable[NamedSpan]) -> list[NamedSpan]:
    """Names without overlaps, in order: of two that overlap the longer stays, of two as long the likelier."""
    taken: set[int] = set()
    kept = []
    for name in sorted(names, key=lambda n: (n.start - n.end, -n.score, n.start, n.label)):
        words = range(name.start, name.end)
        if taken.isdisjoint(words):
            taken.update(words)
            kept.append(name)
    return sorted(kept, key=lambda n: n.start)
