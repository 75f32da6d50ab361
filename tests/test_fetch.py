"""Downloading dumps: from a real HTTP server on this machine that breaks off, says no, and sends nonsense."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gazetteer import Gazetteer
from gazetteer.errors import GazetteerFetchError
from gazetteer.fetch import ATTEMPTS, Fetcher
from geoevents import __version__
from geoevents.cli import app


def zipped(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "of GeoNames")
        archive.writestr(name, text)
    return out.getvalue()


def line(number: int, name: str, code: str = "PPL", *, admin1: str = "10", people: int = 0) -> str:
    feature_class = "P" if code.startswith("PPL") else "A"
    cells = [number, name, name, "", 35.1, 36.7, feature_class, code, "SY", "", admin1, "", "", "", people, "", 300]
    return "\t".join(map(str, [*cells, "Asia/Damascus", "2024-01-01"])) + "\n"


LINES = [line(n, f"Village {n}") for n in range(100_000, 103_000)]
DUMP = zipped("SY.txt", line(170017, "Ḩamāh", people=460602) + "".join(LINES))
FILES = {
    "SY.zip": DUMP,
    "admin1CodesASCII.txt": b"SY.10\tHama\tHama\t170015\nSY.11\tHoms\tHoms\t169575\n",
    "admin2Codes.txt": b"SY.10.1\tHama District\tHama District\t1\n",
}


class Server(ThreadingHTTPServer):
    """Serves `files` with validators and ranges; `faults` are answered first, one a request for a zip."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/dump/"
        self.files, self.edition = dict(FILES), 1
        self.faults: list[tuple[int, dict[str, str], bytes] | int] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.sent: list[tuple[int, int]] = []

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        name = self.path.removeprefix("/dump/")
        self.server.asked.append((name, dict(self.headers.items())))
        fault = self.server.faults.pop(0) if self.server.faults and name.endswith(".zip") else None
        if isinstance(fault, tuple):
            self._answer(*fault)
            return
        body = self.server.files.get(name)
        if body is None:
            self._answer(404, {"Content-Type": "text/html"}, b"<html>no such file</html>")
            return
        tag, changed = f'"{self.server.edition}"', formatdate(1_700_000_000 + self.server.edition, usegmt=True)
        marks = {"ETag": tag, "Last-Modified": changed}
        if self.headers.get("If-None-Match") == tag:
            self._answer(304, marks, b"")
            return
        begin = 0
        if self.headers.get("If-Range") == tag:
            begin = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            marks["Content-Range"] = f"bytes {begin}-{len(body) - 1}/{len(body)}"
        if begin >= len(body):
            self._answer(416, {}, b"")
            return
        self._answer(206 if begin else 200, marks, body[begin:], cut=fault)

    def _answer(self, status: int, headers: dict[str, str], body: bytes, cut: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.server.sent.append((status, len(body[:cut])))  # before the client hears of it
        self.end_headers()
        self.wfile.write(body[:cut])
        self.close_connection = True


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("GEOEVENTS_OFFLINE", raising=False)
    with Server() as running:
        threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield running
        running.shutdown()


def fetcher(server: Server, folder: Path) -> Fetcher:
    return Fetcher(folder, agent="geoevents/test (+https://example.org)", server=server.url, timeout=5, pause=0.01)


def test_a_file_comes_whole_and_only_once_while_unchanged(server: Server, tmp_path: Path) -> None:
    path, fresh = fetcher(server, tmp_path).fetch("SY.zip")
    assert (path.read_bytes(), fresh) == (DUMP, True)
    assert fetcher(server, tmp_path).fetch("SY.zip") == (path, False)
    assert server.asked[0][1]["User-Agent"] == "geoevents/test (+https://example.org)"
    assert server.sent == [(200, len(DUMP)), (304, 0)]
    server.edition += 1
    assert fetcher(server, tmp_path).fetch("SY.zip") == (path, True)
    assert sorted(left.name for left in tmp_path.iterdir()) == ["SY.zip", "SY.zip.json"]


def test_a_file_that_was_changed_on_disk_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    path, _ = fetcher(server, tmp_path).fetch("SY.zip")
    path.write_bytes(DUMP[:-1] + b"x")
    assert fetcher(server, tmp_path).fetch("SY.zip") == (path, True)
    assert path.read_bytes() == DUMP


def test_a_broken_download_goes_on_where_it_broke(server: Server, tmp_path: Path) -> None:
    server.faults = [1000, 500]
    path, _ = fetcher(server, tmp_path).fetch("SY.zip")
    assert path.read_bytes() == DUMP
    assert server.sent == [(200, 1000), (206, 500), (206, len(DUMP) - 1500)]


def test_a_killed_run_is_taken_up_by_the_next(server: Server, tmp_path: Path) -> None:
    server.faults = [1000, *[0] * ATTEMPTS]
    with pytest.raises(GazetteerFetchError, match=r"SY\.zip breaks off again and again.*taken up"):
        fetcher(server, tmp_path).fetch("SY.zip")
    assert not (tmp_path / "SY.zip").exists()
    server.sent.clear()
    fetcher(server, tmp_path).fetch("SY.zip")
    assert server.sent == [(206, len(DUMP) - 1000)]


def test_what_is_left_of_another_edition_is_not_taken(server: Server, tmp_path: Path) -> None:
    server.faults = [1000, *[0] * ATTEMPTS]
    with pytest.raises(GazetteerFetchError):
        fetcher(server, tmp_path).fetch("SY.zip")
    server.edition, server.files["SY.zip"] = 2, zipped("SY.txt", "".join(LINES[:2000]))
    path, _ = fetcher(server, tmp_path).fetch("SY.zip")
    assert path.read_bytes() == server.files["SY.zip"]


def test_a_complete_part_that_cannot_go_on_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "SY.zip.part").write_bytes(DUMP + b"more")
    note = {"url": server.url + "SY.zip", "etag": '"1"', "modified": "", "bytes": 0, "sha256": ""}
    (tmp_path / "SY.zip.part.json").write_text(json.dumps(note), "utf-8")
    path, _ = fetcher(server, tmp_path).fetch("SY.zip")
    assert path.read_bytes() == DUMP
    assert [status for status, _ in server.sent] == [416, 200]


