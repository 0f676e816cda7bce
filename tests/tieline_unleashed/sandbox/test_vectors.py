"""The contract vectors, kept beside the repository, replay clean over real HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tieline_sandbox.effects import Clock
from tieline_sandbox.hooks import quiet
from tieline_sandbox.wire import Request

VECTORS = Path(__file__).parents[4] / "shared" / "vectors"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the contract vectors are not beside the repository")


@pytest.fixture
def served(opened: Any, tmp_path: Path) -> Iterator[Path]:
    """The file that says where a fresh organisation answers."""
    pytest.importorskip("yaml", reason="the replay needs PyYAML")
    desk = opened(clock=Clock())  # the vectors ask for what changed since yesterday, in real time

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, tuple(self.headers.items()), body)
            response = desk.unleashed.handle(request, quiet)
            self.send_response(response.status)
            for name, value in response.headers:
                self.send_header(name, value)
            if response.status != 204:
                self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of the base class

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        file = tmp_path / "unleashed.json"
        url = f"http://127.0.0.1:{server.server_address[1]}"
        file.write_text(json.dumps({"http_url": url, **desk.unleashed.credentials()}))
        yield file
        server.shutdown()
        thread.join()


def test_the_contract_vectors_replay_clean(served: Path) -> None:
    command = [sys.executable, str(VECTORS / "replay.py"), str(VECTORS / "unleashed.yaml"), str(served)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    failed = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
    assert done.returncode == 0, "\n".join([*failed, done.stderr])
