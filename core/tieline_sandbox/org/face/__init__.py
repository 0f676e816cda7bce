"""The pages of the local org, for a person and a browser."""

from tieline_sandbox.org.face.routes import serve, serves

__all__ = ["serve", "serves"]
