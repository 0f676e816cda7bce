"""Exit codes, the same for every command."""

DONE = 0
FAILED = 1
USAGE = 2
"""Also: a person has to confirm first."""
PLAN_HAS_CHANGES = 3
INTERRUPTED = 130
