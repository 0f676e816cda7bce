"""The local org as an application: requests in, answers out."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tieline_sandbox.application import EditRefused
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import FaultInjected, Probe, quiet
from tieline_sandbox.org import edits, errors, face, soap
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OAuthError, OrgError
from tieline_sandbox.org.identity import authorize, keys, login, oauth, sessions
from tieline_sandbox.org.metadata import soap_api
from tieline_sandbox.org.rest import limits
from tieline_sandbox.org.rest.answers import refused
from tieline_sandbox.org.rest.router import Router
from tieline_sandbox.org.seed import seed
from tieline_sandbox.org.service import Org
from tieline_sandbox.org.streaming.cometd import Streams
from tieline_sandbox.wire import Request, Response, json_response

API_VERSION = "60.0"
FIRST_VERSION, LAST_VERSION = 31, 68
_VERSIONED = re.compile(r"/services/data/v(\d{1,3})\.0(?:/(.*))?", re.ASCII | re.DOTALL)
_SOAP = re.compile(r"/services/Soap/([ucm])/(\d{1,3})\.0(?:/.*)?", re.ASCII | re.IGNORECASE | re.DOTALL)
_COMETD = re.compile(r"/cometd/\d{2,3}\.0(?:/(?:handshake|connect|subscribe|disconnect))?", re.ASCII)
_log = logging.getLogger(__name__)


class OrgApplication:
    """One org over its wire contract. See `tieline_sandbox.application.Application`."""

    name = "org"
    actions: Sequence[str] = edits.OWN_ACTIONS
    proxy_hosts: Sequence[str] = ("*.salesforce.com",)

    def __init__(self, org: Org) -> None:
        self.org = org
        self.state = org.state
        self._router = Router(org)
        self._streams = Streams(org)

    def handle(self, request: Request, probe: Probe = quiet) -> Response:
        """Answer one request; whatever is in it, the answer has the service's shape."""
        try:
            answer = self._answer(replace(request, target=_single_slash(request.target)), probe)
        except FaultInjected:
            raise
        except OAuthError as error:
            return json_response(error.status, {"error": error.error, "error_description": error.description})
        except OrgError as error:
            answer = refused(error)
        except Exception:  # noqa: BLE001 - the service never shows more than this, and a sandbox must not hang up
            _log.exception("the org could not answer %s", request.method)
            answer = refused(OrgError("UNKNOWN_EXCEPTION", "An unexpected error occurred", status=500))
        if request.raw_path.startswith("/services/data"):
            answer = replace(answer, headers=(*answer.headers, limits.header(self.org)))
        return answer

    def edit(self, actor: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        """Edit as a user would in the pages of the org: `actor` is a username, `kind` an object.

        Of the actions that only this sandbox has, `press` presses a button, with `kind` its full name
        (`Opportunity.Go`), `ident` the record it stands on and `values` what was filled in, and returns the id of the
        row it made. For the others see docs/reference/local-org.md.
        """
        try:
            return edits.edit(self.org, actor, action, kind, ident, values)
        except OrgError as error:
            raise EditRefused(f"{error.code}: {error.message}") from error

    def credentials(self) -> Mapping[str, Any]:
        """The keys of org.json that are not addresses."""
        with self.state.reading() as reader:
            users = [self._user(row) for _, row in reader.all("User") if self.org.setting(f"password:{row['Id']}")]
            first = reader.setting("user_id")
            secret = reader.setting(f"password:{first}")
            plain = {name: reader.setting(name) for name in ("org_id", "user_id", "client_id", "client_secret")}
        mine = next(each for each in users if each["user_id"] == first)
        return {
            **plain,
            "username": mine["username"], "password": secret["password"], "security_token": secret["security_token"],
            "access_token": mine["access_token"], "jwt_private_key_file": keys.private_key_file(self.org),
            "api_version": API_VERSION, "users": users,
        }  # fmt: skip

    def jwt_private_key(self) -> str:
        """The connected app's private key, for callers inside the process."""
        return keys.private_key(self.org)

    # -- inside --------------------------------------------------

    def _user(self, row: Mapping[str, Any]) -> dict[str, Any]:
        caller = self.org.caller(row["Id"])
        return {
            "username": row["Username"], "password": self.org.setting(f"password:{row['Id']}")["password"],
            "access_token": self.org.setting(f"token:{row['Id']}"), "user_id": row["Id"],
            "profile": caller.profile if caller else "", "language": row["LanguageLocaleKey"],
        }  # fmt: skip

    def _answer(self, request: Request, probe: Probe) -> Response:
        if face.serves(request):
            return face.serve(self.org, request, probe)
        path = request.raw_path.rstrip("/")
        if path.casefold() == "/services/data":
            return json_response(200, _versions())
        versioned = _VERSIONED.fullmatch(path)
        if versioned:
            return self._rest(request, probe, int(versioned[1]), (versioned[2] or "").split("/"))
        soap_match = _SOAP.fullmatch(path)
        if soap_match:
            return self._soap(request, probe, soap_match[1].casefold(), int(soap_match[2]))
        if _COMETD.fullmatch(path):
            return self._streams.handle(request, probe)
        if path.startswith("/id/"):
            return oauth.identity(self.org, request, probe)
        service = _OAUTH.get(path.casefold())
        if service is None:
            raise errors.not_found()
        return service(self.org, request, probe)

    def _rest(self, request: Request, probe: Probe, version: int, segments: list[str]) -> Response:
        if version < FIRST_VERSION:
            raise OrgError("GONE", "The requested API version has been retired", status=410)
        if version > LAST_VERSION:
            raise errors.not_found()
        limits.count(self.org)
        caller = sessions.caller_of(self.org, oauth.session_token(request))
        return self._router.handle(Call(self.org, request, caller, f"{version}.0", probe), segments)

    def _soap(self, request: Request, probe: Probe, api: str, version: int) -> Response:
        namespace = soap.METADATA if api == "m" else soap.PARTNER
        try:
            if request.method.upper() != "POST":
                raise OrgError("METHOD_NOT_ALLOWED", "SOAP calls are sent by POST", status=405)
            if not FIRST_VERSION <= version <= LAST_VERSION:
                raise OrgError("UNSUPPORTED_API_VERSION", f"API version {version}.0 is not supported")
            asked = soap.read(request.body)
            if api != "m":
                return login.serve(self.org, request, asked, f"{version}.0", probe)
            caller = sessions.caller_of(self.org, asked.session)
            return soap_api.serve(Call(self.org, request, caller, f"{version}.0", probe), asked)
        except OrgError as error:
            return soap.fault(error, namespace)


_OAUTH = {
    "/services/oauth2/authorize": authorize.authorize,
    "/services/oauth2/token": oauth.token,
    "/services/oauth2/userinfo": oauth.userinfo,
    "/services/oauth2/revoke": oauth.revoke,
    "/services/oauth2/introspect": oauth.introspect,
    "/services/auth/idp/oidc/logout": oauth.logout,
}


def _single_slash(target: str) -> str:
    """One client doubles the slash behind the host. [C]"""
    path, mark, query = target.partition("?")
    return re.sub(r"^/{2,}", "/", path) + mark + query


def _versions() -> list[dict[str, str]]:
    seasons = ("Spring", "Summer", "Winter")
    out = []
    for number in range(FIRST_VERSION, LAST_VERSION + 1):
        # v60 is Spring '24; three releases a year, the winter one carries the next year.
        year, season = 24 + (number - 60 + (1 if (number - 60) % 3 == 2 else 0)) // 3, seasons[(number - 60) % 3]
        out.append({"label": f"{season} '{year:02d}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"})
    return out


def build(folder: Path | None, clock: Clock, randomness: Randomness, data: Path | None = None) -> OrgApplication:
    """A local org. `data` is not used: accounts come into an org by syncing."""
    del data
    org = Org(folder, clock, randomness)
    seed(org)
    return OrgApplication(org)
