"""Rooms that changes are drawn from: their sources, and their tests."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ANSWERS", "KINDS", "TESTS", "sources"]

TESTS = {
    "law": ("law", "schedules", "register", "cli_rate"),
    "equilibrium": ("equilibrium", "product_market", "elasticity_curve", "kept"),
    "impact": ("impact", "kept"),
    "bargain": ("bargain", "kept"),
    "scenario": (
        *("scenario", "case_", "cli_simulate", "cli_additions", "plain_line", "year_one", "elasticity_curve"),
        "kept",
    ),
    "corridor": ("corridor", "kept"),
    "world": ("world", "own_world", "kept"),
    "record": ("record",),
    "lines": ("lines", "partial_models", "schedules_lines", "tabular", "units_mistaken", "kept"),
    "brief": ("brief", "display", "kept"),
    "formatting": ("formatting",),
    "validation": ("validation", "cli_contracts"),
    "replications": ("replications", "equilibrium_published", "kept"),
    "common": (
        *(
            "arguments",
            "bounds",
            "codes",
            "numbers",
            "known",
            "tabular",
            "provenance",
            "schema",
            "yamlfile",
            "units_mistaken",
        ),
        *(
            "case_",
            "display",
            "ending",
            "errors",
            "language",
            "limits",
            "outputs",
            "unfinished",
            "cache",
            "atomic_write",
        ),
        *("doors", "extras", "progress", "user_folders", "public_names", "plain_line"),
        *("cli_contracts", "cli_additions"),
    ),
    "cli": (
        *("cli_", "serve", "bargain_cli", "bargain_optimal", "bargain_rates", "bargain_struck", "bench"),
        *(
            "corridor_cli",
            "impact_doors",
            "law_deal",
            "law_editions",
            "law_upkeep",
            "law_trade_weights",
            "lines_",
        ),
        *("outputs_of", "record_contracts", "record_proposing", "register_", "scenario_against"),
        *("scenario_several", "schemas", "typed_inputs", "units_mistaken", "world_estimation", "world_report"),
        "kept",
    ),
}
"""Where numbers, dates, shares and states are made or told: how its test files begin."""
SOURCES = {"common": ("*.py", "codes/*.py")}
"""Sources of what is no folder of its own."""
PAGES = (
    *("brief-of-a-table", "brief-once-agreed", "brief-of-scenarios", "brief-of-both", "brief-of-a-record"),
    *("brief-in-files", "brief"),
)
ANSWERS = {"equilibrium": ("equilibrium", "batches"), "formatting": PAGES, "record": PAGES, "brief": PAGES}
"""Of which rooms answers are kept that a room has a part in, where it is not the room alone."""
KINDS = ("unit", "property", "golden", "published", "end_to_end")


def sources(home: Path, room: str) -> list[Path]:
    """Source files of a room, where the package stands."""
    return sorted(path for one in SOURCES.get(room, (f"{room}/**/*.py",)) for path in home.glob(one))
