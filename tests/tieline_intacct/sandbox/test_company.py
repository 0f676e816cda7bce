"""What the company tells about itself, its users and who did what: in the shapes of the reference."""

from __future__ import annotations

from typing import Any


def told(result: Any, path: str) -> list[dict[str, str | None]]:
    return [{str(cell.tag): cell.text for cell in one} for one in result.findall(path)]


def test_dimensions_and_what_leads_to_what(desk: Any) -> None:
    dimensions, relations = desk.good("<getDimensions/>", "<getDimensionRelationships/>")
    assert told(dimensions, "data/dimensions/dimension")[0] == {
        "objectName": "LOCATION", "objectLabel": "Location", "termLabel": "Location",
        "userDefinedDimension": "false", "enabledInGL": "true",
    }  # fmt: skip
    named = {one.findtext("dimension"): one for one in relations.findall("data/relationship")}
    up = {one.findtext("dimension"): one for one in named["PROJECT"].findall("related")}["CUSTOMER"]
    down = {one.findtext("dimension"): one for one in named["CUSTOMER"].findall("related")}["PROJECT"]
    assert (up.findtext("source_side"), up.findtext("related_side")) == ("Many", "One")
    assert (down.findtext("source_side"), down.findtext("related_side")) == ("One", "Many")
    assert up.findtext("relationship_id") == down.findtext("relationship_id")
    assert up.findtext("object_id") == named["CUSTOMER"].findtext("object_id")


def test_subscriptions_and_their_settings(desk: Any) -> None:
    subscribed, settings = desk.good("<get_applications/>", '<get_companyprefs application="GEN"/>')
    assert "SO" in [one.text for one in subscribed.findall("data/application")]
    assert told(settings, "data/companypref")[0] == {
        "application": "GEN", "preference": "PRIMARY_ACCTNO_LENGTH", "prefvalue": "4",
    }  # fmt: skip
    assert desk.words("<get_companyprefs/>") == "get_companyprefs needs the code of an application"


def test_the_financial_setup(desk: Any) -> None:
    for location in ("", "200-DE"):
        (result,) = desk.good("<getFinancialSetup/>", location=location)
        (setup,) = told(result, "data/financialSetup")
        assert (setup["baseCurrency"], setup["multiCurrency"], setup["firstFiscalMonth"]) == ("USD", "true", "1")


def test_how_a_user_sees_dates_and_what_he_may_do(desk: Any) -> None:
    for named in ("", "<key>1</key>", "<userId>sync</userId>"):
        (result,) = desk.good(f"<readUserFormatting>{named}</readUserFormatting>")
        assert told(result, "data/userformatting") == [
            {"recordno": "1", "locale": "en_US", "dateformat": "/mdY", "gmtoffset": "+00:00", "clock": "24"}
        ]
    for function in ("readUserFormatting", "getUserPermissions"):
        assert "does not exist" in desk.words(f"<{function}><userId>nobody</userId></{function}>")
    (result,) = desk.good("<getUserPermissions/>")
    assert result.findtext("data/permissions/appSubscription/policies/policy/rights") == "List|View|Add|Edit|Delete"


def test_the_trail_of_one_record(desk: Any) -> None:
    desk.customer("C-1")
    desk.edit("update", "CUSTOMER", "C-1", COMMENTS="x")
    trails = [
        desk.good(f"<getAuditTrail><object>CUSTOMER</object>{named}</getAuditTrail>")[0]
        for named in ("<recordNo>1</recordNo>", "<objectKey>C-1</objectKey>")
    ]
    made, changed = told(trails[0], "data/auditTrailDetail")
    assert (made["userId"], made["accessMode"], made["source"]) == ("sync", "create", "api")
    assert (changed["userId"], changed["accessMode"], changed["source"]) == ("ann", "modify", "ui")
    assert (made["object"], made["objectKey"], made["accessTime"]) == ("customer", "1", "2026-01-05T10:00:00+00:00")
    assert told(trails[1], "data/auditTrailDetail") == [made, changed]
    assert "Cannot find" in desk.words("<getAuditTrail><object>CUSTOMER</object></getAuditTrail>")


def test_the_audit_history_in_both_dialects(desk: Any) -> None:
    """`query` wants the letter, readByQuery the word."""
    desk.customer("C-1")
    desk.edit("delete", "CUSTOMER", "C-1")
    leaf = "<equalto><field>{}</field><value>{}</value></equalto>".format
    where = f"<and>{leaf('ACCESSMODE', 'D')}{leaf('OBJECTTYPE', 'customer')}</and>"
    assert desk.rows("AUDITHISTORY", "OBJECTKEY", "USERID", "SOURCE", where=where) == [("1", "ann", "ui")]
    found = []
    for said in ("Delete", "D"):
        (result,) = desk.good(
            "<readByQuery><object>AUDITHISTORY</object><fields>OBJECTKEY</fields>"
            f"<query>ACCESSMODE = '{said}' AND OBJECTTYPE = 'customer'</query></readByQuery>"
        )
        found.append(result.find("data").get("totalcount"))
    assert found == ["1", "0"]
