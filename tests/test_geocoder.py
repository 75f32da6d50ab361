"""The geocoder against a real HTTP server on this machine that speaks as Nominatim, Photon and Pelias do."""

from __future__ import annotations

import itertools
import json
import pickle
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from gazetteer import geocoder as geocoder_module
from gazetteer.errors import GeocoderError
from gazetteer.geocoder import Geocoder, GeocoderSettings
from gazetteer.ledger import FOUND_FOR_S, NONE_FOR_S, Ledger, Question

ARZA = {
    "place_id": 7, "osm_type": "node", "osm_id": 2414, "lat": "35.3069", "lon": "36.6125", "class": "place",
    "type": "village", "addresstype": "village", "name": "Arzah", "display_name": "Arzah, Hama, Syria",
    "address": {"village": "Arzah", "county": "Hama Subdistrict", "state": "Hama Governorate", "country_code": "sy"},
    "boundingbox": ["35.2969", "35.3169", "36.6025", "36.6225"], "extratags": {"population": "1200"},
}  # fmt: skip
HAMA = {
    "osm_type": "relation", "osm_id": 99, "lat": "35.2", "lon": "37.0", "class": "boundary", "type": "administrative",
    "addresstype": "state", "display_name": "Hama Governorate, Syria", "address": {"country_code": "sy"},
}  # fmt: skip


class Service(ThreadingHTTPServer):
    """Answers with `status`, `headers` and `body`, or as `act` does; keeps the requests it got."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.requests: list[tuple[str, dict[str, str], str]] = []
        self.act: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.say([ARZA])

    def say(self, answer: object, status: int = 200, **headers: str) -> None:
        self.body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.status, self.headers = status, headers

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.server.requests.append((parts.path, query, self.headers["User-Agent"]))
        if self.server.act:
            self.server.act(self)
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Service() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def make(service: Service, tmp_path: Path) -> Callable[..., Geocoder]:
    """Makes a geocoder of a new run that asks the service and shares the test's cache file."""

    def new(**settings: object) -> Geocoder:
        known = {"url": service.url, "cache": tmp_path / "cache" / "geocoder.sqlite", "interval_s": 0, "timeout_s": 5}
        return Geocoder(GeocoderSettings(**(known | settings)))

    return new


def test_good_answer_becomes_places(service: Service, make: Callable[..., Geocoder]) -> None:
    service.say([ARZA, HAMA, ARZA])
    arza, hama = make().geocode("  Arza\n town ", country="sy")
    assert (arza.id, arza.name, arza.lon, arza.lat) == ("nominatim:N2414", "Arzah", 36.6125, 35.3069)
    assert (arza.feature_class, arza.feature_code, arza.country) == ("P", "PPL", "SY")
    assert (arza.admin1, arza.admin2, arza.population) == ("Hama Governorate", "Hama Subdistrict", 1200)
    assert 1400 < arza.uncertainty_m < 1450  # half the diagonal of 0.02 by 0.02 degrees at 35 degrees north
    assert (hama.id, hama.name, hama.feature_code, hama.admin1) == (
        "nominatim:R99", "Hama Governorate", "ADM1", "Hama Governorate",
    )  # fmt: skip
    assert hama.uncertainty_m == 100_000  # no box in the answer
    [(path, query, agent)] = service.requests
    assert (path, query["q"], query["countrycodes"], query["limit"]) == ("/search", "Arza town", "SY", "5")
    assert query["accept-language"] == "en"
    assert agent.startswith("geoevents")


def test_second_run_asks_nothing(service: Service, make: Callable[..., Geocoder]) -> None:
    first, second = make(), make()
    places = first.geocode("Arza")
    assert first.report() == f"geocoder: 1 name sent to {first.settings.host} (Arza), 1 found, 0 from cache"
    assert second.geocode("ARZA ") == places
    assert len(service.requests) == 1
    assert second.report() is None  # nothing left the machine


def test_cache_tells_service_country_and_language_apart(service: Service, make: Callable[..., Geocoder]) -> None:
    make().geocode("Arza")
    make().geocode("Arza", country="SY")
    make(language="ar").geocode("Arza")
    make(url=service.url + "/other").geocode("Arza")
    assert len(service.requests) == 4


