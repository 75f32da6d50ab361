"""What the encoder sees beside the rules: triggers, types, modality, who is who, how many."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from geoevents.encoder import find_tellings
from geoevents.extract.casualties import Figure, count_people
from geoevents.extract.fillers import choose_speaker, find_fillers, read_figures
from geoevents.extract.quantities import Bounds, find_numbers
from geoevents.extract.seen import Judgement, mix_modality, possible_triggers, weigh_triggers
from geoevents.extract.triggers import find_triggers
from geoevents.ontology import load_ontology
from geoevents.pipeline import Pipeline

MODALITIES = ("asserted", "historical", "future", "hypothetical", "negated")
PARTS = ("O", "killed", "injured", "missing", "displaced", "arrested", "said")
EVEN = Judgement(
    weights=(0, 0, 0, 0, 0, 0, 0),
    threshold=0.5,
    alone=0.5,
    told=1.0,
    modality=0.0,
    background=0.0,
    ruled_alone=0.7,
    weak_alone=0.3,
)


def seen(
    chances: dict[int, dict[str, float]],
    roles: dict[int, float] | None = None,
    mode: str | None = None,
    parts: dict[int, str] | None = None,
):
    """An encoder that gives these words these chances, words of any role theirs, and is sure of these parts."""
    return SimpleNamespace(
        labels=SimpleNamespace(event=("O", "ASSAULT", "AC", "COERCE")),
        between=lambda first, last: [word for word in sorted(chances) if first <= word < last],
        types=lambda word: chances.get(word, {}),
        mode=lambda *_: mode,
        roles=lambda _, first, last: dict.fromkeys(
            ("actor", "said", "figure"), np.array([(roles or {}).get(i, 0.0) for i in range(first, last)])
        ),
        part=lambda first, last: {
            name: np.array([float((parts or {}).get(i, "O") == name) for i in range(first, last)]) for name in PARTS
        },
    )


def read(text: str, pipeline: Pipeline, ruled: bool = True, **what):
    doc = pipeline.nlp(text)
    [sent] = doc.sents
    triggers = list(find_triggers(sent, load_ontology(), frozenset(), frozenset())) if ruled else []
    return [(t.rule.event_type, t.rule.mode, str(doc[t.first : t.last + 1])) for t in
            weigh_triggers(sent, triggers, seen(**what), frozenset())]  # fmt: skip


@pytest.fixture(autouse=True)
def _plain_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """The encoder's odds and a little for a rule: the tests hold whatever was fitted."""
    plain = Judgement(
        weights=(1, 0, 1, 0, 0, 0, 0), threshold=0.3, alone=0.5, told=1.0, modality=0.0, background=0.0,
        ruled_alone=0.7, weak_alone=0.3,
    )  # fmt: skip
    monkeypatch.setattr("geoevents.extract.seen.load_judgement", lambda: plain)


def test_a_word_that_no_rule_knows_tells_of_an_event(pipeline: Pipeline) -> None:
    text = "Masked men waylaid a bus near Mubi."
    assert read(text, pipeline, chances={2: {"ASSAULT": 0.98, "AC": 0.01}}, mode="abduct") == [
        ("ASSAULT", "abduct", "waylaid")
    ]
    assert read(text, pipeline, chances={2: {"ASSAULT": 0.01, "AC": 0.01}}) == []


def test_a_rule_falls_where_the_encoder_sees_no_event(pipeline: Pipeline) -> None:
    text = "The rebels attacked the village."
    assert [t for t, *_ in read(text, pipeline, chances={2: {"ASSAULT": 0.9, "AC": 0.01}})] == ["ASSAULT"]
    assert read(text, pipeline, chances={}) == []


def test_a_type_of_the_users_own_stands(pipeline: Pipeline) -> None:
    doc = pipeline.nlp("They sang.")
    [sent] = doc.sents
    [found] = possible_triggers(sent, (), seen({1: {"SONG": 0.9}}), frozenset())
    own = replace(found, rule=replace(found.rule, event_type="SONG"))
    assert [t.rule.event_type for t in weigh_triggers(sent, [own], seen({}), frozenset())] == ["SONG"]


def test_without_the_encoder_rules_are_as_sure_as_they_were_found_to_be(pipeline: Pipeline) -> None:
    [sent] = pipeline.nlp("The rebels attacked the village.").sents
    ruled = list(find_triggers(sent, load_ontology(), frozenset(), frozenset()))
    [trigger] = weigh_triggers(sent, ruled, None, frozenset())
    assert trigger.confidence == 0.7


