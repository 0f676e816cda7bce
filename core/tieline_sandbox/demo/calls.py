"""Calls of the first load beside the fewest there could be, by a formula of its own: rows below the back office's API,
and records in one answer. It knows nothing of how the client reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tieline.contract import Mapping
from tieline_sandbox.demo.stage import Stage
from tieline_sandbox.demo.truth import API, Marks, written_since

_WRITES_A_CALL = 100  # no system here takes more


@dataclass(frozen=True, slots=True)
class Load:
    """Where a first load began: calls made before it, and places in the systems' logs."""

    calls: int
    marks: Marks

    @classmethod
    def begins(cls, stage: Stage) -> Load:
        return cls(calls_of(stage), Marks.set(stage))


def calls_of(stage: Stage) -> int:
    """Calls to the back office so far."""
    return stage.runtime.calls().get(stage.back_office, 0)


def fewest(stage: Stage, load: Load, mappings: Sequence[Mapping], list_rows: Sequence[int]) -> int:
    """One to sign in, a page for every so many rows of an object or list and one where there are none, and the writes
    in as few calls as can be. What travels inside other records is asked for only where it exists."""
    assert stage.system.demo is not None
    size = stage.system.demo.page_size
    inside = {_kind(one) for one in mappings if one.embedded_in}
    kinds = {_kind(one) for one in mappings}
    with stage.erp.application.state.reading() as reader:
        pages = sum(max(kind not in inside, -(-reader.count(kind) // size)) for kind in kinds)
    lists = sum(max(1, -(-rows // size)) for rows in list_rows)
    writes = -(-len(written_since(stage, load.marks, API)) // _WRITES_A_CALL)
    return 1 + pages + lists + writes


def _kind(mapping: Mapping) -> str:
    """Several mappings may share one object of the back office: `SODOCUMENT.quote`, `SODOCUMENT.order`."""
    return mapping.erp_object.partition(".")[0]


def told(made: int, least: int) -> dict[str, Any]:
    return {"api_calls": made, "api_calls_minimum": least, "ratio": round(made / least, 3)}
