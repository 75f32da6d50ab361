"""The page as a file: deterministic, safe, complete, and refused where the input is wrong."""

from __future__ import annotations

import base64
import copy
import datetime
import hashlib
import json
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
from maps import scripts
from maps.errors import MapAssetError, MapDataError, MapError

POINT = {"type": "Point", "coordinates": [1.0, 2.0]}
DATA_SCRIPTS = ["data-words", "data-style", "data-ground", "data-events"]


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


def test_many_events_come_by_columns_with_sentences_for_articles() -> None:
    given = many(2400)
    given["features"][7]["properties"]["reports"] = [{"sentence": "Another."}, {"sentence": "And another."}]
    given["features"][8]["properties"] = {"foreign": {"a": [1]}, "fatalities_best": 4}
    before = copy.deepcopy(given)
    block = json.loads(Parts(maps.draw(given)).block("events"))
    assert given == before
    assert not any("text" in document for document in block["geoevents"]["documents"])
    columns = {}
    for name, column in block["columns"].items():
        plain = isinstance(column, dict)
        columns[name] = column["plain"] if plain else [column[0][index] for index in column[1]]
    for index, feature in enumerate(given["features"]):
        assert block["ids"][index] == feature["id"]
        point = feature["geometry"]["coordinates"] if feature["geometry"] else [None, None]
        assert [block["lons"][index], block["lats"][index]] == point
        for name in block["columns"].keys() | set(block["nulls"]):
            expected = feature["properties"].get(name)
            if name == "reports" and len(expected or []) == 1:
                expected = None  # It repeats the event's sentence.
            assert (columns[name][index] if name in columns else None) in (expected, expected or None), name


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
    found = [attributes.get("id") for tag, attributes in parts.tags if tag == "script"]
    assert found == [*DATA_SCRIPTS, None, None, None]
    events = json.loads(parts.block("events"))
    assert events["features"][0]["properties"]["sentence"] == shown(payload)
    assert events["geoevents"]["documents"][0]["text"] == shown(payload)
    assert json.loads(parts.block("style"))["title"] == shown(payload)
    # Nothing in the block could end it, or mean anything to a template engine that reads the page again.
    assert not re.search(r"[<>&\u2028\u2029]|\{[{%#]", parts.block("events"))


def test_vendored_files_are_those_of_sources_json() -> None:
    assets = resources.files("maps") / "assets"
    sources = json.loads((assets / "SOURCES.json").read_text("utf-8"))
    assert set(sources) == {"leaflet.js", "leaflet.css", "world.json", "waters.json"}
    for name, row in sources.items():
        assert hashlib.sha256((assets / name).read_bytes()).hexdigest() == row["sha256"], name
        assert row["licence"]
        assert row["homepage"].startswith("https://")


def test_our_scripts_are_small_and_put_text_on_the_page_only_as_text() -> None:
    script = scripts.our_script()
    assert len(script.encode("utf-8")) < 60_000
    assert len(zlib.compress(script.encode("utf-8"), 9)) < 24_000
    assert "</" not in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


SOURCE = r"""
const rate = (value) => value / 2;
/* a comment, with "quotes" */
class Counter {
  constructor() { this.totalCount = 0; } // and another
  addAll({ first, second: other = 3 }, ...more) {
    const pattern = /[/"'`]\/x/g;
    const total = [first, other, ...more].reduce((sum, one) => sum + one, 0);
    this.totalCount += total;
    const text = `${first} of ${`${other}, ${more.length ? "more" : "none"}`}`;
    return { total, text, first: rate(first), [text]: pattern.test('a/"/x'), "key-word": total > 1 ? first : other };
  }
}
const counter = new Counter();
const a = counter.addAll({ first: 4 }, 1, 2);
const b = counter.addAll({ first: 1, second: 5 })
  .text;
let c = 1
c = - -c + +c - (- c)
const keys = Object.keys({ a, b, rate, async later() {}, get now() { return 1; } });
return JSON.stringify([a, b, c, counter.totalCount, keys]);
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine to run a script with")
def test_a_shortened_script_does_the_same() -> None:
    def run(script: str) -> str:
        program = f"console.log((() => {{{script}}})())"
        return subprocess.run(["node", "-e", program], check=True, capture_output=True, text=True).stdout

    short = scripts.shorten(SOURCE)
    assert run(SOURCE) == run(short) != ""
    assert len(short) < len(SOURCE) * 0.75
    assert "comment" not in short
    assert "totalCount" not in short
    assert "totalCount" in scripts.shorten(SOURCE, ["totalCount"])


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine to check the scripts with")
def test_our_scripts_parse(tmp_path: Path) -> None:
    path = tmp_path / "page.js"
    path.write_text(scripts.our_script(), encoding="utf-8")
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
        (collection(disagreements=[1]), "properties.disagreements must be a list of objects"),
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
