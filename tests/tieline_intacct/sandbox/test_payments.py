"""Money received: drafts, too much of it, discounts, other currencies, taking it back, and the older functions."""

from __future__ import annotations

from typing import Any

import pytest

DATE = "<year>2026</year><month>05</month><day>02</day>"


@pytest.fixture
def sold(shop: Any) -> Any:
    """Two invoices of 60 each: receivables 1 and 2."""
    for _ in range(2):
        shop.document("Sales Invoice")
    return shop


def paid(*details: str, more: str = "", customer: str = "<CUSTOMERID>C-1</CUSTOMERID>") -> str:
    inside = "".join(f"<ARPYMTDETAIL>{detail}</ARPYMTDETAIL>" for detail in details)
    return (
        f"<create><ARPYMT>{customer}<PAYMENTMETHOD>EFT</PAYMENTMETHOD><RECEIPTDATE>05/02/2026</RECEIPTDATE>"
        f"<CURRENCY>USD</CURRENCY>{more}<ARPYMTDETAILS>{inside}</ARPYMTDETAILS></ARPYMT></create>"
    )


def one(invoice: int, amount: str, more: str = "") -> str:
    return f"<RECORDKEY>{invoice}</RECORDKEY><TRX_PAYMENTAMOUNT>{amount}</TRX_PAYMENTAMOUNT>{more}"


def received(amount: str, *items: tuple[int, str], more: str = "<overpaylocid>100-US</overpaylocid>") -> str:
    inside = "".join(
        f"<arpaymentitem><invoicekey>{key}</invoicekey><amount>{part}</amount></arpaymentitem>" for key, part in items
    )
    return (
        f"<create_arpayment><customerid>C-1</customerid><paymentamount>{amount}</paymentamount><bankaccountid>BOA</bankaccountid>"
        f"{more}<datereceived>{DATE}</datereceived>{inside}</create_arpayment>"
    )


def applied(payment: str, invoice: int, amount: str) -> str:
    return (
        f"<apply_arpayment><arpaymentkey>{payment}</arpaymentkey><paymentdate>{DATE}</paymentdate><arpaymentitems>"
        f"<arpaymentitem><invoicekey>{invoice}</invoicekey><amount>{amount}</amount></arpaymentitem></arpaymentitems></apply_arpayment>"
    )


def reversed_(payment: str) -> str:
    return f'<reverse_arpayment key="{payment}"><datereversed>{DATE}</datereversed></reverse_arpayment>'


def due(desk: Any) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = desk.rows("ARINVOICE", "TRX_TOTALDUE", "STATE")
    return rows


def test_a_draft_pays_nothing_until_it_is_submitted(sold: Any) -> None:
    sold.good(paid(one(1, "60"), more="<ACTION>Draft</ACTION>"))
    assert due(sold) == [("60", "Posted"), ("60", "Posted")]
    sold.good("<update><ARPYMT><RECORDNO>1</RECORDNO><DOCNUMBER>D</DOCNUMBER><ACTION>Submit</ACTION></ARPYMT></update>")
    assert sold.rows("ARINVOICE", "RECORDNO", "STATE", "WHENPAID", "TOTALDUE") == [
        ("1", "Paid", "05/02/2026", "0"),
        ("2", "Posted", None, "60"),
    ]
    assert sold.rows("ARPYMT", "STATE", "AMOUNTOPAY", "DOCNUMBER") == [("Complete", "60", "D")]
    for function in (
        "<update><ARPYMT><RECORDNO>1</RECORDNO><DOCNUMBER>E</DOCNUMBER></ARPYMT></update>",
        "<delete><object>ARPYMT</object><keys>1</keys></delete>",
    ):
        assert "is Complete; a draft alone can be" in sold.words(function)
    sold.good(
        paid(one(2, "1"), more="<ACTION>Draft</ACTION>"), "<delete><object>ARPYMT</object><keys>2</keys></delete>"
    )
    assert len(sold.rows("ARPYMT", "RECORDNO")) == 1


def test_the_lines_are_paid_from_the_first_one_down(shop: Any, forms: Any) -> None:
    line = (
        "<sotransitem><itemid>I-1</itemid><quantity>1</quantity><price>{}</price>"
        "<locationid>100-US</locationid></sotransitem>"
    )
    shop.good(forms.document("Sales Invoice", lines=line.format(10) + line.format(30)))
    shop.good(paid(one(1, "25")))
    assert shop.rows("ARINVOICEITEM", "LINE_NO", "AMOUNT", "TOTALPAID", "RECORDKEY") == [
        ("1", "10", "10", "1"),
        ("2", "30", "15", "1"),
    ]
    (result,) = shop.good("<read><object>ARINVOICE</object><keys>1</keys></read>")
    assert len(result.findall("data/ARINVOICE/ARINVOICEITEMS/arinvoiceitem")) == 2
    assert "is no line of the AR invoice 1" in shop.words(paid(one(1, "1", "<ENTRYKEY>9</ENTRYKEY>")))
    shop.good(paid(one(1, "15", "<ENTRYKEY>2</ENTRYKEY>")))
    assert due(shop) == [("0", "Paid")]


