"""What a scenario changes in a register: measures added, ended, replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kosho.errors import Problems, suggest
from kosho.language import _
from kosho.law.measure import Measure
from kosho.law.scope import Id
from kosho.provenance import Day, Frozen, Text

__all__ = ["MeasureEnd", "Overlay", "Replacement", "named"]


class MeasureEnd(Frozen):
    """A scenario's end of a measure."""

    measure: Id
    legal_from: Day
    """First day without it."""


class Replacement(Frozen):
    """A scenario's other version of a measure."""

    measure: Id
    by: Measure


class Overlay(Frozen):
    """What a scenario changes in a dated state.

    >>> from kosho import Case
    >>> change = Case.load("japan-us-2025").scenario("deal").overlay
    >>> [measure.id for measure in change.add], [one.measure for one in change.end]
    (['case-cars-15', 'case-parts-15', 'case-rest-15'], ['us-ieepa-annex1'])
    """

    title: Text | None = None
    """None where several are put together."""
    note: Text | None = None
    add: tuple[Measure, ...] = ()
    end: tuple[MeasureEnd, ...] = ()
    replace: tuple[Replacement, ...] = ()

    def __add__(self, other: Overlay) -> Overlay:
        """Both changes together."""
        return Overlay(
            title="; ".join(title for title in (self.title, other.title) if title) or None,
            add=self.add + other.add,
            end=self.end + other.end,
            replace=self.replace + other.replace,
        )

    def sources(self) -> set[str]:
        """Ids of the sources it refers to."""
        measures: list[Any] = [*self.add, *(item.by for item in self.replace)]
        return {source for measure in measures for source in measure.source}

    def refuse_unfit(self, law: Sequence[Measure], places: Mapping[str, str]) -> None:
        """Refuse what does not fit the measures of a register.

        Args:
            law: The measures.
            places: File and line of each, where known.

        Raises:
            InputError: it ends or replaces a measure that is unknown, or adds one that is there already.
        """
        problems, ids = Problems(), [measure.id for measure in law]
        title = self.title or _("the change")
        for name in [item.measure for item in (*self.end, *self.replace)]:
            if name not in ids:
                problems.add(_("{title}: unknown measure {name!r}", title=title, name=name), suggest(name, ids))
        new = [*(measure.id for measure in self.add), *(item.by.id for item in self.replace)]
        left = set(ids).difference(item.measure for item in self.replace)
        for name in new:
            if name in left:
                message = _("{title}: measure {named} is there already", title=title, named=named(name, places))
                problems.add(message, _("choose another id"))
        for name, times in Counter(new).items():
            if times > 1:
                problems.add(
                    _("{title}: {times} measures {name!r}", title=title, times=times, name=name),
                    _("give each an id of its own"),
                )
        problems.raise_if_any()


def named(measure: str, places: Mapping[str, str]) -> str:
    """The id of a measure, with the place where it is written if that is known."""
    return f"{measure} ({places[measure]})" if measure in places else measure
