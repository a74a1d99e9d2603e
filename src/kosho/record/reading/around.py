"""The words right before and right behind a place of a text: what looks at them ends or begins there."""

from __future__ import annotations

__all__ = ["before", "behind"]

FAR = 200
"""Characters; nothing that is looked for is as long."""


def before(text: str, place: int, floor: int = 0) -> str:
    """The words before a place, none of them before `floor`.

    >>> from kosho.record.reading.around import before
    >>> before("led by Ana Rey", 7)
    'led by '
    >>> before("led by Ana Rey", 7, 4)
    'by '
    >>> len(before("a" * 500, 500))
    200
    """
    return text[max(floor, place - FAR) : place]


def behind(text: str, place: int) -> str:
    """The words behind a place.

    >>> from kosho.record.reading.around import behind
    >>> behind("Ana Rey, who leads the talks", 7), len(behind("a" * 500, 100))
    (', who leads the talks', 200)
    """
    return text[place : place + FAR]
