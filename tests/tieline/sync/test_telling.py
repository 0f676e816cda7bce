"""A refusal in words for a person: the plugin's where it has some, the plain ones where it fails or passes."""

from __future__ import annotations

from typing import Any

import pluggy
import pytest

from tieline.actions.answers import derive_answer
from tieline.contract import Explanation, hookimpl
from tieline.contract.hooks import Extras
from tieline.host.behaviours import PluginBehaviours
from tieline.store.memory import MemoryStore
from tieline.store.nouns import Link
from tieline_simulation.bench import Bench
from tieline_simulation.systems import ToyCrm, VersionedErp
from tieline_simulation.world import World

PLAIN = "Correct the record; it is sent again when you save it."


class Explains:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, str, str]] = []

    @hookimpl
    def explain_error(self, system: str, code: str, reason: str, language: str) -> Any:
        self.asked.append((system, code, reason, language))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _heard(*plugins: object) -> PluginBehaviours:
    manager = pluggy.PluginManager("tieline")
    manager.add_hookspecs(Extras)
    for plugin in plugins:
        manager.register(plugin)
    return PluginBehaviours(manager)


@pytest.fixture
def bench() -> Bench:
    """One customer, tied."""
    world = World()
    made = Bench(world, ToyCrm(world), VersionedErp(world), MemoryStore(), ("",))
    made.confirm()
    made.erp.add("Customers", "c1", name="One", phone="1")
    made.settle()
    return made


def _shown(bench: Bench, link: Link) -> tuple[Any, Any]:
    row = bench.crm.alive("ERP_Link__c")[f"ERP_Link__c:{link.id}"]
    return row["Reason__c"], row["Next_Step__c"]


def _refused_by_the_erp(bench: Bench) -> Link:
    bench.erp.faults.refuse["bad"] = "E7: no"
    bench.crm.edit("Account", bench.crm_key("c1"), Phone="bad")
    bench.cycle()
    return bench.link("c1")


def test_a_plugins_words_stand_on_the_panel_and_on_the_request(bench: Bench) -> None:
    plugin = Explains(Explanation("Seven is not allowed (E7: no)", "Choose eight."))
    bench.behaviours = _heard(plugin)
    link = _refused_by_the_erp(bench)
    assert _shown(bench, link) == ("Seven is not allowed (E7: no)", "Choose eight.")
    assert {asked[0] for asked in plugin.asked} == {"toy"}
    assert "E7: no" in plugin.asked[0][2]
    answer = derive_answer(bench.context(), link, "fr")
    assert (answer.status, answer.message) == ("Failed", "Seven is not allowed (E7: no). Choose eight.")
    assert plugin.asked[-1][3] == "fr"


@pytest.mark.parametrize(
    "answer",
    [ValueError("a slip"), None, "no explanation", Explanation(7, "Mend it."), Explanation("Ours", [])],  # type: ignore[arg-type]
)
def test_a_plugin_that_fails_or_passes_leaves_the_plain_words(bench: Bench, answer: Any) -> None:
    bench.behaviours = _heard(Explains(answer))
    reason, step = _shown(bench, _refused_by_the_erp(bench))
    assert "E7: no" in reason
    assert step == PLAIN


def test_another_plugin_is_heard_when_the_first_one_fails(bench: Bench) -> None:
    bench.behaviours = _heard(Explains(Explanation("Ours", "Mend it.")), Explains(ValueError("a slip")))
    assert _shown(bench, _refused_by_the_erp(bench)) == ("Ours", "Mend it.")


def test_what_the_crm_refuses_is_no_plugins_to_explain(bench: Bench) -> None:
    plugin = Explains(Explanation("Ours", "Mend it."))
    bench.behaviours = _heard(plugin)
    bench.crm.faults.refuse["bad"] = "E7: no"
    bench.erp.edit("Customers", "c1", phone="bad")
    bench.cycle()
    reason, step = _shown(bench, bench.link("c1"))
    assert "E7: no" in reason
    assert (step, plugin.asked) == (PLAIN, [])
