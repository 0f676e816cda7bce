"""The local Unleashed: one organisation that answers the vendor's wire contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.state import Reader, State, Transaction
from tieline_sandbox.wire import Request, Response
from tieline_unleashed.sandbox import edits, listing, media, operations, routes, views
from tieline_unleashed.sandbox.answers import Refused
from tieline_unleashed.sandbox.listing import Query
from tieline_unleashed.sandbox.lookup import Lookup
from tieline_unleashed.sandbox.media import Media
from tieline_unleashed.sandbox.members import fold
from tieline_unleashed.sandbox.profile import PROFILE_SETTING, Profile
from tieline_unleashed.sandbox.quota import count_call
from tieline_unleashed.sandbox.records import CONTACTS
from tieline_unleashed.sandbox.routes import Call
from tieline_unleashed.sandbox.saving import Context, Saved, guid_source
from tieline_unleashed.sandbox.signature import authenticate

API_ACTOR = "api"
CREDENTIALS_SETTING = "credentials"


class Unleashed:
    """Build it with `tieline_unleashed.sandbox.build`; `state` must already hold credentials."""

    name: str = "unleashed"
    proxy_hosts: Sequence[str] = ("api.unleashedsoftware.com",)

    def __init__(self, state: State, clock: Clock, randomness: Randomness, profile: Profile | None = None) -> None:
        self.state = state
        self.clock = clock
        self._new_guid = guid_source(randomness)
        self._profile = profile or Profile()

    def handle(self, request: Request, probe: Probe) -> Response:
        """Answer one request. Raises nothing but what the probe raises."""
        form = _error_form(request)
        try:
            return self._answer(request, probe)
        except Refused as refused:
            return media.respond(form, refused.status, refused.body(), ("Error", "Item"), refused.headers)

    def credentials(self) -> Mapping[str, Any]:
        with self.state.reading() as reader:
            return dict(reader.setting(CREDENTIALS_SETTING))

    def edit(self, actor: str, action: str, kind: str, ident: str, values: Mapping[str, Any]) -> str:
        """Edit as a person would; `values` are partial, what is not named stays. Raises EditRefused."""
        with self.state.transaction(actor=actor, operation=f"edit-{action}") as tx:
            return edits.edit(self._context(tx, actor, by_person=True), action, kind, ident, values)

    def profile(self) -> Profile:
        """The switches in force: those given at the start, changed by edits of `Organisation`."""
        with self.state.reading() as reader:
            return self._profile_in(reader)

    def _answer(self, request: Request, probe: Probe) -> Response:
        profile = self.profile()
        pair = self.credentials()
        authenticate(request, pair["api_id"], pair["api_key"], accept_encoded=profile.accept_encoded_signature)
        count_call(self.state, profile.monthly_quota)
        form = media.wanted(request)
        media.spoken(request)
        call = routes.find(request.method, request.path)
        if request.method == "GET":
            probe(Hook.PARSED, Tags(call.operation, call.resource.name, call.guid or "", API_ACTOR))
            return self._read(request, call, profile, form)
        return self._write(media.read_body(request), call, form, probe)

    def _read(self, request: Request, call: Call, profile: Profile, form: Media) -> Response:
        query = Query.of(request.raw_query)
        with self.state.reading() as reader:
            show_one = call.operation == "read"
            lookup = Lookup(reader)
            tree = listing.one(lookup, call, query) if show_one else listing.answer(lookup, call, query, profile)
        names = (call.resource.item, "") if show_one else (call.resource.name, call.resource.item)
        return media.respond(form, 200, tree, names)

    def _write(self, body: dict[str, Any], call: Call, form: Media, probe: Probe) -> Response:
        tags = _write_tags(call, body)
        probe(Hook.PARSED, tags)
        with self.state.transaction(
            actor=API_ACTOR, operation=call.operation, key=_chosen(call, body), probe=probe, tags=tags
        ) as tx:
            context = self._context(tx, API_ACTOR)
            saved = operations.perform(context, call, body)
            tree = _shown(tx, saved)
        if saved is None or call.operation == "delete":
            return Response(204)
        return media.respond(form, 201 if saved.created else 200, tree, (saved.resource.item, ""))

    def _context(self, tx: Transaction, actor: str, *, by_person: bool = False) -> Context:
        return Context(tx, Lookup(tx), self._profile_in(tx), actor, self._new_guid, by_person)

    def _profile_in(self, reader: Reader) -> Profile:
        return self._profile.changed(reader.setting(PROFILE_SETTING, {}))


def _chosen(call: Call, body: Mapping[str, Any]) -> str:
    """The guid a caller chose for a save: what makes a repeated post safe."""
    if call.operation != "save":
        return ""
    in_path = call.guid if call.resource is not CONTACTS else None
    return in_path or str(fold(body).get("guid") or "").lower()


def _write_tags(call: Call, body: Mapping[str, Any]) -> Tags:
    """The key is the guid of what is written, else its code, else the guid of what it belongs to."""
    code = str(fold(body).get(call.resource.code.lower()) or "")
    key = call.child or _chosen(call, body) or call.guid or code
    return Tags(call.operation, call.resource.name, key, API_ACTOR)


def _shown(tx: Transaction, saved: Saved | None) -> dict[str, Any]:
    if saved is None:
        return {}
    lookup = Lookup(tx)
    values = lookup.get(saved.resource.name, saved.guid)
    return views.record(lookup, saved.resource, (saved.guid, values or {}))


def _error_form(request: Request) -> Media:
    """Errors come in the form asked for, JSON when that cannot be told."""
    try:
        return media.wanted(request)
    except Refused:
        return Media.JSON
