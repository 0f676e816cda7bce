"""The local Unleashed: speaks the vendor's wire contract over real HTTP, and refuses what the vendor refuses."""

from tieline_unleashed.sandbox.building import build
from tieline_unleashed.sandbox.profile import Profile

__all__ = ["Profile", "build"]
