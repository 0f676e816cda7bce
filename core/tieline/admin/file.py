"""`settings.yaml` in the state directory: read, checked against the plugins, replaced whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tieline.admin.document import NEW, Document
from tieline.admin.effective import check
from tieline.admin.faults import BadSettings, Fault
from tieline.admin.model import AdminSettings
from tieline.contract import Action
from tieline.contract import Mapping as RecordMapping

Declared = Mapping[str, Sequence[RecordMapping]]
"""The mappings of every configured back office, as its plugin declares them."""


class SettingsFile:
    """`lists` are the managed lists of every back office, by name; `actions` the buttons. `former` names back offices
    that were connected once: what was chosen for them waits for their return."""

    def __init__(
        self,
        path: Path,
        declared: Declared,
        lists: Mapping[str, Sequence[str]] | None = None,
        actions: Mapping[str, Sequence[Action]] | None = None,
        former: Collection[str] = (),
    ) -> None:
        self.path, self.declared, self.lists, self.actions = path, declared, lists or {}, actions or {}
        self.former = former

    def text(self) -> str:
        """A file that is not there yet reads as an empty one. Raises BadSettings."""
        try:
            return self.path.read_text("utf-8")
        except FileNotFoundError:
            return NEW
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise BadSettings(str(self.path), [Fault((), f"the file cannot be read ({reason})")]) from None

    def read(self) -> Document:
        """Raises BadSettings with every mistake of form and everything that does not fit the plugins."""
        return self.checked(self.text())

    def checked(self, text: str) -> Document:
        document = Document(text, str(self.path))
        unfit = [document.placed(fault) for fault in self._unfit(document.settings)]
        faults = [*document.faults, *unfit]
        if faults:
            raise BadSettings(str(self.path), faults)
        return document

    def _unfit(self, settings: AdminSettings) -> list[Fault]:
        return check(settings, self.declared, self.lists, self.actions, self.former)

    def settings(self) -> AdminSettings:
        return self.read().settings

    def replace(self, text: str) -> Document:
        """Check, then put in place of the old one. Raises BadSettings, and then nothing has changed."""
        document = self.checked(text)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return document
