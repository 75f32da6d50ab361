"""Sentences whose verb the parser took for a participle are turned round; right ones are left alone."""

from __future__ import annotations

import pytest
from trees import tree

from geoevents.clauses import mend_clauses
from geoevents.extract import syntax

KILLED = """Two|CD|nummod|2 blasts|NNS|root|0|blast killed|VBN|acl|2|kill 15|CD|nummod|5 people|NNS|obj|3|person"""
MARCHED = """Protesters|NNS|root|0|protester marched|VBN|acl|1|march in|IN|case|4 Nairobi|NNP|obl|2 .|.|punct|1"""
THOUSANDS = """Thousands|NNS|root|0|thousand of|IN|case|3 people|NNS|nmod|1|person fled|VBN|acl|3|flee"""
PAST = """Rebels|NNS|root|0|rebel shelled|VBD|acl|1|shell Hama|NNP|obj|2"""


@pytest.mark.parametrize(
    ("text", "subject", "verb"),
    [(KILLED, "blasts", "killed"), (MARCHED, "Protesters", "marched"), (THOUSANDS, "Thousands", "fled"),
     (PAST, "Rebels", "shelled")],
)  # fmt: skip
def test_misread_participles_become_verbs(text: str, subject: str, verb: str) -> None:
    doc = mend_clauses(tree(text))
    [sentence] = doc.sents
    assert sentence.root.text == verb
    assert sentence.root.tag_ == "VBD"
    assert [word.text for word in syntax.subjects(sentence.root)] == [subject]
    assert not syntax.is_passive(sentence.root)


def test_objects_stay_and_what_follows_moves_to_the_verb() -> None:
    doc = mend_clauses(tree(f"{KILLED} .|.|punct|2"))
    assert [word.text for word in syntax.patients(doc[2])] == ["people"]
    assert doc[5].head == doc[2]
    assert doc[0].head == doc[1]


@pytest.mark.parametrize(
    "text",
    [
        # "people killed by rebels", "the man arrested there": real participles
        "People|NNS|root|0|person killed|VBN|acl|1|kill by|IN|case|4 rebels|NNS|obl:agent|2|rebel",
        "The|DT|det|2 man|NN|root|0 arrested|VBN|acl|2|arrest there|RB|advmod|3",
        # a verb at the root, a copula
        "Rebels|NNS|nsubj|2|rebel fled|VBD|root|0|flee",
        "It|PRP|nsubj|4 was|VBD|cop|4|be a|DT|det|4 march|NN|root|0 held|VBN|acl|4|hold talks|NNS|obj|5|talk",
        # a noun alone
        "War|NN|root|0",
    ],
)
def test_right_parses_are_left_alone(text: str) -> None:
    before, after = tree(text), mend_clauses(tree(text))
    assert [(t.head.i, t.dep_, t.tag_) for t in after] == [(t.head.i, t.dep_, t.tag_) for t in before]


def test_sentences_keep_their_bounds() -> None:
    doc = tree(f"{KILLED}\n{PAST}\nWar|NN|root|0")
    bounds = [(s.start, s.end) for s in doc.sents]
    assert [(s.start, s.end) for s in mend_clauses(doc).sents] == bounds


def test_mending_twice_changes_nothing() -> None:
    once = mend_clauses(tree(KILLED))
    state = [(t.head.i, t.dep_, t.tag_) for t in once]
    assert [(t.head.i, t.dep_, t.tag_) for t in mend_clauses(once)] == state
