"""What a client does wrong stays with that call: reads are not done, writes are unknown, secrets are not told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tieline.contract import (
    AnswerLost,
    Done,
    Misconfigured,
    NothingSent,
    Operation,
    Outcome,
    Page,
    PermanentError,
    RateLimited,
    Refused,
    Shape,
    TransientError,
    Write,
)
from tieline.effects import SystemClock
from tieline.workers.guarded import GuardedCrm
from tieline.workers.pause import LONGEST, Pause
from tieline_simulation.systems import ToyCrm
from tieline_simulation.world import World

SHAPE = Shape("Account", ("Name",))
WRITE = Write(Operation.CREATE, "", {"Name": "x"}, "key", marker="m")


class Odd(ToyCrm):
    """Fails as told."""

    error: BaseException | None = None
    outcomes: Sequence[Outcome] = ()

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error

    def read(self, *_given: Any) -> Any:
        self._fail()
        return {}

    def pages(self, *given: Any) -> Iterator[Page]:
        yield from super().pages(*given)
        self._fail()

    def write(self, *_given: Any) -> Sequence[Outcome]:
        self._fail()
        return self.outcomes


@pytest.fixture
def odd() -> Odd:
    return Odd(World())


class Ticking(SystemClock):
    """Moved by hand."""

    at = 0.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def ticking() -> Ticking:
    return Ticking()


@pytest.fixture
def guarded(odd: Odd, ticking: Ticking) -> GuardedCrm:
    return GuardedCrm(odd, "books", lambda text: text.replace("s3cret", "***"), Pause(ticking))


def test_a_read_that_fails_by_mistake_is_not_done(odd: Odd, guarded: GuardedCrm) -> None:
    odd.error = KeyError("records")
    with pytest.raises(TransientError, match=r"books: the client failed \(KeyError\)"):
        guarded.read("", SHAPE, ["a"])
    with pytest.raises(TransientError):
        list(guarded.pages("", SHAPE, None))


def test_a_write_that_fails_by_mistake_is_unknown(odd: Odd, guarded: GuardedCrm) -> None:
    for error in (ValueError("odd"), PermanentError("no such thing")):
        odd.error = error
        with pytest.raises(AnswerLost):
            guarded.write("", SHAPE, [WRITE])


@pytest.mark.parametrize("kind", [NothingSent, RateLimited, Misconfigured])
def test_errors_that_say_what_became_of_a_write_pass(odd: Odd, guarded: GuardedCrm, kind: type[Exception]) -> None:
    odd.error = kind("told")
    with pytest.raises(kind):
        guarded.write("", SHAPE, [WRITE])


def test_too_few_outcomes_are_no_answer(odd: Odd, guarded: GuardedCrm) -> None:
    odd.outcomes = [Done("a")]
    with pytest.raises(AnswerLost):
        guarded.write("", SHAPE, [WRITE, WRITE])


def test_a_kill_is_no_mistake(odd: Odd, guarded: GuardedCrm) -> None:
    odd.error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        guarded.read("", SHAPE, ["a"])


def test_secrets_the_vendor_echoes_are_cleaned(odd: Odd, guarded: GuardedCrm) -> None:
    odd.outcomes = [Refused("bad key s3cret")]
    assert guarded.write("", SHAPE, [WRITE]) == [Refused("bad key ***")]
    odd.error = Misconfigured("wrong key s3cret", mend="Not s3cret.")
    with pytest.raises(Misconfigured) as raised:
        guarded.read("", SHAPE, ["a"])
    assert "s3cret" not in str(raised.value) + raised.value.sentence()


@pytest.mark.parametrize(
    ("asked", "kept"), [(7.0, 7.0), (0.0, 0.0), (-5.0, 0.0), (None, 1.0), (1e12, LONGEST), (float("inf"), LONGEST)]
)
def test_who_asks_us_to_wait_is_left_alone_so_long(
    odd: Odd, guarded: GuardedCrm, ticking: Ticking, asked: float | None, kept: float
) -> None:
    odd.error = RateLimited("slow down", where="books", retry_after=asked)
    with pytest.raises(RateLimited):
        guarded.read("", SHAPE, ["a"])
    odd.error = None
    if kept:
        ticking.at = kept - 0.5
        for call in (lambda: guarded.read("", SHAPE, ["a"]), lambda: guarded.write("", SHAPE, [WRITE])):
            with pytest.raises(RateLimited, match="books: slow down") as raised:
                call()
            assert raised.value.retry_after == 0.5
    ticking.at = kept
    assert guarded.read("", SHAPE, ["a"]) == {}
