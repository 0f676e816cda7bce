"""The reply: control, authentication, one result a function; errors at the level where they belong [D]."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.problems import ROLLED_BACK, Problem
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.sessions import Session

SUCCESS, FAILURE, ABORTED = "success", "failure", "aborted"
UNDONE = Problem(ROLLED_BACK, "The entire transaction in this operation has been rolled back due to an error.")


class Envelope:
    """Builds one reply from the control of its request."""

    def __init__(self, control: Element | None, *, support_ids: bool = False) -> None:
        self.root = elements.make("response")
        self._control = control
        self._verbose = self._said("showadditionalerrorinfo").lower() == "true"
        self._support_ids = support_ids
        self.spaced = self._said("includewhitespace").lower() != "false"  # formatted unless told otherwise [D]
        self._operation: Element | None = None

    def failed_control(self, *problems: Problem, bare: bool = False) -> Envelope:
        """Nothing of the request was looked at; `bare`: the control holds its status alone [T]."""
        self._add_control(FAILURE, bare=bare)
        self._add_errors(self.root, problems)
        return self

    def failed_authentication(self, *problems: Problem, user: str = "", company: str = "") -> Envelope:
        self._add_control(SUCCESS)
        operation = elements.add(self.root, "operation")
        told = elements.add(operation, "authentication")
        for name, value in (("status", FAILURE), ("userid", user), ("companyid", company)):
            elements.add(told, name, value)
        self._add_errors(operation, problems)
        return self

    def acknowledged(self) -> Envelope:
        """Of a call by a transport policy this is all that comes at once [D]."""
        told = Envelope(self._control)
        elements.add(elements.add(told.root, "acknowledgement"), "status", SUCCESS)
        told._add_control(SUCCESS)
        return told

    def begin(self, company: str, session: Session) -> None:
        """The request is let in."""
        self._add_control(SUCCESS)
        self._operation = elements.add(self.root, "operation")
        told = elements.add(self._operation, "authentication")
        said = (
            ("status", SUCCESS),
            ("userid", session.user),
            ("companyid", company),
            ("locationid", session.location),
            ("sessiontimestamp", session.begun),
            ("sessiontimeout", session.ends),
        )
        for name, value in said:
            elements.add(told, name, value)

    def add_result(self, function: str, control_id: str, result: Result, status: str = "") -> None:
        assert self._operation is not None, "begin comes first"
        place = elements.add(self._operation, "result")
        elements.add(place, "status", status or (FAILURE if result.problems else SUCCESS))
        elements.add(place, "function", function)
        elements.add(place, "controlid", control_id)
        place.extend(result.parts)
        self._add_errors(place, result.problems)

    def _said(self, name: str) -> str:
        return elements.text_of(self._control, name) if self._control is not None else ""

    def _add_control(self, status: str, *, bare: bool = False) -> None:
        control = elements.add(self.root, "control")
        elements.add(control, "status", status)
        if not bare:
            elements.add(control, "senderid", self._said("senderid"))
            elements.add(control, "controlid", self._said("controlid"))
            elements.add(control, "uniqueid", self._said("uniqueid") or "true")
            elements.add(control, "dtdversion", self._said("dtdversion") or "3.0")

    def _add_errors(self, parent: Element, problems: Sequence[Problem]) -> None:
        if problems:
            message = elements.add(parent, "errormessage")
            for number, problem in enumerate(problems, start=1):
                self._add_error(message, number, problem)

    def _add_error(self, message: Element, number: int, problem: Problem) -> None:
        error = elements.add(message, "error")
        elements.add(error, "errorno", problem.number)
        elements.add(error, "description", problem.description)
        suffix = quote(f"{self._said('controlid')}~{number}", safe="")
        support = f" [Support ID: {suffix}]" if self._support_ids else ""
        elements.add(error, "description2", f"{problem.words}{support}")
        elements.add(error, "correction", problem.correction)
        if self._verbose:
            _add_info(error, problem)


def _add_info(error: Element, problem: Problem) -> None:
    """The opt-in part, keyed for translation [D]; which of them belong to which error is ours [I]."""
    info = elements.add(error, "additionalinfo")
    elements.add(info, "errorid", f"GW-{sum(map(ord, problem.number)) % 10000:04}")
    elements.add(info, "category", "VALIDATION" if problem.field else "BUSINESS")
    _add_target(info, problem)
    for name, words in (
        ("description", problem.description), ("cdescription", problem.words), ("correction", problem.correction)
    ):  # fmt: skip
        told = elements.add(info, name)
        elements.add(told, "messageid", _message(words))
        _add_target(told, problem)
        elements.add(told, "placeholders")


def _add_target(parent: Element, problem: Problem) -> None:
    names = {"domain": "", "requestinfo": "", "object": problem.object, "field": problem.field, "businessinfo": ""}
    elements.add(parent, "target", None, **names)


def _message(words: str) -> str:
    """The words as an identifier: IA.COULD_NOT_CREATE_CUSTOMER_RECORD; nothing for nothing."""
    return "IA." + "_".join(re.findall(r"[A-Z0-9]+", words.upper())) if words else ""
