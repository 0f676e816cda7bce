"""The host's own catalogues: `tieline/locale/<language>/LC_MESSAGES/tieline.po`. The English text is the key."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from tieline.contract import Translations

HOST = "tieline"


@lru_cache(maxsize=1)
def host_words() -> tuple[Translations, ...]:
    """One for each language; none is parsed before a word of it is wanted."""
    found = []
    for folder in sorted(files(HOST).joinpath("locale").iterdir(), key=lambda each: each.name):
        po = folder.joinpath("LC_MESSAGES", f"{HOST}.po")
        if po.is_file():
            found.append(Translations.from_po(HOST, folder.name, po.read_bytes()))
    return tuple(found)
