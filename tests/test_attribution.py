"""Who says so: speakers before, behind and around what they say, and what is no speaker."""

from __future__ import annotations

import pytest
from trees import tree

from geoevents.extract.attribution import find_speaker, name_speaker
from geoevents.pipeline import Pipeline

BEFORE = "{who} said|VBD|root|0|say shells|NNS|nsubj|5|shell had|VBD|aux|5|have hit|VBN|ccomp|2 Hama|NNP|obj|5"
BEHIND = (
    "Shells|NNS|nsubj|2|shell hit|VBD|root|0 Hama|NNP|obj|2 ,|,|punct|6 police|NNS|nsubj|6 said|VBD|parataxis|2|say"
)
ACCORDING = (
    "According|VBG|case|3|accord to|IN|fixed|1 {who} ,|,|punct|3 shells|NNS|nsubj|6|shell hit|VBD|root|0 Hama|NNP|obj|6"
)


def speaker(text: str, word: str = "hit", names: dict[str, str] | None = None) -> str | None:
    doc = tree(text, names)
    return find_speaker(next(t for t in doc if t.text == word))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BEFORE.format(who="Police|NNS|nsubj|2"), "Police"),
        (BEFORE.replace("said|VBD|root|0|say", "confirmed|VBD|root|0|confirm").format(who="SANA|NNP|nsubj|2"), "SANA"),
        (BEHIND, "police"),
        (BEHIND.replace("parataxis", "ccomp"), "police"),
        (ACCORDING.format(who="SANA|NNP|obl|6"), "SANA"),
        (BEFORE.format(who="They|PRP|nsubj|2"), None),
        (ACCORDING.format(who="him|PRP|obl|6"), None),
        ("Shells|NNS|nsubj|2|shell hit|VBD|root|0 Hama|NNP|obj|2", None),
        (BEFORE.replace("said|VBD|root|0|say", "saw|VBD|root|0|see").format(who="Police|NNS|nsubj|2"), None),
    ],
)
def test_speakers(text: str, expected: str | None) -> None:
    assert speaker(text) == expected


def test_what_may_be_said_is_not_said() -> None:
    text = "Police|NNS|nsubj|3 may|MD|aux|3 say|VB|root|0 shells|NNS|nsubj|5|shell hit|VBD|ccomp|3 Hama|NNP|obj|5"
    assert speaker(text) is None


def test_what_shows_something_is_no_speaker() -> None:
    text = (
        "Nurses|NNS|nsubj|2|nurse said|VBD|root|0|say tests|NNS|nsubj|4|test confirmed|VBD|ccomp|2|confirm "
        "three|CD|nummod|6 deaths|NNS|obj|4|death"
    )
    assert speaker(text, "deaths") == "Nurses"


def test_passive_reports_are_the_agents() -> None:
    text = (
        "Shells|NNS|nsubj:pass|3|shell were|VBD|aux:pass|3|be reported|VBN|root|0|report by|IN|case|5 SANA|NNP|obl|3 "
        "to|TO|mark|7 hit|VB|xcomp|3 Hama|NNP|obj|7"
    )
    assert speaker(text) == "SANA"


@pytest.mark.parametrize(
    ("text", "head", "names", "expected"),
    [
        ("the|DT|det|4 official|JJ|amod|4 SANA|NNP|compound|4 agency|NN|root|0", "agency", {"SANA": "ORG"}, "SANA"),
        ("a|DT|det|2 spokesman|NN|root|0 for|IN|case|5 the|DT|det|5 army|NN|nmod|2", "spokesman", {}, "spokesman"),
        ("mayor|NN|compound|3 Omar|NNP|compound|3 Hadi|NNP|root|0", "Hadi", {"Omar Hadi": "PERSON"}, "Omar Hadi"),
        ("the|DT|det|2 mayor|NN|root|0 ,|,|punct|5 Omar|NNP|compound|5 Hadi|NNP|appos|2", "mayor",
         {"Omar Hadi": "PERSON"}, "Omar Hadi"),
        ("local|JJ|amod|2 police|NNS|root|0", "police", {}, "local police"),
    ],
)  # fmt: skip
def test_names_of_speakers(text: str, head: str, names: dict[str, str], expected: str) -> None:
    doc = tree(text, names)
    assert name_speaker(next(t for t in doc if t.text == head)) == expected


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Rebels shelled the town of Idlib on Thursday, police said.", "shelled", "police"),
        ("The army said rebels shelled the town.", "shelled", "army"),
        ("Rebels shelled the town, according to the mayor.", "shelled", "mayor"),
        ("Rebels shelled the town on Thursday.", "shelled", None),
    ],
)
def test_plain_sentences(pipeline: Pipeline, text: str, trigger: str, expected: str | None) -> None:
    doc = pipeline.nlp(text)
    assert find_speaker(next(t for t in doc if t.text == trigger)) == expected
