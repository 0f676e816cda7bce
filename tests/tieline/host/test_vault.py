"""Secrets at rest: unreadable without the key, bound to their place, and never made up in clear."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.host import key
from tieline.host.state import StateFolder
from tieline.host.vault import DATA_KEY, Vault

CANARY = "canary-4f1d-secret"


def _vault(randomness: Any, byte: bytes = b"k") -> Vault:
    return Vault(key.Key(byte * 32, "test"), randomness)


def test_what_was_sealed_opens_and_shows_nothing(randomness: Any) -> None:
    sealed = _vault(randomness).seal("main", {"api_key": CANARY, "other": "é"})
    assert _vault(randomness).open("main", sealed) == {"api_key": CANARY, "other": "é"}
    assert CANARY not in str(sealed)
    assert base64.b64encode(CANARY.encode()).decode()[:12] not in str(sealed)
    assert _vault(randomness).seal("main", {}) == {}
    assert _vault(randomness).open("main", {}) == {}


def test_the_same_secret_never_looks_the_same(randomness: Any) -> None:
    vault = _vault(randomness)
    one, two = vault.seal("main", {"a": CANARY, "b": CANARY}), vault.seal("main", {"a": CANARY})
    assert len({one["a"], one["b"], two["a"]}) == 3


@pytest.mark.parametrize("swap", ["field", "connection", "bit", "format", "junk", "wrapped", "cut"])
def test_a_ciphertext_that_moved_or_changed_does_not_open(randomness: Any, swap: str) -> None:
    vault = _vault(randomness)
    sealed = vault.seal("main", {"a": "first", "b": "second"})
    connection = "main"
    text = bytearray(base64.b64decode(sealed["a"].partition(".")[2]))
    text[-1] ^= 1
    match swap:
        case "field":
            sealed["a"], sealed["b"] = sealed["b"], sealed["a"]
        case "connection":
            connection = "other"
        case "bit":
            sealed["a"] = "v1." + base64.b64encode(text).decode()
        case "format":
            sealed["a"] = "v0" + sealed["a"][2:]
        case "junk":
            sealed["a"] = "v1.%%%"
        case "wrapped":
            sealed[DATA_KEY] = vault.seal("other", {"a": "x"})[DATA_KEY]
        case "cut":
            sealed["a"] = "v1."
    with pytest.raises(Misconfigured, match="changed or belongs elsewhere") as refused:
        vault.open(connection, sealed)
    assert refused.value.__cause__ is None


def test_another_key_is_told_by_its_id(randomness: Any) -> None:
    sealed = _vault(randomness).seal("main", {"a": CANARY})
    with pytest.raises(Misconfigured, match="sealed with key") as refused:
        _vault(randomness, b"x").open("main", sealed)
    assert CANARY not in str(refused.value)


def test_rotation_changes_who_can_open_and_no_secret(randomness: Any) -> None:
    former, new = _vault(randomness), _vault(randomness, b"n")
    sealed = former.seal("main", {"a": CANARY})
    turned = former.resealed("main", sealed, new)
    assert new.open("main", turned) == {"a": CANARY}
    assert turned["a"] == sealed["a"]
    with pytest.raises(Misconfigured):
        former.open("main", turned)


def test_the_key_file_is_made_once_and_that_is_said_once(tmp_path: Path, randomness: Any) -> None:
    said: list[str] = []
    folder = StateFolder(tmp_path)
    assert key.existing(folder, {}) is None
    first = key.made_if_missing(folder, {}, randomness, said.append)
    again = key.made_if_missing(folder, {}, randomness, said.append)
    assert first == again
    assert stat.S_IMODE(folder.key.stat().st_mode) == 0o600
    assert len(said) == 1
    assert str(folder.key) in said[0]
    assert repr(first.material) not in repr(first)


def test_the_environment_wins_and_makes_no_file(tmp_path: Path, randomness: Any) -> None:
    environment = {"TIELINE_KEY": base64.b64encode(b"e" * 32).decode()}
    found = key.made_if_missing(StateFolder(tmp_path), environment, randomness, lambda _: pytest.fail("said"))
    assert (found.material, found.source) == (b"e" * 32, "TIELINE_KEY")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["short", "%%%", base64.b64encode(b"x" * 31).decode(), "é" * 44])
def test_a_key_that_is_none_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(Misconfigured, match="TIELINE_KEY: this is no key") as refused:
        key.existing(StateFolder(tmp_path), {"TIELINE_KEY": text})
    assert text not in str(refused.value)


def test_a_key_others_may_read_is_refused(tmp_path: Path, randomness: Any) -> None:
    folder = StateFolder(tmp_path)
    key.made_if_missing(folder, {}, randomness, lambda _: None)
    folder.key.chmod(0o640)
    with pytest.raises(Misconfigured, match="chmod 600"):
        key.existing(folder, {})
