"""The one definition of the dev split: never trained on, and the only thing anything is tuned on."""

from __future__ import annotations

import hashlib


def is_dev(document_id: str) -> bool:
    """Whether a document is in the dev split, about one in five.

    `document_id` is the "id" of a bench file, "# newdoc id" or "# doc" of a corpus, or the sentence's text (words
    joined by blanks) in a corpus of single sentences.
    """
    return int(hashlib.sha256(document_id.encode()).hexdigest(), 16) % 5 == 0
