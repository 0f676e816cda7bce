"""The package of Unleashed on an org that was never touched: in, back, in again, out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests


@pytest.mark.deep
def test_in_and_back_and_in_and_out(place: Any, door: Any) -> None:
    before = door.components()
    shown_to_people(place.tieline("package", "plan", "--org", place.file, "--system", "unleashed").out.splitlines())
    planned = place.package("plan")
    assert planned.code == 3, planned.err
    assert planned.document["counts"]["add"] > 100
    assert door.components() == before

    assert place.package("apply", "--yes").ok()["changes"] == sum(planned.document["counts"].values())
    assert place.package("plan").code == 0
    assert place.package("apply", "--yes").ok()["changes"] == 0
    assert set(before) < set(door.components())

    place.package("rollback", "--yes").ok()
    assert door.components() == before

    place.package("apply", "--yes").ok()
    place.package("uninstall", "--yes").ok()
    assert door.components() == before
    assert place.package("plan").code == 3


def shown_to_people(lines: list[str]) -> None:
    assert "+ CustomObject ERP_Link__c" in lines
    assert "~ Layout Account-Account Layout" in lines
    assert "    platformActionList[Account.Unleashed_Promote]: (none) -> shown" in lines
    assert lines[-1].endswith("4 to change, 0 to remove.")


@pytest.mark.deep
def test_data_is_not_lost_without_the_typed_name(place: Any, door: Any) -> None:
    before = door.components()
    place.package("apply", "--yes").ok()
    document = json.loads(place.file.read_text())
    address = f"{document['tls_url']}/services/data/v60.0/sobjects/ERP_Request__c"
    headers = {"Authorization": f"Bearer {document['access_token']}"}
    row = {"Status__c": "New"}
    assert requests.post(address, json=row, headers=headers, verify=document["ca_file"], timeout=60).status_code == 201
    installed = door.components()
    for verb in ("uninstall", "rollback"):
        refused = place.package(verb, "--yes")
        assert refused.code == 2
        assert "ERP_Request__c (1 rows)" in refused.document["error"]["what"]
        assert refused.document["error"]["mend"].endswith("--confirm unleashed.")
    assert place.package("uninstall", "--yes", "--confirm", "intacct").code == 2
    assert door.components() == installed
    place.package("uninstall", "--yes", "--confirm", "unleashed").ok()
    assert door.components() == before


@pytest.mark.deep
def test_nothing_to_take_back(place: Any) -> None:
    for verb in ("rollback", "uninstall", "upgrade"):
        ran = place.package(verb, "--yes")
        assert ran.code == 1
        assert "Traceback" not in ran.err
    assert place.package("drift").code == 1


@pytest.mark.deep
@pytest.mark.parametrize("with_org", [False, True])
def test_the_zip_is_taken_by_other_tools(place: Any, door: Any, tmp_path: Path, with_org: bool) -> None:
    """By a bare deploy call in check-only mode; a real client's is in `test_package_clients`."""
    zipped = tmp_path / "package.zip"
    org = ("--org", place.file) if with_org else ()
    told = place.tieline("package", "build", "--system", "unleashed", "--out", zipped, "--json", *org).ok()
    before = door.components()
    done = door.deploy({}, check_only=True, packed=zipped.read_bytes())
    assert done.findtext(".//status") == "Succeeded"
    assert int(done.findtext(".//numberComponentsTotal")) == told["components"]
    assert door.components() == before


@pytest.mark.deep
@pytest.mark.parametrize(("at", "nth"), [("parsed", 0), ("parsed", 1), ("after_commit", 0)])
def test_killed_between_the_steps_it_goes_on(place: Any, door: Any, eventually: Any, at: str, nth: int) -> None:
    """Before the check, before the deployment, and after it but before its answer."""
    document = json.loads(place.file.read_text())
    plane, token = document["plane_url"], {"X-Sandbox-Token": document["plane_token"]}
    rule = {"at": at, "do": {"stall": {"seconds": 5}}, "match": {"operation": "deploy"}, "nth": nth}
    fault = requests.post(f"{plane}/faults", json=rule, headers=token, timeout=60).json()["id"]
    run = place.tieline.start("package", "apply", "--yes", "--org", place.file, "--system", "unleashed")

    def struck() -> bool:
        told = requests.get(f"{plane}/faults/{fault}", headers=token, timeout=60).json()
        return bool(told["hits"] > nth)

    eventually(struck, "the fault strikes")
    run.kill()
    eventually(lambda: requests.get(f"{plane}/faults/{fault}", headers=token, timeout=60).json()["fired"], "it fired")
    place.package("apply", "--yes").ok()
    assert place.package("plan").code == 0
    assert place.package("drift").code == 0
    place.package("uninstall", "--yes").ok()
    assert not [key for key in door.components() if "ERP_" in key[1] or "Unleashed" in key[1]]
