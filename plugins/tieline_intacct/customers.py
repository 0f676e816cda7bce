"""Customers: named by Intacct's own numbers, or by whoever makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tieline.contract import Value, Values, Write
from tieline_intacct import marks, streets, values
from tieline_intacct.functions import condition, either
from tieline_intacct.replies import Row
from tieline_intacct.resource import Resource
from tieline_intacct.xml import Element

DISPLAY_NAME = "DISPLAYCONTACT.CONTACTNAME"
PRINT_AS = "DISPLAYCONTACT.PRINTAS"
_LENGTH = 200
_ROLES = ("BILLTO.CONTACTNAME", "SHIPTO.CONTACTNAME")
"""A customer whose bill-to is its own display contact names nobody: that is the address it has anyway."""


class Customers(Resource):
    """Our mark stands behind the name of the display contact, or in a custom field. `...STREET` is the address's
    lines as one text."""

    name = kind = "CUSTOMER"
    key = "CUSTOMERID"

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        names = tuple(names)
        own = (DISPLAY_NAME,) if any(name in names for name in _ROLES) else ()
        return (*streets.asked(names), *own)

    def values(self, row: Row, names: Iterable[str]) -> dict[str, Value]:
        names = tuple(names)
        shown = values.shown(row, names, self.company.zone) | streets.shown(row, names)
        own = row.get(DISPLAY_NAME)
        return shown | {name: None for name in _ROLES if own and shown.get(name) == own}

    def sent(self, fields: Values) -> dict[str, str]:
        made: dict[str, str] = {}
        for name, value in fields.items():
            made |= streets.sent(name, value) if streets.is_street(name) else super().sent({name: value})
        return made

    def birth(self, write: Write) -> dict[str, str]:
        """`PRINTAS` is required, and comes from the name."""
        name = values.printed(write.fields.get("NAME"))
        made = {"NAME": name, PRINT_AS: name, **self._mark(name, write), **super().birth(write)}
        return {field: text for field, text in made.items() if text}

    def _mark(self, name: str, write: Write) -> dict[str, str]:
        if not write.marker:
            return {}
        if self.company.marker_field:
            return {self.company.marker_field: marks.marked("", write.marker, _LENGTH)}
        return {DISPLAY_NAME: marks.marked(name, write.marker, _LENGTH)}

    def marked(self, markers: Sequence[str]) -> tuple[Element, str] | None:
        field = self.company.marker_field or DISPLAY_NAME
        found = either(*(condition("like", field, f"%(T-{one})") for one in markers))
        return None if found is None else (found, field)
