"""Corrections: rows read with their faults named, applied before anything is found, shown, and accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import geoevents
from gazetteer.places import LonLat
from gazetteer.regions import find_region
from gazetteer.store import Gazetteer
from geoevents import corrections as module
from geoevents.corrections import Corrections, read_corrections
from geoevents.errors import InputError
from geoevents.pipeline import Pipeline
from geoevents.records import Correction, Document, Report
from geoevents.spans import Name

TEXT = (
    "Shelling killed 12 people in Idlib on Thursday, officials said. Rebels shelled the town of Hama. "
    "Warplanes bombed Idlib again on Friday."
)
HEADER = "document_id,start,end,text,action,place_id,lon,lat\n"
HAMA, SYRIA = "geonames:170017", "geonames:163843"

Correct = Callable[..., Pipeline]


@pytest.fixture
def correct(pipeline: Pipeline) -> Correct:
    """The bundled pipeline with corrections; nothing is loaded again."""

    def make(*rows: Correction | Path) -> Pipeline:
        found = read_corrections(rows)
        return Pipeline(
            pipeline.nlp,
            pipeline.gazetteer,
            pipeline.resolver,
            pipeline.ontology,
            Corrections(found, pipeline.gazetteer),
            pipeline.settings,
        )

    return make


def say(action: str, text: str, **more: object) -> Correction:
    return Correction(action=action, text=text, **more)  # type: ignore[arg-type]


def at(text: str, word: str, nth: int = 0) -> dict[str, object]:
    start = -1
    for _ in range(nth + 1):
        start = text.index(word, start + 1)
    return {"text": word, "start": start, "end": start + len(word)}


def places(report: Report) -> list[tuple[str, str | None]]:
    assert report.error is None
    return [(m.text, m.place.id if m.place else None) for m in report.places]


# --- what they do -----------------------------------------------------------------------------------------------------


def test_a_place_by_its_id_holds_for_every_mention_of_its_text(correct: Correct) -> None:
    report = correct(say("place", "idlib", place_id=HAMA))(TEXT)
    assert [m.text for m in report.places] == ["Idlib", "Hama", "Idlib"]
    assert places(report)[0] == places(report)[2] == ("Idlib", HAMA)
    first = report.places[0]
    assert (first.confidence, first.reason, first.corrected) == (1.0, "corrected by correction 1", "correction 1")
    assert [c.place.id for c in first.candidates] == [HAMA]
    assert report.places[1].corrected is None
    assert {e.place_id for e in report.events if e.place_text == "Idlib"} == {HAMA}
    assert [row.origin for row in report.corrections] == ["correction 1"]


def test_a_place_by_its_point_lies_in_the_country_around_it(correct: Correct) -> None:
    where = LonLat(lon=36.63, lat=35.93)
    report = correct(Correction(action="place", document_id="d", position=where, **at(TEXT, "Idlib")))(TEXT, id="d")
    first, _, last = report.places
    assert first.place is not None
    assert (first.place.id, first.place.name, first.position) == ("user:35.93000,36.63000", "Idlib", where)
    assert (first.place.country, first.place.admin1) == ("SY", "Idlib")
    assert last.place is not None
    assert last.place.id == "geonames:169389"  # the other mention is another matter
    assert report.events[0].corrected == "correction 1"
    assert find_region(Gazetteer.open(), LonLat(lon=-30, lat=0)) == (None, None)  # at sea
    assert find_region(Gazetteer.open(), LonLat(lon=7.59, lat=47.56))[0] is None  # Basel: three countries meet


def test_what_the_recogniser_missed_can_be_a_place(correct: Correct, pipeline: Pipeline) -> None:
    text = "Four farmers were killed at the old dairy on Monday."
    assert not pipeline(text).places
    row = Correction(action="place", document_id="d", position=LonLat(lon=36.6, lat=35.9), **at(text, "the old dairy"))
    report = correct(row)(text, id="d")
    assert [(m.text, m.kind) for m in report.places] == [("the old dairy", "place")]
    assert [e.place_text for e in report.events if e.trigger == "killed"] == ["the old dairy"]


def test_no_place_leaves_the_events(correct: Correct, pipeline: Pipeline) -> None:
    plain = pipeline(TEXT, id="d")
    report = correct(Correction(action="no_place", document_id="d", **at(TEXT, "Hama")))(TEXT, id="d")
    assert [m.text for m in report.places] == ["Idlib", "Idlib"]
    assert [e.trigger for e in report.events] == [e.trigger for e in plain.events]
    assert "Hama" in {e.place_text for e in plain.events}
    assert "Hama" not in {e.place_text for e in report.events}


def test_no_event_takes_away_the_trigger_not_its_sentence(correct: Correct, pipeline: Pipeline) -> None:
    plain = [e.trigger for e in pipeline(TEXT, id="d").events]
    row = Correction(action="no_event", document_id="d", **at(TEXT, "shelled"))
    report = correct(row)(TEXT, id="d")
    assert "shelled" in plain
    assert "shelled" not in {e.trigger for e in report.events}
    assert [m.text for m in report.places] == ["Idlib", "Hama", "Idlib"]
    assert "bombed" not in {e.trigger for e in correct(say("no_event", "BOMBED"))(TEXT).events}


def test_the_nearest_row_goes_first_and_of_equals_the_later(correct: Correct) -> None:
    everywhere, here = say("place", "Idlib", place_id=SYRIA), say("no_place", "Idlib", document_id="d")
    spot = Correction(action="place", document_id="d", place_id=HAMA, **at(TEXT, "Idlib", 1))
    report = correct(everywhere, spot, here)(TEXT, id="d")
    assert [m.text for m in report.places] == ["Hama", "Idlib"]
    assert report.places[1].place == report.places[1].candidates[0].place == correct().gazetteer.get(HAMA)
    assert places(correct(everywhere, spot, here)(TEXT, id="e"))[0] == ("Idlib", SYRIA)
    again = Correction(action="no_place", document_id="d", **at(TEXT, "Idlib", 1))
    assert [m.text for m in correct(spot, again)(TEXT, id="d").places] == ["Idlib", "Hama"]
    assert places(correct(again, spot)(TEXT, id="d"))[2] == ("Idlib", HAMA)


def test_kinds_of_names(pipeline: Pipeline) -> None:
    """What was a people is a place if the user says so; what stands in an organisation's name stays there."""
    rows = [say("place", "Norman", place_id=SYRIA), say("place", "Fargo", place_id=SYRIA)]
    here = Corrections(rows, pipeline.gazetteer).of("Norman Fargo")
    people = Name(text="Norman", start=0, end=6, kind="demonym")
    body = Name(text="Fargo", start=7, end=12, kind="organisation")
    assert [name.kind for name in here.put_right((people, body))] == ["place", "organisation"]


