"""What other programs may ask, in types: each question is a command of the command line with `--json`.

A question names no file of the machine: cases by the names under which the server has them, documents as text.
What is not in a question is refused, so that nobody believes a misspelt argument to have been heard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from kosho.bounds import out_of_days
from kosho.language import _

__all__ = ["QUESTIONS", "Day", "Question", "read_day"]

Code = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]{2,8}$", description="ISO 3166 alpha-3, or a bloc such as EU27.")
]
Goods = Annotated[str, Field(pattern=r"^[0-9.]{4,13}$", description="4 to 10 digits of a tariff code.")]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
OptionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@%-]{0,79}$")]
CaseName = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f/\\-][^\x00-\x1f/\\]{0,79}$", description="A case that `cases` lists.")
]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9][^\x00-\x1f]{0,119}$")]
Line = Annotated[str, Field(pattern=r"^[A-Za-z0-9][^\x00-\x1f]{0,199}$")]
Topic = Annotated[str, Field(pattern=r"^[^\x00-\x1f-][^\x00-\x1f]{0,99}$")]


def read_day(given: object) -> object:
    """A day as it is written; a number would be taken for seconds since 1970.

    Raises:
        ValueError: it is written in another way.

    >>> from kosho.serve.questions import read_day
    >>> read_day("2025-06-29")
    datetime.date(2025, 6, 29)
    """
    if given is None or isinstance(given, date):
        return given
    try:
        if not isinstance(given, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
            raise ValueError
        found = date.fromisoformat(given)
    except ValueError:
        raise ValueError(_("is not a date (write YYYY-MM-DD)")) from None
    wrong = out_of_days(found)
    if wrong is not None:
        raise ValueError(wrong)
    return found


Day = Annotated[date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day, written as ISO 8601 has it."""


class Question(BaseModel):
    """Arguments of a command."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: ClassVar[tuple[str, ...]]
    told: ClassVar[str]
    """What it tells, in a sentence."""
    placed: ClassVar[tuple[str, ...]] = ()
    """Fields that are arguments rather than options, in their order."""
    fixed: ClassVar[tuple[str, ...]] = ()
    """Options that every question of the kind has."""

    def words(self) -> list[str]:
        """The command as it would be typed.

        >>> from kosho.serve.questions import Rate
        >>> Rate(importer="USA", exporter="JPN", hs="8703.23").words()
        ['rate', 'USA', 'JPN', '8703.23', '--json']
        """
        given: dict[str, Any] = self.model_dump(exclude_none=True)
        words = [*self.command]
        for name in self.placed:
            value = given.pop(name, None)
            words += (
                [] if value is None else list(map(str, value)) if isinstance(value, tuple) else [str(value)]
            )
        for name, value in given.items():
            words += _option(name, value)
        return [*words, *self.fixed, "--json"]


def _option(name: str, value: object) -> list[str]:
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option] if value else []
    if isinstance(value, tuple):
        return [word for one in value for word in (option, str(one))]
    if isinstance(value, Mapping):
        return [option, ",".join(f"{key}={one}" for key, one in value.items())] if value else []
    return [option, str(value)]


class Rate(Question):
    """`kosho rate`."""

    command = ("rate",)
    told = "The duty on a product from one economy into another on a day, with its layers and their law."
    placed = ("importer", "exporter", "hs")

    importer: Code
    exporter: Code
    hs: Goods
    on: Day | None = Field(None, description="Day in force; today.")
    known: Day | None = Field(None, description="As known on that day; the latest.")
    mfn: Word | None = Field(None, description="Ordinary duty, where it is not held: 2.5 or 0.50USD/kg.")
    attribute: tuple[Word, ...] = Field(
        (), max_length=20, description="NAME=VALUE, such as civil_aircraft=true."
    )


class Compare(Question):
    """`kosho register compare`."""

    command = ("register", "compare")
    told = "The terms that partners got from one importer, clause by clause, with sources."
    placed = ("partners",)

    partners: tuple[Code, ...] = Field(min_length=1, max_length=30)
    importer: Code = "USA"
    on: Day | None = None
    known: Day | None = None
    hs: Annotated[str, Field(pattern=r"^[0-9.,]{4,200}$")] | None = None
    group: Annotated[str, Field(pattern=r"^[a-z0-9,-]{1,200}$")] | None = None


class Simulate(Question):
    """`kosho simulate`."""

    command = ("simulate",)
    told = "What a scenario of a case, or measures in a line each ('EU27 JPN C29 25%'), do to whom."
    placed = ("case",)

    case: CaseName | None = None
    scenario: Name | None = None
    as_of: Day | None = None
    deficits: Literal["fixed", "zero"] | None = None
    elasticities: Literal["central", "low"] | None = None
    add: tuple[Line, ...] = Field((), max_length=20)
    base: bool = False
    against: Name | None = None
    horizon: Literal["1", "10", "all"] | None = None
    closure: tuple[Word, ...] = Field((), max_length=20)
    allow_idle: bool = False


class Bargain(Question):
    """`kosho bargain`."""

    command = ("bargain",)
    told = "The packages on the table of a case: the frontier, the deals theory picks, how sure they are."
    placed = ("case",)

    case: CaseName
    as_of: Day | None = None
    deficits: Literal["fixed", "zero"] | None = None
    draws: int = Field(0, ge=0, le=2000, description="Of the certificate; 0 leaves it out.")
    allow_idle: bool = False


class Explain(Question):
    """`kosho bargain --explain`."""

    command = ("bargain",)
    told = "One package of options: what each side gives and gets, what it is worth to whom, and why."
    placed = ("case",)
    fixed = ("--draws", "0", "--no-confirm")

    case: CaseName
    explain: Mapping[Name, OptionName] = Field(
        min_length=1, max_length=40, description="Option by issue; a rate within a range is `12.5%`."
    )
    as_of: Day | None = None
    deficits: Literal["fixed", "zero"] | None = None


class Recorded(Question):
    """`kosho record`."""

    command = ("record",)
    told = "What was said and signed, with quotes and sources, as recorded by a day; or what is still open."
    placed = ("case",)

    case: CaseName
    as_of: Day | None = None
    topic: Topic | None = None
    open: bool = False


class Read(Question):
    """`kosho read`."""

    command = ("read",)
    told = "A document's statements as drafts of facts, each with the words it rests on; nothing is recorded."
    placed = ("name",)

    document: str = Field(min_length=1, max_length=400_000, description="Text, or HTML where `name` says so.")
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|html)$")] = "document.txt"

    def words(self) -> list[str]:
        """The command, in which the name stands for the document."""
        return [*self.command, self.name, "--json"]


class Cases(Question):
    """`kosho cases`."""

    command = ("cases",)
    told = "Which cases there are, and what each holds."
    placed = ("case",)

    case: CaseName | None = None


class Codes(Question):
    """`kosho codes`."""

    command = ("codes",)
    told = "Codes of economies, blocs, sectors and product groups, by words."
    placed = ("words_",)

    words_: tuple[Word, ...] = Field((), max_length=10, alias="words")
    kind: Literal["economy", "bloc", "sector", "group"] | None = None


QUESTIONS: Mapping[str, type[Question]] = {
    "rate": Rate,
    "compare": Compare,
    "simulate": Simulate,
    "bargain": Bargain,
    "explain": Explain,
    "record": Recorded,
    "read": Read,
    "cases": Cases,
    "codes": Codes,
}
"""Questions by name."""
