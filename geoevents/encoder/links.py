"""Where events happened, as the encoder sees it: a score for each pair of an event's word and a place's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from spacy.tokens import Doc

LINKS = "geoevents_links"
"""Key of doc.user_data: float16 [words, 2, k], each word as an event's and as a place's."""


def link_scores(doc: Doc, trigger: int, first: int = 0, last: int | None = None) -> NDArray[np.float32] | None:
    """Log odds, for each token from `first` to `last`, that the event told of by token `trigger` happened there.

    None where the document comes from a pipeline without the encoder.
    """
    import numpy as np

    links = doc.user_data.get(LINKS)
    if links is None:
        return None
    scores: NDArray[np.float32] = np.einsum("wk,k->w", links[first:last, 1], links[trigger, 0], dtype=np.float32)
    return scores
