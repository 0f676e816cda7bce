"""The buttons: what a press decides. Pure functions of what the host loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial

from tieline.contract import (
    Action,
    ActionInput,
    CreateDocument,
    Day,
    Decision,
    Decline,
    Fillable,
    Option,
    Parameter,
    Promote,
    Text,
    Value,
    Values,
    text,
)
from tieline_intacct.documents import INVOICES, ORDERS, OTHERS, QUOTES, lines_of
from tieline_intacct.mappings.documents import MIRRORED_DEFINITION
from tieline_intacct.mappings.work import PROJECT_CATEGORY, PROJECT_OBJECT, TASK_OBJECT
from tieline_intacct.names import (
    CONTACT,
    CUSTOMER,
    INVOICE,
    INVOICE_ACTION,
    ITEM,
    ORDER,
    ORDER_ACTION,
    OTHER,
    OTHER_ACTION,
    PROJECT,
    PROJECT_ACTION,
    QUOTE,
    QUOTE_ACTION,
    SYSTEM,
    TASK,
)
from tieline_intacct.objects import MADE_AFTER
from tieline_intacct.options import AR_TERMS, DEPARTMENTS, LOCATIONS, PROJECT_TEMPLATES, PROJECT_TYPES
from tieline_intacct.settings import (
    INVOICE_DEFINITIONS,
    ORDER_DEFINITIONS,
    OTHER_DEFINITIONS,
    QUOTE_DEFINITIONS,
    definitions_in,
)
from tieline_intacct.shelves import DEFINITION
from tieline_intacct.transactions import DECIDED, HEADER_FIELDS, LINE_FIELDS

ITEMS = "OpportunityLineItems"
MADE = "ERP_Documents__r"
TERM = "AR_Term"
TEMPLATE = "Project_Template"
PROJECT_KIND = "Project_Type"
BEGINS = "Begin_Date"
_PROJECT_NAME = 80
LOCATION = "Location"
DEPARTMENT = "Department"
CURRENCY = "CurrencyIsoCode"
"""There in orgs of several currencies alone [K]."""
ONE_TO_ONE = "one_to_one"
_OPEN = {"Pending", "Partially Converted", "Approved", "Submitted"}
_MESSAGE = 2048

NO_ACCOUNT = "The opportunity has no account. Choose one and press again."
ACCOUNT_NOT_TIED = "The account is not tied to Intacct. Press Sync to Intacct on the account first."
NO_LINES = "The opportunity has no products. Add at least one and press again."
NO_QUANTITY = "Line {line} has no quantity. Fill it in and press again."
PRODUCT_NOT_TIED = "The product of line {line} is not in Intacct. Press Sync to Intacct on the product first."
ONE_ONLY = "{number} was made of this opportunity already, and one of a kind is allowed."
ONE_UNDER_WAY = "One is being made of this opportunity right now, and one of a kind is allowed."
NO_DEFINITION = "No further transaction definitions are set up. Ask your administrator."
NOT_ALLOWED = "{name} is not allowed here. Choose one of {names}, or ask your administrator."

MESSAGES = (
    NO_ACCOUNT,
    ACCOUNT_NOT_TIED,
    NO_LINES,
    NO_QUANTITY,
    PRODUCT_NOT_TIED,
    ONE_ONLY,
    ONE_UNDER_WAY,
    NO_DEFINITION,
    NOT_ALLOWED,
)


def promote(mapping: str, _given: ActionInput) -> Decision:
    return Promote(mapping)


def create_document(mapping: str, obj: str, source: str, given: ActionInput) -> Decision:
    """A document of the opportunity's products; where one of the kind before it is open, that one is converted."""
    items = given.children.get(ITEMS, ())
    definition = _definition(given, mapping)
    if isinstance(definition, Decline):
        return definition
    declined = _account_missing(given) or _lines_missing(given, items) or _one_only(given, mapping, definition)
    if declined:
        return declined
    converted = {"CREATEDFROM": _open_source(given, source)} if source else {}
    header = {DEFINITION: definition} | _header(given) | converted
    lines = tuple(_line(given, item) for item in items)
    return CreateDocument(mapping, header, {lines_of(obj): lines}, {"Opportunity__c": given.record_id})


