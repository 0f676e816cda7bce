"""Promotion by record type from the command line: a type may be named that the file does not name yet."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tieline.cli.boundary import run
from tieline.store.nouns import Connection
from tieline.store.opening import open_store

TYPES = "back_offices.books.objects.customer.record_types"


def test_a_record_type_is_set_and_unset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        code = run(["--state", str(tmp_path), "settings", *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err

    assert run(["--state", str(tmp_path), "connections"]) == 0
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_connection(Connection("books", "unleashed", {}, {}))
    assert said("set", f"{TYPES}.Prospect", "never")[0] == 0
    assert "Prospect: never" in said("search", "record_types")[1]
    assert said("get", f"{TYPES}.Prospect") == (0, "never\n")
    assert said("set", f"{TYPES}.Prospect", "sometimes")[0] != 0
    assert said("set", TYPES, "never")[0] != 0
    assert said("set", f"{TYPES}.Key Account", "never")[0] != 0
    assert said("unset", f"{TYPES}.Prospect")[0] == 0
    assert "Prospect" not in said("list", "--changed")[1]
