"""Reports of one event each, written by hand, for the tests of merging across documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from placed import IDLIB, mention_in

from gazetteer.places import Place
from geoevents.records import Document, Event, EventReport, Report

MONDAY = date(2017, 3, 27)


def report(
    outlet: str,
    sentence: str = "Warplanes bombed a market in Idlib on Monday, killing 12 people, medics said.",
    trigger: str = "bombed",
    *,
    at: Place | None = IDLIB,
    day: date | None = MONDAY,
    published: date | None = MONDAY,
    fatalities: int | None = 12,
    more: str = "",
    **fields: Any,
) -> Report:
    """A document of one sentence, and `more`, with the event that its trigger tells of; `fatalities` are all three."""
    text = f"{sentence} {more}".strip()
    place = mention_in(text, at.name, at) if at else None
    figures = (("fatalities", (fatalities, fatalities, fatalities)),) if fatalities is not None else ()
    start = text.index(trigger)
    told = EventReport(
        document_id=outlet, document_title=None, source=outlet, url=None, published=published, sentence=sentence,
        sentence_start=0, sentence_end=len(sentence), figures=figures,
    )  # fmt: skip
    dated = {"date_start": day, "date_end": day, "time_precision": 1} if day else {}
    counted = {f"fatalities_{bound}": fatalities for bound in ("low", "best", "high")}
    event = {
        "id": f"id {outlet}", "event_type": "ASSAULT", "event_group": f"group {outlet}", "trigger": trigger,
        "trigger_start": start, "trigger_end": start + len(trigger), "sentence": sentence, "sentence_start": 0,
        "sentence_end": len(sentence), "place": place, "document_id": outlet, "source": outlet,
        "published": published, "reports": (told,), **dated, **counted, **fields,
    }  # fmt: skip
    return Report(
        document=Document(text=text, id=outlet, source=outlet, published=published),
        places=(place,) if place else (),
        events=(Event(**event),),
    )
