"""Days on which the law of an importer may change."""

from __future__ import annotations

from datetime import date, timedelta

from kosho.law.register import Register

__all__ = ["days_of_change"]


def days_of_change(
    register: Register, importer: str, first: date, last: date, known: date | None = None
) -> set[date]:
    """Days after the first, up to the last, from which a measure of an importer may do something else.

    >>> from datetime import date
    >>> from kosho.law import Register
    >>> from kosho.law.days_of_change import days_of_change
    >>> sorted(map(str, days_of_change(Register.load(), "USA", date(2024, 1, 1), date(2024, 12, 31))))
    ['2024-06-15', '2024-09-27']
    """
    days = {day for _other, day in register.ends}
    for measure in register.measures:
        if measure.imposed_by(importer):
            end = measure.last_day(known)
            days.update(measure.days_of_change, () if end is None else (end + timedelta(days=1),))
    return {day for day in days if first < day <= last}
