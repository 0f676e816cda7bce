"""The French labels of what an org is born with: standard objects, fields and picklist values, by English label.

The platform translates these itself [K]; what is deployed brings its own translations.
"""

# ruff: noqa: RUF001 - French has its own apostrophe

from __future__ import annotations

from collections.abc import Mapping

# English label -> (one, many)
OBJECTS: Mapping[str, tuple[str, str]] = {
    "Account": ("Compte", "Comptes"), "Contact": ("Contact", "Contacts"),
    "Opportunity": ("Opportunité", "Opportunités"),
    "Opportunity Product": ("Produit d’opportunité", "Produits d’opportunité"),
    "Product": ("Produit", "Produits"), "Price Book": ("Catalogue de prix", "Catalogues de prix"),
    "Price Book Entry": ("Entrée de catalogue de prix", "Entrées de catalogue de prix"),
    "Task": ("Tâche", "Tâches"), "User": ("Utilisateur", "Utilisateurs"),
    "Organization": ("Organisation", "Organisations"), "Profile": ("Profil", "Profils"),
    "Record Type": ("Type d’enregistrement", "Types d’enregistrement"),
    "Permission Set": ("Ensemble d’autorisations", "Ensembles d’autorisations"),
    "Permission Set Assignment": (
        "Attribution d’ensemble d’autorisations", "Attributions d’ensembles d’autorisations",
    ),
    "User Record Access": ("Accès aux enregistrements", "Accès aux enregistrements"),
}  # fmt: skip

FIELDS: Mapping[str, str] = {
    "Record ID": "Identifiant", "Name": "Nom", "Full Name": "Nom complet", "Owner": "Propriétaire",
    "Created By": "Créé par", "Created Date": "Date de création", "Deleted": "Supprimé",
    "Last Modified By": "Dernière modification par", "Last Modified Date": "Date de dernière modification",
    "System Modstamp": "Horodatage système", "Master Record": "Enregistrement principal",
    "Account": "Compte", "Account Name": "Nom du compte", "Account Type": "Type de compte",
    "Parent Account": "Compte parent", "Account Phone": "Téléphone du compte", "Account Fax": "Fax du compte",
    "Account Number": "Numéro de compte", "Website": "Site Web", "SIC Code": "Code SIC", "Industry": "Secteur",
    "Annual Revenue": "Chiffre d’affaires annuel", "Employees": "Employés", "Ownership": "Propriété",
    "Ticker Symbol": "Symbole boursier", "Account Description": "Description du compte",
    "Account Rating": "Évaluation du compte", "Account Site": "Site du compte", "Account Source": "Origine du compte",
    "Billing Address": "Adresse de facturation", "Billing Street": "Rue de facturation",
    "Billing City": "Ville de facturation", "Billing State": "Région de facturation",
    "Billing Postal Code": "Code postal de facturation", "Billing Country": "Pays de facturation",
    "Shipping Address": "Adresse de livraison", "Shipping Street": "Rue de livraison",
    "Shipping City": "Ville de livraison", "Shipping State": "Région de livraison",
    "Shipping Postal Code": "Code postal de livraison", "Shipping Country": "Pays de livraison",
    "Mailing Address": "Adresse postale", "Mailing Street": "Rue (adresse postale)",
    "Mailing City": "Ville (adresse postale)", "Mailing State": "Région (adresse postale)",
    "Mailing Postal Code": "Code postal", "Mailing Country": "Pays (adresse postale)",
    "Other Address": "Autre adresse", "Other Street": "Autre rue", "Other City": "Autre ville",
    "Other State": "Autre région", "Other Postal Code": "Autre code postal", "Other Country": "Autre pays",
    "Address": "Adresse", "Street": "Rue", "City": "Ville", "State": "Région", "Postal Code": "Code postal",
    "Country": "Pays", "Last Name": "Nom de famille", "First Name": "Prénom", "Salutation": "Civilité",
    "Business Phone": "Téléphone professionnel", "Business Fax": "Fax professionnel",
    "Mobile Phone": "Téléphone mobile", "Home Phone": "Téléphone personnel", "Other Phone": "Autre téléphone",
    "Asst. Phone": "Téléphone de l’assistant", "Reports To": "Responsable", "Email": "E-mail", "Title": "Fonction",
    "Department": "Service", "Assistant Name": "Nom de l’assistant", "Lead Source": "Origine de la piste",
    "Birthdate": "Date de naissance", "Contact Description": "Description du contact",
    "Email Opt Out": "Refus des e-mails", "Do Not Call": "Ne pas appeler", "Private": "Privé",
    "Description": "Description", "Stage": "Étape", "Amount": "Montant", "Probability (%)": "Probabilité (%)",
    "Expected Amount": "Montant attendu", "Quantity": "Quantité", "Close Date": "Date de clôture",
    "Opportunity Type": "Type d’opportunité", "Next Step": "Étape suivante", "Closed": "Fermée", "Won": "Gagnée",
    "Forecast Category": "Catégorie de prévision", "Has Line Item": "Contient des produits",
    "Price Book": "Catalogue de prix", "Contact": "Contact", "Opportunity": "Opportunité",
    "Sort Order": "Ordre de tri", "Price Book Entry": "Entrée de catalogue de prix", "Product": "Produit",
    "Product Code": "Code du produit", "Opportunity Product Name": "Nom du produit d’opportunité",
    "Total Price": "Prix total", "Sales Price": "Prix de vente", "List Price": "Prix catalogue",
    "Subtotal": "Sous-total", "Discount": "Remise", "Date": "Date", "Line Description": "Description de la ligne",
    "Product Name": "Nom du produit", "Product Description": "Description du produit", "Active": "Actif",
    "Product Family": "Famille de produits", "Display Url": "Adresse d’affichage",
    "Quantity Unit Of Measure": "Unité de mesure", "Product SKU": "Référence (SKU)",
    "Price Book Name": "Nom du catalogue de prix", "Is Standard Price Book": "Catalogue de prix standard",
    "Use Standard Price": "Utiliser le prix standard", "Username": "Nom d’utilisateur",
    "Company Name": "Nom de la société", "Division": "Division", "Phone": "Téléphone", "Fax": "Fax", "Alias": "Alias",
    "Time Zone Sid Key": "Fuseau horaire", "Locale Sid Key": "Paramètres régionaux",
    "Email Encoding Key": "Encodage des e-mails", "Profile": "Profil", "User Type": "Type d’utilisateur",
    "Language": "Langue", "Employee Number": "Numéro d’employé", "Federation Identifier": "Identifiant de fédération",
    "Manager": "Responsable hiérarchique", "Subject": "Objet", "Due Date Only": "Date d’échéance", "Status": "Statut",
    "Priority": "Priorité", "Related To": "Associé à", "Who": "Nom", "What": "Associé à",
}  # fmt: skip

