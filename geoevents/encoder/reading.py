"""What the encoder reads off the words of a document, in numbers; no spaCy here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .forest import Forest
from .names import NamedSpan, decode_names
from .network import Network
from .pieces import Pieces
from .tellings import TellingLabels, Tellings, read_tellings
from .trees import hang_low, name_subjects
from .windows import cut_windows, find_boundaries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.intp]

TOLD = ("event", "mode", "modality", "part", "role")
KEPT = ("place", "party", "tag", "pos", "link", *TOLD)
"""The heads whose output is kept until a document's end; of TOLD events are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The labels of the heads, in order; `morphs` are the features of tags."""

    place: tuple[str, ...]
    party: tuple[str, ...]
    tag: tuple[str, ...]
    pos: tuple[str, ...]
    rel: tuple[str, ...]
    morphs: dict[str, str]
    tellings: TellingLabels


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Numbers of labels and of heads, a root's being its own; where sentences start; names; `links` as in links.py.

    White space (`spaces`) hangs on a word beside it; its labels mean nothing."""

    spaces: NDArray[np.bool_]
    tags: Numbers
    pos: Numbers
    heads: Numbers
    relations: Numbers
    starts: NDArray[np.bool_]
    places: list[NamedSpan]
    parties: list[NamedSpan]
    links: NDArray[np.float16]
    tellings: Tellings


class Reader:
    """A network, its vocabulary and its labels; `roles` [roles, k + 1, k + 1] scores who is who in an event."""

    def __init__(self, network: Network, pieces: Pieces, settings: Settings, roles: NDArray[np.float32]) -> None:
        self.network, self.pieces, self.settings, self.roles = network, pieces, settings, roles

    def read(self, words: Sequence[str], starts: Sequence[int]) -> Reading:
        """Reads a document; `starts` says whether each word must (1), may (0) or must not (-1) begin a sentence."""
        ids, cases = self.pieces.cut(words)
        spaces = np.fromiter((word.isspace() for word in words), dtype=bool, count=len(words))
        bare = np.fromiter((not any(map(str.isalnum, word)) for word in words), dtype=bool, count=len(words))
        given = np.asarray(starts, dtype=np.int64)
        boundaries = [*find_boundaries(words), *np.flatnonzero(given == 1).tolist()]
        windows = cut_windows([len(word) for word in ids], boundaries)
        forest = Forest(self.network, self.settings.rel, spaces, given)
        kept: dict[str, list[NDArray[Any]]] = {name: [] for name in KEPT}
        for out in self.network.encode(ids, cases, windows, self.pieces):
            for name, parts in kept.items():
                parts.append(out[name])
            forest.grow(out)
        forest.finish()
        told = {name: kept.pop(name) for name in TOLD}
        columns = {name: np.concatenate(parts) for name, parts in kept.items()}
        tags = [self.settings.tag[number] for number in columns["tag"].tolist()]
        return Reading(
            spaces=spaces,
            tags=columns["tag"],
            pos=columns["pos"],
            heads=hang_low(forest.heads, forest.relations, self.settings.rel, tags),
            relations=name_subjects(forest.heads, forest.relations, self.settings.rel, tags),
            starts=forest.starts,
            places=decode_names(columns["place"], self.settings.place, bare),
            parties=decode_names(columns["party"], self.settings.party, bare),
            links=columns["link"],
            tellings=read_tellings(self.settings.tellings, self.roles, **told),
        )
