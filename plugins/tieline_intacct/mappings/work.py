"""Projects and their tasks. The project's rows, directions and locks are the vendor's table as far as it could be read;
its percent and durations are formulas there and always come from Intacct."""

from __future__ import annotations

from tieline.contract import Choice, Day, Direction, Field, Flag, Format, Mapping, Number, Option, Reference, Text
from tieline_intacct.mappings.words import ACTIVE, MONEY, shown
from tieline_intacct.names import CUSTOMER, PROJECT, SYSTEM, TASK
from tieline_intacct.options import PROJECT_STATUSES, PROJECT_TYPES

PROJECT_OBJECT = "ERP_Project__c"
TASK_OBJECT = "ERP_Project_Task__c"
PROJECT_CATEGORY = "Contract"
_HOURS = Number(2)
_STATUSES = ("Not Started", "Planned", "In Progress", "Completed", "On Hold")

PROJECTS = Mapping(
    system=SYSTEM,
    name=PROJECT,
    label="Project",
    crm_object=PROJECT_OBJECT,
    erp_object="PROJECT",
    number="PROJECTID",
    fields=(
        Field("Project_ID__c", "PROJECTID", Text(20), locked=True, key=True, local=True, label="Project ID"),
        Field("Name", "NAME", Text(80), locked=True, required=True, label="Project name"),
        Field("Description__c", "DESCRIPTION", Text(4000, Format.AREA), label="Description"),
        Field(
            "Category__c",
            "PROJECTCATEGORY",
            Text(40),
            required=True,
            default=PROJECT_CATEGORY,
            label="Project category",
        ),
        Field("Account__c", "CUSTOMERID", Reference(CUSTOMER), label="Customer"),
        Field("Parent_Project__c", "PARENTID", Reference(PROJECT), label="Parent project"),
        Field("Opportunity_Key__c", "SFDCKEY", Text(18), label="Opportunity ID"),
        Field("Intacct_Project_Status__c", "PROJECTSTATUS", Option(PROJECT_STATUSES), label="Project status"),
        Field("Intacct_Project_Type__c", "PROJECTTYPE", Option(PROJECT_TYPES), label="Project type"),
        Field("Begin_Date__c", "BEGINDATE", Day(), label="Begin date"),
        Field("End_Date__c", "ENDDATE", Day(), label="End date"),
        Field("PO_Number__c", "PONUMBER", Text(80), label="P.O. number"),
        Field("PO_Amount__c", "POAMOUNT", MONEY, label="P.O. amount"),
        shown("Complete_by_Duration__c", "PERCENTCOMPLETE", _HOURS, "Complete by duration"),
        shown("Actual_Duration__c", "ACTUALQTY", _HOURS, "Actual duration"),
        shown("Approved_Duration__c", "APPROVEDQTY", _HOURS, "Approved duration"),
        shown("Estimated_Duration__c", "ESTQTY", _HOURS, "Estimated duration"),
        shown("Remaining_Duration__c", "REMAININGQTY", _HOURS, "Remaining duration"),
        Field("Active__c", "STATUS", Flag(), Direction.TO_CRM, via=ACTIVE, label="Active"),
    ),
)  # fmt: skip

TASKS = Mapping(
    system=SYSTEM,
    name=TASK,
    label="Task",
    crm_object=TASK_OBJECT,
    erp_object="TASK",
    parent=PROJECT,
    number="TASKID",
    fields=(
        Field("Project__c", "PROJECTID", Reference(PROJECT), locked=True, required=True, label="Project"),
        Field("Name", "NAME", Text(80), locked=True, required=True, label="Task name"),
        Field("Task_Status__c", "TASKSTATUS", Choice(_STATUSES), required=True, default="Not Started",
              label="Task status"),
        Field("Description__c", "DESCRIPTION", Text(4000, Format.AREA), label="Description"),
        Field("Begin_Date__c", "PBEGINDATE", Day(), label="Planned begin date"),
        Field("End_Date__c", "PENDDATE", Day(), label="Planned end date"),
        Field("Estimated_Duration__c", "ESTQTY", _HOURS, label="Estimated duration"),
        Field("Billable__c", "BILLABLE", Flag(), label="Billable"),
        shown("Task_ID__c", "TASKID", Text(80), "Task ID"),
    ),
)  # fmt: skip
