"""People at work through clients of their own: simple-salesforce in the CRM, signed requests in the back office, and
its screen. A request that a fault strikes is given up, as people do; the logs know whether it took effect."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from tieline.contract import PermanentError
from tieline_sandbox.soak.said import COLUMNS, Ledger, Pair, Site
from tieline_sandbox.soak.stage import ORG, Stage

SCREEN_USER = "Bea"
_TIMEOUT = 60
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


class Clerk:
    """Somebody's own program at the back office's API. An update there blanks what it omits, so it reads the customer,
    changes one field and sends the whole."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._base, self._id, self._key = (str(document[name]) for name in ("http_url", "api_id", "api_key"))
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    def edit(self, code: str, guid: str, **fields: Any) -> None:
        found = self._call("GET", "Customers", f"customerCode={code}")["Items"]
        whole = next(item for item in found if item["Guid"] == guid)
        kept = {name: value for name, value in whole.items() if name not in _THEIRS}
        self._call("POST", f"Customers/{guid}", body={**kept, **fields})

    def create(self, guid: str, **fields: Any) -> None:
        self._call("POST", f"Customers/{guid}", body={"Guid": guid, **fields})

    def _call(self, method: str, path: str, query: str = "", body: Any = None) -> Any:
        signed = hmac.new(self._key.encode(), query.encode(), hashlib.sha256).digest()
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "api-auth-id": self._id,
            "api-auth-signature": base64.b64encode(signed).decode(),
        }
        url = f"{self._base}/{path}" + (f"?{query}" if query else "")
        answer = self._session.request(method, url, json=body, headers=headers, timeout=_TIMEOUT)
        answer.raise_for_status()
        return answer.json()


_THEIRS = {"CreatedBy", "CreatedOn", "LastModifiedBy", "LastModifiedOn"}


class People:
    """Everybody, drawing what to do next from a seed."""

    def __init__(self, stage: Stage, ledger: Ledger, seed: int) -> None:
        self.stage, self.ledger, self._draw = stage, ledger, random.Random(seed)  # noqa: S311 - seeded on purpose
        document = stage.document(ORG)
        users = {str(user["username"]).partition("@")[0]: user for user in document["users"]}
        self.admin, self.sam = Seller(document, users["admin"]), Seller(document, users["sam"])
        self.clerk = Clerk(stage.document(stage.system))
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
        self._edit(self._draw.choice(list(Site)), self._draw.choice(self._hot()), self._draw.randrange(len(COLUMNS)))

    def dead(self) -> list[str]:
        """While the product lies dead: one field of one customer, on one side or on both; what was typed."""
        pair, column = self._draw.choice(self._hot()), self._draw.randrange(len(COLUMNS))
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

    def _edit(self, site: Site, pair: Pair, at: int) -> str:
        column = COLUMNS[at]
        value = self.ledger.value(site, pair, column)
        fields = {column.on(site): value}
        self.edits += 1
        self._try(self._saving(site, pair, fields))
        return value

    def _saving(self, site: Site, pair: Pair, fields: dict[str, str]) -> Callable[[], object]:
        if site is Site.CRM:
            return lambda: self.sam.edit("Account", pair.crm, **fields)
        if self._draw.random() < 0.5:
            return lambda: self.clerk.edit(pair.name, pair.erp, **fields)
        return lambda: self.stage.erp.edit(SCREEN_USER, "Customers", pair.erp, **fields)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except _GIVEN_UP as error:
            self.given_up += 1
            if _is_our_mistake(error):
                raise PermanentError(f"a person's request was refused: {error!r}", where="soak") from error

    def _born_in_crm(self, name: str) -> None:
        account = self.sam.create("Account", Name=name)
        self._press(account, "Account", "promote")

    def _born_in_erp(self, name: str) -> None:
        fields = {"CustomerCode": f"B{name.partition(' ')[2]}", "CustomerName": name}
        if self._draw.random() < 0.5:
            self.stage.erp.edit(SCREEN_USER, "Customers", "", **fields)
        else:
            raw = self._draw.getrandbits(128)
            self.clerk.create(f"{raw:032x}"[:8] + "-" + "-".join(_groups(f"{raw:032x}")), **fields)

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
        rows = [one for one in self.stage.erp.log() if (one["kind"], one["action"]) == ("Customers", "insert")]
        codes = {str(one["after"]["CustomerCode"]): str(one["id"]) for one in rows}
        pairs = [Pair(code, known[code], guid) for code, guid in sorted(codes.items()) if code in known]
        if not pairs:
            raise PermanentError("no customer stands on both sides", where="soak", mend="Give --data with customers.")
        return pairs

    def _let_press(self) -> None:
        sets = self.admin.query("SELECT Id, Name FROM PermissionSet")
        chosen = next(row["Id"] for row in sets if row["Name"].endswith("User") and row["Name"].startswith("Tieline"))
        self.admin.create("PermissionSetAssignment", PermissionSetId=chosen, AssigneeId=self.sam.user_id)

    def _price(self) -> str:
        """A product in the standard price book."""
        book = self.admin.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]["Id"]
        product = self.admin.query("SELECT Id FROM Product2 WHERE IsActive = true ORDER BY ProductCode LIMIT 1")
        fields = {"Pricebook2Id": book, "Product2Id": product[0]["Id"], "UnitPrice": 2.5, "IsActive": True}
        return self.admin.create("PricebookEntry", **fields)


def _is_our_mistake(error: Exception) -> bool:
    """No fault of the weather's: such a request would never have worked."""
    status = error.response.status_code if isinstance(error, requests.HTTPError) else getattr(error, "status", None)
    return isinstance(status, int) and 400 <= status < 500 and status != _BUSY


_ACCOUNTS = "SELECT Id, AccountNumber FROM Account WHERE AccountNumber != null"


def _groups(text: str) -> Sequence[str]:
    """The rest of a guid's groups after its first."""
    return text[8:12], text[12:16], text[16:20], text[20:]
