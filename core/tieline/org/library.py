"""Lends our session to simple-salesforce and zeep.

Both take a requests session and do everything through its `request`. Given this one they get our login, time-outs,
authority, host check and counting, and never see an expired token.
"""

from __future__ import annotations

from typing import Any

import requests

from tieline.contract import HttpResponse
from tieline.org.session import Session

_READS = frozenset({"GET", "HEAD"})


class LibrarySession(requests.Session):
    """Looks like a requests session; sends nothing itself."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._ours = session

    def request(self, method: Any, url: Any, *_: Any, **kwargs: Any) -> requests.Response:
        """Time-outs, proxies and redirects a library asks for are ours to decide and left out."""
        wanted = {name: kwargs.get(name) for name in ("headers", "data", "json", "params", "files")}
        prepared = requests.Request(str(method), str(url), **wanted).prepare()
        path = self._ours.local(prepared.url or "")
        headers = {str(name): str(value) for name, value in prepared.headers.items()}
        headers.pop("Authorization", None)
        body = prepared.body.encode() if isinstance(prepared.body, str) else bytes(prepared.body or b"")
        if str(method).upper() in _READS:
            return _response(self._ours.fetch(path, headers), prepared)
        return _response(self._ours.exchange(str(method), path, headers, body), prepared)


def _response(answer: HttpResponse, prepared: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers.update(answer.headers)
    response._content = answer.body  # noqa: SLF001 - requests offers no other way to make a finished response
    response.encoding = "utf-8"
    response.url, response.request = prepared.url or "", prepared
    return response
