"""Every word of the pages, in English; French stands in `locale/fr/LC_MESSAGES/tieline_sandbox.po`.

What the org itself holds (labels of custom fields, messages of its rules) is not here: it comes in the org's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import Any

ENGLISH, FRENCH = 0, 1

WORDS: Mapping[str, str] = {
    # around the page
    "skip": "Skip to the content",
    "home": "Home",
    "more": "More",
    "log_out": "Log out",
    "navigation": "Objects",
    # login
    "log_in": "Log in",
    "log_in_as": "Who are you?",
    "log_in_help": "This org is a test tool on your own machine. Pick any of its users; no password is asked.",
    "log_in_first": "Log in to see this page.",
    "pick_user": "Pick a user from the list.",
    # home and lists
    "welcome": "Welcome, {name}",
    "home_help": "What this org holds and you may see.",
    "search": "Search",
    "search_by": "Search by {label}",
    "clear": "Clear",
    "new": "New",
    "none_found": "Nothing was found.",
    "nothing_yet": "There is nothing here yet.",
    "count_one": "1 record",
    "count_many": "{count} records",
    "page_of": "Page {page} of {pages}",
    "previous": "Previous",
    "next": "Next",
    "view_all": "View all ({count})",
    # record
    "edit": "Edit",
    "delete": "Delete",
    "actions": "Actions",
    "details": "Details",
    "information": "Information",
    "more_fields": "Other fields",
    "system_information": "System Information",
    "created": "Created by",
    "modified": "Last modified by",
    "yes": "Yes",
    "no": "No",
    "no_value": "no value",
    "answer": "Answer",
    "waiting_answer": "Sent. This page shows the answer as soon as it is here.",
    "open_request": "Open the request",
    "was_created": "The record was created.",
    "was_saved": "The changes were saved.",
    "was_deleted": "The record was deleted.",
    "not_carried_out": "This local org carries out actions of type Create; this one is of type {type}.",
    # forms
    "new_record": "New: {label}",
    "edit_record": "Edit {name}",
    "save": "Save",
    "cancel": "Cancel",
    "choose": "— None —",
    "lookup_hint": "Type a name or paste an id.",
    "lookup_missing": "{label}: nothing is called {text}. Choose from the list or paste an id.",
    "lookup_several": "{label}: several are called {text}. Paste the id of the one you mean.",
    "bad_value": "{label}: “{text}” is not a valid value.",
    "value_needed": "{label}: fill this in.",
    "correct_errors": "Nothing was saved. Correct this first:",
    "changed_meanwhile": (
        "{name} changed this record while you were editing it. The form shows what you typed; save again to keep it."
    ),
    "required": "required",
    "delete_question": "Delete {name}?",
    "delete_help": "The record goes to the recycle bin, and with it what belongs to it.",
    # refusals
    "refused": "This did not work",
    "back": "Back to the start",
    "not_found": "There is no such page or record, or you may not see it.",
    "gone": "This record was deleted.",
    "method": "This page cannot be asked that way.",
    "stale_form": "This form is too old or was not made for you. Open the page again and send it from there.",
    "foreign_form": "This form was sent by another site.",
    "misdirected": (
        "These pages answer at 127.0.0.1, localhost and *.salesforce.com only. Open the address in org.json."
    ),
    "bad_form": "What was sent is not a form.",
    "failed": "The local org itself failed; its log says why.",
}

_MONTHS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
)

_FRENCH_MARKS = str.maketrans(",.", "\u202f,")


@lru_cache(maxsize=1)
def _french() -> Mapping[str, str]:
    """By the English text; read when the first French page is shown."""
    from babel.messages.pofile import read_po

    po = files("tieline_sandbox").joinpath("locale", "fr", "LC_MESSAGES", "tieline_sandbox.po").read_bytes()
    return {str(each.id): str(each.string) for each in read_po(BytesIO(po)) if each.id}


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language, and how that language writes numbers and days."""

    place: int = ENGLISH

    @classmethod
    def of(cls, language: str) -> Words:
        """For a user's language (`fr`, `fr_CA`, `en_US`) or an `Accept-Language` header; English for all others."""
        return cls(FRENCH if language.strip().lower().startswith("fr") else ENGLISH)

    @property
    def code(self) -> str:
        return ("en", "fr")[self.place]

    def __call__(self, name: str, /, **more: Any) -> str:
        """One entry; KeyError for a name that is not in the catalogue."""
        text = WORDS[name]
        return (_french()[text] if self.place == FRENCH else text).format(**more)

    def count(self, number: int) -> str:
        return self("count_one") if number == 1 else self("count_many", count=self.number(number))

    def number(self, value: float, scale: int = 0) -> str:
        """`1,234.50`, in French `1 234,50` with narrow spaces."""
        text = f"{value:,.{scale}f}"
        return text.translate(_FRENCH_MARKS) if self.place == FRENCH else text

    def day(self, value: date) -> str:
        return f"{value.day} {_MONTHS[self.place][value.month - 1]} {value.year}"

    def moment(self, value: datetime) -> str:
        return f"{self.day(value.date())}, {value:%H:%M} UTC"
