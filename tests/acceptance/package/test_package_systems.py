"""Several packages in one org: one that requires another, two that share objects and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def pair(place: Any, source: Callable[..., str]) -> Any:
    """`collaborate` requires `advanced`."""
    place.plugin("collaborate", source("collaborate", requires=("advanced",)))
    place.plugin("advanced", source("advanced"))
    return place


@pytest.mark.deep
def test_the_required_one_comes_first(pair: Any, door: Any) -> None:
    before = door.components()
    planned = pair.package("plan", system="collaborate")
    assert planned.code == 3
    assert [each["system"] for each in planned.document["requires"]] == ["advanced"]
    assert door.components() == before
    pair.package("apply", "--yes", system="collaborate").ok()
    names = {name for _, name in door.components()}
    assert {"Account.Advanced_Rank__c", "Account.Collaborate_Rank__c"} <= names
    assert pair.package("plan", system="collaborate").code == 0
    assert pair.package("plan", system="advanced").code == 0


@pytest.mark.deep
def test_the_required_one_goes_last(pair: Any, door: Any) -> None:
    before = door.components()
    pair.package("apply", "--yes", system="collaborate").ok()
    refused = pair.package("uninstall", "--yes", system="advanced")
    assert refused.code == 1
    assert refused.document["error"]["what"] == "the package of collaborate requires it"
    pair.package("uninstall", "--yes", system="collaborate").ok()
    assert pair.package("plan", system="advanced").code == 0
    pair.package("uninstall", "--yes", system="advanced").ok()
    assert door.components() == before


@pytest.mark.deep
def test_packages_in_a_ring_are_refused(place: Any, source: Callable[..., str]) -> None:
    place.plugin("left", source("left", requires=("right",)))
    place.plugin("right", source("right", requires=("left",)))
    refused = place.package("plan", system="left")
    assert refused.code == 1
    assert "ring" in refused.document["error"]["what"]


@pytest.mark.deep
def test_a_required_plugin_that_is_not_there_is_named(place: Any, source: Callable[..., str]) -> None:
    place.plugin("alone", source("alone", requires=("missing",)))
    refused = place.package("plan", system="alone")
    assert refused.code == 1
    assert "'missing'" in refused.document["error"]["what"]


@pytest.mark.deep
def test_two_systems_beside_one_another(place: Any, door: Any, source: Callable[..., str]) -> None:
    """Each sees nothing to do after the other came; the first may go, in any order, and the page is as it was."""
    before = door.components()
    place.plugin("acme", source("acme"))
    place.package("apply", "--yes", system="acme").ok()
    alone = door.components()
    place.package("apply", "--yes").ok()
    both = door.components()
    assert place.package("plan", system="acme").code == 0
    assert place.package("plan").code == 0
    assert place.package("drift", system="acme").code == 0
    assert {key for key in alone if key not in both} == set()
    place.package("uninstall", "--yes", system="acme").ok()
    assert place.package("plan").code == 0
    assert place.package("drift").code == 0
    assert not [key for key in door.components() if "Acme" in key[1]]
    place.package("uninstall", "--yes").ok()
    assert door.components() == before


@pytest.mark.deep
def test_two_ways_to_declare_one_name_are_refused(place: Any, door: Any, source: Callable[..., str]) -> None:
    field = '\n    Field("Shared__c", "shared", Text({length}), label="Shared"),'
    place.plugin("acme", source("acme", extra=field.replace("{length}", "30")))
    place.plugin("brio", source("brio", extra=field.replace("{length}", "40")))
    place.package("apply", "--yes", system="acme").ok()
    before = door.components()
    refused = place.package("apply", "--yes", system="brio")
    assert refused.code == 1
    assert refused.document["error"]["code"] == "two_declarations"
    assert refused.document["error"]["what"] == "acme declares CustomField Account.Shared__c in another way"
    assert door.components() == before