def test_the_rules_word_on_modality_weighs() -> None:
    chances = dict(zip(MODALITIES, (0.5, 0.4, 0.0, 0.1, 0.0), strict=True))
    assert mix_modality(chances, "historical", EVEN) == "asserted"
    heavy = Judgement(**{name: getattr(EVEN, name) for name in EVEN.__slots__} | {"background": 1.0})
    assert mix_modality(chances, "historical", heavy) == "historical"
    assert mix_modality(chances, "asserted", heavy) == "asserted"


def test_fillers_are_stretches_without_articles(pipeline: Pipeline) -> None:
    doc = pipeline.nlp("A group of men and the army fought in Kutum.")
    [sent] = doc.sents
    both = seen({7: {"ASSAULT": 0.9}}, roles={0: 0.9, 1: 0.9, 2: 0.2, 3: 0.8, 4: 0.1, 5: 0.6, 6: 0.7})
    [trigger] = possible_triggers(sent, (), both, frozenset())
    assert [span.text for span in find_fillers(trigger, "actor", both)] == ["group of men", "army"]


@pytest.mark.parametrize(
    ("phrase", "best"),
    [
        ("seven policemen and a watchman", 8),
        ("two looters and a man", 3),
        ("three men and a woman", 4),
        ("a mother and her three daughters", 4),
        ("an elderly couple", 2),
        ("at least five people", 5),
        ("the governor", 1),
        ("a crowd", None),
        ("villagers", None),
    ],
)
def test_people_of_a_phrase_are_counted(phrase: str, best: int | None, pipeline: Pipeline) -> None:
    doc = pipeline.nlp(f"The blast killed {phrase} in Kutum.")
    [sent] = doc.sents
    start = len("The blast killed ")
    span = doc.char_span(start, start + len(phrase))
    counted = count_people(span, list(find_numbers(sent)))
    assert (counted.best if counted else None) == best


@pytest.mark.parametrize(
    ("tied", "parts", "ruled", "expected"),
    [
        (0.9, "killed", None, [("fatalities", 7, "ambush")]),  # the encoder's alone, with the trigger it is tied to
        (0.1, "killed", None, []),  # tied to none
        (0.9, "injured", {"kind": "fatalities"}, [("fatalities", 7, "cost")]),  # rules know kinds and where they stand
        (0.9, "", {"kind": "fatalities"}, [("fatalities", 7, "cost")]),
        (0.9, "", {"kind": "fatalities", "loose": True}, []),
        (0.9, "said", {"kind": "fatalities", "loose": True}, [("fatalities", 7, "cost")]),
    ],
)
def test_figures_are_the_encoders_and_those_of_rules_that_it_allows(tied, parts, ruled, expected, pipeline) -> None:
    doc = pipeline.nlp("The ambush cost seven guards their lives.")
    [sent] = doc.sents
    named = dict.fromkeys((3, 4), parts) if parts else {}
    both = seen({1: {"ASSAULT": 0.9}}, roles=dict.fromkeys((3, 4), tied), parts=named)
    triggers = possible_triggers(sent, (), both, frozenset())
    bounds = Bounds(low=7, best=7, high=7)
    rules = [Figure(bounds=bounds, token=doc[2], words=(3, 3), **ruled)] if ruled else []
    found = read_figures(sent, triggers, rules, both)
    assert [(f.kind, f.bounds.best, f.token.text) for f in found] == expected


@pytest.mark.parametrize(("tied", "expected"), [(0.9, "Two nurses"), (0.1, "police")])
def test_a_speaker_is_the_encoders_where_it_ties_one_to_the_event(tied: float, expected: str, pipeline) -> None:
    doc = pipeline.nlp("Two nurses told of shelling in Kutum.")
    both = seen({4: {"ASSAULT": 0.9}}, roles={0: tied, 1: tied}, parts={0: "said", 1: "said"})
    [trigger] = possible_triggers(next(doc.sents), (), both, frozenset())
    assert choose_speaker(trigger, "police", both) == expected


def test_the_bundled_encoder_reads_events(pipeline: Pipeline) -> None:
    doc = pipeline.nlp("Gunmen torched a clinic in Kutum.")
    told = find_tellings(doc)
    types = told.types(1)
    assert max(types, key=types.get) == "ASSAULT"
    assert sum(types.values()) > 0.5
    assert told.types(3) == {} or sum(told.types(3).values()) < 0.5
    actor = told.roles(1, 0, len(doc))["actor"]
    assert actor[0] > 0.5 > actor[5]
    assert max(told.modality(1), key=told.modality(1).get) == "asserted"
