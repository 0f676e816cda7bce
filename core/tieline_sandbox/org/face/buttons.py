"""The buttons of a record's page: quick actions that were deployed, and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tieline_sandbox.org import buttons
from tieline_sandbox.org.face.layout import Layout, action_names, translation
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.visit import Row, Visit, address
from tieline_sandbox.org.metadata.tree import Body, one, tables, texts
from tieline_sandbox.org.service import COMPONENT

_MERGE = re.compile(r"\{!\s*(\w+)\.(\w+)\s*\}")


@dataclass(frozen=True, slots=True)
class Button:
    """`link` is where it leads; a button that cannot be carried out here has none and says why in `why_not`."""

    label: str
    link: str = ""
    why_not: str = ""
    outward: bool = False


def buttons_of(visit: Visit, sheet: Sheet, layout: Layout, row: Row) -> list[Button]:
    found = dict(buttons.actions_of(visit.call, sheet.kind))
    listed = action_names(layout)
    names = [name for name in (found if listed is None else listed) if name in found]
    pressed = [_action(visit, sheet, name, found[name], row) for name in names]
    return [each for each in pressed if each] + _links(visit, sheet, layout, row)


def label_of(visit: Visit, sheet: Sheet, full_name: str, body: Body) -> str:
    """An action's label in the user's language."""
    name = full_name.rpartition(".")[2]
    entries = tables(translation(visit, sheet), "quickActions")
    words = {one(each, "name"): one(each, "label") for each in entries}
    return words.get(name) or one(body, "label") or name


def _action(visit: Visit, sheet: Sheet, full_name: str, body: Body, row: Row) -> Button | None:
    """None when the user may not make what the action makes."""
    label, kind = label_of(visit, sheet, full_name, body), one(body, "type")
    if kind != "Create":
        return Button(label, why_not=visit.words("not_carried_out", type=kind))
    target = visit.call.access.object(visit.call.schema, one(body, "targetObject"))
    if target is None or not (target.createable and visit.call.access.rights(target).create):
        return None
    return Button(label, address(sheet.kind, row["Id"], f"action/{full_name.rpartition('.')[2]}"))


def _links(visit: Visit, sheet: Sheet, layout: Layout, row: Row) -> list[Button]:
    """The link buttons that the layout names."""
    with visit.call.reading() as reader:
        names = [f"{sheet.kind.name}.{name}" for name in texts(layout.body, "customButtons")]
        found = [reader.get(f"{COMPONENT}WebLink", name) for name in names]
    links = [(each["body"], _filled(sheet, one(each["body"], "url"), row)) for each in found if each]
    return [
        Button(one(body, "masterLabel"), link, outward=True)
        for body, link in links if one(body, "linkType") == "url" and re.match(r"https?://|/(?!/)", link)
    ]  # fmt: skip


def _filled(sheet: Sheet, url: str, row: Row) -> str:
    """The address with the record's values in it; a field the user may not see stays empty."""

    def value(match: re.Match[str]) -> str:
        column = sheet.column(match[2]) if match[1] == sheet.kind.name else None
        found: Any = row.get(column.name) if column else None
        return quote("" if found is None else str(found), safe="")

    return _MERGE.sub(value, url)
