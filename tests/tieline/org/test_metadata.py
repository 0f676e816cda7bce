"""Metadata calls against scripted answers: waits, deadlines, faults, and XML that means harm."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    HttpResponse,
    Misconfigured,
    NothingSent,
    PermanentError,
    TransientError,
)
from tieline.org.package_zip import unpack

PATH = "/services/Soap/m/60.0"
STARTED = "<result><done>false</done><id>0Af000000000001AAA</id><state>Queued</state></result>"


def envelope(operation: str, inner: str, status: int = 200) -> HttpResponse:
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Body>'
        f"<{operation}Response>{inner}</{operation}Response></soapenv:Body></soapenv:Envelope>"
    )
    return HttpResponse(status, {"Content-Type": "text/xml"}, body.encode())


def fault(code: str, words: str) -> HttpResponse:
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:sf="http://soap.sforce.com/2006/04/metadata"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>sf:{code}</faultcode><faultstring>{code}: {words}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return HttpResponse(500, {"Content-Type": "text/xml"}, body.encode())


def deployed(done: bool, status: str, details: str = "") -> HttpResponse:
    stamp = "2026-01-01T00:00:00.000Z"
    flag = str(done).lower()
    return envelope(
        "checkDeployStatus",
        f"<result><checkOnly>false</checkOnly><createdBy>005</createdBy><createdByName>A</createdByName>"
        f"<createdDate>{stamp}</createdDate><details>{details}</details><done>{flag}</done><id>0Af000000000001AAA</id>"
        "<ignoreWarnings>true</ignoreWarnings><numberComponentErrors>0</numberComponentErrors>"
        "<numberComponentsDeployed>1</numberComponentsDeployed><numberComponentsTotal>2</numberComponentsTotal>"
        "<numberTestErrors>0</numberTestErrors><numberTestsCompleted>0</numberTestsCompleted>"
        "<numberTestsTotal>0</numberTestsTotal><rollbackOnError>true</rollbackOnError>"
        f"<runTestsEnabled>false</runTestsEnabled><status>{status}</status>"
        f"<success>{str(status == 'Succeeded').lower()}</success></result>",
    )


def message(kind: str, name: str, *, success: bool, changed: bool = False, more: str = "") -> str:
    outer = "componentSuccesses" if success else "componentFailures"
    return (
        f"<{outer}><changed>{str(changed).lower()}</changed><componentType>{kind}</componentType>"
        "<created>false</created><createdDate>2026-01-01T00:00:00.000Z</createdDate><deleted>false</deleted>"
        f"<fileName>objects/A.object</fileName><fullName>{name}</fullName>{more}"
        f"<success>{str(success).lower()}</success></{outer}>"
    )


def test_a_deploy_is_waited_for(org: Any, script: Any, clock: Any) -> None:
    pending = deployed(False, "InProgress")
    manifest = message("", "package.xml", success=True, changed=True)
    last = deployed(True, "Succeeded", manifest + message("CustomField", "A.B__c", success=True, changed=True))
    script.on("POST", PATH, envelope("deploy", STARTED), pending, pending, last)
    seen: list[tuple[int, int]] = []
    result = org.metadata.deploy(b"zip", progress=lambda done, total: seen.append((done, total)))
    assert (result.success, result.status, clock.waits, seen) == (True, "Succeeded", [0.25, 0.5], [(1, 2)] * 3)
    assert [part.full_name for part in result.components] == ["A.B__c"]
    assert result.changed == result.components
    assert b"<ns0:rollbackOnError>true" in script.seen[0].body
    assert b"T1" in script.seen[0].body


def test_failures_are_sentences(org: Any, script: Any) -> None:
    more = "<lineNumber>7</lineNumber><problem>must be a Text</problem><problemType>Error</problemType>"
    # the schema's order: lineNumber and problem follow fullName
    failed = deployed(True, "Failed", message("CustomField", "A.B__c", success=False, more=more))
    script.on("POST", PATH, envelope("deploy", STARTED), failed)
    result = org.metadata.deploy(b"zip")
    assert not result.success
    assert result.errors == ("CustomField A.B__c: must be a Text (objects/A.object:7)",)


def test_a_deploy_that_never_ends(org: Any, script: Any, clock: Any) -> None:
    script.on("POST", PATH, envelope("deploy", STARTED), deployed(False, "Pending"))
    with pytest.raises(AnswerLost, match="0Af000000000001AAA is not done after 60 seconds"):
        org.metadata.deploy(b"zip", deadline=60)
    assert sum(clock.waits) <= 60
    assert max(clock.waits) == 5.0


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (AnswerLost("cut"), AnswerLost),
        (NothingSent("off"), NothingSent),
        (HttpResponse(502, {"Content-Type": "text/html"}, b"<html>secret</html>"), AnswerLost),
        (HttpResponse(503, {"Content-Type": "text/html"}, b"<p>secret"), AnswerLost),
        (HttpResponse(200, {"Content-Type": "text/xml"}, b""), AnswerLost),
        (fault("UNKNOWN_EXCEPTION", "oops"), AnswerLost),
        (fault("INVALID_TYPE", "no such type"), PermanentError),
        (fault("INSUFFICIENT_ACCESS", "use of the Metadata API requires a user with permission"), Misconfigured),
        (fault("INVALID_SESSION_ID", "expired"), Misconfigured),
    ],
)
def test_a_deploy_is_started_once(org: Any, script: Any, answer: Any, error: type[Exception]) -> None:
    script.on("POST", PATH, answer)
    with pytest.raises(error) as caught:
        org.metadata.deploy(b"zip")
    assert type(caught.value) is error
    assert "secret" not in str(caught.value)
    assert len(script.seen) == (2 if "INVALID_SESSION" in repr(answer) else 1)


def test_lists_are_asked_again(org: Any, script: Any, clock: Any) -> None:
    script.on(
        "POST", PATH, HttpResponse(503, {}, b"<html/>"), fault("SERVER_UNAVAILABLE", "x"), envelope("listMetadata", "")
    )
    assert org.metadata.list_components("Layout") == []
    assert clock.waits == [1.0, 2.0]


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        b"<a>",
    ],
)
def test_harmful_answers_are_refused(org: Any, script: Any, body: bytes) -> None:
    script.on("POST", PATH, HttpResponse(200, {"Content-Type": "text/xml"}, body))
    with pytest.raises(TransientError, match="not a whole SOAP answer"):
        org.metadata.list_components("Layout")


def test_session_ids_stay_out_of_the_log(org: Any, script: Any, caplog: pytest.LogCaptureFixture) -> None:
    script.on("POST", PATH, envelope("listMetadata", ""))
    with caplog.at_level("DEBUG"):
        org.metadata.list_components("Layout")
    assert "T1" not in caplog.text


def packed(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return made.getvalue()


def retrieved(content: bytes, *, success: bool = True) -> HttpResponse:
    status = "Succeeded" if success else "Failed"
    error = "" if success else "<errorMessage>no such kind</errorMessage>"
    return envelope(
        "checkRetrieveStatus",
        f"<result><done>true</done>{error}<id>09S000000000001AAA</id><status>{status}</status>"
        f"<success>{str(success).lower()}</success><zipFile>{b64encode(content).decode()}</zipFile></result>",
    )


def test_retrieve_opens_the_zip(org: Any, script: Any) -> None:
    content = packed(**{"unpackaged/package.xml": b"m", "unpackaged/layouts/A.layout": b"x"})
    script.on("POST", PATH, envelope("retrieve", STARTED), retrieved(content))
    assert org.metadata.retrieve({"Layout": ["A"]}) == {"layouts/A.layout": b"x"}


def test_a_failed_retrieval_speaks(org: Any, script: Any) -> None:
    script.on("POST", PATH, envelope("retrieve", STARTED), retrieved(b"", success=False))
    with pytest.raises(PermanentError, match="no such kind"):
        org.metadata.retrieve({"Layout": ["A"]})


def test_broken_and_huge_zips(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unpack(b"", "org") == {}
    whole = packed(a=b"x" * 10_000)
    for content in (b"nonsense", whole[:40], whole[:30] + b"\xff" * 10 + whole[40:]):
        with pytest.raises(TransientError, match="zip"):
            unpack(content, "org")
    monkeypatch.setattr("tieline.org.package_zip._LARGEST", 9_999)
    with pytest.raises(TransientError, match="too large"):
        unpack(whole, "org")
