"""Customers and contacts.

The vendor's own table could not be read; rows and directions are the proposal of the reference, locked where Intacct
requires a field. The lengths of names are Intacct's, of the rest the org's.
"""

from __future__ import annotations

from tieline.contract import Direction, Field, Flag, Format, Mapping, Number, Option, Person, Reference, Text
from tieline_intacct import contacts
from tieline_intacct.mappings.words import ACTIVE, PHONE, shown
from tieline_intacct.names import CONTACT, CUSTOMER, SYSTEM
from tieline_intacct.options import AR_TERMS, EMPLOYEES, TERRITORIES


def _address(crm: str, erp: str, kind: Text, label: str) -> Field:
    return Field(crm, erp, kind, group="address", label=label)


CUSTOMERS = Mapping(
    system=SYSTEM,
    name=CUSTOMER,
    label="Customer",
    crm_object="Account",
    erp_object="CUSTOMER",
    number="CUSTOMERID",
    create_in_crm=False,  # as the vendor: accounts are made by people, unless an administrator wants otherwise
    fields=(
        # Given by Intacct's own numbers, and never changed later [D].
        Field(
            "AccountNumber", "CUSTOMERID", Text(20), Direction.TO_CRM, locked=True, required=True, key=True,
            local=True, label="Customer ID",
        ),
        # To Intacct, as the vendor documents it: a name that is changed there is set back.
        Field("Name", "NAME", Text(100), Direction.TO_ERP, locked=True, required=True, label="Customer name"),
        Field("ParentId", "PARENTID", Reference(CUSTOMER), label="Parent customer"),
        Field("Phone", "DISPLAYCONTACT.PHONE1", PHONE, label="Phone"),
        Field("Fax", "DISPLAYCONTACT.FAX", PHONE, label="Fax"),
        Field("Website", "DISPLAYCONTACT.URL1", Text(255, Format.URL), label="Website"),
        _address("BillingStreet", "DISPLAYCONTACT.MAILADDRESS.STREET", Text(255, Format.AREA), "Street"),
        _address("BillingCity", "DISPLAYCONTACT.MAILADDRESS.CITY", Text(40), "City"),
        _address("BillingState", "DISPLAYCONTACT.MAILADDRESS.STATE", Text(80), "State or province"),
        _address("BillingPostalCode", "DISPLAYCONTACT.MAILADDRESS.ZIP", Text(20), "Postal code"),
        _address("BillingCountry", "DISPLAYCONTACT.MAILADDRESS.COUNTRY", Text(80), "Country"),
        Field(
            "Intacct_Bill_To__c", "BILLTO.CONTACTNAME", Reference(CONTACT), label="Bill to",
            help="The contact whom invoices are addressed to.",
        ),
        Field(
            "Intacct_Ship_To__c", "SHIPTO.CONTACTNAME", Reference(CONTACT), label="Ship to",
            help="The contact whom goods are sent to.",
        ),
        Field(
            "Intacct_AR_Term__c", "TERMNAME", Option(AR_TERMS), label="AR term",
            help="When this customer's invoices are due.",
        ),
        Field(
            "Intacct_Territory__c", "TERRITORYID", Option(TERRITORIES), label="Territory",
            help="The sales territory in Intacct.",
        ),
        Field(
            "Intacct_Sales_Rep__c", "CUSTREPID", Person(EMPLOYEES), label="Sales representative",
            help="The user who looks after this account. Only users who are employees in Intacct can be sent there.",
        ),
        shown("Intacct_Currency__c", "CURRENCY", Text(10), "Intacct currency", "The customer's currency in Intacct."),
        shown(
            "Intacct_Credit_Limit__c", "CREDITLIMIT", Number(2, money=True), "Credit limit",
            "What this customer may owe at most.",
        ),
        shown("Intacct_On_Hold__c", "ONHOLD", Flag(), "On hold", "Intacct takes no orders of this customer now."),
        shown(
            "Intacct_Total_Due__c", "TOTALDUE", Number(2, money=True), "Total due", "What this customer owes now."
        ),
        Field(
            "Intacct_Active__c", "STATUS", Flag(), Direction.TO_CRM, via=ACTIVE, label="Active in Intacct",
            help="Inactive customers take no new documents.",
        ),
    ),
)  # fmt: skip

CONTACTS = Mapping(
    system=SYSTEM,
    name=CONTACT,
    label="Contact",
    crm_object="Contact",
    erp_object="CONTACT",
    number="CONTACTNAME",
    create_in_crm=False,  # Intacct makes contacts of every address; those never become contacts of the org
    fields=(
        Field("Salutation", "PREFIX", Text(40), label="Prefix"),
        Field("FirstName", "FIRSTNAME", Text(40), label="First name"),
        Field("LastName", "LASTNAME", Text(40), required=True, label="Last name"),
        Field("Email", "EMAIL1", Text(80, Format.EMAIL), key=True, label="E-mail address"),
        Field("Phone", "PHONE1", PHONE, label="Phone"),
        Field("MobilePhone", "CELLPHONE", PHONE, label="Mobile phone"),
        Field("Fax", "FAX", PHONE, label="Fax"),
        _address("MailingStreet", "MAILADDRESS.STREET", Text(255, Format.AREA), "Street"),
        _address("MailingCity", "MAILADDRESS.CITY", Text(40), "City"),
        _address("MailingState", "MAILADDRESS.STATE", Text(80), "State or province"),
        _address("MailingPostalCode", "MAILADDRESS.ZIP", Text(20), "Postal code"),
        _address("MailingCountry", "MAILADDRESS.COUNTRY", Text(80), "Country"),
        Field("AccountId", contacts.COMPANY, Reference(CUSTOMER), Direction.TO_ERP, locked=True, label="Company name"),
        shown("Intacct_Contact_Name__c", "CONTACTNAME", Text(200), "Intacct contact name",
              "What this contact is called in Intacct's lists; it never changes."),
    ),
)  # fmt: skip
