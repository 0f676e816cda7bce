"""Waiting until something changed in the org, instead of asking again and again.

The org tells changes over CometD long polling (`/cometd/{version}`, channel `/data/ChangeEvents`): no inbound network,
the session we have anyway. What is heard is a hint that it is worth looking, never data; what was missed is found by
the next poll. An org that does not offer this, or not to this user, is polled as before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tieline.contract import Clock, TielineError
from tieline.org.session import Session

CHANNEL = "/data/ChangeEvents"
LONGEST_WAIT = 100.0
"""Seconds of one request; the org itself answers after 110. [K]"""
QUIET = 300.0
"""Seconds without another try after the org refused."""
_HASTY = 5
_NEW_EVENTS = -1
_COOKIE = re.compile(r"(?:^|,\s*)([!#$%&'*+.^`|~\w-]+=[^;,\s]*)")
Message = dict[str, Any]


class _Unknown(Exception):
    """The org has forgotten this client: shake hands again."""


class _NotOffered(Exception):
    """The org says no, or says nothing we understand."""


class WakeUp:
    """One listener of one thread. `wait` is made to stand where a clock's `sleep` stands."""

    def __init__(self, session: Session, clock: Clock, channel: str = CHANNEL) -> None:
        self._session, self._clock, self._channel = session, clock, channel
        self._client = ""
        self._cookies: dict[str, str] = {}
        self._last = _NEW_EVENTS
        self._quiet_until = float("-inf")

    def wait(self, seconds: float) -> bool:
        """Return when somebody else changed something (True), at the latest after so many seconds (False)."""
        end = self._clock.monotonic() + seconds
        hasty = 0
        while (left := end - self._clock.monotonic()) > 0:
            if self._clock.monotonic() < self._quiet_until or hasty >= _HASTY:
                self._clock.sleep(left)
                return False
            started = self._clock.monotonic()
            if self._heard(min(left, LONGEST_WAIT)):
                return True
            # An org that answers at once and tells nothing must not make us ask in a circle.
            hasty = hasty + 1 if self._clock.monotonic() - started < 1 else 0
        return False

    def _heard(self, seconds: float) -> bool:
        try:
            self._listen()
            return self._connect(seconds)
        except _Unknown:
            self._client = ""
        except (_NotOffered, TielineError):
            self._client, self._quiet_until = "", self._clock.monotonic() + QUIET
        return False

    def _listen(self) -> None:
        """Shake hands and subscribe, unless that was done; behind the last event heard, if the org still has it."""
        if self._client:
            return
        self._cookies = {}
        hands = {"version": "1.0", "supportedConnectionTypes": ["long-polling"]}
        client = _reply(self._send({"channel": "/meta/handshake", **hands}), "/meta/handshake").get("clientId")
        if not isinstance(client, str) or not client:
            raise _NotOffered
        try:
            self._subscribe(client)
        except _NotOffered:
            if self._last == _NEW_EVENTS:
                raise
            self._last = _NEW_EVENTS  # the number is too old for the org by now
            self._subscribe(client)
        self._client = client

    def _subscribe(self, client: str) -> None:
        replay = {"replay": {self._channel: self._last}}
        message = {"channel": "/meta/subscribe", "clientId": client, "subscription": self._channel, "ext": replay}
        _reply(self._send(message), "/meta/subscribe")

    def _connect(self, seconds: float) -> bool:
        advice = {"timeout": int(seconds * 1000)}
        message = {"channel": "/meta/connect", "clientId": self._client, "connectionType": "long-polling"}
        replies = self._send({**message, "advice": advice})
        woken = [self._noted(event) for event in _events(replies, self._channel)]
        _reply(replies, "/meta/connect")
        return any(woken)

    def _noted(self, event: Message) -> bool:
        """Remember where we are; whether somebody else made the change. Our own writes are no news."""
        data = _table(event, "data")
        number = _table(data, "event").get("replayId")
        if isinstance(number, int):
            self._last = number
        header = _table(_table(data, "payload"), "ChangeEventHeader")
        return header.get("commitUser") != self._session.grant().user_id

    def _send(self, message: Message) -> list[Message]:
        """One message and the replies. The connection belongs to one server of the org's, which its cookies name."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        path = f"/cometd/{self._session.settings.api_version}"
        answer = self._session.exchange("POST", path, headers, json.dumps([message]).encode())
        self._cookies |= _cookies(answer.headers)
        try:
            replies = answer.json()
        except ValueError:
            raise _NotOffered from None
        if answer.status != 200 or not isinstance(replies, list):
            raise _NotOffered
        return [each for each in replies if isinstance(each, dict)]


def _reply(replies: list[Message], channel: str) -> Message:
    """The org's answer to our message, when it is a yes."""
    found = next((each for each in replies if each.get("channel") == channel), None)
    if found is None:
        raise _NotOffered
    if found.get("successful") is not True:
        again = _table(found, "advice").get("reconnect") == "handshake" and channel == "/meta/connect"
        raise _Unknown if again else _NotOffered
    return found


def _events(replies: list[Message], channel: str) -> Iterator[Message]:
    return (each for each in replies if each.get("channel") == channel and "data" in each)


def _table(message: Mapping[str, Any], name: str) -> Message:
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of an answer; several come joined by commas, as do the dates in them."""
    told = next((value for name, value in headers.items() if name.lower() == "set-cookie"), "")
    return dict(pair.split("=", 1) for pair in _COOKIE.findall(told))
