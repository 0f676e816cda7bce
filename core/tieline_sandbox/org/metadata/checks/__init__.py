"""What makes a component bad: the sentences of the service (texts [K])."""

from __future__ import annotations

from collections.abc import Mapping

from tieline_sandbox.org.metadata.checks import languages, objects, pages, security
from tieline_sandbox.org.metadata.checks.base import BadComponent, Check, Known
from tieline_sandbox.org.metadata.tree import Body


def check(known: Known, kind: str, full_name: str, body: Body) -> None:
    """BadComponent when the component can't stand in this org."""
    if not full_name or len(full_name) > 200:
        raise BadComponent("Required field is missing: fullName")
    checker = _CHECKS.get(kind)
    if checker:
        checker(known, full_name, body)


_CHECKS: Mapping[str, Check] = {
    "CustomObject": objects.check_object,
    "CustomField": objects.check_field,
    "ListView": objects.check_list_view,
    "WebLink": objects.check_web_link,
    "ValidationRule": objects.check_validation_rule,
    "RecordType": objects.check_part_of_object,
    "FieldSet": objects.check_part_of_object,
    "CompactLayout": objects.check_part_of_object,
    "BusinessProcess": objects.check_part_of_object,
    "GlobalValueSet": objects.check_value_set,
    "PermissionSet": security.check_permission_set,
    "Layout": pages.check_layout,
    "QuickAction": pages.check_quick_action,
    "CustomTab": pages.check_tab,
    "CustomApplication": pages.check_application,
    "CustomObjectTranslation": languages.check_object_translation,
    "Translations": languages.check_translation,
    "CustomLabel": languages.check_label,
}

__all__ = ["BadComponent", "Known", "check"]
