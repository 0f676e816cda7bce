"""Handing an answer over, whole and at once or as a fault wants it."""

from __future__ import annotations

import asyncio

from tieline_sandbox.doors.stream import Stream
from tieline_sandbox.wire import Delivery


async def deliver(stream: Stream, head: bytes, body: bytes, delivery: Delivery, patience: float) -> None:
    """Send head and body. `patience`: seconds the caller may take to read. Raises TimeoutError, OSError."""
    if delivery.stall:
        await asyncio.sleep(delivery.stall)
    if delivery.close_after == 0:
        stream.reset()
        return
    await _send(stream, head, body[: delivery.close_after], delivery.trickle, patience)
    if delivery.close_after is not None:
        try:
            await stream.flush(patience)
        finally:
            stream.reset()


async def _send(stream: Stream, head: bytes, body: bytes, trickle: float, patience: float) -> None:
    if not trickle:
        # One write: a head sent apart from its body waits for the caller's delayed acknowledgment.
        await stream.write(head + body, patience)
        return
    await stream.write(head, patience)
    for place in range(len(body)):
        await asyncio.sleep(trickle)
        await stream.write(body[place : place + 1], patience)
