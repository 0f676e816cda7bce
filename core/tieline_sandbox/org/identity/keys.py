"""The key pair of the connected app: clients sign with the private half, the org keeps the public one."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tieline_sandbox.org.service import Org

FILE = "jwt_private_key.pem"


def private_key_file(org: Org) -> str:
    """The key's file, made at first use with mode 0600; empty for an org in memory."""
    public_key(org)
    return str(org.folder / FILE) if org.folder else ""


def private_key(org: Org) -> str:
    """The private key as PEM, for callers inside the process."""
    public_key(org)
    return (org.folder / FILE).read_text("ascii") if org.folder else str(org.setting("jwt_private_key"))


def public_key(org: Org) -> str:
    """The public key as PEM."""
    known = org.setting("jwt_public_key")
    if known and (org.folder is None or (org.folder / FILE).exists()):
        return str(known)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
    public = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode("ascii")
    )
    if org.folder:
        _write(org.folder / FILE, private)
    with org.state.transaction(actor="", operation="keys") as tx:
        tx.set_setting("jwt_public_key", public)
        if not org.folder:
            tx.set_setting("jwt_private_key", private)
    return public


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
