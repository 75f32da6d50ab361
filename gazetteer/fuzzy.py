"""The index of spellings: which names of a gazetteer are nearly a given one. Its writer and its reader stand here.

Five sections of the compiled file, over the names in ASCII of two consonants or more (`spelling` says what shapes are):

    frames       marisa trie of frames
    frames_at    frame's id -> where its keys begin in frames_keys and vowels
    frames_keys  key ids, best known place first
    vowels       the vowels of that key's first seven beats, two bits each: 0 none, 1 A, 2 I, 3 U; then two bits for
                 the zone of its best known place
    shapes       a Bloom filter of the shapes, in blocks of 64 bits

A name's spellings mostly share its frame, and `vowels` tells which of them are worth a comparison. For a consonant
too many, too few, changed or swapped, all shapes one such change away are hashed at once by a polynomial and tried
against the filter (`neighbours`); what passes is looked up.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import Any

from .neighbours import MAX_BEATS, SLOTS, VOWEL_BITS, Filter, Odds, Worth, filter_of, shape_hash, vowels_of
from .spelling import CONSONANTS, CROWD, ZONE_KEYS, Beat, beats, frame, learned, read, slip, zone_of

SECTIONS = ("frames", "frames_at", "frames_keys", "vowels", "shapes")
_GLUED = re.compile(r"[aeu]l[^\Waeiouyl]\w{3}")  # "Alhasakah"


def spelling_sections(keys: Iterable[tuple[str, int, int, str | None]]) -> dict[str, bytes]:
    """The index of (folded name, its id, the best known place's row and country); others than ASCII are left out."""
    import marisa_trie
    import numpy as np

    found: dict[str, int] = {}
    # lists would take gigabytes for all of GeoNames
    group, rows, ids, vowels, shapes = array("I"), array("I"), array("I"), array("H"), array("Q")
    for key, at, row, country in keys:
        if not key.isascii():
            continue
        spelled = beats(key)
        if len(spelled) <= MAX_BEATS and len(bones := frame(spelled)) > 1:
            group.append(found.setdefault(bones, len(found)))
            rows.append(row)
            ids.append(at)
            vowels.append(vowels_of(spelled) | zone_of(country) << 2 * SLOTS)
            shapes.append(shape_hash(spelled))
    frames = marisa_trie.Trie(sorted(found))
    frame_ids = np.fromiter(map(frames.key_id, found), "<u4", len(found))[np.asarray(group)]
    order = np.lexsort((np.asarray(ids), np.asarray(rows), frame_ids))
    return {
        "frames": frames.tobytes(),
        "frames_at": np.append(0, np.bincount(frame_ids, minlength=len(found))).cumsum(dtype="<u4").tobytes(),
        "frames_keys": np.asarray(ids)[order].astype("<u4").tobytes(),
        "vowels": np.asarray(vowels)[order].astype("<u2").tobytes(),
        "shapes": filter_of(np.asarray(shapes)),
    }


Near = tuple[int, int, float]
"""A name that may be meant: its key id, its zone, and log2 of how many names share its frame."""


def _worth(odds: Callable[[str, str], float], crowd: float, least: float) -> Worth:
    def kept(kinds: tuple[str, str], specials: dict[str, str]) -> dict[str, Odds]:
        found = {letter: (odds(kinds[0], special), odds(kinds[1], special)) for letter, special in specials.items()}
        return {letter: left for letter, left in found.items() if max(left) >= least}

    changed = {digit: dict[str, Odds]() for digit in "0123456789"}
    for letter in CONSONANTS:
        pairs = {other: "/".join(sorted((letter, other))) for other in CONSONANTS if other != letter}
        changed[letter] = kept(("slip changed", "consonant"), pairs)
    alone = {letter: f"/{letter}" for letter in CONSONANTS}
    return Worth(
        changed=changed,
        added=kept(("slip dropped", "no consonant"), alone),
        dropped=kept(("slip added", "no consonant"), alone),
        swapped=kept(("slip swapped", "swap"), {"": ""}).get(""),
        crowd=crowd,
        least=least,
    )


ALL = _worth(lambda _kind, _special: 0.0, 0.0, -math.inf)
"""Every change, whatever its cost."""


@cache
def worthwhile(length: int) -> Worth:
    """The changes of a consonant that may leave a name of so many beats within the costs' limit."""
    costs = learned()

    @cache
    def best(kind: str) -> float:
        plain = {kind: 1.0, "share": 1 / length}
        return max(costs.odds(length, plain | {zone: 1.0, zone + kind: 1.0}) for zone in ZONE_KEYS)

    def odds(kind: str, special: str) -> float:
        return best(kind) - costs.weights.get(special, 0.0)

    return _worth(odds, costs.weights.get(CROWD, 0.0), -math.log(math.expm1(costs.limit)))


class Spellings:
    """The index of one compiled file. `keys` is its trie of folded names."""

    def __init__(self, keys: Any, section: dict[str, memoryview]) -> None:
        import marisa_trie

        self._keys, self._section = keys, section  # the trie reads from the section, and does not keep it
        self._frames = marisa_trie.Trie().map(section["frames"])
        self._at, self._members = section["frames_at"].cast("I"), section["frames_keys"].cast("I")
        self._vowels = section["vowels"].cast("H")
        self._filter: Filter | None = None

    def near(self, key: str) -> list[tuple[float, int]]:
        """(cost, key id) of the names nearly like a folded one, as `Costs.limit` has it, in order of cost, then id.

        The name itself is among them where the gazetteer has it.
        """
        costs = learned()
        asked, also = read(key)
        found: dict[int, float] = {}
        restore = self._keys.restore_key
        if not also and len(asked) > 2:
            for at, zone, crowd in self.like(asked):
                cost = costs.cost_in_frame(asked, beats(restore(at)), zone, crowd)
                if cost <= costs.limit:
                    found[at] = cost
            if found and min(found.values()) <= costs.sure:
                return sorted((cost, at) for at, cost in found.items())
        for spelled, (at, zone, crowd), differ in self.others(key, asked, also, worthwhile(len(asked))):
            cost = costs.cost(spelled, beats(restore(at)), zone, crowd, differ)
            if cost <= costs.limit and cost < found.get(at, math.inf):
                found[at] = cost
        return sorted((cost, at) for at, cost in found.items())

    def others(
        self, key: str, asked: list[Beat], also: tuple[str, ...], worth: Worth
    ) -> Iterator[tuple[list[Beat], Near, tuple[str, ...]]]:
        """(beats asked for, name, differences that are not of beats) of names to compare that `like` does not give."""
        if not 2 < len(asked) <= MAX_BEATS:
            return
        if also:
            yield from ((asked, near, also) for near in self.like(asked, unvowelled=True))
        elif len(asked) > 3 and len(key) > 5:
            if _GLUED.match(key):
                rest = beats(key[2:])
                yield from ((rest, near, ("glued article",)) for near in self.like(rest))
            if worth.swapped is not None or worth.added or worth.dropped or any(worth.changed.values()):
                letters, restore = key.replace(" ", ""), self._keys.restore_key
                for near, variant in self._slipped(asked, worth):
                    if variant or slip(letters, restore(near[0]).replace(" ", "")):
                        yield asked, near, ()

    def like(self, asked: list[Beat], unvowelled: bool = False) -> list[Near]:
        """Names of the frame with nearly the same vowels, fewest changes first, then best known; at most MOST."""
        bones = frame(asked)
        group = self._frames.get(bones)
        if group is None:
            return []
        start, end = self._at[group], self._at[group + 1]
        vowels = vowels_of(asked)
        written = _gaps(vowels) * 3 if unvowelled else VOWEL_BITS
        allowed = min(len(bones) - 1, 3)
        if end - start <= _FEW:
            changes = [_gaps((known ^ vowels) & written).bit_count() for known in self._vowels[start:end]]
            inside = [i for i, changed in enumerate(changes) if changed <= allowed]
            if len(inside) > 1:
                inside.sort(key=changes.__getitem__)
        else:
            import numpy as np

            apart = (np.frombuffer(self._vowels[start:end], dtype="<u2") ^ np.uint16(vowels)) & np.uint16(written)
            many = _changes()[apart]
            near = np.flatnonzero(many <= allowed)
            inside = near[np.argsort(many[near], kind="stable")[:MOST]].tolist()
        return self._named(start, end, inside[:MOST])

    def _named(self, start: int, end: int, inside: list[int]) -> list[Near]:
        crowd = _LOG2[min(end - start, _MOST_COUNTED)]
        return [(self._members[start + i], self._vowels[start + i] >> 2 * SLOTS, crowd) for i in inside]

    def _slipped(self, asked: list[Beat], worth: Worth) -> list[tuple[Near, bool]]:
        """Names whose shape is one consonant too many, too few, other, or swapped, as far as that is worth it; with
        whether they may be variants, which other differences may come with, or only slips."""
        if self._filter is None:
            self._filter = Filter(self._section["shapes"])
        found: list[tuple[Near, bool]] = []
        for bones, vowels, odds in self._filter.one_away(asked, frame(asked), worth):
            group = self._frames.get(bones)
            if group is not None:
                start, end = self._at[group], self._at[group + 1]
                floor = worth.least + worth.crowd * _LOG2[min(end - start, _MOST_COUNTED)]
                if max(odds) < floor:
                    continue
                if end - start > 8 * _FEW:
                    import numpy as np

                    apart = np.frombuffer(self._vowels[start:end], dtype="<u2") ^ np.uint16(vowels)
                    inside = np.flatnonzero((apart & np.uint16(VOWEL_BITS)) == 0)[:MOST].tolist()
                else:
                    inside = [i for i, v in enumerate(self._vowels[start:end].tolist()) if v & VOWEL_BITS == vowels]
                found += [(near, odds[1] >= floor) for near in self._named(start, end, inside[:MOST])]
        return found


_MOST_COUNTED = 1024
_LOG2 = [0.0] + [round(math.log2(many), 2) for many in range(1, _MOST_COUNTED + 1)]
MOST = 6
"""Names of one frame that are compared letter by letter, those of the nearest vowels."""

_FEW = 8


def _gaps(packed: int) -> int:
    """One bit for each gap that is not empty."""
    return (packed | packed >> 1) & 0x5555


@lru_cache(maxsize=1)
def _changes() -> Any:
    """How many gaps of a packed difference are not empty, for each of 65,536."""
    import numpy as np

    packed = np.arange(1 << 16, dtype=np.uint16)
    return np.bitwise_count((packed | packed >> 1) & 0x5555)
