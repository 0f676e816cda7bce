"""The test plane of one sandbox, over HTTP: edits of people at the screen, faults, ground truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests

from tieline.contract import PermanentError

_TIMEOUT = 60


class Plane:
    """One sandbox's, from its JSON document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._url = str(document["plane_url"])
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Sandbox-Token"] = str(document["plane_token"])

    def close(self) -> None:
        self._session.close()

    def edit(self, user: str, kind: str, ident: str, **values: Any) -> str:
        """As a person at the screen: one field changes, the others stay. Without `ident` a new record; its id."""
        action = "update" if ident else "create"
        told = {"user": user, "action": action, "object": kind, "id": ident, "values": values}
        return str(self._call("POST", "as_user", told)["id"])

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """What really changed, oldest first."""
        found: list[dict[str, Any]] = []
        while part := self._call("GET", f"log?since={found[-1]['seq'] if found else since}")["mutations"]:
            found += part
        return found

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The deliveries after `since` that are still kept."""
        return list(self._call("GET", f"requests?since={since}")["requests"])

    def calls(self) -> int:
        return int(self._call("GET", "calls")["total"])

    def plan(self, rules: Sequence[Mapping[str, Any]]) -> list[int]:
        """Plan faults; their ids."""
        return [int(one["id"]) for one in self._call("POST", "faults", list(rules))]

    def fired(self, fault: int) -> int:
        return int(self._call("GET", f"faults/{fault}")["fired"])

    def calm(self) -> int:
        """Take all faults away; how often they struck."""
        fired = sum(int(one["fired"]) for one in self._call("GET", "faults"))
        self._call("DELETE", "faults")
        return fired

    def _call(self, method: str, path: str, told: Any = None) -> Any:
        answer = self._session.request(method, f"{self._url}/{path}", json=told, timeout=_TIMEOUT)
        if not answer.ok:
            raise PermanentError(f"the plane refused {method} {path}: {answer.text[:300]}", where="soak")
        return answer.json()
