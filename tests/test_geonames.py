"""GeoNames' dumps: their formats read with faults named, compiled piecewise, and laid over the bundled gazetteer."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gazetteer import Gazetteer, GazetteerFileError, GazetteerSourceError, LonLat
from gazetteer.assembly import assemble
from gazetteer.buckets import DumpOptions
from gazetteer.build import make_entries
from gazetteer.compiler import compile_entries
from gazetteer.geonames import Damage, parse_alternate, parse_place, read_blocks, read_codes
from gazetteer.sources import alternates
from geoevents.cli import app


def line(
    number: int,
    name: str,
    code: str = "P.PPL",
    *,
    at: tuple[float, float] = (52.0, 4.3),
    alternates: str = "",
    admin: str = "11..",
    people: int | str = 0,
    country: str = "NL",
) -> str:
    feature_class, _, feature_code = code.partition(".")
    admin1, admin2, _ = f"{admin}..".split(".", 2)
    cells = [number, name, name, alternates, *at, feature_class, feature_code, country, "", admin1, admin2, "", ""]
    return "\t".join(map(str, [*cells, people, "", 3, "Europe/Amsterdam", "2024-01-01"]))


LINES = [
    line(
        2750405,
        "Kingdom of the Netherlands",
        "A.PCLI",
        alternates="Holland,NED,Нидерланды",
        admin="00",
        people=17_000_000,
    ),
    line(2743698, "South Holland", "A.ADM1", alternates="Zuid-Holland", people=3_700_000),
    line(2757784, "Gemeente Westland", "A.ADM2", admin="11.1783", people=107_000),
    line(900001, "Kwintsheul", alternates="Quintsheul,kwintsheul,クウィンツヘウル", admin="11.1783", people=3_690),
    line(900002, "Kwintsheul", "H.STM", admin="11.1783"),
    line(
        900003,
        "Scheveningen",
        "P.PPLX",
        alternates="Skeveningen,Kingdom of the Netherlands",
        admin="11.0518",
        at=(52.1, 4.27),
    ),
    line(900004, "Scheveningen", "S.RSTN"),
    line(900005, "Westland", "A.ADM2", admin="11.1783", people=500),
    line(900006, "Westland", people=400, admin="11.1783"),
]
ALTERNATES = [
    "1\t900001\tnl\tKwintsheule\t\t\t\t\t\t",
    "2\t900001\tlink\thttps://en.wikipedia.org/wiki/Kwintsheul\t\t\t\t\t\t",
    "3\t900001\twkdt\tQ2108612\t\t\t\t\t\t",
    "4\t900001\tpost\t2295\t\t\t\t\t\t",
    "5\t900001\tiata\tKWH\t\t\t\t\t\t",
    "6\t900001\tabbr\tKwh.\t\t\t\t\t\t",
    "7\t900001\tja\tクウィンツヘウル\t\t\t\t\t\t",
    "8\t900001\t\tQuintsul\t\t\t\t1",
    "9\t4\ten\tElsewhere\t\t\t\t\t\t",
]


def write(path: Path, lines: list[str]) -> Path:
    text = "".join(f"{text}\n" for text in lines).encode()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("readme.txt", "of GeoNames")
            archive.writestr(path.with_suffix(".txt").name, text)
    else:
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("dump") / "NL.zip", LINES)


@pytest.fixture(scope="module")
def compiled(dump: Path) -> Gazetteer:
    done = assemble(DumpOptions(dumps=(dump,)), dump.with_name("nl.gaz"))
    assert (done.places, sum(damage.count for damage in done.damages)) == (9, 0)
    return Gazetteer.open(dump.with_name("nl.gaz"))


def ids(gazetteer: Gazetteer, name: str) -> list[int]:
    return [int(match.place.id.removeprefix("geonames:")) for match in gazetteer.lookup(name)]


# what comes of a dump


def test_places_answer_by_name_id_and_position(compiled: Gazetteer) -> None:
    village = compiled.lookup("KWINTSHEUL")[0].place
    assert (village.id, village.population, village.feature_code) == ("geonames:900001", 3690, "PPL")
    assert (village.country, village.admin1, village.admin2) == ("NL", "South Holland", "Gemeente Westland")
    assert compiled.get("geonames:900001") == village
    assert compiled.names("geonames:900001") == ("Kwintsheul", "Quintsheul")
    assert [p.id for p in compiled.near(LonLat(lon=4.27, lat=52.1), 1)] == ["geonames:900003"]
    assert [m.place.id for m in compiled.prefix("kwint")] == ["geonames:900001", "geonames:900002"]
    assert [m.place.id for m in compiled.lookup_fuzzy("Kwinsheul")][:1] == ["geonames:900001"]
    assert compiled.lookup("Нидерланды") == ()
    assert len(compiled) == len(list(compiled)) == 9
    compiled.verify()


def test_what_is_best_known_comes_first(compiled: Gazetteer) -> None:
    assert ids(compiled, "Kwintsheul") == [900001, 900002]
    assert ids(compiled, "Scheveningen") == [900003, 900004]
    assert ids(compiled, "Kingdom of the Netherlands") == [2750405]  # a country's name is no other place's alternate
    assert ids(compiled, "Westland") == [900006, 900005]  # no division before a town of its name


def test_sources_and_counts_are_told(compiled: Gazetteer) -> None:
    info = compiled.info()
    assert (info.places, [source.name for source in info.sources]) == (9, ["NL.zip"])
    assert info.names == sum(len(compiled.names(place.id)) for place in compiled)
    assert info.sources[0].rows == 9


def test_the_same_dump_gives_the_same_bytes_whatever_does_it(dump: Path, compiled: Gazetteer, tmp_path: Path) -> None:
    shutil.copy(dump, tmp_path)
    assemble(DumpOptions(dumps=(tmp_path / dump.name,), processes=2), tmp_path / "two.gaz")
    assert Gazetteer.open(tmp_path / "two.gaz").sha256 == compiled.sha256


def test_it_answers_as_the_compiler_of_entries_does(tmp_path: Path) -> None:
    lines = [
        line(800_000 + n, f"{'Upper ' * (n % 3 == 0)}Place {n % 40}", at=(n % 60, n % 170), people=1 + 37 * n % 5000,
             alternates=f"Plaats {n % 30},Lieu {n % 7}", code=("P.PPL", "A.ADM3", "P.PPLC")[n % 3])
        for n in range(400)
    ]  # fmt: skip
    assemble(DumpOptions(dumps=(write(tmp_path / "x.txt", lines),)), tmp_path / "x.gaz")
    drafts = []
    for text in lines:
        draft, spelled = parse_place(text.encode(), {}, {})  # type: ignore[misc]
        draft.id, draft.names = f"geonames:{draft.id}", alternates(spelled.split(","))
        drafts.append(draft)
    whole = Gazetteer.open(tmp_path / "x.gaz")
    small = Gazetteer.from_bytes(compile_entries(make_entries(drafts), built=""))
    assert list(whole) == list(small)
    asked = sorted({name for place in small for name in small.names(place.id)})
    assert len(asked) > 50
    for name in asked:
        assert whole.lookup(name) == small.lookup(name)
        assert whole.lookup_fuzzy(f"{name}e") == small.lookup_fuzzy(f"{name}e")
    assert whole.near(LonLat(lon=30, lat=30), 900) == small.near(LonLat(lon=30, lat=30), 900)


def test_alternate_names_are_taken_by_language(dump: Path, tmp_path: Path) -> None:
    names = write(tmp_path / "alternateNamesV2.txt.gz", ALTERNATES)
    assemble(DumpOptions(dumps=(dump,), alternate_names=names), tmp_path / "nl.gaz")
    gazetteer = Gazetteer.open(tmp_path / "nl.gaz")
    assert gazetteer.names("geonames:900001") == ("Kwintsheul", "Kwintsheule", "Quintsul", "Kwh.")
    assert [m.kind for m in gazetteer.lookup("Kwh")] == ["abbreviation"]
    assert "Elsewhere" not in gazetteer
    assert "Quintsheul" not in gazetteer  # the dump's own alternates are left to the table


def test_tables_name_the_divisions(dump: Path, tmp_path: Path) -> None:
    first = write(tmp_path / "admin1.txt", ["NL.11\tZuid-Holland\tZuid-Holland\t2743698"])
    second = write(tmp_path / "admin2.txt", ["NL.11.0518\tThe Hague\tThe Hague\t2747373"])
    assemble(DumpOptions(dumps=(dump,), first=first, second=second), tmp_path / "nl.gaz")
    place = Gazetteer.open(tmp_path / "nl.gaz").lookup("Scheveningen")[0].place
    assert (place.admin1, place.admin2) == ("Zuid-Holland", "The Hague")


def test_countries_and_classes_are_chosen(tmp_path: Path) -> None:
    dump = write(
        tmp_path / "all.txt", [*LINES, line(7, "Hama", country="SY"), line(8, "Orontes", "H.STM", country="SY")]
    )
    some = DumpOptions(dumps=(dump,), countries=frozenset({"SY"}), feature_classes=frozenset("PA"))
    assert assemble(some, tmp_path / "sy.gaz").places == 1
    with pytest.raises(GazetteerSourceError, match=r"no place in .*all\.txt of those asked for: IQ"):
        assemble(DumpOptions(dumps=(dump,), countries=frozenset({"IQ"})), tmp_path / "iq.gaz")


def test_many_feature_codes_widen_the_rows(tmp_path: Path) -> None:
    lines = [line(n + 1, f"Spot {n}", f"S.X{n}") for n in range(300)]
    assemble(DumpOptions(dumps=(write(tmp_path / "x.txt", lines),)), tmp_path / "x.gaz")
    gazetteer = Gazetteer.open(tmp_path / "x.gaz")
    assert [gazetteer.lookup(f"Spot {n}")[0].place.feature_code for n in range(300)] == [f"X{n}" for n in range(300)]
    assert len(gazetteer.near(LonLat(lon=4.3, lat=52), 1)) == 300


def test_over_the_bundled_gazetteer_it_answers_once_and_first(tmp_path: Path) -> None:
    lines = [
        line(170017, "Ḩamāh", people=5, country="SY", at=(35.1, 36.7)),
        line(900009, "Arzah", country="SY", at=(35.1, 36.7)),
    ]
    assemble(DumpOptions(dumps=(write(tmp_path / "SY.txt", lines),)), tmp_path / "sy.gaz")
    both = Gazetteer.open().with_layers(Gazetteer.open(tmp_path / "sy.gaz"))
    found = [match.place for match in both.lookup("Hamah")]
    assert [place.id for place in found].count("geonames:170017") == 1
    assert (found[0].id, found[0].population) == ("geonames:170017", 5)
    assert [p.population for p in both.near(LonLat(lon=36.7, lat=35.1), 15) if p.id == "geonames:170017"] == [5]
    assert both.lookup("Arzah")[0].place.id == "geonames:900009"
    assert pickle.loads(pickle.dumps(both)).lookup("Hamah") == both.lookup("Hamah")  # noqa: S301


# what is wrong with a file


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (line(1, "X").rpartition("\t")[0], "18 columns, not 19"),
        (line(1, "X") + "\tmore", "20 columns, not 19"),
        (line(1, "X").replace("1\tX", "x1\tX", 1), "geonameid 'x1' is no number"),
        (line(0, "X"), "geonameid '0' is no number"),
        (line(1, " "), "no name"),
        (line(1, "X", at=(91, 0)), "coordinates out of range: lat '91', lon '0'"),
        (line(1, "X", at=(float("nan"), 0)), "coordinates out of range"),
        (line(1, "X").replace("52.0", "north"), "could not convert string to float: 'north'"),
        (line(1, "X", "Q.PPL"), "unknown feature class 'Q'"),
        (line(1, "X", people="many"), "population 'many' is no number"),
        (line(1, "X", country="NLD"), "country 'NLD' is no code of two letters"),
        (line(900001, "X"), "geonameid 900001 is given twice"),
        ("", None),
        (line(1, "X", "."), None),  # GeoNames has places without a class
    ],
)
def test_damaged_lines_are_counted_and_named(tmp_path: Path, text: str, why: str | None) -> None:
    dump = write(tmp_path / "NL.txt", [*LINES[:5], text, *LINES[5:]])
    done = assemble(DumpOptions(dumps=(dump,)), tmp_path / "nl.gaz")
    assert done.places == 9
    (damage,) = done.damages
    assert [number for number, _ in damage.first] == ([6] if why else [])
    if why:
        assert damage.first[0][1].startswith(why)
        assert str(damage).startswith(f"{dump}: 1 of 10 lines are damaged and left out\n{dump}, line 6: {why}")


def test_lines_that_are_not_utf8_are_damaged(tmp_path: Path) -> None:
    dump = tmp_path / "NL.txt"
    dump.write_bytes("\n".join(LINES).encode() + b"\n" + line(1, "Münster").encode("latin-1") + b"\r\n")
    assert assemble(DumpOptions(dumps=(dump,)), tmp_path / "nl.gaz").damages[0].first == [(10, "not UTF-8")]


def test_a_byte_order_mark_and_windows_line_ends_are_no_damage(tmp_path: Path) -> None:
    dump = tmp_path / "NL.txt"
    dump.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*LINES, ""]).encode())
    done = assemble(DumpOptions(dumps=(dump,)), tmp_path / "nl.gaz")
    assert (done.places, done.damages[0].count) == (9, 0)


def test_damaged_alternates_and_codes_are_named(dump: Path, tmp_path: Path) -> None:
    names = write(tmp_path / "names.txt", [*ALTERNATES, "10\t900001\ten", "11\tx\ten\tX\t\t\t\t"])
    codes = write(tmp_path / "codes.txt", ["NL.11\tZuid-Holland\tZuid-Holland\t1", "NL.12\tX"])
    done = assemble(DumpOptions(dumps=(dump,), alternate_names=names, first=codes), tmp_path / "nl.gaz")
    assert [damage.first for damage in done.damages] == [
        [],
        [(10, "3 columns, not 8 or 10"), (11, "geonameid 'x' is no number")],
        [(2, "2 columns where code, name, ASCII name and id were expected")],
    ]


def test_a_file_that_is_mostly_damaged_is_refused_and_the_old_file_stays(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "nl.gaz").write_bytes(b"as it was")
    wrong = write(tmp_path / "notes.txt", ["Some notes", "about places", *LINES[:1]])
    with pytest.raises(GazetteerSourceError, match=r"notes\.txt: 2 of 3 lines.*\n.*line 1: geonameid 'Some notes'"):
        assemble(DumpOptions(dumps=(wrong,)), tmp_path / "nl.gaz")
    with pytest.raises(GazetteerSourceError, match=r"notes\.txt: 3 of 3 lines"):
        assemble(DumpOptions(dumps=(dump,), alternate_names=wrong), tmp_path / "nl.gaz")
    assert (tmp_path / "nl.gaz").read_bytes() == b"as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nl.gaz", "notes.txt"]


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def _inner() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as inner:
        inner.writestr("NL.txt", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"NL.txt": bytes(40_000_000)}, "says it unpacks to 40,000,000 bytes, which no dump does"),
        ({"NL.txt": b"a", "BE.txt": b"b"}, r"must hold one table, but holds 'NL\.txt', 'BE\.txt'"),
        ({"readme.txt": b"a"}, "must hold one table, but holds nothing"),
        ({"../NL.txt": b"a"}, "has no folders"),
        ({"x/NL.txt": b"a"}, "has no folders"),
        ({"NL.zip": _inner()}, "an archive within an archive"),
        ({"NL.txt": b"x" * 2_000_000}, r"a line of more than 1,048,576 bytes"),
    ],
)
def test_zips_that_are_no_dumps_are_refused(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    path = archive(tmp_path / "NL.zip", members)
    with pytest.raises(GazetteerSourceError, match=said):
        list(read_blocks(path))


def test_a_zip_that_lies_about_its_size_or_is_cut_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "NL.zip", LINES * 50).read_bytes()
    at = whole.rindex(b"PK\x01\x02")
    lying = whole[: at + 24] + (100).to_bytes(4, "little") + whole[at + 28 :]
    for content in (lying, whole[:-30], whole[: len(whole) // 2], whole[:300] + b"x" + whole[301:]):
        (tmp_path / "NL.zip").write_bytes(content)
        with pytest.raises(GazetteerSourceError, match=r"cannot read .*NL\.zip"):
            list(read_blocks(tmp_path / "NL.zip"))


def test_a_gzip_bomb_or_a_broken_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "NL.gz").write_bytes(gzip.compress(b"\n" * 40_000_000))
    with pytest.raises(GazetteerSourceError, match=r"unpacks to more than [\d,]+ bytes"):
        list(read_blocks(tmp_path / "NL.gz"))
    whole = write(tmp_path / "NL.gz", LINES).read_bytes()
    for content in (whole[:-8], whole[:50] + b"xx" + whole[52:]):
        (tmp_path / "NL.gz").write_bytes(content)
        with pytest.raises(GazetteerSourceError, match=r"cannot read .*NL\.gz"):
            list(read_blocks(tmp_path / "NL.gz"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(GazetteerSourceError, match=r"cannot read .*none\.zip: No such file"):
        assemble(DumpOptions(dumps=(tmp_path / "none.zip",)), tmp_path / "x.gaz")
    with pytest.raises(GazetteerSourceError, match="cannot read"):
        read_codes(tmp_path, Damage(tmp_path))


# the workshop


def test_a_full_disk_is_told_before_anything_is_written(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 10))
    with pytest.raises(GazetteerFileError, match=r"0\.0 GB free.*make room, or let -o name a file on another disk"):
        assemble(DumpOptions(dumps=(dump,)), tmp_path / "nl.gaz")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_left_is_cleared_and_a_running_one_is_let_be(dump: Path, tmp_path: Path) -> None:
    ended, running = tmp_path / ".nl.gaz.building-4194305-x", tmp_path / f".nl.gaz.building-{os.getpid()}-y"
    for folder in (ended, running):
        folder.mkdir()
        (folder / "3.places").write_text("half a line", "utf-8")
    assemble(DumpOptions(dumps=(dump,)), tmp_path / "nl.gaz")
    assert not ended.exists()
    assert running.exists() or os.name == "nt"


def test_a_folder_that_cannot_be_written_is_named(dump: Path, tmp_path: Path) -> None:
    with pytest.raises(GazetteerFileError, match=r"cannot write .*nowhere"):
        assemble(DumpOptions(dumps=(dump,)), tmp_path / "nowhere" / "nl.gaz")


def test_alternates_are_names_only() -> None:
    assert parse_alternate(b"1\t2\ten\tName\t\t\t\t") is not None
    assert parse_alternate(b"1\t2\ten\t\t\t\t\t") is None


# the command


def test_build_says_what_it_made_and_what_was_damaged(tmp_path: Path) -> None:
    dump, output = write(tmp_path / "NL.txt", [*LINES, "x"]), tmp_path / "nl.gaz"
    words = ["gazetteer", "build", "--geonames", str(dump), "-o", str(output), "--processes", "1", "--countries", "nl"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert done.stdout == ""
    assert f"geoevents: {dump}, line 10: geonameid 'x' is no number\n" in done.stderr
    assert f"{output}: 9 places" in done.stderr
    found = CliRunner().invoke(app, ["gazetteer", "search", "kwintsheul", "--gazetteer", str(output)])
    assert "South Holland" in found.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--countries", "NLD"], "two letters of ISO 3166"),
        (["--countries", "NL,"], "'nothing' is unknown"),
        (["--feature-classes", "P,X"], "'X' is unknown; give GeoNames' letters"),
    ],
)
def test_build_refuses_what_cannot_be_meant(dump: Path, tmp_path: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(
        app, ["gazetteer", "build", "--geonames", str(dump), "-o", str(tmp_path / "x.gaz"), *words]
    )
    assert said in str(done.exception)
    assert not list(tmp_path.iterdir())
