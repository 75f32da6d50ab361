"""How far two spellings of a name lie apart: names as the sounds their letters write, and learned costs of differences.

A folded name is cut into beats, each the vowels before a consonant and the consonant, as spelled, either perhaps empty;
the last has no consonant ("shaykha": -sh, aykh, a-). Vowels have a class, A, I or U, and consonants the bare letter
they sound like. The classes of a name are its shape ("sIkA"), those of its consonants its frame ("sk"). Spellings of
one name in Latin letters mostly share the frame, and then their beats face each other.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from .names import fold

VOWELS = "AIU"
CONSONANTS = "bdfghjklmnprstvz"
WEIGHTS = Path(__file__).with_name("data") / "spellings.json"

_CONSONANT = "|".join(
    ["t?sch", "tch", "t[sz]", "dzh", "d[jz]", "c?k+h?", *(f"{letter}+h?" for letter in "bcdfghjlmnpqrstvwz"), r"\d"]
)
_BEAT = re.compile(rf"((?:[aeiouy](?:[aeiouyh]|w(?![aeiouy]))*)?)({_CONSONANT}|$)")
_SPELLED = {"c": "k", "q": "k", "w": "v", "ph": "f", "sh": "s", "ch": "s", "zh": "j"}
_SPELLED |= {"tsch": "s", "sch": "s", "tch": "s", "ts": "s", "tz": "s", "dzh": "j", "dj": "j", "dz": "z"}
_DOUBLED = re.compile(r"(.)\1+")
_DROPPED_WORDS = frozenset("el ul bin ben ibn".split())
_BARE_VOWEL = str.maketrans({"y": "i", "w": "u", "h": None})


def _single(run: str) -> str:
    """Letters without doubling."""
    return _DOUBLED.sub(r"\1", run) if len(run) > 1 else run


class _Classes(dict[str, str]):
    """Vowels or consonant -> class, filled as they come; long ones, of which texts may have any number, not kept."""

    def __missing__(self, token: str) -> str:
        if token[0] in "aeiouy":
            last = token.translate(_BARE_VOWEL)[-1]
            found = "A" if last == "a" else "I" if last in "ei" else "U"
        else:
            bare = _single(token)
            found = _SPELLED.get(bare) or _SPELLED.get(bare[0]) or ("k" if "k" in bare else bare[0])
        if len(token) < 4:
            self[token] = found
        return found


_CLASSES = _Classes({"": ""})
class_of = _CLASSES.__getitem__
"""The class of vowels or of a consonant; "" for none."""

Beat = tuple[str, str]


def beats(key: str) -> list[Beat]:
    """A folded name in ASCII as its sounds are spelled: "kafr zita" gives -k, af, -r, -z, it, a-."""
    if " " in key:
        words = key.split()
        kept = [word for word in words[:-1] if word not in _DROPPED_WORDS]
        key = "".join(kept) + words[-1]
    if "x" in key:
        key = ("s" if key[0] == "x" else key[0]) + key[1:].replace("x", "ks")
    found = _BEAT.findall(key)
    if len(found) > 1 and not found[-2][1]:  # the end has been met twice, with vowels and without
        del found[-1]
    return found


def frame(spelled: Sequence[Beat]) -> str:
    """The classes of the consonants."""
    return "".join([class_of(consonant) for _, consonant in spelled])


_CYRILLIC = dict(
    zip(
        "абвгдежзиклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџѕғқңөұүһәӣӯҳҷ",
        "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch  y  e yu ya i i e g u j lj nj c dj dzh dz"
        " gh q n o u u h a i u h j".split(" "),
        strict=True,
    )
)
_UKRAINIAN = str.maketrans({"г": "h", "и": "y"})
_ARABIC = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويةىپچژگکیٱھہۀئؤءں",
        "a b t th j h kh d dh r z s sh s d t z  gh f q k l m n h w y a a p ch zh g k y a h h a y w  n".split(" "),
        strict=True,
    )
)
_ROMAN = str.maketrans(_CYRILLIC | _ARABIC)
_ARTICLE = re.compile(r"\bال(?=\w{3})")
_LONE_W = re.compile(r"(?<=[^\Waeiouy])w(?![aeiouy])")


def romanise(key: str) -> str | None:
    """A folded name in Cyrillic or Arabic letters, folded anew in Latin ones; None for other scripts.

    Letter by letter, near enough to meet any system's spelling by `Costs`; Ukrainian where one of its letters shows.
    """
    if any(c in "іїєґ" for c in key):
        key = key.translate(_UKRAINIAN)
    written = _LONE_W.sub("u", _ARTICLE.sub("", key).translate(_ROMAN))
    return fold(written) if written.isascii() else None


UNVOWELLED = "unvowelled"
"""The difference of a name whose script leaves short vowels out."""


def read(key: str) -> tuple[list[Beat], tuple[str, ...]]:
    """A folded name's beats, and (UNVOWELLED,) for the Arabic script; no beats in a script unknown."""
    if key.isascii():
        return beats(key), ()
    return beats(romanise(key) or ""), (UNVOWELLED,) if any("\u0600" <= c <= "\u06ff" for c in key) else ()


