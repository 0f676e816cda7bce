"""What a package shows, in the languages that the org has switched on: labels, help, values, headings, buttons.

The English component is the source. Pure; the words come from the catalogues of the host and the plugins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tieline.contract.component import Component, Property
from tieline.package.canonical import Node, Table, of_component, one
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.names import LABEL_LENGTH
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.parts import LAYOUT, sections

OBJECT_TRANSLATION = "CustomObjectTranslation"
TRANSLATIONS = "Translations"
TRANSLATED = frozenset({OBJECT_TRANSLATION, TRANSLATIONS})
"""Kinds that belong to everybody: one file holds the words of all packages and of the administrators. Entries come
with what they name and go with it; the platform takes them out by itself [K]."""

Say = Callable[[str, str], str]
"""Language and English text -> the words in that language; the text itself when it is not known."""

_APPLICATION, _ACTION, _LINK = "CustomApplication", "QuickAction", "WebLink"


@dataclass(frozen=True, slots=True)
class Wording:
    """The languages an installation brings, and how a text is said in each."""

    languages: Sequence[str]
    say: Say

    def among(self, switched_on: Iterable[str]) -> Wording:
        """Only those that the org has switched on: it refuses a whole package for one it has not [K]. `fr_CA` is
        served by `fr`."""
        known = {language.partition("_")[0] for language in self.languages} | set(self.languages)
        wanted = [each for each in switched_on if each in known or each.partition("_")[0] in known]
        return Wording(tuple(sorted(wanted)), self.say)


@dataclass(slots=True)
class _Object:
    """What of one object is shown, in one language."""

    entries: dict[str, list[Property]] = field(default_factory=dict)
    single: dict[str, Property] = field(default_factory=dict)

    def add(self, element: str, entry: Mapping[str, Property]) -> None:
        self.entries.setdefault(element, []).append(entry)

    @property
    def properties(self) -> dict[str, Property]:
        return {**{name: tuple(found) for name, found in self.entries.items()}, **self.single}


def translated(components: Iterable[Component], wording: Wording) -> Iterator[Component]:
    """Components of the translations, language by language; nothing where no word is known."""
    told = list(components)
    for language in wording.languages:
        yield from _in_language(told, language, lambda text, language=language: wording.say(language, text))  # type: ignore[misc]


def shown(components: Iterable[Component]) -> list[str]:
    """Every text that can be translated, once, in order."""
    asked: dict[str, None] = {}

    def ask(text: str) -> str:
        asked.setdefault(text)
        return f"{text}*"

    for _ in _in_language(list(components), "xx", ask):
        pass
    return list(asked)


def _in_language(components: Sequence[Component], language: str, say: Callable[[str], str]) -> Iterator[Component]:
    objects: dict[str, _Object] = {}
    apps: list[Property] = []
    for each in components:
        table = of_component(each)
        if each.kind == _APPLICATION and (label := _new(say, one(table, "label"))):
            apps.append({"label": label, "name": each.name})
        elif each.kind in _READERS:
            owner = each.name.partition("-" if each.kind == LAYOUT else ".")[0]
            _READERS[each.kind](objects.setdefault(owner, _Object()), each.name, table, say)
    for name in sorted(objects):
        if objects[name].properties:
            yield Component(OBJECT_TRANSLATION, f"{name}-{language}", objects[name].properties, shared=True)
    if apps:
        yield Component(TRANSLATIONS, language, {"customApplications": tuple(apps)}, shared=True)


def _new(say: Callable[[str], str], text: str) -> str:
    """The words, if they are others than the English ones; of `Payment term (Unleashed)` the first part at least."""
    said = say(text) if text else ""
    name, bracket, system = text.partition(" (")
    if said == text and bracket and (known := say(name)) != name:
        return f"{known} ({system}" if len(known) + len(system) + 2 <= LABEL_LENGTH else known
    return said if said != text else ""


def _object(into: _Object, _name: str, table: Table, say: Callable[[str], str]) -> None:
    for element, plural in (("label", False), ("pluralLabel", True)):
        if said := _new(say, one(table, element)):
            into.add("caseValues", {"plural": plural, "value": said})
    naming = table.get("nameField", ({},))[0]
    if not isinstance(naming, str) and (said := _new(say, one(naming, "label"))):
        into.single["nameFieldLabel"] = said


def _field(into: _Object, name: str, table: Table, say: Callable[[str], str]) -> None:
    entry: dict[str, Property] = {
        element: said
        for element, source in (("help", "inlineHelpText"), ("label", "label"))
        if (said := _new(say, one(table, source)))
    }
    values = [
        {"masterLabel": label, "translation": said} for label in _values(table) if (said := _new(say, label))
    ]  # fmt: skip
    if values:
        entry["picklistValues"] = tuple(values)
    if entry:
        into.add("fields", {"name": name.partition(".")[2], **entry})


def _values(table: Table) -> Iterator[str]:
    """The labels of a picklist's own values."""
    nodes: Sequence[Node] = table.get("valueSet", ())
    for element in ("valueSetDefinition", "value"):
        nodes = [inner for node in nodes if not isinstance(node, str) for inner in node.get(element, ())]
    yield from (one(node, "label") for node in nodes if not isinstance(node, str))


def _button(element: str, source: str) -> Callable[[_Object, str, Table, Callable[[str], str]], None]:
    def read(into: _Object, name: str, table: Table, say: Callable[[str], str]) -> None:
        if said := _new(say, one(table, source)):
            into.add(element, {"label": said, "name": name.partition(".")[2]})

    return read


def _layout(into: _Object, name: str, table: Table, say: Callable[[str], str]) -> None:
    """Headings of our sections; a translation names the layout without its object."""
    labels = dict.fromkeys(one(each, "label") for each in sections(table))
    found = [{"label": said, "section": label} for label in labels if (said := _new(say, label))]
    if found:
        into.add("layouts", {"layout": name.partition("-")[2], "sections": tuple(found)})


_READERS: Mapping[str, Callable[[_Object, str, Table, Callable[[str], str]], None]] = {
    CUSTOM_OBJECT: _object,
    CUSTOM_FIELD: _field,
    _ACTION: _button("quickActions", "label"),
    _LINK: _button("webLinks", "masterLabel"),
    LAYOUT: _layout,
}
