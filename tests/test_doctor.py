"""The doctor: finds what is there and what is not, and never dies of what it finds."""

from __future__ import annotations

import shutil
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

import gazetteer.store
from geoevents import doctor
from geoevents.doctor import Finding, examine


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def look(**options: object) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(**options)}  # type: ignore[arg-type]


def test_a_sound_installation_has_what_a_run_needs() -> None:
    findings = look(offline=True)
    assert list(findings) == ["python", "gazetteer", "model", "map", "cache", "network", "browser"]
    for what in ("python", "gazetteer", "model", "map", "cache", "network"):
        assert findings[what].ok, findings[what]
    assert "places" in findings["gazetteer"].detail
    assert "Hama PLACE" in findings["model"].detail
    assert findings["network"].detail == "not looked at: --offline"


def test_what_is_broken_says_what_to_do_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    data = bytearray(gazetteer.store.BUNDLED.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "world.gaz").write_bytes(data)
    findings = look(offline=True, model="nope", gazetteer=tmp_path / "world.gaz")
    for what, words in (("gazetteer", "pip install"), ("model", "nope")):
        assert findings[what].ok is False
        assert words in f"{findings[what].detail} {findings[what].advice}"
    assert findings["map"].ok


def test_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    finding = look(offline=True)["cache"]
    assert finding.ok is None
    assert finding.advice
    assert "XDG_CACHE_HOME" in finding.advice


def test_browser_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == "chromium" else None)
    finding = doctor._check_browser()
    assert (finding.ok, finding.detail) == (None, "no chromedriver")
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert doctor._check_browser().ok


class Service(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        assert self.headers["User-Agent"].startswith("geoevents/")
        self.send_response(403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_network(monkeypatch: pytest.MonkeyPatch) -> None:
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("GEOEVENTS_GEOCODER_URL", f"http://127.0.0.1:{server.server_port}")
        finding = doctor._check_network(offline=False)
        server.shutdown()
    assert (finding.ok, finding.detail) == (True, f"127.0.0.1:{server.server_port} answers (403)")
    finding = doctor._check_network(offline=False)
    assert finding.ok is None
    assert "does not answer" in finding.detail
    assert finding.advice
    assert "--offline" in finding.advice
