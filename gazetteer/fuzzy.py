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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from .neighbours import LETTERS, MAX_BEATS, SLOTS, VOWEL_BITS, Filter, Hits, filter_of, shape_hash, spell_out, vowels_of
from .spelling import CROWD, ZONE_KEYS, Beat, beats, frame, learned, read, slip, zone_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Chances = NDArray[np.float64]

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

Asked = tuple[str, list[Beat], tuple[str, ...]]
"""A folded name, and what `spelling.read` makes of it."""

BATCH = 256
"""Names compared at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Which changes of a consonant are tried: the log odds of a match that they leave.

    `best` of a change by the name's beats, the kind of change, and 0 for a slip or 1 for a variant spelling; less
    `special` for the codes of the consonants. A frame loses `crowd` for each doubling of its names, and is passed over
    below `least`.
    """

    best: Chances
    special: Chances
    crowd: float
    least: float

    def left(self, hits: Hits, lengths: Numbers) -> Chances:
        """Log odds left by each hit, as a slip and as a variant, for names of so many beats."""
        return self.best[lengths[hits.name], hits.kind] - self.special[hits.letter, hits.instead][:, None]


@cache
def worthwhile() -> Worth:
    """The changes of a consonant that may leave a name within the costs' limit."""
    import numpy as np

    costs = learned()

    def odds(kind: str, length: int) -> float:
        plain = {kind: 1.0, "share": 1 / length}
        return max(costs.odds(length, plain | {zone: 1.0, zone + kind: 1.0}) for zone in ZONE_KEYS)

    kinds = [
        ("slip changed", "consonant"),
        ("slip dropped", "no consonant"),
        ("slip added", "no consonant"),
        ("slip swapped", "swap"),
    ]
    lengths = range(1, MAX_BEATS + 1)
    best = [np.zeros((4, 2)), *([[odds(kind, length) for kind in pair] for pair in kinds] for length in lengths)]
    names = ["", *LETTERS]
    special = [[costs.weights.get("/".join(sorted((a, b))), 0.0) for b in names] for a in names]
    return Worth(
        best=np.array(best),
        special=np.array(special),
        crowd=costs.weights.get(CROWD, 0.0),
        least=-math.log(math.expm1(costs.limit)),
    )


@cache
def everything() -> Worth:
    """Every change, whatever its cost."""
    import numpy as np

    codes = len(LETTERS) + 1
    return Worth(best=np.zeros((MAX_BEATS + 1, 4, 2)), special=np.zeros((codes, codes)), crowd=0.0, least=-math.inf)


