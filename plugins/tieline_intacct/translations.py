"""French for everything the plugin shows. The English text is the key."""

from __future__ import annotations

from importlib.resources import files

from tieline.contract import Translations
from tieline_intacct.names import SYSTEM

FRENCH = Translations.from_po(
    SYSTEM, "fr", files("tieline_intacct").joinpath("locale", "fr", "LC_MESSAGES", "intacct.po").read_bytes()
)
