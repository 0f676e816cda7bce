"""The older functions, and those that tell of the company."""

from __future__ import annotations

from typing import Any


def listed(result: Any, name: str) -> list[str | None]:
    return [one.findtext(name) for one in result.find("data")]


def test_terms_with_their_parts(desk: Any) -> None:
    parts = (
        "<description>Net 45</description><status>active</status><due><dueday>"
        "45</dueday><duefrom>from invoice date</duefrom></due>"
        "<discount><discday>10</discday><discamount>2</discamount></discount>"
    )
    (result,) = desk.good(f"<create_arterm><name>N45</name>{parts}</create_arterm>")
    assert result.findtext("key") == "N45"
    rows = desk.rows(
        "ARTERM", "NAME", "DUEDATE", "DISCAMOUNT", where="<equalto><field>NAME</field><value>N45</value></equalto>"
    )
    assert rows == [("N45", "45", "2")]
    desk.good(
        '<update_arterm name="N45"><description>other</description></update_arterm>', '<delete_arterm name="N45"/>'
    )
    assert "Cannot find arterm 'N45'" in desk.words('<delete_arterm name="N45"/>')
    assert "out of order" in desk.words("<create_arterm><status>active</status><name>X</name></create_arterm>")


def test_a_price_list_and_its_entries(shop: Any) -> None:
    date = "<year>2026</year><month>1</month><day>31</day>"
    shop.good(f"<create_sopricelist><name>Club</name><datefrom>{date}</datefrom></create_sopricelist>")
    (made,) = shop.good(
        "<create_invpricelistentry><pricelistid>Club</pricelistid><itemid>I-1</itemid><value>9.90</value></create_invpricelistentry>"
    )
    key = made.findtext("key")
    shop.good(f'<update_invpricelistentry key="{key}"><value>9.95</value></update_invpricelistentry>')
    assert shop.rows("INVPRICELISTENTRY", "PRICELIST.DATEFROM", "ITEM.NAME", "VALUE") == [("01/31/2026", "I-1", "9.95")]
    assert "INVPRICELISTENTRY 1 uses it" in shop.words('<delete_sopricelist name="Club"/>')
    shop.good(f'<delete_invpricelistentry key="{key}"/>', '<delete_sopricelist name="Club"/>')
    assert "year, month and day" in shop.words(
        "<create_sopricelist><name>X</name><datefrom><year>2026</year></datefrom></create_sopricelist>"
    )


def test_lists_of_territories(desk: Any) -> None:
    sorts = (
        '<sorts><sortfield order="desc">territoryid</sortfield></sorts><fields>'
        "<field>territoryid</field><field>key</field></fields>"
    )
    (result,) = desk.good(f'<get_list object="territory" maxitems="2" start="1">{sorts}</get_list>')
    assert listed(result, "territoryid") == ["NA", "EU-W"]
    assert dict(result.find("listtype").attrib) == {"start": "1", "end": "2", "total": "4"}
    assert [cell.tag for cell in result.find("data/territory")] == ["territoryid", "key"]


def test_filters_of_lists(desk: Any) -> None:
    def expression(field: str, sign: str, value: str = "") -> str:
        return f"<expression><field>{field}</field><operator>{sign}</operator><value>{value}</value></expression>"

    named, below = expression("name", "like", "North%"), expression("parentid", "=", "EU")
    either = f'<logical logical_operator="or">{named}{below}</logical>'
    (result,) = desk.good(f'<get_list object="territory"><filter>{either}</filter></get_list>')
    assert listed(result, "territoryid") == ["NA", "EU-W"]
    (result,) = desk.good(
        f'<get_list object="territory"><filter>{expression("parentid", "is null")}</filter></get_list>'
    )
    assert listed(result, "territoryid") == ["NA", "SA", "EU"]
    assert "no field nope" in desk.words(
        f'<get_list object="territory"><filter>{expression("nope", "=")}</filter></get_list>'
    )


def test_one_by_its_key(desk: Any) -> None:
    (result,) = desk.good('<get object="territory" key="EU"/>')
    assert listed(result, "name") == ["Europe"]
    (result,) = desk.good('<get object="territory" key="NOWHERE"/>')
    assert listed(result, "name") == []