class Spellings:
    """The index of one compiled file. `keys` is its trie of folded names."""

    def __init__(self, keys: Any, section: dict[str, memoryview]) -> None:
        import marisa_trie

        self._keys, self._section = keys, section  # the trie reads from the section, and does not keep it
        self._frames = marisa_trie.Trie().map(section["frames"])

    @cached_property
    def _filter(self) -> Filter:
        return Filter(self._section["shapes"])

    @cached_property
    def _at(self) -> Any:
        return self._array("frames_at", "<u4")

    @cached_property
    def _members(self) -> Any:
        return self._array("frames_keys", "<u4")

    @cached_property
    def _vowels(self) -> Any:
        return self._array("vowels", "<u2")

    def _array(self, section: str, kind: str) -> Any:
        import numpy as np

        return np.frombuffer(self._section[section], dtype=kind)

    def near(self, keys: Sequence[str]) -> list[list[tuple[float, int]]]:
        """For each folded name (cost, key id) of the names nearly like it, as `Costs.limit` has it, in that order.

        The name itself is among them where the gazetteer has it.
        """
        return [near for first in range(0, len(keys), BATCH) for near in self._near(keys[first : first + BATCH])]

    def _near(self, keys: Sequence[str]) -> list[list[tuple[float, int]]]:
        costs, restore = learned(), self._keys.restore_key
        asked = [(key, *read(key)) for key in keys]
        found: list[dict[int, float]] = [{} for _ in keys]
        plain = [i for i, (_, spelled, also) in enumerate(asked) if not also and len(spelled) > 2]
        for which, (at, zone, crowd) in self.like([asked[i][1] for i in plain]):
            i = plain[which]
            cost = costs.cost_in_frame(asked[i][1], beats(restore(at)), zone, crowd)
            if cost <= costs.limit:
                found[i][at] = cost
        open_ = [i for i, near in enumerate(found) if min(near.values(), default=math.inf) > costs.sure]
        for which, spelled, (at, zone, crowd), differ in self.others([asked[i] for i in open_], worthwhile()):
            i = open_[which]
            cost = costs.cost(spelled, beats(restore(at)), zone, crowd, differ)
            if cost <= costs.limit and cost < found[i].get(at, math.inf):
                found[i][at] = cost
        return [sorted((cost, at) for at, cost in near.items()) for near in found]

    def others(self, asked: Sequence[Asked], worth: Worth) -> Iterator[tuple[int, list[Beat], Near, tuple[str, ...]]]:
        """(number of the name asked for, its beats, name, differences that are not of beats) of names to compare that
        `like` does not give."""
        fit = [i for i, (_, spelled, _) in enumerate(asked) if 2 < len(spelled) <= MAX_BEATS]
        scripts = [i for i in fit if asked[i][2]]
        for which, near in self.like([asked[i][1] for i in scripts], unvowelled=True):
            yield scripts[which], asked[scripts[which]][1], near, asked[scripts[which]][2]
        long = [i for i in fit if not asked[i][2] and len(asked[i][1]) > 3 and len(asked[i][0]) > 5]
        glued = [(i, beats(asked[i][0][2:])) for i in long if _GLUED.match(asked[i][0])]
        for which, near in self.like([rest for _, rest in glued]):
            yield *glued[which], near, ("glued article",)
        letters, restore = [asked[i][0].replace(" ", "") for i in long], self._keys.restore_key
        for which, near, variant in self._slipped([asked[i][1] for i in long], worth):
            if variant or slip(letters[which], restore(near[0]).replace(" ", "")):
                yield long[which], asked[long[which]][1], near, ()

    def like(self, asked: Sequence[list[Beat]], unvowelled: bool = False) -> list[tuple[int, Near]]:
        """Names of the frame of each with nearly the same vowels, as (number of the one asked for, name): fewest
        changes first, then best known; at most MOST of each."""
        import numpy as np

        if not asked:
            return []
        names = spell_out(asked)
        wanted, group = self._groups(names.frames)
        packed = names.packed[wanted]
        written = _gaps(packed) * 3 if unvowelled else np.full(len(packed), VOWEL_BITS)
        allowed = np.minimum(np.diff(names.starts)[wanted] - 2, 3)
        which, near = self._nearest(group, packed, written, allowed)
        return list(zip(wanted[which].tolist(), near, strict=True))

    def _groups(self, frames: list[str]) -> tuple[Numbers, Numbers]:
        """Which of the frames are known, and their ids."""
        import numpy as np

        get = self._frames.get
        found = np.array([-1 if group is None else group for group in map(get, frames)], dtype=np.int64)
        known = np.flatnonzero(found >= 0)
        return known, found[known]

    def _slipped(self, asked: Sequence[list[Beat]], worth: Worth) -> Iterator[tuple[int, Near, bool]]:
        """Names whose shape is one consonant too many, too few, other, or swapped, as far as that is worth it: with the
        number of the name asked for, and whether they may be variants, which other differences may come with, or only
        slips."""
        import numpy as np

        if not asked:
            return
        names = spell_out(asked)
        hits = self._filter.one_away(names)
        known, group = self._groups(hits.frames(names))
        odds = worth.left(hits, np.diff(names.starts))[known]
        floor = worth.least + worth.crowd * self._crowd(group)
        kept = odds.max(axis=1) >= floor
        known, group, variant = known[kept], group[kept], (odds[:, 1] >= floor)[kept]
        packed = hits.packed[known]
        which, near = self._nearest(group, packed, np.full(len(packed), VOWEL_BITS), np.zeros(len(packed), np.int64))
        yield from zip(hits.name[known[which]].tolist(), near, variant[which].tolist(), strict=True)

    def _crowd(self, group: Numbers) -> Any:
        """log2 of how many names there are of each frame."""
        import numpy as np

        return _log2()[np.minimum(self._at[group + 1] - self._at[group], _MOST_COUNTED)]

    def _nearest(
        self, group: Numbers, packed: Numbers, written: Numbers, allowed: Numbers
    ) -> tuple[Numbers, list[Near]]:
        """Names of each frame whose vowels are `packed` but for some `allowed` gaps, looking at what is `written`:
        the number of the frame, and the name; fewest changes first, then best known, at most MOST."""
        import numpy as np

        start, size = self._at[group].astype(np.int64), (self._at[group + 1] - self._at[group]).astype(np.int64)
        end = np.cumsum(size)
        found = [(group[:0], group[:0])]
        for part in np.split(np.arange(len(group)), np.flatnonzero(np.diff(end // _AT_ONCE)) + 1):
            which = np.repeat(part, size[part])
            member = np.arange(len(which)) + np.repeat(start[part] - np.cumsum(size[part]) + size[part], size[part])
            changes = _changes()[(self._vowels[member] ^ packed[which]) & written[which]]
            near = np.flatnonzero(changes <= allowed[which])
            near = near[np.argsort(which[near] * 8 + changes[near], kind="stable")]
            order = which[near]
            near = near[np.arange(len(near)) - np.searchsorted(order, order) < MOST]
            found.append((which[near], member[near]))
        which, member = map(np.concatenate, zip(*found, strict=True))
        zones, crowd = self._vowels[member] >> 2 * SLOTS, self._crowd(group)[which]
        return which, list(zip(self._members[member].tolist(), zones.tolist(), crowd.tolist(), strict=True))


MOST = 6
"""Names of one frame that are compared letter by letter, those of the nearest vowels."""

_MOST_COUNTED = 1024
_AT_ONCE = 1 << 18  # names whose vowels are compared at once


def _gaps(packed: Any) -> Any:
    """One bit for each gap that is not empty."""
    return (packed | packed >> 1) & 0x5555


@cache
def _log2() -> Any:
    """log2 of numbers to _MOST_COUNTED, to two digits; 0 of 0."""
    import numpy as np

    return np.array([0.0, *(round(math.log2(many), 2) for many in range(1, _MOST_COUNTED + 1))])


@cache
def _changes() -> Any:
    """How many gaps of a packed difference are not empty, for each of 65,536."""
    import numpy as np

    return np.bitwise_count(_gaps(np.arange(1 << 16, dtype=np.uint16)))
