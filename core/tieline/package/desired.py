"""What the org should hold: every plugin's components, each name once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tieline.contract import Component, Declarations, PermanentError
from tieline.package import names
from tieline.package.rights import PERMISSION_SET, united

Render = Callable[[Declarations], Iterable[Sequence[Component]]]
"""The hook `render_package`: one sequence a plugin."""


def desired_components(declarations: Declarations, render: Render) -> tuple[Component, ...]:
    """All components, in order of kind and name. Shares in one permission set are united; any other name taken twice
    for different things is refused. Raises PermanentError with all bad names at once."""
    found: dict[tuple[str, str], Component] = {}
    for components in render(declarations):
        for component in components:
            key = component.kind, component.name
            found[key] = _settled(found.get(key), component)
    ordered = tuple(found[key] for key in sorted(found))
    _check_names(ordered)
    return ordered


def _settled(known: Component | None, component: Component) -> Component:
    if known is None or known == component:
        return component
    if component.kind == PERMISSION_SET:
        return united(known, component)
    raise PermanentError(
        f"two plugins declare the {component.kind} {component.name} differently",
        where="package",
        mend="Rename one of them, or take one of the plugins off the list of allowed plugins.",
        code="two_declarations",
    )


def _check_names(components: Sequence[Component]) -> None:
    problems = [problem for component in components for problem in names.problems(component)]
    if problems:
        raise PermanentError(
            "; ".join(problems), where="package", mend="Correct the plugin's declarations.", code="names"
        )
