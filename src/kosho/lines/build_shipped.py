"""`python -m kosho.lines.build_shipped SOURCES`: the data of this room, made small from their sources.

SOURCES holds the extracts by the names used below. Only what its licence lets one pass on goes in: works of US
federal agencies (public domain), Japan Customs and the Ministry of Finance as carried under MIT, CEPII (Etalab
2.0), Broda, Greenfield and Weinstein as carried under MIT. UN Comtrade and files without a licence stay out.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

__all__ = ["build"]

LAST_YEAR = 2025


def build(sources: Path, out: Path) -> list[Path]:
    """Write every file of `data/` that is made from others.

    Args:
        sources: Folder of the extracts.
        out: Folder to write to.
    """
    made = {
        "us_imports_hs6_2024": _us_imports(sources, 6),
        "us_imports_hs8_2024": _us_imports(sources, 8),
        "us_schedule_2026": _us_schedule(sources),
        "japan_schedule_2025": _japan_schedule(sources),
        "japan_goods_2025": _japan_goods(sources),
        "trade_elasticity_hs6_2007": _protee(sources),
        "substitution_hs3_1992": _sigma(sources),
        "hs2022_to_earlier": _editions(sources),
        "preference_use_hs6": _preference_use(sources),
    }
    paths: list[Path] = []
    for name, frame in made.items():
        path = out / f"{name}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=19, statistics=False)
        paths.append(path)
    return paths


def _us_imports(sources: Path, digits: int) -> pl.DataFrame:
    """Imports for consumption by line and partner, USD, and the duty calculated on them.

    By subheading, partners that are not named in the source are one, `ROW`: all that it covers, less the named.
    """
    import polars as pl

    frame = pl.read_parquet(sources / f"us_imports_hs{digits}_partner_2024.parquet").select(
        pl.col(f"hs{digits}").alias("hs"),
        pl.col("partner").alias("exporter"),
        pl.col("customs_value_usd").alias("value"),
        pl.col("calculated_duty_usd").alias("duty"),
    )
    named = frame.filter(pl.col("exporter") != "COVERED")
    figures = ("value", "duty")
    sums = named.group_by("hs").agg(pl.col(name).sum().alias(f"{name}_named") for name in figures)
    rest = frame.filter(pl.col("exporter") == "COVERED").join(sums, on="hs", how="left").fill_null(0)
    rest = rest.select(
        "hs",
        pl.lit("ROW").alias("exporter"),
        *((pl.col(name) - pl.col(f"{name}_named")).alias(name) for name in figures),
    ).filter(pl.col("value") > 0)
    made = pl.concat([named, rest]).sort("hs", "exporter")
    return made.with_columns(pl.col("exporter").cast(pl.Categorical))


def _us_schedule(sources: Path) -> pl.DataFrame:
    """Rate lines of the HTS 2026 (revision 3), and what Japan pays by the agreement of 2019."""
    import polars as pl

    frame = pl.read_csv(sources / "us_hts8_2026_rev3.csv.gz", infer_schema=False)
    japan = pl.read_csv(sources / "us_japan_2019_agreement_lines.csv", infer_schema=False)
    return frame.join(japan.select("hs8", "jp_2026"), on="hs8", how="left").select(
        pl.col("hs8").alias("hs"), "general", pl.col("jp_2026").alias("JPN"),
        pl.col("description").str.slice(0, 60),
    ).sort("hs")  # fmt: skip


def _japan_schedule(sources: Path) -> pl.DataFrame:
    """Statistical lines of Japan's schedule of 12 August 2025: what binds, and what the US pays since 2020."""
    import polars as pl

    frame = pl.read_parquet(sources / "japan_tariff_lines_2025-08-12.parquet")
    texts = {"general": "基本", "temporary": "暫定", "wto": "WTO協定", "USA": "EPA_日米貿易協定"}
    return frame.select(
        pl.col("code").alias("hs"),
        *(pl.col(column).cast(pl.Categorical).alias(name) for name, column in texts.items()),
    ).sort("hs")  # fmt: skip


def _japan_goods(sources: Path) -> pl.DataFrame:
    """Japan's trade by summary commodity and area of the last whole year, billion yen."""
    import polars as pl

    frame = pl.read_parquet(sources / "japan_trade_goods_partner_2009_2026q1.parquet")
    return frame.filter((pl.col("year") == LAST_YEAR) & (pl.col("period") == "year")).select(
        "flow", "partner", "goods", "value_bn_jpy"
    ).sort("flow", "partner", "goods")  # fmt: skip


def _protee(sources: Path) -> pl.DataFrame:
    """ProTEE 0.1: elasticity of trade to tariffs by HS6 of 2007; what has no value is left out."""
    import polars as pl

    frame = pl.read_csv(sources / "elasticity_protee_hs6_hs2007.csv", schema_overrides={"hs6_hs2007": pl.Utf8})
    return frame.filter(pl.col("trade_elasticity").is_not_null()).select(
        pl.col("hs6_hs2007").alias("hs"), pl.col("trade_elasticity").cast(pl.Float32).alias("elasticity")
    ).sort("hs")  # fmt: skip


def _sigma(sources: Path) -> pl.DataFrame:
    """Elasticities of substitution by importer and HS3 of 1992."""
    import polars as pl

    frame = pl.read_csv(
        sources / "elasticity_sigma_bw_hs3_importer.csv", schema_overrides={"hs3_1992": pl.Utf8}
    )
    return frame.select("importer", pl.col("hs3_1992").alias("hs"), pl.col("sigma").cast(pl.Float32)).sort(
        "importer", "hs"
    )


def _editions(sources: Path) -> pl.DataFrame:
    """One target of each subheading of 2022 in the editions of 2007 and 1992."""
    import polars as pl

    later, first = (
        pl.read_csv(sources / f"concordance_hs2022_hs{year}.csv", infer_schema=False).select(
            pl.col("hs6_hs2022").alias("hs"), pl.col(f"hs6_hs{year}").alias(f"hs{year}")
        )
        for year in (2007, 1992)
    )
    return later.join(first, on="hs", how="full", coalesce=True).sort("hs")


def _preference_use(sources: Path) -> pl.DataFrame:
    """Share of imports that claim USMCA, by subheading, weighted by imports: 2024, 2025 and February 2026."""
    import polars as pl

    frame = pl.read_parquet(sources / "usmca_use_by_product_2024_2026.parquet")
    weights = {
        "share_2024": "imports_2024_usd",
        "share_2025": "imports_2024_usd",
        "share_2026_02": "imports_2026_02_usd",
    }
    six = frame.with_columns(pl.col("hts10").str.slice(0, 6).alias("hs"))
    return six.group_by("partner", "hs").agg(
        *(
            ((pl.col(share) * pl.col(weight)).sum() / pl.col(weight).filter(pl.col(share).is_not_null()).sum())
            .fill_nan(None).cast(pl.Float32).alias(share)
            for share, weight in weights.items()
        ),
        pl.col("imports_2024_usd").sum().alias("imports_2024"),
    ).sort("partner", "hs")  # fmt: skip


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(__file__).with_name("data"))
