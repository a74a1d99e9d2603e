"""What fuzzing looks for, and what it meets."""


class BrokenError(AssertionError):
    """Something that must hold of anything, and does not."""


class UnansweredError(Exception):
    """No equilibrium was found, where there may be none: a fixed surplus can be more than a country earns."""
