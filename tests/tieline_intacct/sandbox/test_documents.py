"""Quotes, orders, invoices: shape, numbers, sums, states, conversion, receivables."""

from __future__ import annotations

import base64
from typing import Any

import pytest

LINE = "<sotransitem><itemid>{0}</itemid><quantity>{1}</quantity>{2}<locationid>100-US</locationid></sotransitem>"
KEYED = (
    "<sotransitem><itemid>I-1</itemid><quantity>{0}</quantity><price>20</price>"
    "<sourcelinekey>{1}</sourcelinekey><locationid>100-US</locationid></sotransitem>"
)


def change(key: str, inside: str) -> str:
    return f'<update_sotransaction key="{key}">{inside}</update_sotransaction>'


def lines(desk: Any, docid: str, *names: str) -> list[tuple[str | None, ...]]:
    rows: list[tuple[str | None, ...]] = desk.rows(
        "SODOCUMENTENTRY", "LINE_NO", *names, where=f"<equalto><field>DOCHDRID</field><value>{docid}</value></equalto>"
    )
    return rows


def state(desk: Any, docid: str) -> Any:
    ((found,),) = desk.rows(
        "SODOCUMENT", "STATE", where=f"<equalto><field>DOCID</field><value>{docid}</value></equalto>"
    )
    return found


def test_sums_are_to_the_cent(shop: Any) -> None:
    items = LINE.format("I-1", "3", "<discountpercent>12.5</discountpercent><price>19.99</price>") + LINE.format(
        "I-2", "7", ""
    )
    quote = shop.document(lines=items)
    assert lines(shop, quote, "TOTAL", "UIPRICE", "UIVALUE") == [
        ("0", "52.47", "19.99", "59.97"),
        ("1", "87.5", "12.5", "87.5"),
    ]
    assert shop.rows("SODOCUMENT", "DOCID", "TOTAL", "SUBTOTAL", "WHENDUE") == [
        (quote, "139.97", "139.97", "05/31/2026")
    ]


def test_half_a_cent_goes_up(shop: Any) -> None:
    items = LINE.format("I-1", "3", "<price>19.995</price>") + LINE.format(
        "I-2", "1", "<discountpercent>50</discountpercent><price>0.01</price>"
    )
    quote = shop.document(lines=items)
    assert lines(shop, quote, "UIVALUE", "TOTAL") == [("0", "59.99", "59.99"), ("1", "0.01", "0.01")]
    assert shop.rows("SODOCUMENT", "TOTAL") == [("60",)]


def test_subtotals_stand_below_the_lines(shop: Any, forms: Any) -> None:
    below = (
        "<subtotals><subtotal><description>Freight</description><total>0</total>"
        "<absval>4.5</absval></subtotal></subtotals>"
    )
    (result,) = shop.good(forms.document().replace("</create_sotransaction>", f"{below}</create_sotransaction>"))
    assert shop.rows("SODOCUMENT", "TOTAL", "SUBTOTAL") == [("64.5", "60")]
    (result,) = shop.good("<read><object>SODOCUMENT</object><keys>1</keys><fields>*</fields></read>")
    assert result.findtext("data/SODOCUMENT/SUBTOTALS/sodocumentsubtotals/DESCRIPTION") == "Freight"


def test_a_document_counts_as_changed_with_its_lines(shop: Any) -> None:
    quote = shop.document()
    memo = (
        "<updatesotransitems><updatesotransitem line_num='1'><memo>new</memo></updatesotransitem></updatesotransitems>"
    )
    stamps = []
    for inside in (
        memo,
        memo,
        "<updatesubtotals><updatesubtotal><description>f</description></updatesubtotal></updatesubtotals>",
    ):
        shop.clock.advance(1)
        shop.good(change(quote, inside))
        stamps += shop.rows("SODOCUMENT", "WHENMODIFIED")[0]
    shop.clock.advance(1)
    shop.edit("update", "SODOCUMENTENTRY", "1", MEMO="by hand")
    stamps += shop.rows("SODOCUMENT", "WHENMODIFIED")[0]
    assert [stamp[-2:] for stamp in stamps] == ["01", "01", "03", "04"]


