"""English and French, whole: the pages' own words, the platform's, and what was deployed."""

from __future__ import annotations

import re
import string
from importlib.resources import files
from typing import Any

import pytest
from babel.messages.pofile import read_po

from tieline_sandbox.org.face import standard_words
from tieline_sandbox.org.face.words import WORDS, Words
from tieline_sandbox.org.schema.standard import standard_objects
from tieline_sandbox.org.schema.types import Kind

FACE = files("tieline_sandbox.org.face")


PO = files("tieline_sandbox").joinpath("locale", "fr", "LC_MESSAGES", "tieline_sandbox.po")


def french() -> dict[str, str]:
    with PO.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, abort_invalid=True) if each.id}


def places(text: str) -> set[str]:
    return {part[1] for part in string.Formatter().parse(text) if part[1]}


def test_french_has_every_word_no_dead_one_and_the_same_places() -> None:
    found = french()
    assert set(found) == set(WORDS.values())
    assert [text for text, said in found.items() if not said.strip() or places(text) != places(said)] == []


def test_the_pages_use_every_word_and_no_other() -> None:
    used: set[str] = set()
    sources = [each for folder in (FACE, FACE / "templates") for each in folder.iterdir() if each.is_file()]
    for each in sources:
        used |= set(re.findall(r"""\b(?:t|words|_TITLES)\(\s*["'](\w+)["']""", each.read_text("utf-8")))
        used |= {name for name in WORDS if re.search(rf'"{name}"', each.read_text("utf-8")) and each.name != "words.py"}
    called = set(re.findall(r'self\("(\w+)"', (FACE / "words.py").read_text("utf-8")))
    assert used | called == set(WORDS)


def test_no_text_stands_in_a_template() -> None:
    for each in (FACE / "templates").iterdir():
        bare = re.sub(r"{%.*?%}|{{.*?}}", " ", each.read_text("utf-8"), flags=re.DOTALL)
        bare = re.sub(r'<[^>]*>|[\w-]+="[^"]*"|\b(required|data-pending)\b', " ", bare)
        assert not re.search(r"[^\W\d_]{2,}", bare), (each.name, bare.split())


@pytest.mark.parametrize("kind", standard_objects(), ids=lambda each: each.name)
def test_every_standard_label_is_in_french(kind: Any) -> None:
    assert kind.label in standard_words.OBJECTS
    for each in kind.fields.values():
        label = each.label.removesuffix(" ID") if each.kind is Kind.REFERENCE else each.label
        assert label in standard_words.FIELDS, label
        if each.name != "LanguageLocaleKey":  # codes of languages
            assert {value.label for value in each.values} <= set(standard_words.VALUES)


@pytest.mark.parametrize(
    ("told", "code"),
    [("fr", "fr"), ("fr_CA", "fr"), ("FR-fr,en;q=0.8", "fr"), ("en_US", "en"), ("de", "en"), ("", "en")],
)
def test_the_language_is_the_users(told: str, code: str) -> None:
    assert Words.of(told).code == code


def test_numbers_are_written_as_the_language_does() -> None:
    assert Words.of("en").number(1234567.5, 2) == "1,234,567.50"
    assert Words.of("fr").number(1234567.5, 2) == "1\u202f234\u202f567,50"


def test_a_french_user_gets_french_pages(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["camille"], language="fr-FR")
    page = browser.get(shop.path)
    assert page.tree.get("lang") == "fr"
    assert page.texts("//main//div[@class='buttons']/a") == ["Créer une commande client", "Modifier", "Supprimer"]
    assert "Demandes ERP (0)" in page.texts("//h2")
    facts = page.facts()
    assert (facts["Étape"], facts["Montant"], facts["Date de clôture"]) == (
        "Fermée gagnée", "1 234,50", "31 mars 2026",
    )  # fmt: skip
    form = browser.get(f"/lightning/r/Opportunity/{shop.deal}/action/Order")
    assert form.texts("//h1") == ["Créer une commande client · Big deal"]
    assert form.texts("//form//label")[0] == "Entrepôt*"
    page = browser.fill(form, Warehouse__c=shop.warehouse)
    shop.answer(shop.requests()[0]["Id"], Status__c="Done")
    assert browser.get(page.path).texts("//section[@id='answer']//span") == ["Terminé"]


def test_french_pages_hold_no_english_words_of_ours(shop: Any, new_browser: Any) -> None:
    browser = new_browser(shop.users["camille"], language="fr")
    english = {text for text, said in french().items() if text != said and "{" not in text and len(text) > 3}
    paths = [
        "/lightning/page/home", "/lightning/o/Account/list", f"/lightning/r/Account/{shop.account}/view",
        "/lightning/o/Account/new", f"/lightning/r/Account/{shop.account}/delete", "/lightning/nothing",
    ]  # fmt: skip
    for path in paths:
        shown = set(browser.get(path).texts("//body//text()"))
        assert not shown & english, path


def test_a_stranger_is_asked_in_the_browsers_language(new_browser: Any) -> None:
    page = new_browser(language="fr-FR,fr;q=0.9,en;q=0.5").get("/")
    assert page.texts("//h1") == ["Qui êtes-vous ?"]
