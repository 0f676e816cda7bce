"""Finds the sentences that a person may read in Python source, without running it.

A sentence is a literal or an f-string; what is filled in becomes a slot named after the expression:
`f"there is no list {one.name!r}"` is `there is no list {name}`. Where it must stand to count is in the tables below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tieline.host.sentence import SLOT

ERRORS = (
    "TielineError", "TransientError", "RateLimited", "NothingSent", "AnswerLost", "PermanentError", "Misconfigured",
    "Unconfirmed", "UsageError", "BadParameter", "ClickException", "BadSettings",
)  # fmt: skip
POSITIONS: Mapping[str, tuple[int, ...]] = {
    **dict.fromkeys(ERRORS, (0,)),
    "say": (0, 1),
    "note": (0,),
    "Block": (0, 1),
    "Wait": (0, 1),
    "Problem": (0, 1, 2),
    "Broken": (2, 3),
    "Decline": (0,),
    "Refused": (0,),
    "section": (0,),
    "step": (0,),
    "bar": (0,),
}
"""Calls whose arguments people read, by place."""

KEYWORDS = frozenset({"help", "mend", "otherwise"})
"""Arguments people read, of any call."""

TABLES = frozenset({"WORDS", "NOTES", "MESSAGES", "HEADINGS", "CLICKS_WORDS"})
"""Variables in which every literal is read by people, a lone word too."""

NAMES = frozenset({"FREE_IT", "mend", "what", "words", "why", "waiting"})
"""Variables that hold what people read."""

WHOLE = (
    "tieline/cli/", "tieline/admin/", "/demo/summary.py", "/demo/screen.py", "tieline_sandbox/commands.py",
    "/soak/command.py", "tieline_simulation/commands.py", "tieline/package/show.py", "tieline/package/names.py",
    "tieline/package/schema.py", "tieline/package/drift.py", "tieline/package/losses.py", "tieline/host/doctor.py",
    "tieline/host/po_check.py", "tieline/host/discovery.py", "tieline/host/loading.py", "tieline/host/inventory.py",
    "tieline/host/validation/", "tieline/sync/list_guard.py",
)  # fmt: skip
"""Files in which people read every literal that is a sentence."""

SILENT = re.compile(
    r"/sandbox/|tieline_sandbox/(?!commands|demo/s|soak/command|runner)|tieline_simulation/(?!commands)"
    r"|/faultpoints"
)
"""Files nobody reads a sentence of: stand-ins speak the words of the systems they stand for, test tools to testers."""

_WORD = re.compile(r"[A-Za-z]{2,}")
_NO_WORDS = re.compile(r"^#|__c\b|%[sd(]|\[bold")
"""Comments of files, API names, markup and lines of the log are nobody's reading."""


@dataclass(frozen=True, slots=True)
class Found:
    """One sentence and where it stands."""

    text: str
    file: str
    line: int


def found_in(source: str, file: str) -> Iterator[Found]:
    """In order of the lines; a sentence as often as it stands there. `file` is its path below the root, with `/`."""
    if SILENT.search(file):
        return
    reader = _Reader(ast.parse(source), any(part in file for part in WHOLE))
    for line, text in sorted(set(reader.sentences())):
        yield Found(text, file, line)


def is_sentence(text: str) -> bool:
    """Whether there is something to translate: words outside the slots, and more than one in all."""
    return (
        " " in text.strip()
        and "{}" not in text
        and bool(_WORD.search(SLOT.sub("", text)))
        and not _NO_WORDS.search(text)
    )


