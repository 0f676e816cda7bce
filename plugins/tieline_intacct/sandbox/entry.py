"""Who may come in: the sender at control level, the login or session at authentication level [D]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import (
    BAD_CREDENTIALS,
    BAD_SIGN_IN,
    BAD_XML,
    COMPANY_EXPIRED,
    NOT_SIGNED_IN,
    Problem,
    Refused,
    refused,
)
from tieline_intacct.sandbox.profile import Profile
from tieline_intacct.sandbox.scope import Who
from tieline_intacct.sandbox.sessions import Session, Sessions

LONGEST_CONTROL_ID = 256
_VERSIONS = ("3.0", "2.1")


class NotLetIn(Exception):
    """Refused at authentication level; `status` is another than 200 where the gateway itself answers."""

    def __init__(
        self, words: str, number: str = NOT_SIGNED_IN, status: int = 200, user: str = "", company: str = ""
    ) -> None:
        super().__init__(words)
        mend = "Check the sign-in information." if status != 401 else ""
        # A 401 fills `description` alone [S].
        self.problem = Problem(number, "" if status == 401 else words, mend, description=words if status == 401 else "")
        self.status, self.user, self.company = status, user, company


@dataclass(frozen=True, slots=True)
class Door:
    """The company's credentials and what guards them."""

    pair: Mapping[str, Any]
    entities: Sequence[str]
    profile: Profile
    sessions: Sessions
    host: str

    def check_control(self, control: Element | None) -> Element:
        """Raises Refused."""
        if control is None:
            raise refused(BAD_XML, "The request holds no control element")
        if not 1 <= len(elements.text_of(control, "controlid")) <= LONGEST_CONTROL_ID:
            raise refused(BAD_XML, f"controlid must have 1 to {LONGEST_CONTROL_ID} characters")
        if elements.text_of(control, "dtdversion") not in _VERSIONS:
            raise refused(BAD_XML, f"dtdversion must be one of {', '.join(_VERSIONS)}")
        sender = (elements.text_of(control, "senderid"), elements.text_of(control, "password"))
        if sender != (self.pair["sender_id"], self.pair["sender_password"]):
            raise refused(NOT_SIGNED_IN, "Incorrect Intacct XML Partner ID or password.")
        policy = elements.text_of(control, "policyid")
        if policy and policy != self.profile.policy:
            raise refused(NOT_SIGNED_IN, "Invalid transport policy. No policy of that name is set up.")
        return control

    def enter(self, authentication: Element | None) -> Session:
        """A running session, or one for this login alone. Raises NotLetIn."""
        login = elements.child(authentication, "login") if authentication is not None else None
        session = elements.text_of(authentication, "sessionid") if authentication is not None else ""
        found = self._login(login) if login is not None else self._session(session)
        if self.profile.company_expired:
            words = "The demonstration company has expired."
            raise NotLetIn(words, COMPANY_EXPIRED, user=found.user, company=self.pair["company_id"])
        if not self.profile.sender_authorized:
            words = f"Invalid Web Services Authorization. {self.pair['sender_id']} is not authorized in this company."
            raise NotLetIn(words, user=found.user, company=self.pair["company_id"])
        return found

    def _session(self, ident: str) -> Session:
        if not ident:
            raise NotLetIn("The request holds neither a login nor a sessionid", BAD_CREDENTIALS, 400)
        found = self.sessions.use(ident, self.profile.session_minutes)
        if found is None or (self.profile.strict_endpoint and found.host != self.host):
            raise NotLetIn("Invalid session. The session is not valid or has timed out.")
        return found

    def _login(self, login: Element) -> Session:
        said = {name: elements.text_of(login, name) for name in ("userid", "companyid", "password", "locationid")}
        if not (said["userid"] and said["companyid"] and said["password"]):
            raise NotLetIn("The login needs userid, companyid and password", BAD_CREDENTIALS, 400)
        company, location = _company_and_entity(said["companyid"], elements.text_of(login, "clientid"))
        location = said["locationid"] or location
        told = (said["userid"], company, said["password"])
        if told != (self.pair["user_id"], self.pair["company_id"], self.pair["user_password"]):
            raise self._wrong_login(said["userid"], company)
        if location and location not in self.entities:
            raise NotLetIn(f"Invalid location '{location}'", user=said["userid"], company=company)
        return self.sessions.passing(Who(said["userid"], location), self.host, self.profile.session_minutes)

    def _wrong_login(self, user: str, company: str) -> NotLetIn:
        if self.profile.gateway_login_refusals:
            return NotLetIn("Sign-in information is incorrect", BAD_SIGN_IN, 401)
        return NotLetIn("Sign-in information is incorrect. Please check your request.", user=user, company=company)


def _company_and_entity(company: str, client: str) -> tuple[str, str]:
    """From console, client and entity, joined by bars or with the client apart [D].

    There is no console here: a client company counts as the company. Of two parts the second is the entity [I].
    """
    console, *others = company.split("|")
    if len(others) > 1:
        client = client or others[0]
    return client or console, others[-1] if others else ""


def api_session(door: Door, element: Element, session: Session, base: str) -> Element:
    """getAPISession: this level, an entity's, or with an empty locationid the top [D]. Raises Refused."""
    asked = elements.child(element, "locationid")
    location = session.location if asked is None else elements.text(asked)
    if location and location not in door.entities:
        raise Refused(Problem("Get API Session Failed", f"Invalid location '{location}'"))
    opened = door.sessions.open(Who(session.user, location), door.host, door.profile.session_minutes)
    data = elements.make("data")
    api = elements.add(data, "api")
    elements.add(api, "sessionid", opened.id)
    elements.add(api, "endpoint", f"{base}/ia/xml/xmlgw.phtml")
    elements.add(api, "locationid", opened.location)
    return data