def test_genuine_none_is_remembered_and_expires(
    service: Service, make: Callable[..., Geocoder], tmp_path: Path
) -> None:
    service.say([])
    assert make().geocode("Nowhere") == ()
    assert make().geocode("Nowhere") == ()
    assert len(service.requests) == 1
    book = sqlite3.connect(tmp_path / "cache" / "geocoder.sqlite")
    [(left,)] = book.execute("SELECT expires FROM answers").fetchall()
    assert left == pytest.approx(time.time() + NONE_FOR_S, abs=60)
    book.execute("UPDATE answers SET expires = 1")
    book.commit()
    service.say([ARZA])
    assert make().geocode("Nowhere")
    [(left,)] = book.execute("SELECT expires FROM answers").fetchall()
    assert left == pytest.approx(time.time() + FOUND_FOR_S, abs=60)
    book.close()


BROKEN = {
    "500": (b"[]", 500, {}),
    "503 with retry": (b"[]", 503, {"Retry_After": "1"}),
    "400": (b"[]", 400, {}),
    "no JSON": (b"<html>Welcome to the hotel</html>", 200, {}),
    "half an answer": (json.dumps([ARZA]).encode()[:-9], 200, {}),
    "empty body": (b"", 200, {}),
    "null": (b"null", 200, {}),
    "false": (b"false", 200, {}),
    "object": (b"{}", 200, {}),
    "an error in words": (b'{"error": "out of order"}', 200, {}),
    "not UTF-8": (b'[{"name": "\xff"}]', 200, {}),
    "deep": (b"[" * 100_000, 200, {}),
    "strings": (b'["Arza"]', 200, {}),
    "no lat": (json.dumps([{**ARZA, "lat": None}]).encode(), 200, {}),
    "lat missing": (json.dumps([{k: v for k, v in ARZA.items() if k != "lat"}]).encode(), 200, {}),
    "lon nan": (json.dumps([{**ARZA, "lon": "nan"}]).encode(), 200, {}),
    "lon NaN": (json.dumps([{**ARZA, "lon": float("nan")}]).encode(), 200, {}),
    "lat inf": (json.dumps([{**ARZA, "lat": "1e999"}]).encode(), 200, {}),
    "lat 91": (json.dumps([{**ARZA, "lat": "91"}]).encode(), 200, {}),
    "null island": (json.dumps([{**ARZA, "lat": "0.0", "lon": "-0.0"}]).encode(), 200, {}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_errors_are_errors_and_never_remembered(case: str, service: Service, make: Callable[..., Geocoder]) -> None:
    body, status, headers = BROKEN[case]
    service.say(body, status, **headers)
    geocoder = make()
    with pytest.raises(GeocoderError, match=geocoder.settings.host):
        geocoder.geocode("Arza")
    service.say([ARZA])
    assert geocoder.geocode("Arza")[0].name == "Arzah"  # one failure does not end the run, and left nothing behind
    assert len(service.requests) == 2


def test_unusable_candidates_do_not_cost_the_good_ones(service: Service, make: Callable[..., Geocoder]) -> None:
    nameless = {"lat": "1", "lon": "1", "osm_type": "node", "osm_id": 3}
    odd = {
        "lat": "2",
        "lon": "2",
        "name": "Odd \ud800",
        "class": 7,
        "type": [],
        "address": "x",
        "boundingbox": ["x"] * 4,
    }
    service.say([{**ARZA, "lon": "nan"}, nameless, "text", odd, {**ARZA, "osm_id": 5}])
    first, second = make().geocode("Arza")
    assert (first.id, first.name, first.feature_code) == ("nominatim:2.00000,2.00000", "Odd ?", "BLDG")
    assert second.id == "nominatim:N5"


def test_answers_from_another_country_are_dropped(service: Service, make: Callable[..., Geocoder]) -> None:
    stray = {**ARZA, "osm_id": 1, "address": {"country_code": "es"}}
    service.say([stray, {**ARZA, "osm_id": 2, "address": {}}, ARZA])
    assert [place.id for place in make().geocode("Arza", country="SY")] == ["nominatim:N2414"]
    service.say([stray])
    geocoder = make()
    assert geocoder.geocode("Elsewhere", country="SY") == ()
    assert geocoder.geocode("Elsewhere", country="SY") == ()
    assert len(service.requests) == 2  # once in this run
    make().geocode("Elsewhere", country="SY")
    assert len(service.requests) == 3  # but it was no genuine "none"


@pytest.mark.parametrize("status", [401, 403])
def test_refusal_stops_the_run(status: int, service: Service, make: Callable[..., Geocoder]) -> None:
    make().geocode("Arza")
    service.say(b"blocked", status)
    geocoder = make()
    for name in ("Bazam", "al-Samsam"):
        with pytest.raises(GeocoderError, match=f"it answered {status}"):
            geocoder.geocode(name)
    assert len(service.requests) == 2
    assert geocoder.geocode("Arza")  # what is remembered needs no service
    host = geocoder.settings.host
    assert (geocoder.report() or "").startswith(
        f"geocoder: 1 name sent to {host} (Bazam), 0 found, 1 from cache; given up: it "
    )
    assert (geocoder.report() or "").endswith("; 1 name not sent")


@pytest.mark.parametrize("retry_after", ["86400", "9" * 30, "Fri, 31 Dec 2100 23:59:59 GMT"])
def test_busy_service_that_asks_for_much_patience_is_left_alone(
    retry_after: str, service: Service, make: Callable[..., Geocoder]
) -> None:
    service.say(b"", 429, Retry_After=retry_after)
    geocoder, started = make(), time.monotonic()
    for name in ("Arza", "Bazam"):
        with pytest.raises(GeocoderError, match="429 Too Many Requests"):
            geocoder.geocode(name)
    assert len(service.requests) == 1
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("retry_after", ["0", "-5", "soon"])
def test_busy_service_is_asked_once_more(retry_after: str, service: Service, make: Callable[..., Geocoder]) -> None:
    def act(handler: BaseHTTPRequestHandler) -> None:
        service.act = None
        handler.send_response(429)
        handler.send_header("Retry-After", retry_after)
        handler.end_headers()

    service.act = act
    geocoder = make()
    assert geocoder.geocode("Arza")
    assert len(service.requests) == 2
    assert (geocoder.report() or "").startswith("geocoder: 1 name sent")


def test_busy_service_that_stays_busy_stops_the_run(service: Service, make: Callable[..., Geocoder]) -> None:
    service.say(b"", 429, Retry_After="0")
    geocoder = make()
    for name in ("Arza", "Bazam"):
        with pytest.raises(GeocoderError, match="429"):
            geocoder.geocode(name)
    assert len(service.requests) == 2


def test_three_failures_in_a_row_stop_the_run(service: Service, make: Callable[..., Geocoder]) -> None:
    geocoder = make()
    for status in (500, 500, 200, 500, 500, 500, 500):
        service.say([ARZA] if status == 200 else b"", status)
        name = f"Arza {'abcdefg'[len(service.requests)]}"
        if status == 200:
            assert geocoder.geocode(name)
        else:
            with pytest.raises(GeocoderError, match="500"):
                geocoder.geocode(name)
    assert len(service.requests) == 6


def test_many_names_are_shortened_in_the_report_and_all_there_to_ask_for(make: Callable[..., Geocoder]) -> None:
    geocoder = make()
    names = [f"Arza {letter}" for letter in "abcdef"]
    for name in names:
        geocoder.geocode(name)
    assert "(Arza a, Arza b, Arza c, Arza d, Arza e, ...)" in (geocoder.report() or "")
    assert geocoder.sent == tuple(names)


def test_budget_of_a_run(service: Service, make: Callable[..., Geocoder]) -> None:
    geocoder = make(budget=2)
    assert geocoder.geocode("Arza a")
    assert geocoder.geocode("Arza b")
    for _ in range(2):
        with pytest.raises(GeocoderError, match="the budget of 2 requests is spent"):
            geocoder.geocode("Arza c")
    assert geocoder.geocode("Arza a")
    host = geocoder.settings.host
    assert geocoder.report() == (
        f"geocoder: 2 names sent to {host} (Arza a, Arza b), 2 found, 1 from cache; 2 names not sent, "
        "the budget of 2 requests is spent"
    )
    assert geocoder.sent == ("Arza a", "Arza b")  # neither what was remembered nor what was refused
    assert len(service.requests) == 2
    assert make(budget=2).geocode("Arza c")


def test_copies_in_other_processes_share_budget_and_breaker(service: Service, make: Callable[..., Geocoder]) -> None:
    geocoder = make(budget=2)
    copy = pickle.loads(pickle.dumps(geocoder))  # noqa: S301
    geocoder.geocode("Arza a")
    copy.geocode("Arza b")
    with pytest.raises(GeocoderError, match="budget"):
        geocoder.geocode("Arza c")
    assert (geocoder.report() or "").startswith("geocoder: 2 names sent")
    assert len(service.requests) == 2


def test_slow_service_loses_little_time_once(
    service: Service, make: Callable[..., Geocoder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geocoder_module, "FIRST_ANSWER_S", 0.2)
    done = threading.Event()
    service.act = lambda _: done.wait(20) and None
    geocoder, started = make(timeout_s=60), time.monotonic()
    for name in ("Arza", "Bazam", "al-Samsam"):
        with pytest.raises(GeocoderError, match=r"no answer within 0\.2 s"):
            geocoder.geocode(name)
    assert time.monotonic() - started < 4
    assert len(service.requests) == 1
    done.set()


def test_drop_by_drop_is_slow_too(service: Service, make: Callable[..., Geocoder]) -> None:
    hung_up = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                time.sleep(0.02)
                handler.wfile.write(b" ")
        except OSError:
            hung_up.set()

    service.act = drip
    with pytest.raises(GeocoderError, match="no answer within"):
        make(timeout_s=0.3).geocode("Arza")
    assert hung_up.wait(10)  # the abandoned request does not read on for ever


def test_host_name_that_is_looked_up_for_ever(make: Callable[..., Geocoder], monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    asked: list[object] = []

    def getaddrinfo(host: object, *_: object, **__: object) -> list[object]:
        asked.append(host)
        done.wait(20)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    geocoder = make(url="http://nominatim.invalid", timeout_s=0.2)
    for name in ("Arza", "Bazam"):
        with pytest.raises(GeocoderError, match="no answer within"):
            geocoder.geocode(name)
    done.set()
    assert asked == ["nominatim.invalid"]


def test_no_network_stops_the_run_at_once(make: Callable[..., Geocoder]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # free again below: nobody listens there
    geocoder = make(url=f"http://127.0.0.1:{port}")
    for name in ("Arza", "Bazam"):
        with pytest.raises(GeocoderError, match="cannot be reached"):
            geocoder.geocode(name)
    assert (geocoder.report() or "").endswith("1 name not sent")


def test_huge_answer_is_not_read_whole(service: Service, make: Callable[..., Geocoder]) -> None:
    sent: list[int] = []

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(50 << 20))
        handler.end_headers()
        try:
            for _ in range(50):
                handler.wfile.write(b" " * (1 << 20))
                sent.append(1 << 20)
        except OSError:
            pass
        finally:
            closed.set()

    closed = threading.Event()
    service.act = act
    with pytest.raises(GeocoderError, match="longer than 1048576 bytes"):
        make().geocode("Arza")
    assert closed.wait(10)
    assert sum(sent) < 30 << 20  # what lies in the sockets' buffers


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(status: int, service: Service, make: Callable[..., Geocoder]) -> None:
    service.say(b"", status, Location=f"{service.url}/elsewhere?q=Arza")
    geocoder = make()
    with pytest.raises(GeocoderError, match=r"a redirect to .*/elsewhere"):
        geocoder.geocode("Arza")
    with pytest.raises(GeocoderError, match="was not asked"):
        geocoder.geocode("Bazam")
    assert [path for path, _, _ in service.requests] == ["/search"]


def test_photon(service: Service, make: Callable[..., Geocoder]) -> None:
    about = {"osm_type": "N", "osm_id": 5, "osm_key": "place", "osm_value": "village", "type": "city",
             "countrycode": "SY", "name": "Arzah", "state": "Hama Governorate", "county": "Hama District",
             "extent": [36.60, 35.32, 36.62, 35.30]}  # fmt: skip
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.61, 35.31]}, "properties": about}
    bare = {"geometry": {"coordinates": [36.61, 35.31]}}
    elsewhere = {**feature, "properties": {**about, "countrycode": "ES", "osm_id": 6}}
    service.say({"type": "FeatureCollection", "features": [bare, elsewhere, feature]})
    [place] = make(provider="photon").geocode("Arza", country="SY")
    assert (place.id, place.lon, place.lat, place.feature_code) == ("photon:N5", 36.61, 35.31, "PPL")
    assert (place.country, place.admin1, place.admin2) == ("SY", "Hama Governorate", "Hama District")
    assert 1400 < place.uncertainty_m < 1450
    [(path, query, _)] = service.requests
    assert (path, query) == ("/api", {"q": "Arza", "lang": "en", "limit": "5"})
    service.say({"type": "FeatureCollection", "features": []})
    assert make(provider="photon").geocode("Nowhere") == ()


def test_pelias(service: Service, make: Callable[..., Geocoder]) -> None:
    about = {"gid": "whosonfirst:locality:4", "layer": "locality", "name": "Arzah", "country_code": "SY",
             "country_a": "SYR", "region": "Hama", "county": "Hama District"}  # fmt: skip
    feature = {"geometry": {"coordinates": [36.61, 35.31]}, "properties": about, "bbox": [36.6, 35.3, 36.62, 35.32]}
    service.say({"features": [{**feature, "properties": {**about, "gid": f"x:{n}"}} for n in range(9)]})
    geocoder = make(provider="pelias", api_key="secret")
    places = geocoder.geocode("Arza", country="SY")
    assert [place.id for place in places] == [f"pelias:x:{n}" for n in range(5)]
    assert (places[0].feature_code, places[0].country, places[0].admin1) == ("PPL", "SY", "Hama")
    [(path, query, _)] = service.requests
    assert path == "/v1/search"
    assert query == {"text": "Arza", "boundary.country": "SY", "lang": "en", "api_key": "secret"}
    assert "secret" not in repr(geocoder.settings)


@pytest.mark.parametrize("provider", ["photon", "pelias"])
@pytest.mark.parametrize("answer", [[], {}, {"features": None}, {"features": [{"geometry": {"coordinates": [0, 0]}}]}])
def test_broken_geojson(provider: str, answer: object, service: Service, make: Callable[..., Geocoder]) -> None:
    service.say(answer)
    with pytest.raises(GeocoderError, match="makes no sense"):
        make(provider=provider).geocode("Arza")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "2017",
        "Clashes broke out near Hama " * 9,
        "desk@example.org",
        "https://example.org/a",
        "Ha\0ma",
        "\ud800a",
    ],
)
def test_only_names_leave_the_machine(text: str, service: Service, make: Callable[..., Geocoder]) -> None:
    geocoder = make()
    assert geocoder.geocode(text) == ()
    assert not service.requests
    assert geocoder.report() is None


