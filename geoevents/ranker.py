"""Weighs the evidence: a conditional logit over the meanings of each name, repeated until the names agree, and at last
a small network over the same features, for what counts only together ("a village, but its state is named").

The weights live in data/resolver.json; training/ranker.py rebuilds them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
"""The first round sees each name alone, later ones what the others then probably mean; the network has the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A logistic curve (Platt 1999) from the log-odds of what the ranker believes to how often that is right."""

    slope: float = 1.0
    shift: float = 0.0

    def __call__(self, probability: float) -> float:
        """The calibrated probability."""
        p = min(max(probability, 1e-6), 1 - 1e-6)
        return 1 / (1 + math.exp(-(self.slope * math.log(p / (1 - p)) + self.shift)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What one unit of each feature is worth, in log-odds: `alone` in the first round, `joint` in later ones, `last`
    in the last, where hidden units are added: `hidden` gives each feature's worth to every unit, `bias` theirs, `out`
    what a unit is worth where it is above 0.

    `right` calibrates the probability of a meaning, `none` that of "none of these"; `floor` is the least probability
    at which a meaning is believed rather than "none of these".
    """

    alone: Mapping[str, float]
    joint: Mapping[str, float]
    last: Mapping[str, float]
    hidden: Mapping[str, Sequence[float]]
    bias: Sequence[float]
    out: Sequence[float]
    right: Calibration = field(default_factory=Calibration)
    none: Calibration = field(default_factory=Calibration)
    floor: float = 0.0

    def __post_init__(self) -> None:
        known = set(FEATURES)
        named = {*self.alone, *self.joint, *self.last, *self.hidden}
        if unknown := sorted((set(self.alone) - set(LOCAL_FEATURES)) | (named - known)):
            raise ModelError(f"weights of unknown features: {', '.join(unknown)}; rebuild them or reinstall geoevents")
        if any(len(row) != len(self.bias) for row in (*self.hidden.values(), self.out)):
            raise ModelError("the resolver's hidden units do not agree in number; rebuild them or reinstall geoevents")


def load_weights(path: Path = WEIGHTS) -> Weights:
    """Read the weights. Raises ModelError where the file is missing or broken."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        plain = {name: raw[name] for name in ("alone", "joint", "last", "hidden", "bias", "out", "floor")}
        return Weights(**plain, right=Calibration(**raw["right"]), none=Calibration(**raw["none"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: the resolver's weights cannot be read ({error}); reinstall geoevents") from error


class Ranker:
    """Gives every meaning of every name of a document its probability."""

    def __init__(self, weights: Weights) -> None:
        import numpy as np

        self.weights = weights
        self._alone, self._joint, self._last = (
            np.array([table.get(name, 0.0) for name in FEATURES])
            for table in (weights.alone, weights.joint, weights.last)
        )
        none = [0.0] * len(weights.bias)
        self._hidden = np.array([weights.hidden.get(name, none) for name in FEATURES])
        self._bias, self._out = np.array(weights.bias), np.array(weights.out)

    def rank(self, groups: Sequence[Group], home: Mapping[str, float] | None = None) -> list[tuple[Evidence, Array]]:
        """The evidence and the rows' probabilities, for each stretch of at most MAX_GROUPS names."""
        ranked = []
        for first in range(0, len(groups), MAX_GROUPS):
            evidence = Evidence(groups[first : first + MAX_GROUPS], home)
            probability = softmax(evidence.matrix @ self._alone, evidence.starts)
            for number in range(1, ROUNDS):
                evidence.join(probability)
                scores = self.score(evidence.matrix) if number == ROUNDS - 1 else evidence.matrix @ self._joint
                probability = softmax(scores, evidence.starts)
            ranked.append((evidence, probability))
        return ranked

    def score(self, matrix: Array) -> Array:
        """What the last round thinks of rows of features, in log-odds up to a constant for each name."""
        import numpy as np

        return np.asarray(matrix @ self._last + np.maximum(matrix @ self._hidden + self._bias, 0.0) @ self._out)

    def contributions(self, row: Array) -> dict[str, float]:
        """What each feature of a meaning that is not 0 adds to its score: how much it would fall without it."""
        import numpy as np

        used = np.flatnonzero(row)
        without = np.repeat(row[None, :], len(used), axis=0)
        without[np.arange(len(used)), used] = 0.0
        lost = float(self.score(row[None, :])[0]) - self.score(without)
        return {FEATURES[column]: float(value) for column, value in zip(used, lost, strict=True)}


def softmax(scores: Array, starts: Sequence[int]) -> Array:
    """Probabilities within each group of rows `starts[g]:starts[g + 1]`; none of the groups is empty."""
    import numpy as np

    if not len(scores):
        return scores
    at = np.array(starts[:-1], dtype=np.intp)
    sizes = np.array(starts[1:], dtype=np.intp) - at
    power = np.exp(scores - np.repeat(np.maximum.reduceat(scores, at), sizes))
    return np.asarray(power / np.repeat(np.add.reduceat(power, at), sizes))
