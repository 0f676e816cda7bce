"""What there is to translate, catalogue by catalogue: one of the host, one of each plugin that brings its own."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tieline.contract import Component, Declarations, Translations
from tieline.host.declarations import Host
from tieline.host.declared_words import declared_words
from tieline.host.discovery import OWN_DISTRIBUTION
from tieline.host.extraction import found_in
from tieline.host.loading import Loaded
from tieline.host.sentence import slots
from tieline.host.translations import plain
from tieline.host.words import HOST, host_words
from tieline.package.desired import desired_components
from tieline.package.translated import shown


@dataclass(frozen=True, slots=True)
class Book:
    """`wanted`: English text -> where it stands, in the order of a translator's work. `allowed` are texts that may be
    in the catalogue without being asked for by it alone."""

    name: str
    wanted: Mapping[str, Sequence[str]]
    allowed: Collection[str]
    catalogues: Sequence[Translations]

    def known(self, language: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in self.catalogues:
            if plain(each.language) == plain(language):
                found |= {text: said for text, said in each.texts.items() if text not in found}
        return found

    def missing(self, known: Mapping[str, str]) -> list[str]:
        return [text for text in self.wanted if not known.get(text)]

    def dead(self, known: Mapping[str, str]) -> list[str]:
        """Entries for what nobody says any more."""
        return [text for text in known if text not in self.wanted and text not in self.allowed]

    def slips(self, known: Mapping[str, str]) -> list[str]:
        """Entries whose slots differ from those of the English text: something would be lost, or stay unfilled."""
        return [text for text, said in known.items() if said and slots(said) != slots(text)]


def books(host: Host) -> list[Book]:
    """The host's first. Sources are read, and the packages of all systems rendered; nothing is called."""
    own = [each for each in host.plugins.loaded if _has_own(host, each)]
    mine = [each for each in host.plugins.loaded if each not in own and each.distribution == OWN_DISTRIBUTION]
    roots = [Path(str(sys.modules[HOST].__file__)).parent, *(_root(each) for each in mine)]
    return [_host_book(host, roots), *(_plugin_book(host, each) for each in own)]


def _has_own(host: Host, plugin: Loaded) -> bool:
    return bool(host.by_plugin[plugin.name].translations) or plugin.distribution != OWN_DISTRIBUTION


def _host_book(host: Host, roots: Iterable[Path]) -> Book:
    labels, everything = dict[str, Sequence[str]](), set[str]()
    for system in host.declarations.systems:
        declared = host.declarations.only(system.name)
        everything.update(shown(_components(host, declared)))
        labels |= dict.fromkeys(_labels(host, declared), ("the package",))
    return Book(HOST, {**_sentences(roots), **labels}, everything, host_words())


def _labels(host: Host, declared: Declarations) -> Iterator[str]:
    """What the package of every system shows. Labels of its own fields, lists and buttons are the plugin's to say."""
    names = set(declared_words(declared))
    bare = replace(declared, mappings=(), lists=(), actions=(), layouts=(), translations=())
    yield from (text for text in shown(_components(host, bare)) if text not in {each.label for each in bare.systems})
    for text in shown(_components(host, declared)):
        if text not in names and text.partition(" (")[0] not in names:
            yield text


def _components(host: Host, declared: Declarations) -> Sequence[Component]:
    render = host.plugins.manager.hook.render_package
    return desired_components(declared, lambda told: render(declarations=told))


def _plugin_book(host: Host, plugin: Loaded) -> Book:
    declared = host.by_plugin[plugin.name]
    wanted: dict[str, Sequence[str]] = dict.fromkeys(declared_words(declared), ("declarations",))
    found = {**wanted, **_sentences([_root(plugin)])}
    allowed = set(shown(_components(host, declared))) if declared.systems else set()
    return Book(plugin.name, found, allowed, declared.translations)


def _root(plugin: Loaded) -> Path:
    """The folder of the plugin's package, or the file of a plugin that is one module."""
    module = sys.modules[plugin.module.__name__.partition(".")[0]]
    path = Path(str(module.__file__))
    return path.parent if path.name == "__init__.py" else path


def _sentences(roots: Iterable[Path]) -> dict[str, Sequence[str]]:
    found: dict[str, dict[str, None]] = {}
    for root in roots:
        for path in sorted(root.rglob("*.py")) if root.is_dir() else [root]:
            name = path.relative_to(root.parent).as_posix()
            for each in found_in(path.read_text("utf-8"), name):
                found.setdefault(each.text, {}).setdefault(name)
    return {text: tuple(places) for text, places in found.items()}
