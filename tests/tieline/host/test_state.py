"""The state directory: chosen, made private, locked by one writer at a time."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tieline.contract import Misconfigured
from tieline.host import state


def test_the_option_wins_over_the_environment_and_that_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"TIELINE_STATE": str(tmp_path / "env"), "XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert state.chosen(str(tmp_path / "said"), environment) == tmp_path / "said"
    assert state.chosen(None, environment) == tmp_path / "env"
    assert state.chosen(None, {"XDG_DATA_HOME": str(tmp_path / "xdg")}) == tmp_path / "xdg" / "tieline"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state.chosen(None, {}) == tmp_path / ".local" / "share" / "tieline"
    monkeypatch.chdir(tmp_path)
    assert state.chosen("here", {}) == tmp_path / "here"


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    folder = state.opened(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert state.opened(tmp_path / "a" / "b") == folder


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Misconfigured, match="it is a file") as refused:
        state.opened(tmp_path / "file")
    assert "--state" in refused.value.mend
    with pytest.raises(Misconfigured):
        state.opened(tmp_path / "file" / "below")


def test_one_command_writes_at_a_time(tmp_path: Path) -> None:
    folder = state.opened(tmp_path)
    with state.exclusive(folder):
        with pytest.raises(Misconfigured, match="another tieline command") as refused, state.exclusive(folder):
            pass
        assert str(tmp_path) in refused.value.sentence()
    with state.exclusive(folder):
        pass


def test_private_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x"
    state.write_private(path, b"one")
    state.write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        state.write_private(tmp_path / "folder", b"x")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "x"]
