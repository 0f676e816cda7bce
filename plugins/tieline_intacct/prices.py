"""Order-entry price lists and their prices. One side is their source; both can be read, and the older functions write
them [D] [T]."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tieline.contract import Done, Outcome, PermanentError, Record, Shape, Value, Values, Write
from tieline_intacct import values
from tieline_intacct.functions import both, condition, either
from tieline_intacct.paging import everything
from tieline_intacct.replies import Row
from tieline_intacct.resource import Resource
from tieline_intacct.xml import Element, element

BOOK = "BOOK"
_ITEM, _LIST, _CURRENCY = "ITEMID", "PRICELISTID", "CURRENCY"
_LIST_CHILDREN = (("name", "NAME"), ("datefrom", "DATEFROM"), ("dateto", "DATETO"), ("status", "STATUS"))
_PRICE_CHILDREN = (
    ("pricelistid", _LIST), ("itemid", _ITEM), ("value", "VALUE"), ("valuetype", "VALUETYPE"), ("fixed", "FIXED"),
    ("currency", _CURRENCY), ("status", "STATUS"),
)  # fmt: skip
"""`currency` stands in no list of children that we found; its place is a guess [I], and it is sent with the setting."""
_PLAIN_PRICE = {"VALUETYPE": "Actual", "FIXED": "true"}
"""A price as it stands, and no discount on another one [T]."""


class PriceLists(Resource):
    """`BOOK` is the name of the price book: the list's own, but for the one that stands for the standard price book."""

    name = kind = "SOPRICELIST"
    key = "NAME"
    deletable = False

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name != BOOK)

    def values(self, row: Row, names: Iterable[str]) -> dict[str, Value]:
        names = tuple(names)
        shown = values.shown(row, names, self.company.zone)
        return {**shown, BOOK: self._book(row[self.key])} if BOOK in names else shown

    def _book(self, name: str) -> str:
        return self.company.standard_price_book if name == self.company.standard_price_list else name

    def _list(self, book: str) -> str:
        return self.company.standard_price_list if book == self.company.standard_price_book else book

    def create_body(self, entity: str, write: Write) -> Element:  # noqa: ARG002 - a hook's signature
        return element("create_sopricelist", *_children(_LIST_CHILDREN, {**write.fields, self.key: self._name(write)}))

    def update_body(self, write: Write, before: Record) -> Element:
        """Named by its name, which stays. Raises PermanentError."""
        if BOOK in write.fields and self._name(write) != before.key:
            mend = "Give the price book its old name back, or rename the list in Intacct."
            raise PermanentError("Intacct does not rename price lists for us", mend=mend, code="renamed")
        made = element("update_sopricelist", *_children(_LIST_CHILDREN, write.fields))
        made.set("name", before.key)
        return made

    def _name(self, write: Write) -> str:
        return self._list(values.printed(write.fields.get(BOOK)))

    def written_key(self, done: Outcome, write: Write) -> str:
        return super().written_key(done, write) or self._name(write)


class Prices(Resource):
    """Only prices of one item: those of product lines and quantity breaks have no place in a price book."""

    name = kind = "INVPRICELISTENTRY"
    key = "RECORDNO"
    deletable = False

    def where(self) -> Element | None:
        currency = self.company.price_currency
        ours = either(condition("isnull", _CURRENCY), condition("equalto", _CURRENCY, currency)) if currency else None
        return both(condition("isnotnull", _ITEM), ours)

    def create_body(self, entity: str, write: Write) -> Element:  # noqa: ARG002 - a hook's signature
        currency = {_CURRENCY: self.company.price_currency} if self.company.price_currency else {}
        given = {**_PLAIN_PRICE, **currency, **write.fields}
        return element("create_invpricelistentry", *_children(_PRICE_CHILDREN, given))

    def update_body(self, write: Write, before: Record) -> Element:
        """No page shows how an entry is named for an update: by its record number, as in reading [I]."""
        return element("update_invpricelistentry", *_children(_PRICE_CHILDREN, write.fields), key=before.key)

    def _read_back(
        self, entity: str, shape: Shape, batch: Sequence[Write], outcomes: Sequence[Outcome]
    ) -> list[Outcome]:  # fmt: skip
        """A price that was made before, and whose number nobody told, is the newest one of its list and item."""
        named = [
            Done(self._newest(entity, shape, write), created=False) if _nameless(one, write) else one
            for one, write in zip(outcomes, batch, strict=True)
        ]
        return super()._read_back(entity, shape, batch, named)

    def _newest(self, entity: str, shape: Shape, write: Write) -> str:
        where = both(*(condition("equalto", name, values.printed(write.fields.get(name))) for name in (_LIST, _ITEM)))
        rows = everything(self.schema, self.scope(entity, shape, where))
        numbers = (row[self.key] for row in rows if row.get(self.key, "").isdigit())
        return max(numbers, key=int, default="")


def _nameless(outcome: Outcome, write: Write) -> bool:
    return isinstance(outcome, Done) and not outcome.key and not write.key


def _children(order: Sequence[tuple[str, str]], given: Values | Mapping[str, Value]) -> list[Element]:
    """In the documented order; an empty text clears."""
    return [element(name, text=values.printed(given[theirs])) for name, theirs in order if theirs in given]
