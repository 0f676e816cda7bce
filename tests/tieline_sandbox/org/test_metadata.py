"""Deploying, retrieving and taking away metadata."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from tieline_sandbox.effects import Clock


def rows(result: Any, element: str = "componentSuccesses") -> dict[str, dict[str, str]]:
    """Messages of a deploy by full name."""
    return {
        each.findtext("fullName"): {inner.tag: inner.text or "" for inner in each}
        for each in result.findall(f".//{element}")
    }


@pytest.fixture
def things(admin: Any, words: Any) -> Mapping[str, str | bytes]:
    """A custom object with a field of every type, and the permission set for it."""
    choice = (
        "<valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>{}</valueSetDefinition>"
        "</valueSet>"
    )
    values = "".join(
        f"<value><fullName>{name}</fullName><default>{flag}</default><label>{name} it</label></value>"
        for name, flag in (("Red", "false"), ("Blue", "true"))
    )
    digits = "<precision>10</precision><scale>3</scale>"
    fields = {
        "Text__c": ("Text", "<length>10</length>"),
        "Area__c": ("TextArea", ""),
        "Long__c": ("LongTextArea", "<length>1000</length><visibleLines>3</visibleLines>"),
        "Number__c": ("Number", digits),
        "Money__c": ("Currency", digits),
        "Percent__c": ("Percent", digits),
        "Check__c": ("Checkbox", "<defaultValue>true</defaultValue>"),
        "Date__c": ("Date", ""),
        "Moment__c": ("DateTime", ""),
        "Choice__c": ("Picklist", choice.format(values)),
        "Email__c": ("Email", ""),
        "Phone__c": ("Phone", ""),
        "Url__c": ("Url", ""),
        "Account__c": ("Lookup", "<referenceTo>Account</referenceTo><relationshipName>Things</relationshipName>"),
    }
    text = "".join(words.field(name, kind, inner) for name, (kind, inner) in fields.items())
    names = [f"Thing__c.{name}" for name in fields]
    return dict(words.package({"Thing__c": words.custom_object(text)}, names))


def test_a_custom_object_works_like_a_standard_one(admin: Any, things: Any) -> None:
    admin.install(things, "Grants")
    account = admin.create("Account", Name="Owner of things")
    ident = admin.create(
        "Thing__c",
        Name="One",
        Number__c=1.23456,
        Date__c="2026-01-02",
        Moment__c="2026-01-02T03:04:05+01:00",
        Account__c=account,
    )
    row = admin.get("Thing__c", ident)
    assert ident.startswith("a00")
    assert (row["Number__c"], row["Check__c"], row["Choice__c"]) == (1.235, True, "Blue")
    assert row["Moment__c"] == "2026-01-02T02:04:05.000+0000"
    assert (
        admin.values("SELECT Account__r.Name FROM Thing__c WHERE Account__r.Name LIKE 'Owner%'")[0]["Name"]
        == "Owner of things"
    )
    found = admin.query("SELECT Name, (SELECT Name FROM Things__r) FROM Account")["records"][0]
    assert found["Things__r"]["totalSize"] == 1
    admin.ok("DELETE", f"/sobjects/Account/{account}")
    assert admin.get("Thing__c", ident)["Account__c"] is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"Text__c": "x" * 11}, "STRING_TOO_LONG"),
        ({"Choice__c": "Green"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"Number__c": 12345678}, "NUMBER_OUTSIDE_VALID_RANGE"),
        ({"Email__c": "a@b"}, "INVALID_EMAIL_ADDRESS"),
        ({"Moment__c": "later"}, "JSON_PARSER_ERROR"),
        ({"Check__c": "perhaps"}, "JSON_PARSER_ERROR"),
    ],
)
def test_custom_fields_check_their_values(admin: Any, things: Any, values: dict[str, Any], code: str) -> None:
    admin.install(things, "Grants")
    assert admin.refused("POST", "/sobjects/Thing__c", {"Name": "x", **values})[1] == code


def test_describe_shows_what_was_declared(admin: Any, things: Any) -> None:
    admin.install(things, "Grants")
    told = admin.ok("GET", "/sobjects/Thing__c/describe")
    fields = {each["name"]: each for each in told["fields"]}
    assert (told["label"], told["labelPlural"], told["custom"], told["keyPrefix"]) == ("Thing", "Things", True, "a00")
    assert fields["Choice__c"]["restrictedPicklist"] is True
    assert [each["label"] for each in fields["Choice__c"]["picklistValues"]] == ["Red it", "Blue it"]
    assert (fields["Money__c"]["type"], fields["Money__c"]["precision"], fields["Money__c"]["scale"]) == (
        "currency",
        10,
        3,
    )
    assert (fields["Account__c"]["relationshipName"], fields["Account__c"]["referenceTo"]) == (
        "Account__r",
        ["Account"],
    )
    assert fields["Long__c"]["filterable"] is False


def test_a_second_deploy_changes_nothing(admin: Any, things: Any) -> None:
    admin.install(things)
    before = len(admin.app.state.mutations())
    result = rows(admin.deploy(things))
    assert {name for name, row in result.items() if row["changed"] == "true"} == {"package.xml"}
    assert len(admin.app.state.mutations()) == before


def test_check_only_and_failures_leave_no_trace(admin: Any, things: Any, words: Any) -> None:
    before = len(admin.app.state.mutations())
    assert admin.deploy(things, checkOnly="true").findtext("status") == "Succeeded"
    bad = {**things, "permissionsets/Grants.permissionset": words.permission_set(["Thing__c.Nowhere__c"])}
    result = admin.deploy(bad)
    assert result.findtext("status") == "Failed"
    assert words.problems(result) == ["In field: field - no CustomField named Thing__c.Nowhere__c found"]
    assert len(admin.app.state.mutations()) == before
    assert admin.refused("GET", "/sobjects/Thing__c/describe")[1] == "NOT_FOUND"


def test_without_rollback_the_good_ones_stay(admin: Any, things: Any, words: Any) -> None:
    bad = {**things, "permissionsets/Grants.permissionset": words.permission_set(["Thing__c.Nowhere__c"])}
    result = admin.deploy(bad, rollbackOnError="false")
    assert result.findtext("status") == "SucceededPartial"
    admin.create("Thing__c", Name="there")


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        (
            "<fullName>A__c</fullName><label>A</label><type>Nonsense</type>",
            "'Nonsense' is not a valid value for the enum 'FieldType'",
        ),
        (
            "<fullName>A__c</fullName><label>A</label><type>Text</type>",
            "Must specify 'length' for a CustomField of type Text",
        ),
        ("<fullName>A__c</fullName><label>A</label><type>Picklist</type>", "Must specify 'valueSet'"),
        (
            "<fullName>A__c</fullName><label>A</label><type>Picklist</type><valueSet><valueSetDefinition/></valueSet>",
            "Picklist values",
        ),
        (
            "<fullName>A__c</fullName><label>A</label><type>Picklist</type><valueSet><valueSetName>No</valueSetName></valueSet>",
            "no GlobalValueSet named No found",
        ),
        (
            "<fullName>A__c</fullName><label>A</label><type>Lookup</type><referenceTo>No__c</referenceTo>",
            "'No__c' does not resolve",
        ),
        ("<fullName>A__c</fullName><type>Date</type>", "Required field is missing: label"),
        ("<fullName>1A__c</fullName><label>A</label><type>Date</type>", "can only contain alphanumeric characters"),
        ("<fullName>No</fullName><label>A</label><type>Date</type>", "Could not resolve standard field's name."),
        (
            "<fullName>A__c</fullName><label>A</label><type>Number</type><precision>20</precision><scale>2</scale>",
            "Precision must be",
        ),
        (
            "<fullName>A__c</fullName><label>A</label><type>Date</type><externalId>true</externalId>",
            "externalId is not allowed",
        ),
    ],
)
def test_bad_fields_are_named(admin: Any, words: Any, inner: str, problem: str) -> None:
    name = inner.partition("<fullName>")[2].partition("<")[0]
    files = {
        "package.xml": words.manifest({"CustomField": [f"Account.{name}"]}),
        "objects/Account.object": words.standard_object(f"<fields>{inner}</fields>"),
    }
    result = admin.deploy(files)
    assert result.findtext("status") == "Failed"
    found = [each for each in result.findall(".//componentFailures") if problem in each.findtext("problem")]
    assert [each.findtext("problemType") for each in found] == ["Error"]


def page(admin: Any, words: Any, kind: str, name: str, file: str, inner: str) -> list[str]:
    """The problems of deploying one file."""
    text = f'<{kind} xmlns="{words.metadata}">{inner}</{kind}>'
    return list(words.problems(admin.deploy({"package.xml": words.manifest({kind: [name]}), file: text})))


def items(*names: str) -> str:
    rows = "".join(f"<layoutItems><behavior>Edit</behavior><field>{name}</field></layoutItems>" for name in names)
    return f"<layoutSections><layoutColumns>{rows}</layoutColumns><style>OneColumn</style></layoutSections>"


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        (items("Name"), None),
        (items("Name", "Phone", "BillingAddress", "OwnerId"), None),
        (items("Phone"), "Layout must contain an item for required layout field: Name"),
        (items("Name", "No__c"), "In field: field - no CustomField named Account.No__c found"),
        (items("Name", "Name"), "Duplicate field on layout: Name"),
        (
            items("Name") + "<customButtons>Go</customButtons>",
            "In field: customButtons - no WebLink named Account.Go found",
        ),
        (
            items("Name") + "<quickActionList><quickActionListItems><quickActionName>Account.Go</quickActionName>"
            "</quickActionListItems></quickActionList>",
            "In field: quickActionName - no QuickAction named Account.Go found",
        ),
        (
            items("Name") + "<relatedLists><relatedList>No__c.A__c</relatedList></relatedLists>",
            "Cannot find related list:No__c.A__c",
        ),
    ],
)
def test_layouts(admin: Any, words: Any, inner: str, problem: str | None) -> None:
    name = "Account-Mine"
    found = page(admin, words, "Layout", name, f"layouts/{name}.layout", inner)
    assert found == ([problem] if problem else [])


def test_quick_actions_must_find_their_object_and_fields(admin: Any, words: Any) -> None:
    told = "<label>Go</label><optionsCreateFeedItem>false</optionsCreateFeedItem><type>Create</type>"
    name, file = "Account.Go", "quickActions/Account.Go.quickAction"
    assert page(admin, words, "QuickAction", name, file, told) == ["Required field is missing: targetObject"]
    target = told + "<targetObject>No__c</targetObject>"
    assert page(admin, words, "QuickAction", name, file, target) == [
        "In field: targetObject - no CustomObject named No__c found"
    ]
    override = told + "<targetObject>Contact</targetObject><fieldOverrides><field>No__c</field></fieldOverrides>"
    assert page(admin, words, "QuickAction", name, file, override) == [
        "In field: field - no CustomField named Contact.No__c found"
    ]
    assert page(admin, words, "QuickAction", name, file, told + "<targetObject>Contact</targetObject>") == []


def test_required_fields_take_no_permissions(admin: Any, words: Any) -> None:
    required = words.field("Must__c", "Text", "<length>5</length><required>true</required>")
    result = admin.deploy(words.package({"Account": words.standard_object(required)}, ["Account.Must__c"]))
    assert words.problems(result) == ["You cannot deploy to a required field: Account.Must__c"]


@pytest.mark.parametrize(
    "files",
    [
        {"package.xml": "<Package"},
        {"package.xml": "<Other/>"},
        {"package.xml": '<!DOCTYPE a [<!ENTITY b "c">]><Package>&b;</Package>'},
        {"other.xml": "<Package/>"},
        {"a/package.xml": "<Package/>", "b/package.xml": "<Package/>"},
    ],
)
def test_packages_that_are_none_fail(admin: Any, files: dict[str, str]) -> None:
    result = admin.deploy(files)
    assert (result.findtext("status"), result.findtext("success")) == ("Failed", "false")
    assert rows(result, "componentFailures")["package.xml"]["problem"]


def test_bombs_are_refused(admin: Any, words: Any) -> None:
    big = admin.deploy({"package.xml": words.manifest({}), "objects/Account.object": b" " * (210 * 1024 * 1024)})
    assert words.problems(big) == ["The zip file is too large when unzipped"]
    many = admin.deploy({f"objects/{number}.object": "" for number in range(10_001)})
    assert words.problems(many) == ["The zip file holds more than 10000 files"]
    lol = (
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><CustomObject>&c;</CustomObject>'
    )
    entity = admin.deploy({"package.xml": words.manifest({"CustomObject": ["Account"]}), "objects/Account.object": lol})
    assert entity.findtext("status") == "Failed"


def test_a_star_takes_all_in_the_zip(admin: Any, words: Any, things: Any) -> None:
    files = {**things, "package.xml": words.manifest({"CustomObject": ["*"], "PermissionSet": ["*"]})}
    assert {"Thing__c", "Thing__c.Text__c", "Grants"} <= rows(admin.deploy(files)).keys()


def test_destructive_changes_remove_exactly_their_members(admin: Any, words: Any, things: Any) -> None:
    admin.install(things, "Grants")
    ident = admin.create("Thing__c", Name="x", Text__c="gone", Area__c="stays")
    gone = words.manifest({"CustomField": ["Thing__c.Text__c", "Thing__c.Never__c"]})
    result = admin.deploy({"package.xml": words.manifest({}), "destructiveChanges.xml": gone})
    told = rows(result)
    assert told["Thing__c.Text__c"]["deleted"] == "true"
    assert told["Thing__c.Never__c"]["problemType"] == "Warning"
    row = admin.get("Thing__c", ident)
    assert "Text__c" not in row
    assert row["Area__c"] == "stays"
    admin.install(things)
    assert admin.get("Thing__c", ident)["Text__c"] is None


def test_what_is_in_use_can_not_be_deleted(admin: Any, words: Any, things: Any) -> None:
    admin.install(things, "Grants")
    gone = words.manifest({"PermissionSet": ["Grants"], "CustomObject": ["Account"]})
    result = admin.deploy({"package.xml": words.manifest({}), "destructiveChanges.xml": gone})
    assert sorted(words.problems(result)) == [
        "Cannot delete standard object: Account",
        "Permission set is assigned to users and can't be deleted; remove the assignments first",
    ]


def test_deleting_an_object_takes_its_parts_and_rows(admin: Any, words: Any, things: Any) -> None:
    admin.install(things, "Grants")
    admin.create("Thing__c", Name="x")
    gone = words.manifest({"CustomObject": ["Thing__c"]})
    assert (
        admin.deploy({"package.xml": words.manifest({}), "destructiveChanges.xml": gone}).findtext("status")
        == "Succeeded"
    )
    assert admin.refused("GET", "/sobjects/Thing__c/describe")[1] == "NOT_FOUND"
    told = admin.soap("<listMetadata><queries><type>CustomField</type></queries></listMetadata>")
    assert told.findall(".//fullName") == []
    admin.install(things)
    assert admin.query("SELECT COUNT() FROM Thing__c")["totalSize"] == 0


def test_what_was_deployed_is_retrieved_and_deploys_again_unchanged(admin: Any, words: Any, things: Any) -> None:
    admin.install(things)
    types = "".join(
        f"<types><members>{name}</members><name>{kind}</name></types>"
        for name, kind in (("*", "CustomObject"), ("Grants", "PermissionSet"), ("No", "PermissionSet"))
    )
    asked = f"<apiVersion>60.0</apiVersion><unpackaged>{types}</unpackaged>"
    ident = admin.soap(f"<retrieve><retrieveRequest>{asked}</retrieveRequest></retrieve>").findtext(".//id")
    told = admin.soap(
        f"<checkRetrieveStatus><asyncProcessId>{ident}</asyncProcessId><includeZip>true</includeZip></checkRetrieveStatus>"
    )
    assert told.findtext(".//messages/problem") == "Entity of type 'PermissionSet' named 'No' cannot be found"
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(told.findtext(".//zipFile")))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(files) == [
        "unpackaged/objects/Thing__c.object",
        "unpackaged/package.xml",
        "unpackaged/permissionsets/Grants.permissionset",
    ]
    result = rows(admin.deploy(files))
    assert {name for name, row in result.items() if row["changed"] == "true"} == {"package.xml"}


def test_only_administrators_deploy(users: dict[str, Any], things: Any, words: Any) -> None:
    started = users["sam"].soap(f"<deploy><ZipFile>{words.zipped(things)}</ZipFile></deploy>")
    assert "INSUFFICIENT_ACCESS" in started.findtext(".//faultcode")


def test_components_one_by_one(admin: Any) -> None:
    inner = "<fullName>Account.One__c</fullName><label>One</label><type>Date</type>"
    told = f'<metadata xsi:type="CustomField">{inner}</metadata>'
    assert admin.soap(f"<createMetadata>{told}</createMetadata>").findtext(".//success") == "true"
    again = admin.soap(f"<createMetadata>{told}</createMetadata>")
    assert (again.findtext(".//success"), again.findtext(".//errors/message")) == (
        "false",
        "The name Account.One__c is already used by another CustomField",
    )
    upserted = admin.soap(f"<upsertMetadata>{told.replace('>One<', '>Uno<')}</upsertMetadata>")
    assert (upserted.findtext(".//created"), upserted.findtext(".//success")) == ("false", "true")
    names = "<fullNames>Account.One__c</fullNames><fullNames>Account.No__c</fullNames>"
    read = f"<readMetadata><type>CustomField</type>{names}</readMetadata>"
    assert [each.findtext("label") for each in admin.soap(read).findall(".//records")] == ["Uno", None]
    gone = "<deleteMetadata><type>CustomField</type><fullNames>Account.One__c</fullNames></deleteMetadata>"
    assert [admin.soap(gone).findtext(".//success") for _ in range(2)] == ["true", "false"]


def test_a_value_set_keeps_values_in_use(admin: Any, words: Any) -> None:
    def value_set(*names: str) -> str:
        values = "".join(
            f"<customValue><fullName>{name}</fullName><default>false</default><label>{name}</label></customValue>"
            for name in names
        )
        inner = f"{values}<masterLabel>Terms</masterLabel><sorted>false</sorted>"
        return f'<GlobalValueSet xmlns="{words.metadata}">{inner}</GlobalValueSet>'

    terms = words.field(
        "Terms__c", "Picklist", "<valueSet><restricted>true</restricted><valueSetName>Terms</valueSetName></valueSet>"
    )
    files = words.package({"Account": words.standard_object(terms)}, ["Account.Terms__c"])
    files["package.xml"] = words.manifest(
        {"CustomField": ["Account.Terms__c"], "PermissionSet": ["Grants"], "GlobalValueSet": ["Terms"]}
    )
    files["globalValueSets/Terms.globalValueSet"] = value_set("N30", "N60")
    admin.install(files, "Grants")
    admin.create("Account", Name="x", Terms__c="N30")
    assert (
        admin.refused("POST", "/sobjects/Account", {"Name": "x", "Terms__c": "N90"})[1]
        == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    )
    only = {"package.xml": words.manifest({"GlobalValueSet": ["Terms"]})}
    result = admin.deploy({**only, "globalValueSets/Terms.globalValueSet": value_set("N60", "N90")})
    assert words.problems(result) == ["Cannot remove the value N30: it is in use by records"]
    admin.install({**only, "globalValueSets/Terms.globalValueSet": value_set("N30", "N90")})
    admin.create("Account", Name="x", Terms__c="N90")


def test_every_object_has_a_layout(admin: Any, things: Any, words: Any) -> None:
    admin.install(things)
    told = admin.soap("<listMetadata><queries><type>Layout</type></queries></listMetadata>")
    names = [each.text for each in told.findall(".//fullName")]
    assert {"Account-Account Layout", "Contact-Contact Layout", "Thing__c-Thing Layout"} <= set(names)
    read = "".join(f"<fullNames>{name}</fullNames>" for name in names)
    records = admin.soap(f"<readMetadata><type>Layout</type>{read}</readMetadata>").findall(".//records")
    for record in records:  # what the org made by itself must be fit for a deploy
        name = record.findtext("fullName")
        fields = [each.text for each in record.findall(".//field")]
        assert page(admin, words, "Layout", name, f"layouts/{name}.layout", items(*fields)) == []


def test_labels_come_in_the_users_language(users: dict[str, Any], things: Any, words: Any) -> None:
    admin, camille = users["admin"], users["camille"]
    admin.install(things)
    admin.assign("Grants", camille.user_id)
    values = "<picklistValues><masterLabel>Red it</masterLabel><translation>Rouge</translation></picklistValues>"
    inner = (
        "<caseValues><plural>false</plural><value>Chose</value></caseValues>"
        "<caseValues><plural>true</plural><value>Choses</value></caseValues>"
        f"<fields><label>Choix</label><name>Choice__c</name>{values}</fields>"
    )
    name = "Thing__c-fr"
    file = f"objectTranslations/{name}.objectTranslation"
    assert page(admin, words, "CustomObjectTranslation", name, file, inner) == []
    told = camille.ok("GET", "/sobjects/Thing__c/describe")
    choice = next(each for each in told["fields"] if each["name"] == "Choice__c")
    assert (told["label"], told["labelPlural"], choice["label"]) == ("Chose", "Choses", "Choix")
    assert [each["label"] for each in choice["picklistValues"]] == ["Rouge", "Blue it"]
    admin.assign("Grants")
    assert admin.ok("GET", "/sobjects/Thing__c/describe")["label"] == "Thing"


JSON = (("Content-Type", "application/json"),)


def test_a_validated_package_is_deployed_without_sending_it_again(admin: Any, words: Any, clock: Clock) -> None:
    files = words.package({"Account": words.standard_object(words.key)}, ["Account.Key__c"])
    validated = [admin.deploy(files, checkOnly="true").findtext("id") for _ in range(3)]
    wanted = {"validatedDeployRequestId": validated[0]}
    started = admin.ok("POST", "/metadata/deployRequest", wanted, JSON)
    told = admin.ok("GET", f"/metadata/deployRequest/{started['id']}")["deployResult"]
    assert (told["status"], told["checkOnly"], told["numberComponentsDeployed"]) == ("Succeeded", False, 2)
    assert admin.refused("POST", "/metadata/deployRequest", wanted, JSON)[1] == "INVALID_ID_FIELD"
    asked = f"<deployRecentValidation><validationID>{validated[1]}</validationID></deployRecentValidation>"
    assert admin.soap(asked).findtext(".//result").startswith("0Af")
    clock.advance(11 * 86400)
    late = {"validatedDeployRequestId": validated[2]}
    assert admin.refused("POST", "/metadata/deployRequest", late, JSON)[0] == 400


def test_a_failed_validation_cannot_be_deployed(admin: Any, words: Any) -> None:
    ident = admin.deploy({"package.xml": words.manifest({"Flow": ["X"]})}, checkOnly="true").findtext("id")
    wanted = {"validatedDeployRequestId": ident}
    assert admin.refused("POST", "/metadata/deployRequest", wanted, JSON)[1] == "INVALID_ID_FIELD"


TRANSLATION = (
    "<caseValues><plural>false</plural><value>Chose</value></caseValues>"
    "<fields><label>Choix</label><name>Choice__c</name></fields>"
    "<layouts><layout>Thing Layout</layout><sections><label>Informations</label><section>Information</section>"
    "</sections><sections><label>Ailleurs</label><section>Nowhere</section></sections></layouts>"
)


def test_words_go_with_what_they_name(admin: Any, things: Any, words: Any) -> None:
    admin.install(things)
    name = "Thing__c-fr"
    file = f"objectTranslations/{name}.objectTranslation"
    assert page(admin, words, "CustomObjectTranslation", name, file, TRANSLATION) == []
    read = f"<readMetadata><type>CustomObjectTranslation</type><fullNames>{name}</fullNames></readMetadata>"
    told = admin.soap(read)
    assert [each.text for each in told.iter("section")] == ["Information"]
    assert [each.text for each in told.iter("name")] == ["Choice__c"]
    gone = words.manifest({"CustomField": ["Thing__c.Choice__c"]})
    result = admin.deploy({"package.xml": words.manifest({}), "destructiveChangesPost.xml": gone})
    assert result.findtext("status") == "Succeeded"
    told = admin.soap(read)
    assert [each.text for each in told.iter("name")] == []
    assert [each.text for each in told.iter("value")] == ["Chose"]


def test_a_language_that_is_not_switched_on_is_refused(admin: Any, things: Any, words: Any) -> None:
    admin.install(things)
    name = "Thing__c-de"
    problems = page(
        admin, words, "CustomObjectTranslation", name, f"objectTranslations/{name}.objectTranslation", TRANSLATION
    )
    assert ["not switched on" in each for each in problems] == [True]


def test_the_name_field_is_in_the_persons_language(users: dict[str, Any], things: Any, words: Any) -> None:
    admin, camille = users["admin"], users["camille"]
    admin.install(things)
    admin.assign("Grants", camille.user_id)
    inner = f"{TRANSLATION}<nameFieldLabel>Nom de la chose</nameFieldLabel>"
    name = "Thing__c-fr"
    file = f"objectTranslations/{name}.objectTranslation"
    assert page(admin, words, "CustomObjectTranslation", name, file, inner) == []
    told = camille.ok("GET", "/sobjects/Thing__c/describe")
    assert "Nom de la chose" in [each["label"] for each in told["fields"]]
