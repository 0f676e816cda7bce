"""The settings file's text: read with the line of every value, changed with its comments kept."""

from __future__ import annotations

import warnings
from io import StringIO
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError

from tieline.admin.faults import BadSettings, Fault, Path
from tieline.admin.model import LEFT_OUT, AdminSettings

LONGEST = 1_000_000
"""Characters: reading takes its time per field."""

NEW = """\
# What is synced, and how. `tieline settings list` shows every setting, what it is now, and what it means.
back_offices: {}
"""


class Document:
    """A settings file as text and as values. `faults` are all mistakes of its form; `settings` then holds the rest, so
    that what does not fit can be told in one go. Raises BadSettings for what is no table at all."""

    def __init__(self, text: str, where: str = "settings.yaml") -> None:
        self.where = where
        self._tree = _parsed(text, where)
        self.faults: list[Fault] = []
        self.settings = self._validated(_plain(self._tree))

    def _validated(self, plain: Any) -> AdminSettings:
        try:
            return AdminSettings.model_validate(plain)
        except ValidationError as error:
            faults = [_fault(one) for one in error.errors(include_url=False)]
        self.faults += [self.placed(fault) for fault in faults]
        left = [_cut(plain, fault.path) for fault in faults]
        return self._validated(plain) if all(left) else AdminSettings()

    def placed(self, fault: Fault) -> Fault:
        """With the line of the nearest thing that stands in the file."""
        return Fault(fault.path, fault.what, fault.mend, self.line_of(fault.path))

    def line_of(self, path: Path) -> int:
        """From 1; of the deepest part of the path that is there."""
        node, line = self._tree, 1
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1
                node = node[part]
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
                node = node[part]
            else:
                break
        return int(line)

    def changed(self, path: Path, value: Any) -> str:
        """The text with one value set, or taken out when it is None; comments and the rest stay."""
        tree = _parsed(self.text(), self.where)
        node, trail = tree, []
        for part in path[:-1]:
            trail.append((node, part))
            if not isinstance(node.get(part), CommentedMap):
                node[part] = CommentedMap()
            node = node[part]
        if value is None:
            node.pop(path[-1], None)
            _prune(trail)
        else:
            node[path[-1]] = value
        return _dumped(tree)

    def text(self) -> str:
        return _dumped(self._tree)


def _cut(plain: Any, path: Path) -> bool:
    """Take the faulty part out, a row of a list as a whole; false when it is the whole document."""
    node, parent, last = plain, None, ""
    for part in path:
        if isinstance(node, list):
            break
        if not isinstance(node, dict) or part not in node:
            break
        node, parent, last = node[part], node, str(part)
    if parent is None:
        return False
    if isinstance(node, list) and len(path) > 1:
        rows = [part for part in path if isinstance(part, int)]
        for row in rows[:1]:
            node[row] = {"crm": f"Left_Out_{row}__c", "erp": f"{LEFT_OUT}{row}"}
        return bool(rows) or _gone(parent, last)
    return _gone(parent, last)


def _gone(parent: dict[str, Any], name: str) -> bool:
    return parent.pop(name, None) is not None or name not in parent


def _prune(trail: list[tuple[CommentedMap, str | int]]) -> None:
    """Nothing empty is left behind, but for the list of back offices."""
    for node, part in reversed(trail[1:]):
        if not node[part]:
            del node[part]


def _yaml() -> YAML:
    made = YAML(typ="rt")
    made.preserve_quotes = True
    made.allow_duplicate_keys = False
    made.width = 120
    return made


def _parsed(text: str, where: str) -> CommentedMap:
    if len(text) > LONGEST:
        raise BadSettings(where, [Fault((), f"the file is longer than {LONGEST} characters", "Shorten it.")])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            tree = _yaml().load(text)
    except (YAMLError, ValueError, RecursionError, AttributeError, TypeError, LookupError) as error:  # odd tags
        raise BadSettings(where, [_unreadable(error)]) from None
    if tree is None:
        tree = _yaml().load(NEW)
    if not isinstance(tree, CommentedMap):
        raise BadSettings(where, [Fault((), "this is no table of settings", "Start with `back_offices:`.", 1)])
    return tree


def _unreadable(error: Exception) -> Fault:
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    said = (error.problem or "") if isinstance(error, MarkedYAMLError) else "it cannot be read"
    what = f"this is no YAML: {said}" if said else "this is no YAML"
    return Fault((), what.splitlines()[0], "Mind the indentation and the quotes.", mark.line + 1 if mark else 1)


def _dumped(tree: CommentedMap) -> str:
    out = StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def _plain(node: Any, depth: int = 0) -> Any:
    """Without the round-trip classes, whose subclasses of str and int a strict model refuses."""
    if depth > 20:
        return None
    if isinstance(node, dict):
        return {_scalar(key): _plain(value, depth + 1) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, depth + 1) for value in node]
    return _scalar(node)


def _scalar(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _fault(error: ErrorDetails) -> Fault:
    path = tuple(part for part in error["loc"] if part not in {"str", "int", "bool", "[key]"})
    kind, said = error["type"], error["msg"]
    if kind == "extra_forbidden":
        return Fault(path, "there is no such setting", "See `tieline settings list`.")
    if kind == "enum":
        return Fault(path, f"{error['input']!r} is not a choice", f"Choose {error['ctx']['expected']}.")
    if kind == "literal_error":
        return Fault(path, f"{error['input']!r} is not a choice", f"Choose {error['ctx']['expected']}.")
    if kind == "bool_type":
        return Fault(path, f"{error['input']!r} is neither true nor false", "Write true or false.")
    if kind == "string_pattern_mismatch":
        return Fault(path, f"{error['input']!r} is no API name", "Use letters, digits and single underscores.")
    if kind == "missing":
        return Fault(path, "this is missing", "Fill it in.")
    return Fault(path, said[:1].lower() + said[1:])