def test_making_one_touches_nothing(make: Callable[..., Geocoder], tmp_path: Path) -> None:
    assert make().report() is None
    assert not list(tmp_path.iterdir())


def test_cache_is_the_users_alone(make: Callable[..., Geocoder], tmp_path: Path) -> None:
    make().geocode("Arza")
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "cache" / "geocoder.sqlite").stat().st_mode) == 0o600


def test_unusable_cache_says_so_and_asks_nothing(
    service: Service, make: Callable[..., Geocoder], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a database, though long enough for a header of one\n" * 9)
    for cache in (tmp_path / "file", tmp_path / "file" / "below", tmp_path):
        geocoder = make(cache=cache)
        with pytest.raises(GeocoderError, match="cannot be used"):
            geocoder.geocode("Arza")
        assert "cannot be used" in (geocoder.report() or "")
    assert not service.requests


def test_cache_of_another_version_is_started_anew(
    service: Service, make: Callable[..., Geocoder], tmp_path: Path
) -> None:
    make().geocode("Arza")
    book = sqlite3.connect(tmp_path / "cache" / "geocoder.sqlite")
    book.execute("PRAGMA user_version = 99")
    book.close()
    assert make().geocode("Arza")
    assert len(service.requests) == 2


def test_remembered_places_of_another_shape_are_asked_again(
    service: Service, make: Callable[..., Geocoder], tmp_path: Path
) -> None:
    make().geocode("Arza")
    book = sqlite3.connect(tmp_path / "cache" / "geocoder.sqlite")
    book.execute("""UPDATE answers SET places = '[{"id": "x", "title": "of old"}]'""")
    book.commit()
    book.close()
    assert make().geocode("Arza")[0].name == "Arzah"
    assert len(service.requests) == 2


RESERVE = """
import sys, time, pathlib, gazetteer.ledger
ledger = gazetteer.ledger.Ledger(path=pathlib.Path(sys.argv[1]), run=sys.argv[2])
print("ready", flush=True)
input()
for _ in range(25):
    print(ledger.reserve("host", interval_s=1, budget=25) + time.time())
"""


def test_processes_share_one_limiter(tmp_path: Path) -> None:
    # The moments are reserved, not waited for: fifty requests would take fifty seconds.
    command = [sys.executable, "-c", RESERVE, str(tmp_path / "book")]
    pipe = subprocess.PIPE
    workers = [subprocess.Popen([*command, run], stdin=pipe, stdout=pipe, text=True) for run in ("one", "two")]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    moments = sorted(float(line) for worker in workers for line in worker.communicate(timeout=60)[0].split())
    assert len(moments) == 50
    assert min(after - before for before, after in itertools.pairwise(moments)) > 0.5


def test_geocoders_wait_for_one_another(service: Service, make: Callable[..., Geocoder]) -> None:
    one, two = make(interval_s=0.3), make(interval_s=0.3)
    started = time.monotonic()
    one.geocode("Arza a")
    two.geocode("Arza b")
    two.geocode("Arza a")  # remembered: no wait
    assert time.monotonic() - started > 0.29
    assert len(service.requests) == 2


def test_clock_set_back_does_not_lock_the_service(tmp_path: Path) -> None:
    ledger = Ledger(path=tmp_path / "book", run="a")
    ledger.postpone("host", 4000)
    assert ledger.reserve("host", interval_s=1, budget=9) == 0
    assert 0.5 < ledger.reserve("host", interval_s=1, budget=9) <= 1
    assert ledger.reserve("other", interval_s=1, budget=9) == 0


def test_ledger_keys_ignore_case(tmp_path: Path) -> None:
    ledger = Ledger(path=tmp_path / "book", run="a")
    ledger.remember(Question(url="u", query="STRASSE", country=None, language="en"), ())
    assert ledger.recall(Question(url="u", query="straße", country=None, language="en")) == ()
    assert ledger.recall(Question(url="u", query="strasse", country="DE", language="en")) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"provider": "google"}, "choose one of nominatim, photon, pelias"),
        ({"provider": "pelias"}, "needs a url"),
        ({"url": "file:///etc/passwd"}, "needs a url"),
        ({"url": "nominatim.example.org"}, "needs a url"),
        ({"url": "https://user:word@example.org"}, "needs a url"),
        ({"url": "https://example.org/?q="}, "needs a url"),
        ({"budget": -1}, "budget"),
        ({"timeout_s": 0}, "timeout"),
        ({"timeout_s": float("nan")}, "timeout"),
        ({"interval_s": 0.5}, "interval"),
        ({"provider": "photon", "interval_s": 0}, "interval"),
    ],
)
def test_settings_check_themselves(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GeocoderSettings(**settings)


def test_defaults_keep_to_the_terms_of_use() -> None:
    settings = GeocoderSettings()
    assert (settings.host, settings.budget, settings.interval_s) == ("nominatim.openstreetmap.org", 25, 1.0)
    assert settings.timeout_s < 5
    with pytest.raises(ValueError, match="alpha-2"):
        Geocoder(settings).geocode("Arza", country="Syria")
