"""The people who look after records in the back office are users of the org too, as in a company that works in both."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.contract import ListRow, Person
from tieline_sandbox.demo.people import CrmUser
from tieline_sandbox.demo.stage import Stage

_ALIAS = 8


def hire(stage: Stage, administrator: CrmUser) -> None:
    """A standard user for each person of the back office who has none."""
    known = {str(row["Email"]).lower() for row in administrator.query("SELECT Email FROM User")}
    people = {email: row for email, row in _people(stage) if email.lower() not in known}
    if not people:
        return
    like = administrator.query("SELECT ProfileId, TimeZoneSidKey, LocaleSidKey, EmailEncodingKey, LanguageLocaleKey "
                               "FROM User WHERE Profile.Name LIKE 'Standard%' LIMIT 1")[0]  # fmt: skip
    shared = {name: value for name, value in like.items() if name != "attributes"}
    for email, row in people.items():
        first, _, last = row.label.rpartition(" ")
        name = {"FirstName": first, "LastName": last, "Alias": last[:_ALIAS], "Username": email, "Email": email}
        administrator.create("User", **name, **shared)


def _people(stage: Stage) -> Iterator[tuple[str, ListRow]]:
    """E-mail addresses and rows of the lists that fields of users are matched by."""
    mappings = [one for one in stage.runtime.declarations.mappings if one.system == stage.system.name]
    lists = {field.kind.list for one in mappings for field in one.fields
             if isinstance(field.kind, Person) and field.kind.attribute == "email"}  # fmt: skip
    if not lists:
        return
    client = stage.runtime.client(stage.runtime.back_office(stage.back_office).connection)
    for name in sorted(lists):
        rows = client.options("", name)
        yield from ((row.attributes["email"], row) for row in rows if row.active and row.attributes.get("email"))