def create_project(given: ActionInput) -> Decision:
    """A project of the opportunity, with its account for a customer; made after a template where one is chosen."""
    declined = _account_missing(given)
    if declined:
        return declined
    fields: dict[str, Value] = {
        "NAME": text(given.record, "Name")[:_PROJECT_NAME],
        "PROJECTCATEGORY": PROJECT_CATEGORY,
        "CUSTOMERID": given.keys[CUSTOMER, text(given.record, "AccountId")],
        "SFDCKEY": given.record_id,
        "DESCRIPTION": text(given.record, "Description") or None,
        "PROJECTTYPE": text(given.parameters, PROJECT_KIND) or None,
        "BEGINDATE": given.parameters.get(BEGINS),
        MADE_AFTER: text(given.parameters, TEMPLATE) or None,
    }
    return CreateDocument(PROJECT, {name: value for name, value in fields.items() if value is not None})


def _account_missing(given: ActionInput) -> Decline | None:
    account = text(given.record, "AccountId")
    if not account:
        return Decline(NO_ACCOUNT)
    return None if given.keys.get((CUSTOMER, account)) else Decline(ACCOUNT_NOT_TIED)


def _lines_missing(given: ActionInput, items: tuple[Values, ...]) -> Decline | None:
    if not items:
        return Decline(NO_LINES)
    for number, item in enumerate(items, 1):
        if _number(item, "Quantity") <= 0:
            return Decline(NO_QUANTITY, {"line": str(number)})
        if not given.keys.get((ITEM, text(item, "Product2Id"))):
            return Decline(PRODUCT_NOT_TIED, {"line": str(number)})
    return None


def _definition(given: ActionInput, mapping: str) -> str | Decline:
    """The transaction definition that was chosen, else the usual one of its kind."""
    setting = DEFINITIONS[mapping]
    names = definitions_in(given.settings, setting)
    if not names:
        return Decline(NO_DEFINITION)
    chosen = text(given.parameters, setting).strip() or names[0]
    return chosen if chosen in names else Decline(NOT_ALLOWED, {"name": chosen, "names": ", ".join(names)})


def _one_only(given: ActionInput, mapping: str, definition: str) -> Decline | None:
    """With the administrator's one-to-one choice, an opportunity has one document of a definition. What came before
    the mirror told its definition counts by its kind."""
    if given.settings.get(ONE_TO_ONE) != "yes":
        return None
    if any((one.mapping, text(one.fields, DEFINITION)) == (mapping, definition) for one in given.under_way):
        return Decline(ONE_UNDER_WAY)
    kind = _KINDS[mapping]
    of_kind = [row for row in _made_here(given) if text(row, "Type__c") == kind]
    made = [row for row in of_kind if text(row, MIRRORED_DEFINITION) in ("", definition)]
    return Decline(ONE_ONLY, {"number": text(made[0], "Number__c")}) if made else None


def _made_here(given: ActionInput) -> Iterator[Values]:
    """The opportunity's documents in this back office and entity; those of others are none of ours."""
    for row in given.children.get(MADE, ()):
        if text(row, "Back_Office__c") == given.back_office and text(row, "Accounting_Entity__c") == given.entity:
            yield row


def _open_source(given: ActionInput, source: str) -> str:
    """The newest document that may still be converted; none: the new one stands alone."""
    rows = [row for row in _made_here(given) if text(row, "State__c") in _OPEN]
    tied = [(text(row, "Number__c"), given.keys.get((source, text(row, "Id")), "")) for row in rows]
    return max(((number, key) for number, key in tied if key), default=("", ""))[1]


def _header(given: ActionInput) -> dict[str, Value]:
    return {
        "WHENCREATED": given.now.date(),
        "CUSTVENDID": given.keys[CUSTOMER, text(given.record, "AccountId")],
        "PONUMBER": text(given.record, "Name")[:255] or None,
        "TERMNAME": text(given.parameters, TERM) or None,
        "CURRENCY": text(given.record, CURRENCY) or None,
        "OPPORTUNITY": given.record_id,
        "MESSAGE": text(given.record, "Description")[:_MESSAGE] or None,
    }


def _line(given: ActionInput, item: Values) -> Mapping[str, Value]:
    """What is not filled in is Intacct's to default."""
    return {
        "ITEMID": given.keys[ITEM, text(item, "Product2Id")],
        "QUANTITY": _number(item, "Quantity"),
        "UNIT": given.settings.get("unit") or None,
        "PRICE": _number(item, "UnitPrice"),
        "DISCOUNTPERCENT": _number(item, "Discount") or None,
        "LOCATIONID": text(given.parameters, LOCATION) or None,
        "DEPARTMENTID": text(given.parameters, DEPARTMENT) or None,
        "MEMO": text(item, "Description")[:1000] or None,
    }


