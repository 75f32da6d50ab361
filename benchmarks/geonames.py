"""How long and how large compiling all of GeoNames is: python benchmarks/geonames.py --work FOLDER [--places 13500000]

Writes dumps in GeoNames' formats of made-up places into the folder (allCountries.zip, alternateNamesV2.zip, codes of
divisions), as large as the real ones: some 100 bytes a line, 1.2 alternates a place, in several scripts, one in four a
link. Compiles them with `geoevents gazetteer build`, and prints minutes by the clock and of processor time, the most
memory that its processes held together (PSS, Linux only), and the file's size; then what opening it and looking up
cost, alone and over the bundled gazetteer. `--names DUMP` prints instead how populous a real dump's settlements are by
their number of names (gazetteer/buckets.py, _KNOWN).
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import statistics
import subprocess
import sys
import time
import zipfile
from collections import defaultdict
from pathlib import Path

from gazetteer import Gazetteer
from gazetteer.geonames import Damage, parse_place, read_lines
from gazetteer.sources import alternates

_ONSETS = "b br c ch d dj f g gh h j k kh kr l m n p qu r s sh st t tr v w y z ş ḩ š".split()
_RHYMES = "a e i o u an en ar or al in um ai ou ā é ö ı ya".split()
_CLASSES = "P" * 38 + "S" * 18 + "H" * 17 + "T" * 13 + "L" * 5 + "A" * 4 + "V" * 3 + "R" * 1 + "U" * 1
_CODES = {
    "P": ("PPL", "PPL", "PPLX", "PPLL"),
    "A": ("ADM3", "ADM4", "ADM2", "ADMD"),
    "H": ("STM", "LK", "SPNG", "WAD", "BAY"),
    "S": ("FRM", "SCH", "CH", "HTL", "AIRP"),
    "T": ("HLL", "MT", "ISL", "PK"),
    "L": ("LCTY", "PRK", "RGN"),
    "V": ("FRST",),
    "R": ("RSTN", "RD"),
    "U": ("RDGU",),
}
_WORDS = "Lake Mount Kafr Tell San Saint El Nahr Cerro Rio Upper North".split()
_LAST = "River Village Creek Hill Dağı Farm School Church Station".split()
_SCRIPTS = {"ar": 0x0627, "ru": 0x0430, "zh": 0x4E00}


def made_name(number: int) -> str:
    """The name of a number; about five million differ."""
    chosen = random.Random(number)  # noqa: S311
    word = "".join(
        chosen.choice(_ONSETS) + chosen.choice(_RHYMES) for _ in range(chosen.choice((2, 3, 3, 4)))
    ).capitalize()
    if number % 3 == 0:
        return f"{chosen.choice(_WORDS)} {word}"
    return f"{word} {chosen.choice(_LAST)}" if number % 5 == 0 else word


def write_dumps(folder: Path, places: int) -> None:
    """Writes the dumps into a folder."""
    chosen = random.Random(0)  # noqa: S311
    countries = [a + b for a in "ABCDEFGHIJKLMNOP" for b in "ABCDEFGHIJKLMNO"][:240]
    with gzip.open(folder / "admin1.txt.gz", "wt", encoding="utf-8") as first:
        first.writelines(f"{c}.{i:02}\tState {c}{i}\tState\t{n}\n" for n, c in enumerate(countries) for i in range(16))
    with gzip.open(folder / "admin2.txt.gz", "wt", encoding="utf-8") as second:
        second.writelines(
            f"{c}.{i:02}.{j:03}\tCounty {c}{i}{j}\tCounty\t{n}\n"
            for n, c in enumerate(countries)
            for i in range(16)
            for j in range(12)
        )
    with (
        zipfile.ZipFile(folder / "allCountries.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as dump,
        zipfile.ZipFile(folder / "alternateNamesV2.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as names,
        dump.open("allCountries.txt", "w", force_zip64=True) as out,
        names.open("alternateNamesV2.txt", "w", force_zip64=True) as more,
    ):
        for number in range(1, places + 1):
            main = made_name(int(5e6 * chosen.random() ** 2))
            country = countries[int(240 * chosen.random() ** 2)]
            letter = chosen.choice(_CLASSES)
            people = int(10 ** (6 * chosen.random())) if letter in "PA" and chosen.random() < 0.15 else 0
            spelled = []
            for i in range(int(chosen.expovariate(0.6))):
                language = chosen.choice(("", "en", "fr", "ar", "ru", "zh", "link", "link"))
                if language == "link":
                    name = f"https://en.wikipedia.org/wiki/{main}"
                elif language in _SCRIPTS:
                    name = "".join(chr(_SCRIPTS[language] + chosen.randrange(24)) for _ in range(6))
                else:
                    name = made_name(chosen.randrange(5_000_000)) if i else f"{main}eh"
                more.write(f"{number * 40 + i}\t{number}\t{language}\t{name}\t\t\t\t\t\t\n".encode())
                spelled += [name] if language != "link" else []
            lat, lon = chosen.triangular(-60, 75, 40), chosen.uniform(-180, 180)
            out.write(
                f"{number}\t{main}\t{main}\t{','.join(spelled)}\t{lat:.5f}\t{lon:.5f}\t{letter}\t"
                f"{chosen.choice(_CODES[letter])}\t{country}\t\t{int(16 * chosen.random()):02}\t"
                f"{int(12 * chosen.random()):03}\t\t\t{people}\t\t{chosen.randrange(3000)}\tAsia/Damascus\t"
                "2019-09-05\n".encode()
            )


def measure(command: list[str]) -> None:
    """Runs a command; prints its minutes and the most memory that it and its children held together."""
    began, most = time.monotonic(), 0
    running = subprocess.Popen(command)
    while running.poll() is None:
        most = max(most, sum(map(_proportional, _family(running.pid))))
        time.sleep(0.5)
    if running.returncode:
        sys.exit(running.returncode)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{(time.monotonic() - began) / 60:.1f} minutes, {(used.ru_utime + used.ru_stime) / 60:.1f} of processor time, "
        f"{most / 1e6:.2f} GB of memory together, {used.ru_maxrss / 1e6:.2f} GB the largest process"
    )


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _proportional(pid: int) -> int:
    """Kilobytes that a process holds, pages that several share counted once among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def look_up(path: Path) -> None:
    """Prints what the file costs to use."""
    chosen = random.Random(1)  # noqa: S311
    asked = [made_name(int(5e6 * chosen.random() ** 2)) for _ in range(20_000)]
    bundled, began = Gazetteer.open(), time.process_time()
    whole = Gazetteer.open(path)
    print(
        f"open: {(time.process_time() - began) * 1000:.2f} ms; {len(whole):,} places, {whole.info().bytes / 1e9:.2f} GB"
    )
    for what, gazetteer in (("alone", whole), ("over the bundled one", bundled.with_layers(whole))):
        began = time.process_time()
        found = sum(len(gazetteer.lookup(name)) for name in asked)
        lookups = len(asked) / (time.process_time() - began)
        began = time.process_time()
        near = sum(len(gazetteer.lookup_fuzzy(name[:-1])) for name in asked[:500])
        fuzzy = 500 / (time.process_time() - began)
        print(
            f"{what}: {lookups:,.0f} lookups/s of {found / len(asked):.1f} places, "
            f"{fuzzy:,.0f} fuzzy/s of {near / 500:.1f}"
        )


