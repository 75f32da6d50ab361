"""Readers: every kind of file, every kind of bad input, with the message a user gets."""

from __future__ import annotations

import calendar
import contextlib
import io
import json
import os
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents import documents
from geoevents.errors import InputError
from geoevents.readers.dates import parse_date
from geoevents.readers.encoding import decode
from geoevents.readers.reading import MAX_BYTES, MAX_PAGE_BYTES, Columns, Reading

ARTICLE = (
    "Floods in Dhaka killed 12 people on Thursday, officials said, after three days of heavy rain in the city and its "
    "suburbs. More than 4,000 people left their homes along the river and were taken to schools on higher ground."
)
PAGE = f"""<!DOCTYPE html><html><head><title>Floods hit Dhaka</title>
<meta property="article:published_time" content="2027-03-30T10:00:00+06:00">
<meta property="og:site_name" content="The Wire"><link rel="canonical" href="https://wire.example/floods">
</head><body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Floods hit Dhaka</h1><p>{ARTICLE}</p><p>Schools stay closed.</p></article>
<footer>© 2019 The Wire. All rights reserved.</footer></body></html>"""


def read_one(path: Path, **options: object) -> Reading:
    readings = list(documents.read([str(path)], **options))  # type: ignore[arg-type]
    assert len(readings) == 1
    return readings[0]


def fail_one(path: Path) -> str:
    reading = read_one(path)
    assert isinstance(reading.error, InputError)
    assert reading.document.text == ""
    assert str(path) in str(reading.error)
    return str(reading.error)


def refuse(*inputs: str | Path) -> str:
    with pytest.raises(InputError) as caught:
        documents.read([str(given) for given in inputs])
    return str(caught.value)


# Text


def test_text_is_kept_as_it_is_but_for_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffFirst line\r\nsecond  “line”\rthird\n".encode())
    reading = read_one(path, published=date(2017, 3, 30), source="SANA")
    assert reading.document.text == "First line\nsecond  “line”\nthird\n"
    assert (reading.document.id, reading.document.title) == ("a.txt", None)
    assert (reading.document.published, reading.document.source) == (date(2017, 3, 30), "SANA")
    assert reading.notes == ()


