"""From components to the files of a package, through Jinja2. The same components give the same bytes.

Fields and list views of one object share its file; everything else has one of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tieline.contract import Component, PermanentError
from tieline.contract.component import Property
from tieline.package.folders import DELETIONS, IN_OBJECT, MANIFEST, path_of
from tieline.package.names import unwritable

API_VERSION = "60.0"


def files(components: Sequence[Component], removed: Sequence[Component] = ()) -> Mapping[str, bytes]:
    """The files of a package by path, `package.xml` first. `removed` are listed for deletion after the rest."""
    found = {MANIFEST: _manifest(components)}
    if removed:
        found[DELETIONS] = _manifest(removed)
    groups: dict[str, list[Component]] = defaultdict(list)
    for component in components:
        groups[path_of(component.kind, component.name)].append(component)
    for path in sorted(groups):
        found[path] = _file(groups[path])
    return found


def _file(parts: Sequence[Component]) -> bytes:
    """One file: the properties of the component it is named for, and those that live in it."""
    root = "CustomObject"
    body: dict[str, Property] = {}
    inner: dict[str, list[Mapping[str, Property]]] = defaultdict(list)
    for part in sorted(parts, key=lambda each: (each.kind, each.name)):
        if part.kind in IN_OBJECT:
            inner[IN_OBJECT[part.kind]].append({"fullName": part.name.partition(".")[2], **part.properties})
        else:
            root, body = part.kind, dict(part.properties)
    return _render("metadata.xml.j2", root=root, properties={**body, **inner})


def _manifest(components: Sequence[Component]) -> bytes:
    kinds: dict[str, set[str]] = defaultdict(set)
    for component in components:
        kinds[component.kind].add(component.name)
    types = [(kind, sorted(kinds[kind])) for kind in sorted(kinds)]
    return _render("package.xml.j2", types=types, version=API_VERSION)


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    """Templates are ours alone; data reaches them as plain values and is escaped."""
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("tieline_layouts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.tests["table"] = lambda value: isinstance(value, Mapping)
    environment.filters["word"] = _word
    return environment


def _word(value: object) -> str:
    """A leaf as the metadata API writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if unwritable(text):
        raise PermanentError(f"{text!r} holds a control character", where="package", mend="Take it out.", code="xml")
    return text


def _render(template: str, **data: object) -> bytes:
    return _environment().get_template(template).render(data).encode()
