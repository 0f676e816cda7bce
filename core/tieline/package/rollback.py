"""Going back: the plan that restores what the org held before a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tieline.contract import Component
from tieline.package.canonical import Table, as_properties, of_component
from tieline.package.diff import Change, changes
from tieline.package.inspect import inspect
from tieline.package.layout_merge import Merged
from tieline.package.ledger import Key, Ledger
from tieline.package.metadata import Metadata
from tieline.package.pages import Page, page
from tieline.package.parts import LAYOUT, listed_actions, parts
from tieline.package.plan import Plan, Purpose, Sign, Step, ordered, page_step, removal_steps
from tieline.package.preimage import Image
from tieline.package.removals import without_parts
from tieline.package.translated import TRANSLATED


def plan_rollback(metadata: Metadata, image: Image, ledger: Ledger) -> Plan:
    """What came goes again, unless another system needs it; what changed or went comes back as it stood. A page layout
    that people changed since keeps their changes: only our parts go back. Nothing is changed by planning."""
    wanted = {*image.added, *image.held, *((LAYOUT, name) for name in image.left)}
    present = inspect(metadata, wanted).components
    gone = without_parts({key for key in image.added if key in present and _is_ours(key, ledger)}, present)
    objects = {name for kind, name in gone if kind == "CustomObject"}
    pages = [each for each in _pages(image, present, ledger) if each.name.partition("-")[0] not in objects]
    steps = [*_restored(image, present), *removal_steps(gone)]
    steps += [step for each in pages if (step := page_step(each, (LAYOUT, each.name) in present))]
    return Plan(ledger, ordered(steps), image.installed, (), tuple(pages), Purpose.ROLLBACK)


def _is_ours(key: Key, ledger: Ledger) -> bool:
    return key[0] not in (LAYOUT, *TRANSLATED) and key not in ledger.elsewhere


def _restored(image: Image, present: Mapping[Key, Table]) -> Iterator[Step]:
    """Whole, as they stood: what somebody added since goes with it, so the plan says so."""
    for key, table in image.held.items():
        now = present.get(key)
        if now == table or (key[0] == LAYOUT and key[1] in image.left):
            continue
        component = Component(*key, as_properties(table))
        if now is None:
            yield Step(Sign.ADD, *key, component=component)
        else:
            told = changes(key[0], table, now) or (Change("", "as it stands", "as it stood before"),)
            yield Step(Sign.CHANGE, *key, told, component)


def _pages(image: Image, present: Mapping[Key, Table], ledger: Ledger) -> Iterator[Page]:
    before = {each.name: each for each in image.installed if each.kind == LAYOUT}
    for name, left in image.left.items():
        now = present.get((LAYOUT, name))
        if now is None:
            continue
        merged = page(name, before.get(name), now, ledger)
        held = image.held.get((LAYOUT, name))
        untouched = now == of_component(Component(LAYOUT, name, left))
        yield _exactly(merged, held) if untouched and held is not None else merged


def _exactly(merged: Page, held: Table) -> Page:
    """Nobody touched it since: it goes back to the letter."""
    told = merged.merged.changes or (Change("", "as it stands", "as it stood before"),)
    made = merged.merged.made and bool(listed_actions(held))
    return Page(merged.name, Merged(held, told, (), made), merged.ours & frozenset(parts(held)))
