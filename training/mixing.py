"""The mean of the weights before and after events were learned: `python -m training.mixing AFTER --before BEFORE...`.

Names and syntax keep what the run before had, the heads of events are those of the run after alone. What ships is
half and half (`--share`): with .3 of the weights before, seeds' events had precision .90, with .5 .95."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from .train import average

EVENTS = ("event", "mode", "modality", "teller", "told")
"""Parts of the heads' projection that only the run after has learned."""


def mix(after: dict[str, np.ndarray], before: dict[str, np.ndarray], slices: list, old: list, share: float):  # type: ignore[no-untyped-def]
    """AFTER's weights with a share of BEFORE's in all that both have; `slices` and `old` are of their projections."""
    mixed, rows, at = {}, {}, 0
    for name, width in old:
        rows[name] = slice(at, at + width)
        at += width
    for name, value in after.items():
        projection, known = name.startswith("heads.project"), name in before and name != "role.weight"
        mixed[name] = value.copy() if projection or not known else (1 - share) * value + share * before[name]
    at = 0
    for name, width in slices:
        if name in rows and name not in EVENTS:
            for part in ("heads.project.weight", "heads.project.bias"):
                mixed[part][at : at + width] *= 1 - share
                mixed[part][at : at + width] += share * before[part][rows[name]]
        at += width
    return {name: value.astype(np.float32) for name, value in mixed.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("after", type=Path, nargs="+", help="checkpoints of the run with events; their mean")
    parser.add_argument("--before", type=Path, nargs="+", required=True, help="those that it began with")
    parser.add_argument("--share", type=float, default=0.5, help="of the weights before")
    parser.add_argument("--out", type=Path, default=Path("build/training/mixed.safetensors"))
    options = parser.parse_args()
    after, config = average(options.after)
    before, old = average(options.before)
    mixed = mix(after, before, config["slices"], old["slices"], options.share)
    save_file(mixed, options.out, metadata={"config": json.dumps(config)})


if __name__ == "__main__":
    main()
