"""Spans of text that name places: their clean-up, and those that need no recogniser."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from gazetteer.places import NameMatch, Place

from .candidates import DIRECTION, KINDS

Lookup = Callable[[str], tuple[NameMatch, ...]]

MAX_RUN = 4
"""Words in a run of capitalised words that is looked up."""

_RUN = re.compile(r"[A-Z][\w.’'-]{0,30}(?: [A-Z][\w.’'-]{0,30}){0,5}")
_WORD = re.compile(r"\S+")
_PREFIX = re.compile(
    r"(?:the|The|THE|a|an|and|of|in|near|at|from) |(?:city|town|village|state) of (?:the )?|"
    r"[-–—\"“”'‘’(\[,;:.]+ ?|[A-Z]-(?=[A-Z][a-z])"
)
_SUFFIX = re.compile(r"(?:['’]s?|[-–—\"“”‘(\[\]),;:]| (?:and|in|of|the|on)|\s)$")
_ABBREVIATED = re.compile(
    r"(?:\b[A-Za-z]\.){1,4}[A-Za-z]$|\b(?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|"
    r"Miss|Mo|Mont|Neb|Nev|Okla|Ont|Ore|Pa|Que|Tenn|Tex|Va|Vt|Wash|Wis|Wyo)$"
)
_LOWER_TAIL = re.compile(r"(?: [a-z][a-z’'-]*){1,4}$")
_ROAD = re.compile(
    r"(?:[A-Z][\w.]{0,12} ){0,2}(?:Highway|Route|Interstate|Road|Hwy\.?|Rt\.?) \d{1,4}\b|\b(?:I|US)-\d{1,3}\b"
)
_NEXT = re.compile(r"([ -][A-Z][\w.]{1,20})([ -][A-Z][\w.]{1,20})?")
_OWNED = re.compile(r"['’]s [A-Z]\w+")
_HYPHENED = re.compile(r"(?:-[\w’']{1,20}){1,4}")
_PAIR = re.compile(r"((?:[Aa][lnst]h?-|[Ee]l-)?[A-Z][\w’' ]{2,24})[-–—]((?:[Aa][lnst]h?-|[Ee]l-)?[A-Z][\w’' ]{2,24})$")
_STRETCH = re.compile(r" (?:road|highway|motorway|axis|line|border|boundary|corridor|railway|route|pipeline|bridge)\b")
_CAPITAL_NEXT = re.compile(r" [A-Z]")
_KIND_WORDS = KINDS.keys() | {"county road", "state road", "state route", "high school", "city hall", "us highway"}
_WORD_BEFORE = re.compile(r"(?<!\w)([A-Z][\w’'-]{0,20}) $")
_LEADING = frozenset(
    "in at near from to the of and but for on by with outside around across while when as after".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as written; offsets count characters, `end` is exclusive. `kind` as in PlaceMention.

    `place` is what a correction says it means, `corrected` where that is written."""

    text: str
    start: int
    end: int
    kind: str = "place"
    place: Place | None = None
    corrected: str | None = None

    def __post_init__(self) -> None:
        if self.start < 0 or self.end - self.start != len(self.text) or not self.text:
            raise ValueError(f"span {self.start}:{self.end} does not fit {self.text!r}")
        if self.kind not in ("place", "demonym", "organisation"):
            raise ValueError(f"{self.text!r}: unknown kind of name {self.kind!r}")


def clean_spans(text: str, start: int, end: int, lookup: Lookup) -> Iterator[tuple[int, int]]:
    """The name or names in a recogniser's span, as place names are quoted: "Paris, Texas" is two.

    Without articles, punctuation, "'s", words in lower case at the end ("Hama province") and directions that are no
    part of a name the gazetteer knows ("western Iraq"); with the next words where the gazetteer knows the longer name
    ("Clinton" before "Township") and the numbers of roads. Words that only say a kind of place ("Highway") are none.
    """
    for piece in re.finditer(r"[^,;\n()]+", text[start:end]):
        first, last = _trim(text, start + piece.start(), start + piece.end())
        if tail := _LOWER_TAIL.search(text[first:last]):
            first, last = _trim(text, first, first + tail.start())
        first = _past_direction(text, first, last, lookup)
        if road := _ROAD.match(text, first):
            last = max(last, road.end())
        last = _extended(text, first, last, lookup)
        for start, end in _parted(text, first, last, lookup):
            if any(c.isalpha() for c in text[start:end]) and not _is_kind_only(text[start:end], lookup):
                yield start, end


