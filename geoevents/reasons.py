"""Why a place was chosen, in words a reader understands, read off the features that spoke for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from gazetteer.places import Place

from .candidates import Option
from .evidence import Group, contains

MAX_REASONS = 4


def reasons_for(group: Group, option: Option, features: Mapping[str, float]) -> tuple[str, ...]:
    """At most MAX_REASONS reasons, the most telling first. `features` are the values of the option's row."""
    return tuple(reason for reason, _ in zip(_reasons(group, option, features), range(MAX_REASONS), strict=False))


def _reasons(group: Group, option: Option, row: Mapping[str, float]) -> Iterator[str]:
    place = option.place
    if option.tier == "part":
        yield f"the name contains {place.name}"
    if option.kind == "demonym":
        yield f"its people are called {group.text}"
    if option.kind == "geocoded":
        yield "found by the geocoder, not in the gazetteer"
    if option.kind == "fuzzy":
        yield f"spelled like {place.name}"
    clues = group.clues
    beside = ((clues.after, "named with"), (clues.before, "named after"), (group.elsewhere, "elsewhere named with"))
    for areas, words in beside:
        if area := next((area for area in areas if contains(area, place)), None):
            yield f"{words} {area.name}"
    if row["word_fits"]:
        yield f"called a {_kind_word(place)} here"
    if row["state_named"] > 0.1:
        yield f"{place.admin1} is named in the text"
    if row["county_named"] > 0.1:
        yield f"{place.admin2} is named in the text"
    near = round(math.expm1(row["near_100"]))
    if near:
        yield f"{near} other place{'s' if near > 1 else ''} of the text within 100 km"
    if row["country_named"] > 0.1:
        yield "its country is named in the text"
    elif row["country_share"] > 0.5:
        yield f"{row['country_share']:.0%} of the text's places are in its country"
    if row["holds"] > 0.1:
        yield "holds other places of the text"
    if row["capital"]:
        yield "a capital"
    if row["first"]:
        yield "the best known place of this name"
    if place.population:
        yield f"{place.population:,} inhabitants"


def _kind_word(place: Place) -> str:
    if place.feature_class == "P":
        return "town"
    return {"ADM1": "state or province", "ADM2": "county or district"}.get(place.feature_code, "place of its kind")
