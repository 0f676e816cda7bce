"""What a person, or an accident, does to the org: edits that come through the test plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tieline_sandbox.org import buttons, ids
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.identity import sessions
from tieline_sandbox.org.records.delete import delete
from tieline_sandbox.org.records.merge import merge
from tieline_sandbox.org.records.recycle import purge, undelete
from tieline_sandbox.org.records.write import Writer
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Request

Values = Mapping[str, Any]
_LONGEST = timedelta(days=30).total_seconds()


def edit(org: Org, actor: str, action: str, kind: str, ident: str, values: Values) -> str:
    """Do one edit as the user of that name; the id of the record. OrgError when it may not be."""
    user_id = org.user_named(actor)
    caller = org.caller(user_id) if user_id else None
    if caller is None:
        raise OrgError("INVALID_LOGIN", f"There is no active user {actor}; see users in org.json")
    call = Call(org, Request("POST", "/"), caller)
    doing = _ACTIONS.get(action)
    if doing is None:
        raise OrgError("INVALID_OPERATION", f"There is no edit {action}; use one of {', '.join(_ACTIONS)}")
    return doing(call, kind, ids.full(ident) or ident, values)


# -- records -----------------------------------------------------------------------------------------------------------


def _on_record(
    work: Callable[[Writer, ObjectType, str, Values], str | None],
) -> Callable[[Call, str, str, Values], str]:
    """An edit of one record in a transaction of its own; it gives the id when that is a new one."""

    def done(call: Call, kind: str, ident: str, values: Values) -> str:
        what = call.object(kind)
        call.parsed(f"edit.{work.__name__.strip('_')}", what.name, ident)
        with call.writing() as tx:
            return work(Writer(call, tx), what, ident, values) or ident

    return done


def _create(writer: Writer, kind: ObjectType, _ident: str, values: Values) -> str:
    return writer.create(kind, values)


def _update(writer: Writer, kind: ObjectType, ident: str, values: Values) -> None:
    writer.update(kind, ident, values)


def _delete(writer: Writer, kind: ObjectType, ident: str, _values: Values) -> None:
    delete(writer, kind, ident)


def _undelete(writer: Writer, kind: ObjectType, ident: str, _values: Values) -> None:
    undelete(writer, kind, ident)


def _purge(writer: Writer, kind: ObjectType, ident: str, _values: Values) -> None:
    purge(writer, kind, ident)


def _merge(writer: Writer, kind: ObjectType, ident: str, values: Values) -> None:
    """`{"losers": [id, ...], "values": {...}}`"""
    losers = values.get("losers")
    if not isinstance(losers, list) or not all(isinstance(each, str) for each in losers):
        raise OrgError("INVALID_ARGUMENT", 'merge needs "losers", a list of record ids')
    merge(writer, kind, ident, [ids.full(each) or each for each in losers], _table(values, "values"))


def _late(writer: Writer, kind: ObjectType, ident: str, values: Values) -> str | None:
    """`{"seconds": 120, "values": {...}}`: a change that shows now with stamps of so long ago, as when a transaction
    wrote early and committed late. Without an id it is a new record."""
    writer.late = timedelta(seconds=_seconds(values))
    fields = _table(values, "values")
    if not ident:
        return writer.create(kind, fields)
    writer.update(kind, ident, fields)
    return None


# -- the org around them -----------------------------------------------------------------------------------------------


def _press(call: Call, action: str, ident: str, values: Values) -> str:
    call.parsed("press", action, ident)
    return buttons.press(call, action, ident, values)


def _lock(call: Call, kind: str, ident: str, values: Values) -> str:
    """`{"seconds": 30}`: somebody's long transaction holds the row."""
    what = call.object(kind)
    with call.reading() as reader:
        if reader.get(what.name, ident) is None:
            raise OrgError("NOT_FOUND", f"There is no {what.label} {ident}")
    call.org.locks.hold(ident, _seconds(values))
    return ident


def _expire(call: Call, kind: str, ident: str, _values: Values) -> str:
    """All sessions of a user, or one session by its token."""
    if kind == "Session":
        sessions.end(call.org, ident)
    elif kind == "User" and call.org.caller(ident):
        sessions.expire(call.org, ident)
    else:
        raise OrgError("INVALID_ARGUMENT", "expire takes the object User with a user's id, or Session with its token")
    return ident


def _configure(call: Call, kind: str, ident: str, values: Values) -> str:
    """Settings of the connected app and of the org's limits."""
    known = _SETTINGS.get(kind, {})
    for name, value in values.items():
        if name not in known or not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is int):
            words = ", ".join(f"{each}.{setting}" for each, settings in _SETTINGS.items() for setting in settings)
            raise OrgError("INVALID_ARGUMENT", f"{kind}.{name} can't be set so; known settings: {words}")
    with call.org.state.transaction(actor=call.caller.username, operation="configure") as tx:
        for name, value in values.items():
            tx.set_setting(name, value)
    return ident


_SETTINGS: Mapping[str, Mapping[str, type]] = {
    "ConnectedApp": {"redirect_uris": list, sessions.ROTATE: bool},
    "Limits": {"api_max": int},
}


def _seconds(values: Values) -> float:
    seconds = values.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _LONGEST:
        raise OrgError("INVALID_ARGUMENT", '"seconds" must be a number from 0 to 30 days')
    return float(seconds)


def _table(values: Values, name: str) -> Values:
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise OrgError("INVALID_ARGUMENT", f'"{name}" must be an object')
    return found


_ACTIONS: Mapping[str, Callable[[Call, str, str, Values], str]] = {
    "create": _on_record(_create), "update": _on_record(_update), "delete": _on_record(_delete),
    "undelete": _on_record(_undelete), "purge": _on_record(_purge), "merge": _on_record(_merge),
    "late": _on_record(_late), "press": _press, "lock": _lock, "expire": _expire, "configure": _configure,
}  # fmt: skip
OWN_ACTIONS = tuple(name for name in _ACTIONS if name not in ("create", "update", "delete"))
