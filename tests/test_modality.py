"""Fact, background, plan, possibility or denial: judged from the words around a trigger, on parses written by hand."""

from __future__ import annotations

import pytest
from trees import tree

from geoevents.extract.modality import judge_modality
from geoevents.pipeline import Pipeline
from geoevents.records import MODALITIES

VERBS = [
    ("asserted", "Rebels|NNS|nsubj|2|rebel shelled*|VBD|root|0|shell Hama|NNP|obj|2"),
    ("asserted", "Rebels|NNS|nsubj|3|rebel have|VBP|aux|3 shelled*|VBN|root|0|shell Hama|NNP|obj|3"),
    ("negated", "Rebels|NNS|nsubj|4|rebel did|VBD|aux|4|do not|RB|advmod|4 shell*|VB|root|0 Hama|NNP|obj|4"),
    ("negated", "Rebels|NNS|nsubj|3|rebel never|RB|advmod|3 shelled*|VBD|root|0|shell Hama|NNP|obj|3"),
    ("negated", "No|DT|det|2 one|NN|nsubj:pass|4 was|VBD|aux:pass|4|be killed*|VBN|root|0|kill"),
    (
        "negated",
        "Not|RB|advmod|3 a|DT|det|3 civilian|NN|nsubj:pass|5 was|VBD|aux:pass|5|be killed*|VBN|root|0|kill",
    ),
    ("negated", "Police|NNS|nsubj|2|police killed*|VBD|root|0|kill no|DT|det|4 one|NN|obj|2"),
    (
        "negated",
        "Rebels|NNS|nsubj|4|rebel did|VBD|aux|4|do not|RB|advmod|4 kill|VB|root|0 or|CC|cc|6 wound*|VB|conj|4 "
        "anyone|NN|obj|6",
    ),
    (
        "asserted",
        "No|DT|det|2 fewer|JJR|advmod|4 than|IN|case|4 five|CD|nummod|5 men|NNS|nsubj|6|man died*|VBD|root|0|die",
    ),
    (
        "asserted",
        "Not|RB|advmod|3 only|RB|advmod|3 soldiers|NNS|nsubj:pass|5|soldier were|VBD|aux:pass|5|be "
        "killed*|VBN|root|0|kill",
    ),
    ("negated", "They|PRP|nsubj|2 denied|VBD|root|0|deny shelling*|VBG|xcomp|2|shell Hama|NNP|obj|3"),
    ("negated", "They|PRP|nsubj|2 denied|VBD|root|0|deny that|IN|mark|5 it|PRP|nsubj|5 shelled*|VBD|ccomp|2|shell"),
    ("future", "Rebels|NNS|nsubj|3|rebel will|MD|aux|3 shell*|VB|root|0 Hama|NNP|obj|3"),
    ("future", "Rebels|NNS|nsubj|2|rebel plan|VBP|root|0 to|TO|mark|4 shell*|VB|xcomp|2 Hama|NNP|obj|4"),
    ("hypothetical", "Rebels|NNS|nsubj|3|rebel may|MD|aux|3 shell*|VB|root|0 Hama|NNP|obj|3"),
    ("hypothetical", "Rebels|NNS|nsubj|3|rebel could|MD|aux|3 shell*|VB|root|0 Hama|NNP|obj|3"),
    ("hypothetical", "They|PRP|nsubj|2 vowed|VBD|root|0|vow to|TO|mark|4 shell*|VB|xcomp|2 Hama|NNP|obj|4"),
    ("hypothetical", "If|IN|mark|3 rebels|NNS|nsubj|3|rebel shell*|VBP|advcl|5 we|PRP|nsubj|5 leave|VBP|root|0"),
    ("asserted", "They|PRP|nsubj|2 began|VBD|root|0|begin to|TO|mark|4 shell*|VB|xcomp|2 Hama|NNP|obj|4"),
    ("historical", "They|PRP|nsubj|2 used|VBD|root|0|use to|TO|mark|4 shell*|VB|xcomp|2 Hama|NNP|obj|4"),
    ("future", "They|PRP|nsubj|3 will|MD|aux|3 leave|VB|root|0 and|CC|cc|5 shell*|VB|conj|3 Hama|NNP|obj|5"),
]
NOUNS = [
    ("asserted", "An|DT|det|2 attack*|NN|nsubj|3 hit|VBD|root|0 Hama|NNP|obj|3"),
    ("negated", "No|DT|det|2 attack*|NN|nsubj:pass|4 was|VBD|aux:pass|4|be reported|VBN|root|0|report"),
    ("negated", "They|PRP|nsubj|2 foiled|VBD|root|0|foil an|DT|det|4 attack*|NN|obj|2"),
    ("negated", "They|PRP|nsubj|2 called|VBD|root|0|call off|RP|compound:prt|2 the|DT|det|5 march*|NN|obj|2"),
    ("negated", "They|PRP|nsubj|2 ruled|VBD|root|0|rule out|RP|compound:prt|2 an|DT|det|5 attack*|NN|obj|2"),
    (
        "asserted",
        "The|DT|det|2 fire*|NN|nsubj|5 did|VBD|aux|5|do not|RB|advmod|5 kill|VB|root|0 anyone|NN|obj|5",
    ),
    (
        "negated",
        "The|DT|det|2 march*|NN|nsubj:pass|5 was|VBD|aux:pass|5|be not|RB|advmod|5 held|VBN|root|0|hold",
    ),
    ("asserted", "They|PRP|nsubj|2 halted|VBD|root|0|halt the|DT|det|4 march*|NN|obj|2"),
    (
        "asserted",
        "He|PRP|nsubj:pass|4 was|VBD|aux:pass|4|be not|RB|advmod|4 hurt|VBN|root|0 in|IN|case|7 the|DT|det|7 "
        "attack*|NN|obl|4",
    ),
    ("future", "A|DT|det|3 planned|JJ|amod|3 attack*|NN|nsubj|4 worries|VBZ|root|0|worry Hama|NNP|obj|4"),
    ("future", "They|PRP|nsubj|2 planned|VBD|root|0|plan an|DT|det|4 attack*|NN|obj|2"),
    ("hypothetical", "They|PRP|nsubj|2 demanded|VBD|root|0|demand an|DT|det|4 attack*|NN|obj|2"),
    ("hypothetical", "The|DT|det|2 risk|NN|nsubj|6 of|IN|case|5 an|DT|det|5 attack*|NN|nmod|2 grew|VBD|root|0|grow"),
    ("hypothetical", "A|DT|det|3 possible|JJ|amod|3 attack*|NN|nsubj|4 looms|VBZ|root|0|loom"),
    ("historical", "A|DT|det|3 previous|JJ|amod|3 attack*|NN|nsubj|4 hit|VBD|root|0 Hama|NNP|obj|4"),
    (
        "historical",
        "The|DT|det|2 anniversary|NN|nsubj|6 of|IN|case|5 the|DT|det|5 attack*|NN|nmod|2 passed|VBD|root|0|pass",
    ),
    ("historical", "Six|CD|nummod|2 years|NNS|nsubj|5|year of|IN|case|4 war*|NN|nmod|2 ended|VBD|root|0|end"),
    ("asserted", "They|PRP|nsubj|2 launched|VBD|root|0|launch an|DT|det|4 attack*|NN|obj|2"),
    ("future", "They|PRP|nsubj|3 will|MD|aux|3 launch|VB|root|0 an|DT|det|5 attack*|NN|obj|3"),
]


@pytest.mark.parametrize(("expected", "text"), VERBS + NOUNS)
def test_modality(expected: str, text: str) -> None:
    at = next(n for n, cell in enumerate(text.split()) if "*|" in cell)
    assert judge_modality(tree(text.replace("*|", "|"))[at]) == expected


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Rebels shelled the town on Thursday.", "shelled", "asserted"),
        ("Rebels will attack the town on Friday.", "attack", "future"),
        ("Rebels could attack the town.", "attack", "hypothetical"),
        ("Rebels did not attack the town.", "attack", "negated"),
        ("Rebels threatened to attack the town.", "attack", "hypothetical"),
        ("The army denied that it had attacked the town.", "attacked", "negated"),
    ],
)
def test_plain_sentences(pipeline: Pipeline, text: str, trigger: str, expected: str) -> None:
    doc = pipeline.nlp(text)
    assert judge_modality(next(t for t in doc if t.text == trigger)) == expected


def test_every_word_of_a_real_text_has_a_modality(pipeline: Pipeline) -> None:
    text = "Rebels who had vowed to fight fled. No shelling was heard, but an attack may follow, he said. " * 3
    assert {judge_modality(token) for token in pipeline.nlp(text)} <= set(MODALITIES)
