"""Contacts. Their name is their key, unique in the company and never changed; people read `PRINTAS`."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import Record, Values, Write
from tieline_intacct import marks, values
from tieline_intacct.customers import Customers
from tieline_intacct.functions import condition, either
from tieline_intacct.xml import Element, element

_LENGTH = 200
_NAMES = ("FIRSTNAME", "LASTNAME")


class Contacts(Customers):
    """Ours are named `First Last (T-0123456789ab)`: two people may have one name, two contacts may not."""

    name = kind = "CONTACT"
    key = "CONTACTNAME"

    def birth(self, write: Write) -> dict[str, str]:
        made = {name: text for name, text in self.sent(write.fields).items() if text}
        person = full_name(write.fields)
        return {"CONTACTNAME": marks.marked(person, write.marker, _LENGTH), "PRINTAS": person, **made}

    def update_body(self, write: Write, before: Record) -> Element:
        """Who is renamed is printed under the new name; the key stays."""
        body = super().update_body(write, before)
        if any(name in write.fields for name in _NAMES):
            told = full_name({**before.fields, **write.fields})
            body[0].append(element("PRINTAS", text=told))
        return body

    def listed(self) -> Element | None:
        """People. Intacct makes a contact of every address too: it has no last name, and no place in the org."""
        return condition("isnotnull", _NAMES[1])

    def marked(self, markers: Sequence[str]) -> tuple[Element, str] | None:
        found = either(*(condition("like", self.key, f"%(T-{one})") for one in markers))
        return None if found is None else (found, self.key)


def full_name(fields: Values) -> str:
    return " ".join(text for name in _NAMES if (text := values.printed(fields.get(name))))
