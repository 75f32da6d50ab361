"""What the words beside a name say about it: "Paris, Texas", "Hama province", "the Syrian city of Hama"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gazetteer.places import NameMatch, Place

from .candidates import KINDS, kind_of, kinds_in

Lookup = Callable[[str], tuple[NameMatch, ...]]

WINDOW = 60
"""Characters read on either side of a name."""

MAX_AREAS = 12
"""Meanings considered of a name beside the mention."""

_KINDS = ("name", "alternate", "abbreviation")
_KINDS_BEFORE = (*_KINDS, "demonym")
CONTAINERS = frozenset({"country", "state", "county", "region", "terrain"})

_WORD = r"[A-Z][\w.’'&-]{0,24}"
_RUN = rf"({_WORD}(?:\s{_WORD}){{0,3}})"
_AFTER = re.compile(rf"(?:['’]s)?(?:\s?,\s?|\s?\(\s?|\s?/\s?|\s)(?:(?:in|in\sthe|of|of\sthe|near|the)\s)?{_RUN}")
_PAIR_END = re.compile(
    r"\s?(?:$|[.;:)\]—–]|['’]s\b|,(?!\s?(?:(?:and|or)\s)?(?:the\s)?[A-Z])|"
    r"\s(?:on|in|at|said|was|were|is|has|had|after|when|where|who|by|to|for)\b)"
)
"""What closes "Paris, Texas": no list of names goes on."""
_APPOSED = re.compile(
    r",?\s(?:the|a|an)\s(?:[a-z-]{2,14}\s){0,3}(?:capital|city|town|village|hamlet|port|province|state|region|district|"
    r"suburb|county|seat|neighbou?rhood|island|resort|settlement)\s(?:of|in)\s(?:the\s)?(?:[a-z-]{2,14}\s){0,3}"
)
"""What stands between name and area in "Victoria, the capital of the Seychelles"."""
_AFTER_IN = re.compile(
    rf"\s?,?\s?(?:(?:a|the|an)\s)?(?:[a-z-]{{2,14}}\s){{0,3}}(?:in|of|inside|within|from)\s(?:the\s)?"
    rf"(?:[a-z-]{{2,14}}\s(?:of\s)?){{0,3}}{_RUN}"
)
_BEFORE = re.compile(rf"{_RUN}(?:['’]s?|,|:|\s-|\s–)?\s(?:(?:the\s)?(?:[a-z-]{{2,14}}\s){{0,3}}?(?:of\s)?)$")
_BESIDE = re.compile(
    r"\b(?:near|around|outside|downtown|(?:outskirts|suburbs|streets|vicinity|countryside|north|south|east|west|miles?|km|"
    r"kilomet(?:er|re)s?) (?:of|from|around|off)|close to) (?:the )?$"
)
_STATE_WORDS = frozenset("legislature legislators governor statehouse lawmakers".split())
_PEOPLE = re.compile(r"[A-Z][a-z]{2,12}(?:n|sh|se|ese|i)")
_STATE_PARTS = frozenset({"upstate", "downstate"})
_DATELINE = re.compile(r"(?:, [A-Z][\w. ]{1,15})?,?\s?(?:\([A-Za-z/ ]{2,15}\)\s?)?[—–-]{1,2}\s")
_WORD_AFTER = re.compile(r"\s([A-Za-z]{4,14})\b(?!\sof\b)")  # "the Hunan city of Yueyang" is no city called Hunan
_WORD_BEFORE = re.compile(r"\b([A-Za-z]{4,14})\s(?:of\s(?:the\s)?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What is said beside one mention.

    `kinds`: kinds of thing its class words allow, empty if there are none; `said`: those words stand beside the name
    ("Hama province" where "Hama" is the mention), not in it; `sure`: right behind it, or "upstate". `beside`: things
    happen near or around it, as of towns. `after`, `before`: the areas named right after ("Paris, Texas") and before it
    ("Texas' Paris"), as places those names may mean. `paired`: the area stands right behind, with a comma where no list
    goes on, or as "a city in".
    """

    kinds: frozenset[str] = frozenset()
    said: bool = False
    beside: bool = False
    after: tuple[Place, ...] = ()
    before: tuple[Place, ...] = ()
    sure: bool = False
    paired: bool = False


