"""Names in text: what the recogniser found, cleaned, and what the gazetteer knows for sure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from gazetteer.places import NameMatch
from gazetteer.store import Gazetteer

from .candidates import KINDS, kinds_in
from .encoder import PLACES
from .spans import Lookup, Name, clean_spans, find_roads, repeat_names

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["MAX_NAMES", "Name", "find_names", "names_from_spans"]

MAX_NAMES = 5000
"""Names kept of one document, the first ones; about what 100,000 words of dense news hold."""

_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Sir|Lord|Lady|Judge|Justice|Coach|Prof|Professor|Rev|Sgt|Capt|Col|Gen|Lt|Sen|Rep|Gov)\.? $"
)
_SHIP = re.compile(
    r"(?:\b(?:ship|ferry|vessel|tanker|boat|trawler|freighter|frigate|destroyer|yacht|liner|carrier|submarine|MV|MS|SS|USS|HMS)"
    r",?|-flagged(?: \w+)?)(?: the)? [\"“‘']?$"
)
"""What a ship's name follows; ships are called after places."""
_AFLOAT = re.compile(r" (?:capsized|sank|foundered|ran aground|went down|set sail|listed|was torpedoed|was scuttled)\b")
"""What only a ship does; the Titanic has its article, a place has none."""
_LOCATIVE = re.compile(
    r"\b(?:in|at|near|from|to|into|of|outside|around|across|through|towards?|over|between) (?:the )?$"
)
_BODY_AFTER = re.compile(r"(?:['’]s)?((?: (?:[A-Z][\w’'.-]{0,20}|of|and|for)){1,4})")
_BODY_BEFORE = re.compile(
    r"\b(?:University|Bank|Government|Archdiocese|Diocese|Archbishop|Bishop|Emir|Sultan|Duke) of (?:the )?$"
)
_LEARNING = ("university", "college", "school", "academy", "institute")
_PRESS = "sheriff sheriff's sheriff’s times herald news post tribune journal chronicle gazette united fc"
_INSTITUTIONS = {w for w, kinds in KINDS.items() if "body" in kinds or w in _LEARNING} | set(_PRESS.split())


def find_names(doc: Doc, gazetteer: Gazetteer | Lookup) -> tuple[Name, ...]:
    """The names of places in a document, in order, without overlaps, at most MAX_NAMES.

    From the recogniser's names of places and peoples, also those inside other names; from the rest of the text, what
    was found elsewhere in it, and numbered roads. `doc` needs entities only.
    """
    lookup = gazetteer.lookup if isinstance(gazetteer, Gazetteer) else gazetteer
    text = doc.text
    closed = [(e.start_char, e.end_char) for e in doc.ents if e.label_ in ("ORG", "PERSON")]
    found = _without_overlaps(_recognised(doc, lookup))
    known = {name.text for name in found if name.kind != "demonym"}
    again = repeat_names(text, _repeatable(doc, known, lookup), [*((n.start, n.end) for n in found), *closed])
    found += [_name(text, n.start, n.end, lookup) for n in again]
    found += find_roads(text, [*((n.start, n.end) for n in found), *closed])
    return tuple(_without_overlaps(found)[:MAX_NAMES])


def _repeatable(doc: Doc, known: set[str], lookup: Lookup) -> set[str]:
    """The names trusted wherever they stand: the gazetteer has them, and the recogniser never called them otherwise."""
    otherwise = {ent.text for ent in doc.ents if ent.label_ in ("ORG", "PERSON")} | _people(doc)[0]
    return {name for name in known - otherwise if len(name) > 2 and lookup(name)}


def names_from_spans(doc: Doc, spans: Iterable[tuple[int, int]], gazetteer: Gazetteer | Lookup) -> tuple[Name, ...]:
    """A name for each given span, in the order given. Raises ValueError where a span is not in the text."""
    lookup = gazetteer.lookup if isinstance(gazetteer, Gazetteer) else gazetteer
    text = doc.text
    names = []
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise ValueError(f"span {start}:{end} is not in the text of {len(text)} characters")
        names.append(_name(text, start, end, lookup))
    return tuple(names)


