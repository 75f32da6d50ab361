"""From a parsed document and its places to the events it tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from geoevents.ontology import Ontology
from geoevents.records import Document, Event, EventReport, PlaceMention, stable_id

from . import syntax
from .actors import find_actors
from .attribution import SAYING, find_speaker
from .casualties import Bounds, Figure, find_figures
from .dates import When, dateline_date, find_dates
from .location import earlier_place, link_places, stands_within
from .modality import judge_modality
from .triggers import Trigger, find_triggers

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

HARMFUL = frozenset("ASSAULT EQ TS VO LS AV FL TC TO ST WF FR HT CW EP AC DR".split())
"""Types that people are hurt in, so that a sentence's dead and injured belong to them first."""

COOPERATIVE = frozenset({"AID", "CONSULT", "RETREAT", "COOPERATE", "CONCEDE", "SUPPORT"})
CONFLICTUAL = frozenset({"ASSAULT", "COERCE", "SANCTION", "MOBILIZE"})
SPOKEN = frozenset({"AGREE", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "SUPPORT"})
"""Types that are words, not deeds: they are pinned only where a place is tied to the verb itself."""

BACKGROUND_DAYS = 45
"""An event this long before publication is background, not news of the day."""

DATE_REACH = 8
"""How many arcs of the parse a date may be away from the trigger it dates."""

LOOK_BACK = 3
"""How many sentences back a toll or a consequence may find the event it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """One trigger with all that its sentence says of it. `refers`: it only points to
    an event ("during the offensive"). `more` are further sentences that tell of the same event."""

    trigger: Trigger
    event_type: str
    mode: str | None
    modality: str
    places: tuple[tuple[PlaceMention, float], ...] = ()
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    figures: tuple[tuple[str, Bounds], ...] = ()
    attribution: str | None = None
    when: When | None = None
    refers: bool = False
    more: tuple[Span, ...] = ()

    @property
    def sentence(self) -> Span:
        return self.trigger.token.sent


def extract_events(
    doc: Doc, mentions: Sequence[PlaceMention], document: Document, ontology: Ontology
) -> tuple[Event, ...]:
    """The events of a document in text order, one for each place an event has; those of every modality.

    Without a publication date relative dates stay unknown, unless the dateline carries a full date."""
    published = document.published or dateline_date(document.text)
    tokens = _place_tokens(doc, mentions)
    tellings: list[_Telling] = []
    for number, sentence in enumerate(doc.sents):
        recent = [n for n, t in enumerate(tellings) if number - _number(doc, t) <= LOOK_BACK]
        dates = _dates_of(sentence, published)
        passed = tokens | {i for _, span in dates for i in range(span.start, span.end)}
        triggers = list(find_triggers(sentence, ontology, tokens, passed))
        others = frozenset(t.token.i for t in triggers)
        found = [_tell(t, mentions, dates, published, others) for t in triggers]
        _gather(sentence, found, tellings, recent, mentions)
    return tuple(event for telling in _dated(tellings) for event in _events(telling, document, ontology))


def _dated(tellings: list[_Telling]) -> Iterator[_Telling]:
    """The tellings; one without a date happened on the day told last, as news goes, at a week's precision."""
    day: When | None = None
    for telling in tellings:
        asserted = telling.modality == "asserted"
        if telling.when is None and asserted and day is not None and telling.event_type not in SPOKEN:
            telling = replace(telling, when=replace(day, text="", precision=2))
        elif asserted and telling.when is not None and telling.when.precision == 1:
            day = telling.when
        yield telling


def _number(doc: Doc, telling: _Telling) -> int:
    start = max([telling.sentence.start, *(s.start for s in telling.more)])
    return next(n for n, s in enumerate(doc.sents) if s.start <= start < s.end)


def _place_tokens(doc: Doc, mentions: Sequence[PlaceMention]) -> frozenset[int]:
    spans = [doc.char_span(m.start, m.end, alignment_mode="expand") for m in mentions if m.kind != "demonym"]
    return frozenset(i for span in spans if span is not None for i in range(span.start, span.end))


def _dates_of(sentence: Span, published: date | None) -> list[tuple[When, Span]]:
    found = []
    for when in find_dates(sentence.text, published):
        start, end = sentence.start_char + when.start, sentence.start_char + when.end
        span = sentence.doc.char_span(start, end, alignment_mode="expand")
        if span is not None:
            found.append((when, span))
    return found


