"""People at work through clients of their own: simple-salesforce in the CRM, a clerk's program in the back office, and
its screen. A request that a fault strikes is given up, as people do; the logs know whether it took effect."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from tieline.contract import PermanentError
from tieline_sandbox.soak.said import Ledger, Pair, Site
from tieline_sandbox.soak.stage import ORG, Stage

SCREEN_USER = "Bea"
_BUSY = 429
_HOT = 8
_EDITS_A_CUSTOMER = 5
_GIVEN_UP = (requests.RequestException, SalesforceError, ValueError)


class Seller:
    """Somebody in the org, through simple-salesforce."""

    def __init__(self, document: Mapping[str, Any], user: Mapping[str, Any]) -> None:
        self.user_id = str(user["user_id"])
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(document["ca_file"])
        self.org = Salesforce(
            instance_url=document["tls_url"],
            session_id=user["access_token"],
            version=document["api_version"],
            session=self._session,
        )

    def close(self) -> None:
        self._session.close()

    def query(self, soql: str) -> list[dict[str, Any]]:
        return list(self.org.query(soql)["records"])

    def create(self, obj: str, **fields: Any) -> str:
        return str(getattr(self.org, obj).create(fields)["id"])

    def edit(self, obj: str, ident: str, **fields: Any) -> None:
        getattr(self.org, obj).update(ident, fields)


class People:
    """Everybody, drawing what to do next from a seed."""

    def __init__(self, stage: Stage, ledger: Ledger, seed: int) -> None:
        self.stage, self.ledger, self._draw = stage, ledger, random.Random(seed)  # noqa: S311 - seeded on purpose
        document = stage.document(ORG)
        users = {str(user["username"]).partition("@")[0]: user for user in document["users"]}
        self.admin, self.sam = Seller(document, users["admin"]), Seller(document, users["sam"])
        self.trade = stage.trade
        self.clerk = self.trade.clerk(stage.document(stage.system))
        self.pairs = self._customers()
        self.edits = self.given_up = 0
        self._let_press()
        self._entry = self._price()

    def close(self) -> None:
        for one in (self.admin, self.sam, self.clerk):
            one.close()

    # work ------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        """One edit of one field anywhere, in the middle of everything."""
        self._edit(self._draw.choice(list(Site)), self._draw.choice(self._hot()), self._column())

    def dead(self) -> list[str]:
        """While the product lies dead: one field of one customer, on one side or on both; what was typed."""
        pair, column = self._draw.choice(self._hot()), self._column()
        sites = self._draw.sample(list(Site), self._draw.randint(1, 2))
        return [self._edit(site, pair, column) for site in sites]

    def birth(self) -> None:
        """A new customer on one side; in the CRM it is promoted by a press."""
        site = self._draw.choice(list(Site))
        name = self.ledger.name(site)
        self.edits += 1
        self._try(lambda: self._born_in_crm(name) if site is Site.CRM else self._born_in_erp(name))

    def sale(self) -> None:
        """An opportunity, and a press for its sales order."""
        name = self.ledger.order()
        self.edits += 1
        self._try(lambda: self._sell(name))

    def _hot(self) -> Sequence[Pair]:
        """Everybody works on the same few customers, so that they meet, and on others after a while: a field that goes
        to and fro all the time within an hour is taken for a loop of two systems, and rightly stopped."""
        first = self.edits // _EDITS_A_CUSTOMER
        return [self.pairs[(first + at) % len(self.pairs)] for at in range(min(_HOT, len(self.pairs)))]

    def _column(self) -> int:
        return self._draw.randrange(len(self.trade.columns))

    def _edit(self, site: Site, pair: Pair, at: int) -> str:
        column = self.trade.columns[at]
        value = self.ledger.value(site, pair, column)
        fields = {column.on(site): value}
        self.edits += 1
        self._try(self._saving(site, pair, fields))
        return value

    def _saving(self, site: Site, pair: Pair, fields: dict[str, str]) -> Callable[[], object]:
        if site is Site.CRM:
            return lambda: self.sam.edit("Account", pair.crm, **fields)
        if self._draw.random() < 0.5:
            return lambda: self.clerk.edit(pair, fields)
        return lambda: self.stage.erp.edit(SCREEN_USER, self.trade.kind, pair.erp, **fields)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except _GIVEN_UP as error:
            self.given_up += 1
            if _is_our_mistake(error):
                raise PermanentError(f"a person's request was refused: {error!r}", where="soak") from error

    def _born_in_crm(self, name: str) -> None:
        account = self.sam.create("Account", Name=name)
        self._press(account, "Account", self.trade.promote)

    def _born_in_erp(self, name: str) -> None:
        fields = self.trade.birth(f"B{name.partition(' ')[2]}", name)
        if self._draw.random() < 0.5:
            self.stage.erp.edit(SCREEN_USER, self.trade.kind, "", **fields)
        else:
            self.clerk.create(self._draw, fields)

    def _sell(self, name: str) -> None:
        fields = {"StageName": "Closed Won", "CloseDate": "2026-05-05", "AccountId": self._draw.choice(self.pairs).crm}
        made = self.sam.create("Opportunity", Name=name, **fields)
        line = {"OpportunityId": made, "PricebookEntryId": self._entry, "Quantity": 4, "UnitPrice": 2.5}
        self.sam.create("OpportunityLineItem", **line)
        self._press(made, "Opportunity", "create_sales_order")

    def _press(self, record: str, on: str, action: str) -> None:
        named = {"Action__c": f"{self.stage.system}.{action}", "Record_Id__c": record, f"{on}__c": record}
        self.sam.create("ERP_Request__c", **named)

    # before work -----------------------------------------------------------------------------------------------

    def _customers(self) -> list[Pair]:
        """Customers that stand on both sides, in order of their code."""
        known = {str(row["AccountNumber"]): str(row["Id"]) for row in self.admin.query(_ACCOUNTS)}
        kind, code = self.trade.kind, self.trade.code
        rows = [one for one in self.stage.erp.log() if (one["kind"], one["action"]) == (kind, "insert")]
        codes = {str(one["after"][code]): str(one["id"]) for one in rows}
        pairs = [Pair(code, known[code], guid) for code, guid in sorted(codes.items()) if code in known]
        if not pairs:
            raise PermanentError("no customer stands on both sides", where="soak", mend="Give --data with customers.")
        return pairs

    def _let_press(self) -> None:
        sets = self.admin.query("SELECT Id, Name FROM PermissionSet")
        chosen = next(row["Id"] for row in sets if row["Name"].endswith("User") and row["Name"].startswith("Tieline"))
        self.admin.create("PermissionSetAssignment", PermissionSetId=chosen, AssigneeId=self.sam.user_id)

    def _price(self) -> str:
        """A product in the standard price book, put there unless the back office did."""
        book = self.admin.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        product = self.admin.query("SELECT Id FROM Product2 WHERE IsActive = true ORDER BY ProductCode LIMIT 1")
        fields = {"Pricebook2Id": book, "Product2Id": product[0]["Id"]}
        where = " AND ".join(f"{name} = '{ident}'" for name, ident in fields.items())
        known = self.admin.query(f"SELECT Id FROM PricebookEntry WHERE {where}")  # noqa: S608 - ids of the org
        return (
            str(known[0]["Id"])
            if known
            else self.admin.create("PricebookEntry", UnitPrice=2.5, IsActive=True, **fields)
        )


def _is_our_mistake(error: Exception) -> bool:
    """No fault of the weather's: such a request would never have worked."""
    status = error.response.status_code if isinstance(error, requests.HTTPError) else getattr(error, "status", None)
    return isinstance(status, int) and 400 <= status < 500 and status != _BUSY


_ACCOUNTS = "SELECT Id, AccountNumber FROM Account WHERE AccountNumber != null"