def test_modification_time_is_no_publication_date(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(ARTICLE)
    os.utime(path, (1, 1))
    assert read_one(path).document.published is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_marked_and_wide_encodings_are_read_without_a_remark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"{ARTICLE} São Paulo".encode(encoding))
    reading = read_one(path)
    assert reading.document.text == f"{ARTICLE} São Paulo"
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Earthquake near Médéa kills 3 – “worst since 1980”, says the governor."),
        ("cp1251", "В Москве прошли протесты, сообщает агентство Интерфакс."),
        ("cp1256", "اشتباكات قرب مدينة حماة شمال سوريا يوم الخميس"),
    ],
)
def test_other_encodings_are_guessed_and_the_guess_is_told(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    reading = read_one(path)
    assert reading.document.text == text
    assert [encoding in note and "guess" in note and str(path) in note for note in reading.notes] == [True]


def test_empty_file(tmp_path: Path) -> None:
    for content in ("", " \n\t\n", "\ufeff"):
        (tmp_path / "a.txt").write_text(content)
        assert "is empty" in fail_one(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (bytes(range(256)) * 20, "binary file"),
        (b"\x00" * 5000, "binary file"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00", "an office document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
    ],
)
def test_binary_file(tmp_path: Path, data: bytes, kind: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert kind in fail_one(tmp_path / "a.txt")


def test_a_few_control_characters_do_not_make_a_text_binary(tmp_path: Path) -> None:
    text = f"{ARTICLE} \0 \x1b[31m \u2028"
    (tmp_path / "a.txt").write_text(text)
    assert read_one(tmp_path / "a.txt").document.text == text


def test_50_mb_text_is_refused_by_its_size_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    message = fail_one(path)
    assert "50.0 MB" in message
    assert "limit 10.0 MB" in message


def test_wrong_mark(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xff\xfeabc")
    assert "is marked as utf-16-le but is not" in fail_one(tmp_path / "a.txt")


@given(st.text())
def test_any_text_survives_utf8_and_utf16(text: str) -> None:
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or sum(not c.isprintable() for c in text) > len(text) / 20:
        return  # may rightly be taken for a binary file
    for encoding in ("utf-8-sig", "utf-16"):
        data = text.removeprefix("\ufeff").encode(encoding)
        assert decode(data, "a.txt") == (expected, None)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_clean_refusal(data: bytes) -> None:
    try:
        text, _ = decode(data, "a.txt")
    except InputError:
        return
    text.encode("utf-8")


# Markdown and pages


def test_markdown_becomes_plain_text_under_its_first_heading(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "# Floods *hit* Dhaka\n\n> **Twelve** people died in [Dhaka](https://x.example/a_b), said `officials`.\n\n"
        "- Sylhet\n- snake_case_name stays\n\n***\n![map](m.png)\n\n```\n# not a heading\n```\n\n[ref]: https://x.example\n"
    )
    document = read_one(path).document
    assert document.title == "Floods hit Dhaka"
    assert document.text == (
        "Floods hit Dhaka\n\nTwelve people died in Dhaka, said officials.\n\nSylhet\nsnake_case_name stays\n\nmap\n\n"
        "# not a heading"
    )


def test_markdown_front_matter_is_metadata(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        f'---\ntitle: "Floods"\ndate: 2017-03-30\nsource: The Wire\nurl: https://x.example\n---\n{ARTICLE}\n'
    )
    document = read_one(path, published=date(1999, 1, 1), source="other").document
    assert (document.title, document.published, document.source, document.url, document.text) == (
        "Floods", date(2017, 3, 30), "The Wire", "https://x.example", ARTICLE,
    )  # fmt: skip


def test_underlined_heading_is_a_title(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"Floods hit Dhaka\n================\n\n{ARTICLE}\n")
    document = read_one(tmp_path / "a.md").document
    assert (document.title, document.text) == ("Floods hit Dhaka", f"Floods hit Dhaka\n\n{ARTICLE}")


def test_page_gives_the_article_and_its_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    document = read_one(tmp_path / "a.html", published=date(1999, 1, 1), source="other").document
    assert ARTICLE in document.text
    assert "All rights" not in document.text
    assert "Home" not in document.text
    assert (document.title, document.published) == ("Floods hit Dhaka", date(2027, 3, 30))
    assert (document.source, document.url) == ("The Wire", "https://wire.example/floods")


def test_page_without_metadata_takes_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "a.htm").write_text(f"<html><body><article><p>{ARTICLE}</p><p>© 2019</p></article></body></html>")
    document = read_one(tmp_path / "a.htm", published=date(2017, 3, 30), source="SANA").document
    assert (document.published, document.source) == (date(2017, 3, 30), "SANA")


def test_page_keeps_the_encoding_it_declares(tmp_path: Path) -> None:
    head = '<html><head><meta charset="windows-1251"></head>'
    page = f"{head}<body><p>Протесты прошли в Москве. {ARTICLE}</p></body></html>"
    (tmp_path / "a.html").write_bytes(page.encode("cp1251"))
    reading = read_one(tmp_path / "a.html")
    assert "Протесты прошли в Москве." in reading.document.text
    assert reading.notes == ()


def test_page_without_an_article(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html><head><title>x</title></head><body><script>1</script></body></html>")
    assert "no article text" in fail_one(tmp_path / "a.html")


def test_page_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<html>" + b" " * MAX_PAGE_BYTES)
    assert "limit 5.0 MB" in fail_one(tmp_path / "a.html")
    (tmp_path / "a.html").write_bytes(b"<html>" + b"<li>floods" * 50_000)
    assert "more than 50,000 tags" in fail_one(tmp_path / "a.html")


# Rows


def test_jsonl_bad_lines_fail_alone_and_are_named(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        json.dumps(
            {"text": "One.", "title": "T", "id": "x", "source": "S", "url": "u", "published": "2017-03-30T08:00Z"}
        ),
        '{"text": "cut',
        "",
        "[1, 2]",
        '{"title": "no text"}',
        '{"text": "  "}',
        '{"text": "Six.", "id": 7, "published": "03/04/2017"}',
        '{"text": "\\ud800 lone"}',
        "[" * 100_000,
    ]
    path.write_bytes(("\ufeff" + "\n".join(lines)).encode() + b'\n{"text": "\xff"}\n')
    readings = list(documents.read([str(path)], published=date(1999, 1, 1)))
    one, cut, array, without, blank, six, lone, deep, latin = readings
    assert (one.document.id, one.document.title, one.document.source) == ("news.jsonl#x", "T", "S")
    assert (one.document.url, one.document.published) == ("u", date(2017, 3, 30))
    for reading, line, words in (
        (cut, 2, "is not JSON"), (array, 4, "not a JSON object"), (without, 5, "no key for the text"),
        (blank, 6, 'no text in "text"'), (deep, 9, "not JSON (it is nested too deeply)"), (latin, 10, "not UTF-8"),
    ):  # fmt: skip
        assert str(reading.error).startswith(f"{path}:{line} "), reading.error
        assert words in str(reading.error)
        assert reading.document.id == f"news.jsonl#{line}"
    assert (six.document.id, six.document.published) == ("news.jsonl#7", None)
    assert "day first or month first" in six.notes[0]
    assert lone.document.text == "\ufffd lone"
    assert lone.document.published == date(1999, 1, 1)


def test_jsonl_line_beyond_the_limit_fails_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    with path.open("w") as file:
        file.write('{"text": "' + "x" * (MAX_BYTES + 5) + '"}\n{"text": "Two."}\n')
    long, two = documents.read([str(path)])
    assert "longer than 10.0 MB" in str(long.error)
    assert two.document.text == "Two."


def test_csv_guesses_columns_and_separator(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(
        "ID;Headline;Body;Publication Date;Link\n7;Floods;Water, in Dhaka.;2017-03-30;https://x\n;;;;\n;;Two.;;\n"
    )
    one, two = documents.read([str(path)])
    document = one.document
    assert (document.id, document.title, document.text) == ("news.csv#7", "Floods", "Water, in Dhaka.")
    assert (document.published, document.url) == (date(2017, 3, 30), "https://x")
    assert two.document.id == "news.csv#4"


def test_csv_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "news.tsv"
    path.write_text("text\tstory of the day\nwrong\tright\n")
    (reading,) = documents.read([str(path)], columns=Columns(text="story of the day"))
    assert reading.document.text == "right"


def test_csv_without_the_column(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("a,b\n1,2\n")
    assert 'has no column for the text; its columns are "a", "b": name one with --text-column' in fail_one(path)
    (reading,) = documents.read([str(path)], columns=Columns(text="c"))
    assert 'has no column "c"; its columns are "a", "b"' in str(reading.error)


def test_csv_bad_rows_fail_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text(
        'text,title\n"Two\nlines.",t\nonly one cell\n"odd" quote,t\nlast,t,,\nsurplus,t,x\n"never closed,t\n'
    )
    readings = list(documents.read([str(path)]))
    assert [reading.document.text for reading in readings] == ["Two\nlines.", "", "", "last", "", ""]
    for reading, row in zip(readings[1:], (3, 4, 5, 6, 7), strict=True):
        assert reading.document.id == f"news.csv#{row}"
        assert reading.error is None or str(reading.error).startswith(f"{path}, row {row}, ")
    assert "has 1 cells where the header has 2" in str(readings[1].error)


def test_csv_articles_longer_than_the_modules_own_limit_are_read(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("text\n" + "word " * 50_000 + "\n")
    assert len(read_one(path).document.text) == 250_000


def test_csv_with_nul_and_windows_encoding(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_bytes(b"text,title\r\n" + ("x" * 70_000 + "\0 Médéa,t\r\n").encode("cp1252") + b"Two,t\r\n")
    one, two = documents.read([str(path)])
    assert one.document.text.endswith("\0 Médéa")
    assert "read as cp1252" in one.notes[0]
    assert two.notes == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_csv_with_a_mark_and_quoted_header(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "news.csv"
    path.write_bytes('"text","title"\r\n"São Paulo.","t"\r\n'.encode(encoding))
    assert read_one(path).document.text == "São Paulo."


def test_csv_empty_or_binary(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n")
    assert "is empty" in fail_one(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(bytes(range(256)) * 20)
    assert "binary file" in fail_one(tmp_path / "b.csv")


# Inputs


def test_folders_are_read_whole_sorted_and_without_what_is_hidden(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/b/c.txt", ".hidden.txt", ".git/x.txt", "photo.PNG", "B.TXT"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ARTICLE)
    sources = documents.find([str(tmp_path)])
    assert [source.id for source in sources.sources] == ["B.TXT", "a/b/c.txt", "a/z.md", "b.txt"]
    assert sources.notes == (f"{tmp_path}: passed over 1 of other kinds (photo.PNG)",)


def test_loops_and_broken_links_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a/self.txt").symlink_to("self.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere.txt")
    (tmp_path / "real.txt").write_text(ARTICLE)
    (tmp_path / "same.txt").symlink_to("real.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    readings = {reading.document.id: reading for reading in documents.read([str(tmp_path)])}
    assert sorted(readings) == ["a/self.txt", "gone.txt", "pipe.txt", "real.txt"]
    assert "cannot be read: No such file" in str(readings["gone.txt"].error)
    assert "is a pipe, not a file" in str(readings["pipe.txt"].error)
    assert readings["a/self.txt"].error is not None
    notes = " ".join(documents.find([str(tmp_path)]).notes)
    assert "loop/ (a link)" in notes
    assert "same.txt is given twice" in notes


def test_inputs_that_are_none_are_all_named_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/a.png").write_bytes(b"")
    (tmp_path / "report.docx").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe.txt")
    lines = refuse(
        tmp_path / "gone.txt", tmp_path / "empty", tmp_path / "photos", tmp_path / "report.docx", tmp_path / "pipe.txt",
        "https://example.org/a", "/dev/null", "", "a\0b",
    ).split("\n")  # fmt: skip
    for line, words in zip(
        lines,
        ("gone.txt does not exist", "empty has no documents: geoevents reads .txt", "it has 1 of other kinds (a.png)",
         "report.docx is of a kind geoevents does not read", "pipe.txt is a pipe", "URLs are not supported yet",
         "/dev/null is a device", "'' is not the name of a file", "is not the name of a file"),
        strict=True,
    ):  # fmt: skip
        assert words in line


def test_ids_that_come_twice_are_told_apart(tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.txt").write_text(folder)
    readings = list(documents.read([str(tmp_path / folder / "x.txt") for folder in ("a", "b", "c")]))
    assert [(r.document.id, r.document.text) for r in readings] == [("x.txt", "a"), ("x.txt~2", "b"), ("x.txt~3", "c")]
    assert "two documents have the id x.txt" in readings[1].notes[0]


def test_standard_input_is_text_or_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, text in ((ARTICLE, ARTICLE), (PAGE, None)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data.encode())))
        (reading,) = documents.read(["-"])
        assert reading.document.id == "stdin"
        assert reading.document.text == text if text else reading.document.title == "Floods hit Dhaka"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert "standard input is empty" in str(next(documents.read(["-"])).error)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * (MAX_BYTES + 1))))
    assert "too large" in str(next(documents.read(["-"])).error)


def test_a_file_that_vanishes_costs_only_itself(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(ARTICLE)
    readings = documents.read([str(tmp_path)])
    (tmp_path / "a.txt").unlink()
    gone, there = readings
    assert "a.txt cannot be read: No such file" in str(gone.error)
    assert there.document.text == ARTICLE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind root")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "a.txt").chmod(0)
    assert "Permission denied" in fail_one(tmp_path / "a.txt")


# Dates


@pytest.mark.parametrize(
    "text",
    ["2017-03-30", "2017-03-30T23:59:00-11:00", "20170330", "2017/3/30", "30.03.2017", "Thu, 30 Mar 2017 08:00:00 GMT",
     "30 March 2017", "March 30, 2017", "Thursday, March 30th, 2017", "30-Mar-2017", " 30  Mar. 2017 ",
     "2017-03-30 08:00"],
)  # fmt: skip
def test_dates_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2017, 3, 30)


@pytest.mark.parametrize(
    ("text", "words"),
    [("03/04/2017", "day first or month first"), ("yesterday", "YYYY-MM-DD"), ("2017-02-30", "YYYY-MM-DD"),
     ("", "YYYY"), ("0001-01-01", "year 1"), ("1490832000", "YYYY-MM-DD"), ("30 Mai 2017", "YYYY-MM-DD"),
     ("٢٠١٧-٠٣-٣٠", "YYYY")],
)  # fmt: skip
def test_what_is_no_date_says_so(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_date(text)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_back(day: date) -> None:
    month = calendar.month_name[day.month]
    for text in (day.isoformat(), f"{day.day} {month} {day.year:04}", f"{month[:3]} {day.day}, {day.year:04}"):
        assert parse_date(text) == day


@given(st.text(max_size=40))
def test_any_other_text_is_a_date_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_date(text).year >= 1000
