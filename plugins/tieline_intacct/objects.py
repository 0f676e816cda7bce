"""Items, projects and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from tieline.contract import PermanentError, Write
from tieline_intacct import functions, marks, values
from tieline_intacct.functions import both, condition, one_of
from tieline_intacct.paging import Scope, everything
from tieline_intacct.resource import Resource
from tieline_intacct.xml import Element

TEMPLATE = "Template"
"""The category of projects that others are made after [I]."""
MADE_AFTER = "MADEAFTER"
"""A field of our own: the ID of the template that a new project is made after."""
_PROJECT = ("PROJECTTYPE", "DESCRIPTION", "BILLINGTYPE", "TERMNAME", "DEPARTMENTID", "LOCATIONID", "CLASSID")
_TASK = ("NAME", "TASKID", "DESCRIPTION", "BILLABLE", "ESTQTY")
_NEW_TASK = {"TASKSTATUS": "Not Started"}


class Items(Resource):
    """`ITEMID` is ours to choose and cannot be changed later [D], so it is what makes a second create fail."""

    name = kind = "ITEM"
    key = "ITEMID"


class Numbered(Resource):
    """Records whose ID we choose where the org gives none: no other field could hold our mark."""

    number: ClassVar[str]

    def birth(self, write: Write) -> dict[str, str]:
        made = super().birth(write)
        return {self.number: f"T-{marks.mark(write.marker)}", **made}

    def marked(self, markers: Sequence[str]) -> tuple[Element, str] | None:
        return one_of(self.number, [f"T-{one}" for one in markers]), self.number


class Projects(Numbered):
    """Without templates, which are a list of their own. No function makes a project after one: what a template says is
    copied, and its tasks are made in the same call as the project."""

    name = kind = "PROJECT"
    key = number = "PROJECTID"

    def create_body(self, entity: str, write: Write) -> Element:
        template = values.printed(write.fields.get(MADE_AFTER))
        fields = {name: value for name, value in write.fields.items() if name != MADE_AFTER}
        if not template:
            return super().create_body(entity, replace(write, fields=fields))
        made = self._copied(entity, template) | self.birth(replace(write, fields=fields))
        tasks = everything(self.schema, self._tasks(entity, template))
        given = [{name: row[name] for name in _TASK if row.get(name)} for row in tasks]
        lines = [functions.record("TASK", {**_NEW_TASK, **one, self.key: made[self.key]}) for one in given]
        return functions.create(functions.record(self.kind, made), *lines)

    def _copied(self, entity: str, template: str) -> dict[str, str]:
        """Raises PermanentError for a template that is not there."""
        where = both(condition("equalto", self.key, template), condition("equalto", "PROJECTCATEGORY", TEMPLATE))
        rows = everything(self.schema, Scope(entity, self.kind, _PROJECT, where, 1))
        if not rows:
            mend = "Choose another one, or none."
            raise PermanentError(
                f"there is no project template {template}", where="Intacct", mend=mend, code="no_template"
            )
        return {name: rows[0][name] for name in _PROJECT if rows[0].get(name)}

    def _tasks(self, entity: str, template: str) -> Scope:
        return Scope(entity, "TASK", _TASK, condition("equalto", self.key, template), self.size)

    def where(self) -> Element | None:
        return condition("notequalto", "PROJECTCATEGORY", TEMPLATE)


class Tasks(Numbered):
    """No function reads a task by name: its record number is its key."""

    name = kind = "TASK"
    key = "RECORDNO"
    number = "TASKID"

    def where(self) -> Element | None:
        return condition("notequalto", "PROJECT.PROJECTCATEGORY", TEMPLATE)
