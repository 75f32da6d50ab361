"""Long documents cut into windows that overlap, so that every word is read with words on both sides of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SIZE = 126
"""Most pieces of a window, its frame aside; what the network was trained on."""

BESIDE_BOUNDARY, BESIDE_SEAM = 4, 10
"""Words that two windows share on either side of where one hands over to the next: where a sentence seems to end, and
elsewhere."""

_ENDS = frozenset(". ! ? … ... ?! !! ??".split())
_CLOSING = frozenset("\" ' ” ’ '' ) ] »".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Words `first` to `last` (exclusive), read together; those from `start` to `end` take their vectors from it."""

    first: int
    last: int
    start: int
    end: int


def find_boundaries(words: Sequence[str]) -> list[int]:
    """The words before which a sentence seems to end: after a full stop and what closes, after a new line."""
    found = []
    for at, word in enumerate(words):
        if word in _ENDS:
            at += 1
            while at < len(words) and words[at] in _CLOSING:
                at += 1
            found.append(at)
        elif "\n" in word and word.isspace():
            found.append(at + 1)
    return found


def cut_windows(counts: Sequence[int], boundaries: Sequence[int], size: int = SIZE) -> Iterator[Window]:
    """Windows of at most `size` pieces over words of `counts` pieces each; each word has one window to its name.

    A window hands over at the last boundary in its second half, else near its end; a word's window is thus the one
    where it stands farther from a seam, the text's own ends being none. No more than a third is shared, so that words
    of many pieces cost no more than others. `size` is at least 96."""
    ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    marks = np.unique(np.asarray(boundaries, dtype=np.int64))
    first = start = 0
    total = len(counts)
    while True:
        last = int(np.searchsorted(ends, ends[first] + size, side="right")) - 1
        if last >= total:
            yield Window(first=first, last=total, start=start, end=total)
            return
        most = (last - first) // 6
        beside = min(BESIDE_BOUNDARY, most)
        at = int(np.searchsorted(marks, last - beside, side="right")) - 1
        if at >= 0 and marks[at] > max(start, (first + last) // 2):
            seam = int(marks[at])
        else:
            beside = min(BESIDE_SEAM, most)
            seam = last - beside
        yield Window(first=first, last=seam + beside, start=start, end=seam)
        first, start = seam - beside, seam
