"""What an administrator fills in, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieline.contract import ClientContext, Misconfigured, Setting
from tieline_unleashed.resource import Access
from tieline_unleashed.wire import Wire, base_address

BASE_URL = "https://api.unleashedsoftware.com/"
PAGE_SIZE = 200
PAGE_SIZE_CAP = 1000  # the largest seen in clients; 200 is documented [V]

SETTINGS = (
    Setting(
        "api_id", "API id", "From Unleashed: Integration, Unleashed API Access. It stands for one organisation."
    ),
    Setting(
        "api_key",
        "API key",
        "Belongs to the API id. It gives full rights to the organisation and cannot be replaced: keep it safe.",
        secret=True,
    ),
    Setting("base_url", "Address", "Address of the Unleashed API.", required=False, default=BASE_URL),
    Setting(
        "page_size",
        "Page size",
        "Records in one answer, 1 to 1000. Make it smaller when large pages take too long.",
        required=False,
        default=str(PAGE_SIZE),
    ),
)  # fmt: skip


def access_of(context: ClientContext) -> Access:
    """Raises Misconfigured naming the setting."""
    settings = {name: value.strip() for name, value in context.settings.items() if value.strip()}
    wire = Wire(
        base_address(settings.get("base_url", BASE_URL)),
        _header_text(settings, "api_id"),
        _header_text(settings, "api_key"),
        context.transport,
        context.clock,
    )
    return Access(wire, _page_size(settings.get("page_size", str(PAGE_SIZE))))


def describe_sandbox(document: Mapping[str, Any]) -> Mapping[str, str]:
    """Settings for the local Unleashed, from its `unleashed.json`."""
    return {
        "base_url": str(document["tls_url"]),
        "api_id": str(document["api_id"]),
        "api_key": str(document["api_key"]),
        "ca_file": str(document["ca_file"]),
    }


def _header_text(settings: Mapping[str, str], name: str) -> str:
    text = settings.get(name, "")
    if text and text.isascii() and text.isprintable():
        return text
    label = next(setting.label for setting in SETTINGS if setting.name == name)
    said = "holds characters that cannot be sent" if text else "is missing"
    raise Misconfigured(
        said, where=f"setting {name}", mend=f"Copy the {label} from Unleashed, API Access.", code="bad_setting"
    )


def _page_size(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= PAGE_SIZE_CAP:
        return int(text)
    raise Misconfigured(
        f"{text!r} is no page size",
        where="setting page_size",
        mend=f"Give a whole number from 1 to {PAGE_SIZE_CAP}.",
        code="bad_setting",
    )
