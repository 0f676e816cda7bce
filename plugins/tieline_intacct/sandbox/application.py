"""The local Sage Intacct: one company behind the XML gateway 3.0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from tieline_intacct.sandbox import custom, custom_objects, edits, elements, formats
from tieline_intacct.sandbox.catalogue import Catalogue, standard
from tieline_intacct.sandbox.cursors import Cursors
from tieline_intacct.sandbox.entry import Door, NotLetIn, api_session
from tieline_intacct.sandbox.envelope import Envelope
from tieline_intacct.sandbox.gateway import Asked, Call, Operation, asked_of
from tieline_intacct.sandbox.problems import BAD_XML, TOO_MANY, Problem, Refused
from tieline_intacct.sandbox.profile import PROFILE_SETTING, Profile
from tieline_intacct.sandbox.result import Result
from tieline_intacct.sandbox.scope import CREDENTIALS_SETTING, Scope, Who
from tieline_intacct.sandbox.sessions import Session, Sessions
from tieline_intacct.sandbox.transport import document, packed, page, respond
from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Hook, Probe
from tieline_sandbox.state import Reader, State
from tieline_sandbox.wire import Request, Response

PATH = "/ia/xml/xmlgw.phtml"
SESSION_FUNCTION = "getAPISession"


class Intacct:
    """Build it with `tieline_intacct.sandbox.build`; `state` must already hold credentials."""

    name: str = "intacct"
    proxy_hosts: Sequence[str] = ("*.intacct.com",)
    actions: Sequence[str] = ("expire",)

    def __init__(self, state: State, clock: Clock, randomness: Randomness, profile: Profile | None = None) -> None:
        self.state = state
        self.clock = clock
        self._sessions = Sessions(state, randomness)
        self._cursors = Cursors()
        self._profile = profile or Profile()
        self._running = 0
        self._index_own()
        self._lock = Lock()

    def handle(self, request: Request, probe: Probe) -> Response:
        """Answer one request. Raises nothing but what the probe raises."""
        if request.path != PATH:
            return page(404, "Not Found")
        if request.method != "POST":
            return page(405, "Method Not Allowed", ("Allow", "POST"))
        with self._turn() as admitted:
            if not admitted:
                words = "Too many requests: the company's limit of concurrent requests is reached."
                problem = Problem(TOO_MANY, words, "Try again later, with fewer requests at a time.")
                return respond(request, 429, Envelope(None).failed_control(problem))
            return self._answer(request, probe)

    def credentials(self) -> Mapping[str, Any]:
        with self.state.reading() as reader:
            return {**reader.setting(CREDENTIALS_SETTING), "entities": _entities(reader)}

    def edit(self, actor: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        """Edit as a person would; `values` are partial, what is not named stays. Raises EditRefused."""
        with self.state.transaction(actor=actor, operation=f"edit-{action}") as tx:
            scope = self.scope(tx, Who(actor), by_person=True)
            done = edits.edit(scope, action, kind, ident, values)
        self._index_own()
        return done

    def _index_own(self) -> None:
        """The company's own objects are looked up as fast as the others."""
        with self.state.reading() as reader:
            self.state.indexes.update(custom_objects.indexes(reader))

    def profile(self) -> Profile:
        """The switches in force: those given at the start, changed by edits of `Company`."""
        with self.state.reading() as reader:
            return self._profile.changed(reader.setting(PROFILE_SETTING, {}))

    def scope(self, reader: Reader, who: Who, *, by_person: bool = False) -> Scope:
        profile = self._profile.changed(reader.setting(PROFILE_SETTING, {}))
        return Scope(reader, _catalogue(reader), profile, who, self.clock.now(), self._cursors, by_person)

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """One of the company's few places, given back afterwards."""
        places = self.profile().concurrency
        with self._lock:
            self._running += 1
            admitted = self._running <= places
        try:
            yield admitted
        finally:
            with self._lock:
                self._running -= 1

    def _answer(self, request: Request, probe: Probe) -> Response:
        profile = self.profile()
        envelope = Envelope(None)
        try:
            root = elements.read(document(request))
            control = elements.child(root, "control")
            envelope = Envelope(control, support_ids=profile.support_ids)
            door = Door(self._pair(), self._entities(), profile, self._sessions, request.host)
            door.check_control(control)
            asked = asked_of(root)
        except elements.NotXml as error:
            return respond(request, 200, envelope.failed_control(Problem(BAD_XML, f"XML error: {error}")))
        except Refused as refused:
            return respond(request, 200, envelope.failed_control(*refused.problems))
        answer = self._operate(request, door, envelope, asked, probe)
        return respond(request, 200, envelope.acknowledged()) if asked.later else answer

    def _operate(self, request: Request, door: Door, envelope: Envelope, asked: Asked, probe: Probe) -> Response:
        try:
            session = door.enter(asked.authentication)
        except NotLetIn as refused:
            return respond(request, refused.status, _not_let_in(envelope, refused))
        envelope.begin(door.pair["company_id"], session)
        if any(call.name == SESSION_FUNCTION for call in asked.calls):
            self._open(request, door, envelope, session, asked.calls, probe)
        else:
            run = Operation(self, session.who, asked.calls, asked.unique, probe)
            run.run_as_one(envelope) if asked.together else run.run_each(envelope)
        form = formats.wanted([call.element for call in asked.calls])
        bare = formats.bare(form, envelope.root)
        if bare is not None:
            return packed(request, 200, formats.TYPES[form], bare)
        return respond(request, 200, envelope, two_roots=door.profile.two_roots)

    def _open(
        self, request: Request, door: Door, envelope: Envelope, session: Session, calls: Sequence[Call], probe: Probe
    ) -> None:
        """getAPISession, which must be alone [D]."""
        for call in calls:
            probe(Hook.PARSED, call.tags())
            problem = Problem("Get API Session Failed", f"{SESSION_FUNCTION} must be the only function of a request")
            result = Result([], [problem])
            if len(calls) == 1:
                try:
                    result = Result([api_session(door, call.element, session, request.base)])
                except Refused as refused:
                    result = Result([], refused.problems)
            envelope.add_result(call.name, call.control_id, result)

    def _pair(self) -> Mapping[str, Any]:
        with self.state.reading() as reader:
            return dict(reader.setting(CREDENTIALS_SETTING))

    def _entities(self) -> list[str]:
        with self.state.reading() as reader:
            return _entities(reader)


def _entities(reader: Reader) -> list[str]:
    return sorted(body["LOCATIONID"] for _, body in reader.all("LOCATIONENTITY"))


def _catalogue(reader: Reader) -> Catalogue:
    return standard().with_custom(custom_objects.objects(reader), custom.fields(reader))


def _not_let_in(envelope: Envelope, refused: NotLetIn) -> Envelope:
    if refused.status != 200:
        return envelope.failed_control(refused.problem, bare=True)
    return envelope.failed_authentication(refused.problem, user=refused.user, company=refused.company)
