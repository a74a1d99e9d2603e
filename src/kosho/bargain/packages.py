"""`Grid`: every combination of one option an issue, numbered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kosho.arrays import Index
from kosho.declared import as_declared
from kosho.display import Card, Shown, listing
from kosho.errors import InputError, Problem, Problems, suggest
from kosho.language import _
from kosho.readonly import fixed

__all__ = ["Grid"]


@dataclass(frozen=True)
class Grid(Shown):
    """All packages of a table; the last issue varies fastest.

    >>> from kosho.bargain import Grid
    >>> grid = Grid.of({"cars": ("25 %", "15 %"), "rice": ("as now", "more")})
    >>> len(grid), grid.label(3)
    (4, {'cars': '15 %', 'rice': 'more'})
    >>> grid.find({"cars": "15 %", "rice": "as now"})
    2
    """

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    """Of each issue."""

    def card(self) -> Card:
        """Issues and their options."""
        rows = [(issue, listing(names)) for issue, names in zip(self.issues, self.options, strict=True)]
        return Card(f"Grid of {len(self):,} packages", rows)

    @staticmethod
    @as_declared
    def of(options: Mapping[str, Sequence[str]]) -> Grid:
        """From the options of each issue."""
        return Grid(tuple(options), tuple(tuple(names) for names in options.values()))

    def __len__(self) -> int:
        return math.prod(self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many options each issue has."""
        return tuple(len(names) for names in self.options)

    @cached_property
    def choices(self) -> Index:
        """`[package, issue]`, the position of the option chosen, as the smallest integers that hold it."""
        smallest = np.min_scalar_type(-max(self.shape, default=1))
        found = np.empty((*self.shape, len(self.shape)), smallest)
        for issue, count in enumerate(self.shape):
            found[..., issue] = np.arange(count).reshape(-1, *(1 for _ in self.shape[issue + 1 :]))
        return fixed(found.reshape(len(self), -1))

    @as_declared
    def position(self, choices: Sequence[int] | Index) -> int:
        """The package with these options, by position in each issue.

        Raises:
            InputError: not one option that there is for each issue.
        """
        if len(choices) != len(self.shape) or not all(
            0 <= one < count for one, count in zip(choices, self.shape, strict=True)
        ):
            counts = _("one for each issue, from 0 to below {shape}", shape=self.shape)
            raise InputError(Problem(f"{tuple(choices)}", counts, key="choices"))
        return int(np.ravel_multi_index(tuple(choices), self.shape))

    @as_declared
    def positions(self, choices: Index) -> Index:
        """The packages with these options `[package, issue]`, by position in each issue."""
        return np.asarray(np.ravel_multi_index(tuple(choices.T), self.shape), np.intp)

    @as_declared
    def find(self, package: Mapping[str, str]) -> int:
        """The package with these options, by name; every issue must be given.

        Raises:
            InputError: an issue is missing, or an issue or option is unknown; all are listed.
        """
        problems = Problems()
        for issue in package:
            if issue not in self.issues:
                problems.add(
                    _("unknown issue {issue!r}", issue=issue), suggest(str(issue), self.issues), key="package"
                )
        for issue, names in zip(self.issues, self.options, strict=True):
            if issue not in package:
                problems.add(
                    _("issue {issue!r} is missing", issue=issue),
                    _("one of {names}", names=", ".join(names)),
                    key="package",
                )
            elif package[issue] not in names:
                hint = suggest(str(package[issue]), names)
                problems.add(
                    _("issue {issue!r} has no option {package!r}", issue=issue, package=package[issue]),
                    hint,
                    key="package",
                )
        problems.raise_if_any()
        return self.position(
            [names.index(package[issue]) for issue, names in zip(self.issues, self.options, strict=True)]
        )

    @as_declared
    def label(self, package: int) -> dict[str, str]:
        """Option of each issue.

        Raises:
            InputError: there is no such package.
        """
        self._refuse_stranger(package, "package")
        return {
            issue: names[choice]
            for issue, names, choice in zip(self.issues, self.options, self.choices[package], strict=True)
        }

    @as_declared
    def mixtures(self, package: int, fallback: int, issues: Sequence[int] | None = None) -> Index:
        """`[2^issues]`: the packages that take a subset of issues from `package`, the others from `fallback`.

        Bit k of the position in the array says that the k-th issue is taken from `package`.

        Args:
            package: From which some issues are taken.
            fallback: From which all others are.
            issues: By position, those that may be taken; all of them by default.

        Raises:
            InputError: there is no such package or issue.
        """
        self._refuse_stranger(package, "package")
        self._refuse_stranger(fallback, "fallback")
        if issues is not None and not all(0 <= one < len(self.issues) for one in issues):
            wanted = _("from 0 to {last}", last=len(self.issues) - 1)
            raise InputError(Problem(f"{tuple(issues)}", wanted, key="issues"))
        some = list(range(len(self.issues)) if issues is None else issues)
        taken = (np.arange(2 ** len(some))[:, None] >> np.arange(len(some))) & 1
        mixed = np.repeat(self.choices[fallback][None], len(taken), axis=0)
        mixed[:, some] = np.where(taken == 1, self.choices[package][some], mixed[:, some])
        return self.positions(mixed)

    def _refuse_stranger(self, package: int, argument: str) -> None:
        if not 0 <= package < len(self):
            raise InputError(Problem(f"{package}", _("from 0 to {last}", last=len(self) - 1), key=argument))