def test_stale_offsets_are_not_applied_and_said(correct: Correct, pipeline: Pipeline) -> None:
    row = Correction(action="no_place", text="Hama", document_id="d", start=5, end=9)
    beyond = Correction(action="place", text="Hama", document_id="d", start=10_000, end=10_004, place_id=SYRIA)
    report = correct(row, beyond)(TEXT, id="d")
    assert places(report) == places(pipeline(TEXT, id="d"))
    assert report.notes == (
        "correction 1 is stale and was not applied: at 5:9 stands 'ing ', not 'Hama'",
        "correction 2 is stale and was not applied: at 10000:10004 stands '', not 'Hama'",
    )
    assert (report.corrections, len(report.stale)) == ((), 2)
    broken = "Shells fell on the town of Khan\nShaykhun on Monday."
    lines = Correction(action="no_place", text="Khan Shaykhun", document_id="d", start=27, end=40)
    assert correct(lines)(broken, id="d").stale == ()  # a line end is a blank


def test_given_spans_are_placed_as_corrected(correct: Correct) -> None:
    spans = [tuple(at(TEXT, word).values())[1:] for word in ("Idlib", "Hama")]
    idlib, hama = correct(say("place", "Idlib", place_id=SYRIA), say("no_place", "Hama")).resolve(TEXT, spans)  # type: ignore[arg-type]
    assert idlib.place is not None
    assert (idlib.place.id, idlib.confidence) == (SYRIA, 1.0)
    assert hama.place is not None  # it was asked for, so it is placed
    assert correct(say("no_place", "Idlib")).locate(TEXT, (9, 15)) == ()


