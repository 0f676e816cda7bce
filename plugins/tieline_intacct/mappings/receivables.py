"""AR invoices with what is due on them, and payments: read-only mirrors beside the documents. Switched off until an
administrator wants them, for each costs calls in every cycle.

Amounts are those in the invoice's or payment's own currency.
"""

from __future__ import annotations

from tieline.contract import Day, Field, Format, Mapping, Promotion, Reference, Text
from tieline.contract.naming import DOCUMENT_OBJECT
from tieline_intacct.mappings.words import MONEY, mirrored, shown
from tieline_intacct.names import AR_INVOICE, AR_PAYMENT, CUSTOMER, SYSTEM


def _mirror(name: str, label: str, kind: str, erp_object: str, number: str, fields: tuple[Field, ...]) -> Mapping:
    return Mapping(
        system=SYSTEM,
        name=name,
        label=label,
        crm_object=DOCUMENT_OBJECT,
        erp_object=erp_object,
        number=number,
        promotion=Promotion.NEVER,
        create_in_erp=False,
        parent=CUSTOMER,
        delete_in_crm=True,  # one that is made anew in Intacct is a new one here too
        panel=False,
        enabled=False,
        crm_constants={"Type__c": kind, "Back_Office__c": "{back_office}", "Accounting_Entity__c": "{entity}"},
        fields=fields,
    )


AR_INVOICES = _mirror(
    AR_INVOICE, "AR invoice", "AR Invoice", "ARINVOICE", "RECORDID",
    (
        mirrored("Number__c", "RECORDID", Text(80), "Number"),
        mirrored("State__c", "STATE", Text(80), "State"),
        mirrored("Account__c", "CUSTOMERID", Reference(CUSTOMER), "Customer"),
        mirrored("Document_Date__c", "WHENCREATED", Day(), "Document date"),
        mirrored("Required_Date__c", "WHENDUE", Day(), "Due date"),
        mirrored("Total__c", "TRX_TOTALENTERED", MONEY, "Total"),
        mirrored("Currency__c", "CURRENCY", Text(10), "Currency"),
        mirrored("Reference__c", "DOCNUMBER", Text(255), "Reference"),
        mirrored("Comments__c", "DESCRIPTION", Text(2048, Format.AREA), "Comments"),
        shown("Intacct_Paid__c", "TRX_TOTALPAID", MONEY, "Paid", "What was paid on it so far."),
        shown("Intacct_Balance__c", "TRX_TOTALDUE", MONEY, "Balance", "What is still due on it."),
        shown("Intacct_Paid_On__c", "WHENPAID", Day(), "Paid on", "When the last of it was paid."),
    ),
)  # fmt: skip

AR_PAYMENTS = _mirror(
    AR_PAYMENT, "AR payment", "AR Payment", "ARPYMT", "DOCNUMBER",
    (
        mirrored("Number__c", "DOCNUMBER", Text(80), "Number"),
        mirrored("State__c", "STATE", Text(80), "State"),
        mirrored("Account__c", "CUSTOMERID", Reference(CUSTOMER), "Customer"),
        mirrored("Document_Date__c", "RECEIPTDATE", Day(), "Document date"),
        mirrored("Total__c", "TRX_AMOUNTTOPAY", MONEY, "Total"),
        mirrored("Currency__c", "CURRENCY", Text(10), "Currency"),
        mirrored("Comments__c", "DESCRIPTION", Text(2048, Format.AREA), "Comments"),
        shown("Intacct_Payment_Method__c", "PAYMENTMETHOD", Text(40), "Payment method", "How it was paid."),
        shown("Intacct_Overpayment__c", "OVERPAYMENTAMOUNT", MONEY, "Overpayment",
              "What was paid beyond the invoices it pays."),
    ),
)  # fmt: skip

RECEIVABLES = (AR_INVOICES, AR_PAYMENTS)
