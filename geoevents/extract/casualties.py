"""How many were killed, injured, missing, displaced, arrested: numbers in words and digits, with their bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import syntax

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

MAX_COUNT = 50_000_000
"""Above this a figure is no count of people in an event of the news."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_VAGUE = {
    "dozens": 24,
    "dozen": 12,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2_000,
    "several": 3,
    "many": 3,
    "some": None,
    "few": 3,
    "couple": 2,
    "tens": 20,
}
"""Least numbers that vague words mean: "dozens" is at least two dozen. "a few" and "several" are at least three."""

_LOWER = frozenset(
    {
        "at least",
        "more than",
        "over",
        "no fewer than",
        "upwards of",
        "no less than",
        "a minimum of",
        "above",
        "as many as at least",
        "not less than",
        "excess of",
        "exceeding",
    }
)
_UPPER = frozenset(
    {"up to", "as many as", "at most", "no more than", "fewer than", "less than", "under", "almost", "nearly"}
)
_NEAR = frozenset({"almost", "nearly"})
_MEASURES = frozenset(
    [
        "year",
        "month",
        "week",
        "day",
        "hour",
        "minute",
        "second",
        "km",
        "kilometre",
        "kilometer",
        "mile",
        "metre",
        "meter",
        "foot",
        "percent",
        "%",
        "degree",
        "kg",
        "tonne",
        "ton",
        "euro",
        "dollar",
        "pound",
        "rupee",
        "cent",
        "time",
        "round",
        "rocket",
        "shell",
        "missile",
        "magnitude",
        "house",
        "home",
        "building",
        "hectare",
        "acre",
        "village",
        "town",
        "district",
        "province",
        "vehicle",
        "tank",
        "truck",
        "boat",
        "bus",
        "car",
        "shop",
        "a.m.",
        "p.m.",
        "am",
        "pm",
        "gmt",
        "billion",
        "mm",
        "cm",
        "litre",
        "liter",
        "knot",
        "storey",
        "story",
        "floor",
        "case",
        "point",
        "vote",
        "seat",
        "match",
        "goal",
    ]
)
_KINDS = {
    "fatalities": frozenset(
        "kill die dead death fatality slay perish murder massacre toll execute lynch behead drown body assassinate "
        "casualty_dead succumb life".split()
    ),
    "injured": frozenset(
        "injure wound hurt injury maim injured wounded hospitalise hospitalize burn_injury trampled".split()
    ),
    "missing": frozenset(["missing", "unaccounted", "abduct", "kidnap"]),
    "displaced": frozenset("displace flee evacuate homeless uproot displaced evacuee displacement shelter".split()),
    "arrested": frozenset("arrest detain jail detention round_up apprehend imprison custody".split()),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_SUFFERING = frozenset({"die", "flee", "drown", "perish", "succumb"})
"""Verbs whose subject is the one that is hurt."""

_TOLL_VERBS = frozenset("to at of past above over reached reaches hit hits was is stood passed topped exceeded".split())
"""Words that lead from "the toll" to its number."""

_STATES = frozenset("dead missing injured wounded homeless displaced unaccounted hurt custody detention".split())
_WITHIN = frozenset({"including", "among", "includes", "include", "included", "them", "whom"})
_PEOPLE = frozenset(
    [
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "person",
        "soldier",
        "officer",
        "policeman",
        "policewoman",
        "worker",
        "student",
        "teacher",
        "journalist",
        "civilian",
        "villager",
        "resident",
        "pilot",
        "driver",
        "fisherman",
        "farmer",
        "mayor",
        "governor",
        "commander",
        "leader",
        "gunman",
        "attacker",
        "bomber",
        "protester",
        "guard",
        "nurse",
        "doctor",
        "priest",
        "imam",
        "baby",
        "toddler",
        "teenager",
        "youth",
        "mother",
        "father",
        "son",
        "daughter",
        "brother",
        "sister",
        "husband",
        "wife",
        "passenger",
        "firefighter",
        "sailor",
        "trader",
        "shopkeeper",
        "herder",
        "miner",
        "judge",
        "lawyer",
        "deputy",
        "minister",
        "reporter",
        "suspect",
        "rescuer",
        "peacekeeper",
        "activist",
        "pensioner",
        "crewman",
        "trucker",
        "motorist",
        "cyclist",
        "pedestrian",
        "spectator",
        "victim",
        "captain",
        "volunteer",
        "fighter",
        "militant",
        "conscript",
        "paramedic",
        "ranger",
        "migrant",
        "tourist",
        "pilgrim",
        "engineer",
        "contractor",
        "demonstrator",
        "constable",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A count of people: the least and the most it can be, and the figure given; None where the text leaves it open."""

    low: int | None = None
    best: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A count in a sentence: `kind` as in records.COUNTS, `token` the word that says so ("killed").

    `total` marks a running toll ("bringing the toll to 41") as against this event's own figure."""

    kind: str
    bounds: Bounds
    token: Token
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Number:
    first: int
    last: int
    bounds: Bounds
    part: bool


def find_figures(sentence: Span) -> list[Figure]:
    """The counts of a sentence in text order; parts of a total ("among them five children") are left out."""
    numbers = [n for n in _numbers(sentence) if not _measures(sentence.doc, n)]
    figures: list[Figure] = []
    used: set[int] = set()
    for token in sentence:
        kind = _kind(token)
        if kind is None:
            continue
        number = _number_of(token, numbers, used)
        if number is not None:
            used.add(number.first)
            if not number.part:
                total = syntax.lemma(token) == "toll"
                figures.append(Figure(kind=kind, bounds=number.bounds, token=token, total=total))
        elif single := _single(token, kind):
            figures.append(Figure(kind=kind, bounds=Bounds(low=single, best=single, high=single), token=token))
    return figures


def _kind(token: Token) -> str | None:
    word = syntax.lemma(token)
    kind = _KIND_OF.get(word) or _KIND_OF.get(token.lower_ if token.lower_ in _STATES else "")
    if kind is None:
        return None
    if word == "body" and not any(
        w.lemma_.lower() in ("recover", "find", "retrieve", "pull", "bury", "see")
        for w in (token.head, token.head.head)
    ):
        return None
    if (
        word == "death"
        and token.i + 1 < len(token.doc)
        and token.nbor().lower_ in ("toll", "tolls", "threats", "penalty")
    ):
        return None
    if word == "life" and token.head.lemma_.lower() not in ("claim", "lose", "take", "cost"):
        return None
    if word in ("shelter", "burn") or (word == "hurt" and token.pos_ == "NOUN"):
        return None
    if word in ("missing", "injured", "wounded", "displaced") and token.dep_ == "amod" and token.i < token.head.i:
        return kind if any(c.pos_ == "NUM" for c in token.head.children) else None
    if word == "evacuate" and not (syntax.is_passive(token) or _people(syntax.patients(token))):
        return None
    if word == "flee" and not _people(syntax.subjects(token)):
        return None
    return kind


def _people(words: list[Token]) -> bool:
    return any(
        w.pos_ == "NUM"
        or syntax.lemma(w) in _PEOPLE
        or w.lower_
        in ("people", "families", "civilians", "residents", "thousands", "hundreds", "dozens", "villagers", "scores")
        for w in words
    )


def _numbers(sentence: Span) -> Iterator[_Number]:
    doc, i = sentence.doc, sentence.start
    while i < sentence.end:
        value, end, vague = _read(doc, i, sentence.end)
        if value is None:
            i += 1
            continue
        first, bounds, end = _bounded(sentence, i, end, value, vague)
        before = {doc[k].lower_ for k in range(max(sentence.start, first - 3), first)}
        yield _Number(first=first, last=end - 1, bounds=bounds, part=bool(before & _WITHIN))
        i = end


def _read(doc: Doc, i: int, stop: int) -> tuple[int | None, int, bool]:
    """A number that starts at token i: its value, the token after it, and whether it is a vague word ("dozens")."""
    word = doc[i].lower_
    if word in _VAGUE and not (word in ("many", "some") or (word == "few" and doc[max(i - 1, 0)].lower_ != "a")):
        if word == "dozen" and i > 0 and doc[i - 1].lower_ in ("a", "the"):
            return 12, i + 1, False
        end = i + 1
        if end + 1 < stop and doc[end].lower_ == "of" and doc[end + 1].lower_ in ("thousands", "hundreds"):
            return (20_000 if doc[end + 1].lower_ == "thousands" else 2_000), end + 2, True
        return _VAGUE[word], end, True
    value, end = _plain(doc, i, stop)
    if value is None or value > MAX_COUNT:
        return None, i + 1, False
    return value, end, False


def _plain(doc: Doc, i: int, stop: int) -> tuple[int | None, int]:
    """A number in digits ("2,200", "3 million") or in words ("twenty-three", "two hundred")."""
    text = doc[i].text
    if re.fullmatch(r"\d{1,3}(?:,\d{3}){1,3}|\d{1,9}", text):
        value = int(text.replace(",", ""))
        end = i + 1
        if end < stop and doc[end].lower_ in _SCALES:
            return value * _SCALES[doc[end].lower_], end + 1
        if end < stop and doc[end].lower_ == "dozen":
            return value * 12, end + 1
        return value, end
    total, end, seen = 0, i, False
    while end < stop and end < i + 9:
        word = doc[end].lower_
        if word in _UNITS:
            total += _UNITS.index(word)
        elif word in _TENS:
            total += _TENS[word]
        elif word in _SCALES and seen:
            total = total * _SCALES[word] if total < 1_000 else total + _SCALES[word]
        elif word == "dozen" and seen:
            total *= 12
        elif (
            word in ("-", "and")
            and seen
            and end + 1 < stop
            and (doc[end + 1].lower_ in _UNITS or doc[end + 1].lower_ in _TENS)
            and (word == "-" or total >= 100)
        ):
            pass
        elif (
            word in ("a", "one")
            and not seen
            and end + 1 < stop
            and doc[end + 1].lower_ in ("hundred", "thousand", "million")
        ):
            total += 1
        elif "-" in word and not seen and all(p in _TENS or p in _UNITS for p in word.split("-")):
            total += sum(_TENS[p] if p in _TENS else _UNITS.index(p) for p in word.split("-"))
        else:
            break
        seen, end = True, end + 1
    if not seen or (total == 0):
        return None, i + 1
    return total, end


def _bounded(sentence: Span, i: int, end: int, value: int, vague: bool) -> tuple[int, Bounds, int]:
    """Widens a number by the words around it: "at least", "up to", "between 30 and 40", "30 to 40", "or more"."""
    doc = sentence.doc
    before = [doc[k].lower_ for k in range(max(sentence.start, i - 3), i)]
    if (
        end < sentence.end
        and doc[end].lower_ in ("and", "to", "-", "–", "or")
        and (before[-1:] == ["between"] or doc[end].lower_ != "and")
    ):
        upper, after, _ = _read(doc, end + 1, sentence.end) if end + 1 < sentence.end else (None, end, False)
        if upper is not None and upper > value:
            return i, Bounds(low=value, high=upper), after
    if vague:
        return i, Bounds(low=value), end
    for length in (3, 2, 1):
        phrase = " ".join(before[-length:]) if len(before) >= length else ""
        if phrase in _LOWER:
            return i - length, Bounds(low=value, best=value), end
        if phrase in _NEAR:
            return i - length, Bounds(best=value), end
        if phrase in _UPPER:
            return i - length, Bounds(high=value), end
    if before[-1:] in (["about"], ["around"], ["some"], ["approximately"], ["roughly"], ["estimated"]):
        return i - 1, Bounds(best=value), end
    if end + 1 < sentence.end and doc[end].lower_ == "or" and doc[end + 1].lower_ == "more":
        return i, Bounds(low=value, best=value), end + 2
    return i, Bounds(low=value, best=value, high=value), end


def _measures(doc: Doc, number: _Number) -> bool:
    """Whether a number counts something else than people: years, kilometres, houses."""
    nouns = [doc[k] for k in range(number.last + 1, min(number.last + 4, len(doc)))]
    for word in nouns:
        if word.text in ("-", "–"):
            continue
        if word.lower_ in ("percent", "%", "°") or word.lemma_.lower() in _MEASURES:
            return True
        if word.pos_ in ("NOUN", "PROPN", "VERB", "ADP", "PUNCT", "CCONJ"):
            break
    head = doc[number.last]
    first = doc[number.first]
    if number.first and doc[number.first - 1].lower_ in ("$", "€", "£", "#", "aged", "magnitude", "age"):
        return True
    if (
        re.fullmatch(r"(?:1[89]|20)\d\d", head.text)
        and head.head.pos_ != "NOUN"
        and doc[max(first.i - 1, 0)].lower_ in ("in", "of", "since", "by", "until", "from", ",")
    ):
        return True
    return head.ent_type_ in ("PERSON",) or (
        (number.last + 1 < len(doc) and doc[number.last + 1].text in (":", "."))
        and doc[number.last].i + 2 < len(doc)
        and doc[number.last + 2].pos_ == "NUM"
    )


def _number_of(token: Token, numbers: list[_Number], used: set[int]) -> _Number | None:
    """The number that a word of harm counts: the one right before it ("40 people were killed"), its argument's, or
    one close by on its usual side."""
    free = [n for n in numbers if n.first not in used]
    if not free:
        return None
    if syntax.lemma(token) == "toll":
        for number in free:
            before = token.doc[number.first - 1].lower_ if number.first else ""
            if token.i < number.first <= token.i + 14 and before in _TOLL_VERBS:
                return number
    for number in reversed(free):
        if number.last < token.i <= number.last + 9 and _counts_up_to(token, number):
            return number
    for word in _arguments(token):
        edge = range(word.left_edge.i, word.i + 1)
        for number in free:
            if word.i in range(number.first, number.last + 1):
                return number
            if number.last in edge and not any(_kind(token.doc[k]) for k in range(number.last + 1, word.i)):
                return number
    return _close_by(token, free)


def _counts_up_to(token: Token, number: _Number) -> bool:
    """Whether only the counted noun and the auxiliaries of the verb stand between a number and a word of harm."""
    if token.pos_ == "VERB" and not (syntax.is_passive(token) or syntax.lemma(token) in _SUFFERING):
        return False
    between = token.doc[number.last + 1 : token.i]
    nouns = sum(w.pos_ in ("NOUN", "PROPN") for w in between)
    plain = ("NOUN", "PROPN", "ADJ", "AUX", "ADV", "ADP", "DET", "PRON")
    return nouns <= 4 and all(w.pos_ in plain and w.text != "," for w in between) and not any(map(_kind, between))


def _arguments(token: Token) -> list[Token]:
    if token.pos_ == "VERB":
        passive = syntax.is_passive(token)
        words = syntax.patients(token)
        if not passive and syntax.lemma(token) in _SUFFERING:
            words = syntax.subjects(token)
        return words
    words = [token.head] if token.dep_ in ("amod", "acl") else []
    words += [c for c in token.children if c.dep_ in ("nsubj", "nummod", "nmod")]
    if token.dep_ in ("xcomp", "obj", "obl", "ccomp", "advcl") and token.head.pos_ == "VERB":
        words += syntax.patients(token.head)
        words += [n for case, n in syntax.obliques(token.head) if case in ("to", "at", "past", "above")]
    if token.dep_ == "nsubj" or token.dep_ == "compound":
        verb = token.head if token.dep_ == "nsubj" else token.head.head
        words += [n for case, n in syntax.obliques(verb) if case in ("to", "at", "past", "above")]
        words += [c for c in verb.children if c.dep_ in ("obj", "xcomp", "nummod")]
        words += [verb] if verb.pos_ == "NUM" else []
    return words


def _close_by(token: Token, numbers: list[_Number]) -> _Number | None:
    doc = token.doc
    behind = token.pos_ == "VERB" and not syntax.is_passive(token) and syntax.lemma(token) != "die"
    best: tuple[int, _Number] | None = None
    for number in numbers:
        gap = number.first - token.i if number.first > token.i else token.i - number.last
        between = doc[min(number.last, token.i) + 1 : max(number.first, token.i)]
        if gap > 6 or any(w.pos_ in ("VERB",) or _kind(w) or w.text in (";", ":", ",") for w in between):
            continue
        if (
            (number.first > token.i) != behind
            and gap > 2
            and token.pos_ == "VERB"
            and not behind
            and number.first > token.i
        ):
            continue
        if best is None or gap < best[0]:
            best = gap, number
    return best[1] if best else None


def _single(token: Token, kind: str) -> int | None:
    """One, where the sufferer is a single person ("a man was killed", "killing the mayor")."""
    if token.pos_ != "VERB":
        return None
    words = syntax.patients(token)
    if not words and kind == "fatalities" and not syntax.is_passive(token) and syntax.lemma(token) in ("die", "drown"):
        words = syntax.subjects(token)
    people = [w for w in words if _one_person(w)]
    return len(people) if people and len(people) == len(words) else None


def _one_person(word: Token) -> bool:
    if word.ent_type_ == "PERSON":
        return True
    if word.morph.get("Number") == ["Plur"] or syntax.lemma(word) not in _PEOPLE:
        return False
    return any(c.lower_ in ("a", "an", "the", "one", "another", "his", "her", "their") for c in word.children)