def test_a_territory_in_use(desk: Any) -> None:
    desk.customer("C-1", TERRITORYID="EU-W")
    assert "uses it" in desk.words('<delete_territory territoryid="EU-W"/>')
    assert desk.rows("CUSTOMER", "TERRITORYNAME") == [("Western Europe",)]


def test_every_list_of_a_new_company_has_rows(desk: Any) -> None:
    keys = {
        "ARTERM": "NAME",
        "CONTRACTBILLINGTEMPLATE": "NAME",
        "CLASS": "CLASSID",
        "DEPARTMENT": "DEPARTMENTID",
        "EMPLOYEE": "EMPLOYEEID",
        "LOCATIONENTITY": "LOCATIONID",
        "LOCATION": "LOCATIONID",
        "EXCHANGERATETYPES": "NAME",
        "PROJECTSTATUS": "NAME",
        "PROJECTTYPE": "NAME",
        "RENEWALMACRO": "MACROID",
        "PROJECT": "PROJECTID",
    }
    for kind, key in keys.items():
        assert desk.rows(kind, key), kind


def test_schema_of_every_object(desk: Any) -> None:
    (result,) = desk.good("<inspect><object>*</object></inspect>")
    names = [one.get("typename") for one in result.iter("type")]
    assert "TERRITORY" not in names
    for result in desk.good(*(f"<lookup><object>{name}</object></lookup>" for name in names)):
        fields = [one.findtext("ID") for one in result.iter("Field")]
        assert len(fields) == len(set(fields))
        assert "RECORDNO" in fields
    (result,) = desk.good("<inspect><object>Sales Order</object></inspect>")
    assert result.find("data/Type").get("Name") == "SODOCUMENT"


def test_customers_and_contacts_the_older_way(desk: Any) -> None:
    """As a client of the first days sends it, and with everything the reference prints."""
    desk.good(
        "<create_customer><customerid>C-1</customerid><name>One</name><comments/><status>active</status>"
        "</create_customer>",
        "<create_contact><contactname>Bill</contactname><printas>B</printas>"
        "<mailaddress><city>Rome</city></mailaddress></create_contact>",
        "<create_customer><customerid>C-2</customerid><name>Two</name><parentid>C-1</parentid><termname>N30</termname>"
        "<primary><contactname>Bill</contactname></primary><contactinfo><contact><contactname>Two(x)</contactname>"
        "<printas>The Two</printas><mailaddress><city>Bonn</city><isocountrycode>DE</isocountrycode></mailaddress>"
        "</contact></contactinfo><visibility><visibility_type>Restricted</visibility_type><restricted_locs>"
        "<locationid>100-US</locationid><locationid>200-DE</locationid></restricted_locs></visibility></create_customer>",
        '<update_customer customerid="C-1"><name>One and only</name></update_customer>',
        '<update_contact contactname="Bill"><printas>William</printas></update_contact>',
    )
    names = (
        "CUSTOMERID",
        "NAME",
        "DISPLAYCONTACT.CONTACTNAME",
        "DISPLAYCONTACT.PRINTAS",
        "DISPLAYCONTACT.MAILADDRESS.CITY",
    )
    assert desk.rows("CUSTOMER", *names) == [
        ("C-1", "One and only", "One(CC-1)", "One", None),
        ("C-2", "Two", "Two(x)", "The Two", "Bonn"),
    ]
    assert desk.rows("CUSTOMER", "CUSTOMERID", "CONTACTINFO.PRINTAS", "RESTRICTEDLOCATIONS")[1][1:] == (
        "William",
        "100-US#~#200-DE",
    )
    desk.good(
        "<create_vendor><vendorid>V-1</vendorid><name>V</name><payto><contactname>Bill</contactname></payto></create_vendor>"
    )
    assert desk.rows("VENDOR", "VENDORID", "PAYTO.PRINTAS", "DISPLAYCONTACT.PRINTAS") == [("V-1", "William", "V")]
    fields = "".join(f"<field>{name}</field>" for name in ("customerid", "name", "termname"))
    (got,) = desk.good(f'<get object="customer" key="C-2"><fields>{fields}</fields></get>')
    assert [cell.text for cell in got.find("data/customer")] == ["C-2", "Two", "N30"]
    assert "Element name is out of order" in desk.words(
        "<create_customer><comments/><name>x</name><customerid>C-3</customerid></create_customer>"
    )
