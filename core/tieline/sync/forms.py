"""What a system makes of the texts it is sent (trimmed, cut, completed, in capitals): pure. Its own form is the base of
that side from then on, so it is no edit and does not travel back."""

from __future__ import annotations

from collections.abc import Mapping

from tieline.contract import Done, Side, Text
from tieline.store.nouns import Canonical, Item
from tieline.sync.rules import Rules

Pairs = dict[str, tuple[Canonical, Canonical]]
"""Field -> what the CRM and the ERP hold, each in its own terms."""


def acknowledged(rules: Rules, side: Side, item: Item, outcome: Done) -> Pairs:
    """What both sides hold of the fields of this write. Only the system's own answer tells its form: in a record that
    was read afterwards, the same difference may be somebody's edit."""
    agreed = {name: (pair[0], pair[1]) for name, pair in item.merge.items()}
    if outcome.record is None or not outcome.echoed:
        return agreed
    forms = _forms(rules, item, rules.canonical(side, outcome.record.fields))
    own = {name: (form, agreed[name][1]) if side is Side.CRM else (agreed[name][0], form)
           for name, form in forms.items() if name in agreed}  # fmt: skip
    return {**agreed, **own}


def _forms(rules: Rules, item: Item, shown: Mapping[str, Canonical]) -> dict[str, str]:
    """Texts only: a number that was rounded is another number, and both sides shall show the same one."""
    sent, before = item.payload.get("fields", {}), item.payload.get("before", {})
    texts = (name for name in sent if name in rules.by_name and isinstance(rules.by_name[name].kind, Text))
    found = {name: _form(sent[name], before.get(name), shown.get(name)) for name in texts}
    return {name: form for name, form in found.items() if form is not None}


def _form(sent: Canonical, before: Canonical, shown: Canonical) -> str | None:
    """What is shown, when it is recognisably what was sent. Another value, or the one that stood there before, means
    that ours was not taken: that is decided like an edit."""
    if not (isinstance(sent, str) and isinstance(shown, str)) or sent == shown:
        return None
    mine, theirs = _bare(sent), _bare(shown)
    if theirs and mine == theirs:
        return shown
    part = bool(mine and theirs) and (mine.startswith(theirs) or theirs.endswith(mine))
    return shown if part and shown != before else None


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
