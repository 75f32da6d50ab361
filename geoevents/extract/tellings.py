"""What a document has told so far: triggers of a sentence are joined, consequences and figures find their event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from geoevents.reach import SINGULAR, lies_in, within_reach
from geoevents.records import PlaceMention

from . import syntax
from .attribution import find_speaker
from .casualties import Figure
from .dates import When
from .location import link_places
from .quantities import Bounds
from .timing import Dated, choose_date
from .triggers import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

Places = tuple[tuple[PlaceMention, float], ...]

HARMFUL = frozenset("ASSAULT EQ TS VO LS AV FL TC TO ST WF FR HT CW EP AC DR".split())
"""Types that people are hurt in, so that a sentence's dead and injured belong to them first."""

SPOKEN = frozenset("AGREE REQUEST ACCUSE REJECT THREATEN SUPPORT".split())
"""Types that are words, not deeds: they are pinned only where a place is tied to the verb itself."""

SETTLED = SPOKEN | {"CONSULT", "AID", "COOPERATE", "CONCEDE", "SANCTION"}
"""Types whose objects are often places ("criticized the US"), so that only a setting ("in Geneva") locates them."""

FAINT = 0.3
"""Probability from which a count belongs to the likeliest place of its sentence: the encoder knows triggers better."""

CARRIED = 0.5
"""Probability, at most, that a deed happened where the one told before it did."""

WEAKEST = 0.04
"""Least probability of an event of which only a consequence is told ("killing 21")."""

_TELLING = frozenset("kill wound injure maim".split())
"""Verbs that tell of an assault by themselves: where they did not, it was none ("injured in training")."""

