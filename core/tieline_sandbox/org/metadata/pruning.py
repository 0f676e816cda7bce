"""Translations hold words for other components and go with them: the org keeps no word for what is not there [K]."""

from __future__ import annotations

from collections.abc import Callable

from tieline_sandbox.org.metadata.tree import Body, one, tables
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.state import Transaction

_OBJECT, _ORG = f"{COMPONENT}CustomObjectTranslation", f"{COMPONENT}Translations"
_PARTS = {"fields": "CustomField", "quickActions": "QuickAction", "webLinks": "WebLink"}


def prune(tx: Transaction) -> None:
    """Take out the words of components that are gone; an object's translation goes with its last word."""
    for name, row in list(tx.all(_OBJECT)):
        body = _object(tx, name.rpartition("-")[0], row["body"])
        if not body:
            tx.delete(_OBJECT, name)
        elif body != row["body"]:
            tx.update(_OBJECT, name, {**row, "body": body})
    for name, row in list(tx.all(_ORG)):
        body = _kept(row["body"], "customApplications", lambda entry: _has(tx, "CustomApplication", one(entry, "name")))
        if body != row["body"]:
            tx.update(_ORG, name, {**row, "body": body})


def _object(tx: Transaction, owner: str, body: Body) -> Body:
    for element, kind in _PARTS.items():
        body = _kept(body, element, lambda entry, kind=kind: _has(tx, kind, f"{owner}.{one(entry, 'name')}"))  # type: ignore[misc]
    layouts = [_layout(tx, owner, each) for each in tables(body, "layouts")]
    kept = [each for each in layouts if tables(each, "sections")]
    rest = {name: nodes for name, nodes in body.items() if name != "layouts"}
    return {**rest, "layouts": kept} if kept else rest


def _layout(tx: Transaction, owner: str, entry: Body) -> Body:
    """The headings that still stand on the page."""
    found = tx.get(f"{COMPONENT}Layout", f"{owner}-{one(entry, 'layout')}")
    standing = {one(each, "label") for each in tables(found["body"], "layoutSections")} if found else set()
    return _kept(entry, "sections", lambda section: one(section, "section") in standing)


def _kept(body: Body, element: str, stays: Callable[[Body], bool]) -> Body:
    entries = [each for each in tables(body, element) if stays(each)]
    rest = {name: nodes for name, nodes in body.items() if name != element}
    return {**rest, element: entries} if entries else rest


def _has(tx: Transaction, kind: str, name: str) -> bool:
    return tx.get(f"{COMPONENT}{kind}", name) is not None
