"""Making, changing and deleting a record by a form. All goes through the same writes as the API's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.face import forms
from tieline_sandbox.org.face.layout import layout_of, sections_of
from tieline_sandbox.org.face.pages import page, redirect
from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.show import reference
from tieline_sandbox.org.face.visit import Row, Visit, address, name_of
from tieline_sandbox.org.records.delete import delete as delete_row
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.wire import Response


@dataclass(frozen=True, slots=True)
class Form:
    """A form as a page shows it; `trouble` are sentences above it, `errors` belong to fields."""

    title: str
    purpose: str
    send_to: str
    back: str
    button: str
    help: str = ""
    trouble: tuple[str, ...] = ()
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    def failed(self, trouble: tuple[str, ...], by_field: Mapping[str, list[str]]) -> Form:
        return Form(
            self.title, self.purpose, self.send_to, self.back, self.button, self.help, trouble, by_field
        )  # fmt: skip


Blocks = list[tuple[str, list[list[forms.Place]]]]


def show(visit: Visit, form: Form, blocks: Blocks, row: Row) -> Response:
    """The form, empty or with what was typed and what is wrong with it."""
    sent = bool(form.trouble or form.errors)
    with visit.call.reading() as reader:
        inputs = [
            (title, [[forms.make(visit, reader, place, row, form.errors, sent) for place in part] for part in columns])
            for title, columns in blocks
        ]
    told = {"form": form, "blocks": inputs, "token": visit.form_token(form.purpose)}
    return page(visit, "form.html", form.title, 400 if sent else 200, **told)


def refused(form: Form, blocks: Blocks, error: OrgError) -> Form:
    """The form with a refusal in the org's own words: at the fields it names when they are here, and above."""
    here = {place.column.name for place in every(blocks)}
    return form.failed((error.message,), {name: [error.message] for name in error.fields or () if name in here})


def every(blocks: Blocks) -> list[forms.Place]:
    return [place for _, columns in blocks for column in columns for place in column]


def blocks_of(visit: Visit, sheet: Sheet, creating: bool) -> Blocks:
    sections = sections_of(visit, sheet, layout_of(visit, sheet))
    found = [(each.title, forms.places(sheet, each, creating)) for each in sections]
    return [(title, columns) for title, columns in found if any(columns)]


# -- create ------------------------------------------------------------------------------------------------------------


def new(visit: Visit, name: str) -> Response:
    """The empty form; parameters of the address that name fields fill them."""
    kind = visit.object(name)
    sheet = _creatable(visit, name)
    visit.call.parsed("face.form", kind.name)
    return show(visit, _new_form(visit, sheet), blocks_of(visit, sheet, creating=True), _prefilled(visit, sheet))


def _prefilled(visit: Visit, sheet: Sheet) -> Row:
    row: Row = {each.name: each.field.default for each in sheet.columns.values() if each.field.default is not None}
    for name, value in visit.query.items():
        column = sheet.column(name)
        if column and column.field.reference_to and ids.full(value):
            row[column.name] = ids.full(value)
    if sheet.column("OwnerId"):
        row["OwnerId"] = visit.call.caller.user_id
    return row


def create(visit: Visit, name: str) -> Response:
    kind, sheet = visit.object(name), _creatable(visit, name)
    form, blocks = _new_form(visit, sheet), blocks_of(visit, sheet, creating=True)
    number = visit.once(form.purpose)
    visit.call.parsed("face.create", kind.name)
    # What the form was filled with counts as given: a record that is not there yet holds nothing.
    visit.form = {key: values for key, values in visit.form.items() if not key.startswith("was.")}
    with visit.call.reading() as reader:
        sent = forms.read(visit, reader, every(blocks))
    if sent.errors:
        return show(visit, form.failed((), sent.errors), blocks, {})
    try:
        ident = _created(visit, sheet, sent, number)
    except OrgError as error:
        return show(visit, refused(form, blocks, error), blocks, {})
    return redirect(address(kind, ident), told="created")


def _created(visit: Visit, sheet: Sheet, sent: forms.Sent, number: str) -> str:
    with visit.call.writing() as tx:
        made = tx.setting(f"form:{number}")
        if made:
            return str(made)
        ident = Writer(visit.call, tx).create(sheet.kind, sent.values)
        tx.set_setting(f"form:{number}", ident)
        return ident


def _creatable(visit: Visit, name: str) -> Sheet:
    sheet = visit.sheet(visit.object(name))
    if not sheet.createable:
        raise errors.no_access()
    return sheet


