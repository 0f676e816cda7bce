"""Plugins made in memory, fixed effects, and a toy system."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from tieline import hookimpl
from tieline.contract import Client, ClientContext, Field, Identity, Setting, System
from tieline.contract import Mapping as RecordMapping
from tieline.host.discovery import Found, Standing
from tieline.host.runtime import Runtime
from tieline.store.memory import MemoryStore


@dataclass
class FixedClock:
    at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Counting:
    """Tokens that differ and can be foretold."""

    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def token(self, size: int) -> bytes:
        return next(self.numbers).to_bytes(size, "big")


@dataclass(frozen=True)
class ToyClient:
    context: ClientContext

    def check(self) -> Identity:
        return Identity(tenant=self.context.settings.get("company", "T1"), label="Toy Ltd")


def toy_system(name: str = "toy", **changes: Any) -> System:
    settings = (
        Setting("user", "User", "who signs in"),
        Setting("api_key", "Key", "from the toy's settings page", secret=True),
        Setting("company", "Company", "which one", required=False, default="T1"),
    )
    given: dict[str, Any] = {
        "name": name,
        "label": name.title(),
        "prefix": name.title(),
        "settings": settings,
        "client": lambda context: cast("Client", ToyClient(context)),
        "hosts": (f"*.{name}.example",),
        "describe_sandbox": lambda document: {"user": document["user"], "api_key": document["key"]},
    }
    return System(**(given | changes))


def toy_mapping(system: str = "toy", **changes: Any) -> RecordMapping:
    given: dict[str, Any] = {
        "system": system,
        "name": "customer",
        "label": "Customer",
        "crm_object": "Account",
        "erp_object": "Customers",
        "fields": (Field("Name", "CustomerName"),),
    }
    return RecordMapping(**(given | changes))


class EntryPointDouble:
    def __init__(self, module: Callable[[], ModuleType]) -> None:
        self._module = module

    def load(self) -> ModuleType:
        return self._module()


def found(name: str, module: Callable[[], ModuleType], standing: Standing = Standing.ALLOWED) -> Found:
    return Found(
        name, f"tieline_{name}", f"tieline-{name}", "1.0", "f" * 64, standing, cast("Any", EntryPointDouble(module))
    )


def module(**functions: Callable[..., Any]) -> ModuleType:
    """A module whose functions carry the marker already, or do not."""
    made = ModuleType("made")
    for name, function in functions.items():
        setattr(made, name, function)
    return made


def declaring(**values: Any) -> Callable[[], ModuleType]:
    """A plugin's module: `register_systems=[...]` becomes a marked hook that returns it."""

    def answer(value: Any) -> Callable[[], Any]:
        return lambda: value

    return lambda: module(**{name: hookimpl(answer(value)) for name, value in values.items()})


@dataclass(frozen=True)
class Toys:
    """Everything a test needs to make plugins, since test modules import nothing from each other."""

    system: Callable[..., System] = toy_system
    mapping: Callable[..., RecordMapping] = toy_mapping
    found: Callable[..., Found] = found
    module: Callable[..., ModuleType] = module
    declaring: Callable[..., Callable[[], ModuleType]] = declaring


@pytest.fixture
def toys() -> Toys:
    return Toys()


@pytest.fixture
def randomness() -> Counting:
    return Counting()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def open_runtime(
    tmp_path: Path, store: MemoryStore, randomness: Counting, said: list[str]
) -> Iterator[Callable[..., Runtime]]:
    """A runtime over the memory store whose only plugins are those given."""
    opened: list[Runtime] = []

    def make(*plugins: Found, environment: Mapping[str, str] | None = None) -> Runtime:
        runtime = Runtime(
            tmp_path / "state",
            environment=environment or {},
            clock=FixedClock(),
            randomness=randomness,
            say=said.append,
        )
        runtime.__dict__.update(found=tuple(plugins), store=store)
        opened.append(runtime)
        return runtime

    yield make
    for runtime in opened:
        runtime.close()


@pytest.fixture
def runtime(open_runtime: Callable[..., Runtime], toys: Toys) -> Runtime:
    """A runtime with the toy system."""
    return open_runtime(toys.found("toy", toys.declaring(register_systems=[toys.system()])))
