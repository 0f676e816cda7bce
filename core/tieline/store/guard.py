"""What both stores say alike: who may write, what a spoiled transaction does, how leases change hands."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieline.contract.mapping import Side
from tieline.store.nouns import Link
from tieline.store.protocol import Fence, Fenced


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as stored, and the fence its holder shows. An empty owner: released."""

    name: str
    owner: str
    token: int
    until: datetime

    def fits(self, fence: Fence) -> bool:
        return self.token == fence.token and self.owner == fence.owner

    def released(self) -> Lease:
        return replace(self, owner="")


def next_lease(held: Lease | None, name: str, owner: str, now: datetime, seconds: float) -> Lease | None:
    """The lease after `owner` asked for it; None while another owner holds it."""
    until = now + timedelta(seconds=seconds)
    if held is None:
        return Lease(name, owner, 1, until)
    if held.owner == owner:
        return replace(held, until=until)
    if held.owner and now < held.until:
        return None
    return Lease(name, owner, held.token + 1, until)


def lost(fence: Fence) -> Fenced:
    return Fenced(f"{fence.owner!r} no longer holds the lease {fence.name!r}; nothing of this transaction was kept.")


def changed_since(ident: str) -> Fenced:
    return Fenced(f"The link {ident!r} was changed by somebody else since it was loaded; load it again.")


def second_link(link: Link, side: Side, other: str) -> ValueError:
    return ValueError(
        f"The {side} record {link.key(side)!r} of {link.mapping!r} is tied twice in back office {link.back_office!r}, "
        f"entity {link.entity!r}: by the links {link.id!r} and {other!r}. Bury one of them first."
    )


def reject_twins(links: Sequence[Link]) -> None:
    """One link twice in one save has no meaning: its second revision cannot be the one loaded."""
    seen: set[str] = set()
    for link in links:
        if link.id in seen:
            raise ValueError(f"The link {link.id!r} is in one save twice. Save its last state only.")
        seen.add(link.id)


class Guard:
    """Refuses writes where they are not meant, and remembers that a failed write spoiled the transaction."""

    def __init__(self, writes: bool) -> None:
        self._writes = writes
        self._failure: Exception | None = None

    def check(self) -> None:
        if not self._writes:
            raise RuntimeError("This transaction only reads (or is over). Write inside `store.transaction()`.")
        if self._failure is not None:
            raise self._failure

    @contextlib.contextmanager
    def spoiling(self) -> Iterator[None]:
        """An error inside makes the whole transaction unusable."""
        try:
            yield
        except (Fenced, ValueError) as error:
            self._failure = error
            raise

    def finish(self) -> None:
        """Before the commit: a swallowed failure comes up again. Afterwards nothing can be written."""
        self.check()
        self._writes = False


class Turns:
    """One writer at a time in this process. A thread that opens a second one inside its first hears so at once."""

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
