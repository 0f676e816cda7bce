"""Contacts. Their name is their key, unique in the company and never changed; people read `PRINTAS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from tieline.contract import Outcome, Record, Shape, Values, Write
from tieline_intacct import marks, values
from tieline_intacct.customers import Customers
from tieline_intacct.functions import condition, either, one_of
from tieline_intacct.paging import Scope, everything
from tieline_intacct.xml import Element, element

COMPANY = "COMPANY"
"""A field of our own: the ID of the customer whose name a new contact gets as its company. Contacts name no customer,
so it is never read back."""
_LENGTH = 200
_COMPANY_LENGTH = 100
_NAMES = ("FIRSTNAME", "LASTNAME")


class Contacts(Customers):
    """Ours are named `First Last (T-0123456789ab)`: two people may have one name, two contacts may not."""

    name = kind = "CONTACT"
    key = "CONTACTNAME"

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        return super().asked(name for name in names if name != COMPANY)

    def write(self, entity: str, shape: Shape, batch: Sequence[Write]) -> Sequence[Outcome]:
        """The names of the customers that new contacts belong to are asked for once a batch."""
        names = self._companies(entity, {values.printed(write.fields.get(COMPANY)) for write in batch} - {""})
        return super().write(entity, shape, [_with_company(write, names) for write in batch])

    def _companies(self, entity: str, customers: Set[str]) -> dict[str, str]:
        if not customers:
            return {}
        scope = Scope(entity, "CUSTOMER", ("CUSTOMERID", "NAME"), one_of("CUSTOMERID", sorted(customers)), self.size)
        return {row["CUSTOMERID"]: row.get("NAME", "") for row in everything(self.schema, scope)}

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


def _with_company(write: Write, names: Mapping[str, str]) -> Write:
    fields = {name: value for name, value in write.fields.items() if name != COMPANY}
    company = names.get(values.printed(write.fields.get(COMPANY)), "")
    return replace(write, fields=fields | ({"COMPANYNAME": company[:_COMPANY_LENGTH]} if company else {}))


def full_name(fields: Values) -> str:
    return " ".join(text for name in _NAMES if (text := values.printed(fields.get(name))))
