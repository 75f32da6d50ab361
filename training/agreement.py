"""How far two annotators of events agree: `python -m training.agreement`.

training/events/second-pass.txt holds a tenth of the items, annotated anew from their bare text by someone who had not
seen the first annotation. F1 of one against the other; what is said of a trigger is compared where both have it.
`--texts` prints the bare items that a second annotator is to mark."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from .annotations import FOLDER, ROLES, Item, Telling, read_corpus, read_items

SECOND = FOLDER / "second-pass.txt"


def is_read_twice(item: Item) -> bool:
    """Whether an item is of the tenth that is annotated twice."""
    return int(hashlib.sha256(item.id.encode()).hexdigest(), 16) % 10 == 0


def compare(pairs: Sequence[tuple[Item, Item]]) -> Iterator[tuple[str, float, int]]:
    """(what, F1 or share that agrees, of how many) of pairs of one item annotated twice."""
    triggers, shared = Counter[str](), list[tuple[Item, Telling, Telling]]()
    for first, second in pairs:
        mine = [t for t in first.tellings if t.event_type]
        theirs = [t for t in second.tellings if t.event_type]
        triggers.update(both=len(mine) + len(theirs))
        for telling in mine:
            other = next((t for t in theirs if t.start < telling.end and telling.start < t.end), None)
            if other is not None:
                theirs.remove(other)
                shared.append((first, telling, other))
    yield "triggers", 2 * len(shared) / max(1, triggers["both"]), triggers["both"]
    for what in ("event_type", "mode", "modality"):
        yield what, sum(getattr(a, what) == getattr(b, what) for _, a, b in shared) / max(1, len(shared)), len(shared)
    for role in ROLES:
        hits = total = 0
        for _, a, b in shared:
            mine = [(x.start, x.end) for x in a.arguments if x.role == role]
            theirs = [(x.start, x.end) for x in b.arguments if x.role == role]
            total += len(mine) + len(theirs)
            hits += sum(any(s < y and x < e for x, y in theirs) for s, e in mine)
            hits += sum(any(s < y and x < e for x, y in mine) for s, e in theirs)
        if total:
            yield role, hits / total, total


def main() -> None:
    """Prints the texts to annotate, or how far both annotations agree."""
    chosen = {item.id: item for item in read_corpus() if is_read_twice(item)}
    if "--texts" in sys.argv:
        for item in chosen.values():
            print(f"= {item.id}")
            if item.published:
                print(f"@ published {item.published}")
            print("".join(f"> {line}\n" for line in item.text.split("\n\n")))
        return
    pairs = [(chosen[item.id], item) for item in read_items(SECOND) if item.id in chosen]
    changed = [first.id for first, second in pairs if first.text != second.text]
    if changed:
        sys.exit(f"{SECOND.name}: other text than the corpus in {', '.join(changed[:5])}")
    print(f"{len(pairs)} items")
    for what, share, count in compare(pairs):
        print(f"{what:12} {share:.3f} of {count}")


if __name__ == "__main__":
    main()
