"""Sessions and refresh tokens, kept in the state so that they survive a restart.

Tokens that come from one login belong to one grant: revoking its refresh token ends its sessions too. A user's
sessions carry the number of the user's current era; expiring them all is starting the next one.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.errors import OAuthError, invalid_session
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.state import Transaction

ROTATE = "rotate_refresh_tokens"
_TAIL = ids.ALPHABET + "_."
_CHARACTERS = 86


@dataclass(frozen=True, slots=True)
class Renewal:
    """A refresh token that is still good. `public`: it was given to an app without a secret."""

    token: str
    user_id: str
    grant: str
    public: bool
    scope: str


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str | None = None


def new_token(org: Org, tx: Transaction, user_id: str, grant: str = "") -> str:
    """`00D...!...` in the characters that real session ids have. [C]"""
    token = f"{tx.setting('org_id')[:15]}!{org.randomness.text(_CHARACTERS, _TAIL)}"
    era = tx.setting(f"era:{user_id}", 0)
    tx.set_setting(f"session:{token}", {"user": user_id, "issued": moments.stamp(tx.now), "grant": grant, "era": era})
    return token


def open_session(org: Org, user_id: str) -> str:
    with org.state.transaction(actor=user_id, operation="login") as tx:
        return new_token(org, tx, user_id)


def issue(org: Org, user_id: str, renewal: Renewal | None, renewable: bool, public: bool, scope: str) -> Tokens:
    """A session, with a refresh token when there is to be one: the first of a grant, or the next after its use."""
    with org.state.transaction(actor=user_id, operation="login") as tx:
        grant = renewal.grant if renewal else org.randomness.text(24, ids.ALPHABET)
        refresh = None
        if renewal and tx.setting(ROTATE, True):
            if not tx.setting(f"refresh:{renewal.token}"):  # used meanwhile by another request
                raise OAuthError("invalid_grant", "expired access/refresh token")
            tx.drop_setting(f"refresh:{renewal.token}")
            renewable = True
        if renewable:
            refresh = _new_refresh(org, tx, user_id, grant, public, scope)
        return Tokens(new_token(org, tx, user_id, grant), refresh)


def _new_refresh(org: Org, tx: Transaction, user_id: str, grant: str, public: bool, scope: str) -> str:
    token = "5Aep861" + org.randomness.text(_CHARACTERS, _TAIL)
    held = {"user": user_id, "grant": grant, "public": public, "scope": scope}
    tx.set_setting(f"refresh:{token}", held)
    return token


def holder(org: Org, token: str) -> Caller | None:
    """The user of a session that is still good."""
    with org.state.reading() as reader:
        found = reader.setting(f"session:{token}")
        if not found or reader.setting(f"ended:{found.get('grant')}"):
            return None
        if found.get("era", 0) != reader.setting(f"era:{found['user']}", 0):
            return None
    return org.caller(found["user"])


def caller_of(org: Org, token: str) -> Caller:
    """The user of a session; OrgError INVALID_SESSION_ID."""
    caller = holder(org, token) if token else None
    if caller is None:
        raise invalid_session()
    return caller


def renewal_of(org: Org, token: str) -> Renewal | None:
    found = org.setting(f"refresh:{token}")
    if not found:
        return None
    return Renewal(token, found["user"], found["grant"], found["public"], found["scope"])


def end(org: Org, token: str) -> bool:
    """End a session, or a refresh token with the sessions of its grant; whether there was one."""
    with org.state.transaction(actor="", operation="logout") as tx:
        held = tx.setting(f"refresh:{token}")
        if held:
            tx.set_setting(f"ended:{held['grant']}", True)
        known = bool(held or tx.setting(f"session:{token}"))
        tx.drop_setting(f"refresh:{token}")
        tx.drop_setting(f"session:{token}")
        return known


def expire(org: Org, user_id: str) -> None:
    """End every session of a user, as time would; refresh tokens stay good."""
    with org.state.transaction(actor="", operation="logout") as tx:
        tx.next_number(f"era:{user_id}", 0)
