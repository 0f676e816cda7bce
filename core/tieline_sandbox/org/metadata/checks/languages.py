"""Labels and translations (texts [K])."""

from __future__ import annotations

import re

from tieline_sandbox.org.metadata.checks.base import BadComponent, Known, developer_name, need
from tieline_sandbox.org.metadata.tree import Body, one, tables
from tieline_sandbox.org.service import COMPONENT


def check_object_translation(known: Known, full_name: str, body: Body) -> None:
    owner, dash, language = full_name.rpartition("-")
    if not dash:
        raise BadComponent(f"Translation name must be the object, a dash and a language: {full_name}")
    known.object(owner, "fullName")
    _language(known, language)
    for entry in tables(body, "fields"):
        known.field(f"{owner}.{one(entry, 'name')}", "name")
    for element, kind in (("quickActions", "QuickAction"), ("webLinks", "WebLink")):
        for entry in tables(body, element):
            known.component(kind, f"{owner}.{one(entry, 'name')}", "name")


def check_translation(known: Known, full_name: str, body: Body) -> None:
    _language(known, full_name)
    for entry in tables(body, "customLabels"):
        known.component("CustomLabel", one(entry, "name"), "name")


def _language(known: Known, code: str) -> None:
    """One that was switched on in the org for translations; others are refused [K]."""
    if not re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", code):
        raise BadComponent(f"Not a supported language: {code}")
    if known.reader.get(f"{COMPONENT}Translations", code) is None:
        raise BadComponent(f"Not available for deploy for this organization: the language {code} is not switched on")


def check_label(_known: Known, full_name: str, body: Body) -> None:
    developer_name(full_name, "Label Name")
    need(body, "language", "protected", "shortDescription", "value")
