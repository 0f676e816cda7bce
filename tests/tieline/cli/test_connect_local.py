"""Connecting to the local org and the local Unleashed over TLS, with the files they write about themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.org import build as build_org
from tieline_sandbox.runner import RunningSandbox, start
from tieline_unleashed.sandbox import build as build_unleashed


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunningSandbox]]:
    folder = tmp_path_factory.mktemp("stand-ins")
    with ExitStack() as running:
        yield {
            name: running.enter_context(start(build, name, folder / name))
            for name, build in (("org", build_org), ("unleashed", build_unleashed))
        }


def test_both_sides_connect_and_are_examined(tieline: Any, stand_ins: dict[str, RunningSandbox]) -> None:
    org = tieline("connect", "org", "crm", "--from", str(stand_ins["org"].document_path), "--json")
    assert (org.code, org.document["tenant"]) == (0, stand_ins["org"].document["org_id"])
    erp = tieline("connect", "unleashed", "main", "--from", str(stand_ins["unleashed"].document_path), "--json")
    assert (erp.code, erp.document["system"], erp.document["checked"]) == (0, "unleashed", True)
    doctor = tieline("doctor", "--json")
    assert (doctor.code, doctor.document["ok"]) == (0, True), doctor.document
    text = (Path(tieline.state) / "tieline.db").read_bytes()
    for secret in (stand_ins["org"].document["client_secret"], stand_ins["unleashed"].document["api_key"]):
        assert secret.encode() not in text
        assert secret not in org.out + org.err + erp.out + erp.err + doctor.out


def test_a_wrong_key_is_refused_in_one_sentence(tieline: Any, stand_ins: dict[str, RunningSandbox]) -> None:
    document = stand_ins["unleashed"].document_path
    wrong = ("connect", "unleashed", "main", "--from", str(document), "--secret-file", "-")
    ran = tieline(*wrong, stdin="not-the-key-at-all")
    assert (ran.code, ran.out) == (1, "")
    assert "Check the API id and API key" in ran.err
    assert "not-the-key" not in ran.err
    org = stand_ins["org"].document_path
    ran = tieline("connect", "org", "crm", "--from", str(org), "--secret-file", "-", stdin="not-the-secret")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert tieline("connections", "--json").document == {"connections": []}


def test_loopback_needs_the_sandbox_s_file_or_a_word(tieline: Any, stand_ins: dict[str, RunningSandbox]) -> None:
    told = stand_ins["unleashed"].document
    settings = [f"base_url={told['tls_url']}", f"api_id={told['api_id']}", f"ca_file={told['ca_file']}"]
    arguments = [word for setting in settings for word in ("--set", setting)]
    command = ["connect", "unleashed", "main", *arguments, "--secret-file", "-"]
    ran = tieline(*command, stdin=told["api_key"])
    assert ran.code == 1
    assert "addresses on this machine are for sandboxes only" in ran.err
    assert tieline(*command, "--set", "allow_local=yes", stdin=told["api_key"]).code == 0


def test_an_authority_nobody_knows_is_named(tieline: Any, stand_ins: dict[str, RunningSandbox]) -> None:
    told = stand_ins["unleashed"].document
    settings = [f"base_url={told['tls_url']}", f"api_id={told['api_id']}", "allow_local=yes"]
    arguments = [word for setting in settings for word in ("--set", setting)]
    ran = tieline("connect", "unleashed", "main", *arguments, "--secret-file", "-", stdin=told["api_key"])
    assert ran.code == 1
    assert "its certificate is not trusted" in ran.err
