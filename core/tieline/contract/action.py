"""Actions: what a button does. A handler is pure: it reads an input and returns a decision; the host acts on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tieline.contract.client import ListRow
from tieline.contract.kinds import Kind
from tieline.contract.values import Value, Values


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something the user fills in before the button acts. An `Option` kind is offered as a look-up to the list.

    `offered` names a setting of the connection that holds words with commas: they are offered as a picklist, and the
    form does not ask while there are fewer than two.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    offered: str = ""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A document that an earlier press set in motion: its mapping and the fields that were decided, in ERP names."""

    mapping: str
    fields: Values


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What a handler may look at.

    `record` holds the fields named by `Action.reads` (dotted names reach parents), `children` the rows named by
    `Action.children`. `keys` gives the ERP key of a linked CRM record, by mapping and CRM id. `lists` holds the rows
    of the lists named by `Action.lists`. `request` is the id of this press: the same press always has the same one.
    `back_office` and `entity` are where it goes, `settings` what the administrator filled in there, without secrets.
    `under_way` are documents of this record, there, that the CRM does not show yet.
    """

    request: str
    record_id: str
    record: Values
    children: Mapping[str, tuple[Values, ...]]
    parameters: Values
    keys: Mapping[tuple[str, str], str]
    lists: Mapping[str, Sequence[ListRow]]
    now: datetime
    language: str = "en"
    back_office: str = ""
    entity: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    under_way: tuple[UnderWay, ...] = ()


@dataclass(frozen=True, slots=True)
class Fillable:
    """What an administrator may fill in the documents that an action makes, from fields of the CRM: names of the
    client's, of the header and of a line. `rows` is the child relationship whose rows become the lines, one line each,
    in their order. `custom`: fields that the customer added to the ERP may be filled too; `reserved` are names that are
    none of those, for the action itself decides them.
    """

    header: tuple[str, ...]
    line: tuple[str, ...] = ()
    rows: str = ""
    custom: bool = False
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promote:
    """Send the record itself to the ERP now, through its mapping."""

    mapping: str


@dataclass(frozen=True, slots=True)
class CreateDocument:
    """Create one ERP record of a mapping from this press; pressed twice or repeated after a crash it stays one.

    `fields` and `children` are in the client's ERP names. `origin` are CRM fields written on the mirror record when it
    arrives (for example the opportunity it came from).
    """

    mapping: str
    fields: Values
    children: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)
    origin: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decline:
    """Nothing to do, or something must be mended first; a message id of the plugin's catalogue or a plain sentence."""

    message: str
    values: Mapping[str, str] = field(default_factory=dict)


Decision = Promote | CreateDocument | Decline
Handler = Callable[[ActionInput], Decision]


@dataclass(frozen=True, slots=True)
class Action:
    """A button on a CRM object.

    `canvas` names a connected app whose signed page opens in place of the form (the app must stand in the org).
    `enabled_when` is a CEL expression over `record` (fields named by `reads`), `linked` (mapping names under which the
    record or, dotted, its parents are linked, e.g. `"customer" in linked`) and `children` (row counts by
    relationship); when false the press is answered with `otherwise`. `reads`, `children` (relationship -> fields) and
    `links` (field holding a CRM id -> mapping) say what the host loads before it asks the handler.
    `fillable` says what an administrator may add to the documents that the action makes.
    """

    system: str
    name: str
    label: str
    on: str
    handler: Handler
    reads: tuple[str, ...] = ()
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    enabled_when: str = ""
    otherwise: str = ""
    help: str = ""
    canvas: str = ""
    fillable: Fillable | None = None

    @property
    def id(self) -> str:
        return f"{self.system}.{self.name}"


def text(values: Values, name: str) -> str:
    """A field as text; empty when absent or empty."""
    value: Value = values.get(name)
    return "" if value is None else str(value)