def differences(a: Sequence[Beat], b: Sequence[Beat]) -> list[tuple[str, ...]]:
    """What sets two names apart, each difference from the general to the special.

    Names of as many beats are compared beat by beat; where one has a consonant more, it is taken out first, and what
    vowels stood on both its sides are held against those of the other name. [("far",)] where one has several more.
    """
    if len(a) == len(b):
        found: list[tuple[str, ...]] = []
        apart = []
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            if x != y:
                found += _between(x, y)
                if class_of(x[1]) != class_of(y[1]):
                    apart.append(i)
        if len(apart) == 2 and apart[1] == apart[0] + 1:
            found = [d for d in found if d[0] != "consonant"] + [("swap",)]
        elif apart[:1] == [0]:
            found.append(("first",))
        return found
    if abs(len(a) - len(b)) > 1:
        return _FAR.copy()
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    at = 0
    while at < len(shorter) - 1 and class_of(longer[at][1]) == class_of(shorter[at][1]):
        at += 1
    (left, extra), (right, after) = longer[at], longer[at + 1]
    facing = shorter[at][0]
    vowels = (
        facing if facing in (left, right, left + right) else right if not left else left if not right else left + right
    )
    found = [("no consonant", "/" + _single(extra))] + ([("first",)] if at == 0 and not left else [])
    rest = [*longer[:at], (vowels, after), *longer[at + 2 :]]
    return found + [d for x, y in zip(rest, shorter, strict=True) if x != y for d in _between(x, y)]


@lru_cache(maxsize=1 << 14)
def _between(x: Beat, y: Beat) -> tuple[tuple[str, ...], ...]:
    """What sets two facing beats apart: their vowels, their consonants, or both."""
    found = [_vowels_apart(*sorted((x[0], y[0])), last=not x[1]), _consonants_apart(*sorted((x[1], y[1])))]
    return tuple(difference for difference in found if difference)


def _vowels_apart(a: str, b: str, *, last: bool) -> tuple[str, ...]:
    if a == b:
        return ()
    bare_a, bare_b = sorted((_single(a.translate(_BARE_VOWEL)), _single(b.translate(_BARE_VOWEL))))
    if bare_a == bare_b:
        return ("length",)
    kind = ("final " if last else "") + ("vowel" if bare_a else "no vowel")
    return (kind, f"{kind} {''.join(sorted(class_of(a) + class_of(b)))}", f"{bare_a}/{bare_b}")


def _consonants_apart(a: str, b: str) -> tuple[str, ...]:
    if a == b:
        return ()
    bare_a, bare_b = sorted((_single(a), _single(b)))
    if bare_a == bare_b:
        return ("doubled",)
    kind = "respelled" if class_of(a) == class_of(b) else "consonant"
    return (kind, f"{bare_a}/{bare_b}")


_ZONES = {
    "arabic": "AE AF BH DJ DZ EG EH ER IL IQ IR JO KM KW LB LY MA MR OM PK PS QA SA SD SO SS SY TD TN YE",
    "cyrillic": "BA BG BY KG KZ ME MK MN RS RU TJ UA UZ",
    "other": "AM BD BT CN ET GE GR IN JP KH KP KR LA LK MM MV NP TH TW",
}
ZONES = ("", *_ZONES)
"""Scripts that a country's names are transliterated from, "" for Latin: such names have many spellings."""
_ZONE_OF = {country: i for i, zone in enumerate(ZONES) if zone for country in _ZONES[zone].split()}


