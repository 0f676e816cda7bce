"""Metadata against the local org, over TLS."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tieline.contract import Misconfigured


def test_a_second_deploy_changes_nothing(live: Any, packed: bytes) -> None:
    result = live.metadata.deploy(packed)
    assert result.success
    assert result.changed == ()
    assert {part.full_name for part in result.components} >= {"Account.ERP_Key__c", "Ties"}


def test_a_check_installs_nothing(live: Any, packed: bytes) -> None:
    seen: list[tuple[int, int]] = []
    result = live.metadata.deploy(packed, check_only=True, progress=lambda done, total: seen.append((done, total)))
    assert (result.success, result.check_only) == (True, True)
    assert seen[-1][0] == seen[-1][1] > 0


def test_a_bad_package_is_a_result_with_reasons(live: Any, packed: bytes) -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b"<type>Number</type>", b"<type>Nonsense</type>"))
    result = live.metadata.deploy(broken.getvalue())
    assert not result.success
    assert any("Credit__c" in words for words in result.errors), result.errors


def test_retrieve_and_list(live: Any) -> None:
    files = live.metadata.retrieve({"CustomField": ["Account.ERP_Key__c"], "PermissionSet": ["Ties", "Nobody"]})
    assert set(files) == {"objects/Account.object", "permissionsets/Ties.permissionset"}
    assert b"ERP_Key__c" in files["objects/Account.object"]
    assert b"Credit__c" not in files["objects/Account.object"]
    assert "Account.ERP_Key__c" in live.metadata.list_components("CustomField")
    assert live.metadata.retrieve({}) == {}


def test_describe(live: Any) -> None:
    kinds = {kind.name: kind for kind in live.metadata.describe()}
    assert kinds["PermissionSet"].directory == "permissionsets"


def test_metadata_logs_in_again(live: Any, expire: Any) -> None:
    live.metadata.list_components("Layout")
    expire(live)
    assert "Ties" in live.metadata.list_components("PermissionSet")


def test_an_unknown_permission_set_is_named(live: Any) -> None:
    with pytest.raises(Misconfigured, match="Nobodys"):
        live.records.assign_permission_set("Nobodys", live.user_id)
