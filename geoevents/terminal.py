"""What people see: messages on stderr, progress, tables. Text from documents never reaches the terminal's controls."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def printable(text: str) -> str:
    """`text` on one line, with controls, among them those that move a terminal or reverse a line, as \\xNN."""
    return "".join(_escape(c) if not c.isprintable() or ord(c) in _BIDI else c for c in text)


def _escape(char: str) -> str:
    if char in "\t\n\r\u2028\u2029":
        return " "
    return " " if char.isspace() else char.encode("unicode_escape").decode("ascii")


def say(message: str) -> None:
    """A message on stderr; each line of it begins with the command's name."""
    for line in message.split("\n"):
        print(f"geoevents: {printable(line)}", file=sys.stderr)


def emit(text: str) -> None:
    """Text on stdout. A reader that has gone away (`| head`) has what it wanted: the rest is dropped without a word."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def prepare_streams() -> None:
    """Let output that goes to a file or a pipe be UTF-8 everywhere, and let no character stop a message."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure and stream.isatty():
            reconfigure(errors="backslashreplace")
        elif reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def track(items: Iterable[Any], what: str, total: int | None) -> Iterator[Any]:
    """`items` as they come, with a progress bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        for item in items:
            yield item
            progress.advance(task)


def write_json(value: object) -> None:
    """`value` as JSON on stdout."""
    emit(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n")


def write_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], shown: Sequence[str], numbers: Sequence[str] = ()
) -> None:
    """A table of the `shown` columns where stdout is a terminal, tab-separated lines with all columns where not.

    `numbers` are the columns that are set to the right."""
    cells = [[printable("" if cell is None else str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        emit("".join("\t".join(line) + "\n" for line in (header, *cells)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in shown:
        table.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=name == "id" or name in numbers,
        )
    for line in cells:
        table.add_row(*(Text(line[header.index(name)]) for name in shown))
    Console().print(table)