def _tell(
    trigger: Trigger,
    mentions: Sequence[PlaceMention],
    dates: list[tuple[When, Span]],
    published: date | None,
    others: frozenset[int],
) -> _Telling:
    token = trigger.token
    modality = judge_modality(token)
    event_type, mode = trigger.rule.event_type, trigger.rule.mode
    places = link_places(token, mentions, others - {token.i})
    if event_type in SPOKEN | {"CONSULT", "AID", "COOPERATE", "CONCEDE", "SANCTION"}:
        places = [(m, p) for m, p in places if stands_within(token.doc, m)]
    if modality == "future" and _has_subject(token) and event_type in COOPERATIVE | CONFLICTUAL:
        event_type, mode = ("AGREE" if event_type in COOPERATIVE else "THREATEN"), None
        modality, places = "asserted", []
    when = _choose_date(token, dates)
    if modality == "asserted" and when is not None:
        modality = _timed(when, published)
    if not places and event_type not in SPOKEN:
        back = earlier_place(token.doc, token, mentions)
        places = [(back, 0.5)] if back is not None else []
    actors, recipients = find_actors(trigger)
    return _Telling(
        trigger=trigger,
        event_type=event_type,
        mode=mode,
        modality=modality,
        places=tuple(places),
        actors=actors,
        recipients=recipients,
        attribution=find_speaker(token),
        when=when,
        refers=_refers(token),
    )


def _refers(token: Token) -> bool:
    """Whether a noun only sets the scene for what the sentence tells: "during the offensive", "after Sunday's attack"."""
    if token.pos_ in ("VERB", "AUX"):
        return False
    cases = {child.lower_ for child in token.children if child.dep_ == "case"} | {
        token.nbor(-2).lower_ if token.i > 1 else ""
    }
    definite = {child.lower_ for child in token.children if child.dep_ in ("det", "nmod:poss", "poss")} & {
        "the",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
    }
    return bool(cases & {"during", "after", "since", "following", "despite", "before", "amid"} and definite)


def _has_subject(token: Token) -> bool:
    return token.pos_ == "VERB" and bool(syntax.subjects(token))


_LONG_AGO = re.compile(r"\b(?:years?|decades?) (?:ago|earlier)|\blast year\b", re.IGNORECASE)


def _timed(when: When, published: date | None) -> str:
    if _LONG_AGO.search(when.text):
        return "historical"
    if published is None or when.first is None or when.last is None:
        return "asserted"
    if when.first > published:
        return "future"
    return "historical" if when.last < published - timedelta(days=BACKGROUND_DAYS) else "asserted"


def _choose_date(token: Token, dates: list[tuple[When, Span]]) -> When | None:
    """The date expression nearest to a trigger in the parse.

    Left out are those of the reporting ("said Thursday") and those of an aside: a relative clause, an apposition."""
    best: tuple[int, int, When] | None = None
    for when, span in dates:
        own = {token.i, *(word.i for word in syntax.ancestors(token, 30))}
        path = [span.root]
        while path[-1].i not in own and path[-1].head != path[-1]:
            path.append(path[-1].head)
        aside = any(word.dep_.startswith(_ASIDES) for word in path[:-1])
        verb = next((word for word in path if word.pos_ in ("VERB", "AUX")), None)
        reporting = verb is not None and verb != token and syntax.lemma(verb) in SAYING
        if aside or (reporting and span.start != token.sent.start):
            continue
        rank = (syntax.tree_distance(span.root, token), abs(span.start - token.i), when)
        if rank[0] <= DATE_REACH and (best is None or rank[:2] < best[:2]):
            best = rank
    if best is None and len(dates) == 1 and re.search(r"\d{4}", dates[0][0].text):
        return dates[0][0]  # the one full date of a sentence is about all of it
    return best[2] if best else None


_ASIDES = ("acl", "relcl", "appos", "nmod:poss", "poss", "ccomp", "parataxis")


