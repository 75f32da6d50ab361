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
against the filter; what passes is looked up.
"""

from __future__ import annotations

import math
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from .spelling import CONSONANTS, CROWD, VOWELS, ZONE_KEYS, Beat, beats, class_of, frame, learned, read, slip, zone_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

SECTIONS = ("frames", "frames_at", "frames_keys", "vowels", "shapes")
MAX_BEATS = 32
"""Longer names are compared with none."""

_SLOTS = 7
_VOWELS = (1 << 2 * _SLOTS) - 1
_CODES = dict(zip(VOWELS, (1, 2, 3), strict=True))
_WORD = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15  # odd, so that hashes can be shifted back; the golden ratio's bits, as the multipliers below
_MIX = 0xD6E8FEB86659FD93
_BITS_A_SHAPE = 20
_MASK_BITS = 10
_MASK = (1 << _MASK_BITS) - 1
_GLUED = re.compile(r"[aeu]l[^\Waeiouyl]\w{3}")  # "Alhasakah"


def _scattered(seed: int) -> int:
    """64 bits of a counter, mixed (splitmix64, Steele, Lea and Flood 2014)."""
    z = (seed * _BASE) & _WORD
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & _WORD
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & _WORD
    return z ^ z >> 31


_VALUE = {"": 0} | {letter: _scattered(i) for i, letter in enumerate(VOWELS + CONSONANTS + "0123456789", 1)}


def _hash(spelled: Sequence[Beat]) -> int:
    """A polynomial over a name's beats modulo 2^64."""
    value = 0
    for vowels, consonant in spelled:
        value = (value * _BASE + _VALUE[class_of(vowels)] + _VALUE[class_of(consonant)]) & _WORD
    return value


def vowels_of(spelled: Sequence[Beat]) -> int:
    """The vowels of a name's first beats, two bits each, as `vowels` has them."""
    packed = 0
    for i, (vowels, _) in enumerate(spelled[:_SLOTS]):
        if vowels:
            packed |= _CODES[class_of(vowels)] << 2 * i
    return packed


