"""Items and order-entry price lists.

Items go to Intacct when a person says so, or come from there: an administrator turns the fields' directions as they
like, or makes one side the source. Price lists come from Intacct unless the org is made their source. The base list is
the standard price book, all others price books of their own.
"""

from __future__ import annotations

from tieline.contract import Direction, Field, Flag, Format, Mapping, Number, Promotion, Reference, Text
from tieline_intacct.mappings.words import ACTIVE, MONEY, mirrored, shown
from tieline_intacct.names import ITEM, PRICE, PRICE_LIST, SYSTEM

ITEMS = Mapping(
    system=SYSTEM,
    name=ITEM,
    label="Item",
    crm_object="Product2",
    erp_object="ITEM",
    number="ITEMID",
    erp_constants={"ITEMTYPE": "Non-Inventory"},
    turns=("Name", "IsActive", "Description"),
    fields=(
        Field("ProductCode", "ITEMID", Text(30), locked=True, required=True, key=True, label="Item ID"),
        Field("Name", "NAME", Text(100), required=True, label="Item name"),
        Field("IsActive", "STATUS", Flag(), via=ACTIVE, label="Active"),
        Field("Description", "EXTENDED_DESCRIPTION", Text(4000, Format.AREA), label="Description"),
        shown("Intacct_Item_Type__c", "ITEMTYPE", Text(40), "Item type", "Inventory, kit, non-inventory."),
        shown("Intacct_Product_Line__c", "PRODUCTLINEID", Text(80), "Product line", "The product line in Intacct."),
        shown("Intacct_Base_Price__c", "BASEPRICE", Number(2, money=True), "Base price", "The base price in Intacct."),
    ),
)

PRICE_LISTS = Mapping(
    system=SYSTEM,
    name=PRICE_LIST,
    label="Price list",
    crm_object="Pricebook2",
    erp_object="SOPRICELIST",
    number="BOOK",
    promotion=Promotion.NEVER,
    create_in_erp=False,
    turns=("Name", "IsActive"),
    fields=(
        Field("Name", "BOOK", Text(80), Direction.TO_CRM, locked=True, key=True,
              label="Price list"),
        Field("IsActive", "STATUS", Flag(), Direction.TO_CRM, via=ACTIVE,
              label="Active"),
    ),
)  # fmt: skip


def _tied(crm: str, erp: str, to: str, label: str) -> Field:
    return Field(crm, erp, Reference(to), Direction.TO_CRM, locked=True, required=True, label=label)


PRICES = Mapping(
    system=SYSTEM,
    name=PRICE,
    label="Price",
    crm_object="PricebookEntry",
    erp_object="INVPRICELISTENTRY",
    parent=PRICE_LIST,
    promotion=Promotion.NEVER,
    create_in_erp=False,
    panel=False,
    identity=("Pricebook2Id", "Product2Id"),
    turns=("Pricebook2Id", "Product2Id", "UnitPrice", "IsActive"),
    fields=(
        _tied("Pricebook2Id", "PRICELISTID", PRICE_LIST, "Price list"),
        _tied("Product2Id", "ITEMID", ITEM, "Item"),
        mirrored("UnitPrice", "VALUE", MONEY, "Price"),
        Field("IsActive", "STATUS", Flag(), Direction.TO_CRM, via=ACTIVE,
              label="Active"),
    ),
)  # fmt: skip
