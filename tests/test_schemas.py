"""The field's own columns: what they hold, what stays empty, and that hostile text stays text in them."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from eventsample import BARE, EVENT, HAMA, NEAR_HAMA, REPORT, read_csv
from payloads import PAYLOADS

from gazetteer.store import BUNDLED
from geoevents import api, exports
from geoevents.cli import app
from geoevents.errors import InputError
from geoevents.geojson import to_geojson
from geoevents.pipeline import Pipeline
from geoevents.readers.encoding import repair
from geoevents.records import Document, Event, Report
from geoevents.schemas import SCHEMAS, find_schema
from geoevents.schemas.actors import Kind, classify, interaction, is_state, principal
from geoevents.schemas.ged import prio_grid
from geoevents.schemas.table import countries

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
FIGHT = replace(
    EVENT, acled_event_type="Violence against civilians", acled_sub_event_type="Attack",
    actors=("the Syrian army", "its allies"), recipients=("rebels",),
    date_start=date(2017, 3, 29), date_end=date(2017, 3, 29), time_precision=1,
)  # fmt: skip


def rows(name: str, *events: Event) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in SCHEMAS[name].code(to_geojson(events))["features"]]


def row(name: str, event: Event) -> dict[str, Any]:
    (only,) = rows(name, event)
    return only


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "country", "kind"),
    [
        ("the Syrian army", "SY", Kind.STATE),
        ("Turkish troops", "SY", Kind.EXTERNAL),
        ("Turkish troops", None, None),
        ("South Korean soldiers", "KR", Kind.STATE),
        ("the Congolese army", "CD", Kind.STATE),
        ("Myanmar's military", "MM", Kind.STATE),
        ("U.S. troops", "SY", Kind.EXTERNAL),
        ("Soldiers from Thailand", "KH", Kind.EXTERNAL),
        ("police", "KE", Kind.STATE),
        ("Lagos police", "NG", Kind.STATE),
        ("Free Syrian Army", "SY", None),
        ("Arakan Army", "MM", None),
        ("Lord's Resistance Army", "UG", None),
        ("Houthi government", "YE", None),
        ("former soldiers", "ML", None),
        ("Hamas-run police", "PS", None),
        ("Wagner troops", "ML", None),
        ("military wing", "LB", None),
        ("a rebel-held town", "SY", None),
        ("Russian-backed troops", "UA", None),
        ("UN peacekeepers", "CD", Kind.EXTERNAL),
        ("the Saudi-led coalition", "YE", Kind.EXTERNAL),
        ("African Union troops", "SO", Kind.EXTERNAL),
        ("NATO troops", "AF", Kind.EXTERNAL),
        ("Tigrayan rebels", "ET", Kind.REBELS),
        ("rebels and soldiers", "ET", None),
        ("insurgents", "MZ", None),
        ("gunmen", "NG", Kind.POLITICAL),
        ("Fulani gunmen", "NG", None),
        ("pro-government militia", "SD", Kind.POLITICAL),
        ("militia", "SD", None),
        ("clan gunmen", "SO", Kind.IDENTITY),
        ("an angry mob", "IN", Kind.RIOTERS),
        ("student protesters", "BD", Kind.PROTESTERS),
        ("five villagers", "NG", Kind.CIVILIANS),
        ("child soldiers", "CD", None),
        ("a cameraman", "CD", None),
        ("people", "CD", None),
        ("police " * 40, "CD", None),
    ],
)
def test_an_actor_is_of_a_kind_only_where_its_name_says_so(name: str, country: str | None, kind: Kind | None) -> None:
    assert classify(name, country) is kind


def test_the_first_plain_name_speaks_for_a_side() -> None:
    assert principal(["a string", "villages", "four civilians"], "UA") == (
        ["four civilians", "a string", "villages"], Kind.CIVILIANS,
    )  # fmt: skip
    assert principal(["police", "villagers"], "KE") == (["police", "villagers"], Kind.STATE)
    assert principal(["a convoy", "police", "villagers"], "KE") == (["a convoy", "police", "villagers"], None)
    assert principal([], "KE") == ([], None)


def test_states_fight_at_home_and_abroad() -> None:
    assert is_state("Turkish troops", Kind.EXTERNAL)
    assert is_state("the army", Kind.STATE)
    assert not is_state("UN peacekeeping troops", Kind.EXTERNAL)
    assert not is_state("rebels", Kind.REBELS)


def test_interactions_are_acleds() -> None:
    assert interaction(Kind.REBELS, Kind.STATE) == "State forces-Rebel group"
    assert interaction(Kind.CIVILIANS, Kind.EXTERNAL) == "External/Other forces-Civilians"
    assert interaction(Kind.STATE, Kind.STATE) == "State forces-State forces"
    assert interaction(Kind.PROTESTERS, None) == "Protesters only"


# --- ACLED ------------------------------------------------------------------------------------------------------------


def test_acled_columns() -> None:
    written = row("acled", FIGHT)
    assert {name for name, value in written.items() if value is None} == {
        "admin2", "admin3", "assoc_actor_2", "civilian_targeting", "source_scale", "tags", "timestamp",
    }  # fmt: skip
    assert written | {
        "event_id_cnty": "SYR-e1", "event_date": "2017-03-29", "year": 2017, "time_precision": 1,
        "disorder_type": "Political violence", "event_type": "Battles", "sub_event_type": "Armed clash",
        "actor1": "the Syrian army", "assoc_actor_1": "its allies", "inter1": "State forces",
        "actor2": "rebels", "inter2": "Rebel group", "interaction": "State forces-Rebel group",
        "iso": 760, "region": "Middle East", "country": "Syria", "admin1": "Hama", "location": "Ḩamāh",
        "latitude": 35.1318, "longitude": 36.7578, "geo_precision": 2, "source": "SANA",
        "notes": EVENT.sentence, "fatalities": 2000,
    } == written  # fmt: skip


def test_acled_targets_of_an_attack_decide_its_type() -> None:
    civilians = row("acled", replace(FIGHT, recipients=("villagers",)))
    assert (civilians["event_type"], civilians["civilian_targeting"]) == (
        "Violence against civilians", "Civilian targeting",
    )  # fmt: skip
    unknown = row("acled", replace(FIGHT, recipients=("a house",)))
    assert (unknown["event_type"], unknown["inter2"], unknown["interaction"], unknown["civilian_targeting"]) == (
        "Violence against civilians", None, None, None,
    )  # fmt: skip
    protest = row("acled", replace(FIGHT, recipients=("protesters",)))
    assert (protest["event_type"], protest["sub_event_type"], protest["disorder_type"]) == (
        "Protests", "Excessive force against protesters", "Political violence; Demonstrations",
    )  # fmt: skip
    unharmed = replace(FIGHT, recipients=("protesters",), fatalities_low=None, fatalities_best=None)
    assert row("acled", unharmed)["sub_event_type"] == "Protest with intervention"
    strike = replace(FIGHT, acled_event_type="Explosions/Remote violence", acled_sub_event_type="Air/drone strike")
    assert row("acled", strike)["event_type"] == "Explosions/Remote violence"


def test_acled_those_who_demonstrate_are_protesters_or_rioters() -> None:
    march = replace(FIGHT, event_type="PROTEST", acled_event_type="Protests", acled_sub_event_type="Peaceful protest",
                    actors=("rail workers",), recipients=())  # fmt: skip
    written = row("acled", march)
    assert (written["inter1"], written["interaction"]) == ("Protesters", "Protesters only")
    riot = replace(march, acled_event_type="Riots", acled_sub_event_type="Mob violence")
    assert (row("acled", riot)["inter1"], row("acled", riot)["disorder_type"]) == ("Rioters", "Political violence")
    assert row("acled", replace(march, actors=()))["inter1"] is None


def test_acled_both_sides_of_a_clash_that_names_them_together() -> None:
    clash = replace(FIGHT, acled_event_type="Battles", actors=("soldiers", "rebels"), recipients=())
    assert (row("acled", clash)["actor1"], row("acled", clash)["actor2"]) == ("soldiers", "rebels")


@pytest.mark.parametrize(
    ("first", "last", "precision", "written"),
    [("2017-03-24", "2017-03-30", 2, ("2017-03-27", 2)), ("2017-03-01", "2017-03-31", 3, ("2017-03-16", 3)),
     ("2017-01-01", "2017-12-31", 3, (None, None)), ("2017-03-01", "2017-03-01", 1, ("2017-03-01", 1))],
)  # fmt: skip
def test_acled_dates_are_the_middle_of_what_is_known(
    first: str, last: str, precision: int, written: tuple[str | None, int | None]
) -> None:
    days = {"date_start": date.fromisoformat(first), "date_end": date.fromisoformat(last)}
    told = row("acled", replace(FIGHT, **days, time_precision=precision))
    assert (told["event_date"], told["time_precision"]) == written
    assert told["year"] == 2017


def test_a_year_that_is_one_of_two_is_not_written() -> None:
    event = replace(FIGHT, date_start=date(2016, 12, 30), date_end=date(2017, 1, 3), time_precision=2)
    assert [row(name, event)["year"] for name in ("acled", "ged")] == [None, None]


def test_acled_has_no_place_for_a_whole_country() -> None:
    syria = replace(HAMA, id="geonames:163843", name="Syria", feature_class="A", feature_code="PCLI", admin1=None)
    mention = replace(NEAR_HAMA, place=syria, relation=None)
    (feature,) = SCHEMAS["acled"].code(to_geojson(replace(FIGHT, place=mention)))["features"]
    assert feature["geometry"] is None
    written = feature["properties"]
    assert {written[name] for name in ("location", "latitude", "longitude", "geo_precision", "admin1")} == {None}
    assert written["country"] == "Syria"
    part = row("acled", replace(FIGHT, place=replace(mention, relation="northern", uncertainty_m=160_000)))
    assert (part["location"], part["geo_precision"]) == ("northern Syria", 3)


def test_acled_divides_a_toll_of_several_places() -> None:
    elsewhere = replace(NEAR_HAMA, place=replace(HAMA, id="geonames:2", name="Idlib"))
    figures = {"fatalities_low": 5, "fatalities_best": 5, "fatalities_high": 5}
    one, two = (replace(FIGHT, id=id, place=place, **figures) for id, place in (("a", NEAR_HAMA), ("b", elsewhere)))
    divided = rows("acled", one, two)
    assert [each["fatalities"] for each in divided] == [3, 2]
    assert divided[0]["tags"] == "fatalities divided: 5 at 2 places (g1)"
    other = replace(two, fatalities_best=7, fatalities_high=7)
    assert [each["fatalities"] for each in rows("acled", one, other)] == [5, 5]  # each place has figures of its own
    (ged,) = rows("ged", one, two)
    assert (ged["best"], ged["where_prec"], ged["where_description"], ged["event_clarity"]) == (5, 5, "near Hama", 2)


def test_acled_codes_no_words_no_hazards_and_nothing_that_did_not_happen() -> None:
    left = [
        BARE,
        replace(FIGHT, event_type="CONSULT", acled_event_type="Strategic developments", acled_sub_event_type="Other"),
        replace(FIGHT, event_type="EQ", acled_event_type=None, acled_sub_event_type=None),
        replace(FIGHT, event_type="RETREAT", event_mode="release"),
        replace(FIGHT, event_type="PROTEST", event_mode="strike"),
        *(replace(FIGHT, modality=modality) for modality in ("future", "hypothetical", "negated")),
    ]
    for event in left:
        collection = to_geojson(event, modalities=("asserted", "future", "hypothetical", "negated"))
        assert SCHEMAS["acled"].code(collection)["features"] == []
        assert SCHEMAS["acled"].left_out(collection)
    signed = replace(FIGHT, event_type="AGREE", acled_event_type="Strategic developments",
                     acled_sub_event_type="Agreement")  # fmt: skip
    assert row("acled", signed)["disorder_type"] == "Strategic developments"


# --- GED --------------------------------------------------------------------------------------------------------------


def test_ged_columns() -> None:
    written = row("ged", replace(FIGHT, actors=("rebels",), recipients=("the Syrian army",), fatalities_high=2400))
    assert {name: value for name, value in written.items() if value is not None} == {
        "id": "e1", "year": 2017, "type_of_violence": 1, "side_a": "the Syrian army", "side_b": "rebels",
        "dyad_name": "the Syrian army - rebels", "number_of_sources": 1, "source_article": "SANA, 2017-03-30, Clashes",
        "source_office": "SANA", "source_date": "2017-03-30", "source_headline": "Clashes", "source_original": "SANA",
        "where_prec": 2, "where_coordinates": "Ḩamāh", "where_description": "near Hama", "adm_1": "Hama",
        "latitude": 35.1318, "longitude": 36.757812, "geom_wkt": "POINT (36.757812 35.1318)", "priogrid_gid": 180434,
        "country": "Syria", "event_clarity": 1, "date_prec": 1, "date_start": "2017-03-29", "date_end": "2017-03-29",
        "deaths_unknown": 2200, "best": 2200, "high": 2400, "low": 2000,
    }  # fmt: skip
    assert len(written) == 49


@pytest.mark.parametrize(
    ("actors", "recipients", "kind"),
    [("soldiers", "rebels", 1), ("Turkish troops", "rebels", 1), ("gunmen", "rebels", 2), ("rebels", "villagers", 3),
     ("police", "protesters", 3), ("UN peacekeepers", "gunmen", None), ("militants", "rebels", None),
     ("soldiers", "a convoy", None)],
)  # fmt: skip
def test_ged_type_of_violence_needs_two_plain_sides(actors: str, recipients: str, kind: int | None) -> None:
    written = row("ged", replace(FIGHT, actors=(actors,), recipients=(recipients,)))
    assert written["type_of_violence"] == kind
    deaths = ("deaths_civilians", "deaths_unknown") if kind == 3 else ("deaths_unknown", "deaths_civilians")
    assert [written[name] for name in deaths] == [2200, None]
    assert (written["side_b"] == "Civilians") is (kind == 3)


@pytest.mark.parametrize(("last", "code"), [(1, 1), (2, 2), (6, 2), (7, 3), (9, 4), (31, 4), (32, 5)])
def test_ged_date_precision_counts_days(last: int, code: int) -> None:
    end = date.fromordinal(date(2017, 1, 1).toordinal() + last - 1)
    assert row("ged", replace(FIGHT, date_start=date(2017, 1, 1), date_end=end))["date_prec"] == code


def test_ged_holds_fatal_organised_violence_only() -> None:
    none = {"fatalities_low": None, "fatalities_best": None, "fatalities_high": None}
    for event in (
        replace(FIGHT, **none),
        replace(FIGHT, fatalities_low=0, fatalities_best=0),
        replace(FIGHT, actors=("a mob",)),
        replace(FIGHT, actors=(), recipients=("a cook",)),
        replace(FIGHT, event_type="EQ", acled_event_type=None),
        replace(FIGHT, event_type="PROTEST", acled_event_type="Riots"),
        BARE,
    ):
        assert rows("ged", event) == []
    unnamed = row("ged", replace(FIGHT, actors=(), event_mode="explosives"))
    assert (unnamed["side_a"], unnamed["type_of_violence"]) == (None, None)


def test_prio_grid_cells() -> None:
    assert prio_grid(-180, -90) == 1
    assert prio_grid(180, 90) == prio_grid(179.9, 89.9) == 259_200
    assert prio_grid(69.17, 34.53) == 179_779  # Kabul, as GED has it


# --- PLOVER -----------------------------------------------------------------------------------------------------------


def test_plover_records() -> None:
    event = replace(FIGHT, event_mode="firearms", date_start=date(2017, 3, 24), date_end=date(2017, 3, 30))
    written = row("plover", replace(event, injured_low=3, injured_best=3))
    assert written["source"] == [{"actor_text": "the Syrian army"}, {"actor_text": "its allies"}]
    assert (written["event"], written["mode"], written["context"]) == (["ASSAULT"], ["firearms"], ["military"])
    assert (written["date"], written["enddate"], written["quad_code"]) == ("2017-03-24", "2017-03-30", 4)
    assert written["event_loc"] == {
        "name": "Ḩamāh", "geonameid": 170017, "latitude": 35.1318, "longitude": 36.757812, "feature code": "PPLA",
        "country code": "SY", "cc3": "SYR", "admin1 name": "Hama",
    }  # fmt: skip
    assert written["size"] == {"dead": 2200, "injured": 3, "arrested": None}
    assert EVENT.sentence == written["text"]
    assert (written["cite_info"]["publication"], written["comment"]) == ("SANA", "according to SANA")


def test_plover_keeps_words_and_says_what_did_not_happen() -> None:
    assert row("plover", BARE)["event_loc"] is None
    negated = to_geojson(replace(BARE, modality="negated"), modalities=("negated",))
    (feature,) = SCHEMAS["plover"].code(negated)["features"]
    assert feature["properties"]["mode"] == ["negated"]
    assert SCHEMAS["plover"].left_out(to_geojson(replace(BARE, event_type="FL"))) == (
        "left out, as PLOVER does not code them: 1 event (1 FL)"
    )
    assert SCHEMAS["plover"].left_out(to_geojson(BARE)) is None


def test_plover_csv_is_flat() -> None:
    (written,) = read_csv(exports.render(to_geojson(FIGHT), ".csv", SCHEMAS["plover"]))
    assert (written["source"], written["mode"], written["event_loc.cc3"]) == (
        "the Syrian army; its allies", "", "SYR",
    )  # fmt: skip


# --- all of them ------------------------------------------------------------------------------------------------------


def test_countries_have_the_codes_of_the_field() -> None:
    table = (BUNDLED.parent / "tables" / "countries.csv").read_text("utf-8").splitlines()
    assert set(countries()) == {each["country"] for each in csv.DictReader(table)}
    known = countries().values()
    assert len({each.alpha3 for each in known}) == len(known)
    assert len({each.numeric for each in known if each.numeric}) == len(known) - 1  # Kosovo has none
    assert (countries()["CD"].numeric, countries()["CD"].acled_name) == (180, "Democratic Republic of Congo")
    assert len({each.acled_region for each in known} - {None}) == 17


@pytest.mark.parametrize(("name", "title"), [("acled", "ACLED"), ("ged", "UCDP GED"), ("plover", "PLOVER")])
def test_every_column_is_documented(name: str, title: str) -> None:
    text = (Path(__file__).parent.parent / "docs" / "schemas.md").read_text("utf-8")
    (chapter,) = (part for part in text.split("\n## ") if part.startswith(f"{title}\n"))
    for column in SCHEMAS[name].columns:
        for word in column.split("."):
            assert re.search(rf"\b{re.escape(word)}\b", chapter), column


def test_schemas_are_found_by_name() -> None:
    assert find_schema(None) is None
    assert find_schema("ACLED") is SCHEMAS["acled"]
    with pytest.raises(InputError, match="--schema gdelt: choose of acled, ged, plover"):
        find_schema("gdelt")


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_same_rows_in_every_format(name: str, pipeline: Pipeline, tmp_path: Path) -> None:
    schema = SCHEMAS[name]
    documents = [
        Document(text=path.read_text("utf-8"), id=path.name, published=date(2024, 5, 10)) for path in SEEDS[:8]
    ]
    collection = to_geojson(list(map(pipeline, documents)))
    for suffix in (".geojson", ".csv", ".jsonl"):
        exports.save(collection, tmp_path / f"a{suffix}", schema)
    features = json.loads((tmp_path / "a.geojson").read_bytes())["features"]
    assert features
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert lines == [feature["properties"] for feature in features]
    data = (tmp_path / "a.csv").read_bytes()
    table = read_csv(data.decode("utf-8"))
    assert tuple(table[0]) == schema.columns
    assert data.startswith(",".join(schema.columns).encode() + b"\r\n")
    for line, cells in zip(lines, table, strict=True):
        for column, value in schema.flatten(line).items():
            if isinstance(value, str | int | float):
                assert cells[column] in (str(value), f"'{value}")
            elif value is None:
                assert cells[column] == ""
    assert len({feature["id"] for feature in features}) == len(features)


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_text_is_text_in_every_schema(name: str) -> None:
    text = PAYLOADS[name]
    place = replace(HAMA, id=text, name=text, country=text, admin1=text, feature_code=text)
    mention = replace(NEAR_HAMA, text=text, start=0, end=len(text), place=place, relation=text, reason=text)
    fields = ("id", "event_mode", "attribution", "date_text", "document_title", "source", "url", "document_id")
    event = replace(
        FIGHT, **dict.fromkeys(fields, text), actors=(text, text), recipients=(text,), contexts=(text,), place=mention,
        reports=(),
        trigger=text, trigger_start=0, trigger_end=len(text), sentence=text, sentence_start=0, sentence_end=len(text),
    )  # fmt: skip
    collection = to_geojson(Report(document=Document(text=text, id=text), events=(event,)))
    kept = repair(text)
    for schema in SCHEMAS.values():
        (line,) = exports.render(collection, ".jsonl", schema).splitlines()
        assert kept in [json.loads(line).get(key) for key in ("notes", "source_original", "text")]
        exports.render(collection, ".geojson", schema).encode("utf-8")
        (cells,) = read_csv(exports.render(collection, ".csv", schema))
        assert tuple(cells) == schema.columns
        for cell in cells.values():
            assert not cell.startswith(("=", "+", "@", "\t", "\r", "\n"))
            assert not cell.startswith("-") or float(cell) < 0


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_command_line_writes_a_schema_and_says_what_is_left_out(
    name: str, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "load", lambda **_: pipeline)
    Path("a.txt").write_text("Shelling killed 12 people in Idlib on Thursday. Floods killed three people in Sylhet.")
    arguments = ["export", "a.txt", "--offline", "--published", "2017-03-31", "--schema", name]
    app([*arguments, "-o", "a.csv"], standalone_mode=False)
    assert tuple(read_csv(Path("a.csv").read_bytes().decode())[0]) == SCHEMAS[name].columns
    out, err = capsys.readouterr()
    assert out == ""
    assert f"left out, as {SCHEMAS[name].title} does not code them: 1 event (1 FL)" in err
    app(arguments, standalone_mode=False)
    (feature,) = json.loads(capsys.readouterr().out)["features"]
    assert SCHEMAS[name].flatten(feature["properties"]).keys() == set(SCHEMAS[name].columns)
    with pytest.raises(InputError, match="choose of acled, ged, plover"):
        app([*arguments[:-1], "cameo"], standalone_mode=False)


def test_without_a_schema_nothing_changes() -> None:
    for suffix, write in exports.FORMATS.items():
        assert exports.render(to_geojson(REPORT), suffix) == write(to_geojson(REPORT))
