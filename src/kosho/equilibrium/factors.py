"""What a world prepares once for every shock: base shares by sector and country-local preconditioners."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from kosho.errors import InputError, Problem
from kosho.world import World

__all__ = ["Factors", "Preconditioner", "factors_of", "precondition"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Preconditioner:
    """Approximate inverses of the Jacobian's diagonal blocks, evaluated at some shares.

    Prices and expenditure keep what is local to a country; wages keep the direct effect of every wage on every
    country's sales.
    """

    local: NDArray[np.float32]  # (N, S, S): (I - diag(pi_nn) gamma_n')^-1
    wage: Array  # (N, N): inverse of d(z - numeraire)/d ln w


@dataclass(frozen=True, eq=False)
class Factors:
    """Base of a world in the layout of the kernel, j sector, n importer, i exporter."""

    share: Array  # pi (S, N, N) j n i
    net: Array  # f (S, N, N), 1 / (1 + t)
    theta: Array  # (S,)
    gamma: Array  # (N, S input, S)
    beta: Array  # (N, S)
    alpha: Array  # (N, S)
    spending: Array  # X (N, S)
    value_added: Array  # V (N,)
    deficits: Array  # D (N,)

    @cached_property
    def base_preconditioner(self) -> Preconditioner:
        """The preconditioner at base shares."""
        return precondition(self, self.share, self.share * self.net, self.spending, self.value_added)


_CACHE: WeakKeyDictionary[World, Factors] = WeakKeyDictionary()


def factors_of(world: World) -> Factors:
    """The factors of `world`, computed on first use and kept as long as the world lives."""
    if world not in _CACHE:
        _CACHE[world] = _prepare(world)
    return _CACHE[world]


def _prepare(world: World) -> Factors:
    a = world.arrays
    idle = [code for code, value in zip(world.countries, a.value_added, strict=True) if not value > 0]
    if idle:
        raise InputError(
            Problem(f"no value added in {', '.join(idle)}", "every country of a world must produce something")
        )
    return Factors(
        share=np.ascontiguousarray(a.shares.transpose(2, 0, 1)),
        net=1.0 / (1.0 + np.ascontiguousarray(a.tariff.transpose(2, 0, 1))),
        theta=a.theta,
        gamma=a.gamma,
        beta=a.beta,
        alpha=a.alpha,
        spending=a.expenditure,
        value_added=a.value_added,
        deficits=a.deficits,
    )


def precondition(
    base: Factors, share: Array, net_share: Array, spending: Array, wage_bill: Array
) -> Preconditioner:
    """Preconditioner at given shares.

    Args:
        base: Technology and tastes.
        share: pi `(S, N, N)`.
        net_share: f pi `(S, N, N)`.
        spending: X `(N, S)`.
        wage_bill: w V `(N,)`.
    """
    sectors, count, _ = share.shape
    own = np.einsum("jnn->nj", share)
    local = np.linalg.inv(
        np.eye(sectors, dtype=np.float32) - (own[:, :, None] * base.gamma.transpose(0, 2, 1)).astype(np.float32)
    )
    # rho: how a country's unit costs follow its own wage, through its own inputs.
    through = np.matmul(local, (own * base.beta)[:, :, None].astype(np.float32)).astype(np.float64)
    rho = base.beta + np.matmul(base.gamma.transpose(0, 2, 1), through)[:, :, 0]
    # earned[(j m), n]: value added n earns in m with j, over all it earns.
    scale = base.beta.T[:, None, :] / wage_bill
    earned = net_share * spending.T[:, :, None] * scale
    by_sector = earned.sum(axis=1)
    spread = share * (base.theta[:, None] * rho.T)[:, None, :]
    jacobian = earned.reshape(-1, count).T @ spread.reshape(-1, count)
    jacobian += earned.sum(axis=0).T
    pull = 1.0 + np.einsum("jn,j,nj->n", by_sector, base.theta, rho)
    jacobian[np.diag_indices(count)] -= pull
    jacobian -= base.value_added / base.value_added.sum()
    return Preconditioner(local, np.linalg.inv(jacobian))
