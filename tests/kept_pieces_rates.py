"""What commands show of made-up rates, first years, packages and lines, whole; see `kept_pieces`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Of
from typing import Any

import numpy as np
import pytest

from kosho.cli import additions, bargain_explained, lines_files, lines_price, rate, schedule, terminal, year_one

__all__ = ["OF_RATES"]


def quote(**more: Any) -> Any:
    """A rate of 15 % that could be 12.5 to 27.5, of two layers, with one that is removed and one to come."""
    layers = [
        Of(measure="mfn", value=0.025, authority="HTS", legal_basis="8703", source=("hts",)),
        Of(measure="floor", value=None, authority="EO", legal_basis="EO 1", source=("eo", "hts")),
    ]
    known: dict[str, Any] = {
        "rate": 0.15, "low": 0.125, "high": 0.275, "likely": 0.2, "layers": layers, "prohibited": ("ban",),
        "removed": [Of(measure="us-232", by="floor", rule="not both")], "warnings": ("w1", "w2"),
        "lowest": (Of(hs="870322", rate=0.125, measures=("a",)),), "highest": (), "unknown": ("two rates",),
        "if_free": (0.05, 0.1), "outside": ("VAT", "fees"), "verified_to": date(2025, 9, 1),
        "pending": [
            Of(
                measure="later", title="Later", stage="announced", begins=date(2026, 1, 1), authority="EO",
                legal_basis="EO 2", source=("other",),
            )
        ],
        "facts": [Of(fact="us_232", taken="yes", answer="no", rate=None, low=0.025, high=0.05)],
        "preferences": [Of(id="usmca", title="USMCA", duty="", rate=0.0, low=None, high=0.3, source="s")],
        "query": Of(
            hs="8703.23", importer="USA", exporter="JPN", on=date(2025, 9, 20), known=None,
            facts=Of(preference="none"),
        ),
    }  # fmt: skip
    return Of(**(known | more))


SOURCES: Any = Of(
    sources={"hts": Of(title="HTS", publisher="USITC"), "eo": Of(title="An order", publisher="White House")},
    products=Of(sources={"other": Of(title="Products", publisher="the author")}),
)


def a_rate() -> None:
    found = quote()
    rate._show(found, SOURCES)
    terminal.show_json(rate.contract(found, SOURCES))
    found.query.known = date(2025, 9, 1)
    bare = quote(
        rate=None, low=None, high=None, likely=None, removed=[], pending=[], warnings=(), unknown=(),
        if_free=None, verified_to=None, query=found.query, preferences=[], facts=[],
    )  # fmt: skip
    rate._show(bare, SOURCES)
    terminal.show_json(rate.contract(bare, SOURCES) | rate._asked(bare.query))
    duty = quote(preferences=[Of(id="x", title="X", duty="3 %", rate=0.03, low=0.03, high=0.03, source="s")])
    terminal.show_json({"preferences": rate.contract(duty, SOURCES)["preferences"]})


def a_rate_over_time() -> None:
    days = [date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1)]
    last = [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30), date(2025, 5, 31)]
    quotes = [
        quote(warnings=("always", "now")),
        quote(rate=None, warnings=("always",)),
        quote(rate=None, low=None, warnings=("always", "now")),
        quote(rate=None, high=None, warnings=("always", "now")),
        quote(low=0.15, high=0.15, warnings=("always",), layers=[]),
    ]
    spans: Any = [Of(first=one, last=end, quote=of) for one, end, of in zip(days, last, quotes, strict=True)]
    rate._show_history(quotes[0].query, spans)
    terminal.say(str([step[2:] for step in rate._steps(spans)]))


def product(title: str, prices: tuple[float, float], quantity: float | None = 1e6) -> Any:
    """Of a trade in its first year: what makers bear, at two elasticities each."""
    known = {"value": -0.12, "base_value": 4.1e4, "duty_paid": 1234.0, "base_duty_paid": 900.0}
    corners = [
        Of(
            sigma=sigma, absorbed=absorbed, number=-0.05 * sigma, price_before_duty=prices[0] * absorbed,
            price_after_duty=prices[1] * sigma, makers_loss=None if absorbed == 0 else 345.0 * sigma, **known,
        )
        for absorbed in (0.0, 1.0)
        for sigma in (1.0, 2.0)
    ]  # fmt: skip
    flow = Of(
        id=title.lower(), title=title, exporter="JPN", importer="USA", sector="C29", part="cars",
        quantity=None if quantity is None else Of(value=quantity),
    )  # fmt: skip
    return Of(
        flow=flow,
        corners=corners,
        bearing=lambda absorbed: [one for one in corners if one.absorbed == absorbed],
    )


def a_first_year() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kosho.scenario.year_one.ABSORBED", (0.0, 1.0))
        patch.setattr(
            "kosho.scenario.year_one.year_three", lambda one, ten: None if ten is None else (one + ten) / 2
        )
        cars, still = product("Cars", (-0.03, 0.04)), product("Trucks", (0.0, 0.0), None)
        before = product("Buses", (0.01, 0.0))
        for found in ([cars, still, before], [cars], [still]):
            year_one.show_first_year("A deal", "the base year", found)
        terminal.show_json({"products": year_one.products([cars, still])})
        ten = [
            {"id": "cars", "new_musd": 3e4, "base_musd": 4e4},
            {"id": "trucks", "new_musd": 1.0, "base_musd": 0.0},
        ]
        for other in (None, [{"id": "cars", "new_musd": 2.5e4}, {"id": "trucks", "new_musd": 2.0}]):
            told = year_one.years([cars, still], ten, other)
            terminal.show_json({"years": told})
            year_one.show_years([cars, still], told, "the base year")


def a_package_explained() -> None:
    def option(name: str, title: str, *, fallback: bool = False) -> Any:
        return Of(id=name, title=title, fallback=fallback)

    issues = [
        Of(
            id="cars",
            title="Cars",
            options=[option("all", "15 % in all"), option("add", "25 %", fallback=True)],
        ),
        Of(
            id="rice",
            title="Rice",
            options=[option("more", "More rice"), option("none", "None", fallback=True)],
        ),
    ]
    deal: Any = Of(table=Of(file=Of(issues=issues), struck=None, parties=["JPN", "USA"]))
    cars = {"issue": "cars", "option": "all", "fallback": "add", "gives": ["USA"], "gets": ["JPN"]}
    rice = {"issue": "rice", "option": "more", "fallback": "none", "gives": ["JPN"], "gets": ["USA", "JPN"]}
    worth = {"JPN": 1250.0, "USA": -345.0}
    one: dict[str, Any] = {
        "options": {"cars": "all", "rice": "more"}, "crosses": ["stay"], "possible": False,
        "changes": [cars, rice], "gains": worth, "over_status_quo": {"JPN": 2250.0, "USA": -67.0},
        "background": {"JPN": 1.5, "USA": 2.5},
        "issues": {"cars": {"JPN": 1000.0, "USA": -300.0}, "rice": None},
        "concessions": {
            "USA": None,
            "JPN": {
                "options": {"cars": "add", "rice": "none"}, "changed": ["rice"],
                "cost": {"USA": -45.0, "JPN": 5.0},
            },
        },
    }  # fmt: skip
    content: dict[str, Any] = {
        "title": "Talks", "explained": one, "parties": ["JPN", "USA"], "warnings": ["so"],
        "red_lines": [{"id": "stay", "title": "Cars stay", "party": "USA"}],
        "not_priced": [{"issue": "rice", "option": "more", "why": "no such sector"}],
        "as_in_force": [{"issue": "cars", "option": "add", "fallback": "25 %"}],
    }  # fmt: skip
    bargain_explained.show_explained(deal, content)
    plain = one | {
        "options": {"cars": "add"},
        "crosses": [],
        "possible": True,
        "changes": [],
        "concessions": {},
    }
    bargain_explained.show_explained(deal, content | {"explained": plain, "not_priced": [], "as_in_force": []})


def a_duty_added() -> None:
    codes = ("JPN", "USA", "KOR", "DEU", "FRA", "GBR", "ITA", "CAN", "MEX", "CHN")
    countries = {
        code: {
            "welfare": 0.001 * k,
            "ev_musd": None if k == 5 else 1e3 * (k - 4.5),
            "employment": 0.01,
            "real_wage": -0.02,
        }
        for k, code in enumerate(codes)
    }
    sellers = [Of(exporter=code, before=1e3 * k, after=1e3 * (10 - k)) for k, code in enumerate(codes)]

    def line(*covers: str) -> Any:
        return Of(title=f"A line of {len(covers)}", importer="USA", named=("JPN", "USA", "XXX"), covers=covers)

    for moving, covers in ((0.0, ("C29", "A01")), (0.5, ("C10T12", "C13T15", "C16", "C17", "C29"))):
        closure = Of(told=("labour",) if moving else (), labour_supply=moving)
        found: Any = Of(
            idle={"USA JPN": "it is so"} if moving else {}, lines=[line(*covers)], against="the base",
            with_them=Of(closure=closure), left_out={"m": "w"} if moving else {}, countries=countries,
            assumptions=("it adds up",), sellers=lambda _line: sellers,
        )  # fmt: skip
        additions._show(found)


def _priced(lines: int, lost: int, model: str) -> dict[str, Any]:
    third = "exporter_surplus" if model == "gsim" else "creation"
    figures = {third: 12.5, "revenue": -3.25, "consumer_surplus": 4.5, "welfare": 5.75, "diversion": 6.25}
    one = {"code": "870323", "imports": 41.5, "rate": 0.0255, **figures}
    welfare = {code: (-1) ** k * 1e3 * k for k, code in enumerate(("JPN", "USA", "KOR", "DEU", "FRA"))}
    welfare |= {code: 1e4 * k for k, code in enumerate(("GBR", "ITA", "CAN", "MEX", "CHN"), 1)}
    missing = [{"code": f"0{k}", "why": "the rate is not known", "imports": 10.0 + k} for k in range(lost)]
    return {
        "partial": {"model": model, **figures}, "lines": [one] * lines, "not_priced": missing,
        "whole": {"welfare": welfare}, "rate_ranges": None, "part_of_trade": [],
        "left_out": [{"code": "01", "imports": 3.5e3}, {"code": "99", "imports": 45.0}],
        "assumed": {
            "diversion": "bounded", "supply_elasticity": 1.5 if model == "ces" else None,
            "free_elsewhere": ["JPN", "KOR"] if model == "gsim" else [],
        },
    }  # fmt: skip


def a_package_priced() -> None:
    table = Of(
        imports=np.full((2, 1), 1234.0), codes=["01", "99"], partners=("JPN",), importer="USA", currency="EUR",
        known_share=0.756, missing=[], priced=np.array([True, False]),
    )  # fmt: skip
    given: Any = Of(table=table, elasticities=Of(source=["protee"]), basis=(), told=())
    used: Any = Of(told="All goods are taken to claim a cut.")
    for lines, lost, model in ((1, 0, "smart"), (21, 1, "ces"), (20, 21, "gsim"), (0, 2, "smart")):
        content = _priced(lines, lost, model)
        if model == "ces":
            end = {"partial": content["partial"], "welfare": content["whole"]["welfare"]}
            content["range"] = [end, end | {"welfare": {"JPN": 5.0, "USA": -1500.0}}]
            end["welfare"] = {"JPN": 7.0, "USA": -1700.0, "KOR": 3.0}
            content["left_out"] = content["left_out"][:1]
        lines_price._show(content, given, used)


def lines_joined() -> None:
    missing = [Of(code=f"0{k}", why="no rate", value=float(k)) for k in range(21)]
    table = Of(
        codes=["870323", "01"], partners=("JPN", "KOR"), importer="USA", currency="USD", known_share=0.756,
        imports=np.array([[1234.5, 0.0], [0.125, 2.0]]), rate=np.array([[0.025, 0.1], [np.nan, 1 / 3]]),
        how=["law", "file"], missing=missing,
    )  # fmt: skip
    given = Of(table=table, elasticities=Of(source=["protee"]), basis=(), told=("t",))
    asked: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_files, "read_lines", lambda *of: asked.append(of) or given)
        patch.setattr("kosho.outputs.save", lambda files: terminal.say(str(list(files.values()))))
        patch.setattr("kosho.outputs.require_file", lambda *_given, **_more: None)
        lines_files.join("USA")
        table.missing = missing[:20]
        lines_files.join("USA", year=2024, on="2025-01-02", out="x")  # type: ignore[arg-type]
        table.missing = []
        lines_files.join("USA", json=True)
        lines_files.join("USA")
    (importer, first), (_other, second) = asked[:2]
    terminal.say(
        f"{importer} {first.year} {first.on} {first.elasticities} {first.demand} {second.year} {second.on}"
    )


def who_could_comply() -> None:
    added = {f"C{k}": 0.01 * k for k in range(12)}
    rules: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        table = Of(sector_of=lambda sector: f"sector {sector}")
        patch.setattr(lines_files, "world_named", lambda _world: Of(load=lambda: Of(whole=table)))
        for complies, json in ((True, False), (False, False), (True, True)):
            found = Of(sector="C29", content=0.456, complies=complies, by_origin=added)
            patch.setattr(
                "kosho.lines.rules_of_origin.origin_content",
                lambda _table, *of, found=found: rules.append(of) or found,
            )
            lines_files.origin("MEX", "C29", members=" USA, ,CAN" if json else "", json=json)
    for exporter, sector, rule in rules:
        terminal.say(f"{exporter} {sector} {rule.method} {rule.threshold} {rule.members}")


def duties_of_lines() -> None:
    def duty(text: str) -> Any:
        return type("D", (Of,), {"__str__": lambda _self: text})(kind="ad_valorem", text=f"printed {text}")

    credit = Of(status="estimate", source="other", note="a note")
    one = Of(
        code="870323", description="Cars", unit="No", quota_text="q",
        references={"general": ("9903",), "x": ("a", "b")},
        general=duty("2.5 %"), statutory=None, additional=duty("25 %"), credits={"S [KR]": credit},
        specials={"S [KR]": duty("Free"), "T [A]": duty("1 %"), "T [B]": duty("2 %")},
        symbols=lambda programme: ["KR"] if programme == "S" else ["A", "B"],
    )  # fmt: skip
    other = Of(**{**vars(one), "code": "01", "unit": "", "references": {}, "credits": {}})
    law: Any = Of(importer="USA", edition="r5", source="hts")
    days: Any = date(2025, 9, 1), date(2025, 8, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "told", lambda note, _data: f"told {note}")
        patch.setattr(
            "kosho.law.schedules.ordinary.later_than",
            lambda source, _of, day: (source, day) == ("hts", days[0]),
        )
        patch.setattr("kosho.law.schedules.ordinary.undated", lambda source, _of: source == "other")
        patch.setattr("kosho.law.schedules.ordinary.in_force", lambda *_given: [])
        for known, lines in ((None, 1), (days[1], 22), (days[0], 1)):
            found = (law, [one, *[other] * (lines - 1)])
            patch.setattr(schedule, "_lines", lambda *_given, found=found: found)
            schedule.show("USA", "8703", on="2025-09-01", known=known and known.isoformat())
        terminal.show_json(schedule._shown(law, [one, other], (days[0], None)))


OF_RATES: dict[str, Callable[[], None]] = {
    "a rate whole": a_rate,
    "a rate over time": a_rate_over_time,
    "a first year": a_first_year,
    "a package explained": a_package_explained,
    "a duty added": a_duty_added,
    "a package priced": a_package_priced,
    "lines joined": lines_joined,
    "who could comply": who_could_comply,
    "duties of lines": duties_of_lines,
}
