"""How to reach one org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tieline.contract import Misconfigured

API_VERSION = "60.0"


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """`login_url` is the org's My Domain address (or `https://login.salesforce.com` with a key).

    With `jwt_key` (PEM text) and `username` the JWT bearer flow is used, otherwise client credentials.
    `audience` is the JWT's `aud`; empty means the public login host. `ca_file` is an extra authority to trust,
    `proxies` maps a scheme to a proxy address; the environment is never asked. Times are seconds, sizes bytes.
    """

    login_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    jwt_key: str = field(default="", repr=False)
    username: str = ""
    audience: str = ""
    api_version: str = API_VERSION
    ca_file: str = ""
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 120.0
    deadline: float = 600.0
    largest_answer: int = 64 * 1024 * 1024
    pool: int = 8

    @property
    def host(self) -> str:
        """The host logged in to, for messages."""
        return urlsplit(self.login_url).hostname or self.login_url

    @classmethod
    def from_document(cls, document: Mapping[str, object], folder: Path = Path()) -> OrgSettings:
        """Settings from a connection document (`org.json`); relative file names belong to `folder`.

        A document with a private key file uses it only when it has no client secret.
        """
        given = {name: str(value) for name, value in document.items() if isinstance(value, str) and value}
        address = given.get("login_url") or given.get("tls_url") or given.get("instance_url", "")
        if not address:
            raise Misconfigured("the org has no address", mend="Give login_url, the org's My Domain address.")
        secret = given.get("client_secret", "")
        return cls(
            login_url=address,
            client_id=given.get("client_id", ""),
            client_secret=secret,
            jwt_key="" if secret else _key(given, folder),
            username=given.get("username", ""),
            audience=given.get("audience", ""),
            api_version=given.get("api_version", API_VERSION),
            ca_file=str(folder / given["ca_file"]) if "ca_file" in given else "",
        )


def _key(given: Mapping[str, str], folder: Path) -> str:
    if "jwt_key" in given or "jwt_private_key_file" not in given:
        return given.get("jwt_key", "")
    path = folder / given["jwt_private_key_file"]
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured("the private key cannot be read", where=str(path), mend="Check the file.") from error