def _gather(
    sentence: Span, found: list[_Telling], tellings: list[_Telling], recent: list[int], mentions: Sequence[PlaceMention]
) -> None:
    """Joins what one sentence tells, gives its figures to their events, and adds it to `tellings`.

    A consequence ("killed") joins the event that caused it: in its sentence, else among `recent` ones."""
    told = [t for t in found if not t.trigger.rule.weak]
    known = {(tellings[n].event_type) for n in recent}
    told = [t for t in told if not (t.refers and (t.event_type in known or len(told) > 1))]
    strong = _join(told)
    for weak in (t for t in found if t.trigger.rule.weak):
        host = _nearest(weak.trigger.token, strong)
        if host is not None:
            strong[host] = _absorb(strong[host], weak)
            continue
        earlier = _earlier(weak, tellings, recent)
        if earlier is None:
            strong.append(weak)
        else:
            tellings[earlier] = replace(_absorb(tellings[earlier], weak), more=(*tellings[earlier].more, sentence))
    strong = [_in_context(telling, [tellings[n] for n in recent]) for telling in strong]
    for figure in find_figures(sentence):
        host = _host(figure, strong)
        if host is not None:
            strong[host] = _count(strong[host], figure)
        elif (earlier := _earlier_harm(tellings, recent)) is not None:
            added = _elsewhere(figure, tellings[earlier], mentions)
            if added is not None:
                strong.append(added)
                continue
            more = tellings[earlier].more
            more = more if sentence in (*more, tellings[earlier].sentence) else (*more, sentence)
            tellings[earlier] = _count(replace(tellings[earlier], more=more), figure)
    tellings.extend(strong)


def _in_context(telling: _Telling, recent: list[_Telling]) -> _Telling:
    """A telling as what stands before it makes it: a fire among wildfires is one; what continues a look back, undated
    and at no other place, is background too."""
    before = [t for t in recent if t.event_type == telling.event_type]
    if telling.event_type == "FR" and any(t.event_type == "WF" for t in recent):
        return replace(telling, event_type="WF")
    if telling.modality == "asserted" and telling.when is None and before and before[-1].modality == "historical":
        named = {m.text for m, _ in telling.places}
        if not named or named & {m.text for m, _ in before[-1].places}:
            return replace(telling, modality="historical")
    return telling


def _elsewhere(figure: Figure, event: _Telling, mentions: Sequence[PlaceMention]) -> _Telling | None:
    """The share of a hazard that struck another place ("31 deaths in Nsanje"), or None if no other place is named."""
    if event.event_type == "ASSAULT":
        return None
    places = link_places(figure.token, mentions)
    if not places or {m.text for m, _ in places} & {m.text for m, _ in event.places}:
        return None
    trigger = replace(event.trigger, token=figure.token, first=figure.token.i, last=figure.token.i)
    figures = ((figure.kind, figure.bounds),)
    return replace(event, trigger=trigger, places=tuple(places), figures=figures, more=())


def _join(found: list[_Telling]) -> list[_Telling]:
    """Triggers of one sentence that tell of one event: the same type and modality, and no two different places; or one
    hangs on the other in the parse ("its worst attack, a bombing", "shells struck")."""
    joined: list[_Telling] = []
    for telling in found:
        for n, other in enumerate(joined):
            if telling.event_type == other.event_type and (_tied(telling, other) or _alike(telling, other)):
                joined[n] = _absorb(_sharper(other, telling), telling)
                break
        else:
            joined.append(telling)
    return joined


def _alike(a: _Telling, b: _Telling) -> bool:
    same_places = not a.places or not b.places or _places(a) == _places(b)
    return a.modality == b.modality and same_places and (a.mode == b.mode or None in (a.mode, b.mode))


def _tied(a: _Telling, b: _Telling) -> bool:
    return syntax.tree_distance(a.trigger.token, b.trigger.token) <= 2 and a.sentence == b.sentence


def _sharper(first: _Telling, second: _Telling) -> _Telling:
    """The first telling, with the second's mode where it has none, and as background if either is."""
    modality = first.modality if first.modality != "asserted" else second.modality
    return replace(first, mode=first.mode or second.mode, modality=modality)


def _places(telling: _Telling) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m, _ in telling.places]


def _absorb(host: _Telling, other: _Telling) -> _Telling:
    hazard = len(host.event_type) == 2
    return replace(
        host,
        places=host.places or other.places,
        actors=host.actors or (() if hazard else tuple(a for a in other.actors if a not in host.recipients)),
        recipients=host.recipients or (() if hazard else tuple(r for r in other.recipients if r not in host.actors)),
        when=host.when or other.when,
        attribution=host.attribution or other.attribution,
    )


def _nearest(token: Token, tellings: list[_Telling]) -> int | None:
    ranked = [
        (syntax.tree_distance(token, t.trigger.token), n) for n, t in enumerate(tellings) if t.event_type in HARMFUL
    ]
    return min(ranked)[1] if ranked else None


