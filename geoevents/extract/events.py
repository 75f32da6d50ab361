"""From a parsed document and its places to the events it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from geoevents.encoder import find_tellings
from geoevents.layout import find_dateline
from geoevents.ontology import Ontology
from geoevents.records import BOUNDS, Document, Event, EventReport, PlaceMention, stable_id

from . import syntax
from .actors import find_actors
from .attribution import find_speaker
from .casualties import find_figures
from .dates import dateline_date, told_by_weekdays
from .fillers import choose_actors, choose_seen_date, choose_speaker, read_figures
from .location import earlier_place, link_places, place_there, stands_within
from .modality import judge_modality
from .quantities import Bounds
from .seen import choose_modality, weigh_triggers
from .tellings import SETTLED, SPOKEN, Story, Telling
from .timing import Dated, choose_date, find_spans, judge_time
from .triggers import Trigger, find_barred, find_triggers

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from geoevents.encoder import Tellings

COOPERATIVE = frozenset("AID CONSULT RETREAT COOPERATE CONCEDE SUPPORT".split())
CONFLICTUAL = frozenset("ASSAULT COERCE SANCTION MOBILIZE".split())
"""Types that, announced, are an AGREE or a THREATEN of today, as PLOVER codes them."""

MAX_SENTENCE = 400
"""Tokens of a sentence that is searched; a longer one is a list or an attack, and costs more than its length."""

SCENE_SENTENCES = 4
"""How many sentences back "the area" may have been named."""


def extract_events(
    doc: Doc,
    mentions: Sequence[PlaceMention],
    document: Document,
    ontology: Ontology,
    tells: Callable[[int, int], bool] | None = None,
) -> tuple[Event, ...]:
    """The events of a document in text order, one for each place an event has; those of every modality.

    `tells` says of a trigger's span whether it may tell of an event at all.
    Relative dates count from the dateline's full date, else from the publication; without both they stay unknown."""
    published = _day_of_report(document)
    places = _place_tokens(doc, mentions)
    by_sentence = _sorted_in(doc, mentions)
    weekdays = published is None and told_by_weekdays(document.text)
    story, seen = Story(), find_tellings(doc)
    for number, sentence in enumerate(doc.sents):
        if len(sentence) > MAX_SENTENCE:
            continue
        near = by_sentence[number]
        dates = find_spans(sentence, published, story.day)
        passed = places | {i for _, span in dates for i in range(span.start, span.end)}
        ruled = list(find_triggers(sentence, ontology, places, passed))
        if seen is not None:
            passed |= find_barred(sentence, ontology, places)
        triggers = [t for t in weigh_triggers(sentence, ruled, seen, passed) if tells is None or tells(*_span(t))]
        found = [_tell(t, near, dates, published, weekdays, seen) for t in triggers]
        figures = find_figures(sentence)
        if seen is not None:
            figures = read_figures(sentence, triggers, figures, seen)
        figures = [f for f in figures if found or _of_these_days(f.token, dates, published, weekdays)]
        story.add(number, sentence, found, figures, near, dates)
    return tuple(event for telling in story.dated() for event in _events(telling, document, ontology))


def _day_of_report(document: Document) -> date | None:
    """The day a text was written: a full date in its dateline ("HAMA, Syria, 3 May 2024 -"), else its publication."""
    start, end = find_dateline(document.text) or (0, 0)
    return dateline_date(document.text[start:end]) or document.published or dateline_date(document.text)


def _sorted_in(doc: Doc, mentions: Sequence[PlaceMention]) -> list[Sequence[PlaceMention]]:
    """For each sentence, its own place mentions and those of the few sentences before, in text order."""
    sentences = list(doc.sents)
    found: list[Sequence[PlaceMention]] = []
    first = last = 0
    for number, sentence in enumerate(sentences):
        begin = sentences[max(0, number - SCENE_SENTENCES)].start_char
        while first < len(mentions) and mentions[first].start < begin:
            first += 1
        while last < len(mentions) and mentions[last].start < sentence.end_char:
            last += 1
        found.append(mentions[first:last])
    return found


def _place_tokens(doc: Doc, mentions: Sequence[PlaceMention]) -> frozenset[int]:
    spans = [doc.char_span(m.start, m.end, alignment_mode="expand") for m in mentions if m.kind != "demonym"]
    return frozenset(i for span in spans if span is not None for i in range(span.start, span.end))


def _tell(
    trigger: Trigger,
    mentions: Sequence[PlaceMention],
    dates: Dated,
    published: date | None,
    weekdays: bool,
    seen: Tellings | None,
) -> Telling:
    token = trigger.token
    modality = choose_modality(trigger, judge_modality(token), seen)
    event_type, mode = trigger.rule.event_type, trigger.rule.mode
    places = link_places(token, mentions)
    if event_type in SETTLED:
        places = [(m, p) for m, p in places if stands_within(token, m)]
    when = choose_seen_date(trigger, dates, seen) or choose_date(token, dates)
    if modality == "future" and _has_subject(token) and event_type in COOPERATIVE | CONFLICTUAL:
        event_type, mode = ("AGREE" if event_type in COOPERATIVE else "THREATEN"), None
        modality, places, when = "asserted", [], None  # the announcement is of today, the date is the deed's
    elif modality == "asserted" and when is not None:
        modality = judge_time(when, published, weekdays)
    if event_type not in SPOKEN:
        there = place_there(token, mentions)
        back = there or (None if places else earlier_place(token, mentions))
        places = [(back, 0.5)] if back is not None else places
    speaker = choose_speaker(trigger, find_speaker(token), seen)
    actors, recipients = choose_actors(trigger, find_actors(trigger), speaker, seen)
    return Telling(
        trigger=trigger,
        event_type=event_type,
        mode=mode,
        modality=modality,
        places=tuple(places),
        actors=actors,
        recipients=recipients,
        attribution=speaker,
        when=when,
        refers=_refers(token),
        undated=not dates,
    )