def test_one_process_is_two_and_the_output_tells(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    start = TEXT.index("Hama")
    rows = f",,,Idlib,place,{HAMA}\na,{start},{start + 4},Hama,no_place,,,\n,,,bombed,no_event\n"
    file.write_text(HEADER + rows, encoding="utf-8")
    pipeline = geoevents.load(corrections=str(file), countries="SY")
    documents = [Document(text=TEXT, id=name) for name in "abc"]
    alone = list(pipeline.pipe(documents))
    assert list(pipeline.pipe(documents, processes=2)) == alone
    assert [m.text for m in alone[0].places] == ["Idlib", "Idlib"]
    made = geoevents.to_geojson(alone)
    told = made["geoevents"]["documents"][0]
    rows_told = ["c.csv row 2: place Idlib", "c.csv row 3: no_place Hama", "c.csv row 4: no_event bombed"]
    assert told["corrections"] == rows_told
    assert [place["corrected"] for place in told["places"]] == ["c.csv row 2"] * 2
    assert {f["properties"]["corrected"] for f in made["features"] if f["properties"]["place_text"] == "Idlib"} == {
        "c.csv row 2"
    }
    assert str(tmp_path) not in json.dumps(made)


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_as_spreadsheets_write_it(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_bytes(
        "\ufeffText,Action,document_id,start,end,place_id,lon,lat,note\r\n"
        '"Khan\r\nShaykhun",PLACE,,,,,36.65,35.44,"a, b"\r\n'
        ",,,,,,,,\r\nHama,no_place,a.txt,3,7,geonames:1,1,2,\r\n".encode()
    )
    first, second = read_corrections([file])
    assert first == Correction(
        action="place", text="Khan\r\nShaykhun".replace("\r\n", "\n"), position=LonLat(lon=36.65, lat=35.44),
        origin="c.csv row 2",
    )  # fmt: skip
    assert second == Correction(
        action="no_place", text="Hama", document_id="a.txt", start=3, end=7, origin="c.csv row 4"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",,,Hama,move", "row 2: action 'move' is none of place, no_place, no_event"),
        (",,,,no_place", "row 2: text must be the words as they stand in the document"),
        (f",,,{'x' * 1001},no_place", "row 2: text must be"),
        ("d,1,,Hama,no_place", "row 2: start and end go together"),
        ("d,7,3,Hama,no_place", "row 2: 7 to 3 is no span"),
        ("d,-1,3,Hama,no_place", "row 2: -1 to 3 is no span"),
        ("d,one,3,Hama,no_place", "row 2: start 'one' is not a whole number"),
        (",1,5,Hama,no_place", "row 2: start and end are those of one document"),
        (",,,Hama,place", "row 2: the action place takes either a place_id, or lon and lat"),
        (f",,,Hama,place,{HAMA},36,35", "row 2: the action place takes either"),
        (",,,Hama,place,,36", "row 2: lon and lat go together"),
        (",,,Hama,place,,36,91", "row 2: coordinates out of range"),
        (",,,Hama,place,,nan,1", "row 2: coordinates must be finite"),
        (",,,Hama,place,,\"36,5\",1", "row 2: lon '36,5' is not a number of degrees"),
        (",,,Hama,place,,0,0", "row 2: lon 0, lat 0 stands for no place"),
        (",,,Hama,no_place,,,,,9", "row 2: has 10 cells where the header has 8"),
        (',,,"Hama,no_place', "row 2: cannot be read: unexpected end of data"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(tmp_path: Path, row: str, fault: str) -> None:
    (tmp_path / "c.csv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as found:
        read_corrections([tmp_path / "c.csv"])
    assert str(found.value).startswith(f"{tmp_path / 'c.csv'} {fault}")


def test_all_wrong_rows_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(HEADER + ",,,Hama,move\n" * 10, encoding="utf-8")
    with pytest.raises(InputError) as found:
        read_corrections([tmp_path / "c.csv"])
    lines = str(found.value).split("\n")
    assert [line.partition(" row ")[2][:2] for line in lines[:8]] == ["2:", "3:", "4:", "5:", "6:", "7:", "8:", "9:"]
    assert lines[8:] == ["and 2 more"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"text,action,doc_id\n", "unknown column 'doc_id'; did you mean document_id?"),
        (b"text,action,colour\n", "unknown column 'colour': the columns are document_id,"),
        (b"text;action\n", "unknown column 'text;action'"),
        (b"text,document_id\n", "no column action"),
        (b"text,text,action\n", "the column text is there twice"),
        (b"", "no column text"),
        ("text,action\nMünchen,no_place\n".encode("latin-1"), "are not UTF-8: save them so"),
        (b"\x89PNG\r\n", "is a picture, not text"),
        (b"\0\1\2\3" * 100, "binary file"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(InputError) as found:
        read_corrections([tmp_path / "c.csv"])
    assert fault in str(found.value)
    assert "c.csv" in str(found.value)


def test_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "c.csv"
    file.write_text(HEADER + ",,,Hama,no_place\n" * 5, encoding="utf-8")
    monkeypatch.setattr(module, "MAX_ROWS", 4)
    with pytest.raises(InputError, match="more than 4 rows"):
        read_corrections([file])
    monkeypatch.setattr(module, "MAX_BYTES", 20)
    with pytest.raises(InputError, match="larger than"):
        read_corrections([file])
    with pytest.raises(InputError, match=r"none\.csv cannot be read: No such file"):
        read_corrections([tmp_path / "none.csv"])


def test_an_unknown_place_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(InputError, match=r"c\.csv row 3: no gazetteer has the place 'geonames:1'.*gazetteer search"):
        Corrections([say("place", "Hama", place_id="geonames:1", origin="c.csv row 3")], pipeline.gazetteer)


def test_a_hundred_thousand_rows_cost_a_document_nothing(pipeline: Pipeline) -> None:
    rows = [say("no_place", f"Place {n}", document_id=f"d{n % 1000}" if n % 2 else None, origin=f"c row {n}")
            for n in range(module.MAX_ROWS)]  # fmt: skip
    corrections = Corrections(rows, pipeline.gazetteer)
    name = Name(text="Place 4", start=0, end=7)
    here = corrections.of("Place 4", "x")
    assert here.put_right([name]) == ()
    assert [row.origin for row in here.applied] == ["c row 4"]
