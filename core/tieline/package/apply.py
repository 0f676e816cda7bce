"""Planning against an org, and applying a plan: checked first, then all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieline.contract import Clock, Component, Misconfigured, PermanentError
from tieline.package import preflight
from tieline.package.archive import pack
from tieline.package.fields import CUSTOM_FIELD
from tieline.package.inspect import inspect
from tieline.package.ledger import Ledger, PageNote, save_ledger, save_start
from tieline.package.losses import confirm_losses
from tieline.package.metadata import Count, DeployAnswer, Metadata, People, Progress, WritePackage
from tieline.package.objects import CUSTOM_OBJECT
from tieline.package.pages import expanded, note
from tieline.package.parts import LAYOUT, owner_of
from tieline.package.plan import Plan, Purpose, Step, make_plan
from tieline.package.preimage import Image, PreImages
from tieline.package.removals import object_of
from tieline.package.translated import TRANSLATED, TRANSLATIONS, Wording, translated
from tieline.store.protocol import Store

_MOST_PROBLEMS = 5
CHECKING, INSTALLING = "checking", "installing"


@dataclass(frozen=True)
class Installation:
    """What applying needs: the org, the store that keeps the ledger, and where pre-images go."""

    metadata: Metadata
    write: WritePackage
    people: People
    count: Count
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
    metadata: Metadata,
    components: Sequence[Component],
    ledger: Ledger,
    *,
    assign: Sequence[str] = (),
    purpose: Purpose = Purpose.APPLY,
    wording: Wording | None = None,
) -> Plan:
    """Compare what is declared with what the org has; nothing is changed. No components at all: all goes. `wording`
    adds the translations, for the languages that the org has switched on."""
    layouts = metadata.list_components(LAYOUT) if any(each.kind == LAYOUT for each in components) else ()
    desired = expanded(components, layouts)
    if wording and desired:
        desired += tuple(translated(desired, wording.among(metadata.list_components(TRANSLATIONS))))
    wanted = {(component.kind, component.name) for component in desired} | set(ledger.installed) | set(ledger.started)
    return make_plan(desired, inspect(metadata, wanted).components, ledger, assign, purpose)


def apply_package(
    installation: Installation,
    plan: Plan,
    *,
    remove: bool = False,
    confirmed: str = "",
    progress: Progress | None = None,
) -> Applied:
    """Apply a plan. Safe to repeat, also after a crash at any point: what was reached is found by the next plan.

    Raises PermanentError with the org's own words when anything is refused; the org is then as it was. Raises
    Unconfirmed when fields or objects would go, and neither `remove` is set nor, where they hold data, the system's
    name typed (`confirmed`).
    """
    confirm_losses(plan, installation.count, remove, confirmed)
    preflight.check(plan, installation.metadata)
    deployment, image = _change(installation, plan, progress) if plan.sent or plan.removed else ("", None)
    assigned = tuple(name for name in plan.assigned if installation.people.assign(name))
    _record(installation, plan)
    return Applied(plan.steps, deployment, image.path if image else None, assigned)


def _change(installation: Installation, plan: Plan, progress: Progress | None) -> tuple[str, Image]:
    """People keep their permission sets when the org refuses; it would refuse while they hold one that goes."""
    package = pack(package_files(installation.write, plan.sent, plan.removed))
    holders = _holders(installation, plan)
    image = _keep_image(installation, plan, holders) if holders else None
    for name in holders:
        installation.people.take(name)
    try:
        _deploy(installation, package, True, progress)
        image = image or _keep_image(installation, plan, holders)
        _announce(installation, plan)
        return _deploy(installation, package, False, progress).id, image
    except PermanentError:
        for name, users in holders.items():
            installation.people.give(name, users)
        raise


def _holders(installation: Installation, plan: Plan) -> Mapping[str, Sequence[str]]:
    """A run that was killed after it had taken a set from people is known by its picture of the org."""
    found = {name: installation.people.holders(name) for name in plan.unassigned}
    image = installation.pre_images.latest(plan.org, plan.system) if found else None
    known = image.holders if image and image.purpose is plan.purpose is Purpose.UNINSTALL else {}
    return {name: users or known.get(name, ()) for name, users in found.items()}


def _announce(installation: Installation, plan: Plan) -> None:
    sent = {(each.kind, each.name) for each in plan.sent}
    known = [each for each in plan.components if (each.kind, each.name) in sent]
    save_start(installation.store, plan.ledger, known, _notes(plan))


def _notes(plan: Plan) -> dict[str, PageNote | None]:
    return {page.name: note(page, plan.ledger.pages.get(page.name, PageNote())) for page in plan.pages}


def _record(installation: Installation, plan: Plan) -> None:
    at, strangers = installation.clock.now(), _strangers(installation, plan)
    save_ledger(installation.store, plan.ledger, plan.components, _notes(plan), at, strangers)


def _strangers(installation: Installation, plan: Plan) -> list[str] | None:
    """The org's own fields on the objects that we touch, noted once: what comes later came from somebody."""
    if plan.ledger.strangers is not None or plan.purpose is not Purpose.APPLY:
        return None
    ours = {each.name for each in plan.components if each.kind == CUSTOM_FIELD}
    owners = {name.partition(".")[0] for name in ours}
    return [
        name
        for name in installation.metadata.list_components(CUSTOM_FIELD)
        if name.partition(".")[0] in owners and name not in ours
    ]