def test_subtotals_change_by_their_description(shop: Any, forms: Any) -> None:
    shop.good(forms.document())
    one = "<updatesubtotal><description>{}</description><absval>{}</absval></updatesubtotal>"
    for inside in (one.format("Freight", 5), one.format("Freight", 7) + one.format("Tax", 1)):
        shop.good(change("Sales Quote-SQ0001", f"<updatesubtotals>{inside}</updatesubtotals>"))
    assert shop.rows("SODOCUMENTSUBTOTALS", "LINE_NO", "DESCRIPTION", "ABSVAL") == [
        ("0", "Freight", "7"),
        ("1", "Tax", "1"),
    ]
    assert shop.rows("SODOCUMENT", "TRX_SUBTOTAL", "TRX_TOTAL") == [("60", "68")]


def test_children_of_the_construction_edition_are_known(shop: Any, forms: Any) -> None:
    header = "<internalrefno>1</internalrefno><internalsignedby>A</internalsignedby><architect>B</architect>"
    made = forms.document(header="").replace("<sotransitems>", f"{header}<sotransitems>")
    shop.good(made)
    assert "out of order" in shop.words(
        made.replace(header, "<architect>B</architect><internalrefno>1</internalrefno>")
    )


def test_the_price_comes_from_the_list_of_the_customer(shop: Any) -> None:
    shop.good("<create_sopricelist><name>Club</name></create_sopricelist>")
    entry = (
        "<create_invpricelistentry><pricelistid>{}</pricelistid><itemid>I-1</itemid>"
        "<value>{}</value></create_invpricelistentry>"
    )
    shop.good(entry.format("Base Price List", "24"))
    item = LINE.format("I-1", "1", "")
    assert lines(shop, shop.document(lines=item), "UIPRICE") == [("0", "24")]
    shop.good(entry.format("Club", "22"))
    shop.edit("update", "CUSTOMER", "C-1", PRICELIST="Club")
    assert lines(shop, shop.document(lines=item), "UIPRICE") == [("0", "22")]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"definition": "Sales Wish"}, "definition 'Sales Wish' does not exist"),
        ({"customer": "NOBODY"}, "Invalid CUSTVENDID 'NOBODY'"),
        ({"location": "900"}, "Invalid LOCATIONID '900'"),
        ({"lines": LINE.format("NOPE", "1", "")}, "Invalid ITEMID 'NOPE'"),
        ({"lines": LINE.format("I-1", "0", "")}, "must not be zero"),
        ({"lines": LINE.format("I-1", "many", "")}, "quantity must be a number"),
        ({"lines": LINE.format("I-1", "1", "<unit>Crate</unit>")}, "unit 'Crate' is not set up"),
        ({"state": "Won"}, "state must be one of Draft, Pending, Closed"),
        ({"header": "<currency>XXX</currency>"}, "no exchange rate from XXX to USD"),
        ({"header": "<basecurr>EUR</basecurr>"}, "basecurr must be USD"),
        ({"header": "<exchratetype>Nowhere</exchratetype>"}, "Invalid EXCHRATETYPE 'Nowhere'"),
        ({"createdfrom": "Sales Quote-1", "definition": "Sales Order"}, "'Sales Quote-1' does not exist"),
        ({"header": "<vanity>1</vanity>"}, "vanity is not expected"),
        ({"header": "<message>1</message><message>2</message>"}, "message is out of order"),
    ],
)
def test_documents_that_are_refused(shop: Any, forms: Any, how: dict[str, str], words: str) -> None:
    assert words in shop.words(forms.document(**how))


def test_inactive_items_and_terms(shop: Any, forms: Any) -> None:
    shop.edit("update", "ITEM", "I-1", STATUS="inactive")
    assert "Item 'I-1' is inactive" in shop.words(forms.document())
    shop.edit("update", "ITEM", "I-1", STATUS="active")
    shop.edit("update", "ARTERM", "N30", STATUS="inactive")
    assert "AR term 'N30' is inactive" in shop.words(forms.document())


