"""Kinds of documents that go their own ways: without lines in the org, or not at all."""

from __future__ import annotations

from typing import Any

CHOSEN = """\
back_offices:
  books:
    objects:
      sales_order_line: {enabled: false}
      invoice: {enabled: false}
"""


def test_a_kind_without_lines_in_the_org_has_them_in_intacct_and_one_that_is_off_is_not_made(office_of: Any) -> None:
    office = office_of(chosen=CHOSEN)
    office.crm.add("Account", "acc", Name="Acme")
    office.crm.add("Product2", "p1", Name="I-1", ProductCode="I-1", IsActive=True)
    told = office.answered(office.press("sync_account", "acc"), office.press("sync_product", "p1"))
    office.live.edit("update", "CUSTOMER", told[0]["Result_Id__c"], TERMNAME="N30")
    office.crm.add("Opportunity", "006deal", Name="Deal", AccountId="acc")
    office.crm.related["006deal", "OpportunityLineItems"] = [{"Product2Id": "p1", "Quantity": "3", "UnitPrice": "2"}]
    order, invoice = office.answered(
        office.press("create_sales_order", "006deal"), office.press("create_sales_invoice", "006deal")
    )
    office.settle()
    assert order["Status__c"] == "Done"
    assert [(row["ITEMID"], row["UIQTY"]) for row in office.kept("SODOCUMENTENTRY")] == [("I-1", "3")]
    assert [row["Number__c"] for row in office.crm.alive("ERP_Document__c").values()] == [order["Result_Number__c"]]
    assert not office.crm.alive("ERP_Document_Line__c")
    assert (invoice["Status__c"], invoice["Message__c"].partition(".")[0]) == (
        "Refused", "This kind of record is switched off",
    )  # fmt: skip
    assert [row["DOCPARID"] for row in office.kept("SODOCUMENT")] == ["Sales Order"]
