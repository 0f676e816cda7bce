"""SOAP login of the partner API: below v65 only. [D1]"""

from __future__ import annotations

from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.org import partner
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.identity import sessions
from tieline_sandbox.org.identity.oauth import check_password
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.org.soap import PARTNER, SoapCall, envelope, tag, text_of
from tieline_sandbox.wire import Request, Response

LAST_VERSION = 64.0


def serve(org: Org, request: Request, asked: SoapCall, version: str, probe: Probe) -> Response:
    """login, logout and getUserInfo here, the calls on records in `partner`."""
    if asked.operation == "login":
        return _login(org, request, asked, version, probe)
    caller = sessions.caller_of(org, asked.session)
    if asked.operation in ("logout", "getUserInfo"):
        probe(Hook.PARSED, Tags(asked.operation, actor=caller.username))
    if asked.operation == "logout":
        sessions.end(org, asked.session)
        return envelope("<logoutResponse/>", PARTNER)
    if asked.operation == "getUserInfo":
        return envelope(
            f"<getUserInfoResponse><result>{_user_info(org, caller)}</result></getUserInfoResponse>", PARTNER
        )
    return partner.serve(Call(org, request, caller, version, probe), asked)


def _login(org: Org, request: Request, asked: SoapCall, version: str, probe: Probe) -> Response:
    username = text_of(asked.body, "username") or ""
    probe(Hook.PARSED, Tags("login", actor=username))
    if float(version) > LAST_VERSION:
        # The wording at v65 and above is not known; the code is the one of orgs that have the call switched off.
        text = "SOAP API login() is not available in API version 65.0 and later."
        raise OrgError("INVALID_OPERATION", f"{text} Use OAuth: JWT bearer or client credentials.")
    user_id = check_password(org, username, text_of(asked.body, "password") or "")
    caller = org.caller(user_id) if user_id else None
    if caller is None:
        text = "Invalid username, password, security token; or user locked out."
        raise OrgError("INVALID_LOGIN", text)
    return envelope(
        f"<loginResponse><result>{_result(org, request, caller, version)}</result></loginResponse>", PARTNER
    )


def _result(org: Org, request: Request, caller: Caller, version: str) -> str:
    base, short = request.base, org.org_id[:15]
    return "".join(
        (
            tag("metadataServerUrl", f"{base}/services/Soap/m/{version}/{short}"),
            tag("passwordExpired", False),
            tag("sandbox", False),
            tag("serverUrl", f"{base}/services/Soap/u/{version}/{short}"),
            tag("sessionId", sessions.open_session(org, caller.user_id)),
            tag("userId", caller.user_id),
            f"<userInfo>{_user_info(org, caller)}</userInfo>",
        )
    )


def _user_info(org: Org, caller: Caller) -> str:
    values: dict[str, str | bool | int] = {
        "accessibilityMode": False, "currencySymbol": "$", "orgAttachmentFileSizeLimit": 5242880,
        "orgDefaultCurrencyIsoCode": "USD", "orgDisallowHtmlAttachments": False, "orgHasPersonAccounts": False,
        "organizationId": org.org_id, "organizationMultiCurrency": False,
        "organizationName": str(org.setting("org_name")),
        "profileId": caller.profile_id, "roleId": "", "sessionSecondsValid": 7200, "userDefaultCurrencyIsoCode": "",
        "userEmail": caller.email, "userFullName": caller.name, "userId": caller.user_id,
        "userLanguage": caller.language,
        "userLocale": caller.language, "userName": caller.username, "userTimeZone": "GMT", "userType": "Standard",
        "userUiSkin": "Theme3",
    }  # fmt: skip
    return "".join(tag(name, value) for name, value in values.items())
