"""What an org has of some components, read from its own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from tieline.package.canonical import Table, of_element, one
from tieline.package.folders import FOLDERS, IN_OBJECT
from tieline.package.ledger import Key
from tieline.package.metadata import Metadata
from tieline.package.objects import CUSTOM_OBJECT
from tieline.xml import parse

_KINDS = {f"{folder}/{suffix}": kind for kind, (folder, suffix) in FOLDERS.items()}
_PARTS = {element: kind for kind, element in IN_OBJECT.items()}


@dataclass(frozen=True, slots=True)
class Present:
    """Components by kind and name, and the files they came from (for a later rollback)."""

    components: Mapping[Key, Table]
    files: Mapping[str, bytes]


def inspect(metadata: Metadata, wanted: Iterable[Key]) -> Present:
    """Only what was asked for comes back, even from files that hold more."""
    keys = set(wanted)
    names: dict[str, list[str]] = {}
    for kind, name in sorted(keys):
        names.setdefault(kind, []).append(name)
    files = metadata.retrieve(names)
    found = {key: table for path, data in files.items() for key, table in read_file(path, data) if key in keys}
    return Present(found, files)


def read_file(path: str, data: bytes) -> Iterator[tuple[Key, Table]]:
    """The components of one file; none when the path is of no kind we know. Raises PermanentError for bad XML."""
    place = PurePosixPath(path)
    kind = _KINDS.get(f"{place.parent.name}/{place.suffix.removeprefix('.')}")
    if kind is None:
        return
    body = of_element(parse(data, path))
    if isinstance(body, str):
        return
    if kind != CUSTOM_OBJECT:
        yield (kind, place.stem), body
        return
    yield from _object(place.stem, body)


def _object(name: str, body: Table) -> Iterator[tuple[Key, Table]]:
    """A file with fields alone does not hold the object itself."""
    own = {element: nodes for element, nodes in body.items() if element not in _PARTS}
    if "nameField" in own:
        yield (CUSTOM_OBJECT, name), own
    for element, kind in _PARTS.items():
        for node in body.get(element, ()):
            if not isinstance(node, str):
                part = {inner: nodes for inner, nodes in node.items() if inner != "fullName"}
                yield (kind, f"{name}.{one(node, 'fullName')}"), part