def find_clues(text: str, start: int, end: int, lookup: Lookup) -> Clues:
    """Read the words beside the name at `start:end`, at most WINDOW characters each way."""
    name, left, right = text[start:end], text[max(0, start - WINDOW) : start], text[end : end + WINDOW]
    left, right = left.rpartition("\n")[2], right.partition("\n")[0]
    after = _AFTER.match(right) or _AFTER_IN.match(right)
    before = _BEFORE.search(left)
    own = kinds_in(name)
    said = _kinds_beside(left, right) if not own else frozenset()
    if name.isupper() and not left.strip() and _DATELINE.match(right):
        said = frozenset({"town"})
    areas, run = _areas(after[1], lookup, first=True) if after else ((), "")
    paired = after is not None and _is_paired(right, after.start(1), after.start(1) + len(run))
    return Clues(
        kinds=own or said,
        said=bool(said),
        beside=bool(_BESIDE.search(left)),
        sure=bool(said) and _is_sure(left, right),
        paired=bool(areas) and paired,
        after=areas,
        before=_areas(before[1], lookup, first=False)[0] if before else (),
    )


def _is_sure(left: str, right: str) -> bool:
    """Whether the word that says the kind stands right behind the name ("Washington state"), or is "upstate"."""
    after, before = _WORD_AFTER.match(right), _WORD_BEFORE.search(left)
    return bool((after and after[1].lower() in KINDS) or (before and before[1] in _STATE_PARTS))


def _kinds_beside(left: str, right: str) -> frozenset[str]:
    if (word := _WORD_AFTER.match(right)) and (kinds := KINDS.get(word[1].lower())):
        # "Hama city", "Hama Province"; "Paris police" and "Boston University" say nothing of Paris
        if kinds & {"county", "state", "town"} and word[1].islower():
            return kinds
        return frozenset()
    if word and word[1].lower() in _STATE_WORDS:
        return frozenset({"state"})
    if (word := _WORD_BEFORE.search(left)) and word[1].islower():
        if word[1] in _STATE_PARTS:
            return frozenset({"state"})
        of = "of" in word.group().split()
        kinds = KINDS.get(word[1].lower(), frozenset())
        return kinds & {"county", "state", "town"} if of or kinds & {"town"} else frozenset()
    return frozenset()


def _is_paired(right: str, start: int, end: int) -> bool:
    """Whether what leads to the area at `start:end` leaves no doubt that the name lies there."""
    between = right[:start]
    return bool(_APPOSED.fullmatch(between) or (between.strip() == "," and _PAIR_END.match(right, end)))


def _areas(run: str, lookup: Lookup, *, first: bool) -> tuple[tuple[Place, ...], str]:
    """The areas that the longest fitting part of a run of capitalised words may mean, and that part."""
    for name in _runs(run.split(" "), first):
        matches = lookup(name)[:MAX_AREAS]
        areas = tuple(m.place for m in matches if _holds(m.place) and m.kind in (_KINDS if first else _KINDS_BEFORE))
        if areas:
            return areas, name
    people, _, rest = run.partition(" ")
    return _areas(rest, lookup, first=True) if first and rest and _PEOPLE.fullmatch(people) else ((), "")


def _runs(words: list[str], first: bool) -> Iterator[str]:
    for size in range(len(words), 0, -1):
        yield " ".join(words[:size] if first else words[-size:]).rstrip(",;:)’'")


def _holds(place: Place) -> bool:
    return kind_of(place) in CONTAINERS or (place.feature_class == "P" and place.population >= 100_000)
