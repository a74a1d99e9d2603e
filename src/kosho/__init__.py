"""Kosho (交渉, negotiation): a workbench for people who prepare trade talks."""

from kosho.errors import ConvergenceError, InputError, KoshoError

__version__ = "0.1.0"
__all__ = ["ConvergenceError", "InputError", "KoshoError", "__version__"]
