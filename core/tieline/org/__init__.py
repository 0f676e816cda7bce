"""The Salesforce client: login, records, queries and metadata, with the traps of the libraries below it closed."""

from tieline.org.client import OrgClient
from tieline.org.facade import Org, open_org
from tieline.org.metadata import ComponentResult, DeployResult, MetadataClient
from tieline.org.settings import OrgSettings

__all__ = ["ComponentResult", "DeployResult", "MetadataClient", "Org", "OrgClient", "OrgSettings", "open_org"]
