"""`tieline settings`: what is synced, and how. One YAML file, changed by these commands or in an editor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured

if TYPE_CHECKING:
    from tieline.admin.catalogue import Entry
    from tieline.admin.file import SettingsFile


@click.group()
def settings() -> None:
    """Choose what is synced, which way, and when."""


@settings.command("list")
@click.option("--changed", is_flag=True, help="Only what an administrator chose.")
@pass_invocation
def list_(invocation: Invocation, changed: bool) -> None:
    """Show every setting: what it is now, and what it means."""
    _show(invocation, [one for one in _entries(invocation) if one.is_set or not changed])


@settings.command()
@click.argument("word")
@pass_invocation
def search(invocation: Invocation, word: str) -> None:
    """Show the settings that WORD occurs in, by name, label or meaning."""
    wanted = word.lower()
    found = [one for one in _entries(invocation) if wanted in f"{one.name} {one.label} {one.help}".lower()]
    _show(invocation, found)


@settings.command()
@click.argument("name")
@pass_invocation
def get(invocation: Invocation, name: str) -> None:
    """Show one setting."""
    entry = _entry(invocation, name)
    invocation.show(_document(entry), lambda: [_word(entry.value)])


@settings.command("set")
@click.argument("name")
@click.argument("value")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@pass_invocation
def set_(invocation: Invocation, name: str, value: str, dry_run: bool) -> None:
    """Set one setting; it counts from the next cycle on."""
    from tieline.admin.catalogue import parsed

    _change(invocation, _entry(invocation, name), parsed(_entry(invocation, name), value), dry_run)


@settings.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@pass_invocation
def unset(invocation: Invocation, name: str, dry_run: bool) -> None:
    """Go back to what the plugin declares."""
    _change(invocation, _entry(invocation, name), None, dry_run)


@settings.command()
@pass_invocation
def edit(invocation: Invocation) -> None:
    """Open the file in an editor ($EDITOR). A file with a mistake in it is not kept."""
    file = _file(invocation)
    with invocation.runtime.choosing():
        before = file.text()
        text = click.edit(before, extension=".yaml")
        if text is None or text == before:
            invocation.show({"changed": False}, lambda: ["Nothing changed."])
            return
        file.replace(text)
    invocation.show({"changed": True}, lambda: ["Kept. It counts from the next cycle on."])


@settings.command()
@click.argument("path", required=False, type=click.Path(exists=True, dir_okay=False))
@pass_invocation
def check(invocation: Invocation, path: str | None) -> None:
    """Check the file, or another one, against the plugins. Exit 1 with every mistake and its line."""
    from pathlib import Path

    from tieline.admin.file import SettingsFile

    file = _file(invocation)
    chosen = SettingsFile(Path(path), file.declared, file.lists, file.actions, file.former) if path else file
    chosen.read()
    invocation.show({"file": str(chosen.path), "mistakes": []}, lambda: [f"{chosen.path}: no mistakes."])


def _change(invocation: Invocation, entry: Entry, value: Any, dry_run: bool) -> None:
    from tieline.admin.catalogue import catalogue, named

    file = _file(invocation)
    with invocation.runtime.choosing():
        text = file.read().changed(entry.path, value)
        after = file.checked(text)
        fresh = named(catalogue(after.settings, file.declared, file.lists, file.actions), entry.name) or entry
        records = _records(invocation, entry)
        if not dry_run:
            file.replace(text)
    told = {"name": entry.name, "before": entry.value, "after": fresh.value, "records": records, "kept": not dry_run}
    invocation.show(told, lambda: _changed_lines(told))


def _changed_lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['name']}: {_word(told['before'])} -> {_word(told['after'])}"
    if told["records"] is not None:
        yield f"{told['records']} tied records are compared again in the next cycle."
    if not told["kept"]:
        yield "Nothing was changed (dry run)."


def _records(invocation: Invocation, entry: Entry) -> int | None:
    """Tied records of the object that the setting is about."""
    if entry.object == "":
        return None
    count, after = 0, ""
    with invocation.runtime.store.reading() as tx:
        while links := tx.find_links(entry.back_office, entry.object, after=after):
            count += sum(bool(link.crm_key and link.erp_key and not link.tombstone) for link in links)
            after = links[-1].id
    return count


def _file(invocation: Invocation) -> SettingsFile:
    from tieline.workers.chosen import settings_file

    return settings_file(invocation.runtime)


def _entries(invocation: Invocation) -> list[Entry]:
    from tieline.admin.catalogue import catalogue

    file = _file(invocation)
    return catalogue(file.settings(), file.declared, file.lists, file.actions)


def _entry(invocation: Invocation, name: str) -> Entry:
    from tieline.admin.catalogue import named
    from tieline.host.validation.findings import did_you_mean

    entries = _entries(invocation)
    found = named(entries, name)
    if found is None:
        mend = did_you_mean(name, [one.name for one in entries]) or "See `tieline settings list`."
        raise Misconfigured("there is no such setting", where=name, mend=mend)
    return found


def _show(invocation: Invocation, entries: Sequence[Entry]) -> None:
    invocation.show({"settings": [_document(one) for one in entries]}, lambda: _lines(entries))


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "value": entry.value,
        "set": entry.is_set,
        "choices": list(entry.choices),
        "locked": entry.locked,
        "label": entry.label,
        "help": entry.help,
    }


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    if not entries:
        yield "No settings."
    width = max((len(one.name) for one in entries), default=0)
    for one in entries:
        mark = "*" if one.is_set else " "
        told = f"locked: {one.locked}" if one.locked else one.help
        yield f"{mark} {one.name:<{width}}  {_word(one.value):<12}  {told}"


def _word(value: Any) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)