def _new_form(visit: Visit, sheet: Sheet) -> Form:
    path = f"/lightning/o/{sheet.kind.name}"
    title = visit.words("new_record", label=sheet.label)
    return Form(title, f"create {sheet.kind.name}", f"{path}/new", f"{path}/list", visit.words("save"))


# -- update ------------------------------------------------------------------------------------------------------------


def edit(visit: Visit, name: str, ident: str) -> Response:
    sheet, row = _editable(visit, name, ident)
    visit.call.parsed("face.form", sheet.kind.name, row["Id"])
    return show(visit, _edit_form(visit, sheet, row), blocks_of(visit, sheet, creating=False), row)


def update(visit: Visit, name: str, ident: str) -> Response:
    sheet, row = _editable(visit, name, ident)
    form, blocks = _edit_form(visit, sheet, row), blocks_of(visit, sheet, creating=False)
    visit.once(form.purpose)
    visit.call.parsed("face.update", sheet.kind.name, row["Id"])
    with visit.call.reading() as reader:
        sent = forms.read(visit, reader, every(blocks))
    if sent.errors:
        return show(visit, form.failed((), sent.errors), blocks, row)
    try:
        overtaken = _updated(visit, sheet, row["Id"], blocks, sent)
    except OrgError as error:
        return show(visit, refused(form, blocks, error), blocks, row)
    if overtaken:
        return show(visit, form.failed((overtaken,), {}), blocks, row)
    return redirect(address(sheet.kind, row["Id"]), told="saved")


def _updated(visit: Visit, sheet: Sheet, ident: str, blocks: Blocks, sent: forms.Sent) -> str:
    """Write what was changed; the sentence to show instead when somebody changed the same."""
    with visit.call.writing() as tx:
        writer = Writer(visit.call, tx)
        row = writer.writable(sheet.kind, ident)
        if any(forms.overtaken(visit, every(blocks), sent.values, row)):
            who = reference(visit, tx, row.get("LastModifiedById") or "").text
            return visit.words("changed_meanwhile", name=who)
        if sent.values:
            writer.update(sheet.kind, ident, sent.values)
        return ""


def _editable(visit: Visit, name: str, ident: str) -> tuple[Sheet, Row]:
    kind = visit.object(name)
    with visit.call.reading() as reader:
        row = visit.row(reader, kind, ident)
        if not visit.edits(reader, kind, row):
            raise errors.no_access()
    return visit.sheet(kind), row


def _edit_form(visit: Visit, sheet: Sheet, row: Row) -> Form:
    path = address(sheet.kind, row["Id"], "edit")
    title = visit.words("edit_record", name=name_of(sheet.kind, row))
    return Form(title, f"update {row['Id']}", path, address(sheet.kind, row["Id"]), visit.words("save"))


# -- delete ------------------------------------------------------------------------------------------------------------


def ask_delete(visit: Visit, name: str, ident: str) -> Response:
    sheet, row = _deletable(visit, name, ident)
    visit.call.parsed("face.form", sheet.kind.name, row["Id"])
    return show(visit, _delete_form(visit, sheet, row), [], row)


def delete(visit: Visit, name: str, ident: str) -> Response:
    sheet, row = _deletable(visit, name, ident)
    form = _delete_form(visit, sheet, row)
    visit.once(form.purpose)
    visit.call.parsed("face.delete", sheet.kind.name, row["Id"])
    try:
        with visit.call.writing() as tx:
            delete_row(Writer(visit.call, tx), sheet.kind, row["Id"])
    except OrgError as error:
        return show(visit, refused(form, [], error), [], row)
    return redirect(f"/lightning/o/{sheet.kind.name}/list", told="deleted")


def _deletable(visit: Visit, name: str, ident: str) -> tuple[Sheet, Row]:
    kind = visit.object(name)
    with visit.call.reading() as reader:
        row = visit.row(reader, kind, ident)
    if not visit.sheet(kind).deletable:
        raise errors.no_access()
    return visit.sheet(kind), row


def _delete_form(visit: Visit, sheet: Sheet, row: Row) -> Form:
    path = address(sheet.kind, row["Id"], "delete")
    title = visit.words("delete_question", name=name_of(sheet.kind, row))
    help_ = visit.words("delete_help")
    return Form(title, f"delete {row['Id']}", path, address(sheet.kind, row["Id"]), visit.words("delete"), help_)
