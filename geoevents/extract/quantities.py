"""Numbers of people: in digits and in words, vague ones ("dozens"), with the bounds that the words around them give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

MAX_COUNT = 50_000_000
"""Above this a figure is no count of people in an event of the news."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMERALS = {word: n for n, word in enumerate(_UNITS.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
"""Numbers of one word below a hundred."""

_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
VAGUE = {
    "dozens": 24,
    "scores": 40,
    "tens": 20,
    "hundreds": 200,
    "thousands": 2_000,
    "millions": 2_000_000,
    "several": 3,
    "few": 3,
    "couple": 2,
}
"""Least numbers that vague words mean: "dozens" is at least two dozen. "a few" and "several" are at least three."""

_AT_LEAST = frozenset(
    ("at least", "more than", "over", "no fewer than", "upwards of", "no less than", "a minimum of", "above",
     "not less than", "excess of", "exceeding")
)  # fmt: skip
_AT_MOST = frozenset(("up to", "as many as", "at most", "no more than", "fewer than", "less than", "under"))
_ABOUT = frozenset("almost nearly about around some approximately roughly estimated".split())
_PARTS = frozenset("including among includes include included them whom".split())
MEASURES = frozenset(
    "year month week day hour minute second km kilometre kilometer mile metre meter foot percent % degree kg tonne "
    "ton euro dollar pound rupee cent time round rocket shell missile magnitude house home building hectare acre "
    "° village town district province vehicle tank truck boat bus car shop a.m. p.m. am pm gmt billion mm cm litre "
    "liter knot storey story floor case point vote seat match goal drone bomb missile warhead sortie aircraft "
    "plane helicopter building block apartment flat room bed tent animal head".split()
)
ANIMALS = frozenset(
    "animal dog cat cow cattle bull calf goat sheep lamb pig hog horse pony donkey mule camel buffalo yak chicken hen "
    "bird duck goose turkey poultry livestock elephant rhino rhinoceros lion tiger leopard cheetah bear wolf fox deer "
    "monkey gorilla crocodile snake whale dolphin shark seal turtle fish bee rat".split()
)
_HOUSEHOLDS = frozenset("family household".split())
"""Of them a count is no more than the least number of people."""

_NO_COUNT = frozenset("$ € £ # aged age magnitude no not".split())
"""Before a number they make it something else than a count: "magnitude 7", "no one"."""

