"""Parses written by hand, so that a test is about our rules and not about what a parser makes of a sentence.

A line is a sentence, a word `form|TAG|relation|head` or `form|TAG|relation|head|lemma`. Heads are counted from 1 within
the sentence, 0 is the root; a lemma that is left out is the form in lower case.
"""

from __future__ import annotations

from collections.abc import Mapping

from spacy.lang.en import English
from spacy.tokens import Doc, Span

from geoevents.ontology import Condition, Rule

_TAGS = {
    "NOUN": "NN NNS", "PROPN": "NNP NNPS", "VERB": "VB VBD VBG VBN VBP VBZ", "AUX": "MD", "ADJ": "JJ JJR JJS",
    "ADP": "IN RP", "DET": "DT", "NUM": "CD", "PRON": "PRP PRP$ WP WDT EX", "ADV": "RB WRB", "PART": "TO POS",
    "CCONJ": "CC", "PUNCT": ", . :",
}  # fmt: skip
_POS = {tag: pos for pos, tags in _TAGS.items() for tag in tags.split()}
_GLUED = frozenset({",", ".", "'s", "’s", ";", ":", "?", "%"})
VOCAB = English().vocab

_NONE = Condition()
RULE = Rule(
    order=0, event_type="X", mode=None, verbs=(), nouns=(), frame="acts", subject=_NONE, object=_NONE, governor=_NONE,
    sentence=_NONE, contexts=(), acled=None, weak=False,
)  # fmt: skip
"""A rule without conditions, of which a test replaces what it is about."""


def tree(text: str, names: Mapping[str, str] | None = None) -> Doc:
    """A parsed document. `names` maps names of one or more words to their labels: {"Boko Haram": "ORG"}."""
    rows, heads, starts = [], [], []
    for line in text.strip().splitlines():
        first = len(rows)
        for cell in line.split():
            form, tag, relation, head, *lemma = cell.split("|")
            at = len(rows)
            heads.append(at if head == "0" else first + int(head) - 1)
            starts.append(at == first)
            rows.append((form, tag, "ROOT" if head == "0" else relation, lemma[0] if lemma else form.lower()))
    forms = [row[0] for row in rows]
    auxiliary = [row[2] in ("aux", "aux:pass", "cop") for row in rows]
    doc = Doc(
        VOCAB,
        words=forms,
        spaces=[n + 1 < len(forms) and forms[n + 1] not in _GLUED for n in range(len(forms))],
        tags=[row[1] for row in rows],
        pos=["AUX" if aux else _POS[row[1]] for row, aux in zip(rows, auxiliary, strict=True)],
        deps=[row[2] for row in rows],
        heads=heads,
        lemmas=[row[3] for row in rows],
    )
    assert [token.i for token in doc if token.is_sent_start] == [n for n, start in enumerate(starts) if start], text
    doc.set_ents([span for name, label in (names or {}).items() for span in _spans(doc, name, label)])
    return doc


def sentence(text: str, names: Mapping[str, str] | None = None) -> Span:
    """The only sentence of a parse."""
    [only] = tree(text, names).sents
    return only


def _spans(doc: Doc, name: str, label: str) -> list[Span]:
    words = name.split()
    found = [n for n in range(len(doc)) if [t.text for t in doc[n : n + len(words)]] == words]
    assert found, f"{name!r} is not in {doc.text!r}"
    return [Span(doc, n, n + len(words), label=label) for n in found]
