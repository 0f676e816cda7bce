"""Saying yes or no to a plugin."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import Misconfigured
from tieline.host import allowing
from tieline.host.discovery import Found, Standing
from tieline.host.state import StateFolder
from tieline.host.validation.findings import did_you_mean


def allow(folder: StateFolder, found: Sequence[Found], name: str) -> Found:
    """Put the plugin on the allow-list as it is installed now, without importing it. Raises Misconfigured."""
    wanted = _the_one(found, name)
    if wanted.standing is Standing.OWN:
        return wanted
    if not wanted.record_sha256:
        raise Misconfigured(
            f"{wanted.distribution} has no RECORD, so a change could not be noticed",
            where=name,
            mend="Install it with pip.",
        )
    allowing.write(folder, allowing.read(folder) | {name: wanted.identity})
    return wanted


def forbid(folder: StateFolder, name: str) -> None:
    """Take a plugin off the allow-list. Raises Misconfigured when it is not on it."""
    entries = allowing.read(folder)
    if name not in entries:
        mend = did_you_mean(name, entries) or "`tieline plugins` lists them."
        raise Misconfigured(f"no plugin {name!r} was allowed", mend=mend)
    allowing.write(folder, {each: entry for each, entry in entries.items() if each != name})


def _the_one(found: Sequence[Found], name: str) -> Found:
    named = [each for each in found if each.name == name]
    if not named:
        mend = did_you_mean(name, [each.name for each in found]) or "`tieline plugins` lists them."
        raise Misconfigured(f"no plugin {name!r} is installed", mend=mend)
    if len(named) > 1:
        both = " and ".join(f"{each.distribution} {each.version}" for each in named)
        raise Misconfigured(f"{both} both bring a plugin of this name", where=name, mend="Uninstall one of them.")
    return named[0]
