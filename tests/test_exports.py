"""Files: complete or not there, readable by the tools that read them, harmless in a spreadsheet."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from eventsample import BARE, EVENT, HAMA, NEAR_HAMA, REPORT, read_csv
from hypothesis import given
from hypothesis import strategies as st
from payloads import PAYLOADS

from geoevents import exports
from geoevents.errors import InputError, OutputError
from geoevents.geojson import PROPERTIES, to_geojson
from geoevents.readers.encoding import repair
from geoevents.records import Document, Report
from geoevents.terminal import printable

COLLECTION = to_geojson(REPORT)


def test_geojson_is_utf8_without_a_mark(tmp_path: Path) -> None:
    exports.save(COLLECTION, tmp_path / "events.geojson")
    data = (tmp_path / "events.geojson").read_bytes()
    assert data.startswith(b'{"type": "FeatureCollection"')
    assert "Ḩamāh".encode() in data
    assert json.loads(data) == COLLECTION


def test_csv_has_a_row_an_event_and_crlf(tmp_path: Path) -> None:
    exports.save(COLLECTION, tmp_path / "events.CSV")
    data = (tmp_path / "events.CSV").read_bytes()
    assert data.count(b"\r\n") == 3
    assert data.replace(b"\r\n", b"").count(b"\n") == 0
    rows = read_csv(data.decode("utf-8"))
    assert set(rows[0]) == {"id", "longitude", "latitude", *PROPERTIES}
    assert (rows[0]["longitude"], rows[0]["latitude"], rows[0]["coordinate_uncertainty_m"]) == (
        "36.757812", "35.1318", "10000",
    )  # fmt: skip
    assert (rows[0]["geo_precision"], rows[0]["where_prec"]) == ("2", "2")
    assert (rows[1]["longitude"], rows[1]["fatalities_best"]) == ("", "")
    assert json.loads(rows[0]["place_alternatives"])[0]["id"] == "geonames:1"


def test_jsonl_has_a_line_an_event(tmp_path: Path) -> None:
    exports.save(COLLECTION, tmp_path / "events.jsonl")
    one, two = map(json.loads, (tmp_path / "events.jsonl").read_text("utf-8").splitlines())
    assert set(one) == {"id", "longitude", "latitude", *PROPERTIES}
    assert (one["id"], one["longitude"], one["place_name"]) == ("e1", 36.757812, "Ḩamāh")
    assert two["longitude"] is None


@pytest.mark.parametrize(
    ("name", "written"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"),
     ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("＝1+1", "'＝1+1"), ("-12.5", "-12.5"), ("+4", "+4"), ("-1e5", "-1e5"),
     ("Hama", "Hama"), ("a=b", "a=b"), ("-", "'-")],
)  # fmt: skip
def test_formulas_are_text_and_numbers_stay(name: str, written: str) -> None:
    event = replace(EVENT, attribution=name, actors=(name, "x"))
    (row,) = read_csv(exports.to_csv(to_geojson(event)))
    assert row["attribution"] == written
    assert row["actors"] == (name if written == name and name[0] not in "+-" else f"'{name}") + "; x"


@given(st.text())
def test_no_cell_is_a_formula_and_nothing_is_lost(text: str) -> None:
    event = replace(EVENT, attribution=text, actors=(text,), source=text, document_id=text or "x")
    (row,) = read_csv(exports.to_csv(to_geojson(event)))
    assert None not in row
    kept = text.replace("\0", "\ufffd")
    for cell in row.values():
        assert not cell.startswith(("=", "@", "\t", "\r", "\n"))
        if cell.startswith(("+", "-")):
            float(cell)
    assert row["attribution"] in (kept, f"'{kept}")


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_text_is_text_in_every_file(name: str, tmp_path: Path) -> None:
    text = PAYLOADS[name]
    place = replace(HAMA, id=text, name=text)
    mention = replace(NEAR_HAMA, text=text, start=0, end=len(text), place=place, relation=text, reason=text)
    fields = ("id", "event_type", "attribution", "date_text", "document_title", "source", "url", "document_id")
    event = replace(
        EVENT, **dict.fromkeys(fields, text), actors=(text, text), place=mention,
        trigger=text, trigger_start=0, trigger_end=len(text), sentence=text, sentence_start=0, sentence_end=len(text),
    )  # fmt: skip
    document = Document(text=text, id=text, title=text, source=text, url=text)
    collection = to_geojson(Report(document=document, places=(mention,), events=(event,), notes=(text,)))
    for suffix in (".geojson", ".csv", ".jsonl"):
        exports.save(collection, tmp_path / f"events{suffix}")
    kept = repair(text)
    read = json.loads((tmp_path / "events.geojson").read_bytes())
    assert read["features"][0]["properties"]["sentence"] == read["geoevents"]["documents"][0]["text"] == kept
    (line,) = (tmp_path / "events.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["place_name"] == kept
    (row,) = read_csv((tmp_path / "events.csv").read_bytes().decode("utf-8"))
    assert row["sentence"].removeprefix("'") == kept.replace("\0", "\ufffd").removeprefix("'")
    assert not row["sentence"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert printable(text).isprintable()


def test_every_format_refuses_what_is_no_collection(tmp_path: Path) -> None:
    for suffix in exports.FORMATS:
        with pytest.raises(InputError, match="not a FeatureCollection"):
            exports.save({"type": "Feature"}, tmp_path / f"a{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.gpkg", "GeoPackage is not supported yet: use one of .geojson, .json, .csv, .jsonl"),
     ("a.parquet", "GeoParquet is not supported yet"), ("a.kml", "KML is not supported yet"),
     ("a.png", "must end in one of"), ("a", "must end in one of"), ("none/a.csv", "folder .*none does not exist"),
     ("folder.csv", "it is a folder")],
)  # fmt: skip
def test_where_nothing_can_be_written(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError, match=words):
        exports.save(COLLECTION, tmp_path / name)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.csv"
    path.write_text("old")

    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)
    with pytest.raises(OutputError, match=r"events.csv: No space left on device; nothing was changed"):
        exports.save(COLLECTION, path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["events.csv"]


def test_a_new_file_has_usual_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    exports.save(COLLECTION, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes().startswith(b"id,event_type")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "real.csv").stat().st_mode) == 0o666 & ~umask


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="is not writable"):
        exports.save(COLLECTION, tmp_path / "a.csv")


def test_the_same_events_are_the_same_bytes() -> None:
    for write in exports.FORMATS.values():
        assert write(to_geojson([EVENT, BARE])) == write(to_geojson([EVENT, BARE]))