def _number(values: Values, name: str) -> Decimal:
    return Decimal(text(values, name) or 0)


DEFINITIONS = {
    QUOTE: QUOTE_DEFINITIONS, ORDER: ORDER_DEFINITIONS, INVOICE: INVOICE_DEFINITIONS, OTHER: OTHER_DEFINITIONS,
}  # fmt: skip
"""The setting that allows definitions, and the name of the parameter that chooses one."""
_KINDS = {QUOTE: "Sales Quote", ORDER: "Sales Order", INVOICE: "Sales Invoice", OTHER: "Other Sales Document"}


def _sync(name: str, on: str, mapping: str, told: str, **belongs: str) -> Action:
    """`belongs`: the field that names the record it goes with, and that one's mapping: it goes where that one is."""
    how = partial(promote, mapping)
    return Action(SYSTEM, name, "Sync to Intacct", on, how, reads=tuple(belongs), links=belongs, help=told)


def _create(name: str, label: str, mapping: str, obj: str, source: str = "") -> Action:
    return Action(
        SYSTEM,
        name,
        label,
        "Opportunity",
        partial(create_document, mapping, obj, source),
        reads=("AccountId", "Name", "Description", CURRENCY),
        children={
            ITEMS: ("Product2Id", "Quantity", "UnitPrice", "Discount", "Description"),
            MADE: (
                "Id",
                "Type__c",
                "State__c",
                "Number__c",
                "Back_Office__c",
                "Accounting_Entity__c",
                MIRRORED_DEFINITION,
            ),
        },
        links={"AccountId": CUSTOMER, "Product2Id": ITEM, **({"Id": source} if source else {})},
        parameters=(
            Parameter(DEFINITIONS[mapping], "Transaction definition", Text(80), offered=DEFINITIONS[mapping]),
            Parameter(TERM, "AR term", Option(AR_TERMS)),
            Parameter(LOCATION, "Location", Option(LOCATIONS)),
            Parameter(DEPARTMENT, "Department", Option(DEPARTMENTS)),
        ),
        help="Makes a document in Intacct from the products of this opportunity.",
        fillable=Fillable(HEADER_FIELDS, LINE_FIELDS, ITEMS, custom=True, reserved=DECIDED),
    )


ACTIONS = (
    _sync(
        "sync_account", "Account", CUSTOMER, "Creates or updates the customer in Intacct and ties it to this record."
    ),
    _sync(
        "sync_contact", "Contact", CONTACT, "Creates or updates the contact in Intacct and ties it to this record.",
        AccountId=CUSTOMER,
    ),
    _sync("sync_product", "Product2", ITEM, "Creates or updates the item in Intacct and ties it to this record."),
    _sync(
        "sync_project", PROJECT_OBJECT, PROJECT,
        "Creates or updates the project in Intacct and ties it to this record.", Account__c=CUSTOMER,
    ),
    _sync(
        "sync_task", TASK_OBJECT, TASK, "Creates or updates the task in Intacct and ties it to this record.",
        Project__c=PROJECT,
    ),
    _create(QUOTE_ACTION, "Create Sales Quote", QUOTE, QUOTES),
    _create(ORDER_ACTION, "Create Sales Order", ORDER, ORDERS, QUOTE),
    _create(INVOICE_ACTION, "Create Sales Invoice", INVOICE, INVOICES, ORDER),
    _create(OTHER_ACTION, "Create Other Document", OTHER, OTHERS),
    Action(
        SYSTEM, PROJECT_ACTION, "Create Project", "Opportunity", create_project,
        reads=("AccountId", "Name", "Description"),
        links={"AccountId": CUSTOMER},
        parameters=(
            Parameter(TEMPLATE, "Project template", Option(PROJECT_TEMPLATES)),
            Parameter(PROJECT_KIND, "Project type", Option(PROJECT_TYPES)),
            Parameter(BEGINS, "Begin date", Day()),
        ),
        help="Makes a project in Intacct of this opportunity, with the tasks of a template if one is chosen.",
    ),
)  # fmt: skip
