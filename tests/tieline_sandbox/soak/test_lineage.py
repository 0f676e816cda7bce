"""Who knew what: values that were carried on, typed over, or lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tieline_sandbox.soak.lineage import Lineage, Step
from tieline_sandbox.soak.said import Site

CRM, ERP = Site.CRM, Site.ERP
START = datetime(2026, 1, 1, tzinfo=UTC)


def line(*told: tuple[Site, str, bool]) -> Lineage:
    """Steps a second apart: side, value, by a person."""
    return Lineage(
        Step(site, START + timedelta(seconds=at), at, value, person) for at, (site, value, person) in enumerate(told)
    )


def lost(*told: tuple[Site, str, bool]) -> list[str]:
    return [one.value for one in line(*told).lost({value for _, value, person in told if person})]


def test_a_value_that_was_carried_over_is_not_lost() -> None:
    assert lost((CRM, "a", True), (ERP, "a", False)) == []


def test_a_value_that_a_person_typed_over_is_not_lost() -> None:
    assert lost((CRM, "a", True), (CRM, "b", True), (ERP, "b", False)) == []


def test_a_value_typed_over_on_the_other_side_is_not_lost() -> None:
    assert lost((CRM, "a", True), (ERP, "a", False), (ERP, "b", True), (CRM, "b", False)) == []


def test_a_value_overwritten_by_one_that_did_not_know_it_is_lost() -> None:
    assert lost((CRM, "a", True), (ERP, "b", True), (ERP, "a", False)) == ["b"]


def test_a_value_that_arrived_and_was_overwritten_by_an_older_one_is_lost() -> None:
    """It stood on both sides; then the product wrote what it had taken from there before."""
    told = [(CRM, "old", True), (ERP, "old", False), (CRM, "new", True), (CRM, "old", False)]
    assert lost(*told) == ["new"]


def test_what_was_written_from_nowhere_knows_nothing() -> None:
    assert lost((CRM, "a", True), (CRM, "", False)) == ["a"]


def test_a_program_that_sends_old_values_along_is_a_person_who_typed_them() -> None:
    told = [(ERP, "old", True), (CRM, "old", False), (CRM, "new", True), (ERP, "new", False), (ERP, "old", True)]
    assert lost(*told, (CRM, "old", False)) == []


def test_what_a_logged_loser_knew_is_not_lost() -> None:
    told = line((ERP, "a", True), (CRM, "b", True), (CRM, "c", True), (CRM, "a", False))
    assert [one.value for one in told.lost({"a", "b", "c"})] == ["b", "c"]
    assert told.lost({"a", "b", "c"}, lambda value: value == "c") == []


def test_the_story_names_what_took_its_place() -> None:
    (one,) = line((CRM, "a", True), (ERP, "b", True), (ERP, "a", False)).lost({"b"})
    assert (one.typed.value, one.by.value, one.by.site) == ("b", "a", ERP)