def test_an_overpayment_pays_another_invoice(sold: Any) -> None:
    over = "<OVERPAYMENTAMOUNT>20</OVERPAYMENTAMOUNT>"
    assert "needs OVERPAYMENTLOCATIONID" in sold.words(paid(one(1, "60"), more=over))
    sold.good(paid(one(1, "60"), more=f"{over}<OVERPAYMENTLOCATIONID>100-US</OVERPAYMENTLOCATIONID>"))
    assert sold.rows("ARPYMT", "AMOUNTOPAY", "OVERPAYMENTAMOUNT") == [("80", "20")]
    used = "<OVERPAYMENTKEY>1</OVERPAYMENTKEY><TRX_POSTEDOVERPAYMENTAMOUNT>{}</TRX_POSTEDOVERPAYMENTAMOUNT>"
    assert "20 are left of payment 1" in sold.words(paid(one(2, "0", used.format("20.01"))))
    sold.good(paid(one(2, "40", used.format(20))))
    assert due(sold) == [("0", "Paid"), ("0", "Paid")]
    assert "reverse that one first" in sold.words(reversed_("1"))
    sold.good(reversed_("2"), reversed_("1"))
    assert due(sold) == [("60", "Posted"), ("60", "Posted")]
    assert "is Reversed and cannot be reversed" in sold.words(reversed_("1"))


def test_a_discount_takes_the_rest_off(sold: Any) -> None:
    sold.good(paid(one(1, "50", "<TRX_TOTALDISCOUNTTOAPPLY>10</TRX_TOTALDISCOUNTTOAPPLY>")))
    assert due(sold)[0] == ("0", "Paid")
    assert sold.rows("ARPYMT", "AMOUNTOPAY") == [("50",)]


def test_amounts_are_rounded_to_the_cent(sold: Any) -> None:
    sold.good(paid(one(1, "59.995")))
    assert due(sold)[0] == ("0", "Paid")


def test_a_payment_is_in_the_currency_of_the_invoice(shop: Any, forms: Any) -> None:
    shop.good(forms.document("Sales Invoice", header="<currency>EUR</currency>"))
    assert shop.rows("ARINVOICE", "TRX_TOTALDUE", "TOTALDUE") == [("60", "66")]
    shop.good(paid(one(1, "20")))
    assert shop.rows("ARINVOICE", "TRX_TOTALDUE", "TOTALDUE", "TOTALPAID") == [("40", "44", "22")]
    assert "40 are due" in shop.words(paid(one(1, "66")))
    shop.good(paid(one(1, "40")))
    assert shop.rows("ARINVOICE", "TRX_TOTALDUE", "TOTALDUE", "TOTALPAID") == [("0", "0", "66")]


def test_one_payer_for_several_customers(sold: Any, forms: Any) -> None:
    sold.customer("C-2")
    sold.good(forms.document("Sales Invoice", customer="C-2"))
    assert "CUSTOMERID, or PAYERNAME" in sold.words(paid(one(1, "1"), customer=""))
    sold.good(paid(one(1, "60"), one(3, "60"), customer="<PAYERNAME>Bank</PAYERNAME>"))
    assert due(sold) == [("0", "Paid"), ("0", "Paid"), ("60", "Posted")]


def test_the_older_functions(sold: Any) -> None:
    with_batch = applied("1", 2, "20").replace("<arpaymentitems>", "<batchkey>3</batchkey><arpaymentitems>")  # an SDK's
    made, more, back = sold.good(received("80", (1, "60")), with_batch, reversed_("1"))
    assert [one.findtext("key") for one in (made, more, back)] == ["1", "1", "1"]
    assert due(sold) == [("60", "Posted"), ("60", "Posted")]
    assert sold.rows("ARPYMT", "STATE", "FINANCIALENTITY", "RECEIPTDATE") == [("Reversed", "BOA", "05/02/2026")]
    sold.good(received("10"))
    assert sold.rows("ARPYMT", "RECORDNO", "OVERPAYMENTAMOUNT", "STATE")[1] == ("2", "10", "Complete"), "an advance"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (received("50", (1, "60")), "get more than the payment of 50"),
        (received("0", (1, "60")), "paymentamount must be more than nothing"),
        (received("60", (9, "60")), "There is no AR invoice 9"),
        (received("60", (1, "60")).replace("<bankaccountid>BOA</bankaccountid>", ""), "needs bankaccountid"),
        (received("60", (1, "60"), more="<reference>r</reference>"), "Element reference is not expected"),
        (received("70", (1, "60"), more=""), "needs OVERPAYMENTLOCATIONID"),
        (applied("9", 1, "1"), "There is no AR payment 9"),
        (applied("1", 2, "1").replace("arpaymentitems", "items"), "Element items is not expected"),
        ('<reverse_arpayment key="1"/>', "needs datereversed"),
    ],
)
def test_what_the_older_functions_refuse(sold: Any, function: str, words: str) -> None:
    assert words in sold.words(function)


