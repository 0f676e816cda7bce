"""What one function works with: the state, the rules, who asks and from which entity."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from tieline_intacct.sandbox.catalogue import Catalogue
from tieline_intacct.sandbox.cursors import Cursors
from tieline_intacct.sandbox.profile import Profile
from tieline_sandbox.state import Reader, Transaction

API_ACTOR = "api"
SEED_ACTOR = "seed"
CREDENTIALS_SETTING = "credentials"


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and at which level: `location` is an entity's ID, empty at the top."""

    user: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """`by_person`: made in the vendor's screens, which allow more than the API."""

    reader: Reader
    catalogue: Catalogue
    profile: Profile
    who: Who
    now: datetime
    cursors: Cursors = field(default_factory=Cursors)
    by_person: bool = False

    @property
    def tx(self) -> Transaction:
        assert isinstance(self.reader, Transaction), "this function was not declared as one that writes"
        return self.reader

    def owned_by(self, location: str) -> Scope:
        """The same, at another level."""
        return replace(self, who=replace(self.who, location=location))
