"""The last resort for names that no gazetteer knows: a geocoding service, asked through geopy, carefully.

A name leaves the machine, never a text; at most one request a second from the whole machine, and a few a run; every
answer is remembered and none believed unchecked. The one file that imports geopy.geocoders.
"""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .answers import candidates, read_places
from .errors import GeocoderError
from .ledger import Ledger, Question
from .places import Place

if TYPE_CHECKING:
    from .transport import RequestError

PROVIDERS = {
    "nominatim": "https://nominatim.openstreetmap.org",
    "photon": "https://photon.komoot.io",
    "pelias": "",
}
"""Service -> its public instance; Pelias has none that is free for all."""

LIMIT = 5
"""Candidates asked for: the resolver chooses."""

FIRST_ANSWER_S = 4.5
"""Longest wait for a run's first answer, whatever the settings: what a machine without network loses, once a run."""

BUSY_S = 5.0
"""Longest wait that a 429 may ask for; a service that wants more of it is not asked again in this run."""

FAILURES = 3
"""Failures in a row that end asking for this run."""

NAMES_SHOWN = 5
"""How many of the names that were sent a report spells out."""

LONGEST_NAME = 100
"""Characters; anything longer is no name of a place, and does not leave the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocoderSettings:
    """Which service to ask, and how much. Checks itself: ValueError says what is wrong.

    `url` is the service's address ("https://nominatim.example.org", with a path where it has one), by default the
    public instance. `budget` counts requests of one run. `timeout_s` is for one whole request; `interval_s` lies
    between any two requests of this machine to one host. `cache` is a file, by default in the user's cache folder.
    `language` is an Accept-Language list for the names that come back. `user_agent` should name who asks.
    """

    provider: str = "nominatim"
    url: str = ""
    api_key: str | None = field(default=None, repr=False)
    budget: int = 25
    timeout_s: float = 4.0
    interval_s: float = 1.0
    cache: Path | None = None
    language: str = "en"
    user_agent: str = ""

    def __post_init__(self) -> None:
        if self.provider not in PROVIDERS:
            raise ValueError(f"unknown geocoder {self.provider!r}; choose one of {', '.join(PROVIDERS)}")
        if not self.url:
            object.__setattr__(self, "url", PROVIDERS[self.provider])
        object.__setattr__(self, "url", self.url.rstrip("/"))
        parts = urlsplit(self.url)
        odd = parts.query or parts.fragment or parts.username is not None
        if parts.scheme not in ("http", "https") or not parts.hostname or odd:
            raise ValueError(f"the geocoder {self.provider} needs a url such as https://host/path, not {self.url!r}")
        if self.budget < 0:
            raise ValueError(f"the geocoder's budget must be 0 or more requests, not {self.budget}")
        if not 0 < self.timeout_s <= 60:
            raise ValueError(f"the geocoder's timeout must be in 0 to 60 s, not {self.timeout_s}")
        public = self.url in PROVIDERS.values()
        if not (1 if public else 0) <= self.interval_s <= 60:  # the services' terms of use, not ours to bend
            raise ValueError(f"the geocoder's interval must be in {1 if public else 0} to 60 s, not {self.interval_s}")

    @property
    def host(self) -> str:
        """The service's host, with its port where it has one."""
        return urlsplit(self.url).netloc.lower()