@pytest.mark.parametrize("fault", [(429, {"Retry-After": "0"}, b"slow down"), (503, {}, b""), (500, {}, b"oops")])
def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path, fault: tuple[int, dict[str, str], bytes]) -> None:
    server.faults = [fault, fault]
    path, fresh = fetcher(server, tmp_path).fetch("SY.zip")
    assert (path.read_bytes(), fresh, len(server.sent)) == (DUMP, True, 3)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((503, {}, b""), r"too many 503 error responses; try again later"),
        ((403, {}, b""), r"the server answers 403; try again later"),
        ((404, {}, b""), r"SY\.zip is not there: give a country's two letters"),
        ((200, {"Content-Type": "text/html"}, b"<html>maintenance"), r"a web page instead of the file"),
        ((200, {}, b"<!doctype html>"), r"is no table: it is a web page"),
        ((200, {}, b""), r"is no table: it is empty"),
        ((200, {}, DUMP[: len(DUMP) // 2]), r"is no table: cannot read .*SY\.zip\.part: File is not a zip file"),
        ((200, {}, DUMP[:900] + b"x" + DUMP[901:]), r"is no table: cannot read"),
    ],
)
def test_what_is_no_dump_is_refused_and_not_kept(
    server: Server, tmp_path: Path, answer: tuple[int, dict[str, str], bytes], said: str
) -> None:
    server.faults = [answer] * (ATTEMPTS + 1)
    with pytest.raises(GazetteerFetchError, match=said):
        fetcher(server, tmp_path).fetch("SY.zip")
    assert not [left for left in tmp_path.iterdir() if left.suffix != ".json"]


def test_a_server_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    away = Fetcher(tmp_path, agent="geoevents/test", server="http://127.0.0.1:9/", timeout=1, pause=0)
    with pytest.raises(GazetteerFetchError, match=r"http://127\.0\.0\.1:9/SY\.zip cannot be downloaded: no connection"):
        away.fetch("SY.zip")


@pytest.mark.parametrize("server", ["file:///etc/", "dump", "https://"])
def test_what_is_no_server_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(GazetteerFetchError, match="no address of a server"):
        Fetcher(tmp_path, agent="geoevents/test", server=server)


def test_a_folder_that_cannot_be_written_is_named(server: Server, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    with pytest.raises(GazetteerFetchError, match=r"cannot write .*taken"):
        fetcher(server, tmp_path / "taken").fetch("SY.zip")


# the command


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["gazetteer", "fetch", *words])
    return done.exit_code, done.stderr + (str(done.exception) if done.exception else "")


def test_fetch_downloads_and_compiles(server: Server, tmp_path: Path) -> None:
    code, said = run(
        "sy", "-o", str(tmp_path), "--server", server.url, "--contact", "https://example.org", "--processes", "1"
    )
    assert code == 0, said
    assert said.startswith(f"geoevents: asking {server.url} for SY.zip, admin1CodesASCII.txt, admin2Codes.txt\n")
    assert f"--gazetteer {tmp_path / 'SY.gaz'}" in said
    assert {headers["User-Agent"] for _, headers in server.asked} == {f"geoevents/{__version__} (+https://example.org)"}
    compiled = Gazetteer.open(tmp_path / "SY.gaz")
    assert len(compiled) == 3001
    assert [(m.place.id, m.place.admin1) for m in compiled.lookup("Hamah")] == [("geonames:170017", "Hama")]


@pytest.mark.parametrize(
    ("words", "said"),
    [(["SY", "--offline"], "needs the network"), (["Syria"], "SYRIA is no country"), (["../x"], "no country")],
)
def test_fetch_refuses_before_it_asks(server: Server, tmp_path: Path, words: list[str], said: str) -> None:
    code, told = run(*words, "-o", str(tmp_path / "new"), "--server", server.url)
    assert code != 0
    assert said in told
    assert not server.asked
    assert not (tmp_path / "new").exists()


def test_the_environment_keeps_it_offline(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOEVENTS_OFFLINE", "1")
    assert "needs the network" in run("SY", "-o", str(tmp_path), "--server", server.url)[1]
    assert not server.asked
