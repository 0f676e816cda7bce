"""Strict CSV: good as a whole or refused as a whole, in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieline_sandbox.application import SeedRefused
from tieline_sandbox.csvdata import line_of, read_table


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def refusal(path: Path, *columns: str) -> str:
    with pytest.raises(SeedRefused) as refused:
        read_table(path, columns)
    return str(refused.value)


def test_rows_come_with_null_as_none(table: Path) -> None:
    table.write_bytes('\ufeffid,name\r\n1,"Köln, a ""city"""\r\n2,NULL\r\n\r\n3,\r\n'.encode())
    assert read_table(table, ["id", "name"]) == [
        {"id": "1", "name": 'Köln, a "city"'}, {"id": "2", "name": None}, {"id": "3", "name": ""},
    ]  # fmt: skip


def test_a_missing_file_is_empty(table: Path) -> None:
    assert read_table(table, ["id"]) == []


def test_a_header_alone_is_empty(table: Path) -> None:
    table.write_text("id,name\n")
    assert read_table(table, ["id"]) == []


def test_rows_of_the_wrong_width_are_counted_and_the_first_is_named(table: Path) -> None:
    table.write_text('id,name\n1,"two\nlines"\n2,a,b\n3,c\n4\n')
    words = "line 4 has 3 fields, the header has 2; 2 rows are of the wrong width; quote fields that hold a comma."
    assert refusal(table, "id") == f"{table}: {words}"


def test_a_single_short_row_is_refused(table: Path) -> None:
    table.write_text("id,name\n1\n")
    assert "line 2 has 1 fields, the header has 2; 1 row is of the wrong width; fill up" in refusal(table, "id")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the header on line 1 lacks id, name"),
        (b"id\n1\n", "the header on line 1 lacks name"),
        (b"id;name\n1;A\n", "is separated by ';'; save the file with commas"),
        (b"id\tname\n1\tA\n", "save the file with commas"),
        (b"id,name,id\n", "names id more than once"),
        (b"id,name\n1,\xff\n", "line 2 is not UTF-8"),
        (b"id,name\n1,a\n2,\x00\n", "line 3 holds a NUL byte"),
        (b'id,name\n1,a\n2,"b\n3,c\n', "begins on line 3 is no CSV"),
        (b'id,name\n1,"a"b\n', "begins on line 2 is no CSV"),
        (b"id,name\n1," + b"x" * 200_000 + b"\n", "begins on line 2 is no CSV"),
        ("id,name\n".encode("utf-16"), "NUL byte"),
    ],
)
def test_what_is_no_clean_table_is_refused(table: Path, content: bytes, words: str) -> None:
    table.write_bytes(content)
    sentence = refusal(table, "id", "name")
    assert words in sentence
    assert sentence.startswith(str(table))


def test_blanks_around_names_do_not_count_and_rows_know_their_line(table: Path) -> None:
    table.write_text('id , name\n\n1,"two\nlines"\n\n2,B\n', "utf-8")
    assert [row["name"] for row in read_table(table, ("id", "name"))] == ["two\nlines", "B"]
    assert [line_of(table, number) for number in (1, 2)] == [3, 6]


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path, "id")
