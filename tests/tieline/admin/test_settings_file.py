"""The administrator's settings file: every mistake at once, comments kept, and one pure answer to what is synced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.admin.catalogue import catalogue, named, parsed
from tieline.admin.document import LONGEST, Document
from tieline.admin.effective import effective
from tieline.admin.faults import BadSettings
from tieline.admin.file import SettingsFile
from tieline.admin.model import AdminSettings
from tieline.contract import Direction, Field, Mapping, Misconfigured, Number, Policy, Promotion, Reference, Side

CUSTOMER = Mapping(
    "toy", "customer", "Customer", "Account", "Customers",
    (
        Field("Name", "name", required=True),
        Field("Phone", "phone"),
        Field("Code__c", "code", direction=Direction.TO_CRM, locked=True),
        Field("Credit__c", "credit", Number(2), owner=Side.ERP),
    ),
)  # fmt: skip
CONTACT = Mapping(
    "toy", "contact", "Contact", "Contact", "People",
    (Field("LastName", "last", required=True), Field("AccountId", "customer", Reference("customer"), required=True)),
    parent="customer", promotion=Promotion.WITH_PARENT,
)  # fmt: skip
PROJECT = Mapping(
    "toy", "project", "Project", "Project__c", "Projects",
    (Field("Name", "name", required=True), Field("Account__c", "customer", Reference("customer"))),
)  # fmt: skip
DECLARED = {"books": (CUSTOMER, CONTACT, PROJECT)}


def test_what_starts_switched_off_is_switched_on_by_an_administrator(tmp_path: Path) -> None:
    resting = replace(PROJECT, enabled=False)
    file = SettingsFile(tmp_path / "settings.yaml", {"books": (CUSTOMER, resting)})
    plain = effective(file.declared["books"], file.settings().of("books"))
    assert [one.name for one in plain] == ["customer"]
    file.path.write_text("back_offices: {books: {objects: {project: {enabled: true}}}}")
    chosen = effective(file.declared["books"], file.settings().of("books"))
    assert [one.name for one in chosen] == ["customer", "project"]


def test_what_was_chosen_for_a_company_that_is_disconnected_waits(tmp_path: Path) -> None:
    text = "back_offices: {books: {paused: true}, south: {objects: {customer: {enabled: false}}}}"
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(BadSettings, match="there is no such back office"):
        SettingsFile(path, DECLARED).settings()
    assert SettingsFile(path, DECLARED, former={"south"}).settings().of("books").paused


def test_two_companies_do_not_fill_one_value_set(tmp_path: Path) -> None:
    declared, lists = {"north": (CUSTOMER,), "south": (CUSTOMER,)}, {"north": ["terms"], "south": ["terms"]}
    file = SettingsFile(tmp_path / "settings.yaml", declared, lists)
    mirror = "{{lists: {{terms: {{mirror: {}}}}}}}"
    file.path.write_text(f"back_offices: {{north: {mirror.format('Terms')}, south: {mirror.format('Terms_South')}}}")
    assert file.settings().of("south").lists["terms"].mirror == "Terms_South"
    file.path.write_text(f"back_offices: {{north: {mirror.format('Terms')}, south: {mirror.format('terms')}}}")
    with pytest.raises(BadSettings, match="terms holds another list already"):
        file.settings()


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.yaml", DECLARED)


def _mistakes(file: SettingsFile, text: str) -> list[tuple[int, str]]:
    with pytest.raises(BadSettings) as caught:
        file.checked(text)
    return [(fault.line, fault.sentence()) for fault in caught.value.faults]


def test_a_missing_or_empty_file_changes_nothing(file: SettingsFile) -> None:
    assert file.settings() == AdminSettings()
    file.path.write_text("")
    assert effective(DECLARED["books"], file.settings().of("books")) == DECLARED["books"]


BAD = """\
# our settings
paused: perhaps
back_offices:
  books:
    pausd: true
    objects:
      kunde: {}
      customer:
        promotion: sometimes
        fields:
          Name: {direction: to_crm}
          Code__c:
            direction: both
          Nope: {}
        more_fields:
          - {crm: Bad Name, erp: x}
          - {crm: Phone, erp: tel}
  elsewhere: {}
