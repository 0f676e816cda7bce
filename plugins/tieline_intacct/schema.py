"""What an object's fields are. One bad field name fails a whole query, and companies differ: so when a query fails, the
object is looked up, and names it does not have are left out from then on, with a warning."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tieline.contract import TielineError
from tieline_intacct import functions
from tieline_intacct.faults import Fault, gravest
from tieline_intacct.gateway import Call, Gateway, failed
from tieline_intacct.replies import Result
from tieline_intacct.xml import Element, child, children, text

_logger = logging.getLogger(__name__)


@dataclass
class Schema:
    """Kept for as long as the client lives."""

    gateway: Gateway
    known: dict[str, frozenset[str]] = field(default_factory=dict)

    def has(self, kind: str, name: str) -> bool:
        """Whether a name may be asked for; yes as long as nothing speaks against it."""
        return kind not in self.known or name in self.known[kind]

    def query(self, entity: str, kind: str, fields: Iterable[str], make: Callable[[list[str]], Element]) -> Result:
        """Run the query that `make` builds of the fields; once more without those that are not there."""
        wanted = [name for name in dict.fromkeys(fields) if self.has(kind, name)]
        (result,) = self.gateway.run(entity, [Call("read", make(wanted))])
        if result.ok:
            return result
        error = failed(result.troubles)
        if gravest(result.troubles).fault is not Fault.QUERY or kind in self.known:
            raise error
        self._look_up(entity, kind, error)
        left_out = [name for name in wanted if not self.has(kind, name)]
        if left_out:
            _logger.warning("Intacct has no %s in %s; left out", ", ".join(left_out), kind)
        return self.gateway.ask(entity, make([name for name in wanted if name not in left_out]))

    def _look_up(self, entity: str, kind: str, before: Exception) -> None:
        """Raises the query's own error when the object cannot be looked up."""
        try:
            result = self.gateway.ask(entity, functions.lookup(kind))
        except TielineError:
            raise before from None
        fields = child(child(result.data, "Type"), "Fields")
        names = frozenset(text(one, "ID").upper() for one in children(fields))
        if not names:
            raise before
        self.known[kind] = names
