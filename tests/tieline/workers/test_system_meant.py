"""Whose package is meant when nobody says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tieline.contract import Misconfigured
from tieline.workers.packages import system_meant


def runtime(*names: str) -> Any:
    """One back office for each name of a system."""
    systems = {name: SimpleNamespace(name=name) for name in names}
    offices = [SimpleNamespace(system=systems[name]) for name in names]

    def none() -> None:
        raise Misconfigured("no back office is connected yet")

    return SimpleNamespace(system=systems.__getitem__, back_offices=lambda: offices, back_office=none)


def test_a_name_counts() -> None:
    assert system_meant(runtime("acme", "brew"), "brew").name == "brew"


def test_many_companies_of_one_system_have_one_package() -> None:
    assert system_meant(runtime("acme", "acme"), "").name == "acme"


def test_of_several_systems_one_has_to_be_named() -> None:
    with pytest.raises(Misconfigured, match=r"several systems: acme, brew\. Say which one with --system"):
        system_meant(runtime("brew", "acme"), "")


def test_without_any_the_host_says_what_is_missing() -> None:
    with pytest.raises(Misconfigured, match="no back office is connected yet"):
        system_meant(runtime(), "")
