"""SIGTERM: what is under way ends first, a wait is broken off, a second signal ends everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tieline.workers.stopping import Stopped, in_order


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_what_is_under_way_ends_first() -> None:
    with in_order() as stopping:
        stopping.check("recover")
        terminate()
        with pytest.raises(Stopped):
            stopping.check("read crm")


def test_a_wait_is_broken_off() -> None:
    with in_order() as stopping, pytest.raises(Stopped):
        stopping.idle(lambda _seconds: terminate())(60)


def test_no_wait_begins_after_the_signal() -> None:
    waited: list[float] = []
    with in_order() as stopping:
        terminate()
        with pytest.raises(Stopped):
            stopping.idle(waited.append)(60)
    assert waited == []


def test_a_wait_that_is_over_is_not_idle() -> None:
    with in_order() as stopping:
        stopping.idle(lambda _seconds: None)(60)
        terminate()


def test_no_handler_of_errors_takes_it_for_one() -> None:
    assert not issubclass(Stopped, Exception)


def test_the_handler_that_was_there_comes_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with in_order():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_second_signal_ends_at_once() -> None:
    program = """
import os, signal
from tieline.workers.stopping import in_order
with in_order():
    for time in (1, 2):
        os.kill(os.getpid(), signal.SIGTERM)
        print(time, flush=True)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "1\n")
