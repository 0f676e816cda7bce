"""The plugin as the host sees it."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pluggy
import pytest

import tieline_unleashed
from tieline.contract import PROJECT, Declarations, ErpPlugin, Option, Person, Reference
from tieline.contract.hooks import Extras
from tieline.host.declared_words import declared_words
from tieline_unleashed.actions import ACTIONS, MESSAGES
from tieline_unleashed.layouts import LAYOUTS
from tieline_unleashed.lists import LISTS
from tieline_unleashed.mappings import MAPPINGS
from tieline_unleashed.system import UNLEASHED
from tieline_unleashed.translations import FRENCH

plugin: ErpPlugin = tieline_unleashed


def test_every_hook_is_known_to_the_host() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(ErpPlugin)
    manager.add_hookspecs(Extras)
    manager.register(plugin)
    manager.check_pending()
    assert [len(rows) for rows in manager.hook.register_mappings()] == [len(MAPPINGS)]
    assert manager.hook.register_systems() == [(UNLEASHED,)]


def test_references_lists_and_parents_exist() -> None:
    names = {mapping.name for mapping in MAPPINGS}
    lists = {managed.name for managed in LISTS}
    for mapping in MAPPINGS:
        assert not mapping.parent or mapping.parent in names
        for field in mapping.fields:
            if isinstance(field.kind, Reference):
                assert field.kind.mapping in names
            if isinstance(field.kind, (Option, Person)):
                assert field.kind.list in lists


def test_no_crm_field_is_written_twice() -> None:
    for mapping in MAPPINGS:
        crm = [field.crm for field in mapping.fields]
        assert len(crm) == len(set(crm))


def test_layouts_show_mapped_fields() -> None:
    mapped = {(m.crm_object, f.crm) for m in MAPPINGS for f in m.fields}
    assert all((layout.crm_object, field) in mapped for layout in LAYOUTS for field in layout.fields)


def test_the_key_is_a_secret_and_the_sandbox_is_lazy() -> None:
    assert {setting.name for setting in UNLEASHED.settings if setting.secret} == {"api_key"}
    assert UNLEASHED.sandbox is not None
    assert callable(UNLEASHED.sandbox())


def test_settings_of_a_sandbox() -> None:
    assert UNLEASHED.describe_sandbox is not None
    told = {"tls_url": "https://localhost:1", "api_id": "i", "api_key": "k", "ca_file": "/tmp/ca.pem", "plane_url": "x"}
    assert UNLEASHED.describe_sandbox(told) == {
        "base_url": "https://localhost:1", "api_id": "i", "api_key": "k", "ca_file": "/tmp/ca.pem",
    }  # fmt: skip


def _words() -> Iterator[str]:
    yield from declared_words(Declarations((UNLEASHED,), MAPPINGS, LISTS, ACTIONS, LAYOUTS))
    yield from MESSAGES


@pytest.mark.parametrize("word", sorted({word for word in _words() if word}))
def test_french_is_complete_and_keeps_placeholders(word: str) -> None:
    french = FRENCH.texts[word]
    assert french
    assert _placeholders(french) == _placeholders(word)


def test_every_field_has_a_label_that_fits() -> None:
    assert all(0 < len(field.label) <= 40 for mapping in MAPPINGS for field in mapping.fields)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
