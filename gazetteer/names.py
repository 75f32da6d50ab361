"""How names are compared: folding, class words ("province", "river"), and nearness of spellings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("'’‘ʼʻʿʾʽ`´ʹʺ′‛＇״׳", None),
        **dict(zip("øđðłıəħŋŧɓɗɛɔƙƴǝ", "oddliahntbdeokye", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ß": "ss",
        "&": " and ",
    }
)
_INITIAL_DOT = re.compile(r"(?<![^\W_])([^\W\d_])\.(?:\s(?=[^\W\d_]\.))?")
_HYPHENED_EL = re.compile(r"el[-‐-―]\w")
_BREAKS = re.compile(r"[^\w]+|_+")
_SUN_ARTICLES = {vowel + letter for vowel in "ae" for letter in ("sh", "th", "dh", *"nstdrz")}
_WRITTEN_OUT = {"st": "saint", "ste": "saint", "sainte": "saint", "mt": "mount", "ft": "fort"}
_CHANGED_WORDS = {"the", "al", "el", "ul", *_SUN_ARTICLES, *_WRITTEN_OUT}


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """The form under which spellings of one name meet: "Ḩamāh" and "HAMAH" give "hamah".

    Case, diacritics and apostrophes go; hyphens and punctuation become one space; dots of initials close up ("U.S."
    and "U. S." give "us"); "St.", "Mt." and "Ft." before a word are written out. Articles go: "the" in front, and
    Arabic ones anywhere but at the end ("al-Bab", "Deir ez-Zor", "As Suwayda"; sun letters only before their letter).
    A leading "El" goes only with its hyphen, for "El Paso" and "El Salvador" are not "Paso" and "Salvador".
    Idempotent. A name without letters or digits folds to "".
    """
    hyphened = False
    if name.isascii() and name.replace(" ", "").isalpha():  # four names of five; not needed, but three times as fast
        words = name.lower().split()
    else:
        text = _lower(name.strip())
        if not text.isascii():
            text = unicodedata.normalize("NFKD", text)
            text = _lower("".join(c for c in text if not unicodedata.combining(c)))
        hyphened = _HYPHENED_EL.match(text) is not None
        words = _BREAKS.sub(" ", _INITIAL_DOT.sub(r"\1", text)).split()
    if len(words) < 2 or _CHANGED_WORDS.isdisjoint(words):
        return " ".join(words)
    if hyphened:
        del words[0]
    return " ".join(_drop_articles([_WRITTEN_OUT.get(w, w) for w in words[:-1]] + words[-1:]))


def _lower(text: str) -> str:
    return text.casefold().translate(_LETTERS)


def _drop_articles(words: list[str]) -> list[str]:
    """Backwards, so that each article is judged by the word it ends up before, and folding twice changes nothing."""
    kept = words[-1:]
    for i in range(len(words) - 2, -1, -1):
        word = words[i]
        if word == "al" or (word in ("el", "ul") and i > 0):
            continue
        if word in _SUN_ARTICLES and kept[-1].startswith(word[1:]):
            continue
        kept.append(word)
    kept.reverse()
    while len(kept) > 1 and kept[0] == "the":
        del kept[0]
    return kept


COMPASS = {"n": "north", "s": "south", "e": "east", "w": "west"}
"""What "N. Korea" and "W. Columbia" begin with, once folded."""

_CLASSES = {
    "first": "state emirate land",
    "division": "province governorate region oblast krai kray prefecture voivodeship canton territory vilayet republic"
    " wilayat wilaya muhafazat governate",
    "second": "county co parish district department municipality raion rayon borough subdistrict division commune",
    "settlement": "city town village suburb hamlet settlement township twp",
    "water": "river lake sea bay gulf strait reservoir creek ocean",
    "land": "island islands mountains mountain mount hills hill peninsula valley desert plateau highlands plain plains"
    " forest",
    "airport": "airport",
}
_CLASS_WORDS = {word: wanted for wanted, words in _CLASSES.items() for word in words.split()}
_LEADING_WORDS = {"county", "lake", "mount", "river", "muhafazat", "wilayat", "wilaya"}


@lru_cache(maxsize=1 << 14)
def split_class(key: str) -> tuple[str, str] | None:
    """A folded name without its class word, and what the word asks for: "hama province" gives ("hama", "division").

    Knows "X province", "province of X" and, for a few words, "lake X". None without a class word. What is asked for
    is "first", "division", "second", "settlement", "water", "land" or "airport"; see `accepts_class`.
    """
    words = key.split()
    if len(words) > 2 and words[1] == "of" and (wanted := _CLASS_WORDS.get(words[0])):
        return fold(" ".join(words[2:])), wanted
    if len(words) > 1 and (wanted := _CLASS_WORDS.get(words[-1])):
        return fold(" ".join(words[:-1])), wanted
    if len(words) > 1 and words[0] in _LEADING_WORDS:
        return fold(" ".join(words[1:])), _CLASS_WORDS[words[0]]
    return None


def accepts_class(wanted: str, feature_class: str, feature_code: str, country: str | None) -> bool:
    """Whether a place is what a class word asks for.

    "second" is any division below the first, and the first outside the United States: Kenya's and Norway's counties
    are first-level ones, but "Washington County" is no state.
    """
    if wanted == "first":
        return feature_code.startswith("ADM1")
    if wanted == "division":
        return feature_code.startswith("ADM")
    if wanted == "second":
        return feature_code.startswith("ADM") and not (country == "US" and feature_code.startswith("ADM1"))
    if wanted == "airport":
        return feature_code.startswith("AIR")
    return feature_class in {"settlement": "P", "water": "H", "land": "TLV"}[wanted]


_SOUNDS = [
    *([w, "s"] for w in ("tch", "sch", "sh", "ch", "ts", "tz")),
    *([w, "j"] for w in ("dzh", "dj", "zh")),
    *(["dz", "z"], ["kh", "k"], ["gh", "g"], ["th", "t"], ["dh", "d"], ["ph", "f"], ["ck", "k"], ["q", "k"]),
    *(["c", "k"], ["aw", "o"], ["au", "o"], ["x", "ks"], ["w", "v"], ["ou", "u"], ["oo", "u"], ["ee", "i"]),
]
_VOWELS = frozenset("aeiouy")
_EL = re.compile(r"^el |(?<= )(?:el|ul|bin|ben|ibn) ")
_DOUBLED = re.compile(r"(.)\1+")
_FINAL_H = re.compile(r"(?<=[aeiouy])h\b")


def sound(key: str) -> str:
    """A folded name as it sounds, one letter a sound, so that transliterations of one name come close.

    "kafr zita" and "kafar zeitah" give "kafrzita" and "kafarzeita": no spaces, doubled letters, "el", or final h after
    a vowel; kh, q and c become k, sh, ch and ts become s, w becomes v.
    """
    text = _FINAL_H.sub("", _EL.sub("", key))
    for written, heard in _SOUNDS:
        if written in text:
            text = text.replace(written, heard)
    return _DOUBLED.sub(r"\1", text.replace(" ", ""))


def skeleton(key: str) -> str:
    """The consonants of `sound`, with a first vowel as "a" and without h except in front: "kafr zita" gives "kfrzt"."""
    heard = sound(key)
    bones = "".join(c for c in heard[1:] if c not in _VOWELS and c != "h")
    return _DOUBLED.sub(r"\1", ("a" if heard[:1] in _VOWELS else heard[:1]) + bones)


def spelling_cost(a: str, b: str, limit: float = 1.0) -> float | None:
    """How far two sounds lie apart: 1 a letter changed, added, dropped or swapped, ½ a vowel or h; None beyond `limit`.

    A Damerau-Levenshtein distance (optimal string alignment) with cheap vowels, bounded.
    """
    if abs(len(a) - len(b)) > 2 * limit:
        return None
    before: list[float] = []
    row = [0.0]
    for c in b:
        row.append(row[-1] + _cost(c))
    for i, x in enumerate(a):
        current = [row[0] + _cost(x)]
        for j, y in enumerate(b):
            change = 0.0 if x == y else max(_cost(x), _cost(y))
            best = min(row[j] + change, row[j + 1] + _cost(x), current[j] + _cost(y))
            if i and j and x == b[j - 1] and a[i - 1] == y:
                best = min(best, before[j - 1] + 1)
            current.append(best)
        if min(current) > limit:
            return None
        before, row = row, current
    return row[-1] if row[-1] <= limit else None


def _cost(letter: str) -> float:
    return 0.5 if letter in _VOWELS or letter == "h" else 1.0
