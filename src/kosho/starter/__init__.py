"""A case to start from: a folder of commented files that runs at once, and what to edit in it next."""

from kosho.starter.folder import NewCase, new_case

__all__ = ["NewCase", "new_case"]
