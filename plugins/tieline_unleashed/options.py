"""The lists the back office owns, and how their rows are keyed.

Sales persons and payment terms are keyed by Guid; currencies, warehouses and taxes by their code, for that is how
customers and orders name them on the wire. A payment term is named on a customer by its description alone, which a
rename in Unleashed breaks; `Terms` turns that name into the Guid and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tieline.contract import ListRow, PermanentError
from tieline_unleashed import exact
from tieline_unleashed.guids import guid
from tieline_unleashed.paging import Json, read_list
from tieline_unleashed.resource import Access

SALESPERSONS = "salespersons"
PAYMENT_TERMS = "payment_terms"
CURRENCIES = "currencies"
WAREHOUSES = "warehouses"
TAXES = "taxes"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from: resource, members for key and label (the key stands in), attribute -> member."""

    path: str
    key: str
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)


SOURCES: Mapping[str, Source] = {
    SALESPERSONS: Source("Salespersons", "Guid", "FullName", {"email": "Email"}),
    PAYMENT_TERMS: Source("PaymentTerms", "Guid", "PaymentTermDescription"),
    CURRENCIES: Source("Currencies", "CurrencyCode", "Description"),
    WAREHOUSES: Source("Warehouses", "WarehouseCode", "WarehouseName", {"default": "IsDefault"}),
    TAXES: Source("Taxes", "TaxCode", "Description", {"rate": "TaxRate"}),
}


def read_options(access: Access, name: str) -> tuple[ListRow, ...]:
    """Every row of a list, in the vendor's order. Raises PermanentError for a list that Unleashed does not have."""
    source = SOURCES.get(name)
    if source is None:
        raise PermanentError(
            f"there is no list {name!r}", where="Unleashed", mend=f"The lists are {', '.join(SOURCES)}.", code="no_list"
        )
    # Documented for customers only; taken to hold for lists, whose rows have Obsolete too [P].
    query = [("includeObsolete", "true")]
    listing = read_list(access.wire, source.path, query, access.page_size, lambda item: _key(source, item))
    return tuple(_row(source, key, item) for key, item in listing.items.items())


def _key(source: Source, item: Json) -> str:
    raw = item.get(source.key)
    return guid(raw) if source.key == "Guid" else str(raw or "")


def _row(source: Source, key: str, item: Json) -> ListRow:
    attributes = {name: _text(item.get(wire)) for name, wire in source.attributes.items()}
    return ListRow(key, _text(item.get(source.label)) or key, item.get("Obsolete") is not True, "", attributes)


def _text(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Decimal):
        return exact.plain(raw)
    return str(raw) if raw is not None else ""


class Terms:
    """Payment terms by Guid and by name: read when first needed, and once more for each name or Guid that is not
    known, since every call counts against the month's quota."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._rows: tuple[ListRow, ...] = ()
        self._strange: frozenset[str] = frozenset()

    def fill(self, rows: tuple[ListRow, ...]) -> None:
        """The whole list, read for another reason."""
        self._rows, self._strange = rows, frozenset()

    def key(self, name: str) -> str:
        """The Guid behind a name; the name itself where no row carries it, so that a person sees which one."""
        return next((row.key for row in self._rows_with(name) if row.label == name), name)

    def name(self, key: str) -> str:
        """The name that a customer's PaymentTerm takes. Raises PermanentError for an unknown Guid."""
        for row in self._rows_with(key):
            if row.key == key:
                return row.label
        raise PermanentError(
            f"there is no payment term {key}",
            where="Unleashed",
            mend="Choose another one; the list may have changed.",
            code="no_option",
        )

    def _rows_with(self, text: str) -> list[ListRow]:
        known = text in self._strange or any(text in (row.key, row.label) for row in self._rows)
        if not known:
            self._rows = read_options(self._access, PAYMENT_TERMS)
            if not any(text in (row.key, row.label) for row in self._rows):
                self._strange |= {text}
        return sorted(self._rows, key=lambda row: not row.active)  # of two of one name the current one
