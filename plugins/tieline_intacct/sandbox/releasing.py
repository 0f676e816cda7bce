"""What has to be let go before a record can be deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tieline_intacct.sandbox import invoices, payments, receivables
from tieline_intacct.sandbox.rows import Row
from tieline_intacct.sandbox.scope import Scope

_BEFORE: Mapping[str, Callable[[Scope, Row], None]] = {
    payments.PAYMENT: payments.check_removable,
    receivables.INVOICE: invoices.release,
}


def release(scope: Scope, row: Row) -> None:
    """Raises Refused when the record has to stay."""
    if row.kind.name in _BEFORE:
        _BEFORE[row.kind.name](scope, row)
