"""The ontology file: the bundled one holds together, mistakes are named with file and rule, a user's own is obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from geoevents.errors import GeoeventsError, OntologyError
from geoevents.ontology import FRAMES, Ontology, load_ontology
from geoevents.pipeline import Pipeline

PLOVER = set(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE "
    "COERCE ASSAULT".split()
)
MODES = set(
    "visit third-party multilateral phone withdraw release return disarm ceasefire access resign assist change yield "
    "meet disapprove investigate allege restrict ban arrest relations rights expel territory violence demo riot strike "
    "hunger boycott obstruct convict discontinue troops weapons police militia seize censor curfew deport withhold "
    "misinformation cyber abduct beat torture execute sexual assassinate destroy primitive firearms explosives "
    "suicide-attack aerial drone heavy-weapons crowd-control cleansing massacre unconventional".split()
)
ACLED_TYPES = {
    "Battles",
    "Protests",
    "Riots",
    "Explosions/Remote violence",
    "Violence against civilians",
    "Strategic developments",
}
USERS_OWN = """
version = "mine-2"
[classes]
beast = ["locust", "grasshopper"]
[types.IN]
label = "insect infestation"
acled = ["Strategic developments", "Other"]
[[rules]]
type = "IN"
verbs = ["devour", "eat up"]
subject = ["@beast"]
object = ["!cake"]
frame = "acts"
contexts = ["disasters"]
[[rules]]
type = "IN"
nouns = ["locust swarm", "post-storm infestation"]
frame = "none"
weak = true
"""


@pytest.fixture(scope="module")
def bundled() -> Ontology:
    return load_ontology()


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


# --- the bundled file -------------------------------------------------------------------------------------------------


def test_bundled_types_are_plover_and_glide(bundled: Ontology) -> None:
    hazards = bundled.labels.keys() - PLOVER
    assert bundled.labels.keys() >= PLOVER
    assert {"EQ", "FL", "TC", "WF", "EP", "AC"} <= hazards
    assert all(len(code) == 2 and code.isupper() for code in hazards)
    assert bundled.version


def test_bundled_rules_hold_together(bundled: Ontology) -> None:
    assert [rule.order for rule in bundled.rules] == list(range(len(bundled.rules)))
    for rule in bundled.rules:
        assert rule.event_type in bundled.labels, rule
        assert rule.mode is None or rule.mode in MODES, rule
        assert rule.frame in FRAMES, rule
        assert rule.verbs or rule.nouns, rule
        assert all(word == word.lower() and phrase for phrase in (*rule.verbs, *rule.nouns) for word in phrase), rule
        for condition in (rule.subject, rule.object, rule.governor, rule.sentence):
            assert not condition.wanted & condition.barred, rule
            assert not any(word.startswith("!") for word in condition.wanted | condition.barred), rule


def test_every_bundled_type_has_a_rule(bundled: Ontology) -> None:
    assert {rule.event_type for rule in bundled.rules} == bundled.labels.keys()


def test_index_finds_every_phrase(bundled: Ontology) -> None:
    for rule in bundled.rules:
        for phrase in rule.verbs:
            assert (phrase, rule) in bundled.verbs[phrase[0]]
        for phrase in rule.nouns:
            assert (phrase, rule) in bundled.nouns[phrase[-1]]


def test_crosswalk(bundled: Ontology) -> None:
    assert bundled.crosswalk("ASSAULT", "aerial") == ("Explosions/Remote violence", "Air/drone strike")
    assert bundled.crosswalk("ASSAULT", None) == ("Violence against civilians", "Attack")
    assert bundled.crosswalk("ASSAULT", "unheard of") == bundled.crosswalk("ASSAULT", None)
    assert bundled.crosswalk("EQ", None) is None
    assert {pair[0] for pair in bundled.acled.values() if pair} <= ACLED_TYPES
    for key in bundled.acled:  # "TYPE" or "TYPE mode", and some rule tells of it
        name, _, mode = key.partition(" ")
        assert not mode or any((rule.event_type, rule.mode) == (name, mode) for rule in bundled.rules), key
        assert name in bundled.labels


# --- a user's own file ------------------------------------------------------------------------------------------------


def test_users_own_file_is_read_whole(tmp_path: Path) -> None:
    ontology = load_ontology(written(tmp_path, USERS_OWN))
    verb, noun = ontology.rules
    assert (ontology.version, ontology.labels) == ("mine-2", {"IN": "insect infestation"})
    assert verb.verbs == (("devour",), ("eat", "up"))
    assert verb.subject.wanted == {"locust", "grasshopper"}
    assert (verb.object.wanted, verb.object.barred) == (frozenset(), {"cake"})
    assert (verb.frame, verb.contexts, verb.weak, verb.mode) == ("acts", ("disasters",), False, None)
    assert noun.nouns == (("locust", "swarm"), ("post", "-", "storm", "infestation"))  # as the tokenizer cuts it
    assert (noun.frame, noun.weak) == ("none", True)
    assert not noun.subject
    assert ontology.crosswalk("IN", None) == ("Strategic developments", "Other")


def test_path_may_be_a_string(tmp_path: Path) -> None:
    path = written(tmp_path, USERS_OWN)
    assert load_ontology(str(path)) == load_ontology(path)


def test_users_own_type_is_found(tmp_path: Path) -> None:
    pipeline = Pipeline.load(ontology=written(tmp_path, USERS_OWN))
    report = pipeline("Locusts devoured crops near Nairobi on Monday. Gunmen killed nine people in Kabul.")
    assert [(event.event_type, event.trigger) for event in report.events] == [("IN", "devoured")]
    [event] = report.events
    assert (event.actors, event.recipients, event.contexts) == (("Locusts",), ("crops",), ("disasters",))
    assert event.acled_event_type == "Strategic developments"
    assert event.place_text == "Nairobi"


# --- mistakes ---------------------------------------------------------------------------------------------------------

TYPE = "[types.X]\n"
RULE = TYPE + '[[rules]]\ntype = "X"\nverbs = ["x"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no [types.NAME] tables"),
        ("[types]\n", "has no [types.NAME] tables"),
        (RULE + 'colour = "red"\n', "rule 1 (X): unknown key 'colour'; known are acled, contexts, frame"),
        (RULE + '[[rules]]\ntype = "Y"\nmode = "m"\nverbs = ["y"]\n', "rule 2 (Y m): type is not among the [types]"),
        (TYPE + '[[rules]]\nverbs = ["x"]\n', "rule 1 (None): type is not among the [types]"),
        (RULE + 'frame = "sings"\n', "rule 1 (X): frame 'sings' is not one of acts, with, to"),
        (TYPE + '[[rules]]\ntype = "X"\nmode = "m"\n', "rule 1 (X m): needs verbs or nouns"),
        (TYPE + '[[rules]]\ntype = "X"\nnouns = []\n', "rule 1 (X): needs verbs or nouns"),
        (RULE + 'subject = ["@nobody"]\n', "rule 1 (X): subject names the unknown class '@nobody'"),
        (RULE + 'object = ["!@nobody"]\n', "rule 1 (X): object names the unknown class '@nobody'"),
        ('[types.X]\nacled = "Battles"\n', "'X': acled must be [event type, sub-event type]"),
        ('[types.X]\nacled = ["Battles"]\n', "'X': acled must be [event type, sub-event type]"),
        (TYPE + '[modes]\n"X m" = ["Battles", 7]\n', "'X m': acled must be [event type, sub-event type]"),
        ("[types.X\n", "is not valid TOML"),
        (TYPE + "[types.X]\n", "is not valid TOML"),
        (RULE + 'subject = "army"\n', "rule 1 (X): subject must be a list of words"),
        (TYPE + '[[rules]]\ntype = "X"\nverbs = "shell"\n', "rule 1 (X): verbs must be a list of words"),
        (RULE + "contexts = [7]\n", "rule 1 (X): contexts must be a list of words"),
        (RULE + 'acled = "Battles"\n', "rule 1 (X): acled must be [event type, sub-event type]"),
        ('rules = ["x"]\n' + TYPE, "rule 1 must be a table"),
        ("rules = 7\n" + TYPE, "rules must be [[rules]] tables"),
        ("types = 7\n", "types must be a table"),
        ("[types]\nX = 7\n", "types.X must be a table"),
        ("classes = 7\n" + TYPE, "classes must be a table"),
        ('[classes]\nforce = "army"\n' + TYPE, "class force must be a list of words"),
        (RULE + "mode = 7\n", "rule 1 (X 7): mode must be a word"),
        ("modes = 7\n" + TYPE, "modes must be a table"),
    ],
)
def test_mistakes_are_named_with_file_and_rule(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(OntologyError) as raised:
        load_ontology(path)
    assert str(raised.value).startswith(str(path))
    assert message in str(raised.value)
    assert isinstance(raised.value, (GeoeventsError, ValueError))


def test_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[types.X]\nlabel = "\xe9pid\xe9mie"\n')
    with pytest.raises(OntologyError, match="is not valid TOML"):
        load_ontology(path)


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(OntologyError, match="cannot read the ontology"):
        load_ontology(tmp_path / name)


@pytest.mark.parametrize(
    ("event_type", "mode", "acled"),
    [
        ("RETREAT", "withdraw", ("Strategic developments", "Non-violent transfer of territory")),
        ("RETREAT", "release", None),
        ("PROTEST", "demo", ("Protests", "Peaceful protest")),
        ("PROTEST", "strike", None),
        ("EQ", None, None),
    ],
)
def test_a_mode_that_acled_does_not_code_has_no_equivalent(event_type: str, mode: str | None, acled: object) -> None:
    assert load_ontology().crosswalk(event_type, mode) == acled
