"""`tieline sandbox` and `tieline demo`."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import click

from tieline.cli.exit_codes import FAILED
from tieline.cli.invocation import Invocation, pass_invocation
from tieline.contract import Misconfigured

ORG = "org"


@click.command()
@click.argument("name", metavar="org|SYSTEM")
@click.option("--http-port", default=0, type=click.IntRange(0, 65535), help="Port of the plain HTTP door; 0 is free.")
@click.option("--tls-port", default=0, type=click.IntRange(0, 65535), help="Port of the TLS door; 0 is free.")
@click.option("--proxy-port", default=0, type=click.IntRange(0, 65535), help="Port of the proxy door; 0 is free.")
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="CSV files to start from, when new.")
@pass_invocation
def sandbox(
    invocation: Invocation, name: str, http_port: int, tls_port: int, proxy_port: int, data: Path | None
) -> None:
    """Run a local stand-in of the org or of a system until interrupted. DIR/NAME.json says where, once it is ready."""
    from tieline_sandbox.foreground import serve
    from tieline_sandbox.runner import Ports

    _check_folder(data)
    factory = _factory(invocation, name)
    with _sentences():
        serve(
            name, factory, invocation.runtime.folder.path, Ports(http_port, tls_port, proxy_port), data, invocation.note
        )


def _factory(invocation: Invocation, name: str) -> Any:
    if name == ORG:
        from tieline_sandbox.org import build

        return build
    system = invocation.runtime.system(name)
    if system.sandbox is None:
        raise Misconfigured(f"{system.label} brings no local stand-in", where=name, mend="Use the vendor's own.")
    return system.sandbox()


@click.command()
@click.option("--system", default="unleashed", show_default=True, metavar="NAME", help="Which back office to show.")
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="CSV files in Northwind's form.")
@click.option("--keep", is_flag=True, help="After the summary, keep both systems up until interrupted.")
@pass_invocation
@click.pass_context
def demo(ctx: click.Context, invocation: Invocation, system: str, data: Path | None, keep: bool) -> None:
    """Show the whole path on this machine: a local org and a local back office, installed, loaded, edited on both
    sides, a sales order made by a button."""
    from tieline_sandbox.demo.stage import staged

    _check_folder(data)
    runtime = invocation.runtime
    chosen = runtime.system(system)
    with _ending_in_order(), ExitStack() as working:
        working.enter_context(runtime.exclusive())
        working.enter_context(_sentences())
        runtime.connections.all()  # a database that cannot be used is known before any sandbox is made
        with staged(runtime, chosen, data or built_in_data()) as stage:
            document = _play(invocation, stage)
            if keep:
                working.close()
                _keep(invocation, stage)
    if document["errors"]:
        ctx.exit(FAILED)


def _play(invocation: Invocation, stage: Any) -> dict[str, Any]:
    from tieline_sandbox.demo.screen import Screen
    from tieline_sandbox.demo.story import Story
    from tieline_sandbox.demo.summary import lines, summarise

    story = Story(stage, Screen(quiet=invocation.json, say=invocation.speaker.text))
    try:
        story.play()
        document = summarise(story)
    finally:
        story.close()
    invocation.show(document, lambda: lines(document))
    return document


def _keep(invocation: Invocation, stage: Any) -> None:
    """In the foreground until interrupted; the state directory is free for other commands meanwhile."""
    sys.stdout.flush()
    for sandbox_ in (stage.org, stage.erp):
        invocation.note(f"{sandbox_.document['name']} stays up: {sandbox_.document_path}")
    invocation.note(f"Open {stage.org.http_url} in a browser to use the org as one of its people.")
    state = invocation.runtime.folder.path
    invocation.note(f"Presses and edits are answered while this runs: tieline sync --watch --state {state}")
    invocation.note("Stop with Ctrl-C.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """SIGTERM ends the demonstration as Ctrl-C does: the sandboxes close, and their documents go with them."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def built_in_data() -> Path:
    """A few customers and products of our own, for a demonstration without --data."""
    return Path(str(resources.files("tieline_sandbox").joinpath("demo", "data")))


def _check_folder(data: Path | None) -> None:
    if data is not None and not data.is_dir():
        raise Misconfigured("there is no such folder", where=str(data), mend="Give a folder with CSV files.")


@contextmanager
def _sentences() -> Iterator[None]:
    """The sandboxes' own refusals, as errors of the command line."""
    from tieline_sandbox.application import SeedRefused
    from tieline_sandbox.runner import StartRefused

    try:
        yield
    except (SeedRefused, StartRefused) as error:
        raise Misconfigured(str(error)) from error
