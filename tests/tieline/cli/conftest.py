"""Distributions of strangers on a path of their own, and the command line in processes of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

IMPORT_MARK = """
from pathlib import Path
Path({mark!r}).write_text("imported")
"""


@dataclass
class Site:
    """A folder like site-packages. Each module leaves a mark when it is imported."""

    root: Path
    marks: Path

    def install(self, distribution: str, plugin: str, source: str, version: str = "1.0") -> None:
        module = f"{distribution.replace('-', '_')}_module"
        self.root.mkdir(exist_ok=True)
        self.marks.mkdir(exist_ok=True)
        code = IMPORT_MARK.format(mark=str(self.marks / plugin)) + dedent(source)
        (self.root / f"{module}.py").write_text(code)
        info = self.root / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[tieline]\n{plugin} = {module}\n")
        (info / "RECORD").write_text(f"{module}.py,sha256={hashlib.sha256(code.encode()).hexdigest()},{len(code)}\n")

    def was_imported(self, plugin: str) -> bool:
        return (self.marks / plugin).exists()

    def forget(self, plugin: str) -> None:
        (self.marks / plugin).unlink(missing_ok=True)


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Tieline:
    """Runs `python -m tieline` with a state directory and strangers' distributions."""

    site: Site
    state: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "") -> Ran:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tieline", *arguments],
            env=self.whole_environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def whole_environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
        return kept | {"PYTHONPATH": str(self.site.root), "TIELINE_STATE": str(self.state)} | self.environment


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site", tmp_path / "marks")


@pytest.fixture
def tieline(site: Site, tmp_path: Path) -> Tieline:
    return Tieline(site, tmp_path / "state")


ACME = """
    import click
    from tieline import hookimpl
    from tieline.contract import Field, Identity, InboundAnswer, InboundRoute, Mapping, PermanentError, Setting, System


    class Client:
        def __init__(self, context):
            self.context = context

        def check(self):
            if self.context.settings["api_key"] == "wrong-secret":
                raise PermanentError("refused wrong-secret", where="acme.example")
            if self.context.settings["api_key"] == "crash-secret":
                raise RuntimeError("bug with crash-secret inside")
            return Identity("tenant-1", "Acme Ltd")


    @hookimpl
    def register_systems():
        key = Setting("api_key", "Key", "From Acme's settings page.", secret=True)
        return [System("acme", "Acme", "Acme", (key,), Client, ("*.acme.example",))]


    @hookimpl
    def register_mappings():
        return [Mapping("acme", "customer", "Customer", "Account", "Customers", (Field("Name", "Name"),))]


    @hookimpl
    def register_commands():
        @click.command()
        def greet():
            click.echo("hello")

        return [greet, click.Command("doctor")]


    @hookimpl
    def register_inbound():
        def handler(request):
            if request.headers.get("x-signature") != "good":
                raise PermanentError("bad signature")
            if request.body == b"crash":
                raise RuntimeError("secret detail")
            return InboundAnswer(body=b"thanks", hints=(("Customers", request.body.decode()),), settled=("c1",))

        return [InboundRoute("acme", "changes", handler, max_bytes=100)]
"""


@pytest.fixture
def acme(site: Site) -> Site:
    """A sound plugin of a stranger, installed and not allowed."""
    site.install("tieline-acme", "acme", ACME)
    return site
