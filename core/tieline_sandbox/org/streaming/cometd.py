"""`/cometd/{version}`: the Bayeux protocol by long polling, as far as listening needs it (shapes [K]).

A connect is held until there is something to tell, at most as long as the client asks for. Clients live in memory:
after a restart, or when it was silent for too long, a client is unknown and shakes hands again; it says where it
stopped, so nothing within 72 hours is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from tieline_sandbox.hooks import Hook, Probe, Tags
from tieline_sandbox.org import ids
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.identity import sessions
from tieline_sandbox.org.identity.oauth import session_token
from tieline_sandbox.org.rest.answers import read_json
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.org.streaming import events
from tieline_sandbox.wire import Request, Response, json_response

LONGEST_WAIT = 110.0
SILENCE = timedelta(minutes=5)
MAX_CLIENTS, MAX_WAITING, MAX_MESSAGES, MAX_CHANNELS = 1_000, 20, 50, 100
NEW, EVERYTHING = -1, -2
Message = dict[str, Any]


class _Refused(Exception):
    """A message that is answered with an error; the text is `code:arguments:words`."""


@dataclass(slots=True)
class _Client:
    user_id: str
    seen: datetime
    fresh: bool = True
    positions: dict[str, int] = field(default_factory=dict)


class Streams:
    """The clients that listen to one org. Thread-safe."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._clients: dict[str, _Client] = {}
        self._waiting = 0
        self._lock = Lock()

    def handle(self, request: Request, probe: Probe) -> Response:
        """Answer one batch of messages."""
        if request.method.upper() != "POST":
            raise OrgError("METHOD_NOT_ALLOWED", "Bayeux messages are sent by POST", status=405)
        caller = sessions.caller_of(self._org, session_token(request))
        sent = read_json(request.body)
        messages = sent if isinstance(sent, list) else [sent]
        if not 0 < len(messages) <= MAX_MESSAGES or not all(isinstance(each, dict) for each in messages):
            raise OrgError("INVALID_INPUT", f"The body must be one to {MAX_MESSAGES} Bayeux messages")
        probe(Hook.PARSED, Tags("cometd", key=str(messages[0].get("channel", "")), actor=caller.username))
        return json_response(200, [reply for message in messages for reply in self._replies(caller, message)])

    def _replies(self, caller: Caller, message: Message) -> list[Message]:
        channel = message.get("channel")
        told: Message = {"channel": channel, **{name: message[name] for name in ("id",) if name in message}}
        try:
            handler = _HANDLERS.get(channel) if isinstance(channel, str) else None
            if handler is None:
                raise _Refused(f"403:{channel}:denied_by_security_policy")
            return handler(self, caller, message, {**told, "successful": True})
        except _Refused as refused:
            advice = "handshake" if str(refused).startswith("403::Unknown client") else "retry"
            advised = {"reconnect": advice, "interval": 0}
            return [{**told, "successful": False, "error": str(refused), "advice": advised}]

    # -- the messages ----------------------------------------------------------------------------------------------

    def shake_hands(self, caller: Caller, message: Message, told: Message) -> list[Message]:
        offered = message.get("supportedConnectionTypes")
        if not isinstance(offered, list) or "long-polling" not in offered:
            raise _Refused("400::long-polling is the only connection type")
        now = self._org.clock.now()
        ident = self._org.randomness.text(24, ids.ALPHABET)
        with self._lock:
            self._clients = {
                name: each for name, each in self._clients.items() if now - each.seen <= SILENCE
            }  # fmt: skip
            if len(self._clients) >= MAX_CLIENTS:
                raise _Refused("403::Organization concurrent user limit exceeded")
            self._clients[ident] = _Client(caller.user_id, now)
        more = {"version": "1.0", "minimumVersion": "1.0", "supportedConnectionTypes": ["long-polling"]}
        return [{**told, **more, "clientId": ident, "ext": {"replay": True, "payload.format": True}}]

    def subscribe(self, caller: Caller, message: Message, told: Message) -> list[Message]:
        client = self._client(caller, message)
        access = self._org.access(caller.user_id)
        wanted = _channels(message)
        replay = _table(_table(message, "ext"), "replay")
        for channel in wanted:
            if not events.known(self._org, access, channel):
                raise _Refused(f"404:{channel}:Unknown channel")
            if len(client.positions) >= MAX_CHANNELS:
                raise _Refused(f"403:{channel}:too many subscriptions")
            client.positions[channel] = self._start(replay.get(channel, NEW))
        return [{**told, "clientId": message["clientId"], "subscription": message["subscription"]}]

    def unsubscribe(self, caller: Caller, message: Message, told: Message) -> list[Message]:
        client = self._client(caller, message)
        for channel in _channels(message):
            client.positions.pop(channel, None)
        return [{**told, "clientId": message["clientId"], "subscription": message["subscription"]}]

    def connect(self, caller: Caller, message: Message, told: Message) -> list[Message]:
        """Wait for events, then tell them all; the first connect of a client only tells it how to go on."""
        client = self._client(caller, message)
        found = self._events(client)
        if not found and not client.fresh:
            self._wait(client, _patience(message))
            found = self._events(client)
        client.fresh, client.seen = False, self._org.clock.now()
        advice = {"reconnect": "retry", "interval": 0, "timeout": int(LONGEST_WAIT * 1000)}
        return [*found, {**told, "clientId": message["clientId"], "advice": advice}]

    def disconnect(self, caller: Caller, message: Message, told: Message) -> list[Message]:
        self._client(caller, message)
        with self._lock:
            self._clients.pop(message["clientId"], None)
        return [{**told, "clientId": message["clientId"]}]

    # -- inside ----------------------------------------------------------------------------------------------------

    def _client(self, caller: Caller, message: Message) -> _Client:
        ident = message.get("clientId")
        client = self._clients.get(ident) if isinstance(ident, str) else None
        now = self._org.clock.now()
        if client is None or client.user_id != caller.user_id or now - client.seen > SILENCE:
            raise _Refused("403::Unknown client")
        client.seen = now
        return client

    def _start(self, wanted: Any) -> int:
        """The position to start behind: -1 is now, -2 the oldest event kept, else the number of an event."""
        last = self._org.state.last_mutation()
        if isinstance(wanted, bool) or not isinstance(wanted, int) or not EVERYTHING <= wanted <= last:
            words = f"The replayId {{{wanted}}} you provided was invalid."
            raise _Refused(f"400::{words} Please provide a valid ID, -2 to replay all events, or -1 for new ones.")
        return {NEW: last, EVERYTHING: 0}.get(wanted, wanted)

    def _events(self, client: _Client) -> list[Message]:
        access = self._org.access(client.user_id)
        told: list[Message] = []
        for channel, position in list(client.positions.items()):
            found, client.positions[channel] = events.after(self._org, access, channel, position)
            told += found
        return told

    def _wait(self, client: _Client, seconds: float) -> None:
        """Hold the request. Each holds a thread, so only so many may; the rest are answered at once."""
        with self._lock:
            if self._waiting >= MAX_WAITING:
                return
            self._waiting += 1
        try:
            self._org.state.wait_beyond(
                max(client.positions.values(), default=self._org.state.last_mutation()), seconds
            )
        finally:
            with self._lock:
                self._waiting -= 1


def _patience(message: Message) -> float:
    """How long the client will wait, in seconds."""
    wanted = _table(message, "advice").get("timeout")
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not wanted >= 0:
        return LONGEST_WAIT
    return min(wanted / 1000, LONGEST_WAIT)


def _channels(message: Message) -> list[str]:
    wanted = message.get("subscription")
    channels = wanted if isinstance(wanted, list) else [wanted]
    named = [each for each in channels if isinstance(each, str)]
    if not named or len(named) < len(channels):
        raise _Refused("403::subscription missing")
    return named


def _table(message: Mapping[str, Any], name: str) -> Message:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


_HANDLERS: Mapping[str, Callable[[Streams, Caller, Message, Message], list[Message]]] = {
    "/meta/handshake": Streams.shake_hands,
    "/meta/subscribe": Streams.subscribe,
    "/meta/unsubscribe": Streams.unsubscribe,
    "/meta/connect": Streams.connect,
    "/meta/disconnect": Streams.disconnect,
}
