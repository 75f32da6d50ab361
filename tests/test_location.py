"""Where an event happened: which places are tied to a trigger, which are not, and what lies in what."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import resources

import pytest
from placed import GENEVA, HAMA, HAMA_PROVINCE, IDLIB, ORONTES, SYRIA, mention, mention_in
from trees import tree

from gazetteer.places import Place
from geoevents.extract.location import (
    THRESHOLD,
    contains,
    earlier_place,
    features,
    link_places,
    place_there,
    stands_within,
)
from geoevents.pipeline import Pipeline
from geoevents.records import PlaceMention


@pytest.mark.parametrize(
    ("larger", "smaller", "expected"),
    [
        (SYRIA, HAMA, True),
        (SYRIA, HAMA_PROVINCE, True),
        (HAMA_PROVINCE, HAMA, True),
        (HAMA_PROVINCE, IDLIB, False),
        (SYRIA, GENEVA, False),
        (HAMA, SYRIA, False),
        (HAMA, HAMA_PROVINCE, False),
        (SYRIA, SYRIA, False),
        (ORONTES, HAMA, True),
        (ORONTES, GENEVA, False),
    ],
)
def test_what_lies_in_what(larger: Place, smaller: Place, expected: bool) -> None:
    assert contains(mention("A", 0, larger), mention("B", 9, smaller)) == expected


def test_what_lies_in_what_by_its_anchor() -> None:
    unknown = mention("Arza", 0, None, anchor=HAMA, position=HAMA.position, uncertainty_m=9000)
    assert contains(mention("Syria", 9, SYRIA), unknown)
    assert not contains(mention("Arza", 0, None), mention("Hama", 9))
    assert not contains(mention("Syria", 0, SYRIA), mention("Arza", 9, None))
    beside = replace(mention("Syria", 0, SYRIA), relation="near")
    assert not contains(beside, mention("Hama", 9))


# --- links, by hand ---------------------------------------------------------------------------------------------------

HIT = "Shells|NNS|nsubj|2|shell hit|VBD|root|0 Idlib|NNP|obj|2 ,|,|punct|5 Syria|NNP|appos|3 .|.|punct|2"
WHERE = (
    "They|PRP|nsubj|2 left|VBD|root|0|leave Idlib|NNP|obj|2 ,|,|punct|8 where|WRB|advmod|8 two|CD|nummod|7 "
    "women|NNS|nsubj|8|woman died|VBD|acl:relcl|3|die"
)
SEAT = (
    "The|DT|det|2 agency|NN|nsubj|5 in|IN|case|4 Geneva|NNP|nmod|2 said|VBD|root|0|say shells|NNS|nsubj|7|shell "
    "hit|VBD|ccomp|5 Idlib|NNP|obj|7"
)
SPOKEN = (
    "He|PRP|nsubj|2 told|VBD|root|0|tell reporters|NNS|iobj|2|reporter in|IN|case|5 Geneva|NNP|obl|2 "
    "shells|NNS|nsubj|7|shell hit|VBD|ccomp|2 Idlib|NNP|obj|7"
)
GAPPED = (
    "Ten|CD|nsubj|2 died|VBD|root|0|die in|IN|case|4 Idlib|NNP|obl|2 and|CC|cc|6 five|CD|conj|2 in|IN|case|8 "
    "Geneva|NNP|nmod|6"
)
SPARED = "The|DT|det|2 outbreak|NN|nsubj|5 has|VBZ|aux|5|have not|RB|advmod|5 reached|VBN|root|0|reach Idlib|NNP|obj|5"
STATE = "Syria|NNP|nsubj|2 attacked|VBD|root|0|attack Idlib|NNP|obj|2"


@pytest.mark.parametrize(
    ("text", "word", "places", "expected"),
    [
        (HIT, "hit", {"Idlib": IDLIB, "Syria": SYRIA}, ["Idlib"]),
        (WHERE, "died", {"Idlib": IDLIB}, ["Idlib"]),
        (SEAT, "hit", {"Geneva": GENEVA, "Idlib": IDLIB}, ["Idlib"]),
        (STATE, "attacked", {"Syria": SYRIA, "Idlib": IDLIB}, ["Idlib"]),
        (HIT, "hit", {}, []),
        (SPOKEN, "hit", {"Geneva": GENEVA, "Idlib": IDLIB}, ["Idlib"]),
        (GAPPED, "died", {"Geneva": GENEVA, "Idlib": IDLIB}, ["Idlib"]),
        (SPARED, "outbreak", {"Idlib": IDLIB}, []),
    ],
)
def test_places_of_a_trigger(text: str, word: str, places: dict[str, Place], expected: list[str]) -> None:
    doc = tree(text)
    mentions = [mention_in(doc.text, name, where) for name, where in places.items()]
    linked = link_places(next(t for t in doc if t.text == word), mentions)
    assert [m.text for m, _ in linked] == expected
    assert all(THRESHOLD <= p <= 1 for _, p in linked)


def test_places_of_other_sentences_and_demonyms_are_none() -> None:
    doc = tree(f"War|NN|root|0 in|IN|case|3 Hama|NNP|nmod|1\n{HIT}")
    hit = next(t for t in doc if t.text == "hit")
    assert link_places(hit, [mention_in(doc.text, "Hama")]) == []
    assert link_places(hit, [replace(mention_in(doc.text, "Idlib", IDLIB), kind="demonym")]) == []
    assert link_places(hit, [replace(mention_in(doc.text, "Idlib", IDLIB), kind="organisation")]) == []


def test_lists_are_taken_whole() -> None:
    doc = tree(
        "Shells|NNS|nsubj|2|shell hit|VBD|root|0 Arza|NNP|obj|2 as|RB|cc|7 well|RB|fixed|4 as|IN|fixed|4 "
        "Bazam|NNP|conj|3 .|.|punct|2"
    )
    mentions = [mention_in(doc.text, "Arza", HAMA), mention_in(doc.text, "Bazam", None)]
    assert [m.text for m, _ in link_places(doc[1], mentions)] == ["Arza", "Bazam"]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("They|PRP|nsubj|2 met|VBD|root|0|meet in|IN|case|4 Geneva|NNP|obl|2", "met", True),
        ("They|PRP|nsubj|2 criticized|VBD|root|0|criticize Geneva|NNP|obj|2", "criticized", False),
        ("They|PRP|nsubj|2 appealed|VBD|root|0|appeal to|IN|case|4 Geneva|NNP|obl|2", "appealed", False),
        ("Talks|NNS|nsubj|2|talk began|VBD|root|0|begin in|IN|case|4 Geneva|NNP|obl|2", "Talks", True),
    ],
)
def test_settings(text: str, word: str, expected: bool) -> None:
    doc = tree(text)
    token = next(t for t in doc if t.text == word)
    assert stands_within(token, mention_in(doc.text, "Geneva", GENEVA)) == expected


# --- places named before ----------------------------------------------------------------------------------------------

BEFORE = "Shells|NNS|nsubj|2|shell hit|VBD|root|0 Idlib|NNP|obj|2 in|IN|case|5 Syria|NNP|nmod|3 .|.|punct|2\n"
THERE = BEFORE + "Two|CD|nummod|2 people|NNS|nsubj|3|person died|VBD|root|0|die there|RB|advmod|3 .|.|punct|3"
AREA = BEFORE + "Two|CD|nsubj|2 died|VBD|root|0|die in|IN|case|5 the|DT|det|5 city|NN|obl|2 .|.|punct|2"
PLAIN = BEFORE + "Two|CD|nsubj|2 died|VBD|root|0|die .|.|punct|2"
EXPLETIVE = BEFORE + "There|EX|expl|2 were|VBD|root|0|be blasts|NNS|nsubj|2|blast .|.|punct|2"


@pytest.mark.parametrize(
    ("text", "word", "there", "earlier"),
    [
        (THERE, "died", "Syria", "Idlib"),
        (AREA, "died", None, "Idlib"),
        (PLAIN, "died", None, None),
        (EXPLETIVE, "were", None, None),
    ],
)
def test_words_that_point_back(text: str, word: str, there: str | None, earlier: str | None) -> None:
    doc = tree(text)
    mentions: list[PlaceMention] = [mention_in(doc.text, "Idlib", IDLIB), mention_in(doc.text, "Syria", SYRIA)]
    token = next(t for t in doc if t.text == word)
    found = place_there(token, mentions)
    assert (found.text if found else None) == there
    found = earlier_place(token, mentions)
    assert (found.text if found else None) == earlier  # a whole country is no "area"


# --- the model --------------------------------------------------------------------------------------------------------


def test_a_capital_is_one() -> None:
    doc = tree(BEFORE + "Two|CD|nsubj|2 died|VBD|root|0|die in|IN|case|5 the|DT|det|5 capital|NN|obl|2")
    [died] = [t for t in doc if t.text == "died"]
    seat = mention_in(doc.text, "Idlib", replace(IDLIB, feature_code="PPLC"))
    assert earlier_place(died, [seat, mention_in(doc.text, "Syria", SYRIA)]) == seat
    assert earlier_place(died, [mention_in(doc.text, "Idlib", replace(IDLIB, feature_code="PPLA"))]) is None


def test_weights_are_finite_and_some_are_used() -> None:
    text = (resources.files("geoevents") / "data" / "location.json").read_text(encoding="utf-8")
    weights = json.loads(text)["weights"]
    assert all(math.isfinite(weight) for weight in weights.values())
    doc = tree(HIT)
    names = features(doc[1], doc[2:3], [doc[2:3], doc[4:5]])
    assert len(names) == len(set(names))
    assert sum(name in weights for name in names) >= len(names) / 2


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Rebels shelled the town of Idlib on Thursday.", "shelled", ["Idlib"]),
        ("A bomb exploded in a market in Baghdad, officials in Washington said.", "exploded", ["Baghdad"]),
        ("Two people were killed in Kabul and three were killed in Herat.", "killed", ["Kabul"]),
        ("Protesters marched in Nairobi, Mombasa and Kisumu.", "marched", ["Nairobi", "Mombasa", "Kisumu"]),
        ("Clashes broke out in Homs, Syria.", "Clashes", ["Homs"]),
        ("Soldiers killed nine people.", "killed", []),
    ],
)
def test_locate(pipeline: Pipeline, text: str, trigger: str, expected: list[str]) -> None:
    start = text.index(trigger)
    assert [m.text for m in pipeline.locate(text, (start, start + len(trigger)))] == expected
