"""A passage: a few sentences of raw text with the names in it, and how it becomes a spaCy document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc

MASK = "-"
"""Label of a stretch nobody vouches for: the model is neither rewarded nor punished there."""

LABELS = ("PLACE", "NORP", "ORG", "PERSON")

_NO_BLANK_BEFORE = re.compile(
    r"^(?:[.,;:!?%)\]}’”»]+|''|'s|’s|n't|n’t|'(?:re|ve|ll|d|m)|’(?:re|ve|ll|d|m)|\.\.\.)$", re.IGNORECASE
)
_NO_BLANK_AFTER = frozenset("([{$£€“‘«#``")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Raw text and its names: (start, end, label) in characters, sorted, apart from each other.

    `source` is the corpus, `document` what the dev split goes by, `labelled` the labels the corpus annotates."""

    source: str
    document: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    labelled: tuple[str, ...] = LABELS

    def __post_init__(self) -> None:
        last = 0
        for start, end, _ in self.spans:
            if not last <= start < end <= len(self.text):
                raise ValueError(f"{self.source} {self.document}: spans {self.spans} do not fit {self.text!r}")
            last = end


def join_words(words: Sequence[str], labels: Sequence[str], glued: str = "") -> tuple[str, list[tuple[int, int, str]]]:
    """Text as a newspaper would print it, and the character spans of the labels (B-X, I-X, O; IO runs join).

    Words of one character of `glued` touch both neighbours: a corpus that cuts "al-Abadi" in three needs it."""
    text, spans, glue, quoted = "", [], True, False
    previous = "O"
    following = [*words[1:], ""]
    for word, label, after in zip(words, labels, following, strict=True):
        closing = word == '"' and quoted
        tight = len(word) == 1 and (word in glued or (word in "'’" and after in ("s", "t", "re", "ve", "ll", "m", "d")))
        if not (glue or tight or _NO_BLANK_BEFORE.match(word) or closing):
            text += " "
        start = len(text)
        text += word
        if word == '"':
            quoted = not quoted
        glue = tight or word in _NO_BLANK_AFTER or (word == '"' and quoted)
        kind = label.partition("-")[2]
        if kind and spans and not label.startswith("B-") and previous == kind:
            spans[-1] = (spans[-1][0], len(text), kind)
        elif kind:
            spans.append((start, len(text), kind))
        previous = kind or "O"
    return text, spans


def merge_spans(
    sure: Iterable[tuple[int, int, str]], more: Iterable[tuple[int, int, str]]
) -> tuple[tuple[int, int, str], ...]:
    """All of `sure`, and those of `more` that touch none of them nor an earlier one of `more`."""
    kept = sorted(sure)
    for span in sorted(more, key=lambda s: (s[0], -s[1])):
        if all(span[1] <= start or span[0] >= end for start, end, _ in kept):
            kept.append(span)
    return tuple(sorted(kept))


def make_doc(nlp: Language, passage: Passage) -> Doc:
    """The gold document: our tokens, entities, and tokens masked where a span does not fall on token borders."""
    doc = nlp.make_doc(passage.text)
    entities, masked = [], []
    for start, end, label in passage.spans:
        span = doc.char_span(start, end, label=label)
        if span is None or label == MASK:
            loose = doc.char_span(start, end, alignment_mode="expand")
            if loose is not None:
                masked.append(loose)
        else:
            entities.append(span)
    taken = {token.i for span in entities for token in span}
    missing = sorted({token.i for span in masked for token in span} - taken)
    doc.set_ents(entities, missing=[doc[i : i + 1] for i in missing], default="outside")
    return doc
