"""What all fuzzing shares: hostile spellings of what parsers read, and a runner that judges time as well."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = 5.0
"""Of this thread's own time, that one input may take."""
ODD_NUMBERS = (
    "0", "-0", "1e3", "1.5", "1e999999", "1E999999999", "-1e-999999999", "1e99999999999999999999", "NaN", "Infinity",
    "9" * 400, "0." + "0" * 400 + "1",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "null", "\0", "\ud800", "\ufffe", "é", "e\u0301", "\u202e", "💥", "/Date(999999999999999)/",
    "/Date(-62135596800001)/", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", "http://[",
    "//[::1", "https://a:99999/", "/", "Mon, 01 Jan 0001 00:00:00 +1400", "a" * 300, "1e999999", "001000000000000AAA",
)  # fmt: skip
BOMBS = (
    b"[" * 20_000, b'{"a":' * 20_000, b'"' * 9, b"[1e999999999]", b"[1e99999999999999999999]", b"9" * 20_000,
    b"\xff\xfe[\x00", b"\xef\xbb\xbf{}", b"{}\0", b'{"a":1,"a":2}', b"[NaN]", b"",
)  # fmt: skip


def odd_texts() -> st.SearchStrategy[str]:
    return st.sampled_from(ODD_TEXTS) | st.text(max_size=8)


class Number:
    """A number by its spelling, which no float could hold."""

    def __init__(self, text: str) -> None:
        self.text = text


def spelled(tree: Any) -> bytes:
    """JSON, with numbers as they are spelled."""
    if isinstance(tree, Number):
        return tree.text.encode()
    if isinstance(tree, dict):
        return b"{" + b",".join(json.dumps(name).encode() + b":" + spelled(part) for name, part in tree.items()) + b"}"
    if isinstance(tree, list):
        return b"[" + b",".join(map(spelled, tree)) + b"]"
    return json.dumps(tree).encode()


class Grammar:
    """Strategies by the format they spell."""

    texts = staticmethod(odd_texts)

    def leaves(self) -> st.SearchStrategy[Any]:
        numbers = st.sampled_from(ODD_NUMBERS).map(Number)
        return st.none() | st.booleans() | numbers | st.integers(-3, 300) | odd_texts()

    def trees(self, names: tuple[str, ...]) -> st.SearchStrategy[Any]:
        """JSON values whose objects carry the names the reader looks for."""
        named = st.sampled_from(names) | odd_texts()
        return st.recursive(
            self.leaves(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(named, inner, max_size=5),
            max_leaves=14,
        )

    def json(
        self, names: tuple[str, ...], *shapes: Callable[[st.SearchStrategy[Any]], Any]
    ) -> st.SearchStrategy[bytes]:
        """Bodies: any tree, trees of the expected shape with one odd part, cut ones, bombs."""
        tree = self.trees(names)
        whole = st.one_of(tree, *(shape(tree) for shape in shapes)).map(spelled)
        cut = st.tuples(whole, st.integers(0, 40)).map(lambda pair: pair[0][: -pair[1] or None])
        return whole | whole | cut | st.sampled_from(BOMBS)

    def statuses(self) -> st.SearchStrategy[int]:
        return st.sampled_from([200, 200, 200, 201, 204, 300, 302, 400, 401, 403, 404, 410, 412, 420, 429, 500, 503])

    def headers(self) -> st.SearchStrategy[dict[str, str]]:
        when = st.sampled_from([
            "", "5", "9" * 400, "-1", "soon", "Mon, 05 Jan 2026 10:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 +9999999999",
            "Mon, 01 Jan 99999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1400", "Mon, 99 Xxx 2024",
        ])  # fmt: skip
        return st.dictionaries(st.sampled_from(["Date", "Retry-After"]), when)


@pytest.fixture
def grammar() -> Grammar:
    return Grammar()


Check = Callable[[Any], object]
Fuzzed = Callable[[st.SearchStrategy[Any], Check, int], None]


@pytest.fixture
def fuzzed() -> Fuzzed:
    """Give a check many inputs; any exception that it lets out, and any that takes too long, is a finding."""

    def run(inputs: st.SearchStrategy[Any], check: Check, examples: int) -> None:
        @settings(
            max_examples=examples, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(inputs)
        def each(value: Any) -> None:
            began = time.thread_time()
            check(value)
            assert time.thread_time() - began < SECONDS

        each()

    return run
