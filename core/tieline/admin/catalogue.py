"""Every setting there is, for the plugins and back offices at hand: what it is now, what it may be, what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieline.admin.effective import locked, turned
from tieline.admin.faults import Path, dotted
from tieline.admin.model import AdminSettings, BackOfficeSettings, FieldSettings, ObjectSettings
from tieline.contract import Action, Direction, Field, Misconfigured, Policy, Promotion, Side
from tieline.contract import Mapping as RecordMapping


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the path with dots; `is_set`: an administrator chose it.
    `locked` says why it may not be changed."""

    path: Path
    value: Any
    is_set: bool
    help: str
    choices: tuple[str, ...] = ()
    label: str = ""
    locked: str = ""
    back_office: str = ""
    object: str = ""

    @property
    def name(self) -> str:
        return dotted(self.path)


_YES_NO = ("true", "false")


def catalogue(
    settings: AdminSettings,
    declared: Mapping[str, Sequence[RecordMapping]],
    lists: Mapping[str, Sequence[str]] | None = None,
    actions: Mapping[str, Sequence[Action]] | None = None,
) -> list[Entry]:
    """In order of the file: everything, then back office by back office."""
    entries = [Entry(("paused",), settings.paused, settings.paused, "nothing is read or written at all", _YES_NO)]
    for name, mappings in sorted(declared.items()):
        entries += _office(name, settings.of(name), mappings)
        entries += [_mirror(name, settings.of(name), one) for one in (lists or {}).get(name, ())]
        entries += [_button(name, settings.of(name), one) for one in (actions or {}).get(name, ())]
    return entries


def _office(name: str, chosen: BackOfficeSettings, mappings: Sequence[RecordMapping]) -> Iterator[Entry]:
    here: Path = ("back_offices", name)
    told = "nothing is read from or written to this back office"
    yield Entry((*here, "paused"), chosen.paused, chosen.paused, told, _YES_NO, back_office=name)
    for mapping in mappings:
        yield from _object((*here, "objects", mapping.name), name, mapping, chosen.objects.get(mapping.name))


def _mirror(name: str, chosen: BackOfficeSettings, list_name: str) -> Entry:
    value = chosen.lists[list_name].mirror if list_name in chosen.lists else None
    path = ("back_offices", name, "lists", list_name, "mirror")
    told = "the global value set that holds this list's values, for picklists of your own"
    return Entry(path, value, value is not None, told, label=list_name, back_office=name)


def _button(name: str, chosen: BackOfficeSettings, action: Action) -> Entry:
    is_on = action.name not in chosen.actions or chosen.actions[action.name].enabled
    path = ("back_offices", name, "actions", action.name, "enabled")
    return Entry(path, is_on, not is_on, "whether the button acts", _YES_NO, label=action.label, back_office=name)


def _object(path: Path, office: str, mapping: RecordMapping, told: ObjectSettings | None) -> Iterator[Entry]:
    chosen = told or ObjectSettings()
    mapping = turned(mapping, chosen.source)
    about: dict[str, Any] = {"label": mapping.label, "back_office": office, "object": mapping.name}

    def entry(name: str, value: Any, declared: Any, words: str, choices: tuple[str, ...]) -> Entry:
        return Entry((*path, name), declared if value is None else value, value is not None, words, choices, **about)

    yield entry("enabled", chosen.enabled, mapping.enabled, "whether these records are synced", _YES_NO)
    yield entry(
        "promotion", chosen.promotion, mapping.promotion, "when a record of the CRM goes to the back office",
        tuple(Promotion),
    )  # fmt: skip
    yield from _record_types(path, chosen, mapping, about)
    yield entry(
        "sync_once",
        chosen.sync_once,
        mapping.sync_once,
        "a record that went out is not changed there any more",
        _YES_NO,
    )
    if mapping.turns:
        yield entry("source", chosen.source, None, "the one side that these records come from", tuple(Side))
    words = "new records of the back office are made in the CRM"
    yield entry("create_in_crm", chosen.create_in_crm, mapping.create_in_crm, words, _YES_NO)
    for field in mapping.fields:
        yield from _field((*path, "fields", field.crm), field, mapping, chosen.fields.get(field.crm), about)


RECORD_TYPES = "record_types"


def _record_types(
    path: Path, chosen: ObjectSettings, mapping: RecordMapping, about: dict[str, Any]
) -> Iterator[Entry]:  # fmt: skip
    """The table as a whole, then what it holds."""
    here, told = (*path, RECORD_TYPES), {**mapping.record_types, **chosen.record_types}
    value = ", ".join(f"{name}: {each}" for name, each in told.items()) or None
    words = "promotion by the CRM's record type: set record_types. and its DeveloperName"
    yield Entry(here, value, bool(chosen.record_types), words, **about)
    for name, promotion in told.items():
        yield _record_type(here, name, promotion, is_set=name in chosen.record_types, about=about)


def _record_type(path: Path, name: str, promotion: Promotion, *, is_set: bool, about: dict[str, Any]) -> Entry:
    words = "when records of this record type go to the back office"
    return Entry((*path, name), promotion, is_set, words, tuple(Promotion), **about)


def named(entries: Sequence[Entry], name: str) -> Entry | None:
    """The setting of this name. A record type may be named that the file does not name yet."""
    by_name = {one.name: one for one in entries}
    table, _, last = name.rpartition(".")
    holder, own = by_name.get(table), by_name.get(f"{table.removesuffix(RECORD_TYPES)}promotion")
    if name in by_name or holder is None or own is None or holder.path[-1] != RECORD_TYPES or not last:
        return by_name.get(name)
    about = {"label": holder.label, "back_office": holder.back_office, "object": holder.object}
    return _record_type(holder.path, last, own.value, is_set=False, about=about)


def _field(
    path: Path, field: Field, mapping: RecordMapping, told: FieldSettings | None, about: dict[str, Any]
) -> Iterator[Entry]:  # fmt: skip
    chosen, why = told or FieldSettings(), locked(field, mapping)
    about = {**about, "label": field.label or field.crm}

    def entry(name: str, value: Any, declared: Any, words: str, choices: tuple[str, ...] = (), shut: str = "") -> Entry:
        now = declared if value is None else value
        return Entry((*path, name), now, value is not None, words, choices, locked=shut, **about)

    yield entry("direction", chosen.direction, field.direction, "which way it travels", tuple(Direction), why)
    yield entry("enabled", chosen.enabled, True, "whether it travels at all", _YES_NO, why)
    owner = f"the {field.owner.upper()} owns it" if field.owner else ""
    policy = (Policy.ERP_WINS, Policy.CRM_WINS, Policy.MANUAL)
    yield entry("policy", chosen.policy, field.policy, "who wins when both sides changed it", policy, owner)
    yield entry("default", chosen.default, field.default, "fills an empty value of a new record in the back office")


def parsed(entry: Entry, text: str) -> Any:
    """A value typed on the command line. Raises Misconfigured."""
    if entry.path[-1] == RECORD_TYPES:
        raise Misconfigured("this is a table", where=entry.name, mend="Set one row of it: record_types.NAME.")
    if entry.choices == _YES_NO:
        if text.lower() not in {"true", "false", "yes", "no", "on", "off"}:
            raise Misconfigured(f"{text!r} is neither true nor false", where=entry.name, mend="Write true or false.")
        return text.lower() in {"true", "yes", "on"}
    if entry.choices and text not in entry.choices:
        mend = f"Choose one of {', '.join(entry.choices)}."
        raise Misconfigured(f"{text!r} is not a choice", where=entry.name, mend=mend)
    return text
