"""Connection documents: what a sandbox writes about itself (`org.json`, `unleashed.json`), as settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tieline.contract import Misconfigured, System

_ORG_KEYS = ("client_id", "client_secret", "username", "audience", "api_version", "auth")


def read_document(path: Path) -> dict[str, Any]:
    """Raises Misconfigured for what is missing, unreadable or no JSON object."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise Misconfigured(f"the file cannot be read ({reason})", where=str(path), mend="Check its name.") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Misconfigured("the file is no JSON object", where=str(path), mend="Give the file a sandbox wrote.")
    return found


def system_settings(system: System, path: Path) -> dict[str, str]:
    """Settings, secrets included, for a back office that stands where the document says."""
    if system.describe_sandbox is None:
        raise Misconfigured(f"{system.label} takes no connection file", where=system.name, mend="Use --set instead.")
    document = read_document(path)
    try:
        described = system.describe_sandbox(document)
    except (KeyError, TypeError, ValueError) as error:
        raise Misconfigured(
            f"this is no connection file of {system.label} (it lacks {error})",
            where=str(path),
            mend="Give its own file.",
        ) from None
    return _surroundings(document, path) | dict(described)


def org_settings(path: Path) -> dict[str, str]:
    """Settings of an org connection, with client credentials unless the document has only a key."""
    document = read_document(path)
    address = document.get("login_url") or document.get("tls_url") or document.get("instance_url")
    if not address:
        raise Misconfigured("the file names no address", where=str(path), mend="It needs tls_url or login_url.")
    given = {name: str(document[name]) for name in _ORG_KEYS if document.get(name)}
    if "client_secret" not in given and "jwt_private_key_file" in document:
        given |= {"auth": "jwt", "private_key": _key(path.parent / str(document["jwt_private_key_file"]))}
    return {"login_url": str(address)} | given | _surroundings(document, path)


def _key(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, ValueError):
        raise Misconfigured("the private key cannot be read", where=str(path), mend="Check the file.") from None


def _surroundings(document: Mapping[str, Any], path: Path) -> dict[str, str]:
    """A sandbox stands on this machine and has an authority of its own."""
    found = {"allow_local": "yes"} if "tls_url" in document else {}
    if document.get("ca_file"):
        found["ca_file"] = str(path.absolute().parent / str(document["ca_file"]))
    return found
