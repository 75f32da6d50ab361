"""Other names for the same text: places of the gazetteer, made-up Arabic ones, people named like places, datelines."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from .lexicon import load_cities, load_counties, load_countries, load_states
from .passages import Passage
from .people import make_person

SWAP_PLACES, SWAP_PEOPLE, DATELINE, CAPITALS, TITLE_CASE, LOWER = 0.3, 0.5, 0.03, 0.03, 0.01, 0.01
"""Shares of passages changed so in each epoch."""

NEWS_COUNTRIES = tuple(
    """SY IQ YE LY LB PS EG SD ML BF NE NG TD SO ET CD CF MM UA RU AF PK IN BD NP LK CO VE MX HT PE PH ID TR IR US
    GB""".split()
)
ARAB_COUNTRIES = frozenset("SY IQ YE LY LB PS EG SD SA JO OM".split())
PLACE_LIKE_PEOPLE = tuple(
    """Jordan Washington Paris Chad Sydney Austin Houston Lincoln London Jackson Madison Hamilton Lebanon Israel
    Florence Sofia Victoria Georgia Virginia Carolina Cleveland Columbus Orlando Dallas Phoenix Preston
    Lancaster York Kent Holland France Ireland England Montgomery Kingston Bolton Lewis Warren Stafford Marion
    Clay Troy Kobe Milan Santiago Valencia Medina Cairo""".split()
)
"""Surnames and first names that are places elsewhere."""

_PLAIN_NAME = re.compile(r"[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2}")
_GENERIC = re.compile(
    r"\b(?:"
    + "|".join(
        """Street St Avenue Ave Road River Lake Sea Ocean Mount Mountains? Park School University County Airport
        Bay Gulf Island Islands East West North South Valley Strait Hospital Highway Bridge Church
        College Beach Center Hall Europe Asia Africa America District Province Hills Desert Creek Centre
        Drive Boulevard Station Canal Coast Forest Peninsula""".split()
    )
    + r")\b"
)
"""Words of names that no other kind of name may replace."""

_ONSETS = "b d f h j k kh l m n q r s sh t th w y z gh".split()
_SHAPES = tuple(
    """CaCiC CaCCa CaCCaC CuCaC CaCuC CiCaC CaCaC CuCCan CaCiCa CaCCiya CaCCun CuCayCa CaCCuCa CeCCeh
    CaCiCiya""".split()
)
_PREFIXES = tuple("""Kafr Tal Tell Khan Deir Umm Abu Beit Ain Wadi Jabal Jisr Bir Ras Qalat Maarat Bani Qasr""".split())


def make_arabic_name(rng: random.Random) -> str:
    """A transliterated Arabic village that does not exist, as wire copy would spell it."""
    shape = rng.choice(_SHAPES)
    root = "".join(rng.choice(_ONSETS) if letter == "C" else letter for letter in shape).capitalize()
    draw = rng.random()
    article = rng.choice(("al-", "al-", "al-", "Al-", "el-", "al "))
    if draw < 0.35:
        return article + root
    if draw < 0.5:
        return f"{rng.choice(_PREFIXES)} {article if rng.random() < 0.6 else ''}{root}"
    if draw < 0.57:
        return f"{rng.choice(_PREFIXES)}-{root}"
    return root


class Swapper:
    """Replaces names in passages by random names of the same kind, the same name the same way throughout."""

    def __init__(self, people: tuple[str, ...]) -> None:
        self.people = people
        cities = load_cities()
        self.countries = tuple(cities)
        self.kinds = {
            **dict.fromkeys(load_states(), load_states()),
            **dict.fromkeys(load_counties(), load_counties()),
            **dict.fromkeys(load_countries(), load_countries()),
        }

    def draw_city(self, country: str, rng: random.Random) -> str:
        """A populated place of a country; in the Arab world and at random also one that no gazetteer has."""
        if country in ARAB_COUNTRIES and rng.random() < 0.6:
            return make_arabic_name(rng)
        return rng.choice(load_cities()[country])

    def swap(self, passage: Passage, rng: random.Random) -> Passage:
        """A variant with all its places moved to another part of the world, and sometimes its people renamed."""
        country = rng.choice(NEWS_COUNTRIES if rng.random() < 0.7 else self.countries)
        places, people = rng.random() < SWAP_PLACES, rng.random() < SWAP_PEOPLE
        renamed: dict[str, str] = {}
        text, spans, last = "", [], 0
        for start, end, label in passage.spans:
            name = passage.text[start:end]
            new = name
            if (label == "PLACE" and places) or (label == "PERSON" and people):
                if name not in renamed:
                    renamed[name] = self._draw(name, label, country, rng)
                new = renamed[name]
            text += passage.text[last:start]
            spans.append((len(text), len(text) + len(new), label))
            text += new
            last = end
        return replace(passage, text=text + passage.text[last:], spans=tuple(spans))

    def _draw(self, name: str, label: str, country: str, rng: random.Random) -> str:
        if label == "PERSON":
            drawn = make_person(rng) if rng.random() < 0.7 else rng.choice(self.people)
            parts = drawn.split()
            draw = rng.random()
            if draw < 0.06:  # Jordan, Washington, Paris: people too
                parts[-1] = rng.choice(PLACE_LIKE_PEOPLE)
            elif draw < 0.2:  # an unheard-of surname is no place for its looks; what stands around it must tell
                parts[-1] = rng.choice(load_cities()[rng.choice(self.countries)]).split()[-1]
            return " ".join(parts) if " " in name else parts[-1]
        if name in self.kinds:
            return rng.choice(self.kinds[name])
        if _PLAIN_NAME.fullmatch(name) and not _GENERIC.search(name) and len(name) > 3:
            return self.draw_city(country, rng)
        return name


def add_dateline(passage: Passage, rng: random.Random) -> Passage:
    """The passage with a wire agency's dateline before it."""
    country = rng.choice(NEWS_COUNTRIES)
    city = rng.choice(load_cities()[country])
    agency = rng.choice(("AP", "AFP", "Reuters", "Xinhua", "IRNA", "TASS", "dpa", "CNN"))
    nation = rng.choice(load_countries())
    marks = rng.choice(
        (
            ((city.upper(), "PLACE"), (", ", ""), (nation, "PLACE"), (" (", ""), (agency, "ORG"), (") -- ", "")),
            ((city.upper(), "PLACE"), (", ", ""), (nation, "PLACE"), (" (", ""), (agency, "ORG"), (") — ", "")),
            ((city.upper(), "PLACE"), (" (", ""), (agency, "ORG"), (") - ", "")),
            (
                (city.upper(), "PLACE"),
                (rng.choice((", March 3 - ", ", Aug. 14 — ", ", 21 May -- ", " — ", ": ", " - ")), ""),
            ),
            ((city, "PLACE"), (", ", ""), (nation, "PLACE"), (rng.choice((" - ", " — ", ", ")), "")),
            ((city, "PLACE"), (rng.choice((": ", " — ", " - ")), "")),
        )
    )
    text, spans = "", []
    for part, label in marks:
        if label:
            spans.append((len(text), len(text) + len(part), label))
        text += part
    moved = [(start + len(text), end + len(text), label) for start, end, label in passage.spans]
    return replace(passage, text=text + passage.text, spans=(*spans, *moved))


