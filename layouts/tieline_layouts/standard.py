"""What the platform says about rights on its own objects, as far as permission sets need it. All [K].

A permission set that names a field without field-level security is refused as a whole, therefore the fields that have
one are listed and all others are left to the user's profile.
"""

from __future__ import annotations

_SECURED = {
    "Account": (
        "AccountNumber BillingAddress ShippingAddress Phone Fax Website Description Industry ParentId Type Site "
        "AnnualRevenue NumberOfEmployees Rating"
    ),
    "Contact": (
        "AccountId Email Phone MobilePhone HomePhone OtherPhone Fax MailingAddress OtherAddress Title Department"
    ),
    "Opportunity": "AccountId Amount Description NextStep Type LeadSource Probability",
    "Product2": "ProductCode Description Family",
}
_ADDRESSES = ("Billing", "Shipping", "Mailing", "Other")
_PARTS = ("Street", "City", "State", "PostalCode", "Country")

RIGHTS_ON = frozenset({"Account", "Contact", "Opportunity", "Product2", "Pricebook2", "Lead", "Order", "Quote", "Case"})
"""Standard objects that take object permissions; others (opportunity lines) follow their parent."""

NEEDS_READ = {"Contact": "Account", "Opportunity": "Account"}
"""Reading the one depends on reading the other."""


def secured_field(owner: str, name: str) -> str:
    """The name under which a standard field stands in a permission set; empty when it has no field-level security.
    Parts of an address are secured together."""
    for prefix in _ADDRESSES:
        if name in {f"{prefix}{part}" for part in _PARTS}:
            name = f"{prefix}Address"
    return f"{owner}.{name}" if name in _SECURED.get(owner, "").split() else ""