ZONE_KEYS = tuple(f"in {zone or 'latin'} " for zone in ZONES)
"""What the differences of a zone's names begin with; alone, what a zone itself costs."""
CROWD = "crowd"
_MOST_PAIRS = 1 << 15  # of differing beats whose weight is kept: some 6 MB, if ever
_BY_CONSONANT = ("consonant", "no consonant")
_FAR: list[tuple[str, ...]] = [("far",)]
_ROUNDING = 1e-6


def zone_of(country: str | None) -> int:
    """Index in ZONES."""
    return _ZONE_OF.get(country or "", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What each difference costs, learned by training/spellings.py.

    `cost` of two names is -ln of the chance that a name unknown to the gazetteer is another spelling of the one known,
    as met in the pairs it was learned from: by a logistic model of the differences, the name's length in beats, the
    script that names are written in where the one known lies, and how many known names share its frame.
    Dearer names than `limit` are no matches; where one is not dearer than `sure`, no other consonants are tried.
    """

    bias: dict[str, float]
    weights: dict[str, float]
    limit: float
    sure: float
    _pairs: dict[tuple[int, str, str, str | None], float] = field(default_factory=dict)
    _sums: dict[tuple[int, tuple[str, ...]], float] = field(default_factory=dict)

    def cost(
        self, asked: Sequence[Beat], known: Sequence[Beat], zone: int, crowd: float, also: tuple[str, ...] = ()
    ) -> float:
        """-ln of the chance; names much unlike give much more than `limit`.

        `zone` is that of the place known, `crowd` log2 of how many names have its frame, `also` differences not of
        beats.
        """
        apart = differences(asked, known)
        slipped = _slip_of(asked, known, apart)
        if not also and (rough := self._rough(len(asked), apart, slipped, zone, crowd)) > self.limit + _ROUNDING:
            return rough  # most names compared are no matches, and need no exact figure
        return self.settle(len(asked), _tell(apart, slipped, len(asked), zone, crowd, also))

    def _rough(
        self, length: int, apart: Sequence[tuple[str, ...]], slipped: str | None, zone: int, crowd: float
    ) -> float:
        """The cost but for rounding, from weights summed before."""
        weigh, many = self.weights.get, 1 if slipped else len(apart)
        if apart[:1] == _FAR:
            return math.inf
        odds = self.bias[length_class(length)] - weigh(CROWD, 0.0) * crowd - weigh(ZONE_KEYS[zone], 0.0)
        if slipped:
            odds -= weigh(slipped, 0.0) + (weigh(apart[0][1], 0.0) if len(apart) == 1 else 0.0)
        else:
            odds -= sum([self._sum(zone, names) for names in apart])
        return _surprise(odds - weigh("further", 0.0) * max(0, many - 1) - weigh("share", 0.0) * many / length)

    def _sum(self, zone: int, names: tuple[str, ...]) -> float:
        """What one difference costs."""
        weight = self._sums.get((zone, names))
        if weight is None:
            weight = sum(self.weights.get(name, 0.0) for name in (*names, ZONE_KEYS[zone] + names[0]))
            if len(self._sums) < _MOST_PAIRS:
                self._sums[zone, names] = weight
        return weight

    def cost_in_frame(self, asked: Sequence[Beat], known: Sequence[Beat], zone: int, crowd: float) -> float:
        """What `cost` gives for two names of one frame, in a tenth of the time."""
        weigh, many = self.weights.get, 0
        odds = self.bias[length_class(len(asked))] - weigh(CROWD, 0.0) * crowd - weigh(ZONE_KEYS[zone], 0.0)
        for x, y in zip(asked, known, strict=True):
            if x[0] != y[0]:
                odds -= self._weight(zone, x[0], y[0], "" if x[1] else "last")
                many += 1
            if x[1] != y[1]:
                odds -= self._weight(zone, x[1], y[1], None)
                many += 1
        if many > 1:
            if slip(_letters(asked), _letters(known)):
                return self.cost(asked, known, zone, crowd)
            odds -= weigh("further", 0.0) * (many - 1)
        if many:
            odds -= weigh("share", 0.0) * many / len(asked)
        return _surprise(odds)

    def _weight(self, zone: int, a: str, b: str, vowels: str | None) -> float:
        """What a difference of vowels costs, the last ones or others, or of consonants (None) of one class."""
        weight = self._pairs.get((zone, a, b, vowels))
        if weight is None:
            x, y = sorted((a, b))
            names = _consonants_apart(x, y) if vowels is None else _vowels_apart(x, y, last=bool(vowels))
            weight = self._sum(zone, names)
            if len(self._pairs) < _MOST_PAIRS:
                self._pairs[zone, a, b, vowels] = weight
        return weight

    def settle(self, length: int, found: dict[str, float]) -> float:
        """-ln of the chance of a name of `length` beats with these differences."""
        return _surprise(self.odds(length, found)) if "far" not in found else math.inf

    def odds(self, length: int, found: dict[str, float]) -> float:
        """The log odds of a name of `length` beats with these differences."""
        left, weigh = self.bias[length_class(length)], self.weights.get
        for name, times in found.items():
            left -= weigh(name, 0.0) * times
        return left


def _surprise(odds: float) -> float:
    return math.log1p(math.exp(-odds)) if odds > -30 else -odds


@cache
def length_class(size: int) -> str:
    """The bucket of a name's length in beats."""
    return str(min(max(size, 3), 9))


def features(
    asked: Sequence[Beat], known: Sequence[Beat], zone: int, crowd: float, also: tuple[str, ...] = ()
) -> dict[str, float]:
    """The differences of two names with how often each occurs.

    "share" is how many there are for each beat asked, "further" how many beyond the first. What one slip of the typist
    explains is that slip, where a consonant is concerned or the beats show several differences. Vowels that a name
    lacks are "unwritten" and no difference where `also` has UNVOWELLED.
    """
    apart = differences(asked, known)
    return _tell(apart, _slip_of(asked, known, apart), len(asked), zone, crowd, also)


def _slip_of(asked: Sequence[Beat], known: Sequence[Beat], apart: Sequence[tuple[str, ...]]) -> str | None:
    """The one slip that explains all differences of two names."""
    if len(apart) > 1 or any(names[0] in _BY_CONSONANT for names in apart):
        return slip(_letters(asked), _letters(known))
    return None


def _tell(
    apart: Sequence[tuple[str, ...]],
    slipped: str | None,
    length: int,
    zone: int,
    crowd: float,
    also: tuple[str, ...],
) -> dict[str, float]:
    found: dict[str, float] = {**dict.fromkeys(also, 1.0), CROWD: crowd, ZONE_KEYS[zone]: 1.0}
    if slipped:
        special = {apart[0][1]: 1.0} if len(apart) == 1 else {}
        return found | {slipped: 1.0, "share": 1 / length} | special
    many = 0
    for names in apart:
        if UNVOWELLED in also and "no vowel" in names[0]:
            found["unwritten"] = found.get("unwritten", 0.0) + 1.0
            continue
        many += 1
        for name in (*names, ZONE_KEYS[zone] + names[0]):
            found[name] = found.get(name, 0.0) + 1.0
    if many > 1:
        found["further"] = many - 1.0
    if many:
        found["share"] = many / length
    return found


def _letters(spelled: Sequence[Beat]) -> str:
    return "".join(chain.from_iterable(spelled))


def slip(a: str, b: str) -> str | None:
    """The one letter by which two spellings differ, or the two neighbours that changed places; None where more does."""
    more = len(a) - len(b)
    if not -2 < more < 2:
        return None
    at = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        at += 1
    if more > 0:
        return "slip added" if a[at + 1 :] == b[at:] else None
    if more < 0:
        return "slip dropped" if a[at:] == b[at + 1 :] else None
    if a[at + 1 :] == b[at + 1 :]:
        return "slip changed" if a != b else None
    return "slip swapped" if a[at + 2 :] == b[at + 2 :] and a[at : at + 2] == b[at : at + 2][::-1] else None


@cache
def learned() -> Costs:
    """The costs that come with the package."""
    read = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return Costs(bias=read["bias"], weights=read["weights"], limit=read["limit"], sure=read["sure"])
