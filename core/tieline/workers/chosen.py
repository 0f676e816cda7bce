"""What the administrator chose, as a running worker sees it: a changed file counts from the next cycle on, a bad one is
told and the last good one stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tieline.actions.filling import Fill, Filling, filled, only_when, switched_off
from tieline.admin.effective import effective, widened
from tieline.admin.faults import BadSettings
from tieline.admin.file import SettingsFile
from tieline.admin.model import ActionSettings, AdminSettings
from tieline.contract import Action, Declarations, Mapping
from tieline.host.runtime import Runtime
from tieline.workers.offered import with_choices

Mark = tuple[int, int, int] | None


def settings_file(runtime: Runtime) -> SettingsFile:
    """The state directory's, checked against the plugins of all its back offices."""
    offices = runtime.back_offices()
    declared = {one.name: runtime.declarations.only(one.system.name).mappings for one in offices}
    lists = {
        one.name: [managed.name for managed in runtime.declarations.only(one.system.name).lists] for one in offices
    }
    actions = {one.name: runtime.declarations.only(one.system.name).actions for one in offices}
    return SettingsFile(runtime.folder.settings, declared, lists, actions, runtime.connections.former())


def to_install(runtime: Runtime, system: str) -> Declarations:
    """What a system declares, with the fields an administrator added for any of its back offices, and whether there
    are several of them. Raises BadSettings."""
    declared, file = runtime.declarations.only(system), settings_file(runtime)
    settings = file.settings()
    offices = [settings.of(one.name) for one in runtime.back_offices() if one.system.name == system]
    systems = tuple(replace(one, several_back_offices=len(offices) > 1) for one in declared.systems)
    told = [one.connection.settings for one in runtime.back_offices() if one.system.name == system]
    actions = with_choices(declared.actions, declared.system(system), told)
    return replace(declared, systems=systems, mappings=widened(declared.mappings, offices), actions=actions)


class Chosen:
    """The settings of one back office. Raises BadSettings when the file is bad from the start."""

    def __init__(self, file: SettingsFile, back_office: str) -> None:
        self._file, self._back_office = file, back_office
        self._mark = _mark(file.path)
        self._settings: AdminSettings = file.settings()
        self._complaint = ""

    def look_again(self) -> None:
        """Read the file if it is another one than at the last look."""
        mark = _mark(self._file.path)
        if mark == self._mark:
            return
        self._mark = mark
        try:
            self._settings, self._complaint = self._file.settings(), ""
        except BadSettings as error:
            self._complaint = f"{error.sentence()} The settings of before stay in force."

    def complaints(self) -> list[str]:
        """What is wrong with the file as it stands; told once for each change of it."""
        told, self._complaint = self._complaint, ""
        return [told] if told else []

    @property
    def paused(self) -> bool:
        return self._settings.is_paused(self._back_office)

    @property
    def mirrors(self) -> dict[str, str]:
        """List -> global value set."""
        lists = self._settings.of(self._back_office).lists
        return {name: one.mirror for name, one in lists.items() if one.mirror}

    @property
    def mappings(self) -> Sequence[Mapping]:
        return effective(self._file.declared[self._back_office], self._settings.of(self._back_office))

    @property
    def fillings(self) -> dict[str, ActionSettings]:
        """What was set for buttons."""
        return self._settings.of(self._back_office).actions

    @property
    def actions(self) -> Sequence[Action]:
        """The buttons, with the rows that fill what they make; those that are switched off say so."""
        chosen = self.fillings
        declared = self._file.actions[self._back_office]
        return tuple(_action(one, chosen[one.name]) if one.name in chosen else one for one in declared)

    @property
    def resting(self) -> Sequence[Mapping]:
        """What is switched off."""
        on = {mapping.name for mapping in self.mappings}
        return tuple(one for one in self._file.declared[self._back_office] if one.name not in on)


def _action(declared: Action, chosen: ActionSettings) -> Action:
    if not chosen.enabled:
        return switched_off(declared)
    return only_when(filled(declared, _filling(chosen)), chosen.when, chosen.otherwise)


def _filling(chosen: ActionSettings) -> Filling:
    rows = [
        tuple(Fill(one.erp, one.crm, one.value, one.default) for one in part) for part in (chosen.header, chosen.lines)
    ]
    return Filling(*rows)


def _mark(path: Path) -> Mark:
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
