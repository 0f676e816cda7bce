"""One call of the API: who asks, in which version, inside which transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tieline_sandbox.hooks import Hook, Probe, Tags, quiet
from tieline_sandbox.org.access import Access
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.schema.types import ObjectType, Schema
from tieline_sandbox.org.service import Caller, Org
from tieline_sandbox.state import Reader, Transaction
from tieline_sandbox.wire import Request

_NO_TAGS = Tags()


@dataclass(slots=True)
class Call:
    """`transaction` is set while a composite request holds its parts together."""

    org: Org
    request: Request
    caller: Caller
    version: str = "60.0"
    probe: Probe = quiet
    transaction: Transaction | None = None
    tags: Tags = field(default_factory=Tags)

    @property
    def schema(self) -> Schema:
        return self.org.schema

    @property
    def access(self) -> Access:
        return self.org.access(self.caller.user_id)

    @property
    def data(self) -> str:
        """The path of this version's resources."""
        return f"/services/data/v{self.version}"

    def parsed(self, operation: str, object_name: str = "", key: str = "") -> None:
        """Tell the plane what is asked; it may strike here. Parts of a composite request tell nothing new."""
        if self.transaction is None:
            self.tags = Tags(operation, object_name, key, self.caller.username)
            self.probe(Hook.PARSED, self.tags)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        if self.transaction is not None:
            yield self.transaction
            return
        with self.org.state.reading() as reader:
            yield reader

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The transaction of the call; a part of a composite one is undone alone when it fails."""
        if self.transaction is not None:
            with self.transaction.savepoint(), self._undoing():
                yield self.transaction
            return
        told = self.tags
        with self.org.state.transaction(
            actor=self.caller.username, operation=told.operation, key=told.key, probe=self._ask, tags=told
        ) as tx:  # fmt: skip
            self.org.begun()
            self.transaction = tx
            try:
                with self._undoing():
                    yield tx
            finally:
                self.transaction = None

    def _ask(self, hook: Hook, tags: Tags = _NO_TAGS, /) -> None:
        """The probe; a fault before the commit is a rollback too."""
        if hook is Hook.AFTER_COMMIT:
            self.probe(hook, tags)
            return
        with self._undoing():
            self.probe(hook, tags)

    @contextmanager
    def _undoing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.org.undone()
            raise

    def object(self, name: str) -> ObjectType:
        """An object the caller may see, by name in any case; 404 otherwise."""
        kind = self.access.object(self.schema, name)
        if kind is None:
            raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
        return kind
