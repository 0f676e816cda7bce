"""Links as rows: whatever the sides and the base hold comes back, and what they share is stored once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tieline.store.link_codec import link_of, row_of
from tieline.store.nouns import Link, Observation, Problem

names = st.sampled_from(("Name", "Phone", "b", "", "é"))
values = st.none() | st.booleans() | st.text(max_size=3)
fields = st.dictionaries(names, values)
moments = st.datetimes(timezones=st.sampled_from((UTC, timezone(timedelta(hours=13))))).filter(
    lambda at: datetime(1000, 1, 2, tzinfo=UTC) < at < datetime(9999, 12, 30, tzinfo=UTC)
)
observations = st.none() | st.builds(
    Observation, fields, st.text(max_size=2), st.none() | moments, st.none() | st.integers(), st.booleans(),
    st.text(max_size=2),
)  # fmt: skip
links = st.builds(
    Link, st.just("id"), st.just("acme"), st.just(""), st.just("m"), st.text(), st.text(), observations, observations,
    st.dictionaries(names, st.tuples(values, values)),
    problem=st.none() | st.builds(Problem, st.text(), st.text(), moments),
    blocked=st.lists(names).map(tuple), extra=st.dictionaries(st.text(), st.lists(values)),
    synced_at=st.none() | moments,
    not_before=st.none() | moments, epoch=st.integers(0), attempts=st.integers(0), revision=st.integers(0, 9),
)  # fmt: skip


@given(links)
def test_a_link_comes_back_whole(link: Link) -> None:
    assert link_of(row_of(link)) == replace(link, revision=link.revision + 1)


@given(fields, links)
def test_an_even_link_comes_back_whole(same: dict[str, str | bool | None], link: Link) -> None:
    seen = Observation(same, "1")
    even = replace(
        link, crm=seen, erp=replace(seen, version="2"), base={name: (value, value) for name, value in same.items()}
    )
    assert link_of(row_of(even)) == replace(even, revision=even.revision + 1)


def test_an_even_link_stores_its_values_once() -> None:
    values = {f"Field{number}__c": f"a value of some length {number}" for number in range(20)}
    seen = Observation(values, "1")
    link = Link(
        "id", "acme", "", "m", crm=seen, erp=seen, base={name: (value, value) for name, value in values.items()}
    )
    body = row_of(link)[-1]
    assert body.count("Field7__c") == body.count("a value of some length 7") == 1
