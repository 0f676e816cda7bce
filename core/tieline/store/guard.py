"""What both stores refuse alike: writes in a reading transaction, a second writer, a link changed meanwhile."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence

from tieline.contract.mapping import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Fenced


class Guard:
    """Refuses writes where they are not meant, and remembers that a failed write spoiled the transaction."""

    def __init__(self, writes: bool) -> None:
        self._writes = writes
        self._failure: Exception | None = None

    def check(self) -> None:
        """Before every write."""
        if not self._writes:
            raise RuntimeError("This transaction only reads, or is over. Write inside `store.transaction()`.")
        if self._failure is not None:
            raise self._failure

    @contextlib.contextmanager
    def spoiling(self) -> Iterator[None]:
        """A refusal inside makes the whole transaction unusable."""
        try:
            yield
        except (Fenced, ValueError) as error:
            self._failure = error
            raise

    def finish(self) -> None:
        """Before the commit: a swallowed refusal comes up again. Afterwards nothing can be written."""
        self.check()
        self._writes = False


class Turns:
    """One writer at a time in this process. A thread that opens a second one inside its first is told at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("This thread is inside a write transaction already. Use that one.")
        with self._lock:
            self._owner = me
            try:
                yield
            finally:
                self._owner = None


def reject_twins(links: Sequence[Link]) -> None:
    """One link twice in one save has no meaning: its second revision cannot be the one loaded."""
    if len({link.id for link in links}) < len(links):
        idents = [link.id for link in links]
        twice = next(ident for ident in idents if idents.count(ident) > 1)
        raise ValueError(f"The link {twice!r} is in one save twice. Save its last state only.")


def changed_since(ident: str) -> Fenced:
    return Fenced(f"The link {ident!r} was changed by somebody else since it was loaded; load it again.")


def second_link(link: Link, side: Side, other: str) -> ValueError:
    return ValueError(
        f"The {side} record {link.key(side)!r} of {link.mapping!r} is tied twice in back office {link.back_office!r}, "
        f"entity {link.entity!r}: by the links {link.id!r} and {other!r}. Bury one of them first."
    )
