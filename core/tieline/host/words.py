"""The host's own sentences in French. The English text is the key; `{...}` stands for what is filled in, and is put
into French itself where a catalogue knows it."""

from __future__ import annotations

from tieline.contract import Translations

_FRENCH = {
    # answers to a press
    "{label} {number} is in {system}.": "{label} {number} est dans {system}.",
    "Sent; the back office has not answered yet.": "Envoyé ; le back-office n'a pas encore répondu.",
    "The record was deleted on one side.": "La fiche a été supprimée d'un côté.",
    "You may not edit this record.": "Vous ne pouvez pas modifier cette fiche.",
    "Not possible for this record.": "Impossible pour cette fiche.",
    "This button is not known here any more. Tell your administrator.": (
        "Ce bouton n'est plus connu ici. Prévenez votre administrateur."
    ),
    "Choose one of these back offices and press again: {names}.": (
        "Choisissez l'un de ces back-offices et recommencez : {names}."
    ),
    "the record is not there any more, or out of sight": "la fiche n'existe plus ou n'est pas visible",
    "Open it and press again.": "Ouvrez-la et recommencez.",
    "{label} is missing": "{label} manque",
    "Fill it in and press again.": "Remplissez ce champ et recommencez.",
    "{label} is not offered by this back office (any more)": "{label} n'est pas (ou plus) proposé par ce back-office",
    "Choose another one.": "Choisissez-en un autre.",
    "{field}: {label} is no longer offered": "{field} : {label} n'est plus proposé",
    "Press again.": "Recommencez.",
    "this button does not work for this record": "ce bouton ne fonctionne pas pour cette fiche",
    "Tell your administrator.": "Prévenez votre administrateur.",
    "this kind of record is switched off": "ce type de fiche est désactivé",
    "the record has just been untied": "la fiche vient d'être dissociée",
    "this record was in the back office and one side's was deleted": (
        "cette fiche était dans le back-office et l'une des deux a été supprimée"
    ),
    "Restore the deleted record, or make a new one and promote that.": (
        "Restaurez la fiche supprimée, ou créez-en une nouvelle et promouvez-la."
    ),
    "more than one accounting entity could take this record": (
        "plusieurs entités comptables peuvent recevoir cette fiche"
    ),
    "Choose one of {names}.": "Choisissez parmi {names}.",
    # why a record is out of sync, and what to do
    "{names} must be filled in": "{names} : à remplir",
    "Fill it in and save.": "Remplissez ce champ et enregistrez.",
    "Correct the record; it is sent again when you save it.": (
        "Corrigez la fiche ; elle est renvoyée quand vous l'enregistrez."
    ),
    "It is tried again by itself.": "Un nouvel essai se fait tout seul.",
    "the record it would be is tied to another one already": "la fiche correspondante est déjà liée à une autre",
    "Correct the record.": "Corrigez la fiche.",
    "{field}: {value} is not a {kind}": "{field} : {value} n'est pas une valeur possible ({kind})",
    "Correct the value or the field's kind in the mapping.": (
        "Corrigez la valeur, ou le type du champ dans la correspondance."
    ),
    "Shorten it.": "Raccourcissez ce texte.",
    "has {length} characters, {limit} fit": "a {length} caractères, {limit} au plus",
    "the back office cannot change this kind of record": "le back-office ne peut pas modifier ce type de fiche",
    "Change it there.": "Modifiez-la là-bas.",
    "its {parent} is not promoted yet": "la fiche parente ({parent}) n'est pas encore promue",
    "its {parent} is not in the CRM yet": "la fiche parente ({parent}) n'est pas encore dans le CRM",
    "the back office has not acknowledged this record": "le back-office n'a pas confirmé cette fiche",
    "Ask for it in the back office; press Promote to send it again under the same key.": (
        "Cherchez-la dans le back-office ; cliquez sur Promouvoir pour la renvoyer sous la même clé."
    ),
    "the back office sent two different contents under one version number": (
        "le back-office a envoyé deux contenus différents sous un même numéro de version"
    ),
    "Compare the record in both systems, then press Promote.": (
        "Comparez la fiche dans les deux systèmes, puis cliquez sur Promouvoir."
    ),
    "this may be a {label} that the other system has already": (
        "c'est peut-être une fiche ({label}) que l'autre système a déjà"
    ),
    "See `tieline review`: tie the two, or say that they differ.": (
        "Voyez `tieline review` : liez les deux, ou dites qu'elles diffèrent."
    ),
    "a strong key says that they are the same": "une clé forte dit qu'il s'agit de la même fiche",
    "Correct the key, or use `tieline link`.": "Corrigez la clé, ou utilisez `tieline link`.",
    "more than one {label} of the other system could be this one": (
        "plusieurs fiches ({label}) de l'autre système peuvent correspondre à celle-ci"
    ),
    "Choose the right one with `tieline link`, or correct the key fields.": (
        "Choisissez la bonne avec `tieline link`, ou corrigez les champs clés."
    ),
    "duplicate {label}s: the record merged into this one was {key} in the {side}, which has both still": (
        "doublons ({label}) : la fiche fusionnée dans celle-ci était {key} dans : {side}, qui a encore les deux"
    ),
    "Merge the two in the {side} as well, or keep both; then run `tieline retry`.": (
        "Fusionnez les deux aussi dans : {side}, ou gardez-les ; puis lancez `tieline retry`."
    ),
    "seem to be gone, and are not taken for deleted: {records}": (
        "semblent avoir disparu et ne sont pas tenues pour supprimées : {records}"
    ),
    "Check the rights of the users we log in with. If they were really deleted, run `tieline missing --yes`.": (
        "Vérifiez les droits des utilisateurs de connexion. Si elles sont vraiment supprimées, lancez `tieline missing "
        "--yes`."
    ),
    "both systems keep changing it: {values}": "les deux systèmes le modifient sans cesse : {values}",
    "Find the rule on either side that changes what was written, then press Promote or run `tieline retry`.": (
        "Trouvez la règle qui modifie ce qui vient d'être écrit, puis cliquez sur Promouvoir ou lancez `tieline retry`."
    ),
    "the record is out of sight in the {side}: deleted there, or not shown to us": (
        "la fiche n'est pas visible dans : {side} ; elle y est supprimée, ou ne nous est pas montrée"
    ),
    "Give the user we log in with access to it; if it was deleted, run `tieline missing --yes`.": (
        "Donnez-y accès à l'utilisateur de connexion ; si elle est supprimée, lancez `tieline missing --yes`."
    ),
    "deleted in the {side} while {fields} was changed in the {other}": (
        "supprimée dans : {side}, alors que {fields} était modifié dans : {other}"
    ),
    "Restore it in the {side}, or delete it in the {other} as well.": (
        "Restaurez-la dans : {side}, ou supprimez-la aussi dans : {other}."
    ),
    "Restore the deleted record, or free the other one of what holds it and ask your administrator to retry.": (
        "Restaurez la fiche supprimée, ou libérez l'autre de ce qui la retient et demandez à votre administrateur de "
        "réessayer."
    ),
    "Both sides changed: {names}": "Modifié des deux côtés : {names}",
    "Choose the value to keep.": "Choisissez la valeur à garder.",
    "Nothing: it is tried again by itself.": "Rien : un nouvel essai se fait tout seul.",
    "Deleted in the back office": "Supprimé dans le back-office",
    "Unlinked by hand": "Dissocié à la main",
}

