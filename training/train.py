"""Trains one half of the pipeline: `python -m training.train syntax|names` (after `python -m training.prepare`)."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from .augment import augment_syntax
from .evaluate import score_names, score_syntax
from .names import Swapper, augment_names
from .passages import make_doc, read_passages

SEED = 20261122
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is trained: items and their sizes in words, an item's example (augmented anew each epoch), and a measure."""

    items: list[Any]
    sizes: list[int]
    example: Callable[[Any, random.Random | None], Example]
    measure: Callable[[], dict[str, float]]


def make_syntax_task(nlp: Language, options: argparse.Namespace) -> Task:
    """Treebank documents; measured on the treebanks' dev documents."""
    train, dev = (
        list(DocBin().from_disk(options.data / f"syntax-{s}.spacy").get_docs(nlp.vocab)) for s in ("train", "dev")
    )

    def example(doc: Any, rng: random.Random | None) -> Example:
        return Example(nlp.make_doc((doc := augment_syntax(doc, rng) if rng else doc).text), doc)

    return Task(items=train, sizes=[len(doc) for doc in train], example=example, measure=lambda: score_syntax(nlp, dev))


def make_names_task(nlp: Language, options: argparse.Namespace) -> Task:
    """Passages; measured on the dev documents of the bench and, for people and organisations, of the corpora."""
    train, dev = (read_passages(options.data / f"names-{s}.jsonl") for s in ("train", "dev"))
    people = sorted({p.text[s:e] for p in train for s, e, label in p.spans if label == "PERSON" and s > 0})
    swapper = Swapper(tuple(people))

    def example(passage: Any, rng: random.Random | None) -> Example:
        gold = make_doc(nlp, augment_names(passage, swapper, rng) if rng else passage)
        return Example(nlp.make_doc(gold.text), gold)

    sizes = [len(passage.text) // 5 for passage in train]
    return Task(items=train, sizes=sizes, example=example, measure=lambda: score_names(nlp, options.shared, dev))


def batches(order: list[int], sizes: list[int], words: int) -> Iterator[list[int]]:
    """Consecutive items, about `words` words a batch."""
    batch: list[int] = []
    size = 0
    for number in order:
        batch.append(number)
        size += sizes[number]
        if size >= words:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def rate(step: int, steps: int, peak: float) -> float:
    """Learning rate: linear warm-up over the first 4 %, then linear decay to a hundredth of the peak."""
    warm = max(1, steps // 25)
    return peak * min(step / warm, 0.01 + 0.99 * max(0.0, (steps - step) / (steps - warm)))


def train(nlp: Language, task: Task, out: Path, options: argparse.Namespace) -> None:
    """Trains in place and writes the running average of the weights: the best epoch by "score" to `out`, and those
    of the last one beside it."""
    rng = random.Random(SEED + options.seed)
    fix_random_seed(SEED + options.seed)
    sample = [task.example(item, None) for item in task.items]
    nlp.initialize(lambda: sample)
    if options.start:
        source = spacy.load(options.start).get_pipe("tok2vec").model
        nlp.get_pipe("ner").model.get_ref("tok2vec").layers[0].from_bytes(source.to_bytes())
    optimizer = Adam(options.rate, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    steps = math.ceil(sum(task.sizes) / options.words) * options.epochs
    order = list(range(len(task.items)))
    step, best, began = 0, -1.0, time.monotonic()
    for epoch in range(1, options.epochs + 1):
        rng.shuffle(order)
        losses: dict[str, float] = {}
        for batch in batches(order, task.sizes, options.words):
            step += 1
            optimizer.learn_rate = rate(step, steps, options.rate)
            examples = [task.example(task.items[i], rng) for i in batch]
            nlp.update(examples, drop=options.dropout, sgd=optimizer, losses=losses)
        with nlp.use_params(optimizer.averages):
            scores = task.measure()
            if scores["score"] > best:
                best = scores["score"]
                nlp.to_disk(out)
            nlp.to_disk(out.with_name(f"{out.name}-last"))
        spent = round(time.monotonic() - began)
        report = {"epoch": epoch, "seconds": spent, "losses": {name: round(loss) for name, loss in losses.items()}}
        print(json.dumps(report | {name: round(value, 4) for name, value in scores.items()}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["syntax", "names"])
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    parser.add_argument("--data", type=Path, default=Path("build/training"), help="where prepare wrote")
    parser.add_argument("--out", type=Path, help="default: DATA/WHAT-model")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--words", type=int, default=1000, help="words a batch")
    parser.add_argument("--rate", type=float, default=0.002, help="peak learning rate")
    parser.add_argument("--dropout", type=float, help="default: 0.1 for syntax, 0.15 for names")
    parser.add_argument("--start", type=Path, help="a syntax model whose tok2vec the names start from")
    parser.add_argument("--seed", type=int, default=0, help="added to that of order, dropout and augmentation")
    options = parser.parse_args()
    options.dropout = options.dropout or {"syntax": 0.1, "names": 0.15}[options.what]
    config = spacy.util.load_config(HERE / f"{options.what}.cfg")
    nlp = spacy.util.load_model_from_config(config, auto_fill=True)
    task = (make_syntax_task if options.what == "syntax" else make_names_task)(nlp, options)
    train(nlp, task, options.out or options.data / f"{options.what}-model", options)


if __name__ == "__main__":
    main()
