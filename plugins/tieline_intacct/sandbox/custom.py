"""The company's own fields, made by its administrator: an edit of `CUSTOMFIELD`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tieline_intacct.sandbox.catalogue import Catalogue, Field, Kind
from tieline_intacct.sandbox.catalogue.types import RECORDNO
from tieline_intacct.sandbox.problems import invalid
from tieline_sandbox.state import Reader, Transaction

SETTING = "custom-fields"
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_KINDS = (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.ENUM)


def fields(reader: Reader) -> Iterator[tuple[str, Field]]:
    """(object, field), as made."""
    for one in reader.setting(SETTING, []):
        kind = Kind(one["DATATYPE"])
        codes = {"true": "T", "false": "F"} if kind is Kind.BOOLEAN else {word: word for word in one["VALUES"]}
        yield one["OBJECT"], Field(one["NAME"], kind, required=one["REQUIRED"], codes=codes, custom=True)


def make(tx: Transaction, catalogue: Catalogue, values: Mapping[str, Any]) -> str:
    """OBJECT, NAME, DATATYPE (text), VALUES of an enum, REQUIRED. Raises Refused."""
    kind = catalogue.find(str(values.get("OBJECT") or ""))
    name = str(values.get("NAME") or "")
    name = name.upper() if kind is None or kind.number == RECORDNO else name
    datatype = str(values.get("DATATYPE") or Kind.TEXT)
    if kind is None or not _NAME.fullmatch(name.upper()) or name in kind.fields:
        raise invalid("A custom field needs the OBJECT it belongs to and a NAME in capitals that is not taken")
    if datatype not in _KINDS:
        raise invalid(f"DATATYPE must be one of {', '.join(_KINDS)}")
    made = {
        "OBJECT": kind.name,
        "NAME": name,
        "DATATYPE": datatype,
        "VALUES": [str(word) for word in values.get("VALUES") or []],
        "REQUIRED": bool(values.get("REQUIRED")),
    }
    tx.set_setting(SETTING, [*tx.setting(SETTING, []), made])
    return f"{kind.name}.{name}"
