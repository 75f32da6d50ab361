"""Who did it and to whom: each frame on parses written by hand, with the bundled ontology's rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trees import RULE, tree

from geoevents.extract.actors import find_actors
from geoevents.extract.triggers import Trigger
from geoevents.ontology import FRAMES


def roles(
    text: str, word: str, frame: str, names: dict[str, str] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    doc = tree(text, names)
    [token] = [t for t in doc if t.text == word]
    trigger = Trigger(token=token, first=token.i, last=token.i, rule=replace(RULE, frame=frame))
    return find_actors(trigger)


SHELLED = (
    "Government|NN|compound|2 forces|NNS|nsubj|3|force shelled|VBD|root|0|shell the|DT|det|5 rebels|NNS|obj|3|rebel"
)
PASSIVE = (
    "Two|CD|nummod|2 farmers|NNS|nsubj:pass|4 were|VBD|aux:pass|4 shot|VBN|root|0|shoot by|IN|case|6 troops|NNS|obl|4"
)
MET = "Ministers|NNS|nsubj|2|minister met|VBD|root|0|meet with|IN|case|4 envoys|NNS|obl|2|envoy"
APPEALED = "Kenya|NNP|nsubj|2 appealed|VBD|root|0|appeal to|IN|case|4 donors|NNS|obl|2|donor"
PROTESTED = "Students|NNS|nsubj|2 protested|VBD|root|0 against|IN|case|5 the|DT|det|5 junta|NN|obl|2"
STRIKES = (
    "Jets|NNS|nsubj|2|jet carried|VBD|root|0|carry out|RP|compound:prt|2 strikes|NNS|obj|2|strike on|IN|case|6 "
    "militants|NNS|nmod|4|militant"
)
CLASHES = (
    "Clashes|NNS|nsubj|2|clash erupted|VBD|root|0|erupt between|IN|case|4 rebels|NNS|obl|2|rebel and|CC|cc|6 "
    "troops|NNS|conj|4|troop"
)
TEARGAS = (
    "Police|NNS|nsubj|2|police used|VBD|root|0|use gas|NN|obj|2 to|TO|mark|5 disperse|VB|advcl|2 crowds|NNS|obj|5|crowd"
)
FLED = "Residents|NNS|nsubj|2|resident fled|VBD|root|0|flee"


@pytest.mark.parametrize(
    ("text", "word", "frame", "actors", "recipients"),
    [
        (SHELLED, "shelled", "acts", ("Government forces",), ("rebels",)),
        (PASSIVE, "shot", "acts", ("troops",), ("Two farmers",)),
        (MET, "met", "with", ("Ministers",), ("envoys",)),
        (APPEALED, "appealed", "to", ("Kenya",), ("donors",)),
        (PROTESTED, "protested", "against", ("Students",), ("junta",)),
        (PROTESTED, "protested", "acts", ("Students",), ("junta",)),
        (STRIKES, "strikes", "against", ("Jets",), ("militants",)),
        (CLASHES, "Clashes", "with", ("rebels", "troops"), ()),
        (FLED, "fled", "suffers", (), ("Residents",)),
        (SHELLED, "shelled", "none", (), ()),
        (TEARGAS, "used", "acts", ("Police",), ("crowds",)),
    ],
)
def test_frames(text: str, word: str, frame: str, actors: tuple[str, ...], recipients: tuple[str, ...]) -> None:
    assert roles(text, word, frame) == (actors, recipients)


def test_several_actors_are_named_in_text_order_once() -> None:
    text = (
        "Police|NNS|nsubj|4|police and|CC|cc|3 soldiers|NNS|conj|1|soldier beat|VBD|root|0 students|NNS|obj|4|student"
    )
    assert roles(text, "beat", "acts") == (("Police", "soldiers"), ("students",))
    twice = "Rebels|NNS|nsubj|2|rebel fought|VBD|root|0|fight with|IN|case|4 Rebels|NNS|obl|2|rebel"
    assert roles(twice, "fought", "with") == (("Rebels",), ())


@pytest.mark.parametrize(
    "who", ["They|PRP", "Who|WP", "Monday|NNP", "Shells|NNS", "2011|CD", "Bombing|NN", "March|NNP"]
)
def test_pronouns_dates_and_weapons_are_nobody(who: str) -> None:
    lemma = who.partition("|")[0].lower().removesuffix("s") if "Shells" in who else who.partition("|")[0].lower()
    assert roles(f"{who}|nsubj|2|{lemma} hit|VBD|root|0 homes|NNS|obj|2|home", "hit", "acts") == ((), ("homes",))


def test_a_people_before_a_noun_acts() -> None:
    text = "An|DT|det|3 Israeli|JJ|amod|3 raid|NN|nsubj|4 killed|VBD|root|0|kill two|CD|nummod|6 men|NNS|obj|4|man"
    assert roles(text, "raid", "against", {"Israeli": "NORP"})[0] == ("Israeli",)
    assert roles(text, "raid", "against", {"Israeli": "NORP"})[1] == ("two men",)


@pytest.mark.parametrize("frame", FRAMES)
def test_nobody_both_acts_and_suffers(frame: str) -> None:
    for text, word in [(SHELLED, "shelled"), (PASSIVE, "shot"), (MET, "met"), (STRIKES, "strikes"), (FLED, "fled")]:
        actors, recipients = roles(text, word, frame)
        assert not set(actors) & set(recipients)
        assert len(set(actors)) == len(actors)
