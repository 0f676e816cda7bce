"""What a browser is told on every answer, what a GET may not do, and what text in a field may not become."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieline_sandbox.org.face import serves
from tieline_sandbox.wire import Request

FORM = ("Content-Type", "application/x-www-form-urlencoded")
WORDS = st.sampled_from(["o", "r", "Account", "new", "list", "view", "edit", "ID", "action", "Order", "%2e%2e"])
EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"


def paths_of(shop: Any) -> list[str]:
    record = f"/lightning/r/Opportunity/{shop.deal}"
    return [
        "/", "/lightning", "/lightning/page/home", "/lightning/o/Opportunity/list", "/lightning/o/Opportunity/new",
        f"{record}/view", f"{record}/edit", f"{record}/delete", f"{record}/action/Order",
        f"{record}/related/Requests__r/view", f"/{shop.deal}", "/face/style.css", "/face/live.js", "/face/icon.svg",
        "/face/logout", "/lightning/nothing", "/lightning/o/Nothing/list", "/face/nothing", "/001000000000000",
        "/lightning/o/Account/list?q=%ff",
    ]  # fmt: skip


def safe(response: Any) -> None:
    policy = response.header("Content-Security-Policy").split("; ")
    assert {"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy)
    assert "unsafe" not in response.header("Content-Security-Policy")
    assert response.header("X-Content-Type-Options") == "nosniff"
    assert response.header("X-Frame-Options") == "DENY"
    assert response.header("Cross-Origin-Opener-Policy") == "same-origin"
    assert response.header("Referrer-Policy") == "same-origin"
    assert response.header("Cache-Control")


@pytest.mark.parametrize("user", ["", "sam", "rita"])
def test_every_answer_carries_the_headers(shop: Any, new_browser: Any, user: str) -> None:
    browser = new_browser(shop.users[user] if user else None)
    for path in paths_of(shop):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            answer = browser.send(method, path, b"", FORM)
            safe(answer)
            assert answer.status < 500, (method, path)
            assert not (method == "HEAD" and answer.body)


def test_a_failure_of_ours_is_a_page_too(
    app: Any, shop: Any, new_browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = new_browser(shop.users["sam"])
    monkeypatch.setattr("tieline_sandbox.org.face.tables.name_of", lambda *_: 1 / 0)
    page = browser.get("/lightning/o/Opportunity/list")
    assert page.status == 500
    safe(page.response)
    assert page.main == "This did not work The local org itself failed; its log says why. Back to the start"


def everything(app: Any) -> Any:
    """All that the state holds."""
    database: sqlite3.Connection = app.state._db
    tables = ("record", "entry", "mutation", "setting")
    return [database.execute(f"select * from {name}").fetchall() for name in tables]


def crawl(browser: Any, start: str) -> Iterator[tuple[str, Any]]:
    """Every page that links of pages lead to."""
    seen, open_ = {start}, [start]
    while open_:
        path = open_.pop()
        page = browser.get(path)
        yield path, page
        for link in page.texts("//a/@href|//form[@method='get']/@action"):
            target = urljoin(path, link).partition("#")[0]
            if target.startswith("/") and target not in seen and not target.startswith("/face/"):
                seen.add(target)
                open_.append(target)


@pytest.mark.parametrize("user", ["admin", "sam"])
def test_no_get_changes_anything(app: Any, shop: Any, new_browser: Any, user: str) -> None:
    browser = new_browser(shop.users[user])
    before = everything(app)
    pages = dict(crawl(browser, "/lightning/page/home"))
    for path in paths_of(shop):
        browser.send("GET", path)
        browser.send("HEAD", path)
    assert len(pages) > 40
    assert {path: page.status for path, page in pages.items() if page.status != 200} == {}
    assert everything(app) == before


def test_text_never_becomes_markup(app: Any, shop: Any, new_browser: Any) -> None:
    admin = shop.users["admin"]
    firm = admin.create(
        "Account", Name=EVIL, Description=EVIL, Website="javascript:alert(1)", BillingStreet=EVIL, Phone=EVIL[:40],
        Sic=EVIL[:20], Site=EVIL[:80],
    )  # fmt: skip
    admin.create("Contact", LastName=EVIL[:80], FirstName=EVIL[:40], AccountId=firm, Title=EVIL)
    admin.create("Warehouse__c", Name=EVIL[:80])
    admin.create("ERP_Request__c", Opportunity__c=shop.deal, Message__c=EVIL, Result_Number__c=EVIL, Record_Id__c=EVIL)
    admin.ok("PATCH", f"/sobjects/Opportunity/{shop.deal}", {"Name": EVIL, "NextStep": EVIL, "Description": EVIL})
    shown = 0
    for path, page in crawl(new_browser(admin), "/lightning/page/home"):
        shown += EVIL[:20] in page.main or "&lt;img" in page.source
        assert page.status == 200, path
        assert page.texts("//img|//script[not(@src='/face/live.js')]|//*[@onerror]|//*[@style]|//style") == [], path
        links = page.texts("//@href|//@src|//@action")
        assert not [link for link in links if link.strip().lower().startswith(("javascript", "data", "vbscript"))], path
    assert shown > 10


def test_search_text_and_parameters_are_escaped(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    quoted = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22"
    for path in (
        f"/lightning/o/Account/list?q={quoted}", f"{shop.path}?told={quoted}", f"{shop.path}?pressed={quoted}",
        f"{shop.path}?request={quoted}", f"/lightning/o/Account/new?Name={quoted}", f"/?startURL={quoted}",
        f"/lightning/o/Account/list?page={quoted}",
    ):  # fmt: skip
        page = browser.get(path)
        assert page.status == 200, path
        assert page.texts("//img") == []


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
        [("Origin", "http://127.0.0.1:9999")], [("Sec-Fetch-Site", "same-site")], [("Origin", "http://[")],
    ],
)  # fmt: skip
def test_a_form_from_another_site_is_refused(shop: Any, new_browser: Any, headers: Any) -> None:
    browser = new_browser(shop.users["sam"])
    answer = browser.send("POST", "/lightning/o/Account/new", b"Name=x", FORM, *headers)
    assert answer.status == 403
    safe(answer)
    assert b"sent by another site" in answer.body


def test_a_form_from_our_own_site_is_taken(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["sam"])
    values = {**browser.get("/lightning/o/Account/new").inputs(), "Name": "New"}
    own = (("Origin", "http://127.0.0.1:8080"), ("Sec-Fetch-Site", "same-origin"))
    answer = browser.send("POST", "/lightning/o/Account/new", urlencode(values, doseq=True).encode(), FORM, *own)
    assert answer.status == 303


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "salesforce.com.x"]
)
def test_a_name_that_was_bent_to_this_machine_gets_nothing(new_browser: Any, host: str) -> None:
    answer = new_browser(host=host).send("GET", "/")
    assert answer.status == 421
    safe(answer)
    assert b"Ada Admin" not in answer.body


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8080", "acme.my.salesforce.com"])
def test_the_names_of_this_machine_and_of_the_proxy_are_served(new_browser: Any, host: str) -> None:
    assert new_browser(host=host).get("/").status == 200


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b'{"Name": "x"}', "application/json"), (b"\xff=1", "application/x-www-form-urlencoded"),
        (b"a=%ff", "application/x-www-form-urlencoded"), (b"&a=1" * 3000, "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 1_100_000, "application/x-www-form-urlencoded"), (b"a=1", ""),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(shop: Any, new_browser: Any, body: bytes, media: str) -> None:
    answer = new_browser(shop.users["sam"]).send("POST", "/lightning/o/Account/new", body, ("Content-Type", media))
    assert answer.status == 400
    safe(answer)


def test_the_api_stays_where_it_was(app: Any) -> None:
    for path in ("/services/data", "/services/oauth2/token", "/id/x/y", "/favicon.ico", "/Lightning", "/face"):
        assert not serves(Request("GET", path)), path


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["GET", "POST", "HEAD", "BREW"]),
    st.lists(WORDS | st.text(max_size=6), max_size=5),
    st.binary(max_size=20), st.binary(max_size=20),
)  # fmt: skip
def test_any_address_gets_a_page(
    shop: Any, new_browser: Any, method: str, parts: list[str], query: bytes, body: bytes
) -> None:
    browser = new_browser(shop.users["sam"])
    path = "/lightning/" + "/".join(parts).replace("ID", shop.deal) + "?" + query.decode("latin-1")
    answer = browser.send(method, path, body, FORM)
    assert answer.status < 500
    if serves(Request(method, path)):
        safe(answer)
