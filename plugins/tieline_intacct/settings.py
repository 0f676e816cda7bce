"""What an administrator fills in, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tieline.contract import Misconfigured, Setting

ENDPOINT = "https://api.intacct.com/ia/xml/xmlgw.phtml"
TOP = ""
"""The top level of a company: the entity without a name."""

_LOCAL = {"localhost", "127.0.0.1", "::1"}

SETTINGS = (
    Setting("sender_id", "Sender ID", "The web services sender ID that Sage gave you."),
    Setting("sender_password", "Sender password", "Belongs to the sender ID.", secret=True),
    Setting(
        "company_id",
        "Company ID",
        "The company to work in. It has to authorize the sender ID under Company, Security.",
    ),
    Setting("user_id", "User ID", "A web services user of that company."),
    Setting("user_password", "User password", "Belongs to the user ID.", secret=True),
    Setting("endpoint", "Address", "Address of the XML gateway.", required=False, default=ENDPOINT),
    Setting(
        "entities",
        "Entities",
        "IDs of the entities to work in, with commas; top stands for the top level. Empty: the top level alone.",
        required=False,
    ),
    Setting(
        "time_zone",
        "Time zone",
        "Zone of the times that Intacct prints, such as UTC or America/Los_Angeles; the vendor does not say which.",
        required=False,
        default="UTC",
    ),
    Setting(
        "page_size",
        "Page size",
        "Records in one answer, 1 to 2000. Make it smaller when large pages take too long.",
        required=False,
        default="2000",
    ),
    Setting(
        "monthly_calls",
        "Calls a month",
        "Stop when this many transactions were used in a month (UTC); 0 never stops. Tier 1 includes 100000.",
        required=False,
        default="0",
    ),
    Setting(
        "marker_field",
        "Marker field",
        "Integration name of a custom text field on customers for our marker; empty: the display contact's name.",
        required=False,
    ),
    Setting(
        "quote_definition",
        "Quote definition",
        "Transaction definitions of sales quotes, with commas; the first one is used unless another is chosen.",
        required=False,
        default="Sales Quote",
    ),
    Setting(
        "order_definition",
        "Order definition",
        "Transaction definitions of sales orders, with commas; the first one is used unless another is chosen.",
        required=False,
        default="Sales Order",
    ),
    Setting(
        "invoice_definition",
        "Invoice definition",
        "Transaction definitions of sales invoices, with commas; the first one is used unless another is chosen.",
        required=False,
        default="Sales Invoice",
    ),
    Setting(
        "other_definitions",
        "Other definitions",
        "Transaction definitions of other documents, with commas; the first one is used unless another is chosen.",
        required=False,
    ),
    Setting(
        "default_location",
        "Default location",
        "ID of the location on document lines that name none, at the top level of a company with entities.",
        required=False,
    ),
    Setting(
        "one_to_one",
        "One to one",
        "yes: an opportunity has at most one document of a definition.",
        required=False,
        default="no",
    ),
    Setting(
        "unit",
        "Unit",
        "Unit of measure on document lines; empty: the item's own.",
        required=False,
    ),
    Setting(
        "standard_price_list",
        "Standard price list",
        "The price list that stands for the org's standard price book.",
        required=False,
        default="Base Price List",
    ),
    Setting(
        "standard_price_book",
        "Standard price book",
        "The name of the org's standard price book.",
        required=False,
        default="Standard Price Book",
    ),
    Setting(
        "price_currency",
        "Price currency",
        "The org's currency, where Intacct has prices in several: only those in it or in none are synced. Empty: all.",
        required=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Definitions:
    """Names of transaction definitions, the usual one first. `other` may be empty."""

    quote: tuple[str, ...]
    order: tuple[str, ...]
    invoice: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    """Everything a client needs to know of its company; `secrets` never leave this process."""

    sender_id: str
    company_id: str
    user_id: str
    endpoint: str
    entities: tuple[str, ...]
    zone: ZoneInfo
    page_size: int
    monthly_calls: int
    marker_field: str
    definitions: Definitions
    standard_price_list: str
    standard_price_book: str
    price_currency: str
    default_location: str
    sender_password: str = field(repr=False)
    user_password: str = field(repr=False)


def company_of(given: Mapping[str, str]) -> Company:
    """Raises Misconfigured naming the setting."""
    settings = {setting.name: given.get(setting.name, "").strip() or setting.default for setting in SETTINGS}
    for setting in SETTINGS:
        if setting.required and not settings[setting.name]:
            raise _bad("is missing", setting.name, f"Fill in the {setting.label} of Intacct.")
    return Company(
        **{name: settings[name] for name in _AS_GIVEN},
        endpoint=gateway_address(settings["endpoint"]),
        entities=_entities(settings["entities"]),
        zone=_zone(settings["time_zone"]),
        page_size=_whole(settings, "page_size", 1, 2000),
        monthly_calls=_whole(settings, "monthly_calls", 0, 10**9),
        definitions=_definitions(settings),
    )


_AS_GIVEN = (
    "sender_id",
    "sender_password",
    "company_id",
    "user_id",
    "user_password",
    "marker_field",
    "standard_price_list",
    "standard_price_book",
    "price_currency",
    "default_location",
)


QUOTE_DEFINITIONS, ORDER_DEFINITIONS = "quote_definition", "order_definition"
INVOICE_DEFINITIONS, OTHER_DEFINITIONS = "invoice_definition", "other_definitions"


def definitions_in(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The definitions that one of the four settings allows, the usual one first."""
    default = next(setting.default for setting in SETTINGS if setting.name == name)
    return _words(given.get(name, "").strip() or default)


