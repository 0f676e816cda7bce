"""From path and method to a resource. Slashes at the end do not count, names mind no case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from tieline_sandbox.org import errors
from tieline_sandbox.org.bulk import extract
from tieline_sandbox.org.bulk.ingest import Ingest
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.rest import (
    changes,
    collections,
    composite,
    deploys,
    layouts,
    limits,
    objects,
    queries,
    quick_actions,
    rows,
    tree,
)
from tieline_sandbox.org.rest.answers import params
from tieline_sandbox.org.rest.queries import Cursors
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Response, json_response

Handler = Callable[[], Response]
Methods = Mapping[str, Handler]
_RESOURCES = ("composite", "jobs", "limits", "metadata", "query", "queryAll", "recent", "sobjects", "tooling")


class Router:
    """The resources of one version."""

    def __init__(self, org: Org) -> None:
        self.cursors = Cursors()
        self.ingest = Ingest(org)

    def handle(self, call: Call, segments: list[str]) -> Response:
        """Answer one call; `segments` is the raw path behind the version."""
        try:
            parts = [unquote(each, errors="strict") for each in segments if each]
        except UnicodeDecodeError:
            raise errors.not_found() from None
        methods = self._methods(call, parts)
        if methods is None:
            raise errors.not_found()
        return _pick(call, methods)()

    def _methods(self, call: Call, parts: list[str]) -> Methods | None:
        if not parts:
            return {"GET": lambda: _resources(call)}
        head, rest = parts[0].casefold(), parts[1:]
        branches: Mapping[str, Callable[[Call, list[str]], Methods | None]] = {
            "sobjects": self._sobjects,
            "query": self._query,
            "queryall": self._query_all,
            "composite": self._composite,
            "limits": lambda call, rest: {"GET": lambda: limits.limits(call)} if not rest else None,
            "tooling": self._tooling,
            "jobs": self._jobs,
            "metadata": _metadata,
        }
        branch = branches.get(head)
        return branch(call, rest) if branch else None

    def _query(self, call: Call, rest: list[str]) -> Methods | None:
        if len(rest) > 1:
            return None
        if rest:
            return {"GET": lambda: queries.more(call, self.cursors, rest[0])}
        return {"GET": lambda: queries.query(call, self.cursors)}

    def _query_all(self, call: Call, rest: list[str]) -> Methods | None:
        return {"GET": lambda: queries.query(call, self.cursors, True)} if not rest else self._query(call, rest)

    def _tooling(self, call: Call, rest: list[str]) -> Methods | None:
        """Tooling queries know the same objects; what this org does not hold is INVALID_TYPE."""
        return self._query(call, rest[1:]) if rest and rest[0].casefold() == "query" else None

    def _sobjects(self, call: Call, rest: list[str]) -> Methods | None:
        match rest:
            case []:
                return {"GET": lambda: objects.everything(call)}
            case [name]:
                return {"GET": lambda: objects.about(call, name), "POST": lambda: rows.create(call, name)}
            case [name, word] if word.casefold() in _WORDS:
                return {"GET": lambda: _WORDS[word.casefold()](call, name)}
            case [name, word, part, *more] if (word.casefold(), part.casefold()) == ("describe", "layouts"):
                return {"GET": lambda: layouts.described(call, name, *more)} if len(more) < 2 else None
            case [name, word, *more] if word.casefold() == "quickactions":
                return _quick_actions(call, name, more)
            case [name, word] if word.casefold() == "id":
                return {"POST": lambda: rows.create(call, name)}
            case [name, ident]:
                return {
                    "GET": lambda: rows.read(call, name, ident),
                    "PATCH": lambda: rows.update(call, name, ident),
                    "DELETE": lambda: rows.delete(call, name, ident),
                }
            case [name, field, value]:
                return {
                    "GET": lambda: rows.read_by_key(call, name, field, value),
                    "PATCH": lambda: rows.upsert(call, name, field, value),
                    "DELETE": lambda: rows.delete_by_key(call, name, field, value),
                }
        return None

    def _composite(self, call: Call, rest: list[str]) -> Methods | None:
        match [each.casefold() if place == 0 else each for place, each in enumerate(rest)]:
            case ["sobjects"]:
                return {
                    "POST": lambda: collections.create(call),
                    "PATCH": lambda: collections.update(call),
                    "DELETE": lambda: collections.delete(call),
                }
            case ["sobjects", name]:
                return {"GET": lambda: collections.read(call, name), "POST": lambda: collections.read(call, name)}
            case ["sobjects", name, field]:
                return {"PATCH": lambda: collections.upsert(call, name, field)}
            case []:
                return {"POST": lambda: composite.composite(call, self.handle)}
            case ["batch"]:
                return {"POST": lambda: composite.batch(call, self.handle)}
            case ["tree", name]:
                return {"POST": lambda: tree.create(call, name)}
        return None

    def _jobs(self, call: Call, rest: list[str]) -> Methods | None:
        match [each.casefold() if place != 1 else each for place, each in enumerate(rest)]:
            case ["ingest", *more]:
                return self._ingest(call, more)
            case ["query"]:
                return {"GET": lambda: extract.listed(call), "POST": lambda: extract.create(call)}
            case ["query", ident]:
                return {
                    "GET": lambda: extract.status(call, ident),
                    "PATCH": lambda: extract.change(call, ident),
                    "DELETE": lambda: extract.delete(call, ident),
                }
            case ["query", ident, "results"]:
                return {"GET": lambda: extract.results(call, ident)}
        return None

    def _ingest(self, call: Call, rest: list[str]) -> Methods | None:
        jobs = self.ingest
        match rest:
            case []:
                return {"GET": lambda: jobs.all(call), "POST": lambda: jobs.create(call)}
            case [ident]:
                return {
                    "GET": lambda: jobs.status(call, ident),
                    "PATCH": lambda: jobs.change(call, ident),
                    "DELETE": lambda: jobs.delete(call, ident),
                }
            case [ident, "batches"]:
                return {"PUT": lambda: jobs.upload(call, ident)}
            case [ident, ("successfulresults" | "failedresults" | "unprocessedrecords") as which]:
                return {"GET": lambda: jobs.results(call, ident, which)}
        return None


def _quick_actions(call: Call, name: str, rest: list[str]) -> Methods | None:
    match [each.casefold() if place == 1 else each for place, each in enumerate(rest)]:
        case []:
            return {"GET": lambda: quick_actions.listed(call, name)}
        case [action]:
            return {
                "GET": lambda: quick_actions.described(call, name, action),
                "POST": lambda: quick_actions.press(call, name, action),
            }
        case [action, "describe"]:
            return {"GET": lambda: quick_actions.described(call, name, action)}
        case [action, "defaultvalues", record_id]:
            return {"GET": lambda: quick_actions.defaults(call, name, action, record_id)}
    return None


def _metadata(call: Call, rest: list[str]) -> Methods | None:
    match [each.casefold() if place == 0 else each for place, each in enumerate(rest)]:
        case ["deployrequest"]:
            return {"POST": lambda: deploys.start(call)}
        case ["deployrequest", ident]:
            return {"GET": lambda: deploys.status(call, ident), "PATCH": lambda: deploys.change(call, ident)}
    return None


_WORDS: Mapping[str, Callable[[Call, str], Response]] = {
    "describe": objects.described,
    "updated": changes.updated,
    "deleted": changes.deleted,
}


def _resources(call: Call) -> Response:
    call.parsed("resources")
    return json_response(200, {name: f"{call.data}/{name}" for name in _RESOURCES})


def _pick(call: Call, methods: Methods) -> Handler:
    method = call.request.method.upper()
    if method == "POST" and "_HttpMethod" in call.request.raw_query:
        method = params(call.request).get("_HttpMethod", method).upper()
    if method == "HEAD" and "GET" in methods:
        return lambda: replace(methods["GET"](), body=b"")
    if method not in methods:
        text = f"HTTP Method '{method}' not allowed. Allowed are {','.join(sorted(methods))}"
        raise OrgError("METHOD_NOT_ALLOWED", text, status=405)
    return methods[method]
