"""The trades the soak knows, by the system's word."""

from __future__ import annotations

from collections.abc import Mapping

from tieline.contract import Misconfigured
from tieline_sandbox.soak.intacct import INTACCT
from tieline_sandbox.soak.trade import Trade
from tieline_sandbox.soak.unleashed import UNLEASHED

TRADES: Mapping[str, Trade] = {"unleashed": UNLEASHED, "intacct": INTACCT}


def trade_of(system: str) -> Trade:
    """Raises Misconfigured for a system nobody works at."""
    if system not in TRADES:
        mend = f"Name one of {', '.join(TRADES)} with --system."
        raise Misconfigured(f"there are no people who work at {system}", where="soak", mend=mend, code="no_trade")
    return TRADES[system]
