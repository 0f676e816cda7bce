"""How often a back office is asked: the administrator's word, else the plugin's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from tieline.contract import Polling, System
from tieline.workers.assemble import paced

SLOW = System(
    "slow", "Slow", "Slow", (), cast("Any", None), (), polling=Polling(timedelta(minutes=10), timedelta(hours=1))
)


def test_the_plugin_says_how_often_its_system_is_asked() -> None:
    options = paced(SLOW, {})
    assert (options.changes_every, options.lists_every) == (timedelta(minutes=10), timedelta(hours=1))


def test_the_administrator_has_the_last_word() -> None:
    options = paced(SLOW, {"changes_every": "0", "lists_every": "60"})
    assert (options.changes_every, options.lists_every) == (timedelta(0), timedelta(minutes=1))
