"""The page as a file: deterministic, safe, complete, and refused where the input is wrong."""

from __future__ import annotations

import base64
import copy
import datetime
import hashlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from branca.element import Element, JavascriptLink
from mapsample import many, sample
from payloads import MARKER, PAYLOADS, shown

import maps
from maps import page as page_module
from maps.errors import BasemapError, MapAssetError, MapDataError, MapError

POINT = {"type": "Point", "coordinates": [1.0, 2.0]}
DATA_SCRIPTS = ["data-style", "data-ground", "data-events"]


class Parts(HTMLParser):
    """Elements of a page in order, with the text of scripts, styles and the title."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts.append((tag, ""))
        self.inside = True

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser's name
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            tag, text = self.texts[-1]
            self.texts[-1] = (tag, text + data)

    def block(self, name: str) -> str:
        """The JSON of a data block."""
        index = [attributes.get("id") for _, attributes in self.tags].index(f"data-{name}")
        text = self.texts[index][1]
        if self.tags[index][1].get("data-encoding") != "deflate":
            return text
        return zlib.decompress(base64.b64decode(text)).decode("utf-8")


def collection(**properties: Any) -> dict[str, Any]:
    """One event at a point with these properties."""
    feature = {"type": "Feature", "id": "one", "geometry": POINT, "properties": properties}
    return {"type": "FeatureCollection", "features": [feature]}


def test_same_input_same_bytes() -> None:
    assert maps.draw(sample(), title="A") == maps.draw(sample(), title="A")


def test_same_bytes_in_another_process(tmp_path: Path) -> None:
    code = "import sys, mapsample; mapsample.save(mapsample.sample(), sys.argv[1])"
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "other.html")], check=True, env=environment)
    assert (tmp_path / "other.html").read_text("utf-8") == maps.draw(sample())


def test_input_is_left_as_it_was() -> None:
    given = sample()
    before = copy.deepcopy(given)
    maps.draw(given)
    assert given == before


def test_importing_maps_does_not_import_folium() -> None:
    code = "import sys, maps; sys.exit('folium' in sys.modules or 'branca' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_page_refers_to_nothing_outside_itself() -> None:
    parts = Parts(maps.draw(sample()))
    for tag, attributes in parts.tags:
        assert not {"src", "srcset", "action", "data"} & attributes.keys(), (tag, attributes)
        assert attributes.get("href", "#").startswith("#"), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
    assert "link" not in {tag for tag, _ in parts.tags}


def test_policy_names_exactly_the_scripts_and_styles_of_the_page() -> None:
    parts = Parts(maps.draw(sample()))
    policy = next(a["content"] for t, a in parts.tags if a.get("http-equiv") == "Content-Security-Policy") or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def hashes(wanted: str) -> list[str]:
        found = []
        for (tag, attributes), (_, text) in zip(parts.tags, parts.texts, strict=True):
            if tag == wanted and "type" not in attributes:
                digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
                found.append(f"'sha256-{digest}'")
        return found

    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == hashes("script")
    assert rules["style-src"].split() == hashes("style")
    assert rules["img-src"] == "data: blob:"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in policy


def test_folium_brings_no_jquery_and_no_bootstrap_and_lets_readers_zoom() -> None:
    text = maps.draw(sample())
    for unwanted in ("jquery", "bootstrap", "fontawesome", "user-scalable"):
        assert unwanted not in text.lower()
    assert "var map_events = L.map(" in text
    assert "L.control.scale({" in text


def test_data_come_back_as_they_were() -> None:
    assert json.loads(Parts(maps.draw(sample())).block("events")) == sample()


def test_long_data_are_compressed_and_come_back() -> None:
    given = many(2000)
    text = maps.draw(given)
    assert len(text) < 2_000_000
    assert 'id="data-events" data-encoding="deflate"' in text
    assert json.loads(Parts(text).block("events")) == given


def test_thousand_events_with_articles_stay_below_two_megabytes() -> None:
    assert len(maps.draw(many(1000)).encode("utf-8")) < 2_000_000


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload_neither_runs_nor_breaks_out(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    payload = PAYLOADS[name]
    given = collection(sentence=payload, place_name=payload, actors=[payload], **{payload: payload})
    given["geoevents"] = {"documents": [{"id": payload, "text": payload, "title": payload}]}
    parts = Parts(maps.draw(given, title=payload))
    assert not list(tmp_path.iterdir()), MARKER
    scripts = [attributes.get("id") for tag, attributes in parts.tags if tag == "script"]
    assert scripts == [*DATA_SCRIPTS, None, None, None]
    events = json.loads(parts.block("events"))
    assert events["features"][0]["properties"]["sentence"] == shown(payload)
    assert events["geoevents"]["documents"][0]["text"] == shown(payload)
    assert json.loads(parts.block("style"))["title"] == shown(payload)
    # Nothing in the block could end it, or mean anything to a template engine that reads the page again.
    assert not re.search(r"[<>&\u2028\u2029]|\{[{%#]", parts.block("events"))


def test_vendored_files_are_those_of_sources_json() -> None:
    assets = resources.files("maps") / "assets"
    sources = json.loads((assets / "SOURCES.json").read_text("utf-8"))
    assert set(sources) == {"leaflet.js", "leaflet.css", "world.json"}
    for name, row in sources.items():
        assert hashlib.sha256((assets / name).read_bytes()).hexdigest() == row["sha256"], name
        assert row["licence"]
        assert row["homepage"].startswith("https://")
    assert len((assets / "world.json").read_bytes()) <= 650_000


def test_towns_of_the_world_come_largest_first_and_leave_room_for_a_name() -> None:
    towns = json.loads((resources.files("maps") / "assets/world.json").read_text("utf-8"))["towns"]
    assert [zoom for *_, zoom in towns] == sorted(zoom for *_, zoom in towns)
    names = {name: zoom for name, *_, zoom in reversed(towns)}
    assert (names["London"], names["Nairobi"], names["Damascus"]) == (4, 6, 7)
    for zoom in (4, 5):
        size = 256 * 2**zoom / 360
        near = [(lon, lat) for _, lon, lat, shown in towns if shown <= zoom and abs(lat) < 30]
        for number, (lon, lat) in enumerate(near):
            # Within 30 degrees of the equator a web map stretches latitudes by 15 % at most.
            gaps = (math.hypot(lon - east, lat - north) * size * 1.16 for east, north in near[:number])
            assert min(gaps, default=90) >= 89


def test_our_scripts_are_small_and_put_text_on_the_page_only_as_text() -> None:
    script = page_module._our_script()
    assert len(script.encode("utf-8")) < 60_000
    assert "</" not in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine to check the scripts with")
def test_our_scripts_parse(tmp_path: Path) -> None:
    path = tmp_path / "page.js"
    path.write_text(page_module._our_script(), encoding="utf-8")
    subprocess.run(["node", "--check", str(path)], check=True)


def test_unknown_link_of_folium_is_refused() -> None:
    figure = page_module._Figure(title="x", ground=page_module.read_basemap("none"))
    figure.header.add_child(JavascriptLink("https://cdn.example.org/new.js"), name="new_plugin")
    with pytest.raises(MapAssetError, match=r"new_plugin.*new\.js"):
        figure.render()


def test_unknown_markup_of_folium_is_refused() -> None:
    figure = page_module._Figure(title="x", ground=page_module.read_basemap("none"))
    figure.header.add_child(Element("<script>1</script>"), name="surprise")
    with pytest.raises(MapAssetError, match="surprise"):
        figure.render()


def test_missing_asset_says_to_install_again() -> None:
    with pytest.raises(MapAssetError, match=r"nothing\.js is missing: install geoevents again"):
        page_module._asset("nothing.js")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "give a GeoJSON FeatureCollection"),
        ({"type": "Feature"}, "give a GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection"}, "features must be a list, not null"),
        ({"type": "FeatureCollection", "features": [3]}, "feature 0: must be an object whose type is 'Feature', not"),
        (collection(sentence=5), r"feature 0 \(id 'one'\): properties.sentence must be text or null, not 5"),
        (collection(actors="SANA"), "properties.actors must be a list of texts or null, not 'SANA'"),
        (collection(fatalities_low=True), "properties.fatalities_low must be a whole number or null, not True"),
        (collection(place_confidence=float("nan")), "properties.place_confidence must be a finite number"),
        (collection(reports=["x"]), "properties.reports must be a list of objects"),
        (collection(foreign={1, 2}), "not JSON: Object of type set"),
        (collection(foreign=float("inf")), "not JSON: Out of range float"),
        (collection(foreign=datetime.date(2020, 1, 1)), "not JSON: Object of type date"),
    ],
)  # fmt: skip
def test_wrong_geojson_is_refused_by_name(given: Any, message: str) -> None:
    with pytest.raises(MapDataError, match=message):
        maps.draw(given)


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Polygon", "coordinates": []}, "geometry must be a Point or null, not 'Polygon'"),
        ({"type": "Point", "coordinates": [1]}, r"coordinates must be \[longitude, latitude\], not \[1\]"),
        ({"type": "Point", "coordinates": ["1", 2]}, "must be"),
        ({"type": "Point", "coordinates": [True, 2]}, "must be"),
        ({"type": "Point", "coordinates": [float("nan"), 2]}, "must be"),
        ({"type": "Point", "coordinates": [50, 237]}, "out of range: longitude 50, latitude 237"),
        ("x", "geometry must be a Point or null, not 'x'"),
    ],
)
def test_wrong_geometry_is_refused(geometry: Any, message: str) -> None:
    given = collection()
    given["features"][0]["geometry"] = geometry
    with pytest.raises(MapDataError, match=rf"feature 0 \(id 'one'\): .*{message}"):
        maps.draw(given)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ("x", "geoevents.documents must be a list of objects"),
        ([{"notes": "x"}], r"documents\[0\].notes must be a list of texts or null, not 'x'"),
        ([{"text": 3}], r"geoevents.documents\[0\].text must be text or null, not 3"),
        ([{"places": {}}], None),
        ([{"places": "x"}], r"documents\[0\].places must be a list of objects"),
        ([{"places": [{"start": 5, "end": 3}]}], r"places\[0\]: start and end must be offsets in order, not 5 and 3"),
        ([{"places": [{"lon": "1"}]}], r"places\[0\].lon must be a finite number or null"),
        ([{"places": [{"reason": 1}]}], r"places\[0\].reason must be text or null, not 1"),
    ],
)
def test_wrong_documents_are_refused(documents: Any, message: str | None) -> None:
    given = collection() | {"geoevents": {"documents": documents}}
    if message is None:
        assert maps.draw(given)
        return
    with pytest.raises(MapDataError, match=message):
        maps.draw(given)


def test_all_faults_are_named_at_once_up_to_a_limit() -> None:
    given = {"type": "FeatureCollection", "features": [None] * 20}
    with pytest.raises(MapDataError) as caught:
        maps.draw(given)
    assert str(caught.value).count("must be an object") == 8
    assert str(caught.value).endswith("and 12 more")
    assert isinstance(caught.value, MapError | ValueError)


def test_missing_properties_are_fine() -> None:
    assert "data-events" in maps.draw(collection())


def test_basemap_none_leaves_the_world_out() -> None:
    text = maps.draw(sample(), basemap="none")
    assert 'id="data-ground"' not in text
    assert "Natural Earth" not in text
    assert len(text) < 400_000


def test_basemap_tiles_open_the_policy_for_their_host_alone() -> None:
    text = maps.draw(sample(), basemap="tiles:https://{s}.tile.example.org/{z}/{x}/{y}.png?key=a-b")
    assert "img-src data: blob: https://*.tile.example.org;" in text
    assert '"https://{s}.tile.example.org/{z}/{x}/{y}.png?key=a-b"' in text
    assert "Map tiles: *.tile.example.org" in text


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/{z}/{x}/{y}.png",
        "javascript:alert(1)/{z}/{x}/{y}",
        "https://example.org/tiles.png",
        "https://example.org/{z}/{x}/{y}/{{cycler.__init__.__globals__.os.mkdir('x')}}",
        "https://example.org/{z}/{x}/{y}/{%if%}",
        "https://example.org/{z}/{x}/{y}\"); alert(1); (\"",
        "https://example.org/{z}/{x}/{y}</script>",
        "https://example.org;script-src */{z}/{x}/{y}",
        "https://a.{s}.example.org/{z}/{x}/{y}",
        "https://{x}/{z}/{x}/{y}",
        "https://user@example.org/{z}/{x}/{y}",
        "https://example.org/{z}/{x}/{y}/{unknown}",
    ],
)  # fmt: skip
def test_unsafe_tile_url_is_refused(url: str) -> None:
    with pytest.raises(BasemapError, match="tile URL"):
        maps.draw(sample(), basemap=f"tiles:{url}")


def test_basemap_file_gives_its_polygons_and_lines(tmp_path: Path) -> None:
    square = [[0, 0], [1, 0], [1, 1], [0, 0]]
    geometries = [
        {"type": "Polygon", "coordinates": [square]},
        {"type": "MultiPolygon", "coordinates": [[square], [square]]},
        {"type": "LineString", "coordinates": [[0, 0], [0.5, 0.25]]},
        {"type": "Point", "coordinates": [9, 9]},
    ]
    features = [{"type": "Feature", "geometry": geometry} for geometry in geometries]
    features.append({"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": geometries[:1]}})
    path = tmp_path / "ground.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    ground = json.loads(Parts(maps.draw(sample(), basemap=str(path))).block("ground"))
    assert ground["land"] == [[0, 0, 100_000, 0, 0, 100_000, -100_000, -100_000]] * 4
    assert ground["borders"] == [[0, 0, 50_000, 25_000]]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"type": "Point", "coordinates": [1, 2]}', '{"type": "FeatureCollection"}',
     '{"type": "LineString", "coordinates": [[900, 1], [2, 3]]}', '{"type": "LineString", "coordinates": [["a", 1]]}',
     '{"type": "LineString", "coordinates": [[1e999, 1], [2, 3]]}', "\udcff"],
)  # fmt: skip
def test_bad_basemap_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BasemapError, match=r"bad\.json"):
        maps.draw(sample(), basemap=str(path))


def test_missing_basemap_says_what_it_may_be() -> None:
    with pytest.raises(BasemapError, match="no base map 'wrold': it may be 'world', 'none', 'tiles:URL' or the path"):
        maps.draw(sample(), basemap="wrold")
