"""Items, projects and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from tieline.contract import Write
from tieline_intacct import marks
from tieline_intacct.functions import condition, one_of
from tieline_intacct.resource import Resource
from tieline_intacct.xml import Element

TEMPLATE = "Template"
"""The category of projects that others are made after [I]."""


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
    """Without templates, which are a list of their own."""

    name = kind = "PROJECT"
    key = number = "PROJECTID"

    def where(self) -> Element | None:
        return condition("notequalto", "PROJECTCATEGORY", TEMPLATE)


class Tasks(Numbered):
    """No function reads a task by name: its record number is its key."""

    name = kind = "TASK"
    key = "RECORDNO"
    number = "TASKID"

    def where(self) -> Element | None:
        return condition("notequalto", "PROJECT.PROJECTCATEGORY", TEMPLATE)