"""


def test_every_mistake_is_told_at_once_with_its_line(file: SettingsFile) -> None:
    told = _mistakes(file, BAD)
    assert [line for line, _ in told] == [2, 5, 7, 9, 11, 13, 14, 16, 17, 18]
    words = "\n".join(sentence for _, sentence in told)
    for part in ("neither true nor false", "no such setting", "Choose 'manual'", "locked to both", "no API name"):
        assert part in words


def test_a_bad_file_is_never_put_in_place(file: SettingsFile) -> None:
    file.replace("paused: true\n")
    with pytest.raises(BadSettings):
        file.replace(BAD)
    assert file.path.read_text() == "paused: true\n"
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1\nb: 2", 2),
        ("- 1\n", 1),
        ("a: 1\na: 2\n", 2),
        ("a: &x [*x]\n", 1),
        ("\tpaused: true", 1),
    ],
)
def test_what_is_no_table_of_settings_is_said_so(file: SettingsFile, text: str, line: int) -> None:
    assert _mistakes(file, text)[0][0] == line


def test_a_huge_file_is_refused_before_it_is_read(file: SettingsFile) -> None:
    assert "Shorten it" in _mistakes(file, "#" * (LONGEST + 1))[0][1]


def test_a_file_that_cannot_be_read_is_named(file: SettingsFile) -> None:
    file.path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadSettings, match="not UTF-8"):
        file.read()


@given(st.text(alphabet="abp:[]{}-#\n '\"&*!|>%@\t1.", max_size=60))
def test_no_text_ends_in_anything_but_settings_or_mistakes(text: str) -> None:
    try:
        faults = Document(text).faults
    except BadSettings as error:
        faults = list(error.faults)
    assert all(fault.sentence() for fault in faults)


def test_a_change_keeps_comments_and_order(file: SettingsFile) -> None:
    text = (
        "# ours\nback_offices:\n  books:   # the ledger\n    objects:\n      customer:\n"
        "        promotion: automatic  # asked by Ann\n"
    )
    path = ("back_offices", "books", "objects", "customer", "fields", "Phone", "direction")
    after = file.checked(text).changed(path, "to_crm")
    assert "# ours" in after
    assert "# the ledger" in after
    assert "# asked by Ann" in after
    assert file.checked(after).settings.of("books").objects["customer"].fields["Phone"].direction is Direction.TO_CRM
    assert file.checked(after).changed(path, None).split() == text.split()


def _books(text: str) -> dict[str, Mapping]:
    settings = Document(f"back_offices:\n  books:\n    objects:\n{text}").settings
    return {one.name: one for one in effective(DECLARED["books"], settings.of("books"))}


def test_what_is_chosen_replaces_what_is_declared() -> None:
    after = _books(
        "      customer: {promotion: automatic, sync_once: true,"
        " fields: {Phone: {direction: to_erp, policy: manual, default: '1'}},"
        " more_fields: [{crm: Region__c, erp: region, kind: number, scale: 3}]}\n"
    )["customer"]
    phone = next(field for field in after.fields if field.crm == "Phone")
    assert (after.promotion, after.sync_once) == (Promotion.AUTOMATIC, True)
    assert (phone.direction, phone.policy, phone.default) == (Direction.TO_ERP, Policy.MANUAL, "1")
    assert after.fields[-1] == Field("Region__c", "region", Number(3), label="Region")


def test_an_object_that_is_off_takes_those_below_it_and_references_along() -> None:
    after = _books("      customer: {enabled: false}\n")
    assert set(after) == {"project"}
    assert [field.crm for field in after["project"].fields] == ["Name"]


def test_an_object_cannot_be_on_without_its_parent(file: SettingsFile) -> None:
    text = "back_offices:\n  books:\n    objects:\n      customer: {enabled: false}\n      contact: {enabled: true}\n"
    assert _mistakes(file, text)[0][0] == 5


def test_one_field_maps_to_exactly_one_field(file: SettingsFile) -> None:
    rows = "[{crm: A__c, erp: a}, {crm: A__c, erp: b}, {crm: B__c, erp: a}, {crm: C__c, erp: phone}]"
    text = f"back_offices:\n  books:\n    objects:\n      customer:\n        more_fields: {rows}\n"
    assert len(_mistakes(file, text)) == 3


@pytest.mark.parametrize("name", ["ERP_Key__c", "Id", "isdeleted", "PHONE"])
def test_what_the_engine_lives_by_cannot_be_mapped_and_names_know_no_case(file: SettingsFile, name: str) -> None:
    rows = f"[{{crm: {name}, erp: a}}]"
    text = f"back_offices:\n  books:\n    objects:\n      customer:\n        more_fields: {rows}\n"
    assert len(_mistakes(file, text)) == 1


def test_two_lists_cannot_share_a_value_set_by_another_spelling(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.yaml", DECLARED, {"books": ["taxes", "terms"]})
    text = "back_offices:\n  books:\n    lists:\n      taxes: {mirror: Ours}\n      terms: {mirror: ours}\n"
    assert len(_mistakes(file, text)) == 1


def test_the_catalogue_tells_values_and_locks() -> None:
    settings = Document("back_offices: {books: {objects: {customer: {fields: {Phone: {direction: frozen}}}}}}").settings
    entries = {one.name.removeprefix("back_offices.books.objects."): one for one in catalogue(settings, DECLARED)}
    assert entries["customer.fields.Phone.direction"].value == "frozen"
    assert entries["customer.fields.Phone.direction"].is_set
    assert "refuses" in entries["customer.fields.Name.direction"].locked
    assert entries["customer.fields.Code__c.direction"].locked
    assert entries["contact.fields.AccountId.enabled"].locked
    assert "owns" in entries["customer.fields.Credit__c.policy"].locked
    assert not entries["customer.fields.Phone.enabled"].locked


def test_a_typed_value_is_one_of_the_choices() -> None:
    entries = {one.name: one for one in catalogue(AdminSettings(), DECLARED)}
    assert parsed(entries["paused"], "yes") is True
    with pytest.raises(Misconfigured, match="neither true nor false"):
        parsed(entries["paused"], "maybe")
    with pytest.raises(Misconfigured, match="Choose one of"):
        parsed(entries["back_offices.books.objects.customer.promotion"], "later")


def test_promotion_may_be_chosen_for_a_record_type() -> None:
    after = _books("      customer: {record_types: {Partner: automatic, Prospect: never}}\n")["customer"]
    assert after.record_types == {"Partner": Promotion.AUTOMATIC, "Prospect": Promotion.NEVER}
    assert after.promotion is CUSTOMER.promotion


BAD_TYPES = """\
back_offices:
  books:
    objects:
      customer:
        record_types:
          Key Account: automatic
          Partner: sometimes
          Prospect: with_parent
      project:
        promotion: with_parent
