"""How fast texts are read, on one core: python benchmarks/speed.py [--texts PATH] [--limit 200] [--profile N]

Prints documents and words a second of `pipeline.pipe`, of the language pipeline alone, and the share of each stage;
the gazetteer's look-ups (benchmarks/lookups.py); start-up; peak memory. Words are what white space separates. Each
figure is given by processor time, which other work on the machine disturbs little, and by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "python, nothing else": "pass",
    "import geoevents": "import geoevents",
    "geoevents.load()": "import geoevents; geoevents.load()",
}
STAGES = ("tokens", "parse", "names", "resolve", "extract", "merge")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds bench/")
    parser.add_argument("--texts", type=Path, help="JSON rows with a text each, or a folder of .txt")
    parser.add_argument("--limit", type=int, default=200, help="documents read")
    parser.add_argument("--model", help="another spaCy pipeline")
    parser.add_argument("--profile", type=int, metavar="N", help="print the N costliest functions, and nothing else")
    options = parser.parse_args()
    texts = read_texts(options.texts, options.shared)[: options.limit]
    if options.profile:
        profile(texts, options.model, options.profile)
        return
    words = sum(len(text.split()) for text in texts)
    print(f"{len(texts)} documents, {words:,} words, OMP_NUM_THREADS={os.environ['OMP_NUM_THREADS']}")
    measure_reading(texts, words, options.model)
    measure_start()
    lookups = [sys.executable, str(ROOT / "benchmarks" / "lookups.py"), "--names", "50000"]
    print(subprocess.run(lookups, check=True, text=True, capture_output=True).stdout.strip())


def read_texts(path: Path | None, shared: Path) -> list[str]:
    """The texts of a JSON file or a folder; of the bench by default, and of seeds/ where there is none."""
    bench = shared / "bench" / "places" / "lgl.json"
    path = path or (bench if bench.is_file() else ROOT / "seeds")
    if path.is_dir():
        return [file.read_text(encoding="utf-8") for file in sorted(path.glob("*.txt"))]
    return [row["text"] for row in json.loads(path.read_text(encoding="utf-8"))]


def measure_reading(texts: list[str], words: int, model: str | None) -> None:
    """Print the speed of the whole pipeline, of the language pipeline alone, and where the time goes."""
    from geoevents.pipeline import Pipeline

    pipeline = Pipeline.load(model=model)
    list(pipeline.pipe(texts[:3]))
    cpu, clock = _timed(lambda: [None for _ in pipeline.pipe(texts)])
    print(f"pipeline.pipe: {_speeds(len(texts), words, cpu, clock)}")
    cpu, clock = _timed(lambda: [None for _ in pipeline.nlp.pipe(texts, batch_size=32)])
    print(f"language pipeline alone, in batches of 32: {_speeds(len(texts), words, cpu, clock)}")
    spent = measure_stages(pipeline, texts)
    shares = ", ".join(f"{stage} {spent[stage] / sum(spent.values()):.0%}" for stage in STAGES)
    print(f"time by stage, one document at a time: {shares}")
    print(f"peak memory of this process: {_peak_mb():,.0f} MB")


def measure_stages(pipeline: object, texts: list[str]) -> dict[str, float]:
    """Processor seconds of each stage of the pipeline, over all texts."""
    from geoevents.extract import extract_events
    from geoevents.layout import mark_boundaries
    from geoevents.mentions import find_names
    from geoevents.merge import merge_events
    from geoevents.pipeline import Pipeline
    from geoevents.records import Document

    assert isinstance(pipeline, Pipeline)
    spent = dict.fromkeys(STAGES, 0.0)
    for text in texts:
        document = Document(text=text)
        with pipeline.nlp.memory_zone():
            ticks = [time.process_time()]
            doc = pipeline.nlp.make_doc(text)
            mark_boundaries(doc)
            ticks.append(time.process_time())
            doc = pipeline.nlp(doc)
            ticks.append(time.process_time())
            names = find_names(doc, pipeline.gazetteer)
            ticks.append(time.process_time())
            mentions = pipeline.resolver.resolve(doc, names, document)
            ticks.append(time.process_time())
            events = extract_events(doc, mentions, document, pipeline.ontology)
            ticks.append(time.process_time())
            merge_events(events)
            ticks.append(time.process_time())
        for stage, before, after in zip(STAGES, ticks, ticks[1:], strict=False):
            spent[stage] += after - before
    return spent


def measure_start() -> None:
    """Print how long a fresh Python takes to import, to load, and to print the command's help; best of three."""
    for name, code in COMMANDS.items():
        print(f"{name}: {_fresh([sys.executable, '-c', code]):.2f} s")
    help_text = [sys.executable, "-c", "from geoevents.cli import main; main()", "--help"]
    print(f"geoevents --help: {_fresh(help_text):.2f} s")


def profile(texts: list[str], model: str | None, functions: int) -> None:
    """Print where the pipeline spends its time, by the function's own time."""
    import cProfile
    import pstats

    from geoevents.pipeline import Pipeline

    pipeline = Pipeline.load(model=model)
    list(pipeline.pipe(texts[:3]))
    profiler = cProfile.Profile()
    profiler.runcall(lambda: [None for _ in pipeline.pipe(texts)])
    statistics = pstats.Stats(profiler)
    statistics.sort_stats("tottime").print_stats(functions)
    statistics.sort_stats("cumtime").print_stats("geoevents|gazetteer", functions)


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu, time.perf_counter() - clock


def _speeds(documents: int, words: int, cpu: float, clock: float) -> str:
    by = {"of processor time": cpu, "by the clock": clock}
    return "; ".join(f"{words / s:,.0f} words/s, {documents / s:.1f} documents/s {how}" for how, s in by.items())


def _fresh(command: list[str]) -> float:
    """Least seconds by the clock of three runs."""
    return min(_timed(lambda: subprocess.run(command, check=True, capture_output=True))[1] for _ in range(3))


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
