"""A user's own places: columns read as they are meant, compiled once, kept, and found again whatever befalls them."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import platformdirs
import pytest

from gazetteer import GazetteerFileError, GazetteerSourceError, layers
from gazetteer.layers import compile_layer, open_layer
from gazetteer.store import Gazetteer
from gazetteer.tables import read_place_table

PLACES = """name,lat,lon,feature_code,radius_m
Arzah,35.26,36.66,,800
Camp Alpha,35.3,36.7,CMP,
New Gov,35.3,36.7,ADM1,
"""


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of the test's own."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache" / "layers"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(PLACES, encoding="utf-8")
    return path


@pytest.mark.usefixtures("kept")
def test_columns_mean_what_they_say(table: Path) -> None:
    arzah, camp, gov = (open_layer(table).lookup(name)[0].place for name in ("Arzah", "Camp Alpha", "New Gov"))
    assert (arzah.feature_class, arzah.feature_code, arzah.uncertainty_m) == ("P", "PPL", 800)
    assert (arzah.country, arzah.admin1) == ("SY", "Hama")  # as the places around it
    assert (camp.feature_class, camp.feature_code) == ("S", "CMP")
    assert (gov.feature_class, gov.admin1) == ("A", "New Gov")


def test_it_is_compiled_once(table: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_layer(table)
    [file] = kept.iterdir()
    assert file.read_bytes() == compile_layer(table)
    assert kept.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(layers, "compile_layer", lambda *_: pytest.fail("compiled again"))
    again = open_layer(table)
    assert again.sha256 == first.sha256
    assert again.info().path == file
    assert pickle.loads(pickle.dumps(again)).lookup("arzah") == first.lookup("arzah")  # noqa: S301
    monkeypatch.undo()
    table.write_text(PLACES.replace("800", "900"), encoding="utf-8")
    assert open_layer(table).lookup("Arzah")[0].place.uncertainty_m == 900


@pytest.mark.parametrize("damage", [b"", b"GEOGAZ\r\n", b"not ours", None])
def test_a_damaged_cache_is_made_anew(table: Path, kept: Path, damage: bytes | None) -> None:
    wanted = open_layer(table).sha256
    [file] = kept.iterdir()
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + b"\xff" * 8 + whole[middle + 8 :] if damage is None else damage)
    assert open_layer(table).sha256 == wanted
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_does_no_harm(table: Path, kept: Path) -> None:
    kept.parent.write_text("a file where the folder should be")
    assert open_layer(table).lookup("Arzah")
    kept.parent.unlink()
    wanted = open_layer(table)
    [file] = kept.iterdir()
    file.unlink()
    file.mkdir()  # what should be the file is a folder
    assert open_layer(table).sha256 == wanted.sha256
    assert [path.name for path in kept.iterdir()] == [file.name]


def test_old_layers_go(table: Path, kept: Path) -> None:
    kept.mkdir(parents=True)
    for number in range(layers.KEPT + 5):
        (kept / f"{number}.gaz").write_bytes(b"")
        os.utime(kept / f"{number}.gaz", (number, number))
    open_layer(table)
    assert len(list(kept.iterdir())) == layers.KEPT
    assert not (kept / "0.gaz").exists()
    assert (kept / f"{layers.KEPT + 4}.gaz").exists()


@pytest.mark.usefixtures("kept")
def test_ids_never_meet(tmp_path: Path) -> None:
    table = tmp_path / "places.csv"
    table.write_text("id,name,lat,lon\n,Arzah,1,1\narzah,Other,1,1\n,Arzah,1,1\nmine:7,X,1,1\n", encoding="utf-8")
    found = {place.id: place.name for place in open_layer(table)}
    assert found == {"user:arzah": "Other", "user:arzah-2": "Arzah", "user:arzah-3": "Arzah", "mine:7": "X"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name,lat,lon,radius\nX,1,1,5\n", r"row 2: radius has no unit: call the column radius_km or radius_m"),
        ("name,lat,lon\nX,0,0\n", r"row 2: lon 0, lat 0 stands for no place"),
        ("name,lat,lon,feature_code\nX,1,1,QQQ\n", r"row 2: of what class is 'QQQ': give a feature_class of A, H,"),
        ("name,lat,lon,radius_m\nX,1,1,-3\n", r"row 2: radius_m '-3'"),
    ],
)
def test_what_is_wrong_is_named_by_row(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=rf"places\.csv, {fault}"):
        read_place_table(tmp_path / "places.csv")


@pytest.mark.parametrize(
    "text",
    [
        '{"features": 5}',
        '{"features": {"a": 1}}',
        '{"features": [5]}',
        '{"features": [{"properties": [1], "geometry": {"coordinates": [1, 2]}}]}',
        '{"features": [{"properties": {"name": "x"}, "geometry": {"coordinates": []}}]}',
        "[" * 100_000,
        json.dumps({"features": [{"properties": {"name": "X"}, "geometry": {"coordinates": [None, None]}}]}),
    ],
    ids=range(7),
)
def test_hostile_geojson_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "places.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(GazetteerSourceError, match=r"places\.geojson"):
        read_place_table(tmp_path / "places.geojson")


def test_a_file_that_is_not_there(tmp_path: Path, kept: Path) -> None:
    with pytest.raises(GazetteerSourceError, match=r"cannot read .*none\.csv: No such file"):
        open_layer(tmp_path / "none.csv")
    with pytest.raises(GazetteerFileError, match=r"none\.gaz"):
        open_layer(tmp_path / "none.gaz")
    assert not kept.exists()


def test_compiled_layers_open_as_they_are(table: Path, kept: Path, tmp_path: Path) -> None:
    (tmp_path / "own.gaz").write_bytes(compile_layer(table))
    assert open_layer(tmp_path / "own.gaz").lookup("arzah")[0].place.id == "user:arzah"
    assert isinstance(open_layer(tmp_path / "own.gaz"), Gazetteer)
    assert not kept.exists()
