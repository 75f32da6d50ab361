"""The filter of shapes: whether a name one consonant away from a given one is known, all such names tried at once.

It is a Bloom filter in blocks of 64 bits. A name's hash is a polynomial over its beats, so that what a change does to
it is a sum, and one table of letters by powers serves all changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .spelling import CONSONANTS, VOWELS, Beat, class_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]

MAX_BEATS = 32
"""Longer names are compared with none."""

SLOTS = 7
"""Beats whose vowels are packed."""

VOWEL_BITS = (1 << 2 * SLOTS) - 1
_CODES = dict(zip(VOWELS, (1, 2, 3), strict=True))
_WORD = (1 << 64) - 1
_BASE = 0x9E3779B97F4A7C15  # odd, so that hashes can be shifted back; the golden ratio's bits, as the multipliers below
_MIX = 0xD6E8FEB86659FD93
_BITS_A_SHAPE = 20
_MASK_BITS = 10
_MASK = (1 << _MASK_BITS) - 1


def _scattered(seed: int) -> int:
    """64 bits of a counter, mixed (splitmix64, Steele, Lea and Flood 2014)."""
    z = (seed * _BASE) & _WORD
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & _WORD
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & _WORD
    return z ^ z >> 31


_VALUE = {"": 0} | {letter: _scattered(i) for i, letter in enumerate(VOWELS + CONSONANTS + "0123456789", 1)}


def shape_hash(spelled: Sequence[Beat]) -> int:
    """A polynomial over a name's beats modulo 2^64."""
    value = 0
    for vowels, consonant in spelled:
        value = (value * _BASE + _VALUE[class_of(vowels)] + _VALUE[class_of(consonant)]) & _WORD
    return value


def vowels_of(spelled: Sequence[Beat]) -> int:
    """The vowels of a name's first beats, two bits each, as `vowels` has them."""
    packed = 0
    for i, (vowels, _) in enumerate(spelled[:SLOTS]):
        if vowels:
            packed |= _CODES[class_of(vowels)] << 2 * i
    return packed


def _masks() -> Hashes:
    """Four bits of 64 for each value of _MASK_BITS bits."""
    import numpy as np

    words = [_scattered(1000 + i) for i in range(1 << _MASK_BITS)]
    masks = [sum({1 << (w >> s & 63) for s in (0, 6, 12, 18)}) for w in words]
    return np.array(masks, dtype=np.uint64)


def filter_of(hashes: Hashes) -> bytes:
    """The filter of names by their `shape_hash`."""
    import numpy as np

    hashes = np.unique(hashes)
    size = max(4, (max(1, len(hashes) * _BITS_A_SHAPE // 64) - 1).bit_length())
    hashes *= np.uint64(_MIX)
    words = np.zeros(1 << size, dtype=np.uint64)
    picked = (hashes >> np.uint64(64 - size - _MASK_BITS)) & np.uint64(_MASK)
    np.bitwise_or.at(words, hashes >> np.uint64(64 - size), _masks()[picked])
    return words.astype("<u8").tobytes()


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


class Filter:
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

    def _known(self, rows: list[int], bases: list[int]) -> list[int]:
        """Which hashes the filter knows, of each base plus each letter of its row of the table."""
        import numpy as np

        hashes = self._letters.take(rows, 0)
        hashes += np.array(bases, dtype=np.uint64)[:, None]
        hashes >>= self._low
        at = hashes.view(np.int64).ravel()
        masks = self._masks.take(at & _MASK)
        at >>= _MASK_BITS
        return ((self._words.take(at) & masks) == masks).nonzero()[0].tolist()  # type: ignore[no-any-return]

    def one_away(self, asked: list[Beat], bones: str, worth: Worth) -> list[tuple[str, int, Odds]]:
        """(frame, packed vowels, log odds left) of the shapes one consonant away that the filter knows, or all but."""
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
        hits = self._known(rows, bases + left_out)
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
    return (kept | rest << 2 * (at + len(classes))) & VOWEL_BITS


@lru_cache(maxsize=4096)
def _splits(run: str) -> tuple[tuple[tuple[str, str], int, int], ...]:
    """Vowel classes left and right of a consonant dropped from between vowels, or hit as one of them; their values."""
    cut = {(run[:i], run[i:]) for i in range(len(run) + 1)} | {(run[:i], run[i + 1 :]) for i in range(len(run))}
    found = sorted({(_class(left), _class(right)) for left, right in cut})
    return tuple((split, _VALUE[split[0]], _VALUE[split[1]]) for split in found)


def _class(run: str) -> str:
    run = run.lstrip("hw")
    return class_of(run) if run else ""
