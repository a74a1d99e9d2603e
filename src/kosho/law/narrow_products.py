"""Small products: what is known of products far smaller than their sector, without a world.

`kosho.impact.product_nests` makes nests of them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from pydantic import Field, model_validator

from kosho.errors import InputError, Problem, suggest
from kosho.language import _, cached
from kosho.law.scope import Economy, HsPrefix, Id, SectorCode, Some
from kosho.law.yaml_cache import read
from kosho.provenance import Cited, Frozen, Source, Text

__all__ = ["Niche", "NicheFile", "niche", "niche_file", "niches"]


class Niche(Frozen):
    """A product that buyers of one country tell from the rest of its sector."""

    id: Id
    title: Text
    name: Text
    """The product alone, as it stands in a sentence: without who buys it and without remarks."""
    hs: Some[HsPrefix]
    importer: Economy
    sector: SectorCode
    theta: Cited
    """Between origins."""
    between: Cited
    """Between products of the sector: elasticity of substitution less one."""
    trade: dict[Economy, Cited]
    """By exporter, the importer for what is made at home: `million USD` before duty, or `share` of the table's
    cell."""
    quantity: dict[Economy, Cited] = Field(default_factory=dict)
    """By exporter of `trade`: how much was bought in the base year, in one unit; or empty."""

    @model_validator(mode="after")
    def _units(self) -> Niche:
        for exporter, cited in self.trade.items():
            if cited.unit not in ("million USD", "share"):
                raise ValueError(
                    _(
                        "{exporter}: in million USD or as a share, not {unit!r}",
                        exporter=exporter,
                        unit=cited.unit,
                    )
                )
        if self.quantity and set(self.quantity) != set(self.trade) - {self.importer}:
            raise ValueError(_("quantity: for every exporter of trade, or for none"))
        if len({cited.unit for cited in self.quantity.values()}) > 1:
            raise ValueError(_("quantity: all in one unit"))
        return self


class NicheFile(Frozen):
    """The file of small products."""

    title: Text
    sources: tuple[Source, ...]
    niches: tuple[Niche, ...]

    @model_validator(mode="after")
    def _sourced(self) -> NicheFile:
        known = {source.id for source in self.sources}
        for one in self.niches:
            for cited in (*one.trade.values(), *one.quantity.values(), one.theta, one.between):
                if cited.source not in known:
                    raise ValueError(_("{id}: no source {source!r}", id=one.id, source=cited.source))
        return self


@cached
def niche_file() -> NicheFile:
    """The small products that ship, with their sources."""
    return read(Path(str(files("kosho.law") / "niches.yaml")), NicheFile)[0]


@cached
def niches() -> dict[str, Niche]:
    """The small products that ship, by id."""
    return {one.id: one for one in niche_file().niches}


def niche(name: str) -> Niche:
    """A small product by id.

    Raises:
        InputError: there is none.
    """
    if name not in niches():
        raise InputError(Problem(_("no small product {name!r}", name=name), suggest(name, niches())))
    return niches()[name]
