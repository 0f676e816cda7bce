"""readMetadata, createMetadata and their kin: up to ten components of one kind in a call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from lxml import etree

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata import retrieve
from tieline_sandbox.org.metadata.archive import split
from tieline_sandbox.org.metadata.checks import BadComponent
from tieline_sandbox.org.metadata.components import Components, Done
from tieline_sandbox.org.metadata.element_types import check_elements
from tieline_sandbox.org.metadata.kinds import KINDS, ComponentKind
from tieline_sandbox.org.metadata.pruning import prune
from tieline_sandbox.org.metadata.tree import NAMESPACE, XSI, Body, attach, elements, local, one, read_body
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.org.soap import element_text, tag, text_of

_MAX = 10
_NAMES: Any = {None: NAMESPACE, "xsi": XSI}  # the stubs know no default namespace


class _Refused(Exception):
    pass


def read(call: Call, body: etree._Element) -> str:
    kind = _kind(text_of(body, "type") or "")
    names = _few([element_text(each) for each in elements(body) if local(each) == "fullNames"])
    records = []
    for name in names:
        found = retrieve.component(call, kind, name)
        records.append(
            _record(kind, found) if found is not None else f'<records xsi:nil="true" xsi:type="{kind.name}"/>'
        )
    return f"<result>{''.join(records)}</result>"


def _record(kind: ComponentKind, body: Body) -> str:
    element = etree.Element(f"{{{NAMESPACE}}}records", nsmap=_NAMES)
    element.set(f"{{{XSI}}}type", kind.name)
    attach(element, body)
    return etree.tostring(element, encoding="unicode")


def create(call: Call, body: etree._Element) -> str:
    return _save(call, body, _create)


def update(call: Call, body: etree._Element) -> str:
    return _save(call, body, _update)


def upsert(call: Call, body: etree._Element) -> str:
    return _save(call, body, lambda components, kind, name, given: components.put(kind, name, given), upserting=True)


def delete(call: Call, body: etree._Element) -> str:
    _admin(call)
    kind = _kind(text_of(body, "type") or "")
    names = _few([element_text(each) for each in elements(body) if local(each) == "fullNames"])
    with call.writing() as tx:
        components = Components(call, tx)
        return "".join([_attempt(components, name, partial(_remove, components, kind, name)) for name in names])


Deed = Callable[[Components, ComponentKind, str, Body], Done]


def _create(components: Components, kind: ComponentKind, name: str, given: Body) -> Done:
    if components.tx.get(COMPONENT + kind.name, name) is not None:
        raise BadComponent(f"The name {name} is already used by another {kind.name}")
    return components.put(kind, name, given)


def _update(components: Components, kind: ComponentKind, name: str, given: Body) -> Done:
    standard = kind.name == "CustomObject" and components.call.schema.object(name) is not None
    if components.tx.get(COMPONENT + kind.name, name) is None and not standard:
        raise BadComponent(f"In field: fullName - no {kind.name} named {name} found")
    return components.put(kind, name, given)


def _remove(components: Components, kind: ComponentKind, name: str) -> Done:
    done = components.remove(kind, name)
    prune(components.tx)
    if done is None:
        raise BadComponent(f"no {kind.name} named {name} found")
    return done


def _save(call: Call, body: etree._Element, deed: Deed, upserting: bool = False) -> str:
    _admin(call)
    sent = _few([each for each in elements(body) if local(each) == "metadata"])
    results = []
    with call.writing() as tx:
        components = Components(call, tx)
        for element in sent:
            kind = _kind(_type_of(element))
            check_elements(element, kind.name)
            given = read_body(element)
            name = one(given, "fullName")
            put = partial(_put_all, components, kind, name, given, deed)
            results.append(_attempt(components, name, put, upserting))
    return "".join(results)


def _put_all(components: Components, kind: ComponentKind, name: str, given: Body, deed: Deed) -> Done:
    """The component and the parts it carries."""
    first, *parts = split(kind, name, given, "")
    done = deed(components, kind, name, first.body)
    for part in parts:
        components.put(part.kind, part.full_name, part.body)
    return done


def _attempt(components: Components, name: str, deed: Callable[[], Done], upserting: bool = False) -> str:
    try:
        with components.tx.savepoint():
            done = deed()
    except BadComponent as error:
        components.call.org.touch()
        inner = f"<errors>{tag('message', str(error))}{tag('statusCode', 'FIELD_INTEGRITY_EXCEPTION')}</errors>"
        created = tag("created", False) if upserting else ""
        return f"<result>{created}{inner}{tag('fullName', name)}{tag('success', False)}</result>"
    created = tag("created", done.created) if upserting else ""
    return f"<result>{created}{tag('fullName', name)}{tag('success', True)}</result>"


def _type_of(element: etree._Element) -> str:
    return str(element.get(f"{{{XSI}}}type", "")).rpartition(":")[2]


def _kind(name: str) -> ComponentKind:
    kind = KINDS.get(name)
    if kind is None:
        raise OrgError("INVALID_TYPE", f"INVALID_TYPE: Unknown type:{name}")
    return kind


T = TypeVar("T")


def _few(rows: list[T]) -> list[T]:
    if len(rows) > _MAX:
        raise OrgError("LIMIT_EXCEEDED", f"This call takes at most {_MAX} components")
    return rows


def _admin(call: Call) -> None:
    if not call.access.admin:
        raise OrgError("INSUFFICIENT_ACCESS", "You need the permission Modify Metadata for this call")
