"""Averages names models of the same shape and start: `python -m training.average OUT MODEL MODEL ...`."""

from __future__ import annotations

import argparse
from pathlib import Path

import spacy


def average(models: list[Path], out: Path) -> None:
    """Writes the mean of the weights of models that started from the same embeddings.

    Such models lie in one basin, and their mean is steadier than each (Wortsman et al. 2022, "Model soups").
    Raises ValueError if their labels or shapes differ.
    """
    pipelines = [spacy.load(path) for path in models]
    first, *others = (nlp.get_pipe("ner") for nlp in pipelines)
    for other in others:
        if first.move_names != other.move_names:
            raise ValueError(f"{models}: the models do not share their labels")
    walks = [list(pipe.model.walk()) for pipe in (first, *others)]
    for nodes in zip(*walks, strict=True):
        for name in nodes[0].param_names:
            if nodes[0].has_param(name):
                parts = [node.get_param(name) for node in nodes]
                nodes[0].set_param(name, sum(parts[1:], start=parts[0].copy()) / len(parts))
    pipelines[0].to_disk(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    options = parser.parse_args()
    average(options.models, options.out)


if __name__ == "__main__":
    main()
