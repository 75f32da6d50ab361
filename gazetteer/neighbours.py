"""The filter of shapes: whether a name one consonant away from a given one is known, all such names tried at once.

It is a Bloom filter in blocks of 64 bits. A name's hash is a polynomial over its beats, so that what a change does to
it is a sum, and one table of letters by powers serves all changes, of all names that are asked for together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from .spelling import CONSONANTS, VOWELS, Beat, class_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint64]
    Numbers = NDArray[np.int64]

MAX_BEATS = 32
"""Longer names are compared with none."""

SLOTS = 7
"""Beats whose vowels are packed."""

VOWEL_BITS = (1 << 2 * SLOTS) - 1
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


LETTERS = VOWELS + CONSONANTS + "0123456789"
"""Classes of vowels and consonants; the code of one is its place here, from 1, and 0 is none."""

FIRST, LAST = 1 + len(VOWELS), len(VOWELS + CONSONANTS)
"""The codes of CONSONANTS."""

_VALUES = [0] + [_scattered(code) for code in range(1, len(LETTERS) + 1)]


class _Codes(dict[str, int]):
    """Vowels or consonant as spelled -> code of its class; long ones, of which texts may have any number, not kept."""

    def __missing__(self, token: str) -> int:
        code = LETTERS.index(class_of(token)) + 1
        if len(token) < 4:
            self[token] = code
        return code


_code_of = _Codes({"": 0}).__getitem__


def shape_hash(spelled: Sequence[Beat]) -> int:
    """A polynomial over a name's beats modulo 2^64."""
    value = 0
    for vowels, consonant in spelled:
        value = (value * _BASE + _VALUES[_code_of(vowels)] + _VALUES[_code_of(consonant)]) & _WORD
    return value


def vowels_of(spelled: Sequence[Beat]) -> int:
    """The vowels of a name's first beats, two bits each, as `vowels` has them."""
    packed = 0
    for i, (vowels, _) in enumerate(spelled[:SLOTS]):
        if vowels:
            packed |= _code_of(vowels) << 2 * i
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


@dataclass(frozen=True)
class Names:
    """Names as arrays: the beats of name i are those from `starts[i]` to `starts[i + 1]`.

    `runs` are the vowels of each beat as spelled, `vowels` and `consonants` the codes of their classes.
    """

    runs: Sequence[str]
    vowels: NDArray[np.uint8]
    consonants: NDArray[np.uint8]
    starts: Numbers

    @cached_property
    def owner(self) -> Numbers:
        """The name of each beat."""
        import numpy as np

        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    @cached_property
    def frames(self) -> list[str]:
        """The frame of each name, as `spelling.frame` gives it."""
        bones = self.consonants.tobytes().translate(_LETTER_OF).decode()
        starts = self.starts.tolist()
        return [bones[start : end - 1] for start, end in pairwise(starts)]

    @cached_property
    def packed(self) -> Numbers:
        """The vowels of each name's first beats, as `vowels_of` packs them."""
        import numpy as np

        at = np.arange(len(self.vowels)) - self.starts[self.owner]
        bits = np.where(at < SLOTS, self.vowels.astype(np.int64) << 2 * np.minimum(at, SLOTS), 0)
        return np.add.reduceat(bits, self.starts[:-1])


_LETTER_OF = bytes.maketrans(bytes(range(len(LETTERS) + 1)), b"." + LETTERS.encode())


def spell_out(names: Sequence[Sequence[Beat]]) -> Names:
    """The beats of some names as arrays."""
    import numpy as np

    parts = list(chain.from_iterable(chain.from_iterable(names)))
    codes = np.frombuffer(bytes(map(_code_of, parts)), dtype=np.uint8)
    return Names(parts[::2], codes[::2], codes[1::2], np.cumsum([0, *map(len, names)]))


CHANGED, ADDED, DROPPED, SWAPPED = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """Shapes one consonant away from names that the filter knows, or all but: arrays of one value for each.

    `name` is the name's number, `kind` what is done to it at beat `at`: its consonant CHANGED into another, one ADDED
    before it that the name lacks, its own DROPPED, or SWAPPED with the next. `letter` is the code of the consonant put
    in, or taken out, `instead` of the one that it is put in for; `packed` the vowels that are left.
    """

    name: Numbers
    kind: Numbers
    at: Numbers
    letter: Numbers
    instead: Numbers
    packed: Numbers

    def frames(self, names: Names) -> list[str]:
        """The frame of each."""
        found, of = [], names.frames
        for name, kind, i, letter in zip(
            self.name.tolist(), self.kind.tolist(), self.at.tolist(), self.letter.tolist(), strict=True
        ):
            bones = of[name]
            if kind == CHANGED:
                found.append(bones[:i] + LETTERS[letter - 1] + bones[i + 1 :])
            elif kind == ADDED:
                found.append(bones[:i] + LETTERS[letter - 1] + bones[i:])
            elif kind == DROPPED:
                found.append(bones[:i] + bones[i + 1 :])
            else:
                found.append(bones[:i] + bones[i + 1] + bones[i] + bones[i + 2 :])
        return found


