"""The standard objects an org is born with, as far as integrations touch them (field types and lengths [K])."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tieline_sandbox.org.schema.build import (
    address,
    flag,
    long_text,
    lookup,
    number,
    object_type,
    picklist,
    plain,
    read_only,
    text,
)  # fmt: skip
from tieline_sandbox.org.schema.types import Field, Kind, ObjectType, OnDelete

LANGUAGES = "en_US;de;es;fr;it;ja;sv;ko;zh_TW;zh_CN;pt_BR;nl_NL;da;th;fi;ru;es_MX;no"
INDUSTRIES = (
    "Agriculture;Apparel;Banking;Biotechnology;Chemicals;Communications;Construction;Consulting;Education;Electronics;"
    "Energy;Engineering;Entertainment;Environmental;Finance;Food & Beverage;Government;Healthcare;Hospitality;"
    "Insurance;Machinery;Manufacturing;Media;Not For Profit;Recreation;Retail;Shipping;Technology;Telecommunications;"
    "Transportation;Utilities;Other"
)
ACCOUNT_TYPES = (
    "Prospect;Customer - Direct;Customer - Channel;Channel Partner / Reseller;Installation Partner;Technology Partner;"
    "Other"
)
DEAL_TYPES = "Existing Customer - Upgrade;Existing Customer - Replacement;Existing Customer - Downgrade;New Customer"
TASK_STATES = "Not Started;In Progress;Completed;Waiting on someone else;Deferred"
SOURCES = "Web;Phone Inquiry;Partner Referral;Purchased List;Other"
# Stage -> (probability, closed, won, forecast category)
STAGES: dict[str, tuple[int, bool, bool, str]] = {
    "Prospecting": (10, False, False, "Pipeline"),
    "Qualification": (10, False, False, "Pipeline"),
    "Needs Analysis": (20, False, False, "Pipeline"),
    "Value Proposition": (50, False, False, "Pipeline"),
    "Id. Decision Makers": (60, False, False, "Pipeline"),
    "Perception Analysis": (70, False, False, "Pipeline"),
    "Proposal/Price Quote": (75, False, False, "Pipeline"),
    "Negotiation/Review": (90, False, False, "Pipeline"),
    "Closed Won": (100, True, True, "Closed"),
    "Closed Lost": (0, True, False, "Omitted"),
}


def _name(length: int = 255, label: str = "", **more: Any) -> Field:
    options = {"required": True, "nillable": False, "name_field": True, "indexed": True} | more
    return text("Name", length, label or "Name", **options)


def _computed_name(label: str = "Full Name", length: int = 121) -> Field:
    return read_only(text("Name", length, label, nillable=False, name_field=True))


def _person() -> list[Field]:
    return [
        text("LastName", 80, required=True, nillable=False, compound="Name"),
        text("FirstName", 40, compound="Name"),
    ]


def _account() -> ObjectType:
    fields = [
        lookup("MasterRecordId", "Account", label="Master Record ID", createable=False, updateable=False),
        _name(label="Account Name"),
        picklist("Type", ACCOUNT_TYPES, "Account Type"),
        lookup("ParentId", "Account", "ChildAccounts", "Parent Account ID"),
        *address("Billing"), *address("Shipping"),
        plain("Phone", Kind.PHONE, "Account Phone"), plain("Fax", Kind.PHONE, "Account Fax"),
        text("AccountNumber", 40), plain("Website", Kind.URL), text("Sic", 20, "SIC Code"),
        picklist("Industry", INDUSTRIES), number("AnnualRevenue", Kind.CURRENCY, 18, 0),
        number("NumberOfEmployees", Kind.INT, 8, 0, "Employees"),
        picklist("Ownership", "Public;Private;Subsidiary;Other"),
        text("TickerSymbol", 20), long_text("Description", label="Account Description"),
        picklist("Rating", "Hot;Warm;Cold", "Account Rating"), text("Site", 80, "Account Site"),
        picklist("AccountSource", SOURCES),
    ]  # fmt: skip
    return object_type("Account", "001", fields, owner=True, etag=True)


def _contact() -> ObjectType:
    fields = [
        lookup("MasterRecordId", "Contact", label="Master Record ID", createable=False, updateable=False),
        lookup("AccountId", "Account", "Contacts", "Account ID", on_delete=OnDelete.CASCADE),
        *_person(),
        picklist("Salutation", "Mr.;Ms.;Mrs.;Dr.;Prof.;Mx.", compound="Name"),
        _computed_name(), *address("Other"), *address("Mailing"),
        plain("Phone", Kind.PHONE, "Business Phone"), plain("Fax", Kind.PHONE, "Business Fax"),
        plain("MobilePhone", Kind.PHONE), plain("HomePhone", Kind.PHONE), plain("OtherPhone", Kind.PHONE),
        plain("AssistantPhone", Kind.PHONE, "Asst. Phone"),
        lookup("ReportsToId", "Contact", "ReportsTo", "Reports To ID"),
        plain("Email", Kind.EMAIL, indexed=True), text("Title", 128), text("Department", 80), text("AssistantName", 40),
        picklist("LeadSource", SOURCES), plain("Birthdate", Kind.DATE),
        long_text("Description", label="Contact Description"),
        flag("HasOptedOutOfEmail", "Email Opt Out"), flag("DoNotCall"),
    ]  # fmt: skip
    return object_type("Contact", "003", fields, owner=True)


def _opportunity() -> ObjectType:
    fields = [
        lookup("AccountId", "Account", "Opportunities", "Account ID", on_delete=OnDelete.CASCADE),
        flag("IsPrivate", "Private"), _name(120), long_text("Description"),
        picklist("StageName", ";".join(STAGES), "Stage", required=True, nillable=False),
        number("Amount", Kind.CURRENCY), number("Probability", Kind.PERCENT, 3, 0, "Probability (%)"),
        read_only(number("ExpectedRevenue", Kind.CURRENCY, label="Expected Amount")),
        number("TotalOpportunityQuantity", label="Quantity"),
        plain("CloseDate", Kind.DATE, required=True, nillable=False),
        picklist("Type", DEAL_TYPES, "Opportunity Type"),
        text("NextStep", 255), picklist("LeadSource", SOURCES),
        read_only(flag("IsClosed", "Closed")), read_only(flag("IsWon", "Won")),
        read_only(picklist("ForecastCategory", "Omitted;Pipeline;BestCase;Forecast;Closed")),
        picklist("ForecastCategoryName", "Omitted;Pipeline;Best Case;Commit;Closed", "Forecast Category"),
        read_only(flag("HasOpportunityLineItem", "Has Line Item")),
        lookup("Pricebook2Id", "Pricebook2", "Opportunities", "Price Book ID", relationship="Pricebook2"),
        lookup("ContactId", "Contact", "Opportunities", "Contact ID", updateable=False),
    ]  # fmt: skip
    return object_type("Opportunity", "006", fields, owner=True, plural="Opportunities")


def _line() -> ObjectType:
    fields = [
        lookup("OpportunityId", "Opportunity", "OpportunityLineItems", "Opportunity ID", required=True, nillable=False,
               updateable=False, on_delete=OnDelete.CASCADE, master=True),
        number("SortOrder", Kind.INT, 9, 0),
        lookup("PricebookEntryId", "PricebookEntry", "OpportunityLineItems", "Price Book Entry ID", updateable=False,
               on_delete=OnDelete.RESTRICT),
        lookup("Product2Id", "Product2", "OpportunityLineItems", "Product ID", relationship="Product2",
               updateable=False,
               on_delete=OnDelete.RESTRICT),
        read_only(text("ProductCode", 255)),
        read_only(text("Name", 376, "Opportunity Product Name", name_field=True)),
        number("Quantity", required=True, nillable=False), number("TotalPrice", Kind.CURRENCY),
        number("UnitPrice", Kind.CURRENCY, label="Sales Price"), read_only(number("ListPrice", Kind.CURRENCY)),
        read_only(number("Subtotal", Kind.CURRENCY)), number("Discount", Kind.PERCENT, 5, 2),
        plain("ServiceDate", Kind.DATE, "Date"), text("Description", 255, "Line Description"),
    ]  # fmt: skip
    return object_type("OpportunityLineItem", "00k", fields, label="Opportunity Product")


def _products() -> list[ObjectType]:
    product = [
        _name(label="Product Name"), text("ProductCode", 255, indexed=True),
        long_text("Description", 4000, "Product Description"),
        flag("IsActive", "Active"), picklist("Family", "None", "Product Family"),
        plain("DisplayUrl", Kind.URL, length=1000), picklist("QuantityUnitOfMeasure", "Each"),
        text("StockKeepingUnit", 180, "Product SKU"),
    ]  # fmt: skip
    book = [
        _name(label="Price Book Name"), flag("IsActive", "Active"), text("Description", 255),
        read_only(flag("IsStandard", "Is Standard Price Book")),
    ]  # fmt: skip
    entry = [
        read_only(text("Name", 255, "Product Name", name_field=True)),
        lookup("Pricebook2Id", "Pricebook2", "PricebookEntries", "Price Book ID", relationship="Pricebook2",
               required=True,
               nillable=False, updateable=False, on_delete=OnDelete.CASCADE),
        lookup("Product2Id", "Product2", "PricebookEntries", "Product ID", relationship="Product2", required=True,
               nillable=False, updateable=False, on_delete=OnDelete.CASCADE),
        number("UnitPrice", Kind.CURRENCY, label="List Price", required=True, nillable=False),
        flag("IsActive", "Active"), flag("UseStandardPrice"), read_only(text("ProductCode", 255)),
    ]  # fmt: skip
    return [
        object_type("Product2", "01t", product, label="Product", read_only_for_users=True),
        object_type("Pricebook2", "01s", book, label="Price Book", read_only_for_users=True),
        object_type("PricebookEntry", "01u", entry, label="Price Book Entry", plural="Price Book Entries",
                    read_only_for_users=True, undeletable=False, hard_delete=True),
    ]  # fmt: skip


def _user() -> ObjectType:
    fields = [
        text("Username", 80, required=True, nillable=False, unique=True), *_person(), _computed_name(),
        text("CompanyName", 80), text("Division", 80), text("Department", 80), text("Title", 80), *address(""),
        plain("Email", Kind.EMAIL, required=True, nillable=False, length=128), plain("Phone", Kind.PHONE),
        plain("Fax", Kind.PHONE), plain("MobilePhone", Kind.PHONE), text("Alias", 8, required=True, nillable=False),
        flag("IsActive", "Active", default=True), text("TimeZoneSidKey", 40, required=True, nillable=False),
        text("LocaleSidKey", 40, required=True, nillable=False),
        text("EmailEncodingKey", 40, required=True, nillable=False),
        lookup("ProfileId", "Profile", "Users", "Profile ID", required=True, nillable=False),
        picklist("UserType", "Standard;PowerPartner;Guest", createable=False, updateable=False),
        picklist("LanguageLocaleKey", LANGUAGES, "Language", required=True, nillable=False, restricted=True),
        text("EmployeeNumber", 20), text("FederationIdentifier", 512, unique=True, case_sensitive=True),
        lookup("ManagerId", "User", "ManagedUsers", "Manager ID"),
    ]  # fmt: skip
    return object_type("User", "005", fields, deletable=False, undeletable=False, admin_only=True)


def _administration() -> list[ObjectType]:
    fixed: dict[str, Any] = {"createable": False, "updateable": False, "deletable": False, "undeletable": False}
    organization = [
        _name(80), *address(""), plain("Phone", Kind.PHONE), text("LanguageLocaleKey", 40),
        text("OrganizationType", 40),
        flag("IsSandbox", "Is Sandbox"), text("InstanceName", 5), text("NamespacePrefix", 15),
        text("TimeZoneSidKey", 40),
        plain("TrialExpirationDate", Kind.DATETIME), text("DefaultLocaleSidKey", 40),
    ]  # fmt: skip
    profile = [_name(), text("Description", 255), text("UserType", 40)]
    record_type = [
        _name(80), text("DeveloperName", 80), text("SobjectType", 40, indexed=True), flag("IsActive", default=True),
        text("Description", 255),
    ]  # fmt: skip
    permission_set = [
        text("Name", 80, "Permission Set Name", required=True, nillable=False, unique=True),
        text("Label", 80, "Permission Set Label", required=True, nillable=False, name_field=True),
        text("Description", 255), read_only(flag("IsOwnedByProfile")), read_only(flag("IsCustom", default=True)),
        text("NamespacePrefix", 15), read_only(picklist("Type", "Regular;Profile;Group")),
        lookup("ProfileId", "Profile", "PermissionSets", "Profile ID", createable=False, updateable=False),
    ]  # fmt: skip
    assignment = [
        lookup("PermissionSetId", "PermissionSet", "Assignments", "PermissionSet ID", required=True, nillable=False,
               updateable=False, on_delete=OnDelete.CASCADE),
        lookup("AssigneeId", "User", "PermissionSetAssignments", "Assignee ID", required=True, nillable=False,
               updateable=False),
        read_only(flag("IsActive", default=True)),
    ]  # fmt: skip
    access = [
        text("RecordId", 18), text("UserId", 18), *(flag(name) for name in ACCESS_FLAGS), text("MaxAccessLevel", 40),
    ]  # fmt: skip
    return [
        object_type("Organization", "00D", organization, **fixed),
        object_type("Profile", "00e", profile, **fixed),
        object_type("RecordType", "012", record_type, **fixed),
        object_type("PermissionSet", "0PS", permission_set, admin_only=True, undeletable=False, updateable=False,
                    hard_delete=True),
        object_type("PermissionSetAssignment", "0Pa", assignment, admin_only=True, undeletable=False, hard_delete=True),
        object_type("UserRecordAccess", "", access, computed=True, **fixed),
    ]  # fmt: skip


ACCESS_FLAGS = ("HasReadAccess", "HasEditAccess", "HasDeleteAccess", "HasTransferAccess", "HasAllAccess")


def _task() -> ObjectType:
    fields = [
        lookup("WhoId", "Contact", "Tasks", "Name ID", relationship="Who"),
        lookup("WhatId", "Account,Opportunity", "Tasks", "Related To ID", relationship="What"),
        text("Subject", 255, name_field=True), plain("ActivityDate", Kind.DATE, "Due Date Only"),
        picklist("Status", TASK_STATES, required=True, nillable=False),
        picklist("Priority", "High;Normal;Low", required=True, nillable=False), long_text("Description"),
        read_only(flag("IsClosed", "Closed")),
    ]  # fmt: skip
    return object_type("Task", "00T", fields, owner=True)


@lru_cache(maxsize=1)
def standard_objects() -> tuple[ObjectType, ...]:
    """All of them, in the order of the global describe."""
    every = [_account(), _contact(), _opportunity(), _line(), *_products(), _user(), *_administration(), _task()]
    return tuple(sorted(every, key=lambda each: each.name))
