"""A back office that is not there is told, not passed over: nothing checked is not the same as nothing wrong."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tieline.cli.boundary import run
from tieline.store.nouns import Connection
from tieline.store.opening import open_store


@pytest.mark.parametrize("command", [["audit", "verify"], ["audit", "checkpoint"], ["status"]])
def test_a_name_that_is_none_ends_in_an_error(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--state", str(tmp_path), "connections"]) == 0
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_connection(Connection("books", "unleashed", {}, {}))
    assert run(["--state", str(tmp_path), *command, "--back-office", "books"]) == 0
    assert run(["--state", str(tmp_path), *command, "--back-office", "bocks"]) == 1
    assert "bocks" in capsys.readouterr().err
