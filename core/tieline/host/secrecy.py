"""Keeps secrets out of everything that is written down: what was once opened is blotted out of logs and messages."""

from __future__ import annotations

from collections.abc import Iterable

_SHORTEST = 6
"""Shorter values would blot out ordinary words."""


class Redactor:
    """Knows the secrets opened by this process."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, secrets: Iterable[str]) -> None:
        """A secret of several lines (a key) is also known by its lines."""
        for secret in secrets:
            parts = {secret, *(line.strip() for line in secret.splitlines() if not line.startswith("-----"))}
            self._secrets.update(part for part in parts if len(part) >= _SHORTEST)

    def clean(self, text: str) -> str:
        """Longest first, so that a secret that contains another leaves no rest."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text
