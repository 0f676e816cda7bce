"""Managed lists, connections and small facts."""

from __future__ import annotations

from dataclasses import replace

from tieline.store.nouns import Connection, StoredRow
from tieline.store.protocol import Store


def row(key: str, name: str = "taxes", entity: str = "", label: str = "Tax") -> StoredRow:
    return StoredRow("acme", entity, name, key, label, True, "", {"Rate": "0.15"}, crm_key="a01")


def test_list_rows_in_order_of_the_key(store: Store) -> None:
    with store.transaction() as tx:
        tx.save_list_rows([row("b"), row("a"), row("c", "terms"), row("d", entity="north")])
        tx.save_list_rows([])
    with store.transaction() as tx:
        tx.save_list_rows([row("b", label="New")])
    with store.reading() as tx:
        assert tx.list_rows("acme", "", "taxes") == [row("a"), row("b", label="New")]
        assert tx.list_rows("other", "", "taxes") == []


def test_connections_by_name(store: Store) -> None:
    first = Connection("acme", "toy", {"url": "https://x"}, {"key": "v1:abc"}, tenant="42", label="Acme")
    with store.transaction() as tx:
        tx.save_connection(replace(first, name="zeta"))
        tx.save_connection(first)
        tx.save_connection(replace(first, name="zeta", label="Zeta"))
    with store.reading() as tx:
        assert [(one.name, one.label) for one in tx.connections()] == [("acme", "Acme"), ("zeta", "Zeta")]
        assert tx.connection("acme") == first
    with store.transaction() as tx:
        tx.delete_connection("acme")
        tx.delete_connection("nobody")
    with store.reading() as tx:
        assert tx.connection("acme") is None


def test_facts_are_copies(store: Store) -> None:
    value = {"count": 1, "names": ["a"]}
    with store.transaction() as tx:
        tx.save_fact("s", "b", value)
        tx.save_fact("s", "a", False)
        tx.save_fact("t", "b", 0)
    value["count"] = 2
    with store.reading() as tx:
        assert tx.fact("s", "b") == {"count": 1, "names": ["a"]}
        assert list(tx.facts("s").items()) == [("a", False), ("b", {"count": 1, "names": ["a"]})]
        assert tx.fact("t", "b") == 0
        assert tx.fact("t", "nothing") is None


def test_none_removes_a_fact(store: Store) -> None:
    with store.transaction() as tx:
        tx.save_fact("s", "a", 1)
        tx.save_fact("s", "a", None)
        tx.save_fact("s", "b", None)
    with store.reading() as tx:
        assert tx.facts("s") == {}
