"""The package in a person's language: brought for the languages of the org, changed by an administrator, taken out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from lxml import etree, html

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


class Person:
    """A user of the org at a browser, and the administrator's hand on that user's language."""

    def __init__(self, document: dict[str, Any], name: str) -> None:
        self._document, self.name = document, name
        self.browser = requests.Session()
        self.browser.trust_env = False

    def rest(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._document['access_token']}"}
        address = f"{self._document['tls_url']}/services/data/v60.0{path}"
        ca = self._document["ca_file"]
        answer = requests.request(method, address, headers=headers, verify=ca, timeout=60, **more)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def speaks(self, language: str) -> None:
        query = {"q": f"SELECT Id FROM User WHERE Name = '{self.name}'"}
        ident = self.rest("GET", "/query", params=query)["records"][0]["Id"]
        self.rest("PATCH", f"/sobjects/User/{ident}", json={"LanguageLocaleKey": language})

    def log_in(self) -> None:
        page: Any = html.fromstring(self.browser.get(self._document["http_url"], timeout=60).content.decode())
        form: Any = page.xpath("//main//form[@method='post']")[0]
        ident = form.xpath(f".//button[contains(., '{self.name}')]/@value")[0]
        values = {**dict(form.form_values()), "user": ident}
        self.browser.post(f"{self._document['http_url']}{form.action}", data=values, timeout=60)

    def reads(self, path: str) -> str:
        """The words of a page."""
        answer = self.browser.get(f"{self._document['http_url']}{path}", timeout=60)
        assert answer.ok, answer.text
        page: Any = html.fromstring(answer.content.decode())
        return " ".join(page.text_content().split())


@pytest.fixture
def ada(place: Any) -> Iterator[Person]:
    person = Person(json.loads(place.file.read_text()), "Ada Admin")
    with person.browser:
        yield person


@pytest.mark.deep
def test_the_persons_language_changes_what_stands_on_the_pages(place: Any, ada: Person) -> None:
    place.package("apply", "--yes").ok()
    account = ada.rest("POST", "/sobjects/Account", json={"Name": "Firm"})["id"]
    ada.log_in()
    record, rows = f"/lightning/r/Account/{account}/view", "/lightning/o/Unleashed_Payment_Term__c/list"
    english = ("Accounting", "ERP key", "Promote to Unleashed", "ERP links")
    french = ("Comptabilité", "Clé ERP", "Promouvoir vers Unleashed", "Liens ERP", "Responsable de compte")
    assert [word for word in english if word not in ada.reads(record)] == []
    assert "Payment terms (Unleashed)" in ada.reads(rows)
    ada.speaks("fr")
    assert [word for word in french if word not in ada.reads(record)] == []
    assert "Conditions de paiement (Unleashed)" in ada.reads(rows)
    described = ada.rest("GET", "/sobjects/ERP_Link__c/describe")
    status = next(each for each in described["fields"] if each["name"] == "Sync_Status__c")
    assert (described["label"], described["labelPlural"]) == ("Lien ERP", "Liens ERP")
    assert "Synchronisé" in [value["label"] for value in status["picklistValues"]]
    ada.speaks("en_US")
    assert [word for word in french if word in ada.reads(record)] == []


@pytest.mark.deep
def test_an_administrators_words_stay_and_go_with_the_field(place: Any, door: Any) -> None:
    before = door.components()
    place.package("apply", "--yes").ok()
    path = "objectTranslations/Account-fr.objectTranslation"
    words = door.file(path)
    key = next(each for each in words.iter(f"{NAMESPACE}fields") if each.findtext(f"{NAMESPACE}name") == "ERP_Key__c")
    key.find(f"{NAMESPACE}label").text = "Notre clé"
    door.change({path: words})
    changed = door.components()

    assert place.package("plan").code == 0
    drift = place.package("drift")
    assert drift.code == 1
    found = [(each["name"], each["property"], each["found"]) for each in drift.document["drift"]]
    assert found == [("Account-fr", "fields[ERP_Key__c].label", "Notre clé")]
    place.package("upgrade", "--yes").ok()
    assert door.components() == changed

    place.package("uninstall", "--yes").ok()
    assert door.components() == before
    place.package("rollback", "--yes").ok()
    assert door.components() == changed


@pytest.mark.deep
def test_words_of_others_in_our_files_are_left_alone(place: Any, door: Any) -> None:
    place.package("apply", "--yes").ok()
    path = "objectTranslations/Opportunity-fr.objectTranslation"
    words = door.file(path)
    etree.SubElement(words, f"{NAMESPACE}nameFieldLabel").text = "Nom de l'affaire"
    door.change({path: words})
    assert place.package("plan").code == 0
    place.package("uninstall", "--yes").ok()
    left = door.components()["objectTranslations", "Opportunity-fr.objectTranslation"]
    assert b"Nom de l'affaire" in left
    assert b"quickActions" not in left
