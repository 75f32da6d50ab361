"""The encoder's network: windows of words in, the output of all heads for each word out; and scorers of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .pieces import Pieces
from .windows import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays = dict[str, NDArray[Any]]

GRAPHS = ("encoder", "arcs", "relations")


class Network:
    """Three ONNX graphs (training/export.py), each run on one thread: results are the same on any number of cores."""

    def __init__(self, graphs: Mapping[str, bytes]) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._sessions = {
            name: onnxruntime.InferenceSession(graphs[name], options, providers=["CPUExecutionProvider"])
            for name in GRAPHS
        }
        self._outputs = {name: [o.name for o in session.get_outputs()] for name, session in self._sessions.items()}

    def run(self, graph: str, **feed: NDArray[Any]) -> Arrays:
        """The outputs of a graph by name."""
        return dict(zip(self._outputs[graph], self._sessions[graph].run(None, feed), strict=True))

    def encode(
        self, ids: Sequence[list[int]], cases: Sequence[int], windows: Iterable[Window], pieces: Pieces
    ) -> Iterator[Arrays]:
        """The heads' output for the words that each window gives, of pieces and case classes of all words.

        Windows go one by one, so that what a word gets depends on its window alone and nothing is spent on padding."""
        for window in windows:
            words = ids[window.first : window.last]
            counts = [len(word) for word in words]
            flat = [pieces.first, *(piece for word in words for piece in word), pieces.last]
            classes = np.zeros(len(flat), dtype=np.int64)
            classes[1:-1] = np.repeat(cases[window.first : window.last], counts)
            firsts = np.cumsum([1, *counts[:-1]])[window.start - window.first : window.end - window.first]
            yield self.run("encoder", pieces=np.array(flat, dtype=np.int64), cases=classes, take=firsts)
