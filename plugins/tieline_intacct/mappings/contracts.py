"""Contracts and their lines: read-only mirrors beside the documents, switched off until an administrator wants them."""

from __future__ import annotations

from tieline.contract import Day, Format, Mapping, Number, Promotion, Reference, Text
from tieline.contract.naming import DOCUMENT_OBJECT, LINE_OBJECT
from tieline_intacct.mappings.words import MONEY, mirrored, shown
from tieline_intacct.names import CONTRACT, CONTRACT_LINE, CUSTOMER, ITEM, SYSTEM

CONTRACTS = Mapping(
    system=SYSTEM,
    name=CONTRACT,
    label="Contract",
    crm_object=DOCUMENT_OBJECT,
    erp_object="CONTRACT",
    number="CONTRACTID",
    promotion=Promotion.NEVER,
    create_in_erp=False,
    parent=CUSTOMER,
    enabled=False,
    crm_constants={"Type__c": "Contract", "Back_Office__c": "{back_office}", "Accounting_Entity__c": "{entity}"},
    fields=(
        mirrored("Number__c", "CONTRACTID", Text(80), "Number"),
        mirrored("State__c", "STATE", Text(80), "State"),
        mirrored("Account__c", "CUSTOMERID", Reference(CUSTOMER), "Customer"),
        mirrored("Document_Date__c", "BEGINDATE", Day(), "Begin date"),
        mirrored("Required_Date__c", "ENDDATE", Day(), "End date"),
        mirrored("Reference__c", "NAME", Text(255), "Contract name"),
        mirrored("Comments__c", "DESCRIPTION", Text(2048, Format.AREA), "Comments"),
        mirrored("Currency__c", "CURRENCY", Text(10), "Currency"),
        shown("Intacct_Term_Type__c", "TERMTYPE", Text(40), "Term type", "Whether it ends, or runs on."),
        shown("Intacct_Billing_Frequency__c", "BILLINGFREQUENCY", Text(40), "Billing frequency",
              "How often it is billed."),
        shown("Intacct_Billing_Price_List__c", "PRCLIST", Text(80), "Billing price list",
              "Where its prices come from."),
        shown("Intacct_Renewal_Template__c", "RENEWALMACRO", Text(80), "Renewal template", "How it is renewed."),
    ),
)  # fmt: skip

CONTRACT_LINES = Mapping(
    system=SYSTEM,
    name=CONTRACT_LINE,
    label="Contract line",
    crm_object=LINE_OBJECT,
    erp_object="CONTRACTDETAIL",
    parent=CONTRACT,
    promotion=Promotion.NEVER,
    create_in_erp=False,
    panel=False,
    enabled=False,
    delete_in_crm=True,
    fields=(
        mirrored("Document__c", "CONTRACTID", Reference(CONTRACT), "Contract"),
        mirrored("Line_Number__c", "LINENO", Number(0), "Line number"),
        mirrored("Product__c", "ITEMID", Reference(ITEM), "Item"),
        mirrored("Description__c", "ITEMDESC", Text(255), "Description"),
        mirrored("Quantity__c", "QUANTITY", Number(4), "Quantity"),
        mirrored("Unit_Price__c", "PRICE", Number(4, money=True), "Unit price"),
        mirrored("Discount__c", "DISCOUNTPERCENT", Number(4), "Discount"),
        mirrored("Line_Total__c", "FLATAMOUNT", MONEY, "Line total"),
        shown("Intacct_Line_State__c", "STATE", Text(80), "State", "Whether the line is in force."),
        shown("Intacct_Begin_Date__c", "BEGINDATE", Day(), "Begin date", "When the line begins."),
        shown("Intacct_End_Date__c", "ENDDATE", Day(), "End date", "When the line ends."),
        shown("Intacct_Billing_Method__c", "BILLINGMETHOD", Text(40), "Billing method",
              "At a fixed price, or by quantity."),
        shown("Intacct_Billing_Template__c", "BILLINGTEMPLATENAME", Text(80), "Billing template",
              "When what part is billed."),
    ),
)  # fmt: skip
