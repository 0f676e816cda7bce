"""Both stores, and links to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link, Observation, Status
from tieline.store.opening import open_store
from tieline.store.protocol import Store

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

MakeLink = Callable[..., Link]


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Every promise is kept by both."""
    made: Store = MemoryStore() if request.param == "memory" else open_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def make_link() -> MakeLink:
    """A link of back office `acme` that is tied on both sides; what matters to a test is overridden."""

    def make(ident: str, **changes: Any) -> Link:
        fields = {"Name": f"Customer {ident}", "Phone": None, "Active": True}
        crm, erp = Observation(fields, "1", AT), Observation(fields | {"Phone": "555"}, "7", AT, sequence=7)
        base = {"Name": (fields["Name"], fields["Name"]), "Phone": (None, "555")}
        link = Link(ident, "acme", "", "toy.customer", f"c-{ident}", f"e-{ident}", crm, erp, base)
        return replace(link, **{"status": Status.IN_SYNC, "panel": "shown"} | changes)

    return make
