"""The live sheet: options picked from lists, and what the package is worth, looked up among those priced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kosho import formatting
from kosho.brief.exports.sheets import LINE, STEPS, Column, Looks, add, billion, lines, on_paper
from kosho.brief.negotiation import Negotiation
from kosho.brief.priced import PricedPackages
from kosho.codes import country_name
from kosho.language import N_, _, pgettext

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["CHOICE", "OPTIONS", "PACKAGES", "add_live", "labels"]

CHOICE, PACKAGES, OPTIONS = N_("Try a deal"), N_("Packages"), N_("Options")
FIRST = 5
"""Row of the first issue, counted from 0."""
ROWS = 4
"""Row of the first package and of the first option, counted from 0: heads stand above."""
LONGEST = 250
"""Characters of a text that a lookup can find; Excel's limit is 255."""
WILD = str.maketrans({"*": "＊", "?": "？", "~": "～"})
"""What a lookup would take for any text, and what it is written as."""
NIL_MUSD = 5.0
"""What is smaller has the colour of neither gain nor loss."""
UNKNOWN = N_("not priced here")
VERDICTS = (N_("Better for all than no deal"), N_("Possible"), N_("Red lines crossed"))


def labels(options: Sequence[str]) -> list[str]:
    """Options as a list offers them: short enough to be looked up, each another.

    >>> labels(["25 %", "15 %", "15 %"])
    ['25 %', '15 % (2)', '15 % (3)']
    """
    short = [one.translate(WILD)[:LONGEST] for one in options]
    often = Counter(one.casefold() for one in short)
    return [f"{one} ({place})" if often[one.casefold()] > 1 else one for place, one in enumerate(short, 1)]


def add_live(workbook: Workbook, looks: Looks, told: Negotiation, found: PricedPackages) -> None:
    """Three sheets: the choice, the packages it is looked up in, and the options of each issue.

    Formulas carry the values of the choice that they are saved with, for viewers that do not compute.
    """
    sheet = workbook.add_worksheet(_(CHOICE))
    _add_packages(workbook, looks, told, found)
    _add_options(workbook, looks, found)
    _choice(sheet, looks, (told, found))


def _about(found: PricedPackages) -> str:
    ground = _(" Laid on “{background}”.", background=found.background) if found.background else ""
    if found.complete:
        return _(
            "All {number} packages of the table, priced one by one.{ground}",
            number=formatting.count(found.of),
            ground=ground,
        )
    return _(
        "The table has {number} packages. {number_2} are here: the frontier, the deals and what "
        "holds without one; any other choice says “{unknown}”, and `kosho bargain --explain` prices "
        "it.{ground}",
        number=formatting.count(found.of),
        number_2=formatting.count(len(found.numbers)),
        unknown=_(UNKNOWN),
        ground=ground,
    )


def _add_packages(workbook: Workbook, looks: Looks, told: Negotiation, found: PricedPackages) -> None:
    verdicts = _verdicts(found)
    options = [labels(issue.options) for issue in found.issues]
    columns = [
        Column(_("Package"), 10, "count"),
        *(
            Column(
                _("{country}, gain over no deal, billion USD a year", country=country_name(code)), 18, "change"
            )
            for code in told.parties
        ),
        *(
            Column(_("{country}, over today, billion USD a year", country=country_name(code)), 18, "change")
            for code in told.parties
        ),
        *(Column(_(head), width) for head, width in zip(VERDICTS, (14, 10, 40), strict=True)),
        *(Column(issue.title, 24) for issue in found.issues),
    ]
    rows = (
        (
            number,
            *(billion(found.gains[code][row]) for code in told.parties),
            *(billion(found.gains[code][row] - found.today[code]) for code in told.parties),
            *verdicts(row),
            *(names[choice] for names, choice in zip(options, found.choices(number), strict=True)),
        )
        for row, number in enumerate(found.numbers)
    )
    add(workbook, looks, (_(PACKAGES), _("Packages, priced"), _about(found)), columns, rows)


def _verdicts(found: PricedPackages) -> Callable[[int], tuple[str, str, str]]:
    """What answers `VERDICTS` for the package of a row."""
    impossible = frozenset(found.impossible)
    crossing = {line: frozenset(numbers) for line, numbers in found.crossing.items()}

    def verdicts(row: int) -> tuple[str, str, str]:
        number = found.numbers[row]
        possible = number not in impossible
        better = possible and all(values[row] > found.noise for values in found.gains.values())
        crossed = _("; ").join(line for line, numbers in crossing.items() if number in numbers)
        return _yes(better), _yes(possible), crossed or pgettext("figure", "none")

    return verdicts


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _add_options(workbook: Workbook, looks: Looks, found: PricedPackages) -> None:
    names = [labels(issue.options) for issue in found.issues]
    longest = max(map(len, names), default=0)
    rows = [[column[k] if k < len(column) else None for column in names] for k in range(longest)]
    about = (
        _(OPTIONS),
        _("Options of each issue"),
        _("The lists of the sheet “{choice}” are these.", choice=_(CHOICE)),
    )
    add(workbook, looks, about, [Column(issue.title, 36, "wrap") for issue in found.issues], rows)


