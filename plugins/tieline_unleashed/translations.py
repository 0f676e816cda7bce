"""French for everything the plugin shows. The English source text is the key."""

from __future__ import annotations

from tieline.contract import Translations
from tieline_unleashed import actions
from tieline_unleashed.names import SYSTEM

_WORDS = {
    "Account manager": "Responsable de compte",
    "Accounting entity": "Entité comptable",
    "Address": "Adresse",
    "API id": "Identifiant d'API",
    "API key": "Clé d'API",
    "City": "Ville",
    "Comments": "Commentaires",
    "Contact": "Contact",
    "Country": "Pays",
    "Create Sales Order": "Créer une commande client",
    "Currencies": "Devises",
    "Currency": "Devise",
    "Customer": "Client",
    "Customer code": "Code client",
    "Customer contact": "Contact du client",
    "Customer name": "Nom du client",
    "Default": "Par défaut",
    "Discount": "Remise",
    "E-mail address": "Adresse e-mail",
    "Email": "E-mail",
    "Fax": "Télécopie",
    "First name": "Prénom",
    "Last name": "Nom",
    "Line number": "Numéro de ligne",
    "Line total": "Total de la ligne",
    "Mobile phone": "Téléphone mobile",
    "Number": "Numéro",
    "Obsolete in Unleashed": "Obsolète dans Unleashed",
    "Order date": "Date de commande",
    "Organisation": "Organisation",
    "Page size": "Taille de page",
    "Payment term": "Condition de paiement",
    "Payment terms": "Conditions de paiement",
    "Phone": "Téléphone",
    "Postal code": "Code postal",
    "Product": "Produit",
    "Product code": "Code produit",
    "Product description": "Description du produit",
    "Promote to Unleashed": "Promouvoir vers Unleashed",
    "Quantity": "Quantité",
    "Rate": "Taux",
    "Reference": "Référence",
    "Region": "Région",
    "Required date": "Date souhaitée",
    "Sales order": "Commande client",
    "Sales order line": "Ligne de commande client",
    "Sales Order": "Commande client",
    "Salesperson": "Vendeur",
    "Salespersons": "Vendeurs",
    "Sellable": "Vendable",
    "State": "État",
    "Street": "Rue",
    "Subtotal": "Sous-total",
    "Sync to Unleashed": "Synchroniser vers Unleashed",
    "Tax": "Taxe",
    "Taxes": "Taxes",
    "Total": "Total",
    "Unit of measure": "Unité de mesure",
    "Unit price": "Prix unitaire",
    "Unleashed": "Unleashed",
    "Unleashed currency": "Devise Unleashed",
    "Unleashed payment term": "Condition de paiement Unleashed",
    "Unleashed sell price": "Prix de vente Unleashed",
    "Warehouse": "Entrepôt",
    "Warehouses": "Entrepôts",
    "Website": "Site web",
}

_HELP = {
    "Address of the Unleashed API.": "Adresse de l'API Unleashed.",
    "Belongs to the API id. It gives full rights to the organisation and cannot be replaced: keep it safe.": (
        "Va avec l'identifiant d'API. Elle donne tous les droits sur l'organisation et ne peut pas être remplacée : "
        "gardez-la en lieu sûr."
    ),
    "Creates a parked sales order in Unleashed from the products of this opportunity.": (
        "Crée dans Unleashed une commande client en attente à partir des produits de cette opportunité."
    ),
    "Creates or updates the customer in Unleashed and ties it to this account.": (
        "Crée ou met à jour le client dans Unleashed et le lie à ce compte."
    ),
    "Creates or updates this contact below its customer in Unleashed.": (
        "Crée ou met à jour ce contact sous son client dans Unleashed."
    ),
    "From Unleashed: Integration, Unleashed API Access. It stands for one organisation.": (
        "Dans Unleashed : Integration, Unleashed API Access. Il désigne une organisation."
    ),
    "Records in one answer, 1 to 1000. Make it smaller when large pages take too long.": (
        "Enregistrements par réponse, de 1 à 1000. Réduisez-la si les grandes pages sont trop lentes."
    ),
    "The customer's currency in Unleashed.": "La devise du client dans Unleashed.",
    "The customer's payment term in Unleashed.": "La condition de paiement du client dans Unleashed.",
    "The default sell price in Unleashed.": "Le prix de vente par défaut dans Unleashed.",
    "The unit in which Unleashed counts this product.": "L'unité dans laquelle Unleashed compte ce produit.",
    "The user who looks after this account. Only users with a salesperson in Unleashed can be sent there.": (
        "L'utilisateur qui suit ce compte. Seuls les utilisateurs qui ont un vendeur dans Unleashed y sont transmis."
    ),
    "Unleashed never deletes a customer; it marks it as obsolete.": (
        "Unleashed ne supprime jamais un client ; il le marque comme obsolète."
    ),
}

_MESSAGES = {
    actions.NO_ACCOUNT: "L'opportunité n'a pas de compte. Choisissez-en un et appuyez de nouveau.",
    actions.ACCOUNT_NOT_TIED: "Le compte n'est pas lié à Unleashed. Promouvez d'abord le compte.",
    actions.CONTACT_NOT_READY: "Le compte du contact n'est pas lié à Unleashed. Promouvez d'abord le compte.",
    actions.NO_LINES: "L'opportunité n'a pas de produits. Ajoutez-en au moins un et appuyez de nouveau.",
    actions.NO_QUANTITY: "La ligne {line} n'a pas de quantité. Saisissez-la et appuyez de nouveau.",
    actions.PRODUCT_NOT_TIED: (
        "Le produit de la ligne {line} n'est pas dans Unleashed. Choisissez un produit qui s'y trouve."
    ),
    actions.NO_WAREHOUSE: "Unleashed n'a pas d'entrepôt d'où livrer. Ajoutez-en un là-bas et actualisez la liste.",
    actions.NO_TAX: "Unleashed n'a pas de taxe à appliquer. Ajoutez-en une là-bas et actualisez la liste.",
    actions.NO_SUCH_WAREHOUSE: "L'entrepôt {key} n'est plus utilisable. Choisissez-en un autre.",
    actions.NO_SUCH_TAX: "La taxe {key} n'est plus utilisable. Choisissez-en une autre.",
}

FRENCH = Translations(SYSTEM, "fr", {**_WORDS, **_HELP, **_MESSAGES})
