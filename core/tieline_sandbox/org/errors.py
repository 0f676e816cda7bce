"""Refusals in Salesforce's words, and how each protocol writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class OrgError(Exception):
    """A refusal with HTTP status, code and text; `fields` names the fields at fault."""

    def __init__(self, code: str, message: str, fields: Sequence[str] | None = None, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
        self.fields = None if fields is None else list(fields)

    def rest(self) -> dict[str, Any]:
        """The item of a REST error array."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return body if self.fields is None else {**body, "fields": self.fields}

    def item(self) -> dict[str, Any]:
        """The error inside a collection's row: `statusCode` instead of `errorCode`."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}


class SeveralFound(Exception):
    """An external id that more than one row carries."""

    def __init__(self, idents: Sequence[str]) -> None:
        super().__init__(f"{len(idents)} rows")
        self.idents = list(idents)


class OAuthError(Exception):
    """The token endpoint's own shape."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status


def not_found(message: str = "The requested resource does not exist") -> OrgError:
    return OrgError("NOT_FOUND", message, status=404)


def deleted() -> OrgError:
    return OrgError("ENTITY_IS_DELETED", "entity is deleted", [], 404)


def no_column(name: str, object_name: str) -> OrgError:
    return OrgError("INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}")


def no_access() -> OrgError:
    return OrgError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])


def invalid_session() -> OrgError:
    return OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
