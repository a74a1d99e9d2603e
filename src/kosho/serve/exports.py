"""A package as a file that somebody keeps or opens elsewhere."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal

import yaml

from kosho import formatting
from kosho.codes import country_name
from kosho.extras import missing
from kosho.language import _, current, page_style
from kosho.serve.desk import Desk

__all__ = ["MEDIA", "Kind", "written"]

Kind = Literal["json", "yaml", "csv", "xlsx", "docx", "pdf"]
MEDIA: Mapping[Kind, str] = {
    "json": "application/json",
    "yaml": "application/yaml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
Row = tuple[str, str, str, float | str]
Rows = list[Row]
STYLE = (
    "body{font:10pt sans-serif} table{border-collapse:collapse} "
    "td,th{padding:2pt 6pt;border-bottom:.5pt solid #999;text-align:left}"
)


def written(desk: Desk, options: Mapping[str, str], kind: Kind) -> bytes:
    """The package in a format.

    Raises:
        InputError: an option is unknown, or the format needs an extra that is not installed.
    """
    desk, number = desk.at(options)
    told, does = desk.told(number), desk.effects(number)
    if kind == "json":
        whole = {**_about(desk), **told, "effects": does}
        return (json.dumps(whole, indent=2, allow_nan=False) + "\n").encode()
    if kind == "yaml":
        content = {**_about(desk), "options": told["options"], "gains_musd": told["gains"]}
        return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()
    rows = _rows(desk, told, does)
    if kind == "csv":
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_heads(), *rows])
        return text.getvalue().encode("utf-8-sig")  # Excel reads it as UTF-8 only so
    return {"xlsx": _workbook, "docx": _document, "pdf": _paper}[kind](desk, rows)


def _about(desk: Desk) -> dict[str, Any]:
    return {
        "case": desk.case.name,
        "title": desk.spoken[1].table.file.title,
        "as_of": desk.as_of.isoformat(),
        "world": desk.deal.priced[0].world.hash,
        "unit": "million USD a year over no deal",
    }


def _heads() -> tuple[str, ...]:
    return _("what"), _("of"), _("unit"), _("value")


def _rows(desk: Desk, told: Mapping[str, Any], does: Mapping[str, Any]) -> Rows:
    rows: Rows = []
    for issue in desk.spoken[1].table.file.issues:
        title = next(one.title for one in issue.options if one.id == told["options"][issue.id])
        rows.append((_("option"), issue.title, "", title))
    million = _("million USD a year")
    for key, what in (("gains", _("gain over no deal")), ("over_status_quo", _("gain over today"))):
        rows += [(what, country_name(code), million, round(x, 1)) for code, x in told[key].items()]
    for code, one in does["labour"].items():
        rows.append(
            (
                _("jobs over no deal"),
                country_name(code),
                formatting.unit_name("percent"),
                round(one["employment"], 3),
            )
        )
        rows.append(
            (
                _("prices over wages"),
                country_name(code),
                formatting.unit_name("percent"),
                round(one["prices_over_wages"], 3),
            )
        )
    rows += [
        (_("gain over no deal"), one["name"], million, round(one["musd"], 1))
        for one in does["countries"]
        if one["code"] not in told["gains"]
    ]
    for one in does["flows"]:
        if one["after_musd"] is not None:
            rows.append((_("exports"), one["title"], million, round(one["after_musd"], 1)))
    return rows


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,}"


def _workbook(desk: Desk, rows: Rows) -> bytes:
    try:
        import xlsxwriter  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("office", _("a package for Excel")) from None
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.0##"})
        sheet = book.add_worksheet("Package")
        sheet.write_row(0, 0, [f"{desk.spoken[1].table.file.title}, {formatting.day(desk.as_of)}"], bold)
        sheet.write_row(2, 0, _heads(), bold)
        for k, row in enumerate(rows, 3):
            for column, value in enumerate(row):
                sheet.write(k, column, value, number if isinstance(value, float) else None)
        sheet.freeze_panes(3, 0)
        sheet.set_column(0, 3, 24)
    return out.getvalue()


def _document(desk: Desk, rows: Rows) -> bytes:
    try:
        from docx import Document  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("office", _("a package for Word")) from None
    paper = Document()
    paper.add_heading(desk.spoken[1].table.file.title, 1)
    paper.add_paragraph(_("As of {day}. Gains over no deal, in the long run.", day=formatting.day(desk.as_of)))
    table = paper.add_table(rows=1, cols=len(heads := _heads()), style="Light List Accent 1")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = head
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = _text(value)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _paper(desk: Desk, rows: Rows) -> bytes:
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra
    except ImportError:
        raise missing("pdf", _("a package on paper")) from None
    from html import escape  # noqa: PLC0415

    cells = "".join("<tr>" + "".join(f"<td>{escape(_text(x))}</td>" for x in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{one}</th>" for one in _heads())
    title = escape(f"{desk.spoken[1].table.file.title}, {formatting.day(desk.as_of)}")
    top = f"<html lang={current()}><title>{title}</title><style>{STYLE}{page_style()}</style><h1>{title}</h1>"
    return bytes(HTML(string=f"{top}<table>{head}{cells}</table>").write_pdf() or b"")
