"""Plugins are found without being imported, and run only as they were when somebody said yes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tieline.contract import Misconfigured
from tieline.host import allowing, discovery
from tieline.host.admission import allow, forbid
from tieline.host.discovery import Found, Standing
from tieline.host.state import StateFolder


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder(tmp_path)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Put a distribution with one plugin on the path; its module must never be imported."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    def put(distribution: str, name: str, record: str = "a,b,c\n", version: str = "1.0") -> Path:
        info = tmp_path / "site" / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[tieline]\n{name} = no_such_module\n")
        if record:
            (info / "RECORD").write_text(record)
        return info

    return put


def _find(folder: StateFolder) -> dict[str, Found]:
    return {f"{each.name}/{each.distribution}": each for each in discovery.find(allowing.read(folder))}


def test_our_own_plugins_are_always_allowed(folder: StateFolder) -> None:
    standings = {each.standing for each in discovery.find({}) if each.distribution == "tieline"}
    assert standings == {Standing.OWN}
    assert [each.name for each in discovery.find({}) if each.distribution == "tieline"] == sorted(
        each.name for each in discovery.find({}) if each.distribution == "tieline"
    )


def test_a_stranger_waits_until_allowed_and_again_when_changed(
    folder: StateFolder, install: Callable[..., Path]
) -> None:
    info = install("tieline-acme", "acme")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.NOT_ALLOWED
    allow(folder, discovery.find({}), "acme")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.ALLOWED

    (info / "RECORD").write_text("a,changed,c\n")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.CHANGED
    allow(folder, discovery.find(allowing.read(folder)), "acme")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.ALLOWED

    (info / "entry_points.txt").write_text("[tieline]\nacme = other_module\n")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.CHANGED

    forbid(folder, "acme")
    assert _find(folder)["acme/tieline-acme"].standing is Standing.NOT_ALLOWED


def test_another_distribution_of_the_name_does_not_inherit_the_permission(
    folder: StateFolder, install: Callable[..., Path]
) -> None:
    install("tieline-acme", "acme")
    allow(folder, discovery.find({}), "acme")
    install("aaa-typosquat", "acme")
    found = _find(folder)
    assert found["acme/tieline-acme"].standing is Standing.ALLOWED
    assert found["acme/aaa-typosquat"].standing is Standing.NAME_TAKEN
    with pytest.raises(Misconfigured, match=r"both bring a plugin of this name\. Uninstall one"):
        allow(folder, tuple(found.values()), "acme")


def test_nobody_takes_a_name_of_ours(folder: StateFolder, install: Callable[..., Path]) -> None:
    install("aaa-evil", "unleashed")
    found = _find(folder)
    assert found["unleashed/tieline"].standing is Standing.OWN
    assert found["unleashed/aaa-evil"].standing is Standing.NAME_TAKEN


def test_two_that_are_not_allowed_only_wait(folder: StateFolder, install: Callable[..., Path]) -> None:
    install("one", "same")
    install("two", "same")
    assert {each.standing for key, each in _find(folder).items() if key.startswith("same/")} == {Standing.NOT_ALLOWED}


def test_an_unknown_name_is_answered_with_a_near_one(folder: StateFolder, install: Callable[..., Path]) -> None:
    install("tieline-acme", "acme")
    with pytest.raises(Misconfigured, match="Did you mean 'acme'"):
        allow(folder, discovery.find({}), "acmee")
    with pytest.raises(Misconfigured, match="no plugin 'acme' was allowed"):
        forbid(folder, "acme")


def test_without_a_record_a_change_could_not_be_seen(folder: StateFolder, install: Callable[..., Path]) -> None:
    install("tieline-acme", "acme", record="")
    with pytest.raises(Misconfigured, match="no RECORD"):
        allow(folder, discovery.find({}), "acme")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {}}', '{"a": {"distribution": "x"}}'])
def test_a_damaged_list_allows_nobody_and_says_so(folder: StateFolder, text: str) -> None:
    folder.allow_list.write_text(text)
    with pytest.raises(Misconfigured, match=r"plugins\.json"):
        allowing.read(folder)


def test_what_is_ours_needs_no_permission(folder: StateFolder) -> None:
    assert allow(folder, discovery.find({}), "layouts").standing is Standing.OWN
    assert not folder.allow_list.exists()