_DIGITS = re.compile(r"\d{1,3}(?:,\d{3}){1,3}|\d{1,9}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A count of people: the least and the most it can be, and the figure given; None where the text leaves it open."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a sentence: its first and last token, what it can mean, and whether it is part of another
    ("among them five children")."""

    first: int
    last: int
    bounds: Bounds
    part: bool


def find_numbers(sentence: Span) -> Iterator[Number]:
    """The numbers of a sentence that may count people, in text order."""
    doc, i = sentence.doc, sentence.start
    while i < sentence.end:
        value, end, vague = _read(doc, i, sentence.end)
        if value is None:
            i += 1
            continue
        first, bounds, end = _bounded(sentence, i, end, value, vague)
        before = {doc[k].lower_ for k in range(max(sentence.start, first - 3), first)}
        noun = _counted(doc, end)
        if noun in _HOUSEHOLDS:
            bounds = Bounds(low=bounds.low or bounds.best)
        number = Number(first=first, last=end - 1, bounds=bounds, part=bool(before & _PARTS))
        if noun not in MEASURES | ANIMALS and bounds != Bounds() and not _names(doc, number):
            yield number
        i = end


def _read(doc: Doc, i: int, stop: int) -> tuple[int | None, int, bool]:
    """A number that starts at token i: its value, the token after it, and whether it is a vague word ("dozens")."""
    word = doc[i].lower_
    before = doc[i - 1].lower_ if i else ""
    after = [doc[k].lower_ for k in range(i + 1, min(i + 3, stop))]
    vague = word in VAGUE and (word != "few" or before == "a")
    value: int | None
    if word in ("a", "the", "another") and after[:1] == ["dozen"]:
        value, end = 12, i + 2
    elif word == "half" and after == ["a", "dozen"]:
        value, end = 6, i + 3
    elif vague and after[:1] == ["of"] and after[-1].removesuffix("s") in _SCALES:  # "tens of thousands"
        value, end = VAGUE[word] * _SCALES[after[-1].removesuffix("s")], i + 3
    elif vague and after and after[0] in (*_SCALES, "dozen"):  # "several hundred"
        value, end = VAGUE[word] * _SCALES.get(after[0], 12), i + 2
    elif vague:
        value, end = VAGUE[word], i + 1
    else:
        value, end = _digits(doc, i, stop) if doc[i].text[0].isdigit() else _words(doc, i, stop)
    return (value, end, vague) if value and value <= MAX_COUNT else (None, i + 1, False)


def _digits(doc: Doc, i: int, stop: int) -> tuple[int | None, int]:
    """A number in digits: "2,200", "3 million"."""
    if not _DIGITS.fullmatch(doc[i].text):
        return None, i + 1
    value = int(doc[i].text.replace(",", ""))
    scale = {**_SCALES, "dozen": 12}.get(doc[i + 1].lower_) if i + 1 < stop else None
    return (value * scale, i + 2) if scale else (value, i + 1)


def _words(doc: Doc, i: int, stop: int) -> tuple[int | None, int]:
    """A number in words: "seven", "twenty-three", "two hundred and six", "three thousand two hundred"."""
    thousands, rest, end = 0, 0, i
    while end < min(stop, i + 9):
        word = doc[end].lower_
        after = doc[end + 1].lower_ if end + 1 < stop else ""
        small = _small(word)
        if small is not None and (rest % 100 == 0 or (rest % 10 == 0 and rest % 100 >= 20 and small < 10)):
            rest += small
        elif word == "hundred" and 0 < rest < 100:
            rest *= 100
        elif word in ("thousand", "million") and rest:
            thousands, rest = thousands + rest * _SCALES[word], 0
        elif word == "a" and end == i and after in _SCALES:
            rest = 1
        elif not (end > i and word in ("-", "and") and _small(after) and (word == "-" or thousands + rest >= 100)):
            break
        end += 1
    total = thousands + rest
    if total and end < stop and doc[end].lower_ == "dozen":
        return total * 12, end + 1
    return (total, end) if total else (None, i + 1)


def _small(word: str) -> int | None:
    """A number below a hundred in one word, None if it is none."""
    parts = [NUMERALS[part] for part in word.split("-") if part in NUMERALS]
    return sum(parts) if parts and len(parts) == len(word.split("-")) else None


def _bounded(sentence: Span, i: int, end: int, value: int, vague: bool) -> tuple[int, Bounds, int]:
    """Widens a number by the words around it: "at least", "up to", "between 30 and 40", "30 to 40", "or more"."""
    doc = sentence.doc
    before = [doc[k].lower_ for k in range(max(sentence.start, i - 3), i)]
    after = doc[end].lower_ if end + 1 < sentence.end else ""
    if after in ("to", "-", "–", "or") or (after == "and" and before[-1:] == ["between"]):
        upper, beyond, _ = _read(doc, end + 1, sentence.end)
        scale = _SCALES.get(doc[beyond - 1].lower_, 1)
        if upper is not None and doc[end - 1].lower_ not in _SCALES and value * scale < upper:
            value *= scale  # "two to three hundred"
        if upper is not None and upper > value:
            return i, Bounds(low=value, high=upper), beyond
    if vague:
        return i, Bounds(low=value), end
    for length in range(len(before), 0, -1):
        phrase = " ".join(before[-length:])
        if phrase in _AT_LEAST:
            return i - length, Bounds(low=value, best=value), end
        if phrase in _AT_MOST:
            return i - length, Bounds(high=value), end
        if phrase in _ABOUT:
            return i - length, Bounds(best=value), end
    if after == "or" and doc[end + 1].lower_ == "more":
        return i, Bounds(low=value, best=value), end + 2
    return i, Bounds(low=value, best=value, high=value), end


def _counted(doc: Doc, end: int) -> str:
    """The lemma of what a number that ends before a token counts, "" if that is not said."""
    for word in doc[end : end + 3]:
        if word.lemma_.lower() in MEASURES | ANIMALS | _HOUSEHOLDS or word.pos_ in ("NOUN", "PROPN"):
            return word.lemma_.lower()
        if word.pos_ in ("VERB", "ADP", "PUNCT", "CCONJ") and word.text not in ("-", "–") and word.lower_ != "of":
            break
    return ""


def _names(doc: Doc, number: Number) -> bool:
    """Whether a number is no count but names something: a year, an age, a time of day, a sum."""
    before = doc[number.first - 1].lower_ if number.first else ""
    if before in _NO_COUNT or doc[number.last].ent_type_ == "PERSON":
        return True
    last = doc[number.last]
    if _YEAR.fullmatch(last.text) and last.head.pos_ != "NOUN":
        return before in ("in", "of", "since", "by", "until", "from", ",")
    clock = [word.text for word in doc[number.last : number.last + 3]]
    return len(clock) == 3 and clock[0].isdigit() and clock[1] in (":", ".") and clock[2].isdigit()