class Filter:
    """The Bloom filter of shapes, and all that may be tried against it at once."""

    def __init__(self, words: memoryview) -> None:
        import numpy as np

        self._words = np.frombuffer(words, dtype="<u8")
        self._low = np.uint64(64 - (len(self._words).bit_length() - 1) - _MASK_BITS)
        self._masks = _masks()
        powers = [pow(_BASE, p, 1 << 64) * _MIX & _WORD for p in range(MAX_BEATS + 2)]
        self._powers, self._values = np.array(powers, dtype=np.uint64), np.array(_VALUES, dtype=np.uint64)
        self._shrunk = np.uint64(pow(_BASE, -1, 1 << 64))
        self._letters = self._powers[:, None] * self._values[FIRST : LAST + 1]

    def _known(self, hashes: Hashes) -> Numbers:
        """Which of the hashes the filter knows."""
        hashes >>= self._low
        at = hashes.view("<i8").ravel()
        masks = self._masks.take(at & _MASK)
        at >>= _MASK_BITS
        return ((self._words.take(at) & masks) == masks).nonzero()[0]  # type: ignore[no-any-return]

    def one_away(self, names: Names) -> Hits:
        """The shapes of which the filter knows that are one consonant away from names of at most MAX_BEATS beats."""
        import numpy as np

        vowels, consonants = self._values.take(names.vowels), self._values.take(names.consonants)
        owner, place = names.owner, np.arange(len(vowels))
        at, after = place - names.starts[owner], names.starts[owner + 1] - 1 - place
        here = self._powers.take(after)
        terms = (vowels + consonants) * here
        until = np.cumsum(terms) - terms
        before = until - until[names.starts[owner]]
        whole = np.add.reduceat(terms, names.starts[:-1])[owner]

        bones = np.flatnonzero(after)  # one row of other consonants for each beat that has one
        # and one of consonants put in for each split of a beat's vowels
        splits = np.fromiter(map(_splits, names.runs), np.int64, len(owner))
        gaps, split = (splits[:, None] >> np.arange(16) & 1).nonzero()
        left, right = split >> 2, split & 3
        grown = whole + before * np.uint64(_BASE - 1) - vowels * here
        power = here[gaps]
        grown = grown[gaps] + (self._values[left] * np.uint64(_BASE) + self._values[right]) * power
        rows = np.concatenate([after[bones], after[gaps] + 1])
        bases = np.concatenate([whole[bones] - (consonants * here)[bones], grown])
        row, letter = np.divmod(self._known(self._letters.take(rows, 0) + bases[:, None]), len(CONSONANTS))
        letter += FIRST
        changed = row < len(bones)
        beat, other, old = bones[row[changed]], letter[changed], names.consonants[bones[row[changed]]]
        differ = (other != old) & (old <= LAST)
        beat, other, old = beat[differ], other[differ], old[differ]
        grew, added = row[~changed] - len(bones), letter[~changed]
        wider, pair = gaps[grew], split[grew]

        inner = np.flatnonzero((after > 0) & (names.consonants <= LAST))
        met = np.where(names.vowels[inner + 1], names.vowels[inner + 1], names.vowels[inner])
        less = here[inner] * self._shrunk
        without = whole[inner] - before[inner] - terms[inner] - terms[inner + 1] + before[inner] * self._shrunk
        known = self._known(without + (self._values.take(met) + consonants[inner + 1]) * less)
        gone, met = inner[known], met[known]
        pairs = np.flatnonzero(after > 1)
        pairs = pairs[(names.vowels[pairs + 1] == 0) & (names.consonants[pairs] != names.consonants[pairs + 1])]
        change = (consonants[pairs + 1] - consonants[pairs]) * (here[pairs] - here[pairs] * self._shrunk)
        turned = pairs[self._known(whole[pairs] + change)]

        beats = np.concatenate([beat, wider, gone, turned])
        packed = names.packed[owner[beats]]
        sizes = [len(beat), len(wider), len(gone), len(turned)]
        first, second, third = np.cumsum(sizes[:-1])
        packed[first:second] = _replaced(packed[first:second], at[wider], 1, pair >> 2 | (pair & 3) << 2, 2)
        packed[second:third] = _replaced(packed[second:third], at[gone], 2, met, 1)
        return Hits(
            name=owner[beats],
            kind=np.repeat(np.arange(4), sizes),
            at=at[beats],
            letter=np.concatenate([other, added, names.consonants[gone], np.zeros_like(turned)]),
            instead=np.concatenate([old, np.zeros(len(beats) - len(old), np.int64)]),
            packed=packed,
        )


def _replaced(packed: Numbers, at: Numbers, many: int, vowels: Numbers, those: int) -> Numbers:
    """Packed vowels with `many` gaps from `at` on replaced by others, `those` in number."""
    import numpy as np

    low = 2 * np.minimum(at, SLOTS)
    kept, rest = packed & (1 << low) - 1, packed >> low + 2 * many
    left: Numbers = (kept | vowels.astype(np.int64) << low | rest << low + 2 * those) & VOWEL_BITS
    return left


@lru_cache(maxsize=4096)
def _splits(run: str) -> int:
    """Vowel classes left and right of a consonant dropped from between vowels, or hit as one of them: a bit for each
    pair of codes."""
    cut = {(run[:i], run[i:]) for i in range(len(run) + 1)} | {(run[:i], run[i + 1 :]) for i in range(len(run))}
    return sum({1 << 4 * _code_of(left.lstrip("hw")) + _code_of(right.lstrip("hw")) for left, right in cut})
