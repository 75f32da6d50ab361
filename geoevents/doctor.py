"""Checks of an installation: what is there, what is not, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

REINSTALL = "pip install --force-reinstall geoevents"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NETWORK_S = 4.0
"""Longest wait for the network: twice as long as a slow answer takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. `ok` is None where something optional is missing: nothing but it stops working."""

    what: str
    ok: bool | None
    detail: str
    advice: str | None = None
    cause: BaseException | None = None


def examine(*, offline: bool = False, model: str | None = None, gazetteer: Path | None = None) -> Iterator[Finding]:
    """Look at everything that a run needs, one Finding each, as they come."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("python", _check_python),
        ("gazetteer", lambda: _check_gazetteer(gazetteer)),
        ("model", lambda: _check_model(model)),
        ("map", _check_map),
        ("cache", _check_cache),
        ("network", lambda: _check_network(offline)),
        ("browser", _check_browser),
    )
    for what, check in checks:
        try:
            yield replace(check(), what=what)
        except Exception as error:  # whatever is wrong with one thing, the others are looked at too
            advice = None if ": " in str(error) else f"reinstall it: {REINSTALL}"
            detail = str(error) or type(error).__name__
            yield Finding(what=what, ok=False, detail=detail, advice=advice, cause=error)


def _found(detail: str, ok: bool | None = True, advice: str | None = None) -> Finding:
    return Finding(what="", ok=ok, detail=detail, advice=advice)


def _check_python() -> Finding:
    ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    advice = None if ok else "geoevents is made for Python 3.11 to 3.13: make a virtual environment with one of them"
    return _found(f"{platform.python_version()} at {sys.executable}", ok, advice)


def _check_gazetteer(path: Path | None) -> Finding:
    from gazetteer.store import Gazetteer

    store = Gazetteer.open(path)
    store.verify()
    info = store.info()
    return _found(f"{info.places:,} places, {info.names:,} names, {info.bytes / 1e6:.1f} MB, whole ({info.path})")


def _check_model(model: str | None) -> Finding:
    from .language import load_language

    language = load_language(model)
    words = [(entity.text, entity.label_) for entity in language("Clashes broke out near Hama in Syria.").ents]
    name = f"{language.meta.get('name')} {language.meta.get('version')}"
    if not words:
        return _found(f"{name} runs but finds no names", False, "choose a pipeline that recognises names, see --model")
    return _found(f"{name} runs: {', '.join(f'{text} {label}' for text, label in words)}")


def _check_map() -> Finding:
    from .api import check_basemap, load_maps

    check_basemap("world")
    return _found(f"base map there ({Path(str(load_maps().__file__)).parent})")


def _check_cache() -> Finding:
    import platformdirs

    folder = platformdirs.user_cache_path("geoevents", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        advice = "the geocoder needs it: make it writable, set XDG_CACHE_HOME to a folder that is, or use --offline"
        return _found(f"{folder} is not writable ({error.strerror or error})", None, advice)
    return _found(f"{folder} is writable")


def _check_network(offline: bool) -> Finding:
    """Whether the geocoder's host answers; only a request for its front page is made, in a thread that may hang."""
    from gazetteer.geocoder import GeocoderSettings

    named, url = os.environ.get("GEOEVENTS_GEOCODER"), os.environ.get("GEOEVENTS_GEOCODER_URL")
    settings = GeocoderSettings(provider=named or "nominatim", url=url or "")
    if offline:
        return _found("not looked at: --offline")
    answers: list[str | BaseException] = []

    def ask() -> None:
        import urllib.error
        import urllib.request

        from . import __version__

        headers = {"User-Agent": f"geoevents/{__version__}"}
        request = urllib.request.Request(settings.url, headers=headers, method="HEAD")  # noqa: S310 - checked by settings
        try:
            urllib.request.urlopen(request, timeout=NETWORK_S).close()  # noqa: S310
            answers.append("answers")
        except urllib.error.HTTPError as error:
            answers.append(f"answers ({error.code})")
            error.close()
        except Exception as error:
            answers.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(NETWORK_S)
    if answers and isinstance(answers[0], str):
        return _found(f"{settings.host} {answers[0]}")
    reason = f" ({answers[0]})" if answers else ""
    advice = "nothing but the geocoder needs it; --offline, or GEOEVENTS_OFFLINE=1, spares the attempt"
    return _found(f"{settings.host} does not answer{reason}", None, advice)


def _check_browser() -> Finding:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser and driver:
        return _found(f"{browser}, {driver}: the browser tests can run")
    missing = " and ".join(name for name, there in (("Chromium", browser), ("chromedriver", driver)) if not there)
    advice = "only the tests of the map need it: apt install chromium chromium-driver, or your system's packages"
    return _found(f"no {missing}", None, advice)
