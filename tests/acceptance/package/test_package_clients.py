"""The built zip in the hands of a real client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce


@pytest.mark.deep
@pytest.mark.parametrize("with_org", [False, True])
def test_simple_salesforce_checks_the_zip(
    place: Any, tmp_path: Path, with_org: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped = tmp_path / "package.zip"
    org = ("--org", place.file) if with_org else ()
    told = place.tieline("package", "build", "--system", "unleashed", "--out", zipped, "--json", *org).ok()
    document = json.loads(place.file.read_text())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", document["ca_file"])  # its metadata calls know no other way
    with requests.Session() as session:
        address, token = document["tls_url"], document["access_token"]
        client: Any = Salesforce(instance_url=address, session_id=token, session=session, version="60.0")
        options = {"checkOnly": True, "singlePackage": True, "rollbackOnError": True, "ignoreWarnings": False}
        started = client.deploy(str(zipped), sandbox=True, testLevel="NoTestRun", **options)
        done = client.checkDeployStatus(started["asyncId"])
    assert done["state"] == "Succeeded", done
    assert int(done["deployment_detail"]["deployed_count"]) == told["components"]
