"""What people do in the demonstration, through the same doors as in life: a CRM user over REST with their own session,
somebody in the back office on its screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from tieline.contract import Misconfigured

_TIMEOUT = 60


def pressers(document: Mapping[str, Any]) -> list[str]:
    """Everybody who may edit something presses buttons; who only reads does not."""
    return [user["user_id"] for user in document["users"] if "read" not in user["profile"].lower()]


def standard_users(document: Mapping[str, Any]) -> list[str]:
    """Ids of people who sell: they may edit accounts and opportunities and administer nothing."""
    return [user["user_id"] for user in document["users"] if "standard" in user["profile"].lower()]


class CrmUser:
    """One person signed in to the org."""

    def __init__(self, document: Mapping[str, Any], token: str, user_id: str) -> None:
        self.user_id = user_id
        self._base = f"{document['tls_url']}/services/data/v{document['api_version']}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = str(document["ca_file"])
        self._session.headers["Authorization"] = f"Bearer {token}"

    @classmethod
    def administrator(cls, document: Mapping[str, Any]) -> CrmUser:
        return cls(document, document["access_token"], document["user_id"])

    @classmethod
    def seller(cls, document: Mapping[str, Any]) -> CrmUser:
        """Somebody who may edit accounts and opportunities and administers nothing."""
        sellers = standard_users(document)
        if not sellers:
            raise Misconfigured("the local org has no standard user", where="org.json")
        user = next(one for one in document["users"] if one["user_id"] == sellers[0])
        return cls(document, user["access_token"], user["user_id"])

    def close(self) -> None:
        self._session.close()

    def query(self, soql: str) -> list[dict[str, Any]]:
        answer = self._call("GET", "/query", params={"q": soql})
        records: list[dict[str, Any]] = answer["records"]
        return records

    def count(self, obj: str, where: str = "") -> int:
        condition = f" WHERE {where}" if where else ""
        return int(self._call("GET", "/query", params={"q": f"SELECT COUNT() FROM {obj}{condition}"})["totalSize"])  # noqa: S608

    def create(self, obj: str, **fields: Any) -> str:
        return str(self._call("POST", f"/sobjects/{obj}", json=fields)["id"])

    def edit(self, obj: str, ident: str, **fields: Any) -> None:
        self._call("PATCH", f"/sobjects/{obj}/{ident}", json=fields)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._session.request(method, f"{self._base}{path}", timeout=_TIMEOUT, **more)
        if not answer.ok:
            raise Misconfigured(f"the local org refused {method} {path}: {answer.text[:300]}", where="demo")
        return answer.json() if answer.content else None
