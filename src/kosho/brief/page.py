"""The brief as one HTML file that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kosho import formatting
from kosho.brief import deal_tables, statement_text
from kosho.brief.aide_tables import aide_tables
from kosho.brief.cells import CellTable, within_seven
from kosho.brief.commitment_tables import commitments
from kosho.brief.figures import figures
from kosho.brief.first_page import struck, turning_point
from kosho.brief.gain_figure import drawn, gain_note, gain_table, gain_title, panels
from kosho.brief.line_tables import lines_table
from kosho.brief.market_tables import market_tables
from kosho.brief.model import Brief, FirstPart, Reference
from kosho.brief.several_table import several_table
from kosho.brief.tables import tables
from kosho.codes import country_name
from kosho.declared import as_declared
from kosho.extras import missing
from kosho.language import N_, _, current, ngettext, page_style, pgettext

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["BESIDE", "KINDS", "lines", "plain_page", "render", "require_extra"]

LINES: tuple[tuple[FirstPart, str, str], ...] = (
    ("ask", N_("Ask for"), "deals"),
    ("accept", N_("Accept down to"), "deals"),
    ("gains", N_("It brings"), "certainty"),
    ("break", N_("What could break it"), "certainty"),
    ("due", N_("Due"), "dates"),
)
"""Lines of the first page: what they are called, and the section that has more."""
LINES_WITHOUT_A_DEAL: tuple[tuple[FirstPart, str, str], ...] = (
    ("ask", N_("On the table"), "said"),
    ("accept", N_("To ask for or accept"), "deals"),
    ("gains", N_("What it is worth"), "summary"),
    ("due", N_("Due"), "dates"),
)
LINES_ONCE_AGREED: tuple[tuple[FirstPart, str, str], ...] = (
    ("ask", N_("Agreed"), "deals"),
    ("accept", N_("Left on the table"), "deals"),
    ("gains", N_("It brings"), "deals"),
    ("break", N_("What could break it"), "certainty"),
    ("due", N_("Due"), "dates"),
)
MAIN = (
    ("deals", N_("The deals side by side")),
    ("said", N_("On the table, and who said it")),
    ("law", N_("The law between the sides")),
    ("stake", N_("The trade at stake")),
    ("certainty", N_("How sure")),
    ("dates", N_("Next dates and open promises")),
    ("annex", N_("Annex")),
)
TERMS = {
    N_("Elasticity"): N_(
        "How many percent trade falls for one percent of duty, less one; also called how strongly trade "
        "answers."
    ),
    N_("Equivalent variation"): N_(
        "The money that would change a country’s income as much as the measure does."
    ),
    N_("Zone of agreement"): N_("The packages that leave every side better off than no deal."),
    N_("Frontier"): N_("Packages that no other beats for one side without costing another."),
    N_("Shapley value"): N_("What an issue adds on average, over every order in which issues can be settled."),
    N_("Wedge"): N_("The part of a price that a subsidy pays, or that scarcity adds."),
    N_("Rent"): N_("What scarcity under a quota earns whoever holds the licences."),
    N_("Deficits fixed or zero"): N_(
        "Whether a country’s trade deficit stays its share of world income, or is gone."
    ),
    N_("Draw"): N_("One set of values of what is not known, taken at random from its range."),
}
"""Terms of art, each in a plain line."""
BESIDE = N_(
    "Where the model hits and where it misses what was measured: kosho validate, and the manual’s page that it "
    "writes, “The model beside what happened”."
)
"""Where a reader finds how far to trust all of it."""
KINDS = {"primary": N_("primary"), "secondary": N_("secondary"), "own": N_("own work")}
"""What kinds of sources are called."""


def lines(brief: Brief) -> tuple[tuple[FirstPart, str, str], ...]:
    """The lines of the first page for a brief: a deal that was struck, one to ask for, or neither.

    >>> from kosho.brief.page import lines
    >>> lines(brief)[0]  # of a brief without a priced deal
    ('ask', 'On the table', 'said')
    """
    told = LINES if brief.outlook else LINES_WITHOUT_A_DEAL
    if struck(brief) is not None:
        told = LINES_ONCE_AGREED
    return tuple((part, _(label), section) for part, label, section in told)


def require_extra() -> None:
    """Refuse early what would fail at the end of a long computation.

    Raises:
        InputError: the packages of the `brief` extra are not installed.

    >>> from kosho.brief import require_extra
    >>> require_extra()  # nothing is missing
    """
    _environment()
    _plotly()


@as_declared
def render(brief: Brief) -> str:
    """The page. Everything that comes from files is escaped.

    Raises:
        InputError: the packages of the `brief` extra are not installed.

    >>> from kosho.brief import render
    >>> page = render(brief)  # a brief as `compose` gives it
    >>> page.startswith("<!doctype html>"), "https://cdn" in page
    (True, False)
    """
    numbers = {source.id: source for source in brief.sources}
    shown = drawn(brief)

    def cite(ids: Iterable[str]) -> list[Reference]:
        return [numbers[one] for one in dict.fromkeys(ids) if one in numbers]

    page = (
        _environment()
        .get_template("brief.html.j2")
        .render(
            brief=brief,
            lines=lines(brief),
            contents=[(section, _(title)) for section, title in MAIN],
            terms={_(term): _(meaning) for term, meaning in TERMS.items()},
            kinds={kind: _(name) for kind, name in KINDS.items()},
            language=current(),
            beside=_(BESIDE),
            aide=aide_tables(brief),
            panels=panels(brief),
            gain_title=gain_title(shown) if shown else "",
            gain_note=gain_note(brief, shown) if shown else "",
            gain_tables=gain_table(brief),
            within_seven=within_seven,
            figures=figures(brief),
            tables=tables(brief) | market_tables(brief) | commitments(brief) | several_table(brief),
            deal_tables=deal_tables,
            lines_table=lines_table,
            statement_text=statement_text,
            range_note=formatting.range_note,
            cite=cite,
            style=_text("style.css") + page_style(),
            script=_text("page.js"),
            plotly=_plotly(),
        )
    )
    return re.sub(
        r"(?<=\d) %", f"{formatting.NBSP}%", formatting.typeset(page)
    )  # a number and its sign stay on one line


def plain_page(title: str, shown: Sequence[CellTable]) -> str:
    """A page of tables that is no brief: self-contained, readable without scripts, in the same style.

    Raises:
        InputError: the packages of the `brief` extra are not installed.

    >>> from kosho.brief.page import plain_page
    >>> from kosho.brief.cells import Cell, CellTable
    >>> sizes = CellTable("t", "Sizes", ("What",), ((Cell("a"),),))
    >>> "<caption>Sizes</caption>" in plain_page("A table", [sizes])
    True
    """

    def cite(_: Iterable[str]) -> list[Reference]:
        return []

    page = _environment().get_template("plain.html.j2")
    return page.render(title=title, tables=shown, cite=cite, style=_text("style.css")).lstrip()


def safe_url(url: str | None) -> str | None:
    """`url` if it leads to a web page, else None: a case must not smuggle in `javascript:`."""
    return url if url and urlsplit(url).scheme in ("http", "https") else None


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - an optional extra
        from markupsafe import Markup  # noqa: PLC0415
    except ModuleNotFoundError:
        raise missing("brief", _("writing a brief")) from None
    environment = Environment(
        loader=PackageLoader("kosho.brief"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def marked(message: str, **fields: object) -> Markup:
        return Markup(_(message)).format(**fields)  # noqa: S704 - a message of ours; its fields are escaped

    said: dict[str, Any] = {"_": _, "marked": marked, "ngettext": ngettext, "pgettext": pgettext}
    environment.globals.update(said)
    filters: dict[str, Any] = {
        "day": formatting.day,
        "country": country_name,
        "url": safe_url,
        "scale": turning_point,
        "word": formatting.word,
    }
    environment.filters.update(filters)
    return environment


def _text(name: str) -> str:
    return files("kosho.brief").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    """plotly.js, compressed and in base64: a third of its size, unpacked by the browser when it is wanted."""
    try:
        script = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    except ModuleNotFoundError:
        raise missing("brief", _("writing a brief")) from None
    return base64.b64encode(gzip.compress(script, 6, mtime=0)).decode("ascii")
