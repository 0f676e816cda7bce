"""A person at a browser: logs in, presses the button, sees the answer arrive."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

EVIL = "<img src=x onerror=alert(1)>"


def log_in(chromium: Any, base: str, name: str) -> None:
    chromium.open(base)
    chromium.pick(name)


@pytest.mark.parametrize(
    ("user", "name", "button", "status"),
    [
        ("sam", "Sam Standard", "Create Sales Order", "Done"),
        ("camille", "Camille Standard", "Créer une commande client", "Terminé"),
    ],
)
def test_the_answer_arrives_by_itself(
    chromium: Any, base: str, shop: Any, user: str, name: str, button: str, status: str
) -> None:
    log_in(chromium, base, name)
    chromium.open(base + shop.path)
    chromium.click(button)
    chromium.run(f"document.querySelector('[name=Warehouse__c]').value = '{shop.warehouse}'")
    chromium.click(button)
    rows = shop.requests()
    assert [row["CreatedById"] for row in rows] == [shop.users[user].user_id]
    assert "SO-00000007" not in chromium.text()
    shop.answer(
        rows[0]["Id"], Status__c="Done", Message__c="Order SO-00000007 is made.", Result_Number__c="SO-00000007"
    )
    chromium.await_text("SO-00000007")
    assert chromium.run("document.querySelector('#answer .state').innerText") == status
    assert "SO-00000007" in chromium.run("document.getElementById('said').textContent")
    assert chromium.run("document.getElementById('main').hasAttribute('data-pending')") is False


def test_text_in_fields_runs_nowhere(chromium: Any, base: str, shop: Any) -> None:
    sam = shop.users["sam"]
    sam.ok("PATCH", f"/sobjects/Opportunity/{shop.deal}", {"Name": EVIL, "NextStep": EVIL, "Description": EVIL})
    sam.create("ERP_Request__c", Opportunity__c=shop.deal, Message__c=EVIL, Status__c="Refused")
    log_in(chromium, base, "Sam Standard")
    record = f"{base}/lightning/r/Opportunity/{shop.deal}"
    for page in ("view", "edit", "delete", "action/Order"):
        chromium.open(f"{record}/{page}")
        assert EVIL in chromium.run("document.body.innerText + document.body.querySelector('[value]')?.value")
    chromium.open(f"{base}/lightning/o/Opportunity/list?q={quote(EVIL)}")
    assert EVIL in chromium.text()
    assert chromium.run("document.images.length") == 0
    assert chromium.dialogs == []


def test_style_and_script_are_taken_from_us_and_inline_ones_are_not(chromium: Any, base: str, shop: Any) -> None:
    log_in(chromium, base, "Sam Standard")
    chromium.open(base + shop.path)
    assert chromium.run("getComputedStyle(document.querySelector('.card')).borderRadius") != "0px"
    added = "const each = document.createElement('script'); each.textContent = 'window.taken = 1';"
    assert chromium.run(f"{added} document.body.append(each); window.taken === undefined") is True


def test_no_page_may_frame_ours(chromium: Any, base: str) -> None:
    """Not even one of ours, from which a script could look into the frame if it held a page."""
    chromium.open(base)
    chromium.run("window.frame = document.body.appendChild(document.createElement('iframe'))")
    loaded = "new Promise(done => { frame.onload = () => done(frame.contentDocument === null); frame.src = '/'; })"
    assert chromium.run(loaded) is True
