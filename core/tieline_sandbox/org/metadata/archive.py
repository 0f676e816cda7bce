"""Package zips: opened with care, read into components, written again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tieline_sandbox.org.metadata.element_types import check_elements
from tieline_sandbox.org.metadata.kinds import KINDS, TOP_KINDS, ComponentKind, by_file, file_of
from tieline_sandbox.org.metadata.tree import BadXml, Body, document, local, one, parse_root, read_body, tables, texts

MAX_FILES = 10_000
MAX_ZIP = 39 * 1024 * 1024
MAX_UNZIPPED = 200 * 1024 * 1024
_DESTRUCTIVE = ("destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml")


class BadPackage(Exception):
    """A zip that is no package, or too large to be one."""


@dataclass(frozen=True, slots=True)
class Named:
    """A component as a package holds it."""

    kind: ComponentKind
    full_name: str
    body: Body
    file: str


@dataclass(slots=True)
class Failure:
    """What is wrong with one member or file."""

    full_name: str
    component_type: str
    file: str
    problem: str
    line: int | None = None


@dataclass(slots=True)
class Package:
    """What a zip asks for, in the order of the manifest."""

    components: list[Named] = field(default_factory=list)
    removed_before: list[tuple[str, str]] = field(default_factory=list)
    removed_after: list[tuple[str, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    version: str = ""


def unzip(data: bytes) -> dict[str, bytes]:
    """The files below the folder that holds package.xml; BadPackage when it is no sound zip."""
    if len(data) > MAX_ZIP:
        raise BadPackage("The zip file is larger than 39 MB")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _below(_files(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, LookupError) as error:
        raise BadPackage(f"The zip file can't be read: {error}") from None
    except Exception as error:  # zlib and lzma raise errors of their own on damaged data
        if type(error).__name__ in ("error", "LZMAError"):
            raise BadPackage("The zip file is damaged") from None
        raise


def _files(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise BadPackage(f"The zip file holds more than {MAX_FILES} files")
    if sum(entry.file_size for entry in entries) > MAX_UNZIPPED:
        raise BadPackage("The zip file is too large when unzipped")
    out: dict[str, bytes] = {}
    left = MAX_UNZIPPED
    for entry in entries:
        with archive.open(entry) as stream:
            content = stream.read(left + 1)  # the sizes in the directory may lie
        left -= len(content)
        if left < 0:
            raise BadPackage("The zip file is too large when unzipped")
        out[entry.filename] = content
    return out


def _below(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """package.xml lies at the root or under exactly one folder. [C]"""
    if "package.xml" in files:
        return dict(files)
    tops = [name for name in files if name.count("/") == 1 and name.endswith("/package.xml")]
    if len(tops) != 1:
        raise BadPackage("No package.xml found")
    prefix = tops[0].removesuffix("package.xml")
    return {name.removeprefix(prefix): content for name, content in files.items() if name.startswith(prefix)}


def read_package(files: Mapping[str, bytes]) -> Package:
    """What the package asks for; what is wrong with it stands in `failures`."""
    package = Package()
    manifest = _manifest(package, files, "package.xml")
    package.version = one(manifest, "version")
    contents = _contents(package, files)
    for entry in tables(manifest, "types"):
        _wanted(package, contents, one(entry, "name"), texts(entry, "members"))
    for name in _DESTRUCTIVE:
        target = package.removed_after if name.endswith("Post.xml") else package.removed_before
        for entry in tables(_manifest(package, files, name), "types") if name in files else ():
            target += _removals(package, name, entry)
    return package


def _removals(package: Package, file: str, entry: Body) -> Iterator[tuple[str, str]]:
    kind = one(entry, "name")
    for member in texts(entry, "members"):
        if kind not in KINDS:
            package.failures.append(Failure(member, "", file, f"Unknown type name '{kind}' specified in {file}"))
        elif "*" in member:
            package.failures.append(Failure(member, kind, file, f"Wildcards are not allowed in {file}"))
        else:
            yield kind, member


def _manifest(package: Package, files: Mapping[str, bytes], name: str) -> Body:
    try:
        root = parse_root(files[name])
        if local(root) != "Package":
            raise BadXml(f"the root element of {name} must be Package")
        check_elements(root, "Package")
        return read_body(root)
    except BadXml as error:
        package.failures.append(Failure(name, "", name, f"Error parsing file: {error}", error.line))
        return {}


Contents = dict[str, list[Named]]


def _contents(package: Package, files: Mapping[str, bytes]) -> Contents:
    """Every component in the zip, by kind."""
    found: Contents = {}
    for path, content in files.items():
        folder, _, name = path.rpartition("/")
        stem, _, suffix = name.rpartition(".")
        kind = by_file(folder, suffix)
        if kind is None:
            continue
        try:
            components = list(split(kind, stem, read_file(kind, content), path))
        except BadXml as error:
            package.failures.append(Failure(stem, kind.name, path, f"Error parsing file: {error}", error.line))
            continue
        for each in components:
            found.setdefault(each.kind.name, []).append(each)
    return found


def read_file(kind: ComponentKind, content: bytes) -> Body:
    root = parse_root(content)
    if local(root) != kind.name:
        raise BadXml(f"Entity type: '{local(root)}' is unknown in a {kind.suffix} file")
    check_elements(root, kind.name)
    return read_body(root)


def split(kind: ComponentKind, stem: str, body: Body, file: str) -> Iterator[Named]:
    """A file as its own component and those of its children."""
    rest = {name: nodes for name, nodes in body.items() if name not in kind.children and name != "fullName"}
    yield Named(kind, stem, rest, file)
    for element, child in kind.children.items():
        for node in tables(body, element):
            name = one(node, "fullName")
            full_name = name if kind.name == "CustomLabels" else f"{stem}.{name}"
            yield Named(KINDS[child], full_name, {key: value for key, value in node.items() if key != "fullName"}, file)


def _wanted(package: Package, contents: Contents, name: str, members: list[str]) -> None:
    if name not in KINDS:
        package.failures.append(
            Failure("package.xml", "", "package.xml", f"Unknown type name '{name}' specified in package.xml")
        )
        return
    here = contents.get(name, [])
    for member in dict.fromkeys(members):
        chosen = here if member == "*" else [each for each in here if each.full_name == member]
        if not chosen and member != "*":
            problem = (
                f"An object '{member}' of type {name} was named in package.xml, but was not found in zipped directory"
            )
            package.failures.append(Failure(member, name, "package.xml", problem))
        _add(package, chosen)
        for parent in chosen:
            for child in parent.kind.children.values():
                _add(package, [each for each in contents.get(child, []) if each.file == parent.file])


def _add(package: Package, chosen: list[Named]) -> None:
    """Take components in, each once; the same name twice in one zip is refused."""
    for each in chosen:
        if any(each is other for other in package.components):
            continue
        twin = any(each.kind is other.kind and each.full_name == other.full_name for other in package.components)
        if twin:
            problem = f"The name {each.full_name} is declared more than once"
            package.failures.append(Failure(each.full_name, each.kind.name, each.file, problem))
        else:
            package.components.append(each)


def join(components: list[Named]) -> dict[str, bytes]:
    """Files for components; children go into their parent's file."""
    bodies: dict[str, tuple[ComponentKind, Body]] = {}
    for each in components:
        top = KINDS[each.kind.parent] if each.kind.parent else each.kind
        _, body = bodies.setdefault(file_of(each.kind, each.full_name), (top, {}))
        if each.kind.parent:
            name = each.full_name.partition(".")[2] if top.name == "CustomObject" else each.full_name
            body.setdefault(each.kind.element, []).append({"fullName": [name], **each.body})
        else:
            body.update({name: nodes for name, nodes in each.body.items() if name not in body})
    return {path: document(kind.name, body) for path, (kind, body) in bodies.items()}


def manifest(members: Mapping[str, list[str]], version: str) -> bytes:
    types = [{"members": sorted(names), "name": [kind]} for kind, names in sorted(members.items())]
    return document("Package", {"types": list(types), "version": [version]})


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


__all__ = ["TOP_KINDS", "BadPackage", "Failure", "Named", "Package", "join", "read_package", "unzip", "zipped"]
