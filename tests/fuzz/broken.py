"""What fuzzing looks for."""


class BrokenError(AssertionError):
    """Something that must hold of anything, and does not."""
