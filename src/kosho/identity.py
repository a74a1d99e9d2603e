"""Values as keys of a cache where they have no hash, or one that costs more than what is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Same"]

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Same(Generic[Value]):
    """A value that equals itself and nothing else. As long as a cache holds it, nothing else takes its place.

    >>> from kosho.identity import Same
    >>> one = [1]
    >>> Same(one) == Same(one), Same(one) == Same([1])
    (True, False)
    """

    value: Value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value
