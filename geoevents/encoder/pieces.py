"""Words cut into the encoder's word pieces, and what their capitals say; shared by training and running."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_PIECES = 6
"""Pieces kept of one word."""

CASES = ("no letters", "lower", "Capitalised", "ALL CAPITALS", "mIxed", "white space")
"""The case classes, by number; letters are those of scripts that know capitals."""

_MAX_CHARACTERS = 256
"""Characters looked at of one word: a run of more than 100 letters is one unknown piece already."""

_MAX_WORDS = 30_000
"""Distinct words remembered."""


class Pieces:
    """The encoder's vocabulary: lower-cased, accents stripped, each word cut alone."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # "[SEP]" in a text is a bracket, three letters and a bracket
        self._tokenizer = tokenizer
        self._known: dict[str, tuple[list[int], int]] = {}
        self.size: int = tokenizer.get_vocab_size()
        self.first, self.last, self.unknown, self._space = (
            self._id(piece) for piece in ("[CLS]", "[SEP]", "[UNK]", "[unused1]")
        )

    @classmethod
    def load(cls, path: str | Path) -> Pieces:
        """Reads a tokenizer.json."""
        return cls.from_str(Path(path).read_text(encoding="utf-8"))

    @classmethod
    def from_str(cls, text: str) -> Pieces:
        """Takes the text of a tokenizer.json."""
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_str(text))

    def to_str(self) -> str:
        """The text of a tokenizer.json."""
        return str(self._tokenizer.to_str())

    def cut(self, words: Sequence[str]) -> tuple[list[list[int]], list[int]]:
        """The ids of the pieces of each word, 1 to MAX_PIECES, and the case class of each; not to be changed.

        A word's pieces depend on it alone. White space is one piece of its own, a word of no piece the unknown one.
        """
        known = self._known
        missing = {word: None for word in words if word not in known}
        if missing and len(known) + len(missing) > _MAX_WORDS:
            known = self._known = {}
            missing = dict.fromkeys(words)
        if missing:
            known.update(self._encode(list(missing)))
        found = [known[word] for word in words]
        return [ids for ids, _ in found], [case for _, case in found]

    def _encode(self, words: list[str]) -> dict[str, tuple[list[int], int]]:
        cut: list[list[int]] = [[self._space] if word.isspace() else [] for word in words]
        texts = [word[:_MAX_CHARACTERS] for word in words]
        encoding = self._tokenizer.encode(texts, is_pretokenized=True, add_special_tokens=False)  # one thread, one call
        for piece, at in zip(encoding.ids, encoding.word_ids, strict=True):
            if at is not None and len(cut[at]) < MAX_PIECES:
                cut[at].append(piece)
        return {
            word: (pieces or [self.unknown], _case_of(text))
            for word, text, pieces in zip(words, texts, cut, strict=True)
        }

    def _id(self, piece: str) -> int:
        found = self._tokenizer.token_to_id(piece)
        if found is None:
            raise ValueError(f"the tokenizer has no piece {piece}")
        return int(found)


def _case_of(word: str) -> int:
    """The number of a word's case class in CASES."""
    if word.islower():
        return 1
    letters = [letter for letter in word if letter.isupper() or letter.islower()]
    if not letters:
        return 5 if word.isspace() else 0
    if len(letters) > 1 and word.isupper():
        return 3
    return 2 if letters[0].isupper() and not any(letter.isupper() for letter in letters[1:]) else 4
