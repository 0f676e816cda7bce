"""What stands where on a record's page: the layout that was deployed, or the one the org made by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieline_sandbox.org.face.sheet import Sheet
from tieline_sandbox.org.face.visit import Visit
from tieline_sandbox.org.metadata.layouts import is_standard_list
from tieline_sandbox.org.metadata.tree import Body, below, flag, one, tables
from tieline_sandbox.org.schema.types import Kind
from tieline_sandbox.org.service import COMPONENT
from tieline_sandbox.org.translation import in_language_of

_BY_THE_ORG = frozenset({"layoutSections", "relatedLists", "showEmailCheckbox"})
_SYSTEM = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
     "MasterRecordId"}
)  # fmt: skip
_TITLES = {"Information": "information", "System Information": "system_information"}


@dataclass(frozen=True, slots=True)
class Item:
    """A field at its place; a `required` one must be filled in on this page, a `read_only` one cannot be."""

    field: str
    required: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`title` is empty where the layout shows none."""

    title: str
    columns: tuple[tuple[Item, ...], ...]

    def items(self) -> Iterator[Item]:
        return (item for column in self.columns for item in column)


@dataclass(frozen=True, slots=True)
class Layout:
    """`name` is the deployed layout's, `deployed` tells it from the one an org has by itself."""

    name: str
    body: Body
    deployed: bool


def layout_of(visit: Visit, sheet: Sheet) -> Layout:
    """The object's layout; of several the one deployed last."""
    with visit.call.reading() as reader:
        rows = [each for each in reader.all(f"{COMPONENT}Layout") if each[0].startswith(f"{sheet.kind.name}-")]
    found = [(_is_deployed(row["body"]), row["modified"], name, row["body"]) for name, row in rows]
    if not found:
        return Layout("", {}, False)
    deployed, _, name, body = max(found, key=lambda each: each[:3])
    return Layout(name, body, deployed)


def _is_deployed(body: Body) -> bool:
    """The org's own layout is one section of fields and the lists of standard objects (see `metadata.layouts`)."""
    sections = tables(body, "layoutSections")
    if not all(
        is_standard_list(one(each, "relatedList")) and set(each) == {"relatedList"}
        for each in tables(body, "relatedLists")
    ):
        return True
    own = len(sections) == 1 and one(sections[0], "label") == "Information" and not flag(sections[0], "customLabel")
    return bool(set(body) - _BY_THE_ORG) or not own


def sections_of(visit: Visit, sheet: Sheet, layout: Layout) -> list[Section]:
    """Fields the user may see, section by section. What the org's own layout leaves out stands below it."""
    labels = _section_labels(visit, sheet, layout)
    found = [_section(visit, sheet, each, labels) for each in tables(layout.body, "layoutSections")]
    if not layout.deployed:
        found.append(_others(visit, sheet, found))
    return [each for each in found if any(each.columns)]


def _section(visit: Visit, sheet: Sheet, body: Body, labels: dict[str, str]) -> Section:
    columns = (tables(each, "layoutItems") for each in tables(body, "layoutColumns"))
    placed = tuple(tuple(_items(sheet, items)) for items in columns)
    label = one(body, "label")
    if label in _TITLES and not flag(body, "customLabel"):
        label = visit.words(_TITLES[label])
    shown = flag(body, "detailHeading", True)
    return Section(labels.get(one(body, "label"), label) if shown else "", placed)


def _items(sheet: Sheet, items: list[Body]) -> Iterator[Item]:
    for item in items:
        if sheet.column(one(item, "field")):
            behavior = one(item, "behavior") or one(item, "uiBehavior")
            yield Item(one(item, "field"), behavior == "Required", behavior == "Readonly")


def _others(visit: Visit, sheet: Sheet, sections: list[Section]) -> Section:
    placed = {item.field for section in sections for item in section.items()}
    names = [
        each.name for each in sheet.columns.values()
        if each.name not in placed | _SYSTEM and each.field.compound not in placed and not _is_part(sheet, each.name)
    ]  # fmt: skip
    items = [Item(name) for name in names]
    half = (len(items) + 1) // 2
    title = visit.words("more_fields" if sections else "information")
    return Section(title, (tuple(items[:half]), tuple(items[half:])))


def _is_part(sheet: Sheet, name: str) -> bool:
    """A line of an address, which stands as one field."""
    column = sheet.column(name)
    whole = sheet.column(column.field.compound or "") if column else None
    return whole is not None and whole.field.kind is Kind.ADDRESS


def _section_labels(visit: Visit, sheet: Sheet, layout: Layout) -> dict[str, str]:
    """Translated headings; the translation names the layout without its object."""
    bodies = [
        each for each in tables(translation(visit, sheet), "layouts") if layout.name.endswith(one(each, "layout"))
    ]
    entries = [entry for body in bodies for entry in tables(body, "sections")]
    return {one(entry, "section"): one(entry, "label") for entry in entries if one(entry, "label")}


def translation(visit: Visit, sheet: Sheet) -> Body:
    """What was deployed of the object in the user's language; empty when nothing was."""
    return in_language_of(visit.call, sheet.kind.name)


def action_names(layout: Layout) -> list[str] | None:
    """The quick actions a layout puts on the page, in its order; None when it does not say."""
    listed = [
        one(item, "actionName")
        for item in below(layout.body, "platformActionList", "platformActionListItems")
        if one(item, "actionType") == "QuickAction"
    ]
    listed += [one(item, "quickActionName") for item in below(layout.body, "quickActionList", "quickActionListItems")]
    return list(dict.fromkeys(listed)) or None
