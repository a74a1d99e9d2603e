"""The live table: a server on this machine for pages, programs (REST) and assistants (MCP).

It uses the doors that Python users have and has no logic of its own.
"""

from kosho.serve.app import create_app
from kosho.serve.rooms import Settings

__all__ = ["Settings", "create_app"]
