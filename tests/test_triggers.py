"""Which words tell of an event: rules, their conditions and their order, on parses written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from trees import sentence

from geoevents.extract.triggers import describe, find_triggers
from geoevents.ontology import Ontology, load_ontology

RULES = """
[classes]
fighter = ["rebel", "soldier"]
[types.HIT]
[types.TALK]
[types.TAKE]
[[rules]]
type = "HIT"
mode = "air"
nouns = ["air strike"]
[[rules]]
type = "HIT"
nouns = ["strike", "bombing"]
governor = ["launch", "!prevent"]
[[rules]]
type = "TALK"
verbs = ["strike"]
object = ["deal"]
[[rules]]
type = "HIT"
verbs = ["strike"]
subject = ["@fighter", "!doctor"]
[[rules]]
type = "TAKE"
verbs = ["seize"]
object = ["@place"]
[[rules]]
type = "TAKE"
verbs = ["blow up"]
[[rules]]
type = "TAKE"
verbs = ["shot dead"]
[[rules]]
type = "HIT"
nouns = ["raid"]
sentence = ["warplane", "!drill"]
[[rules]]
type = "TALK"
verbs = ["march"]
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ontology:
    path: Path = tmp_path_factory.mktemp("ontology") / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return load_ontology(path)


def found(
    rules: Ontology, text: str, places: set[int] | None = None, passed: set[int] | None = None, **names: str
) -> list[tuple[str, str | None, str]]:
    only = sentence(text, names)
    triggers = list(find_triggers(only, rules, frozenset(places or ()), frozenset(passed or ())))
    return [(t.rule.event_type, t.rule.mode, only.doc[t.first : t.last + 1].text) for t in triggers]


STRUCK = "{who}|NNS|nsubj|2|{lemma} struck|VBD|root|0|strike Hama|NNP|obj|2"


@pytest.mark.parametrize(
    ("who", "lemma", "expected"),
    [
        ("Rebels", "rebel", [("HIT", None, "struck")]),
        ("Soldiers", "soldier", [("HIT", None, "struck")]),
        ("Storms", "storm", []),
        ("Doctors", "doctor", []),
    ],
)
def test_subject_conditions(rules: Ontology, who: str, lemma: str, expected: list[tuple[str, None, str]]) -> None:
    assert found(rules, STRUCK.format(who=who, lemma=lemma)) == expected


def test_the_rule_with_more_conditions_met_goes_first(rules: Ontology) -> None:
    deal = "Rebels|NNS|nsubj|2|rebel struck|VBD|root|0|strike a|DT|det|4 deal|NN|obj|2"
    assert found(rules, deal) == [("TALK", None, "struck")]  # both hold; of equals the first in the file


def test_longer_phrases_go_first(rules: Ontology) -> None:
    text = "Jets|NNS|nsubj|2|jet launched|VBD|root|0|launch air|NN|compound|4 strikes|NNS|obj|2|strike"
    assert found(rules, text) == [("HIT", "air", "air strikes")]
    text = "Jets|NNS|nsubj|2|jet launched|VBD|root|0|launch two|CD|nummod|4 strikes|NNS|obj|2|strike"
    assert found(rules, text) == [("HIT", None, "strikes")]


@pytest.mark.parametrize(("verb", "expected"), [("launched", 1), ("prevented", 0), ("saw", 0)])
def test_governor_conditions(rules: Ontology, verb: str, expected: int) -> None:
    lemma = {"launched": "launch", "prevented": "prevent", "saw": "see"}[verb]
    text = f"They|PRP|nsubj|2 {verb}|VBD|root|0|{lemma} a|DT|det|4 strike|NN|obj|2"
    assert len(found(rules, text)) == expected


def test_governor_is_found_above_a_verb_of_aspect(rules: Ontology) -> None:
    text = "They|PRP|nsubj|2 launched|VBD|root|0|launch a|DT|det|4 strike|NN|obj|2 there|RB|advmod|2"
    begun = "They|PRP|nsubj|2 began|VBD|root|0|begin strikes|NNS|obj|2|strike"
    assert found(rules, text)
    assert not found(rules, begun)


