"""Opportunities, their lines, and price books (facts [K])."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.standard import STAGES

if TYPE_CHECKING:
    from tieline_sandbox.org.records.write import Writer

Row: TypeAlias = dict[str, Any]
_FORECAST_NAMES = {"BestCase": "Best Case", "Forecast": "Commit"}


def new_opportunity(_writer: Writer, row: Row, _given: Row) -> None:
    row |= {"HasOpportunityLineItem": False, "IsClosed": False, "IsWon": False}


def changed_opportunity(_writer: Writer, row: Row, old: Row, given: Row) -> None:
    """An opportunity with lines: its amount follows them, a change of it is ignored; its price book stays."""
    if not old.get("HasOpportunityLineItem"):
        return
    for name in ("Amount", "TotalOpportunityQuantity"):
        row[name] = old.get(name)
    if "Pricebook2Id" in given and given["Pricebook2Id"] != old.get("Pricebook2Id"):
        text = "You can't change the price book of an opportunity that has products."
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, ["Pricebook2Id"])


def stage(_writer: Writer, row: Row, given: Row) -> None:
    """The stage decides probability, closed, won and forecast, unless they were sent."""
    known = STAGES.get(row.get("StageName") or "")
    if known is None:
        return
    probability, closed, won, forecast = known
    row |= {"IsClosed": closed, "IsWon": won}
    if "StageName" in given:
        row["ForecastCategory"] = forecast
        if given.get("ForecastCategoryName") is None:
            row["ForecastCategoryName"] = _FORECAST_NAMES.get(forecast, forecast)
        if given.get("Probability") is None:
            row["Probability"] = float(probability)
    if row.get("Amount") is not None:
        row["ExpectedRevenue"] = round(row["Amount"] * row.get("Probability", 0.0) / 100, 2)


def new_line(writer: Writer, row: Row, given: Row) -> None:
    """A line stands on a price book entry of its opportunity's price book."""
    opportunity = writer.tx.get("Opportunity", row.get("OpportunityId") or "")
    if opportunity is None:
        return
    entry = _entry(writer, row, opportunity)
    if entry is None:
        return
    _same_book(writer, opportunity, entry)
    product = writer.tx.get("Product2", entry["Product2Id"]) or {}
    row |= {
        "PricebookEntryId": entry["Id"], "Product2Id": entry["Product2Id"], "ListPrice": entry["UnitPrice"],
        "ProductCode": product.get("ProductCode"), "Name": f"{opportunity['Name']} {product.get('Name', '')}".strip(),
    }  # fmt: skip
    _price(row, given)


def _entry(writer: Writer, row: Row, opportunity: Row) -> Row | None:
    """The entry named, or the one of the named product in the opportunity's price book."""
    if row.get("PricebookEntryId"):
        found = writer.tx.get("PricebookEntry", row["PricebookEntryId"])
        if found is not None and not found.get("IsActive"):
            text = "field integrity exception (The pricebook entry is inactive.)"
            raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, ["PricebookEntryId"])
        return found
    if not row.get("Product2Id"):
        text = "field integrity exception: PricebookEntryId (pricebook entry or product must be specified)"
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, ["PricebookEntryId"])
    rows = writer.tx.find("PricebookEntry", "Product2Id", row["Product2Id"])
    wanted = opportunity.get("Pricebook2Id")
    found = next((each for _, each in rows if each["Pricebook2Id"] == wanted and each.get("IsActive")), None)
    if found is None:
        text = (
            "field integrity exception: Product2Id (no active entry for this product in the opportunity's price book)"
        )
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, ["Product2Id"])
    return found


def _same_book(writer: Writer, opportunity: Row, entry: Row) -> None:
    book = opportunity.get("Pricebook2Id")
    if book is None:
        kind = writer.schema.objects["opportunity"]
        writer.store(kind, {**opportunity, "Pricebook2Id": entry["Pricebook2Id"]})
    elif book != entry["Pricebook2Id"]:
        text = (
            "field integrity exception: PricebookEntryId (pricebook entry is in a different pricebook than the one"
            " assigned to the opportunity)"
        )
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", text, ["PricebookEntryId"])


