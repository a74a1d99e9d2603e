"""What a person reads: one page for people, the same content for machines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kosho.brief.composing import compose as compose
    from kosho.brief.model import SCHEMA_VERSION as SCHEMA_VERSION
    from kosho.brief.model import Brief as Brief
    from kosho.brief.page import render as render
    from kosho.brief.page import require_extra as require_extra
    from kosho.case import Case
    from kosho.progress import Progress

__all__ = ["SCHEMA_VERSION", "Brief", "compose", "render", "require_extra", "save", "write"]


def write(case: Case, as_of: date | None = None, out: Path | str | None = None) -> Path:
    """Compute a brief and write `brief.html` and `brief.json`.

    Args:
        case: The case.
        as_of: In force on and known on this day; None is the case's own day.
        out: Folder to write to, made if it is not there; None is `out/` and the name of the case.

    Returns:
        The path of `brief.html`; `brief.json` stands beside it.

    Raises:
        InputError: the day is not covered, the folder cannot be written to, or the `brief` extra is missing.
        ConvergenceError: a scenario has no equilibrium that could be found.

    >>> from datetime import date
    >>> from kosho import Case
    >>> from kosho.brief import write
    >>> write(Case.load("japan-us-2025"), as_of=date(2031, 1, 1), out="next-round")
    Traceback (most recent call last):
        ...
    kosho.errors.InputError: the measures of ... on 2031-01-01 are not in the register (it covers ...)
    """
    from kosho.brief.composing import compose
    from kosho.brief.page import require_extra

    require_extra()
    return save(compose(case, as_of), Path(out) if out else Path("out") / case.name)


def save(brief: Brief, out: Path, progress: Progress | None = None) -> Path:
    """Write `brief.html` and `brief.json` to `out`; both or neither. `kosho.brief.exports` has other formats.

    Raises:
        InputError: the folder cannot be written to, or the `brief` extra is not installed.

    >>> from pathlib import Path
    >>> from kosho.brief import save
    >>> page = save(brief, Path("out"))  # a brief as `compose` gives it
    >>> page.name, sorted(file.name for file in page.parent.iterdir())
    ('brief.html', ['brief.html', 'brief.json'])
    """
    from kosho.brief.exports import save as save_formats

    return save_formats(brief, out, progress=progress)[0]


def __getattr__(name: str) -> Any:
    # A table of the terminal is laid out without what writes pages.
    if name == "compose":
        from kosho.brief import composing

        return composing.compose
    if name in ("SCHEMA_VERSION", "Brief"):
        from kosho.brief import model

        return getattr(model, name)
    if name in ("render", "require_extra"):
        from kosho.brief import page

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
