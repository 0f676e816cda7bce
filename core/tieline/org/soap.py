"""The Metadata API's calls through zeep, on the WSDL that simple-salesforce ships.

simple-salesforce's own metadata client is not used: it opens sessions of its own and leaves its headers behind. zeep
is told to refuse document types, entities and references to elsewhere, and gets our session.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from threading import Lock
from typing import Any

from tieline.contract import AnswerLost, TielineError, TransientError
from tieline.org.errors import INVALID_SESSION, Problem, definite
from tieline.org.library import LibrarySession
from tieline.org.login import Grant
from tieline.org.session import Session

_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_IN_DOUBT = frozenset({"", "UNKNOWN_EXCEPTION", "SERVER_UNAVAILABLE"})


class MetadataSoap:
    """Calls by the operation's name; zeep is imported at the first one. Thread-safe."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = Lock()
        self._zeep: Any = None  # zeep's calls have no types

    def read(self, operation: str, **arguments: Any) -> Any:
        """A call that changes nothing: repeated like every read."""
        return self._session.repeat(lambda: self._call(operation, arguments, writing=False))

    def write(self, operation: str, **arguments: Any) -> Any:
        """Sent once. Raises AnswerLost when it may have taken effect."""
        return self._call(operation, arguments, writing=True)

    def _call(self, operation: str, arguments: dict[str, Any], *, writing: bool) -> Any:
        """Once more after a new login, when the org says that the session expired: then nothing was done."""
        from zeep.exceptions import Error, Fault, ValidationError

        grant = self._session.grant()
        try:
            try:
                return self._send(grant, operation, arguments)
            except Fault as fault:
                if _code(fault) != INVALID_SESSION:
                    raise
                return self._send(self._session.renew(grant), operation, arguments)
        except Fault as fault:
            raise self._failure(_code(fault), str(fault.message), writing) from fault
        except ValidationError:
            raise
        except Error as error:
            raise self._failure("", "", writing) from error

    def _send(self, grant: Grant, operation: str, arguments: dict[str, Any]) -> Any:
        client = self._client()
        address = f"{grant.instance_url}/services/Soap/m/{self._session.settings.api_version}"
        service = client.create_service(f"{_NAMESPACE}MetadataBinding", address)
        header = client.get_element(f"{_NAMESPACE}SessionHeader")(sessionId=grant.token)
        return _unwrapped(service[operation](**arguments, _soapheaders=[header]))

    def _failure(self, code: str, message: str, writing: bool) -> TielineError:
        """The answer's text is quoted only when it is a fault; anything else may be anybody's page."""
        where = f"{self._session.where} metadata"
        if code not in _IN_DOUBT:
            return definite(Problem(code, message.removeprefix(f"{code}:").strip()), where)
        kind = AnswerLost if writing else TransientError
        return kind(message if code else "the answer is not a whole SOAP answer", where=where, code=code)

    def _client(self) -> Any:
        with self._lock:
            if self._zeep is None:
                self._zeep = _open(self._session)
            return self._zeep


def _open(session: Session) -> Any:
    import zeep
    from zeep.transports import Transport

    class Quiet(Transport):
        """zeep's own would write session ids into the debug log."""

        def post(self, address: str, message: bytes, headers: dict[str, str]) -> Any:
            return self.session.post(address, data=message, headers=headers)

    settings = zeep.Settings(
        strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, xml_huge_tree=False
    )
    client: Any = zeep.Client
    transport: Any = Quiet
    with as_file(files("simple_salesforce") / "metadata.wsdl") as wsdl:
        return client(str(wsdl), transport=transport(session=LibrarySession(session)), settings=settings)


def _unwrapped(answer: Any) -> Any:
    """zeep keeps header and body apart for calls whose answer may carry a header (debugging information)."""
    return answer.body.result if hasattr(answer, "body") and hasattr(answer, "header") else answer


def _code(fault: Any) -> str:
    """`sf:INVALID_SESSION_ID` without its prefix; empty for a fault that names none."""
    return str(fault.code or "").rpartition(":")[2]
