"""Weighs the evidence: a conditional logit over the meanings of each name, repeated until the names agree.

The weights live in data/resolver.json; training/ranker_weights.py rebuilds them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ModelError
from .evidence import FEATURES, LOCAL_FEATURES, MAX_GROUPS, Evidence, Group

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WEIGHTS = Path(__file__).parent / "data" / "resolver.json"

ROUNDS = 3
"""The first round sees each name alone, later ones what the others then probably mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one unit of each feature is worth, in log-odds: `alone` in the first round, `joint` in later ones.

    `slope` and `shift` turn the log-odds of the best meaning into a calibrated confidence; `floor` is the least
    probability at which a meaning is believed rather than "none of these".
    """

    alone: Mapping[str, float]
    joint: Mapping[str, float]
    slope: float = 1.0
    shift: float = 0.0
    floor: float = 0.0

    def __post_init__(self) -> None:
        unknown = sorted((set(self.alone) - set(LOCAL_FEATURES)) | (set(self.joint) - set(FEATURES)))
        if unknown:
            raise ModelError(f"weights of unknown features: {', '.join(unknown)}; rebuild them or reinstall geoevents")


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read the weights. Raises ModelError where the file is missing or broken."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Weights(**{name: raw[name] for name in ("alone", "joint", "slope", "shift", "floor")})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: the resolver's weights cannot be read ({error}); reinstall geoevents") from error


class Ranker:
    """Gives every meaning of every name of a document its probability."""

    def __init__(self, weights: Weights) -> None:
        import numpy as np

        self.weights = weights
        self._alone = np.array([weights.alone.get(name, 0.0) for name in FEATURES])
        self._joint = np.array([weights.joint.get(name, 0.0) for name in FEATURES])

    def rank(self, groups: Sequence[Group], home: Mapping[str, float] | None = None) -> list[tuple[Evidence, Array]]:
        """The evidence and the rows' probabilities, for each stretch of at most MAX_GROUPS names."""
        ranked = []
        for first in range(0, len(groups), MAX_GROUPS):
            evidence = Evidence(groups[first : first + MAX_GROUPS], home)
            probability = softmax(evidence.matrix @ self._alone, evidence.starts)
            for _ in range(ROUNDS - 1):
                evidence.join(probability)
                probability = softmax(evidence.matrix @ self._joint, evidence.starts)
            ranked.append((evidence, probability))
        return ranked


def softmax(scores: Array, starts: Sequence[int]) -> Array:
    """Probabilities within each group of rows `starts[g]:starts[g + 1]`; none of the groups is empty."""
    import numpy as np

    if not len(scores):
        return scores
    at = np.array(starts[:-1], dtype=np.intp)
    sizes = np.array(starts[1:], dtype=np.intp) - at
    power = np.exp(scores - np.repeat(np.maximum.reduceat(scores, at), sizes))
    return np.asarray(power / np.repeat(np.add.reduceat(power, at), sizes))
