"""One request: control, authentication, then its functions in order, each alone or all as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tieline_intacct.sandbox import elements
from tieline_intacct.sandbox.elements import Element
from tieline_intacct.sandbox.envelope import ABORTED, FAILURE, UNDONE, Envelope
from tieline_intacct.sandbox.functions import FUNCTIONS, Function, object_of
from tieline_intacct.sandbox.problems import BAD_XML, Problem, Refused, query_failed, refused
from tieline_intacct.sandbox.profile import Profile
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.scope import API_ACTOR, Scope, Who
from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.state import Reader, State, Transaction

MakeScope = Callable[[Reader, Who], Scope]


@dataclass(frozen=True, slots=True)
class Call:
    """One `function` element."""

    name: str
    control_id: str
    element: Element
    function: Function | None

    def tags(self) -> Tags:
        """The key is the function's controlid: the idempotency key of this gateway."""
        subject = object_of(self.function, self.element) if self.function else ""
        return Tags(self.name, subject, self.control_id, API_ACTOR)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `unique`: a controlid that was executed is refused; `together`: all functions or none; `later`: the
    reply is not wanted on this connection [D]."""

    authentication: Element | None
    calls: Sequence[Call]
    unique: bool
    together: bool
    later: bool = False


class Company(Protocol):
    """What the operation needs of the application."""

    state: State

    def profile(self) -> Profile: ...

    def scope(self, reader: Reader, who: Who) -> Scope: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """The functions of one request, for one session. `unique`: a controlid that was executed is refused [D]."""

    company: Company
    who: Who
    calls: Sequence[Call]
    unique: bool
    probe: Probe

    def run_each(self, envelope: Envelope) -> None:
        """Each function stands alone."""
        for call in self.calls:
            self.probe(Hook.PARSED, call.tags())
            envelope.add_result(call.name, call.control_id, self._alone(call))

    def run_as_one(self, envelope: Envelope) -> None:
        """All or none: the one that failed says why, the others are aborted [S]."""
        self.probe(Hook.PARSED, self._tags())
        results: list[Result] = []
        try:
            with self._transaction(self._tags(), "") as tx:
                for call in self.calls:
                    results.append(self._in(tx, call))
                    if results[-1].problems:
                        raise Refused(*results[-1].problems)
        except Refused as failed:
            failing = next((at for at, one in enumerate(results) if one.problems), len(results))
            self._undone(envelope, failing, failed.problems)
            return
        for call, result in zip(self.calls, results, strict=True):
            envelope.add_result(call.name, call.control_id, result)

    def _undone(self, envelope: Envelope, failing: int, problems: Sequence[Problem]) -> None:
        for at, call in enumerate(self.calls):
            told = (*problems, UNDONE) if at == failing else (UNDONE,)
            envelope.add_result(call.name, call.control_id, Result([], told), FAILURE if at == failing else ABORTED)

    def _alone(self, call: Call) -> Result:
        shown: Sequence[Element] = ()
        try:
            if call.function is not None and call.function.writes:
                with self._transaction(call.tags(), call.control_id) as tx:
                    result = self._in(tx, call)
                    if result.problems and not result.kept:
                        shown = result.parts  # a create says that nothing went in [D]
                        raise Refused(*result.problems)
                return result
            return self._reading(call)
        except Refused as failed:
            return Result(shown, failed.problems)

    def _reading(self, call: Call) -> Result:
        if not self.unique:
            with self.company.state.reading() as reader:
                return self._run(reader, call)
        with self.company.state.transaction(actor=API_ACTOR, operation=call.name) as tx:
            return self._in(tx, call)

    def _in(self, tx: Transaction, call: Call) -> Result:
        """Run inside a transaction; a controlid counts as executed when anything of it is kept [I]."""
        mark = f"ran/{call.control_id}"
        if self.unique and tx.setting(mark):
            raise refused(
                self.company.profile().repeated_number,
                f"The function with controlid '{call.control_id}' was already executed.",
                "Send a controlid that was not used before, or uniqueid false.",
            )
        result = self._run(tx, call)
        if self.unique and (result.kept or not result.problems):
            tx.set_setting(mark, True)
        return result

    def _run(self, reader: Reader, call: Call) -> Result:
        profile = self.company.profile()
        if profile.offline:
            raise refused("", "The Service is Temporarily Off-line")
        if profile.rate_limited:
            raise refused("", "API rate limit exceeded")
        if call.function is None:
            raise query_failed(f"There is no function {call.name}")
        return call.function.run(self.company.scope(reader, self.who), call.element)

    def _transaction(self, tags: Tags, key: str) -> AbstractContextManager[Transaction]:
        return self.company.state.transaction(
            actor=API_ACTOR, operation=tags.operation, key=key, probe=self.probe, tags=tags
        )

    def _tags(self) -> Tags:
        """Of several functions as one: those of the first that writes."""
        writing = [call for call in self.calls if call.function is not None and call.function.writes]
        return (writing or list(self.calls))[0].tags()


def asked_of(root: Element) -> Asked:
    """What a request wants done. Raises Refused for what the schema does not allow."""
    operations = [each for each in elements.children(root) if each.tag == "operation"]
    if len(operations) != 1:
        raise refused(BAD_XML, f"A request holds one operation, not {len(operations) or 'none'}")
    operation, control = operations[0], elements.child(root, "control")
    return Asked(
        authentication=elements.child(operation, "authentication"),
        calls=_calls(operation),
        unique=_truth("uniqueid", elements.text_of(control, "uniqueid") if control is not None else "", default=True),
        later=control is not None and bool(elements.text_of(control, "policyid")),
        together=_truth("transaction", operation.get("transaction", ""), default=False),
    )


def _calls(operation: Element) -> list[Call]:
    content = elements.child(operation, "content")
    functions = elements.children(content) if content is not None else []
    if not functions:
        raise refused(BAD_XML, "The operation holds no function")
    return [_call(each) for each in functions]


def _call(element: Element) -> Call:
    inside = elements.children(element)
    if element.tag != "function" or len(inside) != 1 or element.get("controlid") is None:
        raise refused(BAD_XML, f"A function element with a controlid and one function is wanted, not {element.tag}")
    name = str(inside[0].tag)
    return Call(name, element.get("controlid", ""), inside[0], FUNCTIONS.get(name))


def _truth(name: str, text: str, *, default: bool) -> bool:
    said = text.strip().lower()
    known: Mapping[str, bool] = {"": default, "true": True, "false": False}
    if said not in known:
        raise refused(BAD_XML, f"{name} must be true or false; it is {said}")
    return known[said]
