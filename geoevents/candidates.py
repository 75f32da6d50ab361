"""Which places a name may mean: the gazetteer's answers for the name as written, and for what is left of it."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from gazetteer.names import fold
from gazetteer.places import NameMatch, Place
from gazetteer.store import Gazetteer

MAX_OPTIONS = 40
"""Candidates weighed for one name, best known first: keeps a document's work bounded."""

KINDS_BY_WORD = {
    "county": "county parish shire township borough district municipality okrug raion rayon tehsil taluk",
    "state": "state province governorate oblast prefecture region canton department emirate krai wilayat voivodeship",
    "town": "city town village hamlet suburb neighbourhood neighborhood township settlement municipality camp",
    "water": "river creek lake sea ocean gulf bay strait straits canal reservoir lagoon channel harbour",
    "terrain": "mount mountain mountains hill hills island islands isle peninsula valley desert cape ridge plateau",
    "spot": "airport university college school hospital stadium church cathedral museum station prison base dam bridge "
    "park square tower market mall center centre plant hotel building theater theatre arena academy institute library "
    "cemetery monastery mosque temple embassy house hall racecourse clinic campus headquarters courthouse jail palace",
    "street": "street road avenue drive lane boulevard highway parkway way court route interstate crescent close place "
    "terrace expressway turnpike pike freeway motorway trail st. rd. ave. dr. blvd. hwy.",
    "body": "council police department ministry government army observatory administration authority party committee "
    "commission association union club team bank company corporation agency service office force forces front brigade "
    "militia parliament congress senate court federation league society foundation group organization organisation",
}
"""Words in or beside a name that say what kind of thing it is; a word may say several."""

KINDS: dict[str, frozenset[str]] = {}
for _kind, _words in KINDS_BY_WORD.items():
    for _word in _words.split():
        KINDS[_word] = KINDS.get(_word, frozenset()) | {_kind}

