"""Logging in: both flows, refusals with their mend, and where a token may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tieline.contract import HttpResponse, Misconfigured, RateLimited, TransientError
from tieline.org import OrgSettings, open_org
from tieline.org.login import log_in, trusted

TOKEN = "/services/oauth2/token"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def keyed(key: rsa.RSAPrivateKey, settings: OrgSettings) -> OrgSettings:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return replace(settings, client_secret="", jwt_key=pem, username="me@example.com")


def granted(answers: Callable[..., HttpResponse], instance: str = "https://acme.my.salesforce.com") -> HttpResponse:
    ident = f"{instance}/id/00D000000000001AAA/005000000000001AAA"
    return answers({"access_token": "T", "instance_url": instance, "id": ident})


def form(script: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(script.seen[-1].body.decode()).items()}


def test_client_credentials(settings: Any, script: Any, answers: Any, clock: Any) -> None:
    script.on("POST", TOKEN, granted(answers))
    grant = log_in(settings, script, clock)
    assert (grant.org_id, grant.user_id) == ("00D000000000001AAA", "005000000000001AAA")
    assert form(script) == {"grant_type": "client_credentials", "client_id": "app", "client_secret": "secret"}


@pytest.mark.parametrize(
    ("login_url", "audience"),
    [
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
    ],
)
def test_jwt_bearer(
    keyed: Any, key: rsa.RSAPrivateKey, script: Any, answers: Any, clock: Any, login_url: str, audience: str
) -> None:
    script.on("POST", TOKEN, granted(answers))
    log_in(replace(keyed, login_url=login_url), script, clock)
    sent = form(script)
    assert sent["grant_type"].endswith("jwt-bearer")
    options: Any = {"verify_exp": False}
    claims = jwt.decode(sent["assertion"], key.public_key(), ["RS256"], audience=audience, options=options)
    assert (claims["iss"], claims["sub"]) == ("app", "me@example.com")
    assert claims["exp"] == int(clock.now().timestamp()) + 180


def test_a_wrong_clock_is_measured(keyed: Any, script: Any, answers: Any, clock: Any) -> None:
    refused = answers(
        {"error": "invalid_grant", "error_description": "expired"}, 400, Date="Thu, 01 Jan 2026 00:00:00 GMT"
    )
    script.on("POST", TOKEN, refused)
    clock.at += timedelta(minutes=10)
    with pytest.raises(Misconfigured, match="600 seconds ahead of the org's"):
        log_in(keyed, script, clock)


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        ("invalid_client_id", "client id"),
        ("invalid_client", "installed in the org"),
        ("invalid_grant", "approve the app"),
        ("inactive_user", "Activate"),
        ("something_new", "settings"),
    ],
)
def test_refusals_say_what_to_do(settings: Any, script: Any, answers: Any, clock: Any, error: str, mend: str) -> None:
    script.on("POST", TOKEN, answers({"error": error, "error_description": "words"}, 400))
    with pytest.raises(Misconfigured, match=f"{error} words.*{mend}"):
        log_in(settings, script, clock)


def test_trouble_at_the_door_may_pass(settings: Any, script: Any, answers: Any, clock: Any) -> None:
    script.on("POST", TOKEN, HttpResponse(503, {}, b"<html>"), answers({"error": "rate_limit_exceeded"}, 400))
    with pytest.raises(TransientError):
        log_in(settings, script, clock)
    with pytest.raises(RateLimited):
        log_in(settings, script, clock)


@pytest.mark.parametrize("address", ["http://acme.my.salesforce.com", "acme.my.salesforce.com", "ftp://x", ""])
def test_a_secret_is_not_sent_in_the_clear(settings: Any, script: Any, clock: Any, address: str) -> None:
    with pytest.raises(Misconfigured, match="https"):
        log_in(replace(settings, login_url=address), script, clock)
    assert script.seen == []


def test_no_secret_at_all(settings: Any, script: Any, clock: Any) -> None:
    with pytest.raises(Misconfigured, match="no secret"):
        log_in(replace(settings, client_secret=""), script, clock)
    with pytest.raises(Misconfigured, match="private key"):
        log_in(replace(settings, jwt_key="nonsense"), script, clock)
    assert script.seen == []


@pytest.mark.parametrize(
    ("instance", "login", "fine"),
    [
        ("https://acme.my.salesforce.com", "https://login.salesforce.com", True),
        ("https://eu12.salesforce.com", "https://login.salesforce.com", True),
        ("https://crm.example.com", "https://crm.example.com", True),
        ("https://crm.example.com", "https://login.salesforce.com", False),
        ("https://salesforce.com.evil.example", "https://login.salesforce.com", False),
        ("https://evilsalesforce.com", "https://login.salesforce.com", False),
        ("https://u@acme.my.salesforce.com", "https://login.salesforce.com", False),
        ("http://acme.my.salesforce.com", "https://login.salesforce.com", False),
        ("https://acme.my.salesforce.com:99999", "https://login.salesforce.com", False),
        ("https://acme.my.salesforce.com:8443", "https://login.salesforce.com", False),
        ("https://127.0.0.1:1", "https://login.salesforce.com", False),
        ("https://127.0.0.1:1", "https://localhost:2", True),
        ("http://127.0.0.1:1", "https://localhost:2", False),
        ("https://acme.my.salesforce.com", "https://127.0.0.1:2", False),
    ],
)
def test_where_a_token_may_go(instance: str, login: str, fine: bool) -> None:
    assert trusted(instance, login) is fine


def test_a_hostile_instance_never_gets_the_token(
    settings: Any, script: Any, answers: Any, clock: Any, steady: Any
) -> None:
    script.on("POST", TOKEN, granted(answers, "https://evil.example"))
    opened = open_org(settings, clock=clock, randomness=steady, transport=script)
    with opened as org, pytest.raises(Misconfigured, match=r"evil\.example"):
        org.session.read("/services/data")
    assert [one.url.split("/services")[0] for one in script.seen] == ["https://acme.my.salesforce.com"]


def test_documents(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("PEM")
    told = {"tls_url": "https://127.0.0.1:1", "client_id": "c", "jwt_private_key_file": "key.pem", "username": "u"}
    assert OrgSettings.from_document(told, tmp_path).jwt_key == "PEM"
    assert OrgSettings.from_document({**told, "client_secret": "s"}, tmp_path).jwt_key == ""
    with pytest.raises(Misconfigured, match="no address"):
        OrgSettings.from_document({})
    with pytest.raises(Misconfigured, match=r"gone\.pem"):
        OrgSettings.from_document({**told, "jwt_private_key_file": "gone.pem"}, tmp_path)


def test_jwt_against_the_local_org(local: Any, clock: Any, steady: Any) -> None:
    settings = OrgSettings.from_document({**local.document, "client_secret": ""})
    assert settings.jwt_key
    with open_org(settings, clock=clock, randomness=steady) as org:
        assert org.records.check().tenant == local.document["org_id"]


def test_an_unknown_authority_is_refused(local: Any, clock: Any, steady: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", local.document["ca_bundle"])
    monkeypatch.setenv("SSL_CERT_FILE", local.document["ca_bundle"])
    settings = replace(OrgSettings.from_document(local.document), ca_file="")
    with open_org(settings, clock=clock, randomness=steady) as org, pytest.raises(Misconfigured, match="TLS"):
        org.records.check()


def test_the_proxy_of_the_settings_is_used(local: Any, clock: Any, steady: Any) -> None:
    host = "https://acme.my.salesforce.com"
    settings = replace(
        OrgSettings.from_document(local.document), login_url=host, proxies={"https": local.document["proxy_url"]}
    )
    with open_org(settings, clock=clock, randomness=steady) as org:
        assert org.records.check().tenant == local.document["org_id"]
        assert org.url == host
