"""Fault rules to and from JSON, strictly: a key that is not understood is refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from tieline_sandbox.deeds import (
    AsUser,
    CloseMid,
    Deed,
    Defer,
    DelayVisible,
    DropResponse,
    Duplicate,
    Flip,
    Reorder,
    Reset,
    Shorten,
    Skew,
    Stall,
    Status,
    Trickle,
)
from tieline_sandbox.faults import Match, Planned, Rule
from tieline_sandbox.hooks import Hook
from tieline_sandbox.wire import Headers

_LONGEST, _YEAR = 3600.0, 366 * 86_400.0
_UNTOUCHED = (Hook.ACCEPTED, Hook.PARSED)
_HOOKS_OF: Mapping[type, tuple[Hook, ...]] = {
    Defer: _UNTOUCHED,  # later the work is done, or has its stamps
    DelayVisible: _UNTOUCHED,
    AsUser: (*_UNTOUCHED, Hook.AFTER_COMMIT, Hook.RESPONDING),  # before the commit the store is held
}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
_TAG_KEYS = ("operation", "object", "key", "actor")
_MATCH_KEYS = ("method", "path", *_TAG_KEYS)


class RuleRefused(ValueError):
    """A fault rule that cannot be used; the sentence names the key."""


def read_rule(value: Any) -> Rule:
    """A rule from its JSON form, see docs/test-plane.md. Raises RuleRefused."""
    given = _object(value, "a fault rule", ("at", "do", "match", "nth", "times"))
    for key in ("at", "do"):
        if key not in given:
            raise RuleRefused(f'A fault rule needs "{key}".')
    at, match = _hook(given["at"]), _match(given.get("match", {}))
    _check_tags_known(at, match)
    deed = _deed(given["do"])
    _check_hook(at, deed)
    return Rule(at, deed, match, _count(given, "nth", 0), _count(given, "times", 1))


def show_planned(planned: Planned) -> dict[str, Any]:
    """A rule in force as JSON: as it was given, with its id and its counts."""
    rule = planned.rule
    match = {key: getattr(rule.match, key) for key in _MATCH_KEYS if getattr(rule.match, key)}
    if rule.match.path:
        match["path"] = rule.match.path.pattern
    return {
        "id": planned.id,
        "at": rule.at.value,
        "match": match,
        "nth": rule.nth,
        "times": rule.times,
        "do": _show_deed(rule.do),
        "hits": planned.hits,
        "fired": planned.fired,
    }


def _show_deed(deed: Deed) -> dict[str, Any]:
    shown = {item.name: getattr(deed, item.name) for item in fields(deed)}
    if isinstance(deed, Status):
        shown |= {"headers": dict(deed.headers), "body": deed.body.decode(errors="replace")}
    return {_NAMES[type(deed)]: shown}


def _hook(value: Any) -> Hook:
    try:
        return Hook(value)
    except ValueError:
        raise RuleRefused(f'"at" must be one of {", ".join(Hook)}; it is {_shown(value)}.') from None


def _match(value: Any) -> Match:
    given = _object(value, '"match"', _MATCH_KEYS)
    for key, wanted in given.items():
        if not isinstance(wanted, str) or not wanted:
            raise RuleRefused(f'"match.{key}" must be a text that is not empty; it is {_shown(wanted)}.')
    texts = {key: given.get(key, "") for key in _TAG_KEYS}
    return Match(given.get("method", "").upper(), _pattern(given.get("path")), **texts)


def _pattern(text: str | None) -> re.Pattern[str] | None:
    try:
        return None if text is None else re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise RuleRefused(f'"match.path" is not a regular expression: {error}.') from None


def _check_tags_known(at: Hook, match: Match) -> None:
    """Before the request is parsed nobody knows what it is about: such a rule would wait for ever."""
    for key in _TAG_KEYS:
        if at is Hook.ACCEPTED and getattr(match, key):
            raise RuleRefused(f'"match.{key}" is not known yet at "accepted"; use "at": "parsed" or a later hook.')


def _check_hook(at: Hook, deed: Deed) -> None:
    hooks = _HOOKS_OF.get(type(deed), tuple(Hook))
    if at not in hooks:
        raise RuleRefused(f'"{_NAMES[type(deed)]}" strikes at {", ".join(hooks)} only; "at" is "{at}".')


def _deed(value: Any) -> Deed:
    named = {value: {}} if isinstance(value, str) else value
    if not isinstance(named, Mapping) or len(named) != 1:
        raise RuleRefused(f'"do" must hold one fault of {_kinds()}; it is {_shown(value)}.')
    ((name, options),) = named.items()
    if name not in KINDS:
        raise RuleRefused(f'"do" names the fault {_shown(name)}; known: {_kinds()}.')
    return KINDS[name](name, {} if options is None else options)


def _bare(kind: Callable[[], Deed]) -> Callable[[str, Any], Deed]:
    def read(name: str, options: Any) -> Deed:
        _object(options, f'"do.{name}"', ())
        return kind()

    return read


def _timed(kind: Callable[[float], Deed], *, least: float = 0, most: float = _LONGEST) -> Callable[[str, Any], Deed]:
    def read(name: str, options: Any) -> Deed:
        return kind(_seconds(_object(options, f'"do.{name}"', ("seconds",)), name, least, most))

    return read


def _seconds(given: Mapping[str, Any], name: str, least: float, most: float) -> float:
    seconds = given.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not least < seconds <= most:
        span = f"above {least:.0f}, up to {most:.0f}"
        raise RuleRefused(f'"do.{name}.seconds" must be a number {span}; it is {_shown(seconds)}.')
    return float(seconds)


def _defer(name: str, options: Any) -> Deed:
    given = _object(options, f'"do.{name}"', ("seconds", "code"))
    return Defer(_seconds(given, name, 0, _YEAR), _code({"code": 524, **given}, name))


def _as_user(name: str, options: Any) -> Deed:
    given = _object(options, f'"do.{name}"', ("user", "action", "object", "id", "values"))
    texts = {key: given.get(key, "") for key in ("user", "action", "object", "id")}
    for key, text in texts.items():
        if not isinstance(text, str) or (not text and key != "id"):
            raise RuleRefused(f'"do.{name}.{key}" must be a text that is not empty; it is {_shown(text)}.')
    values = given.get("values", {})
    if not isinstance(values, Mapping):
        raise RuleRefused(f'"do.{name}.values" must be an object; it is {_shown(values)}.')
    return AsUser(**texts, values=values)


def _reorder(name: str, options: Any) -> Deed:
    return Reorder(_positive(_object(options, f'"do.{name}"', ("back",)), name, "back"))


def _shorten(name: str, options: Any) -> Deed:
    given = _object(options, f'"do.{name}"', ("bytes",))
    return Shorten(0 if given.get("bytes") == 0 else _positive(given, name))


def _close_mid(name: str, options: Any) -> Deed:
    return CloseMid(_positive(_object(options, f'"do.{name}"', ("bytes",)), name))


def _flip(name: str, options: Any) -> Deed:
    given = _object(options, f'"do.{name}"', ("bytes", "seed"))
    seed = given.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise RuleRefused(f'"do.{name}.seed" must be a whole number; it is {_shown(seed)}.')
    return Flip(_positive(given, name), seed)


def _status(name: str, options: Any) -> Deed:
    given = _object(options, f'"do.{name}"', ("code", "headers", "body"))
    code = _code(given, name)
    headers, body = _headers(given.get("headers", {})), given.get("body", "")
    if isinstance(body, str):
        return Status(code, headers, body.encode(errors="surrogatepass"))
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", "application/json;charset=UTF-8"), *headers)
    return Status(code, headers, json.dumps(body).encode())


def _code(given: Mapping[str, Any], name: str) -> int:
    code = given.get("code")
    if isinstance(code, bool) or not isinstance(code, int) or not 200 <= code <= 599:
        raise RuleRefused(f'"do.{name}.code" must be a whole number from 200 to 599; it is {_shown(code)}.')
    return code


def _headers(value: Any) -> Headers:
    if not isinstance(value, Mapping):
        raise RuleRefused(f'"do.status.headers" must be an object of texts; it is {_shown(value)}.')
    for name, text in value.items():
        if name.lower() in _FRAMING:
            raise RuleRefused(f'"do.status.headers" may not name {name}: the door writes it.')
        if not _HEADER_NAME.fullmatch(name) or not isinstance(text, str) or not _HEADER_VALUE.fullmatch(text):
            raise RuleRefused(f'"do.status.headers" holds {_shown(name)}: {_shown(text)}, which is no HTTP header.')
    return tuple(value.items())


def _positive(given: Mapping[str, Any], name: str, key: str = "bytes") -> int:
    number = given.get(key, 1)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise RuleRefused(f'"do.{name}.{key}" must be a whole number of 1 or more; it is {_shown(number)}.')
    return number


def _count(given: Mapping[str, Any], key: str, default: int) -> int:
    number = given.get(key, default)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise RuleRefused(f'"{key}" must be a whole number of 0 or more; it is {_shown(number)}.')
    return number


def _object(value: Any, what: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RuleRefused(f"{what[0].upper()}{what[1:]} must be a JSON object; it is {_shown(value)}.")
    unknown = sorted(set(value) - set(known))
    if unknown:
        choice = ", ".join(known) if known else "none"
        raise RuleRefused(f'Unknown key "{unknown[0]}" in {what}; known: {choice}.')
    return value


def _shown(value: Any) -> str:
    """At most forty characters of a value, as JSON."""
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _kinds() -> str:
    return ", ".join(KINDS)


KINDS: Mapping[str, Callable[[str, Any], Deed]] = {
    "status": _status,
    "reset": _bare(Reset),
    "defer": _defer,
    "close_mid": _close_mid,
    "shorten": _shorten,
    "drop_response": _bare(DropResponse),
    "stall": _timed(Stall),
    "trickle": _timed(Trickle),
    "flip": _flip,
    "reorder": _reorder,
    "duplicate": _bare(Duplicate),
    "skew": _timed(Skew, least=-_YEAR, most=_YEAR),
    "delay_visible": _timed(DelayVisible, most=_YEAR),
    "as_user": _as_user,
}
_NAMES: Mapping[type[Deed], str] = {
    Status: "status",
    Reset: "reset",
    Defer: "defer",
    CloseMid: "close_mid",
    Shorten: "shorten",
    DropResponse: "drop_response",
    Stall: "stall",
    Trickle: "trickle",
    Flip: "flip",
    Reorder: "reorder",
    Duplicate: "duplicate",
    Skew: "skew",
    DelayVisible: "delay_visible",
    AsUser: "as_user",
}
