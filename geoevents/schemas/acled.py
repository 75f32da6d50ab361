"""ACLED's columns (codebook of the knowledge base, 2025; values as its export tool and API write them by default)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .actors import ARMED, Kind, interaction, principal
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
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type",
    "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction", "civilian_targeting",
    "iso", "region", "country", "admin1", "admin2", "admin3", "location", "latitude", "longitude", "geo_precision",
    "source", "source_scale", "notes", "fatalities", "tags", "timestamp",
)  # fmt: skip

VERBAL = frozenset({"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
"""PLOVER's verbal types: words alone are no event of ACLED's, agreements between armed parties are."""

NOT_CODED = frozenset({
    *(("RETREAT", mode) for mode in ("release", "return", "access", "resign")),  # no territory changes hands
    *(("PROTEST", mode) for mode in ("strike", "hunger", "boycott")),  # nobody demonstrates
})  # fmt: skip
"""Types with modes that ACLED does not code, whatever their type's crosswalk says."""

MONTH = 31
"""Days; what is known less exactly than to the month ACLED does not date."""

DECIMALS = 4

_DISORDER = {
    "Protests": "Demonstrations",
    "Strategic developments": "Strategic developments",
    "Excessive force against protesters": "Political violence; Demonstrations",
    "Violent demonstration": "Demonstrations",
}
_ALONE = frozenset({"Protests", "Riots", "Strategic developments"})


def _holds(event: Properties) -> bool:
    if event["acled_event_type"] is None or event["modality"] not in ("asserted", "historical"):
        return False
    if event["event_type"] in VERBAL:
        return bool(event["acled_sub_event_type"] == "Agreement")
    return (event["event_type"], event["event_mode"]) not in NOT_CODED


def _write(features: Sequence[Feature]) -> Iterator[tuple[Feature, Row]]:
    groups = told_again(features)
    for feature in features:
        event = feature["properties"]
        members = groups.get(event["event_group"], [feature])
        share, tags = _share(event, members.index(feature), len(members))
        row = dict.fromkeys(COLUMNS) | _where(feature) | _when(event) | _who(event)
        country = country_of(event)
        row |= {
            "event_id_cnty": f"{country.alpha3}-{feature['id']}" if country else f"GE-{feature['id']}",
            "source": joined(sources_of(event)),
            "notes": event["sentence"],
            "fatalities": share,
            "tags": tags,
        }
        yield {**feature, "geometry": feature["geometry"] if row["latitude"] is not None else None}, row


def _share(event: Properties, number: int, places: int) -> tuple[int | None, str | None]:
    """The lowest number killed, as ACLED records it; a toll of several places is divided, the first get the rest."""
    killed = next((n for n in (event["fatalities_low"], event["fatalities_best"]) if n is not None), None)
    if killed is None or places == 1:
        return killed, None
    each, rest = divmod(killed, places)
    return each + (number < rest), f"fatalities divided: {killed} at {places} places ({event['event_group']})"


def _when(event: Properties) -> Row:
    row: Row = {"year": year_of(event)}
    if days := days_of(event):
        first, last = days
        if event["time_precision"] is not None and (last - first).days < MONTH:
            row |= {"event_date": (first + (last - first) // 2).isoformat(), "time_precision": event["time_precision"]}
    return row


def _where(feature: Feature) -> Row:
    event, country = feature["properties"], country_of(feature["properties"])
    row: Row = {"admin1": division(event, 1), "admin2": division(event, 2), "admin3": division(event, 3)}
    if country:
        row |= {"iso": country.numeric, "region": country.acled_region, "country": country.acled_name}
    lon, lat = point_of(feature)
    if lon is not None and lat is not None and event["where_prec"] != 6:  # ACLED has no code for "somewhere in it"
        part = event["geo_precision"] == 3 and event["place_relation"]  # "north-eastern Ukraine" is not Ukraine
        row |= {
            "location": f"{part} {event['place_name']}" if part else event["place_name"],
            "latitude": round(lat, DECIMALS),
            "longitude": round(lon, DECIMALS),
            "geo_precision": event["geo_precision"],
        }
    return row


def _who(event: Properties) -> Row:
    ones, others = event["actors"], event["recipients"]
    if not others and len(ones) == 2 and event["acled_event_type"] == "Battles":
        ones, others = ones[:1], ones[1:]  # "X and Y clashed"
    ones, first = principal(ones, event["country_code"])
    others, second = principal(others, event["country_code"])
    if ones and event["event_type"] == "PROTEST" and first in (None, Kind.CIVILIANS, Kind.PROTESTERS):
        first = Kind.RIOTERS if event["acled_event_type"] == "Riots" else Kind.PROTESTERS
    kind, sub = _type(event, second)
    row: Row = {
        "event_type": kind,
        "sub_event_type": sub,
        "disorder_type": _DISORDER.get(sub) or _DISORDER.get(kind, "Political violence"),
        "actor1": ones[0] if ones else None,
        "assoc_actor_1": joined(ones[1:]),
        "inter1": first,
        "actor2": others[0] if others else None,
        "assoc_actor_2": joined(others[1:]),
        "inter2": second,
        "civilian_targeting": "Civilian targeting" if _targets_civilians(kind, sub, second) else None,
    }
    if first and (second or (not others and kind in _ALONE)):
        row["interaction"] = interaction(first, second)
    return row


def _type(event: Properties, target: Kind | None) -> tuple[str, str]:
    """The crosswalk's types, put right where the target is plainly none of those that they are defined for."""
    kind, sub = event["acled_event_type"], str(event["acled_sub_event_type"])
    if event["event_type"] == "ASSAULT":
        if sub == "Attack" and target in ARMED:
            return "Battles", "Armed clash"
        if target is Kind.PROTESTERS and kind in ("Protests", "Violence against civilians"):
            harmed = any(event[f"{count}_{bound}"] for count in ("fatalities", "injured") for bound in ("low", "best"))
            return "Protests", "Excessive force against protesters" if harmed else "Protest with intervention"
    return str(kind), sub


def _targets_civilians(kind: str, sub: str, target: Kind | None) -> bool:
    if sub == "Excessive force against protesters":
        return True
    return target is Kind.CIVILIANS and kind in ("Violence against civilians", "Explosions/Remote violence", "Riots")


ACLED = Schema(name="acled", title="ACLED", columns=COLUMNS, holds=_holds, write=_write)
