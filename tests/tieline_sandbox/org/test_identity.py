"""Logging in, in every way a client knows."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import OrgApplication, build
from tieline_sandbox.wire import Request, Response

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def token(app: OrgApplication, headers: tuple[tuple[str, str], ...] = (), **form: str) -> Response:
    request = Request("POST", "/services/oauth2/token", headers, urlencode(form).encode(), "https", "my.example")
    return app.handle(request)


def assertion(app: OrgApplication, **claims: Any) -> str:
    told = app.credentials()
    given = {
        "iss": told["client_id"],
        "sub": told["users"][1]["username"],
        "aud": "https://login.salesforce.com",
        **claims,
    }
    # PyJWT refuses to write some claims that real clients send, so the claims are signed as bytes.
    return jwt.api_jws.encode(json.dumps(given).encode(), app.jwt_private_key(), algorithm="RS256")


def now(app: OrgApplication) -> int:
    return int(app.org.clock.now().timestamp())


def test_client_credentials_by_basic_and_body(app: OrgApplication) -> None:
    told = app.credentials()
    pair = base64.b64encode(f"{told['client_id']}:{told['client_secret']}".encode()).decode()
    by_head = token(app, (("Authorization", f"Basic {pair}"),), grant_type="client_credentials")
    by_body = token(
        app, grant_type="client_credentials", client_id=told["client_id"], client_secret=told["client_secret"]
    )
    for answer in (by_head, by_body):
        body = answer.json()
        assert re.fullmatch(r"00D\w{12}![A-Za-z0-9_.]+", body["access_token"])
        assert body["instance_url"] == "https://my.example"
        assert "refresh_token" not in body


@pytest.mark.parametrize(
    "form",
    [
        lambda seconds: {"exp": seconds + 60},
        lambda seconds: {"exp": str(seconds + 60)},
        lambda seconds: {"exp": (seconds + 60) * 1000},
        lambda seconds: {"exp": seconds},
        lambda seconds: {"exp": seconds + 60, "aud": "https://my.example/"},
    ],
)
def test_every_clients_assertion_is_taken(app: OrgApplication, form: Any) -> None:
    answer = token(app, grant_type=JWT, assertion=assertion(app, **form(now(app))))
    assert answer.status == 200, answer.body
    assert answer.json()["id"].endswith(app.credentials()["users"][1]["user_id"])


@pytest.mark.parametrize(
    ("claims", "error", "words"),
    [
        ({"exp": 1}, "invalid_grant", "expired"),
        ({"exp": None}, "invalid_grant", "expired"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"iss": "stranger"}, "invalid_client_id", "client"),
        ({"aud": 5}, "invalid_grant", "audience"),
    ],
)
def test_bad_assertions_are_refused(app: OrgApplication, claims: dict[str, Any], error: str, words: str) -> None:
    answer = token(app, grant_type=JWT, assertion=assertion(app, **{"exp": now(app) + 60, **claims}))
    assert answer.status == 400
    assert answer.json()["error"] == error
    assert words in answer.json()["error_description"]


def test_an_assertion_signed_by_another_key_is_refused(app: OrgApplication) -> None:
    told = app.credentials()
    forged = jwt.encode({"iss": told["client_id"], "sub": told["username"], "exp": 9e9}, "x" * 64, algorithm="HS256")
    assert token(app, grant_type=JWT, assertion=forged).json()["error"] == "invalid_grant"


def test_password_flow_gives_a_refresh_token_that_works_until_revoked(app: OrgApplication) -> None:
    told = app.credentials()
    client = {"client_id": told["client_id"], "client_secret": told["client_secret"]}
    login = {"username": told["username"], "password": told["password"]}
    refresh = token(app, grant_type="password", **client, **login).json()["refresh_token"]
    renewed = token(app, grant_type="refresh_token", refresh_token=refresh, **client)
    refresh = renewed.json()["refresh_token"]
    assert (
        app.handle(Request("POST", "/services/oauth2/revoke", (), urlencode({"token": refresh}).encode())).status == 200
    )
    assert token(app, grant_type="refresh_token", refresh_token=refresh, **client).json()["error"] == "invalid_grant"


def test_a_revoked_session_is_invalid(app: OrgApplication, admin: Any) -> None:
    app.handle(
        Request("POST", "/services/oauth2/revoke", (), urlencode({"token": admin.user["access_token"]}).encode())
    )
    assert admin.refused("GET", "/limits") == (401, "INVALID_SESSION_ID", "Session expired or invalid")


def test_an_inactive_users_session_is_invalid(users: dict[str, Any]) -> None:
    admin, sam = users["admin"], users["sam"]
    admin.ok("PATCH", f"/sobjects/User/{sam.user_id}", {"IsActive": False})
    assert sam.refused("GET", "/limits")[1] == "INVALID_SESSION_ID"


def test_org_json_has_four_users_and_two_languages(app: OrgApplication) -> None:
    told = app.credentials()
    assert {each["language"] for each in told["users"]} == {"en_US", "fr"}
    assert [each["profile"] for each in told["users"]].count("System Administrator") == 1
    assert told["access_token"] == told["users"][0]["access_token"]
    assert told["user_id"] == told["users"][0]["user_id"]


def test_everything_survives_a_restart(tmp_path: Path, words: Any) -> None:
    first = build(tmp_path, Clock(), Randomness(), None)
    told = dict(first.credentials())
    desk = words.desk(first, told["users"][0])
    ident = desk.create("Account", Name="Kept")
    desk.install(words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"]), "Grants")
    first.state.close()
    key_file = Path(told["jwt_private_key_file"])
    assert key_file.stat().st_mode & 0o777 == 0o600
    second = build(tmp_path, Clock(), Randomness(), None)
    assert dict(second.credentials()) == told
    again = words.desk(second, told["users"][0])
    assert again.get("Account", ident)["Name"] == "Kept"
    again.ok("PATCH", f"/sobjects/Account/{ident}", {"Key__c": "K"})
    assert again.ok("GET", "/sobjects/Account/Key__c/K")["Id"] == ident
    assert (
        token(
            second,
            grant_type=JWT,
            assertion=jwt.encode(
                {
                    "iss": told["client_id"],
                    "sub": told["username"],
                    "aud": "https://login.salesforce.com",
                    "exp": 9_000_000_000,
                },
                key_file.read_text(),
                algorithm="RS256",
            ),
        ).status
        == 200
    )
    second.state.close()
