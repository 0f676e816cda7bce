"""The kinds of metadata this org keeps: where their files lie, what they hold, how their ids begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ComponentKind:
    """`children` maps an element of the file to the kind it is a component of."""

    name: str
    folder: str
    suffix: str
    prefix: str
    children: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    element: str = ""


_OBJECT_PARTS = {
    "fields": ("CustomField", "00N"), "listViews": ("ListView", "00B"), "webLinks": ("WebLink", "00b"),
    "validationRules": ("ValidationRule", "03d"), "recordTypes": ("RecordType", "012"),
    "fieldSets": ("FieldSet", "0IX"),
    "compactLayouts": ("CompactLayout", "0AH"), "businessProcesses": ("BusinessProcess", "019"),
}  # fmt: skip

_TOP = (
    ComponentKind("GlobalValueSet", "globalValueSets", "globalValueSet", "0Nt"),
    ComponentKind(
        "CustomObject", "objects", "object", "01I", {name: kind for name, (kind, _) in _OBJECT_PARTS.items()}
    ),
    ComponentKind("CustomLabels", "labels", "labels", "101", {"labels": "CustomLabel"}),
    ComponentKind("QuickAction", "quickActions", "quickAction", "09D"),
    ComponentKind("CustomTab", "tabs", "tab", "01r"),
    ComponentKind("Layout", "layouts", "layout", "00h"),
    ComponentKind("CustomApplication", "applications", "app", "02u"),
    ComponentKind("FlexiPage", "flexipages", "flexipage", "0M0"),
    ComponentKind("CustomPermission", "customPermissions", "customPermission", "0CP"),
    ComponentKind("RemoteSiteSetting", "remoteSiteSettings", "remoteSite", "0rp"),
    ComponentKind("ExternalCredential", "externalCredentials", "externalCredential", "0pX"),
    ComponentKind("NamedCredential", "namedCredentials", "namedCredential", "0XA"),
    ComponentKind("PermissionSet", "permissionsets", "permissionset", "0PS"),
    ComponentKind("CustomObjectTranslation", "objectTranslations", "objectTranslation", "01h"),
    ComponentKind("Translations", "translations", "translation", "01g"),
)
_PARTS = tuple(
    ComponentKind(kind, "objects", "object", prefix, parent="CustomObject", element=element)
    for element, (kind, prefix) in _OBJECT_PARTS.items()
)
_LABEL = ComponentKind("CustomLabel", "labels", "labels", "101", parent="CustomLabels", element="labels")

# In the order in which a deploy applies them: what is referred to comes first.
APPLY_ORDER: tuple[str, ...] = tuple(
    name for top in _TOP for name in (top.name, *top.children.values())
)  # fmt: skip
KINDS: Mapping[str, ComponentKind] = {each.name: each for each in (*_TOP, *_PARTS, _LABEL)}
TOP_KINDS = _TOP


def by_file(folder: str, suffix: str) -> ComponentKind | None:
    return next((each for each in _TOP if each.folder == folder and each.suffix == suffix), None)


def file_of(kind: ComponentKind, full_name: str) -> str:
    """The file that holds a component, inside a package."""
    if kind.name == "CustomLabel":
        return "labels/CustomLabels.labels"
    stem = full_name.partition(".")[0] if kind.parent else full_name
    return f"{kind.folder}/{stem}.{kind.suffix}"
