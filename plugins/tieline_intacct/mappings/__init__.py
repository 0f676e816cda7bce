"""What of Intacct stands where in the org."""

from __future__ import annotations

from tieline_intacct.mappings.contracts import CONTRACT_LINES, CONTRACTS
from tieline_intacct.mappings.documents import AMOUNTS, DOCUMENTS
from tieline_intacct.mappings.goods import ITEMS, PRICE_LISTS, PRICES
from tieline_intacct.mappings.parties import CONTACTS, CUSTOMERS
from tieline_intacct.mappings.receivables import RECEIVABLES
from tieline_intacct.mappings.work import PROJECTS, TASKS

MAPPINGS = (
    CUSTOMERS,
    CONTACTS,
    ITEMS,
    PRICE_LISTS,
    PRICES,
    PROJECTS,
    TASKS,
    *DOCUMENTS,
    AMOUNTS,
    *RECEIVABLES,
    CONTRACTS,
    CONTRACT_LINES,
)

__all__ = [
    "AMOUNTS",
    "CONTACTS",
    "CONTRACTS",
    "CONTRACT_LINES",
    "CUSTOMERS",
    "DOCUMENTS",
    "ITEMS",
    "MAPPINGS",
    "PRICES",
    "PRICE_LISTS",
    "PROJECTS",
    "RECEIVABLES",
    "TASKS",
]
