"""What the records of a history are called at a vendor's: its objects, its fields, and what else it demands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tieline.contract import Value, Values


@dataclass(frozen=True, slots=True)
class Noun:
    """One object. `object` is the client's name, `kind` the vendor's own, `key` the field people know a record by.

    `fields` are the client's names by those of the history, `stored` those that the vendor's own records spell in
    another way; `flags` are true or false. `always` stands in each record and selects them; `typed` is what a person
    fills in besides, from another field; `born` and `children` are what the vendor demands of a new record.
    """

    object: str
    kind: str
    key: str
    fields: Mapping[str, str]
    stored: Mapping[str, str] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    always: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    born: Values = field(default_factory=dict)
    children: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)

    def theirs(self, name: str) -> str:
        return self.fields.get(name, name)

    def screen(self, name: str) -> str:
        """The field's name where people type, and where records are stored."""
        return self.stored.get(name, self.theirs(name))

    def sent(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        return {self.theirs(name): value for name, value in fields.items()}

    def shown(self, fields: Mapping[str, Value]) -> dict[str, Value]:
        ours = {theirs: name for name, theirs in self.fields.items()}
        return {ours.get(name, name): value for name, value in fields.items()}


@dataclass(frozen=True, slots=True)
class Names:
    """All of a vendor's. `entities` are accounting entities that its company has, and `owner` is the field that tells
    to which one a record belongs. `before` are the records that have to be there first: (object, fields). A `display`
    record is another one that holds fields of this kind under a prefix: kind -> (prefix, field that names it, its
    kind)."""

    nouns: Mapping[str, Noun]
    before: tuple[tuple[str, Mapping[str, Any]], ...]
    display: Mapping[str, tuple[str, str, str]]
    entities: tuple[str, ...]
    owner: str

    def of(self, obj: str) -> Noun:
        return self.nouns.get(obj) or Noun(obj, obj, "", {})


def _custom(obj: str, *names: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple(("CUSTOMFIELD", {"OBJECT": obj, "NAME": name}) for name in names)


_STREET = "DISPLAYCONTACT.MAILADDRESS.STREET"
_LINE: Values = {"ITEMID": "SIM", "QUANTITY": Decimal(1), "PRICE": Decimal(5), "UNIT": "Each"}
INTACCT = Names(
    nouns={
        "Customers": Noun(
            "CUSTOMER", "CUSTOMER", "CUSTOMERID",
            {
                "name": "NAME", "phone": "DISPLAYCONTACT.PHONE1", "site": "DISPLAYCONTACT.URL1", "code": "SIM_CODE",
                "street": _STREET, "city": "DISPLAYCONTACT.MAILADDRESS.CITY", "credit": "CREDITLIMIT",
                "hold": "ONHOLD", "rating": "SIM_RATING", "tier": "SIM_TIER", "manager": "SIM_MANAGER",
                "fax": "DISPLAYCONTACT.FAX",
            },
            stored={"street": "DISPLAYCONTACT.MAILADDRESS.ADDRESS1"},
            flags=frozenset({"hold"}),
            always={"TERMNAME": "N30"},
            typed={"DISPLAYCONTACT.PRINTAS": "name"},
        ),
        # A contact belongs to no customer and may be the display contact of one: fields of the company's own tell.
        "People": Noun(
            "CONTACT", "CONTACT", "CONTACTNAME",
            {"last": "LASTNAME", "email": "PAGER", "customer": "SIM_CUSTOMER"},
            always={"SIM_PERSON": "yes"},
            typed={"PRINTAS": "last"},
        ),
        "Orders": Noun(
            "SODOCUMENT.order", "SODOCUMENT", "DOCID",
            {"number": "PONUMBER", "customer": "CUSTVENDID"},
            born={"WHENCREATED": date(2026, 1, 5)},  # its term is the customer's, who is looked at for that
            children={"SODOCUMENTENTRY.order": (_LINE,)},
        ),
    },
    before=(
        *_custom("CUSTOMER", "SIM_CODE", "SIM_RATING", "SIM_TIER", "SIM_MANAGER"),
        *_custom("CONTACT", "SIM_CUSTOMER", "SIM_PERSON"),
        ("ITEM", {"ITEMID": "SIM", "NAME": "Simulated", "ITEMTYPE": "Non-Inventory"}),
    ),
    display={"CUSTOMER": ("DISPLAYCONTACT.", "DISPLAYCONTACTKEY", "CONTACT")},
    entities=("100-US", "200-DE"),
    owner="MEGAENTITYID",
)  # fmt: skip
"""Sage Intacct."""

NAMES: Mapping[str, Names] = {"intacct": INTACCT}
"""By the system's word."""
