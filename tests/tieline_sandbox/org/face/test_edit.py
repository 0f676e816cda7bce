"""Making, changing and deleting records by forms: the same rules as the API's, told where they belong."""

from __future__ import annotations

from typing import Any

import pytest


def last_mutation(app: Any) -> Any:
    return app.state.mutations()[-1]


def test_a_record_is_made_as_the_user(app: Any, new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create("Account", Name="Firm")
    browser = new_browser(sam)
    form = browser.get(f"/lightning/o/Contact/new?AccountId={firm}")
    assert form.form().inputs["AccountId"].value == firm
    page = browser.fill(form, FirstName="Jane", LastName="Doe", Email="jane@firm.example", HasOptedOutOfEmail="true")
    assert page.texts("//p[@class='note good']") == ["The record was created."]
    assert page.texts("//h1") == ["Jane Doe"]
    row = sam.rows("SELECT AccountId, Email, HasOptedOutOfEmail, DoNotCall, CreatedById, OwnerId FROM Contact")[0]
    assert row == {
        "AccountId": firm, "Email": "jane@firm.example", "HasOptedOutOfEmail": True, "DoNotCall": False,
        "CreatedById": sam.user_id, "OwnerId": sam.user_id,
    }  # fmt: skip
    mutation = last_mutation(app)
    assert (mutation.actor, mutation.operation, mutation.action) == (sam.user["username"], "face.create", "insert")


def test_a_form_sent_twice_makes_one_record(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["sam"])
    form = browser.get("/lightning/o/Account/new")
    pages = [browser.fill(form, Name="Firm") for _ in range(2)]
    assert pages[0].path == pages[1].path
    assert users["sam"].values("SELECT Name FROM Account") == ["Firm"]


def test_all_faults_are_told_at_their_fields(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["sam"])
    form = browser.get("/lightning/o/Opportunity/new")
    page = browser.fill(
        form, Name="n" * 121, Amount="twelve", CloseDate="31.3.", StageName="Closed Won", NextStep="<b>"
    )
    assert page.status == 400
    assert page.texts("//div[contains(@class, 'wrong')]/p") == [
        f"Name: data value too large: {'n' * 121} (max length=120)",
        "Amount: “twelve” is not a valid value.",
        "Close Date: “31.3.” is not a valid value.",
    ]
    assert page.form().inputs["NextStep"].value == "<b>"
    assert page.form().inputs["StageName"].value == "Closed Won"
    assert users["sam"].values("SELECT Id FROM Opportunity") == []


def test_a_rule_of_the_org_speaks_in_its_own_words(keyed: Any, new_browser: Any) -> None:
    first = keyed.create("Account", Name="Firm", Key__c="K1")
    browser = new_browser(keyed)
    page = browser.fill(browser.get("/lightning/o/Account/new"), Name="", Key__c="K2")
    assert page.texts("//div[@role='alert']//li") == ["Required fields are missing: [Name]"]
    page = browser.fill(page, Name="Other", Key__c="K1")
    said = f"duplicate value found: Key__c duplicates value on record with id: {first[:15]}"
    assert page.texts("//div[@role='alert']//li") == [said]
    assert page.texts("//div[contains(@class, 'wrong')]/label") == ["Key"]
    assert browser.fill(page, Key__c="K2").texts("//h1") == ["Other"]


def test_only_what_was_changed_is_written(app: Any, new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create("Account", Name="Firm", Phone="1", Description="a\nb", AnnualRevenue=5, NumberOfEmployees=3)
    browser = new_browser(sam)
    form = browser.get(f"/lightning/r/Account/{firm}/edit")
    users["admin"].ok("PATCH", f"/sobjects/Account/{firm}", {"Fax": "from elsewhere"})
    page = browser.fill(form, Phone="2")
    assert page.texts("//p[@class='note good']") == ["The changes were saved."]
    mutation = last_mutation(app)
    changed = {key for key in mutation.after if mutation.before.get(key) != mutation.after[key]}
    assert changed == {"Phone", "LastModifiedById"}
    assert sam.get("Account", firm)["Fax"] == "from elsewhere"
    count = len(app.state.mutations())
    browser.fill(browser.get(f"/lightning/r/Account/{firm}/edit"), Description="a\r\nb")
    assert len(app.state.mutations()) == count


def test_a_field_that_two_people_change_is_asked_again(new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create("Account", Name="Firm", Phone="1")
    browser = new_browser(sam)
    form = browser.get(f"/lightning/r/Account/{firm}/edit")
    users["admin"].ok("PATCH", f"/sobjects/Account/{firm}", {"Phone": "from elsewhere"})
    page = browser.fill(form, Phone="2")
    assert page.status == 400
    assert page.texts("//div[@role='alert']//li")[0].startswith("Ada Admin changed this record while")
    assert sam.get("Account", firm)["Phone"] == "from elsewhere"
    browser.fill(page)
    assert sam.get("Account", firm)["Phone"] == "2"


def test_values_can_be_emptied(new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    parent = sam.create("Account", Name="Parent")
    firm = sam.create("Account", Name="Firm", Phone="1", Industry="Banking", ParentId=parent)
    browser = new_browser(sam)
    browser.fill(browser.get(f"/lightning/r/Account/{firm}/edit"), Phone="", Industry="", ParentId="")
    row = sam.get("Account", firm)
    assert (row["Phone"], row["Industry"], row["ParentId"]) == (None, None, None)


def test_a_field_that_is_not_on_the_form_is_not_taken(new_browser: Any, users: dict[str, Any]) -> None:
    browser = new_browser(users["sam"])
    page = browser.fill(browser.get("/lightning/o/Account/new"), Name="Firm", IsDeleted="true", CreatedById="x", Id="y")
    assert page.status == 200
    assert users["sam"].rows("SELECT IsDeleted, CreatedById FROM Account") == [
        {"IsDeleted": False, "CreatedById": users["sam"].user_id}
    ]


KINDS = {
    "Many__c": ("MultiselectPicklist", "a c"),
    "When__c": ("DateTime", "2026-03-10T08:30:00"),
    "Day__c": ("Date", "2026-03-10"),
    "Hour__c": ("Time", "08:30:00"),
    "Rate__c": ("Percent", "12.5"),
    "Big__c": ("LongTextArea", "one\r\ntwo"),
}
SET = "<valueSet><valueSetDefinition><sorted>false</sorted>{}</valueSetDefinition></valueSet>"
MORE = {
    "Many__c": SET.format("".join(f"<value><fullName>{each}</fullName><label>{each}</label></value>" for each in "abc"))
    + "<visibleLines>3</visibleLines>",
    "Rate__c": "<precision>5</precision><scale>2</scale>",
    "Big__c": "<length>1000</length><visibleLines>3</visibleLines>",
}


def test_every_kind_of_input_there_and_back(new_browser: Any, users: dict[str, Any], words: Any) -> None:
    admin = users["admin"]
    inner = "".join(words.field(name, kind, MORE.get(name, "")) for name, (kind, _) in KINDS.items())
    admin.install(
        words.package({"Thing__c": words.custom_object(inner)}, [f"Thing__c.{name}" for name in KINDS]), "Grants"
    )
    browser = new_browser(admin)
    sent = {name: value.split() if name == "Many__c" else value for name, (_, value) in KINDS.items()}
    page = browser.fill(browser.get("/lightning/o/Thing__c/new"), Name="T", **sent)
    assert page.facts() == {
        "Name": "T", "Owner": "Ada Admin", "Many": "a; c", "When": "10 Mar 2026, 08:30 UTC", "Day": "10 Mar 2026",
        "Hour": "08:30:00.000Z", "Rate": "12.50", "Big": "one two",
    }  # fmt: skip
    ident = page.path.split("/")[4]
    before = admin.get("Thing__c", ident)
    browser.fill(browser.get(f"/lightning/r/Thing__c/{ident}/edit"))
    assert admin.get("Thing__c", ident) == before
    browser.fill(browser.get(f"/lightning/r/Thing__c/{ident}/edit"), Many__c=["", "b"])
    assert admin.get("Thing__c", ident)["Many__c"] == "b"


def test_a_lookup_into_many_records_goes_by_name(
    new_browser: Any, users: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieline_sandbox.org.face.lookups.SHORT", 2)
    sam = users["sam"]
    idents = [sam.create("Account", Name=name) for name in ("One", "Two", "Twin", "Twin")]
    browser = new_browser(sam)
    form = browser.get("/lightning/o/Contact/new")
    assert form.texts("//datalist[@id='f-AccountId-l']/option/@value") == ["One", "Twin"]
    for text, said in (("Nobody", "nothing is called Nobody"), ("twin", "several are called twin")):
        page = browser.fill(form, LastName="Doe", AccountId=text)
        assert said in page.texts("//p[@class='error']")[0]
    for text in ("two", idents[1]):
        page = browser.fill(browser.get("/lightning/o/Contact/new"), LastName="Doe", AccountId=text)
        assert page.facts()["Account"] == "Two"
    ident = page.path.split("/")[4]
    form = browser.get(f"/lightning/r/Contact/{ident}/edit")
    assert form.inputs()["AccountId"] == ["Two"]
    assert browser.fill(form, Title="Boss").facts()["Account"] == "Two"


def test_a_delete_is_asked_first(app: Any, new_browser: Any, users: dict[str, Any]) -> None:
    sam = users["sam"]
    firm = sam.create("Account", Name="Firm")
    browser = new_browser(sam)
    question = browser.get(f"/lightning/r/Account/{firm}/delete")
    assert question.texts("//h1") == ["Delete Firm?"]
    assert sam.values("SELECT Name FROM Account") == ["Firm"]
    page = browser.fill(question)
    assert "The record was deleted." in page.main
    assert page.path.startswith("/lightning/o/Account/list")
    assert sam.values("SELECT Name FROM Account") == []
    assert last_mutation(app).actor == sam.user["username"]


def test_a_delete_that_is_refused_says_why(new_browser: Any, users: dict[str, Any]) -> None:
    admin = users["admin"]
    book = admin.values("SELECT Id FROM Pricebook2")[0]
    browser = new_browser(admin)
    page = browser.fill(browser.get(f"/lightning/r/Pricebook2/{book}/delete"))
    assert (page.status, page.texts("//div[@role='alert']//li")) == (
        400, ["The standard price book can't be deleted."],
    )  # fmt: skip


@pytest.mark.parametrize("path", ["o/Account/new", "r/Account/{firm}/edit", "r/Account/{firm}/delete"])
def test_a_reader_may_not_write_whatever_they_send(new_browser: Any, users: dict[str, Any], path: str) -> None:
    firm = users["sam"].create("Account", Name="Firm")
    path = "/lightning/" + path.replace("{firm}", firm)
    browser, sam = new_browser(users["rita"]), new_browser(users["sam"])
    assert browser.get(path).status == 403
    sent = browser.post(path, {**sam.get(path).inputs(), "Name": "Taken"})
    assert sent.status == 403
    assert "insufficient access rights" in sent.main
    assert users["sam"].values("SELECT Name FROM Account") == ["Firm"]


def test_somebody_elses_form_is_worth_nothing(new_browser: Any, users: dict[str, Any]) -> None:
    firm, other = (users["sam"].create("Account", Name=name) for name in ("Firm", "Other"))
    sam, camille = new_browser(users["sam"]), new_browser(users["camille"])
    path = f"/lightning/r/Account/{firm}/edit"
    stolen = sam.get(path).inputs()
    assert camille.post(path, {**stolen, "Name": "Taken"}).status == 403
    # nor is one's own form for another record
    assert sam.post(f"/lightning/r/Account/{other}/edit", {**stolen, "Name": "Taken"}).status == 403
    assert sam.post(path, {**stolen, "token": "", "Name": "Taken"}).status == 403
    assert users["sam"].values("SELECT Name FROM Account ORDER BY Name") == ["Firm", "Other"]