def _parted(text: str, first: int, last: int, lookup: Lookup) -> list[tuple[int, int]]:
    """A name, or the two of a stretch between places, "the Homs-Hama road", which no gazetteer has as one."""
    pair = _PAIR.match(text, first, last) if _STRETCH.match(text, last) else None
    if pair is None or lookup(text[first:last]) or not any(lookup(half) for half in pair.groups()):
        return [(first, last)]
    return [pair.span(1), pair.span(2)]


def _is_kind_only(name: str, lookup: Lookup) -> bool:
    """Whether a name only says a kind of place: "Highway"; "the Gulf" is more, whatever villages are called so."""
    if name.lower() not in _KIND_WORDS:
        return False
    matches = lookup(name)
    return not matches or matches[0].place.feature_class == "P"


def _past_direction(text: str, first: int, last: int, lookup: Lookup) -> int:
    """Where the name begins without its direction: "western Iraq", "North Texas"; "South Los Angeles" stays whole."""
    direction = DIRECTION.match(text, first, last)
    if direction is None or lookup(text[first:last]):
        return first
    rest = lookup(text[direction.end() : last])
    adjective = text[first].islower() or direction.group().strip().endswith("ern")
    return direction.end() if rest and (adjective or rest[0].place.feature_class in "AL") else first


def _extended(text: str, first: int, last: int, lookup: Lookup) -> int:
    """The end of the longer name: the hyphened rest of its word ("Idanha-a-Nova"), what it owns ("Cox's Bazar"), or the
    one or two capitalised words that follow, if the gazetteer has the longer name so."""
    for longer in (_HYPHENED, _OWNED):
        if (rest := longer.match(text, last)) and lookup(text[first : rest.end()]):
            return rest.end()
    following = _NEXT.match(text, last)
    for words in (2, 1) if following else ():
        if following and (end := following.end(words)) > last and not _CAPITAL_NEXT.match(text, end):
            name = text[first:end]
            if any(match.kind == "name" and match.name == name for match in lookup(name)[:5]):
                return end
    return last


def _trim(text: str, first: int, last: int) -> tuple[int, int]:
    for _ in range(4):
        while first < last and text[first].isspace():
            first += 1
        if found := _PREFIX.match(text, first, last):
            first = found.end()
        if found := _SUFFIX.search(text[first:last]):
            last = first + found.start()
    if text[last : last + 1] == "." and _ABBREVIATED.search(text[first:last]):
        last += 1
    elif text[last - 1 : last] == "." and not _ABBREVIATED.search(text[first : last - 1]):
        last -= 1
    return first, last


def repeat_names(text: str, names: Collection[str], taken: Iterable[tuple[int, int]]) -> Iterator[Name]:
    """The mentions of `names`, as written there, that overlap none of the spans in `taken` and end no longer
    name ("Miranda" is not meant in "Lin-Manuel Miranda"): the longest parts of runs of capitalised words."""
    covered = _cover(text, taken)
    for run in _RUN.finditer(text):
        words = [(run.start() + word.start(), run.start() + word.end()) for word in _WORD.finditer(run.group())]
        first = 0
        while first < len(words):
            for last in range(min(len(words), first + MAX_RUN), first, -1):
                start, end = _trim(text, words[first][0], words[last - 1][1])
                if start >= end or 1 in covered[start:end]:
                    continue
                if text[start:end] in names and not _follows_name(text, start):
                    yield Name(text=text[start:end], start=start, end=end)
                    first = last - 1
                    break
            first += 1


def _follows_name(text: str, start: int) -> bool:
    before = _WORD_BEFORE.search(text, max(0, start - 25), start)
    return before is not None and before[1].lower() not in _LEADING and before[1].lower() not in KINDS


def find_roads(text: str, taken: Iterable[tuple[int, int]]) -> list[Name]:
    """Numbered roads ("Highway 19", "I-75") that overlap none of the spans in `taken`."""
    covered = _cover(text, taken)
    return [
        Name(text=road.group(), start=road.start(), end=road.end())
        for road in _ROAD.finditer(text)
        if 1 not in covered[road.start() : road.end()]
    ]


def _cover(text: str, taken: Iterable[tuple[int, int]]) -> bytearray:
    covered = bytearray(len(text))
    for start, end in taken:
        covered[start:end] = b"\x01" * (end - start)
    return covered
