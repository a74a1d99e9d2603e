"""`WorldChoice`: which table a question is asked of, by name, as cases and the command line give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from kosho.codes import blocs
from kosho.declared import as_declared
from kosho.display import Shown
from kosho.errors import InputError, Problem, suggest
from kosho.language import _
from kosho.world.loading import DEFAULT, coarse, load, together, written
from kosho.world.own_duties import with_unknown_duties
from kosho.world.shelf import kept, path_of
from kosho.world.table import World

__all__ = ["WorldChoice", "Worlds"]

Detail = Literal["full", "talks"]
Cell = tuple[str, str, str]
"""Importer, exporter and sector."""
NO_DUTIES: Mapping[Cell, float] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Worlds(Shown):
    """A table, and its coarse form for what is solved many times over.

    >>> from kosho.world import Worlds, toy
    >>> whole = toy()
    >>> Worlds(whole, whole.aggregate(regions={"PAC": ("JPN", "USA"), "CHN": ("CHN",)})).coarse.countries
    ('PAC', 'CHN')
    """

    whole: World
    coarse: World

    @property
    def key(self) -> bytes:
        """Changes when anything in them does."""
        return "|".join(f"{one.hash} {one.meta!r} {one.units!r}" for one in (self.whole, self.coarse)).encode()

    def load(self, keep: Iterable[str] = (), duties: Mapping[Cell, float] = NO_DUTIES) -> Worlds:  # noqa: ARG002 - as `WorldChoice`, which has yet to
        """Themselves: they are at hand."""
        return self


@as_declared
@dataclass(frozen=True)
class WorldChoice(Shown):
    """A table by name or file, in full, or in the regions and sectors of `talks`.

    >>> from kosho.world import WorldChoice
    >>> WorldChoice.parse("talks")
    WorldChoice(detail='talks')
    >>> len(WorldChoice.parse("talks").load().whole.countries)
    20
    """

    table: str = DEFAULT
    """`icio-2022`, or the path of a table that `kosho world build` or `import` wrote."""
    detail: Detail | None = None
    """None: in full, and coarse where many packages or draws are solved; else always in this one."""

    @staticmethod
    @as_declared
    def parse(text: str, folder: Path | None = None) -> WorldChoice:
        """Read `NAME`, `FILE`, `talks`, `full`, or a name or file with `:talks` or `:full` behind it.

        A name is that of the table that ships, or of one that was imported.

        Args:
            text: What is chosen.
            folder: Where files are looked for that are not given in full; the working folder if not given.

        Raises:
            InputError: a file that is not there.
        """
        table, colon, word = text.rpartition(":")
        known = {one: one for one in get_args(Detail)}
        if text in known:
            return WorldChoice(detail=known[text])
        if not colon or word not in known:
            table, word = text, ""
        imported = path_of(table)
        if imported is not None:
            table = str(imported)
        elif table != DEFAULT:
            path = Path(table) if folder is None else folder / table
            if path.suffix != ".npz":
                near = suggest(table, (DEFAULT, *known, *(one.name for one in kept())))
                hint = _(
                    "{near} or the path of a table made by `kosho world build`, .npz; `kosho world list`",
                    near=near,
                )
                if table in known:
                    hint = _(
                        "{table} says how fine by itself: write {table}, or {default}:{word}",
                        table=table,
                        default=DEFAULT,
                        word=word,
                    )
                raise InputError(
                    Problem(_("unknown world {part!r}", part=text if table in known else table), hint)
                )
            if not path.is_file():
                raise InputError(
                    Problem(
                        _("there is no table {what!r}", what=str(path)), _("make it with `kosho world build`")
                    )
                )
            table = str(path)
        return WorldChoice(table, known.get(word))

    def __str__(self) -> str:
        """As `parse` reads it."""
        return self.table if self.detail is None else f"{self.table}:{self.detail}"

    @property
    def key(self) -> bytes:
        """Changes when the table does, without reading what is in it; the shipped one changes with the code."""
        content = b"" if self.table == DEFAULT else sha256(Path(self.table).read_bytes()).digest()
        return str(self).encode() + content

    def load(self, keep: Iterable[str] = (), duties: Mapping[Cell, float] = NO_DUTIES) -> Worlds:
        """The table and its coarse form.

        Args:
            keep: Countries and sectors that the coarse form keeps by themselves; a bloc among them is one
                economy in both.
            duties: Of the base year where the table knows none, fractions by importer, exporter and sector.

        Raises:
            InputError: the file is no table, or two blocs share a member.
        """
        kept = frozenset(keep)
        unions = frozenset(code for code in kept if code in blocs())
        if self.detail is not None and not unions and not duties:
            one = load(self.table, self.detail, self.detail)
            return Worlds(one, one)
        given = tuple(sorted(duties.items()))
        return _pair(self, kept if self.detail is None else unions, written(self.table), given)


@lru_cache(maxsize=8)
def _pair(
    of: WorldChoice, keep: frozenset[str], _at: tuple[int, ...], duties: tuple[tuple[Cell, float], ...]
) -> Worlds:
    whole = together(with_unknown_duties(load(of.table), dict(duties)), keep)
    small = coarse(whole, keep)
    return {None: Worlds(whole, small), "full": Worlds(whole, whole), "talks": Worlds(small, small)}[of.detail]
