"""Secrets at rest: envelope encryption with AES-256-GCM.

Each connection has a data key of its own, sealed by the key-encryption key. A sealed text is bound to its connection
and field, so that rows which change places do not open. Changing the key-encryption key re-seals the data keys only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from tieline.contract import Misconfigured, Randomness
from tieline.host.key import SIZE, Key

DATA_KEY = "*key"
"""The field that holds a connection's sealed data key; no setting may be called so."""

_FORMAT = "v1"
_NONCE = 12


class Vault:
    """Seals and opens the secrets of connections with one key."""

    def __init__(self, key: Key, randomness: Randomness) -> None:
        self._key, self._randomness = key, randomness

    def seal(self, connection: str, secrets: Mapping[str, str]) -> dict[str, str]:
        """Ciphertexts by field, under a new data key."""
        data_key = self._randomness.token(SIZE)
        sealed = {name: self._sealed(data_key, connection, name, text.encode()) for name, text in secrets.items()}
        return {DATA_KEY: self._wrapped(connection, data_key), **sealed} if sealed else {}

    def open(self, connection: str, sealed: Mapping[str, str]) -> dict[str, str]:
        """Clear text by field. Raises Misconfigured for another key and for anything that was tampered with."""
        if not sealed:
            return {}
        data_key = self._unwrapped(connection, sealed)
        return {
            name: _opened(data_key, connection, name, text).decode()
            for name, text in sealed.items()
            if name != DATA_KEY
        }

    def resealed(self, connection: str, sealed: Mapping[str, str], other: Vault) -> dict[str, str]:
        """The same ciphertexts with the data key sealed by another vault's key (rotation)."""
        if not sealed:
            return {}
        return {**sealed, DATA_KEY: other._wrapped(connection, self._unwrapped(connection, sealed))}

    def _wrapped(self, connection: str, data_key: bytes) -> str:
        return f"{self._key.id}.{self._sealed(self._key.material, connection, DATA_KEY, data_key)}"

    def _unwrapped(self, connection: str, sealed: Mapping[str, str]) -> bytes:
        key_id, _, text = sealed.get(DATA_KEY, "").partition(".")
        if key_id != self._key.id:
            raise Misconfigured(
                f"its secrets were sealed with key {key_id or 'none'}, and {self._key.source} is {self._key.id}",
                where=connection,
                mend="Put the former key back, or connect again to save new secrets.",
            )
        return _opened(self._key.material, connection, DATA_KEY, text)

    def _sealed(self, key: bytes, connection: str, name: str, clear: bytes) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # costs 50 ms; most commands open no secret

        nonce = self._randomness.token(_NONCE)
        text = nonce + AESGCM(key).encrypt(nonce, clear, _bound_to(connection, name))
        return f"{_FORMAT}.{base64.b64encode(text).decode()}"


def _opened(key: bytes, connection: str, name: str, text: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    form, _, encoded = text.partition(".")
    try:
        raw = base64.b64decode(encoded, validate=True)
        if form != _FORMAT:
            raise InvalidTag
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _bound_to(connection, name))
    except (InvalidTag, ValueError, binascii.Error):
        where = f"{connection}: {name}" if name != DATA_KEY else connection
        raise Misconfigured(
            "the saved secret was changed or belongs elsewhere", where=where, mend="Connect again to save it anew."
        ) from None


def _bound_to(connection: str, name: str) -> bytes:
    """Unambiguous: no pair of names can be written as another pair."""
    return json.dumps([_FORMAT, connection, name]).encode()
