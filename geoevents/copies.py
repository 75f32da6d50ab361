"""Which documents are reprints of one text: a wire story under another headline, cut at its end, a word changed.

Texts are compared by their shingles, runs of three words (Broder 1997, On the resemblance and containment of
documents). Only documents that share one of a text's smallest shingles are compared in full, so cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from zlib import crc32

from .records import Document

SHINGLE = 3
"""Words of a shingle: one changed word costs three of them."""

SKETCH = 24
"""Of each text, how many of its smallest shingles lead to others like it."""

CONTAINED = 0.6
"""Share of the shorter text's shingles that the longer one has, for the two to be copies. In training/events/merging-1
copies share .84 and more, other reports of one event .06 at most."""

SHORTEST = 12
"""Words from which a text is compared: "Earthquake. More follows." is nobody's copy."""

SHORTER = 0.25
"""How short a copy may be beside its original: one sentence out of a long report is a quotation."""

DAYS = 4
"""Days within which copies are published: later the same words are a form that is filled in each week."""

CROWD = 16
"""Originals that one shingle leads to: what more texts share is a boilerplate."""

_WORD = re.compile(r"\w+")


def find_copies(documents: Iterable[Document]) -> dict[int, int]:
    """The number of each document that copies another -> the number of that original, which copies none.

    Of copies the first published is the original, then the one of more words, then the first by its id: the order in
    which documents are given does not matter."""
    texts = [(number, document, shingles(document.text)) for number, document in enumerate(documents)]
    copies: dict[int, int] = {}
    originals: dict[int, frozenset[int]] = {}
    leads: dict[int, list[int]] = {}
    for number, document, mine in sorted(texts, key=lambda t: (t[1].published or date.max, -len(t[2]), t[1].id)):
        if len(mine) <= SHORTEST - SHINGLE:
            continue
        smallest = sorted(mine)[:SKETCH]
        shared = dict.fromkeys(other for shingle in smallest for other in leads.get(shingle, ()))
        near = [other for other in shared if _within_days(document, texts[other][1])]
        found = [(_share(mine, originals[other]), -n, other) for n, other in enumerate(near)]
        share, _, original = max(found, default=(0.0, 0, 0))
        if share >= CONTAINED:
            copies[number] = original
            continue
        originals[number] = mine
        for shingle in smallest:
            crowd = leads.setdefault(shingle, [])
            if len(crowd) < CROWD:
                crowd.append(number)
    return copies


def shingles(text: str) -> frozenset[int]:
    """Hashes of a text's runs of three words, without case and punctuation; the same on every machine."""
    words = _WORD.findall(text.casefold())
    runs = (" ".join(words[n : n + SHINGLE]) for n in range(len(words) - SHINGLE + 1))
    return frozenset(crc32(run.encode("utf-8", "surrogatepass")) for run in runs)


def _within_days(a: Document, b: Document) -> bool:
    return a.published is None or b.published is None or abs((a.published - b.published).days) <= DAYS


def _share(a: frozenset[int], b: frozenset[int]) -> float:
    """The share of the shorter text that stands in the longer one; 0 where it is too short beside it."""
    short, long = sorted((len(a), len(b)))
    return len(a & b) / short if short >= SHORTER * long else 0.0
