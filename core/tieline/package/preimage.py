"""What an org held before we changed it, kept so that it can be put back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tieline.package.archive import pack
from tieline.package.plan import Plan, Sign

NOTE = "tieline.json"


class PreImages:
    """One zip a change, in `folder` (`DIR/packages` of the state directory). The zip holds the org's own files and a
    note with the steps that were about to be taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, plan: Plan, files: Mapping[str, bytes], at: datetime) -> Path:
        """Written whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = f"{at:%Y%m%dT%H%M%S%fZ}"
        target = self._folder / f"{re.sub(r'[^A-Za-z0-9_-]', '_', plan.system)}-{stamp}.zip"
        partial = target.with_suffix(".partial")
        partial.write_bytes(pack({**files, NOTE: _note(plan, at)}))
        partial.replace(target)
        return target


def _note(plan: Plan, at: datetime) -> bytes:
    names = {sign: [[step.kind, step.name] for step in plan.steps if step.sign is sign] for sign in Sign}
    note = {
        "system": plan.system,
        "org": plan.org,
        "at": at.isoformat(),
        "added": names[Sign.ADD],
        "changed": names[Sign.CHANGE],
        "removed": names[Sign.REMOVE],
    }
    return json.dumps(note, indent=1).encode()