"""


def test_mistakes_about_record_types_are_told(file: SettingsFile) -> None:
    told = _mistakes(file, BAD_TYPES)
    assert [line for line, _ in told] == [6, 7, 8, 10]
    words = "\n".join(sentence for _, sentence in told)
    for part in ("Key Account: 'Key Account' is no", "'sometimes' is not a choice", "with its parent and has none"):
        assert part in words


def test_a_record_type_that_the_file_does_not_name_may_be_set() -> None:
    settings = Document("back_offices: {books: {objects: {customer: {record_types: {Partner: automatic}}}}}").settings
    entries = catalogue(settings, DECLARED)
    here = "back_offices.books.objects.customer"
    known, fresh = named(entries, f"{here}.record_types.Partner"), named(entries, f"{here}.record_types.Prospect")
    assert known is not None
    assert fresh is not None
    assert (known.value, known.is_set, fresh.value, fresh.is_set) == ("automatic", True, "manual", False)
    assert parsed(fresh, "never") == "never"
    table = named(entries, f"{here}.record_types")
    assert table is not None
    assert table.value == "Partner: automatic"
    with pytest.raises(Misconfigured, match="table"):
        parsed(table, "never")
    assert named(entries, f"{here}.fields.Prospect") is None
    assert named(entries, "record_types.Prospect") is None


PRICE = Mapping(
    "toy", "price", "Price", "Price__c", "Prices",
    (
        Field("Item__c", "item", direction=Direction.TO_CRM, locked=True, key=True),
        Field("Amount__c", "amount", Number(2), Direction.TO_CRM, locked=True),
        Field("Seen__c", "seen", direction=Direction.TO_CRM, locked=True),
    ),
    promotion=Promotion.NEVER, create_in_erp=False, turns=("Item__c", "Amount__c"),
)  # fmt: skip


def _turned(source: str) -> Mapping:
    settings = Document(f"back_offices: {{books: {{objects: {{price: {{source: {source}}}}}}}}}").settings
    (made,) = effective((PRICE,), settings.of("books"))
    return made


def test_the_side_that_is_the_source_sends_and_makes_records() -> None:
    crm, erp = _turned("crm"), _turned("erp")
    ways = [field.direction for field in crm.fields]
    assert ways == [Direction.TO_ERP, Direction.TO_ERP, Direction.TO_CRM]  # what Intacct alone knows comes from there
    assert (crm.create_in_erp, crm.create_in_crm, crm.promotion) == (True, False, Promotion.AUTOMATIC)
    assert {field.direction for field in erp.fields} == {Direction.TO_CRM}
    assert (erp.create_in_erp, erp.create_in_crm, erp.promotion) == (False, True, Promotion.NEVER)


def test_records_below_others_go_with_them_and_a_choice_of_promotion_stands() -> None:
    text = "back_offices: {books: {objects: {price: {source: crm, promotion: manual}}}}"
    (chosen,) = effective((PRICE,), Document(text).settings.of("books"))
    assert chosen.promotion is Promotion.MANUAL
    below = Mapping("toy", "price", "P", "P__c", "Ps", PRICE.fields, parent="customer", turns=PRICE.turns)
    settings = Document("back_offices: {books: {objects: {price: {source: crm}}}}").settings
    (made,) = effective((below,), settings.of("books"))
    assert made.promotion is Promotion.WITH_PARENT


def test_a_source_is_told_where_there_is_none_to_choose(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.yaml", {"books": (CUSTOMER, PRICE)})
    assert not file.checked("back_offices: {books: {objects: {price: {source: erp}}}}").faults
    told = _mistakes(file, "back_offices: {books: {objects: {customer: {source: crm}}}}")
    assert [line for line, _ in told] == [1]
    assert "neither side is the only source" in told[0][1]
    entries = catalogue(file.checked("back_offices: {}").settings, file.declared)
    assert [one.choices for one in entries if one.path[-1] == "source"] == [("crm", "erp")]