DIRECTION = re.compile(
    r"(?:(?:far|extreme|mid|down|up)?-?(?:north|south|east|west|centr|upper|lower|inner|outer|greater|downtown|rural|"
    r"mainland|metropolitan|metro)[a-z]{0,12}(?:-(?:east|west|central)[a-z]{0,4})?)\s+",
    re.IGNORECASE,
)
_OF = re.compile(r"(?:the\s+)?([A-Za-z]{2,15})\s+of\s+(?:the\s+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s,/()]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A place that a name may mean.

    `tier` says how much of the name it explains: "whole", "core" (without a class word or direction: "Hama province"),
    "short" (the name stands for "... County"), "part" (the name merely contains it: "Harare City Council").
    `kind` is the gazetteer's kind of match, or "geocoded". `rank` counts from the best known, 0. `spelled`: as written.
    `cost`: how far the gazetteer's spelling lies from it, 0 unless fuzzy (`NameMatch.cost`). `spellings`: how many
    names the place has.
    """

    place: Place
    kind: str
    tier: str = "whole"
    rank: int = 0
    spelled: bool = False
    cost: float = 0.0
    spellings: int = 1


CACHED_NAMES = 4096
"""Names whose candidates are kept between documents."""


class Candidates:
    """Look-ups in one gazetteer, cached; safe to share between threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.matches = lru_cache(maxsize=CACHED_NAMES)(gazetteer.lookup)
        self._kept: dict[str, tuple[Option, ...]] = {}

    def options(self, text: str) -> tuple[Option, ...]:
        """What `find_options` gives."""
        return self.all_options([text])[text]

    def all_options(self, texts: Iterable[str]) -> dict[str, tuple[Option, ...]]:
        """What `find_all_options` gives."""
        kept = self._kept
        texts = list(dict.fromkeys(texts))
        found = {text: options for text in texts if (options := kept.get(text)) is not None}
        new = find_all_options([text for text in texts if text not in found], self.gazetteer)
        if len(kept) + len(new) > CACHED_NAMES:
            kept = self._kept = {}
        kept.update(new)
        return found | new


def kind_of(place: Place) -> str:
    """What kind of thing a place is, in the terms of KINDS, or "country" or "region"."""
    return _kind_of(place.feature_class, place.feature_code)


@lru_cache(maxsize=1024)
def _kind_of(feature_class: str, code: str) -> str:
    if code.startswith("PCL"):
        return "country"
    if code.startswith("ADM"):
        return "state" if code.startswith("ADM1") else "county"
    kinds = {"P": "town", "H": "water", "T": "terrain", "V": "terrain", "U": "terrain", "S": "spot", "R": "street"}
    return kinds.get(feature_class, "region")


def kinds_in(text: str) -> frozenset[str]:
    """The kinds that the class words of a name speak of; none for a name of one word."""
    words = [word.lower() for word in text.split()]
    if len(words) < 2:
        return frozenset()
    found = KINDS.get(words[-1]) or KINDS.get(words[-1].rstrip("s"))
    return found or (KINDS.get(words[0], frozenset()) & {"water", "terrain", "county", "spot"})


def find_options(text: str, gazetteer: Gazetteer) -> tuple[Option, ...]:
    """The places that `text` may mean, fullest explanation first, at most MAX_OPTIONS."""
    return find_all_options([text], gazetteer)[text]


def find_all_options(texts: Iterable[str], gazetteer: Gazetteer) -> dict[str, tuple[Option, ...]]:
    """`find_options` of each of the names, the spellings that the gazetteer lacks compared all at once."""
    searches = {text: _search(text, gazetteer) for text in texts}
    found: dict[str, tuple[Option, ...]] = {}
    asked = {text: name for text, search in searches.items() if (name := _go_on(text, search, None, found))}
    for text, matches in zip(asked, gazetteer.lookup_fuzzy_many(list(asked.values())), strict=True):
        _go_on(text, searches[text], matches, found)
    return found


Search = Generator[str, tuple[NameMatch, ...] | None, tuple[Option, ...]]
"""Asks once at most, for the names nearly like one, and gives the places that a name may mean."""


def _go_on(
    text: str, search: Search, matches: tuple[NameMatch, ...] | None, found: dict[str, tuple[Option, ...]]
) -> str | None:
    """What a search asks next; None where it is done, and what it gave is in `found`."""
    try:
        return search.send(matches)
    except StopIteration as done:
        found[text] = done.value
        return None


def _search(text: str, gazetteer: Gazetteer) -> Search:
    options: dict[str, Option] = {}
    for tier, name in _readings(text):
        if options and tier in ("core", "part", "fuzzy"):
            continue
        matches = ((yield name) or ()) if tier == "fuzzy" else gazetteer.lookup(name)
        for option in _rank(matches, name, "whole" if tier == "fuzzy" else tier):
            options.setdefault(option.place.id, option)
        if len(options) >= MAX_OPTIONS:
            break
    return tuple(options.values())[:MAX_OPTIONS]


def _rank(matches: Iterable[NameMatch], name: str, tier: str) -> Iterator[Option]:
    for rank, match in enumerate(matches):
        yield Option(
            place=match.place,
            kind=match.kind,
            tier=tier,
            rank=rank,
            spelled=name == match.name or (name.casefold() == match.name.casefold() and not name.islower()),
            cost=match.cost,
            spellings=match.spellings,
        )


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """(tier, name) pairs to look up, in order of trust."""
    yield "whole", text
    words = text.split()
    lower = [word.lower() for word in words]
    kinds = kinds_in(text)
    if len(words) > 1:
        if of := _OF.match(text):
            if of[1].lower() in KINDS:
                yield ("part" if KINDS[of[1].lower()] & {"spot", "body"} else "core"), text[of.end() :]
        elif kinds & {"county", "state", "town"} and lower[-1] in KINDS:
            yield "core", " ".join(words[:-1])
        elif lower[0] in ("county", "mount", "lake", "port"):
            yield "core", " ".join(words[1:])
        if direction := DIRECTION.match(text):
            yield "core", text[direction.end() :]
    elif text[:1].isupper() and not text.isupper():
        yield "short", f"{text} County"
        yield "short", f"{text} Parish"
    if len(text) > 4 and "street" not in kinds:
        yield "fuzzy", text
    if len(words) > 1 and "street" not in kinds:
        yield from (("part", name) for name in parts(text))


def parts(text: str) -> Iterator[str]:
    """The capitalised runs inside a longer name that may be a place's own name, longest first, at most 12."""
    words = [word.group() for word in _WORD.finditer(text)][:8]
    seen = 0
    for size in range(len(words) - 1, 0, -1):
        for first in range(len(words) - size + 1):
            run = words[first : first + size]
            plain = run[0][:1].isupper() and run[-1][:1].isupper() and len(fold(run[0])) > 2
            if plain and not any(word.lower() in KINDS for word in run) and seen < 12:
                seen += 1
                yield " ".join(run)
