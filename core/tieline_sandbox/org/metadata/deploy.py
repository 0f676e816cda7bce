"""deploy: a package into the org, all or nothing when asked so."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tieline_sandbox.org import ids, moments
from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.metadata.archive import BadPackage, Failure, Named, Package, read_package, unzip
from tieline_sandbox.org.metadata.checks import BadComponent
from tieline_sandbox.org.metadata.components import Components, Done
from tieline_sandbox.org.metadata.kinds import APPLY_ORDER, KINDS, file_of
from tieline_sandbox.org.metadata.pruning import prune

VALIDATED = timedelta(days=10)
Result = dict[str, Any]


class _TakeBack(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Options:
    """DeployOptions; what is not sent has the service's default."""

    check_only: bool = False
    rollback_on_error: bool = True
    ignore_warnings: bool = False
    single_package: bool = False
    purge_on_delete: bool = False
    allow_missing_files: bool = False
    test_level: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Options:
        """From JSON or from the texts of a SOAP request, where booleans come in any case."""

        def told(name: str, default: bool = False) -> bool:
            value = str(given.get(name, "")).casefold()
            return value in ("true", "1") if value not in ("", "none") else default

        level = str(given.get("testLevel") or "")
        return cls(
            told("checkOnly"), told("rollbackOnError", True), told("ignoreWarnings"), told("singlePackage"),
            told("purgeOnDelete"), told("allowMissingFiles"), level if level != "None" else "",
        )  # fmt: skip

    def json(self) -> Result:
        return {
            "allowMissingFiles": self.allow_missing_files, "autoUpdatePackage": False, "checkOnly": self.check_only,
            "ignoreWarnings": self.ignore_warnings, "performRetrieve": False, "purgeOnDelete": self.purge_on_delete,
            "rollbackOnError": self.rollback_on_error, "runTests": None, "singlePackage": self.single_package,
            "testLevel": self.test_level or None,
        }  # fmt: skip


@dataclass(slots=True)
class _Report:
    """Messages of one deploy as they come in."""

    now: str
    successes: list[Result] = field(default_factory=list)
    failures: list[Result] = field(default_factory=list)

    def done(self, kind: str, full_name: str, file: str, what: Done) -> None:
        row = self._row(kind, full_name, file)
        row |= {
            "changed": what.changed,
            "created": what.created,
            "deleted": what.deleted,
            "id": what.ident or None,
            "success": True,
        }
        self.successes.append(row)

    def failed(self, failure: Failure) -> None:
        row = self._row(failure.component_type, failure.full_name, failure.file)
        row |= {"problem": failure.problem, "problemType": "Error"}
        row |= {"lineNumber": failure.line, "columnNumber": 1 if failure.line else None}
        self.failures.append(row)

    def warned(self, kind: str, full_name: str, file: str, problem: str) -> None:
        row = self._row(kind, full_name, file)
        self.successes.append({**row, "success": True, "problem": problem, "problemType": "Warning"})

    def _row(self, kind: str, full_name: str, file: str) -> Result:
        return {
            "changed": False, "columnNumber": None, "componentType": kind, "created": False, "createdDate": self.now,
            "deleted": False, "fileName": file, "fullName": full_name, "id": None, "lineNumber": None, "problem": None,
            "problemType": None, "success": False,
        }  # fmt: skip


def deploy(call: Call, data: bytes, options: Options) -> Result:
    """Run one deploy to its end and keep the result for those who ask; the result."""
    if not call.access.admin:
        raise OrgError("INSUFFICIENT_ACCESS", "You need the permission Modify Metadata to deploy", status=403)
    try:
        package = read_package(unzip(data))
    except BadPackage as error:
        package = Package(failures=[Failure("package.xml", "", "package.xml", str(error))])
    try:
        with call.writing() as tx:
            report = _apply(Components(call, tx), package)
            result = _result(call, options, report)
            if options.check_only or (report.failures and options.rollback_on_error):
                raise _TakeBack
            _keep(tx, result)
    except _TakeBack:
        with call.org.state.transaction(actor=call.caller.username, operation="deploy") as tx:
            _keep(tx, result)
            if result["success"]:
                kept = {"at": moments.stamp(tx.now), "zip": base64.b64encode(data).decode("ascii")}
                tx.set_setting(f"validated:{result['id']}", kept)
    return result


