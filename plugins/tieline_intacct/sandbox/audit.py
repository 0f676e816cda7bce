"""AUDITHISTORY: who created, changed or deleted what [D]. Its rows are read off the log of changes.

There are no tombstones on objects: this is where deletions are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tieline_intacct.sandbox.catalogue import Catalogue, ObjectType
from tieline_intacct.sandbox.scope import API_ACTOR, CREDENTIALS_SETTING, SEED_ACTOR
from tieline_intacct.sandbox.values import stamp
from tieline_sandbox.state import Mutation, Reader, Values

NAME = "AUDITHISTORY"
_MODES = {"insert": "C", "update": "M", "delete": "D"}
_ACTIONS = {mode: action for action, mode in _MODES.items()}
_WORDS = {"insert": "create", "update": "modify", "delete": "delete"}
_SOURCES = {API_ACTOR: "api", SEED_ACTOR: "system"}  # of everybody else: ui [D]


def rows(reader: Reader, catalogue: Catalogue, mode: str = "") -> Iterator[tuple[str, Values]]:
    """(record number, values), oldest first; `mode` is the only one wanted."""
    user = _user(reader)
    for mutation in reader.mutations(action=_ACTIONS.get(mode, mode)):
        kind = catalogue.find(mutation.kind)
        if kind is not None:
            yield str(mutation.seq), _row(mutation, kind, user)


def trail(reader: Reader, kind: ObjectType, ident: str) -> Iterator[dict[str, str]]:
    """What happened to one record, for getAuditTrail [D]."""
    user = _user(reader)
    for mutation in reader.mutations():
        if (mutation.kind, mutation.id) == (kind.name, ident):
            yield {
                "userId": _who(mutation, user),
                "object": kind.name.lower(),
                "objectKey": _key(mutation, kind),
                "accessTime": mutation.at,
                "accessMode": _WORDS[mutation.action],
                "workflowAction": "",
                "source": _SOURCES.get(mutation.actor, "ui"),
            }


def _row(mutation: Mutation, kind: ObjectType, user: str) -> Values:
    return {
        "ID": str(mutation.seq),
        "OBJECTTYPE": mutation.kind.lower(),
        "OBJECTKEY": _key(mutation, kind),
        "OBJECTDESC": mutation.id,
        "USERID": _who(mutation, user),
        "ACCESSMODE": _MODES[mutation.action],
        "ACCESSTIME": stamp(datetime.fromisoformat(mutation.at)),
        "SOURCE": _SOURCES.get(mutation.actor, "ui"),
    }


def _key(mutation: Mutation, kind: ObjectType) -> str:
    """The record number or the ID, depending on the object [D]."""
    body = mutation.after or mutation.before or {}
    return (body.get(kind.key) if kind.audit == "key" and kind.key else None) or mutation.id


def _who(mutation: Mutation, user: str) -> str:
    """The API acts for the user that signed in."""
    return user if mutation.actor == API_ACTOR else mutation.actor


def _user(reader: Reader) -> str:
    return str(reader.setting(CREDENTIALS_SETTING, {}).get("user_id", API_ACTOR))
