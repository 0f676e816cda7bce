"""A warm process that has imported the product: every command is a fork of it, ready in milliseconds and in all else a
process of its own. Orders come as JSON lines on stdin, answers go to stdout; at the end of stdin all forks are killed.

    {"start": [arguments], "environment": {...}, "out": path, "err": path}  ->  {"pid": n}
    {"look": pid}  ->  {"state": "running" | "stopped" | "ended", "code": n or null}, a signal's number below zero
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

_WARM = (
    "alembic.command", "tieline.cli.sync", "tieline.host.runtime", "tieline.org.wakeup", "tieline.store.opening",
    "tieline.workers.assemble", "tieline.workers.embedded", "tieline_sandbox.foreground", "tieline_sandbox.org",
)  # fmt: skip
_Order = Mapping[str, Any]


def main(modules: list[str]) -> None:
    """`modules` are imported as well: plugins' clients and sandboxes."""
    for name in (*_WARM, *modules):
        importlib.import_module(name)
    answers = os.dup(sys.stdout.fileno())
    forks: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        answer = _start(order, forks) if "start" in order else _look(int(order["look"]), forks)
        os.write(answers, f"{json.dumps(answer)}\n".encode())
    for pid in forks:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _start(order: _Order, forks: set[int]) -> dict[str, Any]:
    pid = os.fork()
    if pid == 0:
        _become(order)
    forks.add(pid)
    return {"pid": pid}


def _look(pid: int, forks: set[int]) -> dict[str, Any]:
    found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
    if found == 0:
        return {"state": "running", "code": None}
    if os.WIFSTOPPED(status):
        return {"state": "stopped", "code": None}
    forks.discard(pid)
    return {"state": "ended", "code": os.waitstatus_to_exitcode(status)}


def _become(order: _Order) -> NoReturn:
    """The command, in the fork; whatever happens, nothing of the zygote goes on in it."""
    code = 70
    try:
        _redirect(Path(order["out"]), Path(order["err"]))
        os.environ.clear()
        os.environ.update(order["environment"])
        from tieline.cli.boundary import run

        code = run(order["start"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _redirect(out: Path, err: Path) -> None:
    os.setsid()
    with Path(os.devnull).open("rb") as nothing, out.open("wb") as said, err.open("wb") as told:
        for opened, number in ((nothing, 0), (said, 1), (told, 2)):
            os.dup2(opened.fileno(), number)
    os.closerange(3, 256)


if __name__ == "__main__":
    main(sys.argv[1:])
