"""All components of the declarations: the host's objects, fields on mapped objects, buttons, rights, tabs, pages."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import Component, Declarations, PermanentError
from tieline_layouts.apps import apps
from tieline_layouts.buttons import buttons, request_fields
from tieline_layouts.documents import document_objects
from tieline_layouts.links import link_object
from tieline_layouts.mapped import mapped_fields
from tieline_layouts.own_pages import own_pages
from tieline_layouts.permissions import permission_sets
from tieline_layouts.record_pages import page_links, record_pages
from tieline_layouts.requests import request_object


def render(declarations: Declarations) -> Sequence[Component]:
    """Raises PermanentError when two declarations want one name for different things."""
    host = [*link_object(declarations), *request_object(declarations), *document_objects()]
    host += request_fields(declarations)
    own = once([*host, *mapped_fields(declarations, {part.name for part in host})])
    pages = [*apps(declarations), *page_links(declarations), *own_pages(host), *record_pages(declarations)]
    return (*own, *buttons(declarations), *permission_sets(declarations, own), *pages)


def once(components: Sequence[Component]) -> list[Component]:
    """Each component once; two different ones of a name are refused."""
    found: dict[tuple[str, str], Component] = {}
    for component in components:
        known = found.setdefault((component.kind, component.name), component)
        if known != component:
            raise PermanentError(
                f"{component.kind} {component.name} is declared in two ways",
                where="package",
                mend="Give both the same kind and label, or different names.",
                code="two_declarations",
            )
    return list(found.values())
