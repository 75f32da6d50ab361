"""One small document with two events, written by hand, for the tests of what becomes of them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

from gazetteer.places import Place
from geoevents.records import Candidate, Document, Event, EventReport, PlaceMention, Report

TEXT = "About 2,200 were killed near Hama. Talks went on in Geneva."
HAMA = Place(
    id="geonames:170017", name="Ḩamāh", lon=36.7578123456, lat=35.1318, feature_class="P", feature_code="PPLA",
    country="SY", admin1="Hama", population=460602, uncertainty_m=5000,
)  # fmt: skip
OTHER = replace(HAMA, id="geonames:1", name="Hama (Japan)", lon=-0.0, lat=34.5)
NEAR_HAMA = PlaceMention(
    text="Hama", start=29, end=33, place=HAMA, position=HAMA.position, uncertainty_m=10_000, confidence=0.91,
    candidates=(
        Candidate(place=HAMA, score=3.0, confidence=0.91), Candidate(place=OTHER, score=1.0, confidence=0.05),
    ),
    relation="near", reason="best known of its name",
)  # fmt: skip
DOCUMENT = Document(id="seeds/a.txt", text=TEXT, title="Clashes", source="SANA", published=date(2017, 3, 30))
EVENT = Event(
    id="e1", event_type="ASSAULT", event_mode=None, contexts=("military",), event_group="g1", trigger="killed",
    trigger_start=17, trigger_end=23, sentence=TEXT[:34], sentence_start=0, sentence_end=34, actors=("army",),
    fatalities_low=2000, fatalities_best=2200, fatalities_high=None, attribution="SANA",
    date_start=date(2017, 3, 24), date_end=date(2017, 3, 30), date_text="in less than a week", time_precision=2,
    place=NEAR_HAMA, event_confidence=0.8, document_id="seeds/a.txt", document_title="Clashes", source="SANA",
    published=date(2017, 3, 30),
    reports=(
        EventReport(document_id="seeds/a.txt", document_title="Clashes", source="SANA", url=None,
                    published=date(2017, 3, 30), sentence=TEXT[:34], sentence_start=0, sentence_end=34,
                    attribution="SANA", figures=(("fatalities", (2000, 2200, None)),)),
    ),
)  # fmt: skip
BARE = Event(
    id="e2", event_type="CONSULT", event_group="g2", trigger="Talks", trigger_start=35, trigger_end=40,
    sentence=TEXT[35:], sentence_start=35, sentence_end=59, document_id="seeds/a.txt",
)  # fmt: skip
REPORT = Report(document=DOCUMENT, places=(NEAR_HAMA,), events=(EVENT, BARE), notes=("cut at 100 sentences",))


def read_csv(text: str) -> list[dict[str, str]]:
    """The rows of a CSV, whose cells may be longer than Python's reader takes."""
    limit = csv.field_size_limit(10_000_000)
    try:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    finally:
        csv.field_size_limit(limit)