def print_names(dump: Path) -> None:
    """Median population of settlements by their number of further names in Latin letters."""
    people = defaultdict(list)
    for _, line in read_lines(dump, Damage(dump)):
        found = parse_place(line, {}, {})
        if found and found[0].feature_class == "P" and found[0].population:
            people[len(alternates(set(found[1].split(","))))].append(found[0].population)
    for names, given in sorted(people.items()):
        print(f"{names:3} names: {len(given):6,} settlements, median {statistics.median(given):,.0f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("build/geonames"), help="folder for the dumps and the file")
    parser.add_argument("--places", type=int, default=13_500_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--reuse", action="store_true", help="take the dumps that are there")
    parser.add_argument("--names", type=Path, metavar="DUMP", help="print populations by number of names instead")
    options = parser.parse_args()
    if options.names:
        print_names(options.names)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    if not options.reuse:
        write_dumps(options.work, options.places)
    files = {
        "--geonames": "allCountries.zip",
        "--alternate-names": "alternateNamesV2.zip",
        "--admin1": "admin1.txt.gz",
        "--admin2": "admin2.txt.gz",
        "--output": "whole.gaz",
    }
    given = [word for option, name in files.items() for word in (option, str(options.work / name))]
    run = [sys.executable, "-c", "from geoevents.cli import main; main()", "gazetteer", "build", *given]
    measure([*run, "--processes", str(options.processes)])
    look_up(options.work / "whole.gaz")


if __name__ == "__main__":
    main()
