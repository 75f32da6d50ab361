"""Which number counts which harm: on parses written by hand, and on plain sentences read by the real pipeline."""

from __future__ import annotations

import pytest
from trees import sentence

from geoevents.extract.casualties import find_figures
from geoevents.pipeline import Pipeline
from geoevents.records import COUNTS

Counted = list[tuple[str, int | None, int | None, int | None]]


def figures(text: str, names: dict[str, str] | None = None) -> Counted:
    found = find_figures(sentence(text, names))
    return [(figure.kind, figure.bounds.low, figure.bounds.best, figure.bounds.high) for figure in found]


PASSIVE = (
    "At|IN|case|2 least|JJS|nmod|3 40|CD|nummod|4 people|NNS|nsubj:pass|6|person were|VBD|aux:pass|6|be "
    "killed|VBN|root|0|kill .|.|punct|6"
)
ACTIVE = "A|DT|det|2 bomb|NN|nsubj|3 killed|VBD|root|0|kill seven|CD|nummod|5 people|NNS|obj|3|person .|.|punct|3"
BOTH = (
    "Shells|NNS|nsubj|2|shell killed|VBD|root|0|kill 7|CD|nummod|4 people|NNS|obj|2|person and|CC|cc|6 "
    "wounded|VBD|conj|2|wound 23|CD|nummod|8 others|NNS|obj|6|other .|.|punct|2"
)
CHILDREN = (
    "Twelve|CD|nummod|2 people|NNS|nsubj:pass|4|person were|VBD|aux:pass|4|be killed|VBN|root|0|kill ,|,|punct|8 "
    "among|IN|case|8 three|CD|nummod|8 children|NNS|obl|4|child .|.|punct|4"
)
TOLL = "The|DT|det|2 toll|NN|nsubj|4 has|VBZ|aux|4|have risen|VBN|root|0|rise to|IN|case|6 41|CD|obl|4 .|.|punct|4"
ARRESTED = "Police|NNS|nsubj|2|police arrested|VBD|root|0|arrest 15|CD|nummod|4 protesters|NNS|obj|2|protester"
FLED = (
    "Thousands|NNS|nsubj|4|thousand of|IN|case|3 people|NNS|nmod|1|person fled|VBD|root|0|flee the|DT|det|6 "
    "town|NN|obj|4"
)
MISSING = "14|CD|nummod|2 people|NNS|nsubj|4|person are|VBP|cop|4|be missing|JJ|root|0 .|.|punct|4"
DIED = "Five|CD|nummod|2 miners|NNS|nsubj|3|miner died|VBD|root|0|die .|.|punct|3"
LOST = (
    "30|CD|nummod|2 people|NNS|nsubj:pass|4|person are|VBP|aux:pass|4|be feared|VBN|root|0|fear lost|VBN|xcomp|4|lose"
)
NOT_FOUND = (
    "Two|CD|nummod|2 children|NNS|nsubj:pass|6|child have|VBP|aux|6 not|RB|advmod|6 been|VBN|aux:pass|6|be "
    "found|VBN|root|0|find"
)
ONE_MAN = "A|DT|det|2 man|NN|nsubj:pass|4 was|VBD|aux:pass|4|be killed|VBN|root|0|kill in|IN|case|6 Kabul|NNP|obl|4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PASSIVE, [("fatalities", 40, 40, None)]),
        (ACTIVE, [("fatalities", 7, 7, 7)]),
        (BOTH, [("fatalities", 7, 7, 7), ("injured", 23, 23, 23)]),
        (CHILDREN, [("fatalities", 12, 12, 12)]),
        (TOLL, [("fatalities", 41, 41, 41)]),
        (ARRESTED, [("arrested", 15, 15, 15)]),
        (FLED, [("displaced", 2000, None, None)]),
        (MISSING, [("missing", 14, 14, 14)]),
        (DIED, [("fatalities", 5, 5, 5)]),
        (ONE_MAN, [("fatalities", 1, 1, 1)]),
        (LOST, [("missing", 30, 30, 30)]),
        (NOT_FOUND, [("missing", 2, 2, 2)]),
    ],
)
def test_what_a_number_counts(text: str, expected: Counted) -> None:
    assert figures(text) == expected


def test_a_running_toll_is_marked() -> None:
    assert [f.total for f in find_figures(sentence(TOLL))] == [True]
    assert [f.total for f in find_figures(sentence(ACTIVE))] == [False]


def test_a_named_person_is_one() -> None:
    plural = "Gunmen|NNS|nsubj|2|gunman killed|VBD|root|0|kill Rebels|NNS|obj|2|rebel"
    assert figures(plural, {"Rebels": "PERSON"}) == []
    text = "Gunmen|NNS|nsubj|2|gunman killed|VBD|root|0|kill Amina|NNP|compound|4 Yusuf|NNP|obj|2 .|.|punct|2"
    assert figures(text, {"Amina Yusuf": "PERSON"}) == [("fatalities", 1, 1, 1)]
    assert figures(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "12|CD|nummod|2 rockets|NNS|nsubj|3|rocket fell|VBD|root|0|fall",  # no word of harm
        "People|NNS|nsubj:pass|3|person were|VBD|aux:pass|3|be killed|VBN|root|0|kill",  # no number
        "They|PRP|nsubj|2 face|VBP|root|0 the|DT|det|5 death|NN|compound|5 penalty|NN|obj|2 in|IN|case|8 7|CD|nummod|8 "
        "states|NNS|obl|2|state",
        "It|PRP|nsubj|2 hurts|VBZ|root|0|hurt in|IN|case|4 2011|CD|obl|2",
        "Drivers|NNS|nsubj|2|driver flee|VBP|root|0 40|CD|nummod|4 km|NN|obj|2",
    ],
)
def test_no_figures(text: str) -> None:
    assert figures(text) == []


# --- by the real pipeline ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A bomb killed 7 people in a market in Baghdad on Monday.", ("fatalities", 7, 7, 7)),
        ("At least 40 people were killed in an earthquake in Nepal.", ("fatalities", 40, 40, None)),
        ("Police arrested 15 protesters in Nairobi on Tuesday.", ("arrested", 15, 15, 15)),
        ("Up to 30 people were killed when rebels attacked the village.", ("fatalities", None, None, 30)),
        ("Dozens of people were killed in the bombing.", ("fatalities", 24, None, None)),
        ("A policeman was killed in Kabul.", ("fatalities", 1, 1, 1)),
        ("Some 2,000 people were injured in the attack.", ("injured", None, 2000, None)),
        ("Thousands of people fled their homes in Khartoum.", ("displaced", 2000, None, None)),
    ],
)
def test_plain_sentences(pipeline: Pipeline, text: str, expected: tuple[str, int, int, int]) -> None:
    doc = pipeline.nlp(text)
    found = [(f.kind, f.bounds.low, f.bounds.best, f.bounds.high) for f in find_figures(next(doc.sents))]
    assert found == [expected]
    assert expected[0] in COUNTS