def quick_deploy(call: Call, ident: str) -> Result:
    """Deploy what was validated in the last ten days, without sending it again [K]; once. The result."""
    name = f"validated:{ids.full(ident) or ident}"
    found = call.org.setting(name)
    validated = moments.read_moment(str(found["at"])) if found else None
    if not found or validated is None or call.org.clock.now() - validated > VALIDATED:
        raise OrgError("INVALID_ID_FIELD", f"Validation {ident} is not there, was used, or is older than 10 days")
    result = deploy(call, base64.b64decode(found["zip"]), Options())
    with call.org.state.transaction(actor=call.caller.username, operation="deploy") as tx:
        tx.drop_setting(name)
    return result


def _keep(tx: Any, result: Result) -> None:
    tx.set_setting(f"deploy:{result['id']}", result)


def _apply(components: Components, package: Package) -> _Report:
    report = _Report(moments.zulu(components.tx.now))
    for failure in package.failures:
        report.failed(failure)
    _remove(components, report, package.removed_before, "destructiveChanges.xml")
    order = {name: place for place, name in enumerate(APPLY_ORDER)}
    for each in sorted(package.components, key=lambda each: order[each.kind.name]):
        _put(components, report, each)
    _remove(components, report, package.removed_after, "destructiveChangesPost.xml")
    prune(components.tx)
    manifest = Done("", created=False, changed=True)  # the manifest's own row says changed in every real reply
    report.done("", "package.xml", "package.xml", manifest)
    return report


def _put(components: Components, report: _Report, each: Named) -> None:
    try:
        with components.tx.savepoint():
            done = components.put(each.kind, each.full_name, each.body)
    except BadComponent as error:
        components.call.org.touch()
        report.failed(Failure(each.full_name, each.kind.name, each.file, str(error), 1))
    else:
        report.done(each.kind.name, each.full_name, each.file, done)


def _remove(components: Components, report: _Report, members: list[tuple[str, str]], file: str) -> None:
    order = {name: place for place, name in enumerate(APPLY_ORDER)}
    for kind, full_name in sorted(members, key=lambda each: -order[each[0]]):
        try:
            with components.tx.savepoint():
                done = components.remove(KINDS[kind], full_name)
        except BadComponent as error:
            components.call.org.touch()
            report.failed(Failure(full_name, kind, file, str(error)))
            continue
        if done is None:
            report.warned(kind, full_name, file, f"No {kind} named: {full_name} found")
        else:
            report.done(kind, full_name, file_of(KINDS[kind], full_name), done)


def _result(call: Call, options: Options, report: _Report) -> Result:
    good = not report.failures
    partial = not good and not options.rollback_on_error and not options.check_only
    status = "Succeeded" if good else "SucceededPartial" if partial else "Failed"
    counted = [row for row in report.successes if row["fullName"] != "package.xml"]
    ident = call.org.randomness.text(9, ids.ALPHABET)
    short = f"0Af000{ident}"
    return {
        "checkOnly": options.check_only, "completedDate": report.now, "createdBy": call.caller.user_id,
        "createdByName": call.caller.name, "createdDate": report.now,
        "details": {
            "componentFailures": report.failures, "componentSuccesses": report.successes, "retrieveResult": None,
            "runTestResult": {"numFailures": 0, "numTestsRun": 0, "totalTime": 0.0},
        },
        "done": True, "id": short + ids.checksum(short), "ignoreWarnings": options.ignore_warnings,
        "lastModifiedDate": report.now,
        "numberComponentErrors": len(report.failures), "numberComponentsDeployed": len(counted),
        "numberComponentsTotal": len(counted) + len(report.failures), "numberTestErrors": 0, "numberTestsCompleted": 0,
        "numberTestsTotal": 0, "rollbackOnError": options.rollback_on_error, "runTestsEnabled": False,
        "startDate": report.now, "status": status, "success": good, "options": options.json(),
    }  # fmt: skip


def result_of(call: Call, ident: str) -> Result:
    """A kept result; OrgError when the id is unknown."""
    found = call.org.setting(f"deploy:{ids.full(ident) or ident}")
    if found is None:
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", f"no deployment found for id: {ident}", status=404)
    return dict(found)


def messages(result: Result) -> Iterator[tuple[str, Result]]:
    """The rows of the details with the element that holds them."""
    for element in ("componentFailures", "componentSuccesses"):
        for row in result["details"][element]:
            yield element, row
