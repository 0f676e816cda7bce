"""Layouts are people's: what we put there, what they made of it, what we declare now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieline.contract import Component
from tieline.package.canonical import Table, of_component
from tieline.package.inspect import read_file
from tieline.package.layout_edit import STANDARD_ACTIONS, without
from tieline.package.layout_merge import merge
from tieline.package.parts import Key, Slot, listed_actions, parts, place, sections


def field_item(name: str, behavior: str = "Edit") -> dict[str, Any]:
    return {"behavior": behavior, "field": name}


def section(label: str, *columns: Sequence[str]) -> dict[str, Any]:
    told = [{"layoutItems": tuple(field_item(name) for name in column)} if column else "" for column in columns]
    return {"label": label, "customLabel": True, "layoutColumns": tuple(told), "style": "TwoColumnsLeftToRight"}


def action_list(*names: str) -> dict[str, Any]:
    rows = [
        {"actionName": name, "actionType": "QuickAction" if "." in name else "StandardButton", "sortOrder": number}
        for number, name in enumerate(names)
    ]
    return {"actionListContext": "Record", "platformActionListItems": tuple(rows)}


def related(name: str, *columns: str) -> dict[str, Any]:
    return {"relatedList": name, "fields": columns}


def layout(**elements: Any) -> Table:
    return of_component(Component("Layout", "Account-Account Layout", elements))


THEIRS = layout(
    layoutSections=(section("Information", ("Name", "Phone"), ("Website",)), section("Custom", ("Mood__c",), ())),
    relatedLists=(related("RelatedContactList", "FULL_NAME"),),
    customButtons=("Theirs",),
    showEmailCheckbox=False,
)
OURS = layout(
    layoutSections=(section("Accounting", ("Key__c", "Tax__c"), ("Rank__c",)),),
    relatedLists=(related("ERP_Link__c.Account__c", "NAME", "Sync_Status__c"),),
    platformActionList=action_list("Account.Promote", "Account.Sync"),
    customButtons=("Open",),
)


def names(table: Table, slot: Slot) -> list[str]:
    return [key.name for key in parts(table) if key.slot is slot]


def labels(table: Table) -> list[Any]:
    return [node["label"][0] for node in sections(table)]


def installed() -> Table:
    return merge({}, THEIRS, OURS).table


def test_everything_of_ours_comes_and_nothing_of_theirs_moves() -> None:
    table = installed()
    assert labels(table) == ["Information", "Custom", "Accounting"]
    assert names(table, Slot.FIELD) == ["Name", "Phone", "Website", "Mood__c", "Key__c", "Tax__c", "Rank__c"]
    assert names(table, Slot.RELATED) == ["RelatedContactList", "ERP_Link__c.Account__c"]
    assert names(table, Slot.BUTTON) == ["Theirs", "Open"]
    assert table["showEmailCheckbox"] == ("false",)


def test_a_list_of_ours_names_the_standard_actions_it_replaces() -> None:
    assert names(installed(), Slot.ACTION) == ["Account.Promote", "Account.Sync", *STANDARD_ACTIONS]


def test_an_existing_list_gets_ours_behind_its_own() -> None:
    theirs = {**THEIRS, **layout(platformActionList=action_list("Edit", "Account.Theirs"))}
    merged = merge({}, theirs, OURS)
    assert names(merged.table, Slot.ACTION) == ["Edit", "Account.Theirs", "Account.Promote", "Account.Sync"]
    assert [place(entry) for entry in listed_actions(merged.table)] == [0, 1, 2, 3]
    assert not merged.made


def test_a_second_time_there_is_nothing_to_do() -> None:
    merged = merge(OURS, installed(), OURS, made=True)
    assert (merged.changes, merged.kept, merged.table) == ((), (), installed())


def test_after_a_run_that_was_not_recorded_there_is_nothing_to_do_either() -> None:
    assert merge({}, installed(), OURS).changes == ()


def test_what_was_moved_stays_where_it_is() -> None:
    moved = {
        **installed(),
        **layout(
            layoutSections=(
                section("Information", ("Rank__c", "Name"), ("Key__c",)),
                section("Money", ("Tax__c",), ()),
            ),
            platformActionList=action_list("Edit", "Account.Sync", "Delete", "Account.Promote"),
        ),
    }
    merged = merge(OURS, moved, OURS, made=True)
    assert merged.table == moved
    assert merged.changes == ()


@pytest.mark.parametrize(
    "key",
    [
        Key(Slot.ACTION, "Account.Promote"),
        Key(Slot.FIELD, "Rank__c"),
        Key(Slot.RELATED, "ERP_Link__c.Account__c"),
        Key(Slot.BUTTON, "Open"),
    ],
)
def test_what_was_taken_off_stays_off(key: Key) -> None:
    left = without(installed(), {key})
    merged = merge(OURS, left, OURS, made=True)
    assert key not in parts(merged.table)
    assert [change.after for change in merged.kept] == ["taken off"]
    assert key.name in merged.kept[0].property
    assert merged.changes == ()


def test_a_new_field_goes_where_its_neighbours_were_moved_to() -> None:
    renamed = {**installed(), **layout(layoutSections=(section("Money", ("Key__c", "Tax__c"), ("Rank__c",)),))}
    more = {**OURS, **layout(layoutSections=(section("Accounting", ("Key__c", "Tax__c"), ("Rank__c", "New__c")),))}
    merged = merge(OURS, renamed, more, made=True)
    assert labels(merged.table) == ["Money"]
    assert names(merged.table, Slot.FIELD) == ["Key__c", "Tax__c", "Rank__c", "New__c"]
    assert [change.property for change in merged.changes] == ["layoutSections[Accounting].New__c"]


def test_a_section_of_theirs_with_our_heading_takes_our_fields_and_stays_when_they_go() -> None:
    theirs = layout(layoutSections=(section("Accounting", ("Mood__c",), ()),))
    table = merge({}, theirs, OURS).table
    assert labels(table) == ["Accounting"]
    assert merge(OURS, table, {}, made=True).table == theirs


def test_columns_that_nobody_changed_follow_the_declaration() -> None:
    wider = {**OURS, **layout(relatedLists=(related("ERP_Link__c.Account__c", "NAME", "Reason__c"),))}
    merged = merge(OURS, installed(), wider, made=True)
    assert merged.table["relatedLists"] == (THEIRS["relatedLists"][0], wider["relatedLists"][0])
    assert [change.property for change in merged.changes] == ["relatedLists[ERP_Link__c.Account__c]"]


def test_columns_that_somebody_changed_stay() -> None:
    own = related("ERP_Link__c.Account__c", "NAME", "Notes__c")
    theirs = {**installed(), **layout(relatedLists=(own,))}
    wider = {**OURS, **layout(relatedLists=(related("ERP_Link__c.Account__c", "NAME", "Reason__c"),))}
    assert merge(OURS, theirs, wider, made=True).table == theirs


def test_what_is_declared_no_more_goes() -> None:
    less = {**OURS, **layout(platformActionList=action_list("Account.Promote"))}
    merged = merge(OURS, installed(), less, made=True)
    assert names(merged.table, Slot.ACTION) == ["Account.Promote", *STANDARD_ACTIONS]
    assert [(change.property, change.after) for change in merged.changes] == [("platformActionList[Account.Sync]", "")]


def test_what_another_system_needs_stays() -> None:
    shared = Key(Slot.RELATED, "ERP_Link__c.Account__c")
    merged = merge(OURS, installed(), {}, elsewhere={shared}, made=True)
    assert names(merged.table, Slot.RELATED) == ["RelatedContactList", "ERP_Link__c.Account__c"]
    assert labels(merged.table) == ["Information", "Custom"]


def test_a_list_of_ours_stays_when_somebody_put_an_action_into_it() -> None:
    theirs = {**installed(), **layout(platformActionList=action_list("Account.Promote", "Edit", "Account.Theirs"))}
    merged = merge(OURS, theirs, {}, made=True)
    assert names(merged.table, Slot.ACTION) == ["Edit", "Account.Theirs"]
    assert merged.made


def test_a_new_section_stands_before_the_custom_links() -> None:
    links = {"label": "Custom Links", "style": "CustomLinks", "layoutColumns": ("", "", "")}
    theirs = layout(layoutSections=(section("Information", ("Name",), ()), links))
    assert labels(merge({}, theirs, OURS).table) == ["Information", "Accounting", "Custom Links"]


NAMES = st.lists(st.sampled_from([f"F{number}__c" for number in range(12)]), unique=True, max_size=8)


@st.composite
def pages(draw: Any) -> Table:
    """What an administrator may have made: any sections, empty places, lists, actions, none of it ours."""
    fields = draw(NAMES)
    cut = draw(st.integers(0, len(fields)))
    found: dict[str, Any] = {}
    rows = [section("Information", ("Name",), fields[:cut])]
    rows += [section("Accounting", fields[cut:], ())] if cut < len(fields) else []
    found["layoutSections"] = tuple(rows)
    listed = draw(st.lists(st.sampled_from(["Edit", "Delete", "Clone", "Account.A", "Account.B"]), unique=True))
    if listed:
        found["platformActionList"] = action_list(*listed)
    lists = draw(st.lists(st.sampled_from(["RelatedContactList", "Other__c.Account__c"]), unique=True))
    if lists:
        found["relatedLists"] = tuple(related(name, "NAME") for name in lists)
    return layout(**found)


@given(pages())
def test_putting_on_and_taking_off_leaves_the_page_as_it_was(theirs: Table) -> None:
    on = merge({}, theirs, OURS)
    assert set(parts(OURS)) <= set(parts(on.table))
    assert set(parts(theirs)) <= set(parts(on.table))
    off = merge(OURS, on.table, {}, made=on.made)
    assert off.table == theirs
    assert not off.made


@given(pages(), st.sets(st.sampled_from(sorted(parts(OURS)))))
def test_people_have_the_last_word(theirs: Table, taken: set[Key]) -> None:
    on = merge({}, theirs, OURS)
    left = without(on.table, taken)
    again = merge(OURS, left, OURS, made=on.made)
    assert again.table == left
    assert len(again.kept) == len(taken)


def test_a_layout_may_be_read_with_empty_columns_as_texts(read: Mapping[str, Table]) -> None:
    assert [key.name for key in parts(read["Account-A"])] == ["Name"]


@pytest.fixture
def read() -> Mapping[str, Table]:
    data = (
        b'<Layout xmlns="http://soap.sforce.com/2006/04/metadata"><layoutSections><label>I</label><layoutColumns>'
        b"<layoutItems><behavior>Required</behavior><field>Name</field></layoutItems><layoutItems><emptySpace>true"
        b"</emptySpace></layoutItems></layoutColumns><layoutColumns/><style>TwoColumnsTopToBottom</style>"
        b"</layoutSections></Layout>"
    )
    return {name: table for (_, name), table in read_file("layouts/Account-A.layout", data)}
