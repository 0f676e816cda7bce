"""Templates to answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from tieline_sandbox.org.face.visit import Visit
from tieline_sandbox.org.face.words import Words
from tieline_sandbox.org.metadata.tree import flag
from tieline_sandbox.org.schema.types import ObjectType
from tieline_sandbox.org.service import COMPONENT, Org
from tieline_sandbox.wire import Headers, Response

_PAGES = Environment(
    loader=PackageLoader("tieline_sandbox.org.face"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_TABS = ("Account", "Contact", "Opportunity", "Product2", "Task")
_IN_SIGHT = 7


def page(visit: Visit, template: str, title: str, status: int = 200, /, **told: Any) -> Response:
    """A page of a logged-in user."""
    around = {
        "user": visit.call.caller, "tabs": _tabs(visit)[:_IN_SIGHT], "more_tabs": _tabs(visit)[_IN_SIGHT:],
        "here": visit.call.request.path, "log_out_token": visit.form_token("log out"),
    }  # fmt: skip
    return bare(visit.call.org, visit.words, template, title, status, **around, **told)


def bare(org: Org, words: Words, template: str, title: str, status: int = 200, /, **told: Any) -> Response:
    """A page, for strangers when `user` is not told."""
    around = {"t": words, "title": title, "org_name": org.setting("org_name"), "user": None, **told}
    text = _PAGES.get_template(template).render(around)
    return html(text, status)


def html(text: str, status: int = 200) -> Response:
    return Response(status, (("Content-Type", "text/html; charset=utf-8"),), text.encode("utf-8", "replace"))


def redirect(path: str, headers: Headers = (), **query: str) -> Response:
    """On to another page of ours, by GET."""
    target = f"{path}?{urlencode(query)}" if query else path
    return Response(303, (("Location", target), *headers))


def _tabs(visit: Visit) -> list[tuple[str, str]]:
    """(object, plural label) of the tabs: the usual objects, then those that were deployed."""
    with visit.call.reading() as reader:
        deployed = [name for name, row in reader.all(f"{COMPONENT}CustomTab") if flag(row["body"], "customObject")]
    kinds = [visit.call.access.object(visit.call.schema, name) for name in (*_TABS, *deployed)]
    return [(kind.name, visit.sheet(kind).plural) for kind in kinds if kind]


def all_objects(visit: Visit) -> list[ObjectType]:
    """Every object with pages that the user may see."""
    access = visit.call.access
    return [kind for kind in visit.call.schema.objects.values() if not kind.computed and access.rights(kind).read]