def package_files(
    write: WritePackage, sent: Sequence[Component], removed: Sequence[Component] = ()
) -> Mapping[str, bytes]:
    """The files of a package, by whichever plugin writes them."""
    files = write(sent, removed)
    if files is None:
        raise Misconfigured("no plugin writes metadata files", where="package", mend="Allow the plugin layouts.")
    return files


def _keep_image(installation: Installation, plan: Plan, holders: Mapping[str, Sequence[str]]) -> Image:
    """Of an object that goes, all that goes with it: its own file holds its fields, its pages have files of theirs."""
    gone = [(component.kind, component.name) for component in plan.removed]
    objects = {name for kind, name in gone if kind == CUSTOM_OBJECT}
    if gone:
        gone += [key for key in plan.ledger.installed if key[0] in TRANSLATED]  # their entries go with what they name
    if objects:
        gone += [key for key in plan.ledger.installed if key not in gone and object_of(key) in objects]
        gone += [(LAYOUT, name) for name in installation.metadata.list_components(LAYOUT) if owner_of(name) in objects]
    touched = {(component.kind, component.name) for component in plan.sent} | set(gone)
    before = inspect(installation.metadata, touched)
    return installation.pre_images.keep(plan, sorted(set(gone)), before.files, holders, installation.clock.now())


def _deploy(installation: Installation, package: bytes, check_only: bool, progress: Progress | None) -> DeployAnswer:
    what = CHECKING if check_only else INSTALLING

    def told(done: int, total: int) -> None:
        if progress:
            progress(what, done, total)

    answer = installation.metadata.deploy(package, check_only, progress=told)
    if not answer.success:
        failures = [_words(part.kind, part.full_name, part.problem) for part in answer.components if not part.success]
        problems = list(dict.fromkeys([*failures, *([] if failures else answer.errors)])) or [answer.status]
        raise refused("org", problems, "Nothing was changed. Mend this in the org, then try again.", "deploy")
    return answer


def _words(kind: str, name: str, problem: str) -> str:
    return f"{kind} {name}: {problem}".strip()


def refused(where: str, problems: Sequence[str], mend: str, code: str) -> PermanentError:
    """The first few problems in one sentence."""
    shown = [problem.rstrip(".") for problem in problems[:_MOST_PROBLEMS]]
    more = len(problems) - len(shown)
    return PermanentError("; ".join(shown) + (f"; and {more} more" if more else ""), where=where, mend=mend, code=code)