def change_case(passage: Passage, rng: random.Random) -> Passage:
    """Now and then a headline in capitals, in title case, or a careless writer without any."""
    draw, text = rng.random(), passage.text
    if draw < CAPITALS:
        text = text.upper()
    elif draw < CAPITALS + TITLE_CASE:
        text = re.sub(r"\b[a-z](?=[a-z]{3})", lambda m: m.group().upper(), text)
    elif draw < CAPITALS + TITLE_CASE + LOWER:
        text = text.lower()
    return replace(passage, text=text) if len(text) == len(passage.text) else passage


def typeset_passage(passage: Passage, rng: random.Random) -> Passage:
    """Straight quotes for curly ones or the other way round, character for character."""
    text = passage.text
    if rng.random() < 0.3:
        text = (
            text.translate(str.maketrans("’‘“”", "''\"\""))
            if "’" in text or "“" in text
            else re.sub(r"(?<=\w)'", "’", text)
        )
    return replace(passage, text=text)


def augment_names(passage: Passage, swapper: Swapper, rng: random.Random) -> Passage:
    """A variant of a passage, all of the above."""
    passage = swapper.swap(passage, rng)
    if rng.random() < DATELINE:
        passage = add_dateline(passage, rng)
    return typeset_passage(change_case(passage, rng), rng)