LOOK_BACK = 3
"""How many sentences back a toll or a consequence may find the event it belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A figure of an event: the sentence that gives it and the speaker it names for it, if any."""

    kind: str
    bounds: Bounds
    sentence: Span
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One trigger with all that its sentence says of it.

    `places` come with the probability of their link. `refers`: it only points to an event ("during the offensive").
    `undated`: its sentence names no date at all. `more` are further sentences that tell of the same event. `claims` are
    its figures, several of one kind where speakers disagree; the first of a kind is the one that counts."""

    trigger: Trigger
    event_type: str
    mode: str | None
    modality: str
    places: Places = ()
    actors: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    attribution: str | None = None
    when: When | None = None
    refers: bool = False
    undated: bool = True
    more: tuple[Span, ...] = ()

    @property
    def sentence(self) -> Span:
        """The sentence of the trigger."""
        return self.trigger.token.sent

    @property
    def figures(self) -> dict[str, Bounds]:
        """By kind, the figure that counts."""
        return {claim.kind: claim.bounds for claim in reversed(self.claims)}


@dataclass
class Story:
    """The tellings of a document in text order, built sentence by sentence at a cost linear in their number."""

    tellings: list[Telling] = field(default_factory=list)
    day: date | None = None
    """The day told last, from which "three days earlier" counts."""

    _numbers: list[int] = field(default_factory=list)
    _told_last: list[int] = field(default_factory=list)
    _latest: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        number: int,
        sentence: Span,
        found: Sequence[Telling],
        figures: Sequence[Figure],
        places: Sequence[PlaceMention],
        dates: Dated = (),
    ) -> None:
        """Takes in what the sentence of this number tells: its triggers joined, each figure with its event.

        A consequence ("killed") joins the event that caused it: in its sentence, else a recent one."""
        recent = self._recent(number)
        told = [t for t in found if not t.trigger.rule.weak]
        known = {self.tellings[n].event_type: n for n in reversed(recent)}  # of each type, the latest
        for pointer in (t for t in told if t.refers and t.event_type in known):
            n = known[pointer.event_type]
            self._tell_again(n, number, sentence, _absorb(self.tellings[n], pointer))
        strong = _join([t for t in told if not (t.refers and (t.event_type in known or len(told) > 1))])
        for weak in (t for t in found if t.trigger.rule.weak):
            host = _nearest(weak, strong)
            if host is not None:
                strong[host] = _absorb(strong[host], weak)
            elif (earlier := self._cause(weak, recent)) is not None:
                self._tell_again(earlier, number, sentence, _absorb(self.tellings[earlier], weak))
            elif (hazard := self._hazard(weak, recent)) is not None:
                strong.append(_share(self.tellings[hazard], weak.trigger, weak.places, dates))
            elif weak.trigger.confidence >= WEAKEST:
                strong.append(weak)
        strong = [self._in_context(telling) for telling in strong]
        if not any(m.kind == "place" and m.start >= sentence.start_char for m in places):
            strong = [self._on_the_scene(telling, recent) for telling in strong]
        shares = []
        for figure in figures:
            host = _host(figure, strong)
            among, at = (strong, host) if host is not None else (self.tellings, self._harm(recent))
            if at is None:
                continue
            if (share := _elsewhere(figure, among[at], places, dates)) is not None:
                refused = host is None and share.event_type == "ASSAULT" and syntax.lemma(figure.token) in _TELLING
                shares += [] if refused else [share]
            elif not figure.apart and host is not None:
                strong[at] = _count(strong[at], figure, sentence)
            elif not figure.apart:
                self._tell_again(at, number, sentence, _count(self.tellings[at], figure, sentence))
        for telling in (*strong, *shares):
            self._latest[telling.event_type] = len(self.tellings)
            self.tellings.append(telling)
            self._numbers.append(number)
            if telling.modality == "asserted" and telling.when is not None and telling.when.precision == 1:
                self.day = telling.when.first
            self._told_last.append(number)

    def dated(self) -> Iterator[Telling]:
        """The tellings; one whose sentence names no date happened, as news goes, on the day told a few sentences before
        of somewhere near, at a week's precision."""
        day: When | None = None
        places: Places = ()
        until = 0
        for number, telling in zip(self._numbers, self.tellings, strict=True):
            asserted, when = telling.modality == "asserted", telling.when
            if when is None and asserted and telling.undated and telling.event_type not in SPOKEN:
                if day is not None and number <= until and _near(telling.places, places):
                    telling = replace(telling, when=replace(day, text="", precision=2))
            elif asserted and when is not None and when.precision == 1:
                day, places, until = when, telling.places, number + LOOK_BACK
            yield telling

    def _recent(self, number: int) -> list[int]:
        """The tellings of the last sentences, the latest first; a sentence tells few, so few are looked at."""
        window = range(len(self.tellings) - 1, max(-1, len(self.tellings) - 1 - 12 * LOOK_BACK), -1)
        return [n for n in window if number - self._told_last[n] <= LOOK_BACK]

    def _tell_again(self, n: int, number: int, sentence: Span, telling: Telling) -> None:
        if sentence not in (telling.sentence, *telling.more):
            telling = replace(telling, more=(*telling.more, sentence))
        self.tellings[n] = telling
        self._told_last[n] = number

    def _in_context(self, telling: Telling) -> Telling:
        """A telling as what stands before it makes it: a fire among wildfires is one; what continues a look back,
        undated and at no other place, is background too."""
        if telling.event_type == "FR" and "WF" in self._latest:
            return replace(telling, event_type="WF")
        if telling.event_type not in self._latest or telling.modality != "asserted" or telling.when is not None:
            return telling
        before = self.tellings[self._latest[telling.event_type]]
        named = {m.text for m, _ in telling.places}
        same = telling.event_type in SINGULAR or not named or named & {m.text for m, _ in before.places}
        return replace(telling, modality="historical") if same and before.modality == "historical" else telling

    def _on_the_scene(self, telling: Telling, recent: list[int]) -> Telling:
        """A deed told in a sentence that names no place, where the last deed before it happened; another of its type
        may be one elsewhere."""
        if telling.places or telling.modality != "asserted" or telling.event_type in SETTLED:
            return telling
        told = (self.tellings[n] for n in recent)
        before = (t for t in told if t.modality == "asserted" and t.event_type not in SETTLED)
        before = (t for t in before if t.event_type != telling.event_type or t.event_type in SINGULAR)
        placed = ([(m, p) for m, p in t.places if m.place is None or not m.place.is_country] for t in before)
        scene = next(filter(None, placed), [])
        return replace(telling, places=tuple((mention, min(p, CARRIED)) for mention, p in scene))

    def _cause(self, weak: Telling, recent: list[int]) -> int | None:
        """The recent harmful event that a consequence belongs to: asserted, and not at another place."""
        named = {m.text for m, _ in weak.places}
        for n in recent:
            other = self.tellings[n]
            somewhere = {m.text for m, _ in other.places}
            here = not named or named & somewhere or (not somewhere and other.event_type in SINGULAR)
            if here and other.event_type in HARMFUL and other.modality == weak.modality == "asserted":
                return n
        return None

    def _hazard(self, weak: Telling, recent: list[int]) -> int | None:
        """The hazard told last, where a consequence that nobody is said to have caused befell another place near it."""
        n = next((n for n in recent if self.tellings[n].event_type in HARMFUL), None)
        if n is None or weak.actors or weak.modality != "asserted" or self.tellings[n].modality != "asserted":
            return None
        hazard = self.tellings[n]
        agentless = syntax.is_passive(weak.trigger.token)
        return n if agentless and len(hazard.event_type) == 2 and _near(weak.places, hazard.places) else None

    def _harm(self, recent: list[int]) -> int | None:
        fitting = (n for n in recent if self.tellings[n].event_type in HARMFUL)
        return next((n for n in fitting if self.tellings[n].modality == "asserted"), None)


