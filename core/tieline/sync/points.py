"""The engine's crash points: every place where a kill must do no harm, by name.

The numbers are those of the write protocol. Two of its places lie inside a client's call and have no name here: sent
and not committed by the other side (2), committed and the answer not read (3). The systems' fault plane makes those.
"""

from __future__ import annotations

from enum import StrEnum


class Point(StrEnum):
    """A place the engine passes. Whoever is told (`Context.point`) may end the process there."""

    # 0, 1, 4, 5: one call. After an acknowledgment also 8: between the batches of one mapping.
    ACT_BEFORE_INTENT = "act.before_intent"
    ACT_AFTER_INTENT = "act.after_intent"
    ACT_BEFORE_ACK = "act.before_ack"
    ACT_AFTER_ACK = "act.after_ack"

    # 5, 6: what the org shows of a link.
    PANEL_BEFORE_WRITE = "panel.before_write"
    PANEL_BEFORE_COMMIT = "panel.before_commit"
    PANEL_AFTER_COMMIT = "panel.after_commit"

    # 7: parents are out, their children are not.
    CYCLE_NEXT_MAPPING = "cycle.next_mapping"

    # 9: recovery is interrupted itself.
    RECOVER_CALL = "recover.call"
    RECOVER_BEFORE_REPEAT = "recover.before_repeat"
    RECOVER_BEFORE_CLOSE = "recover.before_close"

    # Reading: observations and their cursor are kept together.
    OBSERVE_BEFORE_COMMIT = "observe.before_commit"
    OBSERVE_AFTER_COMMIT = "observe.after_commit"
    OBSERVE_BEFORE_FINISH = "observe.before_finish"
    DELETES_BEFORE_COMMIT = "deletes.before_commit"
    DELETES_AFTER_COMMIT = "deletes.after_commit"
    ROUND_BEFORE_COMMIT = "round.before_commit"
    HINTS_BEFORE_FORGET = "hints.before_forget"

    # Lists and first matches.
    LISTS_BEFORE_WRITE = "lists.before_write"
    LISTS_BEFORE_COMMIT = "lists.before_commit"
    MATCH_BEFORE_COMMIT = "match.before_commit"

    # Decisions kept without a call: agreed values, conflicts, tombstones.
    DRIVE_BEFORE_KEEP = "drive.before_keep"


def no_point(_point: Point) -> None:
    """Nobody is told."""
