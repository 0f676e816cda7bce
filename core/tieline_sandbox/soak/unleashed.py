"""The trade of Unleashed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from tieline_sandbox.soak.said import COLUMNS, Pair
from tieline_sandbox.soak.trade import Row, Trade

_TIMEOUT = 60
_THEIRS = {"CreatedBy", "CreatedOn", "LastModifiedBy", "LastModifiedOn"}


class Clerk:
    """An update blanks what it omits, so this program reads the customer, changes one field and sends the whole."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._base, self._id, self._key = (str(document[name]) for name in ("http_url", "api_id", "api_key"))
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    def edit(self, pair: Pair, fields: Mapping[str, str]) -> None:
        found = self._call("GET", "Customers", f"customerCode={pair.name}")["Items"]
        whole = next(item for item in found if item["Guid"] == pair.erp)
        kept = {name: value for name, value in whole.items() if name not in _THEIRS}
        self._call("POST", f"Customers/{pair.erp}", body={**kept, **fields})

    def create(self, draw: random.Random, fields: Mapping[str, str]) -> None:
        """The id is the caller's to choose."""
        text = f"{draw.getrandbits(128):032x}"
        guid = f"{text[:8]}-{'-'.join(_groups(text))}"
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


def _groups(text: str) -> Sequence[str]:
    """The rest of a guid's groups after its first."""
    return text[8:12], text[12:16], text[16:20], text[20:]


def _is_look(row: Row, guid: str) -> bool:
    """People's programs read customers by code."""
    return bool(row["method"] == "GET") and str(row["path"]).rstrip("/").endswith(f"Customers/{guid}")


UNLEASHED = Trade(
    columns=COLUMNS,
    kind="Customers",
    code="CustomerCode",
    name="CustomerName",
    natural={
        "Customers": ("CustomerCode",),
        "Contacts": ("CustomerGuid", "FirstName", "LastName"),
        "Products": ("ProductCode",),
        "SalesOrders": ("CustomerRef",),
    },
    clerk=Clerk,
    is_look=_is_look,
)
