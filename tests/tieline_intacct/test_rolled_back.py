"""Functions that were taken back with others, or refused as executed: what follows for each write of a batch."""

from __future__ import annotations

from typing import Any

from tieline.contract import Done, Operation, Refused, Shape

CUSTOMERS = Shape("CUSTOMER", ("NAME",))
UNDONE = "XL03000009"


def _batch(make_write: Any) -> list[Any]:
    return [make_write(Operation.CREATE, "", name, {"NAME": name}) for name in ("one", "two")]


def _aborted(script: Any, control_id: str) -> str:
    inside = f"<status>aborted</status><function>create</function><controlid>{control_id}</controlid>"
    return f"{inside}{script.error(UNDONE, 'The entire transaction in this operation has been rolled back.')}"


def test_who_was_taken_back_with_another_is_tried_again_and_the_culprit_is_told(script: Any, make_write: Any) -> None:
    first, second = _batch(make_write)
    culprit = script.failed("BL01001973", "Customer type is not valid", second.idempotency_key)
    script.transport.script(script.reply(_aborted(script, first.idempotency_key), culprit))
    innocent, guilty = script.client.write("", CUSTOMERS, [first, second])
    assert (innocent.retryable, guilty.retryable) == (True, False)
    assert "rolled back" in innocent.reason
    assert guilty.reason == "Customer type is not valid"


def test_the_reason_is_the_first_error_and_never_the_consequence(script: Any, make_write: Any) -> None:
    (write, _) = _batch(make_write)
    both = script.error("BL01001973", "Customer type is not valid"), script.error(UNDONE, "rolled back")
    words = "".join(one.removeprefix("<errormessage>").removesuffix("</errormessage>") for one in both)
    inside = f"<controlid>{write.idempotency_key}</controlid><errormessage>{words}</errormessage>"
    script.transport.script(script.reply(f"<status>failure</status><function>create</function>{inside}"))
    (outcome,) = script.client.write("", CUSTOMERS, [write])
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.retryable) == ("Customer type is not valid", False)


def test_a_repeat_that_was_executed_is_looked_for_and_adopted_whatever_its_number(live: Any, make_write: Any) -> None:
    """The number that a repeat is refused with is documented nowhere [I]: its words tell."""
    (write, _) = _batch(make_write)
    live.write("customer", write)
    for number in ("XL03000011", "BL01001973", "XX-4711"):
        live.edit("update", "Company", "", repeated_number=number)
        (again,) = live.again().write("customer", write)
        assert isinstance(again, Done)
        assert again.key == "C-00001"
    found = [
        one for one in live.transport.intacct.state.mutations() if (one.kind, one.action) == ("CUSTOMER", "insert")
    ]
    assert len(found) == 1
