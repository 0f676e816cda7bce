"""French for everything the plugin shows. The English text is the key."""

from __future__ import annotations

from importlib.resources import files

from tieline.contract import Translations
from tieline_unleashed.names import SYSTEM

FRENCH = Translations.from_po(
    SYSTEM, "fr", files("tieline_unleashed").joinpath("locale", "fr", "LC_MESSAGES", "unleashed.po").read_bytes()
)