def _span(trigger: Trigger) -> tuple[int, int]:
    words = trigger.token.doc[trigger.first : trigger.last + 1]
    return words.start_char, words.end_char


def _of_these_days(token: Token, dates: Dated, published: date | None, weekdays: bool) -> bool:
    """Whether a count that no trigger of its sentence explains is of the story's time: not "in 2019, 12 died"."""
    when = choose_date(token, dates)
    return when is None or judge_time(when, published, weekdays) == "asserted"


def _refers(token: Token) -> bool:
    """Whether a noun only sets the scene for what the sentence tells: "during the offensive", "after the attack"."""
    if token.pos_ in ("VERB", "AUX"):
        return False
    opening = [word.lower_ for word in token.sent if not word.is_space][:2]
    if opening[0] == "those" and opening[-1] in ("killed", "dead", "wounded", "injured"):
        return True
    before = [word.lower_ for word in token.doc[max(token.sent.start, token.i - 3) : token.i]]
    cases = {child.lower_ for child in token.children if child.dep_ == "case"} | set(before[:-1])
    articles = {child.lower_ for child in token.children if child.dep_ in ("det", "nmod:poss", "poss")} | set(
        before[-1:]
    )
    definite = articles & {"the", "this", "that", "these", "those", "its", "their"}
    return bool(cases & {"during", "after", "since", "following", "despite", "before", "amid"} and definite)


def _has_subject(token: Token) -> bool:
    return token.pos_ == "VERB" and bool(syntax.subjects(token))


def _events(telling: Telling, document: Document, ontology: Ontology) -> Iterator[Event]:
    trigger, sentence = telling.trigger, _trimmed(telling.sentence)
    doc = trigger.token.doc
    words = doc[trigger.first : trigger.last + 1]
    same = (trigger.rule.event_type, trigger.rule.mode) == (telling.event_type, telling.mode)
    acled = (
        (trigger.rule.acled if same else None) or ontology.crosswalk(telling.event_type, telling.mode) or (None, None)
    )
    counts = {
        f"{kind}_{bound}": value
        for kind, bounds in telling.figures.items()
        for bound, value in zip(BOUNDS, _numbers(bounds), strict=True)
    }
    group = stable_id(document.id, words.start_char, telling.event_type, telling.mode)
    when = telling.when
    sure = trigger.confidence
    reports = tuple(_reports(telling, document))
    for mention, linked in telling.places or ((None, 0.0),):
        place_key = (mention.start, mention.text) if mention else ("", "")
        yield Event(
            id=stable_id(group, *place_key),
            event_group=group,
            event_type=telling.event_type,
            event_mode=telling.mode,
            contexts=trigger.rule.contexts,
            acled_event_type=acled[0],
            acled_sub_event_type=acled[1],
            modality=telling.modality,
            trigger=words.text,
            trigger_start=words.start_char,
            trigger_end=words.end_char,
            sentence=sentence.text,
            sentence_start=sentence.start_char,
            sentence_end=sentence.end_char,
            actors=telling.actors,
            recipients=telling.recipients,
            **counts,
            attribution=telling.attribution,
            date_start=when.first if when else None,
            date_end=when.last if when else None,
            date_text=(when.text or None) if when else None,
            time_precision=when.precision if when else None,
            place=mention,
            type_confidence=round(sure, 2),
            link_confidence=round(linked, 2) if mention else None,
            event_confidence=round(sure * (linked if mention else 1.0), 2),
            document_id=document.id,
            document_title=document.title,
            source=document.source,
            url=document.url,
            published=document.published,
            reports=reports,
        )


def _reports(telling: Telling, document: Document) -> Iterator[EventReport]:
    """The sentences that tell of an event, each with its figures: one report for each who gives them."""
    for told in (telling.sentence, *telling.more):
        sentence = _trimmed(told)
        claims = [c for c in telling.claims if c.sentence == told]
        for speaker in dict.fromkeys(c.speaker or telling.attribution for c in claims) or (telling.attribution,):
            given = [c for c in claims if (c.speaker or telling.attribution) == speaker]
            yield EventReport(
                document_id=document.id,
                document_title=document.title,
                source=document.source,
                url=document.url,
                published=document.published,
                sentence=sentence.text,
                sentence_start=sentence.start_char,
                sentence_end=sentence.end_char,
                attribution=speaker,
                figures=tuple((c.kind, _numbers(c.bounds)) for c in given),
            )


def _numbers(bounds: Bounds) -> tuple[int | None, int | None, int | None]:
    return bounds.low, bounds.best, bounds.high


def _trimmed(sentence: Span) -> Span:
    first, last = sentence.start, sentence.end
    while first < last - 1 and sentence.doc[first].is_space:
        first += 1
    while last > first + 1 and sentence.doc[last - 1].is_space:
        last -= 1
    return sentence.doc[first:last]
