"""Chromium without a window, driven over its debugging pipe: no driver and no further package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from tieline_sandbox.org import OrgApplication, build
from tieline_sandbox.runner import RunningSandbox, start

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,1000",
    "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
PATIENCE = 30.0


class Chromium:
    """One tab. `dialogs` are the texts of alerts that opened: a page of ours opens none."""

    def __init__(self, asks: int, answers: int) -> None:
        self._asks = os.fdopen(asks, "wb", buffering=0)
        self._answers = os.fdopen(answers, "rb")
        self._number = 0
        self._session: str | None = None
        self._replies: Queue[dict[str, Any]] = Queue()
        self._loaded: Queue[None] = Queue()
        self.dialogs: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def close(self) -> None:
        self._asks.close()
        self._reader.join(PATIENCE)
        self._answers.close()

    def open(self, url: str) -> None:
        self._loading(lambda: self._call("Page.navigate", url=url))

    def click(self, words: str) -> None:
        """Click the link or button of that text, and wait for the page it leads to."""
        found = (
            "[...document.querySelectorAll('main a, main button')]"
            f".find(each => each.innerText.trim().startsWith({json.dumps(words)}))"
        )
        self._loading(lambda: self.run(f"{found}.click()"))

    def pick(self, name: str) -> None:
        """Log in as a user of the login page."""
        found = f"[...document.querySelectorAll('.people button')].find(each => each.innerText.includes('{name}'))"
        self._loading(lambda: self.run(f"{found}.click()"))

    def run(self, script: str) -> Any:
        """The value of an expression on the page; promises are waited for."""
        told = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def text(self) -> str:
        return str(self.run("document.getElementById('main').innerText"))

    def await_text(self, words: str) -> None:
        """Until the words stand on the page, which must change by itself."""
        has = f"document.getElementById('main').innerText.includes({json.dumps(words)})"
        self.run(
            f"new Promise((good, bad) => {{ setTimeout(() => bad('not here: ' + {json.dumps(words)}), 20000);"
            f" const look = () => {has} ? good() : setTimeout(look, 50); look(); }})"
        )

    def _loading(self, act: Callable[[], Any]) -> None:
        while not self._loaded.empty():
            self._loaded.get()
        act()
        self._loaded.get(timeout=PATIENCE)

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        self._asks.write(json.dumps(asked | ({"sessionId": self._session} if self._session else {})).encode() + b"\0")
        reply = self._replies.get(timeout=PATIENCE)
        assert "error" not in reply, reply["error"]
        return dict(reply["result"])

    def _read(self) -> None:
        held = b""
        while chunk := self._answers.read1(65536):
            *whole, held = (held + chunk).split(b"\0")
            for each in whole:
                self._take(json.loads(each))

    def _take(self, told: dict[str, Any]) -> None:
        if "id" in told:
            self._replies.put(told)
        elif told["method"] == "Page.loadEventFired":
            self._loaded.put(None)
        elif told["method"] == "Page.javascriptDialogOpening":
            self.dialogs.append(told["params"]["message"])


@contextmanager
def started(folder: Path) -> Iterator[Chromium]:
    """A browser with a fresh profile, ended on the way out."""
    found = shutil.which("chromium")
    assert found
    their_asks, asks = os.pipe()
    answers, their_answers = os.pipe()
    # The browser reads from descriptor 3 and writes to 4; a shell puts the pipes there.
    script = f'exec "$0" "$@" 3<&{their_asks} 4>&{their_answers}'
    command = ["/bin/bash", "-c", script, found, *FLAGS[:-1], f"--user-data-dir={folder}", FLAGS[-1]]
    process = subprocess.Popen(
        command, pass_fds=(their_asks, their_answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(their_asks)
    os.close(their_answers)
    try:
        browser = Chromium(asks, answers)
        try:
            yield browser
        finally:
            process.terminate()
            process.wait(PATIENCE)
            browser.close()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Chromium]:
    if shutil.which("chromium") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium is not on PATH")
    with started(tmp_path / "profile") as browser:
        yield browser


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSandbox]:
    """An org behind real doors."""
    with start(build, "org", tmp_path / "org") as sandbox:
        yield sandbox


@pytest.fixture
def base(running: RunningSandbox) -> str:
    return running.http_url


@pytest.fixture
def app(running: RunningSandbox) -> OrgApplication:
    """The served org stands in for the one in memory."""
    assert isinstance(running.application, OrgApplication)
    return running.application
