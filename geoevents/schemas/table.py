"""What the schemas share: the record of a schema, and facts of an event that all of them ask for."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from .. import __version__

Feature = Mapping[str, Any]
Properties = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A way in which the field writes events.

    `columns` are those of its CSV. `holds` says whether it codes an event at all; `write` gives one row, with the
    feature that it is drawn at, for each event of those that it holds; `flatten` a row's cells by column.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    holds: Callable[[Properties], bool]
    write: Callable[[Sequence[Feature]], Iterator[tuple[Feature, Row]]]
    flatten: Callable[[Row], Row] = dict

    def code(self, geojson: Mapping[str, Any]) -> dict[str, Any]:
        """A FeatureCollection whose properties are the schema's columns, of a collection as `to_geojson` writes it.

        Documents and their texts stay behind. A feature without coordinates in its row has no geometry.
        """
        held = [feature for feature in geojson["features"] if self.holds(feature["properties"])]
        return {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "id": feature["id"], "geometry": feature["geometry"], "properties": row}
                for feature, row in self.write(held)
            ],
            "geoevents": {"version": __version__, "schema": self.title},
        }

    def left_out(self, geojson: Mapping[str, Any]) -> str | None:
        """How many events the schema does not code, by type, in words; None where it codes all."""
        types = Counter(
            feature["properties"]["event_type"]
            for feature in geojson["features"]
            if not self.holds(feature["properties"])
        )
        if not types:
            return None
        number = types.total()
        kinds = ", ".join(f"{count} {name}" for name, count in sorted(types.items(), key=lambda item: (-item[1], item)))
        return f"left out, as {self.title} does not code them: {number:,} event{'s' * (number != 1)} ({kinds})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country in the codes of the field. `numeric` is ISO 3166-1's, None where it has none; `acled_region` is None
    where no source was found that says which."""

    alpha2: str
    alpha3: str
    numeric: int | None
    name: str
    acled_name: str
    acled_region: str | None


@cache
def countries() -> Mapping[str, Country]:
    """All countries by their two letters."""
    table = (resources.files("geoevents") / "data" / "countries.csv").read_text(encoding="utf-8")
    return {
        row["alpha2"]: Country(
            alpha2=row["alpha2"],
            alpha3=row["alpha3"],
            numeric=int(row["numeric"]) if row["numeric"] else None,
            name=row["name"],
            acled_name=row["acled_name"],
            acled_region=row["acled_region"] or None,
        )
        for row in csv.DictReader(table.splitlines())
    }


def country_of(event: Properties) -> Country | None:
    """The country that an event is in; None where that is not known."""
    return countries().get(event["country_code"] or "")


def days_of(event: Properties) -> tuple[date, date] | None:
    """The first and the last day that an event may have been on, None unless both are known."""
    if event["date_start"] is None or event["date_end"] is None:
        return None
    return date.fromisoformat(event["date_start"]), date.fromisoformat(event["date_end"])


def year_of(event: Properties) -> int | None:
    """The year of an event, None where it may have been in either of two."""
    days = days_of(event)
    return days[0].year if days and days[0].year == days[1].year else None


def sources_of(event: Properties, key: str = "source") -> list[str]:
    """What all who tell of an event give for `key`, each once, in their order."""
    return list(dict.fromkeys(told[key] for told in (*event["reports"], event) if told[key]))


def joined(texts: Iterable[str]) -> str | None:
    """Texts as one cell; None without any."""
    return "; ".join(texts) or None


def division(event: Properties, level: int) -> str | None:
    """The name of the division of this level that an event is in: known of the first, and of areas that are one."""
    code = event["feature_code"] or ""
    if code.startswith(f"ADM{level}"):
        return str(event["place_name"])
    return event["admin1"] if level == 1 else None


def point_of(feature: Feature) -> tuple[float | None, float | None]:
    """Longitude and latitude."""
    lon, lat = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
    return lon, lat


def told_again(features: Sequence[Feature]) -> dict[str, list[Feature]]:
    """Events at several places whose toll is one for all of them: the features by their group, in their order."""
    groups: dict[str, list[Feature]] = {}
    for feature in features:
        groups.setdefault(feature["properties"]["event_group"], []).append(feature)
    return {group: members for group, members in groups.items() if len(members) > 1 and len(_tolls(members)) == 1}


def _tolls(features: Sequence[Feature]) -> set[tuple[int | None, ...]]:
    return {
        tuple(feature["properties"][f"fatalities_{bound}"] for bound in ("low", "best", "high")) for feature in features
    }