def test_numbers_and_their_duplicates(shop: Any, forms: Any) -> None:
    assert [shop.document(), shop.document("Sales Order")] == ["Sales Quote-SQ0001", "Sales Order-SO0001"]
    named = forms.document().replace("</customerid>", "</customerid><documentno>SQ0002</documentno>")
    shop.good(named)
    assert shop.said(named)[0][0] == "BL03002185"
    assert shop.document() == "Sales Quote-SQ0003"


def test_another_currency(shop: Any) -> None:
    quote = shop.document(header="<currency>EUR</currency><exchratetype>Intacct Daily Rate</exchratetype>")
    names = ("DOCID", "CURRENCY", "BASECURR", "EXCHRATE", "TRX_TOTAL", "TOTAL")
    assert shop.rows("SODOCUMENT", *names) == [(quote, "EUR", "USD", "1.1", "60", "66")]


def test_lines_change_by_numbers_from_one(shop: Any) -> None:
    quote = shop.document(lines=LINE.format("I-1", "1", "") + LINE.format("I-2", "2", ""))
    shop.good(
        change(
            quote,
            '<updatesotransitems><updatesotransitem line_num="2"><memo>second</memo>'
            "</updatesotransitem></updatesotransitems>",
        )
    )
    assert lines(shop, quote, "MEMO", "UIQTY") == [("0", None, "1"), ("1", "second", "2")]
    for number in ("0", "3", "x", ""):
        wrong = (
            f'<updatesotransitems><updatesotransitem line_num="{number}"><memo>x</memo>'
            "</updatesotransitem></updatesotransitems>"
        )
        assert "has no line" in shop.words(change(quote, wrong))


def test_a_new_term_moves_the_due_date(shop: Any) -> None:
    quote = shop.document()
    shop.good(change(quote, "<termname>N15</termname>"))
    assert shop.rows("SODOCUMENT", "WHENDUE", "TERM.DESCRIPTION") == [("05/16/2026", "Net 15")]


def test_from_quote_to_order_to_invoice_and_back(shop: Any) -> None:
    quote = shop.document()
    order = shop.document("Sales Order", createdfrom=quote, lines=KEYED.format("3", "1"))
    assert (state(shop, quote), state(shop, order)) == ("Converted", "Pending")
    invoice = shop.document("Sales Invoice", createdfrom=order, lines=KEYED.format("3", "2"))
    assert lines(shop, invoice, "SOURCE_DOCID", "TOTAL") == [("0", order, "60")]
    assert "is Converted and cannot be deleted" in shop.words(f'<delete_sotransaction key="{order}"/>')
    shop.good(f'<delete_sotransaction key="{invoice}"/>', f'<delete_sotransaction key="{order}"/>')
    assert state(shop, quote) == "Pending"
    assert lines(shop, quote, "QTY_CONVERTED", "QTY_REMAINING") == [("0", "0", "3")]


def test_conversion_in_parts(shop: Any, forms: Any) -> None:
    quote = shop.document()
    first = shop.document("Sales Order", createdfrom=quote, lines=KEYED.format("1", "1"))
    assert state(shop, quote) == "Partially Converted"
    more = forms.document("Sales Order", createdfrom=quote, lines=KEYED.format("3", "1"))
    assert "Only 2 of line 1 are left" in shop.words(more)
    shop.document("Sales Order", createdfrom=quote, lines=KEYED.format("2", "1"))
    assert state(shop, quote) == "Converted"
    shop.good(f'<delete_sotransaction key="{first}"/>')
    assert (state(shop, quote), lines(shop, quote, "QTY_REMAINING")) == ("Partially Converted", [("0", "1")])


def test_each_part_counts_as_a_change_of_the_source(shop: Any) -> None:
    quote = shop.document()
    stamps = []
    for _ in range(2):
        shop.clock.advance(1)
        shop.document("Sales Order", createdfrom=quote, lines=KEYED.format("1", "1"))
        where = "<equalto><field>DOCPARID</field><value>Sales Quote</value></equalto>"
        stamps += shop.rows("SODOCUMENT", "WHENMODIFIED", where=where)[0]
    assert [stamp[-2:] for stamp in stamps] == ["01", "02"]


