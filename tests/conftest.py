"""What holds for all tests: nothing reaches beyond this machine, and nothing depends on its speed or on chance."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from geoevents.pipeline import Pipeline

settings.register_profile("geoevents", deadline=None, derandomize=True)
settings.load_profile("geoevents")


def _stay_here(event: str, arguments: tuple[object, ...]) -> None:
    if event not in ("socket.connect", "socket.getaddrinfo"):
        return
    host = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
    host = host[0] if isinstance(host, tuple) else host
    if not isinstance(host, str) or host in ("", "localhost") or (event == "socket.connect" and host.startswith("/")):
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise AssertionError(f"a test reached for the network: {event} {host}")


sys.addaudithook(_stay_here)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's own cache folder is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    """The pipeline on the bundled data, loaded once for all tests; they must not change it."""
    return Pipeline.load()
