"""The managed lists: what Intacct owns and the org may only choose from."""

from __future__ import annotations

from tieline.contract import ManagedList
from tieline_intacct import options
from tieline_intacct.names import SYSTEM

LISTS = (
    ManagedList(SYSTEM, options.AR_TERMS, "AR term", "AR terms"),
    ManagedList(SYSTEM, options.BILLING_TEMPLATES, "Billing template", "Billing templates"),
    ManagedList(SYSTEM, options.CLASSES, "Class", "Classes", hierarchy=True),
    ManagedList(SYSTEM, options.DEPARTMENTS, "Department", "Departments", hierarchy=True),
    ManagedList(SYSTEM, options.EMPLOYEES, "Employee", "Employees", ("email",)),
    ManagedList(SYSTEM, options.LOCATIONS, "Location", "Entities and locations", hierarchy=True),
    ManagedList(SYSTEM, options.EXCHANGE_RATE_TYPES, "Exchange rate type", "Exchange rate types", ("default",)),
    ManagedList(SYSTEM, options.PROJECT_STATUSES, "Project status", "Project statuses"),
    ManagedList(SYSTEM, options.PROJECT_TEMPLATES, "Project template", "Project templates"),
    ManagedList(SYSTEM, options.PROJECT_TYPES, "Project type", "Project types"),
    ManagedList(SYSTEM, options.RENEWAL_TEMPLATES, "Renewal template", "Renewal templates"),
    ManagedList(SYSTEM, options.TERRITORIES, "Territory", "Territories", hierarchy=True),
)
