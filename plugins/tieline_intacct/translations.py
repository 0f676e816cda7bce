"""French for everything the plugin shows. The English source text is the key."""

from __future__ import annotations

from tieline.contract import Translations
from tieline_intacct.names import SYSTEM

FRENCH = Translations(SYSTEM, "fr", {})
