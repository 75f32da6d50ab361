"""Who does what in a clause: each construction on a parse written by hand, in both dialects of dependencies."""

from __future__ import annotations

import pytest
from spacy.tokens import Token
from trees import tree

from geoevents.extract import syntax

ACTIVE = "Rebels|NNS|nsubj|2|rebel shelled|VBD|root|0|shell Hama|NNP|obj|2"
PASSIVE = """Hama|NNP|nsubj:pass|3 was|VBD|aux:pass|3|be shelled|VBN|root|0|shell by|IN|case|5 rebels|NNS|obl|3|rebel"""
CLEAR_PASSIVE = """Hama|NNP|nsubjpass|3 was|VBD|auxpass|3|be shelled|VBN|root|0|shell by|IN|agent|3 rebels|NNS|pobj|4"""
TWO_SUBJECTS = """Police|NNS|nsubj|4 and|CC|cc|3 soldiers|NNS|conj|1|soldier fired|VBD|root|0|fire"""
RELATIVE = """The|DT|det|2 rebels|NNS|nsubj|6|rebel who|WP|nsubj|4 shelled|VBD|acl:relcl|2|shell Hama|NNP|obj|4
    fled|VBD|root|0|flee"""
PARTICIPLE = """Shells|NNS|nsubj|4|shell fired|VBN|acl|1|fire yesterday|NN|obl|2 fell|VBD|root|0|fall"""
GERUND = """Rebels|NNS|nsubj|2|rebel attacked|VBD|root|0|attack ,|,|punct|4 killing|VBG|advcl|2|kill two|CD|obj|4"""
INFINITIVE = """Rebels|NNS|nsubj|2|rebel tried|VBD|root|0|try to|TO|mark|4 flee|VB|xcomp|2"""
ORDERED = """They|PRP|nsubj|2 ordered|VBD|root|0|order troops|NNS|obj|2|troop to|TO|mark|5 leave|VB|xcomp|2"""
TOLD = """Police|NNS|nsubj|2 said|VBD|root|0|say they|PRP|nsubj|4 fired|VBD|ccomp|2|fire shots|NNS|obj|4"""
LOST = (
    """Troops|NNS|nsubj|2 took|VBD|root|0|take villages|NNS|obj|2 lost|VBD|acl|3|lose to|IN|case|6 rebels|NNS|obl|4"""
)
CONJOINED = """Hama|NNP|nsubj:pass|3 was|VBD|aux:pass|3|be shelled|VBN|root|0|shell and|CC|cc|5 burnt|VBN|conj|3|burn"""


def word(text: str, form: str) -> Token:
    [found] = [token for token in tree(" ".join(text.split())) if token.text == form]
    return found


def texts(words: list[Token]) -> list[str]:
    return [token.text for token in words]


@pytest.mark.parametrize(
    ("text", "verb", "passive", "subjects", "patients"),
    [
        (ACTIVE, "shelled", False, ["Rebels"], ["Hama"]),
        (PASSIVE, "shelled", True, ["rebels"], ["Hama"]),
        (CLEAR_PASSIVE, "shelled", True, ["rebels"], ["Hama"]),
        (TWO_SUBJECTS, "fired", False, ["Police", "soldiers"], []),
        (RELATIVE, "shelled", False, ["rebels"], ["Hama"]),
        (RELATIVE, "fled", False, ["rebels"], []),
        (PARTICIPLE, "fired", True, [], ["Shells"]),
        (GERUND, "killing", False, ["Rebels"], ["two"]),
        (INFINITIVE, "flee", False, ["Rebels"], []),
        (ORDERED, "leave", False, ["troops"], []),
        (CONJOINED, "burnt", True, [], ["Hama"]),
        (TOLD, "fired", False, ["Police"], ["shots"]),
        (LOST, "lost", True, [], ["villages"]),
    ],
)
def test_who_does_what(text: str, verb: str, passive: bool, subjects: list[str], patients: list[str]) -> None:
    token = word(text, verb)
    assert syntax.is_passive(token) == passive
    assert texts(syntax.subjects(token)) == subjects
    assert texts(syntax.patients(token)) == patients


@pytest.mark.parametrize(
    ("cell", "lemma"),
    [
        ("Clashes|NNP|root|0", "clash"),
        ("Protests|NNP|root|0", "protest"),
        ("Bodies|NNP|root|0", "body"),
        ("Marches|NNP|root|0", "march"),
        ("Congress|NNP|root|0", "congress"),
        ("Gas|NNP|root|0", "gas"),
        ("Killed|VBD|root|0|Kill", "kill"),
    ],
)
def test_lemma(cell: str, lemma: str) -> None:
    assert syntax.lemma(tree(cell)[0]) == lemma


