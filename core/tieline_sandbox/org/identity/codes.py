"""Authorization codes: one use, a short life, tied to the app, the address and the proof key they were made for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.errors import OAuthError
from tieline_sandbox.org.service import Org

LIFE = timedelta(minutes=15)  # [K]
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that was found sound. `challenge` is empty when no proof key was sent."""

    client_id: str
    redirect_uri: str
    state: str
    challenge: str
    scope: str


def challenge_of(given: Mapping[str, str]) -> str:
    """The S256 challenge of a request; a method that is not named is S256, as one client leaves it out. [C]"""
    challenge = given.get("code_challenge", "").rstrip("=")
    if given.get("code_challenge_method", "S256") != "S256":
        raise OAuthError("invalid_request", "code_challenge_method must be S256")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "code_challenge must be the base64url form of a SHA-256 digest")
    return challenge


def issue(org: Org, user_id: str, asked: Asked) -> str:
    """A fresh code for a user who said yes."""
    with org.state.transaction(actor=user_id, operation="authorize") as tx:
        code = "aPrx" + org.randomness.text(60, ids.ALPHABET + "_.")
        tx.set_setting(f"code:{code}", {"user": user_id, "at": moments.stamp(tx.now), **asdict(asked)})
        return code


def redeem(org: Org, code: str, client_id: str, redirect_uri: str, verifier: str) -> tuple[str, Asked]:
    """The user and request of a code, which is used up by the attempt; OAuthError when it does not fit."""
    held = _take(org, code)
    issued = moments.read_moment(str(held["at"]))
    if issued is None or org.clock.now() - issued > LIFE:
        raise OAuthError("invalid_grant", "expired authorization code")
    asked = Asked(*(str(held[name]) for name in Asked.__slots__))
    if asked.client_id != client_id:
        raise OAuthError("invalid_grant", "authorization code was issued to another app")
    if asked.redirect_uri != redirect_uri:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    _prove(asked.challenge, verifier)
    return str(held["user"]), asked


def _take(org: Org, code: str) -> dict[str, Any]:
    with org.state.transaction(actor="", operation="token") as tx:
        held = tx.setting(f"code:{code}")
        tx.drop_setting(f"code:{code}")
    if not held:
        raise OAuthError("invalid_grant", "expired authorization code")
    return dict(held)


def _prove(challenge: str, verifier: str) -> None:
    """A verifier without a challenge is let by: one client sends it in every flow. [C]"""
    if not challenge:
        return
    digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(made, challenge):
        raise OAuthError("invalid_grant", "invalid code verifier")
