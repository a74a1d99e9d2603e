"""The model beside what happened: published facts, the same figure from Kosho, and why it misses."""

from kosho.validation.rows import Fact, Figure, Row, facts, markdown, validate

__all__ = ["Fact", "Figure", "Row", "facts", "markdown", "validate"]
