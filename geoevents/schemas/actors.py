"""What kind of actor a name plainly is: ACLED's eight, told from the words of the name and nothing else.

Source of the kinds: ACLED codebook, "Actor names, types, and Inter codes". docs/schemas.md holds the table for readers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gazetteer.store import Gazetteer


class Kind(StrEnum):
    """ACLED's `inter` values as it exports them, in the order in which it joins two to an `interaction`."""

    STATE = "State forces"
    REBELS = "Rebel group"
    POLITICAL = "Political militia"
    IDENTITY = "Identity militia"
    RIOTERS = "Rioters"
    PROTESTERS = "Protesters"
    EXTERNAL = "External/Other forces"
    CIVILIANS = "Civilians"


ARMED = frozenset({Kind.STATE, Kind.REBELS, Kind.POLITICAL, Kind.IDENTITY, Kind.EXTERNAL})
"""Organised groups that fight."""

_WORDS: dict[Kind, str] = {
    Kind.STATE: r"army|military|soldiers?|troops|police(?:m[ae]n|wom[ae]n| officers?)?|gendarme(?:s|rie)?|air force|"
    r"(?:security|government|armed|defen[cs]e|state|special) forces|(?:coast|border|national) guards?|navy|"
    r"government|authorities",
    Kind.REBELS: r"rebels?|guerr?illas?|separatists?|secessionists?",
    Kind.POLITICAL: r"gunm[ae]n|armed m[ae]n|(?:un(?:known|identified)) (?:assailants?|attackers?|armed groups?)|"
    r"(?:pro-government|party) (?:militias?|militiam[ae]n)|gangs?|gang members?|gangsters?|drug cartels?",
    Kind.IDENTITY: r"(?:tribal|communal|ethnic|clan|religious|community|caste) "
    r"(?:militias?|militiam[ae]n|fighters|gunm[ae]n|warriors)",
    Kind.RIOTERS: r"rioters?|mobs?|looters?",
    Kind.PROTESTERS: r"protest[eo]rs?|demonstrators?|marchers|picketers",
    Kind.EXTERNAL: r"peacekeepers?|peacekeeping (?:force|mission|troops)|"
    r"(?:un|au|united nations|african union) (?:forces|mission|soldiers|troops)|nato(?: \w+)?|"
    r"blue helmets|mercenar(?:y|ies)|[\w-]+-led coalition|"
    r"private security (?:guards?|contractors?|firms?|compan(?:y|ies))|"
    r"minusma|monusco|minusca|unifil|unmiss|amisom|atmis|kfor",
    Kind.CIVILIANS: r"civilians?|residents?|villagers?|bystanders?|pedestrians?|passers-by|passengers?|shoppers?|"
    r"worshippers?|pilgrims?|tourists?|refugees?|migrants?|journalists?|reporters?|teachers?|students?|pupils?|"
    r"child|children|school(?:children|boys?|girls?)|girls?|boys?|women|woman|bab(?:y|ies)|infants?|famil(?:y|ies)|"
    r"farmers?|fisherm[ae]n|traders?|shopkeepers?|miners?|aid workers?|doctors?|nurses?|medics?|paramedics?|patients?",
}
_PATTERNS = {kind: re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE) for kind, words in _WORDS.items()}

_STRONGER = {
    Kind.IDENTITY: {Kind.POLITICAL},  # "clan gunmen"
    Kind.EXTERNAL: {Kind.STATE},  # "African Union peacekeeping troops"
    Kind.PROTESTERS: {Kind.CIVILIANS},  # "student protesters"
    Kind.RIOTERS: {Kind.CIVILIANS},
}
"""Kinds whose words settle it where words of these others stand beside them."""

_NOT_PLAIN = re.compile(
    r"(?<![\w-])(?:former|ex|off-duty|retired|suspected|alleged|deserters?|mutin\w+|rogue|detained|captured|imprisoned|"
    r"armed civilians?|lawmakers?|mps?|ministers?|free|liberation|resistance|self-styled|self-proclaimed|disguised|"
    r"posing|wing)(?![\w])|-(?:backed|run|led|allied|aligned|affiliated|linked|turned)\b|"
    r"(?:loyal|allied|linked) (?:to|with)",
    re.IGNORECASE,
)
"""Words that make the kind anyone's guess."""

