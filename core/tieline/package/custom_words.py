"""Labels and descriptions, tabs of an application, columns of a view are people's: once installed, what
an administrator makes of them stays."""

from __future__ import annotations

from collections.abc import Mapping

from tieline.contract.component import Component, Property
from tieline.package.canonical import Table, as_properties, of_component
from tieline.package.diff import Change
from tieline.package.rights import PERMISSION_SET
from tieline.package.translated import TRANSLATED
from tieline.package.translation_words import kept_translations, with_translations

_WORDS = ("label", "pluralLabel", "description", "inlineHelpText", "successMessage", "masterLabel")
_LISTS = ("columns", "tabs")


def kept_words(component: Component, present: Table, installed: Mapping[str, Property] | None) -> tuple[Change, ...]:
    """Words that differ in the org although our declaration is the one that was installed. A declaration that changed
    since wins again. `before` is ours, `after` the administrator's."""
    if installed is None or component.kind == PERMISSION_SET:
        return ()
    if component.kind in TRANSLATED:
        return kept_translations(component, present, installed)
    wanted, base = of_component(component), of_component(Component(component.kind, component.name, installed))
    return tuple(
        Change(word, _shown(wanted, word), _shown(present, word))
        for word in (*_WORDS, *_LISTS)
        if wanted.get(word) == base.get(word) and _shown(wanted, word) != _shown(present, word)
    )


def _shown(table: Table, name: str) -> str:
    return ", ".join(node for node in table.get(name, ()) if isinstance(node, str))


def with_words(component: Component, present: Table, kept: tuple[Change, ...]) -> Component:
    """The component as declared, with the administrator's words."""
    if component.kind in TRANSLATED:
        return with_translations(component, present, kept)
    words = {change.property for change in kept}
    properties = {name: value for name, value in component.properties.items() if name not in words}
    properties |= as_properties({name: nodes for name, nodes in present.items() if name in words})
    return Component(component.kind, component.name, properties, component.shared)