def _definitions(given: Mapping[str, str]) -> Definitions:
    """One definition belongs to one kind: its documents would stand in the org twice. Raises Misconfigured."""
    names = (QUOTE_DEFINITIONS, ORDER_DEFINITIONS, INVOICE_DEFINITIONS, OTHER_DEFINITIONS)
    found = [definitions_in(given, name) for name in names]
    for number, name in enumerate(names):
        twice = [one for one in found[number] if any(one in earlier for earlier in found[:number])]
        if twice:
            raise _bad(f"{twice[0]!r} is named by another setting too", name, "Let one setting name it.")
    return Definitions(*found)


_FREE = {"changes_every": "0", "lists_every": "300"}


def describe_sandbox(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Settings for the local Intacct, from its `intacct.json`. It bills nobody, so it is asked as often as any."""
    address = str(document["tls_url"]).rstrip("/") + urlsplit(ENDPOINT).path
    names = ("sender_id", "sender_password", "company_id", "user_id", "user_password", "ca_file")
    settings = {"endpoint": address, **_FREE, **{name: str(document[name]) for name in names}}
    entities = document.get("entities") or ()
    return {**settings, "default_location": str(entities[0])} if entities else settings


def gateway_address(text: str) -> str:
    """The gateway's address: https, except to this machine, for each request carries two passwords or a session.
    Raises Misconfigured."""
    parts = urlsplit(text.strip())
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if safe and parts.hostname and not parts.query and not parts.fragment:
        return text.strip()
    raise _bad(f"{text!r} is no usable address", "endpoint", f"Give an https address such as {ENDPOINT}.")


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _entities(text: str) -> tuple[str, ...]:
    """The top level stands first: what names no entity belongs to it."""
    words = tuple(TOP if word.lower() == "top" else word for word in _words(text)) or (TOP,)
    return tuple(sorted(words, key=lambda word: word != TOP))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise _bad(f"{text!r} is no time zone", "time_zone", "Give a name such as UTC or Europe/Paris.") from None


def _whole(settings: Mapping[str, str], name: str, low: int, high: int) -> int:
    text = settings[name]
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    raise _bad(f"{text!r} is out of range", name, f"Give a whole number from {low} to {high}.")


def _bad(what: str, name: str, mend: str) -> Misconfigured:
    return Misconfigured(what, where=f"setting {name}", mend=mend, code="bad_setting")
