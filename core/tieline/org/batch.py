"""One batch of writes: look, leave out what changed, write the rest, answer in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tieline.contract import Operation, Outcome, Record, Refused, Shape, Stale, TransientError, Write
from tieline.org.compare import same
from tieline.org.outcomes import nothing_sent
from tieline.org.values import full_id
from tieline.org.writing import Writer

Look = Callable[[Shape, Iterable[str]], Mapping[str, Record]]


class Batch:
    def __init__(self, writer: Writer, look: Look, shape: Shape) -> None:
        self._writer, self._look, self._shape = writer, look, shape
        self._outcomes: dict[int, Outcome] = {}

    def run(self, batch: Sequence[Write]) -> list[Outcome]:
        """One outcome per write. Raises only when nothing was sent."""
        seen = self._seen(batch)
        for place, write in enumerate(batch):
            answer = _without_call(write, seen)
            if answer is not None:
                self._outcomes[place] = answer
        self._send(batch, Operation.CREATE, self._writer.create)
        versions = {key: record.version for key, record in seen.items()}
        self._send(batch, Operation.UPDATE, lambda writes: self._writer.update(writes, versions))
        self._send(batch, Operation.DELETE, self._writer.delete)
        return [self._outcomes[place] for place in range(len(batch))]

    def _seen(self, batch: Sequence[Write]) -> Mapping[str, Record]:
        """What the records to change are right now, with every field we are about to judge."""
        changing = [write for write in batch if write.operation is not Operation.CREATE and full_id(write.key)]
        if not changing:
            return {}
        judged = dict.fromkeys(name for write in changing for name in (*write.fields, *write.expected))
        wider = Shape(self._shape.object, tuple(dict.fromkeys((*self._shape.fields, *judged))))
        try:
            return self._look(wider, [full_id(write.key) for write in changing])
        except TransientError as error:
            raise nothing_sent(error) from error

    def _send(self, batch: Sequence[Write], operation: Operation, call: Callable[[list[Write]], list[Outcome]]) -> None:
        places = [
            place for place, write in enumerate(batch) if write.operation is operation and place not in self._outcomes
        ]
        if places:
            self._outcomes.update(zip(places, call([batch[place] for place in places]), strict=True))


def _without_call(write: Write, seen: Mapping[str, Record]) -> Outcome | None:
    """The answer to a write that must not be sent; None for one that may."""
    if write.children:
        return Refused("child rows are written by themselves in the org", "children")
    if write.operation is Operation.CREATE:
        return None if write.marker else Refused("a new record needs a birth marker", "marker_missing")
    record = seen.get(full_id(write.key))
    if record is None:
        return Refused("the record is deleted or out of sight", "ENTITY_IS_DELETED", gone=True)
    return Stale(record) if _changed(write, record) else None


def _changed(write: Write, record: Record) -> bool:
    """Whether somebody wrote since the last look. Stamps have whole seconds, so values are compared as well: those
    we would overwrite, for a partial write leaves the others alone; all of them before a delete."""
    if write.version and write.version != record.version:
        return True
    judged = write.expected if write.operation is Operation.DELETE else write.fields
    names = [name for name in judged if name in write.expected and name in record.fields]
    return not all(same(write.expected[name], record.fields[name]) for name in names)
