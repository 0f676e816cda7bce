"""What an org held before we changed it, kept so that it can be put back."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tieline.contract import Component, Misconfigured
from tieline.package.archive import pack
from tieline.package.canonical import Table
from tieline.package.inspect import read_file
from tieline.package.ledger import Key
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.parts import LAYOUT
from tieline.package.plan import Plan, Purpose, Sign
from tieline.package.removals import ASSIGNMENT, object_of

NOTE = "tieline.json"
_DONE = ".rolled-back"


@dataclass(frozen=True, slots=True)
class Image:
    """`added` are components that were not there, `held` those that were, as they stood. `installed` is what the
    ledger said before, `left` how the page layouts were left behind, `holders` who held which permission set."""

    path: Path
    system: str
    org: str
    purpose: Purpose
    added: tuple[Key, ...]
    held: Mapping[Key, Table]
    installed: tuple[Component, ...]
    left: Mapping[str, Any]
    holders: Mapping[str, Sequence[str]]


class PreImages:
    """One zip a change, in `folder` (`DIR/packages` of the state directory). The zip holds the org's own files and a
    note with the steps that were about to be taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(
        self,
        plan: Plan,
        gone: Sequence[Key],
        files: Mapping[str, bytes],
        holders: Mapping[str, Sequence[str]],
        at: datetime,
    ) -> Image:
        """`gone` is all that the plan takes away, parts of objects among it. Written whole or not at all."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = f"{at:%Y%m%dT%H%M%S%fZ}"
        target = self._folder / f"{_file_name(plan.system)}-{stamp}.zip"
        partial = target.with_suffix(".partial")
        partial.write_bytes(pack({**files, NOTE: _note(plan, gone, holders, at)}))
        partial.replace(target)
        return read_image(target)

    def latest(self, org: str, system: str) -> Image | None:
        """The newest one that was not gone back to yet; going back leaves none to go forward again."""
        for path in sorted(self._folder.glob(f"{_file_name(system)}-*.zip"), reverse=True):
            if not path.stem.endswith(_DONE):
                image = read_image(path)
                if (image.org, image.system) == (org, system) and image.purpose is not Purpose.ROLLBACK:
                    return image
        return None

    def finished(self, image: Image) -> None:
        """It was gone back to; the file is kept."""
        image.path.replace(image.path.with_name(f"{image.path.stem}{_DONE}.zip"))


def read_image(path: Path) -> Image:
    """Raises Misconfigured for a file that is none of ours, or was made before images could be gone back to."""
    try:
        with zipfile.ZipFile(path) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        note = json.loads(files.pop(NOTE))
        return _image(path, files, note)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError) as error:
        raise Misconfigured(
            f"this picture of the org cannot be read ({error})", where=str(path), mend="Move the file elsewhere."
        ) from None


def _image(path: Path, files: Mapping[str, bytes], note: Mapping[str, Any]) -> Image:
    found = {key: table for name, data in files.items() for key, table in read_file(name, data)}
    touched = {(kind, name) for sign in ("changed", "removed") for kind, name in note[sign]}
    objects = {name for kind, name in note["removed"] if kind == CUSTOM_OBJECT}
    return Image(
        path,
        note["system"],
        note["org"],
        Purpose(note["purpose"]),
        tuple((kind, name) for kind, name in note["added"]),
        {key: table for key, table in found.items() if key in touched or object_of(key) in objects},
        tuple(Component(row["kind"], row["name"], row["properties"]) for row in note["installed"]),
        note["left"],
        note["holders"],
    )


def _note(plan: Plan, gone: Sequence[Key], holders: Mapping[str, Sequence[str]], at: datetime) -> bytes:
    names = {sign: [[step.kind, step.name] for step in plan.steps if step.sign is sign] for sign in Sign}
    note = {
        "system": plan.system,
        "org": plan.org,
        "at": at.isoformat(),
        "purpose": plan.purpose,
        "added": [key for key in names[Sign.ADD] if key[0] != ASSIGNMENT],
        "changed": names[Sign.CHANGE],
        "removed": [list(key) for key in gone],
        "installed": [
            {"kind": kind, "name": name, "properties": each} for (kind, name), each in plan.ledger.installed.items()
        ],
        "left": {each.name: each.properties for each in plan.sent if each.kind == LAYOUT},
        "holders": {name: list(users) for name, users in holders.items()},
    }
    return json.dumps(note, indent=1).encode()


def _file_name(system: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", system)
