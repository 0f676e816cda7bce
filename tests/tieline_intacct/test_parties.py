"""Contacts and customers as they are shown to the host."""

from __future__ import annotations

from typing import Any


def _listed(live: Any, mapping: str) -> list[str]:
    return [record.key for page in live.client.pages("", live.shape(mapping), None) for record in page.records]


def test_people_are_listed_and_contacts_of_addresses_are_not(live: Any) -> None:
    """A customer has a display contact of its own; the stand-in has one person from the start."""
    before = _listed(live, "contact")
    live.create("customer", "c", NAME="Acme")
    ann = live.create("contact", "a", FIRSTNAME="Ann", LASTNAME="Lee").key
    assert _listed(live, "contact") == [*before, ann]


def test_a_contact_that_is_known_is_read_whatever_it_is_called_now(live: Any) -> None:
    ann = live.create("contact", "a", LASTNAME="Lee").key
    live.edit("update", "CONTACT", ann, LASTNAME="")
    assert ann not in _listed(live, "contact")
    assert live.read("contact", ann).key == ann


def test_a_customer_billed_at_its_own_address_names_no_contact(live: Any) -> None:
    customer = live.create("customer", "c", NAME="Acme").key
    ann = live.create("contact", "a", LASTNAME="Lee").key
    own = live.read("customer", customer)
    (address,) = [one for one in _contacts(live) if one not in (ann, "Sam Keeper")]
    live.edit("update", "CUSTOMER", customer, **{"BILLTO.CONTACTNAME": address, "SHIPTO.CONTACTNAME": ann})
    shown = live.read("customer", customer).fields
    assert (shown["BILLTO.CONTACTNAME"], shown["SHIPTO.CONTACTNAME"]) == (None, ann)
    assert own.fields["BILLTO.CONTACTNAME"] is None


def _contacts(live: Any) -> list[str]:
    with live.transport.intacct.state.reading() as reader:
        return [body["CONTACTNAME"] for _, body in reader.all("CONTACT")]
