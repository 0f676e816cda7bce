"""One request of one logged-in user, and what its page needs again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tieline_sandbox.org import errors, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.face import session
from tieline_sandbox.org.face.sheet import Sheet, sheet_of
from tieline_sandbox.org.face.words import Words
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.state import Reader

Row = dict[str, Any]


@dataclass(slots=True)
class Visit:
    """`token` is the session's, `query` the parameters of the address, `form` the fields of a form that was sent."""

    call: Call
    token: str
    words: Words
    query: dict[str, str]
    form: dict[str, list[str]] = field(default_factory=dict)
    _sheets: dict[str, Sheet] = field(default_factory=dict)

    def sheet(self, kind: ObjectType) -> Sheet:
        if kind.name not in self._sheets:
            self._sheets[kind.name] = sheet_of(self.call, kind, self.words)
        return self._sheets[kind.name]

    def object(self, name: str) -> ObjectType:
        """An object with pages of its own; OrgError 404 otherwise."""
        kind = self.call.object(name)
        if kind.computed:
            raise errors.not_found()
        return kind

    def row(self, reader: Reader, kind: ObjectType, ident: str) -> Row:
        """A living record the user may see; OrgError 404 otherwise."""
        row = reader.get(kind.name, ids.full(ident) or "")
        if row is None or not self.sees(reader, kind, row):
            raise errors.not_found()
        if row.get("IsDeleted"):
            raise errors.deleted()
        return row

    def sees(self, reader: Reader, kind: ObjectType, row: Row) -> bool:
        return self.call.access.reads_row(kind, row, self.call.schema, reader.get)

    def edits(self, reader: Reader, kind: ObjectType, row: Row) -> bool:
        allowed = kind.updateable and self.call.access.edits_row(kind, row, self.call.schema, reader.get)
        return allowed and any(each.updateable for each in self.sheet(kind).columns.values())

    def form_token(self, purpose: str) -> str:
        return session.form_token(self.call.org, self.token, purpose)

    def once(self, purpose: str) -> str:
        """The number of the form that was sent; OrgError unless this user was given it for this purpose."""
        return session.number_of(self.token, purpose, self.sent("token"))

    def sent(self, name: str) -> str:
        """A field of the form; the last one of a name counts."""
        return self.form.get(name, [""])[-1]


def name_of(kind: ObjectType, row: Row) -> str:
    """What a record is called; its id when it has no name."""
    return str(row.get(kind.name_field or "") or row["Id"])


def address(kind: ObjectType, ident: str, page: str = "view") -> str:
    return f"/lightning/r/{kind.name}/{ident}/{page}"
