"""Where a system takes no condition, an edit in the window may be lost; each one is shown with what the engine had
read, and none is lost anywhere else."""

from __future__ import annotations

from itertools import islice

import pytest

from tieline_simulation.losses import Loss
from tieline_simulation.play import Played, play
from tieline_simulation.script import Script
from tieline_simulation.total import Total

SEEDS = 400


def _losing(shape: str) -> list[Played]:
    """The first history in which something is lost."""
    plays = (play(Script(shape, seed)) for seed in range(SEEDS))
    return list(islice((played for played in plays if played.losses), 1))


@pytest.mark.parametrize("shape", ["whole", "async"])
def test_every_loss_is_shown_with_its_pre_image(shape: str) -> None:
    losing = _losing(shape)
    assert losing
    assert all(not played.invariant for played in losing)
    losses = [loss for played in losing for loss in played.losses]
    assert all(loss.system == shape and loss.lost != loss.pre_image for loss in losses)


@pytest.mark.parametrize("shape", ["versioned", "forgetful"])
def test_a_system_with_a_precondition_loses_nothing(shape: str) -> None:
    assert sum(len(play(Script(shape, seed)).losses) for seed in range(20)) == 0


def test_the_window_is_one_request_wide() -> None:
    """Without its own look before it writes, the client of a system without a precondition loses more: that is told."""
    broken = [play(Script("whole", seed, mutant="no_cas")).invariant for seed in range(40)]
    assert {"I2", "I4"} & set(broken)


def test_an_audit_without_pre_images_is_told() -> None:
    plays = (play(Script("async", seed, mutant="pre_image_dropped")).invariant for seed in range(SEEDS))
    assert next(broken for broken in plays if broken) == "I8"


def test_the_rate_is_a_users_edit_in_such_a_system() -> None:
    total = Total()
    total.counts["open_edits"], total.lost = 400, 1
    assert total.loss_rate == 0.0025
    assert Total().loss_rate == 0.0
    assert (
        Loss("toy", "", "Customers k0", "City", "a", "b").words() == "City of Customers k0: 'a' was overwritten by 'b'"
    )
