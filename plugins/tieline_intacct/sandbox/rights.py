"""Which objects a function may touch, and for whom."""

from __future__ import annotations

from tieline_intacct.sandbox.catalogue import ObjectType
from tieline_intacct.sandbox.problems import NO_PERMISSION, query_failed, refused, unknown_object
from tieline_intacct.sandbox.scope import Scope

_WORDS = {
    "L": "lookup",
    "Q": "query",
    "B": "readByQuery",
    "R": "read",
    "N": "readByName",
    "C": "create",
    "U": "update",
    "D": "delete",
}


def reachable(scope: Scope, name: str, function: str) -> ObjectType:
    """The object, when the function knows it and the user may use it. Raises Refused.

    `function` is the letter of the catalogue; empty for legacy functions, which know their own objects.
    """
    kind = scope.catalogue.find(name)
    if kind is None or (function and not kind.functions):
        raise unknown_object(name)
    if kind.name in scope.profile.denied_objects.split() and not scope.by_person:
        words = f"You do not have permission for API operation {_WORDS.get(function, 'get_list')} on objects of type "
        raise refused(NO_PERMISSION, words + kind.name)
    if function and function not in kind.functions and not scope.by_person:
        raise query_failed(f"The function {_WORDS[function]} does not know the object {kind.name}")
    return kind