def test_obliques_of_both_dialects() -> None:
    ud = "It|PRP|nsubj|2 fell|VBD|root|0|fall in|IN|case|4 Hama|NNP|obl|2 Monday|NNP|obl|2"
    clear = "It|PRP|nsubj|2 fell|VBD|root|0|fall in|IN|prep|2 Hama|NNP|pobj|3 Monday|NNP|npadvmod|2"
    for text in (ud, clear):
        assert [(case, noun.text) for case, noun in syntax.obliques(tree(text)[1])] == [("in", "Hama"), ("", "Monday")]


def test_possessive_mark_is_no_preposition() -> None:
    doc = tree("Hama|NNP|nmod|3 's|POS|case|1 suburbs|NNS|root|0|suburb")
    assert [(case, noun.text) for case, noun in syntax.obliques(doc[2])] == [("", "Hama")]


def test_governing_verb() -> None:
    text = "Jets|NNS|nsubj|2|jet hit|VBD|root|0 suburbs|NNS|obj|2|suburb of|IN|case|5 Hama|NNP|nmod|3"
    found = syntax.governing_verb(word(text, "Hama"))
    assert found is not None
    assert found.text == "hit"
    assert syntax.governing_verb(tree("War|NN|root|0 in|IN|case|3 Syria|NNP|nmod|1")[2]) is None


@pytest.mark.parametrize(
    ("text", "head", "phrase"),
    [
        ("the|DT|det|3 Syrian|JJ|amod|3 army|NN|root|0", "army", "Syrian army"),
        ("a|DT|det|2 group|NN|root|0 of|IN|case|4 men|NNS|nmod|2|man", "group", "group of men"),
        ("rebels|NNS|root|0|rebel in|IN|case|3 Hama|NNP|nmod|1", "rebels", "rebels"),
        ("men|NNS|root|0|man who|WP|nsubj|3 fled|VBD|acl:relcl|1|flee", "men", "men"),
        ("Observatory|NNP|root|0 for|IN|case|4 Human|NNP|compound|4 Rights|NNPS|nmod|1", "Observatory",
         "Observatory for Human Rights"),
        ("Ali|NNP|root|0 ,|,|punct|4 a|DT|det|4 doctor|NN|appos|1", "Ali", "Ali"),
        ("Ali|NNP|nmod:poss|3 's|POS|case|1 men|NNS|root|0|man", "men", "Ali's men"),
    ],
)  # fmt: skip
def test_noun_phrase(text: str, head: str, phrase: str) -> None:
    assert syntax.noun_phrase(word(text, head)).text == phrase


def test_tree_distance() -> None:
    doc = tree(f"{' '.join(RELATIVE.split())} .|.|punct|6\n{ACTIVE}")
    assert syntax.tree_distance(doc[4], doc[4]) == 0
    assert syntax.tree_distance(doc[4], doc[5]) == syntax.tree_distance(doc[5], doc[4]) == 3
    assert syntax.tree_distance(doc[2], doc[4]) == 2
    assert syntax.tree_distance(doc[4], doc[8]) == 99  # another sentence


def test_ancestors_are_nearest_first_and_bounded() -> None:
    doc = tree(" ".join(f"w{n}|NN|nmod|{n - 1}" if n > 1 else "w1|NN|root|0" for n in range(1, 31)))
    assert [token.i for token in syntax.ancestors(doc[5])] == [4, 3, 2, 1, 0]
    assert len(list(syntax.ancestors(doc[29]))) == 12


def test_conjuncts_are_in_text_order_and_no_verbs() -> None:
    doc = tree("Arza|NNP|root|0 ,|,|punct|3 Bazam|NNP|conj|1 and|CC|cc|5 Samsam|NNP|conj|3 fell|VBD|conj|1|fall")
    assert texts(syntax.conjuncts(doc[0])) == ["Arza", "Bazam", "Samsam"]


def test_no_construction_climbs_without_end() -> None:
    """Chains of clauses, however long, are followed a few steps only."""
    chain = " ".join(f"try{n}|VB|xcomp|{n - 1}|try" if n > 1 else "try1|VBD|root|0|try" for n in range(1, 400))
    last = tree(chain)[-1]
    assert syntax.subjects(last) == []
    assert syntax.patients(last) == []
