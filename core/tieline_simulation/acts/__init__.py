"""What happens in a history besides the engine: one function an act, given the storm it happens in."""

from tieline_simulation.acts.table import ACTS, Act, acts_of

__all__ = ["ACTS", "Act", "acts_of"]
