"""Sessions and refresh tokens, kept in the state so that they survive a restart."""

from __future__ import annotations

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.errors import invalid_session
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.state import Transaction

_TAIL = ids.ALPHABET + "_."
_CHARACTERS = 86


def new_token(org: Org, tx: Transaction, user_id: str) -> str:
    """`00D...!...` in the characters that real session ids have. [C]"""
    token = f"{tx.setting('org_id')[:15]}!{org.randomness.text(_CHARACTERS, _TAIL)}"
    tx.set_setting(f"session:{token}", {"user": user_id, "issued": moments.stamp(tx.now)})
    return token


def open_session(org: Org, user_id: str) -> str:
    with org.state.transaction(actor=user_id, operation="login") as tx:
        return new_token(org, tx, user_id)


def open_refresh(org: Org, user_id: str) -> str:
    with org.state.transaction(actor=user_id, operation="login") as tx:
        token = "5Aep861" + org.randomness.text(_CHARACTERS, _TAIL)
        tx.set_setting(f"refresh:{token}", {"user": user_id})
    return token


def caller_of(org: Org, token: str) -> Caller:
    """The user of a session; OrgError INVALID_SESSION_ID."""
    found = org.setting(f"session:{token}") if token else None
    caller = org.caller(found["user"]) if found else None
    if caller is None:
        raise invalid_session()
    return caller


def user_of_refresh(org: Org, token: str) -> str | None:
    found = org.setting(f"refresh:{token}")
    return str(found["user"]) if found else None


def end(org: Org, token: str) -> bool:
    """End a session or refresh token; whether there was one."""
    with org.state.transaction(actor="", operation="logout") as tx:
        for name in (f"session:{token}", f"refresh:{token}"):
            if tx.setting(name):
                tx.set_setting(name, None)
                return True
    return False
