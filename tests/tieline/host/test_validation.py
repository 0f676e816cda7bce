"""Each rule: one declaration that breaks it, the place named, and a sound declaration with no problem at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tieline.contract import (
    Action,
    Choice,
    Declarations,
    DemoPlan,
    Direction,
    Field,
    Layout,
    ManagedList,
    Number,
    Option,
    Parameter,
    Person,
    Policy,
    Promote,
    Promotion,
    Reference,
    Setting,
    Side,
    Text,
)
from tieline.host.validation import Problem, problems

TERMS = ManagedList("toy", "terms", "Term", "Terms", attributes=("email",))
ACTION = Action(
    "toy",
    "promote",
    "Promote",
    "Account",
    handler=lambda _: Promote("customer"),
    reads=("Name", "OwnerId"),
    children={"Lines": ("Product2Id",)},
    links={"Product2Id": "customer"},
    lists=("terms",),
    parameters=(Parameter("term", "Term", Option("terms")),),
    enabled_when='record.Name != "" && !("customer" in linked) && ["a"].exists(x, x == record.Name)',
    otherwise="It is already there.",
)


@pytest.fixture
def sound(toys: Any) -> Declarations:
    child = toys.mapping(
        name="line",
        crm_object="Line__c",
        erp_object="Lines",
        parent="customer",
        embedded_in="Customers",
        promotion=Promotion.WITH_PARENT,
        fields=(Field("Account__c", "Customer.Guid", Reference("customer")), Field("Term__c", "Term", Option("terms"))),
    )
    return Declarations(
        systems=(toys.system(),),
        mappings=(toys.mapping(fields=(Field("Name", "Name"), Field("Phone", "Phone"))), child),
        lists=(TERMS,),
        actions=(ACTION,),
        layouts=(Layout("toy", "Account", "ERP", ("ERP_Key__c",)),),
    )


def _found(declared: Declarations) -> list[Problem]:
    return problems(declared, Declarations(), declared)


def test_a_sound_plugin_has_no_problem(sound: Declarations) -> None:
    assert _found(sound) == []


def _one(declared: Declarations, where: str, what: str) -> None:
    found = _found(declared)
    assert any(where in each.where and what in each.what and each.mend for each in found), found


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"system": "nope"}, "nope", "there is no system"),
        ({"name": "Bad Name"}, "Bad Name", "legal name"),
        ({"label": "x" * 41}, "customer", "longer than 40"),
        ({"label": " "}, "customer", "no label"),
        ({"crm_object": "Bad-Object"}, "customer", "API name"),
        ({"crm_object": "Bad__Object"}, "customer", "API name"),
        ({"erp_object": ""}, "customer", "no ERP object"),
        ({"fields": ()}, "customer", "no fields"),
        ({"parent": "custmer"}, "customer", "there is no mapping 'custmer'"),
        ({"parent": "line"}, "customer", "lead back to itself"),
        ({"parent": "line"}, "customer", "no field refers to its parent"),
        ({"promotion": Promotion.WITH_PARENT}, "customer", "promoted with its parent and has none"),
        ({"embedded_in": "Nothing"}, "customer", "there is no mapping of the ERP object 'Nothing'"),
        ({"promotion": Promotion.AUTOMATIC, "create_in_erp": False}, "customer", "may not create"),
        ({"number": "OrderNumber"}, "customer -> number", "there is no ERP field"),
        ({"crm_constants": {"Name": "x"}}, "customer -> Name", "mapped and constant"),
        ({"crm_constants": {"Bad Name": "x"}}, "customer -> Bad Name", "API name"),
        ({"erp_constants": {"Phone": "x"}}, "customer -> Phone", "mapped and constant"),
    ],
)
def test_a_mapping_that_does_not_hold(sound: Declarations, changes: dict[str, Any], where: str, what: str) -> None:
    first, *others = sound.mappings
    _one(replace(sound, mappings=(replace(first, **changes), *others)), where, what)


@pytest.mark.parametrize(
    ("fields", "where", "what"),
    [
        ([Field("Name", "A"), Field("Name", "B")], "customer", "CRM field 'Name' is declared 2 times"),
        ([Field("A__c", "X"), Field("B__c", "X")], "customer", "ERP field 'X' is declared 2 times"),
        ([Field("Bad Name", "X")], "customer -> Bad Name", "API name"),
        ([Field("Account.Name", "X")], "customer -> Account.Name", "API name"),
        ([Field("A__c", "X", label="x" * 41)], "customer -> A__c", "longer than 40"),
        ([Field("A__c", "")], "customer -> A__c", "names no ERP field"),
        ([Field("A__c", "X", Reference("custmer"))], "customer -> A__c", "there is no mapping 'custmer'"),
        ([Field("A__c", "X", Option("trms"))], "customer -> A__c", "there is no list 'trms'"),
        ([Field("A__c", "X", Person("people"))], "customer -> A__c", "there is no list 'people'"),
        ([Field("A__c", "X", Person("terms", "mail"))], "customer -> A__c", "attribute of terms 'mail'"),
        ([Field("A__c", "X", Choice(()))], "customer -> A__c", "no values"),
        ([Field("A__c", "X", Choice(("a", "a")))], "customer -> A__c", "value 'a' is declared 2 times"),
        ([Field("A__c", "X", Number(scale=3, precision=2))], "customer -> A__c", "do not fit"),
        ([Field("A__c", "X", Number(precision=19))], "customer -> A__c", "do not fit"),
        ([Field("A__c", "X", Text(0))], "customer -> A__c", "0 characters long"),
        ([Field("A__c", "X", owner=Side.CRM, merge=lambda _b, c, _e: c)], "customer -> A__c", "owner and a merge"),
        ([Field("A__c", "X", policy=Policy.NEWEST)], "customer -> A__c", "come from two clocks"),
        ([Field("A__c", "X", direction=Direction.TO_CRM, owner=Side.CRM)], "customer -> A__c", "never asked"),
        ([Field("A__c", "X", direction=Direction.TO_ERP, owner=Side.ERP)], "customer -> A__c", "never asked"),
        (
            [Field("A__c", "X", group="g"), Field("B__c", "Y", group="g", policy=Policy.MANUAL)],
            "customer -> g",
            "merge as one value",
        ),
    ],
)
def test_a_field_that_does_not_hold(sound: Declarations, fields: list[Field], where: str, what: str) -> None:
    first, *others = sound.mappings
    _one(replace(sound, mappings=(replace(first, fields=tuple(fields)), *others)), where, what)


def test_newest_wins_where_the_system_lives_on_the_crms_clock(sound: Declarations) -> None:
    first, *others = sound.mappings
    newest = replace(first, fields=(Field("A__c", "X", policy=Policy.NEWEST),))
    systems = tuple(replace(system, one_clock=True) for system in sound.systems)
    found = _found(replace(sound, mappings=(newest, *others), systems=systems))
    assert not any("clocks" in each.what for each in found)


def test_a_field_that_can_never_travel(sound: Declarations) -> None:
    first, *others = sound.mappings
    field = Field("A__c", "X", direction=Direction.TO_ERP)
    read_only = replace(first, fields=(field,), create_in_erp=False, update_automatically=False)
    _one(replace(sound, mappings=(read_only, *others)), "A__c", "the mapping never writes there")


def test_two_fields_may_read_the_same_erp_field(sound: Declarations) -> None:
    first, *others = sound.mappings
    both = (Field("A__c", "X"), Field("B__c", "X", direction=Direction.TO_CRM))
    assert _found(replace(sound, mappings=(replace(first, fields=both), *others))) == []


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"name": "org"}, "org", "the host's own"),
        ({"prefix": "Too_Long_A_Prefix"}, "toy", "no prefix"),
        ({"hosts": ("*",)}, "toy -> *", "host name pattern"),
        ({"hosts": ("https://a.example",)}, "toy -> https", "host name pattern"),
        ({"settings": (Setting("ca_file", "A", "b"),)}, "toy -> ca_file", "already has this setting"),
        ({"settings": (Setting("a", "A", "b"), Setting("a", "A", "b"))}, "toy", "setting 'a' is declared 2 times"),
        (
            {"settings": (Setting("a", "A", "b", secret=True, default="x"),)},
            "toy -> a",
            "secret may not have a default",
        ),
        ({"demo": DemoPlan("customer", "contct", "line", "promote")}, "toy -> demo", "there is no mapping 'contct'"),
        ({"demo": DemoPlan("customer", "line", "line", "order")}, "toy -> demo", "there is no action 'order'"),
    ],
)
def test_a_system_that_does_not_hold(sound: Declarations, changes: dict[str, Any], where: str, what: str) -> None:
    _one(replace(sound, systems=(replace(sound.systems[0], **changes),)), where, what)


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"enabled_when": "record.A >"}, "promote -> enabled_when", "cannot be read"),
        ({"enabled_when": "recrd.A > 1"}, "promote -> enabled_when", "there is no 'recrd'"),
        ({"otherwise": ""}, "promote", "does not say why"),
        ({"lists": ("trms",)}, "promote", "there is no list 'trms'"),
        ({"links": {"Other__c": "customer"}}, "promote -> Other__c", "linked but not read"),
        ({"links": {"OwnerId": "custmer"}}, "promote -> OwnerId", "there is no mapping"),
        ({"on": "9"}, "promote", "API name"),
        ({"parameters": (Parameter("x", "X", Option("y")),)}, "promote -> x", "there is no list 'y'"),
        ({"label": ""}, "promote", "no label"),
    ],
)
def test_an_action_that_does_not_hold(sound: Declarations, changes: dict[str, Any], where: str, what: str) -> None:
    _one(replace(sound, actions=(replace(ACTION, **changes),)), where, what)


def test_lists_layouts_and_doubles(sound: Declarations) -> None:
    _one(replace(sound, lists=(TERMS, replace(TERMS, attributes=("Bad",)))), "terms -> Bad", "legal name")
    _one(replace(sound, lists=(TERMS, TERMS)), "register_managed_lists", "declared 2 times")
    _one(replace(sound, layouts=(Layout("toy", "Account", "ERP", ("bad field",)),)), "bad field", "API name")
    _one(replace(sound, actions=(ACTION, ACTION)), "register_actions", "declared 2 times")


def test_did_you_mean(sound: Declarations) -> None:
    first, *others = sound.mappings
    wrong = replace(first, fields=(Field("A__c", "X", Reference("custmer")),))
    assert "Did you mean 'customer'?" in _found(replace(sound, mappings=(wrong, *others)))[0].mend
