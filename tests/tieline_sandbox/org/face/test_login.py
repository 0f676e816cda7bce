"""Logging in as a local user, staying logged in, logging out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tieline_sandbox.wire import Request

FORM = ("Content-Type", "application/x-www-form-urlencoded")


def test_any_user_may_be_picked(browser: Any, users: dict[str, Any]) -> None:
    page = browser.get("/")
    assert page.status == 200
    assert page.texts("//ul[@class='people']//b") == ["Ada Admin", "Sam Standard", "Camille Standard", "Rita Reader"]
    home = browser.log_in(users["sam"].user)
    assert (home.path, home.texts("//h1")) == ("/lightning/page/home", ["Welcome, Sam Standard"])
    assert browser.get("/").path == "/lightning/page/home"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(browser: Any, users: dict[str, Any]) -> None:
    page = browser.get("/")
    values = {**page.inputs(), "user": users["sam"].user_id}
    answer = browser.send("POST", "/", urlencode(values, doseq=True).encode(), FORM)
    cookie = answer.header("Set-Cookie")
    assert cookie.startswith("sid_00D")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Lax")


def test_over_tls_the_cookie_is_for_tls_alone(app: Any) -> None:
    answer = app.handle(Request("GET", "/", scheme="https", host="local.my.salesforce.com"))
    assert answer.status == 200
    assert answer.header("Set-Cookie").endswith("; Secure")


def test_the_session_outlives_nothing_but_its_log_out(browser: Any, users: dict[str, Any]) -> None:
    home = browser.log_in(users["sam"].user)
    held = dict(browser.cookies)
    form = home.form("//form[@class='who']")
    left = browser.post(form.action, dict(form.form_values()))
    assert left.texts("//h1") == ["Who are you?"]
    browser.cookies = held  # the old cookie is worth nothing now
    assert browser.get("/lightning/o/Account/list").texts("//h1") == ["Who are you?"]


def test_an_expired_session_leads_to_the_login_and_back(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["sam"])
    name = next(each for each in browser.cookies if each.startswith("sid_"))
    browser.cookies[name] = "00Dnonsense!x"
    page = browser.get("/lightning/o/Account/list?q=a")
    assert "Log in to see this page." in page.main
    assert browser.fill(page, user=users["sam"].user_id).path == "/lightning/o/Account/list?q=a"


@pytest.mark.parametrize(
    "start",
    [
        "https://evil.example/",
        "//evil.example/lightning/",
        "/\\evil.example/lightning/",
        "/services/oauth2/authorize",
        "javascript:alert(1)",
        "/lightning/\r\nSet-Cookie: a=b",
        "lightning/o/Account/list",
        "/%0d%0a",
        "\t//evil.example",
    ],
)
def test_the_way_back_is_one_of_our_pages(browser: Any, users: dict[str, Any], start: str) -> None:
    page = browser.get("/")
    sent = {**page.inputs(), "user": users["sam"].user_id, "startURL": start}
    answer = browser.send("POST", "/", urlencode(sent, doseq=True).encode(), FORM)
    assert (answer.status, answer.header("Location")) == (303, "/lightning/page/home")


@pytest.mark.parametrize("change", [{"token": ""}, {"token": "x.y"}, {"user": "005000000000000AAA"}, {"user": ""}])
def test_a_form_that_was_tampered_with_logs_nobody_in(browser: Any, users: dict[str, Any], change: Any) -> None:
    values = {**browser.get("/").inputs(), "user": users["sam"].user_id, **change}
    answer = browser.send("POST", "/", urlencode(values, doseq=True).encode(), FORM)
    assert answer.status in (400, 403)
    assert not any(name.startswith("sid_") for name in browser.cookies)


def test_the_form_of_another_browser_logs_nobody_in(browser: Any, new_browser: Any, users: dict[str, Any]) -> None:
    values = {**new_browser().get("/").inputs(), "user": users["sam"].user_id}
    browser.get("/")
    assert browser.post("/", values).status == 403


def test_a_user_who_was_made_inactive_is_out(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["sam"])
    users["admin"].ok("PATCH", f"/sobjects/User/{users['sam'].user_id}", {"IsActive": False})
    page = browser.get("/lightning/o/Account/list")
    assert page.texts("//ul[@class='people']//b") == ["Ada Admin", "Camille Standard", "Rita Reader"]


def test_the_cookie_does_not_open_the_api(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["admin"])
    assert browser.send("GET", "/services/data/v60.0/limits").status == 401
