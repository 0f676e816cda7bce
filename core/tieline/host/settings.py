"""What every connection may be told besides its system's own settings, and what the org connection is told."""

from __future__ import annotations

from tieline.contract import Setting

SALESFORCE = "salesforce"
"""The system name under which an org connection is saved."""

ORG_WORD = "org"
"""What people say for it: `tieline connect org NAME`."""

RESERVED_SYSTEMS = frozenset({SALESFORCE, ORG_WORD, "erp", "tieline"})

_COMMON = (
    Setting(
        "ca_file", "Authority file", "PEM file of the only authority to trust; empty: the public ones", required=False
    ),
    Setting(
        "allow_local", "Allow this machine", "yes: addresses on this machine may be called (sandboxes)", required=False
    ),
    Setting("allow_private", "Allow private network", "yes: the host may stand in your own network", required=False),
    Setting("proxy", "Proxy", "http://host:port of a CONNECT proxy", required=False),
)
_PACES = (
    Setting(
        "changes_every",
        "Look for changes",
        "Seconds between two looks for changed records; 0: in every cycle; empty: as the plugin thinks best",
        required=False,
    ),
    Setting(
        "lists_every",
        "Read lists",
        "Seconds between two readings of the managed lists; empty: as the plugin thinks best",
        required=False,
    ),
)
PACES = {setting.name: setting for setting in _PACES}
"""Of back offices alone: how often they are asked."""
LONGEST_PACE = 7 * 24 * 3600

COMMON = {setting.name: setting for setting in _COMMON}

SWITCHES = ("allow_local", "allow_private")
"""Settings that are yes or no."""

ORG_SETTINGS = (
    Setting("login_url", "Login address", "The org's My Domain address, https://NAME.my.salesforce.com"),
    Setting("client_id", "Client id", "Consumer key of the External Client App"),
    Setting("auth", "Sign-in", "client_credentials or jwt", required=False, default="client_credentials"),
    Setting("username", "User name", "With jwt: the integration user", required=False),
    Setting("audience", "Audience", "With jwt: what the token is meant for, when not the public login", required=False),
    Setting("api_version", "API version", "For example 60.0", required=False, default="60.0"),
    Setting("client_secret", "Client secret", "With client_credentials: the app's secret", secret=True, required=False),
    Setting(
        "private_key", "Private key", "With jwt: the PEM key of the app's certificate", secret=True, required=False
    ),
)