def test_without_line_keys_all_of_it_is_converted(shop: Any) -> None:
    quote = shop.document()
    order = shop.document("Sales Order", createdfrom=quote)
    assert state(shop, quote) == "Converted"
    shop.good(f'<delete_sotransaction key="{order}"/>')
    assert state(shop, quote) == "Pending"


@pytest.mark.parametrize(
    ("definition", "source", "words"),
    [
        ("Sales Invoice", "Pending", "cannot be made from a Sales Quote"),
        ("Sales Order", "Draft", "is Draft and cannot be converted"),
        ("Sales Order", "Closed", "is Closed and cannot be converted"),
    ],
)
def test_conversions_that_are_refused(shop: Any, forms: Any, definition: str, source: str, words: str) -> None:
    quote = shop.document(state=source)
    assert words in shop.words(forms.document(definition, createdfrom=quote))


def test_a_conversion_for_somebody_else(shop: Any, forms: Any) -> None:
    shop.customer("C-2")
    assert "is for customer C-1" in shop.words(
        forms.document("Sales Order", createdfrom=shop.document(), customer="C-2")
    )


def test_an_invoice_is_posted_anew_at_each_edit(shop: Any) -> None:
    invoice = shop.document("Sales Invoice")
    assert shop.rows("SODOCUMENT", "PRRECORDKEY", "TOTALDUE", "ARINVOICE.RECORDNO") == [("1", "60", "1")]
    assert shop.rows("CUSTOMER", "TOTALDUE") == [("60",)]
    shop.good(
        change(
            invoice,
            '<updatesotransitems><updatesotransitem line_num="1"><quantity>4</quantity>'
            "</updatesotransitem></updatesotransitems>",
        )
    )
    assert shop.rows("SODOCUMENT", "PRRECORDKEY", "TOTALDUE") == [("2", "80")]
    assert shop.rows("ARINVOICE", "RECORDNO", "DOCNUMBER", "TOTALDUE") == [("2", invoice, "80")]
    shop.edit("update", "ARINVOICE", "2", TOTALPAID=80, TOTALDUE=0)
    assert "Payments were made" in shop.words(change(invoice, "<message>late</message>"))
    assert "Payments were made" in shop.words(f'<delete_sotransaction key="{invoice}"/>')
    assert shop.rows("CUSTOMER", "TOTALDUE") == [("0",)]


def test_a_draft_is_not_posted(shop: Any) -> None:
    invoice = shop.document("Sales Invoice", state="Draft")
    assert shop.rows("ARINVOICE", "RECORDNO") == []
    shop.good(change(invoice, "<state>Pending</state>"))
    assert shop.rows("ARINVOICE", "DOCNUMBER") == [(invoice,)]


def test_a_closed_document_is_closed_until_a_person_opens_it(shop: Any) -> None:
    order = shop.document("Sales Order", state="Closed")
    assert "is Closed and cannot be edited" in shop.words(change(order, "<message>x</message>"))
    shop.edit("update", "SODOCUMENT", order, STATE="Pending")
    shop.good(change(order, "<message>x</message>"))


def test_people_type_documents_too(shop: Any) -> None:
    head = {"DOCPARID": "Sales Order", "CUSTVENDID": "C-1", "WHENCREATED": "05/01/2026", "TERMNAME": "N30"}
    item = {"ITEMID": "I-1", "UIQTY": 2, "UIPRICE": "10", "LOCATIONID": "100-US"}
    number = shop.edit("create", "SODOCUMENT", **head, LINES=[item, {**item, "ITEMID": "I-2"}])
    shop.edit("update", "SODOCUMENT", number, MESSAGE="by hand")
    shop.edit("update", "SODOCUMENTENTRY", "2", UIQTY=5)
    order = "Sales Order-SO0001"
    assert shop.rows("SODOCUMENT", "DOCID", "MESSAGE", "TOTAL") == [(order, "by hand", "70")]
    shop.edit("delete", "SODOCUMENTENTRY", "1")
    shop.edit("create", "SODOCUMENTENTRY", DOCHDRID=order, **item)
    assert lines(shop, order, "ITEMID", "UIQTY") == [("0", "I-2", "5"), ("1", "I-1", "2")]
    assert shop.rows("SODOCUMENT", "TOTAL") == [("70",)]
    shop.edit("delete", "SODOCUMENT", order)
    assert shop.rows("SODOCUMENTENTRY", "RECORDNO") == []