def _elsewhere(figure: Figure, event: Telling, mentions: Sequence[PlaceMention], dates: Dated) -> Telling | None:
    """The share of an event that struck another place ("31 deaths in Nsanje"), or None if no other place is named."""
    if figure.token == event.trigger.token:
        return None
    if figure.apart:
        doc, after = figure.token.doc, figure.token.i + 2
        reach = range(figure.token.nbor().idx, doc[min(after + 2, figure.token.sent.end - 1)].idx + 1)
        places = [(m, 0.8) for m in mentions if m.kind == "place" and m.start in reach][:1]
        dates = [(when, span) for when, span in dates if span.start > after] or dates
    else:
        places = link_places(figure.token, mentions, FAINT)
    known = {m.text for m, _ in event.places}
    part = len(event.event_type) == 2 and bool(places) and not known & {m.text for m, _ in places}
    if not (part or _differ(places, event.places)) or any(_is_ward(figure.token.doc, m) for m, _ in places):
        return None
    trigger = replace(event.trigger, token=figure.token, first=figure.token.i, last=figure.token.i)
    return _count(_share(event, trigger, tuple(places), dates), figure, figure.token.sent)


def _share(event: Telling, trigger: Trigger, places: Places, dates: Dated) -> Telling:
    """What befell another place: of a hazard, the same one; of an assault, another one of which no more is known."""
    hazard = len(event.event_type) == 2
    return replace(
        event,
        trigger=trigger,
        places=places,
        mode=event.mode if hazard else None,
        actors=event.actors if hazard else (),
        recipients=(),
        claims=(),
        attribution=find_speaker(trigger.token),
        when=choose_date(trigger.token, dates) if dates else event.when,
        undated=not dates,
        more=(),
    )


def _differ(some: Iterable[tuple[PlaceMention, float]], others: Places) -> bool:
    """Whether the places of two tellings exclude each other: none is named in both, and none lies in another."""
    pairs = [(a, b) for a, _ in some for b, _ in others]
    return bool(pairs) and not any(a.text == b.text or lies_in(a, b) or lies_in(b, a) for a, b in pairs)


def _near(some: Places, others: Places) -> bool:
    """Whether two tellings may be of one neighbourhood; those without a place may."""
    return not some or not others or any(within_reach(a, b) for a, _ in some for b, _ in others)


def _is_ward(doc: Doc, place: PlaceMention) -> bool:
    """Whether people are nursed there: "died in a hospital in Ankara"."""
    span = doc.char_span(place.start, place.end, alignment_mode="expand")
    return span is not None and any(syntax.lemma(w) in ("hospital", "clinic") for w in syntax.ancestors(span.root, 2))


