"""Names of before: `kosho.policy.schedules` is now `kosho.law.schedules`; texts are read by functions of it.

Kept for one release; every use warns and says where the name is now.
"""

from __future__ import annotations

import warnings

from kosho.law import schedules

__all__: list[str] = []

_RENAMED = {"Case": "ConditionalDuty"}
_NAMES = ("FREE", "AdValorem", "Case", "Duty", "Specific", "UnitValue")
_READERS = {"Duty": "parse_duty", "UnitValue": "parse_unit_value"}
"""What `parse` of a type is now. The types have it again once they are asked for by their old names: a type of
the same name that is another would be no help.
"""


def __getattr__(name: str) -> object:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    new, words = _RENAMED.get(name, name), ""
    found = getattr(schedules, new)
    if name in _READERS:
        found.parse = staticmethod(getattr(schedules, _READERS[name]))
        words = f", its parse kosho.law.schedules.{_READERS[name]}"
    warnings.warn(
        f"kosho.policy.schedules.{name} is now kosho.law.schedules.{new}{words}",
        DeprecationWarning,
        stacklevel=2,
    )
    return found


def __dir__() -> list[str]:
    return list(_NAMES)
