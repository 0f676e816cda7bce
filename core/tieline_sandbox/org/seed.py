"""What a new org holds: the organisation, profiles, users, the standard price book, a connected app."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org import access, ids, moments
from tieline_sandbox.org.identity.sessions import new_token
from tieline_sandbox.org.metadata import layouts
from tieline_sandbox.org.service import COMPONENT, Org
from tieline_sandbox.state import Transaction

ORG_NAME = "Tieline Local Org"
PROFILES = (access.ADMINISTRATOR, access.STANDARD, access.READ_ONLY)
_SECRET = ids.ALPHABET


# (first name, last name, name part of the login, profile, language)
PEOPLE = (
    ("Ada", "Admin", "admin", access.ADMINISTRATOR, "en_US"),
    ("Sam", "Standard", "sam", access.STANDARD, "en_US"),
    ("Camille", "Standard", "camille", access.STANDARD, "fr"),
    ("Rita", "Reader", "rita", access.READ_ONLY, "en_US"),
)


def seed(org: Org) -> None:
    """Fill a new org; one that was filled before stays as it is."""
    if org.setting("org_id"):
        return
    _ = org.schema  # knows what to index
    with org.state.transaction(actor="", operation="seed") as tx:
        tx.set_setting("pod", org.randomness.text(2, ids.ALPHABET[10:]) + "000")
        org_id = org.new_id(tx, "00D")
        first = _app(org, tx, org_id)
        stamps = _stamps(tx, first)
        profiles = {name: org.new_id(tx, "00e") for name in PROFILES}
        for name, ident in profiles.items():
            tx.insert("Profile", ident, {"Id": ident, "Name": name, "UserType": "Standard", **stamps})
        for place, person in enumerate(PEOPLE):
            _user(org, tx, first if place == 0 else org.new_id(tx, "005"), person, profiles, stamps)
        tx.insert("Organization", org_id, {"Id": org_id, **_organization(), **stamps})
        book = org.new_id(tx, "01s")
        described = {"Id": book, "Name": "Standard Price Book", "IsActive": True, "IsStandard": True}
        tx.insert("Pricebook2", book, {**described, **stamps})
        _layouts(org, tx, first)
        _languages(org, tx, first)
    org.touch()


def _languages(org: Org, tx: Transaction, user: str) -> None:
    """Those switched on for translations: the org lists an own, empty translation of each [K]."""
    for language in sorted({language for *_, language in PEOPLE} - {"en_US"}):
        row = {"id": org.new_id(tx, "01g"), **_about(tx, user), "body": {}}
        tx.insert(f"{COMPONENT}Translations", language, row)


def _about(tx: Transaction, user: str) -> dict[str, str]:
    now = moments.stamp(tx.now)
    return {"created": now, "createdBy": user, "modified": now, "modifiedBy": user}


def _layouts(org: Org, tx: Transaction, user: str) -> None:
    about = _about(tx, user)
    for name in layouts.STANDARD:
        kind = org.schema.objects[name.casefold()]
        row = {"id": org.new_id(tx, "00h"), **about, "body": layouts.default_layout(kind)}
        tx.insert(f"{COMPONENT}Layout", layouts.layout_name(kind), row)


def _app(org: Org, tx: Transaction, org_id: str) -> str:
    """Settings of the org and its connected app; the id of the first user."""
    first = org.new_id(tx, "005")
    random = org.randomness
    values = {
        "org_id": org_id, "org_name": ORG_NAME, "user_id": first, "created": moments.stamp(tx.now),
        "schema_changed": moments.stamp(tx.now), "client_id": "3MVG9" + random.text(80, _SECRET),
        "client_secret": random.text(64, "0123456789ABCDEF"),
    }  # fmt: skip
    for name, value in values.items():
        tx.set_setting(name, value)
    return first


def _stamps(tx: Transaction, user: str) -> dict[str, Any]:
    now = moments.stamp(tx.now)
    return {
        "IsDeleted": False, "CreatedDate": now, "CreatedById": user, "LastModifiedDate": now, "LastModifiedById": user,
        "SystemModstamp": now,
    }  # fmt: skip


def _organization() -> dict[str, Any]:
    return {
        "Name": ORG_NAME, "OrganizationType": "Developer Edition", "InstanceName": "LOCAL", "IsSandbox": False,
        "LanguageLocaleKey": "en_US", "DefaultLocaleSidKey": "en_US", "TimeZoneSidKey": "GMT", "Country": "US",
    }  # fmt: skip


def _user(
    org: Org,
    tx: Transaction,
    ident: str,
    person: tuple[str, str, str, str, str],
    profiles: dict[str, str],
    stamps: dict[str, Any],
) -> None:
    first, last, login, profile, language = person
    username = f"{login}@{org.randomness.text(6, 'abcdefghijklmnopqrstuvwxyz')}.tieline.example"
    row = {
        "Id": ident, "Username": username, "FirstName": first, "LastName": last, "Name": f"{first} {last}",
        "Email": f"{login}@example.com", "Alias": login[:8], "IsActive": True, "TimeZoneSidKey": "GMT",
        "LocaleSidKey": language, "EmailEncodingKey": "UTF-8", "ProfileId": profiles[profile], "UserType": "Standard",
        "LanguageLocaleKey": language, **stamps,
    }  # fmt: skip
    tx.insert("User", ident, row)
    secret = {"password": org.randomness.text(16, _SECRET), "security_token": org.randomness.text(24, _SECRET)}
    tx.set_setting(f"password:{ident}", secret)
    tx.set_setting(f"token:{ident}", new_token(org, tx, ident))
