"""Authorization code with a proof key, and what becomes of refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.org import OrgApplication
from tieline_sandbox.wire import Request, Response

PAGE = "/services/oauth2/authorize"
BACK = "http://localhost:1717/OauthRedirect"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Browser:
    """One browser, and the app behind it."""

    def __init__(self, app: OrgApplication) -> None:
        self.app, self.told = app, app.credentials()
        self.cookie = ""

    def open(self, **given: str) -> Response:
        asked = {"response_type": "code", "client_id": self.told["client_id"], "redirect_uri": BACK, **given}
        answer = self.app.handle(Request("GET", f"{PAGE}?{urlencode(asked)}", host="my.example"))
        self.cookie = answer.header("Set-Cookie").partition(";")[0]
        return answer

    def press(self, page: Response, **given: str) -> Response:
        found = re.findall(r'name="(\w+)" value="([^"]*)"(?: (checked))?', page.body.decode())
        form = {name: value for name, value, chosen in found if name in ("request", "csrf") or chosen}
        form |= {"answer": "allow", **given}
        return self.app.handle(Request("POST", PAGE, (("Cookie", self.cookie),), urlencode(form).encode()))

    def code(self, **given: str) -> str:
        return returned(self.press(self.open(code_challenge=CHALLENGE, **given)))["code"]

    def token(self, **form: str) -> Response:
        sent = urlencode({"client_id": self.told["client_id"], **form}).encode()
        return self.app.handle(Request("POST", "/services/oauth2/token", (), sent))

    def redeem(self, code: str, **given: str) -> Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
        return self.token(**{**form, **given})

    def refresh(self, token: str, **given: str) -> Response:
        return self.token(grant_type="refresh_token", refresh_token=token, **given)

    def works(self, token: str) -> bool:
        headers = (("Authorization", f"Bearer {token}"),)
        return self.app.handle(Request("GET", "/services/oauth2/userinfo", headers)).status == 200


def returned(answer: Response) -> dict[str, str]:
    """The parameters of the redirect back to the app."""
    assert answer.status == 302, answer.body
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.header("Location")).query).items()}


@pytest.fixture
def browser(app: OrgApplication) -> Browser:
    return Browser(app)


def test_the_page_lists_the_active_users(browser: Browser, users: Any) -> None:
    users["admin"].ok("PATCH", f"/sobjects/User/{users['rita'].user_id}", {"IsActive": False})
    page = browser.open(state="s<1>")
    assert page.status == 200
    text = page.body.decode()
    assert html.escape(users["sam"].user["username"]) in text
    assert users["rita"].user["username"] not in text
    assert "frame-ancestors 'none'" in page.header("Content-Security-Policy")
    assert "form-action 'self' http://localhost:1717" in page.header("Content-Security-Policy")


def test_a_code_becomes_a_session_of_the_chosen_user(browser: Browser, users: Any) -> None:
    page = browser.open(code_challenge=CHALLENGE, code_challenge_method="S256", state="a b&c")
    told = returned(browser.press(page, user_id=users["sam"].user_id))
    assert told["state"] == "a b&c"
    body = browser.redeem(told["code"]).json()
    assert body["id"].endswith(users["sam"].user_id)
    assert browser.works(body["access_token"])
    assert body["refresh_token"]


def test_a_login_hint_chooses_the_user(browser: Browser, users: Any) -> None:
    code = browser.code(login_hint=users["camille"].user["username"])
    assert browser.redeem(code).json()["id"].endswith(users["camille"].user_id)


def test_a_code_is_used_once(browser: Browser) -> None:
    code = browser.code()
    assert browser.redeem(code).status == 200
    assert browser.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:1718/"}, "redirect_uri_mismatch"),
        ({"client_id": "stranger"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"code": "aPrxnothing"}, "invalid_grant"),
    ],
)
def test_a_code_that_does_not_fit_is_refused(browser: Browser, given: dict[str, str], error: str) -> None:
    code = browser.code()
    assert browser.redeem(**{"code": code, **given}).json()["error"] == error


def test_a_failed_attempt_uses_the_code_up(browser: Browser) -> None:
    code = browser.code()
    browser.redeem(code, code_verifier="w" * 43)
    assert browser.redeem(code).json()["error_description"] == "expired authorization code"


def test_a_code_lives_for_minutes(browser: Browser, clock: Clock) -> None:
    code = browser.code()
    clock.advance(16 * 60)
    assert browser.redeem(code).json()["error"] == "invalid_grant"


def test_without_a_challenge_the_secret_is_needed(browser: Browser) -> None:
    code, other = (returned(browser.press(browser.open()))["code"] for _ in range(2))
    assert browser.redeem(code).status == 401
    assert browser.redeem(other, client_secret=browser.told["client_secret"]).status == 200


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_mistake_is_told_to_the_app(browser: Browser, given: dict[str, str], error: str) -> None:
    told = returned(browser.open(state="s", **given))
    assert (told["error"], told["state"]) == (error, "s")


def test_saying_no_is_told_to_the_app(browser: Browser) -> None:
    assert returned(browser.press(browser.open(), answer="deny"))["error"] == "access_denied"


@pytest.mark.parametrize(
    "address",
    [
        "", "https://evil.example/", "http://localhost.evil.example/", "http://localhost@evil.example/",
        "http://evil.example\\@localhost/", "javascript:alert(1)", "http://localhost:99999999/", "//localhost/",
        "http://localhost/#part", "http://my.example/services/oauth2/authorize", "http://[::1",
    ],
)  # fmt: skip
def test_nobody_is_sent_to_a_strange_address(browser: Browser, address: str) -> None:
    answer = browser.open(redirect_uri=address)
    assert answer.status == 400
    assert b"redirect_uri_mismatch" in answer.body
    assert not answer.header("Location")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8/x", "http://[::1]:8/", "http://my.example/services/oauth2/success"]
)
def test_addresses_of_this_machine_are_taken(browser: Browser, address: str) -> None:
    assert browser.open(redirect_uri=address).status == 200


def test_an_unknown_app_is_told_on_the_page(browser: Browser) -> None:
    answer = browser.open(client_id="<script>")
    assert answer.status == 400
    assert b"client identifier invalid" in answer.body


def test_a_form_from_elsewhere_does_nothing(browser: Browser) -> None:
    page = browser.open()
    kept, browser.cookie = browser.cookie, ""
    assert browser.press(page).status == 400
    browser.cookie = kept
    assert browser.press(page, csrf="x").status == 400
    assert browser.press(page).status == 302
    assert browser.press(page).status == 400  # once


# -- refresh tokens ----------------------------------------------------------------------------------------------------


def test_a_refresh_token_is_good_once(browser: Browser) -> None:
    first = browser.redeem(browser.code()).json()
    second = browser.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert browser.works(second["access_token"])
    assert browser.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.refresh(second["refresh_token"]).status == 200


def test_rotation_can_be_switched_off(browser: Browser, admin: Any) -> None:
    first = browser.redeem(browser.code()).json()
    browser.app.edit(admin.user["username"], "configure", "ConnectedApp", "", {"rotate_refresh_tokens": False})
    for _ in range(2):
        answer = browser.refresh(first["refresh_token"])
        assert answer.status == 200
        assert "refresh_token" not in answer.json()


def test_registered_addresses_are_taken(browser: Browser, admin: Any) -> None:
    address = "https://app.example/callback"
    assert browser.open(redirect_uri=address).status == 400
    browser.app.edit(admin.user["username"], "configure", "ConnectedApp", "", {"redirect_uris": [address]})
    assert browser.open(redirect_uri=address).status == 200


def test_revoking_a_refresh_token_ends_its_sessions(browser: Browser) -> None:
    body = browser.redeem(browser.code()).json()
    other = browser.redeem(browser.code()).json()
    sent = urlencode({"token": body["refresh_token"]}).encode()
    assert browser.app.handle(Request("POST", "/services/oauth2/revoke", (), sent)).status == 200
    assert not browser.works(body["access_token"])
    assert browser.works(other["access_token"])


def test_an_app_without_the_scope_gets_no_refresh_token(browser: Browser) -> None:
    body = browser.redeem(browser.code(scope="api id")).json()
    assert body["scope"] == "api id"
    assert "refresh_token" not in body


def test_logging_out_ends_the_session(browser: Browser) -> None:
    token = browser.redeem(browser.code()).json()["access_token"]
    path = f"/services/auth/idp/oidc/logout?{urlencode({'post_logout_redirect_uri': BACK})}"
    answer = browser.app.handle(Request("GET", path, (("Authorization", f"Bearer {token}"),)))
    assert (answer.status, answer.header("Location")) == (302, BACK)
    assert not browser.works(token)


def test_a_users_sessions_expire_through_the_plane(browser: Browser, users: Any) -> None:
    body = browser.redeem(browser.code(login_hint=users["sam"].user["username"])).json()
    browser.app.edit(users["admin"].user["username"], "expire", "User", users["sam"].user_id, {})
    assert not browser.works(body["access_token"])
    assert users["sam"].refused("GET", "/limits")[1] == "INVALID_SESSION_ID"
    assert browser.works(browser.refresh(body["refresh_token"]).json()["access_token"])
    assert users["admin"].send("GET", "/limits").status == 200
    assert browser.works(browser.redeem(browser.code(login_hint=users["sam"].user["username"])).json()["access_token"])
