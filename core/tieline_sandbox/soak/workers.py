"""Commands of the product as processes of their own, forked from a warm one: started, killed, stopped, waited for."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tieline.contract import Clock, PermanentError

T = TypeVar("T")
_PAUSE = 0.01


def eventually(clock: Clock, question: Callable[[], T], what: str, seconds: float = 60) -> T:
    """The first answer that is true. Raises PermanentError when there is none in time."""
    deadline = clock.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if clock.monotonic() > deadline:
            raise PermanentError(f"not in {seconds:g} seconds: {what}", where="soak", mend="Look into its log.")
        clock.sleep(_PAUSE)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended. `code` is below zero for a signal."""

    code: int
    out: str
    err: str

    def document(self) -> Any:
        """The document of a command that went well. Raises PermanentError."""
        if self.code:
            raise PermanentError(f"a command failed ({self.code}): {self.err or self.out}", where="soak")
        return json.loads(self.out)


class Worker:
    """One process."""

    def __init__(self, zygote: Zygote, pid: int, logs: Path) -> None:
        self.pid = pid
        self.logs, self._zygote = logs, zygote
        self._code: int | None = None
        self._stopped = False

    @property
    def out(self) -> str:
        return self.logs.with_suffix(".out").read_text("utf-8")

    @property
    def err(self) -> str:
        return self.logs.with_suffix(".err").read_text("utf-8")

    @property
    def code(self) -> int | None:
        """None while it runs."""
        if self._code is None:
            found = self._zygote.look(self.pid)
            self._stopped = found["state"] == "stopped" or (self._stopped and found["state"] == "running")
            self._code = found["code"]
        return self._code

    @property
    def running(self) -> bool:
        return self.code is None

    @property
    def stopped(self) -> bool:
        """By SIGSTOP."""
        return self.running and self._stopped

    def send(self, number: signal.Signals) -> None:
        if self.running:
            self._stopped = self._stopped and number != signal.SIGCONT
            os.kill(self.pid, number)

    def kill(self) -> None:
        """As the machine would, without a word."""
        self.send(signal.SIGKILL)
        self.ended(30)

    def ended(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        with contextlib.suppress(PermanentError):
            eventually(self._zygote.clock, lambda: not self.running, "the end", seconds)
        return not self.running

    def ran(self, seconds: float = 110) -> Ran:
        """Wait for its end."""
        if not self.ended(seconds):
            self.kill()
            raise PermanentError(f"it did not end in {seconds:g} seconds: {self.err}", where="soak")
        assert self._code is not None
        return Ran(self._code, self.out, self.err)


class Zygote:
    """The warm process; use it as a context manager. What its forks say goes to files in `logs`."""

    def __init__(self, clock: Clock, logs: Path, modules: Sequence[str] = ()) -> None:
        self.clock, self._logs, self._count = clock, logs, 0
        logs.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tieline_sandbox.soak.zygote", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us alone; it ends with us
        )

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """All forks are killed."""
        self._process.communicate(timeout=30)

    def start(self, *arguments: str | Path, state: Path, **environment: str) -> Worker:
        """Run a command on a state directory."""
        self._count += 1
        logs = self._logs / f"{self._count:04}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TIELINE_")}
        told = kept | environment | {"TIELINE_STATE": str(state)}
        files = {"out": str(logs.with_suffix(".out")), "err": str(logs.with_suffix(".err"))}
        for name in files.values():
            Path(name).touch(mode=0o600)
        answer = self._ask({"start": [str(one) for one in arguments], "environment": told, **files})
        return Worker(self, int(answer["pid"]), logs)

    def run(self, *arguments: str | Path, state: Path, **environment: str) -> Ran:
        return self.start(*arguments, state=state, **environment).ran()

    def look(self, pid: int) -> dict[str, Any]:
        return self._ask({"look": pid})

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise PermanentError("the process that starts the others has ended", where="soak")
        answer: dict[str, Any] = json.loads(line)
        return answer