def changed_line(_writer: Writer, row: Row, _old: Row, given: Row) -> None:
    _price(row, given)


def _price(row: Row, given: Row) -> None:
    """Either price decides the other: total = quantity x unit price, less the discount in percent."""
    quantity, discount = row.get("Quantity"), row.get("Discount") or 0.0
    if quantity is None:
        return
    if quantity == 0:
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", "Quantity: Quantity can't be zero", ["Quantity"])
    if given.get("UnitPrice") is None and given.get("TotalPrice") is not None:
        row["UnitPrice"] = round(given["TotalPrice"] / (1 - discount / 100 or 1) / quantity, 2)
        row["TotalPrice"] = given["TotalPrice"]
    elif row.get("UnitPrice") is None:
        raise OrgError("REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice]", ["UnitPrice"])
    else:
        row["TotalPrice"] = round(quantity * row["UnitPrice"] * (1 - discount / 100), 2)
    row["Subtotal"] = round(quantity * row["UnitPrice"], 2)


def roll_up(writer: Writer, opportunity_id: str) -> None:
    """The opportunity's amount and quantity are the sums of its lines."""
    opportunity = writer.tx.get("Opportunity", opportunity_id)
    if opportunity is None or opportunity.get("IsDeleted"):
        return
    lines = [each for _, each in writer.tx.find("OpportunityLineItem", "OpportunityId", opportunity_id)]
    living = [each for each in lines if not each.get("IsDeleted")]
    row = {**opportunity, "HasOpportunityLineItem": bool(living)}
    if living:
        row["Amount"] = round(sum(each.get("TotalPrice") or 0.0 for each in living), 2)
        row["TotalOpportunityQuantity"] = round(sum(each.get("Quantity") or 0.0 for each in living), 2)
        row["ExpectedRevenue"] = round(row["Amount"] * row.get("Probability", 0.0) / 100, 2)
    writer.store(writer.schema.objects["opportunity"], row)


def new_entry(writer: Writer, row: Row, _given: Row) -> None:
    """A product has one entry a price book, and first of all a standard price."""
    product = writer.tx.get("Product2", row.get("Product2Id") or "")
    book = writer.tx.get("Pricebook2", row.get("Pricebook2Id") or "")
    if product is None or book is None:
        return
    entries = [each for _, each in writer.tx.find("PricebookEntry", "Product2Id", product["Id"])]
    if any(each["Pricebook2Id"] == book["Id"] for each in entries):
        text = "This price definition already exists in this price book"
        raise OrgError("DUPLICATE_VALUE", text, ["Pricebook2Id", "Product2Id"])
    standard = next((each for each in entries if _is_standard(writer, each)), None)
    if standard is None and not book.get("IsStandard"):
        raise OrgError("STANDARD_PRICE_NOT_DEFINED", "No standard price defined for this product", [])
    if row.get("UseStandardPrice") and standard is not None:
        row["UnitPrice"] = standard["UnitPrice"]
    row |= {"Name": product["Name"], "ProductCode": product.get("ProductCode")}


def _is_standard(writer: Writer, entry: Row) -> bool:
    return bool((writer.tx.get("Pricebook2", entry["Pricebook2Id"]) or {}).get("IsStandard"))


def rename_entries(writer: Writer, product: Row) -> None:
    """Entries show their product's name and code."""
    kind = writer.schema.objects["pricebookentry"]
    for _, entry in writer.tx.find("PricebookEntry", "Product2Id", product["Id"]):
        shown = {"Name": product["Name"], "ProductCode": product.get("ProductCode")}
        if any(entry.get(name) != value for name, value in shown.items()):
            writer.store_quietly(kind, {**entry, **shown})
