"""Labels in the user's language, from deployed object translations."""

from __future__ import annotations

from typing import Any

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.metadata.tree import Body, flag, one, tables
from tieline_sandbox.org.service import COMPONENT

_COMMON = ("label", "inlineHelpText")


def translated(call: Call, told: dict[str, Any]) -> dict[str, Any]:
    """A describe with the labels that the caller's language has; what is not translated stays."""
    body = in_language_of(call, str(told["name"]))
    if not body:
        return told
    words = {one(entry, "name"): entry for entry in tables(body, "fields")}
    if one(body, "nameFieldLabel"):
        words["Name"] = {"label": [one(body, "nameFieldLabel")]}
    fields = [_field(each, words[each["name"]]) if each["name"] in words else each for each in told["fields"]]
    return {**told, **_names(body), "fields": fields}


def in_language_of(call: Call, name: str) -> Body:
    """What was deployed of an object in the caller's language; empty when nothing was."""
    with call.reading() as reader:
        found = reader.get(f"{COMPONENT}CustomObjectTranslation", f"{name}-{call.caller.language}")
    return dict(found["body"]) if found else {}


def _names(body: Body) -> dict[str, str]:
    """The object's own name, one and many."""
    out: dict[str, str] = {}
    for entry in tables(body, "caseValues"):
        if one(entry, "value"):
            out.setdefault("labelPlural" if flag(entry, "plural") else "label", one(entry, "value"))
    return out


def _field(told: dict[str, Any], entry: Body) -> dict[str, Any]:
    given = {"label": one(entry, "label"), "inlineHelpText": one(entry, "help")}
    values = {one(each, "masterLabel"): one(each, "translation") for each in tables(entry, "picklistValues")}
    options = [{**each, "label": values.get(each["label"]) or each["label"]} for each in told["picklistValues"]]
    return {**told, **{name: given[name] for name in _COMMON if given[name]}, "picklistValues": options}
