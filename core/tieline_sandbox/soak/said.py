"""What people typed: every value once, so that it is known for ever where it went."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import StrEnum


class Site(StrEnum):
    """Where somebody types."""

    CRM = "crm"
    ERP = "erp"

    @property
    def other(self) -> Site:
        return Site.ERP if self is Site.CRM else Site.CRM


@dataclass(frozen=True, slots=True)
class Column:
    """One field on both sides; `pattern` makes values that both sides keep as they are."""

    crm: str
    erp: str
    pattern: str

    def on(self, site: Site) -> str:
        return self.crm if site is Site.CRM else self.erp


COLUMNS = (
    Column("Phone", "PhoneNumber", "555 {:06}"),
    Column("Fax", "FaxNumber", "556 {:06}"),
    Column("Website", "Website", "https://www.example.com/{:06}"),
)
"""Of Unleashed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One customer: its ids on both sides."""

    name: str
    crm: str
    erp: str

    def on(self, site: Site) -> str:
        return self.crm if site is Site.CRM else self.erp


def customers(count: int) -> str:
    """So many customers to start from, as a CSV file in Northwind's form."""
    names = "customerID,companyName,contactName,contactTitle,address,city,region,postalCode,country,phone,fax"
    rows = (f"C{at:04},Customer {at:04},Contact {at:04},Owner,Street {at},Town,NULL,{at:05},Sweden,554 {at:06},NULL"
            for at in range(count))  # fmt: skip
    return "\n".join([names, *rows, ""])


@dataclass(frozen=True, slots=True)
class Typed:
    """A value somebody meant to save. Whether it was saved, only that side's log knows."""

    site: Site
    pair: Pair
    column: Column
    value: str


@dataclass
class Ledger:
    """Everything that was typed and asked for."""

    typed: dict[str, Typed] = field(default_factory=dict)
    born: dict[str, Site] = field(default_factory=dict)
    ordered: list[str] = field(default_factory=list)
    _serial: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """Never the same one twice."""
        return next(self._serial)

    def value(self, site: Site, pair: Pair, column: Column) -> str:
        """A new value that is about to be typed."""
        value = column.pattern.format(self.number())
        self.typed[value] = Typed(site, pair, column, value)
        return value

    def name(self, site: Site) -> str:
        """The name of a customer that is about to be made."""
        name = f"Born {self.number():06}"
        self.born[name] = site
        return name

    def order(self) -> str:
        """The name of an opportunity that is about to be sold."""
        name = f"Sold {self.number():06}"
        self.ordered.append(name)
        return name
