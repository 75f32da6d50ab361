"""How the tellings of a document are joined: triggers of a sentence, consequences, figures, dates carried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from placed import GENEVA, HAMA, IDLIB, mention
from spacy.tokens import Doc
from trees import RULE, tree

from geoevents.extract.casualties import Figure
from geoevents.extract.dates import When
from geoevents.extract.quantities import Bounds
from geoevents.extract.tellings import Story, Telling
from geoevents.extract.triggers import Trigger
from geoevents.pipeline import Pipeline

SENTENCES = """Shells|NNS|nsubj|2|shell hit|VBD|root|0 Idlib|NNP|obj|2 killing|VBG|advcl|2|kill 7|CD|obj|4
Two|CD|nsubj:pass|3 were|VBD|aux:pass|3|be killed|VBN|root|0|kill
Troops|NNS|nsubj|2|troop attacked|VBD|root|0|attack Hama|NNP|obj|2
It|PRP|nsubj|2 rained|VBD|root|0|rain
It|PRP|nsubj|2 snowed|VBD|root|0|snow
It|PRP|nsubj|2 hailed|VBD|root|0|hail
Nine|CD|nsubj|2 died|VBD|root|0|die"""
SEVEN, TWO = Bounds(low=7, best=7, high=7), Bounds(low=2, best=2, high=2)


@pytest.fixture
def doc() -> Doc:
    return tree(SENTENCES)


def telling(doc: Doc, word: str, weak: bool = False, **more: Any) -> Telling:
    token = next(t for t in doc if t.text == word)
    rule = replace(RULE, event_type=more.get("event_type", "ASSAULT"), weak=weak)
    trigger = Trigger(token=token, first=token.i, last=token.i, rule=rule)
    return Telling(trigger=trigger, **{"event_type": "ASSAULT", "mode": None, "modality": "asserted", **more})


def figure(doc: Doc, word: str, bounds: Bounds, total: bool = False) -> Figure:
    token = next(t for t in doc if t.text == word)
    return Figure(kind="fatalities", bounds=bounds, token=token, words=(token.i, token.i), total=total)


def told(doc: Doc, *sentences: tuple[int, list[Telling], list[Figure]]) -> list[Telling]:
    story, spans = Story(), list(doc.sents)
    for number, found, figures in sentences:
        story.add(number, spans[number], found, figures, [])
    return list(story.dated())


def test_a_consequence_joins_its_cause_in_the_sentence(doc: Doc) -> None:
    killing = telling(doc, "killing", weak=True, recipients=("farmers",))
    [one] = told(doc, (0, [telling(doc, "hit", actors=("army",)), killing], [figure(doc, "killing", SEVEN)]))
    assert one.trigger.token.text == "hit"
    assert (one.actors, one.recipients, one.figures) == (("army",), ("farmers",), {"fatalities": SEVEN})


def test_a_consequence_joins_a_cause_a_few_sentences_back(doc: Doc) -> None:
    hit, killed = telling(doc, "hit"), telling(doc, "killed", weak=True)
    [one] = told(doc, (0, [hit], []), (1, [killed], [figure(doc, "killed", TWO)]))
    assert one.figures == {"fatalities": TWO}
    assert [s.text for s in one.more] == ["Two were killed"]


def test_a_consequence_without_a_cause_stands_alone(doc: Doc) -> None:
    died = telling(doc, "died", weak=True)
    assert [t.trigger.token.text for t in told(doc, (6, [died], []))] == ["died"]
    assert len(told(doc, (0, [telling(doc, "hit")], []), (6, [died], []))) == 2  # too far back
    protest = telling(doc, "hit", event_type="PROTEST")
    assert len(told(doc, (0, [protest], []), (1, [telling(doc, "killed", weak=True)], []))) == 2  # harms nobody


def test_a_consequence_at_another_place_is_another_event(doc: Doc) -> None:
    idlib, hama = ((mention("Idlib", 11, IDLIB), 0.9),), ((mention("Hama", 60, HAMA), 0.9),)
    first = telling(doc, "hit", places=idlib)
    assert len(told(doc, (0, [first], []), (1, [telling(doc, "killed", weak=True, places=hama)], []))) == 2
    assert len(told(doc, (0, [first], []), (1, [telling(doc, "killed", weak=True, places=idlib)], []))) == 1


def test_triggers_of_one_sentence_are_one_event_unless_type_or_place_differ(doc: Doc) -> None:
    hit, killing = telling(doc, "hit"), telling(doc, "killing", mode="firearms")
    [one] = told(doc, (0, [hit, killing], []))
    assert (one.trigger.token.text, one.mode) == ("hit", "firearms")
    assert len(told(doc, (0, [hit, telling(doc, "killing", event_type="PROTEST")], []))) == 2


def test_triggers_join_by_way_of_others_and_all_who_are_hit_are_named(doc: Doc) -> None:
    chain = [telling(doc, word, mode=mode, recipients=(word,)) for word, mode in
             (("Shells", "heavy-weapons"), ("killing", "firearms"), ("7", "massacre"))]  # fmt: skip
    [one] = told(doc, (0, chain, []))
    assert (one.mode, one.recipients) == ("heavy-weapons", ("Shells", "killing", "7"))


def test_figures_go_to_the_event_of_their_sentence(doc: Doc) -> None:
    first, second = telling(doc, "hit"), telling(doc, "attacked")
    found = told(doc, (0, [first], [figure(doc, "killing", SEVEN)]), (2, [second], []))
    assert [t.figures for t in found] == [{"fatalities": SEVEN}, {}]


def test_the_first_figure_stands_unless_a_running_toll_follows(doc: Doc) -> None:
    hit = telling(doc, "hit")
    again = told(doc, (0, [hit], [figure(doc, "killing", SEVEN)]), (1, [], [figure(doc, "killed", TWO)]))
    assert again[0].figures == {"fatalities": SEVEN}
    toll = told(doc, (0, [hit], [figure(doc, "killing", SEVEN)]), (1, [], [figure(doc, "killed", TWO, total=True)]))
    assert toll[0].figures == {"fatalities": TWO}


def test_figures_of_no_event_are_dropped(doc: Doc) -> None:
    assert told(doc, (1, [], [figure(doc, "killed", TWO)])) == []
    future = telling(doc, "hit", modality="future")
    [one] = told(doc, (0, [future], []), (1, [], [figure(doc, "killed", TWO)]))
    assert one.figures == {}


MONDAY = When(text="Monday", start=0, end=6, first=date(2017, 3, 27), last=date(2017, 3, 27), precision=1)


def test_dates_are_carried_on_at_less_precision(doc: Doc) -> None:
    hit, attacked = telling(doc, "hit", when=MONDAY), telling(doc, "attacked")
    first, second = told(doc, (0, [hit], []), (2, [attacked], []))
    assert first.when == MONDAY
    assert second.when is not None
    assert (second.when.first, second.when.precision, second.when.text) == (MONDAY.first, 2, "")


@pytest.mark.parametrize(
    "changes", [{"modality": "future"}, {"modality": "historical"}, {"event_type": "ACCUSE"}, {"event_type": "AGREE"}]
)
def test_plans_and_words_get_no_date_carried_on(doc: Doc, changes: dict[str, str]) -> None:
    found = told(doc, (0, [telling(doc, "hit", when=MONDAY)], []), (2, [telling(doc, "attacked", **changes)], []))
    assert found[1].when is None


def test_no_date_is_lent_to_a_dated_sentence_or_a_far_place(doc: Doc) -> None:
    hama, geneva = ((mention("Hama", 60, HAMA), 0.9),), ((mention("Geneva", 60, GENEVA), 0.9),)
    hit = telling(doc, "hit", when=MONDAY, places=((mention("Idlib", 11, IDLIB), 0.9),))
    assert told(doc, (0, [hit], []), (2, [telling(doc, "attacked", places=hama)], []))[1].when is not None
    assert told(doc, (0, [hit], []), (2, [telling(doc, "attacked", places=geneva)], []))[1].when is None
    assert told(doc, (0, [hit], []), (2, [telling(doc, "attacked", undated=False)], []))[1].when is None
    assert told(doc, (0, [hit], []), (6, [telling(doc, "died")], []))[1].when is None  # too far below


def test_a_denial_is_not_one_with_a_fact(doc: Doc) -> None:
    killing = telling(doc, "killing", weak=True, modality="negated")
    assert [t.modality for t in told(doc, (0, [telling(doc, "hit"), killing], []))] == ["asserted", "negated"]


def test_who_dies_by_nobodys_hand_near_a_hazard_died_of_it(doc: Doc) -> None:
    idlib, hama = ((mention("Idlib", 11, IDLIB), 0.9),), ((mention("Hama", 60, HAMA), 0.9),)
    quake = telling(doc, "hit", event_type="EQ", places=idlib)
    killed = telling(doc, "killed", weak=True, places=hama)
    found = told(doc, (0, [quake], []), (1, [killed], [figure(doc, "killed", TWO)]))
    assert [(t.event_type, t.places, t.figures) for t in found] == [
        ("EQ", idlib, {}),
        ("EQ", hama, {"fatalities": TWO}),
    ]
    by_troops = replace(killed, actors=("troops",))
    assert [t.event_type for t in told(doc, (0, [quake], []), (1, [by_troops], []))] == ["EQ", "ASSAULT"]
    far = replace(killed, places=((mention("Geneva", 60, GENEVA), 0.9),))
    assert [t.event_type for t in told(doc, (0, [quake], []), (1, [far], []))] == ["EQ", "ASSAULT"]


def test_a_fire_among_wildfires_is_one(doc: Doc) -> None:
    wild, fire = telling(doc, "hit", event_type="WF"), telling(doc, "attacked", event_type="FR")
    assert [t.event_type for t in told(doc, (0, [wild], []), (2, [fire], []))] == ["WF", "WF"]
    assert [t.event_type for t in told(doc, (2, [fire], []))] == ["FR"]


def test_the_cost_of_a_long_document_is_linear() -> None:
    """Looking back is bounded by sentences, so that what is looked at does not grow with the document."""
    line = "Shells|NNS|nsubj|2|shell hit|VBD|root|0"
    long = tree("\n".join([line] * 600))
    story = Story()
    for number, sentence in enumerate(long.sents):
        token = sentence[1]
        trigger = Trigger(token=token, first=token.i, last=token.i, rule=replace(RULE, event_type="ASSAULT"))
        one = Telling(trigger=trigger, event_type="ASSAULT", mode=None, modality="asserted")
        story.add(number, sentence, [one], [], [])
        assert len(story._recent(number)) <= 4
    assert len(story.tellings) == 600


# --- whole documents --------------------------------------------------------------------------------------------------


def test_a_toll_told_later_belongs_to_its_event(pipeline: Pipeline) -> None:
    report = pipeline("A bomb exploded in a market in Baghdad on Monday. The blast killed 12 people, police said.")
    deaths = [(event.event_type, event.fatalities_best) for event in report.events if event.fatalities_best]
    assert deaths == [("ASSAULT", 12)]
    [event] = [event for event in report.events if event.fatalities_best]
    assert event.place_text == "Baghdad"


def test_one_event_at_several_places_shares_its_group(pipeline: Pipeline) -> None:
    events = pipeline("Protesters marched in Nairobi, Mombasa and Kisumu.").events
    assert [event.place_text for event in events] == ["Nairobi", "Mombasa", "Kisumu"]
    assert len({event.event_group for event in events}) == 1
    assert len({event.id for event in events}) == 3


def test_background_is_no_event_of_the_day(pipeline: Pipeline) -> None:
    events = pipeline("Rebels attacked the town in March 2008.", published="2017-03-30").events
    assert [event.modality for event in events] == ["historical"]
