"""The org itself: state, schema and rights, cached until something changes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieline_sandbox.effects import Clock, Randomness
from tieline_sandbox.org import access, ids
from tieline_sandbox.org.access import Access
from tieline_sandbox.org.records.locks import Locks
from tieline_sandbox.org.schema.custom import assemble
from tieline_sandbox.org.schema.standard import standard_objects
from tieline_sandbox.org.schema.types import Schema
from tieline_sandbox.state import Reader, State, Transaction

COMPONENT = "metadata."
_CACHED_KINDS = frozenset({"User", "PermissionSet", "PermissionSetAssignment", "Profile"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A user as far as a call needs to know."""

    user_id: str
    username: str
    name: str
    email: str
    profile_id: str
    profile: str
    language: str


class Org:
    """One org; several threads share it."""

    def __init__(self, folder: Path | None, clock: Clock, randomness: Randomness) -> None:
        self.folder, self.clock, self.randomness = folder, clock, randomness
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self.state = State(folder / "org.db" if folder else None, clock, {}, index_key)
        self.usage = 0
        self.locks = Locks(clock)
        self._schema: Schema | None = None
        self._access: dict[str, Access] = {}
        self.derived: dict[str, Any] = {}  # what others derive from metadata
        self._stale = False

    def touch(self, kind: str = "") -> None:
        """Forget what was derived, after metadata, users or permissions changed; no kind: all of it."""
        if not kind or kind in _CACHED_KINDS:
            self._access, self._stale = {}, True
        if not kind or kind.startswith(COMPONENT):
            self._schema, self._access, self.derived, self._stale = None, {}, {}, True

    def begun(self) -> None:
        """At the start of a transaction: what is derived so far is true."""
        self._stale = False

    def undone(self) -> None:
        """Before a rollback, while others still wait: what was derived meanwhile may never have been."""
        if self._stale:
            self.touch()

    @property
    def org_id(self) -> str:
        return str(self.setting("org_id"))

    def setting(self, name: str) -> Any:
        with self.state.reading() as reader:
            return reader.setting(name)

    @property
    def schema(self) -> Schema:
        with self.state.reading() as reader:
            if self._schema is None:
                self._schema = self._assemble(reader)
                self.state.indexes.clear()
                self.state.indexes.update(self._schema.indexes())
            return self._schema

    def _assemble(self, reader: Reader) -> Schema:
        kinds = ("CustomObject", "CustomField", "GlobalValueSet", "RecordType")
        parts = {kind: dict(reader.all(COMPONENT + kind)) for kind in kinds}
        typed = dict.fromkeys(name.partition(".")[0] for name in parts["RecordType"])
        sets = {name: component["body"] for name, component in parts["GlobalValueSet"].items()}
        return assemble(list(standard_objects()), parts["CustomObject"], parts["CustomField"], sets, typed)

    def access(self, user_id: str) -> Access:
        """Rights of a user, from profile and assigned permission sets."""
        with self.state.reading() as reader:
            found = self._access.get(user_id)
            if found is None:
                found = self._access[user_id] = self._compute_access(reader, user_id)
            return found

    def _compute_access(self, reader: Reader, user_id: str) -> Access:
        user = reader.get("User", user_id) or {}
        profile = reader.get("Profile", user.get("ProfileId", "")) or {}
        bodies = []
        for _, assignment in reader.find("PermissionSetAssignment", "AssigneeId", user_id):
            held = reader.get("PermissionSet", assignment["PermissionSetId"]) or {}
            component = reader.get(COMPONENT + "PermissionSet", held.get("Name", ""))
            bodies += [component["body"]] if component else []
        return access.granted(user_id, profile.get("Name", ""), bodies)

    def caller(self, user_id: str) -> Caller | None:
        """An active user; None otherwise."""
        with self.state.reading() as reader:
            user = reader.get("User", user_id)
            if user is None or not user.get("IsActive"):
                return None
            profile = reader.get("Profile", user["ProfileId"]) or {}
        return Caller(
            user_id, user["Username"], user["Name"], user.get("Email", ""), user["ProfileId"],
            profile.get("Name", ""), user["LanguageLocaleKey"],
        )  # fmt: skip

    def user_named(self, username: str) -> str | None:
        """A user's id by login name, which does not mind the case."""
        with self.state.reading() as reader:
            return next((ident for ident, _ in reader.find("User", "Username", username)), None)

    def new_id(self, tx: Transaction, prefix: str) -> str:
        """The next id of a key prefix."""
        return ids.make(prefix, tx.setting("pod", "00000"), tx.next_number(f"id:{prefix}"))


def index_key(value: Any) -> str:
    """Text compares without case in the service; whole numbers are one value however written."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).casefold()
