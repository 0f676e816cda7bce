"""Pieces of a package, as values: what the org should hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

Property = Union[str, bool, int, "Mapping[str, Property]", "Sequence[Property]"]


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of metadata: `kind` is Salesforce's type name (`CustomField`), `name` its full name
    (`Account.ERP_Key__c`), `properties` its content under the metadata API's element names, in no order.

    A component merges into what an administrator made (`shared`: a page layout) or is wholly ours.
    """

    kind: str
    name: str
    properties: Mapping[str, Property]
    shared: bool = False