def test_place_marker(rules: Ontology) -> None:
    text = "They|PRP|nsubj|2 seized|VBD|root|0|seize Hama|NNP|obj|2"
    assert found(rules, text, places={2}) == [("TAKE", None, "seized")]
    assert found(rules, text) == []
    suburb = "They|PRP|nsubj|2 seized|VBD|root|0|seize Hama|NNP|compound|4 airport|NN|obj|2"
    assert found(rules, suburb, places={2}) == [("TAKE", None, "seized")]


def test_sentence_conditions(rules: Ontology) -> None:
    raid = "A|DT|det|2 raid|NN|nsubj|3 hit|VBD|root|0 {what}|NNS|obj|3|{lemma}"
    assert found(rules, raid.format(what="warplanes", lemma="warplane")) == [("HIT", None, "raid")]
    assert found(rules, raid.format(what="homes", lemma="home")) == []
    both = "A|DT|det|2 raid|NN|nsubj|3 hit|VBD|root|0 warplanes|NNS|obj|3|warplane in|IN|case|6 drill|NN|obl|3"
    assert found(rules, both) == []


def test_phrases_of_verbs_may_be_parted(rules: Ontology) -> None:
    text = "They|PRP|nsubj|2 blew|VBD|root|0|blow up|RP|compound:prt|2 a|DT|det|5 bridge|NN|obj|2"
    assert found(rules, text) == [("TAKE", None, "blew up")]
    parted = "They|PRP|nsubj|2 blew|VBD|root|0|blow a|DT|det|4 bridge|NN|obj|2 up|RP|compound:prt|2"
    assert found(rules, parted) == [("TAKE", None, "blew")]
    far = " ".join(["very|RB|advmod|2"] * 6)
    assert found(rules, f"They|PRP|nsubj|2 blew|VBD|root|0|blow {far} up|RP|compound:prt|2") == []


def test_names_dates_and_halves_of_words_tell_of_nothing(rules: Ontology) -> None:
    march = "It|PRP|nsubj|2 marched|VBD|root|0|march on|RB|advmod|2"
    assert found(rules, march) == [("TALK", None, "marched")]
    assert found(rules, march, passed={1}) == []
    assert found(rules, march, marched="PERSON") == []
    modifier = "The|DT|det|3 strike|NN|compound|3 team|NN|obj|4 launched|VBD|root|0|launch"
    assert found(rules, modifier) == []


def test_verbs_that_hyphens_make_adjectives(rules: Ontology) -> None:
    text = "a|DT|det|5 rebel|NN|compound|4 -|:|punct|4 seized|VBN|amod|5|seize Hama|NNP|root|0"
    only = sentence(text)
    glued = type(only.doc)(
        only.doc.vocab, words=[t.text for t in only], spaces=[True, False, False, True, False],
        tags=[t.tag_ for t in only], pos=[t.pos_ for t in only], deps=[t.dep_ for t in only],
        heads=[t.head.i for t in only], lemmas=[t.lemma_ for t in only],
    )  # fmt: skip
    assert glued.text == "a rebel-seized Hama"
    assert list(find_triggers(glued[:], rules, frozenset({4}), frozenset())) == []


def test_each_word_is_part_of_one_trigger_at_most(rules: Ontology) -> None:
    text = (
        "Rebels|NNS|nsubj|2|rebel struck|VBD|root|0|strike and|CC|cc|4 launched|VBD|conj|2|launch air|NN|compound|6 "
        "strikes|NNS|obj|4|strike ,|,|punct|8 marched|VBD|conj|2|march"
    )
    assert [words for _, _, words in found(rules, text)] == ["struck", "air strikes", "marched"]


def test_describe() -> None:
    dozens = sentence("Dozens|NNS|root|0|dozen of|IN|case|3 men|NNS|nmod|1|man")
    assert {"dozen", "dozens", "man"} <= describe(dozens[0], frozenset())
    force = sentence("air|NN|compound|2 force|NN|root|0")
    assert {"force", "air force"} <= describe(force[1], frozenset())
    syrian = sentence("Syrians|NNP|root|0", {"Syrians": "NORP"})
    assert {"@demonym", "@named", "syrian"} <= describe(syrian[0], frozenset())
    assert "@place" in describe(syrian[0], frozenset({0}))
    assert not describe(dozens[0], frozenset()) & {"@place", "@named", "@demonym"}
