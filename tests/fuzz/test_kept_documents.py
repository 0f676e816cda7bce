"""Files people hand over, and texts the store keeps: read exactly, or refused with the place and a mend."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from tieline.actions.conditions import allowed
from tieline.admin.document import Document
from tieline.admin.faults import BadSettings
from tieline.contract import Action, Misconfigured, Promote, Side
from tieline.host.documents import org_settings, read_document
from tieline.store import codec
from tieline.store.chain import Head, entry_of, extend, first_break
from tieline.store.nouns import AuditEntry, Call, CursorRow, Item
from tieline.sync.identity import marker, read_marker
from tieline_sandbox.application import SeedRefused
from tieline_sandbox.csvdata import read_table

NAMES = (
    "login_url",
    "tls_url",
    "instance_url",
    "client_id",
    "client_secret",
    "jwt_private_key_file",
    "ca_file",
    "auth",
)
MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
WHOLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
TEXT = st.none() | st.booleans() | st.integers() | WHOLE
FIELDS = st.dictionaries(WHOLE, TEXT, max_size=3)
SIZES = [pytest.param(200, id="quick"), pytest.param(5000, id="deep", marks=pytest.mark.deep)]
CEL = st.lists(
    st.sampled_from(
        [
            "fields",
            "linked",
            ".Name",
            "(",
            ")",
            "[",
            "]",
            " == ",
            " && ",
            "!",
            '"customer"',
            " in ",
            "1",
            " + ",
            "1e999999",
            "-",
            "9" * 30,
            "'",
            "null",
            ".map(x, x)",
            ".matches('(a+)+$')",
            "size(",
            "?",
            ":",
            "{",
            "}",
            "/ 0",
            "b'\\xff'",
        ]
    ),
    max_size=9,
).map("".join)


@pytest.mark.parametrize("examples", SIZES)
def test_seed_tables(examples: int, fuzzed: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    def check(data: bytes) -> None:
        path.write_bytes(data)
        try:
            rows = read_table(path, ["a"])
        except SeedRefused as refused:
            _same(str(path) in str(refused), other=True)
        else:
            assert all("a" in row for row in rows)

    pieces = st.sampled_from([b"a", b",", b"\n", b"\r", b'"', b"NULL", b"\xff", b"\0", b"\xef\xbb\xbf", b"b", b"\r\n"])
    fuzzed(st.lists(pieces, max_size=12).map(b"".join).map(lambda rest: b"a,b\n" + rest) | st.binary(), check, examples)


@pytest.mark.parametrize("examples", SIZES)
def test_connection_files(examples: int, grammar: Any, fuzzed: Any, tmp_path: Path) -> None:
    path = tmp_path / "org.json"

    def check(data: bytes) -> None:
        path.write_bytes(data)
        for read in (read_document, org_settings):
            with contextlib.suppress(Misconfigured):
                read(path)

    fuzzed(grammar.json(NAMES, lambda tree: st.dictionaries(st.sampled_from(NAMES), tree)), check, examples)


@pytest.mark.parametrize("examples", SIZES)
def test_settings_files(examples: int, fuzzed: Any) -> None:
    def check(text: str) -> None:
        with contextlib.suppress(BadSettings):
            assert Document(text).text() is not None

    pieces = st.sampled_from([
        "back_offices:", "\n", "  ", "books:", " ", "- ", "{", "}", "[", "]", "&a", "*a", "<<: *a", "!!python/x", "? ",
        "'", '"', "#", "1e999999", "0x", "2026-13-45", "12:30:45", "\t", "|", ">", "%TAG", "---", "...", "objects:",
        "é",
        "!!int x", "!!timestamp x", "!!float x", "!!binary x", "!!set", "!!omap",
    ])  # fmt: skip
    fuzzed(st.lists(pieces, max_size=12).map("".join), check, examples)


@pytest.mark.parametrize("examples", SIZES)
def test_conditions(examples: int, fuzzed: Any) -> None:
    def check(text: str) -> None:
        action = Action("toy", "go", "Go", "Account", lambda _given: Promote("customer"), enabled_when=text)
        with contextlib.suppress(Misconfigured):
            allowed(action, {"fields": {"Name": "a" * 40, "Amount": Decimal("1.5")}, "linked": ["customer"]})

    fuzzed(CEL | st.sampled_from(["(" * 500, "!" * 3000 + "true", "[" * 2000, "1+" * 3000 + "1"]), check, examples)


@pytest.mark.parametrize("examples", SIZES)
def test_markers(examples: int, fuzzed: Any) -> None:
    plain = st.text(st.characters(exclude_characters="/"), max_size=5)
    fuzzed(st.text(), read_marker, examples)
    fuzzed(st.tuples(plain, plain, plain, st.text()), lambda parts: _same(read_marker(marker(*parts)), parts), examples)


def _same(one: Any, other: Any) -> None:
    assert one == other


ITEMS = st.builds(Item, WHOLE, WHOLE, WHOLE, WHOLE, FIELDS, FIELDS, WHOLE)
CALLS = st.builds(
    Call, WHOLE, WHOLE, WHOLE, st.sampled_from(Side), WHOLE, st.lists(ITEMS, max_size=2).map(tuple), st.just(MOMENT),
    st.booleans(), st.integers(), st.none() | st.just(MOMENT),
)  # fmt: skip
CURSORS = st.builds(
    CursorRow, WHOLE, WHOLE, st.sampled_from(Side), WHOLE, st.datetimes(timezones=st.just(UTC)), WHOLE, st.none()
)
ENTRIES = st.lists(
    st.builds(AuditEntry, st.just(MOMENT), WHOLE, WHOLE, note=WHOLE, before=FIELDS, after=FIELDS),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("examples", SIZES)
def test_what_the_store_keeps_comes_back(examples: int, fuzzed: Any) -> None:
    fuzzed(CALLS, lambda call: _same(codec.call_of(codec.call_row(call)), call), examples)
    fuzzed(CURSORS, lambda row: _same(codec.cursor_of(codec.cursor_row(row)), row), examples)


@pytest.mark.parametrize("examples", SIZES)
def test_an_entry_of_the_audit_cannot_be_changed(examples: int, fuzzed: Any) -> None:
    def check(given: Any) -> None:
        entries, place = given
        rows, head = extend(Head(), "books", entries)
        assert first_break("books", rows, head) is None
        assert [entry_of(row).note for row in rows] == [entry.note for entry in entries]
        at = place % len(rows)
        assert first_break("books", rows[:at] + rows[at + 1 :], head) is not None

    fuzzed(st.tuples(ENTRIES, st.integers(0, 9)), check, examples)
