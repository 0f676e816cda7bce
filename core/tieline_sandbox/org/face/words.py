"""Every word of the pages, in English and in French.

What the org itself holds (labels of custom fields, messages of its rules) is not here: it comes in the org's words.
"""

# ruff: noqa: RUF001 - French has its own apostrophe

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

ENGLISH, FRENCH = 0, 1

WORDS: Mapping[str, tuple[str, str]] = {
    # around the page
    "skip": ("Skip to the content", "Aller au contenu"),
    "home": ("Home", "Accueil"),
    "more": ("More", "Plus"),
    "log_out": ("Log out", "Se déconnecter"),
    "navigation": ("Objects", "Objets"),
    # login
    "log_in": ("Log in", "Se connecter"),
    "log_in_as": ("Who are you?", "Qui êtes-vous ?"),
    "log_in_help": (
        "This org is a test tool on your own machine. Pick any of its users; no password is asked.",
        "Cette organisation est un outil de test sur votre machine. Choisissez un utilisateur, sans mot de passe.",
    ),
    "log_in_first": ("Log in to see this page.", "Connectez-vous pour voir cette page."),
    "pick_user": ("Pick a user from the list.", "Choisissez un utilisateur dans la liste."),
    # home and lists
    "welcome": ("Welcome, {name}", "Bienvenue, {name}"),
    "home_help": (
        "What this org holds and you may see.",
        "Ce que contient cette organisation et que vous pouvez voir.",
    ),
    "search": ("Search", "Rechercher"),
    "search_by": ("Search by {label}", "Rechercher par {label}"),
    "clear": ("Clear", "Effacer"),
    "new": ("New", "Nouveau"),
    "none_found": ("Nothing was found.", "Aucun résultat."),
    "nothing_yet": ("There is nothing here yet.", "Il n’y a encore rien ici."),
    "count_one": ("1 record", "1 enregistrement"),
    "count_many": ("{count} records", "{count} enregistrements"),
    "page_of": ("Page {page} of {pages}", "Page {page} sur {pages}"),
    "previous": ("Previous", "Précédent"),
    "next": ("Next", "Suivant"),
    "view_all": ("View all ({count})", "Tout afficher ({count})"),
    # record
    "edit": ("Edit", "Modifier"),
    "delete": ("Delete", "Supprimer"),
    "actions": ("Actions", "Actions"),
    "details": ("Details", "Détails"),
    "information": ("Information", "Informations"),
    "more_fields": ("Other fields", "Autres champs"),
    "system_information": ("System Information", "Informations système"),
    "created": ("Created by", "Créé par"),
    "modified": ("Last modified by", "Dernière modification par"),
    "yes": ("Yes", "Oui"),
    "no": ("No", "Non"),
    "no_value": ("no value", "aucune valeur"),
    "answer": ("Answer", "Réponse"),
    "waiting_answer": (
        "Sent. This page shows the answer as soon as it is here.",
        "Envoyé. Cette page affichera la réponse dès son arrivée.",
    ),
    "open_request": ("Open the request", "Ouvrir la demande"),
    "was_created": ("The record was created.", "L’enregistrement a été créé."),
    "was_saved": ("The changes were saved.", "Les modifications ont été enregistrées."),
    "was_deleted": ("The record was deleted.", "L’enregistrement a été supprimé."),
    "not_carried_out": (
        "This local org carries out actions of type Create; this one is of type {type}.",
        "Cette organisation locale exécute les actions de type Create ; celle-ci est de type {type}.",
    ),
    # forms
    "new_record": ("New: {label}", "Créer : {label}"),
    "edit_record": ("Edit {name}", "Modifier {name}"),
    "save": ("Save", "Enregistrer"),
    "cancel": ("Cancel", "Annuler"),
    "choose": ("— None —", "— Aucun —"),
    "lookup_hint": ("Type a name or paste an id.", "Saisissez un nom ou collez un identifiant."),
    "lookup_missing": (
        "{label}: nothing is called {text}. Choose from the list or paste an id.",
        "{label} : rien ne s’appelle {text}. Choisissez dans la liste ou collez un identifiant.",
    ),
    "lookup_several": (
        "{label}: several are called {text}. Paste the id of the one you mean.",
        "{label} : plusieurs s’appellent {text}. Collez l’identifiant de celui que vous voulez.",
    ),
    "bad_value": ("{label}: “{text}” is not a valid value.", "{label} : « {text} » n’est pas une valeur valide."),
    "value_needed": ("{label}: fill this in.", "{label} : renseignez ce champ."),
    "correct_errors": ("Nothing was saved. Correct this first:", "Rien n’a été enregistré. Corrigez d’abord ceci :"),
    "changed_meanwhile": (
        "{name} changed this record while you were editing it. The form shows what you typed; save again to keep it.",
        "{name} a modifié cet enregistrement entre-temps. Voici votre saisie ; enregistrez encore pour la conserver.",
    ),
    "required": ("required", "obligatoire"),
    "delete_question": ("Delete {name}?", "Supprimer {name} ?"),
    "delete_help": (
        "The record goes to the recycle bin, and with it what belongs to it.",
        "L’enregistrement va dans la corbeille, avec ce qui en dépend.",
    ),
    # refusals
    "refused": ("This did not work", "Cela n’a pas fonctionné"),
    "back": ("Back to the start", "Retour à l’accueil"),
    "not_found": (
        "There is no such page or record, or you may not see it.",
        "Cette page ou cet enregistrement n’existe pas, ou vous n’y avez pas accès.",
    ),
    "gone": ("This record was deleted.", "Cet enregistrement a été supprimé."),
    "method": ("This page cannot be asked that way.", "Cette page ne peut pas être demandée ainsi."),
    "stale_form": (
        "This form is too old or was not made for you. Open the page again and send it from there.",
        "Ce formulaire est trop ancien ou n’a pas été fait pour vous. Rouvrez la page et envoyez-le de là.",
    ),
    "foreign_form": ("This form was sent by another site.", "Ce formulaire a été envoyé par un autre site."),
    "misdirected": (
        "These pages answer at 127.0.0.1, localhost and *.salesforce.com only. Open the address in org.json.",
        "Ces pages ne répondent qu’à 127.0.0.1, localhost et *.salesforce.com. Ouvrez l’adresse donnée dans org.json.",
    ),
    "bad_form": ("What was sent is not a form.", "Ce qui a été envoyé n’est pas un formulaire."),
    "failed": (
        "The local org itself failed; its log says why.",
        "L’organisation locale elle-même a échoué ; son journal dit pourquoi.",
    ),
}

_MONTHS = (
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
)

_FRENCH_MARKS = str.maketrans(",.", "\u202f,")


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
        return WORDS[name][self.place].format(**more)

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