_HISTORY = {
    # sync statuses, as the history of a record names them
    "Not Promoted": "Non promu",
    "Changes Pending": "Modifications en attente",
    "Awaiting Acknowledgment": "En attente de confirmation",
    "Promoted": "Promu",
    "In Sync": "Synchronisé",
    "Out of Sync": "Désynchronisé",
    "Delete Request Rejected": "Demande de suppression refusée",
    "Published by CRM": "Publié par le CRM",
    # what happened to a record
    "not sent": "non envoyé",
    "confirmed by the back office": "confirmé par le back-office",
    "both sides had changed": "modifié des deux côtés",
    "created in the {side}": "créé dans : {side}",
    "deleted in the {side}": "supprimé dans : {side}",
    "waits for Promote": "attend Promouvoir",
    "outcome unknown, looked at anew": "issue inconnue, relu",
    "two contents under one version number": "deux contenus sous un même numéro de version",
    "linked by hand": "lié à la main",
    "matched": "rapproché",
    "merged with another record": "fusionné avec une autre fiche",
    "proved not to have happened": "prouvé sans effet",
    "no answer in time": "pas de réponse à temps",
    "a button was pressed": "un bouton a été cliqué",
    "promotion was asked for": "promotion demandée",
    "queued in the {side}": "mis en file dans : {side}",
    "refused by the {side}": "refusé par : {side}",
    "changed meanwhile, planned anew": "modifié entre-temps, replanifié",
    "resolved by hand": "résolu à la main",
    "tried again by hand": "relancé à la main",
    "edit taken back": "modification annulée",
    "changed in the {side}": "modifié dans : {side}",
    "both sides agree": "les deux côtés concordent",
    "an older version was dropped": "une version plus ancienne a été écartée",
    "deleted on one side": "supprimé d'un côté",
    "came back": "restauré",
    "no answer": "pas de réponse",
    "unlinked by hand": "dissocié à la main",
    "updated in the {side}": "mis à jour dans : {side}",
}

HOST_WORDS = (Translations("tieline", "fr", {**_FRENCH, **_HISTORY}),)
