"""Where each kind of metadata lives in a package (contract §9)."""

from __future__ import annotations

from collections.abc import Mapping

MANIFEST = "package.xml"
DELETIONS = "destructiveChangesPost.xml"

FOLDERS: Mapping[str, tuple[str, str]] = {
    "CustomApplication": ("applications", "app"),
    "CustomLabels": ("labels", "labels"),
    "CustomObject": ("objects", "object"),
    "CustomObjectTranslation": ("objectTranslations", "objectTranslation"),
    "CustomTab": ("tabs", "tab"),
    "GlobalValueSet": ("globalValueSets", "globalValueSet"),
    "Layout": ("layouts", "layout"),
    "PermissionSet": ("permissionsets", "permissionset"),
    "QuickAction": ("quickActions", "quickAction"),
    "Translations": ("translations", "translation"),
}
"""Kind -> folder and suffix."""

IN_OBJECT: Mapping[str, str] = {"CustomField": "fields", "ListView": "listViews", "WebLink": "webLinks"}
"""Kinds that live in the file of their object, under this element."""


def path_of(kind: str, name: str) -> str:
    """`CustomField Account.ERP_Key__c` -> `objects/Account.object`. Raises KeyError for a kind we do not write."""
    if kind in IN_OBJECT:
        kind, name = "CustomObject", name.partition(".")[0]
    folder, suffix = FOLDERS[kind]
    return f"{folder}/{name}.{suffix}"
