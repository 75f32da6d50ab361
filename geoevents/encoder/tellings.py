"""What a document's words tell of, as the encoder sees it: events, modes, modalities, and who is who in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Doc

TELLINGS = "geoevents_tellings"
"""Key of doc.user_data: the fields of Tellings and of its labels, as what a spaCy document can be written with."""

LEAST = 0.02
"""Probability of telling of any event below which a word's types and modes are not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingLabels:
    """The labels of the heads in order: `event` begins with that of words that tell of none, `mode` ("ASSAULT/drone")
    with that of events without one, `part` with that of words that are of no figure and no speaker."""

    event: tuple[str, ...]
    mode: tuple[str, ...]
    modality: tuple[str, ...]
    part: tuple[str, ...]
    role: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tellings:
    """Probabilities of a document's words.

    `words` are those that may tell of an event, rising; `events` [words, types] and `modes` [words, modes] are theirs.
    `modalities` [all words, modalities] and `parts` [all words, parts]; `vectors` [all words, 2, k] and `weights`
    [roles, k + 1, k + 1] score roles.
    """

    labels: TellingLabels
    words: NDArray[np.intp]
    events: NDArray[np.float32]
    modes: NDArray[np.float32]
    modalities: NDArray[np.float16]
    parts: NDArray[np.float16]
    vectors: NDArray[np.float16]
    weights: NDArray[np.float32]

    def between(self, first: int, last: int) -> list[int]:
        """The words from `first` to `last` that may tell of an event."""
        start, end = self.words.searchsorted((first, last))
        found: list[int] = self.words[start:end].tolist()
        return found

    def types(self, word: int) -> dict[str, float]:
        """The probability of each type that the word may tell of; empty where it tells of none."""
        row = self._row(word)
        return {} if row is None else dict(zip(self.labels.event[1:], self.events[row, 1:].tolist(), strict=True))

    def mode(self, word: int, event_type: str) -> str | None:
        """The likeliest mode of an event of this type that the word tells of."""
        row = self._row(word)
        if row is None:
            return None
        fitting = [
            (p, m) for p, m in zip(self.modes[row].tolist(), self.labels.mode, strict=True) if _of(m, event_type)
        ]
        return max(fitting)[1].partition("/")[2] or None

    def modality(self, word: int) -> dict[str, float]:
        """The probability of each modality of what the word tells of."""
        return dict(zip(self.labels.modality, map(float, self.modalities[word]), strict=True))

    def part(self, first: int, last: int) -> dict[str, NDArray[np.float16]]:
        """For each part the probability that each word from `first` to `last` is of one."""
        return dict(zip(self.labels.part, self.parts[first:last].T, strict=True))

    def roles(self, word: int, first: int, last: int) -> dict[str, NDArray[np.float32]]:
        """For each role the probability that each word from `first` to `last` belongs to what fills it."""
        import numpy as np

        teller = np.append(self.vectors[word, 0].astype(np.float32), np.float32(1))
        told = self.vectors[first:last, 1].astype(np.float32)
        turned = np.einsum("d,rde->re", teller, self.weights)
        scores = told @ turned[:, :-1].T + turned[:, -1]
        return dict(zip(self.labels.role, (1 / (1 + np.exp(-scores))).T, strict=True))

    def _row(self, word: int) -> int | None:
        at = int(self.words.searchsorted(word))
        return at if at < len(self.words) and self.words[at] == word else None


def _of(mode: str, event_type: str) -> bool:
    return not mode or mode.partition("/")[0] == event_type


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities of rows of scores."""
    import numpy as np

    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    made: NDArray[np.float32] = raised / raised.sum(axis=-1, keepdims=True)
    return made


def find_tellings(doc: Doc) -> Tellings | None:
    """What the encoder saw in a document; None where it comes from a pipeline without the encoder."""
    found = doc.user_data.get(TELLINGS)
    if found is None:
        return None
    labels = TellingLabels(**{name: tuple(names) for name, names in found["labels"].items()})
    return Tellings(**found | {"labels": labels})


def keep_tellings(doc: Doc, tellings: Tellings) -> None:
    """Leaves what the encoder saw with a document."""
    doc.user_data[TELLINGS] = {f.name: getattr(tellings, f.name) for f in fields(Tellings)} | {
        "labels": {f.name: getattr(tellings.labels, f.name) for f in fields(TellingLabels)}
    }


def read_tellings(
    labels: TellingLabels,
    weights: NDArray[np.float32],
    event: Sequence[NDArray[np.float32]],
    mode: Sequence[NDArray[np.float32]],
    modality: Sequence[NDArray[np.float32]],
    part: Sequence[NDArray[np.float32]],
    role: Sequence[NDArray[np.float16]],
) -> Tellings:
    """From the heads' scores of the words of windows, in order."""
    import numpy as np

    words, events, modes, first = [], [], [], 0
    for scores, ways in zip(event, mode, strict=True):
        chances = softmax(scores)
        kept = np.flatnonzero(chances[:, 0] < 1 - LEAST)
        words.append(kept + first)
        events.append(chances[kept])
        modes.append(softmax(ways[kept]))
        first += len(scores)
    return Tellings(
        labels=labels,
        words=np.concatenate(words),
        events=np.concatenate(events),
        modes=np.concatenate(modes),
        modalities=np.concatenate([softmax(scores).astype(np.float16) for scores in modality]),
        parts=np.concatenate([softmax(scores).astype(np.float16) for scores in part]),
        vectors=np.concatenate(role),
        weights=weights,
    )
