"""Reads Universal Dependencies treebanks (CoNLL-U) into spaCy documents of a few sentences each."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from spacy.tokens import Doc
from spacy.vocab import Vocab

from .splits import is_dev

MAX_WORDS = 90
"""Words in one training document, unless its first sentence has more: what one window of the encoder holds."""


@dataclass(slots=True, kw_only=True)
class Tree:
    """One sentence: a row per word of (form, lemma, upos, xpos, head or -1 for the root, deprel, misc)."""

    document: str
    text: str
    paragraph: bool = False
    rows: list[tuple[str, str, str, str, int, str, str]] = field(default_factory=list)

    def spaces(self) -> list[bool] | None:
        """Whether a blank follows each word, read off the text; None if words and text disagree."""
        at, spaces = 0, []
        for form, *_ in self.rows:
            if not self.text.startswith(form, at):
                return None
            at += len(form)
            blank = self.text[at : at + 1].isspace()
            spaces.append(blank)
            at += blank
        return spaces if at >= len(self.text) else None


def read_trees(path: Path) -> Iterator[Tree]:
    """Sentences of a gzipped CoNLL-U file, in order; empty nodes and the ranges of multiword tokens are passed over."""
    document, paragraph, text, rows = "", True, "", []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for raw in lines:
            line = raw.rstrip("\n")
            if line.startswith("# newdoc id = "):
                document, paragraph = line[14:], True
            elif line.startswith("# newpar"):
                paragraph = True
            elif line.startswith("# text = "):
                text = line[9:]
            elif line and not line.startswith("#"):
                number, form, lemma, upos, xpos, _, head, deprel, _, misc = line.split("\t")
                if number.isdigit():
                    rows.append((form, lemma, upos, xpos, int(head) - 1, deprel, misc))
            elif not line and rows:
                yield Tree(document=document, text=text, paragraph=paragraph, rows=rows)
                paragraph, rows = False, []


def make_doc(vocab: Vocab, trees: list[Tree]) -> Doc:
    """One document of consecutive sentences; a paragraph's end becomes a line break, as in news text."""
    words, spaces, tags, pos, lemmas, heads, deps, starts = [], [], [], [], [], [], [], []

    def add(word: str, space: bool, tag: str, upos: str, lemma: str, head: int, dep: str, start: bool) -> None:
        for column, value in zip(
            (words, spaces, tags, pos, lemmas, heads, deps, starts),
            (word, space, tag, upos, lemma, head, dep, start),
            strict=True,
        ):
            column.append(value)

    for number, tree in enumerate(trees):
        blanks = tree.spaces() or []
        if number:
            if tree.paragraph:
                spaces[-1] = False
                add("\n", False, "_SP", "SPACE", "\n", len(words) - 1, "dep", False)
            else:
                spaces[-1] = True
        base = len(words)
        for at, (form, lemma, upos, xpos, head, dep, _) in enumerate(tree.rows):
            target = base + (at if head < 0 else head)
            add(form, blanks[at], xpos, upos, lemma, target, "ROOT" if head < 0 else dep, at == 0)
    return Doc(
        vocab, words=words, spaces=spaces, tags=tags, pos=pos, lemmas=lemmas, heads=heads, deps=deps, sent_starts=starts
    )


def read_treebanks(paths: list[Path], vocab: Vocab) -> tuple[list[Doc], list[Doc]]:
    """(train, dev) documents of the treebanks, sentences seen before left out of train."""
    train: list[Doc] = []
    dev: list[Doc] = []
    seen: set[str] = set()
    for path in paths:
        group: list[Tree] = []
        for tree in [*read_trees(path), None]:
            if group and (
                tree is None
                or tree.document != group[0].document
                or sum(len(t.rows) for t in [*group, tree]) > MAX_WORDS
            ):
                (dev if is_dev(group[0].document) else train).append(make_doc(vocab, group))
                group = []
            if tree is None or tree.spaces() is None:
                continue
            if tree.text in seen and not is_dev(tree.document):
                continue
            seen.add(tree.text)
            group.append(tree)
    return train, dev