VALUES: Mapping[str, str] = {
    "Prospecting": "Prospection", "Needs Analysis": "Analyse des besoins", "Value Proposition": "Offre de valeur",
    "Id. Decision Makers": "Identification des décideurs", "Perception Analysis": "Analyse de la perception",
    "Proposal/Price Quote": "Proposition/devis", "Negotiation/Review": "Négociation/révision",
    "Closed Won": "Fermée gagnée", "Closed Lost": "Fermée perdue", "Omitted": "Omis", "BestCase": "Meilleur cas",
    "Best Case": "Meilleur cas", "Commit": "Engagement", "Forecast": "Engagement", "Closed": "Fermée",
    "Customer - Direct": "Client - direct", "Customer - Channel": "Client - réseau",
    "Channel Partner / Reseller": "Partenaire / revendeur", "Installation Partner": "Partenaire d’installation",
    "Technology Partner": "Partenaire technologique", "Other": "Autre",
    "Existing Customer - Upgrade": "Client existant - mise à niveau",
    "Existing Customer - Replacement": "Client existant - remplacement",
    "Existing Customer - Downgrade": "Client existant - rétrogradation", "New Customer": "Nouveau client",
    "Web": "Web", "Phone Inquiry": "Demande par téléphone", "Partner Referral": "Recommandation de partenaire",
    "Purchased List": "Liste achetée", "Not Started": "Non commencée", "In Progress": "En cours",
    "Completed": "Terminée", "Waiting on someone else": "En attente d’un tiers", "Deferred": "Reportée",
    "High": "Haute", "Low": "Basse", "Normal": "Normale", "Hot": "Chaud", "Warm": "Tiède", "Cold": "Froid",
    "Public": "Publique", "Private": "Privée", "Subsidiary": "Filiale", "None": "Aucune", "Each": "Unité",
    "Mr.": "M.", "Ms.": "Mme", "Mrs.": "Mme", "Dr.": "Dr", "Prof.": "Pr",
    "Agriculture": "Agriculture", "Apparel": "Habillement", "Banking": "Banque", "Biotechnology": "Biotechnologie",
    "Chemicals": "Chimie", "Construction": "Construction", "Consulting": "Conseil", "Education": "Enseignement",
    "Electronics": "Électronique", "Energy": "Énergie", "Engineering": "Ingénierie", "Entertainment": "Divertissement",
    "Environmental": "Environnement", "Food & Beverage": "Alimentation et boissons", "Government": "Administration",
    "Healthcare": "Santé", "Hospitality": "Hôtellerie", "Insurance": "Assurance", "Machinery": "Machines",
    "Manufacturing": "Industrie", "Media": "Médias", "Not For Profit": "Association", "Recreation": "Loisirs",
    "Retail": "Commerce de détail", "Shipping": "Transport maritime", "Technology": "Technologie",
    "Telecommunications": "Télécommunications", "Transportation": "Transports", "Utilities": "Services publics",
}  # fmt: skip