def _masks() -> Hashes:
    """Four bits of 64 for each value of _MASK_BITS bits."""
    import numpy as np

    words = [_scattered(1000 + i) for i in range(1 << _MASK_BITS)]
    masks = [sum({1 << (w >> s & 63) for s in (0, 6, 12, 18)}) for w in words]
    return np.array(masks, dtype=np.uint64)


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
            vowels.append(vowels_of(spelled) | zone_of(country) << 2 * _SLOTS)
            shapes.append(_hash(spelled))
    frames = marisa_trie.Trie(sorted(found))
    frame_ids = np.fromiter(map(frames.key_id, found), "<u4", len(found))[np.asarray(group)]
    order = np.lexsort((np.asarray(ids), np.asarray(rows), frame_ids))
    hashes = np.unique(np.asarray(shapes))
    size = max(4, (max(1, len(hashes) * _BITS_A_SHAPE // 64) - 1).bit_length())
    hashes *= np.uint64(_MIX)
    words = np.zeros(1 << size, dtype=np.uint64)
    picked = (hashes >> np.uint64(64 - size - _MASK_BITS)) & np.uint64(_MASK)
    np.bitwise_or.at(words, hashes >> np.uint64(64 - size), _masks()[picked])
    return {
        "frames": frames.tobytes(),
        "frames_at": np.append(0, np.bincount(frame_ids, minlength=len(found))).cumsum(dtype="<u4").tobytes(),
        "frames_keys": np.asarray(ids)[order].astype("<u4").tobytes(),
        "vowels": np.asarray(vowels)[order].astype("<u2").tobytes(),
        "shapes": words.astype("<u8").tobytes(),
    }


Near = tuple[int, int, float]
"""A name that may be meant: its key id, its zone, and log2 of how many names share its frame."""


Odds = tuple[float, float]
"""Log odds left by a change of a consonant, as a slip, and as a variant spelling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The changes of a consonant that are tried, with the log odds that are left of a match.

    `changed` of one into another, `added` where the name asked for lacks one, `dropped` where it has one too many,
    `swapped` with a neighbour (None: not tried). A frame loses `crowd` for each doubling of its names, and is passed
    over below `least`.
    """

    changed: dict[str, dict[str, Odds]]
    added: dict[str, Odds]
    dropped: dict[str, Odds]
    swapped: Odds | None
    crowd: float
    least: float


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
        self._filter: _Filter | None = None

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
        written = _gaps(vowels) * 3 if unvowelled else _VOWELS
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
        return [(self._members[start + i], self._vowels[start + i] >> 2 * _SLOTS, crowd) for i in inside]

    def _slipped(self, asked: list[Beat], worth: Worth) -> list[tuple[Near, bool]]:
        """Names whose shape is one consonant too many, too few, other, or swapped, as far as that is worth it; with
        whether they may be variants, which other differences may come with, or only slips."""
        if self._filter is None:
            self._filter = _Filter(self._section["shapes"])
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
                    inside = np.flatnonzero((apart & np.uint16(_VOWELS)) == 0)[:MOST].tolist()
                else:
                    inside = [i for i, v in enumerate(self._vowels[start:end].tolist()) if v & _VOWELS == vowels]
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


class _Filter:
    """The Bloom filter of shapes, and all that may be tried against it at once."""

    def __init__(self, words: memoryview) -> None:
        import numpy as np

        self._words = np.frombuffer(words, dtype="<u8")
        size = len(self._words).bit_length() - 1
        self._low = np.uint64(64 - size - _MASK_BITS)
        self._masks = _masks()
        self._powers = [pow(_BASE, p, 1 << 64) * _MIX & _WORD for p in range(MAX_BEATS + 2)]
        values = [_VALUE[letter] for letter in CONSONANTS]
        self._letters = np.array([[v * p & _WORD for v in values] for p in [*self._powers, 0]], dtype=np.uint64)

    def one_away(self, asked: list[Beat], bones: str, worth: Worth) -> list[tuple[str, int, Odds]]:
        """(frame, packed vowels, log odds left) of the shapes one consonant away that the filter knows, or all but."""
        import numpy as np

        powers, after = self._powers, len(asked)
        of_vowels = [_VALUE[class_of(vowels)] for vowels, _ in asked]
        of_beats = [of + _VALUE[bone] for of, bone in zip(of_vowels, [*bones, ""], strict=True)]
        heads = [0]
        for value in of_beats:
            heads.append((heads[-1] * _BASE + value) & _WORD)
        whole = heads[-1] * powers[0] & _WORD
        bases: list[int] = []
        left_out: list[int] = []
        rows, starts = [], []
        left_at: list[int] = []  # the beat whose consonant goes, or ~beat for a swap
        for i, (vowels, _) in enumerate(asked):
            after -= 1
            here, later = powers[after], powers[after + 1]
            starts.append(len(bases))
            if after:  # one row of other consonants, then one of consonants put in for each split of the vowels
                bases.append(whole - _VALUE[bones[i]] * here & _WORD)
                rows.append(after)
                if bones[i] in worth.dropped:
                    vowel = of_vowels[i + 1] or of_vowels[i]
                    moved = vowel + of_beats[i + 1] - of_vowels[i + 1] - heads[i + 2]
                    left_out.append(whole + heads[i] * here + moved * powers[after - 1] & _WORD)
                    left_at.append(i)
                if after > 1 and worth.swapped is not None and not asked[i + 1][0] and bones[i] != bones[i + 1]:
                    change = (_VALUE[bones[i + 1]] - _VALUE[bones[i]]) * (here - powers[after - 1])
                    left_out.append(whole + change & _WORD)
                    left_at.append(~i)
            grown = whole + heads[i] * (powers[after + 2] - later) - of_vowels[i] * here
            splits = _splits(vowels)
            bases += [grown + left * later + right * here & _WORD for _, left, right in splits]
            rows += [after + 1] * len(splits)
        many = len(bases)
        rows += [-1] * len(left_out)  # a row of zeros
        hashes = self._letters.take(rows, 0)
        hashes += np.array(bases + left_out, dtype=np.uint64)[:, None]
        hashes >>= self._low
        at = hashes.view(np.int64).ravel()
        masks = self._masks.take(at & _MASK)
        at >>= _MASK_BITS
        hits = ((self._words.take(at) & masks) == masks).nonzero()[0].tolist()
        packed, found = vowels_of(asked), []
        for hit in hits:
            row, column = divmod(hit, len(CONSONANTS))
            if row >= many:
                if not column:
                    found.append(_left(asked, bones, packed, left_at[row - many], worth))
                continue
            i, letter = bisect_right(starts, row) - 1, CONSONANTS[column]
            split = row - starts[i] - (i < len(bones))
            if split < 0:
                if letter in worth.changed[bones[i]]:
                    found.append((bones[:i] + letter + bones[i + 1 :], packed, worth.changed[bones[i]][letter]))
            elif letter in worth.added:
                classes = _splits(asked[i][0])[split][0]
                found.append((bones[:i] + letter + bones[i:], _replaced(packed, i, 1, classes), worth.added[letter]))
        return found


def _left(asked: list[Beat], bones: str, packed: int, at: int, worth: Worth) -> tuple[str, int, Odds]:
    """What is left of a name without the consonant `at`, or with the one at ~`at` and its neighbour swapped."""
    if at < 0:
        return bones[:~at] + bones[~at + 1] + bones[~at] + bones[~at + 2 :], packed, worth.swapped or (0.0, 0.0)
    met = class_of(asked[at + 1][0] or asked[at][0])
    return bones[:at] + bones[at + 1 :], _replaced(packed, at, 2, (met,)), worth.dropped[bones[at]]


def _replaced(packed: int, at: int, many: int, classes: tuple[str, ...]) -> int:
    """Packed vowels with `many` gaps from `at` on replaced by others."""
    kept, rest = packed & (1 << 2 * at) - 1, packed >> 2 * (at + many)
    for i, vowel in enumerate(classes):
        kept |= _CODES.get(vowel, 0) << 2 * (at + i)
    return (kept | rest << 2 * (at + len(classes))) & _VOWELS


@lru_cache(maxsize=4096)
def _splits(run: str) -> tuple[tuple[tuple[str, str], int, int], ...]:
    """Vowel classes left and right of a consonant dropped from between vowels, or hit as one of them; their values."""
    cut = {(run[:i], run[i:]) for i in range(len(run) + 1)} | {(run[:i], run[i + 1 :]) for i in range(len(run))}
    found = sorted({(_class(left), _class(right)) for left, right in cut})
    return tuple((split, _VALUE[split[0]], _VALUE[split[1]]) for split in found)


def _class(run: str) -> str:
    run = run.lstrip("hw")
    return class_of(run) if run else ""
