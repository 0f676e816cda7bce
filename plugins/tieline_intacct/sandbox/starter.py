"""What a new company holds before anybody touched it: how it is divided, and a few rows of every list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieline_intacct.sandbox import records
from tieline_intacct.sandbox.scope import Scope

_ROWS: Sequence[tuple[str, Sequence[Mapping[str, str]]]] = (
    (
        "LOCATIONENTITY",
        [
            {"LOCATIONID": "100-US", "NAME": "United States", "CURRENCY": "USD", "FIRSTMONTH": "January"},
            {"LOCATIONID": "200-DE", "NAME": "Germany", "CURRENCY": "USD", "FIRSTMONTH": "January"},
        ],
    ),
    (
        "LOCATION",
        [
            {"LOCATIONID": "100-US", "NAME": "United States", "CURRENCY": "USD"},
            {"LOCATIONID": "200-DE", "NAME": "Germany", "CURRENCY": "USD"},
            {"LOCATIONID": "110-SEA", "NAME": "Seattle", "PARENTID": "100-US"},
        ],
    ),
    (
        "DEPARTMENT",
        [
            {"DEPARTMENTID": "100", "TITLE": "Sales"},
            {"DEPARTMENTID": "200", "TITLE": "Services"},
            {"DEPARTMENTID": "210", "TITLE": "Consulting", "PARENTID": "200"},
        ],
    ),
    ("CLASS", [{"CLASSID": "10", "NAME": "Wholesale"}, {"CLASSID": "20", "NAME": "Retail"}]),
    (
        "ARTERM",
        [
            {"NAME": "N30", "DESCRIPTION": "Net 30", "DUEDATE": "30", "DUEFROM": "from invoice date", "VALUE": "30"},
            {"NAME": "N15", "DESCRIPTION": "Net 15", "DUEDATE": "15", "DUEFROM": "from invoice date", "VALUE": "15"},
            {"NAME": "COD", "DESCRIPTION": "Due on receipt", "DUEDATE": "0", "DUEFROM": "from invoice date"},
        ],
    ),
    ("APTERM", [{"NAME": "N30", "DESCRIPTION": "Net 30", "DUEDATE": "30", "DUEFROM": "from bill date", "VALUE": "30"}]),
    ("VENDTYPE", [{"NAME": "Supplier"}]),
    (
        "GLACCOUNT",
        [
            {"ACCOUNTNO": "1000", "TITLE": "Cash"},
            {"ACCOUNTNO": "1200", "TITLE": "Accounts receivable", "ALTERNATIVEACCOUNT": "Receivables account"},
            {"ACCOUNTNO": "2000", "TITLE": "Accounts payable", "NORMALBALANCE": "credit"},
            {"ACCOUNTNO": "4000", "TITLE": "Sales", "ACCOUNTTYPE": "incomestatement", "NORMALBALANCE": "credit",
             "CLOSINGTYPE": "closing account"},
        ],
    ),
    ("UOM", [{"NAME": "Count", "INVUNIT": "Each", "POUNIT": "Each", "OEUNIT": "Each"}, {"NAME": "Time"}]),
    (
        "UOMDETAIL",
        [
            {"UNIT": "Each", "ABBREVIATION": "ea", "GRPNAME": "Count", "CONVFACTOR": "1", "ISBASE": "true"},
            {"UNIT": "Dozen", "ABBREVIATION": "dz", "GRPNAME": "Count", "CONVFACTOR": "12", "ISBASE": "false"},
            {"UNIT": "Hour", "ABBREVIATION": "h", "GRPNAME": "Time", "CONVFACTOR": "1", "ISBASE": "true"},
        ],
    ),
    ("PRODUCTLINE", [{"PRODUCTLINEID": "General", "DESCRIPTION": "Everything else"}]),
    (
        "EXCHANGERATETYPES",
        [
            {"ID": "-1", "NAME": "Intacct Daily Rate", "ISDEFAULT": "true"},
            {"ID": "1", "NAME": "Month End Rate", "ISDEFAULT": "false"},
        ],
    ),
    (
        "TERRITORY",
        [
            {"TERRITORYID": "NA", "NAME": "North America"},
            {"TERRITORYID": "SA", "NAME": "South America"},
            {"TERRITORYID": "EU", "NAME": "Europe"},
            {"TERRITORYID": "EU-W", "NAME": "Western Europe", "PARENTID": "EU"},
        ],
    ),
    (
        "EXCHANGERATE",
        [
            {"TYPENAME": "Intacct Daily Rate", "FROM_CURRENCY": "EUR", "TO_CURRENCY": "USD", "RATE": "1.1"},
            {"TYPENAME": "Intacct Daily Rate", "FROM_CURRENCY": "GBP", "TO_CURRENCY": "USD", "RATE": "1.25"},
        ],
    ),
    ("CUSTTYPE", [{"NAME": "End user"}, {"NAME": "Reseller"}]),
    (
        "PROJECTSTATUS",
        [
            {"NAME": "Not started", "DESCRIPTION": "Planned"},
            {"NAME": "In progress", "DESCRIPTION": "Work is under way"},
            {"NAME": "Completed", "DESCRIPTION": "Done"},
        ],
    ),
    ("PROJECTTYPE", [{"NAME": "Implementation"}, {"NAME": "Support"}]),
    ("CONTRACTTYPE", [{"NAME": "Standard"}, {"NAME": "Subscription"}]),
    (
        "CONTRACTBILLINGTEMPLATE",
        [
            {"NAME": "Monthly", "DESCRIPTION": "A twelfth each month", "METHOD": "Predefined percentages"},
            {"NAME": "Half now, half at the end", "DESCRIPTION": "50 / 50", "METHOD": "Predefined percentages"},
        ],
    ),
    ("CONTRACTREVENUETEMPLATE", [{"NAME": "Straight line", "METHOD": "Straight line"}]),
    ("CONTRACTPRICELIST", [{"NAME": "Base Price List", "DESCRIPTION": "What everybody pays"}]),
    (
        "RENEWALMACRO",
        [
            {"MACROID": "Renew yearly", "DESCRIPTION": "Another year, 30 days before the end", "TERMLENGTH": "1",
             "TERMPERIOD": "Years", "DAYSBEFOREEND": "30"},
            {"MACROID": "Evergreen monthly", "DESCRIPTION": "Month by month", "TERMLENGTH": "1",
             "TERMPERIOD": "Months", "DAYSBEFOREEND": "10"},
        ],
    ),
    ("SOPRICELIST", [{"NAME": "Base Price List"}]),
    (
        "SODOCUMENTPARAMS",
        [
            {"DOCID": "Sales Quote", "DESCRIPTION": "Quote", "DOCCLASS": "Quote", "NUMBERFORMAT": "SQ{:04}"},
            {"DOCID": "Sales Order", "DESCRIPTION": "Order", "DOCCLASS": "Order", "NUMBERFORMAT": "SO{:04}",
             "CONVERTEDFROM": "Sales Quote"},
            {"DOCID": "Sales Invoice", "DESCRIPTION": "Invoice", "DOCCLASS": "Invoice", "NUMBERFORMAT": "SI{:04}",
             "CONVERTEDFROM": "Sales Order", "POSTTOAR": "true", "POSTTOGL": "true"},
            {"DOCID": "Service Agreement", "DESCRIPTION": "Agreement", "DOCCLASS": "Other", "NUMBERFORMAT": "SA{:04}"},
        ],
    ),
    ("CONTACT", [{"CONTACTNAME": "Sam Keeper", "PRINTAS": "Sam Keeper", "FIRSTNAME": "Sam", "LASTNAME": "Keeper"}]),
    (
        "EMPLOYEE",
        [{"EMPLOYEEID": "SK", "PERSONALINFO.CONTACTNAME": "Sam Keeper", "TITLE": "Controller", "LOCATIONID": "100-US"}],
    ),
    (
        # The docs say that a project is named as the template; the category that marks one is ours [I].
        "PROJECT",
        [
            {"PROJECTID": "TPL-IMPL", "NAME": "Implementation template", "PROJECTCATEGORY": "Template"},
            {"PROJECTID": "TPL-SUPP", "NAME": "Support template", "PROJECTCATEGORY": "Template"},
        ],
    ),
    (
        "TASK",
        [
            {"NAME": "Kick-off", "PROJECTID": "TPL-IMPL", "TASKSTATUS": "Not Started"},
            {"NAME": "Go live", "PROJECTID": "TPL-IMPL", "TASKSTATUS": "Not Started"},
        ],
    ),
    ("USERINFO", [{"LOGINID": "sync", "DESCRIPTION": "Web services user", "USERTYPE": "business user"}]),
    ("ROLES", [{"NAME": "Integration", "DESCRIPTION": "What the web services user may do"}]),
    ("USERROLES", [{"USERID": "sync", "ROLENAME": "Integration"}]),
    ("CONTRACTMEAPRICELIST", [{"NAME": "Fair value", "ISDEFAULT": "true"}]),
)  # fmt: skip


def fill(scope: Scope) -> None:
    for name, rows in _ROWS:
        for row in rows:
            records.save(scope, scope.catalogue[name], row, None)
