"""Connections: nothing is saved unless it is complete, known, checked, and the same tenant as before."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from tieline.contract import Identity, Misconfigured, NothingSent
from tieline.host.connecting import Said, connect, parse_settings, read_secrets
from tieline.host.connections import Asked
from tieline.host.discovery import Standing
from tieline.host.key import Key
from tieline.host.runtime import Runtime
from tieline.host.vault import Vault

CANARY = "canary-77aa-secret"
COMPLETE = Said(settings={"user": "me"}, secrets={"api_key": CANARY})


def test_a_connection_is_checked_saved_and_used(runtime: Runtime, said: list[str]) -> None:
    made = connect(runtime, "toy", "main", COMPLETE)
    assert made.identity == Identity("T1", "Toy Ltd")
    assert (made.connection.system, made.connection.tenant, made.connection.label) == ("toy", "T1", "Toy Ltd")
    assert dict(made.connection.settings) == {"user": "me"}
    office = runtime.back_office()
    assert (office.name, office.system.name) == ("main", "toy")
    client: Any = runtime.client(office.connection)
    assert client.context.settings["api_key"] == CANARY
    assert client.context.settings["company"] == "T1"
    assert runtime.check(office.connection).tenant == "T1"
    assert len(said) == 1
    assert [each.name for each in runtime.back_offices()] == ["main"]


def test_a_secret_is_nowhere_in_clear(runtime: Runtime) -> None:
    connect(runtime, "toy", "main", COMPLETE)
    assert CANARY not in repr(runtime.connections.all())
    assert runtime.redactor.clean(f"key={CANARY}!") == "key=***!"
    for path in runtime.folder.path.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("word", "given", "words"),
    [
        ("toi", COMPLETE, "Did you mean 'toy'"),
        ("zzz", COMPLETE, "There are: toy"),
        ("toy", Said(settings={"usr": "me"}), "no setting 'usr'. Did you mean 'user'"),
        ("toy", Said(settings={"qq": "me"}), "It takes: user, api_key"),
        ("toy", Said(secrets={"api_key": CANARY}), "the setting user is missing.*--set user=VALUE"),
        ("toy", Said(settings={"user": "me"}), "the secret api_key is missing.*--secret-file api_key=FILE"),
        ("toy", Said(settings={"user": "", "api_key": ""}), "api_key is a secret and may not be given with --set"),
        ("toy", Said(settings={"user": "me", "allow_local": "true"}), "allow_local is yes or no, not 'true'"),
        (
            "toy",
            Said(settings={"user": "me", "lists_every": "often"}),
            "lists_every is a number of seconds",
        ),
        ("toy", Said(settings={"user": "me", "changes_every": "604801"}), "whole seconds from 0 to 604800"),
        ("org", Said(settings={"lists_every": "60"}), "no setting 'lists_every'"),
        ("org", Said(), "the setting login_url is missing"),
        ("org", Said(settings={"login_url": "https://x", "client_id": "i"}), "the secret client_secret is missing"),
        (
            "org",
            Said(settings={"login_url": "https://x", "client_id": "i", "auth": "jwt"}),
            "the setting username is missing",
        ),
        ("org", Said(settings={"login_url": "https://x", "client_id": "i", "auth": "soap"}), "no sign-in 'soap'"),
    ],
)
def test_what_is_unknown_or_missing_is_one_sentence(runtime: Runtime, word: str, given: Said, words: str) -> None:
    with pytest.raises(Misconfigured, match=words) as refused:
        connect(runtime, word, "main", given)
    assert CANARY not in refused.value.sentence()
    assert runtime.connections.all() == []


@pytest.mark.parametrize("name", ["", "a/b", "-x", "x" * 41, "a b", "é"])
def test_names_that_cannot_be_part_of_a_key_are_refused(runtime: Runtime, name: str) -> None:
    with pytest.raises(Misconfigured, match="not a connection name"):
        connect(runtime, "toy", name, COMPLETE)


def test_nothing_is_saved_when_the_check_fails(open_runtime: Callable[..., Runtime], toys: Any) -> None:
    class Unreachable:
        def check(self) -> Identity:
            raise NothingSent("no connection", where="toy.example")

    system = toys.system(client=lambda _: Unreachable())
    runtime = open_runtime(toys.found("toy", toys.declaring(register_systems=[system])))
    with pytest.raises(NothingSent):
        connect(runtime, "toy", "main", COMPLETE)
    assert runtime.connections.all() == []
    made = connect(runtime, "toy", "main", COMPLETE, check=False)
    assert (made.identity, made.connection.tenant) == (None, "")


def test_another_tenant_is_refused_ever_after(runtime: Runtime) -> None:
    connect(runtime, "toy", "main", COMPLETE)
    other = Said(settings={"company": "T2"})
    with pytest.raises(Misconfigured, match=r"Toy Ltd \(T2\) answered, but this connection belongs to Toy Ltd \(T1\)"):
        connect(runtime, "toy", "main", other)
    connect(runtime, "toy", "main", other, check=False)
    with pytest.raises(Misconfigured, match="T2"):
        runtime.check(runtime.connections.one("main"))


def test_a_company_has_one_name(runtime: Runtime) -> None:
    """Under a second one all its records would be strangers, and be made again."""
    connect(runtime, "toy", "main", COMPLETE)
    with pytest.raises(Misconfigured, match="Toy Ltd is connected as main"):
        connect(runtime, "toy", "more", COMPLETE)
    runtime.connections.remove("main")
    with pytest.raises(Misconfigured, match=r"Toy Ltd was connected as main.*Use the name main"):
        connect(runtime, "toy", "more", COMPLETE)
    connect(runtime, "toy", "more", COMPLETE, check=False)
    with pytest.raises(Misconfigured, match="was connected as main"):
        runtime.check(runtime.connections.one("more"))
    runtime.connections.remove("more")
    assert connect(runtime, "toy", "main", COMPLETE).connection.tenant == "T1"


def test_connecting_again_keeps_what_is_not_said_anew(runtime: Runtime) -> None:
    connect(runtime, "toy", "main", COMPLETE)
    connect(runtime, "toy", "main", Said(settings={"user": "you"}))
    clear = runtime.connections.clear(runtime.connections.one("main"))
    assert clear == {"user": "you", "api_key": CANARY}
    with pytest.raises(Misconfigured, match="taken by a connection to toy"):
        connect(runtime, "org", "main", Said())


def test_the_only_one_is_meant_when_no_name_is_given(runtime: Runtime) -> None:
    with pytest.raises(Misconfigured, match="no back office is connected yet"):
        runtime.back_office()
    connect(runtime, "toy", "one", COMPLETE)
    connect(runtime, "toy", "two", Said(COMPLETE.document, {**COMPLETE.settings, "company": "T2"}, COMPLETE.secrets))
    with pytest.raises(Misconfigured, match=r"there are several: one, two\. Say which one with --back-office"):
        runtime.back_office()
    with pytest.raises(Misconfigured, match="Did you mean 'one'"):
        runtime.back_office("onee")
    with pytest.raises(Misconfigured, match="no org is connected yet"):
        runtime.org()
    runtime.connections.remove("one")
    assert runtime.back_office().name == "two"
    with pytest.raises(Misconfigured, match="There are: two"):
        runtime.connections.remove("one")


def test_a_plugin_that_may_not_run_says_what_to_do(open_runtime: Callable[..., Runtime], toys: Any) -> None:
    waiting = toys.found("acme", lambda: pytest.fail("imported"), Standing.NOT_ALLOWED)
    broken = toys.found("toy", toys.declaring(register_systems=[toys.system(label="")]))
    runtime = open_runtime(waiting, broken)
    with pytest.raises(Misconfigured, match="tieline plugins allow acme"):
        runtime.system("acme")
    with pytest.raises(Misconfigured, match="the plugin does not run: toy: it has no label"):
        runtime.system("toy")


def test_a_document_brings_settings_authority_and_loopback(runtime: Runtime, tmp_path: Path) -> None:
    path = tmp_path / "toy.json"
    path.write_text(json.dumps({"user": "me", "key": CANARY, "tls_url": "https://127.0.0.1:1", "ca_file": "ca.pem"}))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    made = connect(runtime, "toy", "main", Said(document=path))
    assert dict(made.connection.settings) == {
        "user": "me",
        "allow_local": "yes",
        "ca_file": str(tmp_path / "ca.pem"),
    }
    assert runtime.connections.clear(made.connection)["api_key"] == CANARY


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "no JSON object"), ("[]", "no JSON object"), ('{"user": "me"}', "no connection file of Toy.*'key'")],
)
def test_a_document_that_is_none_is_named(runtime: Runtime, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(Misconfigured, match=words):
        connect(runtime, "toy", "main", Said(document=tmp_path / "x.json"))
    with pytest.raises(Misconfigured, match=r"nowhere\.json"):
        connect(runtime, "toy", "main", Said(document=tmp_path / "nowhere.json"))


def test_an_org_document_becomes_client_credentials_or_a_key(runtime: Runtime, tmp_path: Path) -> None:
    document = {"tls_url": "https://127.0.0.1:9", "client_id": "id", "client_secret": CANARY, "username": "u@x"}
    path = tmp_path / "org.json"
    path.write_text(json.dumps(document))
    made = connect(runtime, "org", "crm", Said(document=path), check=False)
    assert made.connection.system == "salesforce"
    assert dict(made.connection.settings) == {
        "login_url": "https://127.0.0.1:9",
        "client_id": "id",
        "username": "u@x",
        "allow_local": "yes",
    }
    assert set(made.connection.secrets) == {"*key", "client_secret"}
    (tmp_path / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nabcdefgh\n-----END PRIVATE KEY-----\n")
    del document["client_secret"]
    path.write_text(json.dumps(document | {"jwt_private_key_file": "key.pem"}))
    made = connect(runtime, "org", "jwt", Said(document=path), check=False)
    assert set(made.connection.secrets) == {"*key", "private_key"}
    assert made.connection.settings["auth"] == "jwt"
    path.write_text("{}")
    with pytest.raises(Misconfigured, match="names no address"):
        runtime.org(str(path))


def test_secret_files(tmp_path: Path, toys: Any) -> None:
    asked = Asked.by(toys.system())
    path = tmp_path / "k=y"
    path.write_text(f"  {CANARY}\n")
    nothing = io.StringIO()
    assert read_secrets(asked, [str(path)], nothing) == {"api_key": CANARY}
    assert read_secrets(asked, [f"api_key={path}"], nothing) == {"api_key": CANARY}
    assert read_secrets(asked, ["-"], io.StringIO(CANARY)) == {"api_key": CANARY}
    assert read_secrets(Asked.by_org(), [f"private_key={path}", "-"], io.StringIO("s")) == {
        "private_key": CANARY,
        "client_secret": "s",
    }
    two = replace(asked, settings={name: replace(each, secret=True) for name, each in asked.settings.items()})
    with pytest.raises(Misconfigured, match="does not say which secret"):
        read_secrets(two, [str(path)], nothing)
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, words in (("empty", "empty"), ("binary", "no text"), ("missing", "No such file"), (".", "directory")):
        with pytest.raises(Misconfigured, match=words):
            read_secrets(asked, [str(tmp_path / name)], nothing)


def test_settings_are_pairs() -> None:
    assert parse_settings(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    with pytest.raises(Misconfigured, match="Write --set name=value"):
        parse_settings(["a"])


def test_reseal_turns_every_connection_to_the_new_key(runtime: Runtime, randomness: Any) -> None:
    connect(runtime, "toy", "main", COMPLETE)
    new = Vault(Key(b"n" * 32, "new"), randomness)
    assert runtime.connections.reseal(runtime.vault, new) == 1
    with pytest.raises(Misconfigured, match="sealed with key"):
        runtime.connections.clear(runtime.connections.one("main"))
    runtime.vault = new
    assert runtime.connections.clear(runtime.connections.one("main"))["api_key"] == CANARY


def test_after_a_lost_key_new_secrets_can_be_saved(runtime: Runtime, randomness: Any) -> None:
    connect(runtime, "toy", "main", COMPLETE)
    runtime.vault = Vault(Key(b"n" * 32, "new"), randomness)
    with pytest.raises(Misconfigured, match="sealed with key"):
        connect(runtime, "toy", "main", Said(settings={"user": "you"}))
    connect(runtime, "toy", "main", Said(secrets={"api_key": "new-secret"}))
    assert runtime.connections.clear(runtime.connections.one("main")) == {"user": "me", "api_key": "new-secret"}
