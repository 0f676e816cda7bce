"""Planning against an org, and applying a plan: checked first, then all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieline.contract import Clock, Component, Misconfigured, PermanentError, Unconfirmed
from tieline.package import schema
from tieline.package.archive import pack
from tieline.package.inspect import inspect
from tieline.package.ledger import Ledger, save_ledger
from tieline.package.metadata import Assign, DeployAnswer, Metadata, Progress, WritePackage
from tieline.package.plan import Plan, Step, make_plan
from tieline.package.preimage import PreImages
from tieline.store.protocol import Store

_MOST_PROBLEMS = 5
CHECKING, INSTALLING = "checking", "installing"


@dataclass(frozen=True)
class Installation:
    """What applying needs: the org, the store that keeps the ledger, and where pre-images go."""

    metadata: Metadata
    write: WritePackage
    assign: Assign
    store: Store
    pre_images: PreImages
    clock: Clock


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. `pre_image` is None when nothing was deployed; `assigned` are sets newly given."""

    steps: tuple[Step, ...]
    deployment: str = ""
    pre_image: Path | None = None
    assigned: tuple[str, ...] = ()


def plan_package(
    metadata: Metadata, components: Sequence[Component], ledger: Ledger, *, assign: Sequence[str] = ()
) -> Plan:
    """Compare what is declared with what the org has; nothing is changed."""
    wanted = {(component.kind, component.name) for component in components} | set(ledger.installed)
    return make_plan(components, inspect(metadata, wanted).components, ledger, assign)


def apply_package(
    installation: Installation, plan: Plan, *, remove: bool = False, progress: Progress | None = None
) -> Applied:
    """Apply a plan. Safe to repeat, also after a crash at any point: what was reached is found by the next plan.

    Raises PermanentError with the org's own words when anything is refused; the org is then as it was. Raises
    Unconfirmed when fields or objects with data would go and `remove` is not set.
    """
    _confirm(plan, remove)
    _preflight(plan)
    deployment, pre_image = "", None
    if plan.sent or plan.removed:
        package = pack(_files(installation, plan))
        _deploy(installation, package, True, progress)
        pre_image = _keep_pre_image(installation, plan)
        deployment = _deploy(installation, package, False, progress).id
    assigned = tuple(name for name in plan.assigned if installation.assign(name))
    save_ledger(installation.store, plan.org, plan.system, plan.components, installation.clock.now())
    return Applied(plan.steps, deployment, pre_image, assigned)


def _confirm(plan: Plan, remove: bool) -> None:
    if plan.losing_data and not remove:
        names = ", ".join(step.name for step in plan.losing_data)
        raise Unconfirmed(
            f"the data of {names} would be lost",
            where=plan.system,
            mend="Export it first, then repeat with --remove.",
            code="data_loss",
        )


def _preflight(plan: Plan) -> None:
    found = [problem for component in plan.components for problem in schema.problems(component)]
    if found:
        raise _refused(plan.system, found, "Correct the plugin's declarations.", "preflight")


def _files(installation: Installation, plan: Plan) -> Mapping[str, bytes]:
    files = installation.write(plan.sent, plan.removed)
    if files is None:
        raise Misconfigured("no plugin writes metadata files", where="package", mend="Allow the plugin layouts.")
    return files


def _keep_pre_image(installation: Installation, plan: Plan) -> Path:
    touched = {(component.kind, component.name) for component in (*plan.sent, *plan.removed)}
    before = inspect(installation.metadata, touched)
    return installation.pre_images.keep(plan, before.files, installation.clock.now())


def _deploy(installation: Installation, package: bytes, check_only: bool, progress: Progress | None) -> DeployAnswer:
    what = CHECKING if check_only else INSTALLING

    def told(done: int, total: int) -> None:
        if progress:
            progress(what, done, total)

    answer = installation.metadata.deploy(package, check_only, progress=told)
    if not answer.success:
        failures = [_words(part.kind, part.full_name, part.problem) for part in answer.components if not part.success]
        problems = list(dict.fromkeys([*failures, *([] if failures else answer.errors)])) or [answer.status]
        raise _refused("org", problems, "Nothing was changed. Mend this in the org, then try again.", "deploy")
    return answer


def _words(kind: str, name: str, problem: str) -> str:
    return f"{kind} {name}: {problem}".strip()


def _refused(where: str, problems: Sequence[str], mend: str, code: str) -> PermanentError:
    shown = [problem.rstrip(".") for problem in problems[:_MOST_PROBLEMS]]
    more = len(problems) - len(shown)
    return PermanentError("; ".join(shown) + (f"; and {more} more" if more else ""), where=where, mend=mend, code=code)
