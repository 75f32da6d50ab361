"""The annotated events: the notation, the split, and floors for how well the pipeline reads the held-out third."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geoevents.pipeline import Pipeline

ROOT = Path(__file__).parent.parent
if not (ROOT / "training").is_dir():
    pytest.skip("a source distribution has no corpus", allow_module_level=True)

from benchmarks.events import read, score  # noqa: E402
from training.agreement import compare  # noqa: E402
from training.annotations import AnnotationError, Item, frames, read_corpus, read_items  # noqa: E402

ITEM = """= kutum-raid/1
@ published 2024-05-14
> {A:Gunmen} {e:raided} {p:Kutum} on {d:Sunday}, killing {k:at least five people}, {s:police} said. They {x:fired} up.
e ASSAULT asserted actor=A place=p date=d:2024-05-12 killed=k:5+! said=s
x NONE metaphor
"""

# What `python benchmarks/events.py --split held` measured, rounded down; each may only rise.
FLOORS = {
    "precision": 0.765,  # 0.772 of 973
    "recall": 0.55,  # 0.556 of 1402
    "modality": 0.9,  # 0.906 of 868
    "date": 0.865,  # 0.871 of 233
    "place": 0.795,  # 0.803 of 696
    "actor": 0.79,  # 0.798 of 569
    "recipient": 0.67,  # 0.678 of 391
    "figures": 0.625,  # 0.630 of 449
    "attribution": 0.66,  # 0.665 of 251
}


@pytest.fixture(scope="module")
def corpus() -> list[Item]:
    return read_corpus()


def items(text: str, folder: Path) -> list[Item]:
    path = folder / "some.txt"
    path.write_text(text, encoding="utf-8")
    return list(read_items(path))


def test_an_item_is_read_as_it_is_written(tmp_path: Path) -> None:
    [item] = items(ITEM, tmp_path)
    assert item.text == "Gunmen raided Kutum on Sunday, killing at least five people, police said. They fired up."
    assert (item.story, item.published) == ("kutum-raid", date(2024, 5, 14))
    raid, fired = item.tellings
    assert item.text[raid.start : raid.end] == "raided"
    assert (fired.event_type, fired.modality) == (None, "metaphor")
    told = {a.role: (item.text[a.start : a.end], a.value, a.total) for a in raid.arguments}
    assert told["date"] == ("Sunday", "2024-05-12", False)
    assert told["killed"] == ("at least five people", "5+", True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("e ASSAULT", "e ASSULT", "some.txt:4: unknown type ASSULT"),
        ("e ASSAULT", "e ASSAULT/air", "some.txt:4: ASSAULT has no mode air"),
        ("asserted", "certain", "some.txt:4: unknown modality certain"),
        ("actor=A", "actor=B", "some.txt:4: B is not marked in the text"),
        (" said=s", "", "some.txt:1: marked but not used: s"),
        ("k:5+!", "k:five-ish", "some.txt:4: killed=k:five-ish: the amount"),
        ("{p:Kutum}", "{p:Kutum", "a { is not closed"),
        ("x NONE metaphor", "x NONE joke", "some.txt:5: after NONE comes one of"),
        ("d:2024-05-12", "d", "published is given"),
    ],
)
def test_faults_are_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(AnnotationError) as caught:
        items(ITEM.replace(old, new), tmp_path)
    assert said in str(caught.value)


def test_no_two_stories_share_a_frame(corpus: list[Item]) -> None:
    seen: dict[str, str] = {}
    for item in corpus:
        for frame in sorted(frames(item.text)):
            assert seen.setdefault(frame, item.story) == item.story, frame


def test_stories_stay_together_in_the_split(corpus: list[Item]) -> None:
    parts = {(item.story, item.is_held_out, item.is_dev) for item in corpus}
    assert len(parts) == len({item.story for item in corpus})
    assert 0.28 < sum(item.is_held_out for item in corpus) / len(corpus) < 0.39


def test_an_item_agrees_with_itself(tmp_path: Path) -> None:
    [item] = items(ITEM, tmp_path)
    [other] = items(ITEM.replace("e ASSAULT", "e COERCE").replace(" killed=k:5+!", " injured=k:5"), tmp_path)
    assert all(share == 1 for _, share, _ in compare([(item, item)]))
    found = {what: share for what, share, _ in compare([(item, other)])}
    assert (found["triggers"], found["event_type"], found["killed"], found["actor"]) == (1, 0, 0, 1)


def test_held_out_events_are_read_as_well_as_before(corpus: list[Item], pipeline: Pipeline) -> None:
    figures = score(read([item for item in corpus if item.is_held_out], pipeline))
    shares = {name: right / of for name, (right, of) in figures.items()}
    fallen = {name: round(shares[name], 3) for name, floor in FLOORS.items() if shares[name] < floor}
    assert not fallen
