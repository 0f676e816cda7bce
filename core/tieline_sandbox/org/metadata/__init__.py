"""The Metadata API: packages, components, deploy and retrieve."""