def _recognised(doc: Doc, lookup: Lookup) -> Iterator[Name]:
    text, people = doc.text, _people(doc)
    bodies = {(e.start_char, e.end_char) for e in doc.ents if e.label_ == "ORG"}
    for ent in doc.spans.get(PLACES, doc.ents):  # the first also those inside other names
        if ent.label_ not in ("PLACE", "NORP") or _is_agency(text, ent.start_char, ent.end_char):
            continue
        if (ent.text.islower() and not text.islower()) or _is_ship(text, ent.start_char, ent.end_char):
            continue
        for start, end in clean_spans(text, ent.start_char, ent.end_char, lookup):
            name = _name(text, start, end, lookup)
            if ent.label_ == "NORP":
                if name.kind == "demonym":
                    yield name
            elif not _is_person(text, start, end, people, lookup):
                yield replace(name, kind="organisation") if (start, end) in bodies else name


def _is_ship(text: str, start: int, end: int) -> bool:
    """Whether a name is a vessel's: "the ferry Rahmah", "the Teratai Prima capsized"."""
    before = text[max(0, start - 32) : start]
    article = before[-4:].lower() == "the " or text[start : start + 4].lower() == "the "
    return bool(_SHIP.search(before) or (article and _AFLOAT.match(text, end)))


def _is_agency(text: str, start: int, end: int) -> bool:
    """Whether a name stands in the brackets of a dateline: "DOHA (Meridian Wire) —"."""
    return text[start - 1 : start] == "(" and re.match(r"\) ?(?:[—–]|-)", text[end : end + 4]) is not None


def _people(doc: Doc) -> tuple[set[str], set[str]]:
    """The surnames, and all words, of the people named in full."""
    names = [ent.text for ent in doc.ents if ent.label_ == "PERSON" and " - " not in ent.text]
    full = [name.split() for name in names if " " in name]
    return {words[-1] for words in full}, {word for words in full for word in words if word[0].isupper()}


def _name(text: str, start: int, end: int, lookup: Lookup) -> Name:
    written = text[start:end]
    matches = lookup(written)
    kind = "place"
    other = any(match.kind == "name" for match in matches) and _LOCATIVE.search(text[max(0, start - 16) : start])
    if matches and matches[0].kind == "demonym" and not other:  # "a Norman castle", but "in Norman"
        kind = "demonym"
    elif (
        (matches and matches[0].kind == "metonym") or _is_institutional(text, start, end) or _is_union(written, matches)
    ):
        kind = "organisation"
    return Name(text=written, start=start, end=end, kind=kind)


def _is_institutional(text: str, start: int, end: int) -> bool:
    """Whether the name only names a body: "Fargo Police", "University of Texas"."""
    if _BODY_BEFORE.search(text[max(0, start - 24) : start]):
        return True
    after = _BODY_AFTER.match(text[end : end + 60])
    return after is not None and any(word.lower() in _INSTITUTIONS for word in after[1].split())


def _is_union(written: str, matches: tuple[NameMatch, ...]) -> bool:
    """Whether a name is that of a body of states, "European Union"; the Soviet Union was a country."""
    return written.endswith(" Union") and not (matches and matches[0].place.feature_code.startswith("PCL"))


_COUNTRY_SURNAMES = frozenset("Jordan Chad Georgia Israel Ireland France Holland England Wales Cuba Malta".split())
"""Countries that people are named after; any other country stays one, whatever "DeSmog Canada" was taken for."""


def _is_person(text: str, start: int, end: int, people: tuple[set[str], set[str]], lookup: Lookup) -> bool:
    """Whether a place name is here a person's: "Mr. Jordan", or "Washington" after "Denzel Washington"; names that no
    gazetteer knows need only share a word with a person's."""
    before = text[max(0, start - 16) : start]
    if _TITLE.search(before):
        return True
    if _LOCATIVE.search(before) or re.match(r", [A-Z]", text[end : end + 3]):
        return False
    surnames, words = people
    name = text[start:end]
    matches = lookup(name)
    if matches and matches[0].place.is_country and name not in _COUNTRY_SURNAMES:
        return False
    return name in surnames or (not words.isdisjoint(name.split()) and not kinds_in(name) and not matches)


def _without_overlaps(names: Iterable[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in sorted(names, key=lambda n: (n.start, -n.end, n.kind)):
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return kept