def test_a_customer_with_documents_stays(shop: Any) -> None:
    shop.document()
    assert "SODOCUMENT 1 uses it" in shop.words("<delete_customer customerid='C-1'/>")
    assert "SODOCUMENTENTRY 1 uses it" in shop.words("<delete_item itemid='I-1'/>")
    shop.good("<delete_item itemid='I-2'/>")


def payment(invoice: str, amount: str, customer: str = "C-1") -> str:
    detail = (
        f"<ARPYMTDETAIL><RECORDKEY>{invoice}</RECORDKEY><TRX_PAYMENTAMOUNT>{amount}</TRX_PAYMENTAMOUNT></ARPYMTDETAIL>"
    )
    return (
        f"<create><ARPYMT><CUSTOMERID>{customer}</CUSTOMERID><PAYMENTMETHOD>EFT</PAYMENTMETHOD><RECEIPTDATE>05/02/2026</RECEIPTDATE>"
        f"<CURRENCY>USD</CURRENCY><ARPYMTDETAILS>{detail}</ARPYMTDETAILS></ARPYMT></create>"
    )


def test_payments_pay_invoices_down(shop: Any) -> None:
    invoice = shop.document("Sales Invoice")
    shop.good(payment("1", "20"))
    assert shop.rows("SODOCUMENT", "TOTALPAID", "TOTALDUE") == [("20", "40")]
    assert "40 are due on invoice SI0001; 41 cannot be paid" in shop.words(payment("1", "41"))
    shop.good(payment("1", "40"))
    assert shop.rows("ARINVOICE", "STATE", "TOTALPAID", "TOTALDUE") == [("Paid", "60", "0")]
    assert shop.rows("ARPYMT", "RECORDNO", "AMOUNTOPAY") == [("1", "20"), ("2", "40")]
    assert shop.rows("ARPYMTDETAIL", "PAYMENTKEY", "TRX_PAYMENTAMOUNT") == [("1", "20"), ("2", "40")]
    assert "Payments were made" in shop.words(change(invoice, "<message>late</message>"))


@pytest.mark.parametrize(
    ("invoice", "amount", "customer", "words"),
    [
        ("9", "1", "C-1", "There is no AR invoice 9"),
        ("1", "x", "C-1", "TRX_PAYMENTAMOUNT must be a number"),
        ("1", "-1", "C-1", "cannot be paid"),
        ("1", "1", "C-2", "is not one of customer C-2"),
    ],
)
def test_payments_that_are_refused(shop: Any, invoice: str, amount: str, customer: str, words: str) -> None:
    shop.customer("C-2")
    shop.document("Sales Invoice")
    assert words in shop.words(payment(invoice, amount, customer))


def test_a_document_can_be_printed(shop: Any) -> None:
    quote = shop.document()
    (result,) = shop.good(f"<retrievepdf><SODOCUMENT><DOCID>{quote}</DOCID></SODOCUMENT></retrievepdf>")
    page = base64.b64decode(result.findtext("data/pdfdata"))
    assert page.startswith(b"%PDF-1.4")
    assert b"Sales Quote-SQ0001  C-1  60 USD" in page
    place = int(page.split(b"startxref\n")[1].split()[0])
    assert page[place:].startswith(b"xref")
    assert "does not exist" in shop.words("<retrievepdf><SODOCUMENT><DOCID>no</DOCID></SODOCUMENT></retrievepdf>")
