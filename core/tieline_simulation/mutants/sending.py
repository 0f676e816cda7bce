"""Faults in how writes are sent and their outcomes are proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tieline.contract import AnswerLost, Outcome, Write
from tieline.sync import act, cycle, drive, intents, outcome, recover
from tieline.sync.act import Tally
from tieline.sync.context import Context
from tieline.sync.status import settled
from tieline_simulation.mutants.patch import Patch, mutant


@mutant("async")
def no_key(patch: Patch) -> None:
    """Every attempt is sent under a new key: nothing recognises a repeat."""
    count = iter(range(10**9))

    def anew(*given: Any) -> Any:
        write = intents.as_write(*given)
        return replace(write, idempotency_key=f"{write.idempotency_key}/{next(count)}")

    patch.setattr(act, "as_write", anew)


@mutant("versioned")
def blind_retry(patch: Patch) -> None:
    """A lost answer is followed by the same call at once, under a key of its own."""
    begin = act.Actor.__init__

    def begun(self: act.Actor, *given: Any) -> None:
        begin(self, *given)
        self.client = _Stubborn(self.client)

    patch.setattr(act.Actor, "__init__", begun)


class _Stubborn:
    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def write(self, entity: str, shape: Any, batch: Sequence[Write]) -> Sequence[Outcome]:
        try:
            told: Sequence[Outcome] = self._client.write(entity, shape, batch)
        except AnswerLost:
            again = [replace(write, idempotency_key=f"{write.idempotency_key}/again") for write in batch]
            told = self._client.write(entity, shape, again)
        return told


@mutant("whole")
def no_intent(patch: Patch) -> None:
    """What was under way at a crash or a lost answer is forgotten and planned anew."""

    def forget(context: Context) -> Tally:
        with context.store.transaction() as tx:
            for call in tx.open_calls(context.back_office):
                links = tx.links([item.link for item in call.items])
                free = [replace(k, awaiting="", dirty=True, epoch=k.epoch + 1) for k in links.values()]
                tx.save_links([settled(link) for link in free])
                tx.close_call(call.id)
        return Tally()

    patch.setattr(cycle, "recover", forget)


@mutant("versioned")
def no_cas(patch: Patch) -> None:
    """Updates quote no version and compare nothing."""

    def blunt(*given: Any) -> Any:
        return replace(intents.as_write(*given), version="", expected={})

    patch.setattr(act, "as_write", blunt)


@mutant("async")
def drop_amb(patch: Patch) -> None:
    """A clean refusal after an attempt of unknown outcome is taken for a proof that nothing happened."""
    apply: Any = outcome.apply

    def certain(*given: Any) -> Any:
        return apply(*given[:-1], False)

    patch.setattr(act, "apply", certain)


@mutant("forgetful")
def hasty_absence(patch: Patch) -> None:
    """A record that is not there a moment after a lost answer is taken never to have been made."""
    patch.setattr(recover._Recovery, "_long_gone", lambda _self: True)


@mutant("async")
def full_write(patch: Patch) -> None:
    """The whole record is written as it was read last, where the system takes no precondition."""
    plan: Any = intents.update_item

    def whole(context: Any, rules: Any, link: Any, side: Any, fields: Any) -> Any:
        seen = link.seen(side)
        known = {name: value for name, value in (seen.fields if seen else {}).items() if name in rules.by_name}
        return plan(context, rules, link, side, {**known, **fields})

    patch.setattr(drive, "update_item", whole)
