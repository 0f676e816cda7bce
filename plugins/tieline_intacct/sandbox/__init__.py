"""The local Sage Intacct: speaks the vendor's wire contract over real HTTP, and refuses what the vendor refuses."""

from tieline_intacct.sandbox.building import build
from tieline_intacct.sandbox.profile import Profile

__all__ = ["Profile", "build"]
