"""What can be known to go wrong before anything is sent: bad metadata, objects the org does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tieline.contract import Component, PermanentError
from tieline.package import schema
from tieline.package.fields import CUSTOM_FIELD, owner_of
from tieline.package.metadata import Metadata
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.plan import Plan

_MOST_PROBLEMS = 5


def check(plan: Plan, metadata: Metadata) -> None:
    """Raises PermanentError with all that is wrong, as far as it fits into a sentence."""
    check_schema(plan.system, (*plan.components, *plan.sent))
    needed = sorted(set(_objects(plan.sent)))  # standard objects are listed among the custom ones [K]
    if not needed:
        return
    known = {*metadata.list_components(CUSTOM_OBJECT), *(each.name for each in plan.sent if each.kind == CUSTOM_OBJECT)}
    missing = [name for name in needed if name not in known]
    if missing:
        mend = "Switch them on in Setup, or take the mappings that need them off the plugin."
        raise PermanentError(f"the org has no {', '.join(missing)}", where=plan.system, mend=mend, code="preflight")


def check_schema(where: str, components: Iterable[Component]) -> None:
    """Against the metadata API's own description of its types."""
    found = list(dict.fromkeys(problem for component in components for problem in schema.problems(component)))
    if found:
        more = f"; and {len(found) - _MOST_PROBLEMS} more" if len(found) > _MOST_PROBLEMS else ""
        words = "; ".join(found[:_MOST_PROBLEMS]) + more
        raise PermanentError(words, where=where, mend="Correct the plugin's declarations.", code="preflight")


def _objects(components: Iterable[Component]) -> Iterator[str]:
    """What fields stand on, and what they point to."""
    for component in components:
        if component.kind == CUSTOM_FIELD:
            yield owner_of(component)
            target = component.properties.get("referenceTo")
            if isinstance(target, str):
                yield target
