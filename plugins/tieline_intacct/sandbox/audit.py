"""AUDITHISTORY: who created, changed or deleted what [D]. Its rows are read off the log of changes.

There are no tombstones on objects: this is where deletions are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tieline_intacct.sandbox.catalogue import Catalogue
from tieline_intacct.sandbox.values import stamp
from tieline_sandbox.state import Mutation, Reader, Values

NAME = "AUDITHISTORY"
_MODES = {"insert": "C", "update": "M", "delete": "D"}
_ACTIONS = {mode: action for action, mode in _MODES.items()}


def rows(reader: Reader, catalogue: Catalogue, mode: str = "") -> Iterator[tuple[str, Values]]:
    """(record number, values), oldest first; `mode` is the only one wanted."""
    for mutation in reader.mutations(action=_ACTIONS.get(mode, mode)):
        kind = catalogue.find(mutation.kind)
        if kind is not None:
            yield str(mutation.seq), _row(mutation, kind.key if kind.audit == "key" else "")


def _row(mutation: Mutation, key: str) -> Values:
    body = mutation.after or mutation.before or {}
    named = body.get(key) if key else None  # the record number or the ID, depending on the object [D]
    return {
        "ID": str(mutation.seq),
        "OBJECTTYPE": mutation.kind.lower(),
        "OBJECTKEY": named or mutation.id,
        "OBJECTDESC": mutation.id,
        "USERID": mutation.actor,
        "ACCESSMODE": _MODES[mutation.action],
        "ACCESSTIME": stamp(datetime.fromisoformat(mutation.at)),
    }