def typed_in(lines: str = "", header: str = "", more: str = "<termname>N30</termname>") -> str:
    line = "<lineitem><glaccountno>4000</glaccountno><amount>10.005</amount><locationid>100-US</locationid></lineitem>"
    return (
        f"<create_invoice><customerid>C-1</customerid><datecreated>{DATE}</datecreated>{more}{header}"
        f"<invoiceitems>{lines or line}</invoiceitems></create_invoice>"
    )


def test_an_invoice_is_typed_in_and_paid(shop: Any) -> None:
    (made, other) = shop.good(
        typed_in(), typed_in(header="<action>Draft</action><invoiceno>7</invoiceno><currency>EUR</currency>")
    )
    assert (made.findtext("key"), other.findtext("key")) == ("1", "2")
    assert shop.rows("ARINVOICE", "RECORDID", "TRX_TOTALDUE", "TOTALDUE", "WHENDUE", "STATE") == [
        ("7", "10.01", "11.01", "06/01/2026", "Draft"),
        ("INV-0001", "10.01", "10.01", "06/01/2026", "Posted"),
    ]
    assert shop.rows("ARINVOICEITEM", "RECORDKEY", "ACCOUNTNO", "AMOUNT")[1] == ("2", "4000", "11.01")
    assert "is a draft and cannot be paid" in shop.words(paid(one(2, "1")))
    shop.good(paid(one(1, "10.01")), '<delete_invoice key="2"/>')
    assert shop.rows("ARINVOICE", "STATE") == [("Paid",)]
    assert "Payments were made" in shop.words("<delete><object>ARINVOICE</object><keys>1</keys></delete>")


def test_the_invoice_of_a_document_stays_with_it(shop: Any) -> None:
    shop.document("Sales Invoice")
    for function in ('<delete_invoice key="1"/>', "<delete><object>ARINVOICE</object><keys>1</keys></delete>"):
        assert "SODOCUMENT 1 uses it" in shop.words(function)
    assert len(shop.rows("ARINVOICEITEM", "RECORDNO")) == 1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (typed_in(more=""), "needs termname or datedue"),
        (typed_in("<lineitem><amount>1</amount></lineitem>"), "needs glaccountno or accountlabel"),
        (typed_in("<lineitem><glaccountno>1</glaccountno><amount>1</amount></lineitem>"), "Invalid glaccountno '1'"),
        (typed_in("<lineitem><accountlabel>a</accountlabel><amount>x</amount></lineitem>"), "amount must be a number"),
        (typed_in("<lineitem><accountlabel>a</accountlabel><amount>1</amount></lineitem>"), "Location is required"),
        (typed_in(header="<action>Send</action>"), "action must be Draft or Submit"),
        (typed_in(header="<invoiceno>SI0001</invoiceno>"), "SI0001 is already in use"),
        (typed_in(header="<description>d</description><action>Draft</action>"), "action is out of order"),
        (typed_in(more="<termname>N99</termname>"), "Invalid TERMNAME"),
        ('<delete_invoice key="9"/>', "Cannot find ARINVOICE with key '9'"),
    ],
)
def test_invoices_that_are_refused(shop: Any, function: str, words: str) -> None:
    shop.document("Sales Invoice")
    assert words in shop.words(function)


def test_a_person_takes_money_in(sold: Any) -> None:
    from tieline_sandbox.application import EditRefused

    told = {"CUSTOMERID": "C-1", "PAYMENTMETHOD": "Cash", "RECEIPTDATE": "05/02/2026", "CURRENCY": "USD"}
    ident = sold.edit("create", "ARPYMT", **told, LINES=[{"RECORDKEY": 1, "TRX_PAYMENTAMOUNT": 60}])
    assert due(sold) == [("0", "Paid"), ("60", "Posted")]
    for action in ("update", "delete"):
        with pytest.raises(EditRefused, match="a draft alone"):
            sold.edit(action, "ARPYMT", ident, DOCNUMBER="x")
    with pytest.raises(EditRefused, match="Payments were made"):
        sold.edit("delete", "ARINVOICE", "1")
