"""The columns of UCDP's Georeferenced Event Dataset (GED; as in version 25.1, whose codebook says what they mean)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .actors import ARMED, Kind, is_state, principal
from .table import (
    Feature,
    Properties,
    Row,
    Schema,
    country_of,
    days_of,
    division,
    joined,
    point_of,
    sources_of,
    told_again,
    year_of,
)

COLUMNS = (
    "id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id",
    "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a",
    "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office", "source_date",
    "source_headline", "source_original", "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2",
    "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity",
    "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best", "high",
    "low", "gwnoa", "gwnob",
)  # fmt: skip

STATE_BASED, NON_STATE, ONE_SIDED = 1, 2, 3

DATE_PRECISION = ((1, 1), (6, 2), (8, 3), (31, 4), (math.inf, 5))
"""Days that an event may have been on at most, and the code: the day, two to six days, a week (that up to a Friday has
eight), a month, longer."""

ORGANISED = frozenset({"aerial", "drone", "heavy-weapons", "explosives", "suicide-attack", "massacre", "cleansing"})
"""Modes of ASSAULT that speak for a group behind it where no one is named."""

FUZZY = 5
"""`where_prec` of an event at several places."""

_NO_SIDE = frozenset({Kind.CIVILIANS, Kind.PROTESTERS, Kind.RIOTERS})


def _holds(event: Properties) -> bool:
    """Whether an event is fatal organised violence: someone died, and it was, or may have been, a group that did it."""
    if event["modality"] not in ("asserted", "historical"):
        return False
    if event["event_type"] != "ASSAULT" and event["acled_event_type"] != "Battles":
        return False
    if not any(event[f"fatalities_{bound}"] for bound in ("low", "best", "high")):
        return False
    if event["actors"]:
        return _kind(event["actors"], event) not in _NO_SIDE
    return event["event_mode"] in ORGANISED or _kind(event["recipients"], event) in ARMED


def _write(features: Sequence[Feature]) -> Iterator[tuple[Feature, Row]]:
    groups = told_again(features)
    for feature in features:
        event = feature["properties"]
        members = groups.get(event["event_group"], [feature])
        if members[0] is feature:
            row = dict.fromkeys(COLUMNS) | {"id": feature["id"], "year": year_of(event)}
            yield feature, row | _who(event) | _read(event) | _where(feature, members) | _when(event, len(members))


def _who(event: Properties) -> Row:
    ones, others = event["actors"], event["recipients"]
    if not others and len(ones) == 2 and event["acled_event_type"] == "Battles":
        ones, others = ones[:1], ones[1:]  # "X and Y clashed"
    ones, first = principal(ones, event["country_code"])
    others, second = principal(others, event["country_code"])
    kinds = first, second
    states = [is_state(names[0], kind) if names else False for names, kind in zip((ones, others), kinds, strict=True)]
    violence = _violence(kinds, states)
    sides = [joined(ones), joined(others)]
    if violence == STATE_BASED and not states[0]:
        sides.reverse()  # side A is the government
    if violence == ONE_SIDED:
        sides[1] = "Civilians"
    best = next((event[f"fatalities_{bound}"] for bound in ("best", "low") if event[f"fatalities_{bound}"]), None)
    return {
        "type_of_violence": violence,
        "side_a": sides[0],
        "side_b": sides[1],
        "dyad_name": f"{sides[0]} - {sides[1]}" if violence else None,
        "deaths_civilians" if violence == ONE_SIDED else "deaths_unknown": best,
        "best": best,
        "high": event["fatalities_high"],
        "low": event["fatalities_low"],
    }


def _kind(names: Sequence[str], event: Properties) -> Kind | None:
    return principal(names, event["country_code"])[1]


def _violence(kinds: tuple[Kind | None, Kind | None], states: Sequence[bool]) -> int | None:
    """UCDP's type of violence, None unless both sides are plain; foreign forces that are no state's are not."""
    first, second = kinds
    if first not in ARMED or second is None:
        return None
    if second in (Kind.CIVILIANS, Kind.PROTESTERS):
        return ONE_SIDED
    if second not in ARMED:
        return None
    if any(states):
        return STATE_BASED
    return None if Kind.EXTERNAL in kinds else NON_STATE


def _read(event: Properties) -> Row:
    tellings = event["reports"] or [event]
    articles = dict.fromkeys(
        ", ".join(told[key] for key in ("source", "published", "document_title") if told[key]) for told in tellings
    )
    return {
        "number_of_sources": len({told["source"] or told["document_id"] for told in tellings}),
        "source_article": joined(filter(None, articles)),
        "source_office": joined(sources_of(event)),
        "source_date": joined(sources_of(event, "published")),
        "source_headline": joined(sources_of(event, "document_title")),
        "source_original": joined(sources_of(event, "attribution")),
    }


def _where(feature: Feature, members: Sequence[Feature]) -> Row:
    event, country = feature["properties"], country_of(feature["properties"])
    lon, lat = point_of(feature)
    codes = [member["properties"]["where_prec"] for member in members]
    written = (
        " ".join(filter(None, (told["place_relation"], told["place_text"])))
        for told in (member["properties"] for member in members)
    )
    return {
        "where_prec": codes[0] if len(members) == 1 else max(FUZZY, *(code or 0 for code in codes)),
        "where_coordinates": event["place_name"] if lat is not None else None,
        "where_description": joined(filter(None, dict.fromkeys(written))),
        "adm_1": division(event, 1),
        "adm_2": division(event, 2),
        "latitude": lat,
        "longitude": lon,
        "geom_wkt": None if lat is None else f"POINT ({lon} {lat})",
        "priogrid_gid": None if lon is None or lat is None else prio_grid(lon, lat),
        "country": country.name if country else None,
    }


def prio_grid(lon: float, lat: float) -> int:
    """The cell of PRIO-GRID (0.5 degrees, 1 in the south-west corner, 720 a row) that a point is in.

    Source: Tollefsen, Strand and Buhaug (2012), PRIO-GRID: A unified spatial data structure."""
    row = min(math.floor((lat + 90) * 2), 359)
    return row * 720 + min(math.floor((lon + 180) * 2), 719) + 1


def _when(event: Properties, places: int) -> Row:
    days = days_of(event)
    span = (days[1] - days[0]).days + 1 if days else None
    clear = places == 1 and span == 1 and event["where_prec"] in (1, 2, 3)
    return {
        "date_prec": next((code for most, code in DATE_PRECISION if span <= most), None) if span else None,
        "date_start": event["date_start"] if days else None,
        "date_end": event["date_end"] if days else None,
        "event_clarity": 1 if clear else 2 if places > 1 else None,
    }


GED = Schema(name="ged", title="UCDP GED", columns=COLUMNS, holds=_holds, write=_write)
