"""Entries of price lists, templates and rates: sent with their owner, queried by themselves."""

from __future__ import annotations

from typing import Any

LIST = (
    "<create><CONTRACTITEMPRICELIST><PRICELISTNAME>Base Price List</PRICELISTNAME><ITEMID>I-1</ITEMID>"
    "<ITMPRCLSTTYP>Tiered</ITMPRCLSTTYP><VARUNITDIVSR>1</VARUNITDIVSR><CONTRACTITEMPRICELISTENTRIES>{}"
    "</CONTRACTITEMPRICELISTENTRIES></CONTRACTITEMPRICELIST></create>"
)
TIER = "<CONTRACTITEMPRCLSTENTYTIER><BEGINQTY>{}</BEGINQTY><TIERRATE>{}</TIERRATE></CONTRACTITEMPRCLSTENTYTIER>"


def entry(begins: str, tiers: str = "") -> str:
    return (
        f"<CONTRACTITEMPRICELISTENTRY><STARTDATE>{begins}</STARTDATE><VALUE>24.99</VALUE><INCLUDEDUNITS>100</INCLUDEDUNITS>"
        f"<CONTRACTITEMPRCLSTENTYTIERS>{tiers}</CONTRACTITEMPRCLSTENTYTIERS></CONTRACTITEMPRICELISTENTRY>"
    )


def test_a_billing_price_list_with_tiers(shop: Any) -> None:
    shop.good(LIST.format(entry("01/01/2026", TIER.format(0, 31.25) + TIER.format(50, 20)) + entry("01/01/2027")))
    names = ("STARTDATE", "VALUE", "CONTRACTITEMPRICELIST.ITEMID")
    assert shop.rows("CONTRACTITEMPRICELISTENTRY", *names) == [
        ("01/01/2026", "24.99", "I-1"),
        ("01/01/2027", "24.99", "I-1"),
    ]
    tiers = shop.rows("CONTRACTITEMPRCLSTENTYTIER", "BEGINQTY", "TIERRATE", "CONTRACTITEMPRICELISTENTRYKEY")
    assert tiers == [("0", "31.25", "1"), ("50", "20", "1")]
    shop.good("<delete><object>CONTRACTITEMPRICELIST</object><keys>1</keys></delete>")
    assert (
        shop.rows("CONTRACTITEMPRICELISTENTRY", "STARTDATE")
        == shop.rows("CONTRACTITEMPRCLSTENTYTIER", "BEGINQTY")
        == []
    )


def test_a_bad_entry_takes_its_owner_along(shop: Any) -> None:
    assert "required field 'STARTDATE'" in shop.words(LIST.format(entry("")))
    assert shop.rows("CONTRACTITEMPRICELIST", "ITEMID") == []


def test_entries_are_replaced_as_a_whole(desk: Any) -> None:
    one = (
        "<CONTRACTBILLINGTEMPLATEENTRY><PERIODOFFSET>{}</PERIODOFFSET><PERCENTBILLED>{}</PERCENTBILLED>"
        "</CONTRACTBILLINGTEMPLATEENTRY>"
    )
    whole = "<{0}><CONTRACTBILLINGTEMPLATE><NAME>Halves</NAME>{1}</CONTRACTBILLINGTEMPLATE></{0}>"
    listed = "<CONTRACTBILLINGTEMPLATEENTRIES>{}</CONTRACTBILLINGTEMPLATEENTRIES>".format
    desk.good(whole.format("create", listed(one.format(0, 50) + one.format(6, 50))))
    desk.good(whole.format("update", "<DESCRIPTION>d</DESCRIPTION>"))
    assert len(desk.rows("CONTRACTBILLINGTEMPLATEENTRY", "PERIODOFFSET")) == 2
    desk.good(whole.format("update", listed(one.format(0, 100))))
    where = "<equalto><field>CONTRACTBILLINGTEMPLATE.NAME</field><value>Halves</value></equalto>"
    assert desk.rows("CONTRACTBILLINGTEMPLATEENTRY", "PERIODOFFSET", "PERCENTBILLED", where=where) == [("0", "100")]


def rate(kind: str, *days: tuple[str, str]) -> str:
    entries = "".join(
        f"<EXCHANGERATEENTRY><EFFECTIVE_START_DATE>{begins}</EFFECTIVE_START_DATE>"
        f"<EXCHANGE_RATE>{value}</EXCHANGE_RATE></EXCHANGERATEENTRY>"
        for begins, value in days
    )
    return (
        f"<create><EXCHANGERATE><TYPENAME>{kind}</TYPENAME><FROM_CURRENCY>CAD</FROM_CURRENCY><TO_CURRENCY>USD"
        f"</TO_CURRENCY><EXCHANGERATEENTRIES>{entries}</EXCHANGERATEENTRIES></EXCHANGERATE></create>"
    )


def test_a_rate_with_its_days(shop: Any, forms: Any) -> None:
    shop.good(rate("Intacct Daily Rate", ("04/30/2026", "2"), ("05/01/2026", "3"), ("05/02/2026", "4")))
    shop.good(rate("Month End Rate", ("04/30/2026", "5")))
    assert len(shop.rows("EXCHANGERATEENTRY", "EXCHANGE_RATE", "EXCHANGERATE.FROM_CURRENCY")) == 4
    shop.good(forms.document(header="<currency>CAD</currency>"))
    month_end = "<currency>CAD</currency><exchratetype>Month End Rate</exchratetype>"
    shop.good(forms.document(header=month_end))
    assert shop.rows("SODOCUMENT", "DOCNO", "EXCHRATE", "TOTAL") == [("SQ0001", "3", "180"), ("SQ0002", "5", "300")]
    assert "no exchange rate from EUR to USD of the type Month End Rate" in shop.words(
        forms.document(header=month_end.replace("CAD", "EUR"))
    )


def test_who_has_which_role(desk: Any) -> None:
    where = "<equalto><field>USERID</field><value>sync</value></equalto>"
    assert desk.rows("USERROLES", "USERID", "ROLENAME", "ROLES.DESCRIPTION", where=where) == [
        ("sync", "Integration", "What the web services user may do")
    ]
    assert desk.rows("USERRIGHTS", "RECORDNO", "USERINFO.LOGINID") == []
