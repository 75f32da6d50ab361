"""Makes training text look like the wild: curly quotes, headlines in capitals, careless case, other names."""

from __future__ import annotations

import random

from spacy.tokens import Doc

CURLY = {
    "'": "’",
    "''": "”",
    "``": "“",
    "'s": "’s",
    "n't": "n’t",
    "'re": "’re",
    "'ve": "’ve",
    "'ll": "’ll",
    "'d": "’d",
    "'m": "’m",
    "--": "—",
    "-": "–",
}
"""Straight forms and what typesetters make of them; the lone hyphen only between blanks."""

ALL_CAPITALS, ALL_LOWER, CURLY_SHARE, BLANK_LINE = 0.04, 0.02, 0.4, 0.5
"""Shares of documents changed so. Chosen by sense of proportion, not tuned."""


def set_words(doc: Doc, words: list[str]) -> Doc:
    """A copy of `doc` with other word forms; every annotation stays."""
    return Doc(
        doc.vocab,
        words=words,
        spaces=[bool(token.whitespace_) for token in doc],
        tags=[token.tag_ for token in doc],
        pos=[token.pos_ for token in doc],
        lemmas=[token.lemma_ for token in doc],
        heads=[token.head.i for token in doc] if doc.has_annotation("DEP") else None,
        deps=[token.dep_ for token in doc] if doc.has_annotation("DEP") else None,
    )


def typeset(doc: Doc) -> list[str]:
    """The words with typographic quotes, apostrophes and dashes."""
    words, opened = [], False
    for token in doc:
        word = token.text
        if word == '"':
            word, opened = ("”", False) if opened or token.tag_ == "''" else ("“", True)
        elif word == "-" and not (token.i and doc[token.i - 1].whitespace_ and token.whitespace_):
            pass
        else:
            word = CURLY.get(word, word)
            if word == token.text and "'" in word and len(word) > 1:
                word = word.replace("'", "’")
        words.append(word)
    return words


def augment_syntax(doc: Doc, rng: random.Random) -> Doc:
    """A variant of a treebank document, or the document itself."""
    words = typeset(doc) if rng.random() < CURLY_SHARE else [token.text for token in doc]
    if rng.random() < BLANK_LINE:
        words = ["\n\n" if word == "\n" else word for word in words]
    draw = rng.random()
    if draw < ALL_CAPITALS:
        words = [word.upper() if len(word.upper()) == len(word) else word for word in words]
    elif draw < ALL_CAPITALS + ALL_LOWER:
        words = [word.lower() if len(word.lower()) == len(word) else word for word in words]
    if words == [token.text for token in doc]:
        return doc
    return set_words(doc, words)
