"""Translations of a package: what is shown in which language, and what of it is whose."""

from __future__ import annotations

from typing import Any

import pytest

from tieline.contract import Component
from tieline.package import fields as make
from tieline.package.canonical import of_component
from tieline.package.custom_words import kept_words, with_words
from tieline.package.diff import changes, overlay
from tieline.package.ledger import Ledger
from tieline.package.objects import Sharing, named
from tieline.package.translated import Wording, shown, translated

FRENCH = {
    "Tie": "Lien", "Ties": "Liens", "Name": "Nom", "State": "État", "How it is.": "Comment il est.", "Good": "Bon",
    "Press": "Cliquer", "Our part": "Notre partie", "Ours": "Le nôtre", "Go": "Aller",
}  # fmt: skip
PARTS = (
    named("Tie__c", "Tie", "Ties (Acme)", Sharing.READ, "About."),
    make.picklist("Tie__c", "State__c", "State", ("Good", "Bad"), hint="How it is."),
    make.text("Account", "Plain__c", "Nobody translates this"),
    Component("QuickAction", "Account.Press", {"label": "Press", "type": "Create"}),
    Component("WebLink", "Account.Go", {"masterLabel": "Go", "url": "/"}),
    Component("Layout", "Account-Account Layout", {"layoutSections": ({"label": "Our part"},)}, shared=True),
    Component("CustomApplication", "Ours", {"label": "Ours"}),
)
WORDING = Wording(("fr",), lambda _language, text: FRENCH.get(text, text))


def found() -> dict[tuple[str, str], Any]:
    return {(each.kind, each.name): of_component(each) for each in translated(PARTS, WORDING)}


def test_everything_that_is_shown_is_said_in_the_language() -> None:
    assert set(found()) == {
        ("CustomObjectTranslation", "Tie__c-fr"), ("CustomObjectTranslation", "Account-fr"), ("Translations", "fr"),
    }  # fmt: skip
    tie, account = (found()["CustomObjectTranslation", f"{name}-fr"] for name in ("Tie__c", "Account"))
    assert tie["caseValues"] == (
        {"plural": ("false",), "value": ("Lien",)}, {"plural": ("true",), "value": ("Liens (Acme)",)},
    )  # fmt: skip
    assert tie["nameFieldLabel"] == ("Nom",)
    value = {"masterLabel": ("Good",), "translation": ("Bon",)}
    entry = {"name": ("State__c",), "label": ("État",), "help": ("Comment il est.",), "picklistValues": (value,)}
    assert tie["fields"] == (entry,)
    assert "fields" not in account
    assert account["quickActions"] == ({"label": ("Cliquer",), "name": ("Press",)},)
    assert account["webLinks"] == ({"label": ("Aller",), "name": ("Go",)},)
    section = {"label": ("Notre partie",), "section": ("Our part",)}
    assert account["layouts"] == ({"layout": ("Account Layout",), "sections": (section,)},)
    assert found()["Translations", "fr"]["customApplications"] == ({"label": ("Le nôtre",), "name": ("Ours",)},)


def test_every_text_that_can_be_said_is_asked_for() -> None:
    assert set(shown(PARTS)) == (set(FRENCH) - {"Ties"}) | {"Bad", "Ties (Acme)", "Nobody translates this"}


@pytest.mark.parametrize(
    ("switched_on", "brought"),
    [(("fr", "de"), ("fr",)), (("fr_CA",), ("fr_CA",)), ((), ()), (("de",), ())],
)
def test_only_languages_that_the_org_has_switched_on(switched_on: tuple[str, ...], brought: tuple[str, ...]) -> None:
    assert WORDING.among(switched_on).languages == brought


def account(label: str, help_text: str = "Aide") -> Component:
    entry = {"name": "Rank__c", "label": label, "help": help_text}
    return Component("CustomObjectTranslation", "Account-fr", {"fields": (entry,)}, shared=True)


def test_words_of_others_in_the_same_file_stay_and_are_no_difference() -> None:
    theirs = {"name": ("Theirs__c",), "label": ("Le leur",)}
    ours = {"name": ("Rank__c",), "label": ("Rang",), "help": ("Aide",), "relationshipLabel": ("Rangs",)}
    present = {"fields": (theirs, ours)}
    wanted = of_component(account("Rang"))
    assert changes("CustomObjectTranslation", wanted, present) == ()
    merged = overlay(of_component(account("Le rang")), present)["fields"]
    assert {"name": ("Rank__c",), "label": ("Le rang",), "help": ("Aide",), "relationshipLabel": ("Rangs",)} in merged
    assert theirs in merged


def test_an_administrators_words_stay_until_ours_change() -> None:
    present = of_component(account("Grade"))
    installed = account("Rang").properties
    kept = kept_words(account("Rang"), present, installed)
    assert [(each.property, each.before, each.after) for each in kept] == [("fields[Rank__c].label", "Rang", "Grade")]
    assert of_component(with_words(account("Rang"), present, kept)) == present
    assert kept_words(account("Échelon"), present, installed) == ()
    assert kept_words(account("Rang"), present, None) == ()


def test_words_that_are_gone_from_the_org_are_no_administrators_choice() -> None:
    assert kept_words(account("Rang"), {}, account("Rang").properties) == ()


def test_translations_are_never_taken_out_as_a_whole() -> None:
    installed = {("CustomObjectTranslation", "Account-fr"): account("Rang").properties, ("CustomField", "A.B__c"): {}}
    assert Ledger("org", "acme", installed).ours == {("CustomField", "A.B__c")}
