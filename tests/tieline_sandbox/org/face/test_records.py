"""Lists, record pages, related lists, layouts: what this user may see, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

XML = "http://soap.sforce.com/2006/04/metadata"


def names(page: Any) -> list[str]:
    return list(page.texts("//tbody/tr/th"))


def test_a_list_by_name_with_its_main_fields(shop: Any, new_browser: Any) -> None:
    page = new_browser(shop.users["sam"]).get("/lightning/o/Opportunity/list")
    assert page.texts("//thead//th") == ["Name", "Account", "Stage", "Amount", "Close Date", "Owner"]
    row = ["Big deal", "Firm", "Closed Won", "1,234.50", "31 Mar 2026", "Sam Standard"]
    assert page.texts("//tbody/tr/*") == row
    assert page.texts("//tbody/tr/th/a/@href") == [shop.path]


def test_a_list_takes_the_columns_of_its_deployed_view(shop: Any, new_browser: Any, words: Any) -> None:
    view = "<listViews><fullName>All</fullName><columns>NAME</columns><columns>Status__c</columns>"
    view += "<filterScope>Everything</filterScope><label>All</label></listViews>"
    files = {
        "objects/ERP_Request__c.object": f'<CustomObject xmlns="{XML}">{view}</CustomObject>',
        "package.xml": words.manifest({"ListView": ["ERP_Request__c.All"]}),
    }
    shop.users["admin"].install(files)
    shop.users["sam"].create("ERP_Request__c", Opportunity__c=shop.deal)
    page = new_browser(shop.users["sam"]).get("/lightning/o/erp_request__c/list")
    assert page.texts("//thead//th")[1:] == ["Status"]


def test_search_takes_the_text_as_it_is(new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    for name in ("100% Pure", "Under_score", "O'Neil \\ Sons", "Plain"):
        sam.create("Account", Name=name)
    browser = new_browser(sam)
    found = {
        text: names(browser.get(f"/lightning/o/Account/list?q={text}")) for text in ("%25", "_", "%27", "%5C", "PLAIN")
    }
    assert found == {
        "%25": ["100% Pure"], "_": ["Under_score"], "%27": ["O'Neil \\ Sons"], "%5C": ["O'Neil \\ Sons"],
        "PLAIN": ["Plain"],
    }  # fmt: skip
    assert "Nothing was found." in browser.get("/lightning/o/Account/list?q=zzz").main


def test_pages_of_a_long_list(new_browser: Any, users: dict[str, Any]) -> None:
    for number in range(53):
        users["sam"].create("Account", Name=f"A{number:02d}")
    browser = new_browser(users["sam"])
    first = browser.get("/lightning/o/Account/list")
    assert names(first) == [f"A{number:02d}" for number in range(25)]
    assert "Page 1 of 3" in first.main
    assert first.texts("//a[@rel='next']/@href") == ["?q=&page=2"]
    for asked in ("3", "99"):
        last = browser.get(f"/lightning/o/Account/list?page={asked}")
        assert names(last) == ["A50", "A51", "A52"]
    for asked in ("0", "-1", "x", "%F0%9F%99%82", "9" * 40):
        assert names(browser.get(f"/lightning/o/Account/list?page={asked}"))[0] == "A00"


def test_a_record_with_every_kind_of_value(new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create(
        "Account", Name="Firm", Website="https://firm.example", Phone="+33 1 23", NumberOfEmployees=1200,
        BillingStreet="1 Road", BillingCity="Lyon", BillingPostalCode="69001", BillingCountry="France",
    )  # fmt: skip
    page = new_browser(sam).get(f"/lightning/r/Account/{firm}/view")
    facts = page.facts()
    assert facts["Billing Address"] == "1 Road 69001 Lyon France"
    assert (facts["Employees"], facts["Website"], facts["Industry"]) == ("1,200", "https://firm.example", "\u2013")
    assert page.texts("//dd/a[starts-with(@href, 'tel:')]/@href") == ["tel:+33123"]
    assert page.texts("//dd/a[@target='_blank']/@rel") == ["noopener noreferrer"]
    assert "Created by Sam Standard, 10 Mar 2026, 12:00 UTC" in page.main


def test_related_lists_and_the_way_through_them(new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create("Account", Name="Firm")
    for number in range(8):
        sam.create("Contact", LastName=f"P{number}", AccountId=firm)
    browser = new_browser(sam)
    page = browser.get(f"/lightning/r/Account/{firm}/view")
    heads = page.texts("//section[contains(@class, 'related')]//h2")
    assert "Contacts (8)" in heads
    assert names(page) == ["P7", "P6", "P5", "P4", "P3", "P2"]
    everyone = browser.get(page.texts("//a[text()='View all (8)']/@href")[0])
    assert names(everyone) == [f"P{number}" for number in range(7, -1, -1)]
    assert everyone.texts("//p[@class='kind']/a") == ["Firm"]


@pytest.mark.parametrize("form", ["{15}", "{18}", "lightning/r/{15}/view", "lightning/r/Account/{15}", "{lower}"])
def test_short_addresses_of_a_record(new_browser: Any, users: dict[str, Any], form: str) -> None:
    firm = users["sam"].create("Account", Name="Firm")
    path = form.replace("{15}", firm[:15]).replace("{18}", firm).replace("{lower}", firm.lower())
    page = new_browser(users["sam"]).get(f"/{path}")
    assert (page.status, page.texts("//h1")) == (200, ["Firm"])


@pytest.mark.parametrize(
    "path",
    [
        "/lightning/nothing", "/lightning/o/Nothing/list", "/lightning/o/UserRecordAccess/list",
        "/lightning/r/Account/001000000000000AAA/view", "/lightning/r/Contact/{firm}/view", "/face/other.css",
        "/lightning/r/Account/{firm}/related/Nothing/view", "/lightning/r/Account/{firm}/action/Nothing",
        "/face/..%2f..%2fseed.py", "/001000000000000", "/zzz000000000000",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(new_browser: Any, users: dict[str, Any], path: str) -> None:
    firm = users["sam"].create("Account", Name="Firm")
    page = new_browser(users["sam"]).get(path.replace("{firm}", firm))
    assert (page.status, page.main) == (
        404, "This did not work There is no such page or record, or you may not see it. Back to the start",
    )  # fmt: skip


def test_a_deleted_record_says_so(new_browser: Any, users: dict[str, Any]) -> None:
    firm = users["sam"].create("Account", Name="Firm")
    users["sam"].ok("DELETE", f"/sobjects/Account/{firm}")
    page = new_browser(users["sam"]).get(f"/lightning/r/Account/{firm}/view")
    assert page.status == 404
    assert "This record was deleted." in page.main


def test_field_level_security_decides_what_is_shown(keyed: Any, new_browser: Any, users: dict[str, Any]) -> None:
    firm = keyed.create("Account", Name="Firm", Key__c="secret-key")
    path = f"/lightning/r/Account/{firm}"
    assert new_browser(keyed).get(f"{path}/view").facts()["Key"] == "secret-key"
    sam = new_browser(users["sam"])
    for page in ("view", "edit"):
        shown = sam.get(f"{path}/{page}")
        assert shown.status == 200
        assert "secret-key" not in shown.source
        assert "Key__c" not in shown.source


def test_sharing_decides_what_is_listed(new_browser: Any, users: dict[str, Any], words: Any) -> None:
    admin = users["admin"]
    admin.install(words.package({"Secret__c": words.custom_object("", "Private")}, []), "Grants")
    admin.assign("Grants", users["sam"].user_id)
    mine, theirs = users["sam"].create("Secret__c", Name="Mine"), admin.create("Secret__c", Name="Theirs")
    browser = new_browser(users["sam"])
    assert names(browser.get("/lightning/o/Secret__c/list")) == ["Mine"]
    assert browser.get(f"/lightning/r/Secret__c/{mine}/view").status == 200
    assert browser.get(f"/lightning/r/Secret__c/{theirs}/view").status == 404
    assert new_browser(users["rita"]).get("/lightning/o/Secret__c/list").status == 404


def test_a_reader_gets_no_buttons_that_write(new_browser: Any, shop: Any) -> None:
    page = new_browser(shop.users["rita"]).get(shop.path)
    assert page.status == 200
    assert page.texts("//main//a[@class='button']|//main//a[@class='button main']") == []


LAYOUT = (
    "<customButtons>Map</customButtons>"
    "<layoutSections><customLabel>true</customLabel><detailHeading>true</detailHeading><label>Accounting</label>"
    "<layoutColumns><layoutItems><behavior>Required</behavior><field>Name</field></layoutItems>"
    "<layoutItems><behavior>Readonly</behavior><field>Phone</field></layoutItems></layoutColumns>"
    "<layoutColumns><layoutItems><behavior>Required</behavior><field>Industry</field></layoutItems></layoutColumns>"
    "<style>TwoColumnsTopToBottom</style></layoutSections>"
    "<relatedLists><fields>FULL_NAME</fields><fields>Title</fields><relatedList>RelatedContactList</relatedList>"
    "</relatedLists>"
)
LINK = (
    "<webLinks><fullName>Map</fullName><availability>online</availability><displayType>button</displayType>"
    "<linkType>url</linkType><masterLabel>Map</masterLabel><openType>newWindow</openType><protected>false</protected>"
    "<url>https://maps.example/?q={!Account.Name}&amp;x={!Account.Sic}</url></webLinks>"
)
FRENCH = "<layouts><layout>Account Layout</layout><sections><label>Comptabilité</label><section>Accounting</section>"
FRENCH += "</sections></layouts>"


@pytest.fixture
def laid_out(users: dict[str, Any], words: Any) -> dict[str, Any]:
    files = {
        "layouts/Account-Account Layout.layout": f'<Layout xmlns="{XML}">{LAYOUT}</Layout>',
        "objects/Account.object": f'<CustomObject xmlns="{XML}">{LINK}</CustomObject>',
        "objectTranslations/Account-fr.objectTranslation":
            f'<CustomObjectTranslation xmlns="{XML}">{FRENCH}</CustomObjectTranslation>',
        "package.xml": words.manifest({
            "Layout": ["Account-Account Layout"], "WebLink": ["Account.Map"],
            "CustomObjectTranslation": ["Account-fr"],
        }),
    }  # fmt: skip
    users["admin"].install(files)
    return users


def test_a_deployed_layout_is_followed(laid_out: dict[str, Any], new_browser: Any) -> None:
    sam = laid_out["sam"]
    firm = sam.create("Account", Name="A & B", Phone="123", Industry="Banking")
    sam.create("Contact", LastName="Doe", Title="Boss", AccountId=firm)
    browser = new_browser(sam)
    page = browser.get(f"/lightning/r/Account/{firm}/view")
    assert page.facts() == {"Account Name": "A & B", "Account Phone": "123", "Industry": "Banking"}
    assert page.texts("//h2") == ["Accounting", "Contacts (1)"]
    assert page.texts("//tbody/tr/*") == ["Doe", "Boss"]
    assert page.texts("//a[text()='Map']/@href") == ["https://maps.example/?q=A%20%26%20B&x="]
    form = browser.get(f"/lightning/r/Account/{firm}/edit")
    assert [each for each in form.inputs() if not each.startswith("was.")] == ["token", "Name", "Industry"]


def test_its_headings_are_translated(laid_out: dict[str, Any], new_browser: Any) -> None:
    firm = laid_out["camille"].create("Account", Name="Firme", Industry="Banking")
    page = new_browser(laid_out["camille"]).get(f"/lightning/r/Account/{firm}/view")
    assert page.texts("//h2") == ["Comptabilité", "Contacts (0)"]
    assert page.facts()["Secteur"] == "Banque"


def test_what_the_layout_requires_must_be_filled_in(laid_out: dict[str, Any], new_browser: Any) -> None:
    browser = new_browser(laid_out["sam"])
    answer = browser.fill(browser.get("/lightning/o/Account/new"), Name="Firm")
    assert answer.status == 400
    assert answer.texts("//p[@class='error']") == ["Industry: fill this in."]
