"""Attachments and their folders: written and listed by legacy functions alone [D]."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tieline_intacct.sandbox import elements, records
from tieline_intacct.sandbox.documents import forms
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import business, invalid
from tieline_intacct.sandbox.reading import numbered
from tieline_intacct.sandbox.removal import remove
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.rights import reachable
from tieline_intacct.sandbox.rows import Row, seen
from tieline_intacct.sandbox.scope import Scope

FILES = "ATTACHMENTS"
_FILE = ("attachmentname", "attachmenttype", "attachmentdata")
_UNNAMED = "Unnamed"  # [S]


@dataclass(frozen=True, slots=True)
class Paper:
    """One of the two: its children in order with the fields they fill; the first one names it."""

    object: str
    fields: Mapping[str, str]

    @property
    def name(self) -> str:
        return next(iter(self.fields))


PAPERS: Mapping[str, Paper] = {
    "supdoc": Paper(
        "SUPDOC",
        {
            "supdocid": "SUPDOCID",
            "supdocname": "SUPDOCNAME",
            "supdocfoldername": "FOLDER",
            "supdocdescription": "DESCRIPTION",
            "attachments": "",
        },
    ),
    "supdocfolder": Paper(
        "SUPDOCFOLDER",
        {
            "supdocfoldername": "NAME",
            "supdocfolderdescription": "DESCRIPTION",
            "supdocparentfoldername": "PARENTFOLDER",
        },
    ),
}


def create(scope: Scope, element: Element) -> Result:
    """Raises Refused."""
    paper = _paper(element)
    kind = reachable(scope, paper.object, "")
    given = _given(paper, element)
    files = _files(element)
    if paper.object == "SUPDOC":
        given["SUPDOCNAME"] = given.get("SUPDOCNAME") or _UNNAMED
    return _keyed(records.save(scope, kind, given, None, {FILES: {"attachment": files}} if files else None))


def update(scope: Scope, element: Element) -> Result:
    """What is named changes; files come on top, those that are there stay as they are [D]. Raises Refused."""
    paper = _paper(element)
    row = _row(scope, paper, elements.text_of(element, paper.name))
    given, more = _given(paper, element), _files(element)
    before = (row.body.get(FILES) or {}).get("attachment", [])
    return _keyed(records.save(scope, row.kind, given, row, {FILES: {"attachment": before + more}} if more else None))


def delete(scope: Scope, element: Element) -> Result:
    """Raises Refused for a folder that holds something."""
    row = _row(scope, _paper(element), element.get("key", ""))
    remove(scope, row.kind, row, row.ident)
    return Result()


VERBS: Mapping[str, Callable[[Scope, Element], Result]] = {"create": create, "update": update, "delete": delete}


def _paper(element: Element) -> Paper:
    return PAPERS[str(element.tag).partition("_")[2]]


def _row(scope: Scope, paper: Paper, key: str) -> Row:
    kind = reachable(scope, paper.object, "")
    found = seen(scope, kind, key) or numbered(scope, kind, key)
    if found is None:
        raise business(f"Cannot find {paper.object.lower()} '{key}'")
    return found


def _given(paper: Paper, element: Element) -> dict[str, str]:
    forms.check_children(element, tuple(paper.fields))
    told = {str(each.tag): each for each in elements.children(element)}
    return {paper.fields[name]: each.text or "" for name, each in told.items() if paper.fields[name]}


def _files(element: Element) -> list[dict[str, str]]:
    place = elements.child(element, "attachments")
    return [_file(each) for each in elements.children(place)] if place is not None else []


def _file(element: Element) -> dict[str, str]:
    forms.check_children(element, _FILE)
    file = {name: elements.text_of(element, name) for name in _FILE}
    missing = [name for name, text in file.items() if not text]
    if missing:
        raise business(f"An attachment needs {', '.join(missing)}")
    try:
        b64decode(file["attachmentdata"], validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"attachmentdata of {file['attachmentname']} must be Base64") from None
    return file


def _keyed(row: Row) -> Result:
    keys: Sequence[Element] = [elements.make("key", row.get(row.kind.key))]
    return Result(keys)
