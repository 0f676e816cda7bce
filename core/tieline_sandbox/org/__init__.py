"""The local org: a stateful Salesforce stand-in that real clients can talk to."""

from tieline_sandbox.org.application import OrgApplication, build

__all__ = ["OrgApplication", "build"]
