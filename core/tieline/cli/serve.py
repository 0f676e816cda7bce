"""`tieline serve`: the web process."""

from __future__ import annotations

import socket

import click

from tieline.cli.invocation import Invocation, pass_invocation


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="0 is any free port.")
@pass_invocation
def serve(invocation: Invocation, host: str, port: int) -> None:
    """Serve /healthz and the messages of vendors until interrupted. It speaks plain HTTP: put your TLS proxy before
    it when it must be reached from elsewhere."""
    from tieline.console.serving import listen
    from tieline.console.serving import serve as run
    from tieline.console.wiring import web_application

    app = web_application(invocation.runtime)
    listening = listen(host, port)
    run(app, listening, lambda: _announce(invocation, listening))


def _announce(invocation: Invocation, listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    invocation.show({"url": url}, lambda: [f"Serving {url} until interrupted."])
