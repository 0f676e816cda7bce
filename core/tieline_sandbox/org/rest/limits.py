"""`/limits` and the usage header."""

from __future__ import annotations

from tieline_sandbox.org.call import Call
from tieline_sandbox.org.errors import OrgError
from tieline_sandbox.org.service import Org
from tieline_sandbox.wire import Response, json_response

# A local org should not run dry in a load test; faults and the setting make it do so on demand.
DAILY_REQUESTS = 1_000_000
_OTHERS = {
    "ConcurrentAsyncGetReportInstances": 200, "DailyAsyncApexExecutions": 250_000, "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562, "DailyBulkV2QueryJobs": 10_000, "DailyStreamingApiEvents": 200_000,
    "DataStorageMB": 10_240, "FileStorageMB": 10_240, "HourlyPublishedPlatformEvents": 250_000, "SingleEmail": 5_000,
}  # fmt: skip


def maximum(org: Org) -> int:
    return int(org.setting("api_max") or DAILY_REQUESTS)


def count(org: Org) -> None:
    """Every REST call counts; OrgError 403 when the day's allocation is used up."""
    if org.usage >= maximum(org):
        raise OrgError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    org.usage += 1


def header(org: Org) -> tuple[str, str]:
    return "Sforce-Limit-Info", f"api-usage={max(org.usage, 1)}/{maximum(org)}"


def limits(call: Call) -> Response:
    call.parsed("limits")
    most = maximum(call.org)
    body = {"DailyApiRequests": {"Max": most, "Remaining": most - call.org.usage}}
    return json_response(200, body | {name: {"Max": value, "Remaining": value} for name, value in _OTHERS.items()})
