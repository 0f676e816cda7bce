"""A quick action: its form on a record, and carrying it out as the user."""

from __future__ import annotations

from dataclasses import dataclass

from tieline_sandbox.org import buttons, errors
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face import edit, forms
from tieline_sandbox.org.face.buttons import label_of
from tieline_sandbox.org.face.pages import redirect
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.face.words import ENGLISH
from tieline_sandbox.org.metadata.tree import Body, below, one, tables
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.wire import Response


@dataclass(frozen=True, slots=True)
class Pressed:
    """An action on a record: `target` is the object it makes a row of, `row` what that row holds to begin with."""

    full_name: str
    kind: ObjectType
    ident: str
    form: edit.Form
    blocks: edit.Blocks
    target: Sheet
    row: Row


def form(visit: Visit, name: str, ident: str, action: str) -> Response:
    asked = _asked(visit, name, ident, action)
    visit.call.parsed("face.form", asked.full_name, asked.ident)
    return edit.show(visit, asked.form, asked.blocks, asked.row)


def press(visit: Visit, name: str, ident: str, action: str) -> Response:
    """Make the row, once for each form, and go back to the record, where the answer will appear."""
    asked = _asked(visit, name, ident, action)
    number = visit.once(asked.form.purpose)
    visit.call.parsed("press", asked.full_name, asked.ident)
    with visit.call.reading() as reader:
        sent = forms.read(visit, reader, edit.every(asked.blocks))
    if sent.errors:
        return edit.show(visit, asked.form.failed((), sent.errors), asked.blocks, asked.row)
    try:
        made = _pressed(visit, asked, sent, number)
    except OrgError as error:
        return edit.show(visit, edit.refused(asked.form, asked.blocks, error), asked.blocks, asked.row)
    return redirect(address(asked.kind, asked.ident), pressed=action, request=made)


def _pressed(visit: Visit, asked: Pressed, sent: forms.Sent, number: str) -> str:
    with visit.call.writing() as tx:
        made = tx.setting(f"form:{number}")
        if made:
            return str(made)
        ident = buttons.press(visit.call, asked.full_name, asked.ident, sent.values)
        tx.set_setting(f"form:{number}", ident)
        return ident


def _asked(visit: Visit, name: str, ident: str, action: str) -> Pressed:
    """OrgError when there is no such action, record, or right."""
    kind = visit.object(name)
    full_name = f"{kind.name}.{action}"
    body = buttons.action(visit.call, full_name)
    if one(body, "type") != "Create":
        text = visit.words("not_carried_out", type=one(body, "type"))
        raise OrgError("INVALID_OPERATION", text)
    target = visit.sheet(visit.object(one(body, "targetObject")))
    if not target.createable:
        raise errors.no_access()
    with visit.call.reading() as reader:
        row = visit.row(reader, kind, ident)
        held = buttons.defaults(visit.call, reader, full_name, row["Id"])
    path = address(kind, row["Id"], f"action/{action}")
    title = f"{label_of(visit, visit.sheet(kind), full_name, body)} · {name_of(kind, row)}"
    shown = edit.Form(
        title, f"press {full_name} {row['Id']}", path, address(kind, row["Id"]),
        label_of(visit, visit.sheet(kind), full_name, body), _about(visit, body),
    )  # fmt: skip
    start = {each.name: each.field.default for each in target.columns.values() if each.field.default is not None}
    return Pressed(full_name, kind, row["Id"], shown, _blocks(target, body), target, {**start, **held})


def _about(visit: Visit, body: Body) -> str:
    """An action's description, which cannot be translated [K]: only for people who read the org's own language."""
    return one(body, "description") if visit.words.place == ENGLISH else ""


def _blocks(target: Sheet, body: Body) -> edit.Blocks:
    """The fields on the action's form that the user may fill in."""
    columns = below(body, "quickActionLayout", "quickActionLayoutColumns")
    placed = [[_place(target, item) for item in tables(each, "quickActionLayoutItems")] for each in columns]
    shown = [[place for place in part if place] for part in placed]
    return [("", shown)] if any(shown) else []


def _place(target: Sheet, item: Body) -> forms.Place | None:
    column = target.column(one(item, "field"))
    if column is None or not column.createable or one(item, "uiBehavior") == "Readonly":
        return None
    return forms.Place(column, one(item, "uiBehavior") == "Required")
