"""The control plane through simple-salesforce: describes, limits, and whatever else a caller wants of it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tieline.org.library import LibrarySession
from tieline.org.session import Session
from tieline.org.soql import name

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce


class ControlPlane:
    """simple-salesforce on our session. It is imported at the first use: it brings zeep and lxml along."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._salesforce: Salesforce | None = None

    @property
    def salesforce(self) -> Salesforce:
        """The library's client for data. Metadata has its own client: the library's leaves `Content-Type: text/xml`
        behind on every later call."""
        if self._salesforce is None:
            self._salesforce = self._open()
        return self._salesforce

    def _open(self) -> Salesforce:
        from simple_salesforce.api import Salesforce

        return Salesforce(
            instance_url=self._session.grant().instance_url,
            session_id="kept by the session",  # the real token is added where requests leave
            session=LibrarySession(self._session),
            version=self._session.settings.api_version,
            parse_float=Decimal,
        )

    def describe(self, obj: str) -> dict[str, Any]:
        """Raises PermanentError with code NOT_FOUND when the org shows no such object."""
        described = self.salesforce.restful(f"sobjects/{name(obj)}/describe")
        return dict(described or {})

    def objects(self) -> list[str]:
        """API names of all objects the integration user sees."""
        answer = self.salesforce.describe() or {}
        return [str(entry["name"]) for entry in answer.get("sobjects", ())]

    def allowances(self) -> dict[str, tuple[int, int]]:
        """Every allowance of the org as (max, remaining)."""
        answer = self.salesforce.limits() or {}
        return {kind: (int(entry["Max"]), int(entry["Remaining"])) for kind, entry in answer.items()}