class _Reader:
    def __init__(self, tree: ast.Module, whole: bool) -> None:
        self._tree, self._whole = tree, whole
        self._named: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            for target, value in _assigned(node):
                self._named.setdefault(target, []).append(value)

    def sentences(self) -> Iterator[tuple[int, str]]:
        docstrings = set(_docstrings(self._tree))
        for node in ast.walk(self._tree):
            for each in self._read(node, docstrings):
                for line, text in self._texts(each, 0):
                    yield from ((line, one.strip()) for one in text.split("\n") if is_sentence(one.strip()))
            for name, value in _assigned(node):
                if name in TABLES:
                    yield from self._texts(value, 0)

    def _read(self, node: ast.AST, docstrings: set[ast.expr]) -> Iterator[ast.expr]:
        """Expressions of this node that people read."""
        if isinstance(node, ast.Call):
            yield from _arguments(node)
        elif isinstance(node, ast.FunctionDef) and _is_command(node):
            yield from _paragraphs(node)
        else:
            yield from (value for name, value in _assigned(node) if name in NAMES)
        if self._whole:
            yield from (each for each in _literals(node) if each not in docstrings)

    def _texts(self, node: ast.expr, depth: int) -> Iterator[tuple[int, str]]:
        match node:
            case ast.Constant(value=str(text)):
                yield node.lineno, text
            case ast.JoinedStr():
                yield node.lineno, template(node)
                for part in _filled_in(node):
                    yield from self._texts(part, max(depth, 1))
            case ast.Name(id=name) if depth == 0:
                for value in self._named.get(name, ()):
                    yield from self._texts(value, 1)
            case _:
                for part in _alternatives(node):
                    yield from self._texts(part, depth)


def _docstrings(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value


def _literals(node: ast.AST) -> Iterator[ast.expr]:
    """Literals right below a node; what stands inside an f-string belongs to it."""
    if isinstance(node, ast.JoinedStr | ast.FormattedValue):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child


def _filled_in(node: ast.JoinedStr) -> Iterator[ast.expr]:
    """Alternatives that are filled in: `{'switched off' if ... else 'on'}`."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue) and not isinstance(part.value, ast.Constant):
            yield from _alternatives(part.value)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
        yield node.target.id, node.value


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for place in POSITIONS.get(name, ()):
        if place < len(call.args):
            yield call.args[place]
    yield from (each.value for each in call.keywords if each.arg in KEYWORDS)


def _is_command(node: ast.FunctionDef) -> bool:
    names = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    return any(isinstance(name, ast.Attribute) and name.attr in {"command", "group"} for name in names)


def _paragraphs(node: ast.FunctionDef) -> Iterator[ast.expr]:
    """Of a command's help, each as one line."""
    for number, text in enumerate((ast.get_docstring(node) or "").split("\n\n")):
        yield ast.Constant(" ".join(text.split()), lineno=node.body[0].lineno + number)


def _alternatives(node: ast.expr) -> Iterable[ast.expr]:
    """What an expression may turn out to be."""
    match node:
        case ast.IfExp():
            return (node.body, node.orelse)
        case ast.BoolOp():
            return node.values
        case ast.List() | ast.Tuple():
            return [each.value if isinstance(each, ast.Starred) else each for each in node.elts]
        case ast.GeneratorExp() | ast.ListComp():
            return (node.elt,)
        case ast.BinOp(op=ast.Add()):
            return (node.left, node.right)
        case ast.Dict():
            return node.values
        case _:
            return ()


def template(node: ast.JoinedStr) -> str:
    """The f-string with named slots; constants that are filled in become part of the text."""
    out, taken = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            out += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            out += _constant(part) or _slot(part.value, taken)
    return out


def _constant(part: ast.FormattedValue) -> str:
    if not isinstance(part.value, ast.Constant):
        return ""
    first = part.format_spec.values[0] if isinstance(part.format_spec, ast.JoinedStr) else None
    return format(part.value.value, str(first.value) if isinstance(first, ast.Constant) else "")


def _slot(node: ast.expr, taken: set[str]) -> str:
    name = base = _name(node)
    number = 1
    while name in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return "{" + name + "}"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_") or "value"
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key.isidentifier():
            return key
        case ast.Call(func=ast.Name(id="len" | "sum")):
            return "count"
        case ast.Call(func=ast.Attribute(attr="join")):
            return "names"
        case ast.Call(args=[first, *_]):
            return _name(first)
        case _:
            return "value"