def _choice(sheet: Worksheet, looks: Looks, content: tuple[Negotiation, PricedPackages]) -> None:
    told, found = content
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 62)
    sheet.set_column(2, 3, 13, None, {"hidden": True})
    sheet.write_string(0, 0, _("Try a deal"), looks.title)
    sheet.write_string(
        1,
        0,
        _("Pick an option of each issue in the yellow cells; what the package is worth follows."),
        looks.note,
    )
    sheet.write_string(2, 0, _about(found), looks.note)
    for place, head in enumerate((_("Issue"), _("Option (pick from the list)"), _("Position"), _("Step"))):
        sheet.write_string(FIRST - 1, place, head, looks.head)
    chosen = _start(told, found)
    for k, (issue, step) in enumerate(zip(found.issues, found.strides, strict=True)):
        row, names = FIRST + k, labels(issue.options)
        area = _area(_(OPTIONS), k, len(names))
        sheet.set_row(row, LINE * max(lines(issue.title, 30), *(lines(name, 60) for name in names)) + 4)
        sheet.write_string(row, 0, issue.title, looks.bold)
        sheet.write_string(row, 1, names[chosen[k]], looks.choice)
        sheet.data_validation(
            row,
            1,
            row,
            1,
            {
                "validate": "list",
                "source": f"={area}",
                "error_title": _("Not an option"),
                "error_message": _("Pick one of the list."),
            },
        )
        sheet.write_formula(row, 2, f"=MATCH(B{row + 1},{area},0)-1", looks.note, chosen[k])
        sheet.write_number(row, 3, step, looks.note)
    last = FIRST + len(found.issues)
    _answers(sheet, looks, content, (last, sum(c * s for c, s in zip(chosen, found.strides, strict=True))))
    sheet.freeze_panes(FIRST, 0)
    on_paper(sheet)


def _start(told: Negotiation, found: PricedPackages) -> tuple[int, ...]:
    """The choice that the sheet opens with: the first deal, else what holds without one."""
    changes = next((deal.changes for deal in told.deals if deal.background == found.background), ())
    return tuple(
        next(
            (
                k
                for k, option in enumerate(issue.options)
                if _("{issue}: {option}", issue=issue.title, option=option) in changes
            ),
            issue.fallback,
        )
        for issue in found.issues
    )


def _answers(
    sheet: Worksheet, looks: Looks, content: tuple[Negotiation, PricedPackages], place: tuple[int, int]
) -> None:
    """Number of the package and its row, hidden; gains over no deal and today; what else is said of it."""
    told, found = content
    last, number = place
    where = found.numbers.index(number) if number in found.numbers else None
    count, parties = len(found.numbers), told.parties
    top = last + 2
    issues = f"{FIRST + 1}:%s{last}"
    total = f"=SUMPRODUCT(C{issues % 'C'},D{issues % 'D'})"
    sheet.write_formula(last, 2, total, looks.note, number)
    at: Any = "" if where is None else where + 1
    sheet.write_formula(
        last, 3, f'=IFERROR(MATCH(C{last + 1},{_area(_(PACKAGES), 0, count)},0),"")', looks.note, at
    )
    sheet.write_string(top - 1, 0, _("What it is worth"), looks.head)
    sheet.write_string(top - 1, 1, _("Billion USD a year"), looks.head)
    asked: list[tuple[str, int, Any]] = []
    for shift, over in ((0, _("over no deal")), (len(parties), _("over today"))):
        for k, code in enumerate(parties):
            gain = None if where is None else found.gains[code][where] - (found.today[code] if shift else 0.0)
            value = billion(gain)
            asked.append(
                (f"{country_name(code)}, {over}", 1 + shift + k, _(UNKNOWN) if value is None else value)
            )
    verdicts = [_(UNKNOWN)] * len(VERDICTS) if where is None else _verdicts(found)(where)
    said = zip(map(_, VERDICTS), verdicts, strict=True)
    asked += [(head, 1 + 2 * len(parties) + k, verdict) for k, (head, verdict) in enumerate(said)]
    for k, (head, column, value) in enumerate(asked):
        looked_up = f'IFERROR(INDEX({_area(_(PACKAGES), column, count)},D{last + 1}),"{_(UNKNOWN)}")'
        sheet.write_string(top + k, 0, head, looks.bold)
        sheet.write_formula(top + k, 1, f"={looked_up}", looks.answer, value)
    cell, nil = f"B{top + 1}", formatting.of_money(NIL_MUSD)
    for test, form in (
        (f"{cell}>={nil:g}", looks.gain),
        (f"{cell}<=-{nil:g}", looks.loss),
        *((f"ABS({cell})>={least}", form) for least, form in zip(STEPS, looks.digits, strict=False)),
    ):
        known = {"type": "formula", "criteria": f"=AND(ISNUMBER({cell}),{test})", "format": form}
        sheet.conditional_format(top, 1, top + 2 * len(parties) - 1, 1, known)
    sheet.write_string(
        top + len(asked) + 1,
        0,
        _(
            "Computed on the smaller table with central elasticities; good for two digits. The sheet "
            "“Deals” says how sure the deals are."
        ),
        looks.note,
    )


def _area(sheet: str, column: int, rows: int) -> str:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 - an optional extra

    letter = xl_col_to_name(column)
    return f"'{sheet}'!${letter}${ROWS + 1}:${letter}${ROWS + rows}"