def _earlier(weak: _Telling, tellings: list[_Telling], recent: list[int]) -> int | None:
    """The recent harmful event that a consequence belongs to: asserted, and not at another place."""
    for n in reversed(recent):
        other = tellings[n]
        if other.event_type in HARMFUL and other.modality == weak.modality == "asserted":
            named = {m.text for m, _ in weak.places}
            if not named or named & {m.text for m, _ in other.places} or not other.places:
                return n
    return None


def _earlier_harm(tellings: list[_Telling], recent: list[int]) -> int | None:
    return next(
        (n for n in reversed(recent) if tellings[n].event_type in HARMFUL and tellings[n].modality == "asserted"), None
    )


def _host(figure: Figure, tellings: list[_Telling]) -> int | None:
    """The event of the sentence that a figure counts for."""
    for n, telling in enumerate(tellings):
        if telling.trigger.token.i == figure.token.i:
            return n
    fitting = [(n, t) for n, t in enumerate(tellings) if _fits(figure.kind, t)]
    ranked = [
        (
            t.modality != "asserted",
            t.event_type not in HARMFUL and figure.kind != "arrested",
            syntax.tree_distance(figure.token, t.trigger.token),
            n,
        )
        for n, t in fitting
    ]
    return min(ranked)[-1] if ranked else None


def _fits(kind: str, telling: _Telling) -> bool:
    if kind == "arrested":
        return telling.event_type in ("COERCE", "PROTEST", "ASSAULT", "RETREAT")
    if kind == "missing" and telling.mode == "abduct":
        return True
    return telling.event_type in HARMFUL or (
        telling.event_type in ("PROTEST", "COERCE") and kind in ("fatalities", "injured")
    )


def _count(telling: _Telling, figure: Figure) -> _Telling:
    """Adds a figure; the first one told of a kind stands, unless a running total ("the toll to 41") comes after it."""
    others = tuple((kind, bounds) for kind, bounds in telling.figures if kind != figure.kind)
    if len(others) < len(telling.figures) and not figure.total:
        return telling
    return replace(telling, figures=(*others, (figure.kind, figure.bounds)))


def _events(telling: _Telling, document: Document, ontology: Ontology) -> Iterator[Event]:
    trigger, sentence = telling.trigger, _trimmed(telling.sentence)
    doc = trigger.token.doc
    words = doc[trigger.first : trigger.last + 1]
    acled = ontology.crosswalk(telling.event_type, telling.mode) or (None, None)
    figures = tuple((kind, (b.low, b.best, b.high)) for kind, b in telling.figures)
    counts = {
        f"{kind}_{bound}": value
        for kind, values in figures
        for bound, value in zip(("low", "best", "high"), values, strict=True)
    }
    group = stable_id(document.id, words.start_char, telling.event_type, telling.mode)
    when = telling.when
    evidence = [sentence, *(_trimmed(s) for s in telling.more)]
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
            event_confidence=_confidence(telling, linked),
            document_id=document.id,
            document_title=document.title,
            source=document.source,
            url=document.url,
            published=document.published,
            reports=tuple(_report(s, document, telling, figures if n == 0 else ()) for n, s in enumerate(evidence)),
        )


def _report(
    sentence: Span,
    document: Document,
    telling: _Telling,
    figures: tuple[tuple[str, tuple[int | None, int | None, int | None]], ...],
) -> EventReport:
    return EventReport(
        document_id=document.id,
        document_title=document.title,
        source=document.source,
        url=document.url,
        published=document.published,
        sentence=sentence.text,
        sentence_start=sentence.start_char,
        sentence_end=sentence.end_char,
        attribution=telling.attribution,
        figures=figures,
    )


def _trimmed(sentence: Span) -> Span:
    first, last = sentence.start, sentence.end
    while first < last - 1 and sentence.doc[first].is_space:
        first += 1
    while last > first + 1 and sentence.doc[last - 1].is_space:
        last -= 1
    return sentence.doc[first:last]


def _confidence(telling: _Telling, linked: float) -> float:
    """How far an event may be trusted: a specific rule, a place tied to it, a date and figures speak for it.

    Hand-set steps, to be calibrated on annotated events; 0.95 at most."""
    rule = telling.trigger.rule
    score = 0.45 if rule.weak else 0.6
    score += 0.1 * bool(rule.mode or rule.subject.wanted or rule.object.wanted or rule.governor.wanted)
    score += 0.15 * linked + 0.05 * (telling.when is not None) + 0.05 * bool(telling.figures)
    return round(min(0.95, score), 2)
