"""Which division of one source is which of another, and where divisions lie that have no towns of their own."""

from __future__ import annotations

import difflib
import math
import re
from collections import defaultdict
from collections.abc import Sequence

from .names import fold
from .sources import Draft, Subdivision, all_names, kilometres


def middle_of(towns: Sequence[Draft]) -> tuple[float, float] | None:
    """The mean point, right also across the antimeridian."""
    if not towns:
        return None
    x = sum(math.cos(math.radians(town.lon)) for town in towns)
    y = sum(math.sin(math.radians(town.lon)) for town in towns)
    return math.degrees(math.atan2(y, x)), sum(town.lat for town in towns) / len(towns)


def match_subdivisions(
    divisions: dict[str, str], members: dict[str, list[Draft]], subdivisions: list[Subdivision]
) -> dict[str, Subdivision]:
    """GeoNames' divisions by code -> the ISO 3166-2 subdivision that is the same, one to one, within a country.

    Closeness is likeness of names without class words (0 to 1) less distance from the middle of the division's towns,
    in reaches of the division, and less for a subdivision of a subdivision; pairs are taken closest first. A pair needs
    the same name, a like one not far off, or a somewhat like one and a point among the towns.
    """
    by_country: dict[str, list[Subdivision]] = defaultdict(list)
    for subdivision in subdivisions:
        by_country[subdivision.code[:2]].append(subdivision)
    plain_names = {s.code: {_plain(name) for name in s.names} for s in subdivisions}
    pairs = []
    for code, name in divisions.items():
        candidates, towns, plain = by_country.get(code[:2], ()), members.get(code, ()), _plain(name)
        middle = middle_of(towns)
        reach = max([25.0, *(kilometres(*middle, t.lon, t.lat) for t in towns)]) if middle else math.inf
        for subdivision in candidates:
            away = kilometres(*middle, subdivision.lon, subdivision.lat) if middle else math.inf
            if middle and away > max(3 * reach, 500):
                continue
            likeness = max(_likeness(plain, other) for other in plain_names[subdivision.code])
            if (likeness > 0.85 or (likeness > 0.62 and away < reach) or (likeness > 0.45 and away < 0.3 * reach)) and (
                code,
                subdivision.code,
            ) not in _NOT_SAME:
                cost = min(1, away / reach) - 2 * likeness + (0.25 if subdivision.parent else 0)
                pairs.append((cost, code, subdivision.code, subdivision))
    matched: dict[str, Subdivision] = {}
    taken: set[str] = set()
    for _, code, iso, subdivision in sorted(pairs, key=lambda p: p[:3]):
        if code not in matched and iso not in taken:
            matched[code] = subdivision
            taken.add(iso)
    return matched


_NOT_SAME = {("TW.04", "TW-TXG"), ("TW.01", "TW-KIN"), ("RS.SE", "RS-02"), ("MH.100", "MH-L")}
_GENERIC = re.compile(
    r"\b(?:avtonomn\w+|respublik\w*|okrug|obla\w+|oblys\w|oblisi|voblasc\w*|pradesh|a[iy]ma[gk]|atholh?u|atoll|opstina|raionul|"
    r"rajons|novads|comarca|lan|kraj|aps\w+itis|urban|municipality|of|regional|corporation|autonomous|wilayah|persekutuan|"
    r"federal|comunidad|principado|chartered|community|baladiyat|state|province|governorate|region|district|department|division|rayon|"
    r"voivodeship|provincia|departamento|provins\w*|republic|county|parish)\b"
)


def _plain(name: str) -> str:
    """A division's name folded, without the words for what it is in the languages of the sources."""
    key = fold(name)
    return " ".join(_GENERIC.sub(" ", key).split()) or key


def _likeness(a: str, b: str) -> float:
    if a == b:
        return 1.0
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.4 and matcher.quick_ratio() > 0.4 else 0.0


def find_seats(divisions: dict[str, str], members: dict[str, list[Draft]]) -> dict[str, list[Draft]]:
    """For second-level divisions without towns of their own, the most populous town of their first-level division that
    has their name: in many countries GeoNames gives towns no second-level code."""
    named: dict[str, dict[str, Draft]] = {}
    for first in sorted({code.rpartition(".")[0] for code in divisions}):
        towns = sorted(members.get(first, ()), key=lambda town: (town.population, town.id))
        named[first] = {_bare(name): town for town in towns for name in all_names(town)}
        named[first] |= {_bare(town.name): town for town in towns}
    found = {code: named[code.rpartition(".")[0]].get(_bare(name)) for code, name in divisions.items()}
    return {code: [town] for code, town in found.items() if town}


def _bare(name: str) -> str:
    """A division's name folded, without what it is in the languages of the countries that `find_seats` is for."""
    key = _plain(name)
    return _CLASS_OF.sub("", key) or key


_CLASS_OF = re.compile(
    r"^(?:(?:caza|departement|concelho|circunscri[cp]\w+|distrito|cidade|ville|cercle|commune|arrondissement|mudiriyat|"
    r"muhafazat|muhafazah|qada|qeza i|liwa|qasabat|degmada|canton|municipio|prefecture) )+(?:(?:de|da|do|du|d) )?"
    r"|(?: (?:zone|woreda|wereda|special|subregion|sub|local|area|aimag|municipio|cercle|tehsil|agency))+$"
)
