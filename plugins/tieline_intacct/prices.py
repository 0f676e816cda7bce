"""Order-entry price lists and their prices. Intacct is their source: the org shows them."""

from __future__ import annotations

from collections.abc import Iterable

from tieline.contract import Value
from tieline_intacct import values
from tieline_intacct.functions import condition
from tieline_intacct.replies import Row
from tieline_intacct.resource import Resource
from tieline_intacct.xml import Element

BOOK = "BOOK"
_ITEM = "ITEMID"


class PriceLists(Resource):
    """`BOOK` is the name of the price book: the list's own, but for the one that stands for the standard price book."""

    name = kind = "SOPRICELIST"
    key = "NAME"
    creatable = updatable = deletable = False

    def asked(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name != BOOK)

    def values(self, row: Row, names: Iterable[str]) -> dict[str, Value]:
        names = tuple(names)
        shown = values.shown(row, names, self.company.zone)
        return {**shown, BOOK: self._book(row[self.key])} if BOOK in names else shown

    def _book(self, name: str) -> str:
        return self.company.standard_price_book if name == self.company.standard_price_list else name


class Prices(Resource):
    """Only prices of one item: those of product lines and quantity breaks have no place in a price book."""

    name = kind = "INVPRICELISTENTRY"
    key = "RECORDNO"
    creatable = updatable = deletable = False

    def where(self) -> Element | None:
        return condition("isnotnull", _ITEM)