class Geocoder:
    """Asks a geocoding service for names of places.

    All that it knows lies in the cache file, under a run's number: a copy of it in another process shares the run's
    budget, and creating one touches nothing. A new object is a new run.
    """

    def __init__(self, settings: GeocoderSettings | None = None) -> None:
        self.settings = settings or GeocoderSettings()
        self._run = secrets.token_hex(8)
        self._trouble: str | None = None
        self._elsewhere: set[Question] = set()
        self._sent: list[str] = []

    def geocode(self, name: str, *, country: str | None = None) -> tuple[Place, ...]:
        """The places of that name, in the service's order, at most five; () if the service knows none.

        `country` is an ISO 3166-1 alpha-2 code; places elsewhere are left out. What cannot be a name (a sentence, a
        number, an address of the net) is not sent and has no places. Raises GeocoderError when there is no answer: the
        service refused or failed, or the run's budget is spent. Remembered answers are there even then.
        """
        if country is not None and not re.fullmatch("[A-Za-z]{2}", country):
            raise ValueError(f"country must be an ISO 3166-1 alpha-2 code such as 'SY', not {country!r}")
        query = _as_query(name)
        if query is None:
            return ()
        settings = self.settings
        question = Question(
            url=f"{settings.provider} {settings.url}",
            query=query,
            country=country.upper() if country else None,
            language=settings.language,
        )
        try:
            return self._ask(question)
        except GeocoderError as error:
            self._trouble = str(error)
            raise

    @property
    def sent(self) -> tuple[str, ...]:
        """The names that this object sent, in order."""
        return tuple(self._sent)

    def report(self) -> str | None:
        """One line that says which service was sent which names; None if it was sent none and none failed."""
        if self._trouble is None and not self._path().exists():
            return None
        try:
            run = self._ledger().read()
        except GeocoderError as error:
            return f"geocoder: {error}"
        if not run.sent and not run.refused:
            return f"geocoder: {self._trouble}" if self._trouble else None
        names = ", ".join(self._sent[:NAMES_SHOWN]) + (", ..." if len(self._sent) > NAMES_SHOWN else "")
        line = f"geocoder: {_names(run.sent)} sent to {self.settings.host}{f' ({names})' if names else ''}"
        line += f", {run.found} found, {run.cached} from cache"
        if run.stopped:
            line += f"; given up: {run.stopped}"
        if run.refused:
            line += f"; {_names(run.refused)} not sent"
            line += "" if run.stopped else f", the budget of {self.settings.budget} requests is spent"
        return line

    def _ask(self, question: Question) -> tuple[Place, ...]:
        ledger = self._ledger()
        known = () if question in self._elsewhere else ledger.recall(question)
        if known is not None:
            return known
        entries = self._request(ledger, question)
        places = read_places(self.settings.provider, entries, question.country)
        ledger.succeed(found=bool(places))
        if places or not entries:
            ledger.remember(question, places)
        else:  # all of them in other countries, or nameless: not a "none" to remember beyond this run
            self._elsewhere.add(question)
        return places

    def _request(self, ledger: Ledger, question: Question) -> list[Any]:
        """The candidates as they came. Waits for its turn; after one 429 that asks for little patience, once more."""
        from .transport import RequestError

        settings = self.settings
        reserve = partial(ledger.reserve, settings.host, interval_s=settings.interval_s, budget=settings.budget)
        for again in (False, True):
            wait = reserve(again=again)
            if not again:
                self._sent.append(question.query)
            time.sleep(wait)
            answered = ledger.read().answered > 0
            timeout_s = settings.timeout_s if answered else min(settings.timeout_s, FIRST_ANSWER_S)
            try:
                return self._fetch(question, timeout_s)
            except RequestError as failure:
                wait = failure.retry_after if failure.retry_after is not None else 2 * settings.interval_s
                if failure.kind == "busy" and wait <= BUSY_S and not again:
                    ledger.postpone(settings.host, wait)
                    continue
                raise self._give_up(ledger, failure, answered=answered) from failure
        raise AssertionError("unreachable: the second turn returns or raises")

    def _give_up(self, ledger: Ledger, failure: RequestError, *, answered: bool) -> GeocoderError:
        """Writes the failure down and makes the error of it.

        A refusal, a service that is too busy and a network that is not there end the run at once, a time-out before
        anything was ever answered is taken for the latter; other failures may pass.
        """
        passing = failure.kind == "broken" or (failure.kind == "timeout" and answered)
        ledger.fail(str(failure), allowed=FAILURES if passing else 1)
        return GeocoderError(f"{self.settings.host}: {failure}")

    def _fetch(self, question: Question, timeout_s: float) -> list[Any]:
        import geopy.exc
        import geopy.geocoders

        from .transport import CheckedAdapter, RequestError

        settings = self.settings
        parts = urlsplit(settings.url)
        passed: list[Any] = []

        def check(payload: object) -> object:
            # geopy knows the services' addresses and parameters; what they answer we read ourselves, for its own
            # reading makes 0,0 of what is missing and stumbles over the rest, so it gets to see an empty answer.
            passed.extend(candidates(settings.provider, payload))
            return [] if settings.provider == "nominatim" else {"features": []}

        common: dict[str, Any] = {
            "scheme": parts.scheme,
            "domain": parts.netloc + parts.path,
            "timeout": timeout_s,
            "user_agent": settings.user_agent or _user_agent(),
            "adapter_factory": partial(CheckedAdapter, check=check),
        }
        asked: dict[str, Any] = {"exactly_one": False, "language": settings.language}
        if settings.provider == "nominatim":
            service = geopy.geocoders.Nominatim(**common)
            asked |= {"limit": LIMIT, "addressdetails": True, "extratags": True, "country_codes": question.country}
        elif settings.provider == "photon":  # knows no filter by country
            service = geopy.geocoders.Photon(**common)
            asked |= {"limit": LIMIT}
        else:  # knows no limit
            service = geopy.geocoders.Pelias(**common, api_key=settings.api_key)
            asked |= {"countries": [question.country] if question.country else None}
        try:
            service.geocode(question.query, **asked)
        except geopy.exc.GeopyError as error:
            raise RequestError("refused", f"geopy would not ask it ({error})") from error
        return passed[:LIMIT]

    def _path(self) -> Path:
        if self.settings.cache is not None:
            return self.settings.cache
        import platformdirs

        return platformdirs.user_cache_path("geoevents", appauthor=False) / "geocoder.sqlite"

    def _ledger(self) -> Ledger:
        return Ledger(path=self._path(), run=self._run)


def _as_query(name: str) -> str | None:
    """The name as it is sent, white space made even; None for what cannot be the name of a place."""
    visible = (c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) != "Cf")
    query = " ".join("".join(visible).split())
    odd = any(unicodedata.category(c).startswith("C") for c in query)
    if odd or len(query) > LONGEST_NAME or "@" in query or "://" in query or not any(map(str.isalpha, query)):
        return None
    return query


def _user_agent() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"geoevents/{version('geoevents')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "geoevents"


def _names(count: int) -> str:
    return f"{count} name" if count == 1 else f"{count} names"
