"""Why a record does not go on, in words for a person: the plugin's own where it explains a refusal of its system, else
the plain ones. Both go through the catalogues, so a plugin may answer in English and leave the language to its book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tieline.contract import Explanation, Side
from tieline.store.nouns import Link, Problem
from tieline.sync.context import Behaviours, Context

Say = Callable[[str, str], str]
"""A text in a language."""


def told(context: Context, link: Link, language: str) -> Explanation | None:
    """The reason and the next step of a link that waits for a person; None: nothing is wrong with it. A refused
    deletion stands over all else, and keeps its next step."""
    problem, refused = link.problem, link.delete_refused
    if problem is None:
        return Explanation(context.say(language, refused), "") if refused else None
    plain = replace(problem, reason=refused, final=False) if refused else problem
    return in_words(context.behaviours, context.say, context.system.name, plain, language)


def in_words(behaviours: Behaviours, say: Say, system: str, problem: Problem, language: str) -> Explanation:
    """A problem for a person who speaks the language. What the CRM refused, or we ourselves, is no plugin's to explain;
    what is tried again by itself keeps its next step."""
    found = None
    if problem.side == Side.ERP:
        found = behaviours.explain(system, problem.code, problem.reason, language)
    reason = found.reason if found and found.reason else problem.reason
    step = found.next_step if found and found.next_step and problem.final else problem.next_step
    return Explanation(say(language, reason), say(language, step))