def _join(found: list[Telling]) -> list[Telling]:
    """Triggers of one sentence that tell of one event: the same type and modality, and no two different places; or one
    hangs on the other in the parse ("its worst attack, a bombing", "shells struck")."""
    joined: list[Telling] = []
    members: list[list[Telling]] = []
    for telling in found:
        for n, other in enumerate(joined):
            tied = any(_tied(telling, member) for member in members[n])
            if telling.event_type == other.event_type and (tied or _alike(telling, other)):
                joined[n] = _absorb(_both_hurt(_sharper(other, telling), telling), telling)
                members[n].append(telling)
                break
        else:
            joined.append(telling)
            members.append([telling])
    return joined


def _both_hurt(host: Telling, other: Telling) -> Telling:
    """The first telling with the other's recipients behind its own: "raided a school and abducted pupils"."""
    added = (name for name in other.recipients if name not in (*host.recipients, *host.actors))
    return replace(host, recipients=(*host.recipients, *added)) if host.recipients else host


def _alike(a: Telling, b: Telling) -> bool:
    same_places = not a.places or not b.places or _places(a) == _places(b)
    return a.modality == b.modality and same_places and (a.mode == b.mode or None in (a.mode, b.mode))


def _tied(a: Telling, b: Telling) -> bool:
    return syntax.tree_distance(a.trigger.token, b.trigger.token) <= 2 and a.sentence == b.sentence


def _sharper(first: Telling, second: Telling) -> Telling:
    """The first telling, with the second's mode where it has none, and as background if either is.

    Clashes that an attack leads to do not make the attack a clash."""
    modality = first.modality if first.modality != "asserted" else second.modality
    led_to = second.trigger.rule.frame == "with"
    return replace(first, mode=first.mode or (None if led_to else second.mode), modality=modality)


def _places(telling: Telling) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m, _ in telling.places]


def _absorb(host: Telling, other: Telling) -> Telling:
    hazard = len(host.event_type) == 2
    return replace(
        host,
        places=host.places or other.places,
        actors=host.actors or (() if hazard else tuple(a for a in other.actors if a not in host.recipients)),
        recipients=host.recipients or (() if hazard else tuple(r for r in other.recipients if r not in host.actors)),
        when=host.when or other.when,
        attribution=host.attribution or other.attribution,
    )


def _nearest(weak: Telling, tellings: list[Telling]) -> int | None:
    """The event of the sentence that a consequence belongs to: none of another place, and no fact with a denial."""
    token = weak.trigger.token
    ranked = [
        (syntax.tree_distance(token, t.trigger.token), n)
        for n, t in enumerate(tellings)
        if t.event_type in HARMFUL
        and (t.modality == "negated") == (weak.modality == "negated")
        and not _differ(weak.places, t.places)
    ]
    return min(ranked)[1] if ranked else None


def _host(figure: Figure, tellings: list[Telling]) -> int | None:
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


def _fits(kind: str, telling: Telling) -> bool:
    if kind == "arrested":
        return telling.event_type in ("COERCE", "PROTEST", "ASSAULT", "RETREAT")
    if kind == "missing" and telling.mode == "abduct":
        return True
    return telling.event_type in HARMFUL or (
        telling.event_type in ("PROTEST", "COERCE") and kind in ("fatalities", "injured")
    )


def _count(telling: Telling, figure: Figure, sentence: Span) -> Telling:
    """Adds a figure. The first one told of a kind stands, unless a running total ("the toll to 41") comes after it;
    what another speaker says beside it is a claim of its own."""
    claim = Claim(kind=figure.kind, bounds=figure.bounds, sentence=sentence, speaker=_giver(figure))
    same = [c for c in telling.claims if c.kind == claim.kind]
    if not same:
        return replace(telling, claims=(*telling.claims, claim))
    if figure.total:
        return replace(telling, claims=(*(c for c in telling.claims if c not in same), claim))
    givers = {c.speaker or telling.attribution for c in same}
    known = claim.bounds in (c.bounds for c in same)
    if claim.speaker is None or claim.speaker in givers or known:
        return telling
    return replace(telling, claims=(*telling.claims, claim))


def _giver(figure: Figure) -> str | None:
    return find_speaker(figure.token.doc[figure.words[1]])
