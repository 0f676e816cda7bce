"""The one address that is mapped, out of a customer's several, under the flat names `Address.City` and so on.

It is the one marked IsDefault, else the Postal one, else the first. `Address.Street` joins StreetAddress and
StreetAddress2 with a line break, as the CRM keeps a street.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tieline.contract import Value, Values
from tieline_unleashed import members

PREFIX = "Address."
STREET = "Street"
_LINES = ("StreetAddress", "StreetAddress2")
Address = Mapping[str, Any]


def chosen(addresses: Sequence[Address]) -> int | None:
    """The position of the mapped address; None when there is none."""
    for number, address in enumerate(addresses):
        if address.get("IsDefault") is True:
            return number
    for number, address in enumerate(addresses):
        if address.get("AddressType") == "Postal":
            return number
    return 0 if addresses else None


def shown(addresses: Sequence[Address], name: str) -> Value:
    """A field of the mapped address by its name without prefix; empty where there is no address."""
    at = chosen(addresses)
    if at is None:
        return None
    if name == STREET:
        lines = [str(addresses[at].get(line) or "") for line in _LINES]
        return "\n".join(line for line in lines if line) or None
    raw = members.member(addresses[at], name)
    return None if raw is members.ABSENT else members.value(name, raw)


def changed(addresses: Sequence[Address], fields: Values) -> list[Address]:
    """All addresses, with fields (without prefix) put into the mapped one; a Postal one is made when there is none."""
    rows = [dict(address) for address in addresses]
    at = chosen(rows)
    if at is None:
        if all(told is None for told in fields.values()):
            return list(rows)
        rows, at = [{"AddressType": "Postal"}], 0
    rows[at].update(_split(fields))
    return list(rows)


def _split(fields: Values) -> dict[str, Value]:
    """A street's first line apart from the rest; further line breaks stay in the second part [P]."""
    parts = {name: told for name, told in fields.items() if name != STREET}
    if STREET in fields:
        text = str(fields[STREET] or "").replace("\r\n", "\n").replace("\r", "\n")
        first, _, rest = text.partition("\n")
        parts |= {_LINES[0]: first or None, _LINES[1]: rest or None}
    return parts