_LOCAL = re.compile(r"\b(?:police\w*|authorities|government)\b", re.IGNORECASE)
"""Forces that provinces and towns have: "Lagos police" is a state's, "Arakan Army" is not."""

_CAPITALISED = re.compile(r"(?<![\w-])[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*)*")
_POSSESSIVE = re.compile(r"(?:['’]s|['’]|\.)$")
_ARTICLE = re.compile(r"^(?:the|an?|some|several|dozens of|hundreds of)\s+", re.IGNORECASE)
_LONGEST = 200
"""Characters of a name that are looked at; a longer one is no name."""


def classify(name: str, country: str | None) -> Kind | None:
    """The kind of actor that a name as written plainly is, None where it is not plain.

    `country` is where the event is (ISO 3166-1 alpha-2, None unknown): a state's forces at home are State forces,
    abroad External/Other forces, and neither is plain where a nationality is named and the country is not known.
    """
    if len(name) > _LONGEST:
        return None
    kinds = {kind for kind, pattern in _PATTERNS.items() if pattern.search(name)}
    for kind, weaker in _STRONGER.items():
        if kind in kinds:
            kinds -= weaker
    if len(kinds) != 1:
        return None
    (kind,) = kinds
    if kind is not Kind.EXTERNAL and _NOT_PLAIN.search(name):
        return None
    if kind is Kind.STATE:
        return _whose_state(name, country)
    if kind is Kind.POLITICAL and _own_names(name, kind):
        return None  # "Fulani gunmen" may be an identity militia, "Hamas gunmen" anything
    return kind


def principal(names: Sequence[str], country: str | None) -> tuple[list[str], Kind | None]:
    """The names of one side, who it is first, and the kind of that one.

    That is the first name, or, where its kind is not plain, the first that is, if all that are plain are of one kind.
    """
    kinds = [classify(name, country) for name in names]
    plain = set(kinds) - {None}
    if not names or kinds[0] is not None or len(plain) != 1:
        return list(names), kinds[0] if names else None
    at = next(n for n, kind in enumerate(kinds) if kind is not None)
    return [names[at], *names[:at], *names[at + 1 :]], kinds[at]


def is_state(name: str, kind: Kind | None) -> bool:
    """Whether an actor of this name and kind fights for a state, at home or abroad."""
    return kind is Kind.STATE or (kind is Kind.EXTERNAL and not _PATTERNS[Kind.EXTERNAL].search(name))


def interaction(first: Kind, second: Kind | None) -> str:
    """ACLED's `interaction` of two actors in either order, or of one alone."""
    if second is None:
        return f"{first} only"
    return "-".join(kind for kind in Kind for side in (first, second) if side is kind)


def _own_names(name: str, kind: Kind) -> list[str]:
    """The capitalised words of a name that are none of its kind's words."""
    rest = _PATTERNS[kind].sub(" , ", _ARTICLE.sub("", name))
    return [_POSSESSIVE.sub("", found) for found in _CAPITALISED.findall(rest)]


def _whose_state(name: str, country: str | None) -> Kind | None:
    named = _own_names(name, Kind.STATE)
    if not named:
        return Kind.STATE  # "the police", "soldiers": the country's own
    if len(named) > 1 or country is None:
        return None
    states, places = _countries_of(named[0])
    if country in states:
        return Kind.STATE
    if states:
        return Kind.EXTERNAL
    return Kind.STATE if country in places and _LOCAL.search(name) else None


@cache
def _open() -> Gazetteer:
    from gazetteer.store import Gazetteer

    return Gazetteer.open()


@lru_cache(maxsize=4096)
def _countries_of(word: str) -> tuple[frozenset[str], frozenset[str]]:
    """Codes of the countries that a word names ("Syria", "Syrian"), and of those that have a place of that name.

    The bundled gazetteer answers, whatever gazetteers a run was given: a nationality is no matter of local names."""
    matches = _open().lookup(word)
    places = frozenset(m.place.country for m in matches if m.place.country)
    if not matches or not matches[0].place.is_country:
        return frozenset(), places
    return frozenset(m.place.country for m in matches if m.place.is_country and m.place.country), places
