"""Links: saved, found, fenced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tieline.contract.mapping import Side
from tieline.store.nouns import Link, Problem, Status
from tieline.store.protocol import Fenced, Store

MakeLink = Callable[..., Link]
KEY = ("acme", "", "toy.customer")


def save(store: Store, *links: Link) -> None:
    with store.transaction() as tx:
        tx.save_links(links)


def load(store: Store, ident: str) -> Link:
    with store.reading() as tx:
        found = tx.link(ident)
    assert found is not None
    return found


def test_a_link_comes_back_as_saved(store: Store, make_link: MakeLink, at: datetime) -> None:
    problem = Problem("Name is too long", "Shorten it", at, code="too_long", final=False)
    link = make_link(
        "a", promote=True, confirmed=True, awaiting="call-1", epoch=3, attempts=2, not_before=at, problem=problem,
        blocked=("Name",), extra={"shown": "x", "waiting": "Parent"}, parent="toy.group|erp|9", dirty=True,
        mapping_version="v2", synced_at=at, delete_refused="has orders",
    )  # fmt: skip
    save(store, link)
    assert load(store, "a") == replace(link, revision=1)


def test_absent_is_not_empty(store: Store, make_link: MakeLink) -> None:
    link = make_link("a")
    assert link.crm is not None
    hidden = replace(link, erp=replace(link.crm, fields={"Name": "Customer a"}), base={})
    save(store, hidden)
    assert load(store, "a") == replace(hidden, revision=1)


def test_unknown_ids_are_left_out(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a"), make_link("b"))
    with store.reading() as tx:
        assert set(tx.links(["a", "nobody", "b"])) == {"a", "b"}
        assert tx.link("nobody") is None
        assert tx.links([]) == {}


@pytest.mark.parametrize(("side", "key"), [(Side.CRM, "c-b"), (Side.ERP, "e-b")])
def test_a_link_is_found_by_either_key(store: Store, make_link: MakeLink, side: Side, key: str) -> None:
    save(store, make_link("a"), make_link("b"))
    with store.reading() as tx:
        assert {key: link.id for key, link in tx.links_by_key(*KEY, side, [key, "x", ""]).items()} == {key: "b"}


def test_keys_compare_byte_by_byte(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a", erp_key="Straße"), make_link("b", erp_key="STRASSE"), make_link("c", erp_key="straße "))
    with store.reading() as tx:
        assert set(tx.links_by_key(*KEY, Side.ERP, ["Straße", "straße", "strasse"])) == {"Straße"}


def test_keys_of_other_back_offices_entities_and_mappings_are_not_found(store: Store, make_link: MakeLink) -> None:
    same = {"crm_key": "c", "erp_key": "e"}
    save(
        store,
        make_link("a", **same),
        make_link("b", back_office="other", **same),
        make_link("c", entity="north", **same),
        make_link("d", mapping="toy.product", **same),
    )
    with store.reading() as tx:
        for ident, place in (("a", KEY), ("b", ("other", "", KEY[2])), ("c", ("acme", "north", KEY[2]))):
            assert tx.links_by_key(*place, Side.CRM, ["c"])["c"].id == ident


def test_many_keys_at_once(store: Store, make_link: MakeLink) -> None:
    links = [make_link(f"{number:05}") for number in range(2100)]
    save(store, *links)
    with store.reading() as tx:
        assert len(tx.links_by_key(*KEY, Side.ERP, [link.erp_key for link in links])) == 2100
        assert len(tx.links([link.id for link in links])) == 2100


def test_a_live_link_comes_before_buried_ones(store: Store, make_link: MakeLink) -> None:
    buried = [make_link(ident, crm_key="c", tombstone="gone:erp") for ident in ("a", "z")]
    save(store, *buried)
    with store.reading() as tx:
        assert tx.links_by_key(*KEY, Side.CRM, ["c"])["c"].id == "z"
    save(store, make_link("m", crm_key="c"))
    with store.reading() as tx:
        assert tx.links_by_key(*KEY, Side.CRM, ["c"])["c"].id == "m"


@pytest.mark.parametrize("superseded", ["unlinked", "merged:b"])
def test_of_buried_links_one_that_another_took_over_from_comes_last(
    store: Store, make_link: MakeLink, superseded: str
) -> None:
    save(store, make_link("z", crm_key="c", tombstone=superseded), make_link("a", crm_key="c", tombstone="gone:erp"))
    with store.reading() as tx:
        assert tx.links_by_key(*KEY, Side.CRM, ["c"])["c"].id == "a"


def test_children_by_parent(store: Store, make_link: MakeLink) -> None:
    save(store, *(make_link(ident, parent=parent) for ident, parent in (("c", "p"), ("a", "p"), ("b", ""))))
    with store.reading() as tx:
        assert [link.id for link in tx.children("p")] == ["a", "c"]
        assert tx.children("") == []
    save(store, replace(load(store, "a"), parent="q"))
    with store.reading() as tx:
        assert [link.id for link in tx.children("p")] == ["c"]


def test_dirty_links_in_pages_once_due(store: Store, make_link: MakeLink, at: datetime) -> None:
    later = at + timedelta(minutes=5)
    save(
        store,
        make_link("a", dirty=True), make_link("b"), make_link("c", dirty=True, not_before=later),
        make_link("d", dirty=True, not_before=at), make_link("e", dirty=True, mapping="toy.product"),
    )  # fmt: skip
    with store.reading() as tx:
        assert [link.id for link in tx.dirty_links("acme", "toy.customer", at, 10)] == ["a", "d"]
        assert [link.id for link in tx.dirty_links("acme", "toy.customer", at, 1)] == ["a"]
        assert [link.id for link in tx.dirty_links("acme", "toy.customer", at, 10, after="a")] == ["d"]
        assert [link.id for link in tx.dirty_links("acme", "toy.customer", later, 10)] == ["a", "c", "d"]


def test_next_due_is_the_earliest_wait_of_a_dirty_link(store: Store, make_link: MakeLink, at: datetime) -> None:
    with store.reading() as tx:
        assert tx.next_due("acme") is None
    save(
        store,
        make_link("a", dirty=True, not_before=at + timedelta(hours=2)),
        make_link("b", dirty=True, not_before=at + timedelta(hours=1)),
        make_link("c", not_before=at),
        make_link("d", dirty=True),
        make_link("e", dirty=True, back_office="other", not_before=at),
    )
    with store.reading() as tx:
        assert tx.next_due("acme") == at + timedelta(hours=1)


def test_links_by_criteria(store: Store, make_link: MakeLink) -> None:
    save(
        store,
        make_link("a"), make_link("b", status=Status.OUT_OF_SYNC), make_link("c", mapping="toy.product"),
        make_link("d", back_office="other"), make_link("e", status=Status.OUT_OF_SYNC, tombstone="gone:crm"),
    )  # fmt: skip
    with store.reading() as tx:
        assert [link.id for link in tx.find_links()] == ["a", "b", "c", "d", "e"]
        assert [link.id for link in tx.find_links("acme", "toy.customer")] == ["a", "b", "e"]
        assert [link.id for link in tx.find_links(status=Status.OUT_OF_SYNC)] == ["b", "e"]
        assert [link.id for link in tx.find_links(after="b", limit=2)] == ["c", "d"]
        assert tx.count_links("acme") == {
            ("acme", "toy.customer", "In Sync"): 1,
            ("acme", "toy.customer", "Out of Sync"): 1,
            ("acme", "toy.product", "In Sync"): 1,
        }
        assert sum(tx.count_links().values()) == 4


def test_half_links_are_the_live_ones_with_one_side(store: Store, make_link: MakeLink) -> None:
    save(
        store,
        make_link("a", erp_key=""), make_link("b"), make_link("c", crm_key=""), make_link("d", erp_key="", entity="x"),
        make_link("e", erp_key="", tombstone="gone:crm"), make_link("f", erp_key="", mapping="toy.product"),
        make_link("g", erp_key=""),
    )  # fmt: skip
    with store.reading() as tx:
        assert [link.id for link in tx.half_links(*KEY, 10)] == ["a", "c", "g"]
        assert [link.id for link in tx.half_links(*KEY, 1, after="a")] == ["c"]
    save(store, replace(load(store, "a"), erp_key="e"), replace(load(store, "c"), tombstone="merged:a"))
    save(store, replace(load(store, "b"), crm_key=""))
    with store.reading() as tx:
        assert [link.id for link in tx.half_links(*KEY, 10)] == ["b", "g"]


def test_stale_panels(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a", panel=""), make_link("b"), make_link("c", panel=""), make_link("d", back_office="x"))
    with store.reading() as tx:
        assert [link.id for link in tx.stale_panels("acme", 10)] == ["a", "c"]
        assert [link.id for link in tx.stale_panels("acme", 10, after="a")] == ["c"]


def test_a_link_changed_meanwhile_is_fenced(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a"), make_link("b"))
    old = load(store, "a")
    save(store, replace(old, attempts=1))
    with pytest.raises(Fenced, match="'a'"):
        save(store, load(store, "b"), replace(old, attempts=2))
    assert load(store, "a").attempts == 1
    assert load(store, "b").revision == 1


def test_a_link_made_twice_is_fenced(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a"))
    with pytest.raises(Fenced, match="'a'"):
        save(store, make_link("a"))


def test_a_link_that_was_never_saved_is_fenced(store: Store, make_link: MakeLink) -> None:
    with pytest.raises(Fenced, match="'a'"):
        save(store, make_link("a", revision=4))


def test_one_link_twice_in_a_save_is_refused(store: Store, make_link: MakeLink) -> None:
    with pytest.raises(ValueError, match="'a' is in one save twice"):
        save(store, make_link("a"), make_link("b"), make_link("a"))


@pytest.mark.parametrize("field", ["crm_key", "erp_key"])
def test_a_second_live_link_is_refused(store: Store, make_link: MakeLink, field: str) -> None:
    save(store, make_link("a", **{field: "taken"}))
    with pytest.raises(ValueError, match=r"'taken'.*'b' and 'a'"):
        save(store, make_link("0"), make_link("b", **{field: "taken"}))
    with store.reading() as tx:
        assert [link.id for link in tx.find_links()] == ["a"]


def test_two_live_links_in_one_save_are_refused(store: Store, make_link: MakeLink) -> None:
    with pytest.raises(ValueError, match="tied twice"):
        save(store, make_link("a", crm_key="c"), make_link("b", crm_key="c"))


def test_links_without_a_key_do_not_collide(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a", erp_key=""), make_link("b", erp_key=""), make_link("c", erp_key=""))
    with store.reading() as tx:
        assert len(tx.find_links()) == 3


def test_keys_may_move_between_links_of_one_save(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a"), make_link("b"))
    one, two = load(store, "a"), load(store, "b")
    save(store, replace(one, erp_key=two.erp_key), replace(two, erp_key=one.erp_key))
    with store.reading() as tx:
        found = tx.links_by_key(*KEY, Side.ERP, ["e-a", "e-b"])
    assert {key: link.id for key, link in found.items()} == {"e-a": "b", "e-b": "a"}


def test_a_new_link_may_take_the_key_of_one_that_is_buried_with_it(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("z"))
    save(store, make_link("a", crm_key="c-z"), replace(load(store, "z"), tombstone="merged:a"))
    with store.reading() as tx:
        assert tx.links_by_key(*KEY, Side.CRM, ["c-z"])["c-z"].id == "a"


def test_a_buried_link_cannot_rise_beside_a_live_one(store: Store, make_link: MakeLink) -> None:
    save(store, make_link("a", tombstone="gone:crm"), make_link("b", crm_key="c-a"))
    with pytest.raises(ValueError, match="tied twice"):
        save(store, replace(load(store, "a"), tombstone=""))
