"""Runs a sandbox in the foreground until it is told to stop."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tieline_sandbox.application import ApplicationFactory
from tieline_sandbox.runner import Ports, RunningSandbox, start

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(
    name: str,
    factory: ApplicationFactory,
    state: Path,
    ports: Ports,
    data: Path | None,
    echo: Callable[[str], object],
) -> None:
    """Serve until SIGINT or SIGTERM: state in `state/NAME/`, addresses in `state/NAME.json`.

    Call it from the main thread. Raises StartRefused and SeedRefused before anything is served.
    """
    with _stop_wanted() as wanted:
        running = start(
            factory,
            name,
            state / name,
            http_port=ports.http,
            tls_port=ports.tls,
            proxy_port=ports.proxy,
            data=data,
            document=state / f"{name}.json",
        )
        with running:
            echo(announcement(running))
            wanted.wait()


def announcement(running: RunningSandbox) -> str:
    """Where the sandbox is, and what clients of each kind must be told to trust it."""
    told = running.document
    return "\n".join(
        [
            f"{told['name']} is up: {told['http_url']}  {told['tls_url']}",
            f"Addresses and secrets: {running.document_path}",
            "To lead clients to it that call the vendor's own hosts:",
            f"  all     export HTTPS_PROXY={told['proxy_url']} NO_PROXY=localhost,127.0.0.1",
            f"  Python  export REQUESTS_CA_BUNDLE={told['ca_bundle']}",
            f"  Node    export NODE_EXTRA_CA_CERTS={told['ca_file']} NODE_USE_ENV_PROXY=1",
            f"  others  export SSL_CERT_FILE={told['ca_bundle']}",
            "Stop it with Ctrl-C.",
        ]
    )


@contextlib.contextmanager
def _stop_wanted() -> Iterator[threading.Event]:
    """An event that is set by the first signal to stop; the handlers that were there come back."""
    wanted = threading.Event()
    before = {number: signal.signal(number, lambda *_: wanted.set()) for number in _STOP_SIGNALS}
    try:
        yield wanted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
