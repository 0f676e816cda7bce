"""What plugins say about a list reaches the store's rows."""

from __future__ import annotations

from collections.abc import Sequence

from tieline.contract import ListRow, ManagedList, SettledList
from tieline.store.nouns import StoredRow
from tieline.sync.settling import row_planner
from tieline_managed_lists.rows import settle

TERMS = ManagedList("acme", "terms", "Payment term", "Payment terms")
KNOWN = StoredRow("bo", "e", "terms", "a", "A", True, "", {}, crm_key="a01", written="fingerprint")


def test_known_rows_keep_their_record_and_what_was_written() -> None:
    plan = row_planner({"terms": TERMS}, settle)(
        "bo", "e", "terms", [KNOWN], [ListRow("b", "B", attributes={"x": "1"})]
    )
    added, withdrawn = plan.rows
    assert (added.key, added.attributes, added.crm_key, added.entity) == ("b", {"x": "1"}, "", "e")
    assert (withdrawn.key, withdrawn.active, withdrawn.crm_key, withdrawn.written) == ("a", False, "a01", "fingerprint")


def test_an_alarm_is_passed_on() -> None:
    plan = row_planner({"terms": TERMS}, settle)("bo", "e", "terms", [KNOWN], [])
    assert plan.rows == (KNOWN,)
    assert plan.alarm


def test_without_an_answer_nothing_is_withdrawn() -> None:
    def silent(_m: ManagedList, _s: Sequence[ListRow], _f: Sequence[ListRow]) -> SettledList | None:
        return None

    plan = row_planner({"terms": TERMS}, silent)("bo", "e", "terms", [KNOWN], [ListRow("b", "B")])
    assert {row.key: row.active for row in plan.rows} == {"a": True, "b": True}
