"""What may run while another command holds the state directory: looking, and choosing what the next cycle does."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tieline.cli.boundary import run
from tieline.host import state
from tieline.store.nouns import Connection
from tieline.store.opening import open_store


@pytest.fixture
def folder(tmp_path: Path) -> state.StateFolder:
    assert run(["--state", str(tmp_path), "connections"]) == 0
    with closing(open_store(tmp_path)) as store, store.transaction() as tx:
        tx.save_connection(Connection("books", "unleashed", {}, {}))
    return state.opened(tmp_path)


@pytest.mark.parametrize(
    "command",
    [["missing"], ["review"], ["settings", "set", "paused", "true"], ["settings", "unset", "paused"], ["status"]],
    ids=" ".join,
)
def test_it_runs_beside_a_writing_command(folder: state.StateFolder, command: list[str]) -> None:
    with state.exclusive(folder):
        assert run(["--state", str(folder.path), *command]) == 0


@pytest.mark.parametrize("command", [["missing", "--yes"], ["review", "--different", "--yes", "--record", "a"]])
def test_what_changes_records_waits_its_turn(
    folder: state.StateFolder, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with state.exclusive(folder):
        assert run(["--state", str(folder.path), *command]) == 1
    assert "another tieline command" in capsys.readouterr().err


def test_two_commands_never_change_the_settings_at_once(folder: state.StateFolder) -> None:
    with state.exclusive(folder, "settings.lock"):
        assert run(["--state", str(folder.path), "settings", "set", "paused", "true"]) == 1
    assert not folder.settings.exists()
