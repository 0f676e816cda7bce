"""Canonical forms: one spelling per value, so that two systems' ways of saying the same thing compare equal.

`canon` is pure and idempotent for each kind; `restore` gives a client the value back in its own type. Empty text and
no value are one thing; an absent field never comes here.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tieline.contract import Day, Field, Flag, Instant, Number, PermanentError, Side, Text, Value
from tieline.store.nouns import Canonical


def canon(field: Field, side: Side, value: Value) -> Canonical:
    """The canonical value of one field as read from `side`. Raises PermanentError for a value its kind cannot hold."""
    if field.via and side is Side.ERP:
        value = field.via.to_crm(value)
    kind = field.kind
    if isinstance(kind, Flag):
        return _flag(value)
    if value is None or value == "":
        return None
    try:
        if isinstance(kind, Number):
            return _number(kind, value)
        if isinstance(kind, Day):
            return _day(value)
        if isinstance(kind, Instant):
            return _instant(value)
        return _text(str(value))
    except (ValueError, ArithmeticError, TypeError) as error:
        raise PermanentError(
            f"{value!r} is not a {type(kind).__name__.lower()}",
            where=f"field {field.crm if side is Side.CRM else field.erp}",
            mend="Correct the value or the field's kind in the mapping.",
            code="bad_value",
        ) from error


def restore(field: Field, side: Side, value: Canonical) -> Value:
    """`as_read` for a value to be written. Raises PermanentError when it is longer than the field holds."""
    kind = field.kind
    if isinstance(kind, Text) and isinstance(value, str) and len(value) > kind.length:
        name = field.label or field.crm
        what = f"{name} has {len(value)} characters, {kind.length} fit"
        raise PermanentError(what, mend="Shorten it.", code="too_long")
    return as_read(field, side, value)


def as_read(field: Field, side: Side, value: Canonical) -> Value:
    """A canonical value in the type a client takes, however long it is: one side may hold more than the other."""
    plain = _typed(field, value)
    if field.via and side is Side.ERP:
        return field.via.to_erp(plain)
    return plain


def _typed(field: Field, value: Canonical) -> Value:
    kind = field.kind
    if value is None or isinstance(value, bool):
        return value
    if isinstance(kind, Number):
        return Decimal(value)
    if isinstance(kind, Day):
        return date.fromisoformat(value)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    return value


def _flag(value: Value) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"true", "t", "yes", "1"}
    return bool(value)


def _number(kind: Number, value: Value) -> str:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    rounded = number.quantize(Decimal(1).scaleb(-kind.scale), rounding=ROUND_HALF_UP)
    return format(abs(rounded) if rounded == 0 else rounded, "f")


def _day(value: Value) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return date.fromisoformat(str(value)[:10]).isoformat()


def _instant(value: Value) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _text(value: str) -> str | None:
    # Both ends of a text are trimmed by Salesforce, line ends differ between vendors, accents have two spellings.
    # Half a surrogate pair and NUL are no characters: no database holds them, and few systems (ValueError).
    value.encode()
    if "\0" in value:
        raise ValueError(value)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text or None
