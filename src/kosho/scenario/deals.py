"""The negotiating table of a case, priced in the world of the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from kosho.declared import as_declared
from kosho.equilibrium import Deficits
from kosho.progress import Progress, silent

if TYPE_CHECKING:
    from kosho.bargain import Deal, Effort
    from kosho.case import Case
    from kosho.world import WorldChoice, Worlds

__all__ = ["negotiate_case"]


@as_declared
def negotiate_case(  # noqa: PLR0913 - the last is for a package that is asked about
    case: Case,
    as_of: date | None = None,
    world: WorldChoice | Worlds | None = None,
    deficits: Deficits = "fixed",
    effort: Effort | None = None,
    progress: Progress = silent,
    *,
    asked: Mapping[str, str] | None = None,
) -> Deal:
    """Price every package of a case's table and find the deals that leave every side better off.

    Args:
        case: One with a table.
        as_of: Day of knowledge; None is the case's own day.
        world: The table of the economy; None is `case.world`. Packages are priced in its coarse form.
        deficits: See `kosho.equilibrium.solve`.
        effort: See `kosho.bargain.negotiate`.
        progress: Called with what is being done.
        asked: Options by issue of a package that is asked about: rates of it within ranges join the table.

    Raises:
        InputError: the case has no table, it is wrong, or the world does not tell its parties apart.
        ConvergenceError: a package has no equilibrium that could be found.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.scenario import negotiate_case
    >>> negotiate_case(Case.load("japan-us-2025"), as_of=date(2019, 1, 1))
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: as_of: case japan-us-2025 begins on 2025-04-09, after 2019-01-01 (ask about ...)
    """
    from kosho.bargain import negotiate  # noqa: PLC0415 - scenarios without a table need none of it

    table = case.table(as_of).with_rates_of(asked or {})
    worlds = case.worlds(world, table.parties)
    return negotiate(table, worlds.coarse, deficits, effort, progress)
